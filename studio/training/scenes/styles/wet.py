"""Wet media: watercolour with pooled edges, granulation and white paper."""

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud, warp
from studio.training.scenes.styles.paper import edges, grain


def watercolour(b: Board, rng: np.random.Generator) -> Array:
    """Transparent washes: wavering edges, pigment that pools at borders and settles in the paper, a torn white margin."""
    side = b.side
    sway = side * 0.010
    dx, dy = (cloud(rng, side, 9, 3) - 0.5) * 2 * sway, (cloud(rng, side, 9, 3) - 0.5) * 2 * sway
    rgb = warp(b.rgb, dx, dy)
    soft = blur(rgb, side * 0.012)
    wet = np.clip((cloud(rng, side, 3, 3) - 0.42) * 5, 0, 1)[..., None]
    rgb = rgb + wet * 0.75 * (soft - rgb)
    line = warp(edges(b, 2.2), dx, dy)
    pool = blur(line, side * 0.006)
    density = 1.0 - 0.5 * (cloud(rng, side, 4, 4) - 0.35) + 0.4 * line * (1 - wet[..., 0]) + 0.35 * pool
    density = density + (grain(rng, side, 0.6) - 0.5) * 0.35
    pigment = -np.log(np.clip(rgb * 0.95 + 0.04, 0.03, 1))
    painted = np.exp(-pigment * (0.82 * density)[..., None])
    margin = np.minimum(np.minimum(b.x, 1 - b.x), np.minimum(b.y, 1 - b.y)) - 0.035 - 0.05 * (cloud(rng, side, 6, 4) - 0.5)
    inside = np.clip(margin * side / 2.5, 0, 1)
    rim = np.exp(-((margin * side / 2.2 - 0.8) ** 2)) * 0.25
    paper = np.array([0.985, 0.975, 0.95], np.float32) * (0.965 + 0.05 * grain(rng, side, 0.8))[..., None]
    covered = (inside if rng.random() < 0.6 else np.ones_like(inside))[..., None]
    painted = painted * (1 - (rim * (covered[..., 0] < 1))[..., None])
    return paper * (1 - covered) + paper * painted * covered
