"""The Music room as a musician uses it: by mouse, by keyboard alone, on a phone; and how soon it sounds and shows."""

import io
from collections.abc import Iterator
from typing import Any

import mido
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.running import RunningStudio

READY = "document.querySelectorAll('.take .keep:not([disabled])').length == 4"


@pytest.fixture
def music(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield from in_room(context.new_page(), studio)
    context.close()


def in_room(page: Page, studio: RunningStudio) -> Iterator[Page]:
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"{studio.url}/?tab=music")
    page.wait_for_selector(".session-list .session.here", state="attached")
    page.wait_for_function("document.querySelector('.music-room .roll .stage') && document.querySelector('.music-head .which')?.value")
    before = page.evaluate("document.querySelector('.music-head .which').value")
    page.locator(".session-list .new").evaluate("button => button.click()")  # a session of one's own, also on a phone
    page.wait_for_function("old => (v => v && v !== '+' && v !== old)(document.querySelector('.music-head .which').value)", arg=before)
    yield page
    assert not trouble, f"the page threw: {trouble}"


def notes(page: Page, piece: str | None = None) -> list[list[int]]:
    """The melody as the studio has it."""
    found: list[list[int]] = page.evaluate(
        """async () => {
            const piece = document.querySelector('.music-head select').value;
            return (await Studio.ask(`studio/music/tunes/${piece}`)).roll.voices[0].notes;
        }"""
    )
    return found


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        "async () => Studio.ask(`studio/music/tunes/${document.querySelector('.music-head select').value}`)"
    )
    return found


def sketch(page: Page) -> None:
    page.get_by_role("button", name="Sketch four takes").click()
    page.wait_for_function(READY, timeout=30_000)


def saved(page: Page) -> None:
    expect(page.locator(".status-strip .saved")).to_contain_text("Saved at", timeout=10_000)


def test_the_whole_journey(music: Page) -> None:
    page = music
    sketch(page)
    page.locator(".take").nth(0).get_by_role("button", name="Play").click()
    expect(page.locator(".take").nth(0).get_by_role("button", name="Play take 1")).to_contain_text("Stop")
    page.locator(".take").nth(1).get_by_role("button", name="Play").click()  # goes on from the same place in the other
    expect(page.locator(".take").nth(1).locator(".playtake")).to_contain_text("Stop")
    page.locator(".take").nth(1).locator(".playtake").click()
    page.locator(".take").nth(1).get_by_role("button", name="Keep").click()
    expect(page.locator(".music-room > .told")).to_contain_text("Take 2 is on the table")
    kept = notes(page)
    assert len(kept) > 8

    stage = page.locator(".roll .stage")  # edit: up an octave by the keys
    stage.focus()
    page.keyboard.press("Home")
    page.keyboard.press("]")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    saved(page)
    edited = notes(page)
    assert edited != kept

    choose(page, 0, 1)
    page.locator(".panel.bars").get_by_role("button", name="Lock", exact=True).click()
    choose(page, 1, 2)
    page.locator(".panel.bars").get_by_role("button", name="Regenerate").click()
    page.wait_for_function(READY, timeout=30_000)
    expect(page.locator(".take").nth(0).locator(".note")).to_contain_text("15 of 16 bars unchanged")
    saved(page)
    assert {(lock["bar"], lock["what"]) for lock in state(page)["locks"]} == {(0, "all"), (1, "all")}

    page.get_by_role("button", name="Mix bars").click()
    page.get_by_role("button", name="Bar 3 from take 3").click()
    page.get_by_role("button", name="Keep the mix").click()
    expect(page.locator(".music-room > .told")).to_contain_text("The mix is on the table")
    mixed = state(page)
    assert mixed["bars"][2]["offer"] is not None
    assert mixed["bars"][2]["offer"] != mixed["bars"][5]["offer"]

    page.get_by_role("button", name="Keep this version").click()
    expect(page.locator(".music-room > .told")).to_contain_text("Kept as a draft")
    answer = page.request.get(f"{page.url.partition('?')[0]}studio/music/copies/{mixed['working']}/export/mid")
    file = mido.MidiFile(file=io.BytesIO(answer.body()))
    sounding = [m for track in file.tracks for m in track if m.type == "note_on" and m.velocity]
    assert len(sounding) == len(mixed["roll"]["voices"][0]["notes"])

    page.reload()
    page.wait_for_function("document.querySelectorAll('.take').length >= 2 && document.querySelector('.music-head .which').value")
    assert notes(page) == mixed["roll"]["voices"][0]["notes"]
    expect(page.locator(".take").nth(0)).to_be_visible()  # the other takes are still there


def choose(page: Page, first: int, last: int) -> None:
    """Bars by their numbers over the roll."""
    page.locator(f'.roll button.number[data-bar="{first}"]').click()
    if last > first:
        page.locator(f'.roll button.number[data-bar="{last}"]').click(modifiers=["Shift"])


