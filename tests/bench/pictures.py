"""The figures around the picture engines: metadata, files from outside, palettes, the time budget, and recipes made again."""

import io
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.core.engine import Engine, Place
from studio.core.event import Offer
from studio.core.recipe import Recipe
from studio.hosts.stop import StopFlag
from studio.images.ask import PaintAsk
from studio.images.budget import Seen, Timing
from studio.images.metadata import export, read_metadata
from studio.images.palette import REACH, extract, hold
from studio.registry import read_shelf
from tests import foreign_pictures
from tests.bench.figure import Figure, Measured
from tests.foreign_graphs import comfyui
from tests.running import ROOT

MODELS = Path(ROOT) / "assets" / "models"
PROMPTS = (
    "a lake in the mountains at dawn", "a forest in autumn, watercolour", "a town by the sea at night", "a garden in spring", "a still life with pears",
    "a stormy sea, oil painting", "snow on a hill, woodcut", "a desert under the moon", "a meadow with flowers, pastel", "a street in the rain, neon",
)  # fmt: skip


@lru_cache(maxsize=1)
def painter() -> Engine:
    from studio.images.engines import painter as runtime

    card = next(card for card in read_shelf().cards if card.id == "painter-mini")
    return runtime.load(card, MODELS / "painter-mini", Place(device="cpu", threads=1, memory=1 << 30))


def offers(ask: PaintAsk) -> Iterator[Offer]:
    yield from (event for event in painter().run(ask, StopFlag()) if isinstance(event, Offer))


def recipe_of(ask: PaintAsk, index: int) -> Recipe:
    return Recipe(model="painter-mini", revision="1", runtime="painter", weights="0" * 64, ask=ask.model_dump(mode="json"), index=index, seed=ask.seed_of(index))


def picture_of(body: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(body)).convert("RGB")


def _again() -> Measured:
    """100 pictures written with their recipe, read back, and painted anew from what was read, each alone."""
    same, ways = 0, ("png", "webp")
    for at, prompt in enumerate(PROMPTS):
        ask = PaintAsk(prompt=prompt, n=10, seed=100 * at, palette=("#1b2a41", "#e07a5f", "#f2cc8f") if at % 3 == 2 else (), steps=at % 3)
        for offer in offers(ask):
            data = export(offer.things[0].body, ways[offer.index % 2], recipe_of(ask, offer.index), offer.facts)  # type: ignore[arg-type]
            found = read_metadata(data)
            recipe = found.recipe if found else None
            if recipe is None:
                continue
            alone = PaintAsk.model_validate(recipe.ask).changed(n=1, seed=recipe.seed)
            made = next(offers(alone)).things[0].body
            same += picture_of(made).tobytes() == picture_of(data).tobytes()
    return Measured(f"identical {same} of 100", same == 100, {"same": same})


def _by_others() -> Measured:
    """30 of our PNGs, 5 WebPs and 5 JPEGs read by sd-parsers."""
    from tests.hostile_pictures import real

    chance, right = random.Random(5), 0
    forms = ["png"] * 30 + ["webp"] * 5 + ["jpeg"] * 5
    for i, form in enumerate(forms):
        prompt, avoid = foreign_pictures.PROMPTS[i % 7], foreign_pictures.AVOIDS[i % 4]
        ask = PaintAsk(prompt=prompt, avoid=avoid, seed=chance.randrange(2**63), guidance=2.5, n=1)
        steps = chance.randrange(1, 60)
        made = export(real("PNG", (128, 64)), form, recipe_of(ask, 0), {"steps": steps, "sampler": "Euler"})  # type: ignore[arg-type]
        told = foreign_pictures.read_by_others(made)
        sampler = told.samplers[0] if told else None
        right += sampler is not None and (
            [p.value for p in sampler.prompts], [p.value for p in sampler.negative_prompts], sampler.name, sampler.parameters, sampler.model.name, told.metadata["Size"],
        ) == (
            [prompt.strip()], [avoid] if avoid else [], "Euler", {"seed": str(ask.seed), "steps": str(steps), "cfg_scale": "2.5"}, "painter-mini", "128x64",
        )  # fmt: skip
    return Measured(f"all fields in {right} of {len(forms)} (30 PNG, 5 WebP, 5 JPEG)", right == len(forms), {"reader": "sd-parsers"})


