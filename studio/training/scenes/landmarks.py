"""Single works of people in the land: a castle on its hill, a windmill, a stone bridge."""

import numpy as np

from studio.training.scenes import land, plants, skies, water
from studio.training.scenes.board import Board, Path, box, discs, many, oval, shape
from studio.training.scenes.nature import CROPS
from studio.training.scenes.placing import bright
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.props import extras
from studio.training.scenes.town import ROOFS, STONE, WALLS, lamp_time, one_of, pane


def castle(b: Board, p: Plan) -> None:
    """A castle on a hill, towers with pointed roofs and flags."""
    horizon = p.between(0.55, 0.68)
    skies.sky(b, p, horizon)
    if p.chance(0.6):
        land.mountains(b, p, horizon + 0.03, p.between(0.16, 0.3), 0.25, p.season == "winter", (0.56, 0.05, 270), "mountains")
        p.add("mountains", "mountains", 0.4)
    middle = p.between(0.35, 0.65)
    crest = horizon + 0.02
    hill = [
        (middle - 0.75, 1.0),
        (middle - 0.36, crest + 0.12),
        (middle - 0.24, crest),
        (middle + 0.24, crest),
        (middle + 0.38, crest + 0.13),
        (middle + 0.75, 1.0),
    ]
    b.draw(shape(hill), p.palette.local((land.grass(p, -0.1)), 0.75), "hill")
    stone, roof = p.palette.local(STONE if p.chance(0.6) else one_of(p, WALLS), 0.85), p.palette.local(one_of(p, ROOFS), 0.9)
    dark = p.palette.shade(stone, 0.4)
    b.draw(box(middle - 0.2, crest - 0.12, 0.4, 0.14), stone, "castle")
    b.draw(many(box(middle - 0.2 + 0.045 * at, crest - 0.14, 0.025, 0.022) for at in range(9)), stone, "castle")
    for offset, high, wide in (
        (-0.22, 0.2, 0.05),
        (0.22, 0.22, 0.05),
        (-0.09, 0.3, 0.055),
        (0.08, 0.36, 0.06),
        (0.0, 0.24, 0.07),
    ):
        x, tall = middle + offset, high * p.between(0.9, 1.1)
        b.draw(box(x - wide / 2, crest - tall, wide, tall), stone, "castle")
        b.lay(b.mask(box(x if p.sun[0] < x else x - wide / 2, crest - tall, wide / 2, tall)), dark, None, 0.6)
        b.draw(
            shape([(x - wide * 0.7, crest - tall), (x, crest - tall - wide * 1.7), (x + wide * 0.7, crest - tall)]),
            roof,
            "castle roofs",
        )
        b.draw(many(box(x - 0.006, crest - tall * at, 0.012, 0.026) for at in (0.8, 0.45)), pane(p, lamp_time(p)), "windows")
        flag = p.palette.local(bright(p), 1.0)
        b.draw(
            shape([(x, crest - tall - wide * 2.3), (x + 0.035, crest - tall - wide * 2.1), (x, crest - tall - wide * 1.9)]),
            flag,
            "flags",
        )
    arch = many([box(middle - 0.03, crest - 0.045, 0.06, 0.07), oval(middle, crest - 0.045, 0.03, 0.03)])
    b.draw(arch, p.palette.shade(p.palette.local((0.3, 0.05, 60), 0.9), 0.3), "gate")
    p.add(p.one("a castle", "a castle on a hill", "an old castle"), "castle", 1.0, side_of(middle), False)
    p.add("roofs", "castle roofs", 0.35)
    land.hills(b, p, 0.92, 0.12, 0.95, land.grass(p), "meadow")
    for x in p.rng.uniform(0, 1, int(p.rng.integers(3, 10))):
        if abs(x - middle) > 0.12:
            plants.pine(
                b, p, float(x), p.between(0.85, 0.98), p.between(0.14, 0.3), 1.0, (0.42, 0.08, 155), "trees", p.season == "winter"
            )
    p.add(p.one("trees", "pine trees"), "trees", 0.4)
    extras(b, p, horizon * 0.6, ("birds", "balloon", "object-animal"))


