"""Scenes without people's works: sky, mountains, sea, lake, forest, field, desert."""

import numpy as np

from studio.training.scenes import land, plants, skies, water
from studio.training.scenes.board import Board, discs, many, oval, shape
from studio.training.scenes.colours import Lch
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.props import boat, extras, lighthouse, scatter

ROCKS: tuple[Lch, ...] = ((0.58, 0.03, 265), (0.62, 0.05, 45), (0.55, 0.04, 230), (0.60, 0.06, 300), (0.52, 0.04, 160))
WATERS: tuple[Lch, ...] = ((0.55, 0.10, 235), (0.58, 0.09, 205), (0.48, 0.10, 255), (0.62, 0.08, 190))
PINE: Lch = (0.42, 0.08, 155)


def _of(p: Plan, choices: tuple[Lch, ...]) -> Lch:
    return choices[int(p.rng.integers(0, len(choices)))]


def open_sky(b: Board, p: Plan) -> None:
    """The sky is the picture; a low land beneath."""
    horizon = p.between(0.78, 0.92)
    skies.sky(b, p, horizon)
    p.things[0].weight, p.things[0].noun = 0.9, p.one("a wide sky", "a big sky", "a high sky")
    if p.chance(0.35):
        water.sea(b, p, horizon, _of(p, WATERS))
        p.add("the sea", "sea", 0.5)
    else:
        low = land.grass(p)
        for depth, base in ((0.4, horizon), (0.75, horizon + 0.05), (1.0, horizon + 0.1)):
            land.hills(b, p, base, 0.06, depth, low, "hills")
        p.add(p.one("hills", "low hills"), "hills", 0.5)
        if p.chance(0.5):
            x = p.between(0.15, 0.85)
            plants.round_tree(b, p, x, horizon + 0.06, p.between(0.12, 0.22), 0.9, plants.leaf_colour(p))
            p.add(p.one("a tree", "a lonely tree"), "tree", 0.6, side_of(x))
    extras(b, p, horizon, ("birds", "balloon", "kite", "object-sky"))


def mountains(b: Board, p: Plan) -> None:
    """Ranges one behind another, perhaps firs in front, perhaps a lake that mirrors them."""
    horizon = p.between(0.55, 0.7)
    skies.sky(b, p, horizon)
    rock = _of(p, ROCKS)
    snow = p.season == "winter" or p.chance(0.5)
    count = int(p.rng.integers(2, 5))
    for index in range(count):
        at = index / max(1, count - 1)
        tall = p.between(0.28, 0.46) * (1.0 - 0.5 * at)
        land.mountains(b, p, horizon + 0.10 * at, tall, 0.25 + 0.5 * at, snow and at < 0.7, rock, "mountains")
        if p.weather == "fog" or p.chance(0.2):
            land.mist(b, p, horizon - 0.08 + 0.1 * at, 0.07, 0.9)
    p.add(p.one("snowy mountains", "snow-capped mountains") if snow else p.one("mountains", "high mountains"), "mountains", 1.0)
    if p.chance(0.35):
        _firs(b, p, horizon + 0.06, 0.55, p.between(0.05, 0.1), int(p.rng.integers(12, 40)))
        water.mirror(b, p, horizon + 0.08, _of(p, WATERS), p.between(0.6, 1.0), "lake")
        p.add(p.one("a lake", "a calm lake", "a mountain lake"), "lake", 0.7)
        if p.chance(0.25):
            boat(b, p, p.between(0.2, 0.8), horizon + p.between(0.16, 0.24), 0.09)
    else:
        land.hills(b, p, horizon + 0.16, 0.12, 0.8, land.grass(p), "meadow")
        p.add("a meadow" if p.season != "winter" else "snow", "meadow", 0.45)
        if p.chance(0.35):
            scatter(b, p, horizon + 0.2)
        if p.chance(0.3):
            land.path(b, p, horizon + 0.1, (0.78, 0.05, 80))
            p.add(p.one("a path", "a winding path"), "path", 0.4, "", False)
    if p.chance(0.6):
        _firs(b, p, p.between(0.95, 1.06), 1.0, p.between(0.22, 0.42), int(p.rng.integers(4, 11)), gap=True)
    extras(b, p, horizon * 0.7, ("birds", "balloon", "hut", "object-animal"))


