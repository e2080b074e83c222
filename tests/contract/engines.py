"""What every engine must keep, as plain functions: a runtime's own tests call them with their engine and ask.

`Case` names an engine; `cases()` lists those of this version. A new runtime adds one line there.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studio.core.ask import Ask
from studio.core.engine import Engine, Place
from studio.core.event import Event, Offer, load_event, newest_only
from studio.core.given import Given
from studio.images.ask import ExploreAsk, PaintAsk, RestyleAsk
from studio.images.engines import explorer as explorer_runtime
from studio.music.ask import AccompanyAsk, HarmoniseAsk, Reading
from studio.music.engines import harmony as harmony_runtime
from studio.music.theory import Meter
from studio.music.tune import Tune, Voice, plain_bars
from studio.registry import read_shelf
from studio.writing.ask import ContinueAsk, Part, PlotAsk
from studio.writing.engines import gguf as gguf_runtime
from tests import fakes, painters, picture_models
from tests.running import ROOT
from tests.tunes import jig

FIRST_EVENT = 0.5
STOPPED = 0.2
EMBEDDED = Path(ROOT) / "assets" / "models"
MARGIN = 0.3  # for a test machine that has other things to do


@dataclass(frozen=True)
class Case:
    """`load` gives a fresh engine; `ask(n, seed)` a normal ask; `bad` one that must be refused."""

    name: str
    load: Callable[[Path], Engine]
    ask: Callable[[int, int], Ask]
    bad: Ask

    @contextmanager
    def engine(self, folder: Path) -> Iterator[Engine]:
        engine = self.load(folder)
        try:
            yield engine
        finally:
            engine.close()


def fake(medium: fakes.Medium, bad: Ask) -> Case:
    card = fakes.fake_card(medium, rate=100, updates=20, slots=2)
    place = Place(device="cpu", threads=1, memory=1 << 30)
    kind = fakes.ASKS[medium]
    return Case(card.id, lambda folder: fakes.load(card, folder, place), lambda n, seed: kind(n=n, seed=seed), bad)


def harmony(name: str, ask: Callable[[int, int], Ask], bad: Ask) -> Case:
    place = Place(device="cpu", threads=1, memory=1 << 30)
    card = next(card for card in read_shelf().cards if card.id == "harmony-mini")
    return Case(name, lambda _: harmony_runtime.load(card, EMBEDDED / card.source.where, place), ask, bad)


def writer(name: str, ask: Callable[[int, int], Ask], bad: Ask) -> Case:
    """The embedded writer as it ships; its quick form is made once for all tests of a run."""
    card = next(card for card in read_shelf().cards if card.id == "writer-mini")
    place = Place(device="cpu", threads=1, memory=1 << 30, cache=str(Path(tempfile.gettempdir()) / "tandem-tests-forms"))
    return Case(name, lambda _: gguf_runtime.load(card, EMBEDDED / card.source.where, place), ask, bad)


@lru_cache(maxsize=1)
def pictures() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tandem-tests-pictures-")


def diffusers(name: str, family: str) -> Case:
    """A small pipeline with random weights; saved once for all tests of a run."""

    def load(_: Path) -> Engine:
        return picture_models.engine(picture_models.saved(Path(pictures().name), family))

    broken = Given.of(b"no picture", "image/png")
    return Case(name, load, lambda n, seed: PaintAsk(prompt="a red house", steps=8, n=n, seed=seed), RestyleAsk(picture=broken))


def explorer(name: str, ask: Callable[[int, int], Ask], bad: Ask) -> Case:
    place = Place(device="cpu", threads=1, memory=1 << 30)
    card = next(card for card in read_shelf().cards if card.id == "explorer-gan")
    return Case(name, lambda _: explorer_runtime.load(card, EMBEDDED / card.source.where, place), ask, bad)


def painter(name: str) -> Case:
    """The embedded painter as it ships, loaded once for all tests of a run."""
    return Case(
        name, lambda _: painters.engine(), lambda n, seed: PaintAsk(prompt="lake", steps=3, n=n, seed=seed), ExploreAsk()
    )


def cases() -> list[Case]:
    before = (Part(kind="before", text="The boat was gone. She sat down on the stones"),)
    mute = Tune(bars=plain_bars(Meter(), 2), voices=(Voice(),))
    one: tuple[Reading, ...] = ("plain",)  # with one reading and one style, only the seed tells offers apart
    return [
        harmony("harmonise", lambda n, seed: HarmoniseAsk(tune=jig(), readings=one, n=n, seed=seed), HarmoniseAsk(tune=mute)),
        harmony(
            "accompany",
            lambda n, seed: AccompanyAsk(tune=jig(), part="drums", style="jig", n=n, seed=seed),
            AccompanyAsk(tune=jig(), part="bass", style="polka"),
        ),
        writer("continue", lambda n, seed: ContinueAsk(parts=before, words=20, n=n, seed=seed), ContinueAsk(context=8)),
        writer("plot", lambda n, seed: PlotAsk(premise="Ada finds a key", n=n, seed=seed), PlotAsk(slots=("beat.99",))),
        diffusers("diffusers", "turbo"),
        painter("painter"),
        explorer("explore", lambda n, seed: ExploreAsk(n=n, seed=seed), ExploreAsk(sliders={"kindness": 1.0})),
        fake("text", fakes.TextAsk(prompt="")),
        fake("picture", fakes.PictureAsk(prompt="")),
        fake("tune", fakes.TuneAsk(key="X")),
    ]


def offers(engine: Engine, ask: Ask) -> dict[int, Offer]:
    """Without the seconds they took: those are no part of what was made."""
    made = [event for event in engine.run(ask, threading.Event()) if isinstance(event, Offer)]
    return {one.index: one.changed(facts={name: fact for name, fact in one.facts.items() if name != "seconds"}) for one in made}


def first_event_is_early(engine: Engine, ask: Ask) -> None:
    started = time.monotonic()
    next(iter(engine.run(ask, threading.Event())))
    assert time.monotonic() - started < FIRST_EVENT + MARGIN


def stops_in_time(engine: Engine, ask: Ask) -> None:
    stop = threading.Event()
    events = iter(engine.run(ask, stop))
    next(events)
    next(events)
    stop.set()
    set_at = time.monotonic()
    rest = list(events)
    assert time.monotonic() - set_at < STOPPED + MARGIN
    assert all(event.partial for event in rest if isinstance(event, Offer))


def offers_do_not_depend_on_n(engine: Engine, ask: Callable[[int, int], Ask]) -> None:
    many = offers(engine, ask(3, 11))
    assert sorted(many) == [0, 1, 2]
    for index, offer in many.items():
        alone = offers(engine, ask(1, offer.seed))[0]
        assert alone.things == offer.things, f"offer {index} depends on how many were asked for"
    assert offers(engine, ask(2, 11))[1].things == many[1].things


def same_seed_same_bytes(engine: Engine, ask: Callable[[int, int], Ask]) -> None:
    first, other = offers(engine, ask(2, 5)), offers(engine, ask(2, 900))
    assert offers(engine, ask(2, 5)) == first, "what was asked before changed the offers: state stayed behind"
    assert other[0].things != first[0].things, "the seed does not matter"


def runs_beside_each_other(engine: Engine, ask: Callable[[int, int], Ask]) -> None:
    """As many as it has slots, and none disturbs another."""
    alone = [offers(engine, ask(1, seed)) for seed in range(engine.slots)]
    together: dict[int, dict[int, Offer]] = {}
    threads = [
        threading.Thread(target=lambda s=seed: together.update({s: offers(engine, ask(1, s))})) for seed in range(engine.slots)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[seed] for seed in range(engine.slots)] == alone


def events_travel(engine: Engine, ask: Ask) -> list[Event]:
    """Every event is the same after the trip over the border; offers are recorded later and have no id yet."""
    events = list(engine.run(ask, threading.Event()))
    for event in events:
        assert load_event(event.dumps()) == event
        if isinstance(event, Offer):
            assert (event.id, event.recipe, event.partial) == ("", None, False)
            assert event.things
            assert event.seed == ask.seed_of(event.index)
        else:
            newest_only(event)
    return events
