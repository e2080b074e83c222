"""The words the painter knows, and what it says of those it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.images.painter.words import MOST, SILENT, Vocabulary, learned, split, stem

WORDS = Vocabulary(("mountain", "sea", "berry", "beach", "red", "forest", "grey", "boat"))


@pytest.mark.parametrize(
    ("written", "listed"),
    [("mountains", "mountain"), ("berries", "berry"), ("beaches", "beach"), ("ocean", "sea"), ("gray", "grey"), ("woods", "forest"),
     ("grass", "grass"), ("iris", "iris"), ("cactus", "cactus"), ("ships", "boat")],
)  # fmt: skip
def test_words_are_folded_onto_their_listed_form(written: str, listed: str) -> None:
    assert stem(written) == listed


def test_what_it_does_not_know_is_told_as_written_and_once() -> None:
    read = WORDS.read("A red Zeppelin over the Mountains, zeppelin by the ocean")
    assert read.words == ("red", "mountains", "ocean")
    assert [WORDS.words[row] for row in read.ids] == ["red", "mountain", "sea"]
    assert read.unknown == ("zeppelin", "over")


def test_what_is_too_much_is_told_too() -> None:
    read = WORDS.read("red sea " * MOST)
    assert len(read.ids) == MOST
    assert len(read.left_out) == MOST


@given(st.text())
def test_every_word_of_a_text_is_taken_told_or_silent(text: str) -> None:
    read = WORDS.read(text)
    assert set(split(text)) == {*read.words, *read.unknown, *read.left_out}
    assert not set(read.words) & SILENT
    assert all(0 <= row < len(WORDS) for row in read.ids)


def test_learned_words_keep_their_rows_when_more_are_learned() -> None:
    first = learned(["red sea"] * 3 + ["blue sea"] * 3)
    again = learned(["green hill"] * 3 + ["rare word"], before=first.words)
    assert again.words[: len(first)] == first.words
    assert set(again.words[len(first) :]) == {"green", "hill"}
