"""The tune keeps its own rules, and what is derived from it agrees with it."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from studio.music.originality import run_hashes
from studio.music.theory import Key, Meter
from studio.music.tune import Note, Tune, Voice, in_bar, moved, plain_bars, skyline
from tests.tunes import jig, line, tunes, waltz

QUICK = settings(max_examples=60, deadline=None)


@given(tunes())
@QUICK
def test_a_tune_survives_json(tune: Tune) -> None:
    assert Tune.loads(tune.dumps()) == tune


@given(tunes())
@QUICK
def test_bars_tile_the_tune(tune: Tune) -> None:
    assert tune.starts[0] == 0
    assert tune.starts[-1] == tune.length == sum(bar.length for bar in tune.bars)
    for voice in tune.voices:
        spans = [span for i, bar in enumerate(tune.bars) for span in in_bar(voice.notes, tune.starts[i], tune.starts[i] + bar.length)]
        assert sum(length for _, length, _, _ in spans) == sum(note.length for note in voice.notes)
        assert sum(not held for *_, held in spans) == len(voice.notes)


@given(tunes())
@QUICK
def test_there_and_back_again(tune: Tune) -> None:
    there = moved(tune, 5)
    assert moved(there, -5).voices == tune.voices
    if all(n.pitch <= 122 for n in tune.melody.notes):
        assert run_hashes(there.melody.notes) == run_hashes(tune.melody.notes)


def test_voices_refuse_overlaps_and_tunes_refuse_what_sticks_out() -> None:
    with pytest.raises(ValidationError, match="overlap"):
        Voice(notes=(Note(start=F(0), length=F(1, 2), pitch=60), Note(start=F(1, 4), length=F(1, 4), pitch=62)))
    with pytest.raises(ValidationError, match="after the last bar"):
        Tune(bars=plain_bars(Meter(), 1), voices=(Voice(notes=line("60:5/4")),))


def test_an_upbeat_is_bar_nought_and_the_last_bar_gives_its_time_back() -> None:
    tune = jig()
    assert tune.pickup == F(1, 8)
    assert (tune.number(0), tune.number(1)) == (0, 1)
    assert tune.bars[-1].length == F(5, 8)
    assert waltz().number(0) == 1


def test_the_skyline_is_the_top_line() -> None:
    notes = (*line("60:1/2 62:1/2"), *line("67:1/4 -:1/4 55:1/2"))
    assert [(n.start, n.pitch) for n in skyline(notes)] == [(F(0), 67), (F(1, 2), 62)]


def test_moved_renames_chords() -> None:
    tune = moved(jig(), 2)
    assert str(tune.key) == str(Key(tonic="E", mode="dorian"))
    assert [chord.name for chord in tune.chords] == ["Em", "D", "A7/C#"]
