"""Shares that add up, and statements that say nothing the ledger does not."""

import re

from hypothesis import given
from hypothesis import strategies as st

from studio.core.ledger import Ledger, Maker, Span
from studio.writing.manuscript.disclosure import NO_ADVICE, Kind, Source, passages, statement
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene
from studio.writing.manuscript.reading import word_count
from studio.writing.manuscript.shares import MAKERS, Made, by_maker, by_model, by_offer, letters, percent, shares, summary, words

MODELS = {"o": Source("Writer Mini", "abc123", "2026-03-01T10:00:00Z"), "p": Source("Other 4B", "", "2026-04-12")}


def book(*pieces: tuple[str, Maker, str | None]) -> Manuscript:
    text = "".join(piece for piece, _, _ in pieces)
    spans = tuple(Span(length=len(piece), maker=maker, offer=offer) for piece, maker, offer in pieces)
    scene = Scene(id="s", title="Arrival", text=text, ledger=Ledger(spans=spans))
    return Manuscript(title="The Hall", author="A. Writer", chapters=(Chapter(id="c", title="One", scenes=(scene,)),))


MIXED = book(
    ("I wrote this myself. ", "human", None),
    ("The door creaked open slowly. ", "model", "o"),
    ("Nobody had come. ", "model-edited", "p"),
    ("It was bitterly cold. ", "human-rewritten", "p"),
    ("A pasted line.", "pasted", None),
)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10**6), max_size=8))
def test_percentages_add_up_to_a_hundred_and_are_never_a_whole_one_off(counts: dict[str, int]) -> None:
    shown, exact = percent(counts), shares(counts)
    assert sum(exact.values()) == (1 if sum(counts.values()) else 0)
    assert sum(shown.values()) == (100 if sum(counts.values()) else 0)
    assert all(abs(shown[name] - 100 * exact[name]) < 1 for name in exact)
    assert all(shown[name] == 0 for name, count in counts.items() if count == 0 and name in shown)


def test_words_and_letters_by_maker_offer_and_model() -> None:
    counted = words(MIXED.scenes)
    assert by_maker(counted) == {"human": 4, "model": 5, "model-edited": 3, "human-rewritten": 4, "pasted": 3}
    assert sum(counted.values()) == word_count(MIXED.scenes[0].text)
    assert by_offer(counted) == {"o": 5, "p": 7}
    assert by_model(counted, {"o": "Writer Mini"}) == {"an unknown model": 7, "Writer Mini": 5}
    assert sum(letters(MIXED.scenes).values()) == len(MIXED.scenes[0].text)
    assert summary(MIXED, "s") == summary(MIXED)
    assert summary(MIXED, "nowhere") == {"letters": dict.fromkeys(MAKERS, 0), "percent": {}}


def test_a_word_of_two_makers_is_of_the_one_with_most_letters() -> None:
    assert words(book(("door", "model", "o"), ("s", "human", None)).scenes) == {Made("model", "o"): 1}
    assert words(book(("d", "model", "o"), ("oors", "human", None)).scenes) == {Made("human", None): 1}
    assert words(book(("do", "human", None), ("or", "model", "o")).scenes) == {Made("model", "o"): 1}


@given(st.lists(st.tuples(st.text("ab '-.夜", min_size=1, max_size=9), st.sampled_from(MAKERS)), max_size=12))
def test_words_by_maker_add_up_to_the_words_of_the_text(pieces: list[tuple[str, Maker]]) -> None:
    made = book(*((text, maker, None) for text, maker in pieces))
    assert sum(words(made.scenes).values()) == word_count(made.scenes[0].text)


class TestStatements:
    def test_every_kind_tells_the_same_counts_models_and_dates(self) -> None:
        for kind in ("plain", "kdp", "copyright"):
            said = statement(MIXED, MODELS, kind)
            assert "Words: 19" in said
            assert "AI-generated, as it came: 5 words (26 %)" in said
            assert "then edited by the author: 3 words (16 %)" in said
            assert "reworded by AI: 4 words (21 %)" in said
            assert "Writer Mini, revision abc123: 5 words" in said
            assert "Other 4B: 7 words" in said
            assert "from 2026-03-01 to 2026-04-12" in said
            assert "3 words (about 16 %) were pasted from elsewhere" in said
            assert NO_ADVICE in said

    def test_kdp_is_told_of_generated_text_even_if_edited(self) -> None:
        edited = book(("Mine. " * 50, "human", None), ("Nobody had come.", "model-edited", "p"))
        said = statement(edited, MODELS, "kdp")
        assert "**AI-generated text: yes.** 3 words" in said
        assert "Some sections, with extensive editing" in said
        whole = statement(book(("All of it.", "model", "o")), MODELS, "kdp")
        assert "Entire work, with minimal or no editing" in whole

    def test_kdp_calls_reworded_text_assisted_and_warns(self) -> None:
        said = statement(book(("It was cold.", "human-rewritten", "p")), MODELS, "kdp")
        assert "AI-generated text: none" in said
        assert "AI-assisted: 3 words" in said
        assert "answer yes" in said

    def test_kdp_asks_for_text_images_and_translations_each_by_itself(self) -> None:
        said = statement(MIXED, MODELS, "kdp")
        assert "Images (the cover is one of them) and translations: not in this record." in said

    def test_ideas_alone_are_assistance(self) -> None:
        mine = book(("All mine.", "human", None))
        assert "need not be declared" in statement(mine, {}, "kdp", ideas=True)
        assert "AI-generated text: none" in statement(mine, {}, "kdp", ideas=True)
        assert "no AI tool wrote or reworded" in statement(mine, {}, "plain")
        assert "nothing is to be excluded" in statement(mine, {}, "copyright")

    def test_the_copyright_office_is_told_what_is_excluded_and_where_it_stands(self) -> None:
        said = statement(MIXED, MODELS, "copyright")
        for field in ("Author Created: ", "New Material Included, Other: text by the author; ", "Note to CO"):
            assert field in said
        assert "arrangement of text created by the author and text generated by artificial intelligence" in said
        assert (
            "Limitation of the Claim, Material Excluded, Other: text generated by artificial intelligence (8 words of 19, about 42 %, in 1 passage)"
            in said
        )
        assert "One, Arrival: 8 words, “The door creaked open slowly. … slowly. Nobody had come." not in said
        assert "One, Arrival: 8 words" in said
        assert [one.words for one in passages(MIXED)] == [8]

    def test_an_unknown_offer_is_said_to_be_unknown(self) -> None:
        assert "a model that is no longer known: 5 words" in statement(MIXED, {"p": MODELS["p"]}, "plain")

    def test_plain_text_has_no_marks(self) -> None:
        kinds: tuple[Kind, ...] = ("plain", "kdp", "copyright")
        for kind in kinds:
            said = statement(MIXED, MODELS, kind, marked=False)
            assert not re.search(r"^#|\*\*", said, re.M)
            assert "19" in said

    def test_an_empty_book_has_a_statement_too(self) -> None:
        assert "Words: 0" in statement(Manuscript(), {}, "copyright")
