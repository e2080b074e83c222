"""Reads a recording and tracks the pitch of the one voice in it: hummed, sung or whistled, 65 to 3000 Hz.

The tracker is pYIN's idea in numpy: per 10 ms frame the dips of YIN's difference function, each weighed by how many
thresholds would choose it, and the smoothest way through them. One voice only: of two at once it follows one or neither.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import Refused

Floats = NDArray[np.floating[Any]]
RATE = 16_000
HOP = 160  # samples between frames: 10 ms
STEP = HOP / RATE
MOST_BYTES, MOST_SECONDS = 20 * 2**20, 60
LOWEST, HIGHEST = 65.0, 3000.0  # Hz; what lies outside is filtered away
_WINDOW, _SIZE, _FINER = 512, 1024, 2  # samples compared, transformed, and points of the difference function a sample
_LAGS = int(_FINER * RATE / LOWEST) + 2
_FIRST = int(_FINER * RATE / HIGHEST)
_TYPICAL = 0.2  # of the thresholds that YIN could be run with
_CANDIDATES = 5
_UNVOICED = 0.08  # how likely a frame is to have no pitch although it has dips
_MOVE, _JUMP, _TURN = 0.7, 4.0, 2.0  # what it costs to move a semitone, to jump anywhere, to begin or stop sounding


@dataclass(frozen=True)
class Track:
    """Frames 10 ms apart; frame i is centred on `i * STEP` seconds."""

    pitch: Floats  # MIDI number with cents, nan where there is none
    sure: Floats  # 0 to 1
    level: Floats  # dB below full scale


def read_sound(data: bytes) -> Floats:
    """The loudest channel at 16 kHz, without what is too low or too high to be sung."""
    import soundfile  # loads a C library

    if len(data) > MOST_BYTES:
        raise Refused("The recording is larger than 20 MB. Save it as FLAC or MP3, or cut it to a minute.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.frames > MOST_SECONDS * file.samplerate:
                raise Refused("The recording is longer than a minute. Cut it, or hum a shorter tune.")
            if not 4000 <= file.samplerate <= 192_000 or file.channels > 8:
                raise Refused("This recording has an unusual form. Save it as a mono or stereo WAV file.")
            rate = file.samplerate
            sound = file.read(MOST_SECONDS * rate + 1, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise Refused("This is not a sound file that can be read. Choose a WAV, FLAC, OGG or MP3 file.") from error
    sound = np.clip(np.nan_to_num(sound), -4, 4)
    if len(sound) < rate // 10:
        raise Refused("The recording is empty or shorter than a tenth of a second. Record again.")
    # One channel, not the sum: two microphones can be of opposite sign and cancel each other.
    return _resampled(sound[:, int(np.argmax(np.square(sound).mean(0)))], rate)


def _resampled(sound: Floats, rate: int) -> Floats:
    """At RATE and inside the singing range, by way of the spectrum."""
    size = -(-(len(sound) + rate // 4) // rate) * rate  # whole seconds: whole at both rates
    spectrum = np.fft.rfft(sound, size)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    spectrum *= 0.5 + 0.5 * np.tanh((hertz - LOWEST * 0.92) / 4)
    spectrum *= 0.5 - 0.5 * np.tanh((hertz - HIGHEST * 1.1) / 150)
    new = size * RATE // rate
    out: Floats = np.fft.irfft(spectrum[: new // 2 + 1], new).astype(np.float32) * np.float32(new / size)
    return out[: len(sound) * RATE // rate]


def track(sound: Floats) -> Track:
    frames = len(sound) // HOP + 1
    padded = np.pad(sound, (_SIZE // 2, _SIZE))
    picks = [_candidates(padded, range(i, min(i + 500, frames))) for i in range(0, frames, 500)]
    pitch, weight = (np.concatenate(part) for part in zip(*picks, strict=True))
    chosen = _smoothest(pitch, weight)
    rows = np.arange(frames)
    voiced = chosen < _CANDIDATES
    column = np.minimum(chosen, _CANDIDATES - 1)
    return Track(np.where(voiced, pitch[rows, column], np.nan), np.where(voiced, weight.sum(1), 0.0), _level(padded, frames))


def _level(padded: Floats, frames: int) -> Floats:
    """Loudness over 30 ms around each frame."""
    shape = np.hanning(482)[1:-1]
    power = np.convolve(np.square(padded, dtype=np.float64), shape / shape.sum(), "same")
    out: Floats = 10 * np.log10(power[_SIZE // 2 :: HOP][:frames] + 1e-12)
    return out


def _candidates(padded: Floats, frames: range) -> tuple[Floats, Floats]:
    """Per frame up to five pitches and the share of thresholds that choose each."""
    offset = (_SIZE - _WINDOW - _LAGS // _FINER) // 2
    view = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[frames.start * HOP : (frames.stop - 1) * HOP + 1 : HOP]
    block = view[:, offset : offset + _WINDOW + _LAGS // _FINER + 1]
    dips = _difference(block)
    inner = dips[:, 1:-1]
    is_dip = (inner < dips[:, :-2]) & (inner <= dips[:, 2:])
    depth = np.where(is_dip, inner, 9.0)
    before = np.pad(np.minimum.accumulate(depth, 1)[:, :-1], ((0, 0), (1, 0)), constant_values=9.0)
    share = np.where(depth < before, _below(before) - _below(depth), 0.0)
    best = np.argpartition(-share, _CANDIDATES, 1)[:, :_CANDIDATES]
    rows = np.arange(len(block))[:, None]
    a, b, c = dips[rows, best], dips[rows, best + 1], dips[rows, best + 2]
    lag = best + 1 + _FIRST + np.clip((a - c) / (2 * np.maximum(a - 2 * b + c, 1e-9)), -1, 1)
    return 69 + 12 * np.log2(_FINER * RATE / lag / 440), share[rows, best]


def _difference(block: Floats) -> Floats:
    """YIN's cumulative mean normalised difference, from lag _FIRST on, two points a sample."""
    size = _SIZE
    whole = np.fft.rfft(block, size)
    part = np.fft.rfft(block[:, :_WINDOW], size)
    match = np.fft.irfft(whole * np.conj(part), size * _FINER)[:, :_LAGS] * _FINER
    sums = np.pad(np.cumsum(np.square(block, dtype=np.float64), 1), ((0, 0), (1, 0)))
    power = sums[:, _WINDOW:] - sums[:, :-_WINDOW]  # of the window moved by each whole lag
    halves = np.repeat(power, _FINER, 1)
    halves[:, 1:-1:2] = (power[:, :-1] + power[:, 1:]) / 2
    gap = np.maximum(power[:, :1] + halves[:, :_LAGS] - 2 * match, 0)
    mean = np.cumsum(gap[:, 1:], 1) / np.arange(1, _LAGS)
    out: Floats = gap[:, _FIRST:] / np.maximum(mean[:, _FIRST - 1 :], 1e-12)
    return out


