"""The panels of the Write room in a real browser: asking, offers, plots, changes word by word, bible, who wrote it, how sure.

They run over a small desk without a server (`panels_page.py`); the journeys through the whole studio are elsewhere.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Locator, Page, expect

from studio.writing.ask import ASKS
from tests.browser.panels_page import MODELS, OFFERS, REWRITTEN, TEXT, finish, offer, offers, open_panels, plot_offers, weighed

PAYLOADS = (
    "<img src=x onerror=hit()>", "<script>hit()</script>", "<svg/onload=hit()>", "\"><iframe srcdoc='<script>parent.hit()</script>'>",
    "<a href=javascript:hit()>go</a>", "{{constructor.constructor('hit()')()}}", "</textarea><img src=x onerror=hit()>", "${hit()}",
)  # fmt: skip
FIRST = TEXT.partition("\n")[0]


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def room(window: Page) -> Iterator[Page]:
    """The same window for every test, with nothing in it."""
    window.goto("about:blank")
    window.set_default_timeout(8000)
    trouble: list[str] = []

    def hear(error: Error) -> None:
        trouble.append(str(error))

    window.on("pageerror", hear)
    yield window
    window.remove_listener("pageerror", hear)
    assert not trouble, f"the page threw: {trouble}"


def wishes(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("wishes")
    return found


def posted(page: Page) -> list[list[Any]]:
    found: list[list[Any]] = page.evaluate("posted")
    return found


def choose(page: Page, start: int, end: int, scene: str = "s1") -> None:
    page.evaluate("([scene, start, end]) => ctx.editor.select(scene, start, end)", [scene, start, end])


def ask_to_continue(page: Page, **more: Any) -> None:
    choose(page, len(TEXT), len(TEXT))
    page.get_by_role("button", name="Continue, three ways").click()
    finish(page, offers(), **more)


def card(page: Page, i: int) -> Locator:
    return page.locator(".offer").nth(i)


# ------------------------------------------------------------------------------------------------------------- asking


def test_each_task_asks_what_the_studio_can_read(room: Page) -> None:
    open_panels(room)
    room.get_by_label("Model", exact=True).select_option("big")
    room.locator(".asking .more summary").click()
    room.get_by_label("Pull each offer another way").fill("a storm; a letter")
    room.get_by_label("Seed").fill("12")
    room.get_by_label("Genre", exact=True).select_option("mystery")
    for name in ("Continue", "Fill", "Next lines", "Describe", "Dialogue"):
        choose(room, 10, 10)
        room.locator(".chip", has_text=name).click()
        if name == "Describe":
            room.get_by_label("What to describe").fill("the glass")
        if name == "Dialogue":
            room.get_by_label("First speaker").fill("Mara")
            room.get_by_label("Second speaker").fill("Tom")
        room.locator(".asking .big.primary").click()
        finish(room, {})
    for name in ("Rewrite", "Expand", "Sum up", "How sure"):
        choose(room, 0, 30)
        room.locator(".chip", has_text=name).click()
        room.locator(".asking .big.primary").click()
        finish(room, {})
    sent = wishes(room)
    assert [wish["task"] for wish in sent] == [
        "continue",
        "fill",
        "spark",
        "describe",
        "dialogue",
        "rewrite",
        "expand",
        "summarise",
        "weigh",
    ]
    assert [wish["fields"].get("n") for wish in sent] == [3, 3, 6, 3, 3, 3, 3, 1, None]
    for wish in sent:
        fields = {**wish["fields"], **({"passage": TEXT[:30]} if wish["start"] < wish["end"] else {})}
        made = ASKS[wish["task"]].model_validate(fields)
        assert made.seed == 12
        assert wish["model"] == "big"
        if wish["task"] != "weigh":
            assert (made.levers, made.genre) == (("a storm", "a letter"), "mystery")  # type: ignore[attr-defined]


def test_what_a_model_cannot_do_says_why_and_who_can(room: Page) -> None:
    open_panels(room)
    choose(room, 0, 30)
    room.get_by_label("Model", exact=True).select_option("mini")
    room.locator(".chip", has_text="Rewrite").click()
    why = room.locator(".asking .why")
    expect(why).to_contain_text("Writer mini cannot rewrite a passage")
    room.locator(".asking .big.primary").press("Enter")
    assert wishes(room) == []
    expect(why.get_by_role("button", name="Use Qwen 3 4B")).to_be_focused()
    room.keyboard.press("Enter")
    expect(why).to_be_hidden()
    room.locator(".asking .big.primary").click()
    assert [(wish["task"], wish["model"]) for wish in wishes(room)] == [("rewrite", "big")]
    room.locator(".asking .stop").click()  # at once, before anything came
    assert room.evaluate("window.halted")
    expect(room.locator(".asking .stop")).to_be_hidden()


def test_what_nothing_here_can_do_leads_to_a_model_that_could(room: Page) -> None:
    mini, big, _ = MODELS
    reason = "It is not downloaded yet. Get it in the Models tab."
    open_panels(room, models=[mini, {**big, "state": "available", "reason": reason}])
    room.evaluate(
        """() => document.querySelector('main').insertAdjacentHTML('beforeend', `<button id=tab-models-button onclick="this.dataset.pressed = 1">Models</button>
            <article class=card data-model=big><button>Download</button></article>`)"""  # noqa: E501
    )
    choose(room, 0, 30)
    room.locator(".chip", has_text="Rewrite").click()
    expect(room.locator(".asking .why")).to_contain_text("No model that is here can rewrite a passage. Qwen 3 4B could.")
    room.locator(".asking .why").get_by_role("button", name="Get Qwen 3 4B").click()
    expect(room.locator("#tab-models-button")).to_have_attribute("data-pressed", "1")
    expect(room.get_by_role("button", name="Download")).to_be_focused()


def test_selecting_text_offers_rewriting_and_goes_back(room: Page) -> None:
    open_panels(room)
    expect(room.locator(".chip[aria-pressed=true]")).to_have_text("Continue")
    choose(room, 0, 30)
    expect(room.locator(".chip[aria-pressed=true]")).to_have_text("Rewrite")
    expect(room.get_by_label("Manner")).to_be_visible()
    choose(room, 4, 4)
    expect(room.locator(".chip[aria-pressed=true]")).to_have_text("Continue")


# ------------------------------------------------------------------------------------------------------------- offers


def test_offers_grow_side_by_side_and_are_taken_whole_in_part_and_edited(room: Page) -> None:
    open_panels(room)
    choose(room, len(TEXT), len(TEXT))
    room.get_by_role("button", name="Continue, three ways").click()
    room.evaluate(
        "follow({ stage: 'working', fraction: .2, offers: { 0: { text: 'She said', done: false }, 2: { text: 'Rain', done: false } } })"
    )
    expect(card(room, 0).locator(".text")).to_have_text("She said")
    expect(card(room, 2).locator(".text")).to_have_text("Rain")
    expect(room.locator(".write-offers .stop")).to_be_visible()
    finish(room, offers(), spread="On the whole they are far apart.")
    expect(room.locator(".spread")).to_have_text("On the whole they are far apart.")
    expect(card(room, 2).locator("mark.near")).to_have_text("It was the best of times, it was the worst of times")
    expect(card(room, 2).locator(".flag")).to_contain_text("A Tale of Two Cities")

    card(room, 0).get_by_role("button", name="Take").click()
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    path, body = posted(room)[-1]
    assert path == "offers/o0/take"
    assert body == {"working": "w1", "version": 3, "scene": "s1", "at": len(TEXT), "gone": 0, "text": " " + OFFERS[0]}

    choose(room, 0, 0)
    card(room, 1).locator(".text").evaluate(
        "node => { const r = document.createRange(); r.setStart(node.firstChild, 0); r.setEnd(node.firstChild, 24); const s = getSelection(); s.removeAllRanges(); s.addRange(r); }"
    )  # noqa: E501
    card(room, 1).get_by_role("button", name="Take the part").click()
    expect(card(room, 1).locator(".note")).to_have_text("taken")
    assert posted(room)[-1][1]["text"] == OFFERS[1][:24] + " "  # a word follows at once

    card(room, 2).get_by_role("button", name="Edit").click()
    box = card(room, 2).locator("textarea")
    box.fill("Rain ran down. Nothing else moved.")
    box.evaluate("node => node.setSelectionRange(15, 34)")
    box.dispatch_event("select")
    card(room, 2).get_by_role("button", name="Take the part").click()
    expect(card(room, 2).locator(".note")).to_have_text("taken")
    assert posted(room)[-1][1]["text"].strip() == "Nothing else moved."
    assert posted(room)[-1][1]["version"] == 5


def test_what_stands_in_other_manuscripts_is_shown(room: Page) -> None:
    open_panels(room)
    choose(room, len(TEXT), len(TEXT))
    room.get_by_role("button", name="Continue, three ways").click()
    said = "8 words in a row stand in your piece “Ten masts”."
    at = OFFERS[0].index("it did")
    span = {"start": at, "end": OFFERS[0].index(". Somewhere"), "words": 8, "piece": "p2", "title": "Ten masts", "there": [0, 40]}
    none = {"sentence": "No run of eight words stands in your other pieces.", "spans": []}
    mine, other = offer(0, OFFERS[0]), offer(1, OFFERS[1])
    mine["facts"]["own"], other["facts"]["own"] = {"sentence": said, "spans": [span]}, none
    finish(room, {"0": mine, "1": other})
    expect(card(room, 0).locator("mark.own")).to_have_text("it did not move when the others moved")
    expect(card(room, 0).locator(".flag")).to_have_text(said)
    expect(card(room, 1).locator(".flag")).to_be_hidden()
    card(room, 1).get_by_text("Why", exact=True).click()
    expect(card(room, 1).locator(".facts")).to_contain_text(none["sentence"])


def test_offers_by_keyboard_alone(room: Page) -> None:
    open_panels(room)
    ask_to_continue(room)
    room.get_by_role("button", name="Continue, three ways").focus()
    room.keyboard.press("2")
    expect(card(room, 1)).to_be_focused()
    room.keyboard.press("1")
    room.keyboard.press("Shift+ArrowRight")
    room.keyboard.press("Shift+ArrowRight")
    room.keyboard.press("Enter")
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    sentences = OFFERS[0].split(". ")
    assert posted(room)[-1][1]["text"].strip() == ". ".join(sentences[:2]) + "."
    room.keyboard.press("ArrowRight")
    room.keyboard.press("Enter")
    expect(card(room, 1).locator(".note")).to_have_text("taken")
    assert posted(room)[-1][1]["text"].strip() == OFFERS[1]
    room.keyboard.press("3")
    room.keyboard.press("Delete")
    expect(card(room, 2)).to_have_class("offer rejected")
    assert posted(room)[-1][0] == "offers/o2/reject"


def test_more_different_more_like_this_and_why(room: Page) -> None:
    open_panels(room)
    ask_to_continue(room)
    card(room, 0).get_by_text("Why", exact=True).click()
    expect(card(room, 0).locator(".facts")).to_contain_text("By Writer mini, seed 41")
    expect(card(room, 0).locator(".facts .ctxbar .bar i")).to_have_count(4)
    card(room, 0).get_by_role("button", name="More like offer 1").click()
    assert wishes(room)[-1]["fields"]["start"] == "She said nothing. The extra"
    finish(room, offers())
    room.get_by_role("button", name="More different").click()
    sent = wishes(room)[-1]
    assert sent["task"] == "continue"
    assert sent["fields"]["away"] == ["o0", "o1", "o2"]
    assert sent["fields"]["boldness"] == 0.65
    assert len({*sent["fields"]["levers"]}) == 3
    assert "start" not in sent["fields"]
    assert "seed" not in sent["fields"]
    finish(room, {str(i): offer(i, text, id=f"n{i}") for i, text in enumerate(OFFERS)})
    room.get_by_role("button", name="More different").click()
    again = wishes(room)[-1]["fields"]
    assert again["away"] == ["o0", "o1", "o2", "n0", "n1", "n2"]
    assert not {*again["levers"]} & {*sent["fields"]["levers"]}


def test_my_idea_first(room: Page) -> None:
    open_panels(room)
    room.get_by_label("My idea first").check()
    ask_to_continue(room)
    expect(card(room, 0)).to_be_hidden()
    line = room.get_by_label("Your own line first")
    expect(line).to_be_focused()
    line.fill("She counted again.")
    room.get_by_role("button", name="Put mine in, and show").click()
    expect(card(room, 0)).to_be_visible()
    assert room.evaluate("inserted") == [
        {"scene": "s1", "at": len(TEXT), "gone": 0, "text": " She counted again.", "how": "typed"}
    ]


def test_a_rewrite_word_by_word(room: Page) -> None:
    open_panels(room)
    room.get_by_label("Model", exact=True).select_option("big")
    choose(room, 0, len(FIRST))
    room.locator(".chip", has_text="Rewrite").click()
    room.locator(".asking .big.primary").click()
    finish(room, {"0": offer(0, REWRITTEN, "rewrite")})
    card(room, 0).get_by_role("button", name="Word by word").click()
    changes = card(room, 0).locator(".change")
    expect(changes).to_have_count(4)
    assert posted(room)[-1] == ["offers/o0/diff", {"working": "w1", "scene": "s1", "start": 0, "end": len(FIRST)}]
    card(room, 0).get_by_role("button", name="None").click()
    expect(card(room, 0).get_by_role("button", name="Take 0 of 4 changes")).to_be_disabled()
    changes.nth(0).focus()
    room.keyboard.press("Enter")
    room.keyboard.press("ArrowRight")
    expect(changes.nth(1)).to_be_focused()
    room.keyboard.press("End")
    room.keyboard.press("Space")
    card(room, 0).get_by_role("button", name="Take 2 of 4 changes").click()
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    body = posted(room)[-1][1]
    want = FIRST.replace("grey", "dark").replace("too many", "more than there should be")
    assert (body["at"], body["gone"], body["text"]) == (0, len(FIRST), want)
    card(room, 0).get_by_role("button", name="Take").first.click()  # the passage is another now
    expect(room.locator(".told.bad")).to_contain_text("The passage has changed since")


def test_a_summary_becomes_the_scenes(room: Page) -> None:
    open_panels(room)
    room.get_by_label("Model", exact=True).select_option("big")
    choose(room, 0, len(FIRST))
    room.locator(".chip", has_text="Sum up").click()
    room.locator(".asking .big.primary").click()
    finish(room, {"0": offer(0, "Mara counts one mast too many.", "summarise")})
    card(room, 0).get_by_role("button", name="Keep as the scene's summary").click()
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    assert posted(room)[-1] == [
        "copies/w1/put",
        {"version": 3, "what": "scene", "value": {"id": "s1", "summary": "Mara counts one mast too many."}},
    ]


# -------------------------------------------------------------------------------------------------------------- plots


def test_plots_lock_reroll_mix_and_keep(room: Page) -> None:
    made = open_panels(room, empty=True)
    room.get_by_label("Premise").fill("A lighthouse keeper finds a letter.")
    room.get_by_role("button", name="Three plots").click()
    first = {**made[0], "done": False, "plot": {**made[0]["plot"], "twist": "", "stakes": ""}}
    room.evaluate("(one) => follow({ offers: { 0: one } })", first)
    plot = room.locator(".plot")
    expect(plot.nth(0).locator('[data-slot="logline"] .said')).to_have_text(made[0]["plot"]["logline"])
    expect(plot.nth(0).locator('[data-slot="twist"]')).to_have_class("slot empty")
    finish(room, plot_offers())
    expect(plot.nth(2).get_by_role("button", name="Keep plot 3")).to_be_visible()

    plot.nth(0).get_by_role("button", name="Lock logline").click()
    expect(plot.nth(0).get_by_role("button", name="Logline anew")).to_be_disabled()
    plot.nth(0).get_by_role("button", name="Why: first turn").click()
    expect(plot.nth(0).locator('[data-slot="beat.2"] .because')).to_contain_text("It fits because of")
    plot.nth(0).get_by_role("button", name="Twist anew").click()
    sent = wishes(room)[-1]["fields"]
    assert (sent["plot"], sent["slots"], sent["locks"], sent["n"]) == ("p0", ["twist"], ["logline"], 1)
    anew = {**made[0], "id": "p9", "plot": {**made[0]["plot"], "twist": "The letter was hers."}}
    finish(room, {"0": anew})
    expect(plot).to_have_count(3)
    expect(plot.nth(0).locator('[data-slot="twist"] .said')).to_have_text("The letter was hers.")
    plot.nth(0).get_by_role("button", name="as it was before").click()
    expect(plot.nth(0).locator('[data-slot="twist"] .said')).to_have_text(made[0]["plot"]["twist"])

    plot.nth(0).get_by_role("button", name="Mix plot 1").click()
    plot.nth(2).get_by_role("button", name="Mix plot 3").click()
    room.get_by_role("button", name="Mix 1 and 3").click()
    sent = wishes(room)[-1]["fields"]
    assert (sent["plot"], sent["other"], sent["n"]) == ("p0", "p2", 3)
    finish(room, plot_offers())
    room.get_by_role("button", name="More different").click()
    assert wishes(room)[-1]["fields"]["away"] == ["p0", "p1", "p2"]
    finish(room, plot_offers())
    plot.nth(1).get_by_role("button", name="More plots like 2").click()
    assert wishes(room)[-1]["fields"]["near"] == 0.5
    finish(room, plot_offers())
    plot.nth(1).get_by_role("button", name="Keep plot 2").click()
    expect(room.locator(".plots")).to_be_hidden()
    assert posted(room)[-1] == ["offers/p1/keep-plot", {"session": "x1", "working": "w1"}]


def test_a_plot_beside_a_text_asks_where_it_goes(room: Page) -> None:
    open_panels(room)
    room.locator(".plotting summary").first.click()
    room.get_by_role("button", name="Three plots").click()
    finish(room, plot_offers())
    room.get_by_role("button", name="Keep plot 1").click()
    room.get_by_role("button", name="As a new manuscript").click()
    expect(room.locator("dialog")).to_have_count(0)
    assert posted(room)[-1] == ["offers/p0/keep-plot", {"session": "x1"}]


def test_a_plot_that_failed_to_change_stays_as_it_was(room: Page) -> None:
    made = open_panels(room, empty=True)
    room.get_by_role("button", name="Three plots").click()
    finish(room, plot_offers())
    room.locator(".plot").nth(0).get_by_role("button", name="Twist anew").click()
    finish(room, {}, error="The model had nothing to say.")
    expect(room.locator(".plot").nth(0).locator('[data-slot="twist"] .said')).to_have_text(made[0]["plot"]["twist"])
    expect(room.locator(".plot").nth(0).get_by_role("button", name="Keep plot 1")).to_be_visible()


# --------------------------------------------------------------------------------------------------- the other panels


def test_what_goes_in_can_be_left_out(room: Page) -> None:
    open_panels(room)
    ask_to_continue(room)
    room.locator("summary", has_text="What goes in").click()
    panel = room.locator(".goes-in")
    expect(panel.locator(".part")).to_have_count(4)
    expect(panel.locator(".part", has_text="Harbour")).to_contain_text("left out, before")
    panel.get_by_role("button", name="Tom Hale").click()
    expect(panel.get_by_role("button", name="Tom Hale")).to_have_attribute("aria-pressed", "false")
    panel.get_by_role("button", name="Ask again without them").click()
    assert wishes(room)[-1]["without"] == ["tom"]


def test_the_story_bible(room: Page) -> None:
    open_panels(room)
    room.locator("summary", has_text="Story bible").click()
    room.locator(".entry", has_text="Mara Voss").click()
    dialog = room.locator("dialog[open]")
    dialog.get_by_role("button", name="A fact", exact=True).click()
    room.keyboard.type("Fears the sea")
    dialog.locator(".rows li", has=room.get_by_label("Facts")).nth(1).get_by_label("Valid from").select_option("s2")
    dialog.get_by_label("Told", exact=True).select_option("mention")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    path, body = posted(room)[-1]
    assert (path, body["what"]) == ("copies/w1/put", "bible")
    from studio.writing.context.bible import Bible

    mara = Bible.model_validate(body["value"]).entries[0]
    assert (mara.mode, mara.facts[1].text, mara.facts[1].since, mara.aliases[0].name) == (
        "mention",
        "Fears the sea",
        "s2",
        "the keeper",
    )
    room.get_by_role("button", name="Add an entry").click()
    dialog.get_by_label("Name", exact=True).fill("The tenth mast")
    dialog.get_by_label("Kind").select_option("object")
    dialog.get_by_role("button", name="Keep").click()
    expect(room.locator(".entry", has_text="The tenth mast")).to_be_visible()
    room.get_by_text("Author's note").click()
    room.get_by_label("Author's note").fill("Keep it quiet.")
    room.get_by_label("Paragraphs before the cursor").fill("2")
    room.get_by_label("Paragraphs before the cursor").blur()
    room.wait_for_function("posted.at(-1)[1].value.note.depth === 2 && posted.at(-1)[1].value.note.text === 'Keep it quiet.'")
    room.get_by_text("Style card").click()
    room.get_by_role("button", name="From my text").click()
    expect(room.get_by_label("Style card, one sentence a line")).to_have_value("Sentences have about 14 words.")


def test_who_wrote_it_statement_and_replay(room: Page) -> None:
    open_panels(room)
    room.locator("summary", has_text="Who wrote it").click()
    expect(room.locator(".who .bar")).to_have_attribute(
        "aria-label",
        "71 % yours, 14 % a model's, as it came, 9 % a model's, edited by you, 4 % yours, reworded by a model, 2 % pasted",
    )  # noqa: E501
    room.get_by_label("Tint the text").check()
    assert room.evaluate("window.tinted")
    expect(room.locator(".who .models")).to_contain_text("Writer mini9 words")
    room.get_by_role("button", name="Statement").click()
    room.get_by_label("Wording").select_option("kdp")
    expect(room.get_by_label("Statement", exact=True)).to_contain_text("(kdp)")
    room.get_by_role("button", name="Close").click()
    room.get_by_role("button", name="Replay").click()
    slider, text = room.get_by_label("Step of the making"), room.get_by_label("The text at this step")
    expect(text).to_contain_text(TEXT[-20:])
    slider.press("Home")
    expect(text).not_to_contain_text("harbour")
    slider.press("ArrowRight")
    expect(room.locator("dialog [role=status]")).to_contain_text("1 of 3")
    expect(text.locator("mark")).to_have_text(TEXT[: round(len(TEXT) / 3)])


def test_drafts_compare_restore_and_merge(room: Page) -> None:
    open_panels(room)
    room.locator("summary", has_text="Drafts and copies").click()
    room.get_by_role("button", name="The first count").click()
    dialog = room.locator("dialog[open]")
    expect(dialog.locator("del").first).to_have_text("grey")
    expect(dialog.locator("ins").first).to_have_text("dark")
    expect(dialog).to_contain_text("1 scene changed, 1 the same")
    dialog.get_by_role("button", name="Bring this draft back").click()
    expect(dialog).to_have_count(0)
    assert posted(room)[-1] == ["copies/w1/back", {"draft": "d1"}]
    room.get_by_role("button", name="Another end").click()
    dialog.get_by_role("button", name="Put both together").click()
    expect(dialog).to_contain_text("Both drafts changed this place")
    dialog.get_by_role("button", name="Go there").click()
    assert room.evaluate("selected.at(-1)") == {"scene": "s1", "start": 4, "end": 16, "text": TEXT[4:16]}


def test_how_sure_and_a_branch_from_a_word(room: Page) -> None:
    open_panels(room)
    choose(room, 0, 36)
    room.locator(".chip", has_text="How sure").click()
    room.locator(".asking .big.primary").click()
    finish(room, {"0": weighed()})
    pieces = room.locator(".piece")
    expect(pieces.nth(1)).to_have_class("piece p2")
    expect(pieces.nth(1)).to_have_attribute("aria-label", "harbour, 1 %, unsure")
    pieces.nth(0).focus()
    room.keyboard.press("ArrowRight")
    room.keyboard.press("Enter")
    room.get_by_role("button", name="quay").click()
    sent = wishes(room)[-1]
    assert (sent["task"], sent["fields"]["start"], sent["scene"], sent["start"], sent["end"]) == ("continue", " quay", "s1", 3, 3)
    assert posted(room) == []  # only offered
    finish(room, {"0": offer(0, " quay was dark. It had never been so dark."), "1": offer(1, " quay smelled of tar.")})
    expect(room.locator(".offers h3")).to_have_text("From “quay”")
    expect(room.locator(".offers .instead")).to_contain_text("instead of the rest of the passage: “… lay grey under the rain.”")
    choose(room, len(TEXT), len(TEXT), "s1")  # wherever the cursor is by now
    card(room, 0).get_by_role("button", name="Edit").click()
    card(room, 0).locator("textarea").evaluate("node => node.setSelectionRange(0, 14)")
    card(room, 0).locator("textarea").dispatch_event("select")
    card(room, 0).get_by_role("button", name="Take the part").click()
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    took = {"working": "w1", "version": 3, "scene": "s1", "at": 3, "gone": 33, "text": " quay was dark."}
    assert posted(room) == [["offers/o0/take", took]]
    card(room, 1).get_by_role("button", name="Take").click()  # the rest of the passage is another now
    expect(room.locator(".told.bad")).to_contain_text("The passage has changed since")
    room.get_by_role("button", name="sea 14 %").click()
    expect(room.locator(".told.bad")).to_contain_text("weigh it again")


def test_others_from_a_word_begin_there_again(room: Page) -> None:
    open_panels(room)
    room.evaluate("() => ctx.askFor('weigh', {}, { scene: 's1', start: 0, end: 36 })")
    finish(room, {"0": weighed()})
    room.locator(".piece").nth(1).click()
    room.get_by_role("button", name="quay").click()
    finish(room, offers())
    room.get_by_role("button", name="More different").click()
    sent = wishes(room)[-1]
    assert (sent["start"], sent["end"], sent["instead"], sent["fields"]["start"]) == (3, 3, 36, " quay")
    assert sent["fields"]["away"] == ["o0", "o1", "o2"]


def test_continuity_shows_both_places(room: Page) -> None:
    open_panels(room)
    room.locator("summary", has_text="Continuity").click()
    panel = room.locator(".continuity")
    expect(panel).to_contain_text("grey eyes here and brown eyes there")
    panel.get_by_role("button", name="Fix").click()
    assert room.evaluate("selected.at(-1)") == {"scene": "s2", "start": 4, "end": 14, "text": "brown eyes"}
    panel.get_by_role("button", name="Intended", exact=True).click()
    expect(panel).to_contain_text("Nothing contradicts itself")
    assert ["copies/w1/settle", {"key": "k1"}] in posted(room)


# ------------------------------------------------------------------------------------------------------------ safe, open


def test_nothing_a_model_or_a_person_wrote_is_run(room: Page) -> None:
    open_panels(room)
    room.evaluate("window.hits = 0; window.hit = () => { window.hits++; }; 0")
    for payload in (" ".join(PAYLOADS[:4]), " ".join(PAYLOADS[4:])):
        found = {"0": offer(0, payload, facts={"lever": payload, "near": {"sentence": payload, "spans": [{"start": 0, "end": 4, "title": payload, "phrase": False}]}})}  # fmt: skip
        choose(room, len(TEXT), len(TEXT))
        room.locator(".chip", has_text="Continue").click()
        room.locator(".asking .big.primary").click()
        finish(room, found, spread=payload)
        card(room, 0).get_by_role("button", name="Edit").click()
        room.get_by_role("button", name="Do not edit").click()
        hurt = plot_offers(1)
        hurt["0"]["plot"] |= {"title": payload, "logline": payload, "levers": {"genre": payload}}
        hurt["0"]["plot"]["beats"][0]["name"] = payload
        room.evaluate("(f) => ctx.askFor('plot', f)", {"n": 1})
        finish(room, hurt)
        room.evaluate("(p) => { const s = structuredClone(ctx.state()); s.manuscript.bible.entries[0].name = p; s.manuscript.chapters[0].title = p; s.models[0].title = p; ctx.load(s); }", payload)  # fmt: skip  # noqa: E501
        piece = {**weighed(), "pieces": [{"text": payload, "logprob": -1.0, "others": [[payload + "!", -1.0]]}]}
        room.evaluate("() => ctx.askFor('weigh', {}, { scene: 's1', start: 0, end: 3 })")
        finish(room, {"0": piece})
        room.locator(".heat .piece").click()
    assert room.evaluate("hits") == 0
    assert room.locator(".write-room img, .write-room iframe, .write-room script").count() == 0


def test_axe_finds_nothing_and_phones_fit(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = context.new_page()
    open_panels(page)
    ask_to_continue(page, spread="On the whole they are far apart.")
    for name in ("What goes in", "Story bible", "Who wrote it", "Drafts and copies", "Continuity", "Plots"):
        page.locator(".panel > summary", has_text=name).tap()
    expect(page.locator(".goes-in .part").first).to_be_visible()
    expect(page.locator(".contradictions")).to_be_visible()
    card(page, 0).get_by_text("Why", exact=True).tap()
    assert_well(page, "panels")
    page.get_by_role("button", name="Three plots").tap()
    finish(page, plot_offers())
    page.get_by_role("button", name="Lock logline").first.tap()
    page.evaluate("() => ctx.askFor('weigh', {}, { scene: 's1', start: 0, end: 32 })")
    finish(page, {"0": weighed()})
    page.locator(".piece").nth(1).tap()
    assert_well(page, "plots")
    page.locator(".entry", has_text="Mara Voss").tap()
    assert_well(page, "entry")
    context.close()


def assert_well(page: Page, name: str) -> None:
    for theme in ("light", "dark"):
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", theme == "dark")
        if folder := os.environ.get("LOOKS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}-{theme}.png")
        rules = {"runOnly": ["color-contrast"]} if theme == "dark" else {}  # all else is the same in the dark
        found = Axe().run(page, options={**rules, "resultTypes": ["violations"]})
        assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll('.write-side button, .write-offers :is(.acts, header) button, .write-plots button, .write-side select')]
            .filter((e) => e.offsetParent && !e.closest('.diff, .heat') && !e.classList.contains('link')).map((e) => [e.getBoundingClientRect().height, e.getAttribute('aria-label') || e.textContent])
            .filter(([height]) => height < 38)"""  # noqa: E501
    )
    assert not small, small


