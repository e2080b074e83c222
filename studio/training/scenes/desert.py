"""The desert: dunes, table mountains, cactus plants."""

import numpy as np

from studio.training.scenes import land, skies
from studio.training.scenes.board import Board, Path, shape
from studio.training.scenes.colours import Lch
from studio.training.scenes.plan import Plan
from studio.training.scenes.props import extras


def desert(b: Board, p: Plan) -> None:
    horizon = p.between(0.42, 0.6)
    skies.sky(b, p, horizon)
    sand: Lch = (0.80, 0.10, 72) if p.chance(0.7) else (0.68, 0.13, 50)
    if p.chance(0.45):
        _mesas(b, p, horizon + 0.03)
    for depth in (0.45, 0.7, 1.0):
        land.dunes(b, p, horizon + 0.06 + 0.36 * (depth - 0.45) / 0.55, depth, sand, "dunes")
    p.add(p.one("a desert", "sand dunes", "dunes", "a sandy desert"), "dunes", 1.0)
    if p.chance(0.4):
        for _ in range(int(p.rng.integers(1, 4))):
            _cactus(b, p, p.between(0.08, 0.92), p.between(0.72, 0.95), p.between(0.12, 0.3))
        p.add("cactus plants", "cactus", 0.6)
    extras(b, p, horizon, ("birds", "object-desert"))


def _mesas(b: Board, p: Plan, base: float) -> None:
    red: Lch = (0.55, 0.12, 40)
    for x in p.rng.uniform(0.05, 0.95, int(p.rng.integers(1, 4))):
        wide, high = p.between(0.08, 0.2), p.between(0.1, 0.26)
        edge = [
            (x - wide, base),
            (x - wide * 0.75, base - high * 0.45),
            (x - wide * 0.62, base - high),
            (x + wide * 0.6, base - high),
            (x + wide * 0.7, base - high * 0.45),
            (x + wide, base),
        ]
        whole = b.draw(shape(edge), p.palette.local(red, 0.6), "rocks")
        bands = (np.sin(b.y * 110 + np.sin(b.x * 20)) * 0.5 + 0.5) * whole
        b.lay(bands, p.palette.local((0.68, 0.12, 55), 0.6), None, 0.5)
        b.lay(
            whole * np.clip((b.x - x) / wide * (1 if p.sun[0] < x else -1) + 0.2, 0, 1),
            p.palette.local((0.38, 0.09, 25), 0.6),
            None,
            0.7,
        )
    p.add(p.one("rocks", "table mountains", "rock towers"), "rocks", 0.6, "", False)


def _cactus(b: Board, p: Plan, x: float, y: float, high: float) -> None:
    arms = Path()
    arms.moveTo(x, y)
    arms.lineTo(x, y - high)
    for side, at in ((-1, p.between(0.35, 0.5)), (1, p.between(0.5, 0.65))):
        arms.moveTo(x, y - high * at)
        arms.quadTo(x + side * high * 0.26, y - high * at, x + side * high * 0.26, y - high * (at + 0.28))
    whole = b.mask(arms, high * 0.16)
    b.lay(whole, p.palette.local((0.5, 0.11, 150), 1.0), "cactus")
    lit = b.mask(arms, high * 0.06)
    b.lay(lit, p.palette.local((0.66, 0.12, 140), 1.0), None, 0.7)
