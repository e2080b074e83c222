"""What an ask for pictures means to the painter: how many places, steps and looks, and what it begins from."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.errors import Refused
from studio.core.given import Given as File
from studio.images.ask import FromSketchAsk, PictureAsk, RepaintAsk, RestyleAsk
from studio.images.opening import open_picture
from studio.images.painting.mask import weights

if TYPE_CHECKING:
    from PIL import Image

    from studio.images.painter.pipeline import Given, PainterPipeline
    from studio.images.painting.mask import Bytes, Floats

PLACES, LEAST, MOST = 16, 8, 32  # a side: of a square, of the short side, of the long one
OWN = 128  # pixels, of a square
MOST_STEPS = 60
COARSE = ((0.15, 0), (0.4, 2), (0.75, 4), (1.0, 8))  # follow up to -> squares a side in which colours are seen


@dataclass(frozen=True)
class Plan:
    """`high` and `wide` in places of eight pixels; `size` of what is offered, in pixels; for repaint what is pasted back."""

    high: int
    wide: int
    size: tuple[int, int]
    steps: int
    guidance: float
    two: bool
    original: "Bytes | None" = None
    shares: "Floats | None" = None


def opened(file: File, what: str) -> "Image.Image":
    if not file.body:
        raise Refused(f"The {what} this begins from is missing. Choose it again.")
    return open_picture(file.body, most_side=2048)


def places(width: int, height: int) -> tuple[int, int]:
    """Places high and wide of the asked shape, about as many as the painter learned on, even on both sides."""
    ratio = math.sqrt(width / height)

    def even(side: float) -> int:
        return min(MOST, max(LEAST, 2 * round(side / 2)))

    return even(PLACES / ratio), even(PLACES * ratio)


def plan(pipe: "PainterPipeline", ask: PictureAsk) -> Plan:
    """Refused where something to begin from is missing."""
    import numpy as np

    steps = min(ask.steps or int(pipe.config["steps"]), MOST_STEPS)
    guidance = float(pipe.config["guidance"] if ask.guidance is None else ask.guidance)
    two = guidance != 1.0 and (not pipe.config["distilled"] or bool(ask.avoid.strip()))
    if isinstance(ask, RepaintAsk):
        picture = opened(ask.picture, "picture")
        high, wide = places(*picture.size)
        shares = weights(opened(ask.mask, "mask"), picture.size, ask.feather)
        return Plan(high, wide, picture.size, steps, guidance, two, np.asarray(picture), shares)
    if isinstance(ask, RestyleAsk | FromSketchAsk):
        shape = opened(ask.picture, "picture").size if isinstance(ask, RestyleAsk) else opened(ask.sketch, "sketch").size
    else:
        shape = (OWN, OWN)
    if ask.width or ask.height:
        shape = (ask.width or ask.height, ask.height or ask.width)
        high, wide = places(*shape)
        return Plan(high, wide, shape, steps, guidance, two)
    high, wide = places(*shape)
    return Plan(high, wide, (8 * wide, 8 * high), steps, guidance, two)


def given(pipe: "PainterPipeline", ask: PictureAsk, todo: Plan) -> "Given":
    """What the net is given beside words, the same for every picture of the ask."""
    from studio.images.painter.pipeline import Given

    channels = pipe.nothing_given(todo.high, todo.wide)
    if isinstance(ask, RestyleAsk):
        start = pipe.encoded(opened(ask.picture, "picture"), todo.high, todo.wide)
        return Given(channels, start, max(0.05, ask.change))
    if isinstance(ask, RepaintAsk):
        return _repainted(pipe, ask, todo)
    if isinstance(ask, FromSketchAsk):
        return _sketched(pipe, ask, todo)
    return Given(channels)


def _repainted(pipe: "PainterPipeline", ask: RepaintAsk, todo: Plan) -> "Given":
    import numpy as np
    import torch
    from PIL import Image

    from studio.images.painter.pipeline import Given

    channels = pipe.nothing_given(todo.high, todo.wide)
    start = pipe.encoded(opened(ask.picture, "picture"), todo.high, todo.wide)
    new = Image.fromarray(((todo.shares > 0) * 255).astype(np.uint8)) if todo.shares is not None else None
    small = np.asarray(new.resize((todo.wide, todo.high), Image.Resampling.BOX)) if new is not None else np.zeros((1, 1))
    known = torch.from_numpy((small < 8).astype(np.float32))[None, None].to(start.device)
    channels[:, :8], channels[:, 8:9], channels[:, 15] = start * known, known, 1.0
    return Given(channels, start, max(0.05, ask.change), known)


def _sketched(pipe: "PainterPipeline", ask: FromSketchAsk, todo: Plan) -> "Given":
    import torch

    from studio.images.painter.pipeline import Given, seen_from_afar

    channels = pipe.nothing_given(todo.high, todo.wide)
    sketch = opened(ask.sketch, "sketch")
    if ask.sketch_kind == "lines":
        if ask.follow > 0.15:
            channels[:, 9:13] = torch.from_numpy(lines(sketch, todo.high, todo.wide)).to(channels.device) * min(
                1.0, 0.3 + ask.follow
            )
            channels[:, 14] = 1.0
        return Given(channels)
    latent = pipe.encoded(sketch, todo.high, todo.wide)
    grid = next(squares for most, squares in COARSE if ask.follow <= most)
    if grid:
        channels[:, :8], channels[:, 13] = seen_from_afar(latent, grid), grid / 8
    return Given(channels, latent, 1.0 - 0.35 * ask.follow) if ask.follow > 0.4 else Given(channels)


def lines(sketch: "Image.Image", high: int, wide: int) -> "Floats":
    """How much of a line runs through each quarter of every place: what differs from the paper is line. [4, high, wide]"""
    import numpy as np
    from PIL import Image

    small = np.asarray(sketch.convert("RGB").resize((8 * wide, 8 * high), Image.Resampling.LANCZOS)).astype(np.float32)
    paper = np.median(small.reshape(-1, 3), 0)
    ink = np.clip((np.abs(small - paper).max(-1) - 24) / 100, 0, 1)
    quarters = ink.reshape(high, 2, 4, wide, 2, 4).mean((2, 5))
    out: Floats = quarters.transpose(1, 3, 0, 2).reshape(4, high, wide)
    return out
