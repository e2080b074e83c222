"""Before two drafts are merged: a scene that one of them split is split in the other and in their base, at the same place.

Else the second half would be told as deleted there and as new here, and what the other draft changed in it as a conflict.
"""

from itertools import pairwise

from studio.writing.diff import Block, changes
from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.manuscript.structure import split


def alike_split(base: Manuscript, other: Manuscript, side: Manuscript) -> tuple[Manuscript, Manuscript]:
    """The base and the other draft with the splits of `side`."""
    for first, second in pairwise(side.scenes):
        old = {scene.id: scene for scene in base.scenes}
        theirs = {scene.id: scene for scene in other.scenes}
        if second.id in old or second.id in theirs or first.id not in old or first.id not in theirs:
            continue
        was, now = old[first.id], theirs[first.id]
        blocks = changes(was.text, first.text + second.text)
        at = _carried(blocks, len(first.text))
        if not _from_there(was, second, blocks, len(first.text)):
            continue
        there = _carried([(c, d, a, b) for a, b, c, d in changes(was.text, now.text)], at)
        base, other = _split(base, was, at, second.id), _split(other, now, there, second.id)
    return base, other


def _from_there(was: Scene, second: Scene, blocks: list[Block], seam: int) -> bool:
    """Whether at least half of the second scene stood in the first before."""
    new = sum(d - max(c, seam) for _, _, c, d in blocks if d > seam)
    return bool(second.text) and bool(was.text) and new * 2 <= len(second.text)


def _carried(blocks: list[Block], at: int) -> int:
    """Where a place of the new text is in the old one."""
    shift = 0
    for a, b, c, d in blocks:
        if at <= c:
            break
        if at < d:
            return a
        shift = b - d
    return at + shift


def _split(manuscript: Manuscript, scene: Scene, at: int, new: str) -> Manuscript:
    chapters = []
    for chapter in manuscript.chapters:
        scenes: list[Scene] = []
        for one in chapter.scenes:
            scenes += split(one, at, new) if one.id == scene.id else [one]
        chapters.append(chapter.changed(scenes=tuple(scenes)))
    return manuscript.changed(chapters=tuple(chapters))
