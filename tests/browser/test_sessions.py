"""The sessions on the left, and coming back to where one was."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running import RunningStudio, launch, wait_until_up


@pytest.fixture(scope="module")
def studio(shared_studio: RunningStudio) -> RunningStudio:
    return shared_studio


def rows(page: Page) -> list[str]:
    return page.locator(".sessions .session .title").all_inner_texts()


def rename(page: Page, old: str, new: str) -> None:
    page.get_by_role("button", name=f"Rename {old}", exact=True).first.click()
    page.keyboard.type(new)
    page.keyboard.press("Enter")
    expect(page.locator(".sessions .title").get_by_text(new, exact=True)).to_be_visible()


def test_create_rename_search_duplicate_trash_restore_erase(page: Page) -> None:
    page.locator(".session-list .new").click()
    expect(page.locator(".session.here .title")).to_have_text("New session")
    rename(page, "New session", "Winter novel")
    page.get_by_label("Search sessions").fill("winter")
    expect(page.locator(".sessions .session")).to_have_count(1)
    page.get_by_label("Search sessions").fill("nothing like it")
    expect(page.get_by_text("No session is called")).to_be_visible()
    page.get_by_label("Search sessions").fill("")
    page.get_by_role("button", name="Duplicate Winter novel", exact=True).click()
    expect(page.locator(".session.here .title")).to_have_text("Winter novel (copy)")
    page.get_by_role("button", name="Move Winter novel (copy) to the trash").click()
    expect(page.get_by_text("Trash (1)")).to_be_visible()
    page.get_by_text("Trash (1)").click()
    page.get_by_role("button", name="Restore Winter novel (copy)").click()
    expect(page.locator(".session.here .title")).to_have_text("Winter novel (copy)")
    page.get_by_role("button", name="Move Winter novel (copy) to the trash").click()
    expect(page.get_by_text("Trash (1)")).to_be_visible()
    page.get_by_role("button", name="Erase Winter novel (copy) for good").click()
    expect(page.locator(".trash")).to_be_hidden()


def test_an_unnamed_session_keeps_its_name(page: Page) -> None:
    before = rows(page)
    page.locator(".session.here button[data-key^=rename]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    expect(page.locator(".session .rename")).to_have_count(0)
    assert rows(page) == before
    page.reload()
    page.wait_for_selector(".session.here")
    assert rows(page) == before


def test_reload_and_a_new_window_come_back_here(page: Page, studio: RunningStudio) -> None:
    page.locator(".session-list .new").click()
    expect(page.locator(".session.here .title")).to_have_text("New session")
    rename(page, "New session", "Come back")
    page.get_by_role("tab", name="Session").click()
    expect(page).to_have_url(re.compile("tab=session"))
    page.reload()
    expect(page.locator(".session.here .title")).to_have_text("Come back")
    expect(page.get_by_role("tab", name="Session")).to_have_attribute("aria-selected", "true")
    other = page.context.new_page()  # no address: the browser remembers
    other.goto(studio.url)
    expect(other.locator(".session.here .title")).to_have_text("Come back")
    expect(other.get_by_role("tab", name="Session")).to_have_attribute("aria-selected", "true")


def test_a_restart_of_the_studio_brings_the_person_back(browser: Browser, tmp_path) -> None:  # type: ignore[no-untyped-def]
    first = launch(tmp_path)
    wait_until_up(first)
    page = browser.new_context().new_page()
    page.goto(first.url)
    page.wait_for_selector(".session.here")
    page.get_by_role("tab", name="Session").click()
    area = page.get_by_label("Notes of this session")
    area.fill("Before the lights went out.")
    expect(page.locator(".status-strip .saved")).to_contain_text("Saved at")
    first.kill()
    area.fill("Before the lights went out. And after.")
    expect(page.locator(".notes .state")).to_contain_text("kept in this browser")
    second = launch(tmp_path, port=first.port)
    try:
        wait_until_up(second)
        expect(page.locator(".notes .state")).to_contain_text("Saved at", timeout=15000)
        page.reload()
        expect(page.get_by_label("Notes of this session")).to_have_value("Before the lights went out. And after.", timeout=15000)
    finally:
        second.kill()


def test_a_strange_address_is_no_error(page: Page, studio: RunningStudio) -> None:
    page.goto(f"{studio.url}/?session=nonsense&tab=nowhere")
    expect(page.locator(".session.here")).to_be_visible()
    expect(page.get_by_role("tab", name="Write")).to_be_visible()
