"""Signing in with a password, and out again; two people see their own sessions only."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from studio.serving.people import People
from tests.running import RunningStudio, start_studio


def enter(browser: Browser, running: RunningStudio, name: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(running.url)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"password of {name}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".session.here")
    return page


def test_two_people_in_one_studio(browser: Browser, tmp_path: Path) -> None:
    people = People(tmp_path / "people.json")
    for name in ("alice", "bob"):
        people.set_password(name, f"password of {name}")
    with start_studio(tmp_path, fakes=False, extra=("--sign-in", "password")) as running:
        alice = enter(browser, running, "alice")
        alice.locator(".session-list .new").click()
        expect(alice.locator(".sessions .session")).to_have_count(2)
        bob = enter(browser, running, "bob")
        expect(bob.locator(".sessions .session")).to_have_count(1)
        bob.goto(alice.url)  # her address is not his door
        bob.wait_for_selector(".session.here")
        expect(bob.locator(".sessions .session")).to_have_count(1)
        alice.get_by_role("button", name="Sign out").click()
        expect(alice.get_by_role("button", name="Sign in")).to_be_visible()
        alice.get_by_label("Name").fill("alice")
        alice.get_by_label("Password").fill("not her password")
        alice.get_by_role("button", name="Sign in").click()
        expect(alice.get_by_role("alert")).to_contain_text("do not go together")
        expect(bob.get_by_role("button", name="Sign out")).to_be_visible()
