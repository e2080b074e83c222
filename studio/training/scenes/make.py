"""One picture from its number: plan, drawing, style, measuring, caption."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from studio.training.scenes import (
    afar,
    colours,
    desert,
    garden,
    grammar,
    inside,
    landmarks,
    nature,
    patterns,
    still,
    things,
    town,
)
from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.objects import Objects
from studio.training.scenes.plan import Plan
from studio.training.scenes.styles import STYLES

KINDS: dict[str, tuple[Callable[[Board, Plan], None], float]] = {  # how each is drawn, and how often
    "sky": (nature.open_sky, 4),
    "mountains": (nature.mountains, 5),
    "sea": (nature.sea, 6),
    "lake": (nature.lake, 4),
    "forest": (nature.forest, 5),
    "field": (nature.field, 5),
    "desert": (desert.desert, 3),
    "street": (town.street, 4),
    "city": (town.skyline, 3),
    "village": (town.village, 3),
    "castle": (landmarks.castle, 2),
    "windmill": (landmarks.windmill, 2),
    "bridge": (landmarks.bridge, 2),
    "room": (inside.room, 5),
    "garden": (garden.garden, 4),
    "flowers": (garden.bloom, 4),
    "still life": (still.still_life, 6),
    "pattern": (patterns.pattern, 6),
    "space": (afar.space, 3),
    "under water": (afar.under_water, 4),
    "objects": (things.things, 24),
}
WEATHERS = ("", "", "", "", "", "fog", "rain", "snow", "rainbow")
SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True)
class Scene:
    """A picture (RGB, 8 bits), what it shows in words, and the same as data."""

    picture: Array
    caption: str
    parts: dict[str, Any]


def _plan(rng: np.random.Generator, objects: Objects | None) -> Plan:
    kinds = [kind for kind in KINDS if kind != "objects" or objects is not None]
    weights = np.array([KINDS[kind][1] for kind in kinds], float)
    kind = str(rng.choice(kinds, p=weights / weights.sum()))
    often = np.array([share for _, share in STYLES.values()], float)
    style = str(rng.choice(list(STYLES), p=often / often.sum()))
    if kind == "objects" and rng.random() < 0.4:
        style = "digital painting"  # their makers' own looks
    light = colours.LIGHTS[int(rng.choice(len(colours.LIGHTS), p=[0.1, 0.14, 0.16, 0.13, 0.15, 0.1, 0.12, 0.06, 0.04]))]
    season = str(rng.choice(SEASONS))
    weather = str(rng.choice(WEATHERS))
    if weather == "snow":
        season = "winter"
    if kind in ("room", "garden") and weather in ("snow", "rain", "fog"):
        weather = ""
    if kind == "desert" or light.name == "storm":
        weather = "" if weather in ("snow", "fog", "rain") else weather
    if weather == "rainbow" and (light.dark or light.name == "dusk"):
        weather = ""
    return Plan(rng, colours.Palette(rng, light), kind, style, season, weather, objects)


def make(seed: int, size: int = 128, objects: Objects | None = None) -> Scene:
    """The picture of this number, `size` pixels square; without objects only what is drawn here."""
    rng = np.random.default_rng([seed, 7001])
    plan = _plan(rng, objects)
    board = Board(size * 3 // 2 if size <= 192 else size)
    KINDS[plan.kind][0](board, plan)
    np.clip(board.rgb, 0, 1, out=board.rgb)
    painted = np.clip(STYLES[plan.style][0](board, rng), 0, 1)
    picture = (painted * 255 + 0.5).astype(np.uint8)
    if board.side != size:
        picture = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BOX))
    measure(board, plan, picture)
    palette = colours.five(picture)
    words = grammar.Words(np.random.default_rng([seed, 7002]), plan, picture)
    parts = {
        "kind": plan.kind,
        "style": plan.look if plan.look and plan.style == "digital painting" else plan.style,
        "light": plan.light.name,
        "season": words.season,
        "weather": plan.weather,
        "objects": [name for name, region in plan.named if any(t.region == region for t in plan.things)],
        "things": [thing.noun for thing in plan.things],
        "colours": [[t.noun, t.colour] for t in plan.things if t.colour],
        "palette": palette,
    }
    return Scene(picture, words.caption(), parts)


def measure(b: Board, p: Plan, picture: Array) -> None:
    """Only what is seen stays among the things; each gets the colour word that most of its pixels have."""
    at = (np.arange(len(picture)) * b.side / len(picture) + 0.5).astype(np.intp)
    regions = {name: number for number, name in enumerate(dict.fromkeys(b.names))}
    shown = np.array([regions[name] for name in b.names])[b.ids[at[:, None], at[None]]]
    kept = []
    for thing in p.things:
        seen = shown == regions.get(thing.region, -1)
        share = float(seen.mean())
        if share < (0.0015 if not thing.coloured or thing.weight > 0.7 else 0.006):
            continue
        if thing.coloured:
            thing.colour = colour_of(picture[seen])
        kept.append(thing)
    p.things[:] = kept


def colour_of(pixels: Array) -> str:
    """The colour word that more than half of these pixels have, or nothing."""
    if len(pixels) < 25:
        return ""
    spots = pixels[:: max(1, len(pixels) // 80)].astype(np.float32) / 255
    word, often = Counter(colours.names_of(spots)).most_common(1)[0]
    return word if often >= 0.55 * len(spots) else ""


def sheet(scenes: list[Scene], columns: int = 10) -> Image.Image:
    """A contact sheet."""
    size = len(scenes[0].picture)
    rows = -(-len(scenes) // columns)
    whole = Image.new("RGB", (columns * (size + 4), rows * (size + 4)), "white")
    for index, scene in enumerate(scenes):
        whole.paste(Image.fromarray(scene.picture), ((index % columns) * (size + 4) + 2, (index // columns) * (size + 4) + 2))
    return whole
