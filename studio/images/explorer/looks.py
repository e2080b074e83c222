"""What can be measured of a small picture. The sliders are named after these, and summaries tell of them.

Plain arithmetic on pixels, each from a definition one can check by eye; nothing learned.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 3)
Measure = Callable[[NDArray[np.float32]], float]


def light(x: NDArray[np.float32]) -> float:
    return float(_grey(x).mean())


def warmth(x: NDArray[np.float32]) -> float:
    """Red over blue."""
    return float((x[..., 0] - x[..., 2]).mean())


def green(x: NDArray[np.float32]) -> float:
    """Green over what red and blue have in the mean; below it is purple."""
    return float((x[..., 1] - (x[..., 0] + x[..., 2]) / 2).mean())


def colour(x: NDArray[np.float32]) -> float:
    """How far from grey."""
    return float((x.max(2) - x.min(2)).mean())


def contrast(x: NDArray[np.float32]) -> float:
    return float(_grey(x).std())


def sky(x: NDArray[np.float32]) -> float:
    """How much lighter the upper half is than the lower."""
    grey, half = _grey(x), len(x) // 2
    return float(grey[:half].mean() - grey[half:].mean())


def side(x: NDArray[np.float32]) -> float:
    """How much lighter the right half is than the left."""
    grey, half = _grey(x), x.shape[1] // 2
    return float(grey[:, half:].mean() - grey[:, :half].mean())


def detail(x: NDArray[np.float32]) -> float:
    """How much neighbours differ."""
    grey = _grey(x)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


MEASURES: dict[str, Measure] = {
    "light": light, "warmth": warmth, "green": green, "colour": colour, "contrast": contrast, "sky": sky, "side": side,
    "detail": detail,
}  # fmt: skip


def looks(pixels: Pixels) -> dict[str, float]:
    """Every measure of a picture, colours from 0 to 1."""
    x = pixels.astype(np.float32) / 255.0
    return {name: measure(x) for name, measure in MEASURES.items()}


def in_words(pixels: Pixels, usual: dict[str, tuple[float, float]]) -> str:
    """What stands out, against the usual (mean, spread) of each measure."""
    found = looks(pixels)
    words = {"light": ("dark", "light"), "warmth": ("cold", "warm"), "colour": ("grey", "colourful")}
    said = []
    for name, (low, high) in words.items():
        mean, spread = usual[name]
        off = (found[name] - mean) / spread
        if abs(off) > 0.6:
            said.append(high if off > 0 else low)
    return ", ".join(said) or "of middling light and colour"


def _grey(x: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = x @ np.array([0.299, 0.587, 0.114], np.float32)
    return out