def _of_others() -> Measured:
    right: dict[str, int] = {}
    files = 0
    for make in (foreign_pictures.a1111, foreign_pictures.invokeai, comfyui, foreign_pictures.fooocus):
        for _, data, wanted in make():
            found, files = read_metadata(data), files + 1
            good = found is not None and {key: getattr(found, key) for key in wanted} == wanted
            right[make.__name__] = right.get(make.__name__, 0) + good
    told = ", ".join(f"{name} {count}" for name, count in right.items())
    return Measured(f"all fields: {told}", sum(right.values()) == files, {**right, "files": files})


def _hostile() -> Measured:
    done = subprocess.run([sys.executable, "-m", "tests.bench.opening_one"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    opened = [line["name"] for line in lines if line["said"].startswith("opened")]
    slowest, largest = max(line["seconds"] for line in lines), max(line["megabytes"] for line in lines)
    value = f"{len(lines) - len(opened)} of {len(lines)} refused, slowest {slowest:.2f} s, at most {largest:.0f} MB more"
    return Measured(value, len(lines) >= 30 and not opened and slowest < 1 and largest <= 64, {"opened": opened, "files": lines})


def _palettes() -> Measured:
    """40 pictures, each in the colours of another, at full firmness."""
    pictures = [picture_of(offer.things[0].body) for at, prompt in enumerate(PROMPTS) for offer in offers(PaintAsk(prompt=prompt, n=4, seed=50 * at))]
    farthest, before, after, seconds = 0.0, [], [], []
    for picture, other in zip(pictures, pictures[7:] + pictures[:7], strict=True):
        palette = extract(other)
        start = time.process_time()
        held = hold(picture, palette, 1.0)
        seconds.append(time.process_time() - start)
        farthest = max(farthest, held.farthest)
        before.append(hold(picture, palette, 0.0).distance)
        after.append(held.distance)
    value = f"farthest pixel {farthest:.1f} from a mix of the swatches; palettes {statistics.mean(before):.1f} -> {statistics.mean(after):.1f} apart"
    return Measured(value, farthest <= REACH, {"seconds_of_processor": round(statistics.median(seconds), 3), "unit": "OKLab x 100"})


def _predicted() -> Measured:
    """50 runs of varied size, each predicted from those before it, beside what the clock said."""
    chance, known, shares = random.Random(3), Timing(), []
    for offer in offers(PaintAsk(prompt=PROMPTS[0], n=3, steps=2)):
        known = known.with_(Seen.model_validate(offer.facts["seconds"]))
    for _ in range(50):
        n, steps = chance.randint(1, 6), chance.randint(2, 8)
        predicted = known.seconds(n, steps)
        start = time.perf_counter()
        made = list(offers(PaintAsk(prompt=chance.choice(PROMPTS), n=n, steps=steps, seed=chance.randrange(10**6))))
        shares.append(predicted / (time.perf_counter() - start))
        for offer in made:
            known = known.with_(Seen.model_validate(offer.facts["seconds"]))
    right = sum(abs(share - 1) <= 0.3 for share in shares)
    return Measured(f"{right} of 50 within 30 %", right >= 40, {"load": os.getloadavg()[0], "predicted / real": [round(share, 2) for share in shares]})


FIGURES = (
    Figure("recipe-again", "identical, 100 of 100", _again),
    Figure("metadata-by-others", "all fields, 30 files", _by_others),
    Figure("metadata-of-others", "all fields, 30 files each", _of_others),
    Figure("hostile-files", "30 refused within 1 s, at most 64 MB more", _hostile),
    Figure("palette-held", f"every pixel within {REACH:g} of a mix of the swatches at full firmness", _palettes),
    Figure("seconds-predicted", "within 30 % for 80 % of 50 runs", _predicted),
)
