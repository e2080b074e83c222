"""Plot: one story idea in slots. Code owns the skeleton; every slot can be locked or written anew by its name.

Slots are named `title`, `logline`, `setting`, `stakes`, `twist`, `beat.3`, `person.0.want` ...
"""

from typing import Literal

from pydantic import Field

from studio.core.word import Word

PLOT_TYPE = "application/vnd.tandem.plot+json"
Structure = Literal[
    "three acts", "hero's journey", "beat sheet", "kishotenketsu", "clue chain", "five acts", "seven points", "romance beats",
]  # fmt: skip


class Beat(Word):
    name: str = Field(max_length=80)  # what this beat is for: "Inciting event"
    text: str = Field(default="", max_length=4000)


class Person(Word):
    name: str = Field(max_length=80)
    role: str = Field(default="", max_length=80)  # in the story: hero, rival, ally ...
    who: str = Field(default="", max_length=400)  # in the world: "a retired tide-gauge reader"
    want: str = Field(default="", max_length=1000)
    need: str = Field(default="", max_length=1000)
    flaw: str = Field(default="", max_length=1000)
    arc: str = Field(default="", max_length=1000)


class Plot(Word):
    structure: Structure = "three acts"
    title: str = Field(default="", max_length=200)
    logline: str = Field(default="", max_length=2000)
    setting: str = Field(default="", max_length=1000)
    people: tuple[Person, ...] = Field(default=(), max_length=12)
    beats: tuple[Beat, ...] = Field(default=(), max_length=40)
    stakes: str = Field(default="", max_length=2000)
    twist: str = Field(default="", max_length=2000)
    detail: str = Field(default="", max_length=2000)  # one thing to see, hear or smell
    levers: dict[str, str] = {}  # what was pulled to make it different: tone, time, whose choice, what it costs
    deck: dict[str, str] = {}  # slot -> entry of the deck it was made from, so that the page can say why
