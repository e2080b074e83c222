"""The making of a manuscript, step by step: who changed what, when, and how many words it was. Pure.

What happened is told by strokes, which are edits made together, and by moments, at which the whole is known: a draft that
was kept, restored or brought in. Between two of them a person can scrub to and fro; every so often the state is remembered,
so that no place is far.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter

from studio.core.errors import Refused
from studio.core.ledger import Span
from studio.core.word import Word
from studio.writing.diff import changes, middle
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import Edit, applied
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.manuscript.reading import word_count
from studio.writing.manuscript.sources import Piece
from studio.writing.manuscript.structure import Change, Restore

EVERY = 100  # steps between two states that are remembered
HOW = ("typed", "pasted", "accepted", "rewritten", "undone", "moved")
LARGEST = 256_000_000  # bytes that packed strokes may grow to


class Stroke(Word):
    time: int = Field(ge=0)  # milliseconds since 1970
    who: str = ""
    edits: tuple[Edit, ...]


class Moment(NamedTuple):
    time: int
    who: str
    manuscript: Manuscript
    what: Literal["draft", "restored", "imported"] = "draft"


class Step(NamedTuple):
    time: int
    who: str
    what: str  # how the first of its edits came about, or what kind of moment it was
    scene: str
    added: int  # words
    removed: int
    total: int  # words of the whole afterwards


class Replay:
    """`at(0)` is the beginning, `at(len(steps))` the end."""

    def __init__(self, start: Manuscript, rows: Sequence[Stroke | Moment], offers: Mapping[str, str] | None = None) -> None:
        self._rows, self._offers = list(rows), offers or {}
        self._kept: dict[int, tuple[Manuscript, tuple[Piece, ...]]] = {0: (start, ())}
        self.steps: list[Step] = []
        state, cuts = self._kept[0]
        counted = {scene.id: word_count(scene.text) for scene in start.scenes}
        for i, row in enumerate(self._rows, 1):
            after, cuts = self._next(row, state, cuts)
            self.steps.append(_step(row, state, after, counted))
            state = after
            if i % EVERY == 0:
                self._kept[i] = state, cuts

    def at(self, step: int) -> Manuscript:
        if not 0 <= step <= len(self.steps):
            raise Refused("There is no such step.")
        begin = step - step % EVERY
        state, cuts = self._kept[begin]
        for row in self._rows[begin:step]:
            state, cuts = self._next(row, state, cuts)
        return state

    def text(self, step: int, scene: str = "") -> str:
        """Of one scene, or of all with an empty line between two."""
        return "\n\n".join(one.text for one in self.at(step).scenes if scene in ("", one.id))

    def _next(self, row: Stroke | Moment, state: Manuscript, cuts: tuple[Piece, ...]) -> tuple[Manuscript, tuple[Piece, ...]]:
        if isinstance(row, Moment):
            return row.manuscript, ()
        done = applied(state, row.edits, self._offers, cuts)
        return done.manuscript, done.cuts


def _step(row: Stroke | Moment, before: Manuscript, after: Manuscript, counted: dict[str, int]) -> Step:
    """`counted`: words of each scene, kept up to date here, so that only what changed is counted."""
    old = {scene.id: scene for scene in before.scenes}
    new = {scene.id: scene for scene in after.scenes}
    added = removed = 0
    where = ""
    for id in dict.fromkeys([*new, *old]):
        was, now = (rows[id].text if id in rows else "" for rows in (old, new))
        if was is now or was == now:
            continue
        where = where or id
        start, end, other_end = middle(was, now)
        one, other = was[start:end], now[start:other_end]
        for a, b, c, d in changes(one, other):
            added += word_count(other[c:d])
            removed += word_count(one[a:b])
        counted[id] = counted.get(id, 0) + word_count(other) - word_count(one)
    total = sum(counted.get(id, 0) for id in new)
    what = row.what if isinstance(row, Moment) else _what(row)
    return Step(row.time, row.who, what, where, added, removed, total)


def _what(stroke: Stroke) -> str:
    first = stroke.edits[0] if stroke.edits else None
    return first.how if isinstance(first, Splice) else first.what if isinstance(first, Change) else "undone"


def coalesced(splices: Sequence[Splice]) -> list[Splice]:
    """Letters typed one after another as one splice, with slips put right at once. Applied they do the same.

    Deleted letters stay as they are: a point that goes by itself joins two sentences for the letter that goes next."""
    out: list[Splice] = []
    for splice in splices:
        joint = _joint(out[-1], splice) if out else None
        if joint:
            out[-1] = joint
        else:
            out.append(splice)
    return out


def _joint(one: Splice, two: Splice) -> Splice | None:
    if one.how != "typed" or two.how != "typed" or one.scene != two.scene:
        return None
    end = one.at + len(one.text)
    if one.text and not two.gone and two.at == end:
        return one.changed(text=one.text + two.text)
    if one.text and not two.text and two.at + two.gone == end and two.at > one.at:
        return one.changed(text=one.text[: two.at - one.at])  # a slip of the keys, put right at once
    return None


_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


def pack(strokes: Sequence[Stroke]) -> bytes:
    """Small enough to keep every letter: a few bytes for each."""
    names: dict[str, int] = {}
    time = 0
    rows = []
    for stroke in strokes:
        edits = [_short(edit, names) for edit in stroke.edits]
        rows.append([stroke.time - time, _name(stroke.who, names), edits])
        time = stroke.time
    return zlib.compress(json.dumps([1, list(names), rows], ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(data: bytes) -> list[Stroke]:
    try:
        unfolding = zlib.decompressobj()
        body = unfolding.decompress(data, LARGEST)
        if not unfolding.eof:
            raise ValueError("cut off")
        form, names, rows = json.loads(body)
        if form != 1:
            raise ValueError(form)
        out, time = [], 0
        for later, who, edits in rows:
            time += later
            out.append(Stroke(time=time, who=names[who], edits=tuple(_long(edit, names) for edit in edits)))
        return out
    except (zlib.error, ValueError, TypeError, IndexError, KeyError) as error:
        raise Refused("The record of the making of this text cannot be read.") from error


def _name(name: str, names: dict[str, int]) -> int:
    return names.setdefault(name, len(names))


def _short(edit: Edit, names: dict[str, int]) -> Any:
    if not isinstance(edit, Splice):
        return edit.model_dump(mode="json", exclude_defaults=not isinstance(edit, Restore))
    offer = -1 if edit.offer is None else _name(edit.offer, names)
    spans = [[s.length, _name(s.maker, names), -1 if s.offer is None else _name(s.offer, names)] for s in edit.spans]
    row = [_name(edit.scene, names), edit.at, edit.gone, edit.text, HOW.index(edit.how), offer, spans]
    return row if spans else row[:6] if offer >= 0 else row[:5] if row[4] else row[:4]


def _long(row: list[Any] | dict[str, Any], names: Sequence[str]) -> Edit:
    if isinstance(row, dict):
        return _EDIT.validate_python(row)
    rest: list[Any] = [0, -1, []]
    scene, at, gone, text, how, offer, spans = row + rest[len(row) - 4 :]
    made = tuple(
        Span.model_validate({"length": length, "maker": names[maker], "offer": None if of < 0 else names[of]})
        for length, maker, of in spans
    )
    return Splice(
        scene=names[scene], at=at, gone=gone, text=text, how=HOW[how], offer=None if offer < 0 else names[offer], spans=made
    )
