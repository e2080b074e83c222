"""Downloads: one child process for each, told about in bytes; cancelling is ending it, and asking again goes on."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

from studio.core.card import Card
from studio.core.errors import Refused
from studio.hosts.process import ROOT, without_secrets

log = logging.getLogger(__name__)
DownloadState = Literal["running", "done", "failed", "cancelled"]


class Download:
    def __init__(self, card: Card, folder: Path) -> None:
        self.card = card
        self.state: DownloadState = "running"
        self.problem = ""  # a sentence, if it failed
        self.done = 0
        self.total = card.size
        self._folder = folder
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._follow, name=f"download-{card.id}", daemon=True)
        self._thread.start()

    @property
    def fraction(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    def cancel(self) -> None:
        """What has come so far is kept for the next time."""
        with self._lock:
            if self.state == "running":
                self.state = "cancelled"
            child = self._child
        if child is not None:
            child.kill()
        self._thread.join()

    def wait(self, timeout: float | None = None) -> DownloadState:
        self._thread.join(timeout)
        return self.state

    def _follow(self) -> None:
        try:
            with self._start() as child:
                assert child.stdin is not None
                assert child.stdout is not None
                self._order(child)
                for line in child.stdout:
                    self._take(line)
                child.stdin.close()
        except (OSError, ValueError) as error:
            log.warning("download of %s: %s", self.card.id, error)
        self._end("failed", "The download ended unexpectedly. Try again; what has come so far is kept.")

    def _start(self) -> "subprocess.Popen[str]":
        env = without_secrets(keep="HF_TOKEN")
        env.pop("HF_HUB_OFFLINE", None)
        env.update(
            PYTHONPATH=str(ROOT), HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1"
        )
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "studio.registry.fetch"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
            start_new_session=os.name == "posix",
        )  # fmt: skip
        with self._lock:
            self._child = child
            if self.state != "running":
                child.kill()
        return child

    def _order(self, child: "subprocess.Popen[str]") -> None:
        assert child.stdin is not None
        source = self.card.source
        order = {"repo": source.where, "revision": self.card.revision, "allow": source.allow, "folder": str(self._folder)}
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(order) + "\n")
            child.stdin.flush()

    def _take(self, line: str) -> None:
        said = json.loads(line)
        if "problem" in said:
            self._end("failed", str(said["problem"]))
        else:
            self.done, self.total = int(said["done"]), int(said["total"])
            if said.get("finished"):
                self._end("done", "")

    def _end(self, state: DownloadState, problem: str) -> None:
        with self._lock:
            if self.state == "running":
                self.state, self.problem = state, problem


class Downloads:
    """Those that go on, and how the last of each model ended."""

    def __init__(self, offline: bool) -> None:
        self._offline = offline
        self._lock = threading.Lock()
        self._known: dict[str, Download] = {}

    def get(self, id: str) -> Download | None:
        return self._known.get(id)

    def start(self, card: Card, folder: Path) -> Download:
        if card.source.kind != "hub":
            raise Refused(f"{card.title} does not come from the hub; there is nothing to download.")
        if self._offline:
            raise Refused("The studio is set to stay offline. Start it without `offline` to download models.")
        with self._lock:
            known = self._known.get(card.id)
            if known is None or known.state != "running":
                known = self._known[card.id] = Download(card, folder)
            return known

    def cancel(self, id: str) -> None:
        known = self._known.get(id)
        if known is not None:
            known.cancel()

    def forget(self, id: str) -> None:
        self.cancel(id)
        self._known.pop(id, None)

    def close(self) -> None:
        for known in list(self._known.values()):
            known.cancel()
