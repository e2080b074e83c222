"""The harmony engine: what its offers are and say."""

import threading
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from studio.core.engine import Place
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Offer
from studio.music.accompany import styles_for
from studio.music.ask import AccompanyAsk, HarmoniseAsk, SketchAsk
from studio.music.engines import harmony as runtime
from studio.music.theory import Meter
from studio.music.tune import Chord, Tune, Voice, plain_bars
from studio.registry import read_shelf
from tests.folk import D_JIG
from tests.running import ROOT
from tests.tunes import jig, waltz

CARD = next(card for card in read_shelf().cards if card.id == "harmony-mini")
PLACE = Place(device="cpu", threads=1, memory=1 << 30)


@pytest.fixture(scope="module")
def engine() -> runtime.HarmonyEngine:
    return runtime.load(CARD, Path(ROOT) / "assets" / "models" / "harmony-mini", PLACE)


def offers(engine: runtime.HarmonyEngine, ask: Any) -> list[Offer]:
    return [event for event in engine.run(ask, threading.Event()) if isinstance(event, Offer)]


def tune_of(offer: Offer) -> Tune:
    assert [(t.name, t.media_type) for t in offer.things] == [("body", "application/vnd.tandem.tune+json")]
    return Tune.loads(offer.things[0].body)


def test_three_readings_with_a_reason_for_each_chord(engine: runtime.HarmonyEngine) -> None:
    found = offers(engine, HarmoniseAsk(tune=D_JIG))
    assert [offer.facts["reading"] for offer in found] == ["plain", "jazzy", "modal"]
    for offer in found:
        tune = tune_of(offer)
        assert tune.changed(chords=()) == D_JIG
        assert [[str(c.start), c.name] for c in tune.chords] == [line[:2] for line in offer.facts["reasons"]]
        good, count = offer.facts["fit"]
        assert 14 <= good <= count == 16


def test_more_offers_than_readings_are_other_ways(engine: runtime.HarmonyEngine) -> None:
    found = offers(engine, HarmoniseAsk(tune=D_JIG, readings=("jazzy", "plain"), n=6))
    assert [offer.facts["reading"] for offer in found] == ["jazzy", "plain"] * 3
    assert len({offer.things[0].body for offer in found}) >= 5
    assert all(offer.things[0].body not in {o.things[0].body for o in found[:2]} for offer in found[2:])
    assert offers(engine, HarmoniseAsk(tune=D_JIG, readings=("jazzy", "plain"), n=2)) == found[:2]


def test_kept_chords_stay_and_old_ones_go(engine: runtime.HarmonyEngine) -> None:
    kept = Chord(start=F(7, 8), root="Bb", quality="maj7")
    for offer in offers(engine, HarmoniseAsk(tune=jig(), keep=(kept,))):
        tune = tune_of(offer)
        assert kept in tune.chords
        assert Chord(start=F(1), root="G", quality="7", bass="B") not in tune.chords
    with pytest.raises(Refused, match="after the last bar"):
        offers(engine, HarmoniseAsk(tune=jig(), keep=(kept.changed(start=F(99)),)))


@pytest.mark.parametrize("part", ["bass", "drums", "chords"])
def test_parts_go_through_the_styles_and_say_what_they_are(engine: runtime.HarmonyEngine, part: Any) -> None:
    found = offers(engine, AccompanyAsk(tune=waltz(), part=part, n=5, seed=3))
    styles = styles_for(Meter(count=3, unit=4))[part]
    assert [offer.facts["style"] for offer in found] == [styles[i % len(styles)] for i in range(5)]
    for offer in found:
        tune = tune_of(offer)
        assert tune.voices[:2] == waltz().voices  # a hand-written chord voice of another name stays
        assert tune.voices[2].role == part
        assert bool(tune.chords) == (part != "drums")
        assert all(sentence.endswith(".") for sentence in offer.facts["reasons"])
        assert 1 <= len(offer.facts["reasons"]) <= 2


def test_a_given_style_is_played_and_stop_is_seen(engine: runtime.HarmonyEngine) -> None:
    ask = AccompanyAsk(tune=jig(), part="drums", style="rock", n=8)
    assert {offer.facts["style"] for offer in offers(engine, ask)} == {"rock"}
    stop = threading.Event()
    events = engine.run(ask, stop)
    seen = [next(events), next(events)]
    stop.set()
    assert sum(isinstance(event, Offer) for event in [*seen, *events]) == 1


def test_what_it_cannot_do_it_says(engine: runtime.HarmonyEngine, tmp_path: Path) -> None:
    mute = Tune(bars=plain_bars(Meter(), 2), voices=(Voice(),))
    with pytest.raises(Refused, match="no melody"):
        offers(engine, AccompanyAsk(tune=mute, part="bass"))
    assert offers(engine, AccompanyAsk(tune=mute, part="drums"))
    with pytest.raises(Refused, match="Choose another"):
        offers(engine, SketchAsk())
    with pytest.raises(LoadFailed, match="not complete"):
        runtime.load(CARD, tmp_path, PLACE)


def test_the_card_is_honest_about_its_size() -> None:
    folder = Path(ROOT) / "assets" / "models" / CARD.source.where
    there = sum(path.stat().st_size for path in folder.iterdir())
    assert abs(there - CARD.size) < 0.05 * CARD.size
    assert set(CARD.tasks) == {"harmonise", "accompany"}
