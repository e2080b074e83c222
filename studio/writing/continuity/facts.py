"""The words of continuity: a quote, a fact of a scene, a contradiction of two facts, and the report of a whole manuscript.

Offsets are code points of the scene's text (or of the bible's line); a quote is exactly what stands there.
"""

from typing import Literal

from pydantic import Field

from studio.core.word import Word

About = Literal[
    "there", "where", "has", "knows", "met", "alive", "age", "born", "day", "date", "hour", "eyes", "hair", "hand", "side",
    "height", "family", "siblings", "title", "lies",
]  # fmt: skip
Source = Literal["text", "model"]


class Quote(Word):
    scene: str = ""  # empty: it stands in the bible
    entry: str = ""  # whose entry of the bible
    at: int = Field(ge=0)
    quote: str


class Fact(Word):
    """`value` is a short normal form that code compares; `shown` is how a person reads it."""

    who: str  # id of a bible entry, or "name:" and the name; empty for days and hours
    name: str
    about: About
    value: str
    shown: str
    other: str = ""  # the second person of a relation, the thing that is had: an id or a name
    source: Source = "text"
    place: Quote


class Contradiction(Word):
    """The same two claims about the same person keep their key wherever they stand: so it can be remembered as intended."""

    key: str
    about: About
    who: str
    sentence: str  # what the matter is, in plain words
    one: Quote  # the earlier in the story
    other: Quote
    times: int = 1  # how many pairs of places say the same


class Report(Word):
    facts: dict[str, tuple[Fact, ...]] = {}  # by scene; nothing here is from later in the story than the scene
    contradictions: tuple[Contradiction, ...] = ()
    settled: tuple[Contradiction, ...] = ()  # found too, but the writer called them intended
