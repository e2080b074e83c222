"""The whole way of a writer through the Write tab, from a premise to a file: with a mouse, by keyboard alone, on a phone.

One studio for the three, with the writer that ships with it and, for rewriting, a server that speaks OpenAI's protocol. In the
end it is killed with kill -9 and started again, and everything must be there. LOOKS=folder keeps pictures of each step.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.fake_openai import Reply, fake_openai, says
from tests.running import RunningStudio, launch, wait_until_up

AREA = "textarea.scene-text"
PREMISE = "A lighthouse keeper finds a letter addressed to her, a hundred years old."
FIRST = "Mara counted the boats in the harbour."
WRITTEN = f"{FIRST} There were eleven, and there should have been twelve. Nobody else was awake. "
FAR = """
[far-writer]
title = "Far writer"
medium = "text"
tasks = ["rewrite"]
runtime = "openai"
source = {{ kind = "server", where = "{where}" }}
licence = "see the server"
size = 0
memory = 0
options = {{ model = "tiny", dialect = "chat" }}
"""
# Whichever of them comes first: what changes first and last is the same.
REWRITTEN: tuple[Reply, ...] = tuple(
    says("Slowly Mara counted ", f"{what} in the bay.") for what in ("the ships", "each boat", "all boats")
)


class Mouse:
    """A person at a desk. The others do the same steps in their own way."""

    size = {"width": 1440, "height": 900}
    touch = False

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(viewport=self.size, has_touch=self.touch, is_mobile=self.touch)  # type: ignore[arg-type]
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.goto(f"{url}/?tab=write")
        ready(self.page)
        self.area = self.page.locator(AREA)

    # -- what a hand can do
    def press(self, what: Locator) -> None:
        what.click()

    def write(self, text: str) -> None:
        self.press(self.area)
        self.page.keyboard.type(text)

    # -- the steps
    def new_session(self) -> None:
        self.press(self.page.locator(".session-list .new"))

    def ask_for_plots(self) -> None:
        box = self.page.get_by_label("Premise", exact=True)
        self.press(box)
        self.page.keyboard.insert_text(PREMISE)
        self.press(self.page.get_by_role("button", name="Three plots"))

    def lock_and_reroll(self, plot: Locator) -> None:
        self.press(plot.get_by_role("button", name="Lock logline"))
        self.press(plot.get_by_role("button", name="Write the rest of plot 2 anew"))

    def keep_plot(self, plot: Locator) -> None:
        self.press(plot.get_by_role("button", name="Keep plot 2 as the outline"))

    def keep_version(self) -> None:
        self.press(self.page.get_by_role("button", name="Keep this version"))

    def go_on(self) -> None:
        self.press(self.page.locator(".asking .big.primary"))

    def take_half(self, card: Locator) -> str:
        """From the first letter to the middle of what is offered."""
        ends = card.locator(".text").evaluate(
            """box => { const node = box.firstChild, range = document.createRange(), at = (i) => { range.setStart(node, i); range.setEnd(node, i + 1); return range.getBoundingClientRect(); };
                box.scrollIntoView({ block: 'nearest' });
                const a = at(0), b = at(node.length >> 1); return [a.left + 1, a.top + a.height / 2, b.right, b.top + b.height / 2]; }"""
        )
        self.page.mouse.move(*ends[:2])
        self.page.mouse.down()
        self.page.mouse.move(*ends[2:], steps=3)
        self.page.mouse.up()
        part = str(self.page.evaluate("getSelection().toString()"))
        self.press(card.get_by_role("button", name="Take the part"))
        return part

    def rewrite_first_sentence(self) -> None:
        box = self.page.locator(".mirror > div").first.evaluate(
            "(line, n) => { const range = document.createRange(); range.setStart(line.firstChild.firstChild || line.firstChild, 0); range.setEnd(line.firstChild.firstChild || line.firstChild, n); const r = [...range.getClientRects()]; return [r[0].left + 1, r[0].top + 12, r.at(-1).right + 1, r.at(-1).top + 12]; }",
            len(FIRST),
        )
        self.page.mouse.move(*box[:2])
        self.page.mouse.down()
        self.page.mouse.move(*box[2:], steps=3)
        self.page.mouse.up()
        expect(self.page.locator(".chip[aria-pressed=true]")).to_have_text("Rewrite")
        self.press(self.page.locator(".asking .big.primary"))

    def take_all_but_one_change(self, card: Locator) -> None:
        self.press(card.get_by_role("button", name="Word by word"))
        self.press(card.locator(".change").last)
        self.press(card.get_by_role("button", name=re.compile(r"Take \d of \d")))

    def undo(self) -> None:
        self.press(self.page.get_by_role("button", name="Undo", exact=True))

    def compare(self) -> None:
        self.press(self.page.locator(".versions > summary"))
        self.press(self.page.locator(".versions .entry", has_text="typed by hand").first)

    def close(self) -> None:
        self.press(self.page.locator("dialog .close"))

    def export(self) -> Path:
        self.press(self.page.get_by_role("button", name="Export"))
        self.page.get_by_label("Form of the file").select_option("md")
        with self.page.expect_download() as download:
            self.press(self.page.get_by_role("link", name="Download"))
        self.close()
        return Path(download.value.path())


class Thumb(Mouse):
    """A person with a phone: what asks is below the text, and a button goes there and back."""

    size = {"width": 390, "height": 844}
    touch = True

    def press(self, what: Locator) -> None:
        what.tap()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390

    def new_session(self) -> None:
        self.press(self.page.get_by_role("button", name="Show or hide the sessions"))
        super().new_session()
        self.page.keyboard.press("Escape")
        expect(self.page.locator(AREA)).to_be_in_viewport()  # the text is on the first screen

    def write(self, text: str) -> None:
        """In the scene that was chosen in the tree, which closes by itself; everything is large enough for a thumb."""
        page = self.page
        for name in ("Inciting event", "Opening"):
            self.press(page.locator(".write-tree > summary"))
            self.press(page.locator(".write-tree .scene", has_text=name))
            expect(page.locator("input.scene-title")).to_have_value(name)
            expect(page.locator(".write-tree .scene").first).to_be_hidden()
        self.press(page.locator(".write-tree > summary"))
        small = page.evaluate(
            """() => [...document.querySelectorAll('.write-head :is(button, select), .write-bar button, .write-tree :is(button, [role=treeitem])')]
                .filter(e => e.offsetParent && !e.closest('.visually-hidden')).map(e => [e.getBoundingClientRect().height, e.textContent])
                .filter(([height]) => height < 38)"""
        )
        assert not small, small
        self.press(page.locator(".write-tree > summary"))
        super().write(text)

    def go_on(self) -> None:
        go, ask = self.page.locator(".asking .big.primary"), self.page.locator(".reach", has_text="Ask")
        self.press(ask)
        expect(go).to_be_in_viewport()
        self.press(self.page.locator(".reach", has_text="To the text"))
        expect(go).not_to_be_in_viewport()
        expect(self.area).to_be_in_viewport()
        self.press(ask)
        super().go_on()

    def take_half(self, card: Locator) -> str:
        """The handles of a selection are the phone's own and cannot be moved from here."""
        part = card.locator(".text").evaluate(
            """box => { const found = getSelection(), node = box.firstChild; found.setBaseAndExtent(node, 0, node, node.length >> 1); return found.toString(); }"""
        )
        self.press(card.get_by_role("button", name="Take the part"))
        return str(part)

    def rewrite_first_sentence(self) -> None:
        self.press(self.area)
        self.area.evaluate("(a, n) => a.setSelectionRange(0, n)", len(FIRST))
        expect(self.page.locator(".chip[aria-pressed=true]")).to_have_text("Rewrite")
        self.press(self.page.locator(".asking .big.primary"))


