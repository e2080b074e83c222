"""Large bodies as files named by their SHA-256, in a folder or on any fsspec file system.

In a folder a blob is written under another name, synced, renamed and its folder synced: when `put` returns, the
bytes survive a power cut. A blob is never changed, and every read checks the hash.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from studio.core.errors import StudioError
from studio.core.ids import new_id


class BrokenBlob(StudioError):
    """The bytes of a blob are gone or not what they were."""


class BlobStore(Protocol):
    def put(self, body: bytes) -> str: ...
    def get(self, sha256: str) -> bytes: ...
    def delete(self, sha256: str) -> None: ...
    def names(self) -> Iterator[tuple[str, float]]:
        """Every blob there, with the time it was written."""
        ...


def open_blobs(url: str) -> BlobStore:
    return RemoteBlobs(url) if "://" in url and not url.startswith("file://") else FolderBlobs(Path(url.removeprefix("file://")))


def checked(sha256: str, read: Callable[[], bytes]) -> bytes:
    try:
        body = read()
    except (FileNotFoundError, OSError) as error:
        raise BrokenBlob(f"The file {sha256[:12]}… of this work cannot be read ({error}). Restore it from a backup.") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise BrokenBlob(f"The file {sha256[:12]}… of this work has been changed on disk. Restore it from a backup.")
    return body


class FolderBlobs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() == body:
            os.utime(path)  # it is young again: no sweep takes it before the row that names it is there
        else:
            self._write(path, body)
        for folder in (path.parent, self.folder, self.folder.parent):  # here too when another put has just renamed it
            sync_folder(folder)
        return sha256

    def _write(self, path: Path, body: bytes) -> None:
        temp = path.with_name(f".{new_id()}")
        try:
            with open(temp, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temp, path)
        finally:
            temp.unlink(missing_ok=True)

    def get(self, sha256: str) -> bytes:
        return checked(sha256, self.path(sha256).read_bytes)

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        for path in self.folder.glob("??/*"):
            if not path.name.startswith("."):
                yield path.name, path.stat().st_mtime


def sync_folder(folder: Path) -> None:
    """Make a rename last. Windows cannot open folders and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class RemoteBlobs:
    """S3 and its like: one put is one object, whole or not there."""

    def __init__(self, url: str) -> None:
        import fsspec

        self.fs: Any
        self.fs, self.root = fsspec.core.url_to_fs(url)

    def path(self, sha256: str) -> str:
        return f"{self.root.rstrip('/')}/{sha256[:2]}/{sha256}"

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        if not self.fs.exists(self.path(sha256)):
            self.fs.makedirs(self.path(sha256).rsplit("/", 1)[0], exist_ok=True)
            self.fs.pipe_file(self.path(sha256), body)
        return sha256

    def get(self, sha256: str) -> bytes:
        return checked(sha256, lambda: bytes(self.fs.cat_file(self.path(sha256))))

    def delete(self, sha256: str) -> None:
        if self.fs.exists(self.path(sha256)):
            self.fs.rm_file(self.path(sha256))

    def names(self) -> Iterator[tuple[str, float]]:
        for path, info in self.fs.find(self.root, detail=True).items():
            written = info.get("mtime") or info.get("created") or 0.0
            yield path.rsplit("/", 1)[-1], written if isinstance(written, float) else getattr(written, "timestamp", lambda: 0.0)()
