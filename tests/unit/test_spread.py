"""Meaning and spread: what the word vectors know, and how far apart texts are said to be."""

import itertools
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing.likeness import meaning as m
from studio.writing.likeness import spread as s
from tests.reworded import OTHER, REWORDED, REWORDED_ASIDE, SAME
from tests.word_pairs import PAIRS

TEXTS = (*(pair[0] for pair in SAME), *OTHER)


def share_above(high: list[float], low: list[float]) -> float:
    return sum(a > b for a in high for b in low) / (len(high) * len(low))


# ----------------------------------------------------------------------------------------------------------- meaning


def test_like_words_are_nearer_than_unlike_ones() -> None:
    kinds = {kind: [m.meaning().word_likeness(a, b) for a, b, k in PAIRS if k == kind] for kind in (0, 1, 2)}
    assert share_above(kinds[2], kinds[0]) >= 0.98
    assert share_above(kinds[1], kinds[0]) >= 0.98
    assert share_above(kinds[2], kinds[1]) > 0.55  # it tells company, not sameness: this is where it is weak


@pytest.mark.parametrize(
    ("word", "wanted"), [("ship", {"vessel", "boat"}), ("bread", {"cheese", "butter"}), ("mother", {"father", "sister"})]
)
def test_neighbours_are_what_a_reader_expects(word: str, wanted: set[str]) -> None:
    assert wanted <= {other for other, _ in m.meaning().nearest(word, 8)}


def test_the_word_list_has_modern_gaps_and_says_so() -> None:
    gone = [word for word in ("computer", "internet", "smartphone", "laptop") if m.meaning().known(word) is None]
    assert gone == ["computer", "internet", "smartphone", "laptop"]
    readme = (m.FOLDER / "README.md").read_text("utf-8")
    assert "computer" in readme
    assert "1930" in readme


def test_unknown_words_are_alike_to_themselves_only() -> None:
    one, same, other = (m.of_letters(word, 96) for word in ("zorblax", "zorblaxes", "quintevy"))
    assert float(one @ one) == pytest.approx(1.0, abs=1e-5)
    assert float(one @ same) > 0.4
    assert abs(float(one @ other)) < 0.4
    assert m.likeness("Zorblax smiled.", "Then Zorblax left.") > m.likeness("Zorblax smiled.", "Then Quintevy left.") + 0.2


def test_grown_forms_are_known_by_what_they_grew_from() -> None:
    words = m.meaning().words
    plain, grown = next((w, w + "s") for w in words[15_000:] if w + "s" not in words and not w.endswith("s"))
    assert m.meaning().known(grown) == m.meaning().known(plain) == m.meaning().known(plain + "’s".replace("’", "'"))


def test_vectors_are_of_length_one_or_nothing() -> None:
    for text in (*TEXTS, "computer", "北京 和 上海"):
        assert float(m.vector(text) @ m.vector(text)) == pytest.approx(1.0, abs=1e-4)
    for text in ("", "…", "1234 56"):
        assert float(m.vector(text) @ m.vector(text)) == 0.0


def test_it_is_small_and_opens_fast() -> None:
    began = time.process_time()
    opened = m.Meaning.open()
    assert time.process_time() - began < 0.3
    assert (m.FOLDER / "vectors.safetensors").stat().st_size <= 2_200_000
    assert (opened.rows.dtype, opened.rows.shape, len(opened.words)) == ("int8", (20_000, 96), 20_000)


def test_held_out_figures_are_recorded_and_above_chance() -> None:
    figures = json.loads((m.FOLDER / "figures.json").read_text("utf-8"))
    assert figures["told apart: next to each other, two books"] > 0.8
    assert figures["which of twelve books"] > 3 / 12


# ------------------------------------------------------------------------------------------------------------ spread


@pytest.mark.parametrize("pair", SAME)
def test_slightly_changed_is_nearly_the_same(pair: tuple[str, str]) -> None:
    assert s.word(s.distance(*pair)) == "nearly the same"


