"""Claims at their places in the story, and what the rules of comparison share."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from studio.writing.continuity.facts import Quote


class Stand(NamedTuple):
    """A claim at its place in the story. What the bible says holds from scene `here` to before scene `until`."""

    about: str
    who: str
    value: str
    shown: str
    here: int  # place of the scene in the story; -1 for what the bible says of all of it
    at: int
    place: Quote
    other: str = ""
    event: bool = False
    until: int | None = None

    @property
    def bible(self) -> bool:
        return not self.place.scene


class Scenery(NamedTuple):
    """What the rules ask of the story around two claims."""

    explained: Callable[[str, Stand, Stand], bool]  # kind of event, first, second
    back: Sequence[bool]  # scenes that look back
    years: Sequence[int | None]
    is_entry: Callable[[str], bool]


class Clash(NamedTuple):
    one: Stand
    other: Stand
    sentence: str  # with {name} for who it is about
    key: str


Rule = Callable[[Sequence[Stand], Scenery], Iterator[Clash]]


def key_of(about: str, who: str, *values: str) -> str:
    return f"{about}-{blake2b('|'.join((who, *sorted(values))).encode(), digest_size=8).hexdigest()}"


def clash_of(one: Stand, two: Stand, sentence: str, *values: str) -> Clash:
    return Clash(one, two, sentence, key_of(one.about, one.who, *(values or (one.value, two.value))))


def together(one: Stand, two: Stand) -> bool:
    """Do the times overlap in which both are said to hold? What the text says holds from its place on."""
    early, late = (one, two) if one.here <= two.here else (two, one)
    if early.until is not None and early.until <= late.here:
        return False
    # What the bible says from a later scene on is a change, if it is one.
    return not (late.bible and not early.bible and early.here < late.here)


def pairs(stands: Sequence[Stand]) -> Iterator[tuple[Stand, Stand]]:
    """Each claim with the nearest before it of every other value, and with what the bible says."""
    lore: list[Stand] = []
    nearest: dict[str, Stand] = {}
    for late in stands:
        for early in (*lore, *nearest.values()):
            if early.value != late.value and together(early, late) and not any(_turned(one, early, late) for one in lore):
                yield early, late
        if late.bible:
            lore.append(late)
        else:
            nearest[late.value] = late


def _turned(lore: Stand, early: Stand, late: Stand) -> bool:
    """Does the bible say that what the later claim says begins between the two?"""
    return early.here < lore.here <= late.here and lore.value == late.value
