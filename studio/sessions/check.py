"""Is everything there, and is everything what it was? The database's own check, every draft's name, every blob's hash."""

import hashlib
import time
from collections.abc import Iterator

from sqlalchemy import select, text

from studio.core.errors import StudioError
from studio.core.work import draft_id
from studio.sessions import schema
from studio.sessions.drafts import draft_of, parents_of
from studio.sessions.room import now
from studio.sessions.store import Store

DAY = 86_400.0


def check_store(store: Store) -> list[str]:
    """Sentences on what is wrong; none when all is well. What was found is remembered for the Session tab."""
    troubles = [*_database(store), *_drafts(store), *_blobs(store)]
    count = len(troubles)
    store.remember(
        integrity="ok" if not troubles else f"{count} {'problem' if count == 1 else 'problems'}; run python -m studio check",
        checked=now().isoformat(),
    )
    return troubles


def _database(store: Store) -> Iterator[str]:
    if not store.database.sqlite:
        return  # PostgreSQL checks its pages itself and keeps its foreign keys
    with store.database.read() as db:
        for (said,) in db.execute(text("PRAGMA integrity_check")):
            if said != "ok":
                yield f"The database file is damaged: {said}. Restore a backup."
        for row in db.execute(text("PRAGMA foreign_key_check")):
            yield f"A row of {row[0]} points to something that is gone."


def _drafts(store: Store) -> Iterator[str]:
    """The name of a draft is the hash of what it is: a changed row no longer fits its name."""
    d = schema.drafts.c
    with store.database.read() as db:
        for owner, piece in db.execute(select(schema.pieces.c.owner, schema.pieces.c.id)).all():
            past = parents_of(db, owner, piece)
            for row in db.execute(select(schema.drafts).where(d.piece == piece, d.owner == owner)).mappings():
                draft = draft_of(row, past.get(row["id"], ()))
                if draft_id(piece, draft.parents, draft.parts, draft.origin, draft.recipe) != draft.id:
                    yield f"The draft {draft.id[2:14]} has been changed since it was kept. Restore a backup."


def _blobs(store: Store) -> Iterator[str]:
    b = schema.blobs.c
    with store.database.read() as db:
        named = db.execute(select(b.owner, b.sha256)).all()
        for owner, sha256 in named:
            try:
                body, _ = store.read_body(db, owner, sha256)
            except StudioError as error:
                yield str(error)
                continue

            if hashlib.sha256(body).hexdigest() != sha256:
                yield f"The file {sha256[:12]}… has been changed in the database. Restore a backup."
        wanted = {sha256 for _, sha256 in named}
        for table in (schema.drafts, schema.offers):
            for (parts,) in db.execute(select(table.c.parts)):
                for part in parts:
                    if part["sha256"] not in wanted:
                        yield f"The file {part['sha256'][:12]}… of {part['name']} is not in the store. Restore a backup."


def sweep(store: Store, older: float = DAY) -> int:
    """Delete blob files that nobody names and that are no newer than a day (a keep may just be writing its own)."""
    with store.database.read() as db:
        named = set(db.execute(select(schema.blobs.c.sha256).where(schema.blobs.c.inline.is_(None))).scalars())
    gone = 0
    for sha256, written in list(store.blobs.names()):
        if sha256 not in named and time.time() - written > older:
            store.blobs.delete(sha256)
            gone += 1
    return gone
