"""Plants: trees of many builds, bushes, flowers, grasses, reeds. Each is drawn in a few masks, shade first, light last."""

import numpy as np

from studio.training.scenes.board import Board, Path, curve, discs, many, moved, oval, shape
from studio.training.scenes.colours import Lch, mix
from studio.training.scenes.plan import Plan

LEAVES: dict[str, tuple[Lch, ...]] = {
    "spring": ((0.74, 0.15, 130), (0.80, 0.10, 355), (0.90, 0.05, 350), (0.70, 0.14, 140)),
    "summer": ((0.55, 0.13, 140), (0.60, 0.14, 132), (0.50, 0.11, 150)),
    "autumn": ((0.68, 0.17, 55), (0.60, 0.19, 35), (0.80, 0.16, 85), (0.52, 0.16, 28)),
    "winter": ((0.92, 0.02, 250), (0.45, 0.07, 160)),
}  # fmt: skip
BARK: Lch = (0.40, 0.05, 55)


def leaf_colour(p: Plan) -> Lch:
    p.season_seen = True
    kinds = LEAVES.get(p.season, LEAVES["summer"])
    return kinds[int(p.rng.integers(0, len(kinds)))]


def _tone(p: Plan, colour: Lch, by: float) -> Lch:
    """Lighter leaves lean to yellow, darker ones to blue."""
    return (float(np.clip(colour[0] + by, 0.05, 0.98)), colour[1], colour[2] - by * 60)


def round_tree(b: Board, p: Plan, x: float, y: float, high: float, depth: float, colour: Lch, name: str = "tree") -> None:
    """A broad crown of leaf masses on a trunk; y is the foot."""
    bark = p.palette.local(BARK, depth)
    trunk, crown = high * p.between(0.3, 0.42), high * 0.34
    wide = high * 0.045
    lean = p.between(-0.03, 0.03) * high
    feet = [(x - wide * 1.6, y), (x - wide * 0.7, y - trunk * 0.5), (x - wide * 0.5 + lean, y - trunk * 1.5)]
    back = [(x + wide * 0.5 + lean, y - trunk * 1.5), (x + wide * 0.7, y - trunk * 0.5), (x + wide * 1.6, y)]
    b.draw(shape([*feet, *back]), bark, name + " trunk")
    middle_x, middle_y = x + lean, y - high + crown
    side = -1 if p.sun[0] < x else 1
    angle, far = p.rng.uniform(0, 6.283, 26), np.sqrt(p.rng.random(26))
    cx, cy = middle_x + np.cos(angle) * far * crown * 1.05, middle_y + np.sin(angle) * far * crown * 0.85
    size = crown * p.rng.uniform(0.2, 0.46, 26)
    for by, shift, share in ((-0.13, 0.0, 1.0), (0.0, 0.28, 0.75), (0.10, 0.5, 0.5)):
        off_x, off_y = side * crown * 0.3 * shift, -crown * 0.45 * shift
        spots = list(zip(cx + off_x, cy + off_y, size * share, strict=True))
        spots = [spot for spot in spots if by < 0.05 or (spot[0] - middle_x) * side > -crown * 0.45]
        b.draw(discs(spots), p.palette.local(_tone(p, colour, by), depth), name)


