"""What is promised of a bar (`Slot`) and of a whole tune (`Manner`), before a note of it is written."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from studio.music.melody import symbols as s
from studio.music.theory import Meter

ANY_PITCH = -1  # in a forced text: a pitch of the model's choice
Ending = Literal["free", "closed", "open", "sounding"]


@dataclass(frozen=True)
class Slot:
    """One bar to be written."""

    length: Fraction
    meter: Meter
    lead: tuple[int, ...]  # symbols that stand before its contents
    text: tuple[int, ...] | None = None  # contents that are given; None: free
    copy: int | None = None  # contents are what this take wrote for that slot
    ending: Ending = "free"  # closed: on the tonic; open: on a degree that wants to go on; sounding: on any note
    last: int | None = None  # the pitch symbol of the last note, where a kept bar ties it over
    may_tie: bool = True  # may begin by holding the note before
    contour: tuple[int, ...] = ()  # up, level, down from note to note
    pitches: tuple[int, ...] = ()  # the pitch symbols, in order
    notes: int = 0  # exactly so many notes and no rests; 0: as many as there come
    chords: tuple[tuple[Fraction, frozenset[int]], ...] = ()  # from here on the chord is these degrees
    old: tuple[int, ...] = ()  # contents that must not come again


@dataclass(frozen=True)
class Manner:
    """How a whole tune is to be written; pitches as symbols."""

    low: int = s.FIRST_PITCH
    high: int = len(s.NAMES) - 1
    scale: frozenset[int] = frozenset(range(12))  # degrees in semitones
    colour: int = 99  # notes outside the scale allowed in a bar
    leap: int = 16  # widest step in semitones
    singable: bool = False
    shortest: Fraction = Fraction(1, 16)
    open_degrees: frozenset[int] = frozenset((2, 5, 7))
    avoid: tuple[tuple[int, ...], ...] = ()  # runs of intervals not to be played
