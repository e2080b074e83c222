"""Phrases that must not come: written text is cut before a banned phrase and the model goes on from there another way.

Works over any TextModel. All calls run on to their end side by side; what hit a ban goes into one more round, which begins
at the cut (its prefix is in the prompt cache). What is shown never holds a banned phrase, nor the beginning of one that may
still grow: as many characters as it needs are held back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.core.engine import Stop
from studio.writing.model import Call, Said, TextModel

ROUNDS = 12
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


class Bans:
    """Finds banned phrases as whole words, whatever their capitals, apostrophes and the white space inside them."""

    def __init__(self, phrases: Sequence[str]) -> None:
        parts = [[re.escape(word) for word in phrase.translate(_APOSTROPHES).split()] for phrase in phrases]
        patterns = {r"\s+".join(words) for words in parts if words}
        self._longest = max((len(phrase) for phrase in phrases), default=0)
        ordered = sorted(patterns, key=lambda p: (-len(p), p))
        self._rule = re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)", re.IGNORECASE) if ordered else None
        self._words = [phrase.translate(_APOSTROPHES).casefold().split() for phrase in phrases if phrase.split()]

    def __bool__(self) -> bool:
        return self._rule is not None

    def first(self, text: str, since: int = 0) -> tuple[int, str] | None:
        """Where the first banned phrase begins that ends after `since`, and how it stands there."""
        if self._rule is None:
            return None
        for found in self._rule.finditer(text.translate(_APOSTROPHES)):
            if found.end() > since:
                return found.start(), text[found.start() : found.end()]
        return None

    def safe(self, text: str) -> int:
        """How much of a growing text may be shown: what comes after may still become a banned phrase."""
        if self._rule is None:
            return len(text)
        tail = text.translate(_APOSTROPHES).casefold()
        starts = [found.start() for found in re.finditer(r"\w+|[^\w\s]", tail[-4 * self._longest - 80 :])]
        shift = max(0, len(tail) - 4 * self._longest - 80)
        for start in starts:
            if self._may_grow(tail[shift + start :]):
                return shift + start
        return len(text)

    def _may_grow(self, tail: str) -> bool:
        open_end = not tail[-1:].isspace()
        have = tail.split()
        for words in self._words:
            n = len(have)
            if n > len(words) or words[: n - 1] != have[:-1]:
                continue
            if words[n - 1] == have[-1] or (open_end and words[n - 1].startswith(have[-1])):
                return True
        return False


@dataclass
class _State:
    call: Call
    done: str = ""  # kept from earlier rounds
    spent: int = 0  # pieces of earlier rounds
    never: list[str] = field(default_factory=list)
    place: int = -1  # where the last cut was


def write(model: TextModel, calls: Sequence[Call], bans: Bans, stop: Stop) -> Iterator[Said]:
    """As `model.write`, without the banned phrases."""
    if not bans:
        yield from model.write(calls, stop)
        return
    states = [_State(call) for call in calls]
    going = list(range(len(calls)))
    for turn in range(ROUNDS + 1):
        again: list[int] = []
        for said in model.write([_call(states[i], turn) for i in going], stop):
            number = going[said.call]
            out = _take(states[number], said, number, bans, last=turn == ROUNDS)
            if out is not None:
                yield out
            elif said.end:
                again.append(number)
        if not again:
            return
        going = sorted(again)


def _call(state: _State, turn: int) -> Call:
    """The first round is the call itself; a later one begins at the cut, with a seed of its own."""
    if turn == 0:
        return state.call
    prompt = state.call.prompt.changed(start=state.call.prompt.start + state.done)
    most = max(8, state.call.most - state.spent)
    seed = (state.call.seed * 31 + turn * 1_000_003 + len(state.done)) % 2**63
    return state.call.changed(prompt=prompt, most=most, seed=seed, never=tuple(state.never))


def _take(state: _State, said: Said, number: int, bans: Bans, last: bool) -> Said | None:
    """What may be shown of it; None when it hit a ban (and then only its end matters, for one more round)."""
    begun = state.call.prompt.start + state.done
    whole = begun + said.text
    hit = bans.first(whole, len(begun))
    if hit is None:
        shown = state.done + said.text
        if not said.end:
            shown = shown[: max(len(state.done), bans.safe(whole) - len(state.call.prompt.start))].rstrip()
        return Said(number, shown, state.spent + said.pieces, said.end)
    if said.end == "cancelled" or (said.end and last):
        kept = whole[: max(hit[0], len(state.call.prompt.start))].rstrip()[len(state.call.prompt.start) :]
        return Said(number, kept, state.spent + said.pieces, said.end if said.end == "cancelled" else "stop")
    if said.end:
        _cut(state, said, whole, hit)
    return None


def _cut(state: _State, said: Said, whole: str, hit: tuple[int, str]) -> None:
    """Back to before the phrase and the white space that led to it. At the same place again, both ways on are barred."""
    offset = len(state.call.prompt.start)
    place = max(len(whole[: hit[0]].rstrip()), offset)
    if place != state.place:
        state.never = []
    state.never.append(whole[place : hit[0] + len(hit[1])])
    state.place = place
    share = (place - offset - len(state.done)) / max(len(said.text), 1)
    state.spent += max(0, round(said.pieces * share))
    state.done = whole[offset:place]
