"""The figures of the music room, engine by engine."""

from tests.bench import melody

FIGURES = (*melody.FIGURES,)
