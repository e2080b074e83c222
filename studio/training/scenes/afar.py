"""Where one cannot simply go: space and under water."""

import numpy as np

from studio.training.scenes.board import Board, Path, box, curve, discs, many, moved, oval, shape
from studio.training.scenes.colours import Array, Lch, mix
from studio.training.scenes.noise import blur, cloud, warp
from studio.training.scenes.placing import bright, named
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.vessels import round_form

SPACECRAFT = ("rocket", "astronaut", "satellite", "flying saucer", "spaceship", "robot")


def space(b: Board, p: Plan) -> None:
    """Clouds of light, stars, one to three planets."""
    p.sun = (p.one("0", "1") == "1" and 1.0 or 0.0, 0.1)
    first: Lch = (0.42, 0.13, p.between(0, 360))
    deep = p.palette.raw((0.13, 0.04, p.between(240, 310)))
    b.lay(np.ones_like(b.x), deep, "space")
    for turn in range(2):
        veil = np.clip(cloud(p.rng, b.side, p.between(1.8, 3), 5, 1.3, 0.55) - 0.42, 0, 1) * 1.7
        b.lay(np.clip(veil, 0, 0.85), p.palette.raw((first[0] + 0.12 * turn, 0.14, first[2] + 55 * turn)))
    count = int(p.rng.integers(60, 200))
    spots = p.rng.random((count, 3))
    b.lay(b.mask(discs((x, y, 0.0014 + 0.004 * s**6) for x, y, s in spots)), p.palette.raw((0.97, 0.02, 90)), "stars")
    p.add(p.one("outer space", "deep space", "a nebula", "space"), "space", 0.7)
    p.add("stars", "stars", 0.5, "", False)
    planets = int(p.rng.choice([0, 1, 1, 1, 2, 3]))
    for index in range(planets):
        x, y = p.between(0.2, 0.8), p.between(0.2, 0.8)
        _planet(b, p, x, y, (p.between(0.13, 0.27) if index == 0 else p.between(0.03, 0.08)), planets == 1)
    if planets > 1:
        p.add("two planets" if planets == 2 else "three planets", "planet", 1.0, coloured=False)
    if p.chance(0.25):
        x, y = p.between(0.1, 0.6), p.between(0.05, 0.4)
        tail = b.mask(shape([(x, y), (x + 0.32, y + 0.10), (x + 0.315, y + 0.12)]))
        b.lay(blur(tail, b.side * 0.004) * np.clip((b.x - x) / 0.32, 0, 1), p.palette.raw((0.93, 0.06, 220)), "comet")
        b.light(x + 0.315, y + 0.11, 0.05, np.ones(3, np.float32), 1.0)
        p.add(p.one("a comet", "a shooting star"), "comet", 0.6, "", False)
    if p.chance(0.4):
        named(
            b,
            p,
            ("flyer", "thing", "vehicle"),
            p.between(0.24, 0.42),
            p.between(0.2, 0.8),
            p.between(0.3, 0.75),
            floats=True,
            only=SPACECRAFT,
        )