@pytest.mark.parametrize("pair", REWORDED)
def test_the_same_in_other_words_is_alike(pair: tuple[str, str]) -> None:
    assert s.word(s.distance(*pair)) == "alike"


def test_the_limits_hold_for_what_they_were_not_set_on() -> None:
    found = [s.distance(*pair) for pair in REWORDED_ASIDE]
    assert sum(s.word(value) == "alike" for value in found) >= 3  # of four
    assert max(found) < min(s.distance(a[0], b[1]) for a, b in itertools.permutations(REWORDED_ASIDE, 2))


def test_what_has_nothing_in_common_is_different_or_farther() -> None:
    found = [s.word(s.distance(*pair)) for pair in itertools.combinations(OTHER, 2)]
    assert set(found) <= {"different", "far apart"}
    assert found.count("far apart") > len(found) / 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_a_distance_is_a_distance(one: str, other: str) -> None:
    there, back = s.distance(one, other), s.distance(other, one)
    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(back, abs=1e-6)
    assert s.distance(one, one) == 0.0
    if one.isascii():
        assert s.distance(one, one.upper()) == 0.0


def test_the_spread_of_offers_is_told() -> None:
    offers = [SAME[0][0], OTHER[0], SAME[0][1]]
    found = s.spread(offers)
    assert found.nearest == (0, 2)
    assert all(found.matrix[i][j] == found.matrix[j][i] for i in range(3) for j in range(3))
    assert [found.matrix[i][i] for i in range(3)] == [0.0] * 3
    assert found.mean == pytest.approx(sum(found.matrix[i][j] for i, j in ((0, 1), (0, 2), (1, 2))) / 3, abs=1e-3)
    assert found.sentence == f"On the whole they are {s.word(found.mean)}; most alike are 1 and 3: nearly the same."
    assert s.spread(offers[:2]).sentence == "1 and 2 are far apart."
    assert s.spread(offers[:1]).nearest is None
    assert s.spread([]).matrix == ()


def test_doubles_go_and_the_first_of_them_stays() -> None:
    texts = [text for pair in SAME for text in pair] + list(OTHER) + [OTHER[0].upper()]
    assert s.drop_doubles(texts) == [*range(0, 12, 2), *range(12, 18)]
    assert s.drop_doubles(texts, 0.0) == list(range(len(texts)))
    assert s.drop_doubles([]) == []


def test_the_most_distant_are_chosen_and_always_the_same() -> None:
    crowd = [*SAME[0], REWORDED[0][1], *SAME[1], OTHER[0], OTHER[5]]
    chosen = s.most_distant(crowd, 4)
    assert chosen == s.most_distant(crowd, 4)
    assert len(set(chosen)) == 4
    assert len({0, 1, 2} & set(chosen)) == 1  # one of the three that say the same
    assert len({3, 4} & set(chosen)) == 1
    usual = [0, 1, 2, 3]
    assert s.spread([crowd[i] for i in chosen]).mean > s.spread([crowd[i] for i in usual]).mean + 0.1
    assert s.most_distant(crowd, 1) == [0]
    assert s.most_distant(crowd, 0) == []
    assert s.most_distant(crowd[:2], 5) == [0, 1]


def test_greedy_is_as_good_as_half_the_best() -> None:
    """Greedy max-min is proven to reach half of the best least distance."""
    matrix = s.spread(TEXTS).matrix

    def least(chosen: tuple[int, ...]) -> float:
        return min(matrix[i][j] for i, j in itertools.combinations(chosen, 2))

    best = max(map(least, itertools.combinations(range(len(TEXTS)), 4)))
    assert least(tuple(s.most_distant(TEXTS, 4))) >= best / 2


def test_two_hundred_plots_are_compared_in_seconds() -> None:
    texts = [f"{a} {b}" for a, b in itertools.product(TEXTS, repeat=2)]
    began = time.process_time()
    s.spread(texts)
    assert time.process_time() - began < 3.0


def test_readme_names_every_file() -> None:
    text = (m.FOLDER / "README.md").read_text("utf-8")
    for path in Path(m.FOLDER).iterdir():
        assert path.name in text or path.name == "README.md"
