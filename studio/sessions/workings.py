"""Working copies: the text a person is typing, saved by version, so that two tabs never overwrite each other.

A save names the version it changed. If another tab was faster, the text goes into a branch of its own and both stay.
Now and then a save first keeps the text before it as a draft, so that there is a history without any button.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from studio.core.errors import Refused
from studio.core.event import Thing
from studio.core.ids import new_id
from studio.core.word import Word
from studio.core.work import WRITTEN, Draft, Origin, Working, draft_id, written_type
from studio.sessions import schema
from studio.sessions.drafts import SUMMARY_LONGEST, Drafts, add_draft, draft_of, first_line, parents_of
from studio.sessions.makings import Makings, Record, is_recorded, marked_before, packed, tell, tell_beginning
from studio.sessions.room import now, owned, sound, word

KEEP_AFTER = timedelta(minutes=10)
KEEP_CHANGE = 2_000  # characters
LONGEST = 5_000_000  # characters of one plain text; works of a room are refused when too long, never cut
LONGEST_WORK = 60_000_000


class Saved(Word):
    working: Working
    branched: bool = False


def history_due(old: str, new: str, since: datetime, at: datetime, recorded: bool = False) -> bool:
    """Should the old text become a draft before the new one takes its place? Of a text whose every change is recorded drafts
    are only to be not too far apart; what of its JSON changed says nothing of how much was written."""
    if not old.strip() or old == new:
        return False
    if at - since >= KEEP_AFTER:
        return True
    if abs(len(old) - len(new)) >= KEEP_CHANGE:
        return True
    if recorded:
        return False
    start = _alike(len(min(old, new, key=len)), lambda n: old[:n] == new[:n])
    end = _alike(len(min(old, new, key=len)) - start, lambda n: not n or old[-n:] == new[-n:])
    return max(len(old), len(new)) - start - end >= KEEP_CHANGE


def _alike(most: int, holds: Callable[[int], bool]) -> int:
    """The largest number for which it holds, if it holds for all smaller ones: a long text is compared in a few steps."""
    low, high = 0, most
    while low < high:
        half = (low + high + 1) // 2
        low, high = (half, high) if holds(half) else (low, half - 1)
    return low


class Workings(Drafts, Makings):
    def working(self, owner: str, piece: str, id: str | None = None) -> Working:
        """The first working copy of a piece, made when there is none, or the one with this id."""
        w = schema.workings.c
        with self.database.read() as db:
            owned(db, schema.pieces, owner, piece)
            wanted = select(schema.workings).where(w.piece == piece, w.owner == owner)
            row = db.execute(wanted.where(w.id == id) if id else wanted.order_by(w.id)).mappings().first()
            if row is not None:
                return word(Working, row)
            if id:
                owned(db, schema.workings, owner, id)  # says that it is not there
        return self._first_copy(owner, piece)

    def _first_copy(self, owner: str, piece: str) -> Working:
        w = schema.workings.c
        with self.database.write() as db:
            found = (
                db.execute(select(schema.workings).where(w.piece == piece, w.owner == owner).order_by(w.id)).mappings().first()
            )
            if found is not None:  # another tab was faster
                return word(Working, found)
            return _add(
                db, Working(id=new_id(), owner=owner, piece=piece, base=None, version=1, text="", title="", updated=now())
            )

    def copy(self, owner: str, id: str) -> Working:
        with self.database.read() as db:
            return word(Working, owned(db, schema.workings, owner, id))

    def workings(self, owner: str, piece: str) -> list[Working]:
        w = schema.workings.c
        with self.database.read() as db:
            owned(db, schema.pieces, owner, piece)
            rows = db.execute(select(schema.workings).where(w.piece == piece, w.owner == owner).order_by(w.id)).mappings()
            return [word(Working, row) for row in rows]

    def autosave(self, owner: str, id: str, version: int, text: str, record: Record | None = None) -> Saved:
        """Returns when the text is on disk: in this copy, or in a new branch when the copy has moved on. `record` goes along."""
        if record is not None and len(text) > LONGEST_WORK:
            raise Refused("This work is too large to be saved as one. Split it into several pieces.")
        text = sound(text if record is not None else text[:LONGEST])
        with self.database.write() as db:
            row = owned(db, schema.workings, owner, id)
            copy = word(Working, row)
            if copy.text == text:
                return Saved(working=copy)
            if copy.version != version:
                forked = self._branch(db, copy, text) if record is None else self._fork(db, copy, version, text, record)
                return Saved(working=forked, branched=True)
            at = now()
            if record is not None:
                tell_beginning(db, copy)
            kept = row["kept"]
            since = word(Working, {**row, "updated": kept}).updated if kept else copy.updated
            if history_due(copy.text, text, since, at, record is not None):
                draft = self._freeze(db, row, "person")
                copy = copy.changed(base=draft.id)
                kept = at
            copy = copy.changed(version=copy.version + 1, text=text, updated=at)
            w = schema.workings.c
            values = copy.model_dump(include={"version", "text", "updated", "base"})
            if record is not None and record.aside is not None:
                values["aside"] = record.aside
            db.execute(update(schema.workings).where(w.id == id, w.owner == owner).values(**values, kept=kept or at))
            if record is not None:
                tell(db, copy, record.what, record.data)
            elif is_recorded(db, owner, copy.piece):  # not by its room: then all that is known is what it is now
                tell(db, copy, "whole", packed(text))
        return Saved(working=copy)

    def _branch(self, db: Connection, copy: Working, text: str) -> Working:
        """The branch of a piece that already has this very text, or a new one."""
        w = schema.workings.c
        copies = [
            word(Working, r)
            for r in db.execute(select(schema.workings).where(w.piece == copy.piece, w.owner == copy.owner)).mappings()
        ]
        for other in copies:
            if other.text == text and other.base == copy.base:
                return other  # an answer was lost on the way and the tab asks again
        return _add(db, copy.changed(id=new_id(), version=1, text=text, title=f"branch {len(copies) + 1}", updated=now()))

    def _fork(self, db: Connection, copy: Working, version: int, text: str, record: Record) -> Working:
        """A branch that knows where it left: what both were then is a draft, which they can be merged by."""
        if not record.before:
            return self._branch(db, copy, text)
        form = owned(db, schema.pieces, copy.owner, copy.piece)["form"]
        thing = Thing(name="body", media_type=written_type(form, record.before), body=record.before.encode())
        parts = self.put_things([thing])
        self.add_blobs(db, copy.owner, parts, [thing])
        last = marked_before(db, copy, version)
        past = (last,) if last else ()
        draft = Draft(
            id=draft_id(copy.piece, past, parts, "person", None), owner=copy.owner, piece=copy.piece, parents=past, parts=parts,
            origin="person", recipe=None, offer=None, summary="Where a branch left", created=now(),
        )  # fmt: skip
        draft = add_draft(db, draft)
        made = self._branch(db, copy.changed(base=draft.id), text)
        if tell_beginning(db, made):
            tell(db, made, "fork", copy.id.encode(), draft.id)
            w = schema.workings.c
            db.execute(update(schema.workings).where(w.id == made.id, w.owner == copy.owner).values(aside=record.aside))
        return made

    def freeze(self, owner: str, id: str, *, origin: Origin | None = None, summary: str = "") -> Draft:
        """The text as it is now, as a draft."""
        with self.database.write() as db:
            return self._freeze(db, owned(db, schema.workings, owner, id), origin, summary)

    def adopt(self, owner: str, id: str, draft: str) -> Working:
        """Go on from a draft of the same piece. What was there is a draft first, so nothing is lost."""
        kept = self.draft(owner, draft)
        text = sound(self.body(owner, kept.parts[0].sha256)[0].decode("utf-8", "replace"))
        with self.database.write() as db:
            row = owned(db, schema.workings, owner, id)
            if row["piece"] != kept.piece:
                raise Refused("That draft belongs to another piece. Open that piece first.")
            if row["text"].strip():
                self._freeze(db, row, None)
            copy = word(Working, row).changed(text=text, version=row["version"] + 1, base=draft, updated=now())
            values = copy.model_dump(include={"version", "text", "updated", "base"})
            w = schema.workings.c
            db.execute(
                update(schema.workings).where(w.id == id, w.owner == owner).values(**values, kept=copy.updated, aside=None)
            )
            if is_recorded(db, owner, copy.piece):
                tell(db, copy, "draft", draft=draft)
        return copy

    def _freeze(self, db: Connection, row: RowMapping, origin: Origin | None, summary: str = "") -> Draft:
        copy = word(Working, row)
        form = owned(db, schema.pieces, copy.owner, copy.piece)["form"]
        thing = Thing(name="body", media_type=written_type(form, copy.text), body=copy.text.encode())
        parts = self.put_things([thing])
        if copy.base is not None:
            base = owned(db, schema.drafts, copy.owner, copy.base)
            if base["parts"] == [part.model_dump() for part in parts]:
                return draft_of(base, parents_of(db, copy.owner, copy.piece, copy.base).get(copy.base, ()))  # nothing new since
        self.add_blobs(db, copy.owner, parts, [thing])
        past = (copy.base,) if copy.base else ()
        made_by: Origin = origin or ("conflict" if copy.title.startswith("branch") and not row["kept"] else "person")
        draft = add_draft(
            db,
            Draft(
                id=draft_id(copy.piece, past, parts, made_by, None), owner=copy.owner, piece=copy.piece,
                parents=past, parts=parts,
                origin=made_by, recipe=None, offer=None, summary=(summary or first_line(thing))[:SUMMARY_LONGEST], created=now(),
            ),
        )  # fmt: skip
        w = schema.workings.c
        db.execute(update(schema.workings).where(w.id == copy.id, w.owner == copy.owner).values(base=draft.id, kept=now()))
        if is_recorded(db, copy.owner, copy.piece):
            tell(db, copy, "mark", draft=draft.id)
        return draft

    def restore_draft(self, owner: str, id: str) -> Draft:
        """As in Drafts; and where the piece has a text being typed, that text is kept as a draft and then replaced.

        A tab that was typing into it finds another version at its next save, and branches.
        """
        old = self.draft(owner, id)
        if not old.parts[0].media_type.startswith("text/") and old.parts[0].media_type not in WRITTEN.values():
            return super().restore_draft(owner, id)
        w = schema.workings.c
        with self.database.write() as db:
            newest = select(schema.workings).where(w.piece == old.piece, w.owner == owner).order_by(w.updated.desc())
            row = db.execute(newest).mappings().first()
            if row is not None and row["text"].strip():
                self._freeze(db, row, None)
            past = (id,)
            made = old.changed(
                id=draft_id(old.piece, past, old.parts, "restored", old.recipe), parents=past, origin="restored", created=now()
            )
            draft = add_draft(db, made)
            if row is not None:
                text = sound(self.read_body(db, owner, old.parts[0].sha256)[0].decode("utf-8", "replace"))
                copy = word(Working, row).changed(text=text, version=row["version"] + 1, base=draft.id, updated=now())
                values = copy.model_dump(include={"text", "version", "base", "updated"})
                db.execute(
                    update(schema.workings).where(w.id == row["id"], w.owner == owner).values(**values, kept=now(), aside=None)
                )
                if is_recorded(db, owner, copy.piece):
                    tell(db, copy, "draft", draft=draft.id)
        return draft


def _add(db: Connection, copy: Working) -> Working:
    db.execute(insert(schema.workings).values(**copy.model_dump(), kept=None))
    return copy
