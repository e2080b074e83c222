"""Colours of the scenes: OKLCH, the light of the hour, harmonies, and the plain words a measured colour is called by.

Words are for colours that are plainly one or the other: what lies between two names gets none, so a caption never guesses.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Array = Any  # numpy arrays; the kinds of their numbers are not followed here
Lch = tuple[float, float, float]  # lightness 0-1, chroma 0-0.3, hue in degrees

TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
FROM_LAB = np.linalg.inv(TO_LAB)
FROM_LMS = np.linalg.inv(TO_LMS)


def to_lab(rgb: Array) -> Array:
    """sRGB 0-1 to OKLab."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    lab: Array = np.cbrt(linear @ TO_LMS.T) @ TO_LAB.T
    return lab


def from_lab(lab: Array) -> Array:
    """OKLab to sRGB, not clipped."""
    linear = ((lab @ FROM_LAB.T) ** 3) @ FROM_LMS.T
    rgb: Array = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    return rgb


@lru_cache(maxsize=4096)
def _oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    angle = np.deg2rad(hue)
    rgb = np.zeros(3)
    for _ in range(12):  # less chroma until the screen can show it
        rgb = from_lab(np.array([lightness, chroma * np.cos(angle), chroma * np.sin(angle)]))
        if rgb.min() >= -0.005 and rgb.max() <= 1.005:
            break
        chroma *= 0.88
    clipped = np.clip(rgb, 0, 1)
    return float(clipped[0]), float(clipped[1]), float(clipped[2])


def oklch(lightness: float, chroma: float, hue: float) -> Array:
    """One colour as sRGB 0-1."""
    return np.array(_oklch(round(lightness, 3), round(chroma, 3), round(hue % 360, 1)), np.float32)


@dataclass(frozen=True)
class Light:
    """An hour of the day: the sky from the zenith down, what the light does to things, and how dark it is."""

    name: str
    sky: tuple[Lch, Lch, Lch]
    sun: Lch
    tint: tuple[float, float, float]  # what local colours are multiplied by
    haze: float  # how soon distance takes the colours
    shade: Lch  # what shadows lean to
    dark: bool = False


LIGHTS = (
    Light("dawn", ((0.66, 0.07, 280), (0.80, 0.07, 350), (0.92, 0.07, 70)), (0.96, 0.07, 75), (0.96, 0.86, 0.88),
          0.85, (0.45, 0.06, 290)),
    Light("morning", ((0.74, 0.09, 240), (0.85, 0.06, 225), (0.95, 0.04, 90)), (0.98, 0.05, 95), (1.0, 0.98, 0.93),
          0.7, (0.5, 0.05, 255)),
    Light("noon", ((0.62, 0.14, 250), (0.76, 0.10, 237), (0.91, 0.04, 220)), (0.99, 0.04, 100), (1.0, 1.0, 1.0),
          0.5, (0.45, 0.06, 260)),
    Light("evening", ((0.68, 0.07, 245), (0.84, 0.06, 80), (0.90, 0.11, 75)), (0.96, 0.11, 80), (1.06, 0.93, 0.76),
          0.65, (0.42, 0.07, 300)),
    Light("sunset", ((0.48, 0.10, 285), (0.68, 0.15, 25), (0.84, 0.15, 65)), (0.94, 0.14, 75), (0.92, 0.70, 0.64),
          0.75, (0.33, 0.08, 310)),
    Light("dusk", ((0.34, 0.09, 275), (0.50, 0.11, 310), (0.72, 0.11, 30)), (0.88, 0.10, 50), (0.62, 0.56, 0.74),
          0.75, (0.25, 0.07, 290)),
    Light("night", ((0.19, 0.06, 270), (0.27, 0.08, 265), (0.38, 0.08, 255)), (0.94, 0.03, 100), (0.46, 0.52, 0.72),
          0.6, (0.15, 0.05, 270), True),
    Light("overcast", ((0.78, 0.02, 250), (0.85, 0.015, 240), (0.90, 0.012, 220)), (0.95, 0.01, 100),
    (0.90, 0.92, 0.94), 0.95, (0.5, 0.02, 250)),
    Light("storm", ((0.36, 0.03, 255), (0.48, 0.04, 235), (0.72, 0.05, 200)), (0.9, 0.05, 110), (0.68, 0.73, 0.76),
          0.7, (0.25, 0.03, 255)),
)  # fmt: skip


