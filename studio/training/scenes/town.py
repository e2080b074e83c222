"""What people built: cottages, streets and canals, skylines, villages, castles, windmills, bridges."""

import numpy as np

from studio.training.scenes import land, plants, skies, water
from studio.training.scenes.board import Board, box, many, oval, shape
from studio.training.scenes.colours import Array, Lch
from studio.training.scenes.placing import bright
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.props import extras

WALLS: tuple[Lch, ...] = (
    (0.94, 0.03, 85), (0.85, 0.07, 75), (0.75, 0.10, 45), (0.80, 0.08, 350), (0.78, 0.07, 230), (0.82, 0.08, 140),
    (0.88, 0.10, 92),
    (0.62, 0.13, 35), (0.70, 0.09, 200),
)  # fmt: skip
ROOFS: tuple[Lch, ...] = ((0.56, 0.16, 33), (0.45, 0.09, 40), (0.42, 0.05, 260), (0.50, 0.11, 150), (0.45, 0.12, 270))
STONE: Lch = (0.68, 0.03, 70)


def one_of(p: Plan, choices: tuple[Lch, ...]) -> Lch:
    return choices[int(p.rng.integers(0, len(choices)))]


def lamp_time(p: Plan) -> bool:
    return p.light.dark or p.light.name in ("dusk", "storm")


def pane(p: Plan, lit: bool) -> Array:
    return p.palette.raw((0.90, 0.14, 85)) if lit else p.palette.local((0.45, 0.05, 245), 1.0)


def cottage(b: Board, p: Plan, x: float, y: float, size: float, tell: bool = True) -> None:
    """A small house with gable, door, windows and chimney; y is its ground."""
    wall, roof = one_of(p, WALLS), one_of(p, ROOFS)
    wide, high = size, size * 0.62
    side = 1 if p.sun[0] < 0.5 else -1
    b.draw(box(x + wide * 0.45, y - high * 1.75, wide * 0.16, high * 0.6), p.palette.local((0.5, 0.06, 40), 0.95), "chimney")
    b.draw(box(x - wide, y - high, wide * 2, high * 1.02), p.palette.local(wall, 0.95), "house")
    b.lay(
        b.mask(box(x + (wide * 0.2 if side > 0 else -wide), y - high, wide * 0.8, high * 1.02)),
        p.palette.raw(p.light.shade),
        None,
        0.22,
    )
    eaves = [
        (x - wide * 1.14, y - high),
        (x - wide * 0.72, y - high * 1.7),
        (x + wide * 0.72, y - high * 1.7),
        (x + wide * 1.14, y - high),
    ]
    b.draw(shape(eaves), p.palette.local((0.97, 0.01, 250) if p.season == "winter" else roof, 0.95), "roof")
    b.draw(box(x - wide * 0.14, y - high * 0.6, wide * 0.28, high * 0.61), p.palette.local(bright(p), 0.95), "door")
    panes = many(box(x + at * wide - wide * 0.15, y - high * 0.72, wide * 0.3, high * 0.34) for at in (-0.6, 0.6))
    lit = lamp_time(p) or p.chance(0.1)
    b.draw(panes, pane(p, lit), "windows")
    if lit:
        for at in (-0.6, 0.6):
            b.light(x + at * wide, y - high * 0.55, wide * 0.8, pane(p, True), 0.5)
    if tell:
        p.add(p.always("a house", "a cottage", "a small house", "a little house"), "house", 0.85, side_of(x), False)
        p.add("a roof", "roof", 0.35)
        if lit:
            p.add("lit windows", "windows", 0.4, "", False)


