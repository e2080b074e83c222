"""The score, the ABC text, and tunes coming in and going out, in the Music tab of a real studio."""

import base64
import io
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from studio.music.notation.files import read_tune, write_tune
from studio.music.notation.roll import to_roll
from studio.music.tune import Tune
from tests import others
from tests.browser.roll_page import jig
from tests.running import RunningStudio

WALTZ = "X:1\nT:Small Waltz\nM:3/4\nL:1/4\nQ:1/4=120\nK:G\nG2B|d2B|A2F|G3|\n"
LIT = "[...new Set([...document.querySelectorAll('.music-score .on')].map(n => n.dataset.note))].sort()"


@pytest.fixture(scope="module")
def opened(browser: Browser, studio: RunningStudio) -> Iterator[tuple[Page, list[str]]]:
    """One page for all: what is tested is what happens on it, not its coming."""
    context = browser.new_context()
    page, trouble = context.new_page(), list[str]()
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"{studio.url}/?tab=music")
    page.wait_for_selector(".session-list .session")
    page.click("#tab-music-button")
    page.wait_for_selector(".music-room .views button")
    yield page, trouble
    context.close()


@pytest.fixture
def room(opened: tuple[Page, list[str]]) -> Iterator[Page]:
    """A session of its own with an empty tune, in the piano roll."""
    page, trouble = opened
    page.set_viewport_size({"width": 1440, "height": 900})
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
    page.click("[data-view=roll]")
    page.wait_for_function("document.querySelector('.music-head select').value")
    before = page.locator(".music-head select").first.input_value()
    page.evaluate("for (const key of Object.keys(localStorage)) if (/^tandem-(export|score|abc)/.test(key)) localStorage.removeItem(key)")
    page.click(".session-list .new")
    page.wait_for_function("before => document.querySelector('.music-head select').value !== before", arg=before)
    yield page
    assert not trouble, f"the page threw: {trouble}"


def give(room: Page, name: str, data: bytes) -> None:
    room.click("[data-part=music-room] >> text=Open a file")
    room.set_input_files("#music-file", files=[{"name": name, "mimeType": "application/octet-stream", "buffer": data}])


def open_tune(room: Page, tune: Tune) -> dict[str, Any]:
    """The tune is on the table; its roll as the page has it."""
    give(room, "tune.json", tune.dumps())
    expect(room.locator(".music-dialog")).to_have_count(0)
    expect(room.locator(".music-room .told")).to_contain_text("bars")
    return to_roll(tune)


def score(room: Page) -> None:
    room.click("[data-view=score]")
    room.wait_for_selector(".music-score [data-note=v0n0]")
    expect(room.locator(".music-score[aria-busy]")).to_have_count(0)


def sounding(roll: dict[str, Any], tick: float) -> list[str]:
    now = tick + 0.5
    return sorted(
        f"v{v}n{i}"
        for v, voice in enumerate(roll["voices"])
        for i, (start, length, *_) in enumerate(voice["notes"])
        if start <= now < start + length
    )


# ---- score


def test_every_note_is_on_the_score_with_its_words(room: Page) -> None:
    roll = open_tune(room, jig())
    score(room)
    ids = set(room.evaluate("[...document.querySelectorAll('.music-score [data-note]')].map(n => n.dataset.note)"))
    assert ids == {f"v{v}n{i}" for v, voice in enumerate(roll["voices"]) for i in range(len(voice["notes"]))}
    first = room.locator("[data-note=v0n1]").first
    assert first.get_attribute("aria-label") == "Melody, bar 1, beat 1: D 5, quarter"
    assert first.locator("title").first.text_content() == first.get_attribute("aria-label")
    expect(room.locator(".music-score h2")).to_have_text("The lamp in the harbour")


def test_a_click_seeks_and_the_notes_sounding_there_are_marked(room: Page) -> None:
    roll = open_tune(room, jig())
    score(room)
    for name in ("v0n0", "v0n12", "v0n30", "v1n9"):
        head = room.locator(f"[data-note={name}] .eng-notehead").first
        head.scroll_into_view_if_needed()
        head.click(force=True)
        voice, index = map(int, name[1:].split("n"))
        tick = roll["voices"][voice]["notes"][index][0]
        assert room.evaluate(LIT) == sounding(roll, tick)
        cursor, box = room.locator(".music-score .cursor").bounding_box(), head.bounding_box()
        assert cursor is not None
        assert box is not None
        assert abs(cursor["x"] + 1 - box["x"] - box["width"] / 2) < box["width"]
        assert cursor["y"] < box["y"] < cursor["y"] + cursor["height"]
        bar = next(i for i in reversed(range(len(roll["bars"]))) if roll["bars"][i]["start"] <= tick)
        expect(room.locator(".music-transport .where")).to_contain_text(f"Bar {bar}")  # there is an upbeat


