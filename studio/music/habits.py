"""What a tune is like, in four plain measures, so that takes can be held beside tunes that people made.

The scale steps it dwells on, the lengths of its notes, how much of it comes back, and how its sections close.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from studio.core.word import Word
from studio.music.check import bar_notes
from studio.music.tune import Note, Tune

Histogram = dict[str, float]
CLOSES = (0, 7, 2, 4, 3)  # degrees a section may rest on: tonic, fifth, second, thirds


class Habits(Word):
    """Of one tune. Distances are between 0 (just like the others) and 1."""

    steps: float  # Jensen-Shannon distance of its scale steps to those of the mode
    lengths: float  # the same of its note lengths to those of the meter
    repetition: float  # share of bars heard before
    closes: float  # share of sections that end on a note one can rest on


def steps_of(tune: Tune) -> Histogram:
    """How long each step of the twelve sounds, together 1."""
    found: Counter[str] = Counter()
    for note in tune.melody.notes:
        found[str(tune.key.degree(note.pitch))] += float(note.length)  # type: ignore[assignment]
    return _shares(found)


def lengths_of(tune: Tune) -> Histogram:
    return _shares(Counter(str(note.length) for note in tune.melody.notes))


def repetition_of(tune: Tune) -> float:
    bars = [bar_notes(tune, i) for i in range(len(tune.bars))]
    whole = [bar for i, bar in enumerate(bars) if tune.bars[i].length == tune.bars[i].meter.length]
    return sum(bar in whole[:i] for i, bar in enumerate(whole)) / max(len(whole), 1)


def closes_of(tune: Tune) -> float:
    ends = section_ends(tune)
    return sum(tune.key.degree(note.pitch) in CLOSES for note in ends) / max(len(ends), 1)


def section_ends(tune: Tune) -> list[Note]:
    """The last note of every section."""
    ends, at = [], 0
    for section in tune.sections:
        at += section.bars
        end = tune.starts[min(at, len(tune.bars))]
        before = [note for note in tune.melody.notes if note.start < end]
        if before:
            ends.append(before[-1])
    return ends or list(tune.melody.notes[-1:])


def habits_of(tune: Tune, steps: Mapping[str, Histogram], lengths: Mapping[str, Histogram]) -> Habits:
    """Beside what is usual: steps by mode, lengths by meter."""
    return Habits(
        steps=distance(steps_of(tune), steps[tune.key.mode]),
        lengths=distance(lengths_of(tune), lengths[str(tune.meter)]),
        repetition=repetition_of(tune),
        closes=closes_of(tune),
    )


def usual(tunes: Sequence[Tune]) -> tuple[dict[str, Histogram], dict[str, Histogram]]:
    """Of many tunes: the steps of each mode and the lengths of each meter."""
    steps: dict[str, Counter[str]] = {}
    lengths: dict[str, Counter[str]] = {}
    for tune in tunes:
        steps.setdefault(tune.key.mode, Counter()).update(steps_of(tune))
        lengths.setdefault(str(tune.meter), Counter()).update(lengths_of(tune))
    return {name: _shares(c) for name, c in steps.items()}, {name: _shares(c) for name, c in lengths.items()}


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Jensen-Shannon: the root of the divergence, in bits."""
    total = 0.0
    for name in one.keys() | other.keys():
        p, q = one.get(name, 0.0), other.get(name, 0.0)
        middle = (p + q) / 2
        total += (p * math.log2(p / middle) if p else 0) / 2 + (q * math.log2(q / middle) if q else 0) / 2
    return math.sqrt(max(total, 0.0))


def _shares(found: Mapping[str, float]) -> Histogram:
    total = sum(found.values())
    return {name: round(value / total, 5) for name, value in sorted(found.items())} if total else {}


