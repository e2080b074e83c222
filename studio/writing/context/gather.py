"""Gather: what a model might be told at this place of a story, from the most lasting to the newest, each with its reason.

Pure: the manuscript comes as plain data. Nothing of a later scene is ever told, nor a fact that holds only later. Entries are
sorted by kind and name, not by when they were mentioned, so that a prompt begins the same way from one ask to the next.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from studio.writing.ask import Part, PartOf
from studio.writing.context.bible import Bible, Entry
from studio.writing.context.borders import paragraph_start
from studio.writing.context.names import Finder, parts_of_names

REACH = 400_000  # letters of earlier scenes: more than any model here can hold
AFTER = 12_000
WINDOW, STEP = 20_000, 5_000  # letters in which names are looked for; the window moves by steps
KINDS = ("rule", "place", "person", "object")


class Scene(NamedTuple):
    id: str
    title: str = ""
    summary: str = ""
    text: str = ""
    cast: tuple[str, ...] = ()  # ids of entries that the person put into the scene


class Place(NamedTuple):
    """The cursor, or a selection: what stands between `start` and `end` is neither before nor after."""

    scene: str
    start: int
    end: int | None = None


def gather(
    scenes: Sequence[Scene],
    place: Place,
    bible: Bible,
    beat: str = "",
    instruction: str = "",
    without: Collection[str] = (),
    reach: int = REACH,
) -> tuple[Part, ...]:
    """`without`: ids of parts that the person left out; they are those of the parts given back."""
    there = _There(scenes, place, bible, beat, instruction, without)
    summaries = [
        Part(kind="summary", id=f"summary:{one.id}", title=one.title, text=one.summary, why="the story so far")
        for one in scenes[: there.here]
    ]
    parts = [
        Part(kind="role", id=":role", text=bible.role, why="always"),
        Part(kind="style", id=":style", title="Style card", text=bible.style.told(), why="always"),
        *there.entries("constant"),
        *summaries,
        *there.entries("cast"),
        *there.text(reach),
        *there.entries("lore"),
        *([there.note] if bible.note.depth == 0 else []),
        Part(kind="beat", id=":beat", text=beat, why="what happens next"),
        Part(kind="instruction", id=":instruction", text=instruction, why="you asked for it"),
        Part(kind="after", id=":after", title=there.scene.title, text=there.after, why="just after the cursor"),
    ]
    return tuple(part for part in parts if part.text.strip() and part.id not in without)


class _There:
    """One place in the story, and what is known there."""

    def __init__(
        self, scenes: Sequence[Scene], place: Place, bible: Bible, beat: str, instruction: str, without: Collection[str]
    ) -> None:
        self.order = {scene.id: i for i, scene in enumerate(scenes)}
        if place.scene not in self.order:
            raise ValueError("The scene of the cursor is not in the manuscript.")
        self.here = self.order[place.scene]
        self.scenes, self.scene = scenes, scenes[self.here]
        start = min(max(0, place.start), len(self.scene.text))
        end = min(max(start, start if place.end is None else place.end), len(self.scene.text))
        self.before, self.passage = self.scene.text[:start], self.scene.text[start:end]
        self.after = self.scene.text[end : end + AFTER]
        self.note = Part(kind="note", id=":note", text=bible.note.text, why="your note")
        self._depth = bible.note.depth if bible.note.text.strip() and ":note" not in without else 0
        self._known = {
            entry.id: entry
            for entry in bible.entries
            if entry.mode != "never" and entry.id not in without and entry.begun(self.order, self.here)
        }
        self._parts = self._sorted(beat, instruction, bible.note.text)

    def entries(self, kind: PartOf) -> list[Part]:
        return [part for part in self._parts if part.kind == kind]

    # the text

    def text(self, reach: int) -> list[Part]:
        """Earlier scenes whole and this one up to the cursor; the note among them where it has a depth."""
        first, length = self.here, 0
        while first > 0 and length < reach:
            first -= 1
            length += len(self.scenes[first].text)
        parts = [self._scene_part(scene, "an earlier scene") for scene in self.scenes[first : self.here] if scene.text.strip()]
        here = self.scene._replace(text=self.before)
        parts.append(self._scene_part(here, "just before the cursor", last=True))
        return self._with_note(parts) if self._depth else parts

    def _scene_part(self, scene: Scene, why: str, last: bool = False) -> Part:
        text = scene.text if last else scene.text.rstrip() + "\n\n"
        return Part(kind="before", id=f"text:{scene.id}", title=scene.title, text=text, why=why)

    def _with_note(self, parts: list[Part]) -> list[Part]:
        """The note stands between two paragraphs, as many before the end as it is deep."""
        depth = self._depth
        for i in range(len(parts) - 1, -1, -1):
            text = parts[i].text
            at = paragraph_start(text, depth)
            if at > 0:
                split = [parts[i].changed(text=text[:at]), self.note, parts[i].changed(text=text[at:])]
                return [*parts[:i], *split, *parts[i + 1 :]]
            depth -= len([line for line in text.split("\n") if line.strip()])
            if depth <= 0:
                return [*parts[:i], self.note, *parts[i:]]
        return [self.note, *parts]

    # the bible

    def _sorted(self, beat: str, instruction: str, note: str) -> list[Part]:
        direct = self._named(beat, instruction, note)
        parts: dict[str, Part] = {}
        for id_, entry in self._known.items():
            if entry.mode == "always":
                parts[id_] = self._part(entry, "constant", "always", 0)
            elif id_ in direct:
                why, rank = direct[id_]
                of_scene = entry.kind in ("person", "place") and why in _OF_SCENE
                parts[id_] = self._part(entry, "cast" if of_scene else "lore", why, rank)
        for id_, of in self._next(direct).items():
            if id_ not in parts:
                parts[id_] = self._part(self._known[id_], "lore", f"named under {self._known[of].name}", 3)
        return sorted((part for part in parts.values() if part.text), key=lambda part: self._rank(self._known[part.id]))

    def _rank(self, entry: Entry) -> tuple[int, str, str]:
        return KINDS.index(entry.kind), entry.name.casefold(), entry.id

    def _part(self, entry: Entry, kind: PartOf, why: str, rank: int) -> Part:
        return Part(kind=kind, id=entry.id, title=entry.name, text=entry.told(self.order, self.here), why=why, rank=rank)

    def _finder(self) -> Finder:
        names = {id_: list(entry.names(self.order, self.here)) for id_, entry in self._known.items()}
        called = parts_of_names({id_: entry.name for id_, entry in self._known.items() if entry.kind == "person"})
        return Finder({id_: [*own, *called.get(id_, [])] for id_, own in names.items()})

    def _named(self, beat: str, instruction: str, note: str) -> dict[str, tuple[str, int]]:
        """Who and what is named, with the first reason and its rank."""
        self._find = self._finder().found
        before = self.before[max(0, (len(self.before) - WINDOW) // STEP * STEP) :]
        earlier = self.scenes[self.here - 1].text[-STEP:] if self.here else ""
        where = (
            (_NAMED, f"{self.scene.title}\n{before}", 1),
            (_IN_PASSAGE, self.passage, 0),
            ("named in what you ask", instruction, 0),
            ("named in the beat", beat, 0),
            ("named in your note", note, 1),
            ("named at the end of the scene before", earlier, 2),
        )
        out = {id_: (_CAST, 0) for id_ in self.scene.cast if id_ in self._known}
        for why, text, rank in where:
            for id_ in self._find(text):
                out.setdefault(id_, (why, rank))
        return out

    def _next(self, direct: dict[str, tuple[str, int]]) -> dict[str, str]:
        """What is named in the entries that are told already: one step, no further. By names, so that the reason is steady."""
        out: dict[str, str] = {}
        for id_ in sorted(direct, key=lambda one: self._rank(self._known[one])):
            for other in self._find(self._known[id_].told(self.order, self.here)):
                out.setdefault(other, id_)
        return out


_CAST, _NAMED, _IN_PASSAGE = "you put it into this scene", "named in this scene", "named in the passage"
_OF_SCENE = (_CAST, _NAMED, _IN_PASSAGE)