def _below(depth: Floats) -> Floats:
    """The share of thresholds below a depth."""
    out: Floats = 1 - np.exp(-np.square(depth / _TYPICAL))
    return out


def _smoothest(pitch: Floats, weight: Floats) -> NDArray[np.intp]:
    """Viterbi: which candidate in each frame; _CANDIDATES means none."""
    frames = len(pitch)
    none = np.maximum(1 - weight.sum(1), _UNVOICED)
    own = -np.log(np.maximum(np.column_stack([weight, none]), 1e-6))
    way = np.minimum(_MOVE * np.abs(pitch[1:, None, :] - pitch[:-1, :, None]), _JUMP)  # (frames, from, to)
    move = np.full((frames - 1, _CANDIDATES + 1, _CANDIDATES + 1), _TURN)
    move[:, :-1, :-1] = way
    move[:, -1, -1] = 0
    came = np.zeros((frames, _CANDIDATES + 1), np.intp)
    cost = own[0]
    for i in range(1, frames):
        total = cost[:, None] + move[i - 1]
        came[i] = total.argmin(0)
        cost = total.min(0) + own[i]
    chosen = np.empty(frames, np.intp)
    chosen[-1] = cost.argmin()
    for i in range(frames - 1, 0, -1):
        chosen[i - 1] = came[i, chosen[i]]
    return chosen
