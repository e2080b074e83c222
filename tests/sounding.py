"""Tunes for the tests and figures of sound: a small band playing for as many seconds as asked, and single notes."""

from fractions import Fraction

from studio.music.theory import Key, Meter
from studio.music.tune import Bar, Chord, Instrument, Note, Tune, Voice, plain_bars

EIGHTH, BAR = Fraction(1, 8), Fraction(1)
CHORDS = (("D", ""), ("A", ""), ("B", "m"), ("F#", "m"), ("G", ""), ("D", ""), ("G", ""), ("A", "7"))
LINE = (78, 81, 86, 85, 81, 78, 76, 74, 73, 76, 81, 79, 78, 74, 76, 73)  # eighths of two bars
STEPS = {"D": 50, "A": 45, "B": 47, "F#": 42, "G": 43}


def band(seconds: float = 30.0, *, melody: Instrument = "flute", drums: bool = False, tempo: int = 120) -> Tune:
    """Melody, chords and bass, with drums when asked for; as many bars as fill the time."""
    count = max(1, round(seconds * tempo / 240))
    voices = [_melody(count, melody), _chords(count), _bass(count), *([_drums(count)] if drums else [])]
    symbols = tuple(Chord(start=k * BAR, root=CHORDS[k % 8][0], quality=CHORDS[k % 8][1]) for k in range(count))  # type: ignore[arg-type]
    return Tune(
        title="Thirty seconds", composer="Nobody", key=Key(tonic="D", mode="major"), tempo=Fraction(tempo),
        bars=plain_bars(Meter(count=4, unit=4), count), voices=tuple(voices), chords=symbols,
    )  # fmt: skip


def single(pitch: int, instrument: Instrument, *, seconds: float = 1.0, velocity: int = 80, rest: float = 0.0) -> Tune:
    """One note and a rest after it."""
    length, still = Fraction(seconds) / 2, Fraction(rest) / 2  # at 120 a whole note lasts two seconds
    note = Note(start=Fraction(0), length=length, pitch=pitch, velocity=velocity)
    role = "drums" if instrument == "drums" else "melody"
    voice = Voice(name="One", role=role, instrument=instrument, notes=(note,))
    return Tune(tempo=Fraction(120), bars=(Bar(length=length + still, meter=Meter(count=4, unit=4)),), voices=(voice,))


def _melody(count: int, instrument: Instrument) -> Voice:
    notes = []
    for k in range(count * 8):
        if k % 8 != 7:  # the last two eighths of a bar are one note
            length = EIGHTH * (2 if k % 8 == 6 else 1)
            notes.append(
                Note(start=k * EIGHTH, length=length, pitch=LINE[k % 16] - (k // 64 % 2), velocity=90 if k % 4 == 0 else 76)
            )
    return Voice(name="Melody", role="melody", instrument=instrument, notes=tuple(notes))


def _chords(count: int) -> Voice:
    notes = []
    for k in range(count * 2):
        root, quality = CHORDS[k // 2 % 8]
        for step in (12, 15 if quality == "m" else 16, 19):
            notes.append(Note(start=k * BAR / 2, length=BAR / 2, pitch=STEPS[root] + step, velocity=66))
    return Voice(name="Chords", role="chords", instrument="plucked", notes=tuple(notes))


def _bass(count: int) -> Voice:
    notes = [
        Note(start=k * BAR / 4, length=BAR / 4, pitch=STEPS[CHORDS[k // 4 % 8][0]] - 12 + (7 if k % 4 == 2 else 0), velocity=80)
        for k in range(count * 4)
    ]
    return Voice(name="Bass", role="bass", instrument="bass", notes=tuple(notes))


def _drums(count: int) -> Voice:
    notes = []
    for k in range(count * 8):
        hits = [(42, 60 if k % 2 else 78)] + ([(36, 96)] if k % 4 == 0 else []) + ([(38, 90)] if k % 4 == 2 else [])
        hits += [(46, 70)] if k % 32 == 31 else []
        notes += [Note(start=k * EIGHTH, length=EIGHTH, pitch=pitch, velocity=loud) for pitch, loud in hits]
    return Voice(name="Drums", role="drums", instrument="drums", notes=tuple(notes))
