"""The Models tab, the status strip, Stop, and a tab that is closed while a model works."""

import re
import time

from playwright.sync_api import Page, expect

from studio.core.work import ENDED, Job
from studio.sessions.store import open_store
from tests.running import RunningStudio


def card(page: Page, id: str):  # type: ignore[no-untyped-def]
    return page.locator(f'.card[data-model="{id}"]')


def jobs(studio: RunningStudio) -> list[Job]:
    store = open_store(f"sqlite:///{studio.data / 'tandem.db'}", str(studio.data / "blobs"), studio.data)
    try:
        return store.jobs("local")
    finally:
        store.close()


def offers_of(studio: RunningStudio, job: str) -> int:
    store = open_store(f"sqlite:///{studio.data / 'tandem.db'}", str(studio.data / "blobs"), studio.data)
    try:
        return len(store.offers("local", job=job))
    finally:
        store.close()


def ask(page: Page) -> None:
    page.get_by_role("tab", name="Fake").click()
    page.locator("#fake-prompt textarea").fill("Once")
    page.locator("#fake-go").click()
    expect(page.locator("#fake-shown textarea")).to_have_value(re.compile(r"0: \w+ \w+"), timeout=15000)


def test_load_and_unload(page: Page) -> None:
    page.get_by_role("tab", name="Models").click()
    expect(card(page, "fake-writer")).to_contain_text("ready to load")
    card(page, "fake-writer").get_by_role("button", name="Load").click()
    expect(card(page, "fake-writer")).to_contain_text("Loaded", timeout=15000)
    expect(card(page, "fake-writer")).to_contain_text("measured")
    expect(page.locator(".status-strip .model")).to_contain_text("Fake Writer", timeout=8000)
    card(page, "fake-writer").get_by_role("button", name="Unload").click()
    expect(card(page, "fake-writer")).to_contain_text("ready to load")


def test_a_failed_load_says_why_and_leaves_the_rest(page: Page) -> None:
    page.get_by_role("tab", name="Models").click()
    card(page, "fake-broken").get_by_role("button", name="Load").click()
    expect(card(page, "fake-broken")).to_contain_text("Failed", timeout=15000)
    expect(card(page, "fake-broken")).to_contain_text("fails to load")
    expect(card(page, "fake-painter")).to_contain_text("ready to load")


def test_cards_that_cannot_run_and_broken_entries_are_named(page: Page) -> None:
    page.get_by_role("tab", name="Models").click()
    expect(page.locator(".card.unusable").first).to_contain_text("does not have yet")
    expect(page.locator(".problems")).to_contain_text("not-a-card")


def test_a_refusal_is_a_sentence_on_the_page(page: Page) -> None:
    page.get_by_role("tab", name="Fake").click()
    page.locator("#fake-go").click()
    expect(page.get_by_text("This ask is empty. Say what you want.")).to_be_visible(timeout=10000)


def test_stop_in_the_strip_keeps_what_there_is(page: Page, studio: RunningStudio) -> None:
    ask(page)
    stop = page.locator(".status-strip .stop")
    expect(stop).to_be_visible()
    expect(page.locator(".status-strip .work")).to_contain_text(re.compile(r"Fake Writer is working, \d+ s left"))
    began = time.monotonic()
    stop.click()
    expect(stop).to_be_hidden(timeout=3000)
    job = jobs(studio)[0]
    assert job.state == "cancelled", job
    assert job.ended is not None
    assert time.monotonic() - began < 3
    assert offers_of(studio, job.id) == 2  # both were under way: partial, kept


def measure_tab_close(page: Page, studio: RunningStudio, times: int) -> dict[str, float]:
    """Closes a tab while a model works for it; seconds until the job has ended, and whether its partial work is kept."""
    slowest, kept = 0.0, 0
    for _ in range(times):
        tab = page.context.new_page()
        tab.goto(studio.url)
        ask(tab)
        began = time.time()
        tab.close()
        while (job := jobs(studio)[0]).state not in ENDED:
            assert time.time() - began < 10, job
            time.sleep(0.02)
        assert job.ended is not None
        slowest = max(slowest, job.ended.timestamp() - began)
        kept += offers_of(studio, job.id) == 2
    return {"times": times, "slowest_s": round(slowest, 3), "kept": kept}


def test_closing_the_tab_ends_the_job_within_a_second(page: Page, studio: RunningStudio) -> None:
    got = measure_tab_close(page, studio, 3)
    assert got["slowest_s"] < 1.0, got
    assert got["kept"] == 3, got
