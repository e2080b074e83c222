"""The word diff: exact for any two texts and any choice of changes, readable, and fast on long ones."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing.diff import apply, changes, fine, hunks

TEXT = st.one_of(
    st.text("ab .\n", max_size=60),
    st.lists(st.sampled_from(("the ", "old ", "door", "doors", ", ", ".\n", "\n\n", "it's ", "😀", "e\u0301")), max_size=30).map(
        "".join
    ),
    st.text(max_size=20),
)


@given(TEXT, TEXT, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_hunks_give_back_both_texts_and_every_mixture(old: str, new: str, chance: random.Random) -> None:
    found = hunks(old, new)
    many = sum(not hunk.same for hunk in found)
    assert apply(found, [True] * many) == new
    assert apply(found, [False] * many) == old
    assert all(one.same != two.same for one, two in zip(found, found[1:], strict=False)), "what stays and what changes take turns"
    choices = [chance.random() < 0.5 for _ in range(many)]
    mixed, left = "", iter(choices)
    for hunk in found:
        assert old[hunk.at : hunk.at + len(hunk.old)] == hunk.old
        assert new[hunk.to : hunk.to + len(hunk.new)] == hunk.new
        assert not hunk.same or hunk.old == hunk.new
        mixed += hunk.old if hunk.same or not next(left) else hunk.new
    assert apply(found, choices) == mixed


@given(TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_by_letters_it_is_the_same_change(old: str, new: str) -> None:
    found = list(fine(hunks(old, new)))
    assert "".join(hunk.old for hunk in found) == old
    assert "".join(hunk.new for hunk in found) == new
    assert all(old[h.at : h.at + len(h.old)] == h.old and new[h.to : h.to + len(h.new)] == h.new for h in found)
    assert all(hunk.old == hunk.new for hunk in found if hunk.same)


def test_changes_are_whole_words_and_those_side_by_side_are_one() -> None:
    found = hunks("The old man went slowly to the shop.", "The old man ran to the shops.")
    assert [(hunk.old, hunk.new) for hunk in found if not hunk.same] == [("went slowly", "ran"), ("shop", "shops")]


def test_changes_with_only_spaces_between_them_are_one() -> None:
    found = hunks("a big red door", "a small blue door")
    assert [(hunk.old, hunk.new) for hunk in found if not hunk.same] == [("big red", "small blue")]


def test_letters_that_stay_in_a_word_are_seen_by_letters() -> None:
    found = [(hunk.same, hunk.new) for hunk in fine(hunks("the door", "the doors"))]
    assert found == [(True, "the "), (True, "door"), (False, "s")]


def test_there_must_be_one_choice_for_each_change() -> None:
    with pytest.raises(ValueError):
        apply(hunks("a b", "a c"), [])


def _story(seed: int, words: int) -> str:
    chance = random.Random(seed)
    known = [f"w{int(chance.paretovariate(0.6)) % 5000}" for _ in range(words)]
    return "".join(word + ("\n\n" if i % 90 == 89 else ". " if i % 13 == 12 else " ") for i, word in enumerate(known))


def test_one_word_of_twenty_thousand_is_one_change() -> None:
    old = _story(1, 20_000)
    new = old[:50_000] + " changed " + old[50_000:]
    assert len(changes(old, new)) == 1


@pytest.mark.parametrize("kind", ["a word in ten", "another text", "one line", "the same word"])
def test_twenty_thousand_words_take_no_time(kind: str) -> None:
    chance = random.Random(2)
    old = _story(1, 20_000)
    if kind == "one line":
        old = old.replace("\n", " ")
    new = " ".join(chance.choice(("new", "", f"{word} and")) if chance.random() < 0.1 else word for word in old.split(" "))
    if kind == "another text":
        new = _story(3, 20_000)
    elif kind == "the same word":
        old, new = "the " * 20_000, "the a " * 10_000
    started = time.process_time()
    found = hunks(old, new)
    assert time.process_time() - started < 3
    assert apply(found, [True] * sum(not hunk.same for hunk in found)) == new
    if kind in ("a word in ten", "one line"):
        kept = sum(len(hunk.old) for hunk in found if hunk.same)
        assert kept > 0.85 * len(old), "what stayed is found"
