"""How far apart texts are: in their words and in what they are about. For offers beside each other, and for choosing among many.

A distance is between 0 (the same words) and 1. Three tenths of it are words (content words and pairs of words that both have),
seven tenths are meaning (`meaning.py`), since the same scene in other words is what looks different and is not. The limits of
the plain words were set on pairs of which one knows what they are: a sentence slightly changed is nearly the same, a sentence
said in other words is mostly alike, as is one in five passages of sixty words that follow each other on a page (half are
different); two passages of two books are far apart four times in five. It is crude below ten words.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from studio.writing.common import COMMON
from studio.writing.likeness.meaning import vector
from studio.writing.likeness.runs import words_of

WORDS_SHARE = 0.3
SAME, ALIKE, DIFFERENT = 0.35, 0.66, 0.88  # below which the plain word holds; above: far apart
ENDINGS = ("ing", "ed", "es", "s", "ly")


class Spread(NamedTuple):
    """Distances of some texts, each to each; `nearest` are the numbers of the two most alike, counted from 0."""

    matrix: tuple[tuple[float, ...], ...]
    mean: float
    nearest: tuple[int, int] | None
    sentence: str


class _Text:
    def __init__(self, text: str) -> None:
        self.words = [_stem(word) for word in words_of(text)]
        self.content = {_stem(word) for word in words_of(text) if word not in COMMON}
        self.pairs = set(zip(self.words, self.words[1:], strict=False))
        self.vector = vector(text)


def word(distance: float) -> str:
    """A distance in plain words."""
    limits = ((SAME, "nearly the same"), (ALIKE, "alike"), (DIFFERENT, "different"))
    return next((name for limit, name in limits if distance < limit), "far apart")


def distance(one: str, other: str) -> float:
    return _between(_Text(one), _Text(other))


def distances(texts: Sequence[str], others: Sequence[str]) -> list[list[float]]:
    """Each of the texts to each of the others; every text is read once."""
    beside = [_Text(other) for other in others]
    return [[_between(one, other) for other in beside] for one in map(_Text, texts)]


def spread(texts: Sequence[str]) -> Spread:
    """How far apart they all are, and which two are most alike."""
    matrix = _matrix(texts)
    pairs = [(matrix[i][j], i, j) for i in range(len(texts)) for j in range(i + 1, len(texts))]
    if not pairs:
        return Spread(_frozen(matrix), 0.0, None, "There is nothing to compare with yet.")
    mean = sum(value for value, _, _ in pairs) / len(pairs)
    value, i, j = min(pairs)
    sentence = f"{i + 1} and {j + 1} are {word(value)}."
    if len(texts) > 2:
        nearest = f"; most alike are {i + 1} and {j + 1}: {word(value)}" if word(value) != word(mean) else ""
        sentence = f"On the whole they are {word(mean)}{nearest}."
    return Spread(_frozen(matrix), round(mean, 4), (i, j), sentence)


def drop_doubles(texts: Sequence[str], limit: float = SAME) -> list[int]:
    """The numbers of those that stay, in order: each one nearer than the limit to an earlier one goes."""
    made = [_Text(text) for text in texts]
    kept: list[int] = []
    for i, one in enumerate(made):
        if all(_between(one, made[j]) >= limit for j in kept):
            kept.append(i)
    return kept


def most_distant(texts: Sequence[str], k: int) -> list[int]:
    """The numbers of `k` texts far from each other: the two farthest first, then always the one farthest from all chosen."""
    if k >= len(texts):
        return list(range(len(texts)))
    if k < 2:
        return list(range(max(k, 0)))  # the first is as good as any other
    matrix = _matrix(texts)
    size = range(len(texts))
    _, i, j = max((matrix[i][j], -i, -j) for i in size for j in size if i < j)
    chosen = [-i, -j]
    while len(chosen) < k:
        rest = [i for i in size if i not in chosen]
        chosen.append(max(rest, key=lambda i: (min(matrix[i][j] for j in chosen), -i)))
    return chosen


def _matrix(texts: Iterable[str]) -> list[list[float]]:
    made = [_Text(text) for text in texts]
    matrix = [[0.0] * len(made) for _ in made]
    for i, one in enumerate(made):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = _between(one, made[j])
    return matrix


def _between(one: _Text, other: _Text) -> float:
    if one.words == other.words:
        return 0.0
    content = _shared(one.content, other.content, min(len(one.content), len(other.content)))
    pairs = _shared(one.pairs, other.pairs, (len(one.pairs) + len(other.pairs)) / 2)
    meaning = min(1.0, max(0.0, float(one.vector @ other.vector)))
    return WORDS_SHARE * (1 - (content + pairs) / 2) + (1 - WORDS_SHARE) * (1 - meaning)


def _shared(one: set[Any], other: set[Any], size: float) -> float:
    return len(one & other) / size if size else 0.0


def _frozen(matrix: list[list[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(value, 4) for value in row) for row in matrix)


def _stem(word: str) -> str:
    """Much too crude for a dictionary, enough to see that `walked` is `walk` again."""
    word = word.removesuffix("'s")
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word
