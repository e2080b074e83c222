"""Guesses the key of notes that come without one: Krumhansl's profiles weighed by how long each pitch class sounds.

An estimate: it knows one key a tune, and calls a tune mixolydian or dorian only when the seventh or sixth says so clearly.
Relative keys are told apart by the profiles and by the note a tune ends on.
"""

from collections.abc import Iterable
from fractions import Fraction

from studio.music.theory import Key, Mode, key_from_signature, simplest_key
from studio.music.tune import Note

# How well the twelve degrees fit a major and a minor key (Krumhansl and Kessler 1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_ENDING = 0.25  # what ending on the tonic adds to a correlation between -1 and 1


def guess_key(notes: Iterable[Note]) -> Key:
    """The likeliest key; C major when nothing sounds."""
    weights, last = _weights(notes)
    if not any(weights):
        return Key()
    modes: tuple[Mode, ...] = ("major", "minor")
    mode, tonic = max(((m, t) for m in modes for t in range(12)), key=lambda found: _fit(weights, last, found[1], found[0]))

    def at(degree: int) -> float:
        return weights[(tonic + degree) % 12]

    if mode == "major" and at(10) > 2 * at(11):
        return simplest_key(tonic, "mixolydian")
    if mode == "minor" and at(9) > 2 * at(8):
        return simplest_key(tonic, "dorian")
    return simplest_key(tonic, mode)


def key_in_signature(sharps: int, notes: Iterable[Note]) -> Key:
    """The major or the minor key of a signature, whichever the notes speak for."""
    weights, last = _weights(notes)
    keys = (key_from_signature(sharps, "major"), key_from_signature(sharps, "minor"))
    return max(keys, key=lambda key: _fit(weights, last, key.pitch_class, key.mode))


def _weights(notes: Iterable[Note]) -> tuple[list[float], int | None]:
    """How long each pitch class sounds, and the class of the last lowest note."""
    weights, end, last = [0.0] * 12, (Fraction(-1), 0), None
    for note in notes:
        weights[note.pitch % 12] += float(note.length)
        if (note.start, -note.pitch) > end:
            end, last = (note.start, -note.pitch), note.pitch % 12
    return weights, last


def _fit(weights: list[float], last: int | None, tonic: int, mode: Mode) -> float:
    profile = _MAJOR if mode == "major" else _MINOR
    turned = [weights[(tonic + i) % 12] for i in range(12)]
    mean, middle = sum(turned) / 12, sum(profile) / 12
    above = sum((w - mean) * (p - middle) for w, p in zip(turned, profile, strict=True))
    below = (sum((w - mean) ** 2 for w in turned) * sum((p - middle) ** 2 for p in profile)) ** 0.5
    return (above / below if below else 0.0) + (_ENDING if last == tonic else 0.0)