def _facade(b: Board, p: Plan, left: float, wide: float, base: float, high: float, depth: float) -> None:
    """One narrow house of a row: wall, windows in floors, a gable of its own, a door or a shop."""
    wall, top = one_of(p, WALLS), base - high
    colour = p.palette.local(wall, depth)
    b.draw(box(left, top, wide, high), colour, "house")
    roof = p.palette.local((0.97, 0.01, 250) if p.season == "winter" else one_of(p, ROOFS), depth)
    build = p.one("gable", "steps", "flat", "hip")
    if build == "gable":
        b.draw(shape([(left - 0.008, top), (left + wide / 2, top - wide * 0.6), (left + wide + 0.008, top)]), roof, "roof")
    elif build == "steps":
        for step in range(4):
            b.draw(box(left + wide * 0.11 * step, top - 0.022 * (step + 1), wide * (1 - 0.22 * step), 0.024), colour, "house")
    elif build == "hip":
        b.draw(
            shape(
                [
                    (left - 0.01, top),
                    (left + wide * 0.18, top - wide * 0.4),
                    (left + wide * 0.82, top - wide * 0.4),
                    (left + wide + 0.01, top),
                ]
            ),
            roof,
            "roof",
        )
    else:
        b.draw(box(left - 0.006, top - 0.014, wide + 0.012, 0.02), p.palette.shade(colour, 0.4), "roof")
    b.lay(b.mask(box(left + wide * 0.93, top, wide * 0.07, high)), p.palette.raw(p.light.shade), None, 0.25)
    floors, columns = max(2, round(high / 0.1)), 2 if wide < 0.15 else 3
    spots = [
        (left + wide * (at + 0.5) / columns, top + high * (floor + 0.35) / floors)
        for floor in range(floors - 1)
        for at in range(columns)
    ]
    half, tall = wide * 0.5 / columns * 0.62, high / floors * 0.28
    light = p.palette.local((0.95, 0.02, 85), depth)
    b.draw(many(box(x - half * 1.25, y - tall * 1.15, half * 2.5, tall * 2.3) for x, y in spots), light, "frames")
    lit = [spot for spot in spots if lamp_time(p) and p.chance(0.65)]
    b.draw(many(box(x - half, y - tall, half * 2, tall * 2) for x, y in spots), pane(p, False), "panes")
    if lit:
        b.draw(many(box(x - half, y - tall, half * 2, tall * 2) for x, y in lit), pane(p, True), "windows")
    low = base - high / floors * 0.82
    if p.chance(0.4):
        shop = bright(p)
        b.draw(box(left + wide * 0.1, low, wide * 0.8, base - low), pane(p, lamp_time(p)), "shop")
        b.draw(
            shape([(left + wide * 0.06, low), (left + wide * 0.94, low), (left + wide, low + 0.035), (left, low + 0.035)]),
            p.palette.local(shop, 1.0),
            "awning",
        )
    else:
        b.draw(box(left + wide * 0.36, low + 0.008, wide * 0.28, base - low), p.palette.local(bright(p), depth), "door")


def street(b: Board, p: Plan) -> None:
    """A row of house fronts, on a street or a canal that mirrors them."""
    base = p.between(0.66, 0.78)
    canal = p.chance(0.4)
    if canal:
        base -= 0.14
    skies.sky(b, p, base)
    left = p.between(-0.12, 0.0)
    while left < 1:
        wide = p.between(0.11, 0.2)
        _facade(b, p, left, wide, base, p.between(0.24, 0.42), 0.95)
        left += wide
    p.add(
        p.one(
            "a row of houses",
            "old houses",
            "town houses",
            "colourful houses" if p.palette.chroma > 1.1 and not p.palette.pull else "houses",
        ),
        "house",
        1.0,
        coloured=False,
    )
    if lamp_time(p):
        p.add("lit windows", "windows", 0.4, "", False)
    if canal:
        b.draw(box(0, base, 1, 0.03), p.palette.local((0.5, 0.03, 60), 1.0), "quay")
        water.mirror(b, p, base + 0.025, (0.45, 0.06, 220), p.between(0.4, 0.9), "canal")
        p.add(p.one("a canal", "the canal"), "canal", 0.7)
        extras(b, p, base, ("birds", "object-sea"))
        return
    b.draw(box(0, base - 0.002, 1, 0.06), p.palette.local((0.74, 0.02, 80), 1.0), "pavement")
    road = p.palette.local((0.48, 0.015, 270), 1.0)
    b.draw(
        box(0, base + 0.05, 1, 1),
        p.palette.local((0.95, 0.01, 250), 1.0) if p.season == "winter" and p.chance(0.5) else road,
        "street",
    )
    for x in np.arange(p.between(0.0, 0.12), 1, 0.22):
        b.draw(box(float(x), base + 0.15, 0.11, 0.012), p.palette.local((0.9, 0.02, 90), 1.0), "marks")
    p.add(p.one("a street", "a road"), "street", 0.6, coloured=False)
    for x in (p.between(0.06, 0.3), p.between(0.7, 0.94))[: int(p.rng.integers(0, 3))]:
        lantern(b, p, x, base + 0.05)
    if p.chance(0.5):
        for x in p.rng.uniform(0.05, 0.95, int(p.rng.integers(1, 4))):
            plants.round_tree(b, p, float(x), base + 0.045, p.between(0.18, 0.28), 1.0, plants.leaf_colour(p), "trees")
        p.add("trees", "trees", 0.45)
    extras(b, p, base - 0.02, ("object-street",))


