"""Where a picture comes from: seeds and points, how tame they are, and the named sliders that move them.

A point is as many normally distributed numbers as the space has; it says nothing of tameness or sliders, so that a point
taken from an offer and asked for again with the same settings gives the same picture. Sliders are straight ways through
the space; their names and measured effects are written in config.json by the training room.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import Refused

Array = NDArray[np.float32]
DIGITS = 3  # of a point's numbers, so that it travels short and exact
FURTHEST = 8.0  # no point has a number beyond this


class Slider(NamedTuple):
    """`less` and `more` are what the ends do; `attribute` names the measure it moves, empty if nobody measures it."""

    name: str
    less: str
    more: str
    attribute: str = ""


def sliders_of(config: Mapping[str, Any]) -> tuple[Slider, ...]:
    """The sliders of a folder's config.json, in the order of their ways."""
    return tuple(Slider(**one) for one in config["sliders"])


class Space:
    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, Array]) -> None:
        self.mean, self.root, self._ways = weights["space.mean"], weights["space.root"], weights["space.ways"]
        self.sliders = sliders_of(config)

    def point(self, seed: int) -> tuple[float, ...]:
        return short(np.random.default_rng(seed).standard_normal(len(self.mean)))

    def latent(self, point: Sequence[float], tame: float, moved: Mapping[str, float]) -> Array:
        at = tame * self.checked(point)
        for k, slider in enumerate(self.sliders):
            at = at + np.float32(moved.get(slider.name, 0.0)) * self._ways[k]
        latent: Array = (self.mean + self.root @ at).astype(np.float32)
        return latent

    def check(self, moved: Mapping[str, float]) -> None:
        known = [slider.name for slider in self.sliders]
        if unknown := [name for name in moved if name not in known]:
            raise Refused(f"This explorer has no slider `{unknown[0]}`. It has: {', '.join(known)}.")

    def checked(self, point: Sequence[float]) -> Array:
        at = np.asarray(point, np.float32)
        if at.shape != self.mean.shape or not np.isfinite(at).all():
            raise Refused(f"A point of this explorer is {len(self.mean)} numbers. Take one from a picture it made.")
        return at.clip(-FURTHEST, FURTHEST)


def short(point: NDArray[Any]) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) for value in point)


def child(one: Sequence[float], other: Sequence[float], share: float, seed: int, own: float = 0.3) -> tuple[float, ...]:
    """A point between two, with a little of its own; as far from the middle as a point is on average."""
    a, b = np.asarray(one), np.asarray(other)
    mixed = (1.0 - share) * a + share * b
    mixed = mixed + own * np.random.default_rng(seed).standard_normal(len(a))
    want = (1.0 - share) * np.linalg.norm(a) + share * np.linalg.norm(b)
    return short(mixed * (want / max(float(np.linalg.norm(mixed)), 1e-6)))
