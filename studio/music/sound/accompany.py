"""Chord symbols as something to hear: held by a soft pad, or strummed on the beats.

A plain reading for listening, not an arrangement: one close position near the last one, the bass note below. What the
musician wants to keep belongs into a voice of its own.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from studio.music.theory import pitch_class
from studio.music.tune import Chord, Note, Tune, Voice

Manner = Literal["pad", "strum"]
CENTRE = 57  # chords stay around the A below middle C, out of the melody's way
LOWEST = 40  # bass notes from the E of a guitar's low string


def manner_of(wish: Manner | bool) -> Manner:
    return "strum" if wish == "strum" else "pad"


def accompaniment(tune: Tune, manner: Manner) -> Voice:
    notes: list[Note] = []
    position: tuple[int, ...] = ()
    for chord, end in _spans(tune):
        position = placed(chord, position)
        if manner == "pad":
            notes += [Note(start=chord.start, length=end - chord.start, pitch=pitch, velocity=62) for pitch in position]
        else:
            notes += _strums(tune, position, chord.start, end)
    return Voice(name="Chord symbols", role="chords", instrument="pad" if manner == "pad" else "plucked", notes=tuple(notes))


def _spans(tune: Tune) -> Iterator[tuple[Chord, Fraction]]:
    ends = (*(chord.start for chord in tune.chords[1:]), tune.length)
    for chord, end in zip(tune.chords, ends, strict=False):
        if end > chord.start:
            yield chord, end


def placed(chord: Chord, before: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The bass note and the chord above it, in the turn that moves least from the one before (or lies most central)."""
    low = LOWEST + (pitch_class(chord.bass or chord.root) - LOWEST) % 12
    middle = sum(before[1:]) / len(before[1:]) if len(before) > 1 else CENTRE
    middle = 0.7 * middle + 0.3 * CENTRE
    turns = []
    for lowest in chord.classes:
        first = CENTRE - 10 + (lowest - CENTRE + 10) % 12
        turns.append(tuple(sorted(first + (c - lowest) % 12 for c in chord.classes)))
    best = min(turns, key=lambda turn: (abs(sum(turn) / len(turn) - middle), turn))
    return (low, *(pitch for pitch in best if pitch != low))


def _strums(tune: Tune, position: tuple[int, ...], start: Fraction, end: Fraction) -> Iterator[Note]:
    """A stroke at the chord's start and on each beat; the strong ones with the bass. The player strums the strings."""
    beats = {start: True}
    for at, bar in zip(tune.starts, tune.bars, strict=False):
        if at < end and at + bar.length > start:
            shift = bar.length - bar.meter.length if at == 0 and tune.pickup else 0
            beats |= {at + beat + shift: beat in bar.meter.strong for beat in bar.meter.beats if start < at + beat + shift < end}
    for at, until in pairwise([*sorted(beats), end]):
        for pitch in position if beats[at] else position[1:]:
            yield Note(start=at, length=until - at, pitch=pitch, velocity=52 if beats[at] else 40)
