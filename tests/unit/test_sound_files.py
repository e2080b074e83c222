"""Sound files, opened by programs that are not ours: stdlib `wave`, miniaudio (dr_libs, stb_vorbis), tinytag."""

import hashlib
import io
import subprocess
import sys
import wave

import miniaudio
import numpy as np
import pytest
import tinytag

from studio.core.errors import Refused
from studio.music.sound.files import CHUNK, encode, same_serial
from studio.music.sound.sound import sound_of
from tests.running import ROOT
from tests.sounding import band

FORMS = ("wav", "flac", "ogg", "mp3")
INFO = {
    "wav": miniaudio.wav_get_info,
    "flac": miniaudio.flac_get_info,
    "ogg": miniaudio.vorbis_get_info,
    "mp3": miniaudio.mp3_get_info,
}
RATE = 44100
TITLE, COMPOSER, COMMENT = "Süße Träume № 9", "Turlough Ó Cearbhalláin", "Made with Tandem from two takes; seed 7"
SHORT = band(2, drums=True).changed(title=TITLE, composer=COMPOSER)


def samples(data: bytes, rate: int = RATE) -> np.ndarray:
    decoded = miniaudio.decode(data, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=2, sample_rate=rate)
    return np.array(decoded.samples, np.float32).reshape(-1, 2)


@pytest.mark.parametrize("form", FORMS)
def test_others_open_our_files_and_hear_the_tune(form):
    data = sound_of(SHORT, form, comment=COMMENT)
    info = INFO[form](data)
    assert (info.nchannels, info.sample_rate) == (2, RATE)
    heard, meant = samples(data), samples(sound_of(SHORT, "wav"))
    if form == "mp3":  # which starts and ends with some silence of its own
        assert len(meant) <= len(heard) < len(meant) + 4000
        late = int(np.argmax(np.correlate(heard[:20000, 0], meant[:15000, 0], "valid")))
        heard = heard[late : late + len(meant)]
    assert len(heard) == len(meant) == round(3.8 * RATE)
    wrong = heard[: len(meant)] - meant[: len(heard)]
    assert np.sqrt(np.mean(wrong**2)) < (1e-6 if form in ("wav", "flac") else 0.02)


@pytest.mark.parametrize("form", FORMS)
def test_others_read_our_tags(form):
    data = sound_of(SHORT, form, comment=COMMENT)
    tags = tinytag.TinyTag.get(filename=f"tune.{form}", file_obj=io.BytesIO(data))
    assert (tags.title, tags.artist, tags.comment) == (TITLE, COMPOSER, COMMENT)
    assert tags.duration == pytest.approx(3.8, abs=0.1)
    assert tags.samplerate == RATE


@pytest.mark.parametrize("form", FORMS)
def test_tags_are_cleaned_and_may_be_missing(form):
    tune = SHORT.changed(title="a\x00b\nc" + "x" * 1000, composer="")
    tags = tinytag.TinyTag.get(filename=f"tune.{form}", file_obj=io.BytesIO(sound_of(tune, form)))
    assert tags.title == ("abc" + "x" * 1000)[:300]
    assert not tags.artist
    assert not tags.comment


@pytest.mark.parametrize("bits", [16, 24])
def test_the_standard_library_reads_our_wav(bits):
    with wave.open(io.BytesIO(sound_of(SHORT, "wav", bits=bits, loop=True, rate=48000))) as file:
        assert (file.getsampwidth() * 8, file.getnchannels(), file.getframerate()) == (bits, 2, 48000)
        assert file.getnframes() == 2 * 48000
        frames = file.readframes(file.getnframes())
    peak = max(abs(int.from_bytes(frames[k : k + bits // 8], "little", signed=True)) for k in range(0, len(frames), bits // 8))
    assert peak / 2 ** (bits - 1) == pytest.approx(10 ** (-1 / 20), abs=1e-3)


@pytest.mark.parametrize("form", ["wav", "flac", "ogg"])
def test_loops_keep_their_length_and_have_no_seam_after_decoding(form):
    loop = samples(sound_of(SHORT, form, loop=True))
    assert len(loop) == 2 * RATE
    near = np.abs(np.diff(np.concatenate([loop[-500:], loop[:500]]), axis=0))
    assert np.abs(loop[0] - loop[-1]).max() <= near.max(axis=0).max()


def test_24_bits_hold_more_than_16():
    fine, rough = (samples(sound_of(SHORT, "flac", bits=bits)) for bits in (24, 16))
    wrong = np.abs(fine - rough).max()
    assert 0 < wrong <= 0.52 / 2**15


def test_mp3_loops_and_other_wishes_that_cannot_be_are_refused():
    with pytest.raises(Refused, match="silence at both ends.*WAV, FLAC or OGG"):
        sound_of(SHORT, "mp3", loop=True)
    with pytest.raises(Refused, match="96000"):
        sound_of(SHORT, "mp3", rate=96000)
    with pytest.raises(Refused, match="Choose wav, flac, ogg or mp3"):
        sound_of(SHORT, "aiff")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="16 or 24"):
        sound_of(SHORT, "wav", bits=12)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_silence_and_very_short_sounds_can_be_saved(form):
    for frames in (1, 100, CHUNK, CHUNK + 1):
        heard = samples(encode(np.zeros((frames, 2), np.float32), form, RATE))
        assert len(heard) >= frames if form == "mp3" else len(heard) == frames
        assert np.abs(heard).max() < 1e-3


def test_what_is_too_loud_is_cut_not_turned_over():
    heard = samples(encode(np.full((100, 2), 1.5, np.float32), "wav", RATE))
    assert heard.min() > 0.99


def test_ogg_pages_carry_the_same_number_and_right_sums():
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (30000, 2)).astype(np.float32)
    first = encode(sound, "ogg", RATE)
    assert first == encode(sound, "ogg", RATE)
    assert same_serial(first) == first
    other = same_serial(first, 77)
    assert other != first
    assert np.array_equal(samples(other), samples(first))


ASK = """
import hashlib
from studio.music.sound.sound import sound_of
from tests.unit.test_sound_files import FORMS, SHORT
for form in FORMS:
    print(form, hashlib.sha256(sound_of(SHORT, form, chords=True)).hexdigest())
"""


def test_another_process_makes_the_same_bytes():
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = [f"{form} {hashlib.sha256(sound_of(SHORT, form, chords=True)).hexdigest()}" for form in FORMS]
    assert done.stdout.splitlines() == ours
    assert ours == [f"{form} {hashlib.sha256(sound_of(SHORT, form, chords=True)).hexdigest()}" for form in FORMS]
