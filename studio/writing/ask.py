"""What a person can ask of a text model. Everything that matters for an offer is in its ask.

What goes in is told in parts, from the most lasting to the newest; which of them fit is decided by whoever counts the
model's own pieces (`context/fit.py`), and every offer says what went in and what was cut.
"""

from typing import Literal

from pydantic import Field

from studio.core.ask import Ask
from studio.core.word import Word
from studio.writing.plot.plot import Plot, Structure

Genre = Literal[
    "adventure", "children", "comedy", "fantasy", "historical", "horror", "literary", "mystery", "romance", "science-fiction",
    "thriller",
]  # fmt: skip
Tense = Literal["past", "present"]
View = Literal["first", "second", "third"]
Sense = Literal["sight", "sound", "smell", "taste", "touch", "likeness"]
Manner = Literal[
    "reword", "shorter", "longer", "simpler", "richer", "show", "warmer", "darker", "wry", "formal",
    "past", "present", "first", "third",
]  # fmt: skip
PartOf = Literal["role", "style", "constant", "summary", "cast", "before", "after", "lore", "note", "beat", "instruction"]


class Part(Word):
    """One piece of what the model is told."""

    kind: PartOf
    text: str = Field(max_length=2_000_000)
    title: str = ""  # how the person knows it: "Mara Voss", "Chapter 2"
    id: str = ""  # the entry it came from, if any
    why: str = ""  # why it is among the parts: "always", "named in the last paragraph"
    rank: int = Field(default=0, ge=0, le=9)  # among its kind the highest goes first when there is too little room


class Sampling(Word):
    """How freely the model chooses; what is None is left to `boldness`."""

    temperature: float | None = Field(default=None, ge=0.0, le=5.0)
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    min_p: float | None = Field(default=None, ge=0.0, le=1.0)
    top_n_sigma: float | None = Field(default=None, ge=-1.0, le=10.0)
    xtc_probability: float | None = Field(default=None, ge=0.0, le=1.0)
    xtc_threshold: float | None = Field(default=None, ge=0.0, le=0.5)
    dry_multiplier: float | None = Field(default=None, ge=0.0, le=5.0)
    repeat_penalty: float | None = Field(default=None, ge=1.0, le=3.0)


class WriteAsk(Ask):
    """What every ask for words may say."""

    medium: Literal["text"] = "text"
    n: int = Field(default=3, ge=1, le=8)
    parts: tuple[Part, ...] = Field(default=(), max_length=2000)
    words: int = Field(default=60, ge=1, le=1000)  # about how long an offer is to be
    boldness: float = Field(default=0.5, ge=0.0, le=1.0)
    sampling: Sampling = Sampling()
    bans: tuple[str, ...] = Field(default=(), max_length=5000)  # phrases that must not come, whatever their capitals
    genre: Genre | None = None
    tense: Tense | None = None
    view: View | None = None
    levers: tuple[str, ...] = Field(default=(), max_length=16)  # offer `i` is pulled by lever `i`, round and round
    start: str = Field(default="", max_length=4000)  # every offer begins with these words
    context: int = Field(default=0, ge=0, le=1_000_000)  # most pieces to use; 0: all the model has


class ContinueAsk(WriteAsk):
    """On from the end of the last `before` part."""

    task: str = "continue"


class FillAsk(WriteAsk):
    """What belongs between the `before` and the `after` part."""

    task: str = "fill"


class SparkAsk(WriteAsk):
    """One next line, many times."""

    task: str = "spark"
    n: int = Field(default=6, ge=1, le=8)
    words: int = Field(default=20, ge=1, le=60)


class DescribeAsk(WriteAsk):
    """A sentence or two on a thing, by the chosen senses: offer `i` by sense `i`, round and round."""

    task: str = "describe"
    subject: str = Field(min_length=1, max_length=400)
    senses: tuple[Sense, ...] = Field(default=("sight", "sound", "smell", "touch"), min_length=1, max_length=6)


class DialogueAsk(WriteAsk):
    """Two people talk."""

    task: str = "dialogue"
    speakers: tuple[str, str]
    about: str = Field(default="", max_length=1000)


class ChangeAsk(WriteAsk):
    """Asks that take a passage and give it back in other words; `before` and `after` parts stand around it."""

    passage: str = Field(min_length=1, max_length=20_000)


class RewriteAsk(ChangeAsk):
    task: str = "rewrite"
    manner: Manner = "reword"
    instruction: str = Field(default="", max_length=2000)  # in the person's own words, beside the manner


class ExpandAsk(ChangeAsk):
    """The passage with more in it."""

    task: str = "expand"


class SummariseAsk(ChangeAsk):
    task: str = "summarise"
    n: int = Field(default=1, ge=1, le=8)


class WeighAsk(WriteAsk):
    """How likely the model found each piece of a passage after the `before` part, and what else it thought of."""

    task: str = "weigh"
    n: int = Field(default=1, ge=1, le=1)
    passage: str = Field(min_length=1, max_length=20_000)
    others: int = Field(default=5, ge=0, le=20)


class PlotAsk(Ask):
    """Whole plots, or some slots of one anew."""

    medium: Literal["text"] = "text"
    task: str = "plot"
    n: int = Field(default=3, ge=1, le=8)
    premise: str = Field(default="", max_length=4000)
    names: tuple[str, ...] = Field(default=(), max_length=8)  # people who must be in it, the first is the main one
    genre: Genre | None = None
    structure: Structure = "three acts"
    tone: str = Field(default="", max_length=60)
    view: View | None = None
    boldness: float = Field(default=0.5, ge=0.0, le=1.0)
    plot: Plot | None = None  # the plot some slots of which are written anew
    slots: tuple[str, ...] = Field(default=(), max_length=200)  # these anew, all others stay; empty: all that `locks` leaves
    locks: tuple[str, ...] = Field(default=(), max_length=200)  # these stay as they are in `plot`
    other: Plot | None = None  # mixed with `plot`
    away: tuple[Plot, ...] = Field(default=(), max_length=24)  # be different from these
    near: float = Field(default=0.0, ge=0.0, le=1.0)  # how much of `plot` stays when no slot is named: "more like this"
    bans: tuple[str, ...] = Field(default=(), max_length=5000)


ASKS: dict[str, type[Ask]] = {
    ask.model_fields["task"].default: ask
    for ask in (
        ContinueAsk, FillAsk, SparkAsk, DescribeAsk, DialogueAsk, RewriteAsk, ExpandAsk, SummariseAsk, WeighAsk, PlotAsk,
    )
}  # fmt: skip
