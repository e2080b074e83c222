"""Four short tunes in the manner of folk music, written for the tests: a jig, a dorian jig, a mixolydian and a minor tune."""

from fractions import Fraction as F

from studio.music.theory import Key, read_meter
from studio.music.tune import Tune, Voice, plain_bars
from tests.tunes import line

NAMES = {
    "C": 60,
    "D": 62,
    "E": 64,
    "F": 65,
    "G": 67,
    "A": 69,
    "B": 71,
    "c": 72,
    "d": 74,
    "e": 76,
    "f": 77,
    "g": 79,
    "a": 81,
    "b": 83,
}


def song(key: Key, meter: str, bars: list[str], unit: F = F(1, 8)) -> Tune:
    """Bars of letters with counts of units, in white notes as the key has them: `d2 A A`; `^g` is raised, `=c` natural."""
    signs = {name[0]: {"#": 1, "b": -1, "": 0}[name[1:]] for name in key.names()}
    said = []
    for bar in bars:
        for piece in bar.split():
            sign, rest = (piece[0], piece[1:]) if piece[0] in "^=" else ("", piece)
            shift = 1 if sign == "^" else 0 if sign == "=" else signs[rest[0].upper()]
            said.append(f"{NAMES[rest[0]] + shift}:{unit * int(rest[1:] or 1)}")
    return Tune(key=key, bars=plain_bars(read_meter(meter), len(bars)), voices=(Voice(notes=line(" ".join(said))),))


D_JIG = song(
    Key(tonic="D"), "6/8",
    ["d2 A A F D", "G2 B A F D", "E2 E E F G", "A F D E2 A", "d2 A A F D", "G2 B A F D", "E F E E D C", "D3 D3"],
)  # fmt: skip
A_DORIAN = song(
    Key(tonic="A", mode="dorian"), "6/8",
    ["A G E G2 A", "B c d e d B", "A G E G2 A", "B A G A2 B", "c2 c e d c", "B c d e2 d", "c B A B A G", "A3 A3"],
)  # fmt: skip
A_MIXOLYDIAN = song(
    Key(tonic="A", mode="mixolydian"), "4/4",
    ["e2 a a e a b a", "e2 f e d2 e f", "g f g e d B A B", "G2 B G d G B G", "A2 c e a2 e c", "d c d e f d e c", "g2 e g d g B g", "A4 A4"],
)  # fmt: skip
A_MINOR = song(
    Key(tonic="A", mode="minor"), "4/4",
    ["A2 c2 d2 e2", "e2 d2 B2 G2", "A2 c2 d2 e2", "A2 B2 ^G2 E2", "A2 c2 d2 e2", "e2 d2 B2 G2", "B2 c B A2 ^G2", "A8"],
)  # fmt: skip