def pine(
    b: Board, p: Plan, x: float, y: float, high: float, depth: float, colour: Lch, name: str = "pines", snow: bool = False
) -> None:
    """A fir in tiers, lit on one side."""
    wide = high * p.between(0.2, 0.28)
    tiers = int(p.rng.integers(4, 7))
    rims: list[tuple[float, float]] = []
    for tier in range(tiers):
        at = (tier + 1) / tiers
        low = y - high * 0.08 - high * 0.9 * (1 - at)
        half = wide * at**0.85
        rims += [(half * p.between(0.85, 1.1), low + high * 0.02), (half * 0.55, low - high * 0.01)]
    right = [(x + half, low) for half, low in rims]
    left = [(x - half * p.between(0.9, 1.1), low) for half, low in reversed(rims)]
    b.draw(
        shape([(x - high * 0.02, y), (x + high * 0.02, y), (x + high * 0.02, y - high * 0.2), (x - high * 0.02, y - high * 0.2)]),
        p.palette.local(BARK, depth),
    )
    whole = b.draw(shape([(x, y - high), *right, *left]), p.palette.local(_tone(p, colour, -0.06), depth), name)
    lit = p.palette.local((0.95, 0.01, 250) if snow else _tone(p, colour, 0.06), depth)
    away = high * (0.07 if p.sun[0] < 0.5 else -0.07)
    part = b.mask(
        shape(
            [
                (x - away * 0.4, y - high),
                *[(hx - away - 0.1 * wide, hy - high * 0.035) for hx, hy in (right if away < 0 else left)],
                (x - away * 0.4, y - high * 0.1),
            ]
        )
    )
    b.lay(np.minimum(part, whole), lit, None, 0.8 if snow else 0.6)


def _branch(path: Path, p: Plan, x: float, y: float, angle: float, long: float, level: int) -> None:
    to_x, to_y = x + np.sin(angle) * long, y - np.cos(angle) * long
    half = long * 0.075 * (1.25 if level > 3 else 1)
    px, py = np.cos(angle) * half, np.sin(angle) * half
    path.addPoly(
        [
            (float(a), float(c))
            for a, c in (
                (x - px, y - py),
                (to_x - px * 0.6, to_y - py * 0.6),
                (to_x + px * 0.6, to_y + py * 0.6),
                (x + px, y + py),
            )
        ],
        True,
    )
    if level:
        for turn in (p.between(-0.75, -0.25), p.between(0.2, 0.75)):
            _branch(path, p, to_x, to_y, angle + turn, long * p.between(0.62, 0.8), level - 1)


def bare_tree(
    b: Board, p: Plan, x: float, y: float, high: float, depth: float, colour: Lch = BARK, name: str = "bare tree"
) -> None:
    path = Path()
    _branch(path, p, x, y, p.between(-0.08, 0.08), high * 0.3, 5)
    b.draw(path, p.palette.local(colour, depth), name)


def poplar(b: Board, p: Plan, x: float, y: float, high: float, depth: float, colour: Lch, name: str = "trees") -> None:
    """A slim upright crown: poplar or cypress."""
    wide = high * 0.11
    b.draw(oval(x, y - high * 0.52, wide, high * 0.48), p.palette.local(_tone(p, colour, -0.07), depth), name)
    away = wide * (0.28 if p.sun[0] > x else -0.28)
    b.draw(
        oval(x + away, y - high * 0.55, wide * 0.6, high * 0.4),
        p.palette.local(_tone(p, colour, 0.03), depth),
        name,
        strength=0.8,
    )


def palm(b: Board, p: Plan, x: float, y: float, high: float, depth: float, colour: Lch, name: str = "palm tree") -> None:
    lean = p.between(-0.35, 0.35) * high
    trunk = Path()
    trunk.moveTo(x, y)
    trunk.quadTo(x + lean * 0.2, y - high * 0.6, x + lean, y - high * 0.82)
    b.lay(b.mask(trunk, high * 0.045), p.palette.local((0.5, 0.07, 65), depth), name + " trunk")
    top_x, top_y = x + lean, y - high * 0.82
    for by in (-0.09, 0.04):
        fronds = []
        for angle in np.linspace(-1.9, 1.9, 8) + p.between(-0.2, 0.2):
            far = high * p.between(0.34, 0.46)
            tip_x, tip_y = top_x + np.sin(angle) * far, top_y - np.cos(angle) * far * 0.65 + abs(np.sin(angle)) * far * 0.35
            bow_x, bow_y = top_x + np.sin(angle) * far * 0.55, top_y - np.cos(angle) * far * 0.6 - far * 0.16
            frond = Path()
            frond.moveTo(top_x, top_y)
            frond.quadTo(bow_x, bow_y, tip_x, tip_y)
            frond.quadTo(bow_x, bow_y + far * (0.26 if by < 0 else 0.12), top_x, top_y)
            fronds.append(frond)
        b.draw(many(fronds), p.palette.local(_tone(p, colour, by), depth), name)


