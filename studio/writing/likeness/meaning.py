"""What a text is about, as one direction among 96: weighted mean of small word vectors, so that two texts can be compared.

The vectors were made by this project from fiction of before about 1930 (`training/word_vectors.py`): they know sails and
governesses, not phones. A word they do not know gets a direction made of its letters, so that two texts with the same new
word or name are alike in it, and nothing else is. It compares what is talked about; who does what to whom, and whether it is
denied, it cannot see. Needs only numpy; opened at first use, kept by whoever opened it.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.writing.likeness.runs import words_of

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "knowledge" / "words"
LETTERS = (3, 4)  # lengths of the runs of letters an unknown word is made of
UNKNOWN_WEIGHT = 0.7  # such a word is surely rare, but what its letters say is little


class Meaning:
    """Eight-bit rows with a scale each; `common` holds the mean of all passages and the direction most of them share."""

    def __init__(self, words: list[str], rows: Any, scale: Any, weights: Any, common: Any) -> None:
        self.words, self.rows, self.scale, self.weights, self.common = words, rows, scale, weights, common
        self._numbers = {word: i for i, word in enumerate(words)}

    @staticmethod
    def open(folder: Path = FOLDER) -> "Meaning":
        from safetensors.numpy import load_file

        kept = load_file(folder / "vectors.safetensors")
        words = (folder / "words.txt").read_text("utf-8").split()
        return Meaning(words, kept["rows"], kept["scale"], kept["weights"], kept["common"])

    def known(self, word: str) -> int | None:
        """The number of a word, or of the form of it that is known: `harpooners` by `harpooner`."""
        word = word.removesuffix("'s")
        found = self._numbers.get(word)
        return found if found is not None else next(filter(None, map(self._numbers.get, _plainer(word))), None)

    def mean_of(self, numbers: Any, others: Iterable[str] = ()) -> Any:
        """Weighted mean of the rows of these words, and of words nobody knows."""
        import numpy as np

        weights = self.weights[numbers].astype(np.float32)
        total = (weights * self.scale[numbers].astype(np.float32)) @ self.rows[numbers].astype(np.float32)
        sum_of = float(weights.sum())
        for word in others:
            total = total + UNKNOWN_WEIGHT * of_letters(word, self.rows.shape[1])
            sum_of += UNKNOWN_WEIGHT
        return total / max(sum_of, 1e-6)

    def vector(self, text: str) -> Any:
        """Of length one; all zero for a text without words."""
        import numpy as np

        numbers, others = [], []
        for word in words_of(text):
            found = self.known(word)
            if found is not None:
                numbers.append(found)
            elif not word.isdigit():
                others.append(word.removesuffix("'s"))
        if not numbers and not others:
            return np.zeros(self.rows.shape[1], dtype=np.float32)
        mean = self.mean_of(np.array(numbers, dtype=np.int64), others) - self.common[0]
        mean = mean - (mean @ self.common[1]) * self.common[1]
        return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)

    def likeness(self, one: str, other: str) -> float:
        """Cosine: 1 for the same words, about 0 for two passages that have nothing to do with each other."""
        return float(self.vector(one) @ self.vector(other))

    def word_likeness(self, one: str, other: str) -> float:
        a, b = (self._row(word) for word in (one, other))
        return float(a @ b)

    def nearest(self, word: str, count: int = 8) -> list[tuple[str, float]]:
        """Words that stand in the same company."""
        import numpy as np

        near = (self.rows.astype(np.float32) @ self._row(word)) * self.scale.astype(np.float32)
        found = [(self.words[i], float(near[i])) for i in np.argsort(-near)[: count + 1].tolist()]
        return [(other, value) for other, value in found if other != word][:count]

    def _row(self, word: str) -> Any:
        import numpy as np

        found = self.known(word.lower())
        row = of_letters(word, self.rows.shape[1]) if found is None else self.rows[found].astype(np.float32)
        return row / np.linalg.norm(row)


@lru_cache(maxsize=1)
def meaning() -> Meaning:
    return Meaning.open()


def vector(text: str) -> Any:
    return meaning().vector(text)


def likeness(one: str, other: str) -> float:
    return meaning().likeness(one, other)


@lru_cache(maxsize=1 << 12)
def of_letters(word: str, wide: int) -> Any:
    """A direction of length one made of a word's runs of letters: the same word the same, like words alike, others anywhere."""
    import numpy as np

    marked = f"<{word}>"
    total = np.zeros(wide, dtype=np.float32)
    for size in (*LETTERS, len(marked)):
        for i in range(len(marked) - size + 1):
            seed = hashlib.blake2b(marked[i : i + size].encode(), digest_size=wide // 8).digest()
            total += np.unpackbits(np.frombuffer(seed, dtype=np.uint8))[:wide].astype(np.float32) * 2 - 1
    return total / max(float(np.linalg.norm(total)), 1e-9)


def _plainer(word: str) -> Iterable[str]:
    """What a grown form may have grown from."""
    for ending, instead in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("er", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word.removesuffix(ending) + instead
