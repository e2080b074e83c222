"""Fetches the files of one hub model: `python -m studio.registry.fetch`, the order as JSON on stdin. A process of its
own, so that the page's process stays light and a cancel is a kill.

Every file grows in a folder of parts and goes on where it stopped; it is checked against the hub's own digest before
it gets its name. At the end a lock file says what came. Tells its progress in lines of JSON on stdout; ends when stdin
does.
"""

import hashlib
import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.card import WeightFile
from studio.core.errors import StudioError
from studio.registry.weights import CODE_ENDINGS, LOCK_NAME, PICKLE_ENDINGS, sha256_of, write_atomically

PARTS = ".parts"
SPARE = 256 * 1024 * 1024  # bytes of the disk we leave free
TELL_SECONDS = 0.3
CHUNK = 256 * 1024  # what a cancel may lose


class Wanted(NamedTuple):
    path: str
    size: int
    sha256: str | None  # of large files
    blob: str  # git's digest, of small files


class Order(NamedTuple):
    repo: str
    revision: str
    allow: tuple[str, ...]
    folder: Path


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def fetch(order: Order) -> None:
    commit, wanted = look(order)
    parts = order.folder / PARTS
    if parts.is_dir():
        for other in parts.iterdir():
            if other.name != commit:  # parts of an older revision are of no use
                shutil.rmtree(other, ignore_errors=True)
    total = sum(file.size for file in wanted)
    check_room(order.folder, total - have(order.folder, commit, wanted))
    over = threading.Event()
    teller = threading.Thread(target=keep_telling, args=(order.folder, commit, wanted, total, over), daemon=True)
    teller.start()
    (order.folder / LOCK_NAME).unlink(missing_ok=True)  # from here on it is not true any more
    try:
        files = [fetch_one(order, commit, file) for file in wanted]
    finally:
        over.set()
        teller.join()
    said = {"repo": order.repo, "revision": commit, "files": [file.model_dump(mode="json") for file in files]}
    write_atomically(order.folder / LOCK_NAME, json.dumps(said, indent=1).encode())
    shutil.rmtree(parts, ignore_errors=True)
    tell(done=total, total=total, finished=True)


def look(order: Order) -> tuple[str, list[Wanted]]:
    """The commit and the files that are wanted of it."""
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile
    from huggingface_hub.utils import filter_repo_objects

    api = HfApi()
    commit = str(api.repo_info(order.repo, revision=order.revision or None).sha)
    files = [f for f in api.list_repo_tree(order.repo, recursive=True, revision=commit) if isinstance(f, RepoFile)]
    names = set(filter_repo_objects([f.path for f in files], allow_patterns=list(order.allow) or None))
    wanted = [Wanted(f.path, f.size, f.lfs.sha256 if f.lfs else None, f.blob_id) for f in files if f.path in names]
    if not wanted:
        raise StudioError(f"The hub's `{order.repo}` has none of the files the card asks for. Correct `allow` in the card.")
    for file in wanted:
        WeightFile(path=file.path, sha256="0" * 64, size=file.size)  # refuses paths that lead out of the folder
        if file.path.lower().endswith((*CODE_ENDINGS, *PICKLE_ENDINGS)):
            raise StudioError(f"{file.path} of the hub's `{order.repo}` could run code. Leave it out with `allow` in the card.")
    return commit, wanted


def part_of(folder: Path, commit: str, file: Wanted) -> Path:
    return folder / PARTS / commit / (file.path.replace("/", "__") + ".part")


def have(folder: Path, commit: str, wanted: list[Wanted]) -> int:
    """Bytes that are here already."""
    sizes = 0
    for file in wanted:
        for path in (folder / file.path, part_of(folder, commit, file)):
            if path.is_file():
                sizes += min(path.stat().st_size, file.size)
                break
    return sizes


def check_room(folder: Path, need: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if need + SPARE > free:
        raise StudioError(
            f"This model needs {need / 1e9:.2f} GB of disk and {free / 1e9:.2f} GB are free in {folder}. "
            "Free some space, or set another models folder."
        )


def keep_telling(folder: Path, commit: str, wanted: list[Wanted], total: int, over: threading.Event) -> None:
    while not over.wait(TELL_SECONDS):
        tell(done=have(folder, commit, wanted), total=total)


def fetch_one(order: Order, commit: str, file: Wanted) -> WeightFile:
    from huggingface_hub import constants, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    constants.DOWNLOAD_CHUNK_SIZE = CHUNK  # this process is ours alone
    final, part = order.folder / file.path, part_of(order.folder, commit, file)
    if not (final.is_file() and digest_if_right(final, file)):
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as sink:
            if sink.tell() > file.size:
                sink.truncate(0)
            http_get(
                hf_hub_url(order.repo, file.path, revision=commit),
                sink,
                resume_size=sink.tell(),
                headers=build_hf_headers(),
                expected_size=file.size,
            )
            sink.flush()
            os.fsync(sink.fileno())
        if not digest_if_right(part, file):
            part.unlink()
            raise StudioError(f"What came as {file.path} is not what the hub announced. It was thrown away; try again.")
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, final)
    return WeightFile(path=file.path, sha256=digest_if_right(final, file), size=file.size)


def digest_if_right(path: Path, file: Wanted) -> str:
    """The file's sha256 if it is what the hub announced, else nothing."""
    if path.stat().st_size != file.size:
        return ""
    if file.sha256 is None:
        blob = hashlib.sha1(b"blob %d\0" % file.size + path.read_bytes(), usedforsecurity=False).hexdigest()
        return sha256_of(path) if blob == file.blob else ""
    found = sha256_of(path)
    return found if found == file.sha256 else ""


def sentence(error: Exception, repo: str) -> str:
    """What went wrong, for the person. Known by name: the hub client's errors come from several packages."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, StudioError):
        return str(error)
    if "GatedRepoError" in names:
        return f"The hub's `{repo}` wants its terms to be accepted on its page first. Do so, or choose another model."
    if "RepositoryNotFoundError" in names:
        return f"The hub has no model `{repo}`, or it is private. Check the name in the card."
    if names & {"RevisionNotFoundError", "EntryNotFoundError", "RemoteEntryNotFoundError"}:
        return f"The hub's `{repo}` lacks the revision or a file that the card names. Check the card."
    if isinstance(error, OSError) and error.errno == 28:
        return "The disk is full. Free some space and go on; what has come so far is kept."
    if names & {"HTTPError", "TransportError", "HTTPStatusError", "HfHubHTTPError", "ConnectionError"}:
        return "The hub could not be reached or broke off. Check the network and go on; what has come so far is kept."
    first = str(error).strip().splitlines() or [""]
    return f"The download failed ({type(error).__name__}: {first[0][:200]}). Try again; what has come so far is kept."


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    said = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    order = Order(said["repo"], said["revision"], tuple(said["allow"]), Path(said["folder"]))
    try:
        fetch(order)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        tell(problem=sentence(error, order.repo))
    os._exit(0)


if __name__ == "__main__":
    main()
