"""Two texts that began as one become one again, word by word, with who made each word. Whole manuscripts: `merging.py`."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from studio.core.ledger import Span
from studio.writing.diff import Block, changes
from studio.writing.manuscript.spans import joined, of, part, size, span_at

Range = tuple[int, int]


class Draft(NamedTuple):
    text: str
    spans: Sequence[Span]


def merge_text(base: Draft, mine: Draft, theirs: Draft) -> tuple[str, list[Span], list[tuple[int, int, int]]]:
    """The merged text, its spans, and the conflicts: where, how many letters are mine, how many theirs."""
    for one, other in ((mine, theirs), (theirs, mine)):
        if other == base or one == other:
            return one.text, list(one.spans), []
    sheet = _Sheet(base, mine, theirs)
    a = b = c = 0  # how far base, mine and theirs are read
    for low, high, to, end, start, stop in _regions(changes(base.text, mine.text), changes(base.text, theirs.text)):
        sheet.keep(a, b, c, low - a)
        sheet.change(base.text[low:high], (to, end), (start, stop))
        a, b, c = high, end, stop
    sheet.keep(a, b, c, len(base.text) - a)
    return sheet.text, sheet.spans(), sheet.conflicts


class _Sheet:
    """What is put together: pieces of mine and of theirs, and spaces between two texts that are both kept."""

    def __init__(self, base: Draft, mine: Draft, theirs: Draft) -> None:
        self.base, self.drafts = base, (mine, theirs)
        self.text = ""
        self.conflicts: list[tuple[int, int, int]] = []
        self._pieces: list[tuple[int, int, int]] = []  # 0 mine, 1 theirs, 2 a space; from, to

    def keep(self, a: int, b: int, c: int, count: int) -> None:
        """A stretch that reads the same in all three: its makers are mine, or theirs where only they changed them."""
        base, mine, theirs = (part(d.spans, at, at + count) for d, at in zip((self.base, *self.drafts), (a, b, c), strict=True))
        borders = sorted({0, *(end for row in (base, mine, theirs) for end in accumulate(span.length for span in row))})
        starts = [list(accumulate((span.length for span in row), initial=0))[:-1] for row in (base, mine, theirs)]
        for low, high in pairwise(borders):
            was, my, their = (row[span_at(s, low)] for row, s in zip((base, mine, theirs), starts, strict=True))
            side = 1 if _made(my) == _made(was) != _made(their) else 0
            self._put(side, (b, c)[side] + low, (b, c)[side] + high)

    def change(self, old: str, mine: Range, theirs: Range) -> None:
        (to, end), (start, stop) = mine, theirs
        one, two = self.drafts[0].text[to:end], self.drafts[1].text[start:stop]
        if one == two:  # rather told as the model's than as the person's
            self._put(0, to, end) if self._by_hand(0, to, end) <= self._by_hand(1, start, stop) else self._put(1, start, stop)
        elif old in (one, two):
            self._put(0, to, end) if two == old else self._put(1, start, stop)
        else:
            at = len(self.text)
            self._put(0, to, end)
            if one and two and not one[-1].isspace() and not two[0].isspace():
                self._pieces.append((2, 0, 1))
                self.text += " "
            between = len(self.text) - at - len(one)
            self._put(1, start, stop)
            self.conflicts.append((at, len(one), between + len(two)))

    def spans(self) -> list[Span]:
        out: list[Span] = []
        for side, start, end in self._pieces:
            out += [of(1, "human")] if side == 2 else part(self.drafts[side].spans, start, end)
        return joined(out)

    def _put(self, side: int, start: int, end: int) -> None:
        if start == end:
            return
        self.text += self.drafts[side].text[start:end]
        if self._pieces and self._pieces[-1][0] == side and self._pieces[-1][2] == start:
            start = self._pieces.pop()[1]  # goes on where the last one ended: spans are not cut for nothing
        self._pieces.append((side, start, end))

    def _by_hand(self, side: int, start: int, end: int) -> int:
        return size(span for span in part(self.drafts[side].spans, start, end) if span.maker == "human")


def _regions(ours: Sequence[Block], others: Sequence[Block]) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Places of the base that one or both changed, with the places in both drafts; what overlaps is one place."""
    rows = sorted([(*block, 0) for block in ours] + [(*block, 1) for block in others])
    shift = [0, 0]  # how far each draft is ahead of the base
    i = 0
    while i < len(rows):
        low, high = rows[i][:2]
        grown = [0, 0]
        while i < len(rows) and (rows[i][0] < high or (rows[i][0], rows[i][1]) == (low, high)):
            start, end, to, stop, side = rows[i]
            high = max(high, end)
            grown[side] += (stop - to) - (end - start)
            i += 1
        yield low, high, low + shift[0], high + shift[0] + grown[0], low + shift[1], high + shift[1] + grown[1]
        shift = [shift[0] + grown[0], shift[1] + grown[1]]


def _made(span: Span) -> tuple[str, str | None]:
    return span.maker, span.offer
