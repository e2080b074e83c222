"""Things that stand on a table: vases of flowers, fruit, jugs, bottles, cups, candles, books; each a lit, turned form."""

import numpy as np

from studio.training.scenes import plants
from studio.training.scenes.board import Board, Path, box, curve, discs, many, oval, shape
from studio.training.scenes.colours import Array, Lch
from studio.training.scenes.noise import blur
from studio.training.scenes.placing import bright
from studio.training.scenes.plan import Plan, side_of

FRUIT: dict[str, tuple[tuple[Lch, ...], float]] = {  # colours, and how tall for its width
    "apple": (((0.58, 0.21, 27), (0.74, 0.17, 125), (0.84, 0.15, 95)), 0.95), "orange": (((0.74, 0.18, 58),), 1.0),
    "lemon": (((0.88, 0.17, 100),), 0.8), "pear": (((0.80, 0.15, 112), (0.72, 0.14, 95)), 1.3),
    "plum": (((0.42, 0.13, 315),), 0.95),
    "peach": (((0.80, 0.13, 45),), 0.95),
}  # fmt: skip


def round_form(b: Board, p: Plan, mask: Array, colour: Lch, name: str, x: float, half: float, y: float | None = None) -> None:
    """A turned form (or with y a ball): lit from the sun's side, a highlight, light thrown back from the table."""
    side = 1 if p.sun[0] < 0.5 else -1
    across = (b.x - x) / half * side
    base = p.palette.raw(colour)
    if y is None:
        shade = np.clip(0.62 - across * 0.55 + 0.12 * np.clip(across - 0.6, 0, 1), 0.12, 1.25)
        gleam = np.exp(-(((across + 0.5) / 0.13) ** 2))
    else:
        down = (b.y - y) / half
        shade = np.clip(0.78 - 0.42 * across - 0.32 * down + 0.15 * np.clip(down + across - 0.9, 0, 1), 0.2, 1.25)
        gleam = np.exp(-(((across + 0.38) / 0.2) ** 2) - (((down + 0.42) / 0.18) ** 2))
    dark = p.palette.shade(base, 0.7)
    body = dark + (base * 1.08 - dark) * np.clip(shade, 0, 1.1)[..., None]
    b.lay(mask, np.clip(body + gleam[..., None] * 0.4 * (1 - body), 0, 1), name)


def _shadow(b: Board, p: Plan, x: float, y: float, wide: float) -> None:
    side = 1 if p.sun[0] < 0.5 else -1
    b.lay(
        blur(b.mask(oval(x + side * wide * 0.75, y, wide * 1.35, wide * 0.22)), b.side * 0.012),
        p.palette.raw((0.16, 0.04, 290)),
        None,
        0.5,
    )


def _turned(b: Board, p: Plan, x: float, y: float, profile: list[tuple[float, float]], colour: Lch, name: str) -> None:
    """A vessel from its profile: (half width, height above the foot)."""
    right = [(x + half, y - up) for half, up in profile]
    left = [(x - half, y - up) for half, up in reversed(profile)]
    wide = max(half for half, _ in profile)
    _shadow(b, p, x, y, wide)
    path = many([curve([*right, *left]), oval(x, y - 0.004, profile[0][0] * 0.95, 0.012)])
    round_form(b, p, b.mask(path), colour, name, x, wide)


def vase(b: Board, p: Plan, x: float, y: float) -> None:
    """A vase of flowers."""
    high = p.between(0.16, 0.24)
    belly = high * p.between(0.38, 0.55)
    profile = p.one("round", "tall", "neck")
    lines = {
        "round": [
            (belly * 0.5, 0),
            (belly * 0.9, high * 0.12),
            (belly, high * 0.5),
            (belly * 0.8, high * 0.85),
            (belly * 0.55, high),
            (belly * 0.62, high * 1.04),
        ],
        "tall": [(belly * 0.42, 0), (belly * 0.46, high * 0.3), (belly * 0.6, high * 0.8), (belly * 0.75, high * 1.1)],
        "neck": [
            (belly * 0.5, 0),
            (belly, high * 0.25),
            (belly * 0.85, high * 0.5),
            (belly * 0.3, high * 0.75),
            (belly * 0.3, high * 0.95),
            (belly * 0.5, high * 1.05),
        ],
    }
    kind = p.one("tulip", "daisy", "rose", "sunflower", "poppy", "flower")
    colours = plants.FLOWERS[kind][0]
    chosen = colours[int(p.rng.integers(0, len(colours)))]
    mouth = y - high
    spots = [
        (x + p.between(-0.15, 0.15), mouth - p.between(0.06, 0.26), p.between(0.035, 0.055))
        for _ in range(int(p.rng.integers(4, 10)))
    ]
    stems = Path()
    for fx, fy, _ in spots:
        stems.moveTo(x + (fx - x) * 0.15, mouth + 0.02)
        stems.quadTo(x + (fx - x) * 0.3, (mouth + fy) / 2, fx, fy)
    green = p.palette.raw((0.52, 0.12, 140))
    b.lay(b.mask(stems, 0.008), green, "stems")
    leaves = [oval(x + p.between(-0.13, 0.13), mouth - p.between(0.0, 0.16), 0.014, 0.04) for _ in range(7)]
    b.draw(many(leaves), p.palette.raw((0.6, 0.13, 132)), "stems")
    plants.flower(b, p, kind, chosen, sorted(spots, key=lambda spot: spot[1]), 0, f"vase {kind}", False)
    _turned(b, p, x, y, lines[profile], bright(p), "vase")
    word = plants.PLURAL.get(kind, kind + "s")
    p.add(word, f"vase {kind}", 1.0)
    p.add(p.one("a vase", "a round vase" if profile == "round" else "a vase"), "vase", 0.9, side_of(x), join="in")


