"""How good chords are: beside the hymns' own, and under the melody on the first beat of each slot."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np

from studio.music.ask import Reading
from studio.music.harmony.harmonise import harmonise
from studio.music.harmony.scores import Array, Method, minor, trained_path
from studio.music.harmony.slots import Slot, slots
from studio.music.harmony.vocabulary import INDEX, TRAINED, Sign, fit, tones, triad
from studio.music.theory import Key, pitch_class
from studio.music.tune import Tune
from studio.training.hymns import Hymn

METHODS: tuple[Method, ...] = ("network", "counted")


def agreement(hymns: Sequence[Hymn], paths: Iterable[Sequence[int]]) -> dict[str, float]:
    """Shares of slots: same root and triad, same root; and pitch classes shared out of all that either chord has."""
    exact, roots, shared = [], [], []
    for hymn, path in zip(hymns, paths, strict=True):
        for want, got in zip(hymn.labels, path, strict=True):
            if want >= 0:
                a, b = TRAINED[want], TRAINED[got]
                exact.append(triad(a) == triad(b))
                roots.append(a[0] == b[0])
                shared.append(len(tones(a) & tones(b)) / len(tones(a) | tones(b)))
    return {"triad": float(np.mean(exact)), "root": float(np.mean(roots)), "shared": float(np.mean(shared)), "slots": len(exact)}


def measure(hymns: Sequence[Hymn], weights: dict[str, Array]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {
        m: agreement(hymns, (trained_path(h.slots, h.tune.key, m, weights) for h in hymns)) for m in METHODS
    }
    tonic = [[INDEX[0, "m" if minor(h.tune.key) else ""]] * len(h.slots) for h in hymns]
    return {**found, "tonic only": agreement(hymns, tonic)}


def gain(hymns: Sequence[Hymn], weights: dict[str, Array], seed: int = 0) -> dict[str, float]:
    """Points of triad agreement by which the network is better, and between what 95 of 100 redrawn sets of hymns lie."""
    slots = np.array([sum(label >= 0 for label in h.labels) for h in hymns])
    right = {
        m: slots * [agreement([h], [trained_path(h.slots, h.tune.key, m, weights)])["triad"] for h in hymns] for m in METHODS
    }
    better = right["network"] - right["counted"]
    drawn = np.random.default_rng(seed).integers(len(hymns), size=(10_000, len(hymns)))
    low, high = np.quantile(better[drawn].sum(axis=1) / slots[drawn].sum(axis=1), (0.025, 0.975))
    points = {"points": better.sum() / slots.sum(), "low": low, "high": high}
    return {name: round(100 * float(value), 1) for name, value in points.items()}


def sits(slots: Sequence[Slot], key: Key, signs: Sequence[Sign | None]) -> tuple[int, int, int]:
    """Slots whose melody note on the first beat is a chord tone; is one or a named tension; all that have a chord and a note."""
    places = [
        fit(key.degree(slot.strong), sign) for slot, sign in zip(slots, signs, strict=True) if sign and slot.strong is not None
    ]
    return sum(place == 1 for place in places), sum(place > 0 for place in places), len(places)


def chord_fit(tunes: Sequence[Tune], hymns: Sequence[Hymn]) -> dict[str, dict[str, float]]:
    """How well melodies sit in the chords of each reading, and in the hymns' own chords, on the first beat of each slot."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for tune in tunes:
        cut = slots(tune)
        for reading in get_args(Reading):
            chords = harmonise(tune, reading).chords
            starts = [chord.start for chord in chords]
            own = [chords[bisect_right(starts, slot.start) - 1] for slot in cut]
            signs = [(tune.key.degree(pitch_class(chord.root)), chord.quality) for chord in own]
            found.setdefault(reading, []).append(sits(cut, tune.key, signs))
    for h in hymns:
        labels = [TRAINED[label] if label >= 0 else None for label in h.labels]
        found.setdefault("hymns' own", []).append(sits(h.slots, h.tune.key, labels))
    sums = {name: [sum(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    return {name: {"tones": round(t / n, 4), "fit": round(f / n, 4), "slots": n} for name, (t, f, n) in sums.items()}
