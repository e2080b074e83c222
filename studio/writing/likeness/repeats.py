"""What a text shares, word by word, with texts at hand: the writer's other pieces, or what stands just before it.

All runs of five words of those texts are kept in memory, sorted by hash; a run that is found is compared word for word and
grown both ways, so lengths are exact. Nothing is stored, no model is asked. 120,000 words are taken in within a second.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from studio.writing.likeness.runs import RUN, tokens_of

FIVE = 5
ECHO = 6  # words in a row that a reader notices when they stood just before
NEARBY = 3000  # words before the cursor that are looked through
MOST = 200  # places of one run of five words that are tried: more only in texts that repeat themselves without end
ODD = 0x9E3779B97F4A7C15


class Piece(NamedTuple):
    """A text of the writer's: how the studio and how the person knows it."""

    id: str
    title: str
    text: str


class Shared(NamedTuple):
    first: int  # word of the text asked about
    place: int  # word of all the texts, in one row
    words: int


class Texts:
    """Some texts in one row of numbered words."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        import numpy as np

        self.pieces = list(pieces)
        self.numbers: dict[str, int] = {}
        row: list[int] = []
        starts, ends, begins = [], [], []
        for number, piece in enumerate(self.pieces):
            tokens = tokens_of(piece.text)
            begins.append(len(row))
            row += [self.numbers.setdefault(token.word, len(self.numbers)) for token in tokens]
            starts += [token.start for token in tokens]
            ends += [token.end for token in tokens]
            row.append(-number - 2)  # a border: no run crosses it
            starts.append(0)
            ends.append(0)
        self.row = np.array(row, dtype=np.int64)
        self.starts, self.ends, self.begins = np.array(starts), np.array(ends), np.array(begins)
        hashes = _fives(self.row)
        self.order = np.argsort(hashes, kind="stable")
        self.hashes = hashes[self.order]

    def shared(self, words: list[str]) -> list[Shared]:
        """The longest runs of five or more words that the texts have too; in order, each as long as it can be."""
        import numpy as np

        ids = np.array([self.numbers.get(word, -1) for word in words], dtype=np.int64)
        hashes = _fives(ids)
        low, high = np.searchsorted(self.hashes, hashes, "left"), np.searchsorted(self.hashes, hashes, "right")
        out: list[Shared] = []
        at = 0
        while at < len(hashes):
            tried = [self._grown(ids, at, int(place)) for place in self.order[low[at] : min(high[at], low[at] + MOST)]]
            best = max(tried, key=lambda one: (one.words, -one.place), default=None)
            if best is None or best.words < FIVE:
                at += 1
                continue
            if not out or best.first + best.words > out[-1].first + out[-1].words:
                out.append(best)
            at = max(at + 1, best.first + best.words - FIVE + 1)
        return out

    def _grown(self, ids: Any, at: int, place: int) -> Shared:
        on = _same(ids[at:], self.row[place:])
        back = _same(ids[:at][::-1], self.row[:place][::-1])
        return Shared(at - back, place - back, on + back)

    def where(self, one: Shared) -> dict[str, Any]:
        """Which text a run stands in, and at which of its characters."""
        import numpy as np

        number = int(np.searchsorted(self.begins, one.place, "right")) - 1
        start, end = int(self.starts[one.place]), int(self.ends[one.place + one.words - 1])
        return {"piece": self.pieces[number].id, "title": self.pieces[number].title, "there": [start, end]}


def near_own(text: str, own: Texts) -> dict[str, Any]:
    """Runs of eight words or more that the writer's other pieces have, with their places there, and the share of runs of five."""
    tokens = tokens_of(text)
    found = own.shared([token.word for token in tokens])
    copies = [one for one in found if one.words >= RUN]
    longest = max(copies, key=lambda one: one.words, default=None)
    spans = [
        {"start": tokens[one.first].start, "end": tokens[one.first + one.words - 1].end, "words": one.words, **own.where(one)}
        for one in copies
    ]
    sentence = "No run of eight words stands in your other pieces."
    if longest:
        sentence = f"{longest.words} words in a row stand in your piece “{own.where(longest)['title']}”."
    return {"share": _share(found, len(tokens)), "longest": longest.words if longest else 0, "spans": spans, "sentence": sentence}


def near_passage(text: str, before: str) -> dict[str, Any]:
    """What a text says again of what stands just before it; `back` is how many words before the text it stood."""
    texts = _just_before(before[-NEARBY * 8 :])
    tokens = tokens_of(text)
    found = [one for one in texts.shared([token.word for token in tokens]) if one.words >= ECHO]
    spans = [
        {
            "start": tokens[one.first].start, "end": tokens[one.first + one.words - 1].end, "words": one.words,
            "back": len(texts.row) - 1 - one.place,
        }
        for one in found
    ]  # fmt: skip
    longest = max(spans, key=lambda span: span["words"], default=None)
    sentence = "It repeats nothing that stands just before."
    if longest:
        sentence = f"It repeats {longest['words']} words in a row that stand {longest['back']} words before."
    return {
        "share": _share(found, len(tokens)),
        "longest": longest["words"] if longest else 0,
        "spans": spans,
        "sentence": sentence,
    }


@lru_cache(maxsize=4)
def _just_before(text: str) -> Texts:
    """All offers of an ask go on from the same passage."""
    return Texts([Piece("", "", text)])


def _share(found: list[Shared], words: int) -> float:
    """Of the runs of five words of a text, how many are shared."""
    fives = {place for one in found for place in range(one.first, one.first + one.words - FIVE + 1)}
    return round(len(fives) / max(words - FIVE + 1, 1), 4)


def _fives(row: Any) -> Any:
    import numpy as np

    if len(row) < FIVE:
        return np.empty(0, dtype=np.uint64)
    out = np.zeros(len(row) - FIVE + 1, dtype=np.uint64)
    for i in range(FIVE):
        out = (out ^ (out >> np.uint64(29))) * np.uint64(ODD) + row[i : len(row) - FIVE + 1 + i].astype(np.uint64)
    return out * np.uint64(ODD)


def _same(one: Any, other: Any) -> int:
    """How many words two rows have in common from their beginning; unknown words are nobody's."""
    size = min(len(one), len(other))
    step = 64
    for at in range(0, size, step):
        differ = one[at : min(at + step, size)] != other[at : min(at + step, size)]
        if differ.any():
            return at + int(differ.argmax())
    return size
