"""Noise for skies, land and paper: small random grids drawn large and added in octaves. Everything from one generator."""

import numpy as np
from PIL import Image

from studio.training.scenes.colours import Array


def _grid(rng: np.random.Generator, height: int, width: int, rows: int, columns: int) -> Array:
    small = rng.random((max(2, rows), max(2, columns)), dtype=np.float32)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def cloud(
    rng: np.random.Generator, side: int, cells: float = 4, octaves: int = 4, stretch: float = 1.0, fall: float = 0.5
) -> Array:
    """Fractal noise about 0-1, `cells` across the picture; stretch above 1 draws it out sideways."""
    total = np.zeros((side, side), np.float32)
    weight, sum_of = 1.0, 0.0
    for _ in range(octaves):
        total += weight * _grid(rng, side, side, round(cells * stretch) + 1, round(cells) + 1)
        sum_of += weight
        weight *= fall
        cells *= 2
        if cells * stretch > side:
            break
    total /= sum_of
    return np.clip((total - 0.5) * 1.6 + 0.5, 0, 1)


def line(rng: np.random.Generator, count: int, cells: float = 3, octaves: int = 5, fall: float = 0.5) -> Array:
    """A ridge line of `count` heights about 0-1."""
    total = np.zeros(count, np.float32)
    weight, sum_of = 1.0, 0.0
    for _ in range(octaves):
        if cells > count:
            break
        knots = rng.random(int(cells) + 2).astype(np.float32)
        at = np.linspace(0, cells, count) + rng.random() * 0.99
        low = np.minimum(at.astype(int), len(knots) - 2)
        rest = np.clip(at - low, 0, 1)
        smooth = rest * rest * (3 - 2 * rest)
        total += weight * (knots[low] * (1 - smooth) + knots[low + 1] * smooth)
        sum_of += weight
        weight *= fall
        cells *= 2
    return total / sum_of


def blur(picture: Array, radius: float) -> Array:
    """Gaussian-like blur of a float picture with one or three channels: three box runs, edges mirrored."""
    from scipy.ndimage import uniform_filter1d  # type: ignore[import-untyped]

    size = max(1, round(radius * 1.9))
    if size == 1:
        return picture
    for _ in range(2):
        for axis in range(min(picture.ndim, 2)):
            picture = uniform_filter1d(picture, size, axis=axis, mode="nearest")
    return picture


def warp(picture: Array, dx: Array, dy: Array) -> Array:
    """Every pixel taken from a little way off; displacements in pixels."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    y = np.clip(np.rint(rows + dy), 0, height - 1).astype(np.intp)
    x = np.clip(np.rint(columns + dx), 0, width - 1).astype(np.intp)
    moved: Array = picture[y, x]
    return moved
