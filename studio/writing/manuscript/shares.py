"""Who wrote how much: by maker and by offer, in letters and in words, and as percentages that add up to 100.

A word belongs to the maker of most of its letters; where two have as many, to the one that is not the person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from studio.core.ledger import Maker, Span
from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.manuscript.reading import WORD

MAKERS: tuple[Maker, ...] = ("human", "model", "model-edited", "human-rewritten", "pasted")


class Made(NamedTuple):
    maker: Maker
    offer: str | None


def letters(scenes: Iterable[Scene]) -> Counter[Made]:
    """How many letters by maker and offer."""
    found: Counter[Made] = Counter()
    for scene in scenes:
        for span in scene.ledger.spans:
            found[Made(span.maker, span.offer)] += span.length
    return found


def words(scenes: Iterable[Scene]) -> Counter[Made]:
    """How many words by maker and offer. They add up to the words of the text."""
    found: Counter[Made] = Counter()
    for scene in scenes:
        found.update(_words(scene.text, scene.ledger.spans))
    return found


def by_maker(counts: Mapping[Made, int]) -> dict[Maker, int]:
    """All makers, also those who made nothing, in the order they are always told in."""
    found = dict.fromkeys(MAKERS, 0)
    for made, count in counts.items():
        found[made.maker] += count
    return found


def by_offer(counts: Mapping[Made, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for made, count in counts.items():
        if made.offer is not None:
            found[made.offer] += count
    return dict(found)


def by_model(counts: Mapping[Made, int], models: Mapping[str, str], unknown: str = "an unknown model") -> dict[str, int]:
    """`models`: the title of the model of each offer."""
    found: Counter[str] = Counter()
    for made, count in counts.items():
        if made.offer is not None or made.maker in ("model", "model-edited", "human-rewritten"):
            found[models.get(made.offer or "", unknown)] += count
    return dict(found.most_common())


def shares(counts: Mapping[Any, int]) -> dict[Any, Fraction]:
    """Exact parts of the whole; empty when there is nothing."""
    total = sum(counts.values())
    return {name: Fraction(count, total) for name, count in counts.items()} if total else {}


def percent(counts: Mapping[Any, int]) -> dict[Any, int]:
    """Whole percentages that add up to 100: what rounding down leaves goes to the largest remainders."""
    exact = {name: share * 100 for name, share in shares(counts).items()}
    found = {name: int(share) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: found[name] - exact[name])
    for name in rest[: 100 - sum(found.values()) if exact else 0]:
        found[name] += 1
    return found


def summary(manuscript: Manuscript, scene: str | None = None) -> dict[str, Any]:
    """What the share bar shows, of one scene or of all: plain JSON."""
    counts = by_maker(letters(one for one in manuscript.scenes if scene in (None, one.id)))
    return {"letters": counts, "percent": percent(counts)}


def _words(text: str, spans: Iterable[Span]) -> Iterator[Made]:
    row = iter(spans)
    span, end = next(row, None), 0
    end = span.length if span else 0
    for word in WORD.finditer(text):
        at, stop = word.span()
        while span and end <= at:
            span = next(row, None)
            end += span.length if span else 0
        if span is None:
            return
        if end >= stop:
            yield Made(span.maker, span.offer)
            continue
        parts = Counter({Made(span.maker, span.offer): end - at})
        while end < stop and (span := next(row, None)):
            parts[Made(span.maker, span.offer)] += min(stop, end + span.length) - end
            end += span.length
        yield max(parts, key=lambda made: (parts[made], made.maker != "human"))
