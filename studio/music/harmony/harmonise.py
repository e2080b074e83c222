"""Chords under a tune, in one of three readings, with a reason for each.

The trained network (or the counting tables: `method`) says where hymns would put which chord; the reading says which
chords there are and how they move; Viterbi finds the best way through. What the person has set stays. Seed 0 is the best
path; other seeds lean a little on chance, as much as it takes to find another one.
"""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.core.word import Word
from studio.music.ask import Reading
from studio.music.harmony.readings import slot_scores, steps, vocabulary
from studio.music.harmony.reasons import reasons
from studio.music.harmony.scores import FOLDER, Array, Method, best_path, emission, load, transition
from studio.music.harmony.slots import Slot, slots
from studio.music.harmony.vocabulary import Sign, fit
from studio.music.theory import Key, pitch_class
from studio.music.tune import Chord, Tune, simple_name

FIXED = 1000.0  # nats: more than any path can gain by avoiding it
CHANCES = (0.6, 1.0, 1.6, 2.5)  # how far chance may lead; more of it only where less led nowhere else
WAIT = 3.0  # nats: an upbeat is heard in the chord of the first bar


class Harmony(Word):
    reading: Reading
    chords: tuple[Chord, ...]
    reasons: tuple[str, ...]  # one a chord


@lru_cache(maxsize=2)
def default_method(folder: Path = FOLDER) -> Method:
    """The one that was better on held-out hymns."""
    method: Method = json.loads((folder / "config.json").read_text("utf-8"))["default"]
    return method


def harmonise(
    tune: Tune,
    reading: Reading,
    *,
    seed: int = 0,
    keep: Mapping[Fraction, Chord] | None = None,
    method: Method | None = None,
    folder: Path = FOLDER,
) -> Harmony:
    """`keep` holds chords by the time at which they are to begin, whatever they themselves say; each stays for a slot."""
    found = slots(tune, keep or ())
    kept = {i: keep[slot.start] for i, slot in enumerate(found) if keep and slot.start in keep}
    signs = sign_path(tune, reading, found, kept, seed, method or default_method(folder), load(folder))
    starts, chosen, own = [0], [signs[0]], [kept.get(0)]
    for i in range(1, len(found)):
        chord = kept.get(i)
        if chord or signs[i] != chosen[-1] or (own[-1] and own[-1].bass):
            starts.append(i)
            chosen.append(signs[i])
            own.append(chord)
    chords = tuple(_chord(tune.key, found[i], sign, mine) for i, sign, mine in zip(starts, chosen, own, strict=True))
    why = reasons(tune.key, reading, found, starts, chosen, chords, {k for k, i in enumerate(starts) if i in kept})
    return Harmony(reading=reading, chords=chords, reasons=why)


def sign_path(
    tune: Tune,
    reading: Reading,
    found: Sequence[Slot],
    kept: Mapping[int, Chord],
    seed: int,
    method: Method,
    weights: dict[str, Array],
) -> list[Sign]:
    """One sign a slot."""
    key = tune.key
    signs = list(vocabulary(reading, key))
    fixed = {i: (key.degree(pitch_class(chord.root)), chord.quality) for i, chord in kept.items()}
    signs += [sign for sign in dict.fromkeys(fixed.values()) if sign not in signs]
    scores = slot_scores(reading, found, key, signs, emission(found, key, method, weights))
    for i, sign in fixed.items():
        scores[i, signs.index(sign)] += FIXED
    move = _by_place(steps(reading, signs, transition(key, method, weights), key), found, signs)
    best = path = best_path(scores, move)
    luck = np.random.default_rng(seed).gumbel(size=scores.shape).astype(np.float32)
    for chance in CHANCES if seed else ():
        path = best_path(scores + chance * luck, move)
        if path != best:
            break
    return [signs[k] for k in path]


def _by_place(move: Array, found: Sequence[Slot], signs: Sequence[Sign]) -> Array:
    """The same steps everywhere, but chords change sooner on a bar line than in a bar, and hardly after an upbeat."""
    same = np.eye(len(signs), dtype=np.float32)
    late = move - 0.3 * (1 - same)
    early = move + WAIT * same
    before = [None, *found]
    return np.stack([early if b and b.number == 0 else late if s.place else move for b, s in zip(before, found, strict=False)])


def _chord(key: Key, slot: Slot, sign: Sign, mine: Chord | None) -> Chord:
    if mine:
        return mine.changed(start=slot.start)
    return Chord(start=slot.start, root=simple_name(key, key.pitch_class + sign[0]), quality=sign[1])


def fits(tune: Tune, harmony: Harmony) -> tuple[int, int]:
    """Slots whose melody note on the strong beat is a chord tone or a named tension, out of the slots that have one."""
    good = count = k = 0
    for slot in slots(tune):
        while k + 1 < len(harmony.chords) and harmony.chords[k + 1].start <= slot.start:
            k += 1
        if slot.strong is not None:
            chord = harmony.chords[k]
            count += 1
            good += fit(slot.strong, (pitch_class(chord.root), chord.quality)) > 0
    return good, count
