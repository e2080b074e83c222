"""How a manuscript came to be, read from the record that its saves left: what it was at any version, and the making to replay."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from studio.core.errors import Refused
from studio.sessions.makings import Making
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import Edit, applied
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.manuscript.replay import Moment, Replay, Stroke, coalesced, pack, unpack
from studio.writing.manuscript.structure import Restore
from studio.writing.room.putting import changed
from studio.writing.room.table import blank, manuscript_of

OLD = "This page shows a text that has been gone on with elsewhere. Copy what you wrote last, and reload the page."
TOGETHER = 20_000  # milliseconds: letters typed so soon after others are one step of a replay
DraftOf = Callable[[str], Manuscript]
BodiesOf = Callable[[Sequence[str]], Mapping[str, str]]


def strokes_of(edits: Sequence[Edit], time: int) -> bytes:
    return pack([Stroke(time=time, edits=tuple(edits))])


def put_of(what: str, value: object) -> bytes:
    return zlib.compress(json.dumps({"what": what, "value": value}, ensure_ascii=False).encode())


def at_version(rows: Sequence[Making], version: int, title: str, draft_of: DraftOf, bodies_of: BodiesOf) -> Manuscript:
    """What a copy was at an earlier version."""
    past = [row for row in rows if row.version <= version]
    known = [i for i, row in enumerate(past) if row.what == "whole" or (row.what in ("draft", "mark") and row.draft)]
    begin = known[-1] if known else -1
    if begin < 0 and any(row.what == "fork" for row in past):
        raise Refused(OLD)
    state = blank(title) if begin < 0 else _whole(past[begin], title, draft_of)
    rest = past[begin + 1 :]
    bodies = bodies_of(
        named([edit for row in rest if row.what == "strokes" for stroke in unpack(row.data) for edit in stroke.edits])
    )
    cuts: tuple = ()  # type: ignore[type-arg]
    for row in rest:
        if row.what == "strokes":
            for stroke in unpack(row.data):
                state, _, cuts = applied(state, stroke.edits, bodies, cuts)
        elif row.what == "put":
            said = json.loads(zlib.decompress(row.data))
            state = changed(state, said["what"], said["value"])
    return state


def _whole(row: Making, title: str, draft_of: DraftOf) -> Manuscript:
    return manuscript_of(row.whole(), title) if row.what == "whole" else draft_of(str(row.draft))


def replay_of(rows: Sequence[Making], title: str, draft_of: DraftOf, bodies_of: BodiesOf) -> Replay:
    """All that can be scrubbed through, oldest first."""
    first = 1 if rows and rows[0].what == "whole" else 0
    start = _whole(rows[0], title, draft_of) if first else blank(title)
    steps: list[Stroke | Moment] = []
    for row in islice(rows, first, None):
        if row.what == "strokes":
            for stroke in unpack(row.data):
                _follow(steps, stroke)
        elif row.what == "whole" or (row.what == "draft" and row.draft):
            time = round(row.created.timestamp() * 1000)
            steps.append(Moment(time, "", _whole(row, title, draft_of), "restored" if row.what == "draft" else "imported"))
    edits = [edit for step in steps if isinstance(step, Stroke) for edit in step.edits]
    return Replay(start, steps, bodies_of(named(edits)))


def _follow(steps: list[Stroke | Moment], stroke: Stroke) -> None:
    """One more stroke; letters typed on at once join the step before."""
    last = steps[-1] if steps else None
    if isinstance(last, Stroke) and stroke.time - last.time <= TOGETHER and _typing(last) and _typing(stroke):
        one, two = last.edits[0], stroke.edits[0]
        assert isinstance(one, Splice)
        assert isinstance(two, Splice)
        if one.scene == two.scene:
            edits = coalesced([edit for edit in (*last.edits, *stroke.edits) if isinstance(edit, Splice)])
            steps[-1] = Stroke.model_construct(time=last.time, who=last.who, edits=tuple(edits))
            return
    steps.append(stroke)


def _typing(stroke: Stroke) -> bool:
    scenes = {edit.scene if isinstance(edit, Splice) and edit.how == "typed" else "" for edit in stroke.edits}
    return len(scenes) == 1 and "" not in scenes


def named(edits: Sequence[Edit]) -> list[str]:
    """The offers that these edits name."""
    found: list[str | None] = []
    for edit in edits:
        if isinstance(edit, Splice):
            found += [edit.offer, *(span.offer for span in edit.spans)]
        elif isinstance(edit, Restore):
            found += [span.offer for scene in edit.scenes for span in scene.ledger.spans]
    return list(dict.fromkeys(id for id in found if id))
