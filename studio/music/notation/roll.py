"""Tune as the piano roll has it: whole ticks and plain lists, small enough to travel at every change.

The page may change voices, title and tempo; bars, key, sections and chords are the studio's. A voice is one line: notes
that begin together end together, and a note ends where the next begins. What the page did not touch keeps its exact time.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field, ValidationError

from studio.core.errors import Refused
from studio.core.word import Word
from studio.music.tune import MAX_NOTES, ZERO, Instrument, Note, Role, Tune, Voice

TICKS = 26880  # of a whole note: 256ths, and threes, fives and sevens of 1/256
Drawn = tuple[
    Annotated[int, Field(ge=0, le=TICKS * 40_000)],
    Annotated[int, Field(ge=1, le=TICKS * 16)],
    Annotated[int, Field(ge=0, le=127)],
    Annotated[int, Field(ge=1, le=127)],
]  # start, length, pitch, velocity


class RollVoice(Word):
    name: str = Field(min_length=1, max_length=80)
    role: Role
    instrument: Instrument
    notes: tuple[Drawn, ...] = Field(max_length=MAX_NOTES)


class Roll(Word):
    """What the page sends back."""

    title: str = Field(max_length=200)
    tempo: float = Field(ge=10, le=600)
    voices: tuple[RollVoice, ...] = Field(min_length=1, max_length=32)


def to_roll(tune: Tune) -> dict[str, Any]:
    starts = [tick(at) for at in tune.starts]
    return {
        "ticks": TICKS,
        "title": tune.title,
        "composer": tune.composer,
        "tempo": float(tune.tempo),
        "meter": str(tune.meter),
        "beat": tick(tune.meter.beat),
        "key": {
            "tonic": tune.key.tonic,
            "mode": tune.key.mode,
            "name": str(tune.key),
            "root": tune.key.pitch_class,
            "classes": sorted(tune.key.scale),
            "names": [tune.key.spell(pitch) for pitch in range(12)],
        },
        "length": starts[-1],
        "pickup": tick(tune.pickup),
        "bars": [
            {"start": start, "length": tick(bar.length), "meter": str(bar.meter), "beats": _beats(tune, i)}
            for i, (start, bar) in enumerate(zip(starts, tune.bars, strict=False))
        ],
        "sections": [section.model_dump() for section in tune.sections],
        "chords": [[tick(chord.start), chord.name] for chord in tune.chords],
        "voices": [
            {
                "name": voice.name,
                "role": voice.role,
                "instrument": voice.instrument,
                "notes": [[tick(n.start), max(tick(n.end) - tick(n.start), 1), n.pitch, n.velocity] for n in voice.notes],
            }
            for voice in tune.voices
        ],
    }


def tick(at: Fraction) -> int:
    return round(at * TICKS)


def _beats(tune: Tune, i: int) -> list[int]:
    """Where the beats of bar i fall, from its own start; an upbeat is the end of a bar."""
    bar = tune.bars[i]
    missing = bar.meter.length - bar.length if i == 0 and tune.pickup else ZERO
    return [tick(beat - missing) for beat in bar.meter.beats if 0 <= beat - missing < bar.length]


def from_roll(data: object, base: Tune) -> Tune:
    """The tune `base` with what the page changed."""
    try:
        roll = Roll.model_validate(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"][:2]) or "the roll"
        raise Refused(f"The piano roll sent something that is no tune ({where}). Reload the page and try again.") from error
    exact = {tick(at): at for at in base.starts}
    for voice in base.voices:
        for note in voice.notes:
            exact |= {tick(note.start): note.start, tick(note.end): note.end}
    voices = tuple(_voice(voice, exact, base.length) for voice in roll.voices)
    if len({voice.name for voice in voices}) < len(voices):
        raise Refused("Two tracks have the same name. Give each its own.")
    tempo = base.tempo if roll.tempo == float(base.tempo) else Fraction(roll.tempo).limit_denominator(100)
    return base.changed(title=roll.title.strip() or "Untitled", tempo=tempo, voices=voices)


def _voice(voice: RollVoice, exact: Mapping[int, Fraction], length: Fraction) -> Voice:
    notes = []
    for start, long, pitch, velocity in voice.notes:
        begin, end = (exact.get(at, Fraction(at, TICKS)) for at in (start, start + long))
        end = min(end, length)
        if begin >= end:
            raise Refused(f"A note of {voice.name} lies behind the last bar. Add bars first: Continue does it.")
        notes.append(Note(start=begin, length=end - begin, pitch=pitch, velocity=velocity))
    line = tuple(sorted(notes, key=lambda n: (n.start, n.pitch))) if voice.role == "drums" else one_line(notes)
    return Voice(name=voice.name.strip() or voice.role, role=voice.role, instrument=voice.instrument, notes=line)


def one_line(notes: list[Note]) -> tuple[Note, ...]:
    """Notes that begin together get the length of the longest; each ends at the latest where the next begins."""
    groups = [list(group) for _, group in groupby(sorted(notes, key=lambda n: n.start), key=lambda n: n.start)]
    line: list[Note] = []
    for i, group in enumerate(groups):
        start, end = group[0].start, max(n.end for n in group)
        if i + 1 < len(groups):
            end = min(end, groups[i + 1][0].start)
        by_pitch = {n.pitch: n for n in group}
        line += [by_pitch[pitch].changed(length=end - start) for pitch in sorted(by_pitch)]
    return tuple(line)
