"""What the parts of the store share: the database, the clock, reading rows as words, and whose they are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, select

from studio.core.errors import NotFound
from studio.core.word import Word
from studio.sessions.blobs import BlobStore
from studio.sessions.database import Database

W = TypeVar("W", bound=Word)
NAMES = {"sessions": "session", "pieces": "piece", "drafts": "draft", "workings": "text", "offers": "offer", "jobs": "job"}


def now() -> datetime:
    return datetime.now(UTC)


def aware(value: Any) -> Any:
    """SQLite gives times back without their zone; all of ours are UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def word(kind: type[W], row: RowMapping | Mapping[str, Any], **more: Any) -> W:
    """A row as the frozen type of the same name; columns the word does not have are left out."""
    fields = {**{key: aware(value) for key, value in row.items() if key in kind.model_fields}, **more}
    return kind.model_validate(fields)


def sound(text: str) -> str:
    """Text as every database can hold it: no NUL, no half of a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Room:
    def __init__(self, database: Database, blobs: BlobStore, boot: str) -> None:
        self.database = database
        self.blobs = blobs
        self.boot = boot


def owned(connection: Connection, table: Table, owner: str, id: str) -> RowMapping:
    """The row, if it is there and this owner's. Nobody learns which of the two it was not."""
    row = connection.execute(select(table).where(table.c.id == id, table.c.owner == owner)).mappings().first()
    if row is None:
        raise NotFound(
            f"This {NAMES.get(table.name, table.name)} is not there. It may have been erased; go back to your sessions."
        )
    return row
