"""A link to a child process of its own: the default. A crash, a hang or a hostile model ends the child and nothing else.

Threads of a link: one starts the child and writes to it (Linux ends the child with the thread that started it, so it
must live as long), one reads, one keeps the last words of stderr, one looks every second that the child is there and
within its memory. Memory of an accelerator is not seen here.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psutil

from studio.core.card import Card
from studio.core.engine import Place
from studio.hosts import wire
from studio.hosts.mailbox import Mailbox
from studio.hosts.wire import BadFrame, Frame

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
FAR_BEYOND = 768 * 1024 * 1024  # above the place's limit the system refuses first (child.SLACK); then we end it
LAST_WORDS = 4096
_SECRET = ("_TOKEN", "_KEY", "_SECRET", "_PASSWORD", "_PASSWD", "_CREDENTIALS")


def without_secrets(keep: str = "") -> dict[str, str]:
    """Our environment without what is ours alone; `keep` names the one key that may pass."""
    env = {}
    for name, value in os.environ.items():
        upper = name.upper()
        if name == keep or not (upper.startswith("TANDEM_") or upper.endswith(_SECRET)):
            env[name] = value
    return env


def child_env(card: Card, place: Place) -> dict[str, str]:
    """The environment of a child: threads that sleep while they wait, no network for the hub, none of our secrets."""
    env = without_secrets(keep=str(card.options.get("key_env", "")) if card.source.kind == "server" else "")
    threads = str(max(1, place.threads))
    env.update(
        OMP_WAIT_POLICY="passive",
        GOMP_SPINCOUNT="0",
        OMP_NUM_THREADS=threads,
        MKL_NUM_THREADS=threads,
        OPENBLAS_NUM_THREADS=threads,
        TOKENIZERS_PARALLELISM="false",
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_DISABLE_IMPLICIT_TOKEN="1",
        PYTHONHASHSEED="0",
        PYTHONPATH=str(ROOT),
        TANDEM_PARENT=str(os.getpid()),
    )
    return env


class ProcessLink:
    def __init__(self, card: Card, place: Place) -> None:
        self._title = card.title
        self._place = place
        self._env = child_env(card, place)
        self._out: Mailbox[Frame] = Mailbox(lambda frame: None, limit=1 << 30)
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._why: str | None = None  # why we killed it
        self._gone = threading.Event()
        self._words: deque[bytes] = deque(maxlen=64)
        self._measured = (0.0, 0)
        self._on_frame: Callable[[Frame], None] = lambda frame: None
        self._on_gone: Callable[[str], None] = lambda how: None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def open(self, on_frame: Callable[[Frame], None], on_gone: Callable[[str], None]) -> None:
        self._on_frame, self._on_gone = on_frame, on_gone
        threading.Thread(target=self._write, name="host-write", daemon=True).start()

    def send(self, frame: Frame) -> None:
        self._out.put(frame)

    def kill(self, why: str = "") -> None:
        with self._lock:
            if self._why is None:
                self._why = why
            child = self._child
        self._out.close()
        if child is not None:
            _end(child)

    def memory(self) -> int:
        """Unique set size, at most a second old."""
        at, found = self._measured
        if time.monotonic() - at > 1.0 and self._child is not None:
            with contextlib.suppress(psutil.Error):
                found = int(psutil.Process(self._child.pid).memory_full_info().uss)
                self._measured = (time.monotonic(), found)
        return 0 if self._gone.is_set() else found

    # the writing thread

    def _write(self) -> None:
        try:
            child = self._start()
        except OSError as error:
            self._gone.set()
            self._on_gone(f"No process could be started for {self._title}: {error.strerror or error}.")
            return
        assert child.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            while (frame := self._out.take()) is not None:
                wire.write(child.stdin, frame)
        self._gone.wait()
        with contextlib.suppress(OSError):
            child.stdin.close()

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "studio.hosts.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._env,
            start_new_session=True,  # Ctrl+C in the terminal is for the studio, which then ends its children
        )
        with self._lock:
            self._child = child
            unwanted = self._why is not None
        for work in (self._read, self._listen, self._watch):
            threading.Thread(target=work, args=(child,), name="host-" + work.__name__.strip("_"), daemon=True).start()
        if unwanted:
            _end(child)
        return child

    # the other threads

    def _read(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout is not None
        try:
            while (frame := wire.read(child.stdout)) is not None:
                self._on_frame(frame)
        except BadFrame as error:
            self.kill(f"The process of {self._title} sent {error} and was ended.")
        except (OSError, ValueError):
            pass
        _end(child)  # without its pipe it is of no use
        child.wait()
        child.stdout.close()
        self._bury(child)

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while line := child.stderr.readline(LAST_WORDS):
                self._words.append(line)
                log.debug("%s: %s", self._title, line.decode(errors="replace").rstrip())
        child.stderr.close()

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        limit = self._place.memory
        process = psutil.Process(child.pid)
        while not self._gone.wait(1.0):
            with contextlib.suppress(psutil.Error):
                if process.status() == psutil.STATUS_ZOMBIE:  # dead, and something it started keeps the pipe open
                    _end(child)
                    child.wait()
                    self._bury(child)
                    return
                used = process.memory_info().rss
                if self._place.device == "cpu" and limit and used > limit + FAR_BEYOND:
                    self.kill(
                        f"The process of {self._title} used {used / 1e9:.1f} GB, far beyond its limit of "
                        f"{limit / 1e9:.1f} GB, and was ended. Ask for less at once, or raise the memory budget."
                    )

    def _bury(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if self._gone.is_set():
                return
            self._gone.set()
        self._out.close()
        self._on_gone(self._why or self._epitaph(child.returncode))

    def _epitaph(self, code: int | None) -> str:
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(-code).name
                hint = ", most likely because memory ran out" if name == "SIGKILL" else ""
                return f"The process of {self._title} was killed ({name}){hint}. What it had made is kept; ask again."
        words = self.last_words()
        said = f" Its last words: {words}" if words else ""
        return f"The process of {self._title} ended unexpectedly (code {code}). What it had made is kept; ask again.{said}"

    def last_words(self) -> str:
        """The last line the child wrote to stderr."""
        lines = b"".join(self._words)[-LAST_WORDS:].decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it may have started: it leads a process group of its own."""
    if child.returncode is not None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
