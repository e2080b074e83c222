"""Reasons, report, nearness and habits are true of the notes they speak of."""

from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from studio.music.ask import SketchAsk
from studio.music.check import bars_add_up, report
from studio.music.habits import closes_of, distance, habits_of, repetition_of, steps_of, usual
from studio.music.originality import Index, nearest, open_index, run_hashes, steer_away
from studio.music.reasons import reasons
from studio.music.theory import Key, Meter
from studio.music.tune import Section, Tune, Voice, moved, plain_bars
from tests.tunes import jig, line, seeded, tunes

A_PART = "67:1/4 69:1/4 71:1/4 72:1/4 74:1/2 71:1/4 67:1/4 69:1/4 69:1/4 71:1/4 69:1/4 67:1/2 62:1/2 "
SCALE = Tune(
    key=Key(tonic="G"), bars=plain_bars(Meter(), 8), voices=(Voice(notes=line(A_PART + A_PART)),),
    sections=(Section(label="A", bars=4), Section(label="A", bars=4)),
)  # fmt: skip


def index_of(*known: Tune) -> Index:
    pairs = sorted({(value, i) for i, tune in enumerate(known) for value in run_hashes(tune.melody.notes)})
    hashes, owners = np.array([p[0] for p in pairs], dtype=np.uint32), np.array([p[1] for p in pairs], dtype=np.uint16)
    return Index(hashes, owners, [{"title": tune.title, "source": "a book", "id": str(i)} for i, tune in enumerate(known)])


def test_reasons_name_the_cadence_and_the_top() -> None:
    texts = [reason.text for reason in reasons(SCALE)]
    assert "Bar 4 ends on the 5th (D): half cadence." in texts
    assert "The highest note, D5, comes in bar 2." in texts
    assert next(reason.bar for reason in reasons(SCALE) if reason.text.startswith("Bar 4")) == 3


@given(tunes())
@settings(max_examples=60, deadline=None)
def test_reasons_never_fail_and_point_into_the_tune(tune: Tune) -> None:
    for reason in reasons(tune):
        assert reason.text.endswith(".")
        assert reason.bar is None or 0 <= reason.bar < len(tune.bars)


def test_the_report_sees_what_is_wrong() -> None:
    ask = SketchAsk(key=Key(tonic="G"), bars=8, form="AA", low=60, high=79, n=1)
    assert {line.what for line in report(ask, SCALE) if not line.kept} == {"ends at home"}
    for wrong, what in (
        (SCALE.changed(key=Key(tonic="F"), voices=moved(SCALE, -2).voices), "key and mode"),
        (SCALE.with_melody(SCALE.melody.notes[:-3]), "form"),
        (moved(SCALE, 12), "range"),
        (SCALE.changed(bars=plain_bars(Meter(), 9)), "bars"),
    ):
        assert what in {line.what for line in report(ask, wrong) if not line.kept}


def test_bars_that_do_not_add_up_are_seen() -> None:
    assert bars_add_up(jig()).kept
    short = SCALE.bars[0].changed(length=F(3, 4))
    wrong = SCALE.changed(bars=(*SCALE.bars[:3], short, *SCALE.bars[4:]), voices=(Voice(),))
    assert not bars_add_up(wrong).kept


def test_a_known_tune_is_found_in_every_key_and_named() -> None:
    index = index_of(seeded(5), SCALE.changed(title="The Scale"), seeded(6))
    for steps in (-5, 0, 7):
        near = nearest(moved(SCALE, steps), index)
        assert (near.title, near.source, near.share, near.bars) == ("The Scale", "a book", 1.0, tuple(range(8)))
        assert near.longest == 8
    assert nearest(jig(), index).title == ""
    assert nearest(SCALE, None).known is False


def test_a_quarter_that_is_shared_is_found_in_its_bars() -> None:
    own = "62:1/8 66:1/8 62:1/4 64:3/8 62:1/8 " * 6
    mixed = Tune(key=Key(tonic="G"), bars=plain_bars(Meter(), 10), voices=(Voice(notes=line(own + A_PART)),))
    near = nearest(mixed, index_of(SCALE))
    assert set(near.bars) == {6, 7, 8, 9}
    runs = steer_away(mixed, near)
    steps = [b.pitch - a.pitch for a, b in zip(mixed.melody.notes, mixed.melody.notes[1:], strict=False)]
    assert runs
    assert all(any(tuple(steps[i : i + len(run)]) == run for i in range(len(steps))) for run in runs)


def test_the_shipped_index_names_tunes_and_sources() -> None:
    index = open_index()
    assert index is not None
    assert len(index.titles) > 5000
    assert (np.diff(index.hashes.astype(np.int64)) >= 0).all()
    assert int(index.tunes.max()) < len(index.titles)
    assert all(about["source"] for about in index.titles)


def test_without_an_index_the_studio_says_so(tmp_path: Path) -> None:
    assert open_index(tmp_path) is None


def test_habits_measure_what_they_say() -> None:
    assert repetition_of(SCALE) == pytest.approx(0.5)
    assert closes_of(SCALE) == 1.0
    assert sum(steps_of(SCALE).values()) == pytest.approx(1, abs=1e-3)
    assert distance({"a": 1.0}, {"a": 1.0}) == 0
    assert distance({"a": 1.0}, {"b": 1.0}) == pytest.approx(1)
    steps, lengths = usual([SCALE])
    habits = habits_of(SCALE, steps, lengths)
    assert habits.steps == pytest.approx(0, abs=0.01)
    assert habits.lengths == pytest.approx(0, abs=0.01)
