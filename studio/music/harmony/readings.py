"""Three ways to hear a tune: plain, jazzy, modal. Each is a vocabulary, what it likes in a slot, and how it moves.

Everything is counted in semitones above the tonic. The habits here are rules of thumb of each style, not learned: the
hymns teach where a chord belongs, the reading decides which chords there are and where they want to go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.music.ask import Reading
from studio.music.harmony.scores import Array, minor
from studio.music.harmony.slots import Slot
from studio.music.harmony.vocabulary import INDEX, Sign, fit, tones, triad
from studio.music.theory import MODES, QUALITIES, Key, Quality

DOMINANT = 7
HOME = 0
HOLD = 100.0  # nats: settled, unless the person has set another chord there


@dataclass(frozen=True)
class Taste:
    """The weights of a reading, in nats."""

    learned: float  # how far the hymns are followed
    melody: float  # how much a slot's notes have to sit in its chord
    clash: float  # what a stranger on the strong beat costs
    rub: float  # what a tension costs on the note that has most of the slot
    crossed: float  # what a chord with F costs under a melody with F sharp, and the other way round
    stay: float  # what keeping the chord is worth
    home: float  # what the tonic is worth at the very end
    rise: float  # what the dominant is worth where the melody climbs home through its 3rd


TASTES: dict[Reading, Taste] = {
    "plain": Taste(1.0, 1.2, 5.0, 0.9, 3.0, 0.2, 4.0, 7.0),
    "jazzy": Taste(0.45, 1.2, 5.0, 0.0, 1.5, -0.5, 4.0, 2.0),
    "modal": Taste(0.35, 1.6, 5.0, 0.3, 3.0, 0.9, 4.0, 0.0),
}
SAME_LETTER = ((1, 2), (3, 4), (5, 6), (8, 9), (10, 11))  # degrees that are one step of the scale, flat and sharp
OPENING = 0.8  # what the tonic is worth in the first bar


def vocabulary(reading: Reading, key: Key) -> tuple[Sign, ...]:
    if reading == "plain":
        return _plain(key)
    return _jazzy(key) if reading == "jazzy" else _modal(key)


def on_scale(scale: Sequence[int], qualities: Sequence[Quality]) -> list[Sign]:
    """Every chord of these kinds whose tones all belong to the scale."""
    inside = set(scale)
    return [(root, quality) for root in scale for quality in qualities if tones((root, quality)) <= inside]


def _plain(key: Key) -> tuple[Sign, ...]:
    """Triads of the mode, the dominant with its seventh, and the chromatic triads that every tune book has."""
    found = on_scale(MODES[key.mode], ("", "m")) + _locrian_home(key)
    if key.mode in ("major", "lydian"):
        found += [(7, "7"), (2, ""), (5, ""), (10, "")]
    elif key.mode == "minor":
        found += [(7, ""), (7, "7"), (5, "")]
    else:
        found += [(7, "")]  # with the raised seventh, where the melody has it
    return tuple(dict.fromkeys(found))


def _jazzy(key: Key) -> tuple[Sign, ...]:
    """Sevenths of the mode, a dominant for every step, its ii, and the tritone substitutes."""
    found: list[Sign] = on_scale(MODES[key.mode], ("maj7", "m7", "7", "m7b5"))
    found += [(0, "m6"), (5, "m7"), (2, "m7b5")] if minor(key) else [(0, "6"), (5, "m6"), (2, "m7")]
    for target in MODES[key.mode]:
        found += [((target + 7) % 12, "7")]
    found += [(1, "7"), (6, "dim7"), (6, "m7b5"), (10, "7"), (8, "7"), (3, "7")]
    return tuple(dict.fromkeys(found))


def _modal(key: Key) -> tuple[Sign, ...]:
    """Chords of the mode without the semitone below the tonic; a major tune borrows the flat seventh of mixolydian."""
    scale = MODES[key.mode]
    found = [
        s
        for s in on_scale(scale, ("", "m", "sus4", "m7"))
        if (11 not in tones(s) or s == (4, "m")) and (s[1] != "sus4" or s[0] in (0, 7))
    ]
    found += [(10, ""), (7, "m7"), (0, "sus4")] if 11 in scale else [(7, "")]
    found += _locrian_home(key)
    return tuple(dict.fromkeys(found))


def _locrian_home(key: Key) -> list[Sign]:
    """The one mode without a pure fifth above home; elsewhere diminished triads are left to jazz."""
    return [(0, "dim")] if key.mode == "locrian" else []


def slot_scores(reading: Reading, slots: Sequence[Slot], key: Key, signs: Sequence[Sign], learned: Array) -> Array:
    """Slots x signs: what the hymns say, what the melody says, what the style says, and how a phrase closes."""
    taste = TASTES[reading]
    out = np.zeros((len(slots), len(signs)), dtype=np.float32)
    likes = np.array([_liking(reading, sign, key) for sign in signs], dtype=np.float32)
    known = np.stack([_as_learned(sign, learned) for sign in signs], axis=1)
    fits = np.array([[_fit(reading, degree, sign) for sign in signs] for degree in range(12)], dtype=np.float32)
    has = np.array([[degree in tones(sign) for sign in signs] for degree in range(12)], dtype=np.float32)
    prices = np.array(_prices(reading, key, slots), dtype=np.float32)
    ends = _home_from(slots, key)
    rises = np.array([sign[0] == DOMINANT and 11 in tones(sign) for sign in signs], dtype=np.float32)
    for i, slot in enumerate(slots):
        shares = np.array([slot.weights[(key.pitch_class + d) % 12] for d in range(12)], dtype=np.float32)
        out[i] = taste.learned * np.maximum(known[i], -7.0) + likes + taste.melody * shares @ fits
        for pitch, weight in ((slot.strong, 1.0), (slot.main, 0.5)):
            if pitch is not None:
                out[i] += weight * np.where(fits[key.degree(pitch)] < 0, -taste.clash, 0.0)
        if slot.main is not None:
            out[i] -= taste.rub * (np.abs(fits[key.degree(slot.main)] - 0.5) < 0.4)
        out[i] -= taste.crossed * _crossed(shares, has) + (prices * (shares == 0)) @ has
        if _leading(slots, i, key):
            out[i] += taste.rise * rises
        out[i] += [_closing(reading, slot, sign, key, taste) + HOLD * (i >= ends and _at_home(sign, key)) for sign in signs]
    return out


def _fit(reading: Reading, degree: int, sign: Sign) -> float:
    """Altered tensions are for jazz; to other ears they are wrong notes."""
    found = fit(degree, sign)
    return -1.0 if reading != "jazzy" and 0 < found < 0.5 else found


def _crossed(shares: Array, has: Array) -> Array:
    """For each sign, how loudly the melody says sharp where the chord says flat, or flat where it says sharp."""
    out = np.zeros(has.shape[1], dtype=np.float32)
    for flat, sharp in SAME_LETTER:
        for mine, other in ((flat, sharp), (sharp, flat)):
            if shares[other] and not shares[mine]:
                out += has[mine] * (1 - has[other]) * min(1.0, 5 * float(shares[other]))
    return out


def _prices(reading: Reading, key: Key, slots: Sequence[Slot]) -> list[float]:
    """What each degree from outside the mode costs a chord where the melody does not have it. Jazz prices them elsewhere."""
    if reading == "jazzy":
        return [0.0] * 12
    price = [0.0 if degree in MODES[key.mode] else 1.2 for degree in range(12)]
    if reading == "plain" and key.mode == "major":
        price[6] = 0.6  # so nearly is the dominant of the dominant
    flat, raised = (any(slot.weights[(key.pitch_class + d) % 12] for slot in slots) for d in (10, 11))
    if 11 not in MODES[key.mode]:  # the raised seventh is at home in minor, unless this tune is of the older kind
        price[11] = (2.5 if flat else 1.2) if key.mode != "minor" else 1.6 if flat and not raised else 0.0
    return price


def _leading(slots: Sequence[Slot], i: int, key: Key) -> bool:
    """True if the melody climbs from the note below the tonic, at the end of slot i, home to a close in the next bar."""
    after = slots[i + 1 : i + 3]
    last = slots[i].last
    if last is None or key.degree(last) != 11 or not any(slot.closes for slot in after):
        return False
    return after[0].strong == key.pitch_class


def _home_from(slots: Sequence[Slot], key: Key) -> int:
    """The first slot of the last note when that is the tonic: from there the tune is at home, and so is its chord."""
    k = len(slots) - 1
    while k > 0 and slots[k].last is None:
        k -= 1
    if slots[k].last != key.pitch_class:
        return len(slots)
    while k > 0 and not slots[k].onsets:
        k -= 1
    return k


def _as_learned(sign: Sign, learned: Array) -> Array:
    """A trained sign has its own score; another one borrows that of its triad, or of the dominant it stands for."""
    own = sign if sign in INDEX else (sign[0], triad(sign)[1])
    column = learned[:, INDEX.get(own, INDEX[sign[0], ""])]
    if sign[1] in ("maj7", "m7", "7", "6", "m6", "m7b5", "dim7"):
        base = INDEX.get(triad(sign))
        column = np.maximum(column, learned[:, base]) if base is not None else column
    if sign == (1, "7"):
        column = np.maximum(column, learned[:, INDEX[DOMINANT, ""]] - 0.5)
    return column


def _liking(reading: Reading, sign: Sign, key: Key) -> float:
    scale = set(MODES[key.mode])
    if reading == "plain":
        return 0.0
    if reading == "modal":
        colour = {"dorian": 5, "mixolydian": 10, "phrygian": 1, "lydian": 2, "minor": 10, "major": 10}.get(key.mode)
        return 0.8 * (sign[0] == colour) - 0.3 * (sign[1] in ("sus4", "m7"))
    return -0.35 * len(tones(sign) - scale) + 0.3 * (sign in ((2, "m7"), (2, "m7b5"), (DOMINANT, "7")))


def _at_home(sign: Sign, key: Key) -> bool:
    return (
        sign[0] == HOME
        and QUALITIES[sign[1]][1] == (3 if minor(key) else 4)
        and sign[1] not in ("7", "aug", *(("dim",) if key.mode != "locrian" else ()))
    )


def _closing(reading: Reading, slot: Slot, sign: Sign, key: Key, taste: Taste) -> float:
    """Ends want the tonic; the ends of phrases want the tonic or a half close on the fifth."""
    home = _at_home(sign, key)
    if slot.closes == "end":
        return taste.home * home
    if slot.number == 1 and not slot.place:
        return OPENING * home
    if slot.closes:
        resting = 4 if reading == "modal" else DOMINANT
        return 0.8 * home + 0.5 * (sign[0] == resting and reading != "modal")
    return 0.0


def steps(reading: Reading, signs: Sequence[Sign], learned: Array, key: Key) -> Array:
    """From sign x to sign, in nats: the habits of the hymns and those of the style."""
    base = np.array([INDEX.get(s, INDEX.get(triad(s), INDEX[s[0], ""])) for s in signs])
    out = TASTES[reading].learned * learned[np.ix_(base, base)]
    habits = np.array([[_habit(reading, a, b, key) for b in signs] for a in signs], dtype=np.float32)
    return (out + habits).astype(np.float32)  # type: ignore[no-any-return]


def _habit(reading: Reading, a: Sign, b: Sign, key: Key) -> float:
    if a == b:
        return TASTES[reading].stay
    down_a_fifth = (a[0] - b[0]) % 12 == 7
    if reading == "plain":
        return _plain_habit(a, b, down_a_fifth, key)
    if reading == "modal":
        return 0.4 * ((a[0] - b[0]) % 12 in (2, 10)) + 0.2 * (HOME in (a[0], b[0]))
    slides = (a[0] - b[0]) % 12 == 1
    value = -3.0 if a[0] == b[0] else 0.0  # another kind on the same root is not a step
    if a[1] == "7" and not set(tones(a)) <= set(MODES[key.mode]) or a in ((1, "7"), (8, "7"), (3, "7")):
        value += 1.2 if down_a_fifth or slides else -3.5  # a dominant from outside has to go where it leads
    elif a[1] == "7":
        value += 0.8 * down_a_fifth
    if a[1] in ("m7", "m7b5") and b[1] == "7":
        value += 1.6 * down_a_fifth + 0.8 * slides  # ii-V, and ii to the substitute of V
    if a[1] == "dim7":
        value += 1.0 if (b[0] - a[0]) % 12 == 1 else -2.0
    return value


def _plain_habit(a: Sign, b: Sign, down_a_fifth: bool, key: Key) -> float:
    if a[1] == "7":
        return 0.6 if down_a_fifth else -0.6
    if a == (2, "") and key.mode == "major":
        return 0.8 if down_a_fifth else -2.0
    return 0.0
