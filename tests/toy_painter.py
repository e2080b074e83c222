"""A painter without a model: coloured gradients from the seed, which tells the times its card says. Tests only.

Options: `step`, `decode` and `words` (seconds of a batch of one; told, not taken), `batch` (the most at once).
"""

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.ask import Ask
from studio.core.card import Card, Source
from studio.core.engine import Place, Stop
from studio.core.event import Event, Offer, Preview, Progress, Thing
from studio.images.ask import ASKS, FromSketchAsk, PictureAsk
from studio.registry import Registry, Shelf, runtime_finder

PACKAGES: tuple[str, ...] = ("pydantic",)
SIDE, STEPS, SHARED = 64, 4, 0.4


def versions() -> dict[str, str]:
    return {"toy": "1"}


def load(card: Card, folder: Path, place: Place) -> "ToyPainter":
    return ToyPainter(card.options)


class ToyPainter:
    def __init__(self, options: dict[str, Any]) -> None:
        self.ask_types: dict[str, type[Ask]] = {task: ASKS[task] for task in ("paint", "from-sketch")}
        self.slots = 1
        self._options = options

    def close(self) -> None:
        pass

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        assert isinstance(ask, PictureAsk)
        if isinstance(ask, FromSketchAsk):
            assert ask.sketch.body, "the sketch must have come along"
        yield Progress(fraction=0.0)
        words = self._take("words", 1)
        most = int(self._options.get("batch", 2))
        for at in range(0, ask.n, most):
            size = min(most, ask.n - at)
            steps = [self._take("step", size) for _ in range(ask.steps or STEPS) if not stop.is_set()]
            if stop.is_set():
                return
            yield Preview(index=at, media_type="image/jpeg", body=b"small")
            decode = self._take("decode", size)
            seconds = {"words": words, "step": sum(steps) / len(steps), "decode": decode, "batch": size}
            yield Progress(fraction=(at + size) / ask.n, seconds_left=1.0)
            for i in range(at, at + size):
                yield self._offer(ask, i, len(steps), seconds)

    def _take(self, what: str, size: int) -> float:
        """What a batch of this size is said to take: the clock of a busy machine is no test."""
        return float(self._options.get(what, 1e-6)) * (SHARED + (1 - SHARED) * size)

    def _offer(self, ask: PictureAsk, index: int, steps: int, seconds: dict[str, float]) -> Offer:
        seed = ask.seed_of(index)
        body = paint(seed, ask.width or SIDE, ask.height or SIDE)
        facts = {"size": [ask.width or SIDE, ask.height or SIDE], "steps": steps, "seconds": seconds, "unknown": [], "sampler": "Toy"}
        return Offer(index=index, seed=seed, things=(Thing(name="body", media_type="image/png", body=body),), facts=facts)


def paint(seed: int, width: int, height: int) -> bytes:
    from PIL import Image

    chance = random.Random(seed)
    ways = [Image.linear_gradient("L").rotate(90 * chance.randrange(4)), Image.radial_gradient("L"), Image.linear_gradient("L")]
    chance.shuffle(ways)
    shares = [chance.random() for _ in ways]
    picture = Image.merge("RGB", [way.point([int(v * k) for v in range(256)]) for way, k in zip(ways, shares, strict=True)]).resize((width, height))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def toy_card(**options: Any) -> Card:
    return Card(
        id="toy-painter", title="Toy painter", medium="picture", tasks=("paint", "from-sketch"), runtime="toy",
        source=Source(kind="embedded", where="toy"), revision="1", licence="none", size=0, memory=64 << 20, options=options,
    )  # fmt: skip


def toy_registry(folder: Path, **options: Any) -> Registry:
    """Close it."""
    from studio.hosts import host_maker

    (folder / "assets" / "toy").mkdir(parents=True, exist_ok=True)
    return Registry(
        shelf=Shelf((toy_card(**options),)), host_maker=host_maker("thread", 5.0), budget=4 << 30, device="cpu", offline=True,
        models_dir=folder / "models", assets_dir=folder / "assets", find_runtime=runtime_finder({"toy": "tests.toy_painter"}), threads=1,
    )  # fmt: skip