def _firs(b: Board, p: Plan, y: float, depth: float, high: float, count: int, gap: bool = False) -> None:
    """A row of firs; with a gap they frame the picture at its sides."""
    at = p.rng.uniform(0, 1, count)
    if gap:
        at = np.where(at < 0.5, at * 0.7, 1 - (1 - at) * 0.7)
    for x in at:
        tall = high * p.between(0.6, 1.1) * (1.15 - abs(0.5 - abs(float(x) - 0.5)) if gap else 1)
        plants.pine(b, p, float(x), y + p.between(-0.015, 0.03), tall, depth, PINE, "pines", p.season == "winter")
    p.add(p.always("pine trees", "fir trees", "pines"), "pines", 0.55)


def sea(b: Board, p: Plan) -> None:
    """The open sea or a coast."""
    horizon = p.between(0.36, 0.6)
    skies.sky(b, p, horizon)
    if p.chance(0.4):
        land.mountains(b, p, horizon + 0.005, p.between(0.05, 0.16), 0.3, False, _of(p, ROCKS), "coast")
        p.add(p.one("a distant coast", "islands", "a far shore"), "coast", 0.35, "", False)
    water.sea(b, p, horizon, _of(p, WATERS))
    p.add(p.one("the sea", "the ocean", "the open sea"), "sea", 1.0)
    if p.light.name == "storm" or p.chance(0.3):
        water.surf(b, p, horizon)
        p.add("waves", "foam", 0.5, "", False)
    p_boat = p.chance(0.45)
    if p_boat:
        for _ in range(1 if p.chance(0.7) else 2):
            near = p.between(0.04, 0.3)
            boat(b, p, p.between(0.12, 0.88), horizon + near * (1 - horizon), 0.06 + 0.3 * near)
    if p.chance(0.4):
        water.beach(b, p, p.between(0.78, 0.9), (0.86, 0.06, 82))
        p.add(p.one("a beach", "a sandy beach"), "sand", 0.6)
        if p.chance(0.45):
            for x in (p.between(0.05, 0.3), p.between(0.7, 0.95))[: 1 + int(p.chance(0.3))]:
                plants.palm(b, p, x, 0.93, p.between(0.4, 0.65), 1.0, (0.5, 0.12, 140))
            p.add("palm trees", "palm tree", 0.65)
    elif p.chance(0.35):
        lighthouse(b, p, p.between(0.12, 0.88), horizon + p.between(0.02, 0.25))
    extras(b, p, horizon, ("birds", "balloon", "object-sea"))


def lake(b: Board, p: Plan) -> None:
    """Still water with trees on the far shore, reeds and lilies near."""
    horizon = p.between(0.42, 0.56)
    skies.sky(b, p, horizon)
    if p.chance(0.6):
        land.hills(b, p, horizon + 0.02, p.between(0.08, 0.2), 0.35, land.grass(p, -0.1), "hills", 2.5)
        p.add(p.one("hills", "soft hills"), "hills", 0.35)
    build = p.one("round", "pine", "poplar")
    for x in p.rng.uniform(0, 1, int(p.rng.integers(8, 18))):
        high, foot = p.between(0.09, 0.24), horizon + p.between(0.0, 0.015)
        if build == "pine":
            plants.pine(b, p, float(x), foot, high, 0.7, PINE, "trees", p.season == "winter")
        elif build == "poplar":
            plants.poplar(b, p, float(x), foot, high, 0.7, plants.leaf_colour(p))
        else:
            plants.round_tree(b, p, float(x), foot, high, 0.7, plants.leaf_colour(p), "trees")
    p.add("trees" if build != "pine" else "pine trees", "trees", 0.55)
    water.mirror(b, p, horizon + 0.01, _of(p, WATERS), p.between(0.5, 1.0), "lake")
    p.add(p.one("a lake", "a quiet lake", "a pond", "a river"), "lake", 1.0)
    if p.chance(0.4):
        boat(b, p, p.between(0.15, 0.85), p.between(0.62, 0.8), p.between(0.12, 0.2))
    if p.chance(0.35):
        pads = [(p.between(0, 1), p.between(0.72, 1)) for _ in range(int(p.rng.integers(5, 13)))]
        b.draw(many(oval(x, y, 0.06 * y, 0.016 * y) for x, y in pads), p.palette.local((0.6, 0.12, 140), 1.0), "lilies")
        b.draw(discs((x, y - 0.012, 0.016 * y) for x, y in pads[::2]), p.palette.local((0.88, 0.1, 350), 1.0), "lilies")
        p.add("water lilies", "lilies", 0.5, "", False)
    for x in (p.between(0.02, 0.2), p.between(0.8, 0.98)):
        if p.chance(0.4):
            plants.reeds(b, p, x, 1.02, p.between(0.3, 0.5))
    p.add("reeds", "reeds", 0.4, "", False)
    extras(b, p, horizon, ("birds", "object-sea"))


