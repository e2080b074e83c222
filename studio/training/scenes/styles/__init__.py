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


STYLES: dict[str, Style] = {
    "digital painting": plain,
    "flat": flat,
    "watercolour": watercolour,
    "ink": ink,
    "pastel": pastel,
    "oil": oil,
    "woodcut": woodcut,
    "pixel": pixel,
    "stained glass": stained_glass,
    "neon": neon,
    "paper cut": paper_cut,
    "pencil": pencil,
    "mosaic": mosaic,
}