class Keys(Mouse):
    """No mouse at all: every step by keys, with the focus where it can be seen, and nothing far away."""

    def __init__(self, browser: Browser, url: str) -> None:
        super().__init__(browser, url)
        self.page.evaluate("window.pointed = 0; addEventListener('pointerdown', () => window.pointed++, true)")

    def press(self, what: Locator, limit: int = 4) -> None:
        """To what is asked for with few Tabs, and Enter."""
        self.reach(what, limit)
        self.page.keyboard.press("Enter")

    def reach(self, what: Locator, limit: int = 4, key: str = "Tab") -> None:
        expect(what).to_be_visible()
        for _ in range(limit + 1):
            if what.evaluate("one => one === document.activeElement"):
                break
            self.page.keyboard.press(key)
        held = self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert what.evaluate("one => one === document.activeElement"), f"{what} is more than {limit} {key} away; at {held}"
        seen = what.evaluate(
            "one => { const look = getComputedStyle(one), box = one.getBoundingClientRect(); return [look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0, box.top < innerHeight && box.bottom > 0]; }"
        )
        assert seen == [True, True], f"the focus cannot be seen: {seen} at {held}"

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def write(self, text: str) -> None:
        expect(self.area).to_be_focused()
        self.page.keyboard.type(text)

    def new_session(self) -> None:
        self.keys("n")

    def ask_for_plots(self) -> None:
        self.keys("Control+j", "Control+j")
        self.reach(self.page.get_by_label("Premise", exact=True))
        self.page.keyboard.insert_text(PREMISE)
        self.press(self.page.get_by_role("button", name="Three plots"))

    def lock_and_reroll(self, plot: Locator) -> None:
        self.keys("Escape", "Control+j", "2", "ArrowDown")
        self.press(plot.get_by_role("button", name="Lock logline"), 0)
        self.keys("ArrowUp")
        self.press(plot.get_by_role("button", name="Write the rest of plot 2 anew"), 1)

    def keep_plot(self, plot: Locator) -> None:
        self.reach(plot.get_by_role("button", name="Keep plot 2 as the outline"), 1, "Shift+Tab")
        self.keys("Enter")

    def keep_version(self) -> None:
        self.keys("Control+s")

    def go_on(self) -> None:
        self.keys("Control+Enter")

    def take_half(self, card: Locator) -> str:
        self.keys("Alt+Enter", "Shift+ArrowRight")
        part = str(self.page.evaluate("getSelection().toString()"))
        self.keys("Enter")
        return part

    def rewrite_first_sentence(self) -> None:
        self.keys("Escape", "Control+Home", *["Control+Shift+ArrowRight"] * len(FIRST.split()))
        while self.area.evaluate("a => a.selectionEnd") > len(FIRST):
            self.keys("Shift+ArrowLeft")
        while self.area.evaluate("a => a.selectionEnd") < len(FIRST):
            self.keys("Shift+ArrowRight")
        expect(self.page.locator(".chip[aria-pressed=true]")).to_have_text("Rewrite")
        self.keys("Control+Enter")

    def take_all_but_one_change(self, card: Locator) -> None:
        self.keys("Alt+Enter")
        self.press(card.get_by_role("button", name="Word by word"))
        self.reach(card.locator(".change").first, 5, "Shift+Tab")
        self.keys("End", "Enter")
        self.press(card.get_by_role("button", name=re.compile(r"Take \d of \d")))
        expect(card).to_be_focused()

    def undo(self) -> None:
        self.keys("Escape", "Control+z")

    def compare(self) -> None:
        title = self.page.locator(".versions > summary")
        self.reach(title, 9, "Control+j")
        self.keys("Enter")
        self.press(self.page.locator(".versions .entry", has_text="typed by hand").first)

    def close(self) -> None:
        self.keys("Escape")
        expect(self.page.locator("dialog[open]")).to_have_count(0)

    def export(self) -> Path:
        self.keys("Control+Shift+s")
        expect(self.page.get_by_label("Form of the file")).to_be_focused()
        self.keys("m")
        expect(self.page.get_by_label("Form of the file")).to_have_value("md")
        with self.page.expect_download() as download:
            self.press(self.page.get_by_role("link", name="Download"))
        self.close()
        return Path(download.value.path())


