"""Weights that can be trusted: safetensors and GGUF, known by their content, unchanged since they were pinned.

A model folder holds data, never code: pickles and archives under whatever name, Python files, links that lead out of
the folder and configurations that ask for code to be run are refused. Digests are taken before the first load and
kept by path, size, time of change and inode, so that a second start costs nothing. What a library does with the
tensors is not seen here: that is why engines live in a process of their own.
"""

import hashlib
import json
import os
import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from studio.core.card import WeightFile
from studio.core.errors import LoadFailed
from studio.core.word import Word

LOCK_NAME = "tandem-files.json"  # written beside a download: what came, with digests
CODE_KEYS = ("auto_map", "trust_remote_code", "_attn_implementation_internal", "custom_pipeline", "custom_revision")
_CHUNK = 4 * 1024 * 1024
_MAX_HEADER = 100 * 1024 * 1024
_MAX_CONFIG = 64 * 1024 * 1024
CODE_ENDINGS = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".sh", ".exe")
PICKLE_ENDINGS = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_WEIGHT_ENDINGS = (".safetensors", ".gguf", *PICKLE_ENDINGS, ".h5", ".msgpack", ".onnx", ".npz")
Form = Literal["safetensors", "gguf", "pickle", "archive", "other"]


def form_of(path: Path) -> Form:
    """What a file is, by its first bytes. Its name says nothing."""
    with path.open("rb") as file:
        head = file.read(9)
    if head[:4] == b"GGUF":
        return "gguf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or head[:3] == b"\x1f\x8b\x08" or head[:6] == b"7z\xbc\xaf'\x1c":
        return "archive"
    if len(head) >= 2 and head[0] == 0x80 and head[1] <= 5:
        return "pickle"
    if len(head) == 9 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] <= _MAX_HEADER:
        return "safetensors"
    return "other"


def check_safetensors(path: Path) -> str:
    """What is wrong with the layout of a safetensors file; empty if nothing. Values are only guarded by a digest."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        if length > min(_MAX_HEADER, size - 8):
            return "is cut off: its header is longer than the file"
        try:
            header: dict[str, Any] = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return "has a header that cannot be read"
    expected = 8 + length + max(ends, default=0)
    return "" if expected == size else f"has {size} bytes instead of {expected}: it is cut off or damaged"


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def combined(files: Iterable[tuple[str, str]]) -> str:
    """One digest over path and digest of every weight file; empty when there is none."""
    lines = sorted(f"{sha256}  {path}\n" for path, sha256 in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def files_in(folder: Path) -> list[Path]:
    """Every file of a model folder but what the hub client keeps for itself. Refuses links that lead outside."""
    root = folder.resolve()
    found = []
    for here, folders, names in os.walk(folder):
        if Path(here) == folder and ".cache" in folders:
            folders.remove(".cache")
        for name in [*folders, *names]:
            path = Path(here, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                raise LoadFailed(f"{path} is a link that leads out of the model's folder. Put a copy of the file there.")
        found += [Path(here, name) for name in names]
    return sorted(found)


def check_form(path: Path) -> Form:
    """Refuses what may hold code, and weights in any other form than the two allowed."""
    form = form_of(path)
    name = path.name.lower()
    if name.endswith(CODE_ENDINGS):
        raise LoadFailed(f"{path} is program code. The studio never runs code that comes with a model.")
    if form in ("pickle", "archive"):
        raise LoadFailed(
            f"{path} is a {form} that may hold code, whatever its name says. Use weights in safetensors or GGUF form."
        )
    if form == "other" and name.endswith(_WEIGHT_ENDINGS):
        raise LoadFailed(f"{path} is neither safetensors nor GGUF. It may be damaged or a web page; get it again.")
    if form == "safetensors" and name.endswith(".safetensors") and (wrong := check_safetensors(path)):
        raise LoadFailed(f"{path} {wrong}. Get it again.")
    if name.endswith(".json"):
        check_config(path)
    return form


def check_config(path: Path) -> None:
    """Refuses configurations that ask for code to be run."""
    if path.stat().st_size > _MAX_CONFIG:
        raise LoadFailed(f"{path} is too large to be a configuration.")
    try:
        found = _code_key(json.loads(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise LoadFailed(f"{path} is not readable JSON. Get it again.") from error
    if found:
        raise LoadFailed(f"{path} asks for code to be run (`{found}`). The studio never runs code that comes with a model.")


def _code_key(value: Any) -> str:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in CODE_KEYS and inner:
                return str(key)
            if found := _code_key(inner):
                return found
    elif isinstance(value, list):
        for inner in value:
            if found := _code_key(inner):
                return found
    return ""


class Lock(Word):
    """What a finished download wrote down."""

    repo: str
    revision: str  # the commit
    files: tuple[WeightFile, ...]


def read_lock(folder: Path) -> Lock | None:
    """None if a download never finished here."""
    try:
        return Lock.loads((folder / LOCK_NAME).read_bytes())
    except (OSError, ValueError):
        return None


def write_atomically(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class WeightCheck:
    """Verdicts on model folders, kept in one small file."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._lock = threading.Lock()

    def verify(self, folder: Path, pinned: tuple[WeightFile, ...]) -> str:
        """The digest of the folder's weights. Raises LoadFailed naming the file and what to do."""
        if not folder.is_dir():
            raise LoadFailed(f"The model's folder {folder} is not there.")
        files = files_in(folder)
        marks = self._marks(folder, files, pinned)
        known = self._recall().get(str(folder))
        if isinstance(known, dict) and known.get("marks") == marks and isinstance(known.get("digest"), str):
            return str(known["digest"])
        digest = _examine(folder, files, pinned)
        self._remember(str(folder), {"marks": marks, "digest": digest})
        return digest

    @staticmethod
    def _marks(folder: Path, files: list[Path], pinned: tuple[WeightFile, ...]) -> str:
        marks: list[list[Any]] = [[w.path, w.sha256, w.size] for w in pinned]
        for path in files:
            stat = path.stat()
            marks.append([path.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns, stat.st_ino])
        return hashlib.sha256(json.dumps(marks).encode()).hexdigest()

    def _recall(self) -> dict[str, Any]:
        try:
            found = json.loads(self._memory.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _remember(self, folder: str, verdict: dict[str, str]) -> None:
        with self._lock:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._memory, json.dumps({**self._recall(), folder: verdict}).encode())


def _examine(folder: Path, files: list[Path], pinned: tuple[WeightFile, ...]) -> str:
    weights = [path for path in files if check_form(path) in ("safetensors", "gguf")]
    if not pinned:
        return combined((path.relative_to(folder).as_posix(), sha256_of(path)) for path in weights)
    expected = {folder / entry.path: entry for entry in pinned}
    for path in weights:
        if path not in expected:
            raise LoadFailed(f"{path} is not one of the files this model is made of. Remove it, or get the model again.")
    for path, entry in expected.items():
        _compare(path, entry)
    return combined((e.path, e.sha256) for p, e in expected.items() if p in weights)


def _compare(path: Path, entry: WeightFile) -> None:
    if not path.is_file():
        raise LoadFailed(f"{path} is missing. Get the model again.")
    size = path.stat().st_size
    if size != entry.size:
        raise LoadFailed(f"{path} has {size} bytes instead of {entry.size}. Get the model again.")
    if sha256_of(path) != entry.sha256:
        raise LoadFailed(f"{path} is not the file it should be (its digest differs). Get the model again.")
