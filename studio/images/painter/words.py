"""The words the painter knows: a closed list, each with a row of its table. What it does not know, it says.

Whole words, plain plurals folded onto their singular, a few synonyms; small words that paint nothing are passed over.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 24  # words a picture is painted from; the rest is passed over, and told
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
SILENT = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "with", "and", "is", "are", "to", "by", "for", "from", "its", "his", "her",
     "their", "some", "this", "that", "it", "as", "or", "be", "very", "there", "picture", "image"}
)  # fmt: skip
SAME = {
    "gray": "grey", "colored": "coloured", "color": "colour", "colors": "colour", "violet": "purple", "turquoise": "teal",
    "watercolor": "watercolour", "vivid": "bright", "automobile": "car", "kitten": "cat", "puppy": "dog", "woods": "forest",
    "wood": "forest", "ocean": "sea", "sundown": "sunset", "dawn": "sunrise", "photo": "photograph", "bunny": "rabbit",
    "ship": "boat", "crimson": "red", "scarlet": "red", "golden": "gold", "navy": "blue", "azure": "blue", "beige": "cream",
    "woodcut": "woodblock", "cosy": "warm",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What of a text the painter took: rows of its table, the words as written, and what it does not know."""

    ids: tuple[int, ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    left_out: tuple[str, ...] = ()  # known, but beyond the number it can take


def stem(word: str) -> str:
    """The form under which a word is listed."""
    word = SAME.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return SAME.get(word, word)


def split(text: str) -> list[str]:
    """The words of a text that could paint something, as written."""
    return [word for word in _WORD.findall(text.lower()) if word not in SILENT]


class Vocabulary:
    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._rows = {word: row for row, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def read(self, text: str) -> Read:
        known, unknown = [], []
        for word in split(text):
            row = self._rows.get(stem(word))
            if row is None:
                unknown.append(word)
            else:
                known.append((row, word))
        kept, rest = known[:MOST], known[MOST:]
        return Read(
            tuple(r for r, _ in kept), tuple(w for _, w in kept), tuple(dict.fromkeys(unknown)), tuple(w for _, w in rest)
        )


def learned(texts: Iterable[str], least: int = 3, before: Iterable[str] = ()) -> Vocabulary:
    """The words that stand in at least so many texts; those of `before` keep their rows."""
    count: dict[str, int] = {}
    for text in texts:
        for word in {stem(word) for word in split(text)}:
            count[word] = count.get(word, 0) + 1
    old = tuple(before)
    new = sorted((word for word, times in count.items() if times >= least and word not in set(old)), key=lambda w: (-count[w], w))
    return Vocabulary((*old, *new))