def ready(page: Page) -> None:
    page.wait_for_function(
        f"(a => a && !a.disabled && document.querySelector('.write-head .which').value)(document.querySelector('{AREA}'))"
    )


def text_of(page: Page) -> str:
    return page.locator(AREA).input_value()


def saved(page: Page) -> None:
    expect(page.locator(".status-strip .saved")).to_contain_text("Saved at", timeout=10_000)


def state(page: Page) -> dict[str, Any]:
    """What the studio has of it, without what changes by itself."""
    found: dict[str, Any] = page.evaluate(
        "Studio.ask(`studio/writing/manuscripts/${document.querySelector('.write-head .which').value}`)"
    )
    return {name: found[name] for name in ("piece", "title", "manuscript", "words", "shares", "copies", "offers")}


def slots(plot: Locator) -> dict[str, str]:
    found: dict[str, str] = plot.evaluate(
        "one => Object.fromEntries([...one.querySelectorAll('.slot')].map(slot => [slot.dataset.slot, slot.querySelector('.said').textContent]))"
    )
    return found


def plan(hand: Mouse) -> None:
    """A premise; three plots; one of them with its logline locked and the rest written anew; kept as the outline."""
    page = hand.page
    before = page.locator(".write-head select.which").first.input_value()
    hand.new_session()
    page.wait_for_function(
        "old => (v => v && v !== '+' && v !== old)(document.querySelector('.write-head .which').value)", arg=before
    )
    ready(page)
    hand.ask_for_plots()
    expect(page.locator(".plot .keep:visible")).to_have_count(3, timeout=60_000)
    plot = page.locator(".plot").nth(1)
    first = slots(plot)
    hand.lock_and_reroll(plot)
    expect(plot.get_by_role("button", name="Plot 2 as it was before")).to_be_visible(timeout=30_000)
    second = slots(plot)
    assert second["logline"] == first["logline"]
    assert sum(second.get(name) != first[name] for name in first) > len(first) // 2, "the rest is not written anew"
    beats = [text for name, text in second.items() if name.startswith("beat.")]
    hand.keep_plot(plot)
    expect(page.locator(".write-tree .scene")).to_have_count(len(beats))
    assert [one["beat"] for chapter in state(page)["manuscript"]["chapters"] for one in chapter["scenes"]] == beats