def forest(b: Board, p: Plan) -> None:
    """Trunks in planes of light, a floor with a path."""
    light = p.palette.sky(0.8)
    b.rgb[:] = light + (p.palette.sky(0.3) - light) * (1 - b.y[..., None])
    floor = p.between(0.6, 0.72)
    colour = plants.leaf_colour(p)
    build = p.one("trunks", "birches", "pines")
    b.light(p.between(0.2, 0.8), floor - 0.25, 0.6, p.palette.sun(), 0.6)
    for depth in (0.15, 0.4, 0.7, 1.0):
        foot = floor + 0.26 * depth**1.6
        land.hills(
            b, p, foot + 0.02, 0.05, depth, land.grass(p, -0.05) if p.season != "autumn" else (0.6, 0.13, 55), "forest floor", 3
        )
        for x in p.rng.uniform(0, 1, round(11 - 8 * depth)):
            _trunk(b, p, build, float(x), foot, depth, colour)
        if depth < 0.9:
            land.mist(b, p, foot - 0.1, 0.16, (0.75 if p.weather == "fog" else 0.4) * (1 - depth))
    if p.chance(0.5):
        land.path(b, p, floor + 0.03, (0.72, 0.07, 70))
        p.add(p.one("a path", "a forest path", "a narrow path"), "path", 0.5, "", False)
    noun = {"birches": "a birch forest", "pines": "a pine forest"}.get(build, p.one("a forest", "the woods", "tall trees"))
    p.add(noun, "trees", 1.0, "", build != "birches")
    _rays(b, p)
    plants.blades(b, p, 1.0, 0.12, 50, land.grass(p, -0.1))
    extras(b, p, 0.2, ("object-animal", "mushrooms"))


def _trunk(b: Board, p: Plan, build: str, x: float, foot: float, depth: float, colour: Lch) -> None:
    if build == "pines":
        plants.pine(b, p, x, foot, 0.35 + 0.45 * depth, depth, (0.45, 0.09, 150), "trees", p.season == "winter")
        return
    if build == "birches":
        plants.birch(b, p, x, depth, foot, "trees")
    else:
        wide = 0.012 + 0.032 * depth * p.between(0.7, 1.2)
        lean = p.between(-0.04, 0.04)
        flare = [(x - wide * 1.7, foot + 0.01), (x - wide, foot - 0.1), (x - wide * 0.8 + lean, -0.02)]
        back = [(x + wide * 0.8 + lean, -0.02), (x + wide, foot - 0.1), (x + wide * 1.7, foot + 0.01)]
        whole = b.draw(shape([*flare, *back]), p.palette.local((0.36, 0.05, 50), depth), "trees")
        lit = whole * np.clip((b.x - x) / wide * (-1 if p.sun[0] < x else 1), 0, 1)
        b.lay(lit, p.palette.local((0.58, 0.07, 60), depth), None, 0.7)
    crown = [(p.between(-0.1, 0.1) + x, p.between(-0.02, 0.2) * (1.4 - 0.5 * depth), p.between(0.02, 0.06)) for _ in range(12)]
    if p.season != "winter":
        for by in (-0.1, 0.04):
            b.draw(
                discs((a + by * 0.1, c - by * 0.2, r * (1 - by)) for a, c, r in crown),
                p.palette.local((colour[0] + by, colour[1], colour[2]), depth),
                "trees",
            )


