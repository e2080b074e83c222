"""Screenshots of every state for people to look at: `LOOKS=folder pytest tests/browser/test_looks.py`.

As a test it holds that each state can be reached and nothing overflows; it judges no pixels.
"""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import shots


def test_looks(page: Page, tmp_path: Path) -> None:
    folder = Path(os.environ.get("LOOKS", tmp_path))
    page.keyboard.press("1")
    shots(page, folder, "write")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("tab", name="Session").click()
    expect(page.get_by_label("Notes of this session")).to_be_enabled()
    shots(page, folder, "session-empty")
    page.set_viewport_size({"width": 1440, "height": 900})
    for text in ("The lighthouse keeper's daughter\n\nShe counts ships.", "The lighthouse keeper's daughter\n\nShe counts ships, and one day the count is wrong."):  # fmt: skip
        page.get_by_label("Notes of this session").fill(text)
        page.get_by_role("button", name="Keep this version").click()
        expect(page.locator(".notes .state")).to_contain_text("kept as a draft")
    expect(page.locator(".draft-tree .draft")).to_have_count(2)
    page.locator(".draft-tree .draft").last.click()
    page.get_by_role("button", name="Restore this draft").click()
    expect(page.locator(".draft-tree .draft")).to_have_count(3)
    shots(page, folder, "session")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("tab", name="Models").click()
    page.locator('.card[data-model="fake-broken"]').get_by_role("button", name="Load").click()
    page.locator('.card[data-model="fake-writer"]').get_by_role("button", name="Load").click()
    expect(page.locator('.card[data-model="fake-writer"]')).to_contain_text("Loaded", timeout=15000)
    shots(page, folder, "models")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("tab", name="Fake").click()
    page.locator("#fake-prompt textarea").fill("Once")
    page.locator("#fake-go").click()
    expect(page.locator(".status-strip .stop")).to_be_visible(timeout=10000)
    shots(page, folder, "working")
    page.keyboard.press("Control+.")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    shots(page, folder, "keys")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Show or hide the sessions").click()
    shots(page, folder, "drawer")
