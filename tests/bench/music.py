"""The figures of the music room, engine by engine."""

from tests.bench import harmony, melody, sound

FIGURES = (*melody.FIGURES, *harmony.FIGURES, *sound.FIGURES)
