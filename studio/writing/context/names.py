"""Finding the names of the bible in a text: as whole words, whatever their capitals, with plural and possessive endings.

A name that is an ordinary word too ("Will") counts only with its capital. Names in scripts without spaces are found anywhere.
Other languages' endings are not known: an alias helps there.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from studio.writing.common import COMMON

# Everything but blanks and marks: letters keep the signs that belong to them in every script.
_WORD = re.compile(
    r"[^\s\x00-/:-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf×÷ʼ\u0589\u05be\u060c\u061b\u061f\u0964\u0965\u2000-\u206f\u2190-\u2bff"
    r"\u2e00-\u2e7f\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
# Scripts that put no blanks between words: Thai to Khmer, Japanese, Chinese; and Korean, which adds endings to a name.
_BARE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
TITLES = frozenset({
    "aunt", "baron", "baroness", "brother", "captain", "colonel", "count", "countess", "detective", "doctor", "dr",
    "duchess", "duke", "father", "general", "inspector", "king", "lady", "lieutenant", "lord", "madam", "madame", "major",
    "master", "miss", "mister", "monsieur", "mother", "mr", "mrs", "ms", "professor", "prince", "princess", "queen",
    "reverend", "saint", "sergeant", "sir", "sister", "st", "uncle",
})  # fmt: skip


class _Name(NamedTuple):
    words: tuple[str, ...]
    endings: frozenset[str]  # the last word in its forms
    capital: bool
    id: str


class Finder:
    """Whose names stand in a text. Made once for a bible at a point of the story."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._at: dict[str, list[_Name]] = {}  # by the first word, as it may stand in the text
        self._bare: list[tuple[str, str]] = []
        exact = {words[0] for group in names.values() for name in group if len(words := _plain(name)) == 1}
        for id_, group in names.items():
            for name in dict.fromkeys(group):
                self._add(id_, name, exact)

    def _add(self, id_: str, name: str, exact: set[str]) -> None:
        words = _plain(name)
        if _BARE.search(name):
            self._bare.append((_folded(name).strip(), id_))
        elif words:
            capital = name[:1].isupper() and len(words) == 1 and words[0] in COMMON
            # "Wolves" are more than one Wolf, unless somebody is called so.
            endings = frozenset({words[-1], *(form for form in _plurals(words[-1]) if len(words) > 1 or form not in exact)})
            for first in endings if len(words) == 1 else (words[0],):
                self._at.setdefault(first, []).append(_Name(words, endings, capital, id_))

    def found(self, text: str) -> set[str]:
        words = list(_words(text))
        folded = [word.casefold() for word in words]
        out: set[str] = set()
        for i, word in enumerate(folded):
            for name in self._at.get(word, ()):
                size = len(name.words)
                if name.id in out or (name.capital and not words[i][:1].isupper()):
                    continue
                *begun, end = folded[i : i + size]
                if len(begun) == size - 1 and end in name.endings and tuple(begun) == name.words[:-1]:
                    out.add(name.id)
        if self._bare:
            whole = _folded(text)
            out.update(id_ for name, id_ in self._bare if name in whole)
        return out


def parts_of_names(full: Mapping[str, str]) -> dict[str, list[str]]:
    """The single words by which people with longer names are called, when only one of them can be meant."""
    shared = Counter(word for name in full.values() for word in set(_plain(name)))
    return {
        id_: [
            word
            for word in _words(name)
            if len(word) > 2 and word[0].isupper() and shared[word.casefold()] == 1 and word.casefold() not in TITLES | COMMON
        ]
        for id_, name in full.items()
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(text: str) -> Iterator[str]:
    return (found.group() for found in _WORD.finditer(unicodedata.normalize("NFKC", text)))


def _plain(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _words(name))


def _plurals(word: str) -> Sequence[str]:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word + "es",)
    if word.endswith("y"):
        return (word + "s", word[:-1] + "ies")
    if word.endswith("fe"):
        return (word + "s", word[:-2] + "ves")
    if word.endswith(("f", "o")):
        return (word + "s", word[:-1] + "ves" if word[-1] == "f" else word + "es")
    return (word + "s",)
