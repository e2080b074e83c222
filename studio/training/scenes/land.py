"""Land: mountain ranges in the distance's veil, hills, fields, dunes, fog between them, paths."""

import numpy as np

from studio.training.scenes.board import Board, shape
from studio.training.scenes.colours import Array, Lch, mix
from studio.training.scenes.noise import blur, cloud, line
from studio.training.scenes.plan import Plan

GREENS: dict[str, Lch] = {
    "spring": (0.74, 0.14, 128),
    "summer": (0.62, 0.13, 138),
    "autumn": (0.68, 0.12, 85),
    "winter": (0.94, 0.012, 250),
}


def grass(p: Plan, lift: float = 0.0) -> Lch:
    p.season_seen = True
    lightness, chroma, hue = GREENS.get(p.season, (0.66, 0.12, 132))
    return (lightness + lift, chroma, hue + p.between(-6, 6))


def mountains(b: Board, p: Plan, base: float, height: float, depth: float, snow: bool, rock: Lch, name: str) -> Array:
    """One range: its ridge (y for every column). Faces toward the light are bright, the others in shade."""
    ridge = line(p.rng, b.side, p.between(1.6, 3.2), 6, 0.48)
    peaks = base - height * (0.15 + 0.85 * ((ridge - ridge.min()) / (np.ptp(ridge) + 1e-6)) ** 1.15)
    under = b.y - peaks[None]
    rough = cloud(p.rng, b.side, 7, 4, 0.6)
    lean = (rough - 0.5) * 0.10 + under * p.between(0.25, 0.6) * (1 if p.sun[0] < 0.5 else -1)
    columns = np.clip((b.x + lean) * b.side, 0, b.side - 1).astype(np.intp)
    slope = np.gradient(blur(peaks, b.side * 0.008)) * b.side
    facing = -slope[columns] * (1 if p.sun[0] < 0.5 else -1)
    lit = np.clip(0.5 + facing * 0.55 + (rough - 0.5) * 0.9, 0, 1)[..., None]
    bright, dark = p.palette.local(rock, depth), p.palette.shade(p.palette.local((rock[0] - 0.14, rock[1], rock[2]), depth), 0.45)
    colour = dark + (bright - dark) * lit
    if snow:
        line_of = np.clip((height * (0.5 + 0.35 * (rough - 0.5)) - under) / (height * 0.06), 0, 1)
        cap = np.clip(line_of * np.clip(0.45 + lit[..., 0] * 1.2 - under / height * 0.7, 0, 1) * 1.6, 0, 1)[..., None]
        white = p.palette.local((0.97, 0.01, 250), depth)
        cold = p.palette.local((0.78, 0.05, 262), depth)
        colour += cap * (cold + (white - cold) * lit - colour)
    foot = np.clip(under / (height * 1.3), 0, 1)[..., None] ** 1.5 * (1 - depth) * 0.8
    colour = colour + foot * (p.palette.sky(0.85) - colour)
    b.lay(b.below(peaks), colour, name)
    return peaks


def hills(b: Board, p: Plan, base: float, height: float, depth: float, colour: Lch, name: str, cells: float = 2.0) -> Array:
    """A rolling band of land with soft light; gives its line."""
    ridge = line(p.rng, b.side, cells, 2, 0.3)
    top = base - height * ridge
    under = np.clip((b.y - top[None]) / 0.25, 0, 1)[..., None]
    grain = cloud(p.rng, b.side, 10 + 14 * depth, 3, 2.5)[..., None] - 0.5
    lit = p.palette.local((min(colour[0] + 0.07, 0.98), colour[1], colour[2] - 8), depth)
    low = p.palette.shade(p.palette.local((colour[0] - 0.08, colour[1], colour[2] + 6), depth), 0.3)
    b.lay(b.below(top), lit + (low - lit) * np.clip(under + grain * 0.5, 0, 1), name)
    return top


