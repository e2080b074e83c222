"""The plot deck: hand-written entries, read once from JSON lines and looked up by kind.

An entry says what becomes true after it (`gives`), what must have become true before it (`needs`, at least one), and with
what it cannot go together (`bars`). Reading is strict: a fault in any line is named with its file and line. Which entry is
drawn when is not decided here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, ValidationError

from studio.core.word import Word
from studio.writing.ask import Genre

FOLDER = Path(__file__).parents[3] / "assets" / "knowledge" / "plots"
Kind = Literal[
    "situation", "complication", "reversal", "twist", "stake", "ending", "secret", "want", "need", "flaw", "person", "setting",
    "sense", "thing", "name", "link",
]  # fmt: skip
Tone = Literal["light", "dark", "wry", "tender", "tense", "strange"]
Era = Literal["past", "present", "future", "timeless", "ancient", "medieval", "early-modern", "modern"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GENRES: tuple[Genre, ...] = get_args(Genre)
TONES: tuple[Tone, ...] = get_args(Tone)
ROLES = ("hero", "rival", "ally", "other")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Entry(Word):
    """One line of the deck; which fields beyond the first eight are filled depends on its kind."""

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    kind: Kind
    text: str = Field(default="", max_length=400)
    genres: tuple[Genre, ...] = ()
    tones: tuple[Tone, ...] = ()
    gives: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    era: Era | Literal[""] = ""
    position: str = ""  # reversal: where in the story
    plant: str = ""  # twist: the sentence that stands early and makes it fair
    job: str = ""  # situation: what it makes of its hero, when it does: "an interpreter"
    shape: str = ""  # ending
    about: tuple[str, ...] = ()  # want, need: what it is about; flaw: what it stands against
    ages: str = ""  # person: how old
    role: tuple[str, ...] = ()  # person: roles it suits
    preposition: str = ""  # setting
    sort: str = ""  # setting: town, ship ...; sense: which sense; link: which purpose
    sorts: tuple[str, ...] = ()  # sense: sorts of setting it suits
    noun: str = ""  # setting, thing: what it is called once it is known
    cultures: tuple[str, ...] = ()  # setting: whose names are at home there
    period: str = ""  # setting of the past: the era of its names
    given: str = ""  # name ...
    family: str = ""
    culture: str = ""
    gender: Literal["f", "m", "n", ""] = ""

    @cached_property
    def placeholders(self) -> frozenset[str]:
        return frozenset(PLACEHOLDER.findall(self.text + self.plant))

    @cached_property
    def people(self) -> frozenset[str]:
        """The roles of the people it speaks of."""
        return frozenset(name.split("_")[0] for name in self.placeholders) & frozenset(ROLES)


# How the lines of a kind name what belongs to that kind alone.
OWN: Mapping[str, Mapping[str, str]] = {
    "flaw": {"need": "about"}, "person": {"age": "ages"}, "setting": {"in": "preposition", "place": "sort", "age": "period"},
    "sense": {"sense": "sort", "kinds": "sorts"}, "link": {"for": "sort"},
}  # fmt: skip


class Deck:
    """All entries, by kind and by id."""

    def __init__(self, entries: Iterable[Entry], facts: Mapping[str, str]) -> None:
        self.entries = tuple(entries)
        self.facts = dict(facts)
        self.by_id = {entry.id: entry for entry in self.entries}
        self._found: dict[tuple[Kind, str | None, str], tuple[Entry, ...]] = {}  # what was asked for before
        self.kinds: dict[str, tuple[Entry, ...]] = {
            kind: tuple(entry for entry in self.entries if entry.kind == kind) for kind in KINDS
        }

    def of(self, kind: Kind, genre: str | None = None, sort: str = "") -> tuple[Entry, ...]:
        """Those of a kind that suit a genre: entries that name no genre suit every one."""
        told = (kind, genre, sort)
        if told not in self._found:
            self._found[told] = self._of(kind, genre, sort)
        return self._found[told]

    def _of(self, kind: Kind, genre: str | None, sort: str) -> tuple[Entry, ...]:
        found = self.kinds[kind]
        return tuple(
            entry for entry in found
            if (not genre or not entry.genres or genre in entry.genres) and (not sort or entry.sort == sort)
        )  # fmt: skip


@lru_cache(maxsize=2)
def read_deck(folder: Path = FOLDER) -> Deck:
    facts: dict[str, str] = json.loads((folder / "facts.json").read_text("utf-8"))
    entries: list[Entry] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            where = f"{path.name}, line {number}"
            entry = _entry(line, path.stem, facts, where)
            if entry.id in seen:
                raise ValueError(f"{where}: the id {entry.id} stands in {seen[entry.id]} as well")
            seen[entry.id] = where
            entries.append(entry)
    return Deck(entries, facts)


def _entry(line: str, kind: str, facts: Mapping[str, str], where: str) -> Entry:
    try:
        entry = Entry.model_validate(_fields(line, kind))
    except (ValidationError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error
    unknown = [fact for fact in (*entry.gives, *entry.needs, *entry.bars) if fact not in facts]
    if unknown:
        raise ValueError(f"{where}: there is no fact {', '.join(unknown)} in facts.json")
    if kind != "name" and not entry.text:
        raise ValueError(f"{where}: it has no text")
    return entry


def _fields(line: str, kind: str) -> dict[str, Any]:
    """A line's own field names in the words of `Entry`. The file says the kind; a setting says under `kind` what it is."""
    told: dict[str, Any] = json.loads(line)
    said = told.pop("kind", kind)
    if kind == "setting" and said != "setting":
        told["sort"] = said
    elif said != kind:
        raise ValueError(f"it says {said}, the file holds {kind}")
    renamed = OWN.get(kind, {})
    return {"kind": kind} | {renamed.get(name, name): value for name, value in told.items()}