def lantern(b: Board, p: Plan, x: float, y: float) -> None:
    iron = p.palette.local((0.25, 0.02, 260), 1.0)
    b.draw(many([box(x - 0.005, y - 0.26, 0.01, 0.26), box(x - 0.013, y - 0.02, 0.026, 0.02)]), iron, "lamp post")
    if lamp_time(p):
        b.light(x, y - 0.28, 0.14, p.palette.raw((0.92, 0.12, 85)), 0.8)
    b.draw(
        box(x - 0.013, y - 0.3, 0.026, 0.042, 0.006),
        pane(p, lamp_time(p)) if lamp_time(p) else p.palette.local((0.9, 0.04, 95)),
        "lamp post",
    )
    b.draw(shape([(x - 0.02, y - 0.298), (x, y - 0.325), (x + 0.02, y - 0.298)]), iron, "lamp post")
    p.add(p.always("a street lamp", "a lantern", "a lamp post"), "lamp post", 0.5, side_of(x), False)


def skyline(b: Board, p: Plan) -> None:
    """Towers of a city in planes of haze, their windows lit when it is dark; often above water."""
    base = p.between(0.62, 0.8)
    skies.sky(b, p, base)
    lit = lamp_time(p)
    for depth in (0.3, 0.6, 0.92):
        left = p.between(-0.08, 0.0)
        hue = p.between(0, 360) if p.chance(0.3) else p.between(220, 290)
        while left < 1:
            wide, tall = p.between(0.05, 0.13), p.between(0.12, 0.5) * (1.15 - 0.5 * depth)
            _tower(b, p, left, wide, base, tall, depth, (p.between(0.45, 0.62), 0.04, hue), lit)
            left += wide * p.between(1.0, 1.25)
    p.add(p.one("a city skyline", "a city", "city towers", "a big city", "tall buildings"), "towers", 1.0, coloured=not lit)
    if lit:
        p.add(p.one("lit windows", "city lights"), "windows", 0.5, "", False)
    if p.chance(0.6):
        water.mirror(b, p, base, (0.45, 0.07, 240), p.between(0.3, 0.8), "river")
        p.add(p.one("a river", "the river", "the water"), "river", 0.6)
    else:
        for x in p.rng.uniform(0, 1, 16):
            plants.bush(b, p, float(x), base + 0.05, p.between(0.04, 0.09), 1.0, plants.leaf_colour(p), "park")
        land.hills(b, p, base + 0.09, 0.04, 1.0, land.grass(p), "park")
        p.add("a park", "park", 0.5)
    extras(b, p, base, ("birds", "balloon", "object-sky"))