def compose(hand: Mouse) -> None:
    """Written by hand, gone on by the writer that ships with the studio, and half of an offer taken."""
    page = hand.page
    hand.write(WRITTEN)
    saved(page)
    hand.keep_version()
    expect(page.locator(".write-room > .told")).to_contain_text("Kept as a draft")
    hand.go_on()
    expect(page.locator(".offer .take:visible")).to_have_count(3, timeout=30_000)
    card = page.locator(".offer").first
    offered = card.locator(".text").inner_text()
    part = hand.take_half(card)
    assert 0 < len(part) < len(offered), "half of it"
    expect(card.locator(".note")).to_have_text("taken")
    expect(page.locator(AREA)).to_have_value(re.compile(re.escape(WRITTEN + part.strip())))
    assert state(page)["shares"]["letters"]["model"] >= len(part.strip())


def mend(hand: Mouse) -> None:
    """A sentence rewritten by another model; all its changes but one taken; and that undone."""
    page, before = hand.page, text_of(hand.page)
    hand.rewrite_first_sentence()
    expect(page.locator(".offer .words:visible")).to_have_count(3, timeout=30_000)
    card = page.locator(".offer").first
    hand.take_all_but_one_change(card)
    expect(card.locator(".note")).to_have_text("taken")
    expect(page.locator(AREA)).not_to_have_value(before)
    after = text_of(page)
    assert after.endswith(before[len(FIRST) :])
    assert re.match(r"Slowly Mara counted .* in the harbour\.", after), after
    assert state(page)["shares"]["letters"]["human-rewritten"] > 0
    hand.undo()
    expect(page.locator(AREA)).to_have_value(before)
    saved(page)


def finish(hand: Mouse) -> None:
    """Compared with the draft that was kept, and exported."""
    page, text = hand.page, text_of(hand.page)
    hand.compare()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("1 scene changed")
    assert dialog.locator("ins").first.inner_text().strip() in text.removeprefix(WRITTEN)
    hand.close()
    assert text.strip() in hand.export().read_text("utf-8")


STEPS = (plan, compose, mend, finish)


class House:
    """One studio, and the people who have been through it. Who has not yet been goes when they are asked for."""

    def __init__(self, browser: Browser, running: RunningStudio) -> None:
        self.browser, self.running = browser, running
        self.been: dict[type[Mouse], tuple[Mouse, dict[str, Any], str]] = {}

    def walk(self, kind: type[Mouse]) -> tuple[Mouse, dict[str, Any], str]:
        if kind not in self.been:
            hand, looks = kind(self.browser, self.running.url), os.environ.get("LOOKS")
            for step in STEPS:
                step(hand)
                if looks:
                    hand.page.screenshot(path=Path(looks) / f"{kind.__name__}-{step.__name__}.png")
            self.been[kind] = hand, state(hand.page), text_of(hand.page)
        return self.been[kind]


@pytest.fixture(scope="module")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("journey")
    with fake_openai(*REWRITTEN * 3) as fake:
        (data / "catalog.toml").write_text(FAR.format(where=fake.url))
        house = House(browser, launch(data, fakes=False))
        try:
            wait_until_up(house.running)
            yield house
        finally:
            for hand, _, _ in house.been.values():
                hand.context.close()
            if house.running.process.poll() is None:
                house.running.kill()


@pytest.mark.parametrize("kind", [Mouse, Keys, Thumb])
def test_from_a_premise_to_a_file(house: House, kind: type[Mouse]) -> None:
    hand, _, _ = house.walk(kind)
    assert not hand.trouble, f"the page threw: {hand.trouble}"
    if kind is Keys:
        assert hand.page.evaluate("window.pointed") == 0, "no mouse"


def test_all_of_it_is_there_after_a_crash(house: House) -> None:
    """kill -9 of the studio with all three pages open, and a start."""
    been = [house.walk(kind) for kind in (Mouse, Keys, Thumb)]
    house.running.kill()
    house.running = launch(house.running.data, fakes=False, port=house.running.port)
    wait_until_up(house.running)
    for hand, had, text in been:
        hand.page.reload()
        ready(hand.page)
        assert state(hand.page) == had
        expect(hand.page.locator(AREA)).to_have_value(text)
        expect(hand.page.locator(".offer")).to_have_count(3)
        expect(hand.page.get_by_role("button", name="Show the plots")).to_be_visible()
        assert not hand.trouble, f"the page threw: {hand.trouble}"
