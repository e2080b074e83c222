"""The instruments with a pitch: plucked string, flute, organ, bass and soft pad.

An instrument makes the body of a note: as long as asked, loud as its level, brighter when struck harder, without its
end. The player (`synth`) cuts bodies to the written length and lets them ring out, so notes of one pitch and strength
share one body however long they last. Twelve equal semitones; no slides, no articulation marks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from studio.music.sound.dsp import (  # isort: skip
    Audio, Floats, around, band, frames_of, hertz, noise, partials, rise, times, wide_harmonics,
)  # fmt: skip

Body = Callable[[int, float, int, int], Audio]  # pitch, strength 0 to 1, frames, rate -> (1 or 2 channels, frames)


@dataclass(frozen=True)
class Instrument:
    body: Body
    level: float
    pan: float  # -1 left to 1 right
    room: float  # how much goes into the reverberation
    attack: float  # seconds
    release: float  # seconds it rings after its end
    ease: float = 3.0  # how quickly that dies
    loudness: float = 1.5  # power of velocity: how far soft is from loud


def plucked(pitch: int, strength: float, frames: int, rate: int) -> Audio:
    """A nylon string over a wooden body: plucked a fifth along, high partials dying first, each in two planes."""
    f0 = hertz(pitch)
    n = np.arange(1, 64.0)
    freqs = n * f0 * np.sqrt(1 + (2e-5 + 2e-7 * f0) * n * n)
    roll = 700 + 2600 * strength + 0.9 * f0
    amps = np.abs(np.sin(np.pi * n * 0.19)) / n**0.9 / (1 + (freqs / roll) ** 2) * _wood(freqs)
    decays = 0.55 + 0.75 * (f0 / 440) ** 0.8 + 1.5 * (freqs / 2200) ** 1.35
    planes = n[:6]  # the second plane of vibration: a little off in pitch, slower to die
    second = freqs[: len(planes)] * (1 + 0.0006 * np.cos(planes * 2.4))
    tone = partials(
        np.concatenate([freqs, second]),
        np.concatenate([amps, 0.28 * amps[: len(planes)]]),
        np.concatenate([decays * 1.25, 0.5 * decays[: len(planes)]]),
        frames, rate,
    )  # fmt: skip
    tone = _even(tone, rate) * _tilt(pitch, 40)
    tone += (0.12 + 0.10 * strength) * partials(*KNOCK, frames, rate)
    touch = _touch(frames, rate, band(180, 1500 + 2500 * strength), seconds=0.035, seed=pitch)
    tone[: len(touch)] += (0.10 + 0.16 * strength) * touch
    return tone[None]


def bass(pitch: int, strength: float, frames: int, rate: int) -> Audio:
    """A round finger bass; the second and third partial are strong, so that small loudspeakers carry it too."""
    f0 = hertz(pitch)
    n = np.arange(1, 28.0)
    freqs = n * f0 * np.sqrt(1 + 6e-5 * n * n)
    roll = 260 + 900 * strength + 1.2 * f0
    amps = np.abs(np.sin(np.pi * n * 0.27)) / n**0.8 / (1 + (freqs / roll) ** 2)
    amps[1:3] *= 1.7
    decays = 0.6 + 0.4 * (f0 / 80) ** 0.5 + 2.0 * (freqs / 900) ** 1.1
    tone = _even(partials(freqs, amps, decays, frames, rate), rate) * _tilt(pitch, 28)
    touch = _touch(frames, rate, band(90, 500 + 900 * strength), seconds=0.025, seed=1000 + pitch)
    tone[: len(touch)] += (0.08 + 0.12 * strength) * touch
    return tone[None]


def flute(pitch: int, strength: float, frames: int, rate: int) -> Audio:
    """A wooden flute: few partials, breath beside them, a vibrato that comes in late, a short chiff at the start."""
    f0 = hertz(pitch)
    t = times(frames, rate)
    come = np.clip((t - 0.22) / 0.5, 0, 1)
    air = around(noise(1 << 15, rate, band(1, 9), 71), 977 * pitch, frames)  # the player is no machine
    swing = np.sin(2 * np.pi * 4.9 * t + 0.3 * pitch) * come
    bend = 0.0045 * swing + 0.0009 * air - 0.010 * np.exp(-t / 0.035)
    phase = 2 * np.pi * f0 * (t + np.cumsum(bend) / rate)
    turn = np.exp(1j * (phase % (2 * np.pi))).astype(np.complex64)
    dark = np.clip((pitch - 60) / 30, 0, 1)  # the upper register is purer
    base = np.array([1, 0.70 - 0.48 * dark, 0.32 - 0.24 * dark, 0.10 - 0.07 * dark, 0.06 - 0.05 * dark, 0.03 * (1 - dark)])
    amps = base * (0.35 + 0.9 * strength) ** (np.arange(6) * 0.8)
    out, power = np.zeros(frames, np.float32), turn
    for number, amp in enumerate(amps, start=1):
        if number * f0 < 0.44 * rate:
            depth = (1 + (0.05 + 0.03 * number) * swing).astype(np.float32)
            out += np.float32(amp) * power.imag * depth
            power = power * turn
    out = _even(out, rate) * (1 + 0.05 * air).astype(np.float32)
    breath = around(noise(1 << 16, rate, lambda f: band(0.9 * f0, 2.5 * f0 + 1500)(f), 72), 3011 * pitch, frames)
    chiff = (0.030 + 0.16 * np.exp(-t / 0.030)) * (0.6 + 0.6 * strength)
    onset = rise(min(frames, frames_of(0.075 - 0.045 * strength, rate)))
    out[: len(onset)] *= onset
    out += breath * chiff.astype(np.float32)
    return out[None] * _tilt(pitch, 60)


def organ(pitch: int, strength: float, frames: int, rate: int) -> Audio:
    """Principals of a small church organ at 8, 4, 2 2/3 and 2 feet, tuned as well as a person tunes them."""
    f0 = hertz(pitch)
    n = np.arange(1, 13.0)
    freqs: list[Floats] = []
    amps: list[Floats] = []
    for foot, share, off in ((1, 1.0, 0.0), (2, 0.55, 0.7), (3, 0.16 + 0.12 * strength, -0.9), (4, 0.20 + 0.15 * strength, 1.1)):
        freqs.append(n * f0 * foot * 2 ** (off / 1200))
        amps.append(share / n**1.45 / (1 + (n * f0 * foot / 5200) ** 2))
    f, a = np.concatenate(freqs), np.concatenate(amps)
    tone = partials(f, a, np.zeros(len(f)), frames, rate, phases=2.4 * np.arange(len(f)) ** 2)
    tone = _even(tone, rate) * _tilt(pitch, 55)
    chiff = _touch(frames, rate, band(2 * f0, 3 * f0 + 800), seconds=0.06, seed=2000 + pitch)
    tone[: len(chiff)] += 0.05 * chiff
    return tone[None]


def pad(pitch: int, strength: float, frames: int, rate: int) -> Audio:
    """A warm ensemble, different on the left and on the right; one seamless turn of three seconds goes round."""
    f0 = hertz(pitch)
    n = np.arange(1, 40.0)
    amps = n**-0.9 / (1 + (n * f0 / (420 + 1200 * strength + 0.7 * f0)) ** 2.6)
    sides = [around(wide_harmonics(f0, amps, 8.0, rate, 4 * pitch + side), 0, frames) for side in (0, 1)]
    return np.stack(sides) * _tilt(pitch, 48)


def _wood(f: Floats) -> Floats:
    """What a guitar's body does to a string: an air and two top resonances, less below the first."""
    bumps = sum(gain * np.exp(-((np.log2(f / at) / width) ** 2)) for at, gain, width in WOOD)
    out: Floats = (0.75 + bumps) / np.sqrt(1 + (85 / f) ** 4)
    return out


