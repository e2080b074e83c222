"""Sessions and the pieces in them: create, rename, search, duplicate, trash, restore, erase."""

from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from studio.core.ask import Medium
from studio.core.errors import Refused
from studio.core.ids import new_id
from studio.core.work import Piece, Session, draft_id
from studio.sessions import schema
from studio.sessions.drafts import draft_of, insert_draft, parents_of
from studio.sessions.room import Room, now, owned, sound, word

TITLE_LONGEST = 200


def clean_title(title: str) -> str:
    title = " ".join(sound(title).split())[:TITLE_LONGEST]
    if not title:
        raise Refused("A title needs at least one letter.")
    return title


class Projects(Room):
    # sessions

    def create_session(self, owner: str, title: str) -> Session:
        session = Session(id=new_id(), owner=owner, title=clean_title(title), created=now(), updated=now())
        with self.database.write() as db:
            db.execute(insert(schema.sessions).values(**session.model_dump()))
        return session

    def session(self, owner: str, id: str) -> Session:
        with self.database.read() as db:
            return word(Session, owned(db, schema.sessions, owner, id))

    def sessions(self, owner: str, query: str = "", trashed: bool = False) -> list[Session]:
        """Newest first. `query` looks into titles."""
        t = schema.sessions.c
        wanted = select(schema.sessions).where(t.owner == owner, t.trashed.isnot(None) if trashed else t.trashed.is_(None))
        sought = query.strip().casefold()  # here and not in SQL: SQLite knows no capitals but A to Z
        with self.database.read() as db:
            rows = db.execute(wanted.order_by(t.updated.desc(), t.id.desc())).mappings()
            return [word(Session, row) for row in rows if sought in row["title"].casefold()]

    def rename_session(self, owner: str, id: str, title: str) -> None:
        self._set(schema.sessions, owner, id, title=clean_title(title), updated=now())

    def trash_session(self, owner: str, id: str) -> None:
        self._set(schema.sessions, owner, id, trashed=now())

    def restore_session(self, owner: str, id: str) -> None:
        self._set(schema.sessions, owner, id, trashed=None)

    def erase_session(self, owner: str, id: str) -> None:
        """For good. Only from the trash."""
        with self.database.write() as db:
            if owned(db, schema.sessions, owner, id)["trashed"] is None:
                raise Refused("Move the session to the trash first; from there it can be erased for good.")
            db.execute(delete(schema.sessions).where(schema.sessions.c.id == id, schema.sessions.c.owner == owner))
            _forget_unused_blobs(db, owner)

    def duplicate_session(self, owner: str, id: str) -> Session:
        """A deep copy: pieces, all drafts with their past, and the texts being typed. Offers stay with the original."""
        with self.database.write() as db:
            old = word(Session, owned(db, schema.sessions, owner, id))
            copy = old.changed(
                id=new_id(), title=clean_title(f"{old.title[:190]} (copy)"), created=now(), updated=now(), trashed=None
            )
            db.execute(insert(schema.sessions).values(**copy.model_dump()))
            where = and_(schema.pieces.c.session == id, schema.pieces.c.owner == owner)
            for row in db.execute(select(schema.pieces).where(where)).mappings().all():
                _copy_piece(db, word(Piece, row), copy.id)
        return copy

    # pieces

    def create_piece(self, owner: str, session: str, medium: Medium, form: str, title: str) -> Piece:
        piece = Piece(
            id=new_id(),
            owner=owner,
            session=session,
            medium=medium,
            form=form,
            title=clean_title(title),
            created=now(),
            updated=now(),
        )
        with self.database.write() as db:
            owned(db, schema.sessions, owner, session)
            db.execute(insert(schema.pieces).values(**piece.model_dump()))
            _touch(db, owner, session)
        return piece

    def piece(self, owner: str, id: str) -> Piece:
        with self.database.read() as db:
            return word(Piece, owned(db, schema.pieces, owner, id))

    def pieces(self, owner: str, session: str, trashed: bool = False) -> list[Piece]:
        p = schema.pieces.c
        with self.database.read() as db:
            owned(db, schema.sessions, owner, session)
            wanted = select(schema.pieces).where(
                p.owner == owner, p.session == session, p.trashed.isnot(None) if trashed else p.trashed.is_(None)
            )
            return [word(Piece, row) for row in db.execute(wanted.order_by(p.created, p.id)).mappings()]

    def rename_piece(self, owner: str, id: str, title: str) -> None:
        self._set(schema.pieces, owner, id, title=clean_title(title), updated=now())

    def trash_piece(self, owner: str, id: str) -> None:
        self._set(schema.pieces, owner, id, trashed=now())

    def restore_piece(self, owner: str, id: str) -> None:
        self._set(schema.pieces, owner, id, trashed=None)

    def _set(self, table: Table, owner: str, id: str, **values: Any) -> None:
        with self.database.write() as db:
            owned(db, table, owner, id)
            db.execute(update(table).where(table.c.id == id, table.c.owner == owner).values(**values))


def _touch(db: Connection, owner: str, session: str) -> None:
    db.execute(
        update(schema.sessions).where(schema.sessions.c.id == session, schema.sessions.c.owner == owner).values(updated=now())
    )


def _copy_piece(db: Connection, old: Piece, session: str) -> None:
    piece = old.changed(id=new_id(), session=session)
    db.execute(insert(schema.pieces).values(**piece.model_dump()))
    d, w = schema.drafts.c, schema.workings.c
    new: dict[str, str] = {}
    rows = db.execute(select(schema.drafts).where(d.piece == old.id, d.owner == old.owner).order_by(d.number)).mappings().all()
    parents = parents_of(db, old.owner, old.id)
    for row in rows:
        draft = draft_of(row, parents.get(row["id"], ()))
        past = tuple(new[p] for p in draft.parents)
        id = draft_id(piece.id, past, draft.parts, draft.origin, draft.recipe)
        insert_draft(db, draft.changed(id=id, piece=piece.id, parents=past, offer=None))
        new[draft.id] = id
    for row in db.execute(select(schema.workings).where(w.piece == old.id, w.owner == old.owner)).mappings().all():
        base = new.get(row["base"]) if row["base"] else None
        db.execute(insert(schema.workings).values(**{**row, "id": new_id(), "piece": piece.id, "base": base}))


def _forget_unused_blobs(db: Connection, owner: str) -> None:
    """Rows of blobs that no draft and no offer of the owner names any more. The files go with the next sweep."""
    used: set[str] = set()
    for table in (schema.drafts, schema.offers):
        for (parts,) in db.execute(select(table.c.parts).where(table.c.owner == owner)):
            used.update(part["sha256"] for part in parts)
    b = schema.blobs.c
    for (sha256,) in db.execute(select(b.sha256).where(b.owner == owner)).all():
        if sha256 not in used:
            db.execute(delete(schema.blobs).where(b.owner == owner, b.sha256 == sha256))
