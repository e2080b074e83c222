"""Humming: eight known notes are found in all kinds of voices, put in bars, and what is no tune is refused with a sentence."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.music.hum.tapped import rhythm_tune, tapped
from studio.music.hum.transcribe import Hummed, transcribe
from studio.music.theory import Key, Meter
from tests.hums import BEATS, TUNE, Hum, as_file, breath, compared, speech

QUARTERS = [Fraction(beat) / 4 for beat in BEATS]
KINDS = {
    "plain": Hum(),
    "vibrato of a semitone": Hum(vibrato=0.5, vibrato_rate=5),
    "wide vibrato": Hum(vibrato=0.8),
    "scoops": Hum(scoop=2.0),
    "breath": Hum(noise=-17),
    "octaves": Hum(steps=(0, 12, 0, 12, 7, -5, 7, 0)),
    "legato": Hum(gap=0, vibrato=0.5, slide=0.08),
    "legato, soft repeat": Hum(gap=0, dip=7, vibrato=0.3),
    "quiet ends": Hum(fade=0.85, noise=-40),
    "low man": Hum(tonic=42, steps=(0, 2, 4, 5, 7, 7, 4, 0), mains=-24),
    "high whistle": Hum(voice="whistle", tonic=91, noise=-20),
    "low whistle": Hum(voice="whistle", tonic=80, vibrato=0.5, gap=0),
    "song with strong overtones": Hum(voice="song", tonic=50),
    "mains hum": Hum(mains=-18),
    "telephone": Hum(rate=8000),
    "48 kHz": Hum(rate=48_000, tonic=64),
    "between the keys": Hum(cents=30),
    "sinking": Hum(drift=-0.5),
    "very soft": Hum(loudness=0.01),
    "seconds of silence first": Hum(lead=2.0),
}


def heard(hum: Hum, found: Hummed) -> tuple[int, float]:
    pitches = [note.pitch for note in found.tune.melody.notes]
    return compared(hum, [(n.start, n.end, pitches[n.note]) for n in found.notes])


@pytest.mark.parametrize("kind", KINDS)
def test_eight_known_notes(kind: str) -> None:
    hum = KINDS[kind]
    found = transcribe(hum.wav(), meter=Meter(count=4, unit=4))
    right, edge = heard(hum, found)
    assert right == 8
    assert edge <= 0.040
    assert [n.length for n in found.tune.melody.notes] == QUARTERS
    assert abs(float(found.tune.tempo) - hum.tempo) <= 2
    assert [n.note for n in found.notes] == list(range(8))
    if "octaves" not in kind:
        assert found.tune.key.pitch_class == hum.tonic % 12


@pytest.mark.parametrize(
    ("form", "subtype"), [("WAV", "PCM_U8"), ("WAV", "PCM_24"), ("WAV", "DOUBLE"), ("FLAC", None), ("OGG", None), ("MP3", None)]
)
def test_every_form_of_file(form: str, subtype: str | None) -> None:
    hum = Hum(loudness=0.3)
    right, edge = heard(hum, transcribe(hum.wav(form, subtype)))
    assert right == 8
    assert edge <= 0.060  # MP3 may begin later by its own padding


def test_two_channels_of_opposite_sign_do_not_cancel() -> None:
    sound = Hum().sound()
    assert len(transcribe(as_file(np.column_stack([sound, -sound]), 44_100)).notes) == 8


def test_a_tune_on_the_wished_terms() -> None:
    key = Key(tonic="G", mode="mixolydian")
    found = transcribe(Hum(tempo=96).wav(), tempo=Fraction(96), meter=Meter(count=3, unit=4), key=key, start_beat=Fraction(2))
    tune = found.tune
    assert (tune.key, tune.tempo, tune.pickup) == (key, 96, Fraction(1, 4))
    assert tune.bars[0].length == Fraction(1, 4)
    assert all(bar.length == Fraction(3, 4) for bar in tune.bars[1:])
    assert [n.start for n in tune.melody.notes][1] == Fraction(1, 4)


def test_a_jig_keeps_its_eighths() -> None:
    hum = Hum(beats=(0.5,) * 6 + (1.0, 0.5), tempo=110, gap=0.05)
    tune = transcribe(hum.wav(), meter=Meter(count=6, unit=8)).tune
    assert [n.length * 8 for n in tune.melody.notes[:7]] == [1] * 6 + [2]


def test_rests_are_kept_and_breaths_are_not() -> None:
    hum = Hum(beats=(1.0, 2.0, 1.0, 1.0), steps=(0, 2, 4, 0), tempo=100, gap=0.1)
    notes = hum.notes()
    sound = hum.sound()
    sound[int((notes[1].start + 0.6) * 44_100) : int((notes[2].start - 0.05) * 44_100)] = 0  # sung for one beat of two
    lengths = [n.length for n in transcribe(as_file(sound, 44_100), tempo=Fraction(100)).tune.melody.notes]
    assert lengths == [Fraction(1, 4)] * 4


def test_short_notes_at_a_slow_given_tempo_get_a_finer_grid() -> None:
    hum = Hum(beats=(1.0, 0.25, 0.25, 0.25, 0.25, 1.0, 1.0, 1.0), tempo=75, gap=0.05)
    found = transcribe(hum.wav(), tempo=Fraction(75), grid=Fraction(1, 8))
    assert "a grid of 1/16 is used" in " ".join(found.warnings)
    assert found.tune.melody.notes[1].length == Fraction(1, 16)


def test_what_is_off_the_key_is_marked_and_said() -> None:
    hum = Hum(steps=(0, 2, 4, 5, 7, 7, 3.55, 0), vibrato=0.0)  # type: ignore[arg-type]
    found = transcribe(hum.wav())
    assert [n.note for n in found.notes if n.unsure] == [6]
    assert abs(found.notes[6].cents) > 38
    assert any("1 of 8 notes" in warning for warning in found.warnings)
    assert not any(n.unsure for n in transcribe(Hum().wav()).notes)


def test_what_is_heard_survives_json() -> None:
    found = transcribe(Hum().wav())
    assert Hummed.loads(found.dumps()) == found


def test_what_is_no_tune_is_refused() -> None:
    quiet = as_file(np.zeros(16_000), 16_000)
    long = as_file(np.zeros(61 * 8000, np.int16), 8000)
    for data, sentence in (
        (b"", "not a sound file"),
        (b"RIFF" + bytes(200), "not a sound file"),
        (Hum().wav()[:60], "shorter than a tenth"),
        (bytes(21 * 2**20), "larger than 20 MB"),
        (long, "longer than a minute"),
        (quiet, "silent"),
        (as_file(breath(3), 16_000), "come nearer"),
        (as_file(np.full(16_000, np.nan), 16_000, subtype="FLOAT"), "silent"),
        (as_file(speech(5), 16_000), "talking"),
        (as_file(speech(5, seed=9), 16_000), "talking"),
    ):
        with pytest.raises(Refused, match=sentence):
            transcribe(data)
    with pytest.raises(Refused, match="cannot fall on 7"):
        transcribe(Hum().wav(), start_beat=Fraction(7))
    with pytest.raises(Refused, match="Choose one of"):
        transcribe(Hum().wav(), grid=Fraction(1, 7))


LENGTHS = st.lists(st.sampled_from([1, 2, 2, 3, 4, 4, 6, 8]), min_size=4, max_size=24)


@settings(deadline=None, max_examples=150)
@given(LENGTHS, st.integers(60, 132), st.randoms(use_true_random=False))
def test_taps_within_25_ms_of_a_known_beat_find_its_grid(lengths: list[int], tempo: int, random) -> None:  # type: ignore[no-untyped-def]
    """With the tempo known, as after a count-in, every tap lands on its own line."""
    step = 240 / tempo / 16
    lines = [0]
    for n in lengths:
        lines.append(lines[-1] + n)
    rhythm = tapped([3 + line * step + random.uniform(-0.025, 0.025) for line in lines], tempo=Fraction(tempo))
    assert [start * 16 for start in rhythm.starts] == lines


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.sampled_from([2, 2, 4, 4, 6, 8]), min_size=7, max_size=20),
    st.integers(72, 130),
    st.randoms(use_true_random=False),
)
def test_taps_without_a_beat_keep_their_proportions(lengths: list[int], tempo: int, random) -> None:  # type: ignore[no-untyped-def]
    """Without a tempo twice or half of it is as good."""
    onsets = [0.0]
    for n in lengths:
        onsets.append(onsets[-1] + n * 240 / tempo / 16)
    rhythm = tapped([t + random.uniform(-0.025, 0.025) for t in onsets])
    found = [b - a for a, b in pairwise(rhythm.starts)]
    assert len({a / n for a, n in zip(found, lengths, strict=True)}) == 1


def test_people_who_hurry_are_followed() -> None:
    onsets, step = [0.0], 0.6
    lengths = [4, 2, 2, 4, 4, 2, 2, 8] * 4
    for n in lengths:
        onsets.append(onsets[-1] + n * step / 4)
        step *= 0.993  # a fifth quicker at the end
    assert [b - a for a, b in pairwise(tapped(onsets).starts)] == [Fraction(n, 16) for n in lengths]


def test_a_rhythm_as_a_tune() -> None:
    rhythm = tapped([10.0, 10.5, 10.75, 11.0, 11.02, 11.5], tempo=Fraction(120), start_beat=Fraction(3))
    assert rhythm.starts == tuple(Fraction(n, 8) for n in (6, 8, 9, 10, 12))  # the bounce at 11.02 is no tap
    tune = rhythm_tune(rhythm, key=Key(tonic="A", mode="minor"))
    assert {n.pitch for n in tune.melody.notes} == {57}
    assert [bar.length for bar in tune.bars] == [Fraction(1, 4), 1]
    assert [n.start for n in tune.melody.notes] == [Fraction(n, 8) for n in (0, 2, 3, 4, 6)]
    assert {n.pitch for n in rhythm_tune(rhythm, pitch=72).melody.notes} == {72}


@pytest.mark.parametrize(
    ("taps", "tempo", "sentence"),
    [
        ([], 90, "Nothing was tapped"),
        ([1, 2], None, "at least three"),
        ([0, 1, float("nan")], None, "no time"),
        ([0, 1, 999], 90, "shorter rhythm"),
    ],
)
def test_taps_that_are_no_rhythm(taps: list[float], tempo: int | None, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        tapped(taps, tempo=Fraction(tempo) if tempo else None)


def test_tunes_say_what_was_meant() -> None:
    tune = transcribe(Hum(tonic=57).wav()).tune
    assert tuple(n.pitch - 57 for n in tune.melody.notes) == TUNE
    assert tune.bars[0].length == 1
    assert tune.length == 2