KNOCK = np.array([104.0, 207.0, 398.0]), np.array([1.0, 0.8, 0.5]), np.array([32.0, 38.0, 55.0])  # Hz, share, decay
WOOD = ((108.0, 0.5, 0.25), (205.0, 0.6, 0.3), (410.0, 0.35, 0.4), (2300.0, 0.3, 0.8))


def _touch(frames: int, rate: int, curve: Callable[[Floats], Floats], *, seconds: float, seed: int) -> Audio:
    """The noise of a finger or a valve: short, quickly gone, starting from nothing."""
    size = min(frames, frames_of(seconds, rate))
    fall = np.exp(-5 * np.arange(size) / frames_of(seconds, rate)).astype(np.float32)
    made = noise(frames_of(seconds, rate), rate, curve, seed)[:size] * fall
    made[-min(size, 32) :] *= rise(min(size, 32))[::-1]
    ramp = rise(min(size, frames_of(0.002, rate)))
    made[: len(ramp)] *= ramp
    return made


def _even(tone: Audio, rate: int) -> Audio:
    """Scaled so that the first fifth of a second is equally strong for every pitch."""
    head = tone[: frames_of(0.2, rate)]
    power = float(np.sqrt(np.mean(np.square(head, dtype=np.float64))))
    return tone * np.float32(1 / max(power, 1e-9))


def _tilt(pitch: int, middle: int) -> np.float32:
    """High notes are heard louder at the same power, low ones need more of it: a tenth of a decibel a semitone."""
    return np.float32(10 ** (-0.1 * (pitch - middle) / 20))


INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType({
    "plucked": Instrument(plucked, 0.160, -0.12, 0.11, 0.0015, 0.42, 4.0),
    "flute": Instrument(flute, 0.112, 0.10, 0.17, 0.004, 0.11, 1.5, 1.2),
    "organ": Instrument(organ, 0.095, 0.0, 0.20, 0.022, 0.12, 1.5, 0.5),
    "bass": Instrument(bass, 0.150, 0.0, 0.03, 0.003, 0.11, 2.5),
    "pad": Instrument(pad, 0.075, 0.0, 0.15, 0.22, 0.55, 2.0, 1.2),
})  # fmt: skip
