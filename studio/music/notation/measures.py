"""Measures as they stand on paper, with repeat signs and endings; and the way from there to a Tune.

Readers of ABC and MusicXML fill `Measure`s; `played` walks through the repeats as a player does; `assemble` in its own
module makes the Tune. Bars keep the length they were written with: the readers never stretch or drop notes to make them fit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from studio.core.errors import Refused
from studio.music.theory import Meter
from studio.music.tune import MAX_BARS, ZERO, Bar, Chord, Note, skyline


@dataclass
class Sounding:
    start: Fraction  # from the start of the measure
    length: Fraction
    pitch: int
    tied: bool = False  # goes on into the next note of the same pitch
    velocity: int = 80


@dataclass
class Measure:
    meter: Meter
    notes: list[Sounding] = field(default_factory=list)
    chords: list[Chord] = field(default_factory=list)  # starts counted from the start of the measure
    length: Fraction = ZERO
    opens: bool = False  # a repeat begins here
    closes: int = 0  # a repeat ends here: how often it is played again
    endings: frozenset[int] = frozenset()  # played only in these rounds
    double: bool = False  # a double bar line after it
    mark: str = ""  # a section of this name begins here


def played(measures: Sequence[Measure]) -> list[Measure]:
    """Every measure in the order in which it sounds."""
    out: list[Measure] = []
    start, i, round_ = 0, 0, 1
    while i < len(measures):
        measure = measures[i]
        if measure.opens and i != start:
            start, round_ = i, 1
        if measure.endings and round_ not in measure.endings:
            i += 1
            continue
        out.append(measure)
        if len(out) > MAX_BARS:
            raise Refused(f"With its repeats this tune has more than {MAX_BARS} bars. Import a shorter one.")
        if measure.closes and round_ <= measure.closes:
            i, round_ = start, round_ + 1
            continue
        if measure.closes or (measure.endings and (i + 1 == len(measures) or not measures[i + 1].endings)):
            start, round_ = i + 1, 1
        i += 1
    return out


def once(measures: Sequence[Measure]) -> list[Measure]:
    """Every measure once, with the last ending of each repeat: the tune as it is learned."""
    out: list[Measure] = []
    i = 0
    while i < len(measures):
        run = i
        while run < len(measures) and measures[run].endings:
            run += 1
        if run == i:
            out.append(measures[i])
            i += 1
        else:
            out += [m for m in measures[i:run] if m.endings == measures[run - 1].endings]
            i = run
    return out


def whole_bars(measures: Iterable[Measure]) -> list[Measure]:
    """Joins the short bars that meet at a repeat sign or a double bar (7/8 of a bar and an upbeat of 1/8) into one. A section
    that began with the second of them begins with the next whole bar."""
    out: list[Measure] = []
    late = ""
    for i, measure in enumerate(measures):
        if late:
            measure, late = replace(measure, mark=measure.mark or late), ""
        before = out[-1] if out else None
        full = measure.meter.length
        if before and i > 1 and before.length < full and before.length + measure.length == full and before.meter == measure.meter:
            shift = before.length
            joined = Measure(
                measure.meter,
                before.notes + [replace(n, start=n.start + shift) for n in measure.notes],
                before.chords + [c.changed(start=c.start + shift) for c in measure.chords],
                full,
                double=measure.double,
                mark=before.mark,
            )
            out[-1] = joined
            late = measure.mark
        else:
            out.append(measure)
    return out


def bars_of(measures: Iterable[Measure]) -> tuple[Bar, ...]:
    return tuple(Bar(length=m.length, meter=m.meter) for m in measures)


def notes_of(measures: Iterable[Measure], *, line: bool = True) -> tuple[Note, ...]:
    """Notes from the start of the tune, ties joined; one line unless chords are wanted."""
    offset = ZERO
    done: list[tuple[Fraction, Fraction, int, int]] = []
    held: dict[int, tuple[Fraction, Fraction, int]] = {}  # pitch -> start, end, velocity of a note that is tied onwards
    for measure in measures:
        for n in sorted(measure.notes, key=lambda n: (n.start, n.pitch)):
            start, end, velocity = offset + n.start, offset + n.start + n.length, n.velocity
            if n.pitch in held and held[n.pitch][1] == start:
                start, _, velocity = held.pop(n.pitch)
            elif n.pitch in held:
                a, b, v = held.pop(n.pitch)
                done.append((a, b, n.pitch, v))
            if n.tied:
                held[n.pitch] = (start, end, velocity)
            else:
                done.append((start, end, n.pitch, velocity))
        offset += measure.length
    done += [(a, b, pitch, v) for pitch, (a, b, v) in held.items()]
    notes = tuple(Note(start=a, length=b - a, pitch=p, velocity=v) for a, b, p, v in sorted(done))
    return skyline(notes) if line else notes


def chords_of(measures: Iterable[Measure]) -> tuple[Chord, ...]:
    offset, out = ZERO, []
    for measure in measures:
        out += [c.changed(start=c.start + offset) for c in measure.chords if c.start < measure.length]
        offset += measure.length
    return tuple(out)
