"""Notes from the person: computer keyboard, MIDI, screen, and what is recorded of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.sound_timing import TICKS, open_sounding

BEAT = TICKS // 4

# A keyboard that is not there: what the page sees of one, and a hand to play it with.
MIDI = """
window.fake = { refuse: false, ports: new Map(), access: null,
  plug(id, name) { const port = { id, name, type: "input", state: "connected", onmidimessage: null }; this.ports.set(id, port); this.access?.onstatechange?.({ port }); return port; },
  pull(id) { const port = this.ports.get(id); port.state = "disconnected"; this.ports.delete(id); this.access?.onstatechange?.({ port }); },
  send(id, ...data) { this.ports.get(id).onmidimessage?.({ data: new Uint8Array(data), timeStamp: performance.now() }); } };
navigator.requestMIDIAccess = async () => { if (fake.refuse) throw new DOMException("no", "NotAllowedError"); return (fake.access ||= { inputs: fake.ports, outputs: new Map(), onstatechange: null }); };
"""
WATCH = """
window.keys = Studio.music.keysIn();
window.heard = [];
keys.on("note", (e) => heard.push([e.on ? "on" : "off", e.pitch, e.from]));
window.globals = [];
document.addEventListener("keydown", (e) => globals.push(e.key));
"""


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Page]:
    page = open_sounding(browser, scripts=MIDI)
    page.add_script_tag(content=WATCH)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    page.context.close()
    assert not trouble


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    opened.evaluate(
        "() => { document.activeElement.blur(); keys.mode = true; keys.octave = 4; heard.length = globals.length = 0; }"
    )
    yield opened
    opened.evaluate(
        "() => { player.stop(); keys.liftAll(); keys.mode = false; document.querySelector('.touch-piano')?.remove(); }"
    )


def heard(page: Page) -> list[list[Any]]:
    found: list[list[Any]] = page.evaluate("heard.splice(0)")
    return found


def test_places_on_the_keyboard_are_notes(page: Page) -> None:
    for key in "awsedftgyhujkolp":
        page.keyboard.press(key)
    assert [pitch for on, pitch, _ in heard(page) if on == "on"] == list(range(60, 76))
    assert page.evaluate("globals") == []  # T does not change the theme meanwhile


def test_it_is_the_place_and_not_the_letter(page: Page) -> None:
    """On a French keyboard the key at A's place types q."""
    page.evaluate("window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyA', key: 'q' }))")
    page.evaluate("window.dispatchEvent(new KeyboardEvent('keyup', { code: 'KeyA', key: 'q' }))")
    assert heard(page) == [["on", 60, "keyboard"], ["off", 60, "keyboard"]]


def test_octaves_while_a_key_is_held(page: Page) -> None:
    page.keyboard.down("a")
    page.keyboard.press("x")
    page.keyboard.up("a")  # ends the note it began
    page.keyboard.press("a")
    for _ in range(3):
        page.keyboard.press("z")
    page.keyboard.press("a")
    assert heard(page) == [[on, pitch, "keyboard"] for pitch in (60, 72, 36) for on in ("on", "off")]


def test_only_in_its_mode_and_not_where_text_is_typed(page: Page) -> None:
    page.focus("input")
    page.keyboard.type("sad")
    assert heard(page) == []
    assert page.input_value("input") == "sad"
    page.fill("input", "")
    page.evaluate("document.activeElement.blur(), keys.mode = false")
    page.keyboard.press("a")
    page.evaluate("keys.mode = true")
    page.keyboard.press("Control+a")
    assert heard(page) == []


def test_a_held_key_is_one_note_and_leaving_ends_it(page: Page) -> None:
    page.keyboard.down("d")
    page.keyboard.down("d")  # the keyboard repeats
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.keyboard.up("d")
    assert [on for on, *_ in heard(page)] == ["on", "off"]


def test_keys_sound_as_long_as_they_are_held(page: Page) -> None:
    loud = page.evaluate(
        """async () => {
            keys.instrument = "organ";
            const at = player.sounds.context.currentTime;
            keys.press("k", 69, 100, performance.now(), "test");
            await wait(300);
            const up = player.sounds.context.currentTime;
            keys.lift("k", performance.now(), "test");
            await wait(400);
            keys.instrument = "plucked";
            return [Ear.power(69, at + 0.1, at + 0.28), Ear.power(69, up + 0.2, up + 0.38)];
        }"""
    )
    assert loud[0] > 0.02
    assert loud[1] < loud[0] / 50


