"""Who wrote a text that comes into a scene: accepted from an offer, rewritten by one, pasted from somewhere. Pure.

What is told here is told from the texts themselves: only words that stand in the offer count as the model's verbatim words,
and what was pasted is looked for in the manuscript, in what was cut just before, and in the offers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from studio.core.ledger import Ledger, Maker, Span
from studio.writing.diff import Hunk, fine, hunks
from studio.writing.manuscript.desk import Desk
from studio.writing.manuscript.manuscript import Scene
from studio.writing.manuscript.spans import joined, of, part

KNOWN = 12  # letters: what is shorter may stand in the manuscript by chance
GREW = 12  # words more than a rewrite takes away: these are new text, not other words for the person's
TRIES = 20  # places of one text that are looked at
SEARCHED = 50  # lines of a pasted text that are looked for anywhere; of later ones only whole lines are found
WORDS = re.compile(r"\w+")
PERSONS: tuple[Maker, ...] = ("human", "pasted", "human-rewritten")


class Piece(NamedTuple):
    """A text and who made it: a scene, or what was cut from one."""

    text: str
    spans: Sequence[Span]


def verbatim(text: str, offer: str) -> bool:
    """Whether a span of maker "model" says the truth: it stands in the offer, letter for letter."""
    return text in offer


def checked(text: str, spans: Sequence[Span], offers: Mapping[str, str]) -> list[Span]:
    """Spans told from outside. What is said to be verbatim and does not stand in its offer is edited."""
    out, at = [], 0
    for span in spans:
        body = offers.get(span.offer or "")
        untrue = span.maker == "model" and body is not None and not verbatim(text[at : at + span.length], body)
        out.append(of(span.length, "model-edited", span.offer) if untrue else span)
        at += span.length
    return joined(out)


def accepted(text: str, body: str | None, offer: str | None) -> list[Span]:
    """An offer, or a part of it, as the person took it; what they changed before is theirs, as if changed afterwards."""
    if not text:
        return []
    if body is None or offer is None:
        return [of(len(text), "model-edited", offer)]  # nothing to compare it with
    if verbatim(text, body):
        return [of(len(text), "model", offer)]
    found = list(fine(hunks(body, text)))
    kept = [i for i, hunk in enumerate(found) if hunk.same]
    if not kept:
        return [of(len(text), "human")]
    first, last = found[kept[0]], found[kept[-1]]
    taken = body[first.at : last.at + len(last.old)]  # what was left out at both ends is not taken: no edit
    desk = Desk(Scene.model_construct(id="offer", text=taken, ledger=by_model(taken, offer)))
    for hunk in reversed(found[kept[0] : kept[-1]]):
        if not hunk.same:
            desk.splice(hunk.at - first.at, len(hunk.old), hunk.new, _some(len(hunk.new), "human"), by_person=True)
    head, tail = text[: first.to], text[last.to + len(last.new) :]
    return joined([*_some(len(head), "human"), *desk.spans, *_some(len(tail), "human")])


def rewritten(old: Piece, text: str, body: str | None, offer: str | None) -> list[Span]:
    """A passage in the words of a rewrite: kept words keep their maker, changed ones are the rewrite's where it has them."""
    theirs = [(0, len(text))] if body is None else [(h.to, h.to + len(h.new)) for h in fine(hunks(body, text)) if h.same]
    out: list[Span] = []
    for hunk in fine(hunks(old.text, text)):
        if hunk.same:
            out += part(old.spans, hunk.at, hunk.at + len(hunk.old))
        else:
            out += _covered(hunk.to, hunk.to + len(hunk.new), theirs, _maker(old, hunk, body is not None), offer)
    return joined(out)


def recalled(text: str, places: Iterable[Piece], cuts: Sequence[Piece], offers: Mapping[str, str]) -> list[Span]:
    """A pasted text: what stood in the manuscript keeps its makers, whole or line by line; all else is pasted."""
    sources = [*cuts, *places]
    whole = [list(cut.spans) for cut in cuts if cut.text == text]
    if found := whole[:1] or _known(text, sources, offers):
        return found[0]
    lines = text.splitlines(keepends=True)
    index = _lines(sources) if len(lines) > SEARCHED else {}
    out: list[Span] = []
    for number, line in enumerate(lines):
        bare = line.strip()
        known = _known(bare, [index[bare]], {}) if bare in index else None
        if known is None and number < SEARCHED and bare != text:
            known = _known(bare, sources, offers)
        before = len(line) - len(line.lstrip()) if bare else len(line)
        made = known[0] if known else _some(len(bare), "pasted")
        out += [*_some(before, "pasted"), *made, *_some(len(line) - before - len(bare), "pasted")]
    return joined(out)


def by_model(text: str, offer: str) -> Ledger:
    """The ledger of a text an offer gave, letter for letter."""
    return Ledger(spans=tuple(_some(len(text), "model", offer)))


def _known(text: str, sources: Sequence[Piece], offers: Mapping[str, str]) -> list[list[Span]] | None:
    """Where it stands, in a list of one. Of several places the one with most of the model's letters: rather too much told
    than too little."""
    if len(text) < KNOWN:
        return None
    places = ((piece, at) for piece in sources for at in _all(piece.text, text))
    found = [part(piece.spans, at, at + len(text)) for piece, at in islice(places, TRIES)]
    if found:
        return [max(found, key=lambda spans: sum(span.length for span in spans if span.offer))]
    whose = next((id for id, body in offers.items() if text in body), None)
    return None if whose is None else [[of(len(text), "model", whose)]]


def _all(text: str, what: str) -> Iterator[int]:
    at = text.find(what)
    while at >= 0:
        yield at
        at = text.find(what, at + len(what))


def _lines(sources: Sequence[Piece]) -> dict[str, Piece]:
    """Every line that is long enough, and where it stands first."""
    found: dict[str, Piece] = {}
    for piece in sources:
        for line in piece.text.split("\n"):
            if len(line.strip()) >= KNOWN:
                found.setdefault(line.strip(), piece)
    return found


def _maker(old: Piece, hunk: Hunk, known: bool) -> Maker:
    """Of the new words of one change of a rewrite."""
    met = part(old.spans, hunk.at, hunk.at + len(hunk.old)) or old.spans
    grown = len(WORDS.findall(hunk.new)) - len(WORDS.findall(hunk.old))
    if grown <= GREW and any(span.maker in PERSONS for span in met):
        return "human-rewritten"
    return "model" if known else "model-edited"


def _covered(start: int, end: int, theirs: Sequence[tuple[int, int]], maker: Maker, offer: str | None) -> Iterator[Span]:
    """What of the letters from `start` to `end` is theirs, and the person's what is between."""
    at = start
    for low, high in theirs:
        low, high = max(low, at), min(high, end)
        if low < high:
            yield from _some(low - at, "human")
            yield of(high - low, maker, offer)
            at = high
    yield from _some(end - at, "human")


def _some(length: int, maker: Maker, offer: str | None = None) -> list[Span]:
    return [of(length, maker, offer)] if length else []
