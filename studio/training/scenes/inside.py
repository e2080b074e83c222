"""Rooms: wall, floor, a window with its view, furniture, a lamp, small things of a home."""

import numpy as np

from studio.training.scenes import vessels
from studio.training.scenes.board import Board, box, curve, discs, many, oval, shape
from studio.training.scenes.colours import Lch, mix
from studio.training.scenes.noise import blur, cloud, line
from studio.training.scenes.placing import bright, named
from studio.training.scenes.plan import Plan, side_of

WALLS: tuple[Lch, ...] = ((0.90, 0.04, 85), (0.80, 0.07, 45), (0.75, 0.06, 150), (0.72, 0.07, 235), (0.55, 0.08, 20),
    (0.50, 0.07, 260), (0.85, 0.07, 350), (0.62, 0.07, 190))  # fmt: skip
WOOD: tuple[Lch, ...] = ((0.55, 0.08, 60), (0.42, 0.07, 50), (0.70, 0.08, 75))


def _of(p: Plan, choices: tuple[Lch, ...]) -> Lch:
    return choices[int(p.rng.integers(0, len(choices)))]


def room(b: Board, p: Plan) -> None:
    """One wall and the floor, a window, then two or three pieces of furniture."""
    floor = p.between(0.66, 0.76)
    dim = p.light.dark or p.light.name in ("dusk", "storm", "sunset")
    wall = p.palette.raw(_of(p, WALLS)) * (np.array([0.72, 0.66, 0.66], np.float32) if dim else 1)
    b.lay(np.ones_like(b.x), np.clip(wall * (1.05 - 0.18 * np.abs(b.x - 0.5))[..., None], 0, 1), "wall")
    if p.chance(0.3):
        bands = (np.floor(b.x * p.rng.choice([10, 14, 20])) % 2 == 0).astype(np.float32)
        b.lay(bands * (b.y < floor), wall * 0.9, "stripes", 0.7)
    p.add("a wall", "wall", 0.25)
    _floor(b, p, floor, dim)
    at = p.between(0.2, 0.8)
    window(b, p, at, floor, dim)
    far = p.between(0.72, 0.8) if at < 0.5 else p.between(0.2, 0.28)
    tall = p.one("picture", "shelf", "lamp", "picture")
    low = [
        str(name)
        for name in p.rng.choice(["armchair", "table", "plant", "bed", "lamp" if tall != "lamp" else "plant"], 2, replace=False)
    ]
    if p.chance(0.5):
        FURNITURE["rug"](b, p, 0.5, floor, dim)
    FURNITURE[tall](b, p, far, floor, dim)
    if p.chance(0.7) and tall != "shelf":
        FURNITURE[low[0]](b, p, far, floor, dim)
    FURNITURE[low[1]](b, p, at if abs(at - far) > 0.3 else 1 - far, floor, dim)
    p.add(p.one("a room", "a quiet room", "a living room", "a cosy room"), "wall", 1.3, coloured=False)
    if p.chance(0.35):
        named(b, p, ("animal", "thing"), p.between(0.2, 0.3), p.between(0.25, 0.75), p.between(0.9, 0.97), 0.9)


def _floor(b: Board, p: Plan, floor: float, dim: bool) -> None:
    wood = p.palette.raw(_of(p, WOOD)) * (0.75 if dim else 1.0)
    down = np.clip(b.y - floor, 0, 1)
    across = (b.x - 0.5) / (0.35 + down * 1.4)
    plank = np.floor(across * 9)
    tint = (np.sin(plank * 12.9898) * 43758.5) % 1
    gap = np.clip(1 - np.abs(across * 9 - plank - 0.5) * 2.0, 0, 0.12) / 0.12
    boards = wood * (0.86 + 0.16 * tint + 0.08 * cloud(p.rng, b.side, 4, 3, 0.3))[..., None] * (0.75 + 0.25 * gap)[..., None]
    b.lay(b.mask(box(0, floor, 1, 1)), np.clip(boards, 0, 1), "floor")
    b.draw(box(0, floor - 0.02, 1, 0.022), p.palette.raw((0.93, 0.02, 85)) * (0.75 if dim else 1), "skirting")
    p.add(p.one("a wooden floor", "a floor"), "floor", 0.25)