def test_while_it_plays_the_cursor_is_in_step_with_the_sound(room: Page) -> None:
    roll = open_tune(room, jig())
    score(room)
    room.evaluate(
        """lit => { window.seen = []; const look = () => {
            const player = Studio.music.player();
            if (player.playing) seen.push([player.position(), eval(lit)]);
            if (seen.length < 400) requestAnimationFrame(look);
        }; look(); }""",
        LIT,
    )
    room.click(".music-transport .play")
    room.wait_for_function("window.seen.length > 60 && window.seen.at(-1)[0] > 40000", timeout=20_000)
    room.click(".music-transport .play")
    seen = room.evaluate("seen")
    late = roll["ticks"] * roll["tempo"] / 240 * 0.06  # what is shown may be two slow frames old
    changes = [0, *sorted({t for v in roll["voices"] for s, n, *_ in v["notes"] for t in (s, s + n)})]
    for tick, lit in seen[3:]:
        moments = [tick, tick - late, *(t for t in changes if tick - late < t < tick)]
        assert any(lit == sounding(roll, moment) for moment in moments), (tick, lit)
    assert len({tuple(lit) for _, lit in seen}) > 4
    expect(room.locator(".music-score .on")).to_have_count(0)  # nothing sounds any more


def test_the_view_follows_only_when_the_cursor_leaves_it(room: Page) -> None:
    tune = jig()
    open_tune(room, tune)
    room.set_viewport_size({"width": 900, "height": 620})
    score(room)
    top = "document.querySelector('.music-score .view').scrollTop"
    last = f"[data-note=v0n{len(tune.melody.notes) - 1}]"
    room.locator(".music-score [tabindex='0']").focus()
    room.keyboard.press("ArrowRight")
    assert room.evaluate(top) == 0
    room.keyboard.press("End")
    room.wait_for_function(f"{top} > 20")
    inside = room.locator(last).first.bounding_box()
    view = room.locator(".music-score .view").bounding_box()
    assert inside is not None
    assert view is not None
    room.wait_for_timeout(600)
    inside = room.locator(last).first.bounding_box()
    assert inside is not None
    assert view["y"] <= inside["y"] < view["y"] + view["height"]


def test_notes_by_keys(room: Page) -> None:
    open_tune(room, jig())
    score(room)
    room.locator(".music-score .print").focus()
    room.keyboard.press("Tab")  # one stop for all notes
    here = "document.activeElement.dataset.note"
    assert room.evaluate(here) == "v0n0"
    room.keyboard.press("ArrowRight")
    room.keyboard.press("ArrowRight")
    assert room.evaluate(here) == "v0n2"
    room.keyboard.press("ArrowDown")
    assert room.evaluate(here) == "v1n0"
    room.keyboard.press("ArrowUp")
    assert room.evaluate(here) == "v0n1"
    room.keyboard.press("End")
    room.keyboard.press("Enter")
    expect(room.locator(".music-transport .where")).to_have_text("Bar 16, beat 2")
    assert room.locator(".music-score .ring").evaluate("e => getComputedStyle(e).visibility") == "visible"


def test_edits_are_engraved_again_and_an_empty_tune_says_so(room: Page) -> None:
    room.click("[data-view=score]")
    expect(room.locator(".music-score .nothing")).to_contain_text("no notes yet")
    expect(room.locator(".music-score .print")).to_be_disabled()
    open_tune(room, jig())
    room.wait_for_selector(".music-score [data-note=v0n0]")
    before = room.locator(".music-score [data-note^=v0]").count()
    room.click("[data-view=roll]")
    room.focus(".music-roll .stage")
    room.keyboard.press("Control+a")
    room.keyboard.press("Delete")
    score_left = room.locator(".music-score [data-note^=v0]")
    room.click("[data-view=score]")
    expect(score_left).to_have_count(0)
    assert before > 60
    expect(room.locator(".music-score [data-note=v1n0]")).to_have_count(1)
    room.click(".music-transport >> text=Undo")
    expect(score_left).to_have_count(before)


def test_who_made_it_is_said_when_asked_for(room: Page) -> None:
    open_tune(room, jig())
    score(room)
    room.locator(".music-score .who input").set_checked(False)
    assert room.locator(".music-score .made").count() == 0
    room.check(".music-score .who input")
    assert room.locator(".music-score .made.pasted").count() == 2 * len(jig().bars)
    expect(room.locator(".music-score .legend")).to_have_text("imported")


