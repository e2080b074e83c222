"""The figures of the plot engine with the embedded deck alone: 200 asks of every genre, structure and shape of premise."""

import statistics
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

from studio.writing.ask import Genre, PlotAsk
from studio.writing.likeness.spread import SAME
from studio.writing.plot.compose import Composer
from studio.writing.plot.deck import read_deck
from studio.writing.plot.make import Tools, distance, plots
from studio.writing.plot.plot import Plot, Structure
from studio.writing.plot.premise import read
from studio.writing.plot.slots import texts_of
from studio.writing.plot.tell import Teller
from studio.writing.plot.wish import Wish
from studio.writing.plot.wording import said
from tests.bench.figure import Figure, Measured
from tests.premises import PREMISES

ASKS = 200
FASTEST = 3.0
WIDE = 400
COMMONEST = 0.04  # of the plots may have the same linking line
LEVERS = ("aim", "counter", "title", "view", "cost-of", "time")  # words that follow the facts, or name a lever; no lines
CHAINED = 0.6  # of the beats are caused by the one just before
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


def used(count: int) -> Counter[str]:
    """How many of so many plots have each linking line: as drawn, one plan a plot."""
    genres: tuple[Genre | None, ...] = (None, *get_args(Genre))
    structures: tuple[Structure, ...] = get_args(Structure)
    links = {entry.id for entry in read_deck().kinds["link"]}
    out: Counter[str] = Counter()
    for k in range(count):
        premise, names = PREMISES[k % len(PREMISES)]
        ask = PlotAsk(
            premise=premise, names=names, genre=genres[k % len(genres)], structure=structures[k % len(structures)], seed=5000 + k
        )
        out.update({entry.id for entry in teller(ask).plan.picks.values()} & links)
    return out


def teller(ask: PlotAsk) -> Teller:
    """The plot of an ask as first drawn, without choice among several."""
    premise = read(ask.premise, ask.names)
    wish = Wish(premise, ask.seed, f"0/{zlib.crc32(ask.premise.encode())}", ask.genre or "", ask.tone, ask.structure)
    return Teller(Composer(wish).compose(), premise, ask.seed)


def links() -> Measured:
    """The linking lines; wants, titles and levers aside."""
    counted = used(WIDE)
    by_id = read_deck().by_id
    lines = {name: n for name, n in counted.items() if by_id[name].sort not in LEVERS}
    name, most = max(lines.items(), key=lambda pair: pair[1])
    value = f"{len(lines)} lines in {WIDE} plots; the commonest in {100 * most / WIDE:.1f} % ({by_id[name].sort})"
    return Measured(value, most <= COMMONEST * WIDE, {"most": Counter(lines).most_common(30)})


def chained() -> Measured:
    """Of the main entries after the first of each plot: how many need something that the one just before gave."""
    joined, count, told = 0, 0, 0
    for k in range(100):
        premise, names = PREMISES[k % len(PREMISES)]
        plan = teller(PlotAsk(premise=premise, names=names, structure=get_args(Structure)[k % 8], seed=9000 + k)).plan
        last = set(plan.picks["situation"].gives if "situation" in plan.picks else read(premise, names).facts)
        for i, step in enumerate(plan.steps):
            kind = next(iter(step.draws), "")
            entry = plan.picks.get("twist" if kind == "twist" else f"beat.{i}") if kind not in ("", "situation") else None
            if entry is None:
                continue
            count += 1
            joined += bool(last & set(entry.needs))
            told += f"beat.{i}.because" in plan.picks
            last = set(entry.gives)
    return Measured(
        f"{100 * joined / count:.0f} % of {count} beats, {100 * told / count:.0f} % said so", joined >= CHAINED * count, {}
    )


def speed() -> Measured:
    took = [seconds for _, _, seconds in made()[1:]]
    said_time = f"{statistics.median(took):.2f} s a plot (median of {len(took)}), slowest {max(took):.2f} s"
    return Measured(said_time, 3 * max(took) < FASTEST, {"seconds": [round(t, 3) for t in took]})


FIGURES = (
    Figure("plots-form", f"{ASKS} of {ASKS} plots well-formed", form),
    Figure("plots-given", "every given name and premise word comes back", given),
    Figure("plots-apart", "no plot twice; three plots of one ask clearly apart", apart),
    Figure("plots-locks", "locked slots stay byte for byte", locks),
    Figure("plots-links", f"no linking line in more than {COMMONEST:.0%} of {WIDE} plots", links),
    Figure("plots-chained", f"{CHAINED:.0%} of the beats follow from the one just before", chained),
    Figure("plots-speed", f"three plots in under {FASTEST:g} s of processor time, one after another, without a model", speed),
)