def test_offers_side_by_side_over_the_whole_width(room: Page) -> None:
    open_panels(room)
    ask_to_continue(room)
    tops = "[...document.querySelectorAll('.offer')].map((one) => Math.round(one.getBoundingClientRect().top))"
    assert len(set(room.evaluate(tops))) == 3
    room.get_by_role("button", name="Side by side").click()
    assert len(set(room.evaluate(tops))) == 1
    card(room, 1).focus()
    room.keyboard.press("3")
    expect(card(room, 2)).to_be_focused()
    room.get_by_role("button", name="Side by side").click()
    assert len(set(room.evaluate(tops))) == 3


def test_spaces_before_an_offer_fit_the_place(room: Page) -> None:
    open_panels(room)
    choose(room, 0, 0)
    room.get_by_role("button", name="Continue, three ways").click()
    finish(room, {"0": offer(0, " Once more it rained.")})
    card(room, 0).get_by_role("button", name="Take").click()
    expect(card(room, 0).locator(".note")).to_have_text("taken")
    assert posted(room)[-1][1]["text"] == "Once more it rained. "
    choose(room, 4, 4)
    card(room, 0).get_by_role("button", name="Take").click()
    room.wait_for_function("posted.length === 2")
    assert posted(room)[-1][1]["text"].startswith(" Once more")


def test_offers_that_came_to_nothing_leave_no_gap_in_the_numbers(room: Page) -> None:
    open_panels(room)
    choose(room, len(TEXT), len(TEXT))
    room.get_by_role("button", name="Continue, three ways").click()
    finish(room, {"1": offer(1, OFFERS[1]), "2": offer(2, OFFERS[2])}, spread="1 and 2 are far apart.")
    expect(room.locator(".offer > header strong")).to_have_text(["1", "2"])
    card(room, 0).focus()
    room.keyboard.press("2")
    expect(card(room, 1)).to_be_focused()
    room.keyboard.press("Delete")
    room.wait_for_function("posted.length === 1")
    assert posted(room)[-1][0] == "offers/o2/reject"
