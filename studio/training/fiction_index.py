"""The nearness index of the small text model: python -m studio.training.fiction_index DATA [--run out/writer].

Keeps hashes of runs of eight words of the training text with the number of the book, nothing a text could be read from;
`titles.json` says which number is which book. With --check it only measures: planted copies that are found with their
book, and runs of held-out and of shuffled text that are found though they should not be.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

from studio.training.passages import Corpus
from studio.training.writer import prepare
from studio.writing.likeness.runs import RUN, SEVERAL, STORED, Index, hashes_of, winnowed, words_of

FOLDER = Path("assets/knowledge/fiction")
MANY = 2  # a run in more books than this is a turn of phrase


def stretches_of(corpus: Corpus, tokenizer: Any) -> list[tuple[int, str]]:
    return [(book, tokenizer.decode(corpus.pieces[a:b].tolist())) for a, b, book, *_ in corpus.stretches.tolist()]


def build(parts: list[tuple[int, str]], titles: list[dict[str, str]], folder: Path) -> int:
    """Writes the index and says how many runs it holds."""
    import numpy as np
    from safetensors.numpy import save

    rows, owners = [], []
    for book, text in parts:
        hashes = hashes_of(words_of(text))
        kept = hashes[winnowed(hashes)] & np.uint64(STORED)
        rows.append(kept)
        owners.append(np.full(len(kept), book, dtype=np.uint64))
    pairs = np.unique(np.stack([np.concatenate(rows), np.concatenate(owners)], 1), axis=0)
    hashes, first, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    books = np.where(counts > MANY, SEVERAL, pairs[first, 1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runs.safetensors").write_bytes(save(Index.pack(hashes, books)))
    (folder / "titles.json").write_text(json.dumps(titles, ensure_ascii=False, indent=0) + "\n", "utf-8")
    return len(hashes)


def planted(
    index: Index, parts: list[tuple[int, str]], held: list[str], size: int, count: int, chance: random.Random
) -> dict[str, float]:
    """Copies of so many words, set into held-out text, in capitals or without punctuation: found, and with the right book."""
    found = right = 0
    long = [(book, text) for book, text in parts if len(text) > 4000]
    for _ in range(count):
        book, text = chance.choice(long)
        words = text.split()
        at = chance.randrange(len(words) - size - 10)
        copy, n = "", at
        while len(words_of(copy)) < size:  # a dash joins two words that are counted as two
            copy += words[n] + " "
            n += 1
        copy = chance.choice((str, str.upper, lambda x: x.replace(",", "").replace("“", '"')))(copy)
        around = chance.choice(held).split()
        start = chance.randrange(len(around) - 60)
        whole = " ".join(around[start : start + 25]) + " " + copy + " ".join(around[start + 25 : start + 50])
        hits = index.hits(whole)
        found += bool(hits)
        right += any(hit.book == book for hit in hits)
    return {"found": found / count, "with its book": right / count}


def falsely(index: Index, texts: list[str], size: int, count: int, chance: random.Random) -> dict[str, float]:
    """Of passages that nobody copied: how many have a run that is in one or two books, and the share of runs found."""
    flagged = several = runs = known = 0
    for _ in range(count):
        words = chance.choice(texts).split()
        at = chance.randrange(max(1, len(words) - size))
        text = " ".join(words[at : at + size])
        hits = index.hits(text)
        flagged += any(hit.book is not None for hit in hits)
        several += bool(hits)
        some, of = index.share(text)
        known, runs = known + some, runs + of
    return {"one book": flagged / count, "any": several / count, "share of runs": known / max(runs, 1)}


def check(index: Index, parts: list[tuple[int, str]], held: list[str], count: int = 2000) -> dict[str, Any]:
    chance = random.Random(5)
    out: dict[str, Any] = {f"copies of {n} words": planted(index, parts, held, n, count, chance) for n in (12, 16, 20, 30)}
    out["held-out passages of 50 words"] = falsely(index, held, 50, count, chance)
    mixed = []
    for text in held[:40]:
        words = text.split()
        chance.shuffle(words)
        mixed.append(" ".join(words))
    out["shuffled passages of 50 words"] = falsely(index, mixed, 50, count, chance)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.training.fiction_index", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path, default=Path("out/writer"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    known, held, tokenizer = prepare(asked.data, asked.run)
    parts = stretches_of(known, tokenizer)
    if not asked.check:
        titles = [{"id": b.id, "title": b.title, "author": b.author} for b in known.books]
        count = build(parts, titles, asked.out)
        size = sum(path.stat().st_size for path in asked.out.iterdir())
        print(f"{count:,} runs of {RUN} words from {len(titles)} books, {size / 1e6:.1f} MB in {asked.out}")
    held_texts = [text for _, text in stretches_of(held, tokenizer) if len(text) > 3000]
    figures = check(Index.open(asked.out), parts, held_texts)
    print(json.dumps(figures, indent=1))
    if not asked.check:
        (asked.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
