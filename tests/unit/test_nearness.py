"""Nearness: a copied passage is always flagged, its bounds hold, and what is shared with the writer's own texts is exact."""

import random
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.training import fiction_index
from studio.writing.likeness.nearness import NOTHING, SURE, near_books
from studio.writing.likeness.repeats import Piece, Texts, near_own, near_passage
from studio.writing.likeness.runs import SEVERAL, Index, words_of

EMMA = (
    "Emma Woodhouse, handsome, clever, and rich, with a comfortable home and happy disposition, seemed to unite some of the best "
    "blessings of existence; and had lived nearly twenty-one years in the world with very little to distress or vex her."
)
OURS = "Nobody had wound the tide clock since the ferry stopped, so Ibtisam oiled each brass tooth and listened for rain."


def made(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices("abcdefghé", k=chance.randint(2, 6))) for _ in range(count)]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, list[list[str]]]:
    """Five made-up books of three stretches each, the last stretch shorter than a window of runs."""
    chance = random.Random(1)
    stretches = [(book, made(chance, size)) for book in range(5) for size in (900, 500, SURE)]
    proverb = made(chance, 40)
    parts = [(book, " ".join(words)) for book, words in stretches] + [(book, " ".join(proverb)) for book in range(5)]
    folder = tmp_path_factory.mktemp("shelf")
    fiction_index.build(parts, [{"id": f"b{i}", "title": f"Book {i}", "author": f"Author {i}"} for i in range(5)], folder)
    return Index.open(folder), [words for _, words in stretches] + [proverb]


TWISTS: dict[str, Any] = {
    "as it is": lambda words: " ".join(words),
    "capitals": lambda words: " ".join(words).upper(),
    "punctuation": lambda words: ", ".join(words) + "!",
    "quoted": lambda words: "“" + "’ ‘".join(words) + "”",
    "hyphens": lambda words: "-".join(words),
    "dashes": lambda words: "—".join(words),
    "lines": lambda words: "\n".join(words),
    "lines of verse": lambda words: "  \r\n".join(words),
    "emphasis": lambda words: " ".join(f"_{word}_" if i % 3 else f"**{word}**" for i, word in enumerate(words)),
    "soft hyphens": lambda words: " ".join("\u00ad".join(word) for word in words),
    "nothing seen between": lambda words: "\u200b ".join(word[0] + "\ufeff" + word[1:] for word in words),
    "loose accents": lambda words: unicodedata.normalize("NFD", " ".join(words)),
    "wide letters": lambda words: " ".join("".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in w) for w in words),
    "cut at line ends": lambda words: " ".join(f"{word[:2]}-\n{word[2:]}" if len(word) > 4 else word for word in words),
}


@pytest.mark.parametrize("twist", TWISTS)
def test_a_copy_of_twenty_words_is_always_flagged(shelf: tuple[Index, list[list[str]]], twist: str) -> None:
    index, stretches = shelf
    chance = random.Random(twist)
    for number, words in enumerate(stretches):
        for at in {0, len(words) - SURE, *(chance.randrange(len(words) - SURE + 1) for _ in range(8))}:
            text = (
                " ".join(made(chance, 30)) + ".\n\n" + TWISTS[twist](words[at : at + SURE]) + "\n\n" + " ".join(made(chance, 30))
            )
            near = near_books(text, index)
            assert near["spans"], (number, at)
            span = near["spans"][0]
            assert span["title"] == (f"Book {number // 3}" if number < 15 else "")
            assert near["sentence"] != NOTHING
            inside = words_of(text[span["start"] : span["end"]].replace("-\n", ""))
            assert " ".join(inside) in " ".join(words_of(" ".join(words)))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 70), st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 40))
def test_bounds_hold(shelf: tuple[Index, list[list[str]]], size: int, seed: int, before: int, after: int) -> None:
    index, stretches = shelf
    chance = random.Random(f"bounds {seed}")
    words = stretches[chance.choice((0, 1, 3, 4, 6, 7))]
    at = chance.randrange(len(words) - size)
    near = near_books(" ".join(made(chance, before) + words[at : at + size] + made(chance, after)), index)
    assert bool(near["spans"]) or size < SURE
    for span in near["spans"]:
        assert span["least"] <= span["seen"] <= size <= span["most"] <= size + before + after
    assert near["share"] <= size / (size + before + after) + 1e-4


def test_two_copies_are_two_spans(shelf: tuple[Index, list[list[str]]]) -> None:
    index, stretches = shelf
    chance = random.Random(3)
    near = near_books(" ".join([*stretches[0][:30], *made(chance, 3), *stretches[3][50:90]]), index)
    assert {span["title"] for span in near["spans"]} == {"Book 0", "Book 1"}
    assert max(span["most"] for span in near["spans"] if span["title"] == "Book 0") < 30 + 13
    assert near["longest"] <= 40
    assert "Book 1" in near["sentence"]


def test_what_many_books_have_is_no_copy_unless_it_is_long(shelf: tuple[Index, list[list[str]]]) -> None:
    index, stretches = shelf
    proverb, chance = stretches[-1], random.Random(4)
    kept = [i for i, book in enumerate(index.books_of(_hashes(proverb))) if book == SEVERAL]
    assert kept
    near = near_books(" ".join(made(chance, 20) + proverb[kept[0] : kept[0] + 8] + made(chance, 20)), index)
    assert [span["title"] for span in near["spans"]] == [""]
    assert near_books(" ".join(proverb), index)["sentence"].endswith("stand in several of the books it learned from.")
    assert not near_books(" ".join(proverb), index)["spans"][0]["phrase"]


