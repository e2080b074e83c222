"""The figures of the melody engine: 500 takes over a grid of requests, and takes for the headings of held-out tunes.

What needs the corpus itself (loss, bands) was recorded when the model was made; TANDEM_CORPUS=<folder> takes the loss anew.
"""

import json
import os
import random
import statistics
import threading
import time
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any

from studio.core.card import Card
from studio.core.engine import Place
from studio.core.event import Offer
from studio.music.ask import Lock, LockOf, MelodyAsk, RedoAsk, SketchAsk
from studio.music.check import bar_notes, bars_add_up, lock_held
from studio.music.engines import melody as runtime
from studio.music.habits import Habits, habits_of
from studio.music.melody import symbols as s
from studio.music.melody.compose import Taste, choose, compose
from studio.music.melody.grammar import Grammar
from studio.music.melody.plans import plan
from studio.music.theory import Key, Meter, simplest_key
from studio.music.tune import Tune
from studio.registry.catalog import SHIPPED, read_catalog
from tests.bench.figure import Figure, Measured

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models" / "melody-mini"
MODES = ("major", "minor", "dorian", "mixolydian", "major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian")
METERS = ("4/4", "6/8", "3/4", "2/4", "9/8", "2/2", "12/8", "3/8", "5/4", "7/8")
FORMS = (("AABA", 16), ("AABB", 32), ("AB", 16), ("ABA'", 12), ("A", 8), ("ABAC", 32), ("AA'", 8), ("AABBCC", 24))
RANGES = ((60, 81), (55, 74), (62, 86), (48, 67), (67, 91))
TAKES = 500


def card() -> Card:
    return next(card for card in read_catalog(SHIPPED)[0] if card.id == "melody-mini")


@lru_cache(maxsize=1)
def engine() -> runtime.MelodyEngine:
    return runtime.load(card(), FOLDER, Place(device="cpu", threads=1, memory=1 << 30))


@lru_cache(maxsize=1)
def metrics() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "metrics.json").read_text())
    return found


@lru_cache(maxsize=1)
def human() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "human.json").read_text())
    return found


def offers(ask: MelodyAsk) -> list[tuple[Tune, Offer]]:
    found = [event for event in engine().run(ask, threading.Event()) if isinstance(event, Offer)]
    return [(Tune.loads(offer.things[0].body), offer) for offer in sorted(found, key=lambda offer: offer.index)]


def grid(count: int) -> list[SketchAsk]:
    """Requests of every sort, four takes each: all keys, modes, meters, forms, ranges, upbeats, kinds and colours."""
    chance = random.Random(3)
    asks = []
    meters, modes, forms, ranges = cycle(METERS), cycle(MODES), cycle(FORMS), cycle(RANGES)
    for i in range(count):
        top, bottom = next(meters).split("/")
        meter, (form, bars), (low, high) = Meter(count=int(top), unit=int(bottom)), next(forms), next(ranges)  # type: ignore[arg-type]
        pickup = 0 if i % 3 else "1/8" if meter.unit == 8 else "1/4"
        asks.append(
            SketchAsk(
                key=simplest_key(chance.randrange(12), next(modes)), meter=meter, bars=bars, form=form, low=low, high=high,
                pickup=pickup, n=4, seed=1000 + i, tempo=chance.randrange(60, 160),
                colour=chance.choice(("strict", "colour", "free")), boldness=chance.choice((0.3, 0.5, 0.8)),
            )
        )  # fmt: skip
    return asks


