"""The figures of the music room, part by part: the melody engine, harmony, sound, notation, humming, and the tab."""

from tests.bench import harmony, hum, melody, notation, room, sound
from tests.bench.figure import Figure

FIGURES = (
    *melody.FIGURES,
    *harmony.FIGURES,
    *(Figure(f"sound-{f.name}", f.goal, f.measure) for f in sound.FIGURES),
    *notation.FIGURES,
    *(Figure(f"hum-{f.name}", f.goal, f.measure) for f in hum.FIGURES),
    *(Figure(f"tab-{f.name}", f.goal, f.measure) for f in room.FIGURES),
)
