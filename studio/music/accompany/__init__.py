"""Bass, drums and chords under a tune, by rule and from a seed. Pure functions from a Tune to a Voice."""

from studio.music.accompany import basslines, comping, drumming
from studio.music.accompany.basslines import bass
from studio.music.accompany.comping import chords_part
from studio.music.accompany.drumming import drums
from studio.music.accompany.frame import with_voice
from studio.music.ask import Part
from studio.music.theory import Meter
from studio.music.tune import Tune, Voice


def styles_for(meter: Meter) -> dict[Part, tuple[str, ...]]:
    """The styles that suit a meter, for each part, the most usual first."""
    return {"bass": basslines.styles(meter), "drums": drumming.styles(meter), "chords": comping.styles(meter)}


def accompany(tune: Tune, part: Part, style: str, seed: int = 0) -> Voice:
    return {"bass": bass, "drums": drums, "chords": chords_part}[part](tune, style, seed)


__all__ = ["accompany", "bass", "chords_part", "drums", "styles_for", "with_voice"]
