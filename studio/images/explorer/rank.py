"""Which of many drafts to show: good ones, and far from each other.

Quality is the judge's score, distance is between thumbnails; nothing else is known of a picture here.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDE = 8  # of a thumbnail


def thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    high, wide = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
    cut = pixels[: high * SIDE, : wide * SIDE].astype(np.float32) / 255.0
    small: NDArray[np.float32] = cut.reshape(SIDE, high, SIDE, wide, 3).mean((1, 3)).ravel()
    return small


def rank(scores: Sequence[float], thumbnails: Sequence[NDArray[np.float32]], n: int, apart: float = 0.5) -> list[int]:
    """The n to show, best first: each next one weighs its score against its distance from those before (`apart`: 0 to 1)."""
    if not scores:
        return []
    places = np.argsort(np.argsort(scores)) / max(len(scores) - 1, 1)  # scores have no unit; their order does
    seen = np.stack(thumbnails)
    nearest = np.full(len(scores), np.inf)
    chosen: list[int] = []
    while len(chosen) < min(n, len(scores)):
        if chosen:
            nearest = np.minimum(nearest, np.sqrt(((seen - seen[chosen[-1]]) ** 2).mean(1)))
            far = nearest / max(float(nearest.max()), 1e-6)
        else:
            far = np.zeros(len(scores))
        worth = (1.0 - apart) * places + apart * far
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
    return chosen
