"""The writing room behind the page: manuscripts of a session, the copy that is being written, and every change of it.

Every method takes the owner's name first and goes through the store, which checks it. What is answered is plain JSON. Where
words come from is worked out here, from what was stored, and never believed from the page.
"""

import time
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from studio.core.errors import NotFound, Refused
from studio.core.ledger import Span
from studio.core.work import Origin, Piece, Working
from studio.sessions.makings import Record, What
from studio.sessions.store import Saved, Store
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import Applied, Edit, applied
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.manuscript.sources import checked
from studio.writing.manuscript.structure import Restore
from studio.writing.room.made import OLD, at_version, named, put_of, strokes_of
from studio.writing.room.putting import changed
from studio.writing.room.showing import JSON, shares_of, spans_of, state_of
from studio.writing.room.table import Opened, Shelf, manuscript_of, opened, pack_cuts, unpack_cuts

TITLE = "New manuscript"
MOST_EDITS = 5000
_EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])


class Room:
    def __init__(self, store: Store) -> None:
        self.store, self.shelf = store, Shelf()

    # manuscripts

    def manuscripts(self, owner: str, session: str) -> list[JSON]:
        """Oldest first."""
        out = []
        for piece in self._pieces(owner, session):
            table = self.table(owner, self.store.working(owner, piece.id), piece)
            out.append({"id": piece.id, "title": piece.title, "words": table.words})
        return out

    def _pieces(self, owner: str, session: str) -> list[Piece]:
        return [piece for piece in self.store.pieces(owner, session) if piece.form == "manuscript"]

    def create(self, owner: str, session: str, title: str = "") -> JSON:
        return self.open(owner, self.new_piece(owner, session, title).id)

    def new_piece(self, owner: str, session: str, title: str = "") -> Piece:
        names = {piece.title for piece in self._pieces(owner, session)}
        number = next(i for i in range(1, len(names) + 2) if _numbered(i) not in names)
        return self.store.create_piece(owner, session, "text", "manuscript", title.strip() or _numbered(number))

    def open(self, owner: str, piece: str, working: str | None = None) -> JSON:
        """All of a manuscript."""
        found = self.store.piece(owner, piece)
        if found.form != "manuscript":
            raise NotFound("This manuscript is not there. It may have been erased; go back to your sessions.")
        return self.state(owner, found, self.store.working(owner, piece, working))

    def state(self, owner: str, piece: Piece, copy: Working, texts: bool = True) -> JSON:
        return state_of(piece, copy, self.store.workings(owner, piece.id), self.table(owner, copy, piece), texts)

    def rename(self, owner: str, piece: str, title: str) -> JSON:
        self.store.piece(owner, piece)
        self.store.rename_piece(owner, piece, title)
        return {"title": self.store.piece(owner, piece).title}

    def trash(self, owner: str, piece: str) -> JSON:
        self.store.trash_piece(owner, piece)
        return {"trashed": piece}

    def bring_back(self, owner: str, piece: str) -> JSON:
        self.store.restore_piece(owner, piece)
        return {"restored": piece}

    # the copy that is being written

    def copy(self, owner: str, working: str) -> tuple[Working, Piece]:
        copy = self.store.copy(owner, working)
        piece = self.store.piece(owner, copy.piece)
        if piece.form != "manuscript":
            raise NotFound("This text is not there. It may have been erased; go back to your sessions.")
        return copy, piece

    def table(self, owner: str, copy: Working, piece: Piece) -> Opened:
        found = self.shelf.get(copy.id, copy.version)
        if found is None:
            found = opened(manuscript_of(copy.text, piece.title), cuts=unpack_cuts(self.store.aside(owner, copy.id)))
            self.shelf.put(copy.id, copy.version, found)
        return found

    def table_at(self, owner: str, copy: Working, piece: Piece, version: int) -> Opened:
        """As it was when the page that asks saw it last."""
        if version == copy.version:
            return self.table(owner, copy, piece)
        if not 0 < version < copy.version:
            raise Refused(OLD)
        rows = self.store.makings(owner, copy.id)
        old = at_version(
            rows, version, piece.title, lambda id: self.draft(owner, id, piece.id), lambda ids: self.bodies(owner, ids)
        )  # fmt: skip
        return opened(old, self.table(owner, copy, piece).facts)

    def manuscript(self, owner: str, working: str) -> Manuscript:
        return self.reading(*self.copy(owner, working))

    def reading(self, copy: Working, piece: Piece) -> Manuscript:
        """Only to be read: nothing is counted."""
        found = self.shelf.get(copy.id, copy.version)
        return found.manuscript if found else manuscript_of(copy.text, piece.title)

    def edit(self, owner: str, working: str, version: int, edits: object) -> JSON:
        """What was written, on disk when this returns. Where another page was faster both texts are kept: the answer is then
        the state of the new branch."""
        copy, piece = self.copy(owner, working)
        return self.write(owner, copy, piece, version, edits_of(edits))

    def write(self, owner: str, copy: Working, piece: Piece, version: int, edits: Sequence[Edit]) -> JSON:
        before = self.table_at(owner, copy, piece, version)
        bodies = self.bodies(owner, named(edits))
        edits = [true(edit, bodies) for edit in edits]
        done = applied(before.manuscript, edits, bodies, before.cuts)
        after = opened(done.manuscript, before.facts, done.cuts)
        saved = self._save(owner, copy, version, before, after, "strokes", strokes_of(edits, now_ms()))
        if saved.branched:
            return {**self.state(owner, piece, saved.working), "branched": True}
        return _written(saved.working, before, after, done)

    def _save(
        self, owner: str, copy: Working, version: int, before: Opened, after: Opened, what: What, data: bytes
    ) -> Saved:  # fmt: skip
        old = copy.text if version == copy.version else before.dumps()
        aside = None if after.cuts == before.cuts and version == copy.version else pack_cuts(after.cuts)
        saved = self.store.autosave(owner, copy.id, version, after.dumps(), Record(what, data, old, aside))
        self.shelf.put(saved.working.id, saved.working.version, after)
        return saved

    def bodies(self, owner: str, offers: Sequence[str]) -> dict[str, str]:
        """What these offers said; without those that are not there or somebody else's."""
        found: dict[str, str] = {}
        for id in offers:
            try:
                record = self.store.offer(owner, id)
                if record.parts[0].media_type == "text/plain":
                    found[id] = self.store.body(owner, record.parts[0].sha256)[0].decode("utf-8", "replace")
            except NotFound:
                continue
        return found

    def draft(self, owner: str, id: str, piece: str) -> Manuscript:
        """A draft of this manuscript."""
        draft = self.store.draft(owner, id)
        if draft.piece != piece:
            raise NotFound("That draft belongs to another piece. Open that piece first.")
        return manuscript_of(self.store.body(owner, draft.parts[0].sha256)[0].decode("utf-8", "replace"))

    def put(self, owner: str, working: str, version: int, what: str, value: object) -> JSON:
        """Anything of a manuscript but its words."""
        copy, piece = self.copy(owner, working)
        before = self.table_at(owner, copy, piece, version)
        after = opened(changed(before.manuscript, what, value), before.facts, before.cuts)
        saved = self._save(owner, copy, version, before, after, "put", put_of(what, value))
        if what == "title" and after.manuscript.title.strip() and not saved.branched:
            self.store.rename_piece(owner, piece.id, after.manuscript.title)
            piece = self.store.piece(owner, piece.id)
        return {**self.state(owner, piece, saved.working, texts=saved.branched), "branched": saved.branched}

    def settle(self, owner: str, working: str, key: str, version: int | None = None) -> JSON:
        """A contradiction that is meant to be one."""
        copy, piece = self.copy(owner, working)
        keys = self.table(owner, copy, piece).manuscript.settled
        return self.put(owner, working, version or copy.version, "settled", list(dict.fromkeys((*keys, key[:400]))))

    def keep(self, owner: str, working: str, summary: str = "") -> JSON:
        """This version as a draft."""
        copy, piece = self.copy(owner, working)
        table = self.table(owner, copy, piece)
        if not copy.text:
            raise Refused("There is nothing to keep yet. Write something first.")
        before = offers_in(self.draft(owner, copy.base, piece.id)) if copy.base else set()
        draft = self.store.freeze(owner, working, summary=summary or told(table), origin=origin_of(table))
        for offer in offers_in(table.manuscript) - before:
            self._came_of(owner, offer, draft.id)
        return {"draft": draft.id, "summary": draft.summary}

    def _came_of(self, owner: str, offer: str, draft: str) -> None:
        """What was taken of an offer since the last draft is in this one: that ties the draft to its recipe."""
        try:
            choices = self.store.choices(owner, offer)
        except NotFound:
            return
        if choices and choices[-1].draft is None:
            self.store.choose(owner, offer, choices[-1].kind, draft)

    def back(self, owner: str, working: str, draft: str) -> JSON:
        """An earlier draft on the table again; what was there is a draft first."""
        _, piece = self.copy(owner, working)
        return self.state(owner, piece, self.store.adopt(owner, working, draft))


