"""The figures of the Music tab, in a real Chromium on the real studio."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.figure import Figure, Measured
from tests.browser.conftest import chromium

ARGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]


@contextmanager
def opened() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGS)
        yield browser
        browser.close()


def takes() -> Measured:
    from tests.browser.test_music import in_room, measure_takes
    from tests.running import start_studio

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, start_studio(Path(folder)) as studio, opened() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        for room in in_room(page, studio):
            got = measure_takes(room)
    said = f"first notes after {got['first_ms']:.0f} ms, all four takes of 16 bars after {got['all_ms']:.0f} ms"
    return Measured(said, got["first_ms"] <= 1500 and got["all_ms"] <= 5000, dict(got))


def sound() -> Measured:
    from tests.browser.sound_timing import measure, open_sounding

    with opened() as browser:
        got = measure(open_sounding(browser))
    said = f"edit to sound {got['edit_to_sound']:.1f} ms at worst ({got['output']:.0f} ms of it the browser's output), "
    said += f"playhead off by {got['playhead_off']:.2f} ms at worst"
    return Measured(said, got["edit_to_sound"] <= 50 and got["playhead_off"] <= 20, got)


def frames() -> Measured:
    from tests.browser.roll_page import long_roll, measure_drag, open_roll

    with opened() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        open_roll(page, long_roll(2000))
        got = measure_drag(page)
    rate = 1000 / max(got["between_ms"], 1)
    said = f"{rate:.0f} frames a second in the middle ({got['between_ms']:.1f} ms between them, {got['between_worst_ms']:.0f} ms in 5 of 100), "
    said += f"{got['work_ms']:.1f} ms of work in each"
    return Measured(said, rate >= 59, dict(got))


FIGURES = (
    Figure("takes", "model loaded: first notes within 1.5 s, all four takes of 16 bars within 5 s", takes),
    Figure("sound", "edit to sound 50 ms, playhead 20 ms beside the sound", sound),
    Figure("frames", "60 frames a second while dragging 2,000 notes", frames),
)