def _planet(b: Board, p: Plan, x: float, y: float, radius: float, tell: bool) -> None:
    colour = bright(p)
    second: Lch = (min(0.95, colour[0] + 0.15), colour[1] * 0.8, colour[2] + p.between(-40, 40))
    ring = tell and p.chance(0.4)
    tilt = p.between(-25, 25)
    loop = moved(oval(0, 0, radius * 1.9, radius * 0.42), x, y, 1, tilt)
    if ring:
        b.lay(b.mask(loop, radius * 0.22), p.palette.raw((0.8, 0.07, colour[2] + 60)), "ring")
    b.light(x, y, radius * 1.7, p.palette.raw(colour), 0.35)
    disc = b.mask(discs([(x, y, radius)]))
    bands = cloud(p.rng, b.side, 5, 3, float(p.rng.choice([0.8, 5, 9])))
    turn = np.radians(tilt)
    bands = warp(bands, np.zeros_like(bands), np.sin(turn) * (b.x - x) * b.side)
    round_form(b, p, disc, colour, "planet", x, radius, y)
    b.lay(
        disc * np.clip((bands - 0.5) * 5, 0, 1) * 0.6,
        b.rgb * 0.35 + p.palette.raw(second) * 0.65 * np.clip(b.rgb.max(2, keepdims=True) * 1.3, 0, 1),
    )
    lit = -1 if p.sun[0] < 0.5 else 1
    dark = disc * np.clip(0.15 - ((b.x - x) * lit + (b.y - y) * -0.4) / radius, 0, 1)
    b.lay(np.clip(dark, 0, 0.85), p.palette.raw((0.08, 0.03, 280)))
    if ring:
        front = b.mask(loop, radius * 0.22) * ((b.y - y - np.tan(turn) * (b.x - x)) > 0)
        b.lay(front, p.palette.raw((0.8, 0.07, colour[2] + 60)), "ring")
    if tell:
        p.add("a planet with rings" if ring else p.one("a planet", "a big planet"), "planet", 1.0, side_of(x))


def under_water(b: Board, p: Plan) -> None:
    """Light from above, rocks, weeds and corals, a shoal of fish, bubbles."""
    hue = p.between(190, 250)
    top, low = p.palette.raw((0.80, 0.10, hue)), p.palette.raw((0.30, 0.09, hue + 25))
    b.lay(np.ones_like(b.x), top + (low - top) * (b.y[..., None] ** 0.8), "water")
    lean = p.between(-0.5, 0.5)
    beams = np.clip(np.sin((b.x + b.y * lean) * p.between(14, 24) + p.between(0, 6)) * np.sin((b.x + b.y * lean) * 9) - 0.1, 0, 1)
    b.lay(beams * np.clip(0.85 - b.y, 0, 1) * 0.55, mix(top, np.ones(3, np.float32), 0.6))
    p.add(p.one("deep water", "the deep sea", "clear water"), "water", 0.6, join="in")
    floor = p.between(0.82, 0.9)
    for depth in (0.35, 1.0):
        edge = floor - 0.05 + 0.07 * depth + 0.04 * np.sin(np.linspace(0, 5, b.side) + p.between(0, 6))
        sand = mix(p.palette.raw((0.84, 0.07, 85)), low, 0.65 - 0.4 * depth)
        b.lay(b.below(edge.astype(np.float32)), sand * (0.9 + 0.16 * cloud(p.rng, b.side, 12, 3, 3))[..., None], "sand")
        for _ in range(int(p.rng.integers(1, 4))):
            x = p.between(0.02, 0.98)
            (_weed if p.chance(0.5) else _coral)(
                b, p, x, floor + 0.08 * depth, p.between(0.2, 0.42) * (0.6 + 0.5 * depth), low, depth
            )
    p.add(p.one("seaweed", "water plants"), "weed", 0.45)
    p.add(p.one("corals", "a coral reef"), "reef", 0.6)
    if p.objects is not None and p.chance(0.5):
        named(b, p, ("water animal",), p.between(0.28, 0.46), p.between(0.2, 0.8), p.between(0.3, 0.75), floats=True)
    elif p.chance(0.9):
        _shoal(b, p, low)
    bubbles = [(x, y, 0.004 + 0.012 * s * s) for x, y, s in p.rng.random((int(p.rng.integers(6, 22)), 3))]
    b.lay(b.mask(discs(bubbles), 0.004), mix(top, np.ones(3, np.float32), 0.6), "bubbles")
    p.add("bubbles", "bubbles", 0.4, "", False)


