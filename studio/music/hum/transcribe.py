"""A hummed, sung or whistled recording as a Tune: pitch tracked, cut into notes, put on a grid, key guessed.

One voice, a minute at most. What the person meant is guessed, so every note says how sure it is and the doubtful ones
are marked; between two keys of the piano the nearer one is taken for the whole recording.
"""

from fractions import Fraction
from itertools import pairwise
from statistics import median

from pydantic import Field

from studio.core.errors import Refused
from studio.core.word import Word
from studio.music.hum.beats import GRIDS, SIXTEENTH, Placed, place
from studio.music.hum.listen import RATE, Floats, Track, read_sound, track
from studio.music.hum.segments import Heard, Segment, segments_of
from studio.music.hum.tapped import bars_for
from studio.music.keys import guess_key
from studio.music.theory import Key, Meter
from studio.music.tune import ZERO, Tune, Voice

_SILENT = -60.0  # dB at the loudest moment
_FAINT = -42.0
_DOUBT, _CENTS = 0.5, 38.0  # less sure than this, or further off the key, is marked
_TALK = 0.45  # the share of what has pitch that must be steady notes; speech glides


class HeardNote(Word):
    start: float  # seconds in the recording
    end: float
    pitch: float  # MIDI number with cents, as sung
    cents: float  # off the key it was taken for, the person's own tuning allowed for
    confidence: float = Field(ge=0, le=1)
    unsure: bool
    note: int  # its number in the tune's melody, from 0


class Hummed(Word):
    tune: Tune
    notes: tuple[HeardNote, ...]
    tuning: float  # cents the person is above (or below) the piano
    off_beat: float  # seconds the onsets are from the grid, on average
    warnings: tuple[str, ...]


def transcribe(
    data: bytes, *, tempo: Fraction | None = None, meter: Meter | None = None, key: Key | None = None,
    grid: Fraction = SIXTEENTH, start_beat: Fraction = ZERO,
) -> Hummed:  # fmt: skip
    """`data` is a WAV, FLAC, OGG or MP3 file; `start_beat` is the beat of the bar, from 0, on which the first note falls."""
    meter = meter or Meter()
    sound = read_sound(data)
    heard = segments_of(_listened(sound))
    segments = heard.segments
    _refuse_talk(heard)
    onsets = [s.start for s in segments]
    finer = _finer(onsets, tempo, grid)
    placed = place(onsets, meter, tempo=tempo, grid=finer, start_beat=start_beat)
    bars, notes = bars_for(_with_lengths(segments, placed, finer, meter), meter)
    tune = Tune(title="Hummed", key=key or guess_key(notes), tempo=placed.tempo, bars=bars, voices=(Voice(notes=notes),))
    marked = tuple(_note(i, s, heard.offset) for i, s in enumerate(segments))
    warnings = (*_warnings(sound, heard, marked), *_grid_warnings(placed, grid, finer))
    return Hummed(tune=tune, notes=marked, tuning=round(100 * heard.offset, 1), off_beat=round(placed.off, 4), warnings=warnings)


def _listened(sound: Floats) -> Track:
    tracked = track(sound)
    if float(tracked.level.max()) < _SILENT:
        raise Refused("The recording is silent. Check that the right microphone is chosen and not muted.")
    return tracked


def _refuse_talk(heard: Heard) -> None:
    steady = sum((s.end - s.start) * s.steady for s in heard.segments if s.sure > 0.4)
    if not heard.segments or steady < 0.1:
        raise Refused(
            "Nothing that could be sung was found: come nearer to the microphone, and hum or whistle one note after another."
        )
    if steady < _TALK * heard.voiced:
        raise Refused(
            "This sounds like talking or noise, not like a tune. Hum, whistle or sing on one syllable, and hold each note."
        )


def _finer(onsets: list[float], tempo: Fraction | None, grid: Fraction) -> Fraction:
    """Half the grid, where a given tempo would leave two notes of the recording on one line."""
    if tempo is not None and grid / 2 in GRIDS and any(b - a < 0.6 * float(240 / tempo * grid) for a, b in pairwise(onsets)):
        return grid / 2
    return grid


def _with_lengths(
    segments: tuple[Segment, ...], placed: Placed, grid: Fraction, meter: Meter
) -> list[tuple[Fraction, Fraction, int]]:
    """Lengths as sung; but a short breath before the next note is part of the note."""
    out = []
    for i, (segment, start) in enumerate(zip(segments, placed.places, strict=True)):
        if i + 1 < len(segments):
            room = placed.places[i + 1] - start
            sung = (segment.end - segment.start) / (segments[i + 1].start - segment.start)  # the share of the room that sounds
            length = max(round(Fraction(sung) * room / grid) * grid, grid)
            if sung > 0.6 or room - length <= grid:
                length = room
        else:
            length = max(round(Fraction((segment.end - segment.start) / placed.whole) / grid) * grid, grid)
            to_beat = _to_beat(start + length, meter)
            length += to_beat if to_beat <= max(grid, length / 4) else ZERO
        out.append((start, length, segment.key))
    return out


def _to_beat(end: Fraction, meter: Meter) -> Fraction:
    """How far the next beat is: the last note is seldom held to its end."""
    inside = end % meter.length
    return next((beat - inside for beat in (*meter.beats, meter.length) if beat >= inside), ZERO)


def _note(number: int, segment: Segment, offset: float) -> HeardNote:
    cents = 100 * (segment.pitch - offset - segment.key)
    clear = min(segment.sure / 0.8, 1.0)
    tuned = 1 - max(0.0, abs(cents) - 20) / 60
    long = min(1.0, (segment.end - segment.start) / 0.12)
    confidence = round(clear * (0.4 + 0.6 * segment.steady) * tuned * (0.6 + 0.4 * long), 3)
    unsure = confidence < _DOUBT or abs(cents) > _CENTS
    return HeardNote(
        start=round(segment.start, 3), end=round(segment.end, 3), pitch=round(segment.pitch, 3), cents=round(cents, 1),
        confidence=confidence, unsure=unsure, note=number,
    )  # fmt: skip


def _warnings(sound: Floats, heard: Heard, notes: tuple[HeardNote, ...]) -> list[str]:
    out = []
    unsure = sum(n.unsure for n in notes)
    if unsure:
        out.append(f"{unsure} of {len(notes)} notes are uncertain and marked: listen to them again.")
    if median(s.level for s in heard.segments) < _FAINT:
        out.append("The recording is faint: come nearer to the microphone.")
    if float((abs(sound) > 0.98).mean()) > 0.002:
        out.append("The recording is too loud in places and distorted: go a little further from the microphone.")
    if len(sound) / RATE > 59.9:
        out.append("The recording fills the whole minute: what came after it is missing.")
    return out


def _grid_warnings(placed: Placed, grid: Fraction, finer: Fraction) -> list[str]:
    out = []
    if finer != grid:
        out.append(f"Some notes are too short for a grid of {grid} at this tempo: a grid of {finer} is used.")
    if placed.off > 0.05:
        out.append("The notes are not clearly on any beat: check the rhythm, or tap the tempo first.")
    return out
