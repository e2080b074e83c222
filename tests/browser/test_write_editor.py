"""The editor of the Write tab as a writer uses it: typing, undo over scenes, moves that keep makers, edits that come back."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.running import RunningStudio

AREA = "textarea.scene-text"


@pytest.fixture(scope="module")
def room(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    """One page for most tests: opening it takes longer than they do."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield arrived(context, studio)
    context.close()


@pytest.fixture
def write(room: Page) -> Iterator[Page]:
    """A session of one's own."""
    yield from untroubled(room)


def arrived(context: BrowserContext, studio: RunningStudio) -> Page:
    page = context.new_page()
    page.goto(f"{studio.url}/?tab=write")
    ready(page)
    return page


def untroubled(page: Page) -> Iterator[Page]:
    trouble: list[str] = []

    def note(error: object) -> None:
        trouble.append(str(error))

    page.on("pageerror", note)
    before = page.locator(".write-head select.which").first.input_value()
    page.locator(".session-list .new").evaluate("button => button.click()")  # also on a phone
    page.wait_for_function(
        "old => (v => v && v !== '+' && v !== old)(document.querySelector('.write-head .which').value)", arg=before
    )
    ready(page)
    yield page
    page.remove_listener("pageerror", note)
    assert not trouble, f"the page threw: {trouble}"


def ready(page: Page) -> None:
    page.wait_for_function(
        f"(a => a && !a.disabled && document.querySelector('.write-head .which').value)(document.querySelector('{AREA}'))"
    )


def state(page: Page) -> dict[str, Any]:
    """The manuscript as the studio has it."""
    found: dict[str, Any] = page.evaluate(
        """async () => {
            const [piece, copy] = [...document.querySelectorAll('.write-head .which')].map((box) => box.value);
            return Studio.ask(`studio/writing/manuscripts/${piece}${copy ? `?working=${copy}` : ''}`);
        }"""
    )
    return found


def scenes(page: Page) -> list[dict[str, Any]]:
    return [scene for chapter in state(page)["manuscript"]["chapters"] for scene in chapter["scenes"]]


def saved(page: Page) -> None:
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(page.locator(".status-strip .saved")).to_contain_text("Saved at", timeout=10_000)


def stands(page: Page, texts: list[str]) -> None:
    """The studio has these scenes, soon."""
    end = time.monotonic() + 10
    while (found := [scene["text"] for scene in scenes(page)]) != texts:
        assert time.monotonic() < end, found
        page.wait_for_timeout(40)


def put_in(page: Page, scene: str, text: str, spans: list[list[Any]]) -> None:
    """Words whose makers are known, as if they had been there before."""
    page.evaluate(
        """async ([scene, text, spans]) => {
            const piece = document.querySelector('.write-head .which').value, now = await Studio.ask(`studio/writing/manuscripts/${piece}`);
            const edit = { scene, at: 0, text, how: 'undone', spans: spans.map(([length, maker, offer]) => ({ length, maker, offer })) };
            await Studio.ask(`studio/writing/copies/${now.working}/edit`, { method: 'POST', body: { version: now.version, edits: [edit] } });
        }""",
        [scene, text, spans],
    )
    page.reload()
    ready(page)
    expect(page.locator(AREA)).to_have_value(text)


def tint(page: Page) -> None:
    button = page.get_by_role("button", name="Who wrote what")
    if button.get_attribute("aria-pressed") != "true":
        button.click()


def at(page: Page, start: int, end: int | None = None) -> None:
    page.locator(AREA).evaluate(
        "(a, [s, e]) => { a.focus(); a.setSelectionRange(s, e); }", [start, start if end is None else end]
    )


def makers(scene: dict[str, Any]) -> list[tuple[str, str]]:
    """Each stretch of text with its maker."""
    out, place = [], 0
    for length, maker, _ in scene["spans"]:
        out.append((scene["text"][place : place + length], maker))
        place += length
    return out


def paste(page: Page, text: str) -> None:
    """As from another program: what the browser does once the person has pasted."""
    page.locator(AREA).focus()
    page.evaluate(
        """text => { const box = document.querySelector('textarea.scene-text'), start = box.selectionStart, end = box.selectionEnd;
            box.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertFromPaste', data: text, bubbles: true, cancelable: true }));
            box.setRangeText(text, start, end, 'end');
            box.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste', bubbles: true })); }""",
        text,
    )


