"""Small word vectors, learned from the books alone: python -m studio.training.word_vectors DATA [--run out/words].

Which words stand near which, counted over the same books as the small text model was trained on, as positive pointwise
mutual information, made short by a randomized singular value decomposition (Levy, Goldberg and Dagan 2015 for the choices).
Needs scipy, which the studio itself does not. Under two minutes on one core, 1.2 gigabytes. With --check it only measures
what is there: passages of the held-out books told apart by book, and by how near they stand on the page.
"""

import argparse
import json
import random
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from studio.training.passages import chosen_books, read_books, stretches
from studio.writing.likeness.meaning import FOLDER, Meaning
from studio.writing.likeness.runs import words_of

WORDS, WIDE = 20_000, 96
WINDOW = 6  # words each way, of those that are left after the commonest have been thinned
BOOKS = 5  # a word of fewer books is mostly a name of theirs
OFTEN = 1e-4  # words with a larger share of the text are thinned
EVENED = 0.75  # power of the counts of neighbours: rare neighbours else weigh too much
POWER = 0.25  # of the singular values
CHUNK = 2_000_000
RARE = 1e-3  # weight of a word in a passage: RARE / (RARE + its share)
PASSAGE = 60  # words


def bare(word: str) -> str:
    return word.removesuffix("'s")


def encoded(data: Path, run: Path) -> tuple[Any, list[str], Any]:
    """All text as numbers (-1: not among the words; `WINDOW` of them where a stretch ends), the words, and their counts."""
    import numpy as np

    kept = run / "words.npz"
    if not kept.exists():
        run.mkdir(parents=True, exist_ok=True)
        numbers: dict[str, int] = {}
        rows, in_books = [], Counter[int]()
        for _, parts in chosen_books(data / "books.jsonl.xz"):
            book = []
            for part in parts:
                found = words_of(" ".join(part.paragraphs))
                book.append(np.array([numbers.setdefault(bare(w), len(numbers)) for w in found] + [-1] * WINDOW, dtype=np.int32))
            rows += book
            in_books.update(np.unique(np.concatenate(book)).tolist() if book else [])
        flat = np.concatenate(rows)
        counts = np.bincount(flat[flat >= 0], minlength=len(numbers))
        names = list(numbers)
        able = [i for i in np.argsort(-counts, kind="stable").tolist() if in_books[i] >= BOOKS and names[i].isascii()][:WORDS]
        new = np.full(len(numbers) + 1, -1, dtype=np.int32)
        new[able] = np.arange(len(able))
        np.savez_compressed(kept, flat=new[flat], words=[names[i] for i in able], counts=counts[able])
    with np.load(kept) as found:
        return found["flat"], found["words"].tolist(), found["counts"]


def thinned(flat: Any, counts: Any) -> Any:
    """Words that are everywhere are left out most of the time, so that the window reaches farther."""
    import numpy as np

    share = counts / counts.sum()
    keep = np.append(np.minimum(1.0, np.sqrt(OFTEN / share)), 1.0)  # the last is that of -1
    return flat[np.random.default_rng(1).random(len(flat)) < keep[flat]]


def neighbours(flat: Any, count: int) -> Any:
    """How often two words stand in one window, nearer ones counting more; symmetric, sparse."""
    import numpy as np
    from scipy import sparse  # type: ignore[import-untyped]

    whole = sparse.csr_matrix((count, count), dtype=np.float32)
    for at in range(0, len(flat), CHUNK):
        row = flat[at : at + CHUNK + WINDOW]
        firsts, seconds, weights = [], [], []
        for d in range(1, WINDOW + 1):
            a, b = row[:-d][:CHUNK], row[d:][:CHUNK]
            good = (a >= 0) & (b >= 0)
            firsts.append(a[good])
            seconds.append(b[good])
            weights.append(np.full(int(good.sum()), 1.0 / d, dtype=np.float32))
        places = (np.concatenate(firsts), np.concatenate(seconds))
        whole = whole + sparse.coo_matrix((np.concatenate(weights), places), shape=(count, count)).tocsr()
    return (whole + whole.T).tocsr()


def surprise(pairs: Any) -> Any:
    """Positive pointwise mutual information, in place."""
    import numpy as np

    sums = np.asarray(pairs.sum(axis=1)).ravel()
    evened = sums**EVENED
    evened /= evened.sum()
    rows = np.repeat(np.arange(pairs.shape[0], dtype=np.int32), np.diff(pairs.indptr))
    pairs.data = np.maximum(np.log(pairs.data / (sums[rows] * evened[pairs.indices])), 0.0).astype(np.float32)
    pairs.eliminate_zeros()
    return pairs


def shortened(matrix: Any, wide: int, rounds: int = 5) -> Any:
    """The strongest directions of a sparse matrix, by random projection and a few rounds of power iteration."""
    import numpy as np

    chance = np.random.default_rng(2)
    base = chance.standard_normal((matrix.shape[1], wide + 24)).astype(np.float32)
    for _ in range(rounds):
        base, _ = np.linalg.qr(matrix @ (matrix.T @ base))
    left, values, _ = np.linalg.svd((base.T @ matrix).astype(np.float32), full_matrices=False)
    return (base @ left[:, :wide]) * values[:wide] ** POWER


