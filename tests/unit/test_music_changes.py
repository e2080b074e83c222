"""Changes to a whole tune keep what they do not name, and are undone by their opposite."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.music import changes
from studio.music.check import bar_notes
from studio.music.theory import MODES, Key, Meter, read_meter
from studio.music.tune import Tune
from tests.tunes import jig, tunes, waltz

QUICK = settings(max_examples=60, deadline=None)


@given(tunes(), st.integers(-7, 7))
@QUICK
def test_transposing_moves_every_note_and_chord_alike(tune: Tune, steps: int) -> None:
    there = changes.transposed(tune, steps)
    for before, after in zip(tune.voices, there.voices, strict=True):
        moved = 0 if before.role == "drums" else steps
        assert [n.pitch + moved for n in before.notes] == [n.pitch for n in after.notes]
    assert [{(c + steps) % 12 for c in chord.classes} for chord in tune.chords] == [set(chord.classes) for chord in there.chords]
    assert changes.transposed(there, -steps).voices == tune.voices


@given(tunes(voices=1, drums=False), st.sampled_from(sorted(MODES)))
@QUICK
def test_another_mode_keeps_rhythm_and_steps(tune: Tune, mode: str) -> None:
    turned = changes.in_mode(tune, mode)  # type: ignore[arg-type]
    assert turned.key.mode == mode
    assert turned.key.pitch_class == tune.key.pitch_class
    old, new = MODES[tune.key.mode], MODES[turned.key.mode]
    for a, b in zip(tune.melody.notes, turned.melody.notes, strict=True):
        assert (a.start, a.length) == (b.start, b.length)
        if tune.key.degree(a.pitch) in old:
            assert turned.key.degree(b.pitch) == new[old.index(tune.key.degree(a.pitch))]


def test_a_minor_third_becomes_a_major_one_in_the_chords_too() -> None:
    tune = changes.in_mode(jig(), "mixolydian")
    assert tune.chords[0].name == "D"
    assert {n.pitch for n in tune.melody.notes} == {n.pitch + (1 if n.pitch % 12 == 5 else 0) for n in jig().melody.notes}


@given(tunes(), st.data())
@QUICK
def test_taking_bars_out_and_repeating_them_moves_everything_along(tune: Tune, data: st.DataObject) -> None:
    count = len(tune.bars)
    bars = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=max(count - 1, 1), unique=True))
    more = changes.repeated(tune, bars)
    assert len(more.bars) == count + len(bars)
    assert more.length == tune.length + sum(tune.bars[i].length for i in bars)
    if len(bars) < count:
        less = changes.without_bars(tune, bars)
        left = [i for i in range(count) if i not in bars]
        assert [bar.length for bar in less.bars] == [tune.bars[i].length for i in left]
        for k, i in enumerate(left):
            onsets = [(onset, pitch) for onset, _, pitch, held in bar_notes(tune, i) if not held]
            assert [(onset, pitch) for onset, _, pitch, held in bar_notes(less, k) if not held] == onsets


@given(tunes(), st.data())
@QUICK
def test_clearing_bars_leaves_the_others_as_they_are(tune: Tune, data: st.DataObject) -> None:
    bar = data.draw(st.integers(0, len(tune.bars) - 1))
    clear = changes.cleared(tune, [bar])
    assert not [held for *_, held in bar_notes(clear, bar) if not held]
    for i in range(len(tune.bars)):
        if i != bar and i != bar + 1:
            assert bar_notes(clear, i) == bar_notes(tune, i)
    assert clear.chords == tune.chords


def test_bars_are_added_at_the_end_and_a_short_last_bar_made_whole() -> None:
    tune = changes.with_bars(jig(), 4)
    assert len(tune.bars) == len(jig().bars) + 4
    assert tune.bars[8].length == F(3, 4)
    assert tune.melody == jig().melody


def test_other_bar_lines_leave_the_notes_alone() -> None:
    tune = changes.in_meter(waltz(), read_meter("4/4"))
    assert (len(tune.bars), tune.meter) == (4, Meter())
    assert tune.melody == waltz().melody


def test_what_cannot_be_done_is_refused() -> None:
    for call in (
        lambda: changes.transposed(jig(), 25), lambda: changes.at_tempo(jig(), F(1000)), lambda: changes.with_bars(jig(), 0),
        lambda: changes.without_bars(jig(), range(9)), lambda: changes.without_bars(jig(), []), lambda: changes.repeated(jig(), [9]),
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"\.$"):
            call()
    assert changes.in_mode(jig().changed(key=Key(tonic="D", mode="dorian")), "dorian").melody == jig().melody
