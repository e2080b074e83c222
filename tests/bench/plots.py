"""The figures of the plot engine with the embedded deck alone: 200 asks of every genre, structure and shape of premise."""

import statistics
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

from studio.writing.ask import Genre, PlotAsk
from studio.writing.plot.make import Tools, distance, plots
from studio.writing.plot.plot import Plot, Structure
from studio.writing.plot.premise import read
from studio.writing.plot.slots import texts_of
from studio.writing.plot.wording import said
from studio.writing.spread import SAME
from tests.bench.figure import Figure, Measured
from tests.premises import PREMISES

ASKS = 200
FASTEST = 3.0
DOUBLES = SAME / 2  # nearer than this two plots of one premise would be the same story


def last(ask: PlotAsk, index: int = 0) -> Plot:
    *_, made = plots(ask, index, Tools())
    assert made.done
    return made.plot


def asks() -> Iterator[PlotAsk]:
    genres: tuple[Genre | None, ...] = (None, *get_args(Genre))
    structures: tuple[Structure, ...] = get_args(Structure)
    for k in range(ASKS):
        premise, names = PREMISES[k % len(PREMISES)]
        yield PlotAsk(
            premise=premise, names=names, genre=genres[k % len(genres)], structure=structures[k % len(structures)], seed=1000 + 7 * k, n=1
        )  # fmt: skip


@lru_cache(maxsize=1)
def made() -> tuple[tuple[PlotAsk, Plot, float], ...]:
    out = []
    for ask in asks():
        started = time.process_time()  # of this process alone, whatever else the machine has to do
        plot = last(ask)
        out.append((ask, plot, time.process_time() - started))
    return tuple(out)


def faults(ask: PlotAsk, plot: Plot) -> list[str]:
    """What is wrong with the form of a plot."""
    texts = texts_of(plot)
    out = [
        f"{slot} is empty"
        for slot, text in texts.items()
        if not text.strip() and not slot.endswith((".want", ".need", ".flaw", ".arc"))
    ]
    out += [f"{slot} still has a placeholder: {text}" for slot, text in texts.items() if _left(text, ask.premise)]
    whole = [slot for slot in texts if slot.startswith("beat.") or slot in ("logline", "stakes", "twist", "setting", "detail")]
    out += [f"{slot} does not end: {texts[slot][-40:]}" for slot in whole if texts[slot][-1:] not in '.!?…”"’)。']
    out += [f"{slot} is said twice in a row" for slot in whole if "  " in texts[slot] or ".. " in texts[slot]]
    beats = [beat.text for beat in plot.beats]
    out += ["two beats are the same"] if len(set(beats)) < len(beats) else []
    return out if Plot.loads(plot.dumps()) == plot else [*out, "it does not survive the trip through JSON"]


def _left(text: str, premise: str) -> bool:
    return "{" in text and "{" not in premise


def form() -> Measured:
    wrong = {k: found for k, (ask, plot, _) in enumerate(made()) if (found := faults(ask, plot))}
    return Measured(f"{ASKS - len(wrong)} of {ASKS} plots", not wrong, {"wrong": wrong})


def given() -> Measured:
    """Every given name and every telling word of the premise."""
    missing, count = [], 0
    for ask, plot, _ in made():
        text = said(plot).casefold().replace("’", "'")
        premise = read(ask.premise, ask.names)
        wanted = [*premise.words, *(name.casefold().replace("’", "'") for name in premise.names)]
        count += len(wanted)
        missing += [word for word in wanted if word not in text]
    return Measured(f"{count - len(missing)} of {count} names and words come back", not missing, {"missing": missing})


def apart() -> Measured:
    """No plot twice among all, and the distance between three plots of one ask in words and in meaning (0: the same), the premise's own words left out."""
    whole = [said(plot) for _, plot, _ in made()]
    beats = [tuple(beat.text for beat in plot.beats) for _, plot, _ in made()]
    pairs = []
    for k in range(24):
        premise, names = PREMISES[k % len(PREMISES)]
        three = [said(last(PlotAsk(premise=premise, names=names, seed=k * 11, n=3), i)) for i in range(3)]
        own = frozenset(read(premise, names).words)
        pairs += [distance(three[a], three[b], own) for a, b in ((0, 1), (0, 2), (1, 2))]
    value = f"{len(set(beats))} of {len(whole)} different; within one ask mean distance {statistics.mean(pairs):.2f}, least {min(pairs):.2f}"
    return Measured(
        value, len(set(whole)) == len(set(beats)) == len(whole) and min(pairs) > DOUBLES, {"pairs": [round(p, 3) for p in pairs]}
    )


def locks() -> Measured:
    """Locked slots stay byte for byte, whatever is drawn anew."""
    broken, count = [], 0
    for k, (_, plot, _) in enumerate(made()[::8]):
        slots = list(texts_of(plot))
        held = tuple(slots[(k + 3 * j) % len(slots)] for j in range(1 + k % 5))
        again = last(PlotAsk(plot=plot, locks=held, seed=k, structure=plot.structure))
        new = texts_of(again)
        count += len(held)
        broken += [slot for slot in held if new.get(slot) != texts_of(plot)[slot]]
    return Measured(f"{count - len(broken)} of {count} locked slots kept", not broken, {"broken": broken})


def speed() -> Measured:
    took = [seconds for _, _, seconds in made()[1:]]
    said_time = f"{statistics.median(took):.2f} s a plot (median of {len(took)}), slowest {max(took):.2f} s"
    return Measured(said_time, 3 * max(took) < FASTEST, {"seconds": [round(t, 3) for t in took]})


FIGURES = (
    Figure("plots-form", f"{ASKS} of {ASKS} plots well-formed", form),
    Figure("plots-given", "every given name and premise word comes back", given),
    Figure("plots-apart", "no plot twice; three plots of one ask clearly apart", apart),
    Figure("plots-locks", "locked slots stay byte for byte", locks),
    Figure("plots-speed", f"three plots in under {FASTEST:g} s of processor time, one after another, without a model", speed),
)