@lru_cache(maxsize=1)
def takes() -> list[tuple[SketchAsk, Tune, Offer]]:
    return [(ask, *made) for ask in grid(TAKES // 4) for made in offers(ask)]


# ----------------------------------------------------------------------------------------------------- promises


def adds_up() -> Measured:
    good = sum(bars_add_up(tune).kept for _, tune, _ in takes())
    free = [unmasked(ask, seed) for seed, ask in enumerate(grid(TAKES // 4)) if str(ask.meter) in s.METERS]
    whole = [all(tune) for tune in free]
    bars = [bar for tune in free for bar in tune]
    said = f"{good / len(takes()):.1%} of {len(takes())} tunes; without the mask {sum(whole) / len(whole):.1%} of {len(whole)}"
    said += f" ({sum(bars) / len(bars):.1%} of their bars)"
    return Measured(said, good == len(takes()), {"with": good, "without": sum(whole), "of": len(whole)})


def unmasked(ask: SketchAsk, seed: int) -> list[bool]:
    """The model let loose after the same heading: for each bar it writes, whether it adds up."""
    import numpy as np

    model, todo = engine()._model, plan(ask)
    assert model is not None
    head = list(todo.task.prompt)
    cache, logits = model.start(head, 1)
    everything, chance, taste = np.ones(len(s.NAMES), dtype=bool), np.random.default_rng(seed), Taste()
    bars: list[list[int]] = []
    for _ in range(700):
        symbol = choose(logits[0], everything, chance, taste)
        if symbol == s.END:
            break
        if s.FIRST_BAR <= symbol < s.FIRST_LENGTH:
            bars.append([])
        elif symbol >= s.FIRST_LENGTH or symbol in (s.REST, s.TIE):
            bars = bars or [[]]
            bars[-1].append(symbol)
        logits = model.step(np.array([symbol]), cache)
    inner = bars[:-1] if ask.pickup else bars  # an upbeat's last bar may be short
    return [s.decode_bar(bar, 60)[1] == ask.meter.length for bar in inner] or [False]


def obeyed() -> Measured:
    missed = [line for _, _, offer in takes() for line in offer.facts["report"] if not line["kept"]]
    good = sum(all(line["kept"] for line in offer.facts["report"]) for _, _, offer in takes())
    share = good / len(takes())
    said = f"{share:.1%} of {len(takes())} tunes keep everything asked"
    return Measured(said, share >= 0.99, {"missed": [f"{m['what']}: {m['got']}" for m in missed[:10]]})


def kept() -> Measured:
    """One, two or four bars of every tenth take anew, a third of them with a lock."""
    chance = random.Random(5)
    same = whole = new = asked = locked = locks = 0
    for i, (_, tune, _) in enumerate(takes()[::5]):
        count = chance.choice((1, 2, 4))
        start = chance.randrange(1 if tune.pickup else 0, len(tune.bars) - count)
        bars = tuple(range(start, start + count))
        kind: LockOf = chance.choice(("rhythm", "contour", "pitches"))
        lock = (Lock(bar=start, what=kind),) if i % 3 == 0 else ()
        for made, _ in offers(RedoAsk(tune=tune, bars=bars, locks=lock, n=1, seed=i)):
            rest = [b for b in range(len(tune.bars)) if b not in bars]
            same += sum(bar_notes(made, b) == bar_notes(tune, b) for b in rest)
            whole += len(rest)
            new += sum(bar_notes(made, b) != bar_notes(tune, b) for b in bars)
            asked += count
            locks += bool(lock)
            locked += bool(lock) and lock_held(lock[0], tune, made).kept
    said = f"{same} of {whole} kept bars identical; {new / asked:.1%} of {asked} new bars differ; {locked} of {locks} locks hold"
    return Measured(said, same == whole and new / asked >= 0.95 and locked == locks, {})


# ---------------------------------------------------------------------------------------------- what it is like


def loss() -> Measured:
    found = metrics()["loss"]
    where = "recorded when the model was made"
    if corpus := os.environ.get("TANDEM_CORPUS"):
        from studio.training.melody import load_lessons
        from studio.training.melody_folder import losses

        cache = Path(os.environ.get("TANDEM_CACHE", "out/melody"))
        cache.mkdir(parents=True, exist_ok=True)
        known = load_lessons(Path(corpus) / "tunes.jsonl.xz", cache / "lessons.pickle")
        found = losses(FOLDER, known, load_lessons(Path(corpus) / "heldout.jsonl.xz", cache / "heldout.pickle"))
        where = "taken now"
    ours, grams = found["model, all"], found["5-gram, all"]
    unseen = found["model, half not looked at"]
    said = f"{ours:.3f} nats a symbol ({unseen:.3f} on the half never looked at), 5-gram {grams:.3f}: {1 - ours / grams:.0%} below"
    return Measured(f"{said}; {where}", ours <= 0.85 * grams, found)


@lru_cache(maxsize=1)
def matched() -> list[tuple[Tune, Offer]]:
    """A take for the heading of every held-out tune whose form can be asked for."""
    return [offers(SketchAsk(**heading, n=1, seed=i))[0] for i, heading in enumerate(human()["headings"])]


def like_people() -> Measured:
    """Each take beside the band of 95 in 100 held-out tunes, and the mean of all beside that of as many of those."""
    usual, bands, means = human(), human()["bands"], human()["bands of means"]
    found = [habits_of(tune, usual["steps"], usual["lengths"]) for tune, _ in matched()]
    inside, said, mean_inside = {}, [], {}
    for name in Habits.model_fields:
        values = [getattr(habits, name) for habits in found]
        low, high = bands[name]
        inside[name] = sum(low <= value <= high for value in values) / len(values)
        mean = statistics.fmean(values)
        mean_inside[name] = means[name][0] <= mean <= means[name][1]
        said.append(f"{name} {inside[name]:.0%} of takes, mean {mean:.3f} (people {means[name][0]:.3f}-{means[name][1]:.3f})")
    return Measured("; ".join(said), min(inside.values()) >= 0.95, {"inside": inside, "means inside": mean_inside})


def copying() -> Measured:
    everything = [offer for _, _, offer in takes()] + [offer for _, offer in matched()]
    near = [offer.facts["near"] for offer in everything]
    copies = sum(one["longest"] >= 8 for one in near)
    shares = sorted(one["share"] for one in near)
    said = f"{copies} of {len(near)} takes share 8 bars in a row with a training tune; half share under {shares[len(near) // 2]:.1%}"
    said += f" of their runs, 95 in 100 under {shares[int(0.95 * len(near))]:.1%}"
    return Measured(said, copies <= 0.01 * len(near), {"longest": max(one["longest"] for one in near)})


# ------------------------------------------------------------------------------------------------------- speed


def _tune_time(todo: Any, seeds: list[int]) -> tuple[float, int]:
    began = time.perf_counter()
    model = engine()._model
    assert model is not None
    steps = sum(1 for _ in compose(model, todo.task, seeds, Taste()))
    return time.perf_counter() - began, steps


def speed() -> Measured:
    """One take, four takes and `generate`, in turns; the shortest of each over several requests."""
    import numpy as np
    import torch
    from transformers import AutoModelForCausalLM, LogitsProcessor, LogitsProcessorList

    torch.set_num_threads(1)
    theirs = AutoModelForCausalLM.from_pretrained(FOLDER, dtype="float32").eval()

    class Masked(LogitsProcessor):  # type: ignore[misc]
        def __init__(self, task: Any, prompt: int) -> None:
            self.grammar, self.seen, self.steps = Grammar(task.slots, task.manner, 1), prompt, 0

        def __call__(self, ids: Any, scores: Any) -> Any:
            if ids.shape[1] > self.seen:
                self.seen = ids.shape[1]
                self.grammar.take_in([int(ids[0, -1])])
            self.steps += not self.grammar.done
            mask = self.grammar.masks() if not self.grammar.done else np.eye(1, len(s.NAMES), s.END, dtype=bool)
            return scores.masked_fill(~torch.from_numpy(mask), -torch.inf)

    ones, fours, generated = [], [], []
    for seed in range(4):
        todo = plan(SketchAsk(key=Key(tonic="D"), bars=16, form="AB", n=1, seed=seed))
        prompt = torch.tensor([todo.task.prompt])
        for _ in range(3):
            took, steps = _tune_time(todo, [seed])
            ones.append(took / steps)
            took, steps = _tune_time(todo, [seed, seed + 50, seed + 100, seed + 150])
            fours.append(took / steps)
            rule = Masked(todo.task, prompt.shape[1])
            began = time.perf_counter()
            with torch.no_grad():
                theirs.generate(
                    prompt, logits_processor=LogitsProcessorList([rule]), do_sample=True, temperature=0.95, top_p=0.97,
                    max_length=theirs.config.max_position_embeddings, eos_token_id=s.END, pad_token_id=s.PAD,
                )  # fmt: skip
            generated.append((time.perf_counter() - began) / rule.steps)
    one, four, other = min(ones), min(fours), min(generated)
    said = f"four takes {four / one:.2f}x one; one take {other / one:.1f}x faster than generate ({one * 1000:.2f} ms a symbol)"
    return Measured(said, four / one <= 1.7 and other / one >= 2.5, {"one_ms": one * 1e3, "four_ms": four * 1e3, "generate_ms": other * 1e3})


def reread() -> Measured:
    """Two hundred takes in programs that are not ours."""
    from tests.bench.notation import reread

    return reread([tune for _, tune, _ in takes()][::2][:200])


FIGURES = (
    Figure("adds-up", "100 % of bars add up; the share without the mask too", adds_up),
    Figure("obeyed", "at least 99 % of tunes keep key, mode, meter, bars, form and range", obeyed),
    Figure("kept-bars", "100 % of kept bars identical, at least 95 % of new bars differ", kept),
    Figure("loss", "at least 15 % below a 5-gram model", loss),
    Figure("like-people", "at least 95 % of takes inside the 95 % band of held-out tunes, in each habit", like_people),
    Figure("copying", "at most 1 % share 8 bars in a row with a training tune", copying),
    Figure("exported", "200 takes re-read by two programs a format: same notes, tempo, meter, key", reread),
    Figure("speed", "four takes at most 1.7x one; at least 2.5x faster than generate", speed),
)
