"""How near a text is to the books that the embedded writer learned from; `repeats.py` asks the same of the writer's own texts.

The books are known as hashes of about every fifth run of eight words (`runs.py`), so what is shared has bounds, not a length:
each run that is found is surely there, and where a run that would have been kept is not found, a copy has surely ended. A copy
of twenty words or more is always found, whatever its capitals, punctuation, quotation marks and line breaks; of twelve words
about six in ten are. Changed words, other spellings and translations are not. Everything here is plain JSON, made for
`Offer.facts`: places are characters of the text asked about.
"""

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from studio.writing.likeness.runs import NOWHERE, RUN, SEVERAL, UNDER, WINDOW, Index, Token, hashes_of, least_of_windows, readings

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "knowledge" / "fiction"
SURE = 20  # so many words in a row are never missed
UNKNOWN = "The list of the books it learned from is missing, so this could not be compared with them."
NOTHING = "No run of eight words was found in the books it learned from."
PHRASE = "Only a turn of phrase of eight words or a little more, which several books have, was found."


class Copied(NamedTuple):
    """Runs that hang together."""

    first: int  # places of the first run and the last
    last: int
    book: int
    seen: int  # words that lie in runs found
    least: int  # so many words in a row surely
    most: int  # and not more than so many

    @property
    def phrase(self) -> bool:
        return self.book == SEVERAL and self.most < SURE


@lru_cache(maxsize=1)
def known_books(folder: Path = FOLDER) -> Index | None:
    return Index.open(folder) if (folder / "runs.safetensors").exists() else None


def near_books(text: str, index: Index | None = None) -> dict[str, Any]:
    """`share` of the words that lie in runs found, how many in the `longest` stretch of them, `spans`, and a `sentence`."""
    index = index or known_books()
    if index is None:
        return {"known": False, "words": 0, "share": 0.0, "longest": 0, "spans": [], "sentence": UNKNOWN}
    found = [(tokens, copied(tokens, index)) for tokens in readings(text)]
    tokens, parts = max(found, key=lambda one: sum(part.seen for part in one[1]))
    longest = max(parts, key=lambda part: (not part.phrase, part.seen, part.most), default=None)
    return {
        "known": True, "words": len(tokens), "share": round(min(1.0, sum(part.seen for part in parts) / max(len(tokens), 1)), 4),
        "longest": longest.seen if longest else 0, "spans": [_span(part, tokens, index) for part in parts],
        "sentence": _sentence(longest, index),
    }  # fmt: skip


def copied(tokens: list[Token], index: Index) -> list[Copied]:
    """What the books have of a text, in order."""
    hashes = hashes_of([token.word for token in tokens])
    books = index.books_of(hashes)
    places = (books != NOWHERE).nonzero()[0].tolist()
    if not places:
        return []
    ends = _Ends(hashes, books)
    groups: list[list[int]] = []
    for place in places:
        if groups and ends.together(groups[-1][0], groups[-1][-1], place) and _one_book(books, [*groups[-1], place]):
            groups[-1].append(place)
        else:
            groups.append([place])
    return [_measured(group, books, ends) for group in groups]


class _Ends:
    """Where a copy must have ended: at a run that would have been kept but is not found."""

    def __init__(self, hashes: Any, books: Any) -> None:
        self.count = len(hashes)
        lost = books == NOWHERE
        self.outside = set(((hashes < UNDER) & lost).nonzero()[0].tolist())  # cannot be inside a copy
        least = least_of_windows(hashes)
        # No copy holds such a window whole.
        self.broken = set(lost[least].nonzero()[0].tolist()) if self.count >= WINDOW else set()

    def fits(self, first: int, last: int, new: int) -> bool:
        """Whether runs `first` to `last` may be a copy, now that `new` (one of them) was added."""
        window = first if new == first else last - WINDOW + 1
        return new not in self.outside and not (last - first + 1 >= WINDOW and window in self.broken)

    def together(self, first: int, last: int, place: int) -> bool:
        return place - last <= WINDOW and all(self.fits(first, new, new) for new in range(last + 1, place + 1))

    def widest(self, first: int, last: int) -> int:
        """How many runs a copy around these could have."""
        left, right = first, last
        while left > 0 and self.fits(left - 1, last, left - 1):
            left -= 1
        while right < self.count - 1 and self.fits(first, right + 1, right + 1):
            right += 1
        return right - left + 1


def _one_book(books: Any, places: list[int]) -> bool:
    return len({int(books[place]) for place in places} - {SEVERAL}) < 2


def _measured(places: list[int], books: Any, ends: _Ends) -> Copied:
    """At least: runs that overlap, so that they must follow each other in the book as they do here."""
    longest = begun = 0
    for i in range(len(places)):
        if i and places[i] - places[i - 1] >= RUN:
            begun = i
        longest = max(longest, places[i] - places[begun] + RUN)
    named = Counter(int(books[place]) for place in places if books[place] != SEVERAL)
    book = named.most_common(1)[0][0] if named else SEVERAL
    seen = len({word for place in places for word in range(place, place + RUN)})
    most = ends.widest(places[0], places[-1]) + RUN - 1
    return Copied(places[0], places[-1], book, seen, longest, most)


def _span(part: Copied, tokens: list[Token], index: Index) -> dict[str, Any]:
    about = {} if part.book == SEVERAL else index.titles[part.book]
    return {
        "start": tokens[part.first].start, "end": tokens[part.last + RUN - 1].end,
        "seen": part.seen, "least": part.least, "most": part.most,
        "title": about.get("title", ""), "author": about.get("author", ""), "phrase": part.phrase,
    }  # fmt: skip


def _sentence(part: Copied | None, index: Index) -> str:
    if part is None:
        return NOTHING
    if part.phrase:
        return PHRASE
    sure, most = f"{part.seen} words", f"perhaps {part.most}"
    if part.seen == part.least:
        sure = f"{part.least} words in a row"
        count = sure if part.least == part.most else f"At least {sure}, {most},"
    else:
        count = f"At least {sure}, {most} in a row,"
    if part.book == SEVERAL:
        return f"{count} stand in several of the books it learned from."
    about = index.titles[part.book]
    return f"{count} stand in “{about['title']}” by {about['author']}."
