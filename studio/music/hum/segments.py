"""Cuts a pitch track into notes: stable stretches, told apart by pauses, dips in loudness and changes of pitch.

Vibrato does not split a note, a slide belongs to the note it leads to, and what is sung between the keys is moved by
one offset for the whole recording. Notes shorter than 70 ms are taken for slides or noises.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.music.hum.listen import STEP, Floats, Track

Mask = NDArray[np.bool_]
_QUIET = -66.0  # dB: nothing below counts
_RANGE = 34.0  # dB below the loudest that still counts
_ABOVE = 7.0  # dB that a note must stand out of the background
_DIP = 5.0  # dB: the least dip between two notes of one pitch
_DIP_REACH = 12  # frames on each side in which the level must come back
_CHANGE = 5.0  # what a change of pitch costs, in semitones times frames
_SHORT, _SURELY = 7, 17  # frames: no note is shorter, and what is longer is one
_TURN = 13  # frames: at the ends of a breath a step of one semitone must be longer than this to be a note
_GLIDE = 8  # frames without pitch, but loud, between two notes: too quick a leap to be followed
_EDGE = 12.0  # dB below its nearest peak a note begins and ends
_HOLE = 3  # frames without pitch that do not end a note


@dataclass(frozen=True)
class Segment:
    start: float  # seconds
    end: float
    pitch: float  # MIDI number with cents
    key: int  # MIDI number it is meant as
    sure: float  # 0 to 1: how clear the pitch is
    steady: float  # 0 to 1: 0 if it only glides
    level: float  # dB


@dataclass(frozen=True)
class Heard:
    segments: tuple[Segment, ...]
    offset: float  # semitones, -0.5 to 0.5: how far the person is from the piano
    voiced: float  # seconds with pitch


def segments_of(track: Track) -> Heard:
    loud = track.level > _gate(track.level)
    sounding = _closed(loud & np.isfinite(track.pitch), _HOLE) & loud
    pitch = _filled(track.pitch)
    pieces = [piece for run in _runs(sounding) for piece in _dipped(run, track.level)]
    pieces = _joined([(a, b) for a, b in pieces if b - a >= _SHORT], track.level, loud)
    offset = _offset(pitch, pieces)
    for _ in range(2):  # the first offset is rough: a wide vibrato stands still where it turns, not in its middle
        parts = [_trimmed(track.level, part) for piece in pieces for part in _stretches(pitch, piece, offset)]
        rough = [_segment(track, pitch, a, b, offset) for a, b in parts]
        offset = _mean_offset([s.pitch for s in rough], [(s.end - s.start) * s.steady for s in rough])
    return Heard(tuple(_segment(track, pitch, a, b, offset) for a, b in parts), offset, float(sounding.sum() * STEP))


def _gate(level: Floats) -> float:
    """What is louder than this is meant to be heard."""
    top, floor = float(np.percentile(level, 95)), float(np.percentile(level, 8))
    return max(min(floor + _ABOVE, top - 15), top - _RANGE, _QUIET)


def _runs(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(mask, int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _closed(mask: Mask, hole: int) -> Mask:
    out = mask.copy()
    for a, b in _runs(~mask):
        if b - a <= hole and a and b < len(mask):
            out[a:b] = True
    return out


def _filled(pitch: Floats) -> Floats:
    """Without holes, and without single frames that jump."""
    known = np.flatnonzero(np.isfinite(pitch))
    if not len(known):
        return np.zeros(len(pitch))
    whole = np.interp(np.arange(len(pitch)), known, pitch[known])
    around = np.lib.stride_tricks.sliding_window_view(np.pad(whole, 2, mode="edge"), 5)
    out: Floats = np.median(around, 1)
    return out


def _dipped(run: tuple[int, int], level: Floats) -> list[tuple[int, int]]:
    """A run cut where the level falls and comes back: the same note sung again."""
    a, b = run
    cuts: list[int] = []
    for i in range(a + 3, b - 3):
        near = level[max(a, i - 4) : min(b, i + 5)]
        if level[i] > near.min():
            continue
        left, right = level[max(a, i - _DIP_REACH) : i].max(), level[i + 1 : min(b, i + _DIP_REACH + 1)].max()
        if min(left, right) - level[i] >= _DIP and (not cuts or i - cuts[-1] > 4):
            cuts.append(i)
    return list(pairwise([a, *cuts, b]))


def _joined(pieces: list[tuple[int, int]], level: Floats, loud: Mask) -> list[tuple[int, int]]:
    """Pieces with nothing but a quick leap between them meet in its middle."""
    out = pieces[:1]
    for c, d in pieces[1:]:
        a, b = out[-1]
        if (
            0 < c - b <= _GLIDE
            and loud[b:c].all()
            and level[b:c].min() > min(level[b - 3 : b].max(), level[c : c + 3].max()) - _DIP
        ):
            c = (b + c) // 2
            out[-1] = (a, c)
        out.append((c, d))
    return out


def _offset(pitch: Floats, pieces: list[tuple[int, int]]) -> float:
    """From the frames in which the pitch stands still."""
    frames = np.concatenate([np.arange(a, b) for a, b in pieces]) if pieces else np.zeros(0, int)
    slope = np.abs(np.gradient(pitch)) if len(pitch) > 1 else pitch
    return _mean_offset(pitch[frames], 1 / (0.05 + slope[frames]))


def _mean_offset(pitches: Floats | list[float], weights: Floats | list[float]) -> float:
    turn = np.sum(np.asarray(weights) * np.exp(2j * np.pi * np.asarray(pitches)))
    return float(np.angle(turn) / (2 * np.pi))


def _stretches(pitch: Floats, piece: tuple[int, int], offset: float) -> list[tuple[int, int]]:
    """One piece of unbroken voice as notes: the cheapest staircase of semitones, its slides given away.

    A slide at the start belongs to the note it leads to; one between two notes is parted where it is half way.
    """
    a, b = piece
    steps = _staircase(pitch[a:b] - offset)
    edges = [a, *(np.flatnonzero(np.diff(steps)) + a + 1).tolist(), b]
    notes = [(p, q) for p, q in pairwise(edges) if _still(pitch[p:q])]
    for end in (0, -1):  # a scoop or a fall at an end, or half a turn of vibrato
        while len(notes) > 1 and notes[end][1] - notes[end][0] < _TURN:
            beside = notes[1 if end == 0 else -2]
            if abs(steps[notes[end][0] - a] - steps[beside[0] - a]) > 1:
                break
            notes.pop(end)
    if not notes:
        return [piece]
    out = [(a, notes[0][1])]
    for p, q in notes[1:]:
        start, end = out[-1]
        if steps[p - a] == steps[end - 1 - a]:  # something passing inside one note
            out[-1] = (start, q)
            continue
        here, there = float(np.median(pitch[max(start, end - 20) : end])), float(np.median(pitch[p : min(q, p + 20)]))
        on_new = np.abs(pitch[end : p + 1] - there) < np.abs(pitch[end : p + 1] - here)
        middle = end + int(np.argmax(on_new)) if on_new.any() else p
        out[-1] = (start, middle)
        out.append((middle, q))
    out[-1] = (out[-1][0], b)
    return out


def _still(pitch: Floats) -> bool:
    """Long enough to be a note, and not only passed through on the way to another."""
    if len(pitch) < _SHORT:
        return False
    if len(pitch) > _SURELY:
        return True
    third = max(len(pitch) // 3, 2)
    passes = abs(float(pitch[-third:].mean() - pitch[:third].mean()))
    near = np.abs(pitch - np.median(pitch)) < 0.35
    return passes < 0.4 and float(near.mean()) > 0.6


def _trimmed(level: Floats, part: tuple[int, int]) -> tuple[int, int]:
    """Without what only rings or swells: the loudness window is wider than an onset."""
    a, b = part
    while b - a > _SHORT and level[b - 1] < level[max(a, b - 8) : b].max() - _EDGE:
        b -= 1
    while b - a > _SHORT and level[a] < level[a : min(b, a + 8)].max() - _EDGE:
        a += 1
    return a, b


def _staircase(pitch: Floats) -> NDArray[np.intp]:
    low, high = int(np.floor(pitch.min())) - 1, int(np.ceil(pitch.max())) + 1
    away = np.minimum(np.abs(pitch[:, None] - np.arange(low, high + 1)), 1.5)
    came = np.zeros(away.shape, np.intp)
    cost = away[0]
    states = np.arange(away.shape[1])
    for i in range(1, len(pitch)):
        best = int(cost.argmin())
        moved = cost[best] + _CHANGE < cost
        came[i] = np.where(moved, best, states)
        cost = np.where(moved, cost[best] + _CHANGE, cost) + away[i]
    out = np.empty(len(pitch), np.intp)
    out[-1] = cost.argmin()
    for i in range(len(pitch) - 1, 0, -1):
        out[i - 1] = came[i, out[i]]
    return out + np.intp(low)


def _segment(track: Track, pitch: Floats, a: int, b: int, offset: float) -> Segment:
    core = pitch[a + min(max((b - a) // 4, 7), (b - a) * 3 // 5) : b - (b - a) // 10]  # the start may be a slide
    middle = _centre(core)
    return Segment(
        start=a * STEP,
        end=b * STEP,
        pitch=middle,
        key=round(middle - offset),
        sure=float(np.clip(track.sure[a:b].mean(), 0, 1)),
        steady=_steady(core if b - a > _TURN else pitch[a:b]),
        level=float(track.level[a:b].max()),
    )


def _centre(core: Floats) -> float:
    """The mean of what is left without the outermost: a vibrato's median can be off, a slip's mean is."""
    ordered = np.sort(core)
    cut = len(ordered) // 6
    return float(ordered[cut : len(ordered) - cut].mean())


def _steady(core: Floats) -> float:
    """By how far the straight line through it rises or falls; vibrato hardly counts."""
    if len(core) < 3:
        return 0.0
    x = np.arange(len(core)) - (len(core) - 1) / 2
    drift = abs(float(np.dot(x, core) / np.dot(x, x))) * len(core)
    return float(np.clip(1.4 - drift, 0, 1))
