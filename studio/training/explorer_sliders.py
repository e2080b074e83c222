"""Finds the explorer's sliders: straight ways through its points, named after what they measurably do.

Thousands of pictures are made and measured. A named slider is the shortest way along which one measure changes by one
usual step while the other measures stay (on the whole: pictures are not linear). What is left is sorted by how much it
changes small versions of the pictures (GANSpace's way for nets like this one); those ways keep plain numbers for names.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.images.explorer.looks import looks
from studio.images.explorer.rank import thumbnail
from studio.images.explorer.space import Slider

Pictures = Callable[[NDArray[np.float32]], NDArray[np.uint8]]  # points -> pictures
NAMED = (
    Slider("light", "darker", "lighter", "light"),
    Slider("warmth", "colder", "warmer", "warmth"),
    Slider("green", "more purple", "greener", "green"),
    Slider("colour", "greyer", "more colourful", "colour"),
    Slider("contrast", "softer", "more contrast", "contrast"),
    Slider("sky", "light below", "light above", "sky"),
    Slider("side", "light on the left", "light on the right", "side"),
    Slider("detail", "calmer", "more detail", "detail"),
)
TOLD = (  # named after what the drawing program knows of its pictures
    Slider("mountains", "no mountains", "mountains"),
    Slider("sea", "land", "sea"),
    Slider("desert", "no desert", "desert"),
    Slider("night", "day", "night"),
    Slider("sunset", "no sunset", "sunset"),
)
LEAST = 0.45  # share of a measure's spread that a straight way must explain before it is named after it
FORMS = 6
BASES = 32  # pictures on which a named way must hold


class Ways(NamedTuple):
    sliders: tuple[Slider, ...]
    ways: NDArray[np.float32]  # of each slider, per unit
    usual: dict[str, tuple[float, float]]  # of every measure: mean and spread
    explained: dict[str, float]  # of every measure: share of its spread


def told(points: NDArray[np.float64], facts: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float64]:
    """Of each slider of TOLD: from the middle of the pictures without to the middle of those with, as the reader sees them."""
    ways = []
    for slider in TOLD:
        there = facts[:, names.index(slider.name)] > 0.5
        way = points[there].mean(0) - points[~there].mean(0)
        ways.append(way / np.linalg.norm(way))
    return np.stack(ways)


def find(pictures: Pictures, points: NDArray[np.float32], known: NDArray[np.float64]) -> Ways:
    """`points` are as tame as they are usually asked for; `known` are the ways of TOLD."""
    made = pictures(points)
    found = [looks(one) for one in made]
    names = list(found[0])
    values = np.array([[one[name] for name in names] for one in found], np.float64)
    mean, spread = values.mean(0), values.std(0) + 1e-6
    slopes, explained = _fit(points, (values - mean) / spread)
    shares = dict(zip(names, explained.tolist(), strict=True))
    kept = [slider for slider in NAMED if shares[slider.attribute] >= LEAST]
    named = _moving(slopes, names, kept)
    while unsteady := [
        s for s, way in zip(kept, named.T, strict=True) if not _steady(pictures, points[:BASES], way, s.attribute)
    ]:
        kept = [slider for slider in kept if slider not in unsteady]
        named = _moving(slopes, names, kept)
    forms = _forms(points, made, np.concatenate([named, known.T], 1))
    sliders = (
        *kept,
        *TOLD[: len(known)],
        *(Slider(f"form-{k + 1}", "one way", "the other") for k in range(FORMS)),
    )
    ways = np.concatenate([named.T, known, forms]).astype(np.float32)
    usual = {name: (float(m), float(s)) for name, m, s in zip(names, mean, spread, strict=True)}
    return Ways(sliders, ways, usual, {name: round(value, 3) for name, value in shares.items()})


def _moving(slopes: NDArray[np.float64], names: list[str], kept: list[Slider]) -> NDArray[np.float64]:
    """Columns: of each slider the shortest way that moves its measure by one usual step and those of the others not."""
    table = slopes[:, [names.index(slider.attribute) for slider in kept]].T
    named: NDArray[np.float64] = table.T @ np.linalg.inv(table @ table.T + 1e-6 * np.eye(len(kept)))
    named /= np.maximum(np.linalg.norm(named, axis=0) / 1.5, 1.0)  # no unit goes further than is worth seeing
    return named


def _steady(pictures: Pictures, bases: NDArray[np.float32], way: NDArray[np.float64], attribute: str) -> bool:
    """Whether the measure only grows along the way, from -2 to 2 and at each step by at least a tenth of the whole."""
    means = [
        np.mean([looks(one)[attribute] for one in pictures((bases + at * way).astype(np.float32))])
        for at in (-2.0, -1.0, 0.0, 1.0, 2.0)
    ]
    steps = np.diff(means)
    return bool((steps > 0.1 * (means[-1] - means[0])).all() and means[-1] > means[0])


def _fit(points: NDArray[Any], values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Straight lines through standardised values, and what share of each is explained on the fifth that was not fitted."""
    cut = len(points) * 4 // 5
    x, y = points[:cut].astype(np.float64), values[:cut]
    slopes = np.linalg.solve(x.T @ x + 1e-3 * len(x) * np.eye(x.shape[1]), x.T @ y).astype(np.float64)
    rest = values[cut:] - points[cut:] @ slopes
    whole = values[cut:].var(0)
    explained: NDArray[np.float64] = (whole - rest.var(0)) / np.maximum(whole, 0.01)  # nothing where nothing varies
    return slopes, explained


def _forms(points: NDArray[Any], made: NDArray[np.uint8], named: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ways of length one that change thumbnails most, at right angles to each other and to the named ways."""
    small = np.stack([thumbnail(one) for one in made]).astype(np.float64)
    slopes, _ = _fit(points, (small - small.mean(0)) / small.std())
    base, _ = np.linalg.qr(named)
    slopes -= base @ (base.T @ slopes)
    ways, _, _ = np.linalg.svd(slopes, full_matrices=False)
    out: NDArray[np.float64] = ways.T[:FORMS]
    return out
