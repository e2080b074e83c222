"""Two drafts that began as one become one again, word by word, each word with its maker. Pure.

What only one side changed is taken from it. Where both changed the same place differently, both texts are kept, mine first,
and the place is told as a conflict; so is everything else on which the sides disagree, with what was taken. Nothing of
anybody's text is lost: a scene that one side deleted and the other went on writing stays.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from studio.core.ledger import Ledger
from studio.writing.context.bible import Entry
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene
from studio.writing.manuscript.splits import alike_split
from studio.writing.manuscript.threeway import Draft, merge_text

FIELDS = ("title", "summary", "beat", "goal", "cast")


class Conflict(NamedTuple):
    """`what`: "text", a field, "deleted" or "order". Of a text: where in the merged scene both stand, mine just before theirs."""

    id: str  # of the scene, the chapter, or "" for the manuscript
    what: str
    said: str
    at: int = 0
    mine: int = 0  # letters
    theirs: int = 0


class Merged(NamedTuple):
    manuscript: Manuscript
    conflicts: tuple[Conflict, ...]


def merge(base: Manuscript, mine: Manuscript, theirs: Manuscript) -> Merged:
    told: list[Conflict] = []
    base, theirs = alike_split(base, theirs, mine)
    base, mine = alike_split(base, mine, theirs)
    scenes = _scenes(base, mine, theirs, told)
    chapters = _chapters(base, mine, theirs, scenes, told)
    one = {
        name: _either("", name, getattr(base, name), getattr(mine, name), getattr(theirs, name), told)
        for name in ("title", "author", "goal", "plot")
    }
    bible = mine.bible.changed(
        entries=_rows(base.bible.entries, mine.bible.entries, theirs.bible.entries, told),
        **{
            name: _either("", name, getattr(base.bible, name), getattr(mine.bible, name), getattr(theirs.bible, name), told)
            for name in ("role", "style", "note")
        },
    )
    lists = {name: _union(getattr(base, name), getattr(mine, name), getattr(theirs, name)) for name in ("bans", "settled")}
    return Merged(mine.changed(**one, **lists, bible=bible, chapters=chapters), tuple(told))


def merge_scene(base: Scene, mine: Scene, theirs: Scene) -> tuple[Scene, tuple[Conflict, ...]]:
    told: list[Conflict] = []
    fields = {
        name: _either(mine.id, name, getattr(base, name), getattr(mine, name), getattr(theirs, name), told) for name in FIELDS
    }
    text, spans, found = merge_text(*(Draft(one.text, one.ledger.spans) for one in (base, mine, theirs)))
    told += [Conflict(mine.id, "text", "Both drafts changed this place. Both texts are kept.", *one) for one in found]
    return mine.changed(**fields, text=text, ledger=Ledger(spans=tuple(spans))), tuple(told)


def _scenes(base: Manuscript, mine: Manuscript, theirs: Manuscript, told: list[Conflict]) -> dict[str, Scene]:
    """All that stay."""
    old, ours, others = ({scene.id: scene for scene in one.scenes} for one in (base, mine, theirs))
    out: dict[str, Scene] = {}
    for id in dict.fromkeys([*ours, *others]):
        one, two = ours.get(id), others.get(id)
        if one and two:
            out[id], found = merge_scene(old.get(id, Scene(id=id)), one, two)
            told += found
        elif left := one or two:
            if id not in old or left != old[id]:
                out[id] = left
            if id in old and left != old[id]:
                told.append(Conflict(id, "deleted", "One draft deleted this scene, the other changed it. It is kept."))
    return out


def _chapters(
    base: Manuscript, mine: Manuscript, theirs: Manuscript, scenes: Mapping[str, Scene], told: list[Conflict]
) -> tuple[Chapter, ...]:
    was, ours, others = (_order(one) for one in (base, mine, theirs))
    first, second = (others, ours) if ours == was else (ours, others)
    if was not in (ours, others) and ours != others and _moved(ours, others):
        told.append(Conflict("", "order", "Both drafts moved chapters or scenes. The order of this one is kept."))
    rows = {id: [one for one in row if one in scenes] for id, row in first.items()}
    placed = {one for row in rows.values() for one in row}
    for id, row in second.items():
        before = None
        for one in row:
            if one in scenes and one not in placed:
                _insert(rows, id, one, before, list(second))
                placed.add(one)
            before = one
        if id not in rows and id not in was:  # a new chapter with nothing in it
            rows[id] = []
    titles = [{chapter.id: chapter.title for chapter in one.chapters} for one in (base, mine, theirs)]
    gone = {id for id in rows if id in was and not rows[id] and (id not in ours or id not in others)}
    return tuple(
        Chapter(id=id, title=_title(id, titles, told), scenes=tuple(scenes[one] for one in row))
        for id, row in rows.items()
        if id not in gone
    )


def _order(manuscript: Manuscript) -> dict[str, list[str]]:
    return {chapter.id: [scene.id for scene in chapter.scenes] for chapter in manuscript.chapters}


def _moved(ours: Mapping[str, list[str]], others: Mapping[str, list[str]]) -> bool:
    """Whether what both have stands in another order, or in another chapter."""
    one, two = ([(id, scene) for id, row in order.items() for scene in row] for order in (ours, others))
    both = {scene for _, scene in one} & {scene for _, scene in two}
    return [pair for pair in one if pair[1] in both] != [pair for pair in two if pair[1] in both]


def _insert(rows: dict[str, list[str]], chapter: str, scene: str, before: str | None, order: list[str]) -> None:
    """Behind the scene it followed, wherever that is now; else first in its chapter, which comes back if it is gone."""
    for row in rows.values():
        if before in row:
            row.insert(row.index(before) + 1, scene)
            return
    if chapter in rows:
        rows[chapter].insert(0, scene)
        return
    earlier = [id for id in order[: order.index(chapter)] if id in rows]
    ids = list(rows)
    at = ids.index(earlier[-1]) + 1 if earlier else 0
    ids.insert(at, chapter)
    rows[chapter] = [scene]
    found = {id: rows[id] for id in ids}
    rows.clear()
    rows.update(found)


def _title(id: str, titles: Sequence[Mapping[str, str]], told: list[Conflict]) -> str:
    base, mine, theirs = (one.get(id) for one in titles)
    if mine is None or theirs is None:
        return mine or theirs or ""
    return str(_either(id, "title", base or "", mine, theirs, told))


def _rows(base: Sequence[Entry], mine: Sequence[Entry], theirs: Sequence[Entry], told: list[Conflict]) -> tuple[Entry, ...]:
    """Entries of the bible, each as a whole."""
    old, ours, others = ({entry.id: entry for entry in one} for one in (base, mine, theirs))
    out = []
    for id in dict.fromkeys([*ours, *others]):
        taken = _either(id, "entry", old.get(id), ours.get(id), others.get(id), told) or ours.get(id) or others[id]
        untouched = old.get(id) in (ours.get(id), others.get(id))
        if not (untouched and (id not in ours or id not in others) and id in old):
            out.append(taken)
    return tuple(out)


def _either(id: str, what: str, base: Any, mine: Any, theirs: Any, told: list[Conflict]) -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs != base:
        told.append(Conflict(id, what, f"Both drafts changed this ({what}). The one of this draft is kept."))
    return mine


def _union(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """What either added, less what either took away."""
    gone = {one for one in base if one not in mine or one not in theirs}
    return tuple(one for one in dict.fromkeys([*mine, *theirs]) if one not in gone)
