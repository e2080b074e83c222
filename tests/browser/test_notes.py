"""Notes, drafts, branches: what the Session tab promises."""

import hashlib
import sqlite3
import time

from playwright.sync_api import Page, expect

from studio.core.event import Thing
from studio.sessions.store import open_store
from tests.running import RunningStudio


def open_notes(page: Page) -> None:
    page.get_by_role("tab", name="Session").click()
    page.wait_for_function("new URL(location).searchParams.get('session') === document.querySelector('.notes').dataset.session")
    expect(page.get_by_label("Notes of this session")).to_be_enabled()


def new_session(page: Page) -> str:
    old = page.url
    page.locator(".session-list .new").click()
    page.wait_for_function("old => location.href !== old", arg=old)
    return page.url.split("session=")[1].split("&")[0]


def test_type_keep_restore(page: Page) -> None:
    new_session(page)
    open_notes(page)
    area = page.get_by_label("Notes of this session")
    area.fill("The first thought")
    page.get_by_role("button", name="Keep this version").click()
    expect(page.get_by_role("option", name="The first thought")).to_be_visible()
    area.fill("A second, worse thought")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("option", name="A second, worse thought")).to_be_visible()
    page.get_by_role("option", name="The first thought").click()
    expect(page.locator(".detail pre.work")).to_have_text("The first thought")
    expect(page.get_by_text("Made by hand: there is no recipe.")).to_be_visible()
    page.get_by_role("button", name="Restore this draft").click()
    expect(area).to_have_value("The first thought")
    expect(page.locator(".draft-tree .draft")).to_have_count(3)
    expect(page.locator(".draft-tree .draft").first).to_contain_text("restored")


def test_saved_means_on_disk(page: Page, studio: RunningStudio) -> None:
    """The moment the page says saved, another process can read it."""
    new_session(page)
    open_notes(page)
    area = page.get_by_label("Notes of this session")
    for k in range(5):
        area.fill(f"line {k}")
        page.wait_for_function("() => /Saved at/.test(document.querySelector('.notes .state').textContent)")
        with sqlite3.connect(studio.data / "tandem.db") as db:
            assert db.execute("SELECT count(*) FROM workings WHERE text = ?", (f"line {k}",)).fetchone()[0] == 1


def test_two_tabs_make_a_branch_and_say_so(page: Page) -> None:
    new_session(page)
    open_notes(page)
    page.get_by_label("Notes of this session").fill("Start")
    expect(page.locator(".notes .state")).to_contain_text("Saved at")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("tab", name="Session").click()
    expect(other.get_by_label("Notes of this session")).to_have_value("Start")
    other.get_by_label("Notes of this session").fill("Start, as the other tab has it")
    expect(other.locator(".notes .state")).to_contain_text("Saved at")
    page.get_by_label("Notes of this session").fill("Start, as the first tab has it")
    expect(page.get_by_text("changed in another tab")).to_be_visible()
    expect(page.get_by_label("Notes of this session")).to_have_value("Start, as the first tab has it")
    page.get_by_label("Branch of the notes").select_option(label="the first text")
    expect(page.get_by_label("Notes of this session")).to_have_value("Start, as the other tab has it")
    page.get_by_label("Branch of the notes").select_option(label="branch 2")
    expect(page.get_by_label("Notes of this session")).to_have_value("Start, as the first tab has it")


def test_what_people_write_is_never_markup(page: Page) -> None:
    attack = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>{{constructor}}${window.hit=1}'
    new_session(page)
    page.locator(".session.here button[data-key^=rename]").click()
    page.get_by_label("New name of the session").fill(attack)
    page.keyboard.press("Enter")
    open_notes(page)
    page.get_by_label("Notes of this session").fill(attack)
    page.get_by_role("button", name="Keep this version").click()
    expect(page.locator(".draft-tree .draft")).to_have_count(1)
    page.locator(".draft-tree .draft").click()
    expect(page.locator(".detail pre.work")).to_have_text(attack)
    page.reload()
    expect(page.locator(".session.here .title")).to_have_text(attack)
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None


def plant(studio: RunningStudio, session: str, drafts: int) -> None:
    """A long history, written beside the running studio."""
    store = open_store(f"sqlite:///{studio.data / 'tandem.db'}", str(studio.data / "blobs"), studio.data)
    piece = store.create_piece("local", session, "text", "manuscript", "Long book")
    first = store.keep("local", piece.id, [Thing(name="body", media_type="text/plain", body=b"draft 0")])
    store.close()
    with sqlite3.connect(studio.data / "tandem.db") as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(drafts)")]
        row = dict(zip(columns, db.execute("SELECT * FROM drafts WHERE id = ?", (first.id,)).fetchone(), strict=True))
        before = first.id
        for k in range(1, drafts):
            id = "d1" + hashlib.sha256(f"{session} {k}".encode()).hexdigest()
            row.update(id=id, number=row["number"] + 1, summary=f"draft {k}")
            marks = ", ".join("?" * len(columns))
            db.execute(f"INSERT INTO drafts VALUES ({marks})", [row[c] for c in columns])
            db.execute("INSERT INTO draft_parents (owner, draft, position, parent) VALUES ('local', ?, 0, ?)", (id, before))
            before = first.id if k % 50 == 0 else id


def measure_tree_opens(page: Page, studio: RunningStudio, drafts: int) -> float:
    """Seconds from the click on the tab to the rows in the page."""
    session = new_session(page)
    plant(studio, session, drafts)
    page.get_by_role("tab", name="Write").click()
    page.wait_for_timeout(300)
    began = time.monotonic()
    page.get_by_role("tab", name="Session").click()
    page.wait_for_function("n => Number(document.querySelector('.draft-tree')?.dataset.ready || 0) >= n", arg=drafts)
    expect(page.get_by_role("option", name=f"draft {drafts - 1}")).to_be_visible()
    return time.monotonic() - began


def test_a_tree_of_five_thousand_drafts_opens_in_a_second(page: Page, studio: RunningStudio) -> None:
    took = measure_tree_opens(page, studio, 5000)
    assert took < 1.0, took
    rows = page.locator(".draft-tree .draft")
    assert rows.count() < 60  # only what is in view
    page.locator(".draft-tree .list").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("option", name="draft 0", exact=False).last).to_be_visible()


def test_drafts_kept_elsewhere_are_there_on_coming_back(page: Page, studio: RunningStudio) -> None:
    session = new_session(page)
    open_notes(page)
    page.wait_for_timeout(1200)
    page.get_by_role("tab", name="Write").click()
    plant(studio, session, 3)
    page.get_by_role("tab", name="Session").click()
    expect(page.get_by_role("option", name="draft 2")).to_be_visible()