def _tower(b: Board, p: Plan, left: float, wide: float, base: float, tall: float, depth: float, colour: Lch, lit: bool) -> None:
    front = p.palette.local(colour, depth)
    top = base - tall
    b.draw(box(left, top, wide, tall), front, "towers")
    side = 0.72 if p.sun[0] < left else 0.0
    b.lay(b.mask(box(left + wide * side, top, wide * 0.28, tall)), p.palette.raw(p.light.shade), None, 0.3 * depth)
    if p.chance(0.3):
        b.draw(shape([(left, top), (left + wide / 2, top - wide * p.between(0.4, 1.2)), (left + wide, top)]), front, "towers")
    elif p.chance(0.3):
        b.lay(b.mask(box(left + wide * 0.47, top - 0.06, wide * 0.06, 0.06)), front, "towers")
    if depth < 0.5:
        return
    rows, columns = int(tall / 0.028), max(2, int(wide / 0.024))
    spots = [(left + wide * (at + 0.5) / columns, top + 0.02 + row * 0.028) for row in range(rows) for at in range(columns)]
    chosen = [spot for spot in spots if p.chance(0.55 if lit else 0.85)]
    tint = pane(p, True) if lit else p.palette.local((colour[0] - 0.12, 0.05, 245), depth)
    b.draw(many(box(x - 0.006, y, 0.012, 0.014) for x, y in chosen), tint, "windows" if lit else "panes")


def village(b: Board, p: Plan) -> None:
    """Houses on hills around a church."""
    horizon = p.between(0.4, 0.52)
    skies.sky(b, p, horizon)
    if p.chance(0.6):
        land.mountains(
            b,
            p,
            horizon + 0.04,
            p.between(0.14, 0.28),
            0.3,
            p.season == "winter" or p.chance(0.3),
            (0.58, 0.04, 250),
            "mountains",
        )
        p.add("mountains", "mountains", 0.4)
    for index, depth in enumerate((0.5, 0.75, 1.0)):
        ground = horizon + 0.1 + 0.15 * index
        top = land.hills(b, p, ground, 0.08, depth, land.grass(p), "hills")
        if index == 0:
            church(b, p, p.between(0.25, 0.75), ground - 0.01, 0.09)
        for x in np.sort(p.rng.uniform(0.04, 0.96, 4 - index if index < 2 else 1)):
            at = float(top[int(x * b.side)])
            plants.round_tree(b, p, float(x) + 0.09, at + 0.015, 0.10 + 0.06 * index, depth, plants.leaf_colour(p), "trees")
            cottage(b, p, float(x), at + 0.02, 0.045 + 0.034 * index, False)
    p.add(p.one("a village", "a small village", "houses on a hill"), "house", 1.0, coloured=False)
    p.add("roofs", "roof", 0.4)
    p.add("trees", "trees", 0.35)
    if lamp_time(p):
        p.add("lit windows", "windows", 0.4, "", False)
    if p.chance(0.4):
        land.path(b, p, horizon + 0.28, (0.8, 0.05, 80))
        p.add("a path", "path", 0.4, "", False)
    extras(b, p, horizon, ("birds", "balloon", "object-animal"))


def church(b: Board, p: Plan, x: float, y: float, size: float) -> None:
    wall = p.palette.local((0.93, 0.02, 85), 0.75)
    roof = p.palette.local(one_of(p, ROOFS), 0.75)
    b.draw(box(x, y - size, size * 1.6, size), wall, "church")
    b.draw(
        shape([(x, y - size), (x + size * 0.25, y - size * 1.5), (x + size * 1.5, y - size * 1.5), (x + size * 1.7, y - size)]),
        roof,
        "church",
    )
    b.draw(box(x - size * 0.45, y - size * 1.9, size * 0.62, size * 1.9), wall, "church")
    b.draw(
        shape([(x - size * 0.55, y - size * 1.9), (x - size * 0.14, y - size * 3.3), (x + size * 0.27, y - size * 1.9)]),
        roof,
        "church",
    )
    b.draw(oval(x - size * 0.14, y - size * 1.45, size * 0.13, size * 0.2), pane(p, lamp_time(p)), "panes")
    p.add("a church", "church", 0.7, side_of(x), False)
