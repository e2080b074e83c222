"""Fit: which parts go into a prompt of so many pieces. Pure, and the same for the same parts.

Room is given in eighths of the budget, so that it stays the same while somebody writes:
  lead   role, style, constant, cast, summary: at most three eighths, more only while there is little text;
  tail   instruction, beat, note, lore, after: as many eighths as they need, one at least, three at most;
  text   what is left, at least two eighths. It is cut in blocks from its far end (`trim.tail`).
Every kind of part has a minimum of its own inside its eighths; what one does not need goes to the next. The lead never
depends on the tail, nor does the text while the tail stays in its eighth: so a summary, a check or a title asked for with
the same lead and text begin with the very same words, and the model's cache of them serves. When all of the text goes in,
what it leaves goes to the tail.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from studio.core.word import Word
from studio.writing.ask import Part, PartOf
from studio.writing.context.report import Report, row_of
from studio.writing.context.trim import NOTHING, Count, Kept, Meter, head, last, tail

LEAD: tuple[PartOf, ...] = ("role", "style", "constant", "cast", "summary")  # in the order in which they are served
TAIL: tuple[PartOf, ...] = ("instruction", "beat", "note", "lore", "after")
_ENTRIES: frozenset[PartOf] = frozenset({"constant", "cast", "lore"})  # half a sentence of these is worth nothing
NO_CAPS: Mapping[PartOf, float] = MappingProxyType({})


class Shares(Word):
    """Eighths of the budget; the share that each kind gets in any case; and the most it gets while other text was cut."""

    lead: int = 3
    tail: int = 3
    least: Mapping[PartOf, float] = {
        "role": 0.03, "style": 0.06, "constant": 0.10, "cast": 0.10, "summary": 0.08,
        "instruction": 0.10, "beat": 0.08, "note": 0.04, "lore": 0.07, "after": 0.08,
    }  # fmt: skip
    most: Mapping[PartOf, float] = {"lore": 0.15, "after": 0.15}


class Fitted(NamedTuple):
    """The parts as they go in, in their order, and how that came about."""

    parts: tuple[Part, ...]
    report: Report

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.report.warnings

    def with_unread(self, parts: Sequence[Part]) -> "Fitted":
        return self._replace(report=self.report.with_unread(parts))


def fit(parts: Sequence[Part], budget: int, count: Count, shares: Shares | None = None, each: int = 0) -> Fitted:
    """`count` is the model's own; `each`: pieces that a prompt puts around every part but the text before."""
    budget = max(0, budget)
    work = _Work(parts, budget, Meter(count, each), shares or Shares())
    lead = work.give(LEAD, work.lead_room())
    ending = work.give(TAIL, budget * work.shares.tail // 8, work.shares.most)
    text = work.text(budget - _used(lead) - work.eighths(_used(ending)))
    if work.whole(text):
        ending = work.give(TAIL, budget - _used(lead) - _used(text))
    return work.fitted(lead | text | ending)


class _Work:
    """One fitting: the parts, and how they are measured."""

    def __init__(self, parts: Sequence[Part], budget: int, meter: Meter, shares: Shares) -> None:
        self.parts, self.budget, self.meter, self.shares = parts, budget, meter, shares
        self._of: dict[PartOf, list[int]] = {}
        for i, part in enumerate(parts):
            self._of.setdefault(part.kind, []).append(i)
        self._before = [parts[i].text for i in self._of.get("before", [])]
        self._letters = meter.letters("".join(self._before))

    def lead_room(self) -> int:
        """Three eighths; more while the text is far from filling its own two."""
        text = 8 - self.shares.lead - self.shares.tail
        length = sum(map(len, self._before))
        needed = min(text, -int(-length / self._letters * 8 // max(1, self.budget)))
        return self.budget * (self.shares.lead + text - needed) // 8

    def eighths(self, used: int) -> int:
        """The room kept for the tail: whole eighths."""
        wanted = max(1, -(-used * 8 // max(1, self.budget)))
        return -(-self.budget * min(wanted, 8) // 8)

    def give(self, kinds: Sequence[PartOf], room: int, most: Mapping[PartOf, float] = NO_CAPS) -> dict[int, Kept]:
        """To each kind its minimum if it wants it; what is left goes to them in their order."""
        wanted = {
            kind: min(
                sum(self.meter.about(self.parts[i].text, room) for i in self._of.get(kind, [])),
                int(self.budget * most.get(kind, 1)),
            )
            for kind in kinds
        }
        least = {kind: min(wanted[kind], int(self.budget * self.shares.least.get(kind, 0))) for kind in kinds}
        total = sum(least.values())
        if total > room:
            least = {kind: one * room // total for kind, one in least.items()}
        left = room - sum(least.values())
        kept: dict[int, Kept] = {}
        for kind in kinds:
            found = self._kind(kind, min(wanted[kind], least[kind] + left))
            left += least[kind] - _used(found)
            kept |= found
        return kept

    def _kind(self, kind: PartOf, room: int) -> dict[int, Kept]:
        """What of one kind goes in: its newest for a summary, its nearest for the text after, the best ranks of entries."""
        order = self._of.get(kind, [])
        if kind == "summary":
            order = order[::-1]
        elif kind in _ENTRIES:
            order = sorted(order, key=lambda i: (self.parts[i].rank, i))
        kept: dict[int, Kept] = {}
        full = False
        for i in order:
            found = NOTHING if full else self._one(i, kind, room)
            room -= found.used
            full = kind in ("summary", "after") and found.end - found.start < len(self.parts[i].text)
            kept[i] = found
        return kept

    def _one(self, i: int, kind: PartOf, room: int) -> Kept:
        text = self.parts[i].text
        size = self.meter.about(text, room)
        if size <= room:
            return Kept(0, len(text), size)
        if kind == "summary":
            return last(text, room, self.meter)
        return head(text, room, self.meter, words=kind not in _ENTRIES)

    def text(self, room: int) -> dict[int, Kept]:
        """The text before: one running text, whatever parts it came in."""
        cut = tail(self._before, room, self.meter)
        kept: dict[int, Kept] = {}
        at = 0
        for i, text in zip(self._of.get("before", []), self._before, strict=True):
            start = min(max(0, cut - at), len(text))
            kept[i] = Kept(start, len(text), self.meter.plain(text[start:])) if start < len(text) or not text else NOTHING
            at += len(text)
        return kept

    def whole(self, text: Mapping[int, Kept]) -> bool:
        return all(kept.end - kept.start == len(self.parts[i].text) for i, kept in text.items())

    def fitted(self, kept: Mapping[int, Kept]) -> Fitted:
        out, rows = [], []
        for i, part in enumerate(self.parts):
            start, end, used = kept[i]
            inside = end > start or not part.text
            if inside:
                out.append(part if end - start == len(part.text) else part.changed(text=part.text[start:end]))
            rows.append(row_of(part, start, end, used, self._pieces(part, kept[i])))
        report = Report(rows=tuple(rows), total=_used(kept), budget=self.budget)
        return Fitted(tuple(out), report)

    def _pieces(self, part: Part, kept: Kept) -> float:
        """About how many pieces a letter of it has. Old text is not counted for that."""
        if kept.used:
            return kept.used / (kept.end - kept.start)
        if part.kind == "before":
            return 1 / self._letters
        return self.meter.about(part.text, self.budget) / max(1, len(part.text))


def _used(kept: Mapping[int, Kept]) -> int:
    return sum(one.used for one in kept.values())
