"""The Music room played in: hummed, tapped, with keys, and a jam with the model, on the real app with a file as microphone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from studio.music.notation.roll import TICKS
from tests.browser.conftest import chromium
from tests.browser.sound_timing import HELPERS
from tests.browser.test_music import state
from tests.hums import Hum
from tests.running import RunningStudio

BEAT = TICKS // 4
HUM = Hum(steps=(0, 2, 4.5, 7, 0), beats=(1, 1, 1, 1, 1), tempo=130, rate=48_000, lead=0.3, vibrato=0.1)  # type: ignore[arg-type]
EAR = HELPERS.split("window.player =")[0]  # the ear of the player's tests, on the page's own player


@pytest.fixture(scope="module")
def ears(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears the hum once."""
    sung = tmp_path_factory.mktemp("sung") / "hum.wav"
    sung.write_bytes(HUM.wav())
    running = browser.browser_type.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
              f"--use-file-for-fake-audio-capture={sung}%noloop"],
    )  # fmt: skip
    yield running
    running.close()


@pytest.fixture
def music(ears: Browser, studio: RunningStudio) -> Iterator[Page]:
    context = ears.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"{studio.url}/?tab=music")
    page.wait_for_selector(".session-list .session.here")
    page.locator("#tab-music-button").click()
    page.wait_for_function("document.querySelector('.music-room .roll .stage') && document.querySelector('.music-head .which')?.value")
    before = page.evaluate("document.querySelector('.music-head .which').value")
    page.locator(".session-list .new").click()
    page.wait_for_function("old => (v => v && v !== '+' && v !== old)(document.querySelector('.music-head .which').value)", arg=before)
    yield page
    context.close()
    assert not trouble, f"the page threw: {trouble}"


def opened(page: Page, button: str) -> Locator:
    page.locator(".music-head").get_by_role("button", name=button, exact=True).click()
    return page.locator("dialog[open]")


def arrived(page: Page, title: str) -> None:
    """Another tune is open."""
    page.wait_for_function("title => document.querySelector('.music-head .which').selectedOptions[0]?.text === title", arg=title)


def melody(page: Page) -> list[list[int]]:
    notes: list[list[int]] = state(page)["roll"]["voices"][0]["notes"]
    return notes


def test_a_hum_becomes_notes_with_its_recording_under_the_roll(music: Page) -> None:
    dialog = opened(music, "Hum")
    dialog.get_by_role("button", name="Record", exact=True).click()
    expect(dialog.get_by_role("timer")).to_contain_text("s left")
    music.wait_for_timeout(1500)
    assert int(dialog.get_by_role("meter").get_attribute("aria-valuenow") or 0) > 10
    music.wait_for_timeout(2500)
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_role("img", name="The recording")).to_be_visible()
    dialog.get_by_role("button", name="Listen").click()
    dialog.get_by_role("button", name="Make notes").click()
    expect(dialog).to_have_count(0)
    pitches = [note[2] for note in melody(music)]
    assert len(pitches) == 5
    assert [pitch - pitches[0] for pitch in (pitches[1], pitches[3], pitches[4])] == [2, 7, 0]
    assert state(music)["heard"]["unsure"] == [2]
    recording = music.get_by_role("region", name="The recording")
    expect(recording).to_contain_text("1 unsure note")
    recording.get_by_role("button", name="Next unsure note").click()
    expect(music.locator(".music-room .told")).to_contain_text("Unsure note 1 of 1")
    drawn = "() => { const c = document.querySelector('.music-wave'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((x) => x > 0); }"  # noqa: E501
    music.wait_for_function(drawn)
    recording.get_by_role("button", name="With the tune").click()
    music.wait_for_function("Studio.music.player().playing && Studio.music.player().position() > 2000")
    recording.get_by_role("button", name="Stop both").click()
    recording.get_by_role("button", name="Play the recording").click()
    expect(recording.get_by_role("button", name="Pause the recording")).to_be_visible()
    recording.get_by_role("button", name="Pause the recording").click()
    music.locator(".roll .stage").focus()
    music.keyboard.press("Alt+ArrowUp")  # a semitone up: now it is the person's
    expect(recording).to_contain_text("Every note is sure")
    assert state(music)["heard"]["unsure"] == []


def test_the_notes_lie_under_their_sound(music: Page) -> None:
    """The waveform's loud stretches are where the roll has the notes."""
    dialog = opened(music, "Hum")
    dialog.get_by_label("A recording").set_input_files({"name": "hum.wav", "mimeType": "audio/wav", "buffer": HUM.wav()})
    dialog.get_by_role("button", name="Make notes").click()
    expect(dialog).to_have_count(0)
    music.wait_for_function("document.querySelector('.music-wave')?.getAttribute('aria-label').includes('seconds')")
    heard, roll = state(music)["heard"], state(music)["roll"]
    second = 240 / (TICKS * roll["tempo"])
    starts = [heard["offset"] + note[0] * second for note in roll["voices"][0]["notes"]]
    assert starts == pytest.approx([note.start for note in HUM.notes()], abs=0.06)


