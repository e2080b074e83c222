"""A tune written and read again is the same tune: in MIDI, MusicXML, ABC, JSON and as a piano roll."""

from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from studio.music.notation.files import MEDIA_TYPES, Form, read_tune, write_tune
from studio.music.notation.write_midi import write_midi
from studio.music.theory import Meter
from studio.music.tune import Note, Tune, Voice, plain_bars
from tests.tunes import FIXED, jig, line, tunes, waltz

FORMS: tuple[Form, ...] = tuple(MEDIA_TYPES)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def said(tune: Tune, *, loud: bool = True) -> dict[str, Any]:
    """All of a tune, its notes in order."""
    out = tune.model_dump()
    for voice in out["voices"]:
        voice["notes"] = sorted((n["start"], n["length"], n["pitch"], n["velocity"] if loud else 0) for n in voice["notes"])
    return out


@pytest.mark.parametrize("form", FORMS)
@quick
@given(tune=tunes(wild=True))
def test_read_of_written_is_the_same(form: Form, tune: Tune) -> None:
    loud = form != "abc"  # ABC has no word for how loud a note is
    assert said(read_tune(write_tune(tune, form)), loud=loud) == said(tune, loud=loud)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", FIXED)
def test_fixed_tunes(form: Form, make: Any) -> None:
    assert said(read_tune(write_tune(make(), form))) == said(make())


@pytest.mark.parametrize("form", FORMS)
def test_the_same_tune_gives_the_same_bytes(form: Form) -> None:
    assert write_tune(waltz(), form) == write_tune(waltz(), form)


@pytest.mark.parametrize("form", FORMS)
def test_long_held_notes_rests_and_far_octaves(form: Form) -> None:
    tune = Tune(
        bars=plain_bars(Meter(count=5, unit=4), 6),
        voices=(Voice(notes=line("-:5/4 0:29/8 -:1/8 127:1/32 -:31/32 60:1/64 61:3/64")),),
    )
    assert said(read_tune(write_tune(tune, form))) == said(tune)


def test_chord_track_only_when_asked() -> None:
    plain, sounding = read_tune(write_midi(jig())), read_tune(write_midi(jig(), chords=True))
    assert len(plain.voices) == 1
    assert [v.name for v in sounding.voices] == ["Melody", "Chords"]
    first = [n for n in sounding.voices[1].notes if n.start == F(1, 8)]
    assert {n.pitch % 12 for n in first} == {2, 5, 9}
    assert first[0].end == F(7, 8)


def test_times_that_no_resolution_holds_are_rounded_without_overlap() -> None:
    lengths = [F(1, n) for n in (11, 13, 17, 19, 23, 29, 31)]
    notes, now = [], F(0)
    for length in lengths:
        notes.append(Note(start=now, length=length, pitch=60))
        now += length
    tune = Tune(bars=plain_bars(Meter(), 1), voices=(Voice(notes=tuple(notes)),))
    read = read_tune(write_tune(tune, "mid"))
    assert len(read.voices) == 1
    assert all(abs(a.start - b.start) <= F(1, 3840) for a, b in zip(read.voices[0].notes, notes, strict=True))
