"""Counts of a text: words, minutes of reading, goals, words used too often, dialogue, sentences. Pure.

What is usual is told by fiction of before about 1930 (`meaning.py`): a word that was rare then, such as "phone", is held to be
rare. Names are left out where they are always written with a capital. A `reader` that remembers spares reading a text twice.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.manuscript.phrases import PLACES, Place
from studio.writing.manuscript.reading import Reader, read

A_MINUTE = 238  # words that an adult reads in silence (Brysbaert 2019, mean over 190 studies)
RARE = 1e-3  # weight of a word in `meaning.py`: RARE / (RARE + its share)
UNKNOWN = 5e-7  # share of a word nobody knows
TIMES, SURE = 3.0, 15.0  # so many times as often as usual; log-likelihood ratio, far beyond chance


class Counts(NamedTuple):
    words: int
    letters: int
    without_spaces: int
    sentences: int
    paragraphs: int
    minutes: float


class Overused(NamedTuple):
    word: str
    found: int
    times: float  # as often as usual
    places: tuple[Place, ...]


class Reading(NamedTuple):
    """How a scene reads."""

    scene: str
    words: int
    sentences: int
    mean: float  # words in a sentence
    longest: int
    dialogue: float  # part of the letters between quotation marks


class Goal(NamedTuple):
    id: str  # "" for the whole
    words: int
    goal: int

    @property
    def share(self) -> float:
        return self.words / self.goal if self.goal else 0.0


def counts(texts: Sequence[str], reader: Reader = read) -> Counts:
    """Of texts with an empty line between them."""
    reads = [reader(text) for text in texts]
    words, between = sum(one.words for one in reads), 2 * max(0, len(reads) - 1)
    letters = sum(map(len, texts)) + between
    return Counts(
        words, letters, letters - between - sum(one.spaces for one in reads), sum(len(one.sentences) for one in reads),
        sum(one.paragraphs for one in reads), round(words / A_MINUTE, 2),
    )  # fmt: skip


def goals(manuscript: Manuscript, reader: Reader = read) -> list[Goal]:
    """Of the whole, then of each chapter that has scenes with a goal, then of each such scene."""
    counted = {scene.id: reader(scene.text).words for scene in manuscript.scenes}
    out = [Goal("", sum(counted.values()), manuscript.goal)]
    for chapter in manuscript.chapters:
        if aim := sum(scene.goal for scene in chapter.scenes):
            out.append(Goal(chapter.id, sum(counted[scene.id] for scene in chapter.scenes), aim))
    return out + [Goal(scene.id, counted[scene.id], scene.goal) for scene in manuscript.scenes if scene.goal]


def readings(scenes: Sequence[Scene], reader: Reader = read) -> list[Reading]:
    out = []
    for scene in scenes:
        one = reader(scene.text)
        found = one.sentences
        mean = round(sum(found) / len(found), 2) if found else 0.0
        out.append(Reading(scene.id, sum(found), len(found), mean, max(found, default=0), round(one.dialogue, 4)))
    return out


def overused(
    scenes: Sequence[Scene], usual: Callable[[str], float] | None = None, most: int = 40, reader: Reader = read
) -> list[Overused]:
    """Words that come far more often than they usually do, the most striking first."""
    usual = usual or usual_share
    reads = [reader(scene.text) for scene in scenes]
    counted, capitals = Counter[str](), Counter[str]()
    for one in reads:
        counted.update(one.found)
        capitals.update(one.capitals)
    total = counted.total()
    found = []
    for word, count in counted.items():
        if count < 4 or not word.isalpha() or capitals[word] > 0.8 * count:
            continue
        expected = max(usual(word), UNKNOWN) * total
        surprise = 2 * (count * math.log(count / expected) - (count - expected))
        if count >= TIMES * expected and surprise >= SURE:
            found.append((surprise, word, count, round(count / expected, 1)))
    found = sorted(found, key=lambda row: (-row[0], row[1]))[:most]
    places: dict[str, list[Place]] = {word: [] for _, word, _, _ in found}
    for scene, one in zip(scenes, reads, strict=True):
        for token, start, end in zip(one.tokens, one.starts, one.ends, strict=True):
            where = places.get(token.removesuffix("'s"))
            if where is not None and len(where) < PLACES:
                where.append(Place(scene.id, start, end))
    return [Overused(word, count, times, tuple(places[word])) for _, word, count, times in found]


@lru_cache(maxsize=1)
def _usual() -> Mapping[str, float]:
    from studio.writing.likeness.meaning import Meaning

    known = Meaning.open()
    return {word: RARE * (1 - float(w)) / float(w) for word, w in zip(known.words, known.weights, strict=True)}


def usual_share(word: str) -> float:
    """What part of all words of older fiction this one is."""
    return _usual().get(word, UNKNOWN)
