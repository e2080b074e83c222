"""The ways a scene can be painted. Each takes the finished board and really renders it anew; what is told is what is seen."""

from collections.abc import Callable

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.styles.dry import ink, pastel
from studio.training.scenes.styles.print import flat
from studio.training.scenes.styles.wet import watercolour

Style = Callable[[Board, np.random.Generator], Array]


def plain(b: Board, rng: np.random.Generator) -> Array:
    """As it is: a soft digital painting."""
    return b.rgb


STYLES: dict[str, Style] = {"digital painting": plain, "flat": flat, "watercolour": watercolour, "ink": ink, "pastel": pastel}
