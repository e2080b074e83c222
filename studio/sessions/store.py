"""The store: sessions, pieces, drafts, working copies, jobs, offers, choices and blobs, over one database.

Every method takes the owner first and answers NotFound for what is missing and for what is somebody else's.
A method that changes something returns after the commit is on disk.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from studio.core.ids import new_id
from studio.core.word import Word
from studio.sessions import schema
from studio.sessions.blobs import open_blobs
from studio.sessions.database import open_database
from studio.sessions.drafts import Twig
from studio.sessions.jobs import Jobs
from studio.sessions.projects import Projects
from studio.sessions.workings import Saved, Workings

__all__ = ["Saved", "Store", "StoreHealth", "Twig", "open_store"]


class StoreHealth(Word):
    size: int  # bytes of the database and of all blobs
    drafts: int
    last_backup: datetime | None
    integrity: str | None  # `ok`, or what the last check found
    checked: datetime | None


class Store(Projects, Workings, Jobs):
    def health(self) -> StoreHealth:
        """Cheap facts, and what the last check and backup left behind. Tells nothing of anybody's work."""
        m, b = schema.meta.c, schema.blobs.c
        with self.database.read() as db:
            facts: dict[str, str] = dict(db.execute(select(m.name, m.value).where(m.owner == "studio")).tuples().all())
            drafts = db.execute(select(func.count()).select_from(schema.drafts)).scalar_one()
            blobs = db.execute(select(func.coalesce(func.sum(b.size), 0)).where(b.inline.is_(None))).scalar_one()
            sql = (
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                if self.database.sqlite
                else "SELECT pg_database_size(current_database())"
            )
            size = db.execute(text(sql)).scalar_one()
        return StoreHealth(
            size=int(size) + int(blobs),
            drafts=drafts,
            last_backup=_time(facts.get("last_backup")),
            integrity=facts.get("integrity"),
            checked=_time(facts.get("checked")),
        )

    def remember(self, **facts: str) -> None:
        """Facts about the store itself: last backup, last check."""
        m = schema.meta.c
        with self.database.write() as db:
            for name, value in facts.items():
                db.execute(schema.meta.delete().where(m.owner == "studio", m.name == name))
                db.execute(schema.meta.insert().values(owner="studio", name=name, value=value))

    def close(self) -> None:
        self.database.close()


def _time(value: str | None) -> Any:
    return datetime.fromisoformat(value) if value else None


def open_store(database_url: str, blob_url: str, data_dir: Path) -> Store:
    data_dir.mkdir(parents=True, exist_ok=True)
    return Store(open_database(database_url), open_blobs(blob_url), new_id())
