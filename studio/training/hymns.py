"""Hymns in four voices as lessons in harmony: a Tune with four parts, and the chord of each slot.

The chord of a slot is the template that fits the four voices best: time in chord minus time out of it, less for tones it
lacks, more for a bass on the root (and a little for one on the third); the first beat of the slot counts half as much
again. Wrong where a slot holds two chords of equal weight: hymns change on every beat, a slot keeps one.
"""

import json
import lzma
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.music.harmony.slots import Slot, slots
from studio.music.harmony.vocabulary import INDEX, TRAINED
from studio.music.theory import QUALITIES, Key, read_meter
from studio.music.tune import ZERO, Bar, Note, Tune, Voice

STEP = Fraction(1, 16)
Heard = list[tuple[float, tuple[int, ...], int]]  # weight, degrees that sound together, degree of the lowest


@dataclass(frozen=True)
class Hymn:
    name: str
    tune: Tune
    slots: tuple[Slot, ...]
    labels: tuple[int, ...]  # index in TRAINED; -1 where nobody sings


def read_hymns(path: Path) -> list[Hymn]:
    with lzma.open(path, "rt") as file:
        return [_hymn(json.loads(line)) for line in file]


def _hymn(row: dict[str, Any]) -> Hymn:
    meter = read_meter(row["meter"])
    total = len(row["voices"][0]) * STEP
    bars: list[Bar] = []
    at = ZERO
    while at < total:
        length = row["pickup_16ths"] * STEP if not bars and row["pickup_16ths"] else meter.length
        bars.append(Bar(length=min(length, total - at), meter=meter))
        at += bars[-1].length
    voices = tuple(
        Voice(name=name, role="part" if i else "melody", notes=_notes(row["voices"][i], row["onsets"][i]))
        for i, name in enumerate(("Soprano", "Alto", "Tenor", "Bass"))
    )
    tune = Tune(
        title=row["title"],
        key=Key(tonic=row["key"][:-3], mode="minor" if row["key"].endswith("min") else "major"),
        bars=tuple(bars),
        voices=voices,
    )
    found = slots(tune)
    sung = tuple(_sung(row, slot, tune.key.pitch_class) for slot in found)
    return Hymn(row["tune"] or row["title"], tune, found, tuple(label(heard) for heard in sung))


def _notes(pitches: list[int | None], onsets: list[int]) -> tuple[Note, ...]:
    out: list[list[int]] = []  # start, length, pitch
    before: int | None = None
    for i, pitch in enumerate(pitches):
        if pitch is not None and (onsets[i] or pitch != before):
            out.append([i, 1, pitch])
        elif pitch is not None:
            out[-1][1] += 1
        before = pitch
    return tuple(Note(start=a * STEP, length=b * STEP, pitch=p) for a, b, p in out)


def _sung(row: dict[str, Any], slot: Slot, tonic: int) -> Heard:
    """What sounds together, step by step."""
    first, last = int(slot.start / STEP), int(slot.end / STEP)
    out: Heard = []
    for i in range(first, last):
        column = [voice[i] for voice in row["voices"] if voice[i] is not None]
        if column:
            weight = 1.5 if i - first < 4 else 1.0
            out.append((weight, tuple((pitch - tonic) % 12 for pitch in column), (min(column) - tonic) % 12))
    return out


def label(heard: Heard) -> int:
    """The chord that fits best, as an index of TRAINED; -1 for silence."""
    pitches, low = [0.0] * 12, [0.0] * 12
    for weight, column, bass in heard:
        low[bass] += weight
        for degree in column:
            pitches[degree] += weight
    total, ground = sum(pitches), sum(low)
    best, best_score = -1, -9.0
    for root, quality in TRAINED if heard else ():
        steps = QUALITIES[quality]
        inside = [pitches[(root + step) % 12] / total for step in steps]
        score = 2 * sum(inside) - 1
        score -= sum(0.12 for share in inside if share < 0.03) + (0.15 if inside[1] < 0.03 else 0.0)
        if len(steps) == 4:  # a seventh is one when it sounds against the third, not when it passes or the chord changes
            third, seventh = (root + steps[1]) % 12, (root + steps[3]) % 12
            together = sum(w for w, column, _ in heard if third in column and seventh in column and root in column)
            score -= 0.09 + (0.4 if together < 0.24 * ground else 0.0)
        score -= 0.05 if quality == "dim" else 0.0
        score += 0.22 * low[root] / ground + 0.08 * low[(root + steps[1]) % 12] / ground
        if score > best_score + 1e-9:
            best, best_score = INDEX[root, quality], score
    return best