def rows_of(b: Board, p: Plan, base: float, colours: list[Lch], name: str) -> None:
    """A field in rows that run to a point on the horizon."""
    x0 = p.between(0.1, 0.9)
    down = np.maximum(b.y - base, 1e-4)
    across = (b.x - x0) / (down + 0.035)
    count = p.between(1.6, 3.2)
    wave = across * count + (cloud(p.rng, b.side, 16, 2) - 0.5) * 0.35
    fade = np.clip(down * 12, 0.25, 1)
    band = np.floor(wave).astype(int) % len(colours)
    inside = wave % 1
    field = b.mask(shape([(0, base), (1, base), (1, 1), (0, 1)]))
    soil = p.palette.local((0.42, 0.06, 70), 0.9)
    light = (np.clip(1 - np.abs(inside - 0.5) * 2.2, 0, 1) * fade + (1 - fade) * 0.75)[..., None]
    light = np.clip(light + (cloud(p.rng, b.side, 40, 2)[..., None] - 0.5) * 0.7 * fade[..., None], 0, 1)
    for index, lch in enumerate(colours):
        near = p.palette.local(lch, 1.0)
        far = p.palette.local(lch, 0.55)
        depth = np.clip(down * 3, 0, 1)[..., None]
        own = far + (near - far) * depth
        b.lay(field * (band == index), soil + (own - soil) * light, f"{name} {index}" if index else name)


def dunes(b: Board, p: Plan, base: float, depth: float, sand: Lch, name: str) -> None:
    """One dune crest: a lit and a shaded face meet on a curved edge."""
    crest = line(p.rng, b.side, p.between(1.2, 2.2), 2, 0.22)
    top = base - 0.2 * crest * (0.6 + depth)
    side = 1 if p.sun[0] < 0.5 else -1
    peak = float(np.argmin(top)) / b.side
    under = b.y - top[None]
    edge = peak + side * (under * p.between(0.5, 1.4) + 0.05 * np.sin(under * 18 + p.between(0, 6)))
    shaded = np.clip(((b.x - edge) * side) * 26 + 0.5, 0, 1) * np.clip(1.25 - under * 3.2, 0, 1)
    ripples = (np.sin((under * (60 - 25 * depth) + (cloud(p.rng, b.side, 3, 2) - 0.5) * 5) * 6) * 0.5 + 0.5)[..., None]
    lit = p.palette.local(sand, depth)
    dark = p.palette.shade(p.palette.local((sand[0] - 0.16, sand[1] + 0.02, sand[2] - 14), depth), 0.5)
    colour = lit + (dark - lit) * np.clip(shaded[..., None] * 0.9 + ripples * 0.09, 0, 1)
    b.lay(b.below(top), colour, name)


def mist(b: Board, p: Plan, at: float, thick: float, strength: float) -> None:
    """A bank of fog lying at a height of the picture."""
    bank = np.exp(-(((b.y - at) / thick) ** 2)) * (0.5 + 0.7 * cloud(p.rng, b.side, 3, 3, 4))
    b.lay(np.clip(bank * strength, 0, 0.95), mix(p.palette.sky(0.9), np.ones(3, np.float32), 0.12))


def path(b: Board, p: Plan, base: float, colour: Lch, name: str = "path") -> None:
    """A way from the lower edge that winds to the horizon."""
    x, goal, swing = p.between(0.3, 0.7), p.between(0.3, 0.7), p.between(-0.16, 0.16)
    left, right = [], []
    for at in np.linspace(0, 1, 24):
        y = 1.02 - (1.02 - base) * at
        near = (1 - at) ** 1.8
        middle = x + (goal - x) * at + swing * np.sin(at * 6.3) * (1 - at * 0.75)
        half = 0.006 + 0.13 * near
        left.append((middle - half, y))
        right.append((middle + half, y))
    mask = b.mask(shape([*left, *right[::-1]]))
    grain = cloud(p.rng, b.side, 30, 2, 3)[..., None]
    light = p.palette.local(colour, 0.95)
    b.lay(mask, light * (0.86 + 0.2 * grain), name)
