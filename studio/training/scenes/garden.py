"""Gardens: flower beds, a path to a gate, a pond, and flowers close by before a soft background."""

import numpy as np

from studio.training.scenes import land, plants, skies
from studio.training.scenes.board import Board, box, curve, discs, many, oval, shape
from studio.training.scenes.colours import Lch, mix
from studio.training.scenes.noise import blur, cloud
from studio.training.scenes.placing import bright, named
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.props import extras


def garden(b: Board, p: Plan) -> None:
    """Hedge and trees behind, beds of flowers in front."""
    if p.season == "winter":
        p.season = p.one("spring", "summer", "autumn")
        p.weather = "" if p.weather == "snow" else p.weather
    horizon = p.between(0.32, 0.44)
    skies.sky(b, p, horizon)
    for x in p.rng.uniform(0, 1, int(p.rng.integers(4, 8))):
        plants.round_tree(b, p, float(x), horizon + 0.08, p.between(0.22, 0.42), 0.65, plants.leaf_colour(p), "trees")
    p.add("trees", "trees", 0.4)
    land.hills(b, p, horizon + 0.1, 0.03, 0.85, land.grass(p), "lawn")
    feature = p.one("fence", "gate", "pond", "house", "bench", "hedge")
    _feature(b, p, feature, horizon)
    if feature != "pond" and p.chance(0.55):
        land.path(b, p, horizon + 0.12, (0.80, 0.05, 75))
        p.add(p.one("a garden path", "a path"), "path", 0.45, "", False)
    kinds = [
        str(kind)
        for kind in p.rng.choice(["tulip", "daisy", "poppy", "rose", "bluebell", "flower", "sunflower"], 2, replace=False)
    ]
    for index, kind in enumerate(kinds):
        _bed(b, p, kind, 0.70 + 0.2 * index, 0.02 + 0.016 * index, index)
    p.add(p.one("a garden", "a flower garden"), "lawn", 1.0, coloured=False)
    extras(b, p, horizon, ("birds", "object-animal", "object-garden"))


def _bed(b: Board, p: Plan, kind: str, y: float, size: float, index: int) -> None:
    colours = plants.FLOWERS[kind][0]
    chosen = colours[int(p.rng.integers(0, len(colours)))]
    plants.blades(b, p, min(1.0, y + 0.12), 0.13, 46, land.grass(p, -0.1), "leaves")
    tall = 2.6 if kind == "sunflower" else 1.0
    spots = []
    for x in (np.arange(13) + p.rng.uniform(0.1, 0.9, 13)) / 13:
        gap = abs(float(x) - 0.5) < 0.1 and "path" in b.names
        if not gap:
            spots.append(
                (float(x), y - p.between(0.0, 0.08) * tall, size * p.between(0.8, 1.25) * (1.3 if kind == "sunflower" else 1))
            )
    plants.flower(b, p, kind, chosen, spots, y + 0.14, f"flowers {index}")
    word = plants.PLURAL.get(kind, kind + "s") if kind != "flower" else "flowers"
    p.add(word, f"flowers {index}", 0.8)


