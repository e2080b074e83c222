"""What a person can ask of a picture model. Everything that matters for a picture is in its ask.

Sizes, steps and guidance left at nothing are the model's own. A time budget is no part of an ask: it is turned into
steps before (`budget.py`), because the same ask must give the same picture on any machine.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from studio.core.ask import Ask
from studio.core.given import Given


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-f]{6}", value.lower()):
        raise ValueError("is no colour like #2b6cb0")
    return value.lower()


def _side(value: int) -> int:
    if value and (value % 8 or not 64 <= value <= 2048):
        raise ValueError("must be from 64 to 2048 and divide by 8")
    return value


Colour = Annotated[str, AfterValidator(_colour)]
Side = Annotated[int, AfterValidator(_side)]  # 0: the model's own
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class PictureAsk(Ask):
    """What every ask for pictures may say. Offer `i` begins from the noise of seed + i, whatever the batch."""

    medium: Literal["picture"] = "picture"
    n: int = Field(default=6, ge=1, le=16)
    prompt: str = Field(default="", max_length=4000)
    avoid: str = Field(default="", max_length=4000)  # what must not be in it
    width: Side = 0
    height: Side = 0
    steps: int = Field(default=0, ge=0, le=150)
    guidance: float | None = Field(default=None, ge=0.0, le=30.0)
    base: int | None = Field(default=None, ge=0, lt=2**63)  # variations: the seed whose noise they start from ...
    drift: Share = 1.0  # ... and how far each goes from there toward the noise of its own seed
    stir: Share = 0.0  # noise on the words themselves, for models whose pictures hardly depend on the seed
    palette: tuple[Colour, ...] = Field(default=(), max_length=8)
    hold: Share = 0.5  # how firmly the palette is held
    maps: bool = False  # also where each word acted: thing `maps`, a grey PNG of tiles one above another, facts["words"]
    film: bool = False  # also how it came about: thing `film`, an animated WebP of the steps


class PaintAsk(PictureAsk):
    """Pictures from words."""

    task: str = "paint"


class FromSketchAsk(PictureAsk):
    """From a hand: lines or patches of colour say where things are."""

    task: str = "from-sketch"
    sketch: Given
    sketch_kind: Literal["lines", "colours"] = "colours"
    follow: Share = 0.7  # how closely


class RestyleAsk(PictureAsk):
    """A picture made anew from a picture."""

    task: str = "restyle"
    picture: Given
    change: Share = 0.6


class RepaintAsk(PictureAsk):
    """Only what is white in the mask is made anew; outside of its feathered border not one pixel changes.

    To extend a picture, give it on a larger canvas with the new border in the mask.
    """

    task: str = "repaint"
    picture: Given
    mask: Given
    feather: int = Field(default=8, ge=0, le=256)  # pixels
    change: Share = 1.0


class WalkAsk(PictureAsk):
    """The way from one picture to another: offer `i` of n stands at i / (n - 1). All share what else is asked."""

    task: str = "walk"
    to_prompt: str = Field(default="", max_length=4000)
    to_seed: int = Field(default=1, ge=0, lt=2**63)


class ExploreAsk(Ask):
    """Pictures of the explorer: a point of its own for every seed, moved by named sliders."""

    medium: Literal["picture"] = "picture"
    task: str = "explore"
    n: int = Field(default=1, ge=1, le=16)
    sliders: dict[str, Annotated[float, Field(ge=-4.0, le=4.0)]] = Field(default={}, max_length=32)
    points: tuple[tuple[float, ...], ...] = Field(default=(), max_length=16)  # offer `i` begins at point i, not at its seed
    tame: Share = 0.7  # 1: as it comes, 0: the mean of all pictures

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.points and len(self.points) < self.n:
            raise ValueError("has fewer points than pictures asked for")
        return self


ASKS: dict[str, type[Ask]] = {
    ask.model_fields["task"].default: ask for ask in (PaintAsk, FromSketchAsk, RestyleAsk, RepaintAsk, WalkAsk, ExploreAsk)
}
