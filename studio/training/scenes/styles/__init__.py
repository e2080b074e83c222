"""The ways a scene can be painted. Each takes the finished board and really renders it anew; what is told is what is seen."""

from collections.abc import Callable

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.styles.brush import oil
from studio.training.scenes.styles.dry import ink, pastel, pencil
from studio.training.scenes.styles.pieces import mosaic, neon, pixel, stained_glass
from studio.training.scenes.styles.print import flat, paper_cut, woodcut
from studio.training.scenes.styles.wet import watercolour

Style = Callable[[Board, np.random.Generator], Array]


def plain(b: Board, rng: np.random.Generator) -> Array:
    """As it is: a soft digital painting."""
    return b.rgb


STYLES: dict[str, tuple[Style, int]] = {  # how it is rendered, and how often
    "digital painting": (plain, 16),
    "flat": (flat, 9),
    "watercolour": (watercolour, 12),
    "ink": (ink, 8),
    "pastel": (pastel, 8),
    "oil": (oil, 9),
    "woodcut": (woodcut, 7),
    "pixel": (pixel, 7),
    "stained glass": (stained_glass, 8),
    "neon": (neon, 6),
    "paper cut": (paper_cut, 6),
    "pencil": (pencil, 7),
    "mosaic": (mosaic, 4),
}
