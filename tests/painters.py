"""The embedded painter as it ships, loaded once for all tests of a process."""

import io
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from studio.core.ask import Ask
from studio.core.engine import Place
from studio.core.event import Event, Offer
from studio.core.given import Given
from studio.images.engines import painter
from studio.registry import read_shelf
from tests.running import ROOT

FOLDER = Path(ROOT) / "assets" / "models" / "painter-mini"


@lru_cache(maxsize=1)
def parts() -> tuple[Any, Any]:
    """The pipeline and the index of near copies; neither keeps anything of an ask."""
    card = next(card for card in read_shelf().cards if card.id == "painter-mini")
    made: Any = painter.load(card, FOLDER, Place(device="cpu", threads=1, memory=1 << 30))
    return made._pipe, made._nearness


def engine() -> painter.PainterEngine:
    return painter.PainterEngine(*parts())


def events(ask: Ask) -> list[Event]:
    return list(engine().run(ask, threading.Event()))


def offers(ask: Ask) -> list[Offer]:
    return [event for event in events(ask) if isinstance(event, Offer)]


def picture(offer: Offer, name: str = "body") -> Image.Image:
    return Image.open(io.BytesIO(next(thing.body for thing in offer.things if thing.name == name)))


def pixels(offer: Offer) -> Any:
    return np.asarray(picture(offer))


def given(image: Image.Image) -> Given:
    out = io.BytesIO()
    image.save(out, "PNG")
    return Given.of(out.getvalue(), "image/png")


def halves(size: tuple[int, int] = (128, 128), above: str = "#3060c0", below: str = "#e0b040") -> Image.Image:
    """A sketch: one colour above, one below."""
    image = Image.new("RGB", size, above)
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill=below)
    return image
