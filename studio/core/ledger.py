"""Ledger and Bridge: who made which span, and how work passes from one medium to another."""

from typing import Literal

from pydantic import Field

from studio.core.ask import Medium
from studio.core.word import Word

Maker = Literal["human", "model", "model-edited", "human-rewritten", "pasted"]


class Span(Word):
    """A run of `length` units (characters, notes, pixels rows) with one maker. Spans tile the work from its start."""

    length: int = Field(gt=0)
    maker: Maker
    offer: str | None = None  # where model words came from


class Ledger(Word):
    spans: tuple[Span, ...] = ()

    def __len__(self) -> int:
        return sum(s.length for s in self.spans)

    def shares(self) -> dict[Maker, float]:
        """Part of the whole by maker; empty for an empty work."""
        total = len(self)
        found: dict[Maker, float] = {}
        for span in self.spans:
            found[span.maker] = found.get(span.maker, 0.0) + span.length / total
        return found


class Bridge(Word):
    """A hand-off from one medium to another: this draft becomes the start of that ask."""

    draft: str
    source: Medium
    target: Medium
    note: str = ""  # what was carried over, in plain words
