"""Blobs in a folder and on a remote file system: whole or not there, and every read is checked."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.ids import new_id
from studio.sessions.blobs import BlobStore, BrokenBlob, FolderBlobs, RemoteBlobs, open_blobs

BODY = bytes(range(256)) * 300
NAME = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(params=["folder", "file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    if request.param != "memory":
        yield open_blobs(str(tmp_path / "blobs") if request.param == "folder" else f"file://{tmp_path / 'blobs'}")
        return
    remote = open_blobs(f"memory://{new_id()}")
    assert isinstance(remote, RemoteBlobs)
    yield remote
    remote.fs.rm(remote.root, recursive=True)


def overwrite(blobs: BlobStore, body: bytes) -> None:
    if isinstance(blobs, FolderBlobs):
        blobs.path(NAME).write_bytes(body)
    elif isinstance(blobs, RemoteBlobs):
        blobs.fs.pipe_file(blobs.path(NAME), body)


def test_what_was_put_comes_back_by_its_hash(blobs: BlobStore) -> None:
    assert blobs.put(BODY) == NAME
    assert blobs.put(BODY) == NAME
    other = blobs.put(b"")
    assert blobs.get(NAME) == BODY
    assert blobs.get(other) == b""
    assert {name for name, _ in blobs.names()} == {NAME, other}


def test_deleting_twice_is_no_error(blobs: BlobStore) -> None:
    blobs.put(BODY)
    blobs.put(b"stays")
    blobs.delete(NAME)
    blobs.delete(NAME)
    assert [name for name, _ in blobs.names()] == [hashlib.sha256(b"stays").hexdigest()]


def test_a_missing_file_is_told_in_a_sentence(blobs: BlobStore) -> None:
    blobs.put(b"something else")
    with pytest.raises(
        BrokenBlob, match=rf"The file {NAME[:12]}… of this work cannot be read \(.+\)\. Restore it from a backup\."
    ):
        blobs.get(NAME)


@pytest.mark.parametrize("changed", [BODY[:-1], BODY[:-1] + b"!", b"", BODY + b"x"])
def test_a_changed_file_is_told_in_a_sentence(blobs: BlobStore, changed: bytes) -> None:
    blobs.put(BODY)
    overwrite(blobs, changed)
    with pytest.raises(
        BrokenBlob, match=rf"The file {NAME[:12]}… of this work has been changed on disk\. Restore it from a backup\."
    ):
        blobs.get(NAME)


@pytest.mark.parametrize("changed", [BODY[:100], BODY[:-1] + b"!"])
def test_a_damaged_file_is_written_again(tmp_path: Path, changed: bytes) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(BODY)
    overwrite(blobs, changed)
    blobs.put(BODY)
    assert blobs.get(NAME) == BODY


def test_times_are_those_of_writing(blobs: BlobStore) -> None:
    blobs.put(BODY)
    ((_, written),) = blobs.names()
    assert abs(time.time() - written) < 60


def test_an_old_file_that_is_put_again_is_young(tmp_path: Path) -> None:
    """Else a sweep could take it before the row that names it is there."""
    blobs = FolderBlobs(tmp_path)
    blobs.put(BODY)
    os.utime(blobs.path(NAME), (1, 1))
    blobs.put(BODY)
    ((_, written),) = blobs.names()
    assert abs(time.time() - written) < 60


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FolderBlobs(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            blobs.put(BODY)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert blobs.put(BODY) == NAME
    assert blobs.get(NAME) == BODY


def test_unfinished_files_are_not_blobs(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(BODY)
    blobs.path(NAME).with_name(f".{new_id()}").write_bytes(b"half")
    assert [name for name, _ in blobs.names()] == [NAME]