def test_words_of_a_tune_are_never_markup(room: Page) -> None:
    evil = "<img src=x onerror=\"document.title='bad'\"> & <b>"
    tune = jig()
    tune = tune.changed(title=evil, composer=evil, voices=(tune.melody.changed(name=evil[:70]), *tune.voices[1:]))
    open_tune(room, tune)
    score(room)
    assert evil in (room.locator(".music-score h2").text_content() or "")
    assert room.locator(".music-score :is(img, script, foreignObject, style)").count() == 0
    assert room.title() != "bad"
    bad = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.bad=1"><script>bad=1</script><g id="v0n0" onclick="bad=1" class="note">'
    bad += '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject><use href="http://x/y"/><path d="M0 0"/></g></svg>'
    kept = room.evaluate("t => Studio.music.engraved.read(t, 'x').outerHTML", bad)
    assert kept == '<svg><g class="eng-note" data-note="v0n0"><path d="M0 0"></path></g></svg>'
    with pytest.raises(Exception, match="could not be read"):
        room.evaluate("Studio.music.engraved.read('<svg><', 'x')")


def test_print_holds_the_title_and_the_score_alone(room: Page) -> None:
    open_tune(room, jig())
    score(room)
    room.evaluate("window.print = () => { window.printed = true; }")
    room.click(".music-score .print")
    room.wait_for_function("window.printed")
    room.emulate_media(media="print")
    expect(room.locator(".music-print h1")).to_have_text("The lamp in the harbour")
    expect(room.locator(".music-print")).to_be_visible()
    expect(room.locator(".music-room")).to_be_hidden()
    assert room.locator(".music-print .sheet [data-note=v0n0]").count() == 1
    room.emulate_media(media="screen")
    expect(room.locator(".music-print")).to_be_hidden()
    room.evaluate("dispatchEvent(new Event('afterprint'))")
    assert room.locator(".music-print").count() == 0


# ---- ABC


def test_abc_there_and_back(room: Page) -> None:
    open_tune(room, jig())
    room.click("[data-view=abc]")
    area = room.locator(".music-abc textarea")
    expect(area).to_have_value(write_tune(jig(), "abc").decode())
    expect(room.locator(".music-abc .about")).to_contain_text("2 voices")
    expect(room.locator(".music-abc .use")).to_be_disabled()
    area.fill(WALTZ)
    expect(room.locator(".music-abc .state")).to_have_text("Not used yet.")
    area.press("Control+Enter")
    expect(room.locator(".music-room .told")).to_have_text("The tune is now what you wrote: 4 bars, 7 notes.")
    expect(room.locator(".music-abc .state")).to_be_empty()
    read = read_tune(area.input_value().encode())
    assert [(n.start, n.pitch) for n in read.melody.notes] == [(n.start, n.pitch) for n in read_tune(WALTZ.encode()).melody.notes]
    score(room)
    assert room.locator(".music-score [data-note]").count() == 7


def test_a_refusal_is_a_sentence_and_its_line_is_chosen(room: Page) -> None:
    room.click("[data-view=abc]")
    area = room.locator(".music-abc textarea")
    area.fill(WALTZ.replace("M:3/4", "M:3/0x"))
    room.click(".music-abc .use")
    expect(room.locator(".music-abc .said.bad")).to_contain_text("meter")
    assert area.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)") == "M:3/0x"
    area.fill("only words")
    room.click(".music-abc .use")
    expect(room.locator(".music-abc .said.bad")).to_contain_text("K:G")
    assert area.input_value() == "only words"
    picked = room.evaluate("Studio.music.abcLine('Line 2 of this is wrong.', 'a\\nbcd\\ne')")
    assert picked == [2, 5]


def test_unsent_text_outlives_a_reload(room: Page) -> None:
    open_tune(room, jig())
    room.click("[data-view=abc]")
    area = room.locator(".music-abc textarea")
    expect(area).to_have_value(write_tune(jig(), "abc").decode())
    area.fill(WALTZ)
    room.reload()
    room.click("#tab-music-button")
    room.wait_for_selector(".music-room .views button")
    room.click("[data-view=abc]")
    expect(room.locator(".music-abc .offer")).to_contain_text("never used")
    expect(area).to_have_value(write_tune(jig(), "abc").decode())
    room.click(".music-abc .bring")
    expect(area).to_have_value(WALTZ)
    room.click(".music-abc .back")
    expect(area).to_have_value(write_tune(jig(), "abc").decode())
    assert room.evaluate("Object.keys(localStorage).filter(k => k.startsWith('tandem-abc-'))") == []


