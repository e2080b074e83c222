"""The built-in synthesiser by its samples: in tune, without clicks, aliasing or offset, balanced, seamless in loops."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from studio.core.errors import Refused
from studio.music.sound import synth
from studio.music.sound.accompany import accompaniment, placed
from studio.music.sound.drums import hit
from studio.music.sound.dsp import hertz
from studio.music.sound.instruments import INSTRUMENTS
from studio.music.sound.synth import Stage, metronome, render
from studio.music.theory import Meter
from studio.music.tune import Bar, Chord, Note, Tune, Voice, plain_bars
from tests.sounding import band, single

RATE = 44100
PITCHED = tuple(INSTRUMENTS)
MINUS_ONE_DB = 10 ** (-1 / 20)


def dry(tune: Tune, rate: int = RATE) -> np.ndarray:
    """All voices without the room and without the last polish."""
    stage = Stage(tune, rate)
    for voice in tune.voices:
        stage.play(voice)
    return stage.dry


def cents_off(sound: np.ndarray, pitch: int, rate: int = RATE) -> float:
    """How far the fundamental's mean frequency is from the pitch: the turn of its phase against an ideal one."""
    freq, size = hertz(pitch), len(sound)
    spectrum = np.fft.fft(sound * np.hanning(size))
    freqs = np.fft.fftfreq(size, 1 / rate)
    alone = np.fft.ifft(spectrum * (np.abs(freqs - freq) < 0.3 * freq))
    turned = np.unwrap(np.angle(alone * np.exp(-2j * np.pi * freq * np.arange(size) / rate)))
    inner = slice(size // 8, -size // 8)
    slope = np.polyfit(np.arange(size)[inner], turned[inner], 1)[0] * rate / (2 * np.pi)
    return float(1200 * np.log2(1 + slope / freq))


def loudness(sound: np.ndarray) -> float:
    """Decibels as the ear weighs them (curve A of IEC 61672)."""
    f = np.fft.rfftfreq(sound.shape[1], 1 / RATE)[1:]
    weight = 12194**2 * f**4 / ((f**2 + 20.6**2) * np.sqrt((f**2 + 107.7**2) * (f**2 + 737.9**2)) * (f**2 + 12194**2))
    power = (np.abs(np.fft.rfft(sound, axis=1)[:, 1:]) ** 2 * weight**2).sum() / sound.shape[1] ** 2
    return float(10 * np.log10(power + 1e-20))


@pytest.mark.parametrize("name", PITCHED)
def test_every_instrument_is_in_tune_from_c2_to_c7(name):
    off = {pitch: cents_off(dry(single(pitch, name, seconds=2.0))[0, RATE // 10 : 2 * RATE], pitch) for pitch in range(36, 97, 5)}
    assert max(map(abs, off.values())) < 3, off


@pytest.mark.parametrize("name", PITCHED)
@pytest.mark.parametrize("pitch", [36, 55, 74, 96])
def test_notes_begin_and_end_without_a_click(name, pitch):
    sound = dry(single(pitch, name, seconds=0.7, rest=0.3))[0]
    assert abs(sound[0]) < 1e-4
    end = round(0.7 * RATE)
    bends = np.abs(np.diff(sound, 2))  # a step or a kink stands out here
    assert bends[end - 20 :].max() <= 1.1 * bends[end - 3000 : end - 20].max()
    ring = round(INSTRUMENTS[name].release * RATE)
    assert np.abs(sound[end + ring - 40 : end + ring]).max() < 1e-4 * np.abs(sound).max()
    assert not sound[end + ring :].any()


@pytest.mark.parametrize("name", PITCHED)
def test_no_partial_folds_back(name):
    for pitch in (91, 97, 103, 108):
        sound = dry(single(pitch, name, seconds=1.0))[0, RATE // 5 : RATE]
        level = np.abs(np.fft.rfft(sound * np.blackman(len(sound))))
        freqs = np.fft.rfftfreq(len(sound), 1 / RATE)
        number = freqs / hertz(pitch)
        strays = (np.abs(number - np.round(number)) > 0.25) & (freqs > 500)  # the knock of the body is lower
        assert level[strays].max() < 0.003 * level.max(), (pitch, freqs[strays][level[strays].argmax()])
        assert level[freqs > 0.46 * RATE].max() < 1e-4 * level.max()


@pytest.mark.parametrize("name", PITCHED)
def test_loudness_changes_little_over_the_range(name):
    loud = [loudness(dry(single(pitch, name, seconds=0.8))[:, : round(0.8 * RATE)]) for pitch in range(40, 97, 7)]
    assert max(abs(a - b) for a, b in pairwise(loud)) < 4
    soft, strong = (loudness(dry(single(60, name, velocity=velocity))) for velocity in (40, 110))
    assert 3 < strong - soft < 20


def test_nothing_has_an_offset():
    mix = render(band(8, drums=True))
    assert np.abs(mix.mean(axis=0)).max() < 1e-3 * np.abs(mix).max()


@pytest.mark.parametrize("melody", ["plucked", "flute", "organ", "pad"])
def test_the_melody_stands_in_front(melody):
    tune = band(8, melody=melody, drums=True)
    loud = {voice.name: loudness(dry(tune.changed(voices=(voice,)))) for voice in tune.voices}
    first = loud.pop("Melody")
    in_front = 1 if melody == "pad" else 3  # a pad is made to stand behind
    assert all(in_front <= first - other <= 20 for other in loud.values()), (first, loud)


@pytest.mark.parametrize(
    "tune", [band(4, drums=True), band(4), single(60, "plucked"), single(38, "drums"), single(90, "pad", velocity=20)]
)
@pytest.mark.parametrize("loop", [False, True])
def test_the_peak_is_at_one_decibel_below_full_scale(tune, loop):
    assert np.abs(render(tune, loop=loop)).max() == pytest.approx(MINUS_ONE_DB, abs=1e-5)


def test_a_loop_is_what_a_player_would_hear_in_the_second_round():
    tune = band(4, drums=True)
    rounds = [
        voice.changed(notes=tuple(n.changed(start=n.start + k * tune.length) for k in range(3) for n in voice.notes))
        for voice in tune.voices
    ]
    thrice = tune.changed(bars=tune.bars * 3, voices=tuple(rounds), chords=())
    frames = 4 * RATE
    loop, second = render(tune, loop=True), render(thrice)[frames : 2 * frames]
    assert loop.shape == (frames, 2)
    loop, second = loop / np.sqrt(np.mean(loop**2)), second / np.sqrt(np.mean(second**2))
    assert np.sqrt(np.mean((loop - second) ** 2)) < 1e-3


@pytest.mark.parametrize("tempo", [60, 97, 143])
@pytest.mark.parametrize("melody", ["flute", "organ", "pad"])
def test_a_loop_has_no_seam(melody, tempo):
    loop = render(band(3, melody=melody, tempo=tempo), loop=True)
    frames = round(Fraction(240, tempo) * max(1, round(3 * tempo / 240)) * RATE)
    assert len(loop) == frames
    for order in (1, 2):
        inside = np.abs(np.diff(loop, order, axis=0)).max()
        across = np.abs(np.diff(np.concatenate([loop[-4:], loop[:4]]), order, axis=0)).max()
        near = np.abs(np.diff(loop[:2000], order, axis=0)).max()
        assert across <= near
        assert across <= inside


def test_a_long_ring_goes_round_a_short_loop():
    tune = single(49, "drums", seconds=0.25)
    loop = render(tune, loop=True)
    assert len(loop) == RATE // 4
    assert np.abs(loop[-2000:]).max() > 0.05  # a crash rings through ten rounds


def test_silence_stays_silence():
    tune = single(60, "flute").changed(voices=(Voice(),))
    for mix in (render(tune), render(tune, loop=True), render(tune, voices=[]), render(tune, chords=True)):
        assert mix.shape[1] == 2
        assert not mix.any()
    assert len(render(tune, loop=True)) == RATE


def test_the_same_samples_every_time_and_voices_do_not_change_each_other():
    tune = band(4, drums=True)
    assert np.array_equal(render(tune), render(tune))
    every = dry(tune)
    alone = sum(dry(tune.changed(voices=(voice,))) for voice in tune.voices)
    assert np.allclose(every, alone, atol=1e-5)


def test_other_rates_sound_at_the_same_time():
    tune = single(69, "flute", rest=0.5)
    for rate in (22050, 48000, 96000):
        mix = render(tune, rate=rate)
        assert len(mix) == round((1.5 + synth.RING) * rate)
        spectrum = np.abs(np.fft.rfft(mix[:rate, 0]))
        assert abs(spectrum.argmax() - 440) < 4


def test_chosen_voices_and_chord_symbols():
    tune = band(4)
    melody = render(tune, voices=["Melody"])
    assert not np.array_equal(melody, render(tune))
    assert not np.array_equal(melody, render(tune, voices=["Melody"], chords=True))
    with pytest.raises(Refused, match="no voice called Fiddle.*Melody, Chords, Bass"):
        render(tune, voices=["Fiddle"])


def test_strummed_strings_follow_each_other():
    chord = tuple(Note(start=Fraction(0), length=Fraction(1, 2), pitch=pitch) for pitch in (67, 48, 60, 64))
    tune = single(60, "plucked").changed(voices=(Voice(notes=chord),))
    starts = [(note.pitch, note.start) for note in Stage(tune, 1000 * 8)._placed(tune.voices[0], 0.011)]
    assert starts == [(48, 0), (60, 88), (64, 176), (67, 264)]


@pytest.mark.parametrize(
    "meter", [Meter(count=4, unit=4), Meter(count=6, unit=8), Meter(count=7, unit=8), Meter(count=3, unit=4)]
)
@pytest.mark.parametrize("manner", ["pad", "strum"])
def test_chord_symbols_are_heard_as_written(meter, manner):
    bars = plain_bars(meter, 4, pickup=Fraction(1, 8))
    chords = (Chord(start=Fraction(1, 8), root="G"), Chord(start=Fraction(1, 8) + meter.length, root="D", quality="7", bass="F#"))
    tune = Tune(bars=bars, voices=(Voice(),), chords=chords)
    voice = accompaniment(tune, manner)
    assert {note.pitch % 12 for note in voice.notes if note.start < chords[1].start} == {7, 11, 2}
    assert {note.pitch % 12 for note in voice.notes if note.start >= chords[1].start} == {2, 6, 9, 0}
    assert max(note.end for note in voice.notes) == tune.length
    assert np.abs(render(tune, chords=manner)).max() == pytest.approx(MINUS_ONE_DB, abs=1e-5)


def test_chords_move_little_from_one_to_the_next():
    first = placed(Chord(start=Fraction(0), root="C"))
    second = placed(Chord(start=Fraction(1), root="F"), first)
    assert sum(abs(a - b) for a, b in zip(sorted(first[1:]), sorted(second[1:]), strict=False)) <= 6


def test_a_closed_hat_ends_an_open_one():
    def hats(*pitches: int) -> np.ndarray:
        notes = tuple(Note(start=Fraction(k, 8), length=Fraction(1, 8), pitch=pitch) for k, pitch in enumerate(pitches))
        return dry(single(46, "drums").changed(voices=(Voice(role="drums", instrument="drums", notes=notes),)))

    closed = len(hit(42, 0.6, RATE))
    after = slice(RATE // 4 + closed, RATE // 4 + closed + 4000)
    assert not hats(46, 42)[:, after].any()
    assert hats(46, 75)[:, after].any()


@pytest.mark.parametrize("number", range(27, 88))
def test_every_drum_number_makes_a_sound_that_ends(number):
    stroke = hit(number, 0.7, RATE)
    assert 0.1 < np.abs(stroke).max() < 1.3
    assert abs(stroke[0]) < 0.02
    assert np.abs(stroke[-8:]).max() < 1e-3
    assert abs(stroke.mean()) < 1e-3 * np.abs(stroke).max()


def test_the_metronome_stands_on_the_beats():
    tune = Tune(
        tempo=Fraction(120), bars=plain_bars(Meter(count=3, unit=4), 2, pickup=Fraction(1, 4), short_end=False), voices=(Voice(),)
    )
    clicks = metronome(tune, before=1)
    assert len(clicks) == round((3 + 7) * 0.5 * RATE)
    power = np.abs(clicks[:, 0])
    for beat in range(10):
        at = round(beat * 0.5 * RATE)
        assert power[at : at + 400].max() > 0.2, beat
        assert power[at + RATE // 4 : at + RATE // 2 - 50].max() < 0.1


def test_what_is_too_much_is_refused_with_a_sentence():
    bar = Bar(length=Fraction(16), meter=Meter(count=4, unit=4))
    endless = Tune(tempo=Fraction(10), bars=(bar,) * 2, voices=(Voice(),))
    with pytest.raises(Refused, match="lasts 13 minutes"):
        render(endless)
    long = endless.changed(
        bars=(bar,), voices=(Voice(notes=tuple(Note(start=Fraction(0), length=Fraction(16), pitch=p) for p in range(128))),)
    )
    with pytest.raises(Refused, match="at once"):
        render(long)
    for rate in (100, 10**6):
        with pytest.raises(Refused, match="samples a second"):
            render(band(1), rate=rate)


def test_a_note_held_for_minutes_stops_after_one():
    tune = single(60, "organ", seconds=31).changed(tempo=Fraction(60))
    sound = dry(tune, 8000)[0]
    assert sound[59 * 8000 : 60 * 8000].any()
    assert not sound[61 * 8000 :].any()
