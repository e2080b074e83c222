"""What is counted of one text, worked out in one go and kept for as long as somebody holds on to it. Pure.

Letters of Chinese and Japanese count as words. `tokens` are the words as `runs.py` has them, without capitals.
"""

import re
from array import array
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from studio.writing.context.borders import sentence_ends
from studio.writing.likeness.runs import WORD as RUN_WORD
from studio.writing.likeness.runs import plain
from studio.writing.manner import said_share

CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:['’-][^\W{CJK}]+)*")
KEPT = 6_000_000  # letters of texts that are remembered


class Read(NamedTuple):
    words: int
    sentences: tuple[int, ...]  # how many words each has
    spaces: int
    paragraphs: int
    dialogue: float  # part of the letters between quotation marks
    tokens: tuple[str, ...]
    starts: "array[int]"
    ends: "array[int]"
    found: Counter[str]  # tokens without "'s"
    capitals: Counter[str]  # ... of which began with a capital


Reader = Callable[[str], Read]


def word_count(text: str) -> int:
    return sum(1 for _ in WORD.finditer(text))


def sentences(text: str) -> list[int]:
    """How many words each has."""
    ends = [0, *sentence_ends(text)] if text else [0]
    return [found for a, b in zip(ends, ends[1:], strict=False) if (found := word_count(text[a:b]))]


def read(text: str) -> Read:
    same: dict[str, str] = {}  # one string for all places of a word
    tokens, starts, ends = [], array("q"), array("q")
    capitals: list[str] = []
    for found in RUN_WORD.finditer(text):
        said = found.group()
        word = plain(said)
        word = same.setdefault(word, word)
        tokens.append(word)
        starts.append(found.start())
        ends.append(found.end())
        if said[0].isupper():
            capitals.append(word)
    counted = tuple(sentences(text))
    return Read(
        words=sum(counted),  # no sentence ends inside a word
        sentences=counted,
        spaces=sum(map(len, re.findall(r"\s+", text))),
        paragraphs=sum(1 for line in text.split("\n") if line.strip()),
        dialogue=said_share(text),
        tokens=tuple(tokens),
        starts=starts,
        ends=ends,
        found=Counter(word.removesuffix("'s") for word in tokens),
        capitals=Counter(word.removesuffix("'s") for word in capitals),
    )


class Reads:
    """Reads each text once: of a book in which a scene changed only that scene."""

    def __init__(self) -> None:
        self._kept: dict[str, Read] = {}
        self._letters = 0

    def __call__(self, text: str) -> Read:
        found = self._kept.get(text)
        if found is None:
            if self._letters > KEPT:
                self._kept, self._letters = {}, 0
            self._kept[text] = found = read(text)
            self._letters += len(text)
        return found