def test_nothing_jumps_under_who_is_writing(room: Page) -> None:
    open_tune(room, jig())
    room.click("[data-view=abc]")
    area = room.locator(".music-abc textarea")
    expect(area).to_have_value(write_tune(jig(), "abc").decode())
    area.fill(WALTZ)
    area.evaluate("a => a.setSelectionRange(5, 9)")
    room.fill(".music-transport .tempo input", "90")
    room.keyboard.press("Enter")
    expect(room.locator(".music-abc .state")).to_contain_text("has changed since")
    assert area.input_value() == WALTZ
    assert area.evaluate("a => [a.selectionStart, a.selectionEnd]") == [5, 9]


# ---- out and in


def taken(room: Page, form: str) -> tuple[str, bytes]:
    room.click(".music-head .export")
    room.check(f".music-taking input[value={form}]")
    with room.expect_download(timeout=30_000) as download:
        room.click(".music-taking .take")
    expect(room.locator(".music-dialog")).to_have_count(0)
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_exports_open_elsewhere(room: Page) -> None:
    tune = jig()
    open_tune(room, tune)
    name, data = taken(room, "mid")
    assert name == "the-lamp-in-the-harbour-144bpm.mid"
    assert others.differences(tune, others.by_mido(data), midi=True) == []
    name, data = taken(room, "zip")
    assert name == "the-lamp-in-the-harbour-144bpm.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert {entry.rsplit(".", 1)[1] for entry in packed.namelist()} == {
            "mid",
            "musicxml",
            "abc",
            "wav",
            "flac",
            "ogg",
            "mp3",
            "json",
            "txt",
        }


def test_a_loop_is_no_mp3_and_the_dialog_says_why(room: Page) -> None:
    open_tune(room, jig())
    room.click(".music-head .export")
    room.check(".music-taking input[value=mp3]")
    room.check("text=Loops without a gap")
    expect(room.locator(".music-taking .take")).to_be_disabled()
    expect(room.locator(".music-taking p.why")).to_contain_text("MP3 adds silence at both ends")
    room.check(".music-taking input[value=wav]")
    expect(room.locator(".music-taking .take")).to_be_enabled()
    expect(room.locator(".music-taking input[value=mp3]")).to_be_disabled()


def test_a_refused_export_stays_in_the_dialog_as_a_sentence(room: Page) -> None:
    room.click(".music-head .export")  # there is nothing yet
    room.check(".music-taking input[value=mid]")
    room.click(".music-taking .take")
    expect(room.locator(".music-taking .said.bad")).to_contain_text("There is no tune here yet")
    room.keyboard.press("Escape")
    expect(room.locator(".music-dialog")).to_have_count(0)


@pytest.mark.parametrize("form", ["mid", "abc", "musicxml", "mxl"])
def test_files_come_in(room: Page, form: Any) -> None:
    give(room, f"a file.{form}", write_tune(jig(), form))
    expect(room.locator(".music-room .told")).to_have_text("The lamp in the harbour: 17 bars, 98 notes in 2 tracks.")
    expect(room.locator(".music-dialog")).to_have_count(0)
    score(room)
    assert (
        room.evaluate("new Set([...document.querySelectorAll('.music-score [data-note]')].map(n => n.dataset.note)).size") == 98
    )


def test_what_is_no_tune_is_refused_in_the_dialog(room: Page) -> None:
    give(room, "photo.mid", b"\x89PNG....")
    expect(room.locator(".music-taking .said.bad")).to_contain_text("This file is a picture, not notes.")


def test_a_file_dropped_on_the_room_becomes_a_tune_beside_the_open_one(room: Page) -> None:
    open_tune(room, jig().changed(tempo=Fraction(100)))
    drop = """([name, data]) => {
        const file = new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name), carried = new DataTransfer();
        carried.items.add(file);
        const room = document.querySelector('.music-room');
        for (const kind of ['dragover', 'drop']) room.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
    }"""
    room.evaluate(drop, ["waltz.abc", base64.b64encode(WALTZ.encode()).decode()])
    expect(room.locator(".music-room .told")).to_have_text("Small Waltz: 4 bars, 7 notes.")
    expect(room.locator(".music-head select").first.locator("option")).to_have_text(
        ["The lamp in the harbour", "Small Waltz", "New tune …"]
    )
    expect(room.locator(".music-veil")).to_be_hidden()
