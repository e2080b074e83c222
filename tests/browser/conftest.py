"""A real Chromium on a real server. `studio` starts the whole app with the fake engines; `page` is a fresh person."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import RunningStudio, start_studio

# How much wider than the page something is. What is, scrolls it sideways when the focus comes there.
WIDER = "Math.max(...['html', '.gradio-container'].map((one) => document.querySelector(one).scrollWidth)) - innerWidth"
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", MAC):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise RuntimeError("No Chromium found: run `make system`, or set CHROMIUM.")


@pytest.fixture(scope="package")  # its event loop must not outlive the browser tests
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
            ],
        )
        yield running
        running.close()


@pytest.fixture(scope="package")
def shared_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """For modules that do not mind what others left in it."""
    with start_studio(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with start_studio(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(studio.url)
    page.wait_for_selector(".session-list .session")
    yield page
    context.close()
    assert not trouble, f"the page threw: {trouble}"


def shots(page: Page, name: str) -> None:
    """A state wide and narrow: nothing may stick out. With LOOKS=folder also its four looks, for people to look at."""
    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(WIDER) <= 0, (name, width)
        for theme in ("light", "dark") if "LOOKS" in os.environ else ():
            page.evaluate("t => Studio.setTheme(t)", theme)
            page.wait_for_timeout(250)
            page.screenshot(path=Path(os.environ["LOOKS"]) / f"{name}-{width}-{theme}.png")
