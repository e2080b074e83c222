"""Still lifes: vases, fruit, jugs, cups, candles and books on a table, in one soft light from the side."""

import numpy as np

from studio.training.scenes.board import Board, box
from studio.training.scenes.colours import Lch
from studio.training.scenes.noise import cloud
from studio.training.scenes.placing import bright, named
from studio.training.scenes.plan import Plan
from studio.training.scenes.vessels import MAKERS, fruit

WALLS: tuple[Lch, ...] = ((0.78, 0.04, 80), (0.55, 0.06, 200), (0.45, 0.07, 30), (0.35, 0.04, 260), (0.66, 0.07, 150),
    (0.72, 0.07, 320), (0.60, 0.09, 70), (0.25, 0.03, 60))  # fmt: skip


def still_life(b: Board, p: Plan) -> None:
    """Table and wall, then two to five things from back to front."""
    edge = p.between(0.58, 0.7)
    b.frame(p.between(1.3, 1.55), 0.5, edge + 0.03)
    side = 1 if p.sun[0] < 0.5 else -1
    p.sun = (0.0 if side > 0 else 1.0, 0.2)
    wall = WALLS[int(p.rng.integers(0, len(WALLS)))]
    light = (
        np.clip(1.1 - 0.55 * np.hypot(b.x - (0.2 if side > 0 else 0.8), b.y - 0.2), 0.4, 1.2)
        + (cloud(p.rng, b.side, 3, 4) - 0.5) * 0.16
    )
    b.lay(np.ones_like(b.x), np.clip(p.palette.raw(wall) * light[..., None], 0, 1), "wall")
    cloth = bright(p) if p.chance(0.55) else (0.5, 0.08, 55)
    _table(b, p, edge, cloth, side)
    p.add("a wall", "wall", 0.2)
    count = int(p.rng.integers(2, 5))
    places = np.linspace(0.31, 0.69, count) + p.rng.uniform(-0.03, 0.03, count)
    p.rng.shuffle(places)
    makers = ["vase", "fruit", "fruit", "jug", "bottle", "cup", "candle", "books", "bowl", "object"]
    chosen = p.rng.choice(makers, count, replace=False)
    if p.chance(0.5):
        chosen[0] = "vase"
    for order, (maker, x) in enumerate(zip(chosen, places, strict=True)):
        y = edge + 0.05 + 0.2 * (order + p.between(0.2, 0.8)) / count
        if maker == "fruit":
            fruit(b, p, float(x), y + 0.06)
        elif maker == "object":
            named(b, p, ("fruit",), p.between(0.2, 0.26), float(x), y + 0.05, 0.8)
        else:
            MAKERS[str(maker)](b, p, float(x), y)


def _table(b: Board, p: Plan, edge: float, cloth: Lch, side: int) -> None:
    top = b.mask(box(0, edge, 1, 1))
    glow = np.clip(1.12 - 0.5 * np.abs(b.x - (0.25 if side > 0 else 0.75)) - 0.25 * (b.y - edge), 0.5, 1.15)
    colour = p.palette.raw(cloth) * glow[..., None]
    if cloth[1] < 0.1 and cloth[2] == 55:
        boards = cloud(p.rng, b.side, 3, 4, 14)[..., None]
        b.lay(top, np.clip(colour * (0.78 + 0.4 * boards), 0, 1), "table")
        p.add(p.one("a wooden table", "a table"), "table", 0.4, join="on")
        return
    b.lay(top, np.clip(colour, 0, 1), "table")
    if p.chance(0.5):
        down = np.maximum(b.y - edge, 0) / 0.12 + 0.25
        if p.chance(0.5):
            lines = (np.floor((b.x - 0.5) / (0.5 + down * 0.35) * 14) % 2 == 0) * top
            word = "a striped cloth"
        else:
            lines = ((np.floor((b.x - 0.5) / (0.5 + down * 0.35) * 10) + np.floor(np.log(down + 0.4) * 8)) % 2 == 0) * top
            word = "a checked cloth"
        b.lay(lines.astype(np.float32) * 0.8, np.clip(p.palette.raw((0.96, 0.02, 85)) * glow[..., None], 0, 1), "stripes")
        p.add(word, "table", 0.45, coloured=False, join="on")
    else:
        p.add(p.one("a table", "a cloth"), "table", 0.4, join="on")
