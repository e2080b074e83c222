"""What happens to the sum of all voices: a small room around it, a gentle limiter, the right loudness, a seamless loop."""

import numpy as np

from studio.music.sound.dsp import TOP, Audio, Curve, band, frames_of, times

PEAK = 10 ** (-1 / 20)  # -1 dBFS
KNEE = 0.5  # where the limiter begins to lean on the sum
ROOM = 1.2  # seconds


def room(rate: int) -> Audio:
    """The answer of a small wooden hall to a clap, left and right: noise whose treble dies first, after 14 ms."""
    size = 1 << (frames_of(ROOM, rate) - 1).bit_length()
    t = times(size, rate)
    out = np.zeros((2, size), np.float32)
    bands: tuple[tuple[Curve, float, float], ...] = (
        (band(180, 700), 1.0, 1.25), (band(700, 2600), 0.8, 1.0), (band(2600, 7500), 0.45, 0.5),
    )  # fmt: skip
    freqs = np.fft.rfftfreq(size, 1 / rate)
    for side in (0, 1):
        white = np.fft.rfft(np.random.default_rng(90 + side).standard_normal(size, dtype=np.float32))
        for curve, gain, rt60 in bands:
            shape = (curve(freqs) * (freqs < TOP * rate)).astype(np.float32)
            out[side] += np.fft.irfft(white * shape, size) * (gain * np.exp(-6.9 * t / rt60)).astype(np.float32)
    out *= np.clip((t - 0.014) / 0.012, 0, 1).astype(np.float32)  # the first sound comes straight
    ended = frames_of(ROOM, rate)
    out = out[:, :ended] * np.minimum(1, (ended - np.arange(ended)) / (0.2 * ended)).astype(np.float32)
    scale = np.sqrt(np.sum(np.square(out, dtype=np.float64)) / 2)
    out /= np.float32(scale)
    return out


def add_room(mix: Audio, send: Audio, rate: int) -> None:
    """Adds what the room answers to `send` (frames,) onto `mix` (2, frames), block by block."""
    answer = room(rate)
    long = answer.shape[1]
    size = 1 << (2 * long - 1).bit_length()
    spectrum = np.fft.rfft(answer, size)
    step = size - long + 1
    for at in range(0, len(send), step):
        block = send[at : at + step]
        if not block.any():
            continue
        wet = np.fft.irfft(np.fft.rfft(block, size) * spectrum, size)
        end = min(mix.shape[1], at + len(block) + long - 1)
        mix[:, at:end] += wet[:, : end - at]


def limit(mix: Audio, rate: int) -> None:
    """Turns down what rises above the knee, by half of the excess in decibels; looks ahead, and goes round at the ends.

    Works on the peaks of blocks of 4 ms; the gain between blocks is a straight line, so it makes no clicks.
    """
    frames = mix.shape[1]
    count = max(1, round(frames / (0.004 * rate)))
    edges = np.linspace(0, frames, count + 1).astype(int)
    highs, lows = (reduce.reduceat(mix, edges[:-1], axis=1) for reduce in (np.maximum, np.minimum))
    peaks = np.maximum(highs, -lows).max(axis=0)
    held = peaks.copy()
    for k in range(1, 40):  # lets go within about 100 ms
        held = np.maximum(held, np.roll(peaks, k) * np.float32(0.95**k))
    held = np.maximum.reduce([np.roll(held, k) for k in (-2, -1, 0, 1)])
    gain = np.sqrt(KNEE / np.maximum(held, KNEE))
    gain = sum(np.roll(gain, k) for k in (-2, -1, 0, 1, 2)) / 5
    if gain.min() > 0.999:
        return
    middles = (edges[:-1] + edges[1:]) / 2
    for at in range(0, frames, 1 << 18):  # long tunes would need another copy of themselves
        span = mix[:, at : at + (1 << 18)]
        span *= np.interp(np.arange(at, at + span.shape[1]), middles, gain, period=frames).astype(np.float32)


def normalise(mix: Audio) -> None:
    """The highest peak at -1 dBFS; silence stays silence."""
    peak = max(float(mix.max(initial=0.0)), -float(mix.min(initial=0.0)))
    if peak > 1e-9:
        mix *= np.float32(PEAK / peak)


def wrap(mix: Audio, frames: int) -> Audio:
    """Exactly `frames` long: what rings after the end sounds over the start, as often round as needed."""
    out = np.zeros((mix.shape[0], frames), np.float32)
    for at in range(0, mix.shape[1], frames):
        part = mix[:, at : at + frames]
        out[:, : part.shape[1]] += part
    return out