def _hashes(words: list[str]) -> Any:
    from studio.writing.likeness.runs import hashes_of

    return hashes_of(words)


def test_the_shipped_index_knows_its_books_and_nothing_else() -> None:
    near = near_books(f"“{EMMA.upper()}”")
    assert [span["title"] for span in near["spans"]] == ["Emma"]
    assert near["sentence"].endswith("stand in “Emma” by Jane Austen.")
    assert near["longest"] >= SURE
    assert near["spans"][0]["most"] == len(words_of(EMMA))
    near = near_books(OURS)
    assert (near["spans"], near["share"], near["sentence"]) == ([], 0.0, NOTHING)


@pytest.mark.parametrize("text", ["", "   ", "One two three.", "—", "a b c d e f g", "a b c d e f g h"])
def test_short_texts_share_nothing(text: str) -> None:
    assert near_books(text)["spans"] == []


def test_the_index_opens_fast_and_answers_fast() -> None:
    from studio.writing.likeness.nearness import FOLDER

    began = time.process_time()
    index = Index.open(FOLDER)
    assert time.process_time() - began < 0.3
    began = time.process_time()
    near_books(OURS * 10, index)
    assert time.process_time() - began < 0.1


def test_a_missing_index_is_said_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from studio.writing.likeness import nearness

    monkeypatch.setattr(nearness, "known_books", lambda: None)
    near = near_books(EMMA)
    assert (near["known"], near["spans"]) == (False, [])
    assert "missing" in near["sentence"]


# ------------------------------------------------------------------------------------------------ the writer's own texts


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 100_000), st.integers(5, 40))
def test_what_is_shared_with_own_pieces_is_exact(seed: int, size: int) -> None:
    chance = random.Random(seed)
    pieces = [made(chance, 300) for _ in range(3)]
    which, at = chance.randrange(3), chance.randrange(300 - size)
    copy = pieces[which][at : at + size]
    # capitals at both ends mark words that no piece has
    text = "Xx " + " ".join(made(chance, 10)) + " Xx " + ", ".join(copy).title() + ". Xx " + " ".join(made(chance, 10))
    near = near_own(text, Texts(Piece(f"p{i}", f"Piece {i}", " ".join(words)) for i, words in enumerate(pieces)))
    if size < 8:
        assert near["spans"] == []
        assert near["share"] > 0
        return
    (span,) = near["spans"]
    there = " ".join(pieces[which])[slice(*span["there"])]
    assert (span["piece"], span["words"], there) == (f"p{which}", size, " ".join(copy))
    assert words_of(text[span["start"] : span["end"]]) == copy
    assert near["sentence"] == f"{size} words in a row stand in your piece “Piece {which}”."


def test_no_run_crosses_from_one_piece_into_the_next() -> None:
    one, two = "the lamp was lit and the boat", "came in with nobody at the oars"
    near = near_own(f"{one} {two}", Texts([Piece("a", "A", one), Piece("b", "B", two)]))
    assert (near["longest"], near["spans"]) == (0, [])
    assert near_own(f"{one} {two}", Texts([Piece("c", "C", f"{one} {two}")]))["longest"] == 14


def test_the_longest_of_several_places_is_told() -> None:
    words = made(random.Random(5), 40)
    own = Texts(
        [Piece("a", "A", " ".join(words[:12])), Piece("b", "B", " ".join(words[6:30])), Piece("c", "C", " ".join(words[4:16]))]
    )
    near = near_own(" ".join(words), own)
    assert [(span["piece"], span["words"]) for span in near["spans"]] == [("a", 12), ("b", 24)]
    assert near["longest"] == 24


@pytest.mark.parametrize("pieces", [[], [""], ["short"], ["one two three four"]])
def test_nothing_to_compare_with(pieces: list[str]) -> None:
    near = near_own(EMMA, Texts(Piece(str(i), "", text) for i, text in enumerate(pieces)))
    assert (near["share"], near["longest"]) == (0.0, 0)


def test_a_book_of_ones_own_is_taken_in_fast_even_if_it_repeats_itself() -> None:
    chance = random.Random(6)
    voc = made(chance, 6000)
    for words in (chance.choices(voc, k=50_000), ["tick", "tock"] * 25_000):
        began = time.process_time()
        own = Texts([Piece("a", "A", " ".join(words))])
        assert time.process_time() - began < 1.0
        began = time.process_time()
        near = near_own(" ".join(words[500:900]), own)
        assert near["longest"] == 400
        assert time.process_time() - began < 1.0


def test_an_offer_that_says_again_what_stood_before_is_told() -> None:
    before = "Mara set the lantern on the flat stone by the well. Then she sat down. Nobody came."
    near = near_passage("Again she set the lantern on the flat stone by the well, and waited.", before)
    assert [(span["words"], span["back"]) for span in near["spans"]] == [(10, 16)]
    assert near["sentence"] == "It repeats 10 words in a row that stand 16 words before."
    near = near_passage("He laughed and went out into the yard.", before)
    assert (near["spans"], near["sentence"]) == ([], "It repeats nothing that stands just before.")
    assert near_passage("", before)["spans"] == near_passage("He laughed.", "")["spans"] == []
