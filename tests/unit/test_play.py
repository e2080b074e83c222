"""From an ask to offers, on a model that babbles: what was asked for is what comes, and nothing is silently empty."""

import json
import threading
from pathlib import Path

import pytest

from studio.core.ask import Ask
from studio.core.card import Card, Source
from studio.core.errors import Refused
from studio.core.event import Delta, Event, Notice, Offer, Progress
from studio.writing.ask import (
    ContinueAsk,
    DescribeAsk,
    DialogueAsk,
    ExpandAsk,
    FillAsk,
    Part,
    RewriteAsk,
    Sampling,
    SparkAsk,
    WeighAsk,
)  # fmt: skip
from studio.writing.bans import Bans
from studio.writing.model import Dialect
from studio.writing.play import TextEngine, samplers_of
from tests.babbler import WORDS, Babbler

TASKS = ("continue", "fill", "spark", "describe", "dialogue", "rewrite", "expand", "summarise", "weigh")
STOPPED = [*WORDS, "sea.", "cold.", "her."]


def card(tasks: tuple[str, ...] = TASKS, **options: float) -> Card:
    return Card(
        id="babbler", title="Babbler", medium="text", tasks=tasks, runtime="gguf", licence="mit", size=1, memory=1,
        source=Source(kind="folder", where="/x"), options=options,
    )  # fmt: skip


def engine(dialect: Dialect = "base", words: list[str] = STOPPED, pace: float = 0.0, context: int = 4096) -> TextEngine:
    model = Babbler(words, dialect, pace)
    model.context = context
    return TextEngine(model, card(), Path("/x"))


def play(ask: Ask, on: TextEngine | None = None) -> list[Event]:
    return list((on or engine()).run(ask, threading.Event()))


def offers(events: list[Event]) -> list[str]:
    found = sorted((e for e in events if isinstance(e, Offer)), key=lambda e: e.index)
    return [offer.things[0].body.decode() for offer in found]


BEFORE = (Part(kind="before", text="The boat was gone."),)


@pytest.mark.parametrize("dialect", ["mini", "base", "chat"])
@pytest.mark.parametrize(
    "ask",
    [
        ContinueAsk(parts=BEFORE), SparkAsk(parts=BEFORE), DescribeAsk(parts=BEFORE, subject="the pier"),
        DialogueAsk(parts=BEFORE, speakers=("Mara", "Tom")), FillAsk(parts=(*BEFORE, Part(kind="after", text=" It rained."))),
        ExpandAsk(parts=BEFORE, passage="He left. She stayed."), ContinueAsk(),
    ],
    ids=lambda ask: f"{ask.task}-{len(ask.parts)}",
)  # fmt: skip
def test_every_ask_brings_its_offers_while_they_grow(dialect: Dialect, ask: ContinueAsk) -> None:
    events = play(ask, engine(dialect))
    texts = offers(events)
    assert len(texts) == ask.n
    assert len(set(texts)) == ask.n
    assert all(text.strip() for text in texts)
    assert {e.index for e in events if isinstance(e, Delta)} == set(range(ask.n))
    assert isinstance(events[0], Progress)
    assert [e for e in events if isinstance(e, Progress)][-1].fraction == 1.0


def test_an_offer_ends_with_a_sentence_when_it_has_one() -> None:
    for text in offers(play(ContinueAsk(parts=BEFORE, n=8))):
        assert text.endswith(".") or "." not in text


def test_a_spark_is_one_sentence() -> None:
    for text in offers(play(SparkAsk(parts=BEFORE, n=8))):
        assert text.count(".") <= 1


def test_every_offer_begins_with_the_words_that_were_given() -> None:
    for text in offers(play(ContinueAsk(parts=BEFORE, start="Nobody knew"))):
        assert text.strip().startswith("Nobody knew ")


def test_the_offer_says_what_went_in() -> None:
    told = Part(kind="note", text="Keep it cold.", title="note", why="always")
    found = next(e for e in play(ContinueAsk(parts=(told, *BEFORE))) if isinstance(e, Offer))
    assert "note" in json.dumps(found.facts["context"])