def test_edits_that_did_not_reach_the_studio_come_back(music: Page) -> None:
    page = music
    sketch(page)
    page.locator(".take").nth(0).get_by_role("button", name="Keep").click()
    expect(page.locator(".music-room > .told")).to_contain_text("on the table")
    before = notes(page)
    page.route("**/save", lambda route: route.abort())
    page.locator(".roll .stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press("]")
    page.keyboard.press("Delete")
    expect(page.locator(".status-strip .saved")).to_contain_text("Not saved yet", timeout=10_000)
    assert notes(page) == before
    page.evaluate("window.open(location.href)")  # as after a crash: another page with what this browser kept
    again = page.context.wait_for_event("page") if len(page.context.pages) < 2 else page.context.pages[1]
    expect(again.locator(".music-room > .told")).to_contain_text("brought back", timeout=15_000)
    saved(again)
    assert len(notes(again)) == len(before) - 1


def test_by_keyboard_alone(music: Page) -> None:
    """No pointer at all: Tab, Enter, Space, arrows."""
    page = music
    tab_to(page, "Sketch four takes")
    page.keyboard.press("Enter")
    page.wait_for_function(READY, timeout=30_000)
    tab_to(page, "Play take 1")
    page.keyboard.press("Enter")
    expect(page.locator(".playtake").first).to_contain_text("Stop")
    page.keyboard.press("Enter")
    tab_to(page, "Keep")
    page.keyboard.press("Enter")
    expect(page.locator(".music-room > .told")).to_contain_text("on the table")
    before = notes(page)
    tab_to(page, "Piano roll, Melody")
    page.keyboard.press("Home")
    page.keyboard.press("]")
    page.keyboard.press("Delete")
    saved(page)
    assert len(notes(page)) == len(before) - 1
    page.keyboard.press("Control+z")
    page.wait_for_timeout(500)
    saved(page)
    assert notes(page) == before

    page.keyboard.press("Escape")  # nothing chosen: L locks the bar of the cursor
    page.keyboard.press("Control+Home")  # lock the first two bars, and write the third one anew from its menu
    page.keyboard.press("l")
    page.keyboard.press("PageDown")
    page.keyboard.press("l")
    page.keyboard.press("PageDown")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.wait_for_function(READY + " && /15 of 16/.test(document.querySelector('.take .note').textContent)", timeout=30_000)
    assert {lock["bar"] for lock in state(page)["locks"]} == {0, 1}
    tab_to(page, "Mix bars")
    page.keyboard.press("Enter")
    tab_to(page, "Bar 3 from take 2")
    page.keyboard.press("Space")
    tab_back_to(page, "Keep the mix")
    page.keyboard.press("Enter")
    expect(page.locator(".music-room > .told")).to_contain_text("The mix is on the table")
    page.keyboard.press("Control+s")
    expect(page.locator(".music-room > .told")).to_contain_text("Kept as a draft")
    tab_to(page, "Export")
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        tab_to(page, "Download", most=12)
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".mid")
    after = notes(page)
    page.reload()
    page.wait_for_function("document.querySelectorAll('.take').length >= 2 && document.querySelector('.music-head .which').value")
    assert notes(page) == after


def tab_back_to(page: Page, name: str) -> None:
    for _ in range(160):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.getAttribute('aria-label') || document.activeElement.textContent") == name:
            return
    raise AssertionError(f"Shift+Tab does not reach {name}")


