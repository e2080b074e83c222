"""Manuscripts on the table: read from a working copy once, written back with what has not changed taken as it was. No store.

What is known of a scene (its JSON, its words, who wrote how much) is kept as long as the scene is the very same object, so a
save of a long book costs what its changed scenes cost.
"""

import json
import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from studio.core.ledger import Span
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from studio.writing.manuscript.reading import word_count
from studio.writing.manuscript.shares import Made, letters
from studio.writing.manuscript.sources import Piece

FIRST = ("c1", "s1")  # the chapter and the scene of an empty manuscript
MOST_CUT = 1_000_000  # letters of what was cut that are remembered with a copy
OPEN = 8  # manuscripts that are kept read


class Facts(NamedTuple):
    """What is known of a scene while it stays the same."""

    scene: Scene
    json: str
    words: int
    letters: Counter[Made]


class Opened(NamedTuple):
    manuscript: Manuscript
    facts: Mapping[str, Facts]
    cuts: tuple[Piece, ...] = ()

    @property
    def words(self) -> int:
        return sum(one.words for one in self.facts.values())

    @property
    def letters(self) -> Counter[Made]:
        total: Counter[Made] = Counter()
        for one in self.facts.values():
            total.update(one.letters)
        return total

    @property
    def empty(self) -> bool:
        """Nothing has been written and nothing planned."""
        manuscript = self.manuscript
        scenes = any(scene.text.strip() or scene.beat or scene.summary for scene in manuscript.scenes)
        return not (scenes or manuscript.bible.entries or manuscript.plot)

    def dumps(self) -> str:
        """The same as `manuscript.dumps()`."""
        head = self.manuscript.model_dump_json(exclude={"chapters"})
        chapters = ",".join(self._chapter(chapter) for chapter in self.manuscript.chapters)
        return f'{head[:-1]},"chapters":[{chapters}]}}'

    def _chapter(self, chapter: Chapter) -> str:
        head = chapter.model_dump_json(exclude={"scenes"})
        return f'{head[:-1]},"scenes":[{",".join(self.facts[scene.id].json for scene in chapter.scenes)}]}}'


def opened(manuscript: Manuscript, before: Mapping[str, Facts] | None = None, cuts: tuple[Piece, ...] = ()) -> Opened:
    """`before`: what was known of its scenes, some of which may have changed."""
    known = before or {}
    facts = {}
    for scene in manuscript.scenes:
        one = known.get(scene.id)
        facts[scene.id] = one if one is not None and one.scene is scene else _facts(scene)
    return Opened(manuscript, facts, cuts)


def _facts(scene: Scene) -> Facts:
    return Facts(scene, scene.model_dump_json(), word_count(scene.text), letters((scene,)))


def blank(title: str) -> Manuscript:
    chapter, scene = FIRST
    return Manuscript(title=title, chapters=(Chapter(id=chapter, scenes=(Scene(id=scene),)),))


def manuscript_of(text: str, title: str = "") -> Manuscript:
    """Of a working copy or a draft. A plain text, as older studios kept them, is one scene by hand."""
    if text.startswith("{"):
        try:
            return Manuscript.loads(text)
        except ValidationError:
            pass  # somebody's text that begins with a brace
    found = blank(title)
    if not text:
        return found
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    scene = Scene(id=FIRST[1], text=plain, ledger=by_hand(plain))
    return found.changed(chapters=(found.chapters[0].changed(scenes=(scene,)),))


def as_text(body: bytes) -> str:
    """A draft as plain text, for the tree."""
    manuscript = manuscript_of(body.decode("utf-8", "replace"))
    out = []
    for number, chapter in enumerate(manuscript.chapters, 1):
        out.append(chapter.title or f"Chapter {number}")
        out += [scene.text or f"[{scene.title}: {scene.beat}]".replace(": ]", "]").replace("[]", "") for scene in chapter.scenes]
    return "\n\n".join(part for part in out if part)


def pack_cuts(cuts: Iterable[Piece]) -> bytes:
    """What was cut, newest first, as far as there is room for it: a paste after a restart still knows who wrote it."""
    rows: list[Any] = []
    room = MOST_CUT
    for cut in cuts:
        room -= len(cut.text)
        if room < 0:
            break
        rows.append([cut.text, [[span.length, span.maker, span.offer] for span in cut.spans]])
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1) if rows else b""


def unpack_cuts(data: bytes) -> tuple[Piece, ...]:
    if not data:
        return ()
    rows = json.loads(zlib.decompress(data))
    return tuple(Piece(text, [Span(length=n, maker=maker, offer=offer) for n, maker, offer in spans]) for text, spans in rows)


class Shelf:
    """The manuscripts read last. A version of a working copy is the same for ever, so nothing here can be out of date."""

    def __init__(self, most: int = OPEN) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple[str, int], Opened] = OrderedDict()

    def get(self, working: str, version: int) -> Opened | None:
        with self._lock:
            found = self._kept.get((working, version))
            if found is not None:
                self._kept.move_to_end((working, version))
            return found

    def put(self, working: str, version: int, table: Opened) -> None:
        with self._lock:
            for key in [key for key in self._kept if key[0] == working]:
                del self._kept[key]  # only the newest is asked for again
            self._kept[working, version] = table
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
