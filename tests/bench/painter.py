"""The embedded painter as it ships: how quick, how true to the words, how varied, and whether it copies. Needs scenes (skia)."""

import random
import statistics
import threading
import time
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from studio.core.event import Offer, Preview
from studio.images.ask import PaintAsk, RepaintAsk
from studio.images.spread import spread
from tests.bench import painter_judge as judging
from tests.bench.figure import Figure, Measured
from tests.painters import engine, given, offers, parts, picture, pixels

PROMPT = "mountains at sunset, flat poster"
SEEDS, REPAINTS, MANY = 50, 50, 1000


@cache
def painted(count: int) -> list[tuple[Image.Image, dict[str, Any]]]:
    """Pictures of as many different scenes' captions."""
    from studio.training.scenes import make

    made = []
    for seed in range(count):
        offer = offers(PaintAsk(prompt=make(judging.FIRST - 1 - seed, 64).caption, n=1, seed=seed))[0]
        made.append((picture(offer).copy(), offer.facts))
    return made


def speed() -> Measured:
    """Six drafts on two threads; the clock and processor time, five times each."""
    import torch

    rounds = []
    torch.set_num_threads(2)
    engine_now = engine()
    for seed in range(5):
        began, busy, first = time.monotonic(), time.process_time(), [0.0, 0.0]
        for event in engine_now.run(PaintAsk(prompt=PROMPT, n=6, seed=10 * seed), threading.Event()):
            if isinstance(event, Preview) and not first[0]:
                first[0] = time.monotonic() - began
            if isinstance(event, Offer) and not first[1]:
                first[1] = time.monotonic() - began
        rounds.append((first[0], first[1], time.monotonic() - began, time.process_time() - busy))
    torch.set_num_threads(1)
    preview, one, all_six, busy = (statistics.median(column) for column in zip(*rounds, strict=True))
    holds = preview <= 0.7 and one <= 2 and all_six <= 6
    text = f"{preview:.2f} s / {one:.2f} s / {all_six:.2f} s; {busy:.2f} s of processor time"
    return Measured(text, holds, {"rounds": rounds})


def beside_plain() -> Measured:
    """Processor time of six drafts as the studio makes them, beside six plain calls of a pipeline at diffusers' usual 50 steps."""
    import torch

    pipe, _ = parts()
    engine_now, ratios = engine(), []
    for seed in range(3):
        began = time.process_time()
        for _ in engine_now.run(PaintAsk(prompt=PROMPT, n=6, seed=seed), threading.Event()):
            pass
        ours = time.process_time() - began
        began = time.process_time()
        for at in range(6):
            pipe(PROMPT, num_inference_steps=50, generator=torch.Generator().manual_seed(at))
        ratios.append(ours / (time.process_time() - began))
    ratio = statistics.median(ratios)
    return Measured(f"{100 * ratio:.0f} % of the time", ratio <= 0.5, {"ratios": ratios})


def same_alone() -> Measured:
    seeds = [random.Random(1).randrange(2**62) for _ in range(SEEDS // 5)]
    same = 0
    for seed in seeds:
        batch = offers(PaintAsk(prompt=PROMPT, n=5, seed=seed))
        same += sum(bool((pixels(one) == pixels(offers(PaintAsk(prompt=PROMPT, n=1, seed=one.seed))[0])).all()) for one in batch)
    return Measured(f"{same} of {SEEDS} identical", same == SEEDS, {})


def outside_mask() -> Measured:
    chance, changed = np.random.default_rng(2), 0
    for seed in range(REPAINTS):
        h, w = (int(x) for x in chance.integers(64, 260, 2))
        whole = chance.integers(0, 256, (h, w, 3), dtype=np.uint8)
        y, x = int(chance.integers(0, h // 2)), int(chance.integers(0, w // 2))
        mask = np.zeros((h, w), np.uint8)
        mask[y : y + h // 3, x : x + w // 3] = 255
        feather = int(chance.integers(0, 20))
        ask = RepaintAsk(
            prompt="sea",
            picture=given(Image.fromarray(whole)),
            mask=given(Image.fromarray(mask)),
            feather=feather,
            n=1,
            seed=seed,
            steps=4,
        )
        outside = np.ones((h, w), bool)
        outside[max(0, y - feather) : y + h // 3 + feather, max(0, x - feather) : x + w // 3 + feather] = False
        changed += int((pixels(offers(ask)[0]) != whole)[outside].any(-1).sum())
    return Measured(f"{changed} pixels changed in {REPAINTS} pictures", changed == 0, {})


def true_to_words() -> Measured:
    """Colour, kind and style of 400 prompts; the judge is told by how often it is right about true scenes."""
    judge, prompts = judging.judge(), judging.asked()
    made = [pixels(offers(PaintAsk(prompt=one.words, n=1, seed=at))[0]) for at, one in enumerate(prompts)]
    told = judge.tell(made)
    colour = statistics.mean(judging.shows(picture, one.colour) for picture, one in zip(made, prompts, strict=True))
    kind = statistics.mean(k == one.kind for (k, _), one in zip(told, prompts, strict=True))
    style = statistics.mean(s == one.style for (_, s), one in zip(told, prompts, strict=True))
    text = f"colour {100 * colour:.0f} %, kind {100 * kind:.0f} %, style {100 * style:.0f} % (judge on true scenes: kind {100 * judge.kind:.0f} %, style {100 * judge.style:.0f} %)"
    return Measured(text, colour >= 0.8 and kind >= 0.5 and style >= 0.7, {"prompts": len(prompts)})


def copies() -> Measured:
    made = painted(MANY)
    near = [at for at, (_, facts) in enumerate(made) if facts["nearest"]["copy"]]
    bits = statistics.median(facts["nearest"]["bits"] for _, facts in made)
    text = f"{100 * len(near) / MANY:.1f} % of {MANY}; the nearest differs in {bits:.0f} of 64 bits (median)"
    return Measured(text, len(near) < MANY / 100, {"which": near})


def varied() -> Measured:
    """Mean distance within batches of six seeds of one prompt, beside true scenes of one kind and style."""
    prompts = [one.words for one in judging.asked()[:20]]
    own = statistics.mean(spread([picture(one) for one in offers(PaintAsk(prompt=p, n=6))]).mean for p in prompts)
    groups: dict[tuple[str, str], list[Image.Image]] = {}
    for made, kind, style in judging.renders(judging.FIRST, 600):
        groups.setdefault((kind, style), []).append(Image.fromarray(made))
    true = statistics.mean(spread(some[:6]).mean for some in groups.values() if len(some) >= 6)
    return Measured(f"{own:.2f}, true scenes of one kind and style {true:.2f}", own >= 0.5 * true, {})


FIGURES = (
    Figure("drafts", "6 drafts: first preview 0.7 s, first finished 2 s, all 6 s, on 2 cores", speed),
    Figure("beside-plain", "at most half the time of six plain calls at the default steps", beside_plain),
    Figure("same-alone", "picture i of a batch is the same seed alone, to the pixel, 50 seeds", same_alone),
    Figure("outside-mask", "no pixel outside of the feathered mask changes", outside_mask),
    Figure("true-to-words", "400 prompts: colour 80 %, kind 50 %, style 70 %", true_to_words),
    Figure("copies", "near copies of training pictures among 1,000: below 1 %", copies),
    Figure("spread", "at least half as varied as true scenes of one kind and style", varied),
)
