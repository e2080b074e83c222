"""Keys, modes, meters, intervals and chord names: what every musician takes for granted, as small pure functions.

Pitches are MIDI numbers (60 is middle C); a pitch class is a pitch modulo 12; a degree is counted in semitones above
the tonic. Twelve equal semitones only.
"""

from fractions import Fraction
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from studio.core.word import Word

Mode = Literal["major", "minor", "dorian", "mixolydian", "phrygian", "lydian", "locrian"]
Quality = Literal["", "m", "7", "m7", "maj7", "dim", "aug", "sus4", "m7b5", "dim7", "6", "m6"]

LETTERS = "CDEFGAB"
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ALTER = {"": 0, "#": 1, "b": -1, "##": 2, "bb": -2}
SIGNS = {value: sign for sign, value in ALTER.items()}
MODES: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
# Where a mode's tonic stands on the line of fifths beside that of the major key with the same signature.
FIFTHS_OF_MODE: dict[Mode, int] = {
    "major": 0, "minor": 3, "dorian": 2, "mixolydian": 1, "phrygian": 4, "lydian": -1, "locrian": 5,
}  # fmt: skip
LINE = "FCGDAEB"  # the line of fifths, from F
QUALITIES: dict[Quality, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
}
DEGREE_NAMES = ("1st", "flat 2nd", "2nd", "flat 3rd", "3rd", "4th", "sharp 4th", "5th", "flat 6th", "6th", "flat 7th", "7th")


def fifths_of(name: str) -> int:
    """Where a note name stands on the line of fifths; C is 0, G is 1, F is -1."""
    return LINE.index(name[0]) - 1 + 7 * ALTER[name[1:]]


def name_at(fifths: int) -> str:
    sharps, letter = divmod(fifths + 1, 7)
    return LINE[letter] + SIGNS[sharps]


def pitch_class(name: str) -> int:
    return (NATURAL[name[0]] + ALTER[name[1:]]) % 12


class Key(Word):
    tonic: str = Field(default="C", pattern=r"^[A-G](#|b)?$")
    mode: Mode = "major"

    @field_validator("tonic", mode="before")
    @classmethod
    def _plain(cls, name: object) -> object:
        return name.strip().replace("♯", "#").replace("♭", "b").capitalize() if isinstance(name, str) else name

    @model_validator(mode="after")
    def _can_be_printed(self) -> Self:
        if abs(self.signature) > 7:
            raise ValueError(f"{self} would need {abs(self.signature)} sharps or flats; choose its other name")
        return self

    def __str__(self) -> str:
        return f"{self.tonic.replace('#', '♯').replace('b', '♭')} {self.mode}"

    @property
    def pitch_class(self) -> int:
        return pitch_class(self.tonic)

    @property
    def signature(self) -> int:
        """Sharps (positive) or flats (negative) printed at the start of the line."""
        return fifths_of(self.tonic) - FIFTHS_OF_MODE[self.mode]

    @property
    def scale(self) -> frozenset[int]:
        """Pitch classes of the mode."""
        return frozenset((self.pitch_class + step) % 12 for step in MODES[self.mode])

    def degree(self, pitch: int) -> int:
        return (pitch - self.pitch_class) % 12

    def moved(self, semitones: int) -> "Key":
        """The same mode on another tonic, spelled with the fewest signs."""
        return simplest_key((self.pitch_class + semitones) % 12, self.mode)

    def spell(self, pitch: int) -> str:
        """The name of a pitch in this key: signs of the signature first, then raised or lowered steps as usual."""
        return name_at(spell_fifths(pitch, fifths_of(self.tonic), self.mode))

    def names(self) -> tuple[str, ...]:
        return tuple(self.spell(self.pitch_class + step) for step in MODES[self.mode])


def spell_fifths(pitch: int, tonic: int, mode: Mode) -> int:
    """On the line of fifths: from a flat second (locrian: flat fifth) to a sharp fourth above the tonic."""
    low = tonic - (6 if mode == "locrian" else 5)
    return low + (pitch * 7 - low) % 12


def simplest_key(tonic_class: int, mode: Mode) -> Key:
    names = [name for letter in LETTERS for name in (letter, f"{letter}#", f"{letter}b") if pitch_class(name) == tonic_class]
    signatures = {name: fifths_of(name) - FIFTHS_OF_MODE[mode] for name in names}
    return Key(tonic=min(names, key=lambda name: (abs(signatures[name]), -signatures[name])), mode=mode)


def key_from_signature(sharps: int, mode: Mode) -> Key:
    return Key(tonic=name_at(sharps + FIFTHS_OF_MODE[mode]), mode=mode)


class Meter(Word):
    count: int = Field(default=4, ge=1, le=32)
    unit: Literal[1, 2, 4, 8, 16, 32] = 4

    def __str__(self) -> str:
        return f"{self.count}/{self.unit}"

    @property
    def length(self) -> Fraction:
        return Fraction(self.count, self.unit)

    @property
    def compound(self) -> bool:
        return self.unit >= 8 and self.count % 3 == 0 and self.count > 3

    @property
    def beats(self) -> tuple[Fraction, ...]:
        """Where the beats of a bar begin: threes in compound meters, 3+2+2 and the like in uneven ones."""
        if self.compound:
            return tuple(Fraction(3 * i, self.unit) for i in range(self.count // 3))
        if self.unit >= 8 and self.count > 3 and self.count % 2:
            groups = [3, *[2] * ((self.count - 3) // 2)]
            return tuple(Fraction(sum(groups[:i]), self.unit) for i in range(len(groups)))
        return tuple(Fraction(i, self.unit) for i in range(self.count))

    @property
    def beat(self) -> Fraction:
        """The length of a beat, as a tempo counts it."""
        return Fraction(3, self.unit) if self.compound else Fraction(1, self.unit)

    @property
    def strong(self) -> tuple[Fraction, ...]:
        """The beats that carry weight: the first, and the middle one of a bar that has a middle."""
        beats = self.beats
        return (beats[0], beats[len(beats) // 2]) if len(beats) in (2, 4, 6, 8) else (beats[0],)


def read_meter(text: str) -> Meter:
    """`6/8`, `C` or `C|`; raises ValueError."""
    text = {"C": "4/4", "C|": "2/2"}.get(text.strip(), text.strip())
    count, slash, unit = text.partition("/")
    if not slash or not (count.isdigit() and unit.isdigit()):
        raise ValueError(f"{text} is not a meter")
    return Meter(count=int(count), unit=int(unit))


def pitch_name(pitch: int, key: Key | None = None) -> str:
    """`C4` is middle C; spelled for the key."""
    name = (key or Key()).spell(pitch)
    return f"{name}{octave_of(pitch, name)}"


def octave_of(pitch: int, name: str) -> int:
    """The octave of a spelled note: B sharp below middle C is B#3 although it sounds C4."""
    return (pitch - NATURAL[name[0]] - ALTER[name[1:]]) // 12 - 1


def degree_name(degree: int) -> str:
    return DEGREE_NAMES[degree % 12]
