"""The microphone, in a browser whose microphone is a file: what comes back, and what is said when nothing can."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import chromium
from tests.browser.sound_timing import TICKS, open_sounding

TONE = 440.0


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    sung = tmp_path_factory.mktemp("sung") / "sung.wav"
    t = np.arange(48000 * 2) / 48000
    _write(sung, 0.4 * np.sin(2 * np.pi * TONE * t))
    ears = browser.browser_type.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
              f"--use-file-for-fake-audio-capture={sung}"],
    )  # fmt: skip
    page = open_sounding(ears)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.evaluate(
        """() => {
            window.mic = Studio.music.microphone();
            window.plain = (take) => ({ ...take, wav: [...new Uint8Array(take.wav)], raw: { rate: take.raw.rate, size: take.raw.samples.length } });
        }"""
    )
    yield page
    ears.close()
    assert not trouble


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    yield opened
    opened.evaluate("() => { mic.cancel(); player.stop(); }")


def _write(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 48000, 0, "NONE", ""))
        out.writeframes((32767 * samples).astype("<i2").tobytes())


def _read(data: list[int]) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(bytes(data))) as got:
        assert (got.getnchannels(), got.getsampwidth()) == (1, 2)
        return np.frombuffer(got.readframes(got.getnframes()), "<i2") / 32768, got.getframerate()


def test_a_hum_comes_back_as_it_was_sung(page: Page) -> None:
    got = page.evaluate(
        """async () => {
            const levels = [], states = [];
            const taking = await mic.record({ onLevel: (l) => levels.push(l), onState: (s) => states.push(s) });
            await wait(1300);
            const busy = mic.recording, take = await taking.stop();
            return { ...plain(take), levels, states, busy, idle: mic.recording, kept: mic.last === take, raw2: take.raw.wav().byteLength };
        }"""
    )
    sound, rate = _read(got["wav"])
    assert rate == got["rate"] == 16000
    assert got["duration"] == pytest.approx(len(sound) / rate, abs=0.001)
    assert 0.9 < got["duration"] < 1.9
    assert got["start"] is None
    assert got["raw"]["size"] == round(got["duration"] * got["raw"]["rate"])
    assert got["raw2"] == 44 + 2 * got["raw"]["size"]
    middle = sound[2000:14000] * np.hanning(12000)
    assert np.argmax(np.abs(np.fft.rfft(middle, 1 << 17))) * rate / (1 << 17) == pytest.approx(TONE, abs=1)
    assert len(got["levels"]) > 12
    assert max(level["level"] for level in got["levels"]) > 0.05
    assert all(0 <= level["level"] <= level["peak"] + 0.3 <= 1.3 for level in got["levels"])
    assert got["states"] == ["asking", "recording", "done"]
    assert (got["busy"], got["idle"], got["kept"]) == (True, False, True)


def test_it_ends_by_itself_and_can_be_thrown_away(page: Page) -> None:
    got = page.evaluate(
        """async () => {
            const taking = await mic.record({ seconds: 0.5 }), take = await taking.done;
            const other = await mic.record();
            other.cancel();
            return [take.duration, await other.done, mic.recording];
        }"""
    )
    assert got == [pytest.approx(0.5, abs=0.01), None, False]


def test_count_in_and_where_the_recording_lies(page: Page) -> None:
    """The player's own sound is the microphone here: the click at the first beat has to be found at that beat, earlier by
    what the loudspeaker and a real microphone would have taken."""
    got = page.evaluate(
        """async () => {
            const real = navigator.mediaDevices.getUserMedia, states = [], loop = player.sounds.context.createMediaStreamDestination();
            player.sounds.output.connect(loop);
            navigator.mediaDevices.getUserMedia = async () => loop.stream.clone();
            const taking = await mic.record({ roll: rollOf([], { tempo: 200 }), from: 6720, countIn: 1, metronome: true, onState: (s) => states.push(s) });
            await wait(2300);
            const take = await taking.stop(), { samples, rate } = take.raw, late = player.sounds.context.outputLatency;
            navigator.mediaDevices.getUserMedia = real;
            player.sounds.output.disconnect(loop);
            const found = [];
            for (let i = 0, still = 1e9; i < samples.length; i++) if (Math.abs(samples[i]) > 0.01) { if (still > rate * 0.1) found.push(i / rate); still = 0; } else still++;
            return { found, start: take.start, late, states, playing: player.playing };
        }"""
    )
    second = TICKS * 200 / 240
    assert got["start"] == pytest.approx(TICKS / 4 - 0.15 * second, abs=0.002 * second)
    beats = [(got["start"] + (at + got["late"]) * second) / (TICKS / 4) for at in got["found"]]
    assert beats[:3] == pytest.approx([1, 2, 3], abs=0.1), got  # a tenth of a beat is 30 ms: a stream has blocks
    assert got["states"] == ["asking", "counting", "recording", "done"]
    assert got["playing"] is False


def test_stopped_while_counting_in_is_no_take(page: Page) -> None:
    got = page.evaluate(
        """async () => {
            const taking = await mic.record({ roll: rollOf([]), countIn: 2 });
            await wait(200);
            player.stop();
            return [await taking.done, mic.recording];
        }"""
    )
    assert got == [None, False]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "does not let this page use the microphone"),
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "another program"),
        ("insecure", "secure address"),
        ("none", "cannot record"),
    ],
)
def test_what_is_said_when_it_cannot(page: Page, error: str, words: str) -> None:
    said = page.evaluate(
        """async (name) => {
            const real = navigator.mediaDevices.getUserMedia;
            navigator.mediaDevices.getUserMedia = name === "none" ? undefined : async () => { throw new DOMException("", name); };
            const secure = Object.getOwnPropertyDescriptor(window, "isSecureContext");
            if (name === "insecure") Object.defineProperty(window, "isSecureContext", { value: false, configurable: true });
            try { await mic.record(); return "it went on"; } catch (e) { return e.message; }
            finally { navigator.mediaDevices.getUserMedia = real; Object.defineProperty(window, "isSecureContext", secure); }
        }""",
        error,
    )
    assert words in said
    assert page.evaluate("mic.recording") is False


def test_without_worklets_it_records_all_the_same(page: Page) -> None:
    size = page.evaluate(
        """async () => {
            const real = window.AudioWorkletNode;
            window.AudioWorkletNode = class { constructor() { throw new Error("forbidden"); } };
            const taking = await mic.record({ seconds: 0.4 });
            window.AudioWorkletNode = real;
            return (await taking.done).duration;
        }"""
    )
    assert size == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("rate", [48000, 44100, 96000, 16000, 8000])
def test_other_rates_keep_what_can_be_kept(page: Page, rate: int) -> None:
    """Tones in the range of a voice pass unchanged and stay in place; what 16 kHz cannot hold is gone, not another tone."""
    kept = [f for f in (110.0, 3400.0, 6500.0) if f < 0.43 * rate]
    gone = [f for f in (8600.0, 15_000.0) if f < 0.5 * rate and rate != 16000]
    made = page.evaluate(
        """([rate, freqs]) => freqs.map((f) => {
            const tone = Float32Array.from({ length: rate / 2 }, (_, i) => Math.sin((2 * Math.PI * f * i) / rate));
            const out = Studio.music.resample(tone, rate, 16000);
            return [out.length, [...out.subarray(3000, 5000)]];
        })""",
        [rate, kept + gone],
    )
    for freq, (size, out) in zip(kept + gone, made, strict=True):
        assert size == 8000
        there = np.sin(2 * np.pi * freq * np.arange(3000, 5000) / 16000) if freq in kept else 0.0
        assert np.abs(np.array(out) - there).max() < (0.005 if freq in kept else 0.002), freq


def test_thirty_seconds_are_made_ready_quickly(page: Page) -> None:
    took = page.evaluate(
        "() => { const s = new Float32Array(44100 * 30).fill(0.1), t = performance.now(); Studio.music.wav(Studio.music.resample(s, 44100, 16000), 16000); return performance.now() - t; }"
    )
    assert took < 3000
