"""Cutting texts down to a number of pieces with few counts: recent text in blocks, other texts by sentences.

`Meter` counts each text once. Every cut is counted as it will go in before it is taken, so nothing is ever too long, even
when a tokenizer joins or splits words otherwise than expected.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.writing.context.borders import next_border, sentence_ends, word_ends

Count = Callable[[str], int]
SAMPLE = 2000  # letters from which is told how many letters make a piece
LONGEST = 16  # letters a piece may have on average; text with longer ones is cut a little early
BLOCK = 4  # recent text gives way by a quarter


class Kept(NamedTuple):
    """The letters of a text that go in, and their pieces."""

    start: int
    end: int
    used: int


NOTHING = Kept(0, 0, 0)


class Meter:
    """Counts pieces, no text twice. Lives for one fitting."""

    def __init__(self, count: Count, each: int = 0) -> None:
        self._count, self.each = count, each
        self._known: dict[str, int] = {}

    def plain(self, text: str) -> int:
        if not text:
            return 0
        if text not in self._known:
            self._known[text] = self._count(text)
        return self._known[text]

    def size(self, text: str) -> int:
        """With the words that a prompt puts around a part."""
        return self.plain(text) + self.each if text.strip() else 0

    def about(self, text: str, most: int) -> int:
        """The size, by a guess when it is much more than `most` anyway."""
        if len(text) <= max(0, most) * LONGEST // 2 + 200:
            return self.size(text)
        return max(most + 1, round(len(text) / self.letters(text)) + self.each)

    def letters(self, text: str) -> float:
        """Letters in a piece, by the beginning of the text: that stays the same while the text grows."""
        some = text[:SAMPLE]
        return max(0.25, len(some) / max(1, self.plain(some))) if some else 4.0


def tail(texts: Sequence[str], room: int, meter: Meter) -> int:
    """Where the running text of `texts` is to begin so that the rest has at most `room` pieces.

    Marks stand at every quarter of the room, counted in letters from the beginning of the text and moved to the next
    paragraph or sentence. The cut is the first mark after which all fits: it stays where it is until a block is full.
    """
    whole = "".join(texts)
    starts = [sum(map(len, texts[:i])) for i in range(len(texts))]

    def pieces(start: int, end: int) -> int:
        return sum(
            meter.plain(whole[max(start, at) : min(end, at + len(text))])
            for at, text in zip(starts, texts, strict=True)
            if at < end and at + len(text) > start
        )

    if room <= 0:
        return len(whole)
    letters = meter.letters(whole)
    if len(whole) <= room * letters * 1.5 and pieces(0, len(whole)) <= room:
        return 0
    block = max(4, int(room * letters / BLOCK))
    while block >= 4:
        cut = _first_mark(whole, room, block, pieces)
        if cut < len(whole):
            return cut
        block //= 2  # the text is denser here than at its beginning
    return len(whole)


def _first_mark(text: str, room: int, block: int, pieces: Callable[[int, int], int]) -> int:
    """From the end backwards, mark by mark, until it is too much; the whole is counted once more as it will go in."""
    marks: list[int] = []
    end, used = len(text), 0
    for number in range((len(text) - 1) // block, -1, -1):
        mark = next_border(text, number * block, block // 3)
        if mark >= end:
            continue
        used += pieces(mark, end)
        if used > room:
            break
        marks.append(mark)
        end = mark
    while marks and pieces(marks[-1], len(text)) > room:
        marks.pop()
    return marks[-1] if marks else len(text)


def head(text: str, room: int, meter: Meter, words: bool) -> Kept:
    """The first sentences that fit; with `words`, the first words when no sentence does."""
    near = text[: max(0, room) * LONGEST]
    ends = sentence_ends(near)
    for places in (ends if len(near) == len(text) else ends[:-1], word_ends(near) if words else []):
        found, used = _largest(places, lambda place: meter.size(near[:place]), room, meter.letters(near))
        if found:
            return Kept(0, found, used)
    return NOTHING


def last(text: str, room: int, meter: Meter) -> Kept:
    """The last sentences that fit."""
    near = text[max(0, len(text) - max(0, room) * LONGEST) :]
    starts = [end + len(near[end:]) - len(near[end:].lstrip()) for end in sentence_ends(near)[-2::-1]]
    lengths = [len(near) - start for start in starts] + [len(near)] * (len(near) == len(text))
    found, used = _largest(lengths, lambda length: meter.size(near[len(near) - length :]), room, meter.letters(near))
    return Kept(len(text) - found, len(text), used) if found else NOTHING


def _largest(lengths: Sequence[int], size: Callable[[int], int], room: int, letters: float) -> tuple[int, int]:
    """The largest of the rising lengths whose size is within the room, and that size; found by guessing from the letters
    of a piece, which takes three or four counts, and by halving when the text is odd."""
    low, high, best, tries = 0, len(lengths), (0, 0), 0
    while low < high:
        guess = bisect_right(lengths, room * letters) if tries < 5 else (low + high + 1) // 2
        guess = min(max(guess, low + 1), high)
        length, tries = lengths[guess - 1], tries + 1
        used = size(length)
        if used <= room:
            low, best = guess, (length, used)
        else:
            high = guess - 1
        letters = length / max(1, used)
    return best
