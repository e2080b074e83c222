"""How a writer writes, counted: what is planted in a sample is what the card says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing import manner
from studio.writing.context.bible import Bible
from studio.writing.context.style import LEAST, card_of, favourite_words, sentences_of, with_curly_speech

PAST = "She walked to the harbour and looked at the water. He said that the lantern was out. They stood near the lantern. "
PRESENT = "I walk down and I see my lantern. It is late; it is cold — and nobody knows me. The lantern is mine! I am here. "


def test_planted_manners_are_found() -> None:
    past, present = card_of(PAST * 12), card_of(PRESENT * 12)
    assert "Told in the past tense, in the third person." in past.told()
    assert "Told in the present tense, in the first person." in present.told()
    assert "Short sentences of 7 words on average" in past.told()
    assert past.favourites[:1] == ("lantern",)
    assert {"She", "They", "that"}.isdisjoint(past.favourites)
    assert "Many dashes, semicolons and exclamation marks" in present.told()
    assert re.search("no [^;]*semicolons", past.told())
    assert "Hardly any speech." in past.told()


def test_figures_are_those_of_the_sample() -> None:
    text = "One two three. Four five six seven eight nine ten!\n\nEleven twelve, Mr. Hale said (twice). " * 10
    figures = card_of(text).measured
    assert figures["words"] == 160
    assert figures["sentence"] == pytest.approx(16 / 3, abs=0.01)
    assert (figures["shorter"], figures["longer"]) == (3, 7)
    assert figures["spread"] == pytest.approx(1.70, abs=0.01)
    assert figures["exclamation marks"] == pytest.approx(10 / 0.16, abs=0.01)
    assert figures["brackets"] == pytest.approx(10 / 0.16, abs=0.01)
    assert figures["commas"] == pytest.approx(1 / 3, abs=0.01)
    assert figures["paragraph"] == pytest.approx(160 / 11, abs=0.01)


@pytest.mark.parametrize(
    ("marks", "sample"),
    [
        ("“ and ”", "“{}” she said."), ('straight "', '"{}" she said.'), ("‘ and ’", "‘{}’ she said."), ("‘ and ’", "'{}' she said."),
        ("« and »", "« {} » she said."), ("» and «", "»{}« she said."), ("„ and “", "„{}“ she said."), ("a dash", "— {}"),
    ],
)  # fmt: skip
def test_speech_is_found_between_every_kind_of_marks(marks: str, sample: str) -> None:
    said = "We don’t go home before the tide is out, and that is all."
    text = "\n\n".join([sample.format(said), "He looked at the water, and nobody else came out of the house."] * 20)
    curly, found = with_curly_speech(text)
    assert found == marks.replace("» and «", "« and »")
    assert curly.count(f"“{said}”" if '"' not in sample else f'"{said}"') == 20
    card = card_of(text)
    assert 0.35 < card.measured["speech"] < 0.55
    assert "is speech" in card.told()


def test_apostrophes_are_no_speech() -> None:
    text = "It wasn't the sailors' boat, and the boys' father didn't say 'tis his. " * 20
    assert with_curly_speech(text) == (text, "")
    assert card_of(text).measured["speech"] == 0


def test_little_is_said_of_little() -> None:
    assert card_of("").told() == card_of("word " * (LEAST - 1)).told() == ""
    assert card_of("word " * (LEAST - 1)).measured == {"words": LEAST - 1}


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab I.!?…,;:—–-“”\"'’«»\n\t字é1(", max_size=2000))
def test_any_text_gives_a_card_that_can_be_kept(text: str) -> None:
    card = card_of(text)
    assert card == card_of(text)
    assert all(line.strip() for line in card.lines)
    assert Bible.loads(Bible(style=card).dumps()).style == card
    assert 0 <= card.measured.get("speech", 0) <= 1


def test_short_forms_end_no_sentence() -> None:
    assert [len(one) for one in sentences_of("Mr. Hale met Dr. Ross. “Why?” he asked. Home")] == [5, 1, 2, 1]


def test_names_and_common_words_are_no_favourites() -> None:
    assert favourite_words(["Mara", "there", "tide", "lamp"] * 5 + ["once"]) == ("lamp", "tide")


def test_reading_ease_falls_with_longer_words_and_sentences() -> None:
    easy = manner.reading_ease("the cat sat on the mat and it was fat".split(), 2)  # noqa: SIM905
    hard = manner.reading_ease(["international", "organisations", "considerably", "underestimate", "administrative"], 1)
    assert easy is not None
    assert hard is not None
    assert easy > 100
    assert hard < 0
    assert manner.reading_ease([], 0) is None
    assert [manner.syllables(word) for word in ("lamp", "table", "walked", "wanted", "made", "idea", "houses")] == [
        1,
        2,
        1,
        2,
        1,
        2,
        2,
    ]


def test_straight_speech_is_left_out_of_the_counts_too() -> None:
    told = '"I am, I am, I am here," he said. He had gone and he was cold; she took him home. He felt it.'
    assert manner.tense_of(told) == manner.tense_of(told.replace('"I', "“I").replace(',"', ",”")) == "past"
    assert manner.view_of(told) == "third"