def fruit(b: Board, p: Plan, x: float, y: float) -> None:
    kind = p.one(*FRUIT)
    colours, tall = FRUIT[kind]
    colour = colours[int(p.rng.integers(0, len(colours)))]
    count = int(p.rng.choice([1, 1, 2, 3, 3]))
    half = p.between(0.06, 0.085)
    spots = [(x, y)] if count == 1 else [(x - half, y), (x + half * 1.05, y + 0.01)]
    if count == 3:
        spots = [(x + half * 0.1, y - half * 0.8), *spots]
    for cx, cy in spots:
        _shadow(b, p, cx, cy + half * 0.85, half * 0.9)
        body = oval(cx, cy, half, half * (tall if kind != "pear" else 0.95))
        if kind == "pear":
            body = curve(
                [
                    (cx - half, cy + half * 0.4),
                    (cx - half * 0.75, cy - half * 0.6),
                    (cx - half * 0.35, cy - half * 1.6),
                    (cx + half * 0.35, cy - half * 1.6),
                    (cx + half * 0.75, cy - half * 0.6),
                    (cx + half, cy + half * 0.4),
                    (cx + half * 0.5, cy + half * 1.15),
                    (cx - half * 0.5, cy + half * 1.15),
                ]
            )
        round_form(b, p, b.mask(body), colour, f"fruit {kind}", cx, half, cy)
        if kind in ("apple", "pear", "plum"):
            top = cy - half * (1.5 if kind == "pear" else 0.85)
            b.lay(
                b.mask(shape([(cx, top + half * 0.1), (cx + half * 0.15, top - half * 0.35)], False), 0.008),
                p.palette.raw((0.35, 0.06, 60)),
            )
            if p.chance(0.6):
                b.draw(oval(cx + half * 0.4, top - half * 0.2, half * 0.28, half * 0.12), p.palette.raw((0.6, 0.14, 135)))
    name = {1: f"{'an' if kind[0] in 'ao' else 'a'} {kind}", 2: f"two {_many(kind)}", 3: f"three {_many(kind)}"}[count]
    p.add(name, f"fruit {kind}", 0.9, side_of(x))


def _many(kind: str) -> str:
    return "peaches" if kind == "peach" else kind + "s"


def _jug(b: Board, p: Plan, x: float, y: float) -> None:
    high, belly = p.between(0.2, 0.28), p.between(0.075, 0.1)
    side = 1 if p.chance(0.5) else -1
    colour = bright(p)
    handle = Path()
    handle.moveTo(x + side * belly * 0.5, y - high * 0.9)
    handle.cubicTo(
        x + side * belly * 2.1, y - high * 0.9, x + side * belly * 1.9, y - high * 0.3, x + side * belly * 0.8, y - high * 0.25
    )
    b.lay(b.mask(handle, 0.022), p.palette.shade(p.palette.raw(colour), 0.4), "jug")
    _turned(
        b,
        p,
        x,
        y,
        [
            (belly * 0.65, 0),
            (belly, high * 0.2),
            (belly * 0.95, high * 0.5),
            (belly * 0.55, high * 0.8),
            (belly * 0.6, high),
            (belly * 0.72, high * 1.06),
        ],
        colour,
        "jug",
    )
    p.add(p.one("a jug", "a tall jug", "a pitcher"), "jug", 0.85, side_of(x))