class Palette:
    """The colours of one picture: a light, and a harmony every colour is drawn toward."""

    def __init__(self, rng: np.random.Generator, light: Light, unnatural: float = 0.35) -> None:
        self.light = light
        self.chroma = float(rng.choice([0.75, 1.0, 1.0, 1.15, 1.35]))
        self.pull = 0.0
        self.anchors: tuple[float, ...] = ()
        if rng.random() < unnatural:
            first = float(rng.uniform(0, 360))
            kind = rng.integers(0, 4)
            gaps = ((0, 35), (0, 180), (0, 30, 205), (0, 120, 180))[kind]
            self.anchors = tuple((first + gap) % 360 for gap in gaps)
            self.pull = float(rng.uniform(0.55, 0.9))
        self.stops = [self.raw(stop) for stop in light.sky]

    def _hue(self, hue: float) -> float:
        if not self.anchors:
            return hue
        gaps = [(anchor - hue + 180) % 360 - 180 for anchor in self.anchors]
        return hue + self.pull * min(gaps, key=abs)

    def raw(self, lch: Lch) -> Array:
        """A colour in the picture's harmony, not touched by its light."""
        return oklch(lch[0], lch[1] * self.chroma, self._hue(lch[2]))

    def sky(self, at: float) -> Array:
        """The sky from zenith (0) to horizon (1)."""
        stops = self.stops
        part, rest = (0, at * 2) if at < 0.5 else (1, at * 2 - 1)
        mixed: Array = stops[part] * (1 - rest) + stops[part + 1] * rest
        return mixed

    def local(self, lch: Lch, depth: float = 1.0) -> Array:
        """A thing's colour as this light shows it; depth 0 is the far distance, 1 is near."""
        lit = np.clip(self.raw(lch) * np.array(self.light.tint, np.float32), 0, 1)
        veil = self.light.haze * (1 - depth) ** 1.3
        mixed: Array = lit * (1 - veil) + self.sky(0.85) * veil
        return mixed.astype(np.float32)

    def shade(self, colour: Array, much: float = 0.5) -> Array:
        """The same thing where no light falls."""
        mixed: Array = colour * (1 - much) + colour * self.raw(self.light.shade) * much * 1.3
        return mixed

    def sun(self) -> Array:
        return self.raw(self.light.sun)


def mix(first: Array, second: Array, share: float) -> Array:
    mixed: Array = first * (1 - share) + second * share
    return mixed


HUES = (
    ("pink", 345, 360), ("pink", 0, 8), ("red", 16, 33), ("orange", 48, 66), ("yellow", 86, 112), ("green", 125, 165),
    ("turquoise", 178, 210),
    ("blue", 228, 272), ("violet", 285, 318), ("pink", 332, 345),
)  # fmt: skip


def names_of(pixels: Array) -> list[str]:
    """The plain word for every colour (rows of sRGB 0-1), nothing where two would do."""
    lab = to_lab(np.asarray(pixels, np.float32).reshape(-1, 3))
    light, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    words = np.full(len(lab), "", object)
    for word, low, high in HUES:
        floor = 0.09 if word in ("red", "pink") else 0.07 if word in ("orange", "yellow") else 0.04
        words[(hue >= low) & (hue <= high) & (chroma > floor)] = word
    words[((hue > 340) | (hue < 22)) & (light > 0.72) & (chroma > 0.05)] = "pink"
    words[(hue >= 60) & (hue <= 100) & (light > 0.8) & (chroma < 0.085)] = "cream"
    words[(hue >= 35) & (hue <= 85) & (light > 0.28) & (light < 0.58) & (chroma < 0.13)] = "brown"
    words[chroma < 0.035] = ""
    words[light < 0.2] = ""
    words[(light < 0.2) & (chroma < 0.05)] = "black"
    faint = chroma < 0.022
    words[faint] = ""
    words[faint & (light > 0.93)] = "white"
    words[faint & (light < 0.24)] = "black"
    words[faint & (light > 0.35) & (light < 0.85)] = "grey"
    return [str(word) for word in words]


def name_of(rgb: Array) -> str:
    """The plain word for one colour."""
    return names_of(np.asarray(rgb))[0]


def five(picture: Array) -> list[str]:
    """Five colours that stand for the picture, most used first."""
    lab = to_lab(picture[::7, ::7].reshape(-1, 3).astype(np.float32) / 255)
    order = np.argsort(lab[:, 0] + 2 * lab[:, 1] + 3 * lab[:, 2])
    centres = lab[order[np.linspace(0, len(lab) - 1, 7).astype(int)[1:-1]]]
    for _ in range(6):
        nearest = ((lab[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        for index in range(5):
            if (nearest == index).any():
                centres[index] = lab[nearest == index].mean(0)
    counts = np.bincount(nearest, minlength=5)
    shown = np.clip(from_lab(centres), 0, 1)
    return ["#" + "".join(f"{round(float(part) * 255):02x}" for part in shown[i]) for i in np.argsort(-counts, kind="stable")]
