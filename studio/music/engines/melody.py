"""Runtime `melody`: a small Llama over tune symbols, played in numpy under the grammar. No torch, no network.

A card's folder holds config.json, model.safetensors and symbols.json; a model that was trained on other symbols is
refused. Nothing of an ask stays behind after its run.
"""

import json
import os
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, Offer, Preview, Progress, Thing
from studio.music.ask import ASKS, BlendAsk, ContinueAsk, MelodyAsk, SketchAsk
from studio.music.check import report
from studio.music.melody import symbols as s
from studio.music.melody.compose import Taste, compose
from studio.music.melody.plan import Plan
from studio.music.melody.plans import plan
from studio.music.originality import nearest, open_index
from studio.music.reasons import reasons
from studio.music.tune import Tune

if TYPE_CHECKING:
    from studio.music.melody.llama import Llama
    from studio.music.originality import Index

Bars = list[list[list[int]]]  # of every take, the symbols of every bar
PACKAGES: tuple[str, ...] = ("numpy", "safetensors")
TUNE_TYPE = "application/vnd.tandem.tune+json"
PREVIEW_SECONDS = 0.12
TRIES = 5  # how often a take is written that breaks a promise, or a bar that comes out as it was
ALIKE = 0.75  # share of notes from which a new bar counts as the old one


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"numpy": version("numpy")}


def load(card: Card, folder: Path, place: Place) -> "MelodyEngine":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products this small are slower on two threads
    from studio.music.melody.llama import Llama

    try:
        known = json.loads((folder / "symbols.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LoadFailed(f"{card.title} has no readable symbols.json. Get the model again.") from error
    if known != list(s.NAMES):
        raise LoadFailed(f"{card.title} was trained on other symbols than these. Get the one that goes with this studio.")
    return MelodyEngine(Llama(folder), open_index())


class MelodyEngine:
    slots = 2

    def __init__(self, model: "Llama", index: "Index | None") -> None:
        self._model: Llama | None = model
        self._index = index
        self.ask_types: dict[str, type[Ask]] = dict(ASKS)

    def close(self) -> None:
        self._model = self._index = None

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        if not isinstance(ask, MelodyAsk) or self._model is None:
            raise Refused("This model makes melodies. Choose another one for this.")
        yield Progress(fraction=0.0)
        todo = plan(ask)
        takes = yield from _write(self._model, ask, todo, stop)
        for i, bars in enumerate(takes):
            if stop.is_set():
                whole = sum(len(bar) > 0 for bar in bars) - 1
                if isinstance(ask, SketchAsk | ContinueAsk) and whole > 0:
                    yield self._offer(ask, todo, i, bars[:whole], partial=True)
            else:
                yield self._offer(ask, todo, i, bars, partial=False)

    def _offer(self, ask: MelodyAsk, todo: Plan, i: int, bars: Sequence[Sequence[int]], *, partial: bool) -> Offer:
        tune = todo.finish(bars)
        facts: dict[str, Any] = {"report": [] if partial else [line.model_dump(mode="json") for line in report(ask, tune)]}
        facts["reasons"] = [] if partial else [reason.model_dump() for reason in reasons(tune)]
        if self._index is not None:
            facts["near"] = nearest(tune, self._index).model_dump(mode="json")
        if isinstance(ask, BlendAsk):
            facts["share"] = share_of(ask, i)
        thing = Thing(name="body", media_type=TUNE_TYPE, body=tune.dumps())
        return Offer(index=i, seed=ask.seed_of(i), things=(thing,), summary=summary(tune), facts=facts, partial=partial)


def share_of(ask: BlendAsk, i: int) -> float:
    return (i + 1) / (ask.steps + 1)


def taste_of(ask: MelodyAsk, attempt: int = 0) -> Taste:
    bold = min(ask.boldness + 0.15 * attempt, 1.3)
    return Taste(temperature=0.75 + 0.5 * bold, top=min(0.9 + 0.1 * bold, 0.995))


def _write(model: "Llama", ask: MelodyAsk, todo: Plan, stop: Stop) -> Generator[Event, None, Bars]:
    """Yields progress and previews; returns the bars of every take."""
    done: dict[int, list[list[int]]] = {}
    for attempt in range(TRIES):
        group = [i for i in range(ask.n) if i not in done]
        seeds = [ask.seed_of(i) + attempt * 7_919 for i in group]
        shares = [share_of(ask, i) for i in group] if isinstance(ask, BlendAsk) else ()
        written = yield from _watch(compose(model, todo.task, seeds, taste_of(ask, attempt), shares), todo, group, stop)
        for i, bars in zip(group, written, strict=True):
            if attempt + 1 == TRIES or stop.is_set() or _good(ask, todo, bars):
                done[i] = bars
        if len(done) == ask.n or stop.is_set():
            break
    return [done.get(i, []) for i in range(ask.n)]


def _watch(states: Iterator[Bars], todo: Plan, group: Sequence[int], stop: Stop) -> Generator[Event, None, Bars]:
    """Passes on how far a batch is; returns its last state."""
    shown = time.monotonic()
    state: Bars = []
    total = len(todo.task.slots)
    for state in states:
        if stop.is_set():
            break
        if time.monotonic() - shown > PREVIEW_SECONDS:
            shown = time.monotonic()
            yield Progress(fraction=min(max(len(bars) - 1, 0) for bars in state) / total)
            for i, bars in zip(group, state, strict=True):
                tune: Tune = todo.finish(bars[:-1])
                yield Preview(index=i, media_type=TUNE_TYPE, body=tune.dumps())
    return state


def _good(ask: MelodyAsk, todo: Plan, bars: Sequence[Sequence[int]]) -> bool:
    """Every promise kept, and nothing written that was there before."""
    return not _same_again(todo, bars) and all(line.kept for line in report(ask, todo.finish(bars)))


def _same_again(todo: Plan, bars: Sequence[Sequence[int]]) -> bool:
    """True if any new bar has nearly the notes of the one it replaces."""
    for slot, new in zip(todo.task.slots, bars, strict=True):
        if slot.old and likeness(slot.old, new) >= (1.0 if slot.text or slot.pitches else ALIKE):
            return True
    return False


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of notes (place and pitch) that two bars have in common."""
    a, b = ({(onset, pitch) for onset, _, pitch, _ in s.decode_bar(bar, 60)[0]} for bar in (one, other))
    return len(a & b) / max(len(a | b), 1)


def summary(tune: Tune) -> str:
    form = "".join(section.label for section in tune.sections)
    bars = len(tune.bars) - (1 if tune.pickup else 0)
    return f"{tune.key}, {tune.meter}, {bars} bars{f' {form}' if form else ''}, {len(tune.melody.notes)} notes"
