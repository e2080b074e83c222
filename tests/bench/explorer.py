"""The figures of the explorer: how fast it plays, how varied its world is, and whether it copies. One core, as it ships."""

import statistics
import threading
import time
from functools import cache
from pathlib import Path

import numpy as np

from studio.core.card import Card
from studio.core.engine import Place
from studio.core.event import Offer
from studio.images.ask import ExploreAsk
from studio.images.engines import explorer as runtime
from studio.images.explorer.near import copies, load, marks_of
from studio.images.explorer.net import Nets
from studio.images.explorer.space import Space
from studio.registry import read_shelf
from tests.bench.figure import Figure, Measured
from tests.running import ROOT

FOLDER = Path(ROOT) / "assets" / "models" / "explorer-gan"


@cache
def card() -> Card:
    return next(card for card in read_shelf().cards if card.id == "explorer-gan")


@cache
def engine() -> runtime.ExplorerEngine:
    return runtime.load(card(), FOLDER, Place(device="cpu", threads=1, memory=1 << 30))


def pictures(n: int, tame: float = 0.7) -> np.ndarray:
    nets = Nets(FOLDER)
    space = Space(nets.config, nets.weights)
    return np.stack([nets.make(space.latent(space.point(seed), tame, {})) for seed in range(50_000, 50_000 + n)])


def speed() -> Measured:
    """Processor time of one thread from ask to PNG, judge's score included; ten asks of sixteen."""
    rates, walls = [], []
    for seed in range(10):
        began, wall = time.thread_time(), time.monotonic()
        for _ in engine().run(ExploreAsk(n=16, seed=seed), threading.Event()):
            pass
        rates.append(16 / (time.thread_time() - began))
        walls.append(16 / (time.monotonic() - wall))
    rate = statistics.median(rates)
    return Measured(f"{rate:.0f} pictures/s per core", rate >= 15, {"by the clock": statistics.median(walls), "all": rates})


def drag() -> Measured:
    """From an ask to its one picture, as in a live drag."""
    times = []
    for step in range(40):
        began = time.monotonic()
        run = engine().run(ExploreAsk(seed=1, sliders={"light": step / 20 - 1}), threading.Event())
        next(event for event in run if isinstance(event, Offer))
        times.append(1000 * (time.monotonic() - began))
    middle = statistics.median(times)
    return Measured(f"{middle:.0f} ms (95th of 100: {np.percentile(times, 95):.0f} ms)", middle <= 67, {"all": times})


def first() -> Measured:
    began = time.monotonic()
    fresh = runtime.load(card(), FOLDER, Place(device="cpu", threads=1, memory=1 << 30))
    loaded = time.monotonic() - began
    next(iter(fresh.run(ExploreAsk(), threading.Event())))
    whole = time.monotonic() - began
    return Measured(f"{whole:.2f} s with loading", whole <= 0.5, {"loading": loaded})


def spread() -> Measured:
    """Mean distance between 200 pictures' thumbnails (4 x 4), beside that of 200 training pictures."""
    known = load(FOLDER / "near.safetensors").colours
    some = known[np.random.default_rng(0).choice(len(known), 200, replace=False)]
    made, drawn = (_apart(marks / 255.0) for marks in (marks_of(pictures(200, 0.7)).colours, some))
    wild = _apart(marks_of(pictures(200, 1.0)).colours / 255.0)
    text = f"{made:.3f} as usually asked, {wild:.3f} untamed; training pictures {drawn:.3f}"
    return Measured(text, made >= 0.5 * drawn, {"made": made, "untamed": wild, "drawn": drawn})


def _apart(thumbs: np.ndarray) -> float:
    apart = np.sqrt(((thumbs[:, None] - thumbs[None]) ** 2).mean(2))
    return float(apart.sum() / (len(thumbs) * (len(thumbs) - 1)))


def near() -> Measured:
    found = copies(marks_of(pictures(1000)), load(FOLDER / "near.safetensors"))
    return Measured(f"{found} of 1,000", found < 10, {})


FIGURES = (
    Figure("explorer-speed", "at least 15 pictures a second per core at 64 px", speed),
    Figure("explorer-drag", "a picture within 67 ms of its ask", drag),
    Figure("explorer-first-event", "0.5 s with loading", first),
    Figure("explorer-spread", "at least half of the training pictures' spread", spread),
    Figure("explorer-near-copies", "below 1 %", near),
)
