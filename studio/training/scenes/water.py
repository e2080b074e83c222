"""Water: mirrored light with ripples, the open sea with its glitter, waves on a beach, falls."""

import numpy as np

from studio.training.scenes.board import Board, shape
from studio.training.scenes.colours import Array, Lch, mix
from studio.training.scenes.noise import blur, cloud, line, warp
from studio.training.scenes.plan import Plan


def mirror(b: Board, p: Plan, horizon: float, water: Lch, calm: float, name: str) -> None:
    """All below the horizon becomes water that shows what stands above it, broken by ripples."""
    side = b.side
    row = min(round(horizon * side), side - 2)
    rows = np.clip(2 * row - np.arange(side), 0, row).astype(np.intp)
    seen = b.rgb[rows]
    down = np.clip((b.y - horizon) / max(1 - horizon, 0.05), 0, 1)
    waves = cloud(p.rng, side, 4, 3, 14) - 0.5
    fine = cloud(p.rng, side, 14, 2, 8) - 0.5
    reach = (0.01 + 0.06 * (1 - calm)) * side
    seen = warp(seen, waves * reach * (0.4 + down * 1.5), (waves + fine) * reach * (0.4 + 2.2 * down))
    own = p.palette.local(water, 0.9)
    share = (0.22 + 0.38 * down * (1.3 - calm))[..., None]
    colour = seen * (1 - share) + own * share
    lines = np.clip((fine + waves * 0.6 - 0.12) * 3.5, 0, 1)[..., None] * (0.35 + 0.4 * (1 - calm)) * (0.3 + down[..., None])
    colour = colour + lines * (mix(p.palette.sky(0.7), np.ones(3, np.float32), 0.2) - colour)
    edge = np.zeros(side, np.float32) + horizon
    b.lay(b.below(edge), colour, name)


def sea(b: Board, p: Plan, horizon: float, water: Lch, name: str = "sea") -> None:
    """Open water under the sky, rougher toward the viewer, with the sun's or the moon's path on it."""
    side = b.side
    down = np.clip((b.y - horizon) / (1 - horizon), 0, 1)
    near = p.palette.local((water[0] - 0.1, water[1] * 1.1, water[2] + 6), 1.0)
    far = mix(p.palette.local(water, 0.75), p.palette.sky(0.75), 0.35)
    colour = far + (near - far) * (down**0.7)[..., None]
    coarse, middle, fine = (cloud(p.rng, side, cells, 3, stretch) for cells, stretch in ((3, 4), (6, 7), (10, 14)))
    wave = np.where(down > 0.5, coarse, np.where(down > 0.18, middle, fine)) - 0.5
    wave = blur(wave, side * 0.006)
    light = mix(p.palette.sky(0.5), np.ones(3, np.float32), 0.15)
    colour = colour + np.clip(wave * 1.7, 0, 0.6)[..., None] * (light - colour)
    colour = colour * (1 + np.clip(wave * 1.1, -0.4, 0)[..., None])
    b.lay(b.below(np.full(side, horizon, np.float32)), colour, name)
    if "sun" in b.names or "moon" in b.names:
        glitter(b, p, horizon, down)


def glitter(b: Board, p: Plan, horizon: float, down: np.ndarray) -> None:
    """Broken light beneath the sun or moon."""
    wide = 0.03 + 0.12 * down
    inside = np.exp(-(((b.x - p.sun[0]) / wide) ** 2))
    spark = cloud(p.rng, b.side, 9, 3, 11)
    share = np.clip((spark * 0.6 + inside * 0.75 - 0.78) * 7, 0, 1) * (b.y > horizon)
    b.lay(share * 0.85, mix(p.palette.sun(), np.ones(3, np.float32), 0.3))


def beach(b: Board, p: Plan, shore: float, sand: Lch) -> None:
    """Sand at the lower edge, with foam where the water ends."""
    slant = p.between(-0.22, 0.22)
    ridge = line(p.rng, b.side, 2.5, 3, 0.4)
    edge = shore + slant * (np.linspace(0, 1, b.side, dtype=np.float32) - 0.5) + 0.06 * (ridge - 0.5)
    foam = np.ones(3, np.float32) * np.clip(np.array(p.light.tint, np.float32) + 0.1, 0, 1)
    wet = p.palette.shade(p.palette.local(sand, 0.9), 0.4)
    broken = cloud(p.rng, b.side, 12, 3, 2)
    b.lay(b.below(edge - 0.03) * np.clip((broken - 0.3) * 4, 0, 1), foam, "foam")
    b.lay(b.below(edge - 0.012), foam, "foam")
    b.lay(b.below(edge), wet, "sand")
    grain = cloud(p.rng, b.side, 50, 2)[..., None] * 0.1 + cloud(p.rng, b.side, 5, 3, 2)[..., None] * 0.12
    b.lay(b.below(edge + 0.035), p.palette.local(sand, 1.0) * (0.89 + grain), "sand")


def surf(b: Board, p: Plan, horizon: float) -> None:
    """White crests of a rough sea."""
    down = np.clip((b.y - horizon) / (1 - horizon), 0, 1)
    crest: Array = np.where(down > 0.4, cloud(p.rng, b.side, 4, 4, 5), cloud(p.rng, b.side, 9, 3, 8))
    share = np.clip((crest - 0.66 + 0.03 * down) * 9, 0, 1) * (down > 0.02)
    b.lay(share * 0.9, p.palette.local((0.97, 0.01, 220), 0.95), "foam")


def falls(b: Board, p: Plan, x: float, top: float, foot: float, wide: float) -> None:
    """A waterfall: strands of white, spray at its foot."""
    sides = [(x - wide / 2, top), (x + wide / 2, top), (x + wide * 0.62, foot), (x - wide * 0.62, foot)]
    mask = b.mask(shape(sides))
    strands = np.repeat(line(p.rng, b.side, 40, 3, 0.7)[None], b.side, 0)
    strands = warp(strands, (cloud(p.rng, b.side, 6, 2) - 0.5) * b.side * 0.02, np.zeros_like(strands))[..., None]
    pale, cold = p.palette.local((0.97, 0.01, 220), 1.0), p.palette.local((0.76, 0.05, 235), 1.0)
    b.lay(mask, cold + (pale - cold) * np.clip(strands * 1.8 - 0.35, 0, 1), "waterfall")
    spray = np.exp(-(((b.x - x) / (wide * 1.1)) ** 2) - (((b.y - foot) / 0.045) ** 2)) * (0.4 + 0.8 * cloud(p.rng, b.side, 8, 3))
    b.lay(np.clip(spray, 0, 0.9), pale)
