"""Eight people save at once, and a second process beside them."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from studio.sessions.store import Store, open_store
from tests.running import ROOT


def open_data(data: Path) -> Store:
    return open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)


def save_many(store: Store, session: str, saves: int, took: list[float], errors: list[str]) -> None:
    piece = store.create_piece("local", session, "text", "notes", "Notes")
    copy = store.working("local", piece.id)
    for k in range(saves):
        began = time.perf_counter()
        try:
            copy = store.autosave("local", copy.id, copy.version, f"{k} " + "word " * 200).working
        except Exception as error:
            errors.append(repr(error))
        took.append(time.perf_counter() - began)


def measure_writers(data: Path, writers: int = 8, saves: int = 250) -> dict[str, Any]:
    store = open_data(data)
    session = store.create_session("local", "Crowd").id
    took: list[float] = []
    errors: list[str] = []
    threads = [threading.Thread(target=save_many, args=(store, session, saves, took, errors)) for _ in range(writers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    store.close()
    took.sort()
    return {
        "saves": len(took),
        "errors": len(errors),
        "p50_ms": round(1000 * took[len(took) // 2], 1),
        "p99_ms": round(1000 * took[int(len(took) * 0.99)], 1),
        "seconds": round(seconds, 1),
    }


def test_eight_writers(tmp_path: Path) -> None:
    got = measure_writers(tmp_path)
    assert got["errors"] == 0, got
    assert got["saves"] == 2000, got
    assert got["p99_ms"] < 100, got


OTHER = """
import sys, pathlib
from tests.faults.test_writers import open_data, save_many
store = open_data(pathlib.Path(sys.argv[1])); errors = []
save_many(store, sys.argv[2], 150, [], errors)
print(len(errors), errors[:1])
"""


def test_a_second_process_may_write_too(tmp_path: Path) -> None:
    store = open_data(tmp_path)
    session = store.create_session("local", "Both").id
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path), session], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    errors: list[str] = []
    save_many(store, session, 300, [], errors)
    told, _ = other.communicate(timeout=60)
    assert told.strip() == "0 []"
    assert errors == []
    store.close()
