"""A scene under edit: its text and its spans, changed together. Knows who wrote what goes in; decides nothing about it.

Every splice gives back the splice that undoes it, exactly: the same letters and the very same spans.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.core.errors import Refused
from studio.core.ledger import Ledger, Span
from studio.core.word import Word
from studio.writing.manuscript.manuscript import Scene
from studio.writing.manuscript.spans import edited, joined, part, size, span_at, touched

How = Literal["typed", "pasted", "accepted", "rewritten", "undone", "moved"]


class Splice(Word):
    """In a scene, at a letter, so many letters go and a text comes."""

    scene: str
    at: int = Field(ge=0)
    gone: int = Field(default=0, ge=0)
    text: str = ""
    how: How = "typed"
    offer: str | None = None  # what was accepted, or what the passage was rewritten by
    spans: tuple[Span, ...] = ()  # of undone and moved text: who wrote it

    @model_validator(mode="after")
    def _covered(self) -> Self:
        if self.spans and size(self.spans) != len(self.text):
            raise ValueError("The spans do not cover the text exactly.")
        return self


class Desk:
    """One scene, open for changes."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.text, self.spans = scene, scene.text, list(scene.ledger.spans)
        self._lengths = [span.length for span in self.spans]  # beside the spans: adding up plain numbers is fast

    def part(self, start: int, end: int) -> list[Span]:
        """Who wrote the letters from `start` to `end`."""
        if start >= end:
            return []
        starts = self._starts()
        i, j = self._met(starts, start, end)
        return part(self.spans[i:j], start - starts[i], end - starts[i])

    def splice(self, at: int, gone: int, text: str, spans: Sequence[Span], by_person: bool) -> Splice:
        """Put `text`, made as `spans` say, in the place of `gone` letters. What gives the old state again comes back."""
        end = at + gone
        if end > len(self.text) or at < 0:
            raise Refused("This change reaches beyond the end of the scene. Reload the page and try again.")
        if not text and not gone:
            return Splice(scene=self.scene.id, at=at, how="undone")
        starts = self._starts()
        low, high = at, end
        if by_person and self.spans:
            left, right = touched(self.text, self.spans, starts, at, end)
            low, high = left.start, right.end
        i, j = self._met(starts, low, high)
        old, begin = self.spans[i:j], starts[i] if i < len(starts) else len(self.text)
        stop = begin + size(old)
        # Verbatim spans come back whole, because pieces of them are not joined; of all others no more than what changed.
        first = begin if old and old[0].maker == "model" else low
        last = stop if old and old[-1].maker == "model" else high
        back = Splice.model_construct(
            scene=self.scene.id, at=first, gone=last - first - gone + len(text), text=self.text[first:last], how="undone",
            offer=None, spans=tuple(part(old, first - begin, last - begin)),
        )  # fmt: skip
        fresh = [
            *part(old, 0, low - begin), *edited(part(old, low - begin, at - begin)), *spans,
            *edited(part(old, end - begin, high - begin)), *part(old, high - begin, stop - begin),
        ]  # fmt: skip
        self.spans[i:j] = fresh
        self._lengths[i:j] = [span.length for span in fresh]
        self._join(i, i + len(fresh))
        self.text = self.text[:at] + text + self.text[end:]
        return back

    def done(self) -> Scene:
        """The scene as it is now. What a splice leaves behind tiles the text, so it is not looked through again."""
        fields = {**self.scene.__dict__, "text": self.text, "ledger": Ledger.model_construct(spans=tuple(self.spans))}
        return Scene.model_construct(**fields)

    def _met(self, starts: Sequence[int], low: int, high: int) -> tuple[int, int]:
        """From which span to which the letters between `low` and `high` reach; at a place between two spans, none."""
        if low >= len(self.text):
            return len(starts), len(starts)
        i = span_at(starts, low)
        if high > low:
            return i, span_at(starts, high - 1) + 1
        return i, i + 1 if starts[i] < low else i

    def _join(self, i: int, j: int) -> None:
        low, high = max(i - 1, 0), min(j + 1, len(self.spans))
        fresh = joined(self.spans[low:high])
        self.spans[low:high] = fresh
        self._lengths[low:high] = [span.length for span in fresh]

    def _starts(self) -> list[int]:
        return list(accumulate(self._lengths, initial=0))[:-1]
