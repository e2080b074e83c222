"""Tune: the one source of truth of the music room. Scores, MIDI, piano rolls and sound are derived from it.

All times are exact fractions of a whole note from the start of the tune. Bars carry their own length, so that upbeats,
short last bars and changes of meter need no special case. One key and one tempo a tune; accidentals say the rest.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from studio.core.word import Word
from studio.music.theory import QUALITIES, Key, Meter, Quality, pitch_class

Role = Literal["melody", "part", "chords", "bass", "drums"]
Instrument = Literal["plucked", "flute", "organ", "bass", "pad", "drums"]
ZERO = Fraction(0)
MAX_BARS = 2000
MAX_NOTES = 20_000


class Note(Word):
    start: Fraction = Field(ge=0)
    length: Fraction = Field(gt=0)
    pitch: int = Field(ge=0, le=127)
    velocity: int = Field(default=80, ge=1, le=127)

    @property
    def end(self) -> Fraction:
        return self.start + self.length


class Chord(Word):
    """A chord that sounds until the next one."""

    start: Fraction = Field(ge=0)
    root: str = Field(pattern=r"^[A-G](#|b)?$")
    quality: Quality = ""
    bass: str | None = Field(default=None, pattern=r"^[A-G](#|b)?$")

    @property
    def name(self) -> str:
        return f"{self.root}{self.quality}" + (f"/{self.bass}" if self.bass else "")

    @property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes, root first."""
        return tuple((pitch_class(self.root) + step) % 12 for step in QUALITIES[self.quality])


class Bar(Word):
    length: Fraction = Field(gt=0, le=16)
    meter: Meter


class Section(Word):
    label: str = Field(pattern=r"^[A-Z]$")
    bars: int = Field(ge=1)


class Voice(Word):
    """Notes in order; notes that start together are one chord and end together; nothing overlaps otherwise."""

    name: str = "Melody"
    role: Role = "melody"
    instrument: Instrument = "plucked"
    notes: tuple[Note, ...] = Field(default=(), max_length=MAX_NOTES)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.role == "drums":
            return self
        for a, b in zip(self.notes, self.notes[1:], strict=False):
            if b.start < a.end and (b.start != a.start or b.length != a.length):
                raise ValueError(f"two notes of {self.name} overlap at {b.start}")
        return self


class Tune(Word):
    title: str = "Untitled"
    composer: str = ""
    key: Key = Key()
    tempo: Fraction = Field(default=Fraction(100), ge=10, le=600)  # quarter notes a minute
    bars: tuple[Bar, ...] = Field(min_length=1, max_length=MAX_BARS)
    voices: tuple[Voice, ...] = Field(min_length=1, max_length=32)
    chords: tuple[Chord, ...] = ()
    sections: tuple[Section, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for voice in self.voices:
            if voice.notes and max(note.end for note in voice.notes) > self.length:
                raise ValueError(f"{voice.name} goes on after the last bar")
        if self.chords and self.chords[-1].start >= self.length:
            raise ValueError("a chord stands after the last bar")
        if self.sections and sum(section.bars for section in self.sections) > len(self.bars):
            raise ValueError("the sections have more bars than the tune")
        return self

    @property
    def meter(self) -> Meter:
        return self.bars[-1 if len(self.bars) == 1 else 1].meter

    @property
    def melody(self) -> Voice:
        return next((voice for voice in self.voices if voice.role == "melody"), self.voices[0])

    @cached_property
    def length(self) -> Fraction:
        return sum((bar.length for bar in self.bars), ZERO)

    @cached_property
    def starts(self) -> tuple[Fraction, ...]:
        """Where each bar begins, and at the end the length of the tune."""
        found = [ZERO]
        for bar in self.bars:
            found.append(found[-1] + bar.length)
        return tuple(found)

    @property
    def pickup(self) -> Fraction:
        """Length of a short first bar, 0 if there is none."""
        first = self.bars[0]
        return first.length if len(self.bars) > 1 and first.length < first.meter.length else ZERO

    def number(self, bar: int) -> int:
        """Bars are counted as musicians count them: an upbeat is none."""
        return bar + (0 if self.pickup else 1)

    @property
    def seconds(self) -> float:
        return float(self.length * 240 / self.tempo)

    def with_voice(self, voice: Voice) -> "Tune":
        """With one voice replaced by the one of the same name, or added."""
        if any(v.name == voice.name for v in self.voices):
            return self.changed(voices=tuple(voice if v.name == voice.name else v for v in self.voices))
        return self.changed(voices=(*self.voices, voice))

    def with_melody(self, notes: Iterable[Note]) -> "Tune":
        melody = self.melody
        new = melody.changed(notes=tuple(notes))
        return self.changed(voices=tuple(new if voice is melody else voice for voice in self.voices))


def plain_bars(meter: Meter, count: int, pickup: Fraction = ZERO, *, short_end: bool = True) -> tuple[Bar, ...]:
    """`count` whole bars after an upbeat; the last one gives back what the upbeat took."""
    whole = Bar(length=meter.length, meter=meter)
    bars = [whole] * count
    if pickup:
        if short_end:
            bars[-1] = Bar(length=meter.length - pickup, meter=meter)
        bars.insert(0, Bar(length=pickup, meter=meter))
    return tuple(bars)


def in_bar(notes: Iterable[Note], start: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Fraction, int, bool]]:
    """What sounds in a span: (onset from its start, length inside it, pitch, held over from before)."""
    for note in notes:
        if note.start < end and note.end > start:
            begin = max(note.start, start)
            yield begin - start, min(note.end, end) - begin, note.pitch, note.start < start


def skyline(notes: Iterable[Note]) -> tuple[Note, ...]:
    """One line out of many: the highest note at each onset, cut where the next begins."""
    top: dict[Fraction, Note] = {}
    for note in notes:
        if note.start not in top or note.pitch > top[note.start].pitch:
            top[note.start] = note
    line = [top[start] for start in sorted(top)]
    ends = [*(note.start for note in line[1:]), None][: len(line)]
    return tuple(
        note if end is None or note.end <= end else note.changed(length=end - note.start)
        for note, end in zip(line, ends, strict=True)
    )


def moved(tune: Tune, semitones: int) -> Tune:
    """The whole tune in another key; octaves are folded back where an instrument would run out of notes."""

    def fold(pitch: int) -> int:
        pitch += semitones
        return pitch - 12 if pitch > 127 else pitch + 12 if pitch < 0 else pitch

    key = tune.key.moved(semitones)

    def rename(name: str) -> str:
        return simple_name(key, pitch_class(name) + semitones)

    return tune.changed(
        key=key,
        voices=tuple(
            v if v.role == "drums" else v.changed(notes=tuple(n.changed(pitch=fold(n.pitch)) for n in v.notes))
            for v in tune.voices
        ),
        chords=tuple(c.changed(root=rename(c.root), bass=rename(c.bass) if c.bass else None) for c in tune.chords),
    )


def simple_name(key: Key, pitch: int) -> str:
    """A chord root's name in a key, never with a double sign."""
    name = key.spell(pitch)
    return name if len(name) < 3 else Key().spell(pitch)
