"""The chords that can be chosen, counted from the tonic, and how a melody note sits on one.

A sign is (degree of the root in semitones above the tonic, quality). The 72 trained signs are what the hymns teach;
readings add and leave out others.
"""

from studio.music.theory import QUALITIES, Quality

Sign = tuple[int, Quality]
TRAINED_QUALITIES: tuple[Quality, ...] = ("", "m", "7", "m7", "dim", "maj7")
TRAINED: tuple[Sign, ...] = tuple((root, quality) for root in range(12) for quality in TRAINED_QUALITIES)
INDEX: dict[Sign, int] = {sign: i for i, sign in enumerate(TRAINED)}
TRIAD: dict[Quality, Quality] = {
    "": "", "m": "m", "7": "", "m7": "m", "maj7": "", "dim": "dim", "aug": "aug", "sus4": "sus4", "m7b5": "dim",
    "dim7": "dim", "6": "", "m6": "m",
}  # fmt: skip
# Semitones above the root that colour a chord without hurting it, by the names players give them.
TENSIONS: dict[Quality, dict[int, str]] = {
    "": {2: "9th", 9: "6th"},
    "m": {2: "9th", 5: "11th"},
    "7": {2: "9th", 9: "13th", 1: "flat 9th", 3: "sharp 9th", 8: "flat 13th", 6: "sharp 11th"},
    "m7": {2: "9th", 5: "11th"},
    "maj7": {2: "9th", 9: "6th", 6: "sharp 11th"},
    "dim": {},
    "aug": {2: "9th"},
    "sus4": {2: "9th", 9: "13th", 10: "7th"},
    "m7b5": {5: "11th", 8: "flat 13th"},
    "dim7": {2: "9th", 5: "11th"},
    "6": {2: "9th"},
    "m6": {2: "9th", 5: "11th"},
}
SOFT = {2, 9, 5, 10}  # the natural ones; altered tensions belong to dominants that are going somewhere
STEP_NAMES = {0: "root", 3: "minor 3rd", 4: "3rd", 5: "4th", 6: "flat 5th", 7: "5th", 8: "sharp 5th", 9: "6th", 10: "7th",
              11: "major 7th"}  # fmt: skip


def tones(sign: Sign) -> frozenset[int]:
    """Degrees above the tonic that the chord has."""
    return frozenset((sign[0] + step) % 12 for step in QUALITIES[sign[1]])


def place_of(degree: int, sign: Sign) -> str | None:
    """What a melody degree is in a chord: `3rd`, `9th`; None for a note that does not belong."""
    step = (degree - sign[0]) % 12
    if step in QUALITIES[sign[1]]:
        return STEP_NAMES[step]
    return TENSIONS[sign[1]].get(step)


def fit(degree: int, sign: Sign) -> float:
    """1 for a chord tone, 0.5 for a soft tension, 0.2 for an altered one, -1 for a stranger."""
    step = (degree - sign[0]) % 12
    if step in QUALITIES[sign[1]]:
        return 1.0
    if step in TENSIONS[sign[1]]:
        return 0.5 if step in SOFT else 0.2
    return -1.0


def triad(sign: Sign) -> Sign:
    return sign[0], TRIAD[sign[1]]