def test_what_a_model_cannot_use_is_said() -> None:
    told = Part(kind="instruction", text="Make it rhyme.", title="your wish")
    found = next(e for e in play(ContinueAsk(parts=(told, *BEFORE)), engine("mini")) if isinstance(e, Offer))
    rows = json.dumps(found.facts["context"])
    assert "your wish" in rows


def test_an_offer_that_says_again_what_stands_before_it_tells_so() -> None:
    said = "the old boat lay on the cold grey stones by the sea"
    echoing = engine(words=[said])
    before = (Part(kind="before", text=f"Nobody came. {said}. Then it rained."),)
    found = next(e for e in play(ContinueAsk(parts=before, n=1), echoing) if isinstance(e, Offer))
    assert found.facts["echo"]["spans"]
    fresh = next(e for e in play(ContinueAsk(parts=BEFORE, n=1), echoing) if isinstance(e, Offer))
    assert "echo" not in fresh.facts


def test_phrases_that_are_banned_do_not_come() -> None:
    bans = ("the", "a shiver", "sea")
    for text in offers(play(ContinueAsk(parts=BEFORE, n=8, words=100, bans=bans))):
        assert Bans(bans).first(text) is None


def test_a_model_with_nothing_to_say_says_so() -> None:
    events = play(ContinueAsk(parts=BEFORE, n=1), engine(words=[""]))
    assert not offers(events)
    assert any(isinstance(e, Notice) and "nothing to say" in e.text for e in events)


def test_a_passage_too_long_for_the_model_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refused, match="Choose a shorter passage"):
        play(RewriteAsk(passage="word " * 3000), engine("chat", context=1024))


def test_a_long_text_is_cut_and_the_newest_stays() -> None:
    on = engine(context=300)
    text = "".join(f"Sentence {i} stands here. " for i in range(400))
    found = next(e for e in play(ContinueAsk(parts=(Part(kind="before", text=text),)), on) if isinstance(e, Offer))
    assert "Sentence 399 stands here." in on.model.calls[0].prompt.text  # type: ignore[attr-defined]
    assert len(on.model.calls[0].prompt.text.split()) < 300  # type: ignore[attr-defined]
    assert found.facts["context"]


def test_a_task_that_the_card_does_not_name_is_refused() -> None:
    on = TextEngine(Babbler(), card(("continue",)), Path("/x"))
    assert set(on.ask_types) == {"continue"}
    with pytest.raises(Refused, match="Choose another model"):
        play(RewriteAsk(passage="x"), on)


def test_a_model_that_cannot_weigh_does_not_offer_to() -> None:
    model = Babbler()
    model.weighs = False
    assert "weigh" not in TextEngine(model, card(), Path("/x")).ask_types


def test_weighing_gives_every_piece_its_chance() -> None:
    found = [e for e in play(WeighAsk(parts=BEFORE, passage="the cold sea", others=1)) if isinstance(e, Offer)]
    body = json.loads(found[0].things[0].body)
    assert [p["text"] for p in body["pieces"]] == ["the", "cold", "sea"]
    assert body["pieces"][0]["others"] == [["sea", -1.0]]


def test_when_stopped_what_there_is_comes_as_partial_offers() -> None:
    stop = threading.Event()
    got: list[Event] = []
    for event in engine(pace=0.005).run(ContinueAsk(parts=BEFORE, words=200), stop):
        got.append(event)
        if sum(isinstance(e, Delta) for e in got) > 20:
            stop.set()
    partial = [e for e in got if isinstance(e, Offer)]
    assert len(partial) == 3
    assert all(offer.partial for offer in partial)


def test_bolder_asks_choose_more_freely_and_what_is_set_holds() -> None:
    careful, daring = (samplers_of(ContinueAsk(boldness=b), card()) for b in (0.0, 1.0))
    assert careful.temperature < daring.temperature
    assert careful.min_p > daring.min_p
    assert careful.xtc_probability < daring.xtc_probability
    assert samplers_of(ContinueAsk(sampling=Sampling(temperature=0.0)), card()).temperature == 0.0
    assert samplers_of(ContinueAsk(), card(temperature=0.4)).temperature < 0.5
