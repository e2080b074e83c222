"""A small drum kit by General MIDI number: kick, snare, stick, clap, toms, hats, ride, crash and hand percussion.

Each hit is made of a falling or ringing tone and shaped noise. Numbers without an own sound get the nearest kind.
A hit does not know its written length: drums ring as long as they ring.
"""

import numpy as np

from studio.music.sound.dsp import Audio, Curve, Floats, band, frames_of, noise, partials, rise, times

TOMS = {41: 78.0, 43: 92.0, 45: 110.0, 47: 131.0, 48: 156.0, 50: 185.0, 64: 165.0, 63: 220.0, 62: 235.0, 61: 290.0, 60: 370.0}
WOODS = {37: 1700.0, 75: 2500.0, 76: 1050.0, 77: 780.0, 56: 560.0, 58: 400.0}
PANS = {42: 0.22, 44: 0.22, 46: 0.22, 49: -0.35, 51: 0.35, 53: 0.35, 59: 0.35, 57: 0.4, 41: 0.3, 43: 0.2, 45: 0.1, 47: -0.05,
        48: -0.15, 50: -0.25}  # fmt: skip
CLOSED, OPEN = (42, 44), 46  # a closed hat ends an open one


def hit(number: int, strength: float, rate: int) -> Audio:
    """One stroke, from nothing to nothing."""
    made = _stroke(number, strength, rate).astype(np.float32)
    made -= made.mean()
    ramp = rise(min(len(made), frames_of(0.0006, rate)))
    made[: len(ramp)] *= ramp
    end = rise(min(len(made), frames_of(0.03, rate)))
    made[-len(end) :] *= end[::-1]
    return made


def _stroke(number: int, strength: float, rate: int) -> Audio:
    if number in (35, 36):
        return _kick(strength, rate)
    if number in (38, 40):
        return _snare(number, strength, rate)
    if number in (42, 44, 46):
        return _hat(0.34 if number == OPEN else 0.05 if number == 42 else 0.035, strength, rate, seed=number)
    if number in (49, 52, 55, 57):
        return _cymbal(2.0, 0.25, strength, rate, seed=number)
    if number in (51, 53, 59):
        return _cymbal(1.3, 0.9 if number == 51 else 1.6, strength, rate, seed=number)
    if number in TOMS:
        return _tom(TOMS[number], strength, rate)
    if number in WOODS:
        return _wood(WOODS[number], strength, rate)
    if number == 39:
        return _clap(strength, rate)
    if number in (80, 81):
        return _triangle(0.15 if number == 80 else 0.9, strength, rate)
    return _shaker(strength, rate, seed=number)


def _fall(seconds: float, t: Floats) -> Audio:
    fall: Audio = np.exp(-t / seconds).astype(np.float32)
    return fall


def _burst(length: float, decay: float, curve: Curve, rate: int, seed: int) -> Audio:
    size = frames_of(length, rate)
    return noise(size, rate, curve, seed) * _fall(decay, times(size, rate))


def _glide(low: float, drop: float, speed: float, t: Floats) -> Floats:
    """Phase of a tone that falls from low + drop to low."""
    out: Floats = 2 * np.pi * (low * t + drop * speed * (1 - np.exp(-t / speed)))
    return out


def _kick(strength: float, rate: int) -> Audio:
    t = times(frames_of(0.55, rate), rate)
    body = np.sin(_glide(50, 120 + 60 * strength, 0.022, t)) * _fall(0.15, t)
    made: Audio = (np.tanh(1.5 * body) / 1.15).astype(np.float32)
    click = _burst(0.03, 0.004, band(900, 3500 + 2500 * strength), rate, 36)
    made[: len(click)] += (0.04 + 0.10 * strength) * click
    return made


def _snare(number: int, strength: float, rate: int) -> Audio:
    t = times(frames_of(0.5, rate), rate)
    skin = np.sin(_glide(182, 60, 0.012, t)) * _fall(0.075, t) + 0.45 * np.sin(_glide(331, 50, 0.01, t)) * _fall(0.045, t)
    wires = noise(len(t), rate, band(1500, 6500 + 4500 * strength, 1), number) * _fall(0.085 + 0.03 * strength, t)
    crack = noise(len(t), rate, band(700, 3200), number + 1) * _fall(0.012, t)
    made: Audio = 0.42 * skin + (0.10 + 0.11 * strength) * wires + 0.16 * strength * crack
    return made


