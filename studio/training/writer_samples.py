"""From one passage to one training sample: which control symbols stand before it, and which part is taken out of it.

Form, tense and point of view are estimated by counting pronouns and verbs outside of speech. Each control symbol is left
out now and then, so that the model may be asked with any of them or none. The layout of a sample:

    <|story|> genre form tense view ease [<|words|> a, b] [<|plot|> ...] <|text|> the passage
    <|story|> ... length <|prefix|> before <|suffix|> after <|middle|> what was taken out <|end|>

What separates two parts (a space, an empty line) always belongs to the later one.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from studio.training import writer_words as w
from studio.training.passages import Corpus
from studio.writing.manner import ease_of, form_of, tense_of, view_of

CONTEXT = 1024
BUDGETS = (960, 960, 960, 480, 240)  # pieces of text in a sample
KEEP = 0.75  # the chance of each control symbol
FILL = 0.5
GENRE_OF = {
    "Adventure": "adventure", "Children’s": "children", "Comedy": "comedy", "Fantasy": "fantasy", "Horror": "horror",
    "Mystery": "mystery", "Satire": "satire", "Science Fiction": "science-fiction", "Shorts": "short",
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """One passage of the corpus."""

    start: int
    end: int
    book: int
    opening: bool
    closing: bool
    seed: int


def length_of(pieces: int) -> str:
    return "sentence" if pieces <= 40 else "paragraph" if pieces <= 160 else "page"


def telling_words(text: str, rarity: dict[str, int], chance: random.Random) -> list[str]:
    """One to six words of the passage that say what it is about: the rarer the likelier."""
    found = {word for word in re.findall(r"[^\W\d_]{3,}", text) if word in rarity}
    if not found:
        return []
    ranked = sorted(sorted(found), key=lambda word: chance.random() ** (rarity[word] / 100.0), reverse=True)
    chosen = ranked[: chance.choice((1, 2, 2, 3, 3, 4, 5, 6))]
    chance.shuffle(chosen)
    return chosen


def spans(corpus: Corpus, chance: random.Random) -> list[Span]:
    """One round: every stretch cut into passages of several lengths, starting at other places each time."""
    out = []
    for start, end, book, opening, closing in corpus.stretches.tolist():
        at = start
        # Half of the time a first passage of odd length, so that later borders fall elsewhere than last time.
        odd = chance.randrange(60, 900) if chance.random() < 0.5 and end - start > 1200 else 0
        while at < end:
            budget = odd or chance.choice(BUDGETS)
            odd = 0
            stop = min(at + budget, end)
            if end - stop < 60:
                stop = min(end, at + 990)
            following = _border(corpus, at, stop) if stop < end else end
            out.append(
                Span(at, stop, book, bool(opening and at == start), bool(closing and stop == end), chance.getrandbits(48))
            )  # fmt: skip
            at = following
    return out


def _border(corpus: Corpus, start: int, stop: int) -> int:
    """Where the next passage starts: the last paragraph that begins in the later half, else the last sentence."""
    marks = corpus.borders[start + 1 : stop]
    for least in (2, 1):
        places = (marks[len(marks) // 2 :] >= least).nonzero()[0]
        if len(places):
            return int(start + 1 + len(marks) // 2 + places[-1])
    return stop


class Maker:
    """Makes samples from spans; the same span gives the same sample."""

    def __init__(self, corpus: Corpus, tokenizer: Any) -> None:
        self.corpus, self.tokenizer = corpus, tokenizer
        self.id = {name: tokenizer.token_to_id(name) for name in w.CONTROLS}
        self.break_id = tokenizer.token_to_id(w.BREAK)
        self.plots = [self.encode(" " + book.abstract)[:80] if book.abstract else [] for book in corpus.books]

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def heading(self, span: Span, text: str, chance: random.Random) -> list[int]:
        """The control symbols; one heading of ten is empty."""
        book = self.corpus.books[span.book]
        keep = 0.0 if chance.random() < 0.1 else KEEP
        genres = sorted(GENRE_OF[g] for g in book.genres if g in GENRE_OF) or ["novel"]
        named = [("genre", g) for g in genres] + [
            ("form", form_of(text, span.opening)), ("tense", tense_of(text)), ("view", view_of(text)),
            ("ease", ease_of(book.ease)),
        ]  # fmt: skip
        out = [self.id[w.STORY]]
        out += [self.id[w.control(kind, value)] for kind, value in named if value and chance.random() < keep]
        if keep and chance.random() < 0.3:
            words = telling_words(text, self.corpus.rarity, chance)
            out += [self.id[w.WORDS], *self.encode(" " + ", ".join(words))] if words else []
        if keep and self.plots[span.book] and chance.random() < (0.7 if span.opening else 0.08):
            out += [self.id[w.PLOT], *self.plots[span.book]]
        return out

    def sample(self, span: Span) -> tuple[list[int], int]:
        """One sample, and where what is to be learned begins."""
        chance = random.Random(span.seed)
        row = self.corpus.pieces[span.start : span.end].tolist()
        if row[0] == self.break_id:
            row = row[1:]
        text = self.tokenizer.decode(row, skip_special_tokens=False)
        head = self.heading(span, text, chance)
        ending = [self.id[w.END]] if span.closing else []
        if chance.random() < FILL and len(row) > 50:
            first, last = self.hole(span, len(row), chance)
            head.append(self.id[w.control("length", length_of(last - first))])
            filled = [self.id[w.PREFIX], *row[:first], self.id[w.SUFFIX], *row[last:], self.id[w.MIDDLE], *row[first:last]]
            return (head + filled + [self.id[w.END]])[:CONTEXT], len(head) + 1
        return (head + [self.id[w.TEXT]] + row + ending)[:CONTEXT], len(head) + 1

    def hole(self, span: Span, size: int, chance: random.Random) -> tuple[int, int]:
        """What is taken out: mostly whole sentences or paragraphs, now and then from anywhere to anywhere."""
        shift = span.end - span.start - size
        marks = self.corpus.borders[span.start + shift : span.end]
        least = 2 if chance.random() < 0.4 else 1
        places = [0, *(i for i in (marks >= least).nonzero()[0].tolist() if i), size]
        if len(places) < 4 or chance.random() < 0.15:
            places = list(range(size + 1))
        wanted = chance.choice((20, 40, 80, 160, 320))
        first = chance.choice([i for i in places if i < size])
        last = min((i for i in places if i > first), key=lambda i: abs(i - first - wanted))
        return first, last


def plan(corpus: Corpus, chance: random.Random, room: int) -> Iterator[list[Span]]:
    """The batches of one round: spans of like length, shuffled; nothing is encoded before its turn."""
    made = sorted(spans(corpus, chance), key=lambda s: s.end - s.start + chance.random() * 20)
    out: list[list[Span]] = [[]]
    for one in made:
        if out[-1] and (len(out[-1]) + 1) * (one.end - one.start + 30) > room:
            out.append([])
        out[-1].append(one)
    chance.shuffle(out)
    yield from out