def _bottle(b: Board, p: Plan, x: float, y: float) -> None:
    high, half = p.between(0.3, 0.4), p.between(0.045, 0.06)
    colour: Lch = ((0.42, 0.09, 150), (0.35, 0.06, 60), (0.62, 0.09, 225), (0.45, 0.13, 25), (0.85, 0.03, 200))[
        int(p.rng.integers(0, 5))
    ]
    _turned(
        b,
        p,
        x,
        y,
        [
            (half, 0),
            (half, high * 0.05),
            (half, high * 0.55),
            (half * 0.85, high * 0.66),
            (half * 0.32, high * 0.76),
            (half * 0.32, high * 0.98),
            (half * 0.38, high),
        ],
        colour,
        "bottle",
    )
    if p.chance(0.5):
        b.draw(box(x - half * 0.9, y - high * 0.42, half * 1.8, high * 0.2), p.palette.raw((0.93, 0.04, 85)), "label")
    p.add(p.one("a bottle", "a glass bottle"), "bottle", 0.85, side_of(x))


def _cup(b: Board, p: Plan, x: float, y: float) -> None:
    colour = bright(p)
    b.lay(b.mask(oval(x + 0.075, y - 0.06, 0.032, 0.032), 0.014), p.palette.shade(p.palette.raw(colour), 0.3), "cup")
    b.draw(oval(x, y + 0.002, 0.115, 0.024), p.palette.raw((0.94, 0.02, 85)), "saucer")
    _turned(b, p, x, y, [(0.038, 0), (0.066, 0.03), (0.075, 0.11)], colour, "cup")
    b.draw(oval(x, y - 0.098, 0.066, 0.014), p.palette.raw((0.36, 0.07, 50)))
    p.add(p.one("a cup", "a cup of coffee", "a teacup"), "cup", 0.8, side_of(x))


def _candle(b: Board, p: Plan, x: float, y: float) -> None:
    high = p.between(0.12, 0.24)
    _turned(b, p, x, y, [(0.06, 0), (0.065, 0.012), (0.02, 0.03), (0.03, 0.05)], (0.72, 0.11, 85), "holder")
    round_form(
        b,
        p,
        b.mask(box(x - 0.022, y - 0.045 - high, 0.044, high)),
        bright(p) if p.chance(0.4) else (0.95, 0.03, 90),
        "candle",
        x,
        0.024,
    )
    top = y - 0.045 - high
    b.light(x, top - 0.035, 0.2, p.palette.raw((0.88, 0.13, 75)), 0.7)
    b.draw(
        curve([(x, top - 0.085), (x + 0.016, top - 0.03), (x, top - 0.004), (x - 0.016, top - 0.03)]),
        p.palette.raw((0.97, 0.12, 95)),
        "flame",
    )
    p.add(p.one("a candle", "a burning candle"), "candle", 0.85, side_of(x))


def _books(b: Board, p: Plan, x: float, y: float) -> None:
    level = y + 0.02
    _shadow(b, p, x, level, 0.1)
    for _ in range(int(p.rng.integers(2, 5))):
        wide, thick, off = p.between(0.09, 0.13), p.between(0.026, 0.042), p.between(-0.02, 0.02)
        b.draw(box(x - wide + off, level - thick, wide * 2, thick, 0.004), p.palette.raw(bright(p)), "books")
        b.draw(
            box(x - wide + off + 0.006, level - thick * 0.8, wide * 2 - 0.02, thick * 0.6),
            p.palette.raw((0.94, 0.03, 90)),
            "pages",
        )
        level -= thick
    p.add(p.one("books", "a stack of books", "a pile of books"), "books", 0.8, side_of(x), False)


def _bowl(b: Board, p: Plan, x: float, y: float) -> None:
    kind = p.one("apple", "orange", "lemon", "plum", "peach")
    colours = FRUIT[kind][0]
    for at in p.rng.permutation(5):
        cx, cy = x + (at - 2) * 0.05, y - 0.105 - 0.045 * (at % 2)
        lch = colours[int(p.rng.integers(0, len(colours)))]
        round_form(b, p, b.mask(discs([(cx, cy, 0.05)])), lch, f"bowl {kind}", cx, 0.05, cy)
    _turned(b, p, x, y, [(0.06, 0), (0.13, 0.035), (0.16, 0.1)], bright(p), "bowl")
    p.add(p.one(f"a bowl of {_many(kind)}", _many(kind)), f"bowl {kind}", 0.9, coloured=False)
    p.add("a bowl", "bowl", 0.7, side_of(x), join="in")


MAKERS = {"vase": vase, "jug": _jug, "bottle": _bottle, "cup": _cup, "candle": _candle, "books": _books, "bowl": _bowl}
