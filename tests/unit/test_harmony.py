"""Chords under a tune: every slot has one, what is kept stays, and each reading sounds like what it is called."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.music.ask import Reading
from studio.music.harmony import scores
from studio.music.harmony.harmonise import default_method, fits, harmonise
from studio.music.harmony.slots import slots
from studio.music.theory import MODES, Key, Meter
from studio.music.tune import Chord, Tune, Voice, plain_bars
from tests.folk import A_DORIAN, A_MINOR, A_MIXOLYDIAN, D_JIG, song
from tests.tunes import jig, line, tunes

READINGS: tuple[Reading, ...] = ("plain", "jazzy", "modal")


def named(tune: Tune, reading: Reading = "plain") -> list[str]:
    return [chord.name for chord in harmonise(tune, reading).chords]


@settings(max_examples=60, deadline=None)
@given(tunes(wild=True))
def test_slots_lie_side_by_side_from_the_first_bar_to_the_last(tune: Tune) -> None:
    found = slots(tune)
    assert found[0].start == 0
    assert all(a.end == b.start for a, b in zip(found, found[1:], strict=False))
    assert found[-1].end == tune.length
    assert found[-1].closes == "end"


@settings(max_examples=25, deadline=None)
@given(tunes(wild=True), st.sampled_from(READINGS), st.integers(0, 3))
def test_every_slot_has_a_chord_and_every_chord_a_reason(tune: Tune, reading: Reading, seed: int) -> None:
    harmony = harmonise(tune, reading, seed=seed)
    tune.changed(chords=harmony.chords)  # fits into the tune
    starts = [chord.start for chord in harmony.chords]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert set(starts) <= {slot.start for slot in slots(tune)}
    assert len(harmony.reasons) == len(starts)
    assert all(reason and "\n" not in reason for reason in harmony.reasons)
    assert harmonise(tune, reading, seed=seed) == harmony


@settings(max_examples=25, deadline=None)
@given(tunes(), st.sampled_from(READINGS), st.integers(0, 3))
def test_a_tune_that_ends_at_home_ends_on_the_chord_of_home(tune: Tune, reading: Reading, seed: int) -> None:
    end = max(note.end for note in tune.melody.notes)
    if tune.melody.notes[-1].pitch % 12 == tune.key.pitch_class:
        last = harmonise(tune, reading, seed=seed).chords[-1]
        assert last.root == tune.key.tonic
        assert MODES[tune.key.mode][2] in {(c - tune.key.pitch_class) % 12 for c in last.classes}
        assert last.start < end


@settings(max_examples=25, deadline=None)
@given(
    tunes(),
    st.sampled_from(READINGS),
    st.sampled_from(["Ab", "E", "F#"]),
    st.sampled_from(["", "m7", "dim7", "sus4", "6"]),
    st.data(),
)
def test_kept_chords_stay_where_they_are(tune: Tune, reading: Reading, root: str, quality: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([slot.start for slot in slots(tune)])) + data.draw(st.sampled_from([F(0), F(1, 16)]))
    kept = Chord(start=at, root=root, quality=quality, bass="G")  # type: ignore[arg-type]
    harmony = harmonise(tune, reading, keep={at: kept})
    if at < tune.length:
        assert kept in harmony.chords
        assert harmony.reasons[harmony.chords.index(kept)] == "kept as you set it"
    others = [chord for chord in harmony.chords if chord.bass]
    assert len(others) <= 1


def test_the_plain_reading_of_a_jig_is_what_an_accompanist_plays() -> None:
    at = {chord.start: chord.name for chord in harmonise(D_JIG, "plain").chords}
    assert at[F(0)] == "D"
    assert at[F(3, 4)] == "G"
    assert at[F(9, 4) - F(3, 4)] == "A7"  # bar 3
    assert [name for _, name in sorted(at.items())][-2:] == ["A7", "D"]
    assert set(at.values()) <= {"D", "G", "A", "A7", "Em", "Bm"}


def test_modes_keep_their_own_seventh() -> None:
    assert not any(chord.root == "E" and chord.quality in ("", "7") for chord in harmonise(A_DORIAN, "plain").chords)
    assert {"G", "Em"} & set(named(A_DORIAN))
    assert "G" in named(A_MIXOLYDIAN)
    assert not {"E", "E7"} & set(named(A_MIXOLYDIAN)[2:5])


def test_minor_raises_its_seventh_only_where_the_melody_does() -> None:
    for chord in harmonise(A_MINOR, "plain").chords:
        bar = int(chord.start)  # whole notes are bars here
        if chord.root == "E" and chord.quality in ("", "7"):
            assert bar in (3, 6), chord
    assert "E7" in named(A_MINOR)


def test_jazz_has_sevenths_and_the_modal_reading_stays() -> None:
    jazzy, plain, modal = (harmonise(D_JIG, reading).chords for reading in ("jazzy", "plain", "modal"))  # type: ignore[arg-type]
    assert all(chord.quality for chord in jazzy)
    pairs = list(zip(jazzy, jazzy[1:], strict=False))
    assert any(a.quality == "m7" and b.quality == "7" and (a.classes[0] - b.classes[0]) % 12 == 7 for a, b in pairs)
    assert len(modal) < len(plain) <= len(jazzy)
    assert not any(chord.quality == "7" for chord in modal)


def test_chords_fit_the_strong_beats() -> None:
    for tune in (D_JIG, A_DORIAN, A_MIXOLYDIAN, A_MINOR, jig()):
        for reading in READINGS:
            good, count = fits(tune, harmonise(tune, reading))
            assert good >= 0.85 * count


def test_another_seed_is_another_way_and_still_ends_at_home() -> None:
    ways = {tuple(chord.name for chord in harmonise(D_JIG, "plain", seed=seed).chords) for seed in range(6)}
    assert len(ways) > 1
    assert {way[-1] for way in ways} == {"D"}


@pytest.mark.parametrize("semitones", [1, 5, 10])
def test_no_key_is_better_known_than_another(semitones: int) -> None:
    from studio.music.tune import moved

    there = moved(D_JIG, semitones)
    here = [(c.start, (c.classes[0] + semitones) % 12, c.quality) for c in harmonise(D_JIG, "plain").chords]
    assert here == [(c.start, c.classes[0], c.quality) for c in harmonise(there, "plain").chords]


def test_an_upbeat_is_heard_in_the_first_bar() -> None:
    body = A_MINOR.changed(bars=plain_bars(Meter(), 8, F(1, 4), short_end=False))
    notes = line("64:1/8 67:1/8") + tuple(note.changed(start=note.start + F(1, 4)) for note in A_MINOR.melody.notes)
    chords = harmonise(body.with_melody(notes), "plain").chords  # the upbeat alone, E and G, would be a chord of C
    assert chords[0].name == "Am"
    assert chords[1].start > F(1, 4)


@pytest.mark.parametrize("reading", READINGS)
def test_a_last_bar_that_only_touches_home_is_home(reading: Reading) -> None:
    tune = song(Key(), "4/4", ["c2 e g e2 c2", "d2 f a f2 d2", "G2 B d f2 d2", "d f d B f B f c"])
    assert harmonise(tune, reading).chords[-1].root == "C"


def test_a_tune_of_rests_gets_a_chord_and_no_error() -> None:
    empty = Tune(bars=plain_bars(Meter(), 4), voices=(Voice(),))
    for reading in READINGS:
        harmony = harmonise(empty, reading)
        assert harmony.chords[0].start == 0
        assert fits(empty, harmony) == (0, 0)


def test_the_default_is_the_one_that_was_measured_as_better() -> None:
    import json

    held = json.loads((scores.FOLDER / "metrics.json").read_text("utf-8"))["held_out"]
    other = {"network": "counted", "counted": "network"}[default_method()]
    assert held[default_method()]["triad"] > held[other]["triad"]


def test_numpy_plays_the_network_as_torch_does() -> None:
    import torch

    weights = scores.load()
    member = {name.removeprefix("network.0."): torch.tensor(w) for name, w in weights.items() if name.startswith("network.0.")}
    rows = scores.features(slots(A_DORIAN), A_DORIAN.key)
    gru = torch.nn.GRU(rows.shape[1], member["gru.weight_hh_l0"].shape[1], batch_first=True, bidirectional=True)
    gru.load_state_dict({name.removeprefix("gru."): w for name, w in member.items() if name.startswith("gru.")})
    with torch.no_grad():
        out = gru(torch.tensor(rows)[None])[0][0]
        want = (out @ member["out.weight"].T + member["out.bias"]).log_softmax(-1).numpy()
    only = {f"network.0.{name}": w.numpy() for name, w in member.items()}
    np.testing.assert_allclose(scores.network(rows, only), want, atol=1e-4)


def test_viterbi_finds_what_trying_everything_finds() -> None:
    from itertools import product

    draw = np.random.default_rng(3)
    for _ in range(10):
        score, step = draw.normal(size=(5, 3)).astype(np.float32), draw.normal(size=(3, 3)).astype(np.float32)

        def total(path: tuple[int, ...], score: np.ndarray = score, step: np.ndarray = step) -> float:
            steps = sum(step[a, b] for a, b in zip(path, path[1:], strict=False))
            return float(sum(score[t, k] for t, k in enumerate(path)) + steps)

        best = max(product(range(3), repeat=5), key=total)
        assert scores.best_path(score, step) == list(best)
