"""Hums, songs without words and whistles made by arithmetic, with what was meant: for the tests and figures of humming.

Seeded: the same call gives the same sound. Voices differ in their harmonics; vibrato, scoops, slides, breath, mains hum,
tuning and the gaps between notes are set one by one.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
INNER = 48_000  # Hz: the sound is made at this rate or the file's, whichever is higher
HARMONICS = {
    "hum": (1.0, 0.45, 0.2, 0.08, 0.04, 0.02),
    "song": (0.7, 1.0, 0.8, 0.35, 0.3, 0.2, 0.15, 0.1, 0.05),
    "whistle": (1.0, 0.02),
}
TUNE = (0, 2, 4, 5, 7, 7, 4, 0)  # semitones above the tonic; one note is repeated
BEATS = (1.0, 1.0, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0)


@dataclass(frozen=True)
class Sung:
    start: float
    end: float
    pitch: float


@dataclass(frozen=True)
class Hum:
    voice: str = "hum"
    tonic: int = 57
    steps: tuple[int, ...] = TUNE
    beats: tuple[float, ...] = BEATS
    tempo: float = 100.0
    cents: float = 0.0  # off the piano
    vibrato: float = 0.3  # semitones to each side
    vibrato_rate: float = 5.5
    scoop: float = 0.0  # semitones below, at the start of a note
    slide: float = 0.06  # seconds from note to note where there is no gap
    gap: float = 0.07  # seconds of silence before the next note; 0 is legato
    dip: float = 12.0  # dB between repeated notes sung legato
    fade: float = 0.0  # 0 to 1: how much softer a note has become at its end
    noise: float = -34.0  # dB against the voice's loudness
    mains: float = -90.0  # dB: 50 Hz and some harmonics
    rate: int = 44_100
    drift: float = 0.0  # semitones from beginning to end
    timing: float = 0.0  # seconds of jitter of the onsets
    lead: float = 0.5
    loudness: float = 0.2
    seed: int = 1

    def notes(self) -> list[Sung]:
        random = np.random.default_rng(self.seed)
        starts = self.lead + np.concatenate([[0], np.cumsum(self.beats)]) * 60 / self.tempo
        starts[:-1] += random.uniform(-self.timing, self.timing, len(starts) - 1)
        pitches = [self.tonic + step + self.cents / 100 for step in self.steps]
        return [Sung(a, b - self.gap, p) for a, b, p in zip(starts, starts[1:], pitches, strict=False)]

    def sound(self) -> Floats:
        rate = max(INNER, self.rate)
        notes = self.notes()
        t = np.arange(int((notes[-1].end + self.lead) * rate)) / rate
        random = np.random.default_rng(self.seed + 1000)
        pitch, loud = self._pitch(notes, t), self._loud(notes, t)
        deep = np.concatenate([np.clip((np.arange(0, n.end - n.start, 1 / rate) - 0.12) / 0.2, 0, 1) for n in notes])
        wave = np.zeros(len(t))
        sway = np.zeros(len(t))
        at = 0
        for n in notes:  # vibrato comes in after the note has begun
            a, b = int(n.start * rate), int(n.end * rate)
            sway[a:b] = np.resize(deep[at : at + b - a], b - a)
            at += len(np.arange(0, n.end - n.start, 1 / rate))
        turn = np.sin(2 * np.pi * self.vibrato_rate * t)
        phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch + self.vibrato * sway * turn - 69) / 12)) / rate
        for k, amp in enumerate(HARMONICS[self.voice], start=1):
            wave += amp * np.sin(k * phase + k * k) * (440 * 2 ** ((pitch - 69) / 12) * k < 0.45 * rate)
        wave *= loud * (1 + 0.15 * self.vibrato * sway * turn) / np.sqrt(np.mean(wave[loud > 0.5] ** 2))
        breath = _coloured(random, len(t), rate)
        wave += breath * 10 ** (self.noise / 20) * (0.4 + 0.6 * loud)
        for k, amp in ((1, 1.0), (2, 0.4), (3, 0.5), (5, 0.3)):
            wave += amp * 1.4 * 10 ** (self.mains / 20) * np.sin(2 * np.pi * 50 * k * t + k)
        wave *= self.loudness
        return _at_rate(wave, rate, self.rate)

    def _pitch(self, notes: list[Sung], t: Floats) -> Floats:
        out = np.full(len(t), notes[0].pitch)
        for before, n in zip([None, *notes], notes, strict=False):
            since = t - n.start
            if before is not None and self.gap == 0:  # the slide's middle is the edge
                part = np.clip(since / max(self.slide, 1e-3) + 0.5, 0, 1)
                out = np.where(
                    since > -self.slide / 2, before.pitch + (n.pitch - before.pitch) * (0.5 - 0.5 * np.cos(np.pi * part)), out
                )
            else:
                out = np.where(since > -0.02, n.pitch, out)
            if self.scoop and (self.gap or before is None):  # legato, the slide is the scoop
                out = out - np.where(since >= 0, self.scoop * np.exp(-np.maximum(since, 0) / 0.04), 0) * (t < n.end)
        return out + self.drift * (t / t[-1] - 0.5)

    def _loud(self, notes: list[Sung], t: Floats) -> Floats:
        out = np.zeros(len(t))
        for i, n in enumerate(notes):
            part = np.clip((t - n.start) / max(n.end - n.start, 1e-3), 0, 1)
            rise, fall = np.clip((t - n.start) / 0.03 + 0.5, 0, 1), np.clip((n.end - t) / 0.03 + 0.5, 0, 1)
            if self.gap == 0:  # legato: full in between, a dip before a repeated note
                rise, fall = (rise if i == 0 else (t >= n.start) * 1.0), (fall if i == len(notes) - 1 else (t < n.end) * 1.0)
            out += rise * fall * (1 - self.fade * part)
            if self.gap == 0 and i and round(notes[i - 1].pitch * 100) == round(n.pitch * 100):
                out *= 1 - (1 - 10 ** (-self.dip / 20)) * np.exp(-np.square((t - n.start) / 0.025))
        return out

    def wav(self, kind: str = "WAV", subtype: str | None = None) -> bytes:
        return as_file(self.sound(), self.rate, kind, subtype)


def as_file(sound: Floats, rate: int, kind: str = "WAV", subtype: str | None = None) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, sound, rate, format=kind, subtype=subtype)
    return out.getvalue()


def breath(seconds: float, rate: int = 16_000, seed: int = 5) -> Floats:
    """Blowing: noise that comes and goes, without pitch."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    return 0.1 * _coloured(random, len(t), rate) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.7 * t))