def test_refusals_are_sentences_in_the_dialog(music: Page) -> None:
    dialog = opened(music, "Hum")
    dialog.get_by_label("A recording").set_input_files({"name": "talk.m4a", "mimeType": "audio/mp4", "buffer": b"no sound"})
    expect(dialog.locator(".music-line")).to_contain_text("could not be opened as sound")
    silence = (
        b"RIFF$>\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x00>\x00\x00"
        + bytes(15872)
    )
    dialog.get_by_label("A recording").set_input_files({"name": "still.wav", "mimeType": "audio/wav", "buffer": silence})
    dialog.get_by_role("button", name="Make notes").click()
    expect(dialog.locator(".music-line.bad")).to_be_visible()
    music.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }; }"
    )
    dialog.get_by_role("button", name="Record again").click()
    expect(dialog.locator(".music-line")).to_contain_text("does not let this page use the microphone")
    dialog.get_by_label("Tempo").fill("9")
    dialog.get_by_role("button", name="Record", exact=True).click()
    expect(dialog.locator(".music-line")).to_contain_text("between 30 and 300")


def test_a_tapped_rhythm_is_locked_and_gets_pitches(music: Page) -> None:
    dialog = opened(music, "Tap")
    dialog.get_by_role("checkbox", name="Metronome").uncheck()
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(dialog.get_by_role("button", name="Stop (Enter)")).to_be_visible()
    # Taps at exact times: a test's own clock is too slow for a rhythm.
    music.evaluate(
        """async () => {
            const begun = performance.now();
            for (const at of [0, 500, 750, 1000, 1500, 2000, 2250, 2500, 3000]) {
                while (performance.now() < begun + at) await new Promise((done) => setTimeout(done, 1));
                const pad = document.querySelector(".music-pad");
                for (const type of ["keydown", "keyup"]) pad.dispatchEvent(new KeyboardEvent(type, { code: "Space", key: " ", bubbles: true, cancelable: true }));
            }
        }"""  # noqa: E501
    )
    expect(dialog.locator(".music-pad")).to_contain_text("9 taps")
    music.keyboard.press("Enter")
    dialog.get_by_role("button", name="Use this rhythm").click()
    expect(dialog).to_contain_text("its rhythm locked")
    arrived(music, "Tapped")
    got = state(music)
    starts = [note[0] for note in got["roll"]["voices"][0]["notes"]]
    assert [start - starts[0] for start in starts] == [BEAT * n // 2 for n in (0, 2, 3, 4, 6, 8, 9, 10, 12)]
    assert got["roll"]["tempo"] == pytest.approx(120, abs=3)
    assert {lock["what"] for lock in got["locks"]} == {"rhythm"}
    dialog.get_by_role("button", name="Find pitches for it").click()
    music.wait_for_function("document.querySelectorAll('.take .keep:not([disabled])').length == 4", timeout=30_000)
    for take in state(music)["takes"]["offers"]:
        notes = take["roll"]["voices"][0]["notes"]
        assert [note[0] for note in notes] == starts
        assert len({note[2] for note in notes}) > 1


def test_taps_to_the_metronome_keep_their_beat(music: Page) -> None:
    """The first tap on the third beat is an upbeat of two beats."""
    dialog = opened(music, "Tap")
    dialog.get_by_label("Tempo, quarter notes").fill("240")
    dialog.get_by_role("button", name="Start", exact=True).click()
    music.wait_for_function("Studio.music.player().playing")
    music.evaluate(
        """async () => {
            const player = Studio.music.player(), beat = 6720;
            for (const at of [2, 3, 4, 5, 6, 8]) {
                while (player.tickAt(performance.now()) < at * beat) await new Promise((done) => setTimeout(done, 1));
                document.querySelector(".music-pad").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, cancelable: true }));
            }
        }"""
    )
    dialog.get_by_role("button", name="Stop (Enter)").click()
    dialog.get_by_role("button", name="Use this rhythm").click()
    expect(dialog).to_contain_text("its rhythm locked")
    arrived(music, "Tapped")
    roll = state(music)["roll"]
    assert roll["tempo"] == 240
    assert roll["pickup"] == 2 * BEAT
    assert [note[0] for note in roll["voices"][0]["notes"]] == [BEAT * n for n in (0, 1, 2, 3, 4, 6)]


def play(page: Page, *notes: tuple[float, float, str]) -> None:
    """Keys of the computer keyboard by (beat down, beat up, code) of what is playing; a busy page hears them late, but they say
    when they were pressed, as real ones do."""
    page.evaluate(
        """async (notes) => {
            const player = Studio.music.player(), beat = 6720;
            const acts = notes.flatMap(([down, up, code]) => [[down, "keydown", code], [up, "keyup", code]]).sort((a, b) => a[0] - b[0]);
            for (const [at, type, code] of acts) {
                while (player.playing && player.tickAt(performance.now()) < at * beat) await new Promise((done) => setTimeout(done, 1));
                const event = new KeyboardEvent(type, { code, key: code.at(-1).toLowerCase(), bubbles: true, cancelable: true });
                const late = (player.tickAt(performance.now()) - at * beat) / player.rate;
                Object.defineProperty(event, "timeStamp", { value: performance.now() - 1000 * late });
                document.body.dispatchEvent(event);
            }
        }""",
        notes,
    )


def test_keys_are_recorded_in_time_as_one_step_of_undo(music: Page) -> None:
    music.get_by_role("button", name="Play in notes").click()
    panel = music.get_by_role("region", name="Play in notes")
    panel.get_by_label("Grid").select_option("8")
    panel.get_by_label("Count-in").select_option("0")
    panel.get_by_role("button", name="Record", exact=True).click()
    music.wait_for_function("Studio.music.player().playing")
    play(music, (1, 1.9, "KeyA"), (2.05, 2.5, "KeyD"), (3, 4, "KeyG"))
    panel.get_by_role("button", name="Stop", exact=True).click()
    expect(panel).to_contain_text("Undo takes all of it back")
    expect(music.locator(".status-strip .saved")).to_contain_text("Saved")
    assert [note[:3] for note in melody(music)] == [[BEAT, BEAT, 60], [2 * BEAT, BEAT // 2, 64], [3 * BEAT, BEAT, 67]]
    music.locator(".music-transport").get_by_role("button", name="Undo").click()
    music.wait_for_function("document.querySelector('.roll .notelist') !== null")
    music.wait_for_timeout(900)
    assert melody(music) == []


def test_step_by_step_and_the_keys_of_the_page_are_quiet(music: Page) -> None:
    music.get_by_role("button", name="Play in notes").click()
    panel = music.get_by_role("region", name="Play in notes")
    expect(panel.get_by_role("list", name="Which key is which note")).to_be_visible()
    panel.get_by_label("Notes come").select_option("step")
    panel.get_by_label("Grid").select_option("4")
    panel.get_by_role("button", name="Start at the cursor").click()
    sessions = music.locator(".sessions .session").count()
    dark = music.evaluate("Studio.dark()")
    for key in "adt?n1g":  # T is F sharp here and not the theme
        music.keyboard.press(key)
        music.wait_for_timeout(110)
    panel.get_by_role("button", name="Rest").click()
    panel.get_by_role("button", name="Computer keyboard").focus()
    music.keyboard.press("a")
    panel.get_by_role("button", name="Done").click()
    music.wait_for_timeout(900)
    assert [note[:3] for note in melody(music)] == [
        [BEAT * at, BEAT, pitch] for at, pitch in ((0, 60), (1, 64), (2, 66), (3, 67), (5, 60))
    ]
    assert music.evaluate("Studio.dark()") is dark
    assert music.locator(".sessions .session").count() == sessions
    expect(music.get_by_role("dialog")).to_have_count(0)
    expect(music.get_by_role("tab", name="Music")).to_have_attribute("aria-selected", "true")
    music.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="Computer keyboard")).to_have_attribute("aria-pressed", "false")
    music.keyboard.press("t")
    assert music.evaluate("Studio.dark()") is not dark


def jamming(page: Page, **choices: str) -> Locator:
    page.evaluate("() => { const made = Studio.music.jam; Studio.music.jam = (...all) => (window.jam = made(...all)); }")
    dialog = opened(page, "Jam")
    dialog.get_by_label("Tempo, quarter notes").fill(choices.pop("tempo", "120"))
    for label, value in choices.items():
        dialog.get_by_label(label.replace("_", " "), exact=True).select_option(value)
    dialog.get_by_role("checkbox", name="Metronome").uncheck()  # so that only notes are heard
    page.add_script_tag(content=EAR + "window.player = Studio.music.player();")
    dialog.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_function("player.playing")
    page.evaluate("async () => { Studio.music.keysIn().sounding = false; await Ear.listen(); }")
    return dialog


def test_a_jam_answers_on_the_beat_and_is_kept_with_its_makers(music: Page) -> None:
    dialog = jamming(music, Bars_each="1", tempo="90")
    at = 0.0
    for number in (1, 2):
        play(music, (at + 1, at + 1.8, "KeyA"), (at + 2, at + 2.5, "KeyD"), (at + 2.5, at + 3.3, "KeyG"))
        music.wait_for_function(f"jam.rounds[{number - 1}].answer", timeout=20_000)
        expect(dialog.locator(".music-turn")).to_have_text("The model answers", timeout=20_000)
        music.wait_for_function(f"jam.rounds.length > {number}", timeout=20_000)
        late = music.evaluate(f"jam.rounds[{number - 1}].late")
        line = at + 4 + 4 * late
        onset = music.evaluate(
            """([line, i]) => {
                const due = player.startTime + (line * 6720 + jam.rounds[i].answer[0][0]) / player.rate;
                return Ear.onsets(due - 0.4, due + 0.4, { level: 0.003, quiet: 0.1 }).map((at) => 1000 * (at - due));
            }""",
            [line, number - 1],
        )
        assert min(map(abs, onset)) < 15, onset  # 6 of it are the limiter's
        at = line + 4
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(dialog.locator(".music-detail")).to_contain_text("2 rounds")
    dialog.get_by_role("button", name="Keep this jam").click()
    expect(dialog).to_have_count(0)
    arrived(music, "Jam")
    got = state(music)
    assert [bar["maker"] for bar in got["bars"]] == ["human", "model", "human", "model"]
    assert all(bool(bar["offer"]) == (bar["maker"] == "model") for bar in got["bars"])
    mine = [note[:3] for note in got["roll"]["voices"][0]["notes"] if note[0] < TICKS]
    assert [note[2] for note in mine] == [60, 64, 67]
    assert [note[0] for note in mine] == [BEAT, 2 * BEAT, BEAT * 5 // 2]


def test_an_answer_that_is_late_comes_a_bar_later_and_silence_gets_another_turn(music: Page) -> None:
    dialog = jamming(music, Bars_each="1", tempo="160")
    expect(dialog.locator(".music-detail")).to_contain_text("Nothing was heard", timeout=15_000)
    music.evaluate(
        """() => { const ask = Studio.ask; Studio.ask = async (path, ...more) => {
            const got = await ask(path, ...more);
            if (path.endsWith("/answer")) await wait(1200);
            return got;
        }; }"""
    )
    music.wait_for_function("jam.phase === 'you'")
    at = music.evaluate("Math.ceil(player.tickAt(performance.now()) / 26880) * 4")
    play(music, (at, at + 0.5, "KeyA"), (at + 1, at + 1.5, "KeyS"))
    music.wait_for_function("jam.rounds[0].answer", timeout=20_000)
    assert music.evaluate("jam.rounds[0].late") >= 1
    expect(dialog.locator(".music-turn")).to_have_text("The model answers", timeout=10_000)
    expect(dialog.locator(".music-detail")).to_contain_text("later")
    music.keyboard.press("Escape")  # stops; the dialog stays until the jam is kept or let go
    expect(dialog.get_by_role("button", name="Keep this jam")).to_be_visible()
    music.keyboard.press("Escape")
    expect(dialog.locator(".music-line")).to_contain_text("not kept yet")
    music.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_what_is_due_when(music: Page) -> None:
    """The plan of a jam by itself: asked as late as may be, answered at a bar line."""
    got: dict[str, Any] = music.evaluate(
        """() => {
            const plan = Studio.music.jamPlan({ bar: 400, bars: 2 });
            const first = [plan.from, plan.end, plan.askAt(50), plan.askAt(300), plan.askAt(9000)];
            const answers = [plan.answerAt(700, 20), plan.answerAt(779, 20), plan.answerAt(781, 20), plan.answerAt(1500, 20)];
            plan.next(1200);
            return { first, answers, then: [plan.from, plan.end], short: Studio.music.jamPlan({ bar: 400, bars: 1 }).askAt(9000) };
        }"""
    )
    assert got == {"first": [0, 800, 700, 500, 400], "answers": [800, 800, 1200, 1600], "then": [2000, 2800], "short": 200}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_panel_is_accessible_also_on_a_phone(music: Page, theme: str, tmp_path: Path) -> None:
    music.set_viewport_size({"width": 390, "height": 844})
    music.evaluate("theme => Studio.setTheme(theme)", theme)
    music.get_by_role("button", name="Play in notes").click()
    music.get_by_role("button", name="Keys on the screen").click()
    assert not serious(music, ".music-playbar")
    music.get_by_role("button", name="Close the keys").click()
    for button in ("Hum", "Tap", "Jam"):
        dialog = opened(music, button)
        assert not serious(music, "dialog[open]")
        assert music.evaluate("(d => d.scrollWidth <= d.clientWidth)(document.querySelector('dialog[open]'))")
        music.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert music.evaluate("document.documentElement.scrollWidth <= innerWidth")


def serious(page: Page, where: str) -> list[str]:
    found = Axe().run(page, context=where).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]
