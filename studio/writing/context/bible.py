"""The story bible: people, places, things and rules, each fact with the scene from which it holds; style card; author's note.

Story points are ids of scenes; what comes first is told by the order of the scenes in the manuscript, not by the bible. What
hangs on a scene that is no longer there is not told: rather too little than something from later in the story.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from studio.core.word import Word

BIBLE_TYPE = "application/vnd.tandem.bible+json"
Kind = Literal["person", "place", "object", "rule"]
Mode = Literal["always", "mention", "never"]
Order = Mapping[str, int]  # id of a scene -> its place in the story


class Fact(Word):
    """Holds from the beginning of scene `since` to the beginning of scene `until`; without them from the start, to the end."""

    text: str = Field(min_length=1, max_length=2000)
    since: str = Field(default="", max_length=80)
    until: str = Field(default="", max_length=80)

    def holds(self, order: Order, here: int) -> bool:
        return _since(self.since, order, here) and not (self.until in order and order[self.until] <= here)


class Alias(Word):
    """Another name. One that gives something away has a scene from which it is known."""

    name: str = Field(min_length=1, max_length=120)
    since: str = Field(default="", max_length=80)


class Entry(Word):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    kind: Kind = "person"
    name: str = Field(min_length=1, max_length=120)
    aliases: tuple[Alias, ...] = Field(default=(), max_length=20)
    text: str = Field(default="", max_length=20_000)  # what holds in all of the story
    facts: tuple[Fact, ...] = Field(default=(), max_length=500)
    knows: tuple[Fact, ...] = Field(default=(), max_length=500)  # what a person knows, from the scene where they learn it
    mode: Mode = "mention"
    since: str = Field(default="", max_length=80)  # before this scene nothing of the entry is told

    @field_validator("aliases", mode="before")
    @classmethod
    def _plain_names(cls, value: Any) -> Any:
        return tuple({"name": one} if isinstance(one, str) else one for one in value)

    def begun(self, order: Order, here: int) -> bool:
        return _since(self.since, order, here)

    def names(self, order: Order, here: int) -> tuple[str, ...]:
        """All names that may be known by now."""
        return (self.name, *(alias.name for alias in self.aliases if _since(alias.since, order, here)))

    def told(self, order: Order, here: int) -> str:
        """What may be said of it at this point of the story."""
        if not self.begun(order, here):
            return ""
        said = [self.text, *(fact.text for fact in self.facts if fact.holds(order, here))]
        body = " ".join(_sentence(one) for one in said if one.strip())
        known = [fact.text.strip().rstrip(".") for fact in self.knows if fact.holds(order, here) and fact.text.strip()]
        if known:
            body = f"{body} Knows: {'; '.join(known)}.".strip()
        return f"{self.name}: {body}" if body else self.name


class StyleCard(Word):
    """How the writer writes: what was measured in a sample, and the sentences that a model is told, which may be edited."""

    lines: tuple[str, ...] = Field(default=(), max_length=40)
    measured: dict[str, float] = {}
    favourites: tuple[str, ...] = Field(default=(), max_length=40)

    def told(self) -> str:
        return " ".join(_sentence(line) for line in self.lines if line.strip())


class Note(Word):
    """The author's note. It stands `depth` paragraphs before the cursor; at 0 it comes after the text."""

    text: str = Field(default="", max_length=4000)
    depth: int = Field(default=0, ge=0, le=50)


class Bible(Word):
    entries: tuple[Entry, ...] = Field(default=(), max_length=5000)
    role: str = Field(default="", max_length=4000)  # what the person says a model is to be for this story
    style: StyleCard = StyleCard()
    note: Note = Note()

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if len({entry.id for entry in self.entries}) < len(self.entries):
            raise ValueError("Two entries of the bible have the same id.")
        return self


def _since(scene: str, order: Order, here: int) -> bool:
    return not scene or (scene in order and order[scene] <= here)


def _sentence(text: str) -> str:
    bare = text.strip()
    return bare if bare.rstrip("”’\"')")[-1:] in (".", "!", "?", "…") else bare + "."
