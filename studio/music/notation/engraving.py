"""What ABC and MusicXML share on paper: names of notes, signs before them, beams, the mark of a tempo.

Notes are spelled for the key alone, not for the chord they stand in.
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, groupby

from studio.music.notation.written import VALUES, Written
from studio.music.theory import ALTER, LETTERS, LINE, Key, Meter, octave_of
from studio.music.tune import ZERO, Bar, Tune

QUARTER, EIGHTH = Fraction(1, 4), Fraction(1, 8)


def spelled(pitch: int, key: Key) -> tuple[str, int, int]:
    """Letter, sharps (or flats below 0), octave."""
    name = key.spell(pitch)
    return name[0], ALTER[name[1:]], octave_of(pitch, name)


def signature_of(key: Key) -> dict[str, int]:
    """The sign every letter has in a key."""
    signs = dict.fromkeys(LETTERS, 0)
    for i in range(abs(key.signature)):
        letter = LINE[i % 7] if key.signature > 0 else LINE[-1 - i % 7]
        signs[letter] += 1 if key.signature > 0 else -1
    return signs


class Signs:
    """The signs in force in one bar."""

    def __init__(self, key: Key) -> None:
        self.key = signature_of(key)
        self.placed: dict[tuple[str, int], int] = {}
        self.last: dict[str, int] = {}

    def needed(self, letter: str, alter: int, octave: int) -> bool:
        """Whether a note needs its sign. Readers disagree on whether a sign counts in other octaves too, so that a note
        gets one whenever either reading asks for it."""
        here = self.placed.get((letter, octave), self.key[letter])
        anywhere = self.last.get(letter, self.key[letter])
        if here == alter == anywhere:
            return False
        self.placed[letter, octave] = self.last[letter] = alter
        return True


def section_starts(tune: Tune) -> dict[int, str]:
    """By bar: the section that begins there, nothing where the last one ends early."""
    found, bar = {}, 0
    for section in tune.sections:
        found[bar] = section.label
        bar += section.bars
    if bar < len(tune.bars) and found:
        found[bar] = ""
    return found


def tempo_mark(tune: Tune) -> tuple[Fraction, Fraction]:
    """What is counted and how often a minute: the beat of the meter, unless only a plainer unit gives a whole number."""
    units = (tune.meter.beat, QUARTER, EIGHTH)
    unit = next((u for u in units if (tune.tempo * QUARTER / u).denominator == 1), units[0])
    return unit, tune.tempo * QUARTER / unit


def decimal(number: Fraction, places: int = 6) -> str:
    text = f"{float(number):.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_decimal(text: str) -> Fraction:
    """The simplest fraction that is written so; raises ValueError."""
    if len(text) > 20 or "e" in text.lower():
        raise ValueError(f"{text[:20]} is not a plain number")
    return Fraction(text.strip()).limit_denominator(1000)


def runs(pieces: Sequence[Written], bar: Bar, *, upbeat: bool) -> list[list[int]]:
    """Pieces of a bar in the groups they are beamed in; what has no beam is alone."""
    shift = bar.meter.length - bar.length if upbeat else ZERO
    tuplets = list(accumulate(piece.opens for piece in pieces))
    keys = [
        (number, _group(piece, pieces, bar.meter, shift)) if flags(piece) else None
        for piece, number in zip(pieces, tuplets, strict=True)
    ]
    out: list[list[int]] = []
    for key, group in groupby(range(len(pieces)), key=keys.__getitem__):
        members = list(group)
        out += [members] if key is not None else [[i] for i in members]
    return out


def flags(piece: Written) -> int:
    """How many beams a note has: 1 for an eighth."""
    base = VALUES.get(piece.value, (QUARTER, 0))[0]
    return (QUARTER / base).numerator.bit_length() - 1 if piece.pitches else 0


def _group(piece: Written, pieces: Sequence[Written], meter: Meter, shift: Fraction) -> int:
    """The notes of a tuplet stay together and to themselves: programs lose count where beams cross its ends."""
    time = (piece.start + shift) % meter.length
    if piece.tuplet:
        return -3
    if meter.unit >= 8 and meter.count <= 3:
        return 0
    beats = meter.beats
    if meter.length == 1 and not meter.compound:  # in 4/4 eighths go by fours
        half = time // Fraction(1, 2)
        near = [p for p in pieces if (p.start + shift) // Fraction(1, 2) == half]
        if all(flags(p) <= 1 and not p.tuplet for p in near):
            return -1 - int(half)
    return bisect_right(beats, time)


def beams(levels: Sequence[int]) -> list[list[str]]:
    """For every note of a group the words of its beams, from the outermost in."""
    out = []
    for i, own in enumerate(levels):
        before = levels[i - 1] if i else 0
        after = levels[i + 1] if i + 1 < len(levels) else 0
        out.append([_beam(level, before, after) for level in range(1, own + 1)])
    return out


def _beam(level: int, before: int, after: int) -> str:
    if before >= level:
        return "continue" if after >= level else "end"
    if after >= level:
        return "begin"
    return "backward hook" if before else "forward hook"
