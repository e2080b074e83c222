"""The runtime `diffusers` on small pipelines of every family with random weights: what is promised must hold to the pixel.

How quick real models are is not measured here: that goes by their size and the machine, and the runtime adds only what
`preview` and `beside-plain` tell.
"""

import io
import itertools
import random
import statistics
import threading
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from studio.core.ask import Ask
from studio.core.event import Offer
from studio.core.given import Given, filled, givens, named
from studio.images.ask import FromSketchAsk, PaintAsk, PictureAsk, RepaintAsk, RestyleAsk, WalkAsk
from studio.images.engines.diffusers import DiffusersEngine
from tests import picture_models as pm
from tests.bench.figure import Figure, Measured

PROMPT = "a red house by the sea"
SEEDS, RECIPES, REPAINTS, STOPS = 50, 100, 60, 30
BLOCK = 0.06  # seconds a block is made to take, as those of large models do on a processor


@cache
def folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tandem-bench-pictures-")


@cache
def engine(family: str) -> DiffusersEngine:
    return pm.engine(pm.saved(Path(folder().name), family))


def bodies(family: str, ask: Ask) -> list[bytes]:
    events = engine(family).run(ask, threading.Event())
    return [event.things[0].body for event in events if isinstance(event, Offer)]


def given(picture: Image.Image) -> Given:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Given.of(out.getvalue(), "image/png")