def _hat(decay: float, strength: float, rate: int, seed: int) -> Audio:
    t = times(frames_of(min(7 * decay, 1.4), rate), rate)
    fizz = noise(len(t), rate, band(6800 - 1200 * strength, 14500, 3), seed) * _fall(decay, t)
    ring = _metal(22, 3300, 12500, decay * 0.8, len(t), rate, seed=7)
    tick = noise(len(t), rate, band(3500, 11000), seed + 1) * _fall(0.004, t)
    made: Audio = 0.13 * fizz + 0.13 * ring + (0.05 + 0.12 * strength) * tick
    return made


def _cymbal(decay: float, ping: float, strength: float, rate: int, seed: int) -> Audio:
    """A ride has more ping and a thin wash, a crash more wash that blooms a moment after the stroke."""
    t = times(frames_of(2.6, rate), rate)
    wash = noise(len(t), rate, band(2600, 10500, 2), seed) * _fall(decay * 0.45, t)
    high = noise(len(t), rate, band(6500, 15000, 2), seed + 1) * _fall(decay * 0.2, t)
    bloom = (1 - np.exp(-t / 0.012)).astype(np.float32)
    ring = _metal(34, 420, 9000, decay * 0.5, len(t), rate, seed=seed + 2)
    bell = _metal(6, 640, 3900, decay * 0.7, len(t), rate, seed=seed + 3)
    tick = noise(len(t), rate, band(2500, 9000), seed + 4) * _fall(0.005, t)
    thin = 0.35 if ping > 0.5 else 1.0
    out = thin * bloom * (0.10 * wash + (0.05 + 0.10 * strength) * high) + 0.10 * ring
    made: Audio = out + 0.08 * ping * bell + 0.10 * ping * strength * tick
    return made


def _metal(count: int, low: float, high: float, decay: float, frames: int, rate: int, seed: int) -> Audio:
    """Many partials that fit no harmony, the high ones dying first; RMS of 1 at the start."""
    draw = np.random.default_rng(seed)
    freqs = low * (high / low) ** ((np.arange(count) + draw.random(count)) / count)
    amps = draw.uniform(0.5, 1.0, count) * np.sqrt(2 / count)
    decays = (0.6 + 0.8 * freqs / high) / decay
    return partials(freqs, amps, decays, frames, rate, phases=draw.random(count) * 6.28)


def _tom(freq: float, strength: float, rate: int) -> Audio:
    t = times(frames_of(0.75, rate), rate)
    long = 0.10 + 10 / freq
    skin = np.sin(_glide(freq, freq * (0.25 + 0.3 * strength), 0.035, t)) * _fall(long, t)
    skin += 0.28 * np.sin(_glide(1.59 * freq, 0.3 * freq, 0.03, t)) * _fall(long * 0.45, t)
    skin += 0.12 * np.sin(_glide(2.14 * freq, 0.3 * freq, 0.03, t)) * _fall(long * 0.3, t)
    slap = noise(len(t), rate, band(500, 2200 + 2500 * strength), round(freq)) * _fall(0.012, t)
    made: Audio = 0.55 * skin + (0.04 + 0.10 * strength) * slap
    return made


def _wood(freq: float, strength: float, rate: int) -> Audio:
    size = frames_of(0.25, rate)
    freqs = freq * np.array([1.0, 1.47, 2.09, 2.56])
    tone = partials(freqs, np.array([0.4, 0.22, 0.10, 0.08 * strength]), np.array([28.0, 45.0, 70.0, 90.0]), size, rate)
    tick = _burst(0.05, 0.004, band(1200, 5000), rate, round(freq))
    tone[: len(tick)] += (0.05 + 0.08 * strength) * tick
    return tone


def _clap(strength: float, rate: int) -> Audio:
    """Several hands, not quite together."""
    out = np.zeros(frames_of(0.4, rate), np.float32)
    for k, late in enumerate((0.0, 0.011, 0.021, 0.031)):
        one = _burst(0.3, 0.07 if k == 3 else 0.006, band(800, 2600 + 1500 * strength), rate, 390 + k)
        at = round(late * rate)
        out[at : at + len(one)] += 0.22 * one[: len(out) - at]
    return out


def _triangle(decay: float, strength: float, rate: int) -> Audio:
    freqs = 1480 * np.array([1.0, 2.61, 3.28, 4.72, 6.13, 7.9])
    amps = 0.09 * np.array([0.5, 1.0, 0.7, 0.6, 0.5 * strength, 0.4 * strength])
    return partials(freqs, amps, (0.8 + freqs / 9000) / decay, frames_of(min(2.2, 5 * decay), rate), rate)


def _shaker(strength: float, rate: int, seed: int) -> Audio:
    t = times(frames_of(0.16, rate), rate)
    grains = noise(len(t), rate, band(4200, 10000 + 3000 * strength), seed) * _fall(0.028, t)
    made: Audio = 0.16 * grains * (1 - _fall(0.008, t))
    return made
