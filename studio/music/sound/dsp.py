"""The few building blocks all instruments are made of: decaying partials, coloured noise, seamless wide spectra, ramps.

Everything is a whole-array numpy operation in one thread: no BLAS (its sums depend on the number of threads) and no
loop over samples. Noise comes from seeds, so the same call gives the same samples in every process.
"""

from collections.abc import Callable
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Audio = NDArray[np.float32]  # (frames,), (channels, frames) inside the synthesiser, (frames, channels) outside
Floats = NDArray[np.floating[Any]]
Curve = Callable[[Floats], Floats]  # frequency in Hz -> gain
TOP = 0.45  # nothing is made above this share of the sampling rate, so nothing folds back


def hertz(pitch: float) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69) / 12))


def frames_of(seconds: float, rate: int) -> int:
    return max(1, round(seconds * rate))


def times(frames: int, rate: int) -> Floats:
    return np.arange(frames) / rate


def partials(freqs: Floats, amps: Floats, decays: Floats, frames: int, rate: int, phases: ArrayLike = 0.0) -> Audio:
    """Sum of amp * exp(-decay * t) * sin(2 pi freq t + phase); partials too high or too weak to matter are left out.

    The time axis is folded into rows: exp(z (row + column)) is a product of two short tables, so a partial costs two
    multiplications a sample and only some hundred exponentials.
    """
    phases = np.broadcast_to(np.asarray(phases, dtype=float), freqs.shape)
    loudest = float(np.abs(amps).max(initial=0.0))
    keep = (freqs < TOP * rate) & (np.abs(amps) > 1e-4 * loudest)
    freqs, amps, decays, phases = freqs[keep], amps[keep], decays[keep], phases[keep]
    if not len(freqs):
        return np.zeros(frames, np.float32)
    width = ceil(sqrt(frames))
    rows = ceil(frames / width)
    z = (2j * np.pi * freqs - decays)[:, None] / rate
    column = np.exp(z * np.arange(width))
    row = (amps * np.exp(1j * phases))[:, None] * np.exp(z * (width * np.arange(rows)))
    left = np.concatenate([row.real, row.imag]).astype(np.float32)
    right = np.concatenate([column.imag, column.real]).astype(np.float32)
    made: Audio = np.einsum("pk,pb->kb", left, right).reshape(-1)[:frames]
    return made


def noise(frames: int, rate: int, curve: Curve, seed: int) -> Audio:
    """Seamless noise of loudness (RMS) 1 with the spectrum of `curve`."""
    size = fast_size(frames)
    white = np.random.default_rng(seed).standard_normal(size, dtype=np.float32)
    freqs = np.fft.rfftfreq(size, 1 / rate)
    spectrum = np.fft.rfft(white) * (curve(freqs) * (freqs < TOP * rate)).astype(np.float32)
    return steady(np.fft.irfft(spectrum, size).astype(np.float32))[:frames]


def wide_harmonics(
    freq: float, amps: Floats, cents: float, rate: int, seed: int, *, steadiness: float = 3.2, size: int = 1 << 17
) -> Audio:
    """One seamless turn of an ensemble, about `size` long: each harmonic is a narrow band of random phases (Nasca's
    PADsynth)."""
    size = _turn_size(freq, rate, size)
    bins = size // 2 + 1
    spread = 2 ** (cents / 1200) - 1
    step = rate / size
    level, leader = np.zeros(bins), np.zeros(bins, np.complex64)
    for number, amp in enumerate(amps, start=1):
        middle = number * freq
        width = max(middle * spread, 1.2 * step)
        if middle + 4 * width >= TOP * rate:
            break
        low, high = max(int((middle - 4 * width) / step), 1), int((middle + 4 * width) / step) + 1
        at = (np.arange(low, high) * step - middle) / width
        level[low:high] += amp * np.exp(-at * at) / sqrt(width)
        # One steady player among them, or the note would fade in and out; the same on every side, or mono would cancel it.
        # The phases follow a square, which spreads the peaks of the harmonics over the period.
        leader[round(middle / step)] += steadiness * amp / sqrt(step) * np.exp(1j * np.pi * number**2 / len(amps))
    turn = np.random.default_rng(seed).random(bins) * 2 * np.pi
    spectrum = (level * np.exp(1j * turn)).astype(np.complex64) + leader
    return steady(np.fft.irfft(spectrum, size).astype(np.float32))


def steady(sound: Audio) -> Audio:
    """Scaled to an RMS of 1; silence stays silence."""
    power = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return sound if power < 1e-9 else sound * np.float32(1 / power)


def around(turn: Audio, start: int, frames: int) -> Audio:
    """`frames` samples of a seamless table from `start` on, going round as often as needed."""
    return np.resize(np.roll(turn, -(start % len(turn))), frames)


def band(low: float, high: float, steep: int = 2) -> Curve:
    """A smooth band-pass between two frequencies."""

    def curve(f: Floats) -> Floats:
        f = np.maximum(f, 1.0)
        out: Floats = 1 / np.sqrt((1 + (low / f) ** (2 * steep)) * (1 + (f / high) ** (2 * steep)))
        return out

    return curve


def rise(frames: int) -> Audio:
    """From 0 to 1 as half a cosine: nothing starts with a step."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)).astype(np.float32)


def damp(frames: int, *, ease: float = 3.0) -> Audio:
    """From 1 to exactly 0: quickly, as a string under a finger, but without a kink where it begins."""
    t = (np.arange(frames) + 0.5) / frames
    late = t - (1 - np.exp(-16 * t)) / 16
    return (np.exp(-ease * late) * (0.5 + 0.5 * np.cos(np.pi * t))).astype(np.float32)


def _turn_size(freq: float, rate: int, about: int) -> int:
    """A length near `about` that holds whole periods of `freq`, to a fifth of a cent from C1 up, and is quick to transform."""
    smooth = [n for n in _smooth(about * 5 // 4) if n > about * 3 // 4]
    return min(smooth, key=lambda n: (max(5e-5, abs(round(n * freq / rate) / (n * freq / rate) - 1)), abs(n - about)))


def _smooth(limit: int) -> list[int]:
    """Even numbers made of the factors 2, 3, 5 and 7 only."""
    found = [2]
    for factor in (2, 3, 5, 7):
        for n in found:  # grows while it is walked through
            if n * factor <= limit:
                found.append(n * factor)
    return sorted(set(found))


def fast_size(frames: int) -> int:
    """The next length that Fourier transforms are quick at."""
    size = 1 << max(frames - 1, 1).bit_length()
    return next(n for n in (size // 8 * 5, size // 4 * 3, size) if n >= frames)