def tab_to(page: Page, name: str, most: int = 160) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate("() => document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
        if label == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_on_a_phone(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for page in in_room(context.new_page(), studio):
        page.get_by_role("button", name="Sketch four takes").tap()
        page.wait_for_function(READY, timeout=30_000)
        page.locator(".take").nth(2).get_by_role("button", name="Keep").tap()
        expect(page.locator(".music-room > .told")).to_contain_text("Take 3 is on the table")
        kept = notes(page)
        page.locator('.roll button.number[data-bar="0"]').tap()
        page.locator(".panel.bars").get_by_role("button", name="Lock", exact=True).tap()
        page.locator('.roll button.number[data-bar="1"]').tap()
        page.locator(".panel.bars").get_by_role("button", name="Lock", exact=True).tap()
        page.locator('.roll button.number[data-bar="2"]').tap()
        page.locator(".panel.bars").get_by_role("button", name="Regenerate").tap()
        page.wait_for_function(READY + " && /15 of 16/.test(document.querySelector('.take .note').textContent)", timeout=30_000)
        page.get_by_role("button", name="Mix bars").tap()
        page.get_by_role("button", name="Bar 3 from take 4").tap()
        page.get_by_role("button", name="Keep the mix").tap()
        expect(page.locator(".music-room > .told")).to_contain_text("The mix is on the table")
        assert notes(page) != kept
        page.get_by_role("button", name="Export").tap()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").tap()
        assert download.value.suggested_filename.endswith(".mid")
        after = notes(page)
        page.reload()
        page.wait_for_function("document.querySelectorAll('.take').length >= 2 && document.querySelector('.music-head .which').value")
        assert notes(page) == after
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate(
            """() => [...document.querySelectorAll('.music-room button, .music-room select, .music-room input')]
                .filter(e => e.offsetParent && !e.closest('.visually-hidden')).map(e => [e.getBoundingClientRect(), e])
                .filter(([b, e]) => b.height < 38 && e.type !== 'range' && e.type !== 'checkbox')
                .map(([b, e]) => `${e.getAttribute('aria-label') || e.textContent} ${Math.round(b.height)}`)"""
        )
        assert not small, small
    context.close()


def test_chords_bass_and_the_way_back(music: Page) -> None:
    page = music
    sketch(page)
    page.locator(".take").nth(0).get_by_role("button", name="Keep").click()
    expect(page.locator(".music-room > .told")).to_contain_text("on the table")
    page.get_by_role("button", name="Find chords").click()
    page.wait_for_function("document.querySelectorAll('.take .keep:not([disabled])').length == 3", timeout=30_000)
    page.locator(".take").nth(0).get_by_text("Checked, reasons, nearest").click()
    expect(page.locator(".take").nth(0).locator(".reasons li").first).to_be_visible()
    page.locator(".take").nth(0).get_by_role("button", name="Keep").click()
    page.wait_for_timeout(300)
    assert state(page)["roll"]["chords"]
    page.locator(".line", has_text="Add").get_by_role("button", name="Add").first.click()
    page.wait_for_function("document.querySelectorAll('.take .keep:not([disabled])').length == 3", timeout=30_000)
    page.locator(".take").nth(1).get_by_role("button", name="Keep").click()
    expect(page.locator(".track")).to_have_count(2)
    assert [track["maker"] for track in state(page)["tracks"]] == ["model"]


def test_a_bad_wish_is_answered_with_a_sentence(music: Page) -> None:
    page = music
    page.get_by_label("Bars", exact=True).fill("15")
    page.get_by_role("button", name="Sketch four takes").click()
    expect(page.locator(".music-room > .told.bad")).to_contain_text("Choose 12 or 16 bars", timeout=15_000)
    expect(page.get_by_role("button", name="Sketch four takes")).to_be_enabled()


def test_stop_keeps_what_there_is(music: Page) -> None:
    page = music
    page.get_by_label("Bars", exact=True).fill("64")
    page.locator(".music-side input[list=music-forms]").fill("A")
    page.get_by_role("button", name="Sketch four takes").click()
    page.wait_for_function("[...document.querySelectorAll('.take .note')].some(n => n.textContent === '…')", polling="raf")
    page.locator(".music-takes .stop").click()
    expect(page.get_by_role("button", name="Sketch four takes")).to_be_enabled(timeout=10_000)
    expect(page.locator(".take .note", has_text="stopped early").first).to_be_visible()


def measure_takes(page: Page) -> dict[str, float]:
    """Model loaded: from the click to the first notes of a take on the page, and to all four takes."""
    sketch(page)
    firsts, alls = [], []
    for _ in range(3):
        expect(page.get_by_role("button", name="Sketch four takes")).to_be_enabled()
        page.evaluate(
            """() => {
                window.seen = 0;
                for (const take of document.querySelectorAll('.take')) take.dataset.old = 'yes';
                const asked = window.asked = performance.now(), look = () => {
                    const fresh = [...document.querySelectorAll('.take:not([data-old])')];
                    if (fresh.some(t => t.querySelector('.note').textContent || !t.querySelector('.keep').disabled)) window.seen = performance.now() - asked;
                    else requestAnimationFrame(look);
                };
                document.querySelector('.music-side .big').click();
                requestAnimationFrame(look);
            }"""
        )
        page.wait_for_function("window.seen > 0", timeout=30_000)
        page.wait_for_function("document.querySelectorAll('.take:not([data-old]) .keep:not([disabled])').length == 4", timeout=30_000)
        alls.append(page.evaluate("performance.now() - window.asked"))
        firsts.append(page.evaluate("window.seen"))
    return {"first_ms": sorted(firsts)[1], "all_ms": sorted(alls)[1]}


def test_takes_come_soon(music: Page) -> None:
    got = measure_takes(music)
    assert got["first_ms"] <= 1500
    assert got["all_ms"] <= 5000


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_full_room(music: Page, theme: str) -> None:
    page = music
    page.evaluate("t => Studio.setTheme(t)", theme)
    sketch(page)
    page.locator(".take").nth(0).get_by_role("button", name="Keep").click()
    page.get_by_text("About this tune").click()
    page.wait_for_timeout(600)
    report = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    found = [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in report.response["violations"]]
    assert not found, found


