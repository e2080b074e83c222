"""Changes of a manuscript, applied in order: splices of a scene's text and changes of the order of chapters and scenes.

Typed words are the person's. Pasted text that stands in the manuscript, or was cut from it just before, keeps its makers;
other pasted text is pasted. Words of an offer are the model's where they stand in the offer, and the person's where they
changed them. Where a person cuts or types within a sentence a model wrote, what is left of that sentence is edited model
text from then on; whole sentences that go, and words before or behind, leave the others verbatim. Undoing brings back the
very same spans.

Only what is changed is checked and built anew, so an edit of a long book costs no more than one of a short story.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from studio.core.errors import Refused
from studio.core.ledger import Span
from studio.writing.manuscript.desk import Desk, Splice
from studio.writing.manuscript.manuscript import MOST_LETTERS, Chapter, Manuscript
from studio.writing.manuscript.sources import Piece, accepted, checked, recalled, rewritten
from studio.writing.manuscript.spans import of
from studio.writing.manuscript.structure import Change, Restore, rearranged

CUTS = 32  # that are remembered
Edit = Splice | Change | Restore


class Applied(NamedTuple):
    manuscript: Manuscript
    undo: tuple[Edit, ...]  # applied in this order they bring the old manuscript back
    cuts: tuple[Piece, ...]  # the newest first


def apply(manuscript: Manuscript, edits: Sequence[Edit], offers: Mapping[str, str] | None = None) -> Manuscript:
    return applied(manuscript, edits, offers).manuscript


def applied(
    manuscript: Manuscript, edits: Sequence[Edit], offers: Mapping[str, str] | None = None, cuts: Sequence[Piece] = ()
) -> Applied:
    """`offers`: what the offers said that the edits name, by id. `cuts`: those of earlier edits."""
    table = _Table(manuscript, offers or {}, cuts)
    undo: list[Edit] = []
    for edit in edits:
        undo.append(table.splice(edit) if isinstance(edit, Splice) else table.rearrange(edit))
    return Applied(table.done(), tuple(reversed(undo)), table.cuts)


class _Table:
    """The manuscript with the scenes that are being changed open."""

    def __init__(self, manuscript: Manuscript, offers: Mapping[str, str], cuts: Sequence[Piece]) -> None:
        self.manuscript, self.offers, self.cuts = manuscript, offers, tuple(cuts)
        self.desks: dict[str, Desk] = {}
        self.grown = 0

    def splice(self, edit: Splice) -> Splice:
        desk = self._desk(edit.scene)
        end = edit.at + edit.gone
        if end > len(desk.text):
            raise Refused("This change reaches beyond the end of the scene. Reload the page and try again.")
        gone = Piece(desk.text[edit.at : end], desk.part(edit.at, end))
        spans = self._made(edit, gone)
        back = desk.splice(edit.at, edit.gone, edit.text, spans, edit.how in ("typed", "pasted", "moved"))
        if edit.gone > 1 and edit.how != "undone":
            self.cuts = (gone, *self.cuts)[:CUTS]
        self.grown += len(edit.text) - edit.gone
        return back

    def rearrange(self, edit: Change | Restore) -> Restore:
        self.manuscript, back = rearranged(self.done(), edit)
        return back

    def done(self) -> Manuscript:
        """Pieces that are built from checked ones by code that keeps them whole are not checked once more."""
        if self.grown > 0 and sum(len(scene.text) for scene in self._scenes()) > MOST_LETTERS:
            raise Refused("The manuscript would be longer than two million words. Split it into several pieces.")
        if self.desks:
            chapters = tuple(self._chapter(chapter) for chapter in self.manuscript.chapters)
            self.manuscript = Manuscript.model_construct(**{**self.manuscript.__dict__, "chapters": chapters})
            self.desks = {}
        return self.manuscript

    def _chapter(self, chapter: Chapter) -> Chapter:
        if not any(scene.id in self.desks for scene in chapter.scenes):
            return chapter
        scenes = tuple(self.desks[scene.id].done() if scene.id in self.desks else scene for scene in chapter.scenes)
        return Chapter.model_construct(**{**chapter.__dict__, "scenes": scenes})

    def _desk(self, id: str) -> Desk:
        if id not in self.desks:
            scene = next((scene for scene in self.manuscript.scenes if scene.id == id), None)
            if scene is None:
                raise Refused("This scene is no longer in the manuscript. Reload the page.")
            self.desks[id] = Desk(scene)
        return self.desks[id]

    def _scenes(self) -> Iterator[Piece]:
        for scene in self.manuscript.scenes:
            desk = self.desks.get(scene.id)
            yield Piece(desk.text, desk.spans) if desk else Piece(scene.text, scene.ledger.spans)

    def _made(self, edit: Splice, gone: Piece) -> list[Span]:
        """Who wrote the text that comes."""
        if not edit.text:
            return []
        if edit.how in ("undone", "moved") and edit.spans:
            return checked(edit.text, edit.spans, self.offers)
        if edit.how in ("pasted", "undone", "moved"):
            return recalled(edit.text, self._scenes(), self.cuts, self.offers)
        if edit.how == "accepted":
            return accepted(edit.text, self.offers.get(edit.offer or ""), edit.offer)
        if edit.how == "rewritten":
            return rewritten(gone, edit.text, self.offers.get(edit.offer or ""), edit.offer)
        return [of(len(edit.text), "human")]
