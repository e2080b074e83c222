"""The order of chapters and scenes: add, move, split, join, name, delete. Text goes with its ledger wherever it goes."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import Field

from studio.core.errors import Refused
from studio.core.ledger import Ledger
from studio.core.word import Word
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene
from studio.writing.manuscript.spans import joined, of, part

What = Literal[
    "add-chapter", "add-scene", "move-chapter", "move-scene", "split-scene", "join-scenes", "split-chapter", "join-chapters",
    "rename", "delete",
]  # fmt: skip
BETWEEN = "\n\n"  # two scenes that become one


class Change(Word):
    what: What
    id: str = ""  # the chapter or scene it is about; the new one when one is added
    to: str = ""  # the chapter a scene goes to
    at: int = Field(default=-1, ge=-1)  # its place there, -1: the last; where a scene is split: the letter
    new: str = ""  # the id of the second half of what is split
    title: str = Field(default="", max_length=300)


class Place(Word):
    id: str
    title: str
    scenes: tuple[str, ...]


class Restore(Word):
    """The order as it was, with the scenes that have gone or have changed since."""

    kind: Literal["restore"] = "restore"
    chapters: tuple[Place, ...]
    scenes: tuple[Scene, ...] = ()


def rearranged(manuscript: Manuscript, change: Change | Restore) -> tuple[Manuscript, Restore]:
    """The new manuscript, and what brings the old one back."""
    chapters = _restored(manuscript, change) if isinstance(change, Restore) else ACTS[change.what](manuscript.chapters, change)
    ids = [chapter.id for chapter in chapters] + [scene.id for chapter in chapters for scene in chapter.scenes]
    if len(set(ids)) < len(ids):
        raise Refused("There is already a chapter or a scene with this id. Reload the page and try again.")
    after = manuscript.changed(chapters=tuple(chapters))
    kept = {id(scene) for scene in after.scenes}
    places = tuple(Place(id=c.id, title=c.title, scenes=tuple(s.id for s in c.scenes)) for c in manuscript.chapters)
    return after, Restore(chapters=places, scenes=tuple(s for s in manuscript.scenes if id(s) not in kept))


def split(scene: Scene, at: int, new: str, title: str = "") -> tuple[Scene, Scene]:
    if not 0 <= at <= len(scene.text):
        raise Refused("The scene ends before that place. Reload the page and try again.")
    first, second = (part(scene.ledger.spans, low, high) for low, high in ((0, at), (at, len(scene.text))))
    return (
        scene.changed(text=scene.text[:at], ledger=Ledger(spans=tuple(first))),
        Scene(id=new, title=title, cast=scene.cast, text=scene.text[at:], ledger=Ledger(spans=tuple(second))),
    )


def join(first: Scene, second: Scene) -> Scene:
    """The second goes on in the first, after an empty line."""
    between = BETWEEN if first.text and second.text and not first.text.endswith(BETWEEN) else ""
    makers = joined([*first.ledger.spans, *([of(len(between), "human")] if between else []), *second.ledger.spans])
    return first.changed(
        text=first.text + between + second.text,
        ledger=Ledger(spans=tuple(makers)),
        title=first.title or second.title,
        summary=f"{first.summary} {second.summary}".strip()[:20_000],
        beat=f"{first.beat} {second.beat}".strip()[:4000],
        goal=min(first.goal + second.goal, 1_000_000),
        cast=tuple(dict.fromkeys((*first.cast, *second.cast)))[:200],
    )


Chapters = Sequence[Chapter]


def _restored(manuscript: Manuscript, change: Restore) -> list[Chapter]:
    scenes = {scene.id: scene for scene in (*manuscript.scenes, *change.scenes)}
    old = {chapter.id: chapter for chapter in manuscript.chapters}
    if any(id not in scenes for place in change.chapters for id in place.scenes):
        raise Refused("This can no longer be undone: a scene of it is missing. Restore a draft instead.")
    out = []
    for place in change.chapters:
        base = old.get(place.id) or Chapter(id=place.id)
        out.append(base.changed(title=place.title, scenes=tuple(scenes[id] for id in place.scenes)))
    return out


def _add_chapter(chapters: Chapters, change: Change) -> list[Chapter]:
    return _put(chapters, Chapter(id=change.id, title=change.title), change.at)


def _add_scene(chapters: Chapters, change: Change) -> list[Chapter]:
    return _into(chapters, change.to, Scene(id=change.id, title=change.title), change.at)


def _move_chapter(chapters: Chapters, change: Change) -> list[Chapter]:
    i = _chapter_at(chapters, change.id)
    return _put([*chapters[:i], *chapters[i + 1 :]], chapters[i], change.at)


def _move_scene(chapters: Chapters, change: Change) -> list[Chapter]:
    i, j = _scene_at(chapters, change.id)
    scene = chapters[i].scenes[j]
    return _into(_with(chapters, i, _less(chapters[i].scenes, j)), change.to or chapters[i].id, scene, change.at)


def _split_scene(chapters: Chapters, change: Change) -> list[Chapter]:
    i, j = _scene_at(chapters, change.id)
    scenes = chapters[i].scenes
    at = change.at if change.at >= 0 else len(scenes[j].text)
    return _with(chapters, i, (*scenes[:j], *split(scenes[j], at, change.new, change.title), *scenes[j + 1 :]))


def _join_scenes(chapters: Chapters, change: Change) -> list[Chapter]:
    """A scene and the one after it, also when that is the first of the next chapter."""
    i, j = _scene_at(chapters, change.id)
    following = [(k, n) for k, chapter in enumerate(chapters) for n in range(len(chapter.scenes)) if (k, n) > (i, j)]
    if not following:
        raise Refused("This is the last scene: there is none after it to join.")
    k, n = following[0]
    one = join(chapters[i].scenes[j], chapters[k].scenes[n])
    chapters = _with(chapters, k, _less(chapters[k].scenes, n))
    scenes = chapters[i].scenes
    return _with(chapters, i, (*scenes[:j], one, *scenes[j + 1 :]))


def _split_chapter(chapters: Chapters, change: Change) -> list[Chapter]:
    """A new chapter begins with this scene."""
    i, j = _scene_at(chapters, change.id)
    second = Chapter(id=change.new, title=change.title, scenes=chapters[i].scenes[j:])
    return _put(_with(chapters, i, chapters[i].scenes[:j]), second, i + 1)


def _join_chapters(chapters: Chapters, change: Change) -> list[Chapter]:
    i = _chapter_at(chapters, change.id)
    if i + 1 == len(chapters):
        raise Refused("This is the last chapter: there is none after it to join.")
    both = _with(chapters, i, chapters[i].scenes + chapters[i + 1].scenes)
    return [*both[: i + 1], *both[i + 2 :]]


def _rename(chapters: Chapters, change: Change) -> list[Chapter]:
    if any(chapter.id == change.id for chapter in chapters):
        i = _chapter_at(chapters, change.id)
        return [*chapters[:i], chapters[i].changed(title=change.title), *chapters[i + 1 :]]
    i, j = _scene_at(chapters, change.id)
    scenes = chapters[i].scenes
    return _with(chapters, i, (*scenes[:j], scenes[j].changed(title=change.title), *scenes[j + 1 :]))


def _delete(chapters: Chapters, change: Change) -> list[Chapter]:
    if any(chapter.id == change.id for chapter in chapters):
        return [chapter for chapter in chapters if chapter.id != change.id]
    i, j = _scene_at(chapters, change.id)
    return _with(chapters, i, _less(chapters[i].scenes, j))


ACTS: dict[What, Callable[[Chapters, Change], list[Chapter]]] = {
    "add-chapter": _add_chapter, "add-scene": _add_scene, "move-chapter": _move_chapter, "move-scene": _move_scene,
    "split-scene": _split_scene, "join-scenes": _join_scenes, "split-chapter": _split_chapter,
    "join-chapters": _join_chapters, "rename": _rename, "delete": _delete,
}  # fmt: skip


def _put(row: Sequence[Any], one: Any, at: int) -> list[Any]:
    at = len(row) if at < 0 else at
    return [*row[:at], one, *row[at:]]


def _less(scenes: Sequence[Scene], at: int) -> tuple[Scene, ...]:
    return (*scenes[:at], *scenes[at + 1 :])


def _into(chapters: Chapters, id: str, scene: Scene, at: int) -> list[Chapter]:
    i = _chapter_at(chapters, id)
    return _with(chapters, i, tuple(_put(chapters[i].scenes, scene, at)))


def _with(chapters: Chapters, at: int, scenes: tuple[Scene, ...]) -> list[Chapter]:
    return [*chapters[:at], chapters[at].changed(scenes=scenes), *chapters[at + 1 :]]


def _chapter_at(chapters: Chapters, id: str) -> int:
    for i, chapter in enumerate(chapters):
        if chapter.id == id:
            return i
    raise Refused("This chapter is no longer in the manuscript. Reload the page.")


def _scene_at(chapters: Chapters, id: str) -> tuple[int, int]:
    for i, chapter in enumerate(chapters):
        for j, scene in enumerate(chapter.scenes):
            if scene.id == id:
                return i, j
    raise Refused("This scene is no longer in the manuscript. Reload the page.")
