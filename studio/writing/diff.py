"""What differs between two texts, word by word, as hunks that can be taken or left one at a time. Text only.

Paragraphs that are the same in both are found first, then, between them, runs of words that stand once in each, and only
what is left is compared word by word: 20,000 words take a blink, also when little of them is the same. Changes with
nothing but spaces between them are told as one. A paragraph that moved is told as gone here and new there.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

WORD = re.compile(r"\w[\w\u0300-\u036f\u200d]*(?:['’]\w[\w\u0300-\u036f]*)*|\s+|[^\w\s]")
LINE = re.compile(r"[^\n]*\n+|[^\n]+")
NEAR = 250_000  # pairs of words that are compared one by one; above that, anchors are looked for first
RUN = 3  # words of an anchor
TELLING = 4  # letters at the ends of a change that are more than chance
Block = tuple[int, int, int, int]  # what is different: from, to in the old; from, to in the new


class Hunk(NamedTuple):
    same: bool
    old: str
    new: str
    at: int  # where it begins in the old text
    to: int  # and in the new one


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    """Both texts from beginning to end: what stays and what changes take turns."""
    out: list[Hunk] = []
    a = b = 0
    for low, high, start, end in changes(old, new):
        if low > a:
            out.append(Hunk(True, old[a:low], new[b:start], a, b))
        out.append(Hunk(False, old[low:high], new[start:end], low, start))
        a, b = high, end
    if a < len(old):
        out.append(Hunk(True, old[a:], new[b:], a, b))
    return tuple(out)


def apply(found: Sequence[Hunk], choices: Sequence[bool]) -> str:
    """The text in which of the changes those are made that are chosen; `choices` has one for each change, in order."""
    if len(choices) != sum(not hunk.same for hunk in found):
        raise ValueError("There must be one choice for each change.")
    chosen = iter(choices)
    return "".join(hunk.old if hunk.same or not next(chosen) else hunk.new for hunk in found)


def changes(old: str, new: str) -> list[Block]:
    """The places where the texts differ, in letters of each; between two of them stands more than spaces."""
    if old == new:
        return []
    start, end, other_end = middle(old, new)
    lines, others = LINE.findall(old, start, end), LINE.findall(new, start, other_end)
    places, other_places = _places(lines, start), _places(others, start)
    out: list[Block] = []
    for a, b, c, d in _different(lines, others):
        at, to = places[a], other_places[c]
        words, new_words = WORD.findall("".join(lines[a:b])), WORD.findall("".join(others[c:d]))
        inner, new_inner = _places(words, at), _places(new_words, to)
        out += [(inner[i], inner[j], new_inner[k], new_inner[m]) for i, j, k, m in _word_changes(words, new_words)]
    return _settled(old, out)


def fine(found: Iterable[Hunk]) -> Iterator[Hunk]:
    """The same by letters where words only grew together or lost an end: "door" is still there in "doors" and "indoors". For
    telling who wrote what; a person reads whole words better."""
    for hunk in found:
        a = b = 0
        for at, to, size in () if hunk.same else _letters_kept(hunk.old, hunk.new):
            if at > a or to > b:
                yield Hunk(False, hunk.old[a:at], hunk.new[b:to], hunk.at + a, hunk.to + b)
            a, b = at + size, to + size
            yield Hunk(True, hunk.old[at:a], hunk.new[to:b], hunk.at + at, hunk.to + to)
        if a < len(hunk.old) or b < len(hunk.new):
            yield Hunk(hunk.same, hunk.old[a:], hunk.new[b:], hunk.at + a, hunk.to + b)


def _letters_kept(old: str, new: str) -> list[tuple[int, int, int]]:
    """Places in both, and lengths: one of the two as a whole, or else what both begin and end with."""
    for one, other in ((old, new), (new, old)):
        core = one.strip()
        if core and core in other:
            return [(old.find(core), new.find(core), len(core))]
    head = _alike(old, new)
    head = head if head >= TELLING else 0
    tail = _alike(old[head:][::-1], new[head:][::-1])
    ends = [(0, 0, head), (len(old) - tail, len(new) - tail, tail if tail >= TELLING else 0)]
    return [one for one in ends if one[2]]


def middle(old: str, new: str) -> tuple[int, int, int]:
    """Outside of which letters both are the same (from; to in the old text, to in the new one), in whole words."""
    room = min(len(old), len(new))
    start = _longest(room, lambda n: old[:n] == new[:n])
    while start and not old[start - 1].isspace():
        start -= 1
    tail = _longest(room - start, lambda n: not n or old[-n:] == new[-n:])
    while tail and not old[-tail].isspace():
        tail -= 1
    return start, len(old) - tail, len(new) - tail


def _longest(room: int, holds: Callable[[int], bool]) -> int:
    low, high = 0, room
    while low < high:
        half = (low + high + 1) // 2
        low, high = (half, high) if holds(half) else (low, half - 1)
    return low


def _different(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > NEAR * 16)
    return ((a, b, c, d) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")


def _word_changes(old: Sequence[str], new: Sequence[str], a: int = 0, c: int = 0) -> Iterator[Block]:
    """`a` and `c`: how many words stand before these."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    a, c = a + head, c + head
    if not old or not new:
        if old or new:
            yield a, a + len(old), c, c + len(new)
    elif len(old) * len(new) <= NEAR:
        yield from ((a + i, a + j, c + k, c + m) for i, j, k, m in _different(old, new))
    elif anchors := _anchors(old, new):
        i = k = 0
        for at, to in [*anchors, (len(old), len(new))]:
            yield from _word_changes(old[i:at], new[k:to], a + i, c + k)
            i, k = at, to
    else:  # nothing in common that stands once in each: all of it is another text
        yield a, a + len(old), c, c + len(new)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Runs of words that stand exactly once in each, as many as come in the same order in both."""
    ours, theirs = _once(old), _once(new)
    pairs = sorted((at, theirs[run]) for run, at in ours.items() if run in theirs)
    ends: list[int] = []  # patience: the least last place of an ascending row of each length
    back: list[int] = []
    last: list[int] = []
    for i, (_, to) in enumerate(pairs):
        k = bisect_left(ends, to)
        back.append(last[k - 1] if k else -1)
        if k == len(ends):
            ends.append(to)
            last.append(i)
        else:
            ends[k], last[k] = to, i
    row, i = [], last[-1] if last else -1
    while i >= 0:
        row.append(pairs[i])
        i = back[i]
    return [pair for pair in reversed(row) if pair > (0, 0)]


def _once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Runs of real words with what stands between them; where each begins."""
    found: dict[tuple[str, ...], int] = {}
    for at in range(len(words) - 2 * RUN + 2):
        if words[at][0].isalnum():
            run = tuple(words[at : at + 2 * RUN - 1])
            found[run] = -1 if run in found else at
    return {run: at for run, at in found.items() if at >= 0}


def _settled(old: str, found: Sequence[Block]) -> list[Block]:
    """Changes with only spaces between them become one: a person reads them as one."""
    out: list[Block] = []
    for block in found:
        if out and not old[out[-1][1] : block[0]].strip():
            block = (out[-1][0], block[1], out[-1][2], block[3])
            out.pop()
        out.append(block)
    return out


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _places(tokens: Sequence[str], at: int = 0) -> list[int]:
    out = [at]
    for token in tokens:
        at += len(token)
        out.append(at)
    return out