# ------------------------------------------------------------------------------------------------------- pure helpers


def _numbered(i: int) -> str:
    return TITLE if i == 1 else f"{TITLE} {i}"


def edits_of(data: object) -> tuple[Edit, ...]:
    if not isinstance(data, list) or len(data) > MOST_EDITS:
        raise Refused("These changes could not be read. Reload the page and try again.")
    try:
        return _EDITS.validate_python(data)
    except (ValidationError, RecursionError):
        raise Refused("These changes could not be read. Reload the page and try again.") from None


def true(edit: Edit, bodies: Mapping[str, str]) -> Edit:
    """The edit with spans that can be shown to be so: what is said to stand in an offer that cannot be read is edited."""
    if isinstance(edit, Splice):
        text = edit.text.replace("\0", "\ufffd").replace("\r", "\n")
        text = text.encode("utf-8", "replace").decode()  # half of a character is stored as "?"; all is as long as it was
        if edit.how in ("accepted", "rewritten") and edit.offer not in bodies:
            raise NotFound("This offer is not there. It may have been erased.")
        spans = tuple(_shown_true(span, bodies) for span in edit.spans)
        return edit if text == edit.text and spans == edit.spans else edit.changed(text=text, spans=spans)
    if isinstance(edit, Restore):
        scenes = []
        for scene in edit.scenes:
            spans = tuple(checked(scene.text, [_shown_true(span, bodies) for span in scene.ledger.spans], bodies))
            scenes.append(scene if spans == scene.ledger.spans else scene.changed(ledger={"spans": spans}))
        return edit.changed(scenes=tuple(scenes))
    return edit


