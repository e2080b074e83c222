"""From books to training passages: clean paragraphs, one long row of pieces, and where samples may begin and end.

Paragraphs with slurs are left out, together with whatever ran across them; of authors with very much text only a share is
kept; a heading is no text, it only starts a new stretch. The result is a few arrays that load in a second.
"""

import hashlib
import json
import lzma
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.training import writer_words as w

SCOPE = "us+life70"  # free in most countries; without it the model could be shared in one country only
MOST_WORDS = 600_000  # of one author
LEAST_STRETCH = 40  # pieces
# Words nobody should be offered, as hashes of their small letters: ethnic slurs, also where they are meant harmlessly.
_HASHES = """
    0470d31a 07e95682 09a7f3bd 0aed8921 0d605450 0d67ef00 0f3d4699 125d3816 140afe01 149872b5 1baa7433 20099bc6
    222379e2 27035ee3 27827f62 2b813759 2e219c24 36de8026 37084fc5 3894a0eb 3957dc7f 410a9581 453ee9a4 4a760772
    4b69ff75 4ca3f602 528628c2 56457bdf 5847e79f 58bec8d5 5a716578 5b249822 5b5fefed 6101f477 660f78b6 66d35fd7
    6921ecf8 6a47030b 6a610838 6d6b1e79 6dfec160 6f75f6ef 6f77dfa4 7155d165 721c165a 727526d8 7640140a 82939eba
    8304dcfe 88ec9de3 89781a2c 8b32b4de 8c3c7377 8f7fce00 98b53b67 9ad4c48d 9d2b4719 9ea44ba6 a10c266d a1cf106b
    a29a8656 a88afcdf adfe6673 b17a77f7 b1d82ffd b7d25635 ba77b322 bbf27240 bd28676d c54b9f88 c738174c ce997e08
    cf419a5f cf9d2f5a d4975010 d4d71a19 d5f86da0 d72668c4 dabd4083 df2d3362 dfa23195 e207f9c9 e99a2316 edf9b04d
    f03005e7 f3d591bb f693cfa5 f7ff39e0 fb1966c0 fba33e1b fe529855 ff14ee63
"""
BARRED = frozenset(_HASHES.split())
SENTENCE_END = re.compile(r"[.!?…][”’\")\]]*$")
CLOSING = re.compile(r"^[”’\")\]]+$")
SHORT_FORMS = {"mr", "mrs", "dr", "st", "ms", "messrs", "m", "mme", "capt", "col", "gen", "prof", "rev", "no"}


@dataclass(frozen=True)
class Book:
    id: str
    title: str
    author: str
    genres: tuple[str, ...]
    abstract: str
    ease: float
    words: int


@dataclass(frozen=True)
class Corpus:
    """`pieces`: all text in a row; `borders`: 2 where a paragraph starts, 1 where a sentence does; `stretches`: rows of
    start, end, book, whether a heading came before it, whether a chapter ends with it."""

    pieces: Any
    borders: Any
    stretches: Any
    books: list[Book]
    rarity: dict[str, int]

    def save(self, path: Path) -> None:
        import numpy as np

        np.savez_compressed(path, pieces=self.pieces, borders=self.borders, stretches=self.stretches)
        about = {"books": [vars(book) for book in self.books], "rarity": self.rarity}
        path.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")

    @staticmethod
    def load(path: Path) -> "Corpus":
        import numpy as np

        about = json.loads(path.with_suffix(".json").read_text("utf-8"))
        books = [Book(**(one | {"genres": tuple(one["genres"])})) for one in about["books"]]
        with np.load(path) as kept:
            return Corpus(kept["pieces"], kept["borders"], kept["stretches"], books, about["rarity"])


