"""Printed looks: the flat poster in a few clean tones."""

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur
from studio.training.scenes.styles.paper import grain, levels, tone


def flat(b: Board, rng: np.random.Generator) -> Array:
    """A poster: each shape in at most a few even tones, soft gradients only in steps, a breath of print grain."""
    rgb = levels(blur(b.rgb, b.side * 0.006), 1, 99)
    steps = int(rng.integers(5, 8))
    light = tone(rgb)
    even = (np.floor(light * steps) + 0.5) / steps
    edge = np.clip((light * steps % 1 - 0.94) / 0.06, 0, 1) / steps
    scale = ((even + edge + 0.02) / (light + 0.02))[..., None]
    flatted = rgb * np.clip(scale, 0.5, 1.8)
    mean = flatted.mean(2, keepdims=True)
    return mean + (flatted - mean) * 1.12 + (grain(rng, b.side, 0.9)[..., None] - 0.5) * 0.03