def test_midi_is_said_plainly_and_plugged_and_pulled(page: Page) -> None:
    said = page.evaluate(
        """async () => {
            const said = [], told = [], was = navigator.requestMIDIAccess;
            keys.on("midi", (state) => told.push(state.sentence));
            navigator.requestMIDIAccess = undefined;
            said.push((await keys.connectMidi()).sentence);
            navigator.requestMIDIAccess = was;
            fake.refuse = true;
            said.push((await keys.connectMidi()).sentence);
            fake.refuse = false;
            said.push((await keys.connectMidi()).sentence);
            fake.plug("one", "Grand 88");
            fake.send("one", 0x90, 64, 101);
            fake.send("one", 0x90, 64, 0);       // a note on without strength is a note off
            fake.send("one", 0xb0, 64, 127);     // pedal
            fake.send("one", 0x91, 67, 90);
            fake.send("one", 0x81, 67, 0);
            const under = keys.held.slice();
            fake.send("one", 0xb0, 64, 0);
            fake.send("one", 0x90, 72, 80);
            fake.pull("one");                    // with a key down
            return { said, told, under, held: keys.held };
        }"""
    )
    assert [
        "does not know MIDI" in said["said"][0],
        "does not let this page" in said["said"][1],
        "No MIDI keyboard" in said["said"][2],
    ] == [True] * 3
    assert said["told"][-2:] == ["Connected: Grand 88.", said["said"][2]]
    assert said["under"] == [67]
    assert said["held"] == []
    assert [(on, pitch) for on, pitch, _ in heard(page)] == [(on, pitch) for pitch in (64, 67, 72) for on in ("on", "off")]


@pytest.mark.parametrize("width", [390, 1440])
def test_piano_on_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate("document.body.append(keys.piano())")
    assert page.locator(".touch-piano [data-pitch]").count() == (13 if width < 600 else 25)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="E 4").click(position={"x": 8, "y": 100})
    page.get_by_role("button", name="C sharp 4").click()
    page.get_by_role("button", name="An octave higher").click()
    box = page.get_by_role("button", name="C 5").bounding_box()
    other = page.get_by_role("button", name="D 5").bounding_box()
    assert box
    assert other
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] / 2, other["y"] + 100)  # slides
    page.mouse.up()
    found = [(on, pitch) for on, pitch, _ in heard(page)]
    assert found == [(on, pitch) for pitch in (64, 61, 72, 74) for on in ("on", "off")]
    page.get_by_role("button", name="C 5").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert [pitch for _, pitch, _ in heard(page)] == [73, 73]
    assert page.evaluate("globals") == []
    assert page.locator(".touch-piano .down").count() == 0


