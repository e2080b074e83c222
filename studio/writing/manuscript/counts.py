"""Counts of a text: words, minutes of reading, goals, words used too often, phrases said twice, dialogue, sentences. Pure.

What is usual is told by fiction of before about 1930 (`meaning.py`): a word that was rare then, such as "phone", is held to be
rare. Names are left out where they are always written with a capital. Letters of Chinese and Japanese count as words.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from studio.writing.common import COMMON
from studio.writing.context.borders import sentence_ends
from studio.writing.manner import said_share
from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.runs import Token, tokens_of

CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:['’-][^\W{CJK}]+)*")
A_MINUTE = 238  # words that an adult reads in silence (Brysbaert 2019, mean over 190 studies)
RARE = 1e-3  # weight of a word in `meaning.py`: RARE / (RARE + its share)
UNKNOWN = 5e-7  # share of a word nobody knows
TIMES, SURE = 3.0, 15.0  # so many times as often as usual; log-likelihood ratio, far beyond chance
PLACES = 200  # of one word or phrase


class Counts(NamedTuple):
    words: int
    letters: int
    without_spaces: int
    sentences: int
    paragraphs: int
    minutes: float


class Place(NamedTuple):
    scene: str
    start: int
    end: int


class Overused(NamedTuple):
    word: str
    found: int
    times: float  # as often as usual
    places: tuple[Place, ...]


class Repeated(NamedTuple):
    phrase: str
    found: int
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


def word_count(text: str) -> int:
    return sum(1 for _ in WORD.finditer(text))


def counts(text: str) -> Counts:
    words = word_count(text)
    spaces = sum(map(len, re.findall(r"\s+", text)))
    paragraphs = sum(1 for line in text.split("\n") if line.strip())
    return Counts(words, len(text), len(text) - spaces, len(sentences(text)), paragraphs, round(words / A_MINUTE, 2))


def sentences(text: str) -> list[int]:
    """How many words each has."""
    ends = [0, *sentence_ends(text)] if text else [0]
    return [found for a, b in zip(ends, ends[1:], strict=False) if (found := word_count(text[a:b]))]


def goals(manuscript: Manuscript) -> list[Goal]:
    """Of the whole, then of each chapter that has scenes with a goal, then of each such scene."""
    counted = {scene.id: word_count(scene.text) for scene in manuscript.scenes}
    out = [Goal("", sum(counted.values()), manuscript.goal)]
    for chapter in manuscript.chapters:
        if aim := sum(scene.goal for scene in chapter.scenes):
            out.append(Goal(chapter.id, sum(counted[scene.id] for scene in chapter.scenes), aim))
    return out + [Goal(scene.id, counted[scene.id], scene.goal) for scene in manuscript.scenes if scene.goal]


def readings(scenes: Sequence[Scene]) -> list[Reading]:
    out = []
    for scene in scenes:
        found = sentences(scene.text)
        mean = round(sum(found) / len(found), 2) if found else 0.0
        out.append(Reading(scene.id, sum(found), len(found), mean, max(found, default=0), round(said_share(scene.text), 4)))
    return out


def overused(scenes: Sequence[Scene], usual: Callable[[str], float] | None = None, most: int = 40) -> list[Overused]:
    """Words that come far more often than they usually do, the most striking first."""
    usual = usual or usual_share
    places, capitals = defaultdict(list), Counter[str]()
    for scene in scenes:
        for token in tokens_of(scene.text):
            word = token.word.removesuffix("'s")
            places[word].append(Place(scene.id, token.start, token.end))
            capitals[word] += scene.text[token.start].isupper()
    total = sum(map(len, places.values()))
    found = []
    for word, where in places.items():
        count = len(where)
        if count < 4 or not word.isalpha() or capitals[word] > 0.8 * count:
            continue
        expected = max(usual(word), UNKNOWN) * total
        surprise = 2 * (count * math.log(count / expected) - (count - expected))
        if count >= TIMES * expected and surprise >= SURE:
            found.append((surprise, Overused(word, count, round(count / expected, 1), tuple(where[:PLACES]))))
    return [one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].word))[:most]]


def repeated(scenes: Sequence[Scene], most: int = 40) -> list[Repeated]:
    """Phrases of three to twelve words that come again: long ones twice, short ones three times; each as long as it is."""
    rows = [(scene, tokens_of(scene.text)) for scene in scenes]
    alive = [(i, at) for i, (_, tokens) in enumerate(rows) for at in range(len(tokens) - 2)]
    found: list[tuple[int, list[tuple[int, int]]]] = []
    for size in range(3, 13):
        seen: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        for i, at in alive:
            if at + size <= len(rows[i][1]):
                seen[tuple(token.word for token in rows[i][1][at : at + size])].append((i, at))
        kept = {phrase: apart for phrase, where in seen.items() if len(apart := _apart(where, size)) > 1}
        found += [(size, where) for phrase, where in kept.items() if _telling(phrase, len(where))]
        alive = [one for phrase in kept for one in seen[phrase]]
    return _longest(rows, found)[:most]


@lru_cache(maxsize=1)
def _usual() -> Mapping[str, float]:
    from studio.writing.meaning import Meaning

    known = Meaning.open()
    return {word: RARE * (1 - float(w)) / float(w) for word, w in zip(known.words, known.weights, strict=True)}


def usual_share(word: str) -> float:
    """What part of all words of older fiction this one is."""
    return _usual().get(word, UNKNOWN)


def _telling(phrase: Sequence[str], count: int) -> bool:
    rare = sum(word not in COMMON for word in phrase)
    return rare > 0 and (count >= 3 or len(phrase) >= 5)


def _apart(where: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Places that do not lie in one another, as those of "on and on and on" do."""
    out: list[tuple[int, int]] = []
    for i, at in where:
        if not out or out[-1][0] != i or at >= out[-1][1] + size:
            out.append((i, at))
    return out


def _longest(rows: Sequence[tuple[Scene, list[Token]]], found: Sequence[tuple[int, list[tuple[int, int]]]]) -> list[Repeated]:
    """Without phrases that stand only inside longer ones."""
    taken: set[tuple[int, int]] = set()
    out = []
    for size, where in sorted(found, key=lambda one: -one[0]):
        free = [(i, at) for i, at in where if any((i, k) not in taken for k in range(at, at + size))]
        if len(free) < 2:
            continue
        taken.update((i, k) for i, at in where for k in range(at, at + size))
        places = tuple(Place(rows[i][0].id, rows[i][1][at].start, rows[i][1][at + size - 1].end) for i, at in where)
        i, at = where[0]
        first = rows[i][0].text[places[0].start : places[0].end]
        out.append((size * len(where), Repeated(" ".join(first.split()), len(where), places[:PLACES])))
    return [one for _, one in sorted(out, key=lambda pair: (-pair[0], pair[1].phrase))]
