"""What exactly is to be done for an ask: size, steps, guidance, and the pictures it begins from, ready for the pipeline."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio.core.given import Given
from studio.images.ask import FromSketchAsk, PictureAsk, RepaintAsk, RestyleAsk
from studio.images.painting import mask as masks
from studio.images.painting.families import FEW, FROM_PICTURE, FROM_WORDS, INPAINT

if TYPE_CHECKING:
    from PIL import Image

LEAST_SIDE = 64
LEAST_CHANGE = 0.02


@dataclass(frozen=True)
class Usual:
    """What a model does when it is not told otherwise."""

    steps: int
    guidance: float
    side: int
    divides: int  # both sides must divide by this
    takes_all: bool = False  # takes every step asked for, however little is to change


@dataclass(frozen=True)
class Plan:
    kind: str  # which of a family's pipelines
    width: int
    height: int
    steps: int  # as the pipeline is asked for
    guidance: float
    strength: float = 1.0
    picture: "Image.Image | None" = None  # at width x height
    mask: "Image.Image | None" = None  # at width x height, as the model sees it
    original: Any = None  # at its own size, 8 bits
    shares: Any = None  # of the new picture, at the original's size

    @property
    def size(self) -> tuple[int, int]:
        """Of the finished picture."""
        return (self.original.shape[1], self.original.shape[0]) if self.original is not None else (self.width, self.height)


def plan(ask: PictureAsk, usual: Usual) -> Plan:
    steps = ask.steps or usual.steps
    guidance = usual.guidance if ask.guidance is None else ask.guidance
    given = _opened(_given(ask))
    width, height = _size(ask, usual, given)
    if given is None:
        return Plan(FROM_WORDS, width, height, steps, guidance)
    strength = _strength(ask)
    steps = steps if usual.takes_all else _on_the_way(steps, strength)
    shown = _fitted(given, (width, height), stretch=isinstance(ask, RepaintAsk))
    if isinstance(ask, RepaintAsk):
        import numpy as np

        shares = masks.weights(_opened_mask(ask.mask), given.size, ask.feather)
        seen = masks.for_model(shares).resize((width, height))
        return Plan(INPAINT, width, height, steps, guidance, strength, shown, seen, np.asarray(given), shares)
    return Plan(FROM_PICTURE, width, height, steps, guidance, strength, shown)


def _given(ask: PictureAsk) -> Given | None:
    match ask:
        case FromSketchAsk():
            return ask.sketch
        case RestyleAsk() | RepaintAsk():
            return ask.picture
        case _:
            return None


def _opened(given: Given | None) -> "Image.Image | None":
    from studio.images.opening import open_picture

    return None if given is None else open_picture(given.body).convert("RGB")


def _opened_mask(given: Given) -> "Image.Image":
    from studio.images.opening import open_picture

    return open_picture(given.body).convert("L")


def _strength(ask: PictureAsk) -> float:
    """How much is made anew. A sketch followed to the letter still needs most of the way: it is not a painting yet."""
    if isinstance(ask, FromSketchAsk):
        return 1.0 - 0.5 * ask.follow
    return max(LEAST_CHANGE, ask.change) if isinstance(ask, RestyleAsk | RepaintAsk) else 1.0


def _on_the_way(steps: int, strength: float) -> int:
    """Pipelines skip the first steps where less is to change. A few steps shall stay a few, and one is always taken."""
    longer = math.ceil(steps / strength - 1e-9)
    return longer if steps < FEW else max(steps, math.ceil(1 / strength - 1e-9))


def _size(ask: PictureAsk, usual: Usual, given: "Image.Image | None") -> tuple[int, int]:
    """As asked; else the model's own, in the shape of the picture it begins from."""
    shape = given.width / given.height if given is not None else 1.0
    if ask.width and ask.height:
        width, height = float(ask.width), float(ask.height)
    elif ask.width or ask.height:
        width, height = (ask.width, ask.width / shape) if ask.width else (ask.height * shape, ask.height)
    else:
        width, height = usual.side * shape**0.5, usual.side / shape**0.5
    least = max(usual.divides, min(LEAST_SIDE, usual.side))
    return tuple(max(least, round(side / usual.divides) * usual.divides) for side in (width, height))  # type: ignore[return-value]


def _fitted(picture: "Image.Image", size: tuple[int, int], *, stretch: bool) -> "Image.Image":
    """Cut to the shape asked for, from the middle; a picture that is repainted must keep its places."""
    from PIL import Image, ImageOps

    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS) if stretch else ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