def packed(vectors: Any) -> tuple[Any, Any]:
    """Rows of length one as eight-bit numbers with a scale each."""
    import numpy as np

    rows = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    return np.round(rows / scale[:, None]).astype(np.int8), scale.astype(np.float16)


def shared_part(meaning: Meaning, flat: Any, passages: int = 20_000) -> Any:
    """What all passages have in common: their mean and the direction in which they differ most."""
    import numpy as np

    chance = np.random.default_rng(3)
    rows = []
    for at in chance.integers(0, len(flat) - PASSAGE, passages).tolist():
        ids = flat[at : at + PASSAGE]
        rows.append(meaning.mean_of(ids[ids >= 0]))
    matrix = np.stack(rows)
    mean = matrix.mean(axis=0)
    _, _, directions = np.linalg.svd(matrix - mean, full_matrices=False)
    return np.stack([mean, directions[0]]).astype(np.float32)


def write(folder: Path, words: list[str], counts: Any, vectors: Any, flat: Any) -> None:
    import numpy as np
    from safetensors.numpy import save

    rows, scale = packed(vectors)
    weights = (RARE / (RARE + counts / counts.sum())).astype(np.float16)
    bare_meaning = Meaning(words, rows, scale, weights, np.zeros((2, rows.shape[1]), dtype=np.float32))
    common = shared_part(bare_meaning, flat)
    arrays = {"rows": rows, "scale": scale, "weights": weights, "counts": counts.astype(np.uint32), "common": common}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vectors.safetensors").write_bytes(save(arrays))
    (folder / "words.txt").write_text("\n".join(words) + "\n", "utf-8")


# ----------------------------------------------------------------------------------------------------- how good it is


def held_passages(data: Path, words: int = PASSAGE) -> list[list[str]]:
    """Passages of so many words of each held-out book, in order."""
    books = []
    for row in read_books(data / "heldout.jsonl.xz"):
        text = [word for part in stretches(row["text"]) for p in part.paragraphs for word in p.split()]
        books.append([" ".join(text[at : at + words]) for at in range(0, len(text) - words, words)])
    return books


def told_apart(near: list[float], far: list[float]) -> float:
    """How often a near pair has the greater likeness (one half is chance)."""
    import numpy as np

    ordered = np.sort(np.array(far))
    return float(np.mean(np.searchsorted(ordered, np.array(near)) / len(ordered)))


def check(meaning: Meaning, data: Path, pairs: int = 1500) -> dict[str, Any]:
    """Likeness of passages of sixty words of the held-out books: next to each other, of one book, of two books."""
    books, chance = held_passages(data), random.Random(7)
    page, book, two = [], [], []
    for _ in range(pairs):
        one, other = chance.sample(books, 2)
        at = chance.randrange(len(one) - 1)
        page.append(meaning.likeness(one[at], one[at + 1]))
        book.append(meaning.likeness(*chance.sample(one, 2)))
        two.append(meaning.likeness(chance.choice(one), chance.choice(other)))
    return {
        "told apart: next to each other, two books": round(told_apart(page, two), 3),
        "told apart: next to each other, one book": round(told_apart(page, book), 3),
        "told apart: one book, two books": round(told_apart(book, two), 3),
        "mean likeness": {
            name: round(statistics.fmean(found), 3)
            for name, found in (("next to each other", page), ("one book", book), ("two books", two))
        },
        "which of twelve books": round(guessed(meaning, books, chance), 3),
    }


def guessed(meaning: Meaning, books: list[list[str]], chance: random.Random, count: int = 40) -> float:
    """Which book a passage is of, by the mean of a few hundred others of each: how often right."""
    import numpy as np

    right = 0
    means, tests = [], []
    for passages in books:
        mixed = chance.sample(passages, len(passages))
        tests.append(mixed[:count])
        means.append(np.mean([meaning.vector(text) for text in mixed[count : count + 300]], axis=0))
    matrix = np.stack([m / np.linalg.norm(m) for m in means])
    for number, some in enumerate(tests):
        right += sum(int(np.argmax(matrix @ meaning.vector(text))) == number for text in some)
    return right / (count * len(books))


LOOKED_UP = ("ship", "mother", "angry", "murder", "winter", "sword", "bread", "laughed", "whisper", "gold", "doctor", "planet")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.word_vectors", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path, default=Path("out/words"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if not asked.check:
        flat, words, counts = encoded(asked.data, asked.run)
        pairs = surprise(neighbours(thinned(flat, counts), len(words)))
        print(f"{len(flat):,} words of text, {len(words):,} words known, {pairs.nnz:,} pairs", flush=True)
        write(asked.out, words, counts, shortened(pairs, WIDE), flat)
    meaning = Meaning.open(asked.out)
    figures = check(meaning, asked.data)
    figures["nearest"] = {word: [other for other, _ in meaning.nearest(word, 6)] for word in LOOKED_UP}
    print(json.dumps(figures, indent=1))
    if not asked.check:
        (asked.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