def birch(b: Board, p: Plan, x: float, depth: float, foot: float = 1.02, name: str = "birches") -> None:
    """A pale trunk through the whole height, with its dark marks."""
    wide = 0.012 + 0.02 * depth
    lean = p.between(-0.03, 0.03)
    trunk = shape([(x - wide, foot), (x - wide * 0.8 + lean, -0.02), (x + wide * 0.8 + lean, -0.02), (x + wide, foot)])
    whole = b.draw(trunk, p.palette.local((0.93, 0.015, 90), depth), name)
    dark = np.clip((b.x - x - lean * (1 - b.y)) / wide, 0, 1) * (0.5 if p.sun[0] < x else -0.5) + (0 if p.sun[0] < x else 0.3)
    b.lay(whole * np.clip(dark, 0, 1), p.palette.shade(p.palette.local((0.6, 0.03, 270), depth), 0.4))
    marks = many(
        oval(x + p.between(-1, 1) * wide, float(at), wide * p.between(0.3, 0.8), wide * p.between(0.08, 0.3))
        for at in p.rng.uniform(0, foot, 14)
    )
    b.lay(np.minimum(b.mask(marks), whole), p.palette.local((0.25, 0.02, 60), depth))


def bush(b: Board, p: Plan, x: float, y: float, size: float, depth: float, colour: Lch, name: str = "bush") -> None:
    at = p.rng.uniform(-1, 1, 14)
    spots = [(x + a * size, y - size * 0.55 * (1 - a * a) * p.between(0.3, 1), size * p.between(0.25, 0.42)) for a in at]
    for by, rise, share in ((-0.1, 0.0, 1.0), (0.02, 0.12, 0.75), (0.1, 0.22, 0.42)):
        b.draw(discs((a, c - rise * size, r * share) for a, c, r in spots), p.palette.local(_tone(p, colour, by), depth), name)


def blades(b: Board, p: Plan, y: float, high: float, count: int, colour: Lch, name: str = "grass") -> None:
    """A fringe of grass along the lower edge, in two tones."""
    for by in (-0.08, 0.05):
        tufts = []
        for x in p.rng.uniform(-0.02, 1.02, count):
            tip = float(x) + p.between(-0.4, 0.4) * high
            long = high * p.between(0.4, 1)
            tufts.append(shape([(x - 0.006, y + 0.02), (tip, y - long), (x + 0.006, y + 0.02)]))
        b.draw(many(tufts), p.palette.local(_tone(p, colour, by), 1.0), name)


def reeds(b: Board, p: Plan, x: float, y: float, high: float, name: str = "reeds") -> None:
    stems, heads = Path(), Path()
    for _ in range(int(p.rng.integers(6, 13))):
        foot = x + p.between(-0.09, 0.09)
        tip_x, tip_y = foot + p.between(-0.05, 0.05), y - high * p.between(0.5, 1)
        stems.moveTo(foot, y)
        stems.quadTo(foot, (y + tip_y) / 2, tip_x, tip_y)
        if p.chance(0.5):
            heads.addPath(oval(tip_x, tip_y - 0.015, 0.007, 0.03))
    b.lay(b.mask(stems, 0.007), p.palette.local((0.45, 0.09, 125), 1.0), name)
    b.draw(heads, p.palette.local((0.38, 0.07, 50), 1.0), name)


def _petals(kind: str, count: int) -> tuple[Path, Path]:
    """A flower seen from the front, one unit wide: petals and heart."""
    if kind == "tulip":
        cup = curve([(-0.8, -0.9), (-0.35, -0.45), (0, -1.0), (0.35, -0.45), (0.8, -0.9), (0.85, 0.3), (0, 1.0), (-0.85, 0.3)])
        return cup, curve([(-0.25, -0.8), (0.25, -0.8), (0.3, 0.5), (0, 0.9), (-0.3, 0.5)])
    wide = {"daisy": 0.16, "sunflower": 0.17, "poppy": 0.62, "rose": 0.5, "bluebell": 0.3}.get(kind, 0.4)
    reach = {"daisy": 0.62, "sunflower": 0.68, "poppy": 0.42, "rose": 0.45}.get(kind, 0.55)
    ring = many(moved(oval(0, -reach, wide, 1 - reach), turn=360 / count * at) for at in range(count))
    return ring, oval(0, 0, 0.42 if kind == "sunflower" else 0.28, 0.42 if kind == "sunflower" else 0.28)


