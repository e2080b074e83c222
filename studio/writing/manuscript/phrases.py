"""Phrases that a text says again, each as long as it is. Pure; 120,000 words take a fifth of a second.

All words stand in one row of numbers, with a border after each scene that no phrase crosses. Runs of three words that come
again are found first, then those of them that still come again with one more word, and so on.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from studio.writing.common import COMMON
from studio.writing.manuscript.manuscript import Scene
from studio.writing.manuscript.reading import Read, Reader, read

PLACES = 200  # of one phrase
LEAST, MOST = 3, 12  # words
LONG = 5  # words; such a phrase need come only twice


class Place(NamedTuple):
    scene: str
    start: int
    end: int


class Repeated(NamedTuple):
    phrase: str
    found: int
    places: tuple[Place, ...]


class _Row:
    def __init__(self, reads: Sequence[Read]) -> None:
        import numpy as np

        numbers: dict[str, int] = {}
        row: list[int] = []
        self.begins = []
        for number, one in enumerate(reads):
            self.begins.append(len(row))
            row += [numbers.setdefault(word, len(numbers)) for word in one.tokens]
            row.append(-number - 1)
        self.ids = np.array(row, dtype=np.int64)
        rare = np.array([word not in COMMON for word in numbers] or [False])
        self.rare = np.concatenate([[0], np.cumsum(rare[np.maximum(self.ids, 0)] & (self.ids >= 0))])

    def phrases(self) -> Iterator[tuple[int, list[int]]]:
        """(words, places that do not lie in one another) of all that come again and tell something, short ones first."""
        import numpy as np

        alive = np.flatnonzero(self.ids >= 0)
        keys = self.ids[alive]
        wide = int(self.ids.max(initial=0)) + 1
        for size in range(2, MOST + 1):
            inside = alive + size - 1 < len(self.ids)
            alive, keys = alive[inside], keys[inside]
            more = self.ids[alive + size - 1]
            alive, keys = alive[more >= 0], keys[more >= 0] * wide + more[more >= 0]
            _, keys, counts = np.unique(keys, return_inverse=True, return_counts=True)
            first = np.full(len(counts), len(self.ids))
            last = np.zeros(len(counts), dtype=np.int64)
            np.minimum.at(first, keys, alive)
            np.maximum.at(last, keys, alive)
            again = (last - first >= size)[keys] if size >= LEAST else (counts > 1)[keys]
            alive, keys = alive[again], keys[again]
            if size >= LEAST:
                yield from self._telling(alive, keys, size)

    def _telling(self, alive: Any, keys: Any, size: int) -> Iterator[tuple[int, list[int]]]:
        """Has it a word that is not in everybody's mouth, and does it come often enough for its length?"""
        import numpy as np

        telling = self.rare[alive + size] > self.rare[alive]
        alive, keys = alive[telling], keys[telling]
        order = np.argsort(keys, kind="stable")
        alive, keys = alive[order], keys[order]
        fresh = np.diff(keys) > 0
        close = set(keys[1:][~fresh & (np.diff(alive) < size)].tolist())  # phrases with places that lie in one another
        least = 2 if size >= LONG else 3
        cuts = [0, *(np.flatnonzero(fresh) + 1).tolist(), len(keys)]
        places, first = alive.tolist(), keys.tolist()
        groups = [places[a:b] for a, b in pairwise(cuts) if b - a >= least and first[a] not in close]
        groups += [_apart(places[a:b], size) for a, b in pairwise(cuts) if b - a >= least and first[a] in close]
        yield from ((size, where) for where in sorted(groups) if len(where) >= least)


def repeated(scenes: Sequence[Scene], most: int = 40, reader: Reader = read) -> list[Repeated]:
    """Phrases of three to twelve words that come again: long ones twice, short ones three times."""
    reads = [reader(scene.text) for scene in scenes]
    row = _Row(reads)
    chosen = sorted(_longest(list(row.phrases())), key=lambda one: -one[0] * len(one[1]))
    made = [(size * len(where), _told(size, where, row, scenes, reads)) for size, where in _reaching(chosen, most)]
    return [one for _, one in sorted(made, key=lambda pair: (-pair[0], pair[1].phrase))][:most]


def _reaching(chosen: list[tuple[int, list[int]]], most: int) -> list[tuple[int, list[int]]]:
    """The first so many, and all that weigh as much as the last of them: the alphabet decides among those."""
    if len(chosen) <= most:
        return chosen
    least = chosen[most - 1][0] * len(chosen[most - 1][1])
    return [one for one in chosen if one[0] * len(one[1]) >= least]


def _apart(where: Sequence[int], size: int) -> list[int]:
    """Places that do not lie in one another, as those of "on and on and on" do."""
    out: list[int] = []
    for at in where:
        if not out or at >= out[-1] + size:
            out.append(at)
    return out


def _longest(found: Sequence[tuple[int, list[int]]]) -> list[tuple[int, list[int]]]:
    """Without phrases that stand only inside longer ones."""
    taken = bytearray(max((where[-1] for _, where in found), default=0) + MOST)
    out = []
    for size, where in sorted(found, key=lambda one: -one[0]):
        free = (at for at in where if taken.find(0, at, at + size) >= 0)
        if next(free, None) is None or next(free, None) is None:
            continue
        for at in where:
            taken[at : at + size] = b"\1" * size
        out.append((size, where))
    return out


def _told(size: int, where: Sequence[int], row: _Row, scenes: Sequence[Scene], reads: Sequence[Read]) -> Repeated:
    places = []
    for at in where[:PLACES]:
        number = next(i for i in range(len(row.begins) - 1, -1, -1) if row.begins[i] <= at)
        k = at - row.begins[number]
        places.append(Place(scenes[number].id, reads[number].starts[k], reads[number].ends[k + size - 1]))
    text = next(scene.text for scene in scenes if scene.id == places[0].scene)
    return Repeated(" ".join(text[places[0].start : places[0].end].split()), len(where), tuple(places))
