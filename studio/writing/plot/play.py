"""Plays a PlotAsk: all plots grow at the same time, slot by slot, and each finished one is an offer.

Every plot is made in a thread of its own, since a larger model writes each slot in a call of its own and calls go on side by
side. What a plot becomes does not depend on the others of the ask.
"""

import queue
import threading
from collections.abc import Iterator

from studio.core.engine import Stop
from studio.core.errors import StudioError
from studio.core.event import Event, Offer, Preview, Progress, Thing
from studio.writing.ask import PlotAsk
from studio.writing.model import TextModel
from studio.writing.plot.make import Made, plots, tools_of
from studio.writing.plot.plot import PLOT_TYPE, Plot
from studio.writing.plot.slots import check

BEAT_SECONDS = 0.1


def play(ask: PlotAsk, model: TextModel, stop: Stop) -> Iterator[Event]:
    check(ask)
    box: queue.Queue[tuple[int, Made | StudioError | None]] = queue.Queue()
    threads = [threading.Thread(target=_make, args=(ask, i, model, stop, box), daemon=True) for i in range(ask.n)]
    for thread in threads:
        thread.start()
    newest: dict[int, Plot] = {}
    share = [0.0] * ask.n
    going = ask.n
    problem: StudioError | None = None
    while going and not stop.is_set():  # a thread that still plans ends by itself
        try:
            index, made = box.get(timeout=BEAT_SECONDS)
        except queue.Empty:
            yield Progress(fraction=sum(share) / ask.n)
            continue
        if isinstance(made, Made):
            newest[index] = made.plot
            share[index] = made.share
            if made.done:
                newest.pop(index)
                yield _offer(ask, index, made.plot, made.facts, partial=False)
            else:
                yield Preview(index=index, media_type=PLOT_TYPE, body=made.plot.dumps())
            yield Progress(fraction=sum(share) / ask.n)
        else:
            going -= 1
            problem = made or problem
    for index, plot in sorted(newest.items()):  # stopped on the way: what there is of it
        yield _offer(ask, index, plot, {}, partial=True)
    if problem is not None:
        raise problem


def _make(
    ask: PlotAsk, index: int, model: TextModel, stop: Stop, box: "queue.Queue[tuple[int, Made | StudioError | None]]"
) -> None:
    problem: StudioError | None = None
    try:
        for made in plots(ask, index, tools_of(model, ask.seed_of(index), ask.bans, stop)):
            box.put((index, made))
            if stop.is_set():
                break
    except StudioError as error:
        problem = error
    except Exception as error:
        problem = StudioError(f"This plot could not be made ({type(error).__name__}: {error}). Try again with another seed.")
    box.put((index, problem))


def _offer(ask: PlotAsk, index: int, plot: Plot, facts: dict[str, object], partial: bool) -> Offer:
    thing = Thing(name="body", media_type=PLOT_TYPE, body=plot.dumps())
    summary = f"{plot.title}: {plot.logline}" if plot.title else plot.logline
    return Offer(index=index, seed=ask.seed_of(index), things=(thing,), summary=summary[:160], facts=facts, partial=partial)