def _feature(b: Board, p: Plan, feature: str, horizon: float) -> None:
    x = p.between(0.25, 0.75)
    if feature == "fence":
        colour = p.palette.local((0.96, 0.01, 85) if p.chance(0.6) else (0.5, 0.08, 55), 0.9)
        rails = [box(0, horizon + at, 1, 0.014) for at in (0.07, 0.12)]
        posts = [
            shape(
                [
                    (at, horizon + 0.17),
                    (at, horizon + 0.05),
                    (at + 0.012, horizon + 0.035),
                    (at + 0.024, horizon + 0.05),
                    (at + 0.024, horizon + 0.17),
                ]
            )
            for at in np.arange(0.01, 1, 0.052)
        ]
        b.draw(many([*rails, *posts]), colour, "fence")
        p.add(p.one("a fence", "a wooden fence", "a garden fence"), "fence", 0.6)
    elif feature == "gate":
        arch = curve(
            [
                (x - 0.1, horizon + 0.2),
                (x - 0.1, horizon - 0.06),
                (x, horizon - 0.14),
                (x + 0.1, horizon - 0.06),
                (x + 0.1, horizon + 0.2),
            ],
            False,
        )
        b.lay(b.mask(arch, 0.05), p.palette.local((0.5, 0.12, 140), 0.9), "arch")
        blooms = [(x + p.between(-0.125, 0.125), horizon + p.between(-0.15, 0.15), 0.014) for _ in range(40)]
        kept = [spot for spot in blooms if abs(spot[0] - x) > 0.075 or spot[1] < horizon - 0.07]
        b.draw(discs(kept), p.palette.local(bright(p), 0.95), "blooms")
        p.add(p.one("a rose arch", "a garden arch", "an arch of flowers"), "arch", 0.7, side_of(x), False)
    elif feature == "pond":
        pond = b.mask(oval(0.5, horizon + 0.24, 0.42, 0.08))
        colour = mix(p.palette.sky(0.6), p.palette.local((0.5, 0.09, 220), 1.0), 0.5)
        b.lay(pond, colour * (0.85 + 0.3 * cloud(p.rng, b.side, 5, 3, 8))[..., None], "pond")
        pads = [(0.5 + p.between(-0.3, 0.3), horizon + 0.24 + p.between(-0.04, 0.04)) for _ in range(7)]
        b.draw(many(oval(px, py, 0.035, 0.011) for px, py in pads), p.palette.local((0.6, 0.13, 140), 1.0), "lilies")
        b.draw(discs((px, py - 0.01, 0.013) for px, py in pads[::2]), p.palette.local((0.88, 0.1, 350), 1.0), "lilies")
        p.add(p.one("a pond", "a garden pond"), "pond", 0.8, "", False)
    elif feature == "house":
        from studio.training.scenes.town import cottage

        cottage(b, p, x, horizon + 0.15, p.between(0.14, 0.2))
    elif feature == "bench":
        wood = p.palette.local(bright(p) if p.chance(0.5) else (0.5, 0.09, 55), 0.95)
        y = horizon + 0.2
        b.draw(
            many([box(x - 0.12, y - 0.13 + 0.03 * at, 0.24, 0.02) for at in range(3)] + [box(x - 0.13, y - 0.035, 0.26, 0.022)]),
            wood,
            "bench",
        )
        b.draw(many([box(x - 0.11, y - 0.02, 0.016, 0.06), box(x + 0.094, y - 0.02, 0.016, 0.06)]), wood * 0.7, "bench")
        p.add(p.one("a bench", "a garden bench"), "bench", 0.75, side_of(x))
    else:
        for at in np.arange(0, 1.05, 0.07):
            plants.bush(b, p, float(at), horizon + 0.15, 0.06, 0.85, (0.5, 0.11, 145), "hedge")
        p.add("a hedge", "hedge", 0.5)


def bloom(b: Board, p: Plan) -> None:
    """A few flowers, large, the rest a blur of light."""
    soft: Lch = (p.between(0.3, 0.85), 0.09, p.between(0, 360))
    base, other = p.palette.raw(soft), p.palette.raw((soft[0] - 0.15, 0.1, soft[2] + p.between(30, 90)))
    patches = cloud(p.rng, b.side, 2, 3)[..., None]
    b.lay(np.ones_like(b.x), base + (other - base) * patches, "background")
    for _ in range(int(p.rng.integers(4, 12))):
        spot = b.mask(discs([(p.between(0, 1), p.between(0, 1), p.between(0.03, 0.1))]))
        b.lay(blur(spot, b.side * 0.01), mix(base, p.palette.sun(), p.between(0.3, 0.9)), None, 0.35)
    p.add("a background", "background", 0.35, join="on")
    kind = p.one("tulip", "daisy", "poppy", "rose", "bluebell", "flower", "sunflower")
    colours = plants.FLOWERS[kind][0]
    chosen = colours[int(p.rng.integers(0, len(colours)))] if p.chance(0.6) else bright(p)
    count = int(p.rng.choice([1, 2, 3, 3]))
    places = {1: [0.5], 2: [0.3, 0.68], 3: [0.22, 0.52, 0.8]}[count]
    spots = [(x + p.between(-0.04, 0.04), p.between(0.25, 0.5), p.between(0.13, 0.19) / (1 + 0.12 * count)) for x in places]
    plants.flower(b, p, kind, chosen, spots, 1.1, "flowers")
    many_of = plants.PLURAL.get(kind, kind + "s")
    p.add({1: f"a {kind}", 2: f"two {many_of}", 3: f"three {many_of}"}[count], "flowers", 1.0)
    if p.chance(0.4):
        named(b, p, ("insect", "small flyer"), 0.2, p.between(0.2, 0.8), p.between(0.15, 0.6), 0.8, floats=True)
