"""Draws entries of the deck: which may come next, and which of them fits best with what the story has said so far.

May: the genre, the era, no banned phrase, nothing it bars is true, at least one of its needs is. Fits: causes lately given,
words the story already has, no "the letter" before there is a letter, few new people, the tone. What is left is chance from
a seed of its own for every slot, so that one slot drawn anew does not move the others.
"""

import math
import random
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from studio.writing.common import COMMON
from studio.writing.plot.cues import read_cues, told, words_of
from studio.writing.plot.deck import FOLDER, PLACEHOLDER, Entry, read_deck

HANDS = 6  # neighbouring seeds are dealt from different sixths of the deck first
DEALT = frozenset(("situation", "setting", "sense", "thing", "person", "flaw", "stake", "link"))  # only from that hand, if it has
ENOUGH = 2
GOLDEN = 0x9E3779B97F4A7C15  # multiples of it lie evenly between 0 and 2**64
_DEFINITE = re.compile(
    r"\b(?:the|that|those)\s+((?:[a-z][\w'-]*\s+)?[a-z][\w'-]*)(\s+(?:of|that|who|which|where|in|on|from|at|with|for))?"
)
GENERIC = frozenset(
    """door doors house room night morning day days road street window windows table floor way end world time truth answer name
    sun rain wind dark light air people rest others story matter point hour week year years place part hand hands face side
    back front
    ground sky stairs kitchen garden wall walls water others same wrong right hall gate corner crowd clock bed chair chairs fire
    family town village river sea coat key names price moment""".split()  # noqa: SIM905
)
OVERLAP = {"past": {"past", "timeless"}, "present": {"present"}, "future": {"future"}, "timeless": {"past", "timeless"}}


def stem(word: str) -> str:
    for ending in ("ing", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(PLACEHOLDER.sub(" ", text)) if len(word) > 3 and word not in COMMON)


@lru_cache(maxsize=1 << 14)
def _word_stems(word: str) -> frozenset[str]:
    return stems(word)


def without(text: str, own: frozenset[str]) -> str:
    """The text less the words that have one of these stems."""
    return " ".join(word for word in text.split() if not _word_stems(word) & own)


class Traits(NamedTuple):
    """What an entry's words say beyond its fields."""

    stems: frozenset[str]
    presumed: tuple[str, ...]  # nouns spoken of as known
    eras: frozenset[str]
    people: frozenset[str]
    hand: int


def traits_of(entry: Entry) -> Traits:
    text = f"{entry.text} {entry.plant}"
    presumed = tuple(
        found.group(1) for found in _DEFINITE.finditer(PLACEHOLDER.sub("_", text)) if not found.group(2)
    )  # fmt: skip
    eras = frozenset((entry.era,)) if entry.era in OVERLAP else frozenset(told(read_cues().eras, text))
    return Traits(stems(text), presumed, eras, entry.people, zlib.crc32(entry.id.encode()) % HANDS)


@lru_cache(maxsize=2)
def all_traits(folder: Path = FOLDER) -> dict[str, Traits]:
    return {entry.id: traits_of(entry) for entry in read_deck(folder).entries}


