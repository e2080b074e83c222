"""What every accompaniment needs to know of a bar: where it lies, its beats, its chords, and what follows.

An upbeat has no accompaniment. A bar that was cut short plays as much of its meter as fits; one that is longer than its
meter begins the meter again. Nothing an accompaniment plays crosses a bar line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from studio.core.errors import Refused
from studio.music.harmony.slots import closing
from studio.music.theory import Meter
from studio.music.tune import Chord, Note, Tune, Voice


@dataclass(frozen=True)
class Span:
    """A stretch of a bar; for a chord's the chord, for a beat's the chord that sounds when it begins."""

    start: Fraction
    end: Fraction
    chord: Chord | None = None
    strong: bool = False

    @property
    def length(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True)
class Frame:
    """One bar that is accompanied."""

    number: int  # from 0
    start: Fraction
    end: Fraction
    meter: Meter
    chords: tuple[Span, ...]
    beats: tuple[Span, ...]
    closes: bool  # a section or phrase ends here
    last: bool


def frames(tune: Tune) -> list[Frame]:
    """The bars to be accompanied, in order."""
    ends = closing(tune)
    changes = [*(chord.start for chord in tune.chords), tune.length]
    out: list[Frame] = []
    for i, bar in enumerate(tune.bars):
        if i == 0 and tune.pickup:
            continue
        start, end = tune.starts[i], tune.starts[i] + bar.length
        held = [
            Span(max(start, chord.start), min(end, until), chord, chord.start >= start)
            for chord, until in zip(tune.chords, changes[1:], strict=True)
            if chord.start < end and until > max(start, chord.start)
        ]
        beats = _beats(bar.meter, start, end, held)
        out.append(Frame(len(out), start, end, bar.meter, tuple(held), beats, i in ends, i + 1 == len(tune.bars)))
    return out


def _beats(meter: Meter, start: Fraction, end: Fraction, chords: Sequence[Span]) -> tuple[Span, ...]:
    places: list[tuple[Fraction, bool]] = []
    begin = start
    while begin < end:
        places += [(begin + beat, beat in meter.strong) for beat in meter.beats if begin + beat < end]
        begin += meter.length
    until = [*(place for place, _ in places[1:]), end]
    return tuple(Span(a, b, chord_at(chords, a), strong) for (a, strong), b in zip(places, until, strict=True))


def chord_at(chords: Sequence[Span], time: Fraction) -> Chord | None:
    return next((span.chord for span in chords if span.start <= time < span.end), None)


def halves(beat: Span) -> tuple[Span, ...]:
    """A beat in the parts it is felt in: three where it is dotted, else two."""
    count = 3 if beat.length.numerator % 3 == 0 else 2
    step = beat.length / count
    return tuple(Span(beat.start + k * step, beat.start + (k + 1) * step, beat.chord, k == 0) for k in range(count))


def known(style: str, part: str, meter: Meter, styles: Sequence[str]) -> str:
    """The style if it is one of these, else a sentence that names them."""
    if style not in styles:
        raise Refused(f"There is no {part} style {style} in {meter}. Choose one of: {', '.join(styles)}.")
    return style


def with_voice(tune: Tune, voice: Voice) -> Tune:
    """In place of the voice of the same role and name, or added; never in place of a voice of another role."""
    same = [v for v in tune.voices if v.name == voice.name]
    if any(v.role != voice.role for v in same):
        taken = {v.name for v in tune.voices if v.role != voice.role}
        names = (f"{voice.name} {k}" for k in range(2, 40))
        voice = voice.changed(name=next(name for name in names if name not in taken))
    return tune.with_voice(voice)


def note(start: Fraction, end: Fraction, pitch: int, velocity: int) -> Note:
    return Note(start=start, length=end - start, pitch=pitch, velocity=max(1, min(127, velocity)))
