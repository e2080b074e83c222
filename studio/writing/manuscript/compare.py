"""Two drafts of a manuscript side by side: which scenes came, went, moved or changed, and the word diff of each. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from studio.writing.diff import Hunk, hunks
from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.manuscript.reading import word_count

What = Literal["same", "changed", "new", "gone"]


class Compared(NamedTuple):
    scene: str
    title: str
    what: What
    moved: bool
    added: int  # words
    removed: int
    hunks: tuple[Hunk, ...]  # empty when nothing changed


def compare(old: Manuscript, new: Manuscript) -> list[Compared]:
    """In the order of the new draft; scenes that went stand behind those that stayed."""
    before = {scene.id: scene for scene in old.scenes}
    after = {scene.id: scene for scene in new.scenes}
    moved = _moved([id for id in before if id in after], [id for id in after if id in before]) | {
        id for id in before if id in after and _home(old, id) != _home(new, id)
    }
    out = [_one(before.get(id), scene, id in moved) for id, scene in after.items()]
    return out + [_one(scene, None, False) for id, scene in before.items() if id not in after]


def _one(old: Scene | None, new: Scene | None, moved: bool) -> Compared:
    found = hunks(old.text if old else "", new.text if new else "")
    changed = [hunk for hunk in found if not hunk.same]
    added, removed = (sum(map(word_count, texts)) for texts in ([h.new for h in changed], [h.old for h in changed]))
    what: What = "new" if old is None else "gone" if new is None else "changed" if changed else "same"
    shown = new or old
    assert shown is not None
    return Compared(shown.id, shown.title, what, moved, added, removed, found if changed else ())


def _home(manuscript: Manuscript, scene: str) -> str:
    return next(chapter.id for chapter in manuscript.chapters if any(one.id == scene for one in chapter.scenes))


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Those that are not in the longest row which both have in order."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {id for block in blocks for id in old[block.a : block.a + block.size]}
    return set(old) - kept