def test_step_by_step(page: Page) -> None:
    page.evaluate(
        f"() => {{ window.notes = []; window.step = keys.steps({{ grid: {BEAT}, cursor: {BEAT}, onNote: (n) => notes.push(n) }}); }}"
    )
    page.keyboard.press("a")
    page.keyboard.press("d")
    page.evaluate("step.rest()")
    page.evaluate(  # a chord: together; then a key that comes while they are still held, but later
        """async () => {
            keys.press(1, 60, 70, 1000); keys.press(2, 64, 70, 1020); keys.press(3, 67, 70, 1700);
            keys.liftAll();
            step.back(); step.grid = 3360;
            keys.press(1, 72, 70, 3000); keys.liftAll(); step.stop();
            keys.press(1, 50, 70, 4000); keys.liftAll();
        }"""
    )
    at = [n[:3] for n in page.evaluate("notes")]
    assert at == [
        [BEAT, BEAT, 60],
        [2 * BEAT, BEAT, 64],
        [4 * BEAT, BEAT, 60],
        [4 * BEAT, BEAT, 64],
        [5 * BEAT, BEAT, 67],
        [5 * BEAT, BEAT // 2, 72],
    ]
    assert page.evaluate("step.cursor") == 5 * BEAT + BEAT // 2


def test_quantised_notes_are_a_line(page: Page) -> None:
    notes = [[100, 3000, 60, 80], [200, 6700, 64, 80], [6800, 9000, 65, 80], [13300, 50, 67, 80], [13500, 50, 67, 90]]
    line = page.evaluate("n => Studio.music.quantise(n, 3360)", notes)
    assert line == [[0, BEAT, 60, 80], [0, BEAT, 64, 80], [BEAT, BEAT, 65, 80], [2 * BEAT, BEAT // 2, 67, 90]]
    drums = page.evaluate("n => Studio.music.quantise(n, 3360, { drums: true })", notes)
    assert [n[1] for n in drums] == [3360, BEAT, 10080, 3360]


def test_recorded_in_time_as_it_is_heard(page: Page) -> None:
    """A player who presses exactly when the beats are heard gets notes on the beats, whatever the way out takes."""
    got = page.evaluate(
        f"""async () => {{
            const roll = rollOf([["M", "melody", "flute", []]], {{ tempo: 200 }}), each = [];
            const taking = await keys.record({{ roll, from: 0, countIn: 1, grid: 3360, onNote: (note) => each.push(note) }});
            // The moments at which beats are heard, from the clocks and not from the player's own account of them.
            const hear = (tick) => Ear.heardAt(player.startTime + player.sounds.lag + (tick * 240) / 26880 / 200);
            const at = async (when) => {{ await wait(Math.max(0, when - performance.now() - 3)); while (performance.now() < when); return when; }};
            const plan = [[-{BEAT}, 50, 0.3], [-300, 60, 0.9], [{BEAT}, 62, 0.9], [2 * {BEAT}, 64, 0.4]], due = plan.map(([tick]) => hear(tick));
            for (const [i, [, pitch, share]] of plan.entries()) {{
                keys.press("hand", pitch, 90, await at(due[i]), "test");
                keys.lift("hand", await at(due[i] + share * 300), "test");
            }}
            const done = await taking.done;  // to the end of the tune
            return {{ ...done, each }};
        }}"""
    )
    assert got["notes"] == [[0, BEAT, 60, 90], [BEAT, BEAT, 62, 90], [2 * BEAT, BEAT // 2, 64, 90]]
    assert got["each"] == got["notes"]
    assert [start for start, *_ in got["raw"]] == pytest.approx([0, BEAT, 2 * BEAT], abs=TICKS / 240 * 200 * 0.004)


def test_a_recording_that_is_stopped_ends_the_note_that_is_held(page: Page) -> None:
    got = page.evaluate(
        """async () => {
            const taking = await keys.record({ roll: rollOf([["M", "melody", "flute", []]]), countIn: 0, grid: 6720 });
            await until(() => player.position() > 6720 * 0.9);
            keys.press("hand", 60, 90, performance.now(), "test");
            await until(() => player.position() > 6720 * 1.95);
            const done = await taking.stop();
            keys.liftAll();
            return [done.notes, player.playing];
        }"""
    )
    assert got == [[[BEAT, BEAT, 60, 90]], False]


def test_tapped_against_the_metronome(page: Page) -> None:
    got = page.evaluate(
        f"""async () => {{
            const taking = await keys.taps({{ roll: rollOf([], {{ tempo: 200 }}), countIn: 1, grid: 3360 }});
            const space = async (tick, type) => {{
                const when = Ear.heardAt(player.startTime + player.sounds.lag + (tick * 240) / 26880 / 200);
                await wait(Math.max(0, when - performance.now() - 3));
                while (performance.now() < when);
                window.dispatchEvent(new KeyboardEvent(type, {{ code: "Space", key: " ", cancelable: true, bubbles: true }}));
            }};
            for (const tick of [0, {BEAT}, {BEAT} * 1.5]) {{ await space(tick, "keydown"); await space(tick + 2000, "keyup"); }}
            return taking.stop();
        }}"""
    )
    assert got["onsets"] == [0, BEAT, BEAT * 3 // 2]
    assert got["tempo"] == 200
    assert page.evaluate("globals") == []


def test_tapped_freely_brings_its_tempo(page: Page) -> None:
    got = page.evaluate(
        """async () => {
            const pad = document.body.appendChild(Object.assign(document.createElement("div"), { textContent: "Tap" }));
            const taking = await keys.taps({ roll: rollOf([]), against: "free", grid: 3360, target: pad, click: false });
            const beats = [0, 1, 1.5, 2, 3, 4], slip = [0, 9, -8, 5, -9, 4], begun = performance.now() + 20;
            for (const [i, beat] of beats.entries()) {  // at 140, a little unsteady
                const when = begun + (beat * 60000) / 140 + slip[i];
                await wait(Math.max(0, when - performance.now() - 3));
                while (performance.now() < when);
                pad.dispatchEvent(new PointerEvent("pointerdown", { cancelable: true }));
                pad.dispatchEvent(new PointerEvent("pointerup", { cancelable: true }));
            }
            pad.remove();
            return taking.stop();
        }"""
    )
    assert got["onsets"] == [round(beat * BEAT) for beat in (0, 1, 1.5, 2, 3, 4)]
    assert got["tempo"] == pytest.approx(140, abs=4)
