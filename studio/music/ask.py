"""What a person can ask of the melody model. Everything that matters for a take is in its ask."""

import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.core.word import Word
from studio.music.theory import Key, Meter
from studio.music.tune import Chord, Tune

Colour = Literal["strict", "colour", "free"]
Kind = Literal[
    "air", "art song", "carolan", "highland", "hornpipe", "hymn", "jig", "march", "polka", "reel", "slide", "slip jig",
    "strathspey", "waltz", "clog",
]  # fmt: skip
LockOf = Literal["rhythm", "contour", "pitches"]
MOST_BARS = 64
Avoid = Annotated[tuple[int, ...], Field(min_length=2, max_length=12)]


class Lock(Word):
    """What of a bar must stay when it is written anew."""

    bar: int = Field(ge=0)
    what: LockOf


class MelodyAsk(Ask):
    """What every ask for a melody may say about the notes."""

    medium: Literal["tune"] = "tune"
    n: int = Field(default=4, ge=1, le=8)
    colour: Colour = "strict"  # only notes of the scale, one colour note a bar, or any
    leaps: Literal["singable", "free"] = "singable"
    low: int = Field(default=60, ge=24, le=103)
    high: int = Field(default=81, ge=24, le=103)
    kind: Kind | None = None
    density: int | None = Field(default=None, ge=1, le=5)  # from few long notes to many short ones
    shortest: Literal["1/32", "1/16", "1/8", "1/4"] = "1/16"
    boldness: float = Field(default=0.5, ge=0.0, le=1.0)
    avoid: tuple[Avoid, ...] = Field(default=(), max_length=2000)  # runs of intervals in semitones


class SketchAsk(MelodyAsk):
    """A new tune."""

    task: str = "sketch"
    key: Key = Key(tonic="D", mode="major")
    meter: Meter = Meter()
    tempo: Fraction = Field(default=Fraction(100), ge=20, le=320)
    bars: int = Field(default=16, ge=1, le=MOST_BARS)
    form: str = Field(default="AABA", pattern=r"^([A-F]'?){1,16}$")  # A' is A with another ending
    pickup: Fraction = Field(default=Fraction(0), ge=0, lt=2)
    cadences: bool = True  # half cadences where a section leads on, the tonic at the end
    chords: tuple[Chord, ...] = ()  # strong beats take notes of these


class TuneAsk(MelodyAsk):
    """Asks that begin from a tune. Its key, meter and tempo stay; the range follows it."""

    tune: Tune


class ContinueAsk(TuneAsk):
    task: str = "continue"
    bars: int = Field(default=8, ge=1, le=32)
    close: bool = True


class RedoAsk(TuneAsk):
    """Some bars anew; all others stay as they are."""

    task: str = "redo"
    bars: tuple[int, ...] = Field(min_length=1, max_length=MOST_BARS)
    locks: tuple[Lock, ...] = ()


class FillAsk(TuneAsk):
    """New bars after bar `after`, leading into the one that follows."""

    task: str = "fill"
    after: int = Field(ge=0)
    bars: int = Field(default=2, ge=1, le=16)


class VaryAsk(TuneAsk):
    task: str = "vary"
    strength: float = Field(default=0.4, gt=0.0, le=1.0)
    keep: tuple[int, ...] = Field(default=(), max_length=2000)  # bars that stay whatever the strength
    locks: tuple[Lock, ...] = ()


class BlendAsk(TuneAsk):
    """From one tune to the other in `n` steps."""

    task: str = "blend"
    other: Tune
    steps: int = Field(default=4, ge=1, le=8)


class AnswerAsk(TuneAsk):
    """A response to a call: as many bars, alike, and home at the end."""

    task: str = "answer"
    rhythm: bool = False  # in the rhythm of the call


ASKS: dict[str, type[MelodyAsk]] = {
    ask.model_fields["task"].default: ask for ask in (SketchAsk, ContinueAsk, RedoAsk, FillAsk, VaryAsk, BlendAsk, AnswerAsk)
}


def sections_of(form: str) -> list[str]:
    return re.findall(r"[A-F]'?", form)


def bars_each(ask: SketchAsk) -> list[int]:
    """How many bars each section of the form gets: the same number, or a sentence that says which numbers work."""
    sections = sections_of(ask.form)
    each, rest = divmod(ask.bars, len(sections))
    if each and not rest:
        return [each] * len(sections)
    near = sorted({max(each, 1) * len(sections), (each + 1) * len(sections)})
    words = " or ".join(str(bars) for bars in near if bars <= MOST_BARS) or f"fewer sections than {len(sections)}"
    raise Refused(f"{ask.bars} bars cannot be shared out evenly among {ask.form}. Choose {words} bars, or another form.")


Reading = Literal["plain", "jazzy", "modal"]
Part = Literal["bass", "drums", "chords"]


class HarmoniseAsk(Ask):
    """Chords under a tune. Offer `i` is reading `i` of `readings`, round and round; seed 0 begins with the best of each."""

    medium: Literal["tune"] = "tune"
    task: str = "harmonise"
    n: int = Field(default=3, ge=1, le=8)
    tune: Tune
    readings: tuple[Reading, ...] = Field(default=("plain", "jazzy", "modal"), min_length=1, max_length=8)
    keep: tuple[Chord, ...] = Field(default=(), max_length=2000)  # chords that stay, each where it starts


class AccompanyAsk(Ask):
    """A bass, drum or chord part for a tune; its melody, its other voices and its chords stay."""

    medium: Literal["tune"] = "tune"
    task: str = "accompany"
    n: int = Field(default=3, ge=1, le=8)
    tune: Tune
    part: Part
    style: str | None = Field(default=None, max_length=40)  # None: the offers go through the styles that suit the meter