def read_books(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def about(row: dict[str, Any]) -> Book:
    return Book(
        row["id"], row["title"], row["author"], tuple(row["genres"]), row["abstract"] or "", float(row["reading_ease"] or 70),
        int(row["words"]),
    )  # fmt: skip


_known: dict[str, bool] = {}


def barred(text: str) -> bool:
    """Whether a paragraph holds a word of the list."""
    for word in set(re.findall(r"[a-z]+", text.lower())):
        if word not in _known:
            _known[word] = hashlib.blake2b(word.encode(), digest_size=4).hexdigest() in BARRED
        if _known[word]:
            return True
    return False


@dataclass
class Stretch:
    """Paragraphs that follow each other without a heading or a gap."""

    paragraphs: list[str]
    opening: bool
    closing: bool


def stretches(text: str, whole: bool = False) -> list[Stretch]:
    """The text without headings; with `whole`, paragraphs that would be left out stay."""
    out: list[Stretch] = []
    here = Stretch([], True, False)

    def close(chapter: bool, opening: bool) -> Stretch:
        if here.paragraphs:
            here.closing = chapter
            out.append(here)
        return Stretch([], opening, False)

    for paragraph in text.split("\n\n"):
        paragraph = paragraph.strip()
        if paragraph.startswith("#"):
            here = close(True, True)
        elif paragraph and not whole and barred(paragraph):
            here = close(False, False)
        elif paragraph:
            here.paragraphs.append(paragraph)
    close(True, True)
    return out


def share_of_authors(rows: Iterable[Book]) -> dict[str, float]:
    words = Counter[str]()
    for book in rows:
        words[book.author] += book.words
    return {author: min(1.0, MOST_WORDS / n) for author, n in words.items()}


def chosen_books(path: Path, scope: str | None = SCOPE) -> list[tuple[Book, list[Stretch]]]:
    """Books of the wanted scope, as stretches; of authors with too much text a random share of the chapters."""
    rows = [(about(row), row["text"]) for row in read_books(path) if scope in (None, row["pd_scope"])]
    shares = share_of_authors(book for book, _ in rows)
    out = []
    for book, text in rows:
        chance, keep, kept = random.Random(book.id), True, []
        for stretch in stretches(text):
            if stretch.opening:
                keep = chance.random() < shares[book.author]
            if keep:
                kept.append(stretch)
        out.append((book, kept))
    return out


def rarity_of(texts: Iterable[str]) -> dict[str, int]:
    """In how many paragraphs a word occurs, for words that are neither everywhere nor nearly nowhere."""
    counts = Counter[str]()
    for text in texts:
        counts.update(set(re.findall(r"[^\W\d_]{3,}", text)))
    return {word: n for word, n in counts.items() if 8 <= n <= 3000}


def corpus(books: list[tuple[Book, list[Stretch]]], tokenizer: Any, least: int = LEAST_STRETCH) -> Corpus:
    """Everything in one row of pieces, with its borders."""
    import numpy as np

    names = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    texts = [tokenizer.decode([i]) for i in range(len(names))]
    ends = np.array([bool(SENTENCE_END.search(t)) for t in texts])
    closes = np.array([bool(CLOSING.match(t)) for t in texts])
    spaced = np.array([t.startswith(" ") for t in texts])
    short = np.array([t.strip(" “‘(").lower() in SHORT_FORMS for t in texts])
    empty_line = tokenizer.token_to_id(w.BREAK)
    pieces: list[Any] = []
    rows: list[tuple[int, int, int, int, int]] = []
    at = 0
    for number, (_, parts) in enumerate(books):
        for part in parts:
            row: list[int] = []
            for one in tokenizer.encode_batch_fast(part.paragraphs, add_special_tokens=False):
                row += [empty_line, *one.ids]
            if len(row) - 1 < least:
                continue
            pieces.append(np.array(row[1:], dtype=np.uint16))
            rows.append((at, at + len(row) - 1, number, int(part.opening), int(part.closing)))
            at += len(row) - 1
    flat = np.concatenate(pieces)
    before, two_before = np.roll(flat, 1), np.roll(flat, 2)
    ended = (ends[before] & ~(short[two_before] & ~spaced[before])) | (closes[before] & ends[two_before])
    borders = (ended & spaced[flat]).astype(np.uint8)
    # The empty line itself is where a new paragraph starts: it belongs to what follows, like the space before a word.
    borders[flat == empty_line] = 2
    borders[[row[0] for row in rows]] = 2
    return Corpus(flat, borders, np.array(rows, dtype=np.int64), [book for book, _ in books], {})
