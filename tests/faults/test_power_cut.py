"""A power cut, simulated below SQLite: of the writes since a file's last sync, a random half has reached the disk.

The statements and transactions are the product's own; only the file layer is another (an apsw VFS), with a thin
DB-API coat so that SQLAlchemy can drive it. A control with synchronous=NORMAL must lose something, or this test
would prove nothing.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest
from sqlalchemy import event

from studio.core.event import Thing
from studio.sessions import blobs as blob_files
from studio.sessions.blobs import FolderBlobs
from studio.sessions.check import check_store
from studio.sessions.database import Database, make_engine, migrate
from studio.sessions.store import Store, open_store

SECTOR = 512
STEPS = 30  # of the disk for one save, at least


@dataclass
class Disk:
    """What each file holds for sure, and what was written to it since."""

    chance: random.Random
    sure: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)  # offset, data; None: cut to offset
    steps: int = 0
    watch: Callable[[], None] = lambda: None

    def step(self) -> None:
        self.steps += 1
        self.watch()

    def write(self, name: str, offset: int, data: bytes | None) -> None:
        self.pending.setdefault(name, []).append((offset, data))
        self.step()

    def sync(self, name: str) -> None:
        self.step()
        content = self.sure.setdefault(name, bytearray())
        for offset, data in self.pending.pop(name, []):
            apply(content, offset, data)
        self.step()

    def after_cut(self, folder: Path) -> None:
        """Write the files as they would be found when the power is back."""
        for name in {*self.sure, *self.pending}:
            content = bytearray(self.sure.get(name, b""))
            for offset, data in self.pending.get(name, []):
                if data is None:
                    if self.chance.random() < 0.5:
                        apply(content, offset, None)
                    continue
                for k in range(0, len(data), SECTOR):
                    if self.chance.random() < 0.5:
                        apply(content, offset + k, data[k : k + SECTOR])
            (folder / name).write_bytes(content)


def apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset + len(data):
        content.extend(b"\0" * (offset + len(data) - len(content)))
    content[offset : offset + len(data)] = data


class CuttingVFS(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "CuttingFile":
        return CuttingFile(self.disk, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        super().xDelete(name, sync)
        self.disk.sure.pop(os.path.basename(name), None)
        self.disk.pending.pop(os.path.basename(name), None)


class CuttingFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.name = os.path.basename(path) if path else ""
        self.disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        if self.name:
            self.disk.write(self.name, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        if self.name:
            self.disk.write(self.name, size, None)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        if self.name:
            self.disk.sync(self.name)


class Coat:
    """The little of DB-API that SQLAlchemy's SQLite dialect uses, over an apsw connection."""

    isolation_level: str | None = None

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection

    def cursor(self) -> "CoatCursor":
        return CoatCursor(self.connection)

    def create_function(self, name: str, arguments: int, function: Any, deterministic: bool = False) -> None:
        self.connection.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def commit(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()


class CoatCursor:
    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.cursor = connection.cursor()
        self.cursor.exec_trace = self._trace
        self.description: Any = None
        self.rows: list[Any] = []
        self.rowcount = -1
        self.lastrowid = 0

    def _trace(self, cursor: apsw.Cursor, sql: str, bindings: Any) -> bool:
        found = cursor.get_description()
        self.description = tuple((name, None, None, None, None, None, None) for name, *_ in found) or None
        return True

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "CoatCursor":
        before = self.connection.total_changes()
        self.rows = list(self.cursor.execute(sql, tuple(parameters)))
        self.rowcount = self.connection.total_changes() - before
        self.lastrowid = self.connection.last_insert_rowid()
        return self

    def executemany(self, sql: str, many: Sequence[Sequence[Any]]) -> "CoatCursor":
        for parameters in many:
            self.execute(sql, parameters)
        return self

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self.rows = self.rows, []
        return taken

    def close(self) -> None:
        self.cursor.close()


@contextmanager
def cutting_store(folder: Path, disk: Disk, synchronous: str) -> Iterator[Store]:
    name = f"cut-{id(disk)}"
    vfs = CuttingVFS(name, disk)
    file = str(folder / "tandem.db")
    engine = make_engine("sqlite:///ignored", creator=lambda: Coat(apsw.Connection(file, vfs=name)))

    @event.listens_for(engine, "connect")
    def _control(connection: Coat, _record: Any) -> None:
        connection.connection.execute("PRAGMA wal_autocheckpoint=40")  # more checkpoints to be cut in
        if synchronous != "FULL":
            connection.connection.execute(f"PRAGMA synchronous={synchronous}")

    database = Database(engine)
    migrate(database)
    store = Store(database, FolderBlobs(folder / "blobs"), "boot")
    try:
        yield store
    finally:
        store.close()
        vfs.unregister()


@dataclass
class Cut:
    folder: Path
    text: str  # of the newest acknowledged save
    drafts: list[str]


def run_and_cut(folder: Path, cuts: int, synchronous: str, seed: int, saves: int = 60) -> list[Cut]:
    """One life of a store, with the power cut at `cuts` random moments of it."""
    chance = random.Random(seed)
    disk = Disk(random.Random(seed + 1))
    found: list[Cut] = []
    text, drafts = "", []
    (folder / "live").mkdir(parents=True)
    with cutting_store(folder / "live", disk, synchronous) as store:
        session = store.create_session("local", "Cut").id
        piece = store.create_piece("local", session, "text", "notes", "Notes").id
        copy = store.working("local", piece)
        moments = set(chance.sample(range(disk.steps + 1, disk.steps + saves * STEPS), cuts))  # over the whole life

        def watch() -> None:
            if disk.steps in moments:
                cut = Cut(folder / f"cut{len(found)}", text, list(drafts))
                cut.folder.mkdir()
                disk.after_cut(cut.folder)
                found.append(cut)

        disk.watch = watch
        for k in range(saves):
            typed = f"save {k} " + "word " * chance.randrange(1500)
            copy = store.autosave("local", copy.id, copy.version, typed).working
            text = typed
            if k % 6 == 5:
                drafts.append(store.keep("local", piece, [Thing(name="body", media_type="text/plain", body=typed.encode())]).id)
        disk.watch = lambda: None
    assert len(found) == cuts
    return found


def look(cut: Cut) -> tuple[bool, bool]:
    """Is something acknowledged lost? Is the store damaged?"""
    try:
        store = open_store(f"sqlite:///{cut.folder / 'tandem.db'}", str(cut.folder / "blobs"), cut.folder)
        damaged = bool(check_store(store))
        session = store.sessions("local")
        piece = store.pieces("local", session[0].id)[0] if session else None
        now = store.working("local", piece.id).text if piece else ""
        kept = {d.id for d in store.drafts("local", piece.id)} if piece else set()
        store.close()
    except Exception:
        return True, True
    number = int(cut.text.split()[1]) if cut.text else -1
    found = int(now.split()[1]) if now else -1
    return found < number or (found == number and now != cut.text) or not kept.issuperset(cut.drafts), damaged


def measure_power_cut(cuts: int, data: Path, synchronous: str = "FULL", each: int = 10) -> dict[str, Any]:
    lost = corrupt = acknowledged = done = seed = 0
    while done < cuts:
        for cut in run_and_cut(data / f"{synchronous}{seed}", min(each, cuts - done), synchronous, seed):
            missing, damaged = look(cut)
            lost += missing
            corrupt += damaged
            acknowledged += (int(cut.text.split()[1]) + 1 if cut.text else 0) + len(cut.drafts)
            done += 1
        seed += 1
    return {"cuts": done, "synchronous": synchronous, "acknowledged": acknowledged, "lost": lost, "corrupt": corrupt}


def test_two_hundred_power_cuts_lose_nothing(tmp_path: Path) -> None:
    got = measure_power_cut(200, tmp_path)
    assert (got["lost"], got["corrupt"]) == (0, 0), got


def test_the_control_without_full_sync_loses_something(tmp_path: Path) -> None:
    got = measure_power_cut(60, tmp_path, "NORMAL")
    assert got["lost"] > 0, got


def test_a_blob_is_on_disk_before_the_row_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(blob_files.os, "fsync", lambda handle: (happened.append(kind(handle)), sync(handle))[1])
    monkeypatch.setattr(blob_files.os, "replace", lambda a, b: (happened.append("rename"), replace(a, b))[1])

    def kind(handle: int) -> str:
        return "sync folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "sync file"

    store = open_store(f"sqlite:///{tmp_path / 'tandem.db'}", str(tmp_path / "blobs"), tmp_path)
    piece = store.create_piece("local", store.create_session("local", "S").id, "picture", "picture", "P")
    event.listen(store.database.engine, "commit", lambda connection: happened.append("commit"))
    happened.clear()
    picture = Thing(name="body", media_type="image/png", body=os.urandom(200_000))
    store.keep("local", piece.id, [picture])
    assert happened == ["sync file", "rename", *["sync folder"] * 3, "commit"], happened
    happened.clear()
    store.keep("local", piece.id, [picture, Thing(name="note", media_type="text/plain", body=b"n")])
    store.close()
    assert happened == [*["sync folder"] * 3, "commit"], happened  # perhaps the rename of another keep is not yet on disk
