"""Soundfonts by a renderer that is a script of ours: found or missing, good, failing, endless, writing nonsense."""

import io
import os
import stat
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import Refused
from studio.music.sound import fonts
from studio.music.sound.fonts import find_font, find_renderer, render_with_font
from studio.music.sound.sound import sound_of
from tests.sounding import band

RATE = 44100
PEAK = 10 ** (-1 / 20)
# Plays a tone of one second for each voice of the MIDI file (one track less than it has), writes down how it was called.
PLAYER = """#!{python}
import json, math, struct, sys, wave
args = sys.argv[1:]
out, rate, font, midi = args[args.index("-F") + 1], int(args[args.index("-r") + 1]), args[-2], open(args[-1], "rb").read()
json.dump([args, font, midi.hex()], open({log!r}, "w"))
assert open(font, "rb").read(4) == b"RIFF" and midi[:4] == b"MThd"
seconds, voices = {seconds}, int.from_bytes(midi[10:12], "big") - 1
with wave.open(out, "wb") as file:
    file.setnchannels(2); file.setsampwidth(2); file.setframerate(rate)
    wavs = [int(5000 * voices * math.sin(2 * math.pi * 440 * k / rate)) for k in range(int(seconds * rate))]
    file.writeframes(b"".join(struct.pack("<hh", s // 4, s // 4) for s in wavs))
"""


def script(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def font(tmp_path: Path) -> Path:
    return make_font(tmp_path / "little.sf2")


def make_font(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF\x10\x00\x00\x00sfbk" + bytes(8))
    return path


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only renderer that can be found."""
    monkeypatch.setattr(fonts, "PROGRAMS", ())
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    (tmp_path / "bin").mkdir()
    return script(tmp_path / "bin" / "fluidsynth", PLAYER.format(python=sys.executable, log=str(tmp_path / "log"), seconds=3))


def test_a_tune_is_played_with_the_font(player, font, tmp_path):
    tune = band(2)
    with wave.open(io.BytesIO(sound_of(tune, "wav", font=font))) as file:
        assert file.getnframes() == round(3.8 * RATE)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 2**15
    assert np.abs(heard).max() == pytest.approx(PEAK, abs=1e-3)
    spectrum = np.abs(np.fft.rfft(heard[:RATE, 0]))
    assert spectrum.argmax() == 440
    called = (tmp_path / "log").read_text()
    assert "little.sf2" in called
    assert str(RATE) in called


def test_a_loop_with_the_font_has_its_length_and_its_ring_at_the_start(player, font):
    with wave.open(io.BytesIO(sound_of(band(2), "wav", font=font, loop=True))) as file:
        assert file.getnframes() == 2 * RATE
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 2**15
    assert np.abs(heard[: RATE - 100]).max() > 1.5 * np.abs(heard[RATE + 100 :]).max()  # the third second lies over the first


def test_what_the_player_gets(player, font, tmp_path):
    from json import loads

    from studio.music.notation.read_midi import read_midi

    def played() -> dict[str, list[int]]:
        tune = read_midi(bytes.fromhex(loads((tmp_path / "log").read_text())[2]))
        return {voice.name: [note.velocity for note in voice.notes] for voice in tune.voices}

    sound_of(band(2), "wav", font=font)
    loud = played()
    assert max(loud["Melody"]) == 90
    assert max(loud["Chords"]) < 66  # softer than written: the melody is in front
    sound_of(band(2), "wav", font=font, voices=["Bass"], chords=True)
    assert set(played()) == {"Bass", "Chord symbols"}
    sound_of(band(2), "wav", font=font, voices=[])
    with pytest.raises(Refused, match="no voice called Oboe"):
        sound_of(band(2), "wav", font=font, voices=["Oboe"])


def test_without_a_renderer_a_sentence_says_what_to_do(font, monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "PROGRAMS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_renderer() is None
    with pytest.raises(Refused, match="Install FluidSynth, or use the built-in sound"):
        sound_of(band(1), "wav", font=font)


def test_renderers_in_usual_places_are_found_beside_the_path(player, monkeypatch, tmp_path):
    assert find_renderer() == player
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert find_renderer() is None
    monkeypatch.setattr(fonts, "PROGRAMS", (str(player.parent),))
    assert find_renderer() == player


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys; sys.exit('no sound card\\nfont is broken')", "font is broken"),
        ("import sys; sys.exit(3)", "it said nothing"),
        ("pass", "it said nothing"),
        ("import sys; a = sys.argv; open(a[a.index('-F') + 1], 'w').write('nonsense')", "no sound"),
        ("import time; time.sleep(30)", "longer than"),
        ("import os; os.abort()", "it said nothing"),
    ],
)
def test_a_failing_renderer_is_told_in_a_sentence(body, said, font, tmp_path):
    program = script(tmp_path / "player", f"#!{sys.executable}\n{body}\n")
    with pytest.raises(Refused, match=said) as refused:
        render_with_font(b"MThd", font, renderer=program, limit=1.0 if "sleep" in body else 20.0)
    assert "built-in sound" in str(refused.value)


def test_a_renderer_that_cannot_be_started_or_a_font_that_is_none(font, tmp_path):
    with pytest.raises(Refused, match="could not be started"):
        render_with_font(b"MThd", font, renderer=tmp_path / "missing")
    (tmp_path / "text.sf2").write_text("RIFF but no font")
    for wrong in (tmp_path / "text.sf2", tmp_path / "gone.sf2", tmp_path):
        with pytest.raises(Refused, match="not a soundfont"):
            render_with_font(b"MThd", wrong, renderer=Path(sys.executable))


def test_nothing_is_left_behind(player, font, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    sound_of(band(1), "wav", font=font)
    assert not list((tmp_path / "tmp").iterdir())


def test_the_best_font_of_the_usual_places_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path / "missing"), str(tmp_path / "fonts")))
    assert find_font() is None
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.sf2").write_text("no font at all")
    assert find_font() is None
    odd = make_font(tmp_path / "fonts" / "a-piano.SF2")
    assert find_font() == odd
    good = make_font(tmp_path / "fonts" / "FluidR3_GM.sf3")
    assert find_font() == good
    own = make_font(tmp_path / "own" / "mine.sf2")
    assert find_font(own) == find_font(own.parent) == own
    assert find_font(tmp_path / "nowhere") == good


def test_a_folder_that_may_not_be_read_is_as_good_as_none(tmp_path, monkeypatch):
    def forbidden(self: Path) -> None:
        raise PermissionError(self)

    monkeypatch.setattr(fonts, "FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(Path, "iterdir", forbidden)
    assert find_font() is None
    assert os.path.isdir(tmp_path)
