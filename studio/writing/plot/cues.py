"""Which words of a person's text point to which facts, genre, era, kinds of place, and things. A list, no understanding."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from studio.writing.plot.deck import FOLDER

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Cues(NamedTuple):
    facts: dict[str, tuple[str, ...]]  # word -> facts
    genres: dict[str, tuple[str, ...]]
    eras: dict[str, tuple[str, ...]]
    places: dict[str, str]  # noun -> sort of setting
    signs: dict[str, tuple[str, ...]]  # other word -> sorts of setting it speaks of
    things: frozenset[str]
    verbs: frozenset[str]
    given: dict[str, str]  # well-known given name -> f, m or n


@lru_cache(maxsize=2)
def read_cues(folder: Path = FOLDER) -> Cues:
    raw = json.loads((folder / "cues.json").read_text("utf-8"))
    facts, genres, eras, signs = (_turned(raw[name]) for name in ("facts", "genres", "eras", "signs"))
    given = {name: gender for gender, names in raw["given"].items() for name in names}
    places = {word: sort for sort, words in raw["places"].items() for word in words}
    return Cues(facts, genres, eras, places, signs, frozenset(raw["things"]), frozenset(raw["verbs"]), given)


def _turned(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for name, words in table.items():
        for word in words:
            out[word] = (*out.get(word, ()), name)
    return out


def told(table: dict[str, tuple[str, ...]], text: str) -> list[str]:
    """What a text's words point to, the most often pointed to first."""
    counted: dict[str, int] = {}
    for word in words_of(text):
        for name in table.get(word, ()):
            counted[name] = counted.get(name, 0) + 1
    return sorted(counted, key=lambda name: -counted[name])


def words_of(text: str) -> Iterable[str]:
    return (found.group().lower().replace("’", "'") for found in WORD.finditer(text))
