"""The built-in synthesiser: a Tune in, stereo sound out; always there, and the same samples every time.

One thread, no state kept between calls. A pitch struck with one strength is made once a voice, as long as its longest
note, and cut to length for each note. Sound is made for up to MAX_SECONDS; longer tunes are refused with a sentence.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import cos, pi, sin
from types import MappingProxyType

import numpy as np

from studio.core.errors import Refused
from studio.music.sound import space
from studio.music.sound.accompany import Manner, accompaniment, manner_of
from studio.music.sound.drums import CLOSED, OPEN, PANS, hit
from studio.music.sound.dsp import Audio, damp, frames_of, rise
from studio.music.sound.instruments import INSTRUMENTS, Instrument
from studio.music.tune import ZERO, Note, Role, Tune, Voice

MAX_SECONDS = 600
MAX_AT_ONCE = 64  # notes that sound together, on the average of MAX_SECONDS
MAX_NOTE = 60.0  # seconds; a note held longer stops
LAYERS = 8  # strengths of a stroke that sound different; loudness itself is continuous
TAIL = 4.0  # seconds that the longest drum and the room may go on
RING, FADE = 1.8, 0.5  # seconds after the last note that a file keeps, and how long its end takes
DRUM_LEVEL, DRUM_LOUDNESS, DRUM_ROOM = 0.46, 1.6, 0.05
SHARES: Mapping[Role, float] = MappingProxyType({"melody": 1.0, "part": 0.7, "chords": 0.5, "bass": 0.65, "drums": 0.55})
STRUM = 0.011  # seconds from string to string


def render(
    tune: Tune, *, rate: int = 44100, loop: bool = False, voices: Sequence[str] | None = None, chords: Manner | bool = False
) -> Audio:
    """(frames, 2), peak at -1 dBFS. `voices` by name, all when None; `chords` adds the chord symbols, as a soft pad
    unless a strummed guitar is asked for. A loop has the tune's length to the frame, its ringing end over its start."""
    stage = Stage(tune, rate)
    for voice in chosen(tune, voices):
        stage.play(voice)
    if chords:
        manner = manner_of(chords)
        stage.play(accompaniment(tune, manner), strum=STRUM if manner == "strum" else 0.0)
    return stage.finish(loop=loop)


def chosen(tune: Tune, names: Sequence[str] | None) -> list[Voice]:
    if names is None:
        return list(tune.voices)
    known = [voice.name for voice in tune.voices]
    for name in names:
        if name not in known:
            raise Refused(f"There is no voice called {name} in this tune; it has {', '.join(known)}.")
    return [voice for voice in tune.voices if voice.name in names]


def metronome(tune: Tune, *, rate: int = 44100, before: int = 0) -> Audio:
    """Clicks on the beats of every bar, the first of a bar higher, after `before` whole bars of counting in.

    As long as the tune (and the bars before it), so that it can be added to a loop of the same tune."""
    lead = before * tune.meter.length
    beats = [(i * tune.meter.length + beat, not beat) for i in range(before) for beat in tune.meter.beats]
    for start, bar in zip(tune.starts, tune.bars, strict=False):
        missing = max(ZERO, bar.meter.length - bar.length) if start == 0 else ZERO  # an upbeat is the end of a bar
        within = (beat - missing for beat in bar.meter.beats)
        beats += [(lead + start + beat, beat == -missing) for beat in within if 0 <= beat < bar.length]
    stage = Stage(tune, rate, lead)
    short = Fraction(1, 64)
    notes = tuple(Note(start=at, length=short, pitch=77 - one, velocity=80 + 30 * one) for at, one in beats)
    stage.play(Voice(name="Clicks", role="drums", instrument="drums", notes=notes))
    out = stage.dry[:, : stage.frame(lead + tune.length)]
    space.normalise(out)
    return np.ascontiguousarray(out.T)


@dataclass(frozen=True)
class Placed:
    """A note as frames."""

    pitch: int
    velocity: int
    start: int
    frames: int

    @property
    def kind(self) -> tuple[int, int]:
        """Notes of one kind share one sound."""
        return self.pitch, (self.velocity - 1) * LAYERS // 127