def window(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    """A window: sky and a strip of land outside, bars, curtains, its light on the floor."""
    half, high = p.between(0.13, 0.19), p.between(0.3, 0.4)
    top = floor - high - p.between(0.12, 0.18)
    opening = b.mask(box(x - half, top, half * 2, high))
    at = np.clip((b.y - top) / high, 0, 1)
    stops = [p.palette.sky(float(step)) for step in np.linspace(0, 1, 12)]
    sky = np.stack([np.interp(at, np.linspace(0, 1, 12), [stop[part] for stop in stops]) for part in range(3)], -1).astype(
        np.float32
    )
    b.lay(opening, sky, "window")
    if p.light.dark:
        dots = [(p.between(x - half, x + half), p.between(top, top + high * 0.6), 0.003) for _ in range(14)]
        b.lay(np.minimum(b.mask(discs(dots)), opening), p.palette.sun())
        b.lay(np.minimum(b.mask(oval(x + half * 0.4, top + high * 0.25, 0.028, 0.028)), opening), p.palette.sun(), "moon")
        p.add("a moon", "moon", 0.3, "", False)
    for depth, rise in ((0.3, 0.38), (0.8, 0.22)):
        hill = top + high * (1 - rise * (0.4 + line(p.rng, b.side, 5, 3)))
        b.lay(np.minimum(b.below(hill), opening), p.palette.local((0.55, 0.1, 145), depth), "view")
    frame = p.palette.raw((0.95, 0.015, 85)) * (0.8 if dim else 1)
    b.lay(b.mask(box(x - half, top, half * 2, high), 0.022), frame, "frame")
    b.lay(b.mask(shape([(x, top), (x, top + high)], False), 0.014), frame, "frame")
    b.lay(b.mask(shape([(x - half, top + high * 0.45), (x + half, top + high * 0.45)], False), 0.012), frame, "frame")
    b.draw(box(x - half - 0.03, top + high, half * 2 + 0.06, 0.022), frame, "frame")
    if p.chance(0.65):
        cloth = p.palette.raw(bright(p)) * (0.8 if dim else 1)
        for side in (-1, 1):
            edge = x + side * half
            fall = [
                (edge - side * 0.045, top - 0.03),
                (edge + side * 0.06, top - 0.03),
                (edge + side * 0.085, top + high + 0.06),
                (edge - side * 0.0, top + high + 0.06),
            ]
            mask = b.mask(shape(fall))
            folds = (0.82 + 0.2 * np.sin(b.x * 260))[..., None]
            b.lay(mask, np.clip(cloth * folds, 0, 1), "curtains")
        p.add("curtains", "curtains", 0.5)
    if not dim and p.light.name not in ("overcast", "storm"):
        slant = 0.12 if x < 0.5 else -0.12
        pool = [
            (x - half + slant, floor + 0.05),
            (x + half + slant, floor + 0.05),
            (x + half * 1.4 + slant * 2.2, floor + 0.22),
            (x - half * 1.2 + slant * 2.2, floor + 0.22),
        ]
        b.lay(blur(b.mask(shape(pool)), b.side * 0.008), mix(p.palette.sun(), np.ones(3, np.float32), 0.2), None, 0.4)
    p.add(p.one("a window", "a big window"), "window", 0.7, side_of(x), False)


def _armchair(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    lch = bright(p)
    base = p.palette.raw(lch) * (0.8 if dim else 1)
    dark, y = p.palette.shade(base, 0.45), floor + 0.1
    b.lay(blur(b.mask(oval(x, y, 0.17, 0.03)), b.side * 0.01), p.palette.raw((0.15, 0.03, 290)), None, 0.5)
    b.draw(many([box(x - 0.12, y - 0.03, 0.014, 0.035), box(x + 0.106, y - 0.03, 0.014, 0.035)]), p.palette.raw((0.3, 0.05, 50)))
    b.draw(box(x - 0.115, y - 0.31, 0.23, 0.25, 0.05), base, "armchair")
    b.draw(box(x - 0.1, y - 0.15, 0.2, 0.1, 0.02), mix(base, np.ones(3, np.float32), 0.14), "armchair")
    b.draw(
        many([box(x - 0.155, y - 0.2, 0.06, 0.18, 0.028), box(x + 0.095, y - 0.2, 0.06, 0.18, 0.028)]),
        mix(base, dark, 0.35),
        "armchair",
    )
    b.draw(box(x - 0.13, y - 0.075, 0.26, 0.05, 0.01), mix(base, dark, 0.6), "armchair")
    p.add(p.one("an armchair", "a soft chair"), "armchair", 0.8, side_of(x))


def _bed(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    x = float(np.clip(x, 0.25, 0.75))
    y, cover = floor + 0.12, p.palette.raw(bright(p)) * (0.8 if dim else 1)
    b.draw(box(x - 0.25, y - 0.26, 0.03, 0.27, 0.01), p.palette.raw((0.4, 0.07, 50)), "bed frame")
    b.draw(box(x - 0.24, y - 0.12, 0.48, 0.09, 0.015), p.palette.raw((0.93, 0.02, 85)) * (0.8 if dim else 1), "sheet")
    b.draw(box(x - 0.1, y - 0.145, 0.35, 0.13, 0.025), cover, "bed")
    b.draw(box(x - 0.1, y - 0.145, 0.05, 0.13, 0.02), mix(cover, np.ones(3, np.float32), 0.3), "bed")
    b.draw(box(x - 0.225, y - 0.175, 0.12, 0.065, 0.028), p.palette.raw((0.96, 0.015, 85)) * (0.85 if dim else 1), "pillow")
    b.draw(many([box(x - 0.24, y - 0.03, 0.02, 0.04), box(x + 0.22, y - 0.03, 0.02, 0.04)]), p.palette.raw((0.4, 0.07, 50)))
    p.add("a bed", "bed", 0.85, side_of(x))


def _table(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    wood = p.palette.raw(_of(p, WOOD)) * (0.75 if dim else 1)
    y, half = floor + 0.13, p.between(0.14, 0.19)
    b.lay(blur(b.mask(oval(x, y, half, 0.025)), b.side * 0.01), p.palette.raw((0.15, 0.03, 290)), None, 0.45)
    b.draw(
        many([box(x - half * 0.85, y - 0.18, 0.018, 0.18), box(x + half * 0.85 - 0.018, y - 0.18, 0.018, 0.18)]),
        wood * 0.75,
        "table",
    )
    b.draw(oval(x, y - 0.185, half, 0.032), mix(wood, np.ones(3, np.float32), 0.12), "table")
    b.draw(box(x - half, y - 0.185, half * 2, 0.012), wood, "table")
    p.add(p.one("a table", "a wooden table"), "table", 0.7, side_of(x))
    sun = p.sun
    (vessels.vase if p.chance(0.7) else vessels.MAKERS["books"])(b, p, x, y - 0.18)
    p.sun = sun


def _lamp(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    y, top = floor + 0.08, floor - 0.26
    shade = p.palette.raw(bright(p) if p.chance(0.5) else (0.92, 0.07, 85))
    b.draw(many([box(x - 0.006, top, 0.012, y - top), oval(x, y, 0.05, 0.012)]), p.palette.raw((0.3, 0.03, 60)), "lamp")
    if dim:
        b.light(x, top + 0.02, 0.4, p.palette.raw((0.88, 0.12, 75)), 0.6)
        shade = mix(shade, p.palette.raw((0.95, 0.11, 90)), 0.55)
    b.draw(
        shape([(x - 0.045, top - 0.06), (x + 0.045, top - 0.06), (x + 0.085, top + 0.06), (x - 0.085, top + 0.06)]), shade, "lamp"
    )
    p.add(
        p.one("a lamp", "a floor lamp") if not dim else p.one("a lit lamp", "a glowing lamp"), "lamp", 0.75, side_of(x), not dim
    )


def _plant(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    y, green = floor + 0.1, p.palette.raw((0.52, 0.12, 145)) * (0.8 if dim else 1)
    for by in (0.75, 1.0):
        leaves = []
        for angle in np.linspace(-1.5, 1.5, 9) + p.between(-0.15, 0.15):
            far = p.between(0.14, 0.26)
            tip = (x + np.sin(angle) * far, y - 0.1 - np.cos(angle) * far)
            middle = (x + np.sin(angle) * far * 0.6, y - 0.1 - np.cos(angle) * far * 0.62)
            off = (np.cos(angle) * 0.028, np.sin(angle) * 0.028)
            leaves.append(
                curve([(x, y - 0.08), (middle[0] - off[0], middle[1] - off[1]), tip, (middle[0] + off[0], middle[1] + off[1])])
            )
        b.draw(many(leaves), green * by, "leaves")
    b.draw(
        shape([(x - 0.062, y - 0.1), (x + 0.062, y - 0.1), (x + 0.045, y), (x - 0.045, y)]),
        p.palette.raw(bright(p)) * (0.8 if dim else 1),
        "pot",
    )
    p.add(
        p.one("a potted plant", "a plant", "a green plant" if not p.palette.pull else "a plant"), "leaves", 0.7, side_of(x), False
    )


def _picture(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    y, half, high = floor - 0.36, p.between(0.06, 0.1), p.between(0.06, 0.1)
    b.draw(
        box(x - half - 0.012, y - high - 0.012, half * 2 + 0.024, high * 2 + 0.024),
        p.palette.raw(_of(p, WOOD)) * (0.7 if dim else 1),
        "picture frame",
    )
    b.draw(box(x - half, y - high, half * 2, high * 2), p.palette.raw(bright(p)) * (0.8 if dim else 1), "picture")
    b.draw(
        oval(x - half * 0.2, y - high * 0.1, half * 0.4, high * 0.4), p.palette.raw(bright(p)) * (0.8 if dim else 1), "picture"
    )
    b.draw(box(x - half, y + high * 0.45, half * 2, high * 0.55), p.palette.raw(bright(p)) * (0.8 if dim else 1), "picture")
    p.add(p.one("a picture on the wall", "a painting on the wall"), "picture", 0.5, side_of(x), False)


def _shelf(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    wood, half, top = p.palette.raw(_of(p, WOOD)) * (0.75 if dim else 1), 0.13, floor - 0.46
    b.draw(box(x - half, top, half * 2, floor + 0.03 - top), wood * 0.8, "bookcase")
    for row in range(4):
        low = top + 0.115 * (row + 1)
        b.draw(box(x - half + 0.01, low - 0.1, half * 2 - 0.02, 0.1), wood * 0.5, "bookcase")
        at = x - half + 0.014
        while at < x + half - 0.03:
            wide, high = p.between(0.011, 0.024), p.between(0.055, 0.088)
            if p.chance(0.88):
                b.draw(box(at, low - high, wide, high), p.palette.raw(bright(p)) * (0.75 if dim else 1), "books")
            at += wide + 0.002
    p.add(p.one("a bookcase", "shelves of books", "a tall bookcase"), "books", 0.8, side_of(x), False)


def _rug(b: Board, p: Plan, x: float, floor: float, dim: bool) -> None:
    first, second = p.palette.raw(bright(p)), p.palette.raw(bright(p))
    y = floor + 0.16
    for share, colour in ((1.0, first), (0.8, second), (0.68, first), (0.3, second)):
        b.draw(oval(x, y, 0.34 * share, 0.09 * share), colour * (0.8 if dim else 1), "rug" if colour is first else "rug rings")
    p.add(p.one("a rug", "a round rug"), "rug", 0.6)


FURNITURE = {"armchair": _armchair, "table": _table, "lamp": _lamp, "plant": _plant, "picture": _picture,
    "shelf": _shelf, "bed": _bed, "rug": _rug}  # fmt: skip