FLOWERS: dict[str, tuple[tuple[Lch, ...], Lch, int]] = {
    "tulip": (((0.58, 0.22, 25), (0.85, 0.17, 92), (0.70, 0.17, 350), (0.50, 0.19, 310), (0.95, 0.02, 90)),
    (0.68, 0.19, 28), 5),
    "daisy": (((0.98, 0.01, 100), (0.85, 0.10, 350)), (0.82, 0.17, 88), 12),
    "poppy": (((0.60, 0.23, 28), (0.70, 0.19, 48)), (0.2, 0.02, 30), 4),
    "sunflower": (((0.85, 0.17, 88),), (0.38, 0.08, 50), 16),
    "rose": (((0.60, 0.21, 18), (0.78, 0.13, 355), (0.95, 0.03, 80), (0.87, 0.13, 92)), (0.48, 0.2, 18), 6),
    "bluebell": (((0.58, 0.16, 275), (0.63, 0.15, 295)), (0.75, 0.1, 280), 5),
    "flower": (((0.70, 0.20, 340), (0.62, 0.18, 300), (0.75, 0.17, 55), (0.66, 0.16, 255), (0.60, 0.23, 27)),
    (0.9, 0.14, 95), 5),
}  # fmt: skip
PLURAL = {"daisy": "daisies", "poppy": "poppies"}


def flower(
    b: Board,
    p: Plan,
    kind: str,
    colour: Lch,
    spots: list[tuple[float, float, float]],
    ground: float,
    name: str,
    stems: bool = True,
) -> None:
    """Many flowers of a kind at (x, y, size), on stems that reach down to the ground."""
    green = p.palette.local((0.5, 0.12, 140), 1.0)
    if stems:
        path, leaves = Path(), []
        for x, y, size in spots:
            lean = p.between(-0.6, 0.6) * size
            foot = min(ground, y + size * 9)
            path.moveTo(x, y)
            path.quadTo(x + lean, (y + foot) / 2, x + lean * 0.5, foot)
            for side in (-1, 1):
                low = y + (foot - y) * p.between(0.45, 0.85)
                leaves.append(
                    curve(
                        [
                            (x + lean * 0.7, low),
                            (x + side * size * 0.9, low - size * 0.9),
                            (x + side * size * 1.5, low - size * 1.5),
                            (x + side * size * 0.8, low - size * 0.2),
                        ]
                    )
                )
        b.lay(b.mask(path, max(0.006, 0.09 * max((size for _, _, size in spots), default=0))), green, "stems")
        b.draw(many(leaves), mix(green, p.palette.local((0.66, 0.14, 130), 1.0), 0.4), "stems")
    petals, heart = _petals(kind, FLOWERS[kind][2])
    turns = [p.between(-14, 14) if kind == "tulip" else p.between(0, 90) for _ in spots]
    placed = [many([moved(Path(petals), x, y, size, turn)]) for (x, y, size), turn in zip(spots, turns, strict=True)]
    hearts = [many([moved(Path(heart), x, y, size, turn)]) for (x, y, size), turn in zip(spots, turns, strict=True)]
    whole = b.draw(many(placed), p.palette.local(colour, 1.0), name)
    if kind in ("poppy", "rose", "flower", "bluebell"):
        inner = many(moved(Path(petals), x, y, size * 0.62, turn + 30) for (x, y, size), turn in zip(spots, turns, strict=True))
        b.lay(np.minimum(b.mask(inner), whole), p.palette.local(_tone(p, colour, -0.09), 1.0), name, 0.75)
    b.draw(many(hearts), p.palette.local(_tone(p, colour, -0.1) if kind == "tulip" else FLOWERS[kind][1], 1.0), "hearts")
