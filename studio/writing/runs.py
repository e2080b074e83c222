"""Hashed runs of eight words: which of them are kept, and how they are looked up in a few megabytes.

Of every thirteen runs in a row the one with the smallest hash is kept (winnowing), so any twenty words copied exactly,
apart from capitals and punctuation, hit at least once. Besides, every run whose hash falls under a fixed share is kept:
over those the share of runs that a text has in common with the books can be counted without bias. Needs only numpy.

A hash of 38 bits is stored as a bucket (the upper bits, as counts) and a remainder of 16 bits; beside it stands the number of
the book, or SEVERAL for a run that more than two books have: that is a turn of phrase, not a copy.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

RUN = 8
WINDOW = 13
BITS, LOW = 38, 16
UNDER = 1 << 60  # a sixteenth of all hashes
STORED = (1 << BITS) - 1
SEVERAL = 255
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@lru_cache(maxsize=1 << 18)
def _word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def words_of(text: str) -> list[str]:
    return [word.replace("’", "'") for word in WORD.findall(text.lower())]


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


def winnowed(hashes: Any) -> Any:
    """The places that are kept: the smallest of each window, and all under the share."""
    import numpy as np

    if len(hashes) <= WINDOW:
        places = np.array([hashes.argmin()]) if len(hashes) else np.empty(0, dtype=np.int64)
    else:
        rows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
        places = np.unique(rows.argmin(axis=1) + np.arange(len(rows)))
    return np.union1d(places, (hashes < np.uint64(UNDER)).nonzero()[0])


@dataclass(frozen=True)
class Hit:
    place: int  # of the first of the eight words
    book: int | None  # None: in several books


class Index:
    """Looks runs up; a bucket's remainders lie in a row, in order."""

    def __init__(self, counts: Any, low: Any, books: Any, titles: list[dict[str, str]]) -> None:
        import numpy as np

        self.low, self.books, self.titles = low, books, titles
        self.starts = np.concatenate([[0], np.cumsum(self._unpack(counts), dtype=np.int64)])

    @staticmethod
    def _unpack(counts: Any) -> Any:
        import numpy as np

        return np.stack([counts & 15, counts >> 4], 1).ravel()

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

    def book_of(self, value: int) -> int | None:
        """The number of the book that holds this hash, SEVERAL, or None."""
        value &= STORED
        bucket, low = value >> LOW, value & ((1 << LOW) - 1)
        for i in range(int(self.starts[bucket]), int(self.starts[bucket + 1])):
            if int(self.low[i]) == low:
                return int(self.books[i])
        return None

    def hits(self, text: str) -> list[Hit]:
        """Runs of a text that the books have, among those that would have been kept."""
        hashes = hashes_of(words_of(text))
        out = []
        for place in winnowed(hashes).tolist():
            book = self.book_of(int(hashes[place]))
            if book is not None:
                out.append(Hit(place, None if book == SEVERAL else book))
        return out

    def share(self, text: str) -> tuple[int, int]:
        """How many of the runs under the share the books have, and of how many."""
        under = [h for h in hashes_of(words_of(text)).tolist() if h < UNDER]
        return sum(self.book_of(h) is not None for h in under), len(under)
