"""Host: one loaded model in a place of its own, seen from the parent. How frames get there is the link's business.

A host lives once: loading, ready, then dead (by itself) or closed (by us). Its death ends its runs as interrupted.
A run that does not end in time after a stop costs the host its life, not the studio its patience.
"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field, ValidationError

from studio.core.card import Card
from studio.core.engine import Place
from studio.core.errors import LoadFailed
from studio.core.event import Notice, load_event
from studio.core.word import Word
from studio.hosts.mailbox import Overflow
from studio.hosts.run import Run, RunState
from studio.hosts.wire import END, EVENT, LOAD, RUN, SORRY, STOP, UP, Frame

log = logging.getLogger(__name__)
HostState = Literal["new", "loading", "ready", "dead", "closed"]
LOAD_SECONDS = 600.0
GRACE_SECONDS = 5.0
_ENDS: dict[str, RunState] = {"done": "done", "cancelled": "cancelled", "refused": "refused", "failed": "failed"}


class Facts(Word):
    """What a host says of itself once its engine is loaded."""

    slots: int = Field(ge=1)
    tasks: tuple[str, ...]
    versions: dict[str, str]


class Link(Protocol):
    """The way to the place where the engine lives."""

    def open(self, on_frame: Callable[[Frame], None], on_gone: Callable[[str], None]) -> None:
        """`on_gone` is called once, with a sentence saying how it ended."""

    def send(self, frame: Frame) -> None:
        """Never waits."""

    def kill(self, why: str = "") -> None:
        """Ends the place at once; `why` becomes the sentence of `on_gone`."""

    def memory(self) -> int:
        """Bytes that would come back if the place were ended."""


class HostMaker(Protocol):
    def __call__(self, card: Card, folder: Path, place: Place, module: str) -> "Host": ...


class Host:
    def __init__(
        self, card: Card, folder: Path, place: Place, module: str, link: Link, grace: float = GRACE_SECONDS
    ) -> None:
        self.card = card
        self.place = place
        self.facts = Facts(slots=1, tasks=(), versions={})
        self.state: HostState = "new"
        self.epitaph = ""  # the sentence of its death
        self.blamed = True  # False when we killed it because of a stop: that is no crash
        self._folder = folder
        self._module = module
        self._link = link
        self._grace = grace
        self._lock = threading.Lock()
        self._runs: dict[int, Run] = {}
        self._timers: dict[int, threading.Timer] = {}
        self._number = 0
        self._loaded = threading.Event()
        self._sorry = ""
        self._changed: Callable[[Host], None] = lambda host: None

    # its life

    def watch(self, changed: Callable[["Host"], None]) -> None:
        """`changed(self)` is called when a run ended or the host did, with no lock held."""
        self._changed = changed

    def load(self, timeout: float = LOAD_SECONDS) -> Facts:
        """Waits until the engine is loaded; raises LoadFailed, and is then closed."""
        self.state = "loading"
        self._link.open(self._take, self._gone)
        order = {
            "card": self.card.model_dump(mode="json"),
            "place": self.place.model_dump(mode="json"),
            "folder": str(self._folder),
            "module": self._module,
        }
        self._link.send(Frame(LOAD, 0, json.dumps(order).encode()))
        if not self._loaded.wait(timeout):
            self._sorry = f"{self.card.title} was not ready after {timeout:g} seconds of loading."
        with self._lock:
            ready = self.state == "loading" and not self._sorry
            if ready:
                self.state = "ready"
        if not ready:
            reason = self._sorry or self.epitaph
            self.close()
            raise LoadFailed(reason)
        return self.facts

    @property
    def alive(self) -> bool:
        return self.state == "ready"

    @property
    def running(self) -> int:
        return len(self._runs)

    def memory(self) -> int:
        return self._link.memory() if self.state in ("loading", "ready") else 0

    def close(self) -> None:
        """Ends it now. Its runs end as interrupted."""
        self._finish("closed", f"{self.card.title} was unloaded while it worked. What it had made is kept.")
        self._link.kill()

    # runs

    def start(self, run: Run) -> bool:
        """Hands a run to the engine; False if the host is no longer there to take it."""
        with self._lock:
            if self.state != "ready":
                return False
            self._number += 1
            number = self._number
            self._runs[number] = run
        run.begin()
        self._link.send(Frame(RUN, number, run.body))
        return True

    def stop(self, run: Run) -> None:
        with self._lock:
            number = next((n for n, r in self._runs.items() if r is run), None)
            if number is None or number in self._timers:
                return
            timer = threading.Timer(self._grace, self._overdue, (number,))
            timer.daemon = True
            self._timers[number] = timer
        timer.start()
        self._link.send(Frame(STOP, number))

    def _overdue(self, number: int) -> None:
        with self._lock:
            run = self._runs.get(number)
        if run is None:
            return
        self.blamed = False
        text = f"{self.card.title} did not stop within {self._grace:g} seconds, so its process was ended."
        run.deliver(Notice(level="warning", text=text))
        self._finish("dead", text)
        self._link.kill(text)
        self._changed(self)

    def _end(self, number: int, state: RunState, message: str) -> None:
        with self._lock:
            run = self._runs.pop(number, None)
            timer = self._timers.pop(number, None)
        if timer is not None:
            timer.cancel()
        if run is not None:
            run.end(state, message)
            self._changed(self)

    # what the link says, in the link's thread

    def _take(self, frame: Frame) -> None:
        try:
            self._understand(frame)
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            log.warning("bad frame from %s: %s", self.card.id, error)
            self._link.kill(f"The process of {self.card.title} sent something that cannot be understood and was ended.")
        except Overflow:
            self._link.kill(f"The process of {self.card.title} sent far too much and was ended.")

    def _understand(self, frame: Frame) -> None:
        if frame.kind == EVENT:
            run = self._runs.get(frame.run)
            if run is not None:
                run.deliver(load_event(frame.body))
        elif frame.kind == END:
            said = json.loads(frame.body)
            self._end(frame.run, _ENDS[said["state"]], str(said["message"]))
        elif frame.kind == UP and not self._loaded.is_set():
            self.facts = Facts.loads(frame.body)
            self._loaded.set()
        elif frame.kind == SORRY:
            self._sorry = str(json.loads(frame.body)["message"])
            self._loaded.set()

    def _gone(self, how: str) -> None:
        if self._finish("dead", how):
            log.warning("host of %s died: %s", self.card.id, how)
            self._changed(self)

    def _finish(self, state: HostState, sentence: str) -> bool:
        """The one end of a host's life; False if it had ended before."""
        with self._lock:
            if self.state in ("dead", "closed"):
                return False
            self.state, self.epitaph = state, sentence
            runs, self._runs = self._runs, {}
            timers, self._timers = self._timers, {}
        for timer in timers.values():
            timer.cancel()
        if state == "dead":  # the death is known before anybody who saw it can ask again
            self._changed(self)
        for number, run in runs.items():
            if number in timers:  # somebody wanted it to end anyway
                run.end("cancelled")
            else:
                run.end("interrupted", sentence)
        self._loaded.set()
        return True
