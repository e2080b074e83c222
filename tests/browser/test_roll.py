"""The piano roll as a person uses it: mouse, keys alone, fingers, the list of notes, and how fast it draws."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from studio.music.notation.roll import from_roll
from tests.browser.roll_page import jig, jig_roll, long_roll, measure_drag, open_roll

D5, E5, F5, A4, G4 = 74, 76, 77, 69, 67
Note = list[float]  # start, length in eighths; pitch; velocity
Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    contexts, trouble = [], []

    def start(roll: dict[str, Any] | None = None, width: int = 1440, height: int = 900, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        open_roll(page, roll or jig_roll())
        return page

    yield start
    for context in contexts:
        context.close()
    assert not trouble, f"the page threw: {trouble}"


@pytest.fixture
def page(opened: Open) -> Page:
    return opened()


def notes(page: Page, voice: int = 0) -> list[Note]:
    return page.evaluate(
        "v => { const r = roll.roll(); return r.voices[v].notes.map(n => [n[0] * 8 / r.ticks, n[1] * 8 / r.ticks, n[2], n[3]]); }",
        voice,
    )


def heads(page: Page) -> list[tuple[float, float, float]]:
    return [(start, length, pitch) for start, length, pitch, _ in notes(page)]


def told(page: Page, name: str) -> list[Any]:
    return page.evaluate("name => told.filter(t => t[0] === name).map(t => t.slice(1))", name)


def said(page: Page) -> str:
    return page.evaluate("said.at(-1) || ''")


def chosen(page: Page) -> list[int]:
    return told(page, "select")[-1][0]["notes"]


def spot(page: Page, eighth: float, pitch: float) -> tuple[float, float]:
    x, y = page.evaluate("([e, p]) => roll.at(e * roll.roll().ticks / 8, p)", [eighth, pitch])
    return x, y


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def stage(page: Page) -> Locator:
    return page.get_by_role("application")


# The jig begins with an upbeat of one eighth: A4 at 0, then D5 D5 E5 F5 F5 D5 in bar 1 = (1, 2) (3, 1) (4, 2) (6, 1).
def test_drawing_a_note(opened: Open) -> None:
    gap = jig_roll()
    per = gap["ticks"] // 8
    gap["voices"][0]["notes"] = [n for n in gap["voices"][0]["notes"] if not 13 * per <= n[0] < 19 * per]
    page = opened(gap)
    drag(page, spot(page, 13.3, 81), spot(page, 15.4, 81))
    assert (13, 3, 81) in heads(page)
    assert [what for _, what in told(page, "change")] == ["draw"], "one change a gesture"
    assert told(page, "audition") == [[81, 0]]
    page.mouse.click(*spot(page, 16.5, 79))
    assert (16, 3, 79) in heads(page), "a plain click draws with the last length"
    page.mouse.click(*spot(page, 49.5, 79))
    assert (49, 2, 79) in heads(page), "cut where the next note of the line begins"
    page.get_by_label("Grid", exact=True).select_option("1/16")
    page.mouse.click(*spot(page, 14.6, 67))
    assert {(13, 1.5, 81), (14.5, 1.5, 67)} <= set(heads(page)), "a later note cuts the earlier one"


def test_moving_snaps_to_the_bars_and_later_notes_cut_earlier_ones(page: Page) -> None:
    drag(page, spot(page, 2, D5), spot(page, 2.2, G4))
    assert (1, 2, G4) in heads(page)
    drag(page, spot(page, 5, F5), spot(page, 4.1, F5))
    assert (3, 2, F5) in heads(page)
    assert (3, 2, E5) in heads(page), "two that begin together are a chord and end together"
    drag(page, spot(page, 6.5, D5), spot(page, 9.5, D5))
    assert (9, 1, D5) in heads(page)
    assert (7, 2, E5) in heads(page)
    pitches = [pitch for pitch, _ in told(page, "audition")]
    assert G4 in pitches
    assert told(page, "change")[-1][1] == "move"


def test_shift_keeps_to_one_axis(page: Page) -> None:
    page.mouse.move(*spot(page, 2, D5))
    page.mouse.down()
    page.keyboard.down("Shift")
    page.mouse.move(*spot(page, 2.9, 80))
    page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    page.keyboard.up("Shift")
    assert (1, 2, 80) in heads(page)


def test_both_edges_stretch(page: Page) -> None:
    x, y = spot(page, 6, F5)
    drag(page, (x - 3, y), (spot(page, 5, F5)[0] + 2, y))
    assert (4, 1, F5) in heads(page)
    x, y = spot(page, 1, D5)
    drag(page, (x + 2, y), (spot(page, 2, D5)[0], y))
    assert (2, 1, D5) in heads(page)
    x, y = spot(page, 3, D5)
    drag(page, (x - 3, y), (spot(page, 5, D5)[0], y))
    assert (2, 1, D5) in heads(page), "no longer than to the next note"


def test_splitting_joining_deleting(page: Page) -> None:
    page.keyboard.down("Alt")
    page.mouse.click(*spot(page, 2, D5))
    page.keyboard.up("Alt")
    assert heads(page)[1:3] == [(1, 1, D5), (2, 1, D5)]
    keys(page, "j")
    assert heads(page)[1] == (1, 2, D5)
    page.mouse.move(*spot(page, 5, F5))
    page.keyboard.press("s")
    assert (4, 1, F5) in heads(page)
    assert (5, 1, F5) in heads(page)
    count = len(notes(page))
    page.mouse.dblclick(*spot(page, 3.5, E5))
    assert len(notes(page)) == count - 1
    page.mouse.click(*spot(page, 8, E5))
    keys(page, "Delete")
    assert len(notes(page)) == count - 2
    assert "deleted" in said(page)


def test_choosing_many(page: Page) -> None:
    page.mouse.click(*spot(page, 2, D5))
    page.keyboard.down("Shift")
    page.mouse.click(*spot(page, 3.5, E5))
    page.mouse.click(*spot(page, 5, F5))
    page.mouse.click(*spot(page, 3.5, E5))
    assert chosen(page) == [1, 3]
    drag(page, spot(page, 7.1, 79), spot(page, 10.5, 71))
    page.keyboard.up("Shift")
    assert chosen(page) == [1, 3, 5, 6]
    keys(page, "Control+a")
    assert len(chosen(page)) == len(notes(page))
    keys(page, "Escape")
    assert chosen(page) == []


def test_copy_paste_and_double(page: Page) -> None:
    page.mouse.click(*spot(page, 2, D5))
    page.keyboard.down("Shift")
    page.mouse.click(*spot(page, 3.5, E5))
    page.keyboard.up("Shift")
    keys(page, "Control+c")
    page.evaluate("roll.playhead(43 * roll.roll().ticks / 8)")
    keys(page, "Control+v")
    assert {(43, 2, D5), (45, 1, E5)} <= set(heads(page))
    keys(page, "Control+d")
    assert {(46, 2, D5), (48, 1, E5)} <= set(heads(page))
    keys(page, "Control+x")
    assert (46, 2, D5) not in heads(page)
    page.evaluate("roll.playhead(95 * roll.roll().ticks / 8)")
    keys(page, "Control+v")
    assert heads(page)[-1] == (95, 1, D5), "what goes beyond the end is left out"
    assert "did not fit" in said(page)


def test_quantising_and_undoing_everything(opened: Open) -> None:
    crooked = jig_roll()
    shift = crooked["ticks"] // 60
    crooked["voices"][0]["notes"] = [
        [max(0, n[0] + (shift if i % 2 else -shift)), n[1] - 2 * shift, *n[2:]]
        for i, n in enumerate(crooked["voices"][0]["notes"])
    ]
    page = opened(crooked)
    was = notes(page)
    page.evaluate("roll.focus()")
    keys(page, "Control+a", "q")
    assert all(float(start).is_integer() and float(length).is_integer() for start, length, *_ in notes(page))
    tidy = notes(page)
    keys(page, "ArrowUp", "Shift+ArrowDown", "Alt+ArrowUp", "v", "ArrowUp", "v")
    assert {n[3] for n in notes(page)} == {86}
    for _ in range(4):
        keys(page, "Control+z")
    assert notes(page) == tidy
    keys(page, "Control+z")
    assert notes(page) == was
    assert page.evaluate("roll.canUndo()") is False
    keys(page, "Control+Shift+z")
    assert notes(page) == tidy
    keys(page, "Control+y")
    assert notes(page) != tidy


def test_transposing_keeps_to_the_scale(page: Page) -> None:
    page.mouse.click(*spot(page, 3.5, E5))
    keys(page, "ArrowUp", "ArrowUp", "ArrowUp")
    assert heads(page)[2][2] == 81, "E F G A: no F sharp in D dorian"
    keys(page, "Alt+ArrowUp", "ArrowDown", "Shift+ArrowDown")
    assert heads(page)[2][2] == 81 - 12
    keys(page, "ArrowRight")
    assert "beat 2" in said(page)


def test_a_locked_bar_refuses(page: Page) -> None:
    page.get_by_role("button", name="Lock bar 2").click()
    assert told(page, "locks") == [[[{"bar": 2, "what": "all"}]]]
    before = heads(page)
    drag(page, spot(page, 8, E5), spot(page, 8, A4))
    assert "locked" in said(page)
    assert "Bar 2" in said(page)
    page.mouse.click(*spot(page, 8.5, 81))
    page.evaluate("roll.select([1])")
    keys(page, *["Control+ArrowRight"] * 3, *["ArrowRight"] * 8)
    assert said(page).startswith("Bar 2 is locked")
    keys(page, *["ArrowLeft"] * 5)
    assert heads(page) == before, "notes that were passed on the way are whole again"
    assert all(note in heads(page) for note in before if 7 <= note[0] < 13), "nothing gets into it from outside either"
    keys(page, "Control+a")
    keys(page, "Delete")
    assert len(heads(page)) == len(before)
    page.get_by_role("button", name="Lock bar 2").click()
    assert told(page, "locks")[-1] == [[]]
    drag(page, spot(page, 8, E5), spot(page, 8, A4))
    assert (7, 2, A4) in heads(page)


def test_ruler_seek_loop_and_bars(page: Page) -> None:
    box = page.locator(".strip").bounding_box()
    assert box
    y = box["y"] + 9
    x = {eighth: spot(page, eighth, D5)[0] for eighth in (7, 12.8, 19, 25, 30)}
    page.mouse.click(x[30], y)
    assert told(page, "seek")[0][0] * 8 / page.evaluate("roll.roll().ticks") == 30
    drag(page, (x[7] + 3, y), (x[19] - 2, y))
    per = page.evaluate("roll.roll().ticks / 8")
    assert told(page, "loop")[-1] == [[7 * per, 19 * per]]
    drag(page, (x[19], y), (x[25], y))
    assert page.evaluate("roll.loop()") == [7 * per, 25 * per]
    page.mouse.dblclick(x[12.8], y)
    assert page.evaluate("roll.loop()") is None
    page.locator(".number[data-bar='3']").click()
    page.locator(".number[data-bar='5']").click(modifiers=["Shift"])
    assert told(page, "select")[-1][0]["bars"] == [3, 5]
    page.get_by_role("button", name="Menu of bar 7").click()
    assert told(page, "barMenu")[-1][0] == 7
    page.locator(".number[data-bar='4']").click(button="right")
    assert told(page, "barMenu")[-1][0] == 4


def test_whatever_is_pressed_stays_a_tune(page: Page) -> None:
    """Chance presses keys and drags; what comes out is always taken back, and undo leads to the beginning."""
    was, dice = notes(page), random.Random(7)
    pool = [
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "Control+ArrowRight",
        "Control+Shift+ArrowLeft",
        "Alt+ArrowUp",
        "Enter",
        "]",
        "}",
        "[",
        "s",
        "j",
        "q",
        "Delete",
        "Control+c",
        "Control+v",
        "Control+d",
        "PageDown",
        "Home",
        ".",
        ",",
        "Escape",
        "Control+z",
        "b",
    ]
    for _ in range(12):
        keys(page, *dice.choices(pool, k=12))
        start = dice.uniform(0, 90)
        drag(page, spot(page, start, dice.randint(64, 80)), spot(page, start + dice.uniform(-4, 5), dice.randint(64, 80)))
        made = from_roll(page.evaluate("(({title, tempo, voices}) => ({title, tempo, voices}))(roll.roll())"), jig())
        assert [[float(n.start * 8), n.pitch] for n in made.voices[0].notes] == [
            [pytest.approx(s), p] for s, _, p, _ in notes(page)
        ]
    while page.evaluate("roll.undo()"):
        pass
    assert notes(page) == was


def test_by_keys_alone(page: Page) -> None:
    """Draw, adjust, lock, loop, menu, list; and Tab goes through the roll and out of it."""
    page.locator("#before").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role') === 'application'"):
            break
    expect(stage(page)).to_be_focused()
    keys(page, "Control+Home", "PageDown", "PageDown", "Shift+ArrowUp")
    assert "bar 2, beat 1" in said(page)
    keys(page, "Control+Home", "PageDown", "ArrowRight", "ArrowRight")
    keys(page, *["ArrowUp"] * 12, "Enter")
    assert said(page) == "Drawn: bar 1, beat 1 and quarter: A flat 4, eighth." or "Drawn: bar 1" in said(page)
    assert told(page, "change")[-1][1] == "draw"
    drawn = heads(page)[chosen(page)[0]]
    assert drawn[:2] == (3, 1)
    keys(page, "Shift+ArrowUp", "Control+Shift+ArrowRight", "Control+ArrowLeft", "ArrowLeft")
    assert (2, 1, drawn[2] + 12) in heads(page)
    keys(page, "Enter", "Enter", "Escape")
    keys(page, "]")
    assert "eighth" in said(page) or "quarter" in said(page)
    keys(page, "}", "i")
    assert "2 notes chosen" in said(page)
    keys(page, "Escape", "b", "Shift+b", "l")
    assert told(page, "locks")
    keys(page, "o")
    assert told(page, "loop")[-1][0]
    keys(page, "m")
    assert told(page, "barMenu")
    keys(page, "p")
    assert told(page, "seek")
    keys(page, "Tab")
    expect(stage(page)).not_to_be_focused()
    page.get_by_text("Notes as a list").focus()
    keys(page, "Enter")
    expect(page.get_by_label("Note 1, pitch")).to_be_visible()
    keys(page, "Tab", "Tab", "Tab")
    expect(page.get_by_label("Note 1, pitch")).to_be_focused()
    page.locator("#after").focus()
    keys(page, "Shift+Tab")


def test_the_keys_of_the_roll_do_not_reach_the_page(page: Page) -> None:
    page.evaluate("window.reached = []; document.addEventListener('keydown', e => reached.push(e.key))")
    page.evaluate("roll.focus()")
    keys(page, "b", "Escape", "s", "q", "Enter", "]", "1", "t", "?")
    assert page.evaluate("reached") == ["1", "t", "?"]


def drawn(page: Page) -> None:
    """The list is drawn anew with the next frame; nobody types within one."""
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")


def test_notes_as_a_list(page: Page) -> None:
    page.get_by_text("Notes as a list").click()
    pitch = page.get_by_label("Note 2, pitch")
    expect(pitch).to_have_value("D5")
    pitch.fill("F#4")
    pitch.press("Tab")
    drawn(page)
    assert heads(page)[1] == (1, 2, 66)
    assert said(page) == "bar 1, beat 1: F sharp 4, quarter."
    page.get_by_label("Note 2, length").fill("1/8")
    page.get_by_label("Note 2, length").press("Enter")
    drawn(page)
    page.get_by_label("Note 2, velocity").fill("101")
    page.get_by_label("Note 2, velocity").press("Enter")
    drawn(page)
    assert notes(page)[1] == [1, 1, 66, 101]
    page.get_by_label("Note 2, pitch").fill("H9")
    page.get_by_label("Note 2, pitch").press("Enter")
    drawn(page)
    assert "like F#4" in said(page)
    assert page.get_by_label("Note 2, pitch").get_attribute("aria-invalid") == "true"
    page.get_by_label("Note 2, beat").fill("1 + 1/8")
    page.get_by_label("Note 2, beat").press("Enter")
    drawn(page)
    assert heads(page)[1] == (2, 1, 66)
    page.get_by_label("Note 3, bar").fill("20")
    page.get_by_label("Note 3, bar").press("Enter")
    drawn(page)
    assert "20" in said(page)
    count = len(notes(page))
    page.get_by_role("button", name="Delete note 3", exact=True).click()
    assert len(notes(page)) == count - 1
    expect(page.locator(".notelist tbody tr")).to_have_count(40)
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_label("Note 41, pitch")).to_be_visible()


def test_marks_recording_and_other_voices(page: Page) -> None:
    page.evaluate("roll.marks({bars: {3: {kind: 'take', label: 'take 2'}}, notes: {0: 'unsure'}})")
    page.evaluate("""() => {
      const q = roll.roll().ticks / 8, take = roll.record();
      take.noteOn(80, 37 * q, 90); take.noteOff(80, 38.5 * q); take.noteOn(83, 38 * q + 7, 70);
      take.stop({ tick: 40 * q, quantise: true });
    }""")
    assert (37, 1, 80) in heads(page)
    assert (38, 1, 83) in heads(page), "the next note of the line ends it"
    assert told(page, "change")[-1][1] == "record"
    page.evaluate("roll.voice(1)")
    page.evaluate("roll.focus()")
    keys(page, "Control+Home", "]", "ArrowUp")
    assert notes(page, 1)[0][2] == 40
    assert told(page, "audition")[-1][1] == 1
    page.evaluate("roll.load({...roll.roll(), voices: roll.roll().voices.slice(0, 1)}, {keepView: true, keepUndo: true})")
    page.evaluate("roll.undo()")
    assert len(page.evaluate("roll.roll().voices")) == 2


def test_wheel_zooms_and_sets_velocity(page: Page) -> None:
    wide = spot(page, 12, D5)[0] - spot(page, 1, D5)[0]
    page.mouse.move(*spot(page, 2, D5))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_function(
        "wide => roll.at(12 * roll.roll().ticks / 8, 74)[0] - roll.at(roll.roll().ticks / 8, 74)[0] > wide * 1.2", arg=wide
    )
    page.keyboard.down("Alt")
    page.mouse.move(*spot(page, 2, D5))
    for _ in range(3):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Alt")
    page.wait_for_function("() => roll.roll().voices[0].notes[1][3] === 92")
    assert len(told(page, "change")) == 1
    page.get_by_role("button", name="Fit").click()
    assert (
        abs(spot(page, 97, D5)[0] - page.locator(".stage").bounding_box()["x"] - page.locator(".stage").bounding_box()["width"])
        < 30
    )  # type: ignore[index]


def finger(page: Page) -> Callable[..., None]:
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]},
        )
        page.evaluate("() => new Promise(requestAnimationFrame)")

    return send


def test_with_fingers_on_a_phone(opened: Open) -> None:
    page = opened(width=390, height=844, has_touch=True, is_mobile=True)
    touch = finger(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    x, y = spot(page, 4, 80)
    before = len(notes(page))
    touch("touchStart", (x, y))
    for step in range(1, 5):
        touch("touchMove", (x - 30 * step, y))
    touch("touchEnd")
    assert len(notes(page)) == before, "a finger on paper scrolls"
    assert page.evaluate("document.querySelector('.stage').scrollLeft") > 80
    page.evaluate("document.querySelector('.stage').scrollLeft = 0")
    page.wait_for_timeout(700)
    page.evaluate("document.querySelector('.stage').scrollLeft = 0")
    x, y = spot(page, 2, D5)
    to = spot(page, 2, F5)
    touch("touchStart", (x, y))
    touch("touchMove", (x, (y + to[1]) / 2))
    touch("touchMove", to)
    touch("touchEnd")
    assert (1, 2, F5) in heads(page), "a finger on a note moves it"
    for name in ("Split", "Delete", "Undo", "Draw"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert box["width"] >= 40
        assert box["height"] >= 40
    page.get_by_role("button", name="Draw", exact=True).tap()
    x, y = spot(page, 8.5, 69)
    touch("touchStart", (x, y))
    touch("touchEnd")
    assert any(note[2] == 69 and note[0] == 8 for note in notes(page)), "the pencil draws"
    wide = spot(page, 12, D5)[0] - spot(page, 1, D5)[0]
    touch("touchStart", (150, y), (210, y))
    for step in range(1, 6):
        touch("touchMove", (150 - 8 * step, y), (210 + 8 * step, y))
    touch("touchEnd")
    assert spot(page, 12, D5)[0] - spot(page, 1, D5)[0] > wide * 1.7, "two fingers zoom"
    page.evaluate("roll.playhead(null); document.querySelector('.stage').scrollLeft = 0")
    x, y = spot(page, 2, 81)
    touch("touchStart", (x, y))
    page.wait_for_timeout(650)
    touch("touchEnd")
    assert told(page, "barMenu"), "a long press opens the menu of the bar"


def test_small_roll_of_a_take(page: Page) -> None:
    ink = "() => { const c = document.getElementById('small'); return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].reduce((s, v) => s + v, 0); }"
    page.evaluate(
        "const all = roll.roll(); window.small = Studio.music.rollView(document.getElementById('small'), {...all, voices: [{...all.voices[0], notes: []}]})"
    )
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    empty = page.evaluate(ink)
    page.evaluate("small.update(roll.roll())")
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    full = page.evaluate(ink)
    assert full != empty
    page.evaluate("small.playhead(roll.roll().length / 2); small.marks({bars: {2: {kind: 'shared'}}})")
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    assert page.evaluate(ink) != full


@pytest.mark.parametrize("together", [1, 12])
def test_two_thousand_notes_while_dragging(opened: Open, together: int) -> None:
    """All in sight and all of them dragged: the worst there is, as a line and as chords. A frame has 16.7 ms."""
    page = opened(long_roll(2000, together))
    got = measure_drag(page)
    assert got["work_ms"] < 16, "half the frames would be late"
    assert got["work_worst_ms"] < 80
    assert told(page, "change")[0][1] == "move"
