"""A rhythm from taps: when each key press came, as note lengths on a grid; and the Tune on one pitch that has them.

A tap says when a note begins, not when it ends: each lasts until the next, a whole bar at most.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isfinite

from pydantic import Field

from studio.core.errors import Refused
from studio.core.word import Word
from studio.music.hum.beats import SIXTEENTH, place
from studio.music.theory import Key, Meter
from studio.music.tune import ZERO, Bar, Note, Tune, Voice, plain_bars

_BOUNCE = 0.045  # seconds: what follows sooner is the same tap
_MOST, _LONGEST = 600, 180.0


class Rhythm(Word):
    tempo: Fraction = Field(ge=10, le=600)
    meter: Meter
    starts: tuple[Fraction, ...] = Field(min_length=1)  # in whole notes from the bar in which the first tap falls
    lengths: tuple[Fraction, ...]
    off: float  # seconds: how far the taps were from the grid, on average


def tapped(
    onsets: Iterable[float],
    *,
    tempo: Fraction | None = None,
    meter: Meter | None = None,
    grid: Fraction = SIXTEENTH,
    start_beat: Fraction = ZERO,
) -> Rhythm:
    """`onsets` in seconds from anywhere; `start_beat` is the beat of the bar, from 0, on which the first tap falls."""
    meter = meter or Meter()
    taps = _taps(onsets)
    if tempo is None and len(taps) < 3:
        raise Refused("Tap at least three times, so that the tempo can be told, or choose a tempo first.")
    if not taps:
        raise Refused("Nothing was tapped. Tap a rhythm with a key or a finger.")
    placed = place(taps, meter, tempo=tempo, grid=grid, start_beat=start_beat)
    starts = placed.places
    ends = [*starts[1:], starts[-1] + meter.beat]
    lengths = tuple(min(b - a, meter.length) for a, b in zip(starts, ends, strict=True))
    return Rhythm(tempo=placed.tempo, meter=meter, starts=starts, lengths=lengths, off=placed.off)


def _taps(onsets: Iterable[float]) -> list[float]:
    times = sorted(float(t) for t in onsets)
    if not all(isfinite(t) for t in times):
        raise Refused("Some of the taps have no time. Tap the rhythm again.")
    taps: list[float] = []
    for t in times:
        if not taps or t - taps[-1] > _BOUNCE:
            taps.append(t)
    if len(taps) > _MOST or (taps and taps[-1] - taps[0] > _LONGEST):
        raise Refused("That is more than three minutes or 600 taps. Tap a shorter rhythm.")
    return taps


def rhythm_tune(rhythm: Rhythm, *, key: Key | None = None, pitch: int | None = None) -> Tune:
    """The rhythm on the tonic near middle C, or on `pitch`."""
    key = key or Key()
    tonic = 60 + (key.pitch_class + 5) % 12 - 5
    notes = [(a, n, pitch if pitch is not None else tonic) for a, n in zip(rhythm.starts, rhythm.lengths, strict=True)]
    bars, placed = bars_for(notes, rhythm.meter)
    return Tune(title="Rhythm", key=key, tempo=rhythm.tempo, bars=bars, voices=(Voice(notes=placed),))


def bars_for(notes: list[tuple[Fraction, Fraction, int]], meter: Meter) -> tuple[tuple[Bar, ...], tuple[Note, ...]]:
    """Whole bars for notes (start, length, pitch); what comes before the first note in its bar becomes a short upbeat bar."""
    first = notes[0][0]
    pickup = meter.length - first if first else ZERO
    count = max(-(-(max(a + n for a, n, _ in notes) - (meter.length if first else ZERO)) // meter.length), 1)
    bars = plain_bars(meter, int(count), pickup, short_end=False)
    return bars, tuple(Note(start=a - first, length=n, pitch=p) for a, n, p in notes)
