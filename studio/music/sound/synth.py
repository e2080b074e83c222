"""The built-in synthesiser: a Tune in, stereo sound out; always there, and the same samples every time.

One thread, no state kept between calls. A pitch struck with one strength is made once a tune, as long as its longest
note, and cut to length for each note. Sound is made for up to MAX_SECONDS; longer tunes are refused with a sentence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import cos, pi, sin
from typing import Literal

import numpy as np

from studio.core.errors import Refused
from studio.music.sound import space
from studio.music.sound.accompany import accompaniment
from studio.music.sound.drums import CLOSED, OPEN, PANS, hit
from studio.music.sound.dsp import Audio, damp, frames_of, rise
from studio.music.sound.instruments import INSTRUMENTS, Instrument
from studio.music.tune import ZERO, Note, Tune, Voice

MAX_SECONDS = 900
LAYERS = 8  # strengths of a stroke that sound different; loudness itself is continuous
RING = 1.4  # seconds after the last note: its release and the room
DRUM_LEVEL, DRUM_ROOM = 0.46, 0.05


def render(
    tune: Tune,
    *,
    rate: int = 44100,
    loop: bool = False,
    voices: Sequence[str] | None = None,
    chords: Literal["pad", "strum"] | bool = False,
) -> Audio:
    """(frames, 2), peak at -1 dBFS. `voices` by name, all when None; `chords` adds the chord symbols, as a soft pad
    unless a strummed guitar is asked for. A loop has the tune's length to the frame, its ringing end over its start."""
    chosen = _chosen(tune, voices)
    if chords:
        chosen.append(accompaniment(tune, "strum" if chords == "strum" else "pad"))
    stage = Stage(tune, rate)
    for voice in chosen:
        stage.play(voice)
    return stage.finish(loop=loop)


def metronome(tune: Tune, *, rate: int = 44100, before: int = 0) -> Audio:
    """Clicks on the beats of every bar, the first of a bar higher, after `before` whole bars of counting in.

    As long as the tune (and the bars before it), so that it can be added to a loop of the same tune."""
    lead = before * tune.meter.length
    beats = [(i * tune.meter.length + beat, not beat) for i in range(before) for beat in tune.meter.beats]
    for start, bar in zip(tune.starts, tune.bars, strict=False):
        missing = max(ZERO, bar.meter.length - bar.length) if start == 0 else ZERO  # an upbeat is the end of a bar
        within = (beat - missing for beat in bar.meter.beats)
        beats += [(lead + start + beat, beat == -missing) for beat in within if 0 <= beat < bar.length]
    stage = Stage(tune, rate)
    short = Fraction(1, 64)
    notes = tuple(Note(start=at, length=short, pitch=77 - one, velocity=80 + 30 * one) for at, one in beats)
    stage.play(Voice(name="Clicks", role="drums", instrument="drums", notes=notes))
    out = stage.dry[:, : stage.frame(lead + tune.length)]
    space.normalise(out)
    return np.ascontiguousarray(out.T)


