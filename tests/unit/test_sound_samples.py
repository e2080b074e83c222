"""The sampler sounds in assets/sounds: what the code makes, complete, small, in tune, with loops that go round."""

import json
from pathlib import Path

import miniaudio
import numpy as np
import pytest

from studio.music.sound import samples
from studio.music.sound.instruments import INSTRUMENTS
from tests.running import ROOT
from tests.unit.test_sound_synth import cents_off

FOLDER = ROOT / "assets" / "sounds"
RATE = 32000
MANIFEST = json.loads((FOLDER / "samples.json").read_text())
NAMES = (*INSTRUMENTS, "drums")


def decoded(path: Path) -> np.ndarray:
    sound = miniaudio.decode_file(str(path), output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=RATE)
    return np.array(sound.samples, np.float32)


def cut(sound: np.ndarray, note: dict) -> np.ndarray:
    start = round(note["start"] * RATE)
    return sound[start : start + round(note["length"] * RATE)]


@pytest.fixture(scope="module")
def committed() -> dict[str, np.ndarray]:
    return {name: decoded(FOLDER / f"{name}.ogg") for name in NAMES}


def test_the_committed_files_are_what_the_code_makes(tmp_path, committed):
    made = samples.build(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in FOLDER.iterdir()}
    assert json.loads((tmp_path / "samples.json").read_text()) == made
    assert set(made["instruments"]) == set(NAMES)
    for name in NAMES:
        ours, theirs = made["instruments"][name], MANIFEST["instruments"][name]
        assert {k: v for k, v in ours.items() if k != "notes"} == {k: v for k, v in theirs.items() if k != "notes"}
        for one, other in zip(ours["notes"], theirs["notes"], strict=True):
            assert one == other | {"gain": pytest.approx(other["gain"], rel=1e-3)}
        new = decoded(tmp_path / f"{name}.ogg")
        assert new.shape == committed[name].shape
        wrong = np.sqrt(np.mean((new - committed[name]) ** 2) / np.mean(new**2))
        assert wrong < 0.03, name  # other processors round differently, and codecs make more of it


def test_the_folder_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 700_000


def test_every_pitch_has_a_sample_near_by():
    covered = set()
    for name in INSTRUMENTS:
        told = MANIFEST["instruments"][name]
        pitches = [note["pitch"] for note in told["notes"]]
        for pitch in range(told["lowest"], told["highest"] + 1):
            assert min(abs(pitch - other) for other in pitches) <= 3, (name, pitch)
            covered.add(pitch)
    assert covered >= set(range(24, 104))
    assert [note["pitch"] for note in MANIFEST["instruments"]["drums"]["notes"]] == list(range(35, 82))


@pytest.mark.parametrize("name", NAMES)
def test_notes_stand_where_the_manifest_says(name, committed):
    sound = committed[name]
    for note in MANIFEST["instruments"][name]["notes"]:
        start, one = round(note["start"] * RATE), cut(sound, note)
        assert note["file"] == f"{name}.ogg"
        assert len(one) == round(note["length"] * RATE)
        assert 0.4 < np.abs(one).max() < 1
        assert 0 < note["gain"] < 1
        assert np.abs(sound[start - round(0.04 * RATE) : start - round(0.005 * RATE)]).max() < 0.01, note
        assert np.abs(one[-30:]).max() < 0.01, note


@pytest.mark.parametrize("name", list(INSTRUMENTS))
def test_notes_are_in_tune(name, committed):
    for note in MANIFEST["instruments"][name]["notes"]:
        one = cut(committed[name], note)[RATE // 10 : RATE * 5 // 4]
        assert abs(cents_off(one, note["pitch"], RATE)) < 4, note


@pytest.mark.parametrize("name", ["flute", "organ", "pad"])
def test_loops_go_round(name, committed):
    for note in MANIFEST["instruments"][name]["notes"]:
        one = cut(committed[name], note)
        start, end = round(note["loop_start"] * RATE), round(note["loop_end"] * RATE)
        assert end - start > 0.29 * RATE
        assert end <= len(one)
        held = np.concatenate([one[:end], *[one[start:end]] * 3])
        assert abs(one[start] - one[end - 1]) <= 1.5 * np.abs(np.diff(one[start:end])).max()
        window = RATE // 20
        level = np.sqrt(np.convolve(held**2, np.ones(window) / window, "valid"))[start::200]
        inside = np.sqrt(np.convolve(one[:end] ** 2, np.ones(window) / window, "valid"))[start::200]
        assert level.min() > 0.9 * inside.min()  # no dip where the loop closes
        assert level.max() < 1.1 * inside.max()
        assert abs(cents_off(held[start:], note["pitch"], RATE)) < 4, note


def test_what_does_not_sustain_dies_away(committed):
    for name in ("plucked", "bass", "drums"):
        for note in MANIFEST["instruments"][name]["notes"]:
            assert "loop_start" not in note
            one = cut(committed[name], note)
            assert np.abs(one[-200:]).max() < 0.02 * np.abs(one).max()


def test_a_sample_sounds_as_loud_as_the_synthesiser(committed):
    for name, instrument in INSTRUMENTS.items():
        for note in MANIFEST["instruments"][name]["notes"][::3]:
            straight = instrument.level * instrument.body(note["pitch"], 80 / 127, RATE, RATE).mean(axis=0)
            sampled = note["gain"] * cut(committed[name], note)[:RATE]
            part = slice(RATE // 4, RATE * 3 // 4)
            assert np.sqrt(np.mean(sampled[part] ** 2)) == pytest.approx(np.sqrt(np.mean(straight[part] ** 2)), rel=0.1), note


def test_the_command_wants_a_folder(tmp_path):
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "studio.music.sound.samples"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "usage" in done.stderr
