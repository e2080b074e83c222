"""A tune that has chords: its own, or those of the plain reading."""

from studio.music.harmony.harmonise import harmonise
from studio.music.tune import Tune


def with_chords(tune: Tune) -> Tune:
    return tune if tune.chords else tune.changed(chords=harmonise(tune, "plain").chords)
