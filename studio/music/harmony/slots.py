"""Slots: the stretches of a tune over which one chord may stand, and what the melody does in each.

A slot is half a bar where the bar has a middle (4/4, 2/2, 6/8, 12/8, 6/4) and a whole bar where it has none (3/4) or is
short (3/8, and 2/4 unless it runs in sixteenths, as reels and hornpipes in small print do); long uneven bars are cut at
beats into parts of at least 3/8 (5/4 is 3+2, 7/8 is 3+4, 9/8 and 3/2 are three parts). Half bars are how often folk and
song harmony moves; hymns move faster, their passing chords are lost.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from studio.music.theory import Meter
from studio.music.tune import ZERO, Note, Tune

SHORTEST = Fraction(3, 8)
HALF = Fraction(1, 2)
RUNS = 5.5  # notes a bar from which 2/4 is a reel in small print


@dataclass(frozen=True)
class Slot:
    start: Fraction
    length: Fraction
    bar: int  # index of the bar, from 0
    place: int  # which slot of its bar, from 0
    number: int  # the bar as players count it: an upbeat is bar 0
    closes: str = ""  # label of the section that ends with this slot, "end" for the tune's end
    weights: tuple[float, ...] = (0.0,) * 12  # how much of the slot each pitch class takes, on strong beats a little more
    strong: int | None = None  # the pitch class on the first beat of the slot
    last: int | None = None  # the pitch class it leaves on
    longest: float = 0.0  # the longest note that begins here, in whole notes
    onsets: int = 0

    @property
    def end(self) -> Fraction:
        return self.start + self.length

    @property
    def main(self) -> int | None:
        """The pitch class that has most of the slot."""
        return max(range(12), key=lambda p: self.weights[p]) if any(self.weights) else None


@lru_cache(maxsize=256)
def cuts(meter: Meter) -> tuple[Fraction, ...]:
    """Where the slots of a whole bar begin."""
    if len(meter.strong) > 1:
        return meter.strong if meter.length / 2 >= SHORTEST else (ZERO,)
    beats = meter.beats
    found = [ZERO]
    uneven = meter.unit < 8 and len(beats) % 2 == 1 and len(beats) >= 5
    for i, beat in enumerate(beats):
        if uneven and i < 3:
            continue  # five is felt as three and two
        if beat - found[-1] >= SHORTEST and meter.length - beat >= SHORTEST:
            found.append(beat)
    return tuple(found)


def slots(tune: Tune, edges: Collection[Fraction] = ()) -> tuple[Slot, ...]:
    """The slots of a tune in order; together they cover it without gaps. More of them begin at `edges`."""
    ends = closing(tune)
    notes = tune.melody.notes
    starts = [note.start for note in notes]
    reach = _reach(notes)
    out: list[Slot] = []
    upbeat = 1 if tune.pickup else 0
    fast = len(notes) >= RUNS * len(tune.bars)
    for i, bar in enumerate(tune.bars):
        offset = max(ZERO, bar.meter.length - bar.length) if i == 0 and tune.pickup else ZERO
        places = bar.meter.strong if fast and bar.meter.length == HALF else cuts(bar.meter)
        inside = [c - offset for c in places if ZERO < c - offset < bar.length]
        if inside and inside[0] < Fraction(1, 8):
            del inside[0]
        inside += [c - tune.starts[i] for c in edges if ZERO < c - tune.starts[i] < bar.length]
        points = [ZERO, *sorted(set(inside)), bar.length]
        for place, (a, b) in enumerate(zip(points, points[1:], strict=False)):
            begin = tune.starts[i] + a
            low = bisect_left(reach, begin)  # the first note that may still sound
            high = bisect_left(starts, begin + b - a)
            heard = _heard([n for n in notes[low:high] if n.end > begin], begin, b - a, bar.meter, a + offset)
            closes = ends.get(i, "") if b == bar.length else ""
            out.append(Slot(begin, b - a, i, place, i + 1 - upbeat, closes, *heard))
    return tuple(out)


def _reach(notes: Sequence[Note]) -> list[Fraction]:
    """The latest end so far: non-decreasing, so that it can be searched. Shifted so that an end on the edge is past."""
    out: list[Fraction] = []
    for note in notes:
        out.append(max(note.end, out[-1]) if out else note.end)
    return out


def closing(tune: Tune) -> dict[int, str]:
    """Bar index -> the section that ends there; without sections every eighth bar (every fourth in short tunes)."""
    out: dict[int, str] = {}
    done = 1 if tune.pickup else 0
    whole = len(tune.bars) - done
    if tune.sections:
        done = 0
        for section in tune.sections:
            done += section.bars
            out[done - 1] = section.label
    else:
        step = 8 if whole >= 16 and whole % 8 == 0 else 4
        out = {done + k - 1: "phrase" for k in range(step, whole, step)}
    out[len(tune.bars) - 1] = "end"
    return out


def _heard(
    notes: Sequence[Note], start: Fraction, length: Fraction, meter: Meter, at: Fraction
) -> tuple[tuple[float, ...], int | None, int | None, float, int]:
    """What the melody does in a slot that begins `at` in its bar: weights, strong, last, longest, onsets."""
    weights = [0.0] * 12
    beats = set(meter.beats)
    strong: int | None = None
    longest, onsets = 0.0, 0
    for note in notes:
        begin = max(note.start, start)
        share = float((min(note.end, start + length) - begin) / length)
        place = begin - start + at
        weights[note.pitch % 12] += share * (1.4 if begin == start else 1.0 if place in beats else 0.7)
        if begin == start:
            strong = note.pitch % 12  # of a chord the highest, which comes last
        if note.start >= start:
            onsets += 1
            longest = max(longest, float(note.length))
    return tuple(weights), strong, notes[-1].pitch % 12 if notes else None, longest, onsets
