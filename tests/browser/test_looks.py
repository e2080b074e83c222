"""Screenshots of every state for people to look at: `LOOKS=folder pytest tests/browser/test_looks.py`.

As a test it holds that each state can be reached and nothing overflows; it judges no pixels.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import shots
from tests.running import RunningStudio


@pytest.fixture(scope="module")
def studio(shared_studio: RunningStudio) -> RunningStudio:
    return shared_studio


def test_looks(page: Page) -> None:
    page.locator(".session-list .new").click()
    expect(page.locator(".session.here .title")).to_have_text("New session")
    page.keyboard.press("1")
    shots(page, "write")
    page.get_by_role("tab", name="Session").click()
    expect(page.get_by_label("Notes of this session")).to_be_enabled()
    shots(page, "session-empty")
    for text in ("The lighthouse keeper's daughter\n\nShe counts ships.", "The lighthouse keeper's daughter\n\nShe counts ships, and one day the count is wrong."):  # fmt: skip
        page.get_by_label("Notes of this session").fill(text)
        page.get_by_role("button", name="Keep this version").click()
        expect(page.locator(".notes .state")).to_contain_text("kept as a draft")
    expect(page.locator(".draft-tree .draft")).to_have_count(2)
    page.locator(".draft-tree .draft").last.click()
    page.get_by_role("button", name="Restore this draft").click()
    expect(page.locator(".draft-tree .draft")).to_have_count(3)
    shots(page, "session")
    page.get_by_role("tab", name="Models").click()
    page.locator('.card[data-model="fake-broken"]').get_by_role("button", name="Load").click()
    page.locator('.card[data-model="fake-writer"]').get_by_role("button", name="Load").click()
    expect(page.locator('.card[data-model="fake-writer"]')).to_contain_text("Loaded", timeout=15000)
    shots(page, "models")
    page.get_by_role("tab", name="Fake").click()
    page.locator("#fake-prompt textarea").fill("Once")
    page.locator("#fake-go").click()
    expect(page.locator(".status-strip .stop")).to_be_visible(timeout=10000)
    shots(page, "working")
    page.keyboard.press("Control+.")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    shots(page, "keys")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Show or hide the sessions").click()
    shots(page, "drawer")