def speech(seconds: float, rate: int = 16_000, seed: int = 6) -> Floats:
    """Like talking: short syllables whose pitch is never still, with hisses between."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    out, pitch, at = 0.03 * _coloured(random, len(t), rate), np.full(len(t), 45.0), 0.1
    loud = np.zeros(len(t))
    while at < seconds - 0.4:
        length, start, way = random.uniform(0.12, 0.22), random.uniform(42, 50), random.choice([-1, 1]) * random.uniform(3, 7)
        part = (t - at) / length
        inside = (part >= 0) & (part < 1)
        pitch = np.where(inside, start + way * part + 1.5 * np.sin(2 * np.pi * part), pitch)
        loud = np.where(inside, np.sin(np.pi * np.clip(part, 0, 1)) ** 0.5, loud)
        at += length + random.uniform(0.03, 0.15)
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / rate
    for k in range(1, 12):
        out = out + 0.1 * loud * np.sin(k * phase) / k**0.7
    return out


def _coloured(random: np.random.Generator, frames: int, rate: int) -> Floats:
    """Noise of RMS 1, softer towards the top."""
    spectrum = np.fft.rfft(random.standard_normal(frames))
    spectrum /= 1 + np.fft.rfftfreq(frames, 1 / rate) / 2000
    out = np.fft.irfft(spectrum, frames)
    return out / np.sqrt(np.mean(out**2))


def _at_rate(wave: Floats, rate: int, wanted: int) -> Floats:
    if rate == wanted:
        return wave
    size = -(-len(wave) // rate) * rate
    spectrum = np.fft.rfft(wave, size)
    new = size * wanted // rate
    spectrum = spectrum[: new // 2 + 1]
    return (np.fft.irfft(spectrum, new) * new / size)[: len(wave) * wanted // rate]


def many(count: int, seed: int = 0) -> list[Hum]:
    """Hums that differ in everything: the set behind the figure."""
    random = np.random.default_rng(seed)
    out = []
    for i in range(count):
        voice = ("hum", "song", "whistle")[i % 3]
        wide = i % 4 == 3  # down a fourth and up an octave
        tonic = int(random.integers(*{"hum": (42, 70), "song": (42, 72), "whistle": (84, 88) if wide else (80, 92)}[voice]))
        out.append(
            Hum(
                voice=voice, tonic=tonic, tempo=float(random.uniform(70, 132)), cents=float(random.uniform(-50, 50)),
                vibrato=float(random.choice([0.0, 0.3, 0.5, 0.8])), vibrato_rate=float(random.uniform(4.5, 6.5)),
                scoop=float(random.choice([0.0, 0.0, 1.0, 2.0])), gap=float(random.choice([0.0, 0.05, 0.12])),
                slide=float(random.uniform(0.03, 0.09)), fade=float(random.choice([0.0, 0.5, 0.8])),
                noise=float(random.uniform(-38, -16)), mains=float(random.choice([-90, -30, -22])),
                rate=int(random.choice([8000, 16_000, 22_050, 44_100, 48_000])), drift=float(random.uniform(-0.2, 0.2)),
                loudness=float(random.choice([0.02, 0.1, 0.25])), seed=100 * seed + i,
                steps=(0, 2, 4, 5, 7, 7, -5, 12) if wide else TUNE,
            )
        )  # fmt: skip
    return out


def compared(hum: Hum, heard: Sequence[tuple[float, float, int]]) -> tuple[int, float]:
    """How many notes were heard as meant, and the worst edge in seconds; (start, end, key) of each is given.

    Between two keys of the piano either one is right, if it is the same one throughout.
    """
    meant = hum.notes()
    if len(heard) != len(meant):
        return 0, 9.0
    moved = [key - hum.tonic - step for (_, _, key), step in zip(heard, hum.steps, strict=True)]
    allowed = {0, 1 if hum.cents > 35 else 0, -1 if hum.cents < -35 else 0}
    right = max(moved.count(m) for m in allowed)
    edges = [max(abs(a - n.start), abs(b - n.end)) for (a, b, _), n in zip(heard, meant, strict=True)]
    return right, max(edges)
