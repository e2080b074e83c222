"""The page as a whole: keyboard, themes, narrow screens, accessibility, silence towards other hosts."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import WIDER
from tests.running import RunningStudio

TABS = ("Write", "Picture", "Music", "Models", "Session")


@pytest.fixture(scope="module")
def studio(shared_studio: RunningStudio) -> RunningStudio:
    return shared_studio


def test_the_keyboard_map_shows_and_does(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for key, name in zip("12345", TABS, strict=True):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    count = page.locator(".sessions .session").count()
    page.keyboard.press("n")
    expect(page.locator(".sessions .session")).to_have_count(count + 1)
    page.keyboard.press("/")
    page.keyboard.type("tn?15")  # typing is not commanding
    expect(page.get_by_label("Search sessions")).to_have_value("tn?15")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_light_and_dark_stay(page: Page) -> None:
    page.evaluate("Studio.setTheme('light')")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("Studio.dark()")
    page.reload()
    page.wait_for_selector(".session.here")
    assert page.evaluate("Studio.dark()")


def test_a_tab_pressed_before_the_studio_answers_stays(page: Page) -> None:
    page.get_by_role("tab", name="Session").click()
    expect(page).to_have_url(re.compile("tab=session"))
    held: list[Route] = []
    page.route("**/gradio_api/queue/**", lambda route: held.append(route))  # every answer of the studio, the first one too
    page.reload(wait_until="commit")
    expect(page.get_by_role("tab", name="Session")).to_have_attribute("aria-selected", "true")  # of last time, at once
    page.get_by_role("tab", name="Models").click()
    expect(page.locator(".session-list .new")).to_be_disabled()
    expect(page.locator(".session.here")).to_have_count(0)
    page.unroute_all()  # lets those go that were held
    expect(page.locator(".session.here")).to_be_visible()
    expect(page.locator(".session-list .new")).to_be_enabled()
    expect(page.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")
    page.reload()
    page.wait_for_selector(".session.here")
    expect(page.get_by_role("tab", name="Models")).to_have_attribute("aria-selected", "true")


RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
STILL = "document.getAnimations().every((one) => one.playState !== 'running')"


def test_axe_finds_nothing_and_nothing_sticks_out(page: Page) -> None:
    found, axe = [], Axe()
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        for width, theme in ((1440, "light"), (390, "dark")):  # colours do not hang on the width
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) <= 0, (name, width)
            page.evaluate("t => Studio.setTheme(t)", theme)
            page.wait_for_function(STILL)
            where = None if name == TABS[0] else f"#tab-{name.lower()}"  # what stands around is the same
            broken = axe.run(page, context=where, options=RULES).response["violations"]
            found += [(name, theme, one["id"], [node["html"][:160] for node in one["nodes"]]) for one in broken]
    assert not found, found


def test_narrow_pages_have_everything(browser: Browser, studio: RunningStudio) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto(studio.url)
    page.wait_for_selector(".session.here", state="attached")
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        assert page.evaluate(WIDER) <= 0, name
    page.get_by_role("button", name="Show or hide the sessions").click()
    expect(page.locator(".session-list .new")).to_be_in_viewport()
    page.locator(".session-list .new").click()
    page.locator(".session .open").first.click()
    expect(page.locator(".session-list .new")).not_to_be_in_viewport()
    page.context.close()


def test_no_other_host_is_ever_asked(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context()
    asked: set[str] = set()
    broken: list[str] = []
    page = context.new_page()
    page.on("request", lambda r: asked.add(urlsplit(r.url).hostname or "") if r.url.startswith("http") else None)
    page.on("console", lambda m: broken.append(m.text) if m.type == "error" else None)
    page.goto(studio.url)
    for name in TABS:
        page.get_by_role("tab", name=name).click()
    page.wait_for_selector(".session.here")
    page.wait_for_function("document.querySelector('.write-head .which')?.value && document.querySelector('.card[data-model]')")
    context.close()
    assert asked == {"127.0.0.1"}
    assert not broken, broken
