"""Hashed runs of eight words: which of them are kept, and how they are looked up in a few megabytes.

Of every thirteen runs in a row the one with the smallest hash is kept (winnowing), so any twenty words copied exactly,
apart from capitals and punctuation, hit at least once. Besides, every run whose hash falls under a fixed share is kept:
over those the share of runs that a text has in common with the books can be counted without bias. Needs only numpy.

A hash of 38 bits is stored as a bucket (the upper bits, as counts) and a remainder of 16 bits; beside it stands the number of
the book, or SEVERAL for a run that more than two books have: that is a turn of phrase, not a copy. One look-up in a hundred
thousand finds what is not there.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

RUN = 8
WINDOW = 13
BITS, LOW = 38, 16
UNDER = 1 << 60  # a sixteenth of all hashes
STORED = (1 << BITS) - 1
SEVERAL = 255
NOWHERE = -1
BLOCK = 32  # bytes of counts between two sums
# Inside a word: marks above letters, and what is not seen at all (soft hyphens, joiners, spaces of no width).
_UNSEEN = "\u00ad\u034f\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff"
_PART = rf"[^\W_](?:[^\W_]|[\u0300-\u036f{_UNSEEN}])*"
WORD = re.compile(rf"{_PART}(?:['’‘ʼ＇]{_PART})*")
_DROPPED = re.compile(f"[{_UNSEEN}]")
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")
_WIDE = re.compile("[\ufb00-\ufb06\uff01-\uff5e]")  # ligatures and wide letters
_BROKEN = re.compile(r"[-\u2010\u2011]\s*\n\s*")  # a word cut at the end of a line


class Token(NamedTuple):
    word: str
    start: int  # characters in the text
    end: int


def plain(word: str) -> str:
    """A word without capitals and without what only printing put into it."""
    if word.isascii():
        return word.lower()
    word = _DROPPED.sub("", word)
    return unicodedata.normalize("NFKC" if _WIDE.search(word) else "NFC", word).translate(_APOSTROPHES).lower()


def tokens_of(text: str) -> list[Token]:
    return [Token(plain(found.group()), found.start(), found.end()) for found in WORD.finditer(text)]


def words_of(text: str) -> list[str]:
    return [plain(word) for word in WORD.findall(text)]


def readings(text: str) -> list[list[Token]]:
    """The words of a text; once more with those put together that a line's end cuts at a hyphen, if there are any."""
    tokens = tokens_of(text)
    if not _BROKEN.search(text):
        return [tokens]
    whole: list[Token] = []
    for token in tokens:
        if whole and _BROKEN.fullmatch(text, whole[-1].end, token.start):
            whole[-1] = Token(whole[-1].word + token.word, whole[-1].start, token.end)
        else:
            whole.append(token)
    return [tokens, whole]


@lru_cache(maxsize=1 << 16)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def hashes_of(words: list[str]) -> Any:
    """One hash of 64 bits for each run of eight words: all of it says which are kept, its lower 38 bits are what is stored."""
    import numpy as np

    if len(words) < RUN:
        return np.empty(0, dtype=np.uint64)
    each = np.array([_word_hash(word) for word in words], dtype=np.uint64)
    out = np.zeros(len(words) - RUN + 1, dtype=np.uint64)
    for i in range(RUN):
        out = out * np.uint64(0x9E3779B97F4A7C15) + each[i : len(each) - RUN + 1 + i]
    out ^= out >> np.uint64(31)
    out *= np.uint64(0xBF58476D1CE4E5B9)
    return out ^ (out >> np.uint64(29))


def least_of_windows(hashes: Any) -> Any:
    """For each window of thirteen runs (one window for fewer) the place of the run that is kept of it."""
    import numpy as np

    if len(hashes) <= WINDOW:
        return np.array([hashes.argmin()]) if len(hashes) else np.empty(0, dtype=np.int64)
    rows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
    return rows.argmin(axis=1) + np.arange(len(rows))


def winnowed(hashes: Any) -> Any:
    """The places that are kept: the smallest of each window, and all under the share."""
    import numpy as np

    return np.union1d(least_of_windows(hashes), (hashes < np.uint64(UNDER)).nonzero()[0])


@dataclass(frozen=True)
class Hit:
    place: int  # of the first of the eight words
    book: int | None  # None: in several books


class Index:
    """Looks runs up; a bucket's remainders lie in a row, in order."""

    def __init__(self, counts: Any, low: Any, books: Any, titles: list[dict[str, str]]) -> None:
        import numpy as np

        self.counts, self.low, self.books, self.titles = counts.reshape(-1, BLOCK), low, books, titles
        sums = ((self.counts & 15) + (self.counts >> 4)).sum(axis=1, dtype=np.int64)
        self.starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sums)])

    @staticmethod
    def open(folder: Path) -> "Index":
        from safetensors.numpy import load_file

        kept = load_file(folder / "runs.safetensors")
        return Index(kept["counts"], kept["low"], kept["books"], json.loads((folder / "titles.json").read_text("utf-8")))

    @staticmethod
    def pack(hashes: Any, books: Any) -> dict[str, Any]:
        """From sorted hashes of 38 bits, each once, and their books, to what is stored: two counts of buckets in a byte."""
        import numpy as np

        counts = np.bincount((hashes >> np.uint64(LOW)).astype(np.int64), minlength=1 << (BITS - LOW))
        if counts.max() > 15:
            raise ValueError("a bucket holds more than fifteen runs")
        pairs = counts.astype(np.uint8).reshape(-1, 2)
        return {
            "counts": pairs[:, 0] | (pairs[:, 1] << 4), "low": (hashes & np.uint64((1 << LOW) - 1)).astype(np.uint16),
            "books": books.astype(np.uint8),
        }  # fmt: skip

    def books_of(self, hashes: Any) -> Any:
        """For each hash the number of the book that holds it, SEVERAL, or NOWHERE."""
        import numpy as np

        out = np.full(len(hashes), NOWHERE, dtype=np.int64)
        if not len(hashes):
            return out
        values = (hashes & np.uint64(STORED)).astype(np.int64)
        bucket, low = values >> LOW, values & ((1 << LOW) - 1)
        row = self.counts[bucket // (2 * BLOCK)]
        counts = np.stack([row & 15, row >> 4], axis=2).reshape(len(row), -1)
        inside = (bucket % (2 * BLOCK))[:, None]
        start = self.starts[bucket // (2 * BLOCK)] + (counts * (np.arange(2 * BLOCK) < inside)).sum(axis=1, dtype=np.int64)
        size = np.take_along_axis(counts, inside, axis=1)[:, 0]
        for i in range(int(size.max())):
            at = np.minimum(start + i, len(self.low) - 1)
            same = (i < size) & (self.low[at] == low)
            out[same] = self.books[at[same]]
        return out

    def hits(self, text: str) -> list[Hit]:
        """Runs of a text that the books have, among those that would have been kept of it."""
        hashes = hashes_of(words_of(text))
        places = winnowed(hashes)
        found = zip(places.tolist(), self.books_of(hashes[places]).tolist(), strict=True)
        return [Hit(place, None if book == SEVERAL else book) for place, book in found if book != NOWHERE]

    def share(self, text: str) -> tuple[int, int]:
        """How many of the runs under the share the books have, and of how many."""
        import numpy as np

        hashes = hashes_of(words_of(text))
        books = self.books_of(hashes[hashes < np.uint64(UNDER)])
        return int((books != NOWHERE).sum()), len(books)
