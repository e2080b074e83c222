"""What the small text model is measured against, in bits per character of the same text.

A word model with five words of context (interpolated modified Kneser-Ney, learned from the same books, unknown words
spelled by a letter model of the same kind), xz, and PPM where the package `pyppmd` is installed. The two packers read
the text cold, and once more after the training text.
"""

import importlib
import lzma
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

WORD = re.compile(r" ?[^\W\d_]+(?:[’'][^\W\d_]+)?|\s+| ?.", re.S)
UNKNOWN, EDGE = 0, 1
ODD = 0x9E3779B97F4A7C15


class KneserNey:
    """Counts of runs of numbers, kept as sorted hashes; only what can be looked up fast is kept."""

    def __init__(self, row: Any, order: int, symbols: int) -> None:
        import numpy as np

        self.order, self.symbols = order, symbols
        padded = np.concatenate([np.full(order - 1, EDGE), row]).astype(np.uint64)
        runs = self._hashes(padded)
        self.levels: list[tuple[Any, Any, Any, Any, Any, tuple[float, float, float]]] = [() for _ in range(order)]  # type: ignore[misc]
        above: Any = None
        for n in range(order, 0, -1):
            if above is None:
                found, places, counts = np.unique(runs[n][order - 1 :], return_index=True, return_counts=True)
                places = places + order - 1
            else:  # below the highest order a run counts by how many different words came before it
                found, where, counts = np.unique(runs[n][above], return_index=True, return_counts=True)
                places = above[where]
            contexts = runs[n - 1][places - 1]
            order_of = np.argsort(contexts, kind="stable")
            names, starts = np.unique(contexts[order_of], return_index=True)
            sorted_counts = counts[order_of]
            totals = np.add.reduceat(sorted_counts, starts)
            kinds = np.stack([np.add.reduceat(test, starts) for test in self._kinds(sorted_counts)], 1)
            self.levels[n - 1] = (found, counts, names, totals, kinds, self._discounts(counts))
            above = places
            runs[n] = None

    def _hashes(self, row: Any) -> list[Any]:
        """For each length n the hash of the n numbers that end at each place."""
        import numpy as np

        out: list[Any] = [np.zeros(len(row), dtype=np.uint64)]
        mixed = (row + np.uint64(1)) * np.uint64(ODD)
        for n in range(1, self.order + 1):
            before = np.concatenate([np.zeros(1, np.uint64), out[-1][:-1]]) if n > 1 else out[0]
            value = before * np.uint64(0xD1342543DE82EF95) + mixed + np.uint64(n)
            value ^= value >> np.uint64(29)
            out.append(value)
        return out

    @staticmethod
    def _kinds(counts: Any) -> list[Any]:
        return [(counts == 1).astype("int64"), (counts == 2).astype("int64"), (counts >= 3).astype("int64")]

    @staticmethod
    def _discounts(counts: Any) -> tuple[float, float, float]:
        n1, n2, n3, n4 = (max(int((counts == k).sum()), 1) for k in (1, 2, 3, 4))
        y = n1 / (n1 + 2 * n2)
        found = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
        return tuple(min(max(d, 0.1), k - 0.05) for d, k in zip(found, (1, 2, 3), strict=True))  # type: ignore[return-value]

    def bits(self, row: Any) -> Any:
        """Bits of each number of a text."""
        import numpy as np

        padded = np.concatenate([np.full(self.order - 1, EDGE), row]).astype(np.uint64)
        runs = self._hashes(padded)
        at = np.arange(self.order - 1, len(padded))
        p = np.full(len(at), 1.0 / self.symbols)
        for n in range(1, self.order + 1):
            found, counts, names, totals, kinds, (d1, d2, d3) = self.levels[n - 1]
            where = np.minimum(np.searchsorted(names, runs[n - 1][at - 1]), len(names) - 1)
            known = names[where] == runs[n - 1][at - 1]
            total = np.where(known, totals[where], 1)
            rest = kinds[where] @ np.array([d1, d2, d3])
            here = np.minimum(np.searchsorted(found, runs[n][at]), len(found) - 1)
            count = np.where(found[here] == runs[n][at], counts[here], 0)
            taken = np.select([count == 0, count == 1, count == 2], [0.0, d1, d2], d3)
            p = np.where(known, (count - taken + rest * p) / total, p)
        return -np.log2(p)


