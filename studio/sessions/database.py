"""Opening the database: SQLite made safe, migrations when they are needed, short write transactions.

One writer of this process at a time (a queue in memory is fairer and faster than a database's own waiting).
SQLite: write-ahead log, every commit synced to disk, BEGIN IMMEDIATE so that a second process waits instead of failing.
PostgreSQL: a lock taken by every writer does the same.
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from studio.core.errors import StudioError
from studio.sessions.schema import HEAD

MIGRATIONS = Path(__file__).with_name("migrations")
ONE_WRITER = 7_263_361  # PostgreSQL: the number of the lock that every writer of a store takes


class BadStore(StudioError):
    """The store cannot be opened or written."""


class FairLock:
    """First come, first served. A plain lock lets one busy thread starve the others for a second at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # handed on, never let go
            else:
                self._held = False


class Database:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self._writer = FairLock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; the commit is on disk when the block has been left. One writes at a time, on either database."""
        with self._writer:
            try:
                with self.engine.connect().execution_options(writing=True) as connection, connection.begin():
                    if not self.sqlite:  # what BEGIN IMMEDIATE is to SQLite: what a writer has read stays so until it commits
                        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
                        connection.execute(select(func.pg_advisory_xact_lock(ONE_WRITER)))
                    yield connection
            except OperationalError as error:
                raise _plain(error) from error

    def close(self) -> None:
        self.engine.dispose()


def _plain(error: OperationalError) -> Exception:
    said = str(error.orig).lower()
    if "full" in said or "disk i/o" in said or "no space left" in said:
        return BadStore("The disk is full or cannot be written. Make room, then try again: nothing saved before is lost.")
    if "locked" in said or "lock timeout" in said:
        return BadStore("Another program holds the database. Try again in a moment.")
    if "readonly" in said or "read-only" in said:
        return BadStore("The database cannot be written: it is read-only. Check the rights of the data folder.")
    return error


def open_database(url: str) -> Database:
    """Open and bring up to date; BadStore with a sentence when that cannot be."""
    try:
        database = Database(make_engine(url))
        _migrate_if_needed(database, url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise BadStore(f"The database {_without_password(url)} cannot be opened: {reason}.") from error
    return database


def make_engine(url: str, **options: Any) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **options)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=8, max_overflow=32, connect_args={"check_same_thread": False}, **options
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
        cursor = connection.cursor()
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=1000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _migrate_if_needed(database: Database, url: str) -> None:
    with database.read() as connection:
        has = database.engine.dialect.has_table(connection, "alembic_version")
        now = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if has else None
    if now != HEAD:
        migrate(database)


def migrate(database: Database, to: str = "head") -> None:
    """Alembic is imported here and not above: a start with a current database does not need it."""
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with database.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except CommandError as error:
        raise BadStore(
            f"This database was made by another version of the studio ({error}). Update the studio, or restore a backup."
        ) from error


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:
        return os.path.basename(url)
