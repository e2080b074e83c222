"""The figures of the music room, engine by engine."""

from tests.bench import melody, sound

FIGURES = (*melody.FIGURES, *sound.FIGURES)
