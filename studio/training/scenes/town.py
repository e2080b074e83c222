"""What people built: cottages, streets, skylines."""

import numpy as np

from studio.training.scenes.board import Board, box, many, shape
from studio.training.scenes.colours import Lch
from studio.training.scenes.plan import Plan, side_of
from studio.training.scenes.props import bright

WALLS: tuple[Lch, ...] = (
    (0.94, 0.03, 85),
    (0.85, 0.07, 75),
    (0.75, 0.10, 45),
    (0.80, 0.08, 350),
    (0.78, 0.07, 230),
    (0.82, 0.08, 140),
    (0.88, 0.10, 92),
)
ROOFS: tuple[Lch, ...] = ((0.56, 0.16, 33), (0.45, 0.09, 40), (0.42, 0.05, 260), (0.50, 0.11, 150), (0.45, 0.12, 270))


def _of(p: Plan, choices: tuple[Lch, ...]) -> Lch:
    return choices[int(p.rng.integers(0, len(choices)))]


def window_colour(p: Plan, lit: bool) -> np.ndarray:
    return p.palette.raw((0.90, 0.14, 85)) if lit else p.palette.local((0.45, 0.05, 245), 1.0)


def is_lamp_time(p: Plan) -> bool:
    return p.light.dark or p.light.name in ("dusk", "storm")


def cottage(b: Board, p: Plan, x: float, y: float, size: float) -> None:
    """A small house with gable, door, windows and chimney; y is its ground."""
    wall, roof = _of(p, WALLS), _of(p, ROOFS)
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
    b.draw(shape([(x - wide * 1.14, y - high), (x - wide * 0.72, y - high * 1.7), (x + wide * 0.72, y - high * 1.7), (x + wide * 1.14, y - high)]),
           p.palette.local((0.97, 0.01, 250) if p.season == "winter" else roof, 0.95), "roof")  # fmt: skip
    door = bright(p)
    b.draw(box(x - wide * 0.14, y - high * 0.6, wide * 0.28, high * 0.61), p.palette.local(door, 0.95), "door")
    panes = many(box(x + at * wide - wide * 0.15, y - high * 0.72, wide * 0.3, high * 0.34) for at in (-0.6, 0.6))
    lit = is_lamp_time(p) or p.chance(0.1)
    b.draw(panes, window_colour(p, lit), "windows")
    if lit:
        for at in (-0.6, 0.6):
            b.light(x + at * wide, y - high * 0.55, wide * 0.8, window_colour(p, True), 0.5)
    p.add(p.one("a house", "a cottage", "a small house", "a little house"), "house", 0.85, side_of(x), False)
    p.add(p.one("a roof", "a house roof")[:6], "roof", 0.3)
    if lit:
        p.add("lit windows", "windows", 0.4, "", False)
