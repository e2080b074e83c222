"""From an empty session to a file, through the doors that the page uses, with the writer that ships with the studio."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from studio.core.errors import Refused
from studio.core.event import Delta, Notice, Offer, Preview
from studio.writing.files.reading import read_manuscript
from tests.doors import Doors
from tests.running import ROOT, free_port

BEGINNING = "Mara Voss read the tide gauge twice. It could not be right. She took the lantern and went down to the harbour. "


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with Doors(tmp_path_factory.mktemp("house")) as opened:
        yield opened


def test_from_the_first_word_to_a_file(doors: Doors) -> None:
    state = doors.post(f"sessions/{doors.session}/new", title="The Gauge")
    copy = state["working"]
    answer = doors.post(f"copies/{copy}/edit", version=state["version"], edits=[{"scene": "s1", "at": 0, "text": BEGINNING}])
    draft = doors.post(f"copies/{copy}/keep")["draft"]

    asked = doors.ask("continue", copy, {"words": 30, "n": 3, "seed": 4}, scene="s1")
    assert {event.index for event in asked if isinstance(event, Delta)} == {0, 1, 2}
    shown = doors.get(f"manuscripts/{state['piece']}/offers")
    assert [one["index"] for one in shown["offers"]] == [0, 1, 2]
    assert shown["where"] == {"scene": "s1", "start": len(BEGINNING), "end": len(BEGINNING), "passage": ""}
    offer = shown["offers"][1]
    assert offer["facts"]["context"]["rows"]
    half = offer["text"][: max(len(offer["text"]) // 2, 8)]

    taken = doors.post(
        f"offers/{offer['id']}/take", working=copy, version=answer["version"], scene="s1", at=len(BEGINNING), gone=0, text=half
    )
    assert taken["chosen"] == "mixed"
    assert taken["spans"]["s1"][-1] == [len(half), "model", offer["id"]] or taken["spans"]["s1"][-2][1] == "model"
    kept = doors.post(f"copies/{copy}/keep", summary="with half of it")

    compared = doors.get(f"copies/{copy}/compare", draft=draft)["scenes"]
    assert [(one["state"], one["hunks"][-1]["new"].strip()) for one in compared] == [("changed", half.strip())]
    about = doors.get(f"copies/{copy}/about", preset="copyright")
    assert list(about["models"]) == ["Writer mini"]
    assert offer["id"] == about["by_offer"][0]["offer"]

    file = doors.client.get(f"/studio/writing/copies/{copy}/export/docx?disclosure=kdp")
    assert "attachment" in file.headers["content-disposition"]
    again = read_manuscript(file.content, "a.docx").manuscript
    assert again.scenes[0].text.split() == (BEGINNING + half).split()

    tree = doors.client.get(f"/studio/drafts/{kept['draft']}").json()
    assert half.strip() in tree["text"]
    assert not tree["text"].startswith("{")
    reopened = doors.get(f"manuscripts/{state['piece']}")
    assert reopened["manuscript"]["chapters"][0]["scenes"][0]["text"] == BEGINNING + half
    assert reopened["offers"]["offers"][1]["chosen"] == "mixed"


def test_a_premise_becomes_an_outline_to_write_from(doors: Doors) -> None:
    asked = doors.ask("plot", None, {"premise": "A tide gauge that lies.", "n": 3, "seed": 2})
    assert {event.index for event in asked if isinstance(event, Preview)} == {0, 1, 2}
    offers = [event for event in asked if isinstance(event, Offer)][:2]
    one, two = (doors.get(f"offers/{offer.id}")["plot"] for offer in offers)
    assert one["title"] != two["title"]
    [again] = doors.offers("plot", None, {"plot": offers[0].id, "slots": ["twist"], "n": 1, "seed": 9})
    rerolled = doors.get(f"offers/{again.id}")["plot"]
    assert (rerolled["title"], rerolled["setting"]) == (one["title"], one["setting"])
    state = doors.post(f"offers/{again.id}/keep-plot", session=doors.session)
    scenes = [scene for chapter in state["manuscript"]["chapters"] for scene in chapter["scenes"]]
    assert [scene["beat"] for scene in scenes] == [beat["text"] for beat in rerolled["beats"]]
    assert state["manuscript"]["bible"]["entries"][0]["name"] == rerolled["people"][0]["name"]
    context = doors.get(f"copies/{state['working']}/context", scene=scenes[1]["id"], task="continue", model="writer-mini")
    assert "beat" in {row["kind"] for row in context["rows"]}
    assert context["counted"]
    assert context["warnings"] == []
    events = doors.ask("continue", state["working"], {"words": 20, "n": 1}, scene=scenes[1]["id"])
    assert not [event.text for event in events if isinstance(event, Notice)]
    [made] = [event for event in events if isinstance(event, Offer)]
    assert made.things[0].body
    used = {row["kind"]: row["used"] for row in made.facts["context"]["rows"]}
    assert used == {row["kind"]: row["used"] for row in context["rows"]}, "the page counts as the model does"


def test_an_offer_tells_what_stands_in_the_persons_other_manuscripts(doors: Doors) -> None:
    """The same seed and the same beginning make the same words twice; the second time they stand in another piece."""

    def begun(title: str) -> dict[str, Any]:
        state = doors.post(f"sessions/{doors.session}/new", title=title)
        edits = [{"scene": "s1", "at": 0, "text": "Nobody had wound the clock of the customs house since the flood. "}]
        return {**state, **doors.post(f"copies/{state['working']}/edit", version=1, edits=edits)}

    first, asked = begun("The Clock"), {"words": 30, "n": 1, "seed": 4}
    [offer] = doors.offers("continue", first["working"], asked, scene="s1")
    place = {"working": first["working"], "scene": "s1", "at": 65, "gone": 0}
    doors.post(f"offers/{offer.id}/take", **place, version=first["version"], text=offer.things[0].body.decode())
    second = begun("Again")
    [again] = doors.offers("continue", second["working"], asked, scene="s1")
    assert again.things == offer.things
    near = again.facts["own"]
    assert near["longest"] >= 8
    assert "“The Clock”" in near["sentence"]
    assert {span["piece"] for span in near["spans"]} == {first["piece"]}
    assert doors.get(f"offers/{again.id}")["facts"]["own"] == near, "it is kept with the offer"


def test_what_the_loaded_model_cannot_do_is_refused_with_a_way_out(doors: Doors) -> None:
    state = doors.post(f"sessions/{doors.session}/new")
    doors.post(f"copies/{state['working']}/edit", version=1, edits=[{"scene": "s1", "at": 0, "text": BEGINNING}])
    with pytest.raises(Refused, match=r"can rewrite a passage\..* could: get one in the Models tab\."):
        doors.ask("rewrite", state["working"], scene="s1", start=0, end=20)
    mini = next(model for model in state["models"] if model["id"] == "writer-mini")
    assert mini["why"]["rewrite"].startswith("Writer mini cannot rewrite a passage.")
    [weighed] = doors.offers("weigh", state["working"], scene="s1", start=0, end=20)
    shown = doors.get(f"offers/{weighed.id}")["weighed"]
    assert "".join(piece["text"] for piece in shown["pieces"]).strip() == BEGINNING[:20].strip()


def test_anything_sent_is_answered_in_a_sentence(doors: Doors) -> None:
    state = doors.post(f"sessions/{doors.session}/new")
    offer = doors.offers("plot", state["working"], {"n": 1})[0].id
    copies = [f"copies/{state['working']}/{name}" for name in ("edit", "put", "back", "replace", "merge", "style")]
    wrong = (b"", b"[]", b"x", b'{"version": "1"}', b'{"version": 1, "edits": 3}', b"[" * 100_000, b'{"version":1e999}')
    for body in wrong:
        for path in (*copies, f"offers/{offer}/take", f"offers/{offer}/diff"):
            answer = doors.client.post(f"/studio/writing/{path}", content=body)
            assert answer.status_code in (400, 404), (path, body[:20], answer.text)
            assert answer.json()["error"].endswith(".")
    assert doors.get(f"manuscripts/{state['piece']}")["words"] == 0


def test_odd_questions_are_refused(doors: Doors) -> None:
    state = doors.post(f"sessions/{doors.session}/new")
    at = f"/studio/writing/copies/{state['working']}"
    doors.post(f"copies/{state['working']}/edit", version=1, edits=[{"scene": "s1", "at": 0, "text": "The door."}])
    for path in (
        "export/pdf", "export/md?disclosure=poem", "find?q=", "find?q=(&regex=1", "replay/x", "replay/-1", "replay/99", "compare",
        "compare?draft=x", "compare?copy=x", "about?preset=x", "context?scene=x", "context?task=plot",
    ):  # fmt: skip
        answer = doors.client.get(f"{at}/{path}")
        assert answer.status_code in (400, 404), (path, answer.text)
        assert answer.json()["error"].endswith("."), path
    assert "reload" in doors.refused(f"copies/{state['working']}/edit", version=99, edits=[]).lower()


def test_a_killed_studio_has_all_that_it_said_was_saved(tmp_path: Path) -> None:
    """kill -9 right after an answer: the words, their makers, what was cut, and the making are there again."""
    port = free_port()
    command = [sys.executable, "-m", "tests.doors", str(tmp_path), str(port)]
    url = f"http://127.0.0.1:{port}/studio/writing"
    transport = httpx.HTTPTransport(retries=10)  # of the connection alone, while the server comes up
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process,
        httpx.Client(timeout=60, transport=transport) as client,
    ):
        try:
            assert process.stdout is not None
            session = process.stdout.readline().strip()
            state = client.post(f"{url}/sessions/{session}/new").json()
            at = f"copies/{state['working']}/edit"
            version = state["version"]
            for edit in ({"at": 0, "text": BEGINNING}, {"at": 0, "gone": 37}):
                version = client.post(f"{url}/{at}", json={"version": version, "edits": [{"scene": "s1", **edit}]}).json()[
                    "version"
                ]
        finally:
            process.kill()
    assert process.returncode == -signal.SIGKILL
    with Doors(tmp_path) as again:
        there = again.get(f"manuscripts/{state['piece']}")
        assert there["manuscript"]["chapters"][0]["scenes"][0]["text"] == BEGINNING[37:]
        answer = again.post(at, version=version, edits=[{"scene": "s1", "at": 0, "text": BEGINNING[:37], "how": "pasted"}])
        assert answer["spans"] == {"s1": [[len(BEGINNING), "human", None]]}
        steps = again.get(f"copies/{state['working']}/replay")["steps"]
        assert [step["what"] for step in steps] == ["typed", "pasted"]