def test_what_is_typed_is_saved_and_the_persons(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.type("Mara went in. 😀 ")
    page.keyboard.insert_text("Она ушла… مرحبا 見た。")
    page.keyboard.press("Enter")
    paste(page, "From elsewhere.")
    saved(page)
    scene = scenes(page)[0]
    assert scene["text"] == "Mara went in. 😀 Она ушла… مرحبا 見た。\nFrom elsewhere."
    assert makers(scene) == [("Mara went in. 😀 Она ушла… مرحبا 見た。\n", "human"), ("From elsewhere.", "pasted")]
    expect(page.locator(".write-bar .count")).to_contain_text(str(scene["words"]))


def test_composed_letters_are_one_edit(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    keys = page.context.new_cdp_session(page)
    for step in ("n", "ni", "に", "にほ"):
        keys.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
    keys.send("Input.insertText", {"text": "日本"})
    page.keyboard.type("!")
    saved(page)
    assert scenes(page)[0]["text"] == "日本!"
    page.keyboard.press("Control+z")
    saved(page)
    assert scenes(page)[0]["text"] in ("", "日本")


def test_words_of_a_model_stay_its_words_where_they_go(write: Page) -> None:
    page = write
    text = "The door creaked. Nobody came. It was late. I sat."
    put_in(page, "s1", text, [[44, "model-edited", "one-offer"], [6, "human", None]])
    tint(page)
    expect(page.locator(".mirror .by-model-edited")).to_have_text("The door creaked. Nobody came. It was late. ")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at(page, 18, 31)
    page.keyboard.press("Control+x")
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+v")
    saved(page)
    scene = scenes(page)[0]
    assert scene["text"] == "The door creaked. It was late. I sat.Nobody came. "
    assert ("Nobody came. ", "model-edited") in makers(scene)
    assert sum(span[0] for span in scene["spans"] if span[1] == "pasted") == 0
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    saved(page)
    assert scenes(page)[0]["spans"] == [[44, "model-edited", "one-offer"], [6, "human", None]]
    assert scenes(page)[0]["text"] == text


def test_words_are_dragged_within_the_text(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.type("first second third")
    page.wait_for_timeout(50)
    at(page, 0, 6)
    box = page.locator(AREA).bounding_box()
    assert box
    page.mouse.move(box["x"] + 15, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 16, steps=4)
    page.mouse.move(box["x"] + 300, box["y"] + 14, steps=6)
    page.mouse.up()
    saved(page)
    scene = scenes(page)[0]
    assert scene["text"].split() == ["second", "third", "first"] or scene["text"] == "second thirdfirst "
    assert {maker for _, maker in makers(scene)} == {"human"}


def test_undo_and_redo_go_through_all_scenes(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.type("One.")
    page.get_by_role("button", name="Add a scene").click()
    expect(page.locator(".write-tree .scene")).to_have_count(2)
    page.locator(AREA).click()
    page.keyboard.type("Two.")
    page.keyboard.press("Alt+PageUp")
    page.keyboard.press("Control+End")
    page.wait_for_timeout(30)
    page.keyboard.press("Enter")
    page.keyboard.type("Three.")
    saved(page)
    assert [scene["text"] for scene in scenes(page)] == ["One.\nThree.", "Two."]
    for texts in (["One.\n", "Two."], ["One.", "Two."], ["One.", ""], ["One."], [""]):
        page.keyboard.press("Control+z")
        stands(page, texts)
    for texts in (["One."], ["One.", ""], ["One.", "Two."], ["One.\n", "Two."], ["One.\nThree.", "Two."]):
        page.locator(AREA).focus()
        page.keyboard.press("Control+Shift+z")
        stands(page, texts)


@pytest.mark.parametrize("seed", [1, 2])
def test_page_and_studio_agree_after_any_row_of_edits(write: Page, seed: int) -> None:
    """Typing, deleting, pasting, undoing as fast as a script can, saves going on meanwhile."""
    page, chance = write, random.Random(seed)
    page.locator(AREA).click()
    for _ in range(45):
        kind = chance.random()
        length = int(page.locator(AREA).evaluate("a => a.value.length"))
        if kind < 0.45:
            page.keyboard.insert_text(chance.choice(["The door. ", "a", " 😀", "\n", "Она ", "e\u0301", "見た。"]))
        elif kind < 0.6:
            page.keyboard.press(chance.choice(["Backspace", "Delete", "Control+Backspace"]))
        elif kind < 0.7:
            start = chance.randint(0, length)
            at(page, start, min(length, start + chance.randint(0, 12)))
        elif kind < 0.8:
            paste(page, chance.choice(["Pasted words here. ", "x", "line\nline"]))
        else:
            page.keyboard.press(chance.choice(["Control+z", "Control+z", "Control+Shift+z"]))
    saved(page)
    scene = scenes(page)[0]
    assert scene["text"] == page.locator(AREA).input_value()
    assert sum(span[0] for span in scene["spans"]) == len(scene["text"])
    assert page.locator(".mirror > div").all_text_contents() == scene["text"].split("\n"), "the layer behind shows the same"
    while page.get_by_role("button", name="Undo", exact=True).is_enabled():
        page.keyboard.press("Control+z")
    stands(page, [""])


def test_edits_that_did_not_reach_the_studio_come_back(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.type("Before. ")
    saved(page)
    page.context.route("**/edit", lambda route: route.abort())
    page.keyboard.type("Written 😀 while the studio was away.")
    expect(page.locator(".status-strip .saved")).to_contain_text("Not saved yet", timeout=10_000)
    assert scenes(page)[0]["text"] == "Before. "
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")  # a crash sends no last words
    page.reload()
    ready(page)
    expect(page.locator(".write-room > .told")).to_contain_text("brought back", timeout=15_000)
    expect(page.locator(AREA)).to_have_value("Before. Written 😀 while the studio was away.")
    page.context.unroute("**/edit")
    stands(page, ["Before. Written 😀 while the studio was away."])
    page.locator(AREA).focus()
    page.keyboard.press("Control+z")
    stands(page, ["Before. "])


def test_an_answer_that_was_lost_does_not_double_the_words(write: Page) -> None:
    page = write

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.locator(AREA).click()
    page.context.route("**/edit", lose, times=1)
    page.keyboard.type("Only once.")
    expect(page.locator(".status-strip .saved")).to_contain_text("Not saved yet", timeout=10_000)
    page.context.route("**/edit", lambda route: route.abort())
    page.reload()
    ready(page)
    page.context.unroute("**/edit")
    page.locator(AREA).press("Control+End")
    page.keyboard.type(" And more.")
    stands(page, ["Only once. And more."])


def test_two_tabs_lose_nothing(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.type("Shared. ")
    saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    expect(other.locator(AREA)).to_have_value("Shared. ")
    other.locator(AREA).click()
    other.keyboard.press("Control+End")
    other.keyboard.type("Of the second tab.")
    saved(other)
    page.keyboard.type("Of the first tab.")
    expect(page.locator(".write-room > .told")).to_contain_text("changed in another tab", timeout=10_000)
    expect(page.locator(AREA)).to_have_value("Shared. Of the first tab.")
    assert scenes(other)[0]["text"] == "Shared. Of the second tab."
    expect(page.locator(".write-head .copies")).to_be_visible()
    other.close()


def test_find_and_replace_over_all_scenes(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.insert_text("Mara met Tom. Tom left.")
    page.get_by_role("button", name="Add a scene").click()
    expect(page.locator(".write-tree .scene")).to_have_count(2)
    page.locator(AREA).click()
    page.keyboard.insert_text("tomorrow Tom came.")
    saved(page)
    page.keyboard.press("Control+h")
    page.get_by_role("searchbox", name="Find").fill("tom")
    expect(page.locator(".write-find .state")).to_have_text("1 of 4", timeout=5_000)
    page.get_by_label("Whole words").check()
    page.get_by_label("Capitals matter").check()
    expect(page.locator(".write-find .state")).to_have_text("Nothing found")
    page.get_by_label("Pattern").check()
    page.get_by_role("searchbox", name="Find").fill("(T)om")
    expect(page.locator(".write-find .state")).to_contain_text("of 3", timeout=5_000)
    page.get_by_label("Replace with").fill(r"\1im")
    expect(page.locator(".write-find ins").first).to_have_text("Tim")
    page.get_by_role("button", name="Replace all").click()
    expect(page.locator(".write-room > .told")).to_contain_text("3 places are replaced")
    assert [scene["text"] for scene in scenes(page)] == ["Mara met Tim. Tim left.", "tomorrow Tim came."]
    page.get_by_role("searchbox", name="Find").press("Escape")
    expect(page.locator(".write-find")).to_be_hidden()
    page.locator(AREA).focus()
    page.keyboard.press("Control+z")
    stands(page, ["Mara met Tom. Tom left.", "tomorrow Tom came."])
    page.keyboard.press("Control+f")
    page.get_by_role("searchbox", name="Find").fill("(((")
    expect(page.locator(".write-find .state.bad")).to_contain_text("cannot be read")
    for box in ("Pattern", "Whole words", "Capitals matter"):
        page.get_by_label(box).uncheck()
    page.keyboard.press("Escape")


def test_the_tree_by_keyboard_alone(write: Page) -> None:
    page = write
    page.locator(AREA).focus()
    page.keyboard.insert_text("The first half. The second half.")
    at(page, 16)
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".write-tree .scene")).to_have_count(2)
    expect(page.locator(AREA)).to_have_value("The second half.")
    page.keyboard.press("Control+Shift+O")
    page.keyboard.press("F2")
    page.keyboard.type("The letter")
    page.keyboard.press("Enter")
    expect(page.locator(".write-tree .scene .name").nth(1)).to_have_text("The letter")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".write-tree .scene .name").nth(0)).to_have_text("The letter")
    expect(page.locator("[role=treeitem]:focus")).to_contain_text("The letter")
    assert [scene["text"] for scene in scenes(page)] == ["The second half.", "The first half. "]
    page.keyboard.press("Shift+F10")
    expect(page.locator("[role=menuitem]:focus")).to_have_text("Rename")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(page.locator(".write-room > .told")).to_contain_text("The letter is deleted")
    expect(page.locator(".write-tree .scene")).to_have_count(1)
    page.get_by_role("button", name="Undo").last.press("Enter")
    expect(page.locator(".write-tree .scene")).to_have_count(2)
    page.keyboard.press("Control+Shift+O")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Join with the next scene").press("Enter")
    expect(page.locator(".write-tree .scene")).to_have_count(1)
    assert [scene["text"] for scene in scenes(page)] == ["The second half.\n\nThe first half. "]
    assert {maker for _, maker in makers(scenes(page)[0])} == {"human"}


def test_scenes_are_dragged_to_another_chapter(write: Page) -> None:
    page = write
    page.get_by_role("button", name="Add a scene").click()
    expect(page.locator(".write-tree .scene")).to_have_count(2)
    page.get_by_role("button", name="Add a chapter").click()
    expect(page.locator(".write-tree .scene")).to_have_count(3)
    ids = [scene["id"] for scene in scenes(page)]
    page.locator(".write-tree .scene").nth(0).drag_to(
        page.locator(".write-tree .scene").nth(2), target_position={"x": 40, "y": 4}
    )
    page.wait_for_function(
        "[...document.querySelectorAll('.write-tree [role=treeitem]')].map(e => e.ariaLevel).join('') === '12122'"
    )
    order = [[scene["id"] for scene in chapter["scenes"]] for chapter in state(page)["manuscript"]["chapters"]]
    assert order == [[ids[1]], [ids[0], ids[2]]]


def test_only_the_words_in_focus_mode(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.insert_text("One paragraph.\n\nAnother paragraph.")
    page.keyboard.press("Control+Shift+e")
    for hidden in ("#left", ".write-head", ".write-tree", ".write-side", "#tabs > .tab-wrapper"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".mirror > .here")).to_have_text("Another paragraph.")
    page.keyboard.press("Control+Home")
    expect(page.locator(".mirror > .here")).to_have_text("One paragraph.")
    bright, dim = (page.locator(".mirror > div").nth(i).evaluate("e => getComputedStyle(e).color") for i in (0, 2))
    assert bright != dim
    page.keyboard.type("Still ")
    page.keyboard.press("Escape")
    expect(page.locator(".write-head")).to_be_visible()
    saved(page)
    assert scenes(page)[0]["text"].startswith("Still One paragraph.")


def test_counts_goals_and_words_used_too_often(write: Page) -> None:
    page = write
    page.locator(AREA).click()
    page.keyboard.insert_text(
        "The shimmering lamp. A shimmering door. Her shimmering eyes. The shimmering sea. It was shimmering. " * 2
    )
    saved(page)
    page.get_by_text("Words and goals").click()
    page.get_by_label("Goal of this scene").fill("100")
    page.get_by_label("Goal of this scene").press("Tab")
    expect(page.locator(".write-bar .count")).to_contain_text("of 100 here")
    page.locator(".words .often").get_by_role("button", name="shimmering", exact=True).click()
    expect(page.locator(".mirror .mark-often")).to_have_count(10)
    assert page.locator(AREA).evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)") == "shimmering"


def test_a_file_is_opened_and_exported(write: Page) -> None:
    page = write
    body = "# The Lamp\n\n## One\n\nIt burned.\n\n## Two\n\nIt went out."
    page.set_input_files(
        ".write-head input[type=file]", {"name": "lamp.md", "mimeType": "text/markdown", "buffer": body.encode()}
    )
    page.get_by_role("button", name="It is somebody else’s").click()
    expect(page.locator(".write-room > .told")).to_contain_text("is open")
    assert {maker for scene in scenes(page) for _, maker in makers(scene)} == {"pasted"}
    page.get_by_role("button", name="Export").click()
    page.get_by_label("Form of the file").select_option("txt")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "It went out." in download.value.path().read_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    expect(page.locator(".write-room > .told")).to_contain_text("Kept as a draft")


def test_a_long_book_costs_the_page_little(write: Page) -> None:
    """In time of its own thread, which does not depend on what else runs; by the clock: `python -m tests.bench write_page`."""
    page = write
    metrics = page.context.new_cdp_session(page)
    metrics.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        found = metrics.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(one["value"] for one in found if one["name"] == "TaskDuration"))

    lines = "\n\n".join(
        "The old door creaked when she went in, and nobody in the house said a word about it at all. " * 3 for _ in range(50)
    )
    book = "\n\n".join(f"# Part {i}\n\n{lines}" for i in range(43))
    page.set_input_files(
        ".write-head input[type=file]", {"name": "book.md", "mimeType": "text/markdown", "buffer": book.encode()}
    )
    page.get_by_role("button", name="I wrote it").click()
    expect(page.locator(".write-room > .told")).to_contain_text("is open", timeout=15_000)
    assert state(page)["words"] >= 120_000
    piece = page.locator(".write-head .which").first.input_value()
    page.locator(".write-head .which").first.select_option("+")
    expect(page.locator(AREA)).to_have_value("")
    before = worked()
    page.locator(".write-head .which").first.select_option(piece)
    expect(page.locator(AREA)).not_to_have_value("")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    opened = worked() - before
    assert opened <= 400, f"{opened:.0f} ms to open"
    at(page, len(lines) // 2)
    before = worked()
    for key in "The lamp went out again.":
        page.keyboard.press(key)
        page.wait_for_timeout(20)
    each = (worked() - before) / 24
    assert each <= 30, f"{each:.0f} ms a key"
    saved(page)


def test_axe_finds_nothing(write: Page) -> None:
    page = write
    put_in(
        page,
        "s1",
        "The door creaked. Nobody came. I sat.",
        [[18, "model-edited", "o"], [13, "human-rewritten", "o"], [6, "pasted", None]],
    )
    tint(page)
    page.locator(AREA).focus()
    page.keyboard.press("Control+f")
    page.get_by_role("searchbox", name="Find").fill("door")
    expect(page.locator(".write-find .state")).to_contain_text("1 of 1", timeout=5_000)
    page.add_style_tag(content="* { transition: none !important; }")
    for theme, rules in (("light", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]), ("dark", ["color-contrast"])):
        page.evaluate("t => Studio.setTheme(t)", theme)
        report = Axe().run(page, context=".write-room", options={"runOnly": rules})
        assert report.response["passes"]
        found = [(theme, v["id"], [n["html"][:160] for n in v["nodes"]]) for v in report.response["violations"]]
        assert not found, found