@dataclass
class Stage:
    """One rendering on its way: the sum so far, and what goes into the room."""

    tune: Tune
    rate: int
    dry: Audio = field(init=False)
    send: Audio = field(init=False)

    def __post_init__(self) -> None:
        if not 8000 <= self.rate <= 192_000:
            raise Refused(f"Sound cannot be made at {self.rate} samples a second. Choose 44100 or 48000.")
        if self.tune.seconds > MAX_SECONDS:
            minutes, most = round(self.tune.seconds / 60), MAX_SECONDS // 60
            raise Refused(f"This tune lasts {minutes} minutes; sound is made for up to {most}. Choose fewer bars.")
        size = self.frame(self.tune.length) + frames_of(RING, self.rate)
        self.dry = np.zeros((2, size), np.float32)
        self.send = np.zeros(size, np.float32)

    def frame(self, at: Fraction) -> int:
        """The nearest frame, exactly: no rounding piles up over a long tune."""
        return round(at * 240 * self.rate / self.tune.tempo)

    def play(self, voice: Voice) -> None:
        drums = voice.role == "drums" or voice.instrument == "drums"
        bus = np.zeros_like(self.dry)
        if drums:
            self._strike(voice, bus)
        else:
            self._sing(voice, INSTRUMENTS[voice.instrument], bus)
        self.dry += bus
        bus[0] += bus[1]
        self.send += np.float32(0.5 * (DRUM_ROOM if drums else INSTRUMENTS[voice.instrument].room)) * bus[0]

    def _sing(self, voice: Voice, instrument: Instrument, bus: Audio) -> None:
        ring = frames_of(instrument.release, self.rate)
        end = damp(ring, ease=instrument.ease)
        longest = _longest(voice, self)
        bodies: dict[tuple[int, int], Audio] = {}
        gains = _pan(instrument.pan)
        for note, start, frames in self._placed(voice):
            key = note.pitch, layer(note.velocity)
            if key not in bodies:
                bodies[key] = instrument.body(note.pitch, (key[1] + 0.5) / LAYERS, longest[key] + ring, self.rate)
            loud = instrument.level * (note.velocity / 100) ** instrument.loudness
            sound = bodies[key][:, : frames + ring] * np.float32(loud)
            sound[:, frames:] *= end
            attack = min(frames_of(instrument.attack, self.rate), max(frames // 2, frames_of(0.004, self.rate)))
            ramp = rise(min(attack, sound.shape[1]))
            sound[:, : len(ramp)] *= ramp
            _add(bus, sound, start, gains)

    def _strike(self, voice: Voice, bus: Audio) -> None:
        hits: dict[tuple[int, int], Audio] = {}
        closed = [start for note, start, _ in self._placed(voice) if note.pitch in CLOSED]
        for note, start, _ in self._placed(voice):
            key = note.pitch, layer(note.velocity)
            if key not in hits:
                hits[key] = hit(note.pitch, (key[1] + 0.5) / LAYERS, self.rate)
            sound = hits[key][None] * np.float32(DRUM_LEVEL * (note.velocity / 100) ** 1.6)
            stop = next((at for at in closed if at > start), None) if note.pitch == OPEN else None
            if stop is not None and stop - start < sound.shape[1]:
                fade = damp(frames_of(0.02, self.rate))
                sound = sound[:, : stop - start + len(fade)]
                sound[:, stop - start :] *= fade[: sound.shape[1] - (stop - start)]
            _add(bus, sound, start, _pan(PANS.get(note.pitch, 0.0)))

    def _placed(self, voice: Voice) -> Iterator[tuple[Note, int, int]]:
        for note in voice.notes:
            start = self.frame(note.start)
            yield note, start, max(1, self.frame(note.end) - start)

    def finish(self, *, loop: bool) -> Audio:
        mix = self.dry
        space.add_room(mix, self.send, self.rate)
        if loop:
            mix = space.wrap(mix, max(1, self.frame(self.tune.length)))
        else:
            fade = rise(frames_of(0.3, self.rate))[::-1]
            mix[:, -len(fade) :] *= fade
        space.limit(mix, self.rate)
        space.normalise(mix)
        return np.ascontiguousarray(mix.T)


def layer(velocity: int) -> int:
    return (velocity - 1) * LAYERS // 127


def _chosen(tune: Tune, names: Sequence[str] | None) -> list[Voice]:
    if names is None:
        return list(tune.voices)
    known = [voice.name for voice in tune.voices]
    for name in names:
        if name not in known:
            raise Refused(f"There is no voice called {name} in this tune; it has {', '.join(known)}.")
    return [voice for voice in tune.voices if voice.name in names]


def _longest(voice: Voice, stage: Stage) -> dict[tuple[int, int], int]:
    out: dict[tuple[int, int], int] = {}
    for note, _, frames in stage._placed(voice):
        key = note.pitch, layer(note.velocity)
        out[key] = max(out.get(key, frames_of(0.25, stage.rate)), frames)  # instruments judge their loudness by the start
    return out


def _pan(where: float) -> tuple[float, float]:
    """Equal power; the middle is 1 and 1, so that sounds in the middle keep their level."""
    angle = (where + 1) * pi / 4
    return 2**0.5 * cos(angle), 2**0.5 * sin(angle)


def _add(bus: Audio, sound: Audio, start: int, gains: tuple[float, float]) -> None:
    end = min(bus.shape[1], start + sound.shape[1])
    for side in (0, 1):
        bus[side, start:end] += sound[side % len(sound), : end - start] * np.float32(gains[side])
