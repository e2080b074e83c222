"""What several styles share: edges between shapes, paper grain, tone."""

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud


def tone(rgb: Array) -> Array:
    """How light every pixel looks, 0-1."""
    light: Array = rgb @ np.array([0.3, 0.59, 0.11], np.float32)
    return light


def edges(b: Board, wide: float = 1.0) -> Array:
    """Lines where two shapes meet, about `wide` thousandths of the side thick on each side."""
    ids = b.ids
    found = np.zeros(ids.shape, np.float32)
    found[:, 1:] = np.maximum(found[:, 1:], ids[:, 1:] != ids[:, :-1])
    found[1:] = np.maximum(found[1:], ids[1:] != ids[:-1])
    radius = b.side * wide / 1000
    return np.clip(blur(found, radius) * (1 + radius), 0, 1) if radius >= 0.8 else found


def contours(b: Board, much: float = 6.0) -> Array:
    """Lines where the colour jumps, whatever the shapes say; for what has no shapes (clouds, waves)."""
    light = blur(tone(b.rgb), b.side * 0.004)
    jump = np.abs(np.gradient(light, axis=0)) + np.abs(np.gradient(light, axis=1))
    return np.clip(jump * much - 0.25, 0, 1)


def grain(rng: np.random.Generator, side: int, fine: float = 0.5) -> Array:
    """Paper tooth, about 0-1."""
    raw = rng.random((side, side), dtype=np.float32)
    rough = blur(raw, max(0.6, side * 0.003))
    rough = (rough - rough.mean()) / (rough.std() + 1e-6) * 0.22 + 0.5
    return np.clip(rough * fine + cloud(rng, side, side / 9, 2) * (1 - fine), 0, 1)


def combed(rng: np.random.Generator, side: int, angle: float, reach: int) -> Array:
    """Noise drawn out along a slant, as strokes of one hand lie; about 0-1, mostly near the middle."""
    raw = rng.random((side, side), dtype=np.float32)
    total = np.zeros_like(raw)
    for step in range(-reach, reach + 1):
        total += np.roll(raw, (-round(np.sin(angle) * step), round(np.cos(angle) * step)), (0, 1))
    return total / (2 * reach + 1)


def levels(rgb: Array, low: float = 2.0, high: float = 98.0) -> Array:
    """Contrast stretched so that the lightest parts are light and the darkest are dark."""
    light = tone(rgb[::4, ::4])
    floor, top = np.percentile(light, (low, high))
    floor, top = min(floor, 0.16), max(top, 0.84)
    return np.clip((rgb - floor) / (top - floor), 0, 1)


def means(rgb: Array, number: Array) -> Array:
    """Every pixel in the mean colour of its piece."""
    flat = number.ravel()
    counts = np.maximum(np.bincount(flat), 1)
    mean = np.stack([np.bincount(flat, rgb[..., part].ravel()) / counts for part in range(3)], 1).astype(np.float32)
    means: Array = mean[flat].reshape(rgb.shape)
    return means


def lifted(rgb: Array) -> Array:
    """A dark picture made as light as media on white paper can stand."""
    mean = float(tone(rgb[::4, ::4]).mean())
    return rgb ** (np.log(0.46) / np.log(max(mean, 0.05))) if mean < 0.42 else rgb
