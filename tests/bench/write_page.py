"""The figures of the writing room in the browser: a long book opened and typed in, and how soon and how evenly offers come.

A real Chromium on the real studio with the writer that ships with it. Times begin with the event of the browser (a click, a
key) and end after the frame in which what was asked for is on the page; what the screen adds is not in them.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from studio.sessions.store import open_store
from tests.bench.figure import Figure, Measured
from tests.bench.manuscript import WORDS, long_book
from tests.browser.conftest import chromium
from tests.running import ROOT, start_studio

OPEN, KEY, SAVE, FIRST, STOP = 1500, 50, 100, 1000, 100  # milliseconds
FEWEST, MOST = 8.0, 15.0  # updates a second
BOOKS, KEYS, ASKS = 5, 100, 5
AREA = "textarea.scene-text"

# `painted(then)`: after the next frame is made. `since(event)`: the first frame in which `seen()` holds, from the event on.
HELPERS = """
window.painted = (then) => requestAnimationFrame(() => { const after = new MessageChannel(); after.port1.onmessage = () => then(performance.now()); after.port2.postMessage(0); });
window.until = (seen) => new Promise((done) => { const look = () => seen() ? painted(done) : requestAnimationFrame(look); look(); });
window.clicked = () => new Promise((done) => addEventListener('click', (e) => done(e.timeStamp), { capture: true, once: true }));
window.full = (of, n) => [...document.querySelectorAll(of)].filter((one) => one.offsetParent && one.textContent.trim()).length >= n;
"""


def books(data: Path) -> tuple[str, list[str]]:
    """A session with some long books, and last a short one."""
    store = open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)
    try:
        session = store.create_session("local", "Long books").id
        made = []
        for i in range(BOOKS):
            piece = store.create_piece("local", session, "text", "manuscript", f"Book {i}").id
            copy = store.working("local", piece)
            store.autosave("local", copy.id, copy.version, long_book(60, 60, seed=i).dumps().decode())
            made.append(piece)
        store.create_piece("local", session, "text", "manuscript", "Short")
        return session, made
    finally:
        store.close()


@contextmanager
def opened() -> Iterator[tuple[Page, list[str]]]:
    out = ROOT / "out"
    out.mkdir(exist_ok=True)  # a folder for temporary files may be memory
    with tempfile.TemporaryDirectory(dir=out, ignore_cleanup_errors=True) as folder, sync_playwright() as play:
        session, made = books(Path(folder))
        with start_studio(Path(folder), fakes=False, extra=("--offline",)) as studio:
            browser: Browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(f"{studio.url}/?tab=write&session={session}")
            page.wait_for_function(f"(a => a && !a.disabled)(document.querySelector('{AREA}'))")
            page.evaluate(HELPERS)
            yield page, made
            browser.close()


def open_books(page: Page, made: list[str]) -> list[float]:
    """Each for the first time since the studio started; from choosing it to its words on the page."""
    return [
        float(
            page.evaluate(
                """async (piece) => {
                    const box = document.querySelector('.write-head .which'), area = document.querySelector('textarea.scene-text');
                    await until(() => [...box.options].some((one) => one.value === piece));
                    const before = area.value, began = performance.now();
                    box.value = piece; box.dispatchEvent(new Event('change'));
                    return await until(() => area.value.length > 1000 && area.value !== before && document.querySelectorAll('.write-tree .scene').length === 60) - began;
                }""",
                piece,
            )
        )
        for piece in made
    ]


def type_in(page: Page) -> tuple[list[float], list[float], float]:
    """A hundred keys in the middle of a scene, words tinted by who wrote them; saving goes on meanwhile.

    The last number is what the page works for one key, saving included, in milliseconds of its own processor time: on a busy
    machine it tells waiting from work.
    """
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.get_by_role("button", name="Who wrote what").click()
    page.evaluate(
        """() => { const box = document.querySelector('textarea.scene-text'), at = box.value.length >> 1; box.focus(); box.setSelectionRange(at, at); window.keys = [];
            performance.clearResourceTimings(); performance.setResourceTimingBufferSize(2000);
            box.addEventListener('keydown', (e) => painted((now) => keys.push(now - e.timeStamp))); }"""
    )
    before = worked(metrics)
    for i in range(KEYS):
        page.keyboard.press("Enter" if i % 40 == 39 else " " if i % 6 == 5 else "etaoinsr"[i % 8])
        page.wait_for_timeout(450 if i % 10 == 9 else 60)  # at a writer's pace, now and then a pause in which it is saved
    page.wait_for_timeout(800)
    work = (worked(metrics) - before) * 1000 / KEYS
    saves = page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => /\\/edit$/.test(one.name)).map((one) => one.duration)"
    )
    return sorted(page.evaluate("keys")), sorted(saves), work


def worked(metrics: CDPSession) -> float:
    """Seconds that the page's own thread has worked so far."""
    return float(next(one["value"] for one in metrics.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration"))


def ask(page: Page, button: str, cards: str, stop: str) -> dict[str, Any]:
    """From the click: Stop to be seen, words in all three cards, and how often the cards grow until the last one is full."""
    page.evaluate(
        """([cards, stop]) => {
            window.got = (async () => {
                const began = await clicked(), changes = [];
                let last = '', first = null, stopped = null;
                const look = () => {
                    const now = performance.now(), text = [...document.querySelectorAll(cards)].map((one) => one.textContent).join('|');
                    if (stopped === null && [...document.querySelectorAll(stop)].some((one) => one.offsetParent)) painted((when) => { stopped = when - began; });
                    if (text !== last) { last = text; changes.push(now); }
                    if (first === null && full(cards, 3)) painted((when) => { first = when - began; });
                };
                for (;;) {
                    await new Promise(requestAnimationFrame);
                    look();
                    if (first !== null && stopped !== null && ![...document.querySelectorAll(stop)].some((one) => one.offsetParent)) break;
                    if (performance.now() - began > 90000) throw new Error('no offers in 90 seconds: ' + document.querySelector('.told').textContent);
                }
                return { first, stopped, changes: changes.map((when) => when - began) };
            })();
        }""",
        [cards, stop],
    )
    page.locator(AREA).press("x")  # not saved yet: asking waits for that, Stop does not
    page.locator(button).first.click()
    found: dict[str, Any] = page.evaluate("got")
    return found


def asking(page: Page) -> dict[str, list[dict[str, Any]]]:
    page.get_by_label("Length").select_option("250")
    page.get_by_label("Seed").evaluate("one => { one.value = ''; }")
    passages = [ask(page, ".asking .big.primary", ".offer .text", ".write-right .stop") for _ in range(ASKS + 1)]
    page.locator(".plotting").evaluate("one => { one.open = true; }")
    page.get_by_label("Premise", exact=True).fill("A tide gauge that lies.")
    slots = ".plots .plot .slot.logline .said"
    plots = [ask(page, ".plotting .big.primary", slots, ".plots .stop") for _ in range(3)]
    return {"continue": passages[1:], "plot": plots}  # the first loads the model


@lru_cache(maxsize=1)
def everything() -> dict[str, Any]:
    """One studio and one page for all of it."""
    with opened() as (page, made):
        took = open_books(page, made)
        keys, saves, work = type_in(page)
        return {"open": took, "keys": keys, "saves": saves, "work": work, "asks": asking(page)}


def part(row: list[float], share: float) -> float:
    return sorted(row)[min(len(row) - 1, int(share * len(row)))]


def opening() -> Measured:
    took = everything()["open"]
    return Measured(f"{statistics.median(took):.0f} ms, {max(took):.0f} ms at worst", max(took) < OPEN, {"ms": took})


def typing() -> Measured:
    keys = everything()["keys"]
    said = f"{part(keys, 0.5):.1f} ms, 95 of 100 within {part(keys, 0.95):.1f} ms, {keys[-1]:.0f} ms at worst, "
    said += f"{everything()['work']:.1f} ms of work for each"
    return Measured(said, part(keys, 0.95) <= KEY, {"ms": keys})


def saving() -> Measured:
    saves = everything()["saves"]
    said = f"{part(saves, 0.5):.0f} ms, 95 of 100 within {part(saves, 0.95):.0f} ms, {len(saves)} saves"
    return Measured(said, len(saves) >= 10 and part(saves, 0.95) <= SAVE, {"ms": saves})


def first_words() -> Measured:
    asks = everything()["asks"]
    found = {task: statistics.median(one["first"] for one in row) for task, row in asks.items()}
    said = ", ".join(f"{task} {ms:.0f} ms" for task, ms in found.items())
    return Measured(said, max(found.values()) <= FIRST, {task: [one["first"] for one in row] for task, row in asks.items()})


def updates() -> Measured:
    """Of passages: while words come, how often the page shows more of them."""
    rates = []
    for one in everything()["asks"]["continue"]:
        changes = [when for when in one["changes"] if when >= one["first"] - 1]
        rates.append((len(changes) - 1) / max((changes[-1] - changes[0]) / 1000, 0.001))
    rate = statistics.median(rates)
    return Measured(f"{rate:.1f} a second", FEWEST <= rate <= MOST, {"rates": rates})


def stop_seen() -> Measured:
    took = [one["stopped"] for row in everything()["asks"].values() for one in row]
    return Measured(f"{statistics.median(took):.0f} ms, {max(took):.0f} ms at worst", max(took) <= STOP, {"ms": took})


FIGURES = (
    Figure("page-open", f"{WORDS:,} words, from choosing them to the text on the page, within {OPEN / 1000} s", opening),
    Figure("page-keys", f"in {WORDS:,} words, from a key to the frame that shows it, 95 of 100 within {KEY} ms", typing),
    Figure("page-autosave", f"in {WORDS:,} words, an autosave answered within {SAVE} ms", saving),
    Figure("page-first", f"from the click to words in all three cards within {FIRST} ms, model loaded", first_words),
    Figure("page-updates", f"the page shows more words {FEWEST:.0f} to {MOST:.0f} times a second", updates),
    Figure("page-stop", f"Stop to be seen {STOP} ms after the click", stop_seen),
)