def _weed(b: Board, p: Plan, x: float, y: float, high: float, water: Array, depth: float) -> None:
    colour = mix(p.palette.raw((0.58, 0.14, p.between(115, 165))), water, 0.55 * (1 - depth))
    blades = []
    for _ in range(int(p.rng.integers(3, 7))):
        foot, sway, tall = x + p.between(-0.05, 0.05), p.between(-0.05, 0.05), high * p.between(0.6, 1)
        left = [
            (foot - 0.012, y),
            (foot - 0.014 + sway, y - tall * 0.35),
            (foot - 0.01 - sway, y - tall * 0.7),
            (foot + sway * 0.5, y - tall),
        ]
        right = [(foot + 0.012 - sway, y - tall * 0.7), (foot + 0.014 + sway, y - tall * 0.35), (foot + 0.012, y)]
        blades.append(curve([*left, *right]))
    b.draw(many(blades), colour, "weed")


def _coral(b: Board, p: Plan, x: float, y: float, high: float, water: Array, depth: float) -> None:
    lch = ((0.68, 0.19, 25), (0.75, 0.16, 350), (0.78, 0.16, 60), (0.62, 0.17, 310), (0.86, 0.15, 95))[int(p.rng.integers(0, 5))]
    colour = mix(p.palette.raw(lch), water, 0.55 * (1 - depth))
    path = Path()

    def grow(x: float, y: float, angle: float, long: float, level: int) -> None:
        path.moveTo(x, y)
        x, y = x + np.sin(angle) * long, y - np.cos(angle) * long
        path.lineTo(x, y)
        for turn in (p.between(-0.8, -0.2), p.between(0.2, 0.8)) if level else ():
            grow(x, y, angle + turn, long * 0.74, level - 1)

    grow(x, y, p.between(-0.2, 0.2), high * 0.3, 3)
    b.lay(b.mask(path, high * 0.085), colour, "reef")
    b.lay(b.mask(path, high * 0.03), mix(colour, np.ones(3, np.float32), 0.35), None, 0.6)


def _shoal(b: Board, p: Plan, water: Array) -> None:
    """Fish of one colour, all swimming one way."""
    lch, way = bright(p), 1 if p.chance(0.5) else -1
    count = int(p.rng.choice([1, 2, 3, 5, 7, 9]))
    size = 0.16 if count == 1 else 0.11 if count < 4 else 0.06
    bodies, fins, eyes = [], [], []
    x0, y0 = p.between(0.35, 0.65), p.between(0.3, 0.55)
    for index in range(count):
        angle = index * 2.4
        far = 0.0 if count == 1 else 0.06 + 0.3 * np.sqrt(index / count)
        x, y, s = x0 + np.cos(angle) * far, y0 + np.sin(angle) * far * 0.7, size * p.between(0.85, 1.15)
        bodies += [
            oval(x, y, s, s * 0.55),
            shape(
                [
                    (x - way * s * 0.8, y),
                    (x - way * s * 1.55, y - s * 0.5),
                    (x - way * s * 1.35, y),
                    (x - way * s * 1.55, y + s * 0.5),
                ]
            ),
        ]
        fins.append(
            curve(
                [
                    (x - way * s * 0.35, y - s * 0.4),
                    (x + way * s * 0.15, y - s * 0.85),
                    (x + way * s * 0.4, y - s * 0.4),
                    (x, y - s * 0.35),
                ]
            )
        )
        fins.append(box(x - way * s * 0.12 - s * 0.07, y - s * 0.5, s * 0.14, s))
        eyes.append((x + way * s * 0.62, y - s * 0.12, s * 0.1))
    colour = mix(p.palette.raw(lch), water, 0.12)
    b.draw(many(bodies), colour, "fish")
    b.draw(many(fins), mix(colour, np.ones(3, np.float32), 0.45), "fins")
    b.draw(discs((x, y, r * 1.6) for x, y, r in eyes), np.ones(3, np.float32))
    b.draw(discs(eyes), np.full(3, 0.08, np.float32))
    word = {1: "a fish", 2: "two fish", 3: "three fish"}.get(count, p.one("a shoal of fish", "many fish"))
    p.add(word, "fish", 1.0)
