"""Spans over a text: cutting, joining, and what a person's edit does to the model's words around it. Numbers and text only.

Neighbours of one maker and one offer are joined, except verbatim model words: two pieces of an offer that meet by a cut or a
move stay two spans, so that every span of maker "model" stands literally in its offer. The page has a twin of this module
(`assets/ui/writing/ledger.js`); both are held to the same answers by a test, so change them together.

A sentence ends with `.!?…` and what closes it, before a space or at a new line. "Mr." ends one too: an edit just there is
taken to be between two sentences.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studio.core.ledger import Maker, Span

SPACE = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # said out, to be the same in the page
END = re.compile(rf"[.!?…]+[”’\"')\]]*(?=[{SPACE}]|$)|[。！？]+[”’」』）]*|\n")
GAP = re.compile(rf"[{SPACE}]*")
FAR = 4000  # letters that are searched each way for the ends of a sentence
MODEL: tuple[Maker, ...] = ("model", "model-edited")


class Range(NamedTuple):
    start: int
    end: int


def size(spans: Iterable[Span]) -> int:
    return sum(span.length for span in spans)


def part(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans of the letters from `start` to `end`."""
    out, at = [], 0
    for span in spans:
        if at >= end:
            break
        low, high = max(start, at), min(end, at + span.length)
        if low < high:
            out.append(span if high - low == span.length else of(high - low, span.maker, span.offer))
        at += span.length
    return out


def of(length: int, maker: Maker, offer: str | None = None) -> Span:
    return Span(length=length, maker=maker, offer=offer)


def joined(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for span in spans:
        if out and out[-1].maker == span.maker != "model" and out[-1].offer == span.offer:
            out[-1] = of(out[-1].length + span.length, span.maker, span.offer)
        else:
            out.append(span)
    return out


def edited(spans: Iterable[Span]) -> list[Span]:
    """A person's hand was in it: verbatim model words become edited ones."""
    return [of(span.length, "model-edited", span.offer) if span.maker == "model" else span for span in spans]


def sentence_around(text: str, low: int, high: int, at: int) -> Range | None:
    """The sentence of `text[low:high]` that `at` lies strictly within; None at its ends and between two."""
    start = _after_gap(text, low, high)
    for end in END.finditer(text, low, high):
        stop = end.start() if end.group() == "\n" else end.end()
        if at <= stop:
            return Range(start, stop) if start < at < stop else None
        start = max(start, _after_gap(text, end.end(), high))
        if at <= start:
            return None
    return Range(start, high) if start < at < high else None


def touched(text: str, spans: Sequence[Span], starts: Sequence[int], at: int, end: int) -> tuple[Range, Range]:
    """What remains, before `at` and after `end`, of the model's sentences that a person cut or typed into there.

    A place counts as inside only where the same offer goes on at both sides of it: words put before or behind what a model
    wrote leave it verbatim. `starts` is where each span begins.
    """
    first = _sentence_at(text, spans, starts, at)
    last = first if end == at else _sentence_at(text, spans, starts, end)
    return Range(first.start if first else at, at), Range(end, last.end if last else end)


def _sentence_at(text: str, spans: Sequence[Span], starts: Sequence[int], at: int) -> Range | None:
    if not 0 < at < len(text):
        return None
    i = span_at(starts, at)
    j = i - 1 if starts[i] == at else i
    if spans[i].maker not in MODEL or spans[j].maker not in MODEL or spans[i].offer != spans[j].offer:
        return None
    low, high = starts[j], starts[i] + spans[i].length
    while j > 0 and at - low < FAR and spans[j - 1].maker in MODEL and spans[j - 1].offer == spans[i].offer:
        j -= 1
        low = starts[j]
    while i + 1 < len(spans) and high - at < FAR and spans[i + 1].maker in MODEL and spans[i + 1].offer == spans[i].offer:
        i += 1
        high = starts[i] + spans[i].length
    return sentence_around(text, max(low, at - FAR), min(high, at + FAR), at)


def span_at(starts: Sequence[int], at: int) -> int:
    """Which span the letter at `at` is in."""
    return max(bisect_right(starts, at) - 1, 0)


def _after_gap(text: str, at: int, high: int) -> int:
    found = GAP.match(text, at, high)
    return found.end() if found else at
