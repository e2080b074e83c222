"""Backup and restore: one portable zip for SQLite and PostgreSQL alike. It is also the way from the one to the other.

The zip holds every table as lines of JSON, every blob by its hash, and a manifest with a digest of each member. It is
taken in one read of the database while the studio runs. A restore believes nothing: members are read by name, within
limits, their digests checked, and everything goes in as one transaction or not at all.
"""

import base64
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, LargeBinary, Table, func, insert, select

from studio.core.errors import StudioError
from studio.core.ids import new_id
from studio.sessions import schema
from studio.sessions.blobs import sync_folder
from studio.sessions.room import aware, now
from studio.sessions.store import Store

FORMAT = 1
LARGEST_MEMBER = 4 * 2**30
MOST_MEMBERS = 2_000_000
BATCH = 500


class BadBackup(StudioError):
    """This file cannot be restored; the store is as it was."""


def tables() -> list[Table]:
    """In an order in which every row finds the rows it points to."""
    return [t for t in schema.metadata.sorted_tables if t is not schema.meta]


def backup(store: Store, file: Path) -> dict[str, int]:
    """Write the zip; counts of rows by table. The file appears whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temp = file.with_name(f".{file.name}-{new_id()}")
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    try:
        with zipfile.ZipFile(temp, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as out:
            with store.database.read() as db:
                if not store.database.sqlite:
                    db = db.execution_options(isolation_level="REPEATABLE READ")
                blobs = set(db.execute(select(schema.blobs.c.sha256).where(schema.blobs.c.inline.is_(None))).scalars())
                for table in tables():
                    counts[table.name] = _write_table(out, db, table, digests)
            for sha256 in sorted(blobs):
                out.writestr(zipfile.ZipInfo(f"blobs/{sha256}"), store.blobs.get(sha256), zipfile.ZIP_STORED)
            manifest = {
                "format": FORMAT,
                "schema": schema.HEAD,
                "made": now().isoformat(),
                "tables": counts,
                "sha256": digests,
                "blobs": sorted(blobs),
            }
            out.writestr("manifest.json", json.dumps(manifest, indent=1))
        with open(temp, "rb+") as written:
            os.fsync(written.fileno())
        os.replace(temp, file)
        sync_folder(file.parent)
    finally:
        temp.unlink(missing_ok=True)
    store.remember(last_backup=now().isoformat())
    return counts


def _write_table(out: zipfile.ZipFile, db: Connection, table: Table, digests: dict[str, str]) -> int:
    name, count, digest = f"tables/{table.name}.jsonl", 0, hashlib.sha256()
    order = table.c.number if "number" in table.c else list(table.primary_key.columns)[0]
    with out.open(name, "w", force_zip64=True) as member:
        for row in db.execute(select(table).order_by(order)).mappings():
            line = json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False).encode() + b"\n"
            member.write(line)
            digest.update(line)
            count += 1
    digests[name] = digest.hexdigest()
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return aware(value).isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def is_empty(store: Store) -> bool:
    with store.database.read() as db:
        return not db.execute(select(func.count()).select_from(schema.sessions)).scalar_one()


def restore(store: Store, file: Path) -> dict[str, int]:
    """Fill an empty store from a backup, or raise BadBackup and leave it as it was."""
    if not is_empty(store):
        raise BadBackup("This store already holds sessions. Restore into another data folder, or move this one away first.")
    try:
        with zipfile.ZipFile(file) as zip:
            manifest = _manifest(zip)
            for sha256 in manifest["blobs"]:
                if store.blobs.put(_member(zip, f"blobs/{sha256}")) != sha256:
                    raise BadBackup(f"The file {str(sha256)[:12]}… in this backup is damaged.")
            counts: dict[str, int] = {}
            with store.database.write() as db:
                for table in tables():
                    counts[table.name] = _read_table(zip, db, table, manifest)
    except FileNotFoundError:
        raise BadBackup(f"There is no file {file}.") from None
    except zipfile.BadZipFile:
        raise BadBackup(f"{file} is not a backup, or only a part of one.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup(f"{file} is not a backup that this version can read ({error}).") from error
    return counts


def _manifest(zip: zipfile.ZipFile) -> dict[str, Any]:
    names = zip.namelist()
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        raise BadBackup("This backup has members that no backup of ours has.")
    manifest: dict[str, Any] = json.loads(_member(zip, "manifest.json"))
    if manifest["format"] != FORMAT or manifest["schema"] != schema.HEAD:
        raise BadBackup("This backup was made by another version of the studio. Restore it with that version, then update.")
    return manifest


def _member(zip: zipfile.ZipFile, name: str) -> bytes:
    info = zip.getinfo(name)
    if info.file_size > LARGEST_MEMBER or info.file_size > 1000 * max(info.compress_size, 1024):
        raise BadBackup(f"The member {name} of this backup is not plausible.")
    return zip.read(name)


def _read_table(zip: zipfile.ZipFile, db: Connection, table: Table, manifest: dict[str, Any]) -> int:
    name = f"tables/{table.name}.jsonl"
    body = _member(zip, name)
    if hashlib.sha256(body).hexdigest() != manifest["sha256"][name]:
        raise BadBackup(f"The part {table.name} of this backup is damaged.")
    count, batch = 0, []
    for row in _rows(body, table):
        batch.append(row)
        count += 1
        if len(batch) == BATCH:
            db.execute(insert(table), batch)
            batch = []
    if batch:
        db.execute(insert(table), batch)
    if count != manifest["tables"][table.name]:
        raise BadBackup(f"The part {table.name} of this backup is not complete.")
    return count


def _rows(body: bytes, table: Table) -> Iterator[dict[str, Any]]:
    for line in io.BytesIO(body):
        row = json.loads(line)
        yield {column.name: _typed(row[column.name], column.type) for column in table.columns}


def _typed(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value
