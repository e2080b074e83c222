"""Bars to symbols and back: nothing is lost, and a tune in another key is the same text."""

from fractions import Fraction as F

import pytest
from hypothesis import assume, given, settings

from studio.music.melody import symbols as s
from studio.music.tune import Tune, moved
from tests.tunes import jig, tunes

QUICK = settings(max_examples=80, deadline=None)


def spelled(tune: Tune) -> tuple[int, list[list[int]]]:
    home = s.home_of(tune.key, *s.span_of(tune))
    return home, s.bars_of(tune, home)


@given(tunes(voices=1, drums=False))
@QUICK
def test_what_can_be_said_comes_back(tune: Tune) -> None:
    try:
        home, bars = spelled(tune)
    except s.Unsayable:
        assume(False)
    back = s.notes_of(bars, tune.bars, home)
    assert [(n.start, n.length, n.pitch) for n in back] == [(n.start, n.length, n.pitch) for n in tune.melody.notes]


@given(tunes(voices=1, drums=False))
@QUICK
def test_bars_fill_their_time(tune: Tune) -> None:
    try:
        home, bars = spelled(tune)
    except s.Unsayable:
        assume(False)
    for contents, bar in zip(bars, tune.bars, strict=True):
        assert s.decode_bar(contents, home)[1] == bar.length


def test_every_transposition_is_the_same_text() -> None:
    texts = {str(spelled(moved(jig(), steps))[1]) for steps in range(-6, 6)}
    assert len(texts) == 1


def test_lengths_without_a_sign_are_tied_and_odd_ones_refused() -> None:
    assert s.pieces(F(5, 8)) == [F(1, 2), F(1, 8)]
    with pytest.raises(s.Unsayable):
        s.pieces(F(1, 5))


def test_names_are_unique_and_ids_follow_them() -> None:
    assert len(set(s.NAMES)) == len(s.NAMES) == 175
    assert (s.NAMES[s.FIRST_PITCH], s.NAMES[s.FIRST_BAR]) == (f"pitch {s.LOWEST}", "bar 1")
