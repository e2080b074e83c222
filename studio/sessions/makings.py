"""How a text came to be: every save of a recorded copy as a row, written in the same transaction as the text itself.

What the bytes of a row say is the business of the room that wrote them; the store keeps them in order and with their owner.
Between the saves stand moments at which the whole is known: what a copy began as, drafts that were kept and gone back to.
"""

import zlib
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, func, insert, select

from studio.core.word import Word
from studio.core.work import Working
from studio.sessions import schema
from studio.sessions.room import Room, now, owned, word

RECORDED = ("manuscript",)  # forms of pieces whose making is kept
What = Literal["strokes", "put", "whole", "draft", "mark", "fork"]


class Record(NamedTuple):
    """What goes along with a save."""

    what: What
    data: bytes
    before: str  # the text that was changed
    aside: bytes | None = None  # what the room wants to find again beside the text; None: as it was


class Making(Word):
    """`whole`: the text was `data`, packed. `draft`: it became that draft. `mark`: it was kept as that draft. `fork`: a copy was
    made of what the copy in `data` had been, which is that draft."""

    what: What
    version: int
    data: bytes
    draft: str | None
    created: datetime

    def whole(self) -> str:
        return zlib.decompress(self.data).decode()


class Makings(Room):
    def makings(self, owner: str, working: str) -> list[Making]:
        """Of one copy, oldest first."""
        m = schema.makings.c
        with self.database.read() as db:
            owned(db, schema.workings, owner, working)
            rows = db.execute(select(schema.makings).where(m.working == working, m.owner == owner).order_by(m.number))
            return [word(Making, row) for row in rows.mappings()]

    def aside(self, owner: str, working: str) -> bytes:
        """What the room put beside the text with the last save."""
        with self.database.read() as db:
            return owned(db, schema.workings, owner, working)["aside"] or b""


def packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 3)


def is_recorded(db: Connection, owner: str, piece: str) -> bool:
    return owned(db, schema.pieces, owner, piece)["form"] in RECORDED


def _next() -> Any:
    m = schema.makings.c
    return select(func.coalesce(func.max(m.number), 0) + 1).scalar_subquery()  # writers come one at a time


def tell(db: Connection, copy: Working, what: What, data: bytes = b"", draft: str | None = None) -> None:
    """Now the copy is at this version, by this."""
    row = {
        "number": _next(), "owner": copy.owner,
        "working": copy.id, "what": what, "version": copy.version, "data": data, "draft": draft,
        "created": now(),
    }  # fmt: skip
    db.execute(insert(schema.makings).values(**row))


def tell_beginning(db: Connection, copy: Working) -> bool:
    """Before the first row of a copy: what it was, unless it was empty. False when there are rows already."""
    m = schema.makings.c
    if db.execute(select(m.number).where(m.working == copy.id, m.owner == copy.owner).limit(1)).first() is not None:
        return False
    if copy.text:
        tell(db, copy, "whole", packed(copy.text))
    return True


def marked_before(db: Connection, copy: Working, version: int) -> str | None:
    """The last draft that a copy was, or was kept as, not later than a version."""
    m = schema.makings.c
    wanted = select(m.draft).where(
        m.working == copy.id,
        m.owner == copy.owner,
        m.version <= version,
        m.what.in_(("draft", "mark", "fork")),
        m.draft.isnot(None),
    )
    return db.execute(wanted.order_by(m.number.desc()).limit(1)).scalar()
