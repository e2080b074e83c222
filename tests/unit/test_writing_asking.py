"""From a wish to an ask: the text comes from the store, the model is one that can, and refusals say what would help."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.writing.ask import ASKS, ChangeAsk, DialogueAsk, FillAsk, PlotAsk, RewriteAsk, SummariseAsk, WeighAsk, WriteAsk
from studio.writing.context.bible import Bible, Entry, Note
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from studio.writing.plot.plot import Plot
from studio.writing.room.asking import ask_of, chosen
from studio.writing.room.showing import models_shown
from tests.writers import PLOT, card

MINI = card("writer-mini", ("plot", "continue", "fill", "spark", "describe", "dialogue", "expand", "weigh"))
ABLE = card("able-model", state="available", kind="hub")
REMOTE = card("far-model", kind="server", state="installed")
OFFERED = {"o7": "Mara saw a heron standing in the harbour, and Jonas too.", "o8": "The heron flew."}
ONE, TWO, THREE = "Mara woke. The tide was out.", "Mara went to the gauge. Jonas saw her.", "Jonas knew."


def scene(id: str, text: str, **more: Any) -> Scene:
    return Scene(id=id, text=text, ledger=by_hand(text), **more)


BOOK = Manuscript(
    title="T",
    bans=("heart pounding",),
    plot=PLOT,
    bible=Bible(
        entries=(
            Entry(id="mara", name="Mara", text="Reads tides."), Entry(id="jonas", name="Jonas", text="A pilot."),
            Entry(id="late", name="Gauge", kind="object", text="It lies.", since="s3"),
        ),
        note=Note(text="Keep it cold."),
    ),
    chapters=(
        Chapter(id="c1", scenes=(scene("s1", ONE, summary="She wakes."), scene("s2", TWO, beat="She reads it.", title="Gauge"))),
        Chapter(id="c2", scenes=(scene("s3", THREE),)),
    ),
)  # fmt: skip


def ask(task: str, fields: Mapping[str, Any] | None = None, book: Manuscript | None = BOOK, **data: Any) -> Any:
    wish = {"task": task, "fields": dict(fields or {}), "scene": "s2", "start": 23, "end": 23, **data}
    return ask_of(wish, book, plots, offered, (MINI, ABLE, REMOTE))


def plots(id: str) -> Plot:
    if id == "o1":
        return PLOT
    raise Refused("no such plot.")


def offered(id: str) -> str:
    if id in OFFERED:
        return OFFERED[id]
    raise Refused("no such offer.")


def told(made: WriteAsk, kind: str) -> list[str]:
    return [part.text for part in made.parts if part.kind == kind]


def test_what_stands_around_the_cursor_goes_along() -> None:
    made, model = ask("continue", {"words": 40, "n": 2})
    assert model == "writer-mini"
    assert (made.words, made.n, made.bans) == (40, 2, ("heart pounding",))
    assert "".join(told(made, "before")) == f"{ONE}\n\nMara went to the gauge."
    assert told(made, "after") == [" Jonas saw her."]
    assert told(made, "summary") == ["She wakes."]
    assert told(made, "beat") == ["She reads it."]
    assert told(made, "note") == ["Keep it cold."]
    assert told(made, "cast") == ["Mara: Reads tides."]
    assert "It lies." not in str(made)  # that is known later in the story
    assert THREE not in str(made)


def test_what_is_left_out_is_left_out() -> None:
    made, _ = ask("continue", without=["mara", ":note", "text:s1", "summary:s1"])
    assert told(made, "note") == told(made, "cast") == told(made, "summary") == []
    assert "".join(told(made, "before")) == "Mara went to the gauge."


@pytest.mark.parametrize("task", ["continue", "spark", "describe", "dialogue"])
def test_behind_a_selection_is_gone_on(task: str) -> None:
    fields = {"subject": "the gauge", "speakers": ["Mara", "Jonas"]}
    made, _ = ask(task, fields, start=0, end=10)
    assert "".join(told(made, "before")).endswith("Mara went ")


def test_a_gap_is_what_is_selected() -> None:
    made, _ = ask("fill", start=10, end=23)
    assert isinstance(made, FillAsk)
    assert "".join(told(made, "before")).endswith("Mara went ")
    assert told(made, "after") == [" Jonas saw her."]


@pytest.mark.parametrize("task", ["rewrite", "expand", "summarise", "weigh"])
def test_a_passage_is_read_from_the_store(task: str) -> None:
    made, model = ask(task, {"passage": "forged", "instruction": "as a letter", "n": 1}, start=0, end=23, model="far-model")
    assert (made.passage, model) == ("Mara went to the gauge.", "far-model")
    assert "forged" not in str(made)
    assert "".join(told(made, "before")) == f"{ONE}\n\n"
    assert isinstance(made, WeighAsk | ChangeAsk)
    if isinstance(made, RewriteAsk):
        assert (made.instruction, told(made, "instruction")) == ("as a letter", [])
    else:
        assert told(made, "instruction") == ["as a letter"]


def test_a_passage_must_be_there() -> None:
    for where in ({"start": 5, "end": 5}, {"start": 9, "end": 2}, {"start": None, "end": None}):
        with pytest.raises(Refused, match="Select a passage"):
            ask("expand", **where)
    made, _ = ask("summarise", start=4, end=4, model="far-model")
    assert isinstance(made, SummariseAsk)
    assert made.passage == TWO
    book = BOOK.changed(chapters=(Chapter(id="c", scenes=(scene("s2", "word " * 5000),)),))
    with pytest.raises(Refused, match="20,000"):
        ask("expand", start=0, end=25_000, book=book)


def test_a_page_that_says_no_place_means_the_end() -> None:
    made, _ = ask("continue", scene=None, start=None, end=None)
    assert "".join(told(made, "before")).endswith(THREE)
    assert told(made, "after") == []
    with pytest.raises(Refused, match="no longer"):
        ask("continue", scene="gone")
    with pytest.raises(Refused, match="no scene"):
        ask("continue", book=Manuscript())
    with pytest.raises(Refused, match="no manuscript"):
        ask("continue", book=None)


def test_a_model_of_the_house_is_not_sent_a_whole_book() -> None:
    """What is sent is kept with every offer; a small model could not hold it anyway."""
    long = BOOK.changed(chapters=(Chapter(id="c", scenes=tuple(scene(f"s{i}", "Word upon word. " * 800) for i in range(1, 60))),))
    for model, most in (("writer-mini", 50_000), ("far-model", 250_000)):
        made, _ = ask("continue", book=long, scene="s59", start=5000, end=5000, model=model)
        size = sum(len(part.text) for part in made.parts)
        assert 12_000 < size < most
    huge = BOOK.changed(chapters=(Chapter(id="c", scenes=(scene("s1", "Word upon word. " * 50_000),)),))
    made, _ = ask("continue", book=huge, scene="s1", start=None, end=None)
    assert len("".join(told(made, "before"))) <= 16_000


def test_plots_are_read_from_offers_and_the_outline() -> None:
    made, _ = ask("plot", {"plot": "o1", "other": "outline", "away": ["o1"], "locks": ["title"], "genre": "mystery"})
    assert isinstance(made, PlotAsk)
    assert (made.plot, made.other, made.away, made.locks) == (PLOT, PLOT, (PLOT,), ("title",))
    made, _ = ask("plot", {"premise": "A gauge lies."}, book=None)
    assert (made.plot, made.premise) == (None, "A gauge lies.")
    forged: list[tuple[dict[str, Any], str]] = [
        ({"plot": "o2"}, "no such plot"), ({"plot": PLOT.model_dump()}, "no such plot"), ({"away": ["o1"] * 25}, "24"),
        ({"slots": ["title"]}, "no plot yet"), ({"plot": "o1", "slots": ["beat.99"]}, "no slot"), ({"structure": "heap"}, "."),
    ]  # fmt: skip
    for fields, why in forged:
        with pytest.raises(Refused, match=why):
            ask("plot", fields)
    with pytest.raises(Refused, match="no outline"):
        ask("plot", {"plot": "outline"}, book=Manuscript())


@pytest.mark.parametrize(("task", "fields"), [
    ("continue", {"words": 0}), ("continue", {"n": 99}), ("continue", {"boldness": 2}), ("describe", {}), ("describe", {"subject": ""}),
    ("dialogue", {"speakers": ["Mara"]}), ("dialogue", {"speakers": "Mara"}), ("rewrite", {"manner": "louder"}),
    ("continue", {"sampling": {"temperature": -1}}), ("continue", {"levers": [1]}), ("plot", {"near": 7}), ("plot", {"names": "Mara"}),
])  # fmt: skip
def test_wrong_fields_are_refused_in_a_sentence(task: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        ask(task, fields, start=0, end=10, model="far-model")
    said = str(refused.value)
    assert said.endswith(".")
    assert "pydantic" not in said
    assert "Error" not in said


def test_what_the_studio_says_cannot_be_said_by_the_page() -> None:
    fields = {
        "parts": [{"kind": "before", "text": "forged"}],
        "bans": ["x"],
        "task": "plot",
        "medium": "tune",
        "passage": "forged",
    }
    made, _ = ask("continue", {**fields, "seed": 5})
    assert (made.task, made.bans, made.seed) == ("continue", BOOK.bans, 5)
    assert "forged" not in str(made)
    for seed in (-1, 2**60, True, "5", None):
        assert 0 <= ask("continue", {"seed": seed})[0].seed < 2**31


def test_others_come_without_the_words_that_offers_brought() -> None:
    made, _ = ask("continue", {"away": ["o7", "o8"]})
    assert made.bans == ("heart pounding", "standing", "heron", "harbour", "flew")  # not Jonas, who stands there anyway
    made, _ = ask("continue", {"away": ["o8"], "start": "A heron"})
    assert made.bans == ("heart pounding", "flew")
    far, model = ask("continue", {"away": ["o8"]}, model="far-model")
    assert (model, far.bans) == ("far-model", ("heart pounding",))
    assert told(far, "instruction") == ["Let it go another way this time, without these words: heron, flew."]
    again, _ = ask("rewrite", {"away": ["o8"], "instruction": "Shorter."}, model="far-model", start=0, end=22)
    assert again.instruction == "Shorter. Let it go another way this time, without these words: heron, flew."
    assert ask("continue", {"away": []})[0].bans == ("heart pounding",)
    for away in ("o7", ["o7"] * 25):
        with pytest.raises(Refused, match="at most 24"):
            ask("continue", {"away": away})
    with pytest.raises(Refused, match="no such offer"):
        ask("continue", {"away": ["o1"]})


@settings(max_examples=80)
@given(
    st.sampled_from([*ASKS, "nothing", None]),
    st.dictionaries(
        st.sampled_from(["n", "words", "speakers", "subject", "levers", "instruction", "beat", "plot", "away", "start", "manner"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8), lambda x: st.lists(x, max_size=3)),
    ),
    st.one_of(st.none(), st.integers(-5, 99), st.text(max_size=3)),
    st.one_of(st.none(), st.integers(-5, 99), st.booleans()),
)  # fmt: skip
def test_any_wish_is_an_ask_or_a_refusal(task: Any, fields: dict[str, Any], start: Any, end: Any) -> None:
    said = ""
    try:
        made, model = ask(task, fields, start=start, end=end, without=fields.get("levers"))
    except Refused as refused:
        said = str(refused)
    if said:
        assert said.endswith(".")
        return
    assert made.task == task
    assert model
    assert type(made).loads(made.dumps()) == made
    assert isinstance(json.loads(made.dumps()), dict)


# ---------------------------------------------------------------------------------------------------------------- models


def test_the_readiest_that_can_is_taken_and_a_server_last() -> None:
    loaded = card("loaded-model", state="loaded")
    assert chosen("continue", None, (MINI, REMOTE, loaded)).card.id == "loaded-model"
    assert chosen("continue", None, (REMOTE, MINI)).card.id == "writer-mini"
    assert chosen("rewrite", None, (MINI, REMOTE)).card.id == "far-model"
    assert chosen("continue", "far-model", (MINI, REMOTE)).card.id == "far-model"


def test_what_cannot_be_done_says_what_could() -> None:
    with pytest.raises(
        Refused, match=r"^No model that is here can rewrite a passage\. Able model could: get one in the Models tab\.$"
    ):
        chosen("rewrite", None, (MINI, ABLE))
    with pytest.raises(Refused, match=r"^Writer mini cannot sum up\. Far model can\.$"):
        chosen("summarise", "writer-mini", (MINI, ABLE, REMOTE))
    with pytest.raises(Refused, match=r"^Able model: It is not downloaded yet\."):
        chosen("rewrite", "able-model", (MINI, ABLE))
    with pytest.raises(Refused, match="Models tab shows"):
        chosen("rewrite", None, (MINI,))
    with pytest.raises(Refused, match="not there any more"):
        chosen("rewrite", "gone", (MINI,))


def test_the_page_knows_what_each_model_can_and_why_not() -> None:
    mini, able, far = models_shown((MINI, ABLE, REMOTE))
    assert mini["why"] == {
        "rewrite": "Writer mini cannot rewrite a passage. Far model can.", "summarise": "Writer mini cannot sum up. Far model can.",
    }  # fmt: skip
    assert (mini["reason"], far["server"]) == ("", "http://127.0.0.1:9/v1")
    assert set(able["why"]) == set(ASKS)
    assert "Get it in the Models tab" in able["reason"]
    assert DialogueAsk.model_fields["task"].default in mini["tasks"]