def _rays(b: Board, p: Plan) -> None:
    """Light that falls in beams through the crowns."""
    if p.light.dark or p.weather in ("fog", "rain", "snow") or not p.chance(0.5):
        return
    lean = p.between(-0.6, 0.6)
    across = b.x + (b.y - 0.5) * lean
    beams = np.clip(np.sin(across * p.between(14, 26) + p.between(0, 6)) * np.sin(across * 9.7 + 1) - 0.25, 0, 1)
    b.lay(beams * np.clip(1 - b.y * 0.9, 0, 1) * 0.45, p.palette.sun())
    p.add(p.one("beams of light", "sunbeams"), "trees", 0.4, "", False)


def field(b: Board, p: Plan) -> None:
    """Rolling farmland: meadows, rows of crops or flowers, a tree, a house."""
    horizon = p.between(0.42, 0.58)
    skies.sky(b, p, horizon)
    green = land.grass(p)
    if p.chance(0.45):
        land.mountains(b, p, horizon + 0.01, p.between(0.08, 0.2), 0.2, p.season == "winter", _of(p, ROCKS), "mountains")
        p.add(p.one("distant mountains", "far mountains"), "mountains", 0.35)
    tints = [green, (green[0] + 0.1, green[1], green[2] - 25), (green[0] - 0.08, green[1], green[2] + 10)]
    for index, depth in enumerate((0.4, 0.6, 0.8)):
        top = land.hills(b, p, horizon + 0.07 * index + 0.03, 0.09, depth, tints[index % 3], "hills")
        for x in p.rng.uniform(0.02, 0.98, int(p.rng.integers(0, 6))):
            foot = float(top[int(x * b.side)]) + 0.01
            (plants.round_tree if p.chance(0.6) else plants.poplar)(
                b, p, float(x), foot, 0.05 + 0.06 * depth, depth, plants.leaf_colour(p), "trees"
            )
    p.add(p.one("rolling hills", "hills"), "hills", 0.6)
    p.add("trees", "trees", 0.4)
    base = horizon + 0.2
    _crop(b, p, base)
    if p.chance(0.4):
        from studio.training.scenes.town import cottage

        cottage(b, p, p.between(0.2, 0.8), base + 0.02, p.between(0.12, 0.2))
    elif p.chance(0.5):
        x = p.between(0.2, 0.8)
        plants.round_tree(b, p, x, base + 0.06, p.between(0.3, 0.45), 1.0, plants.leaf_colour(p), "big tree")
        p.add(p.one("a tree", "a lonely tree", "a big tree", "an old tree"), "big tree", 0.75, side_of(x))
    extras(b, p, horizon, ("birds", "balloon", "object-animal", "kite"))


CROPS: dict[str, tuple[list[Lch], str]] = {
    "lavender": ([(0.58, 0.14, 298), (0.52, 0.13, 292)], "a lavender field"),
    "tulips": ([(0.62, 0.22, 25), (0.86, 0.17, 92), (0.72, 0.17, 350), (0.55, 0.19, 310)], "tulip fields"),
    "wheat": ([(0.80, 0.13, 86), (0.76, 0.12, 80)], "a wheat field"),
    "rapeseed": ([(0.89, 0.18, 103), (0.84, 0.17, 100)], "a rapeseed field"),
    "rows": ([(0.60, 0.13, 135), (0.54, 0.12, 142)], "rows of plants"),
}


def _crop(b: Board, p: Plan, base: float) -> None:
    if p.season == "winter":
        land.hills(b, p, base + 0.05, 0.06, 1.0, (0.95, 0.012, 250), "snow field")
        p.add(p.one("a field of snow", "deep snow", "a snowy field"), "snow field", 1.0)
        return
    choice = p.one(*CROPS, "meadow", "meadow")
    if choice == "meadow":
        land.hills(b, p, base + 0.05, 0.06, 1.0, land.grass(p), "meadow")
        p.add(p.one("a meadow", "a grassy meadow"), "meadow", 1.0)
        scatter(b, p, base + 0.06)
    else:
        land.rows_of(b, p, base, CROPS[choice][0], choice)
        p.add(CROPS[choice][1], choice, 1.0, "", choice != "tulips")
