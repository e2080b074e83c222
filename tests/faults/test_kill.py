"""kill -9 of the whole app while people save: what the page was told is saved is there afterwards.

KILLS=1000 makes it the long run.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from studio.sessions.check import check_store
from studio.sessions.store import Store, open_store
from tests.running import ROOT, free_port

WRITERS = 3


def open_data(data: Path) -> Store:
    return open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)


class Writer(threading.Thread):
    """A page that types: sends the next text as soon as the last one is said to be saved, and now and then keeps it."""

    def __init__(self, url: str, copy: dict[str, Any], seed: int) -> None:
        super().__init__(daemon=True)
        self.url, self.copy, self.chance = url, copy, random.Random(seed)
        self.saved: list[tuple[str, str, str]] = []  # working, text, draft ('' when only autosaved)

    def run(self) -> None:
        copy = self.copy
        with httpx.Client(base_url=self.url, timeout=5) as client:
            try:
                for k in range(1000):
                    text = f"life {self.chance.random()} line {k}\n" + "word " * self.chance.randrange(400)
                    done = client.put(f"/studio/working/{copy['id']}", json={"version": copy["version"], "text": text}).json()
                    copy = {"id": done["working"], "version": done["version"]}
                    self.saved.append((copy["id"], text, ""))
                    if k % 5 == 4:
                        kept = client.post(f"/studio/working/{copy['id']}/keep", json={}).json()
                        self.saved.append((copy["id"], text, kept["id"]))
            except (httpx.HTTPError, ValueError, KeyError):
                return  # the app has died under us


def prepare(data: Path) -> str:
    """A session with a page of notes for every writer."""
    store = open_data(data)
    session = store.create_session("local", "Kill")
    for k in range(WRITERS):
        store.working("local", store.create_piece("local", session.id, "text", "manuscript", f"Notes {k}").id)
    store.close()
    return session.id


def verify(data: Path, session: str, writers: list[Writer]) -> tuple[int, list[dict[str, Any]]]:
    """How many saved texts are missing, and the copies to go on with."""
    store = open_data(data)
    lost, copies = 0, []
    for piece, writer in zip(store.pieces("local", session), writers or [None] * WRITERS, strict=True):
        copy = store.working("local", piece.id)
        copies.append({"id": copy.id, "version": copy.version})
        saved = writer.saved if writer else []
        autosaved = [text for _, text, draft in saved if not draft]
        known = {draft.id for draft in store.drafts("local", piece.id)}
        lost += sum(draft not in known for _, _, draft in saved if draft)
        if writer and autosaved:
            # one save may have been written and not answered: then the copy is a version further
            writer_version = writer.copy["version"] + len(autosaved)
            lost += copy.version < writer_version or (copy.version == writer_version and copy.text != autosaved[-1])
    store.close()
    return lost, copies


def measure_kills(kills: int, data: Path, seed: int = 7) -> dict[str, Any]:
    chance = random.Random(seed)
    data.mkdir(parents=True, exist_ok=True)
    session = prepare(data)
    with open(data / "zygote.log", "wb") as log:
        zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(data)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1,
        )  # fmt: skip
    assert zygote.stdin is not None
    assert zygote.stdout is not None
    lost = saves = 0
    _, copies = verify(data, session, [])
    slowest = 0.0
    for life in range(kills):
        port = free_port()
        began = time.monotonic()
        zygote.stdin.write(f"{port} {data}\n")
        pid = int(zygote.stdout.readline())
        url = f"http://127.0.0.1:{port}"
        wait_for(url, pid)
        slowest = max(slowest, time.monotonic() - began)
        writers = [Writer(url, copy, seed=chance.randrange(2**31)) for copy in copies]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.02, 0.35))
        os.killpg(pid, signal.SIGKILL)
        assert zygote.stdout.readline().strip() == "gone"
        for writer in writers:
            writer.join()
        saves += sum(len(w.saved) for w in writers)
        missing, copies = verify(data, session, writers)
        lost += missing
        if life % 50 == 49 or life == kills - 1:
            store = open_data(data)
            troubles = check_store(store)
            store.close()
            assert not troubles, troubles
    zygote.stdin.close()
    zygote.wait(10)
    return {"kills": kills, "saves": saves, "lost": lost, "integrity": "ok", "slowest_start_s": round(slowest, 2)}


def wait_for(url: str, pid: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/studio/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.02)
    raise AssertionError(f"process {pid} did not come up")


def test_what_was_shown_as_saved_survives_kill_nine(tmp_path: Path) -> None:
    got = measure_kills(int(os.environ.get("KILLS", "60")), tmp_path / "data")
    assert got["saves"] > got["kills"], got  # it did save while it was killed
    assert got["lost"] == 0, got


def test_the_check_would_notice_a_loss(tmp_path: Path) -> None:
    """The same verification over a store from which an acknowledged save was taken away."""
    session = prepare(tmp_path)
    _, copies = verify(tmp_path, session, [])
    store = open_data(tmp_path)
    writers = [Writer("", copy, 1) for copy in copies]
    for writer in writers:
        store.autosave("local", writer.copy["id"], writer.copy["version"], "kept")
        writer.saved.append((writer.copy["id"], "kept", ""))
    store.close()
    assert verify(tmp_path, session, writers)[0] == 0
    writers[0].saved.append((writers[0].copy["id"], "never written", ""))
    writers[1].saved.append((writers[1].copy["id"], "kept", "d1" + "0" * 64))
    assert verify(tmp_path, session, writers)[0] >= 2