def _shown_true(span: Span, bodies: Mapping[str, str]) -> Span:
    return span.changed(maker="model-edited") if span.maker == "model" and span.offer not in bodies else span


def _written(copy: Working, before: Opened, after: Opened, done: Applied) -> JSON:
    """What the page does not know yet: the makers of scenes that changed, and how to undo it."""
    fresh = [scene for scene in after.manuscript.scenes if before.facts.get(scene.id) is not after.facts[scene.id]]
    return {
        "working": copy.id,
        "version": copy.version,
        "updated": copy.updated.isoformat(),
        "branched": False,
        "spans": {scene.id: spans_of(scene) for scene in fresh},
        "scene_words": {scene.id: after.facts[scene.id].words for scene in fresh},
        "undo": [edit.model_dump(mode="json") for edit in done.undo],
        "shares": shares_of(after),
        "words": after.words,
    }


def told(table: Opened) -> str:
    """A line for the tree of drafts."""
    shares = shares_of(table)["percent"]
    words, scenes = table.words, len(table.facts)
    parts = [f"{words:,} word{'' if words == 1 else 's'} in {scenes} scene{'' if scenes == 1 else 's'}"]
    if words:
        ours = shares["human"]
        parts.append(f"{ours} % typed by hand" if ours < 100 else "all typed by hand")
    return ", ".join(parts)


def offers_in(manuscript: Manuscript) -> set[str]:
    """The offers that words of it came from."""
    return {span.offer for scene in manuscript.scenes for span in scene.ledger.spans if span.offer}


def origin_of(table: Opened) -> Origin:
    makers = {made.maker for made, count in table.letters.items() if count}
    return "person" if makers <= {"human", "pasted"} else "model" if makers == {"model"} else "mixed"


def now_ms() -> int:
    return time.time_ns() // 1_000_000