@dataclass
class Draw:
    """The state of one plot while it is drawn."""

    seed: int
    salt: str
    genre: str
    tone: str = ""
    era: str = ""
    heat: float = 0.6
    allowed: Callable[[str], bool] = lambda text: True
    tired: Collection[str] = ()  # entries of plots it shall differ from
    liked: Collection[str] = ()  # entries it may well use again
    people: frozenset[str] | None = None  # nobody else may come in
    facts: dict[str, float] = field(default_factory=dict)  # what is true, and how much it matters
    said: set[str] = field(default_factory=set)
    cast: set[str] = field(default_factory=lambda: {"hero"})
    used: set[str] = field(default_factory=set)
    thing: float = 0.0  # what it is worth to speak of the story's thing
    score: float = 0.0
    drawn: int = 0

    def __post_init__(self) -> None:
        self.hand = (self.seed + zlib.crc32(self.salt.rpartition("/")[2].encode())) % HANDS

    def chance(self, slot: str) -> random.Random:
        return random.Random(f"{self.seed}/{self.salt}/{slot}")

    def pick(
        self, entries: Sequence[Entry], slot: str, bonus: Callable[[Entry], float] = lambda entry: 0.0, causes: bool = False
    ) -> Entry | None:
        """The best of those that may come; with `causes` an entry must be caused by something true, if any such is left."""
        chance = self.chance(slot)
        fitting = [entry for entry in entries if self._may(entry)]
        caused = [entry for entry in fitting if not entry.needs or any(fact in self.facts for fact in entry.needs)]
        pool = caused or ([] if causes else fitting) or [
            e for e in entries if e.id not in self.used and self.allowed(f"{e.text} {e.plant}") and self._peopled(e)
        ]  # fmt: skip
        if not pool:
            return None
        dealt = [entry for entry in pool if entry.kind in DEALT and all_traits()[entry.id].hand == self.hand]
        pool = dealt if len(dealt) >= ENOUGH else pool
        marks = [(self.worth(entry) + bonus(entry), entry) for entry in pool]
        best = max(marks, key=lambda pair: pair[0] - self.heat * math.log(-math.log(chance.random() or 1e-12) or 1e-12))
        self.score += best[0]
        self.drawn += 1
        self.used.add(best[1].id)
        return best[1]

    def deal(self, entries: Sequence[Entry], slot: str) -> Entry | None:
        """One of those that may come, each in its turn: neighbouring seeds get others, and over many seeds all come alike."""
        pool = [e for e in entries if self._may(e)] or [e for e in entries if self.allowed(e.text)]
        pool = [e for e in pool if e.id in self.liked] or [e for e in pool if e.id not in self.tired] or pool
        if not pool:
            return None
        pool.sort(key=lambda e: zlib.crc32(f"{slot}/{e.id}".encode()))
        turn = (self.seed * GOLDEN + (zlib.crc32(f"{self.salt}/{slot}".encode()) << 32)) % 2**64
        found = pool[turn * len(pool) >> 64]
        self.used.add(found.id)
        return found

    def _may(self, entry: Entry) -> bool:
        if entry.id in self.used or (entry.genres and self.genre not in entry.genres):
            return False
        if any(fact in self.facts for fact in entry.bars) or not self._peopled(entry):
            return False
        eras = all_traits()[entry.id].eras
        if self.era and eras and not eras & OVERLAP.get(self.era, {self.era}):
            return False
        return self.allowed(f"{entry.text} {entry.plant}")

    def _peopled(self, entry: Entry) -> bool:
        return self.people is None or entry.people <= self.people

    def worth(self, entry: Entry) -> float:
        traits = all_traits()[entry.id]
        mark = 0.5 if self.genre in entry.genres else 0.0
        if entry.tones and self.tone:
            mark += 0.6 if self.tone in entry.tones else -0.6
        if entry.needs:
            held = [self.facts[fact] for fact in entry.needs if fact in self.facts]
            mark += 1.6 * max(held, default=0.0) + 0.4 * len(held) / len(entry.needs)
        mark += 0.7 * min(2, len(traits.stems & self.said))
        mark -= 1.2 * min(3, sum(not self._known(phrase) for phrase in traits.presumed))
        mark += self.thing if "{thing}" in entry.text else 0.0
        new = traits.people - self.cast
        mark -= 0.5 * len(new) if len(self.cast) < 3 else 1.2 * len(new)
        mark += 0.9 if traits.hand == self.hand else 0.0
        mark += (4.0 if entry.id in self.liked else 0.0) - (4.0 if entry.id in self.tired else 0.0)
        return mark

    def _known(self, phrase: str) -> bool:
        """Is a noun with "the" known by now, or one that everybody knows?"""
        facts = read_cues().facts
        for word in phrase.split():
            if (
                word in GENERIC
                or stem(word) in self.said
                or word in self.facts
                or any(f in self.facts for f in facts.get(word, ()))
            ):
                return True
        return False

    def take(self, entry: Entry, weight: float) -> None:
        """From now on it is part of the story."""
        traits = all_traits()[entry.id]
        self.said |= traits.stems - GENERIC
        self.cast |= traits.people
        self.used.add(entry.id)
        self.hold(entry.gives, weight)

    def hold(self, facts: Iterable[str], weight: float) -> None:
        for fact in facts:
            self.facts[fact] = max(weight, self.facts.get(fact, 0.0))
