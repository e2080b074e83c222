"""What one picture is to show, and what came to be seen in it: the notes from which its caption is written."""

from dataclasses import dataclass, field

import numpy as np

from studio.training.scenes.colours import Light, Palette
from studio.training.scenes.nouns import plural
from studio.training.scenes.objects import Objects


@dataclass
class Thing:
    """Something that can be named. `noun` carries its article: "a lighthouse", "two boats", "snowy mountains"."""

    noun: str
    region: str  # the name of its shapes on the board
    weight: float = 0.5  # 1 is what the picture is about
    place: str = ""  # "on the left", "in the distance"
    coloured: bool = True  # whether its colour may be told (it is measured, on the finished picture)
    join: str = ""  # the word that ties it to what was said before; "with" or "and" when empty
    colour: str = ""  # filled after measuring


@dataclass
class Plan:
    """Choices and notes of one picture."""

    rng: np.random.Generator
    palette: Palette
    kind: str
    style: str
    season: str = ""
    weather: str = ""
    objects: Objects | None = None
    things: list[Thing] = field(default_factory=list)
    words: dict[tuple[str, ...], str] = field(default_factory=dict)
    sun: tuple[float, float] = (0.5, 0.3)
    season_seen: bool = False  # leaves, grass or snow show it
    look: str = ""  # objects shown as their makers drew them: in what look
    named: list[tuple[str, str]] = field(default_factory=list)  # objects of the data: (name, region)

    @property
    def light(self) -> Light:
        return self.palette.light

    def add(self, noun: str, region: str, weight: float = 0.5, place: str = "", coloured: bool = True, join: str = "") -> None:
        """Note a thing; the same again makes two or three of it."""
        article, _, rest = noun.partition(" ")
        for before in self.things:
            first, _, name = before.noun.partition(" ")
            if before.region == region and before.noun == noun and article in ("a", "an"):
                before.noun, before.place = f"two {plural(rest)}", ""
                return
            if before.region == region and (before.noun == noun or (first == "two" and name == plural(rest))):
                before.noun = f"three {name}" if first == "two" else noun
                return
        self.things.append(Thing(noun, region, weight, place, coloured, join))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def one(self, *choices: str) -> str:
        return choices[int(self.rng.integers(0, len(choices)))]

    def always(self, *choices: str) -> str:
        """One of the words, but the same one throughout a picture."""
        if choices not in self.words:
            self.words[choices] = self.one(*choices)
        return self.words[choices]


def side_of(x: float) -> str:
    """Where along the width something stands, in words; nothing when it is between two."""
    if x < 0.36:
        return "on the left"
    if x > 0.64:
        return "on the right"
    return "in the middle" if 0.44 < x < 0.56 else ""
