"""What only a model that follows orders can do, through the doors that the page uses: rewrite, expand, sum up, on a server.

The server is a fake that answers by what it is told, so the words that come are known; everything behind the doors is real.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from studio.core.event import Offer
from tests.doors import Doors
from tests.fake_openai import Fake, Handler, fake_openai, says

CARD = """
[orders]
title = "Orders"
medium = "text"
tasks = ["continue", "rewrite", "expand", "summarise"]
runtime = "openai"
source = {{ kind = "server", where = "{where}" }}
licence = "see the server"
size = 0
memory = 0
options = {{ model = "tiny", dialect = "chat" }}
"""
BEFORE, AFTER = "It was late. ", " Nobody saw her."
PASSAGE = "Mara walked slowly to the old door and knocked twice."
REWRITTEN = "Mara crept to the old door and rapped twice."
EXPANDED = "Mara walked slowly, one hand on the wet wall, to the old door and knocked twice."
SUMMED = "Mara knocks at the old door."


def obey(handler: Handler, body: dict[str, Any]) -> None:
    said = str(body["messages"][-1]["content"])
    assert PASSAGE in said
    order = said.rpartition("## Now")[2]
    answer = REWRITTEN if "rewritten" in order else EXPANDED if "with more in it" in order else SUMMED
    says(answer[: len(answer) // 2], answer[len(answer) // 2 :])(handler, body)


class Page:
    """A manuscript with the passage in it, as a page has it open."""

    def __init__(self, doors: Doors, fake: Fake) -> None:
        self.doors, self.fake = doors, fake
        self.state = doors.post(f"sessions/{doors.session}/new")
        self.copy = self.state["working"]
        self.version = self.state["version"]
        self.where = {"scene": "s1", "start": len(BEFORE), "end": len(BEFORE) + len(PASSAGE)}
        self.edit({"scene": "s1", "at": 0, "text": BEFORE + PASSAGE + AFTER})

    def edit(self, *edits: dict[str, Any]) -> None:
        self.version = self.doors.post(f"copies/{self.copy}/edit", version=self.version, edits=list(edits))["version"]

    def ask(self, task: str, **fields: Any) -> Offer:
        [offer] = self.doors.offers(task, self.copy, {"n": 1, "seed": 3, **fields}, model="orders", **self.where)
        return offer

    def hunks(self, offer: Offer) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.doors.post(f"offers/{offer.id}/diff", working=self.copy, **self.where)["hunks"]
        return found

    def take(self, offer: Offer, text: str) -> dict[str, Any]:
        place = {"scene": "s1", "at": len(BEFORE), "gone": len(PASSAGE), "text": text}
        answer: dict[str, Any] = self.doors.post(f"offers/{offer.id}/take", working=self.copy, version=self.version, **place)
        self.version = answer["version"]
        return answer

    def made(self) -> list[tuple[str, str, str | None]]:
        """Text, maker and offer of every span."""
        scene = self.doors.get(f"manuscripts/{self.state['piece']}")["manuscript"]["chapters"][0]["scenes"][0]
        out, at = [], 0
        for length, maker, offer in scene["spans"]:
            out.append((scene["text"][at : at + length], maker, offer))
            at += length
        assert at == len(scene["text"])
        return out


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, Fake]]:
    folder = tmp_path_factory.mktemp("house")
    with fake_openai(obey) as fake:
        (folder / "catalog.toml").write_text(CARD.format(where=fake.url))
        with Doors(folder) as doors:
            yield doors, fake


@pytest.fixture
def page(served: tuple[Doors, Fake]) -> Page:
    return Page(*served)


WRITTEN = [(BEFORE + PASSAGE + AFTER, "human", None)]


def test_half_of_a_rewrite_is_taken_and_undone(page: Page) -> None:
    offer = page.ask("rewrite", manner="shorter", instruction="Keep the door.")
    order = str(page.fake.completions[-1].body["messages"][-1]["content"])
    assert "Make it clearly shorter" in order
    assert "Keep the door." in order
    assert BEFORE.strip() in order
    assert AFTER.strip() in order
    assert offer.things[0].body.decode() == REWRITTEN
    assert page.made() == WRITTEN, "nothing is put in unasked"

    hunks = page.hunks(offer)
    assert "".join(one["old"] for one in hunks) == PASSAGE
    assert "".join(one["new"] for one in hunks) == REWRITTEN
    first, second = [one for one in hunks if not one["same"]]
    assert (first["old"], first["new"], second["old"], second["new"]) == ("walked slowly", "crept", "knocked", "rapped")

    half = "".join(one["new"] if one is first else one["old"] for one in hunks)
    answer = page.take(offer, half)
    assert answer["chosen"] == "mixed"
    assert half == "Mara crept to the old door and knocked twice."
    assert page.made() == [
        (BEFORE + "Mara ", "human", None),
        ("crept", "human-rewritten", offer.id),
        (" to the old door and knocked twice." + AFTER, "human", None),
    ]
    about = page.doors.get(f"copies/{page.copy}/about")
    assert (about["words"]["count"]["human-rewritten"], about["models"]) == (1, {"Orders": 1})

    page.edit(*answer["undo"])
    assert page.made() == WRITTEN


def test_a_whole_rewrite_and_one_that_was_edited_are_told_apart(page: Page) -> None:
    offer = page.ask("rewrite")
    whole = page.take(offer, REWRITTEN)
    assert whole["chosen"] == "kept"
    assert {maker for text, maker, _ in page.made() if text.strip() in ("crept", "rapped")} == {"human-rewritten"}
    page.edit(*whole["undo"])
    edited = page.take(offer, REWRITTEN.replace("twice", "like a thief"))
    assert edited["chosen"] == "edited"
    assert "".join(text for text, _, _ in page.made()) == BEFORE + REWRITTEN.replace("twice", "like a thief") + AFTER
    page.edit(*edited["undo"])
    assert page.made() == WRITTEN


def test_what_an_expansion_adds_is_the_models_and_the_rest_stays_the_writers(page: Page) -> None:
    offer = page.ask("expand", words=20)
    [added] = [one for one in page.hunks(offer) if not one["same"]]
    assert (added["old"], added["new"].strip(" ,")) == ("", "one hand on the wet wall")
    page.take(offer, EXPANDED)
    made = page.made()
    ours = "".join(text for text, maker, _ in made if maker == "human")
    theirs = [(text, of) for text, maker, of in made if maker != "human"]
    assert ours == BEFORE + PASSAGE.replace(",", "") + AFTER
    assert [(text.strip(" ,"), of) for text, of in theirs] == [("one hand on the wet wall", offer.id)]


def test_a_summary_becomes_the_scenes_and_leaves_the_text_alone(page: Page) -> None:
    offer = page.ask("summarise", words=20)
    assert offer.things[0].body.decode() == SUMMED
    state = page.doors.post(f"copies/{page.copy}/put", version=page.version, what="scene", value={"id": "s1", "summary": SUMMED})
    assert state["manuscript"]["chapters"][0]["scenes"][0]["summary"] == SUMMED
    assert page.made() == WRITTEN


def test_the_page_is_told_who_can_and_that_a_server_counts_for_itself(page: Page) -> None:
    models = {one["id"]: one for one in page.doors.get("models")["models"]}
    assert "Orders can." in models["writer-mini"]["why"]["rewrite"]
    assert models["orders"]["why"]["weigh"].startswith("Orders cannot say how likely each word is.")
    assert models["orders"]["server"] == page.fake.url
    context = page.doors.get(f"copies/{page.copy}/context", task="rewrite", model="orders", **page.where)
    assert not context["counted"]
    assert {row["kind"] for row in context["rows"]} == {"before", "after"}
