"""Runtime `explorer`: a small world one drags through, played in numpy. No torch, no network.

A card's folder holds config.json and model.safetensors. Every offer tells the point it stands at, and the judge's score.
Nothing of an ask stays behind after its run.
"""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, Offer, Progress, Thing
from studio.images.ask import ExploreAsk

if TYPE_CHECKING:
    from studio.images.explorer.net import Nets

PACKAGES: tuple[str, ...] = ("numpy", "safetensors", "PIL")


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"numpy": version("numpy")}


def load(card: Card, folder: Path, place: Place) -> "ExplorerEngine":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products this small are slower on two threads
    from studio.images.explorer.net import Nets

    try:
        return ExplorerEngine(Nets(folder))
    except (OSError, ValueError, KeyError) as error:
        raise LoadFailed(f"{card.title} has no readable config.json or weights. Get the model again.") from error


class ExplorerEngine:
    slots = 2

    def __init__(self, nets: "Nets") -> None:
        from studio.images.explorer.space import Space

        self._nets: Nets | None = nets
        self._space = Space(nets.config, nets.weights)
        self.ask_types: dict[str, type[Ask]] = {"explore": ExploreAsk}

    def close(self) -> None:
        self._nets = None

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        if not isinstance(ask, ExploreAsk) or self._nets is None:
            raise Refused("This model shows a world to explore. Choose another one for this.")
        self._space.check(ask.sliders)
        points = ask.points or [self._space.point(ask.seed_of(i)) for i in range(ask.n)]
        for point in points[: ask.n]:
            self._space.checked(point)
        yield Progress(fraction=0.0)
        began = time.monotonic()
        for i in range(ask.n):
            if stop.is_set():
                return
            yield self._offer(self._nets, ask, i, points[i])
            done = (i + 1) / ask.n
            yield Progress(fraction=done, seconds_left=(time.monotonic() - began) * (1.0 - done) / done)

    def _offer(self, nets: "Nets", ask: ExploreAsk, i: int, point: tuple[float, ...]) -> Offer:
        from studio.images.explorer.looks import in_words

        pixels = nets.make(self._space.latent(point, ask.tame, ask.sliders))
        facts: dict[str, Any] = {
            "size": [pixels.shape[1], pixels.shape[0]],
            "point": list(point),
            "sliders": dict(ask.sliders),
            "tame": ask.tame,
            "score": round(nets.score(pixels), 4),
        }
        thing = Thing(name="body", media_type="image/png", body=png(pixels))
        return Offer(index=i, seed=ask.seed_of(i), things=(thing,), summary=in_words(pixels, nets.config["usual"]), facts=facts)


def png(pixels: Any) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
