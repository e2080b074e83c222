"""The page's ledger against the studio's: the same random edits in a real browser and in Python give the same spans."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from studio.core.ledger import Ledger, Span
from studio.writing.manuscript.desk import Desk
from studio.writing.manuscript.manuscript import Scene
from studio.writing.manuscript.shares import percent
from studio.writing.manuscript.spans import of, part

SCRIPT = Path(__file__).resolve().parents[2] / "assets" / "ui" / "writing" / "ledger.js"
BITS = (
    "Mara went in. ",
    "“Go!” he said. ",
    "a",
    " ",
    "\n",
    "\n\n",
    ". ",
    "Она ушла… ",
    "😀",
    "e\u0301",
    "見た。",
    "fin.\u2009",
    "...",
    "Mr. ",
    "?”\u2028",
)
MAKERS = ("human", "pasted", "human-rewritten", "model-edited", "model", "model", "model")

RUN = """steps => {
  const L = WritingLedger, out = [];
  let scene = { text: "", spans: [] }, undos = [];
  for (const step of steps) {
    const before = scene;
    if (step.what === "undo") {
      const back = undos.splice(step.which, 1)[0];
      const done = L.splice(scene, back.at, back.gone, back.text, back.spans, false);
      scene = done.scene;
      undos.push(done.undo);
    } else {
      const at = L.unitAt(scene.text, step.at), end = L.unitAt(scene.text, step.at + step.gone);
      const done = L.splice(scene, at, end - at, step.text, L.toUnits(step.text, step.spans), step.byPerson);
      scene = done.scene;
      undos.push(done.undo);
    }
    out.push({ text: scene.text, spans: L.toCodePoints(scene.text, scene.spans), undo: L.spliceToCodePoints(scene.text, undos.at(-1)) });
  }
  return out;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<!doctype html><title>ledger</title>")
    page.add_script_tag(path=SCRIPT)
    yield page
    context.close()


def rows(spans: Any) -> list[list[Any]]:
    return [[span.length, span.maker, span.offer] for span in spans]


def text_of(chance: random.Random) -> str:
    return "".join(chance.choices(BITS, k=chance.randint(1, 9)))


def spans_for(text: str, chance: random.Random) -> list[Span]:
    out, left = [], len(text)
    while left:
        length = chance.randint(1, left)
        maker = chance.choice(MAKERS)
        out.append(of(length, maker, chance.choice("pq") if maker not in ("human", "pasted") else None))
        left -= length
    return out


def sequence(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Steps for the page, and what Python has after each. Only the last step is undone, so that undoing fits."""
    chance = random.Random(seed)
    desk = Desk(Scene(id="s"))
    steps: list[dict[str, Any]] = []
    expected = []
    undos: list[Any] = []
    for _ in range(25):
        if undos and chance.random() < 0.25:
            back = undos.pop()
            undos.append(desk.splice(back.at, back.gone, back.text, back.spans, by_person=False))
            steps.append({"what": "undo", "which": len(undos) - 1})
        else:
            at = chance.randint(0, len(desk.text))
            gone = chance.choice((0, 0, 1, 3, 20, 60))
            gone = min(gone, len(desk.text) - at)
            text = text_of(chance) if chance.random() < 0.7 else ""
            spans, by_person = spans_for(text, chance), chance.random() < 0.7
            if text and by_person and chance.random() < 0.5:
                spans = [of(len(text), "human")]
            undos.append(desk.splice(at, gone, text, spans, by_person))
            steps.append({"what": "splice", "at": at, "gone": gone, "text": text, "spans": rows(spans), "byPerson": by_person})
        last = undos[-1]
        expected.append(
            {
                "text": desk.text,
                "spans": rows(desk.spans),
                "undo": [last.at, last.text, rows(last.spans)],
            }
        )
    return steps, expected


def test_both_ledgers_agree_on_random_edits(page: Page) -> None:
    made = [sequence(seed) for seed in range(300)]
    asked = json.dumps([steps for steps, _ in made])  # as one string: passing it piece by piece takes ten times as long
    got = json.loads(page.evaluate(f"all => JSON.stringify(JSON.parse(all).map({RUN}))", asked))
    for seed, ((steps, expected), found) in enumerate(zip(made, got, strict=True)):
        for i, (want, have) in enumerate(zip(expected, found, strict=True)):
            assert have["text"] == want["text"], (seed, i)
            assert have["spans"] == want["spans"], (seed, i, json.dumps(steps[: i + 1], ensure_ascii=False))
            assert [have["undo"]["at"], have["undo"]["text"], have["undo"]["spans"]] == want["undo"], (seed, i)


def test_what_was_typed_is_found_between_two_states(page: Page) -> None:
    chance = random.Random(3)
    letters = "ab 😀\ne\u0301"
    cases = []
    for _ in range(500):
        before = "".join(chance.choices(letters, k=chance.randint(0, 12)))
        at = chance.randint(0, len(before))
        gone = chance.randint(0, len(before) - at)
        text = "".join(chance.choices(letters, k=chance.randint(0, 4)))
        cases.append([before, at, gone, text])
    got = page.evaluate(
        """cases => cases.map(([before, at, gone, text]) => {
          const L = WritingLedger, a = L.unitAt(before, at), b = L.unitAt(before, at + gone);
          const after = before.slice(0, a) + text + before.slice(b);
          const found = L.between(before, after, a + text.length);
          return [L.spliceToCodePoints(before, found), after, before.slice(0, found.at) + found.text + before.slice(found.at + found.gone)];
        })""",
        cases,
    )
    for (before, at, gone, text), (found, after, again) in zip(cases, got, strict=True):
        assert again == after
        points = before[: found["at"]] + found["text"] + before[found["at"] + found["gone"] :]
        assert points == before[:at] + text + before[at + gone :], "the places must also be right in code points"
        assert len(found["text"]) <= len(text)
        if not gone and text:
            assert found["at"] == at, "what was inserted stands just before the caret"


def test_words_that_move_keep_their_maker_and_come_back(page: Page) -> None:
    body = "The door creaked. Nobody came. It was late. "
    scene = {"text": body + "I sat.", "spans": [[len(body), "model", "o"], [6, "human", None]]}
    moved = page.evaluate("s => WritingLedger.move(s, 18, 31, s.text.length)", scene)
    assert moved["scene"]["text"] == "The door creaked. It was late. I sat.Nobody came. "
    assert moved["scene"]["spans"] == [[18, "model", "o"], [13, "model", "o"], [6, "human", None], [13, "model", "o"]]
    back = page.evaluate(
        "m => m.undo.reduce((s, u) => WritingLedger.splice(s, u.at, u.gone, u.text, u.spans, false).scene, m.scene)", moved
    )
    assert back == scene


def test_undo_and_redo_go_through_all_states(page: Page) -> None:
    got = page.evaluate("""() => {
      const L = WritingLedger, past = L.history();
      let scene = { text: "", spans: [] };
      const states = [JSON.stringify(scene)], seen = [];
      const run = (one) => { const done = L.splice(scene, one.at, one.gone, one.text, one.spans, false); scene = done.scene; return done.undo; };
      const edit = (at, gone, text, maker, offer = null, person = true) => {
        const done = L.splice(scene, at, gone, text, text ? [[text.length, maker, offer]] : [], person);
        scene = done.scene; past.push([done.undo]); states.push(JSON.stringify(scene));
      };
      edit(0, 0, "It rained. ", "human");
      edit(11, 0, "The old door creaked. Nobody came.", "model", "o", false);
      edit(15, 4, "", "human");
      edit(15, 0, "red ", "human");
      edit(0, 11, "", "human");
      for (let i = states.length - 2; i >= 0; i--) { past.undo(run); seen.push(JSON.stringify(scene) === states[i]); }
      const empty = past.undo(run);
      for (let i = 1; i < states.length; i++) { past.redo(run); seen.push(JSON.stringify(scene) === states[i]); }
      return { seen, empty, last: scene };
    }""")
    assert got["seen"] == [True] * 10
    assert got["empty"] is False
    assert got["last"]["spans"][:3] == [[4, "model-edited", "o"], [4, "human", None], [13, "model-edited", "o"]]


def test_percentages_are_the_same_in_both(page: Page) -> None:
    chance = random.Random(5)
    cases = [{name: chance.randint(0, 999) for name in ("human", "model", "pasted")} for _ in range(200)]
    cases += [{"human": 1, "model": 1, "pasted": 1}, {"human": 0}]
    assert page.evaluate("all => all.map(WritingLedger.percent)", cases) == [percent(case) for case in cases]


def test_a_key_in_a_long_scene_costs_little(page: Page) -> None:
    """A hundred keys in a scene of 120,000 words with 6,000 spans: a keystroke must leave room to paint."""
    took = page.evaluate("""() => {
      const text = "The old door creaked. She went in. ".repeat(20000), count = 6000, length = Math.floor(text.length / count);
      const spans = Array.from({ length: count }, (_, i) => [length, ["human", "model", "model-edited"][i % 3], i % 3 ? "o" + i : null]);
      spans.push([text.length - length * count, "human", null]);
      let scene = { text, spans };
      const began = performance.now();
      for (let i = 0; i < 100; i++) scene = WritingLedger.splice(scene, 1000 + i * 5000, 0, "x", [[1, "human", null]]).scene;
      return (performance.now() - began) / 100;
    }""")
    assert took < 15, f"{took:.2f} ms a key"


def test_a_ledger_of_the_page_is_one_of_the_studio(page: Page) -> None:
    text = "😀 The end."
    spans = page.evaluate("t => WritingLedger.toCodePoints(t, [[3, 'human', null], [t.length - 3, 'model', 'o']])", text)
    ledger = Ledger(spans=tuple(Span(length=length, maker=maker, offer=offer) for length, maker, offer in spans))
    assert Scene(id="s", text=text, ledger=ledger).ledger.spans == (of(2, "human"), of(8, "model", "o"))
    assert part(ledger.spans, 2, 10) == [of(8, "model", "o")]