def windmill(b: Board, p: Plan) -> None:
    """A mill with its sails over flat fields."""
    horizon = p.between(0.58, 0.7)
    skies.sky(b, p, horizon)
    land.hills(b, p, horizon + 0.04, 0.05, 0.5, land.grass(p), "meadow")
    crop = p.one("tulips", "wheat", "lavender")
    if p.season == "winter":
        land.hills(b, p, horizon + 0.08, 0.04, 1.0, land.grass(p), "snow field")
        p.add("a snowy field", "snow field", 0.6)
    else:
        land.rows_of(b, p, horizon + 0.05, CROPS[crop][0], crop)
        p.add(CROPS[crop][1], crop, 0.7, coloured=crop != "tulips")
    x, y, size = p.between(0.3, 0.7), horizon + 0.07, p.between(0.28, 0.36)
    wall = p.palette.local(one_of(p, WALLS), 0.95)
    body = [(x - size * 0.26, y), (x - size * 0.16, y - size), (x + size * 0.16, y - size), (x + size * 0.26, y)]
    whole = b.draw(shape(body), wall, "windmill")
    b.lay(
        whole * np.clip((b.x - x) / (size * 0.25) * (1 if p.sun[0] < x else -1), 0, 1), p.palette.raw(p.light.shade), None, 0.45
    )
    cap = Path()
    cap.moveTo(x - size * 0.19, y - size)
    cap.quadTo(x, y - size * 1.34, x + size * 0.19, y - size)
    b.draw(cap, p.palette.local(one_of(p, ROOFS), 0.95), "cap")
    b.draw(
        many([box(x - 0.022, y - 0.075, 0.044, 0.075), box(x - 0.014, y - size * 0.6, 0.028, 0.035)]),
        pane(p, lamp_time(p)),
        "panes",
    )
    turn, hub = p.between(0, 90), y - size * 1.02
    for at in range(4):
        angle = np.radians(turn + 90 * at)
        right, down = np.cos(angle), np.sin(angle)

        def point(along: float, across: float, right: float = right, down: float = down) -> tuple[float, float]:
            return (x + (right * along - down * across) * size, hub + (down * along + right * across) * size)

        b.draw(
            shape([point(0.12, 0), point(0.8, 0), point(0.8, 0.17), point(0.12, 0.14)]),
            p.palette.local((0.95, 0.02, 85), 1.0),
            "sails",
        )
        b.lay(b.mask(shape([point(0, 0), point(0.82, 0)], False), 0.01), p.palette.local((0.35, 0.05, 50), 1.0))
    b.draw(discs([(x, hub, 0.016)]), p.palette.local((0.3, 0.04, 50), 1.0))
    p.add(p.one("a windmill", "an old windmill"), "windmill", 1.0, side_of(x), False)
    extras(b, p, horizon * 0.6, ("birds", "balloon"))


def bridge(b: Board, p: Plan) -> None:
    """A stone bridge in arches over a river, mirrored in it."""
    horizon = p.between(0.5, 0.6)
    skies.sky(b, p, horizon)
    land.hills(b, p, horizon, p.between(0.1, 0.24), 0.35, land.grass(p, -0.08), "hills", 2.5)
    p.add("hills", "hills", 0.35)
    for x in p.rng.uniform(0, 1, int(p.rng.integers(4, 10))):
        plants.round_tree(b, p, float(x), horizon + 0.01, p.between(0.1, 0.2), 0.6, plants.leaf_colour(p), "trees")
    p.add("trees", "trees", 0.4)
    stone = p.palette.local(STONE if p.chance(0.65) else one_of(p, WALLS), 0.9)
    rise, deck, arches = p.between(0.0, 0.07), horizon - 0.1, int(p.rng.integers(1, 5))
    top = [(float(x), deck - rise * (1 - (2 * float(x) - 1) ** 2)) for x in np.linspace(-0.02, 1.02, 20)]
    body = b.mask(shape([*top, (1.02, horizon + 0.05), (-0.02, horizon + 0.05)]))
    half = 0.40 / arches
    holes = many(
        oval((at + 0.5) / arches, horizon + 0.05, half, 0.1 + rise * 0.7 + (0.02 if arches < 3 else 0)) for at in range(arches)
    )
    b.lay(body * (1 - b.mask(holes)), stone, "bridge")
    rim = b.mask(shape([*top, *[(x, y + 0.018) for x, y in top[::-1]]]))
    b.lay(rim, p.palette.shade(stone, 0.35), "bridge")
    courses = np.clip(np.sin(b.y * 260) - 0.7, 0, 1) * body * (1 - b.mask(holes))
    b.lay(courses, p.palette.shade(stone, 0.5), None, 0.8)
    water.mirror(b, p, horizon + 0.05, (0.52, 0.08, 225), p.between(0.5, 0.95), "river")
    p.add(p.one("a stone bridge", "a bridge", "an old bridge"), "bridge", 1.0)
    p.add(p.one("a river", "the river"), "river", 0.7)
    extras(b, p, horizon * 0.6, ("birds", "object-sea"))
