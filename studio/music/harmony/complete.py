"""A tune that has chords: its own, or those of the plain reading."""

from pathlib import Path

from studio.music.harmony.harmonise import harmonise
from studio.music.harmony.scores import FOLDER
from studio.music.tune import Tune


def with_chords(tune: Tune, folder: Path = FOLDER) -> Tune:
    return tune if tune.chords else tune.changed(chords=harmonise(tune, "plain", folder=folder).chords)