def photo(chance: random.Random) -> Image.Image:
    size = chance.randrange(40, 120), chance.randrange(40, 120)
    noise = np.random.default_rng(chance.randrange(1 << 30)).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def masked(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    for _ in range(chance.randrange(1, 4)):
        left, top = chance.randrange(size[0] - 8), chance.randrange(size[1] - 8)
        mask.paste(255, (left, top, left + chance.randrange(4, 30), top + chance.randrange(4, 30)))
    return mask


def batch_identity() -> Measured:
    """A batch beside each of its seeds alone, the families in turn."""
    same: dict[str, int] = {}
    alone_of = dict.fromkeys(pm.FAMILIES, 0)
    for family, count in zip(pm.FAMILIES, _shares(SEEDS, len(pm.FAMILIES)), strict=True):
        many = bodies(family, PaintAsk(prompt=PROMPT, seed=100, n=count, steps=4))
        alone = [bodies(family, PaintAsk(prompt=PROMPT, seed=100 + i, n=1, steps=4))[0] for i in range(count)]
        same[family] = sum(one == other for one, other in zip(many, alone, strict=True))
        alone_of[family] = count
    total = sum(same.values())
    return Measured(f"{total} of {SEEDS} identical", total == SEEDS, {"same": same, "of": alone_of})


def _shares(total: int, parts: int) -> list[int]:
    return [total // parts + (i < total % parts) for i in range(parts)]


def plain_identity() -> Measured:
    """Beside a plain call of the library with the same generator."""
    import diffusers
    import torch

    same = {}
    for family in (*pm.FAMILIES, "sd3", "lcm"):
        pipe = diffusers.DiffusionPipeline.from_pretrained(pm.saved(Path(folder().name), family), local_files_only=True)
        pipe.set_progress_bar_config(disable=True)
        drawn = torch.Generator("cpu").manual_seed(8)
        plain = pipe(PROMPT, width=64, height=64, num_inference_steps=4, guidance_scale=3.0, generator=drawn).images[0]
        ours = Image.open(io.BytesIO(bodies(family, PaintAsk(prompt=PROMPT, seed=7, n=2, steps=4, guidance=3.0))[1]))
        same[family] = bool((np.asarray(plain) == np.asarray(ours)).all())
    return Measured(f"{sum(same.values())} of {len(same)} families", all(same.values()), same)


def outside_mask() -> Measured:
    """Pixels farther from the mask than its border; borders, sizes and masks by chance, every family and one that cannot inpaint."""
    chance, kept, counted, inside = random.Random(5), 0, 0, []
    families = itertools.cycle((*pm.FAMILIES, *pm.OTHERS))
    for family, _ in zip(families, range(REPAINTS), strict=False):
        picture = photo(chance)
        mask, feather = masked(chance, picture.size), chance.choice((0, 1, 4, 8, 15))
        ask = RepaintAsk(prompt=PROMPT, seed=3, n=1, steps=3, picture=given(picture), mask=given(mask), feather=feather)
        new = np.asarray(Image.open(io.BytesIO(bodies(family, ask)[0])))
        same = (new == np.asarray(picture)).all(-1)
        far = ~_near(np.asarray(mask) > 0, feather)
        kept, counted = kept + int(same[far].sum()), counted + int(far.sum())
        inside.append(float((~same[np.asarray(mask) > 0]).mean()))
    details = {"pictures": REPAINTS, "pixels": counted, "changed inside": round(statistics.mean(inside), 3)}
    return Measured(f"{100 * kept / counted:.4g} % of {counted:,} pixels identical", kept == counted, details)


def _near(white: np.ndarray, within: int) -> np.ndarray:
    """By shifting the mask about, one pixel at a time: not the way the runtime does it."""
    for _ in range(within):
        padded = np.pad(white, 1)
        rows, columns = white.shape
        white = np.any([padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0)
    return white


def recipes() -> Measured:
    """An ask of any task written down, read back, its files put back, and painted again among others."""
    chance, written, first = random.Random(9), [], []
    for i in range(RECIPES):
        family = pm.FAMILIES[i % len(pm.FAMILIES)]
        ask = _any_ask(chance)
        written.append((family, type(ask), named(ask).dumps(), {one.sha256: one.body for one in givens(ask).values()}))
        first.append(bodies(family, ask))
    order = list(range(RECIPES))
    chance.shuffle(order)
    same = 0
    for i in order:
        family, kind, told, files = written[i]
        same += bodies(family, filled(kind.loads(told), files)) == first[i]
    return Measured(f"{same} of {RECIPES} identical", same == RECIPES, {})


def _any_ask(chance: random.Random) -> PictureAsk:
    kind = chance.choice((PaintAsk, FromSketchAsk, RestyleAsk, RepaintAsk, WalkAsk))
    picture = photo(chance)
    more: dict[str, Any] = {"prompt": PROMPT, "seed": chance.randrange(1 << 40), "n": 1, "steps": 2}
    more |= chance.choice(
        ({}, {"base": 4, "drift": chance.random()}, {"stir": chance.random()}, {"avoid": "rain", "guidance": 4.0})
    )
    more |= {
        FromSketchAsk: {"sketch": given(picture)},
        RestyleAsk: {"picture": given(picture), "change": chance.uniform(0.1, 1)},
        RepaintAsk: {"picture": given(picture), "mask": given(masked(chance, picture.size))},
        WalkAsk: {"to_prompt": "a blue cat", "to_seed": 6, "n": 3},
    }.get(kind, {})
    return kind(**more)


def stop_latency() -> Measured:
    """From a stop at any moment until the iterator has ended, in models whose blocks take 60 ms each."""
    chance, waited = random.Random(2), []
    for i in range(STOPS):
        family = ("turbo", "flux", "z-image")[i % 3]
        pipe = engine(family)._model._pipe  # type: ignore[union-attr]
        denoiser = pipe.components.get("unet", pipe.components.get("transformer"))
        blocks = [block for block in denoiser.modules() if next(block.children(), None) is not None]
        hooks = [block.register_forward_pre_hook(lambda *_: time.sleep(BLOCK)) for block in blocks]
        stop, set_at = threading.Event(), []
        timer = threading.Timer(chance.uniform(0.1, 1.0), lambda stop=stop, at=set_at: (at.append(time.monotonic()), stop.set()))
        timer.start()
        for _ in engine(family).run(PaintAsk(prompt=PROMPT, n=8, steps=4, seed=i), stop):
            pass
        waited.append(time.monotonic() - set_at[0])
        for hook in hooks:
            hook.remove()
    worst, middle = max(waited), statistics.median(waited)
    details = {"median": round(middle, 3), "worst": round(worst, 3)}
    return Measured(f"{middle:.2f} s, at worst {worst:.2f} s", worst <= 0.2, details)


def preview() -> Measured:
    """One preview of a 512-pixel picture: latents to colours, and the file that is sent."""
    import torch

    from studio.images.painting import previews

    looks = engine("sd1")._model.looks  # type: ignore[union-attr]
    latents = torch.randn(1, 4, 64, 64, generator=torch.Generator().manual_seed(1))
    took, size = [], 0
    for _ in range(30):
        began = time.process_time()
        size = len(previews.webp(looks.picture(latents, (512, 512))))
        took.append(time.process_time() - began)
    middle = statistics.median(took)
    return Measured(f"{middle * 1000:.1f} ms, {size / 1000:.1f} kB", middle < 0.02, {"seconds": took[:5], "bytes": size})


FIGURES = (
    Figure("batch-identity", "50 of 50 seeds: the same 8-bit pixels alone and in a batch", batch_identity),
    Figure("beside-plain", "all families: the same 8-bit pixels as a plain call of the library", plain_identity),
    Figure("outside-mask", "100 % of the pixels outside the feathered mask identical", outside_mask),
    Figure("recipe-again", "100 of 100 identical", recipes),
    Figure("stop", "within 0.2 s, also inside of a step", stop_latency),
    Figure("preview", "below 20 ms of one core at 512 px", preview),
)