class WordModel:
    """Words with what stands before them; a word seen once or never is spelled letter by letter."""

    def __init__(self, texts: Iterable[str], order: int = 5) -> None:
        import numpy as np

        counts = Counter[str]()
        rows = []
        for text in texts:
            rows.append(WORD.findall(text))
            counts.update(rows[-1])
        self.number = {word: i + 2 for i, word in enumerate(sorted(w for w, n in counts.items() if n > 1))}
        flat = np.concatenate([np.array([*([EDGE] * (order - 1)), *map(self._id, row)], dtype=np.uint32) for row in rows])
        self.words = KneserNey(flat, order, len(self.number) + 2)
        rare = [word for word, n in counts.items() if n == 1]
        self.letter = {c: i + 2 for i, c in enumerate(sorted({c for word in rare for c in word}))}
        self.letters = KneserNey(np.array(self._spelled(rare), dtype=np.uint32), 6, len(self.letter) + 2)

    def _id(self, word: str) -> int:
        return self.number.get(word, UNKNOWN)

    def _spelled(self, words: Iterable[str]) -> list[int]:
        return [i for word in words for i in (*[EDGE] * 1, *(self.letter.get(c, UNKNOWN) for c in word))] + [EDGE]

    def bits(self, texts: Iterable[str]) -> float:
        """Bits of all texts; a letter never seen costs twenty more."""
        import numpy as np

        total = 0.0
        for text in texts:
            row = WORD.findall(text)
            ids = [self._id(word) for word in row]
            total += float(self.words.bits(np.array(ids, dtype=np.uint32)).sum())
            unknown = [word for word, i in zip(row, ids, strict=True) if i == UNKNOWN]
            if unknown:
                spelled = self._spelled(unknown)
                total += float(self.letters.bits(np.array(spelled[1:], dtype=np.uint32)).sum()) + 20.0 * spelled.count(UNKNOWN)
        return total


def xz_bits(text: bytes, before: bytes = b"") -> int:
    """Bits of a text, or what it adds after another one."""
    filters: list[dict[str, Any]] = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 28}]

    def size(data: bytes) -> int:
        return len(lzma.compress(data, lzma.FORMAT_RAW, filters=filters))

    return 8 * (size(before + text) - (size(before) if before else 0))


def ppm_bits(text: bytes, before: bytes = b"", order: int = 6) -> int | None:
    try:
        ppmd = importlib.import_module("pyppmd")
    except ImportError:
        return None

    def size(data: bytes) -> int:
        return len(ppmd.compress(data, max_order=order, mem_size=1 << 30))

    return 8 * (size(before + text) - (size(before) if before else 0))


def all_of(known: Sequence[str], held: Sequence[str]) -> dict[str, float]:
    """Bits per character of every yardstick."""
    characters = sum(map(len, held))
    text, before = "\n\n".join(held).encode(), "\n\n".join(known).encode()
    out: dict[str, float] = {"5-gram Kneser-Ney, words": WordModel(known).bits(held) / characters}
    out["xz"] = xz_bits(text) / characters
    for order in (5, 6, 8):
        cold = ppm_bits(text, order=order)
        if cold is not None:
            out[f"PPM order {order}"] = cold / characters
    out["xz after the training text"] = xz_bits(text, before) / characters
    warm = ppm_bits(text, before, 8)
    if warm is not None:
        out["PPM order 8 after the training text"] = warm / characters
    return {name: round(value, 4) for name, value in out.items() if math.isfinite(value)}