@dataclass
class Stage:
    """One rendering on its way: the sum so far, and what goes into the room."""

    tune: Tune
    rate: int
    lead: Fraction = ZERO  # time before the tune
    dry: Audio = field(init=False)
    send: Audio = field(init=False)

    def __post_init__(self) -> None:
        check(self.tune, self.rate)
        size = self.frame(self.lead + self.tune.length) + frames_of(TAIL, self.rate)
        self.dry = np.zeros((2, size), np.float32)
        self.send = np.zeros(size, np.float32)

    def frame(self, at: Fraction) -> int:
        """The nearest frame, exactly: no rounding piles up over a long tune."""
        return round(at * 240 * self.rate / self.tune.tempo)

    def play(self, voice: Voice, *, strum: float = 0.0) -> None:
        """Adds a voice; `strum` is the time from one note of a chord to the next higher one."""
        share = SHARES[voice.role]
        placed = list(self._placed(voice, strum))
        if voice.role == "drums" or voice.instrument == "drums":
            self._strike(placed, share)
        else:
            self._sing(placed, INSTRUMENTS[voice.instrument], share)

    def _placed(self, voice: Voice, strum: float) -> Iterator[Placed]:
        before, late = None, 0
        for note in sorted(voice.notes, key=lambda note: (note.start, note.pitch)):
            start, end = self.frame(note.start), self.frame(note.end)
            late = min(late + frames_of(strum, self.rate), (end - start) // 2) if strum and note.start == before else 0
            before = note.start
            frames = min(max(1, end - start - late), frames_of(MAX_NOTE, self.rate))
            yield Placed(note.pitch, note.velocity, start + late, frames)

    def _sing(self, placed: Sequence[Placed], instrument: Instrument, share: float) -> None:
        ring = frames_of(instrument.release, self.rate)
        end = damp(ring, ease=instrument.ease)
        gains = _pan(instrument.pan)
        for (pitch, layer), notes in _kinds(placed).items():
            # At least a quarter of a second: instruments judge their loudness by the start.
            longest = max(frames_of(0.25, self.rate), *(note.frames for note in notes))
            body = instrument.body(pitch, (layer + 0.5) / LAYERS, longest + ring, self.rate)
            for note in notes:
                loud = share * instrument.level * (note.velocity / 100) ** instrument.loudness
                sound = body[:, : note.frames + ring] * np.float32(loud)
                sound[:, note.frames :] *= end
                attack = min(frames_of(instrument.attack, self.rate), max(note.frames // 2, frames_of(0.004, self.rate)))
                ramp = rise(min(attack, sound.shape[1]))
                sound[:, : len(ramp)] *= ramp
                self._add(sound, note.start, gains, instrument.room)

    def _strike(self, placed: Sequence[Placed], share: float) -> None:
        closed = [note.start for note in placed if note.pitch in CLOSED]
        for (pitch, layer), notes in _kinds(placed).items():
            body = hit(pitch, (layer + 0.5) / LAYERS, self.rate)[None]
            for note in notes:
                sound = body * np.float32(share * DRUM_LEVEL * (note.velocity / 100) ** DRUM_LOUDNESS)
                after = bisect_right(closed, note.start)
                if pitch == OPEN and after < len(closed):
                    sound = self._choked(sound, closed[after] - note.start)
                self._add(sound, note.start, _pan(PANS.get(pitch, 0.0)), DRUM_ROOM)

    def _choked(self, sound: Audio, frames: int) -> Audio:
        fade = damp(frames_of(0.02, self.rate))
        sound = sound[:, : frames + len(fade)]
        sound[:, frames:] *= fade[: max(0, sound.shape[1] - frames)]
        return sound

    def _add(self, sound: Audio, start: int, gains: tuple[float, float], room: float) -> None:
        end = min(self.dry.shape[1], start + sound.shape[1])
        sound = sound[:, : end - start]
        for side in (0, 1):
            part = sound[side % len(sound)] * np.float32(gains[side])
            self.dry[side, start:end] += part
            part *= np.float32(room / 2)
            self.send[start:end] += part

    def finish(self, *, loop: bool) -> Audio:
        mix = self.dry
        space.add_room(mix, self.send, self.rate)
        frames = self.frame(self.tune.length)
        if loop:
            mix = space.wrap(mix, max(1, frames))
        else:
            mix = mix[:, : frames + frames_of(RING, self.rate)]
            fade = rise(frames_of(FADE, self.rate))[::-1]
            mix[:, -len(fade) :] *= fade
        space.limit(mix, self.rate)
        space.normalise(mix)
        return np.ascontiguousarray(mix.T)


def check(tune: Tune, rate: int) -> None:
    if not 8000 <= rate <= 96_000:
        raise Refused(f"Sound cannot be made at {rate} samples a second. Choose 44100 or 48000.")
    if tune.seconds > MAX_SECONDS:
        minutes, most = round(tune.seconds / 60), MAX_SECONDS // 60
        raise Refused(f"This tune lasts {minutes} minutes; sound is made for up to {most}. Choose fewer bars.")
    sounding = sum((note.length for voice in tune.voices for note in voice.notes), ZERO)
    if sounding * 240 / tune.tempo > MAX_AT_ONCE * MAX_SECONDS:
        raise Refused("Too many long notes sound at once in this tune. Choose fewer voices or bars.")


def _kinds(placed: Sequence[Placed]) -> dict[tuple[int, int], list[Placed]]:
    out: dict[tuple[int, int], list[Placed]] = {}
    for note in placed:
        out.setdefault(note.kind, []).append(note)
    return out


def _pan(where: float) -> tuple[float, float]:
    """Equal power; the middle is 1 and 1, so that sounds in the middle keep their level."""
    angle = (where + 1) * pi / 4
    return 2**0.5 * cos(angle), 2**0.5 * sin(angle)
