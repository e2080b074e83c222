"""Run: one ask on its way through a device's queue and a host, seen from the parent. An iterator of events."""

import threading
from collections.abc import Iterator
from typing import Literal

from studio.core.ask import Ask
from studio.core.errors import Interrupted, Refused, StudioError
from studio.core.event import Event, Progress, newest_only
from studio.hosts.mailbox import Mailbox
from studio.hosts.stop import StopFlag

RunState = Literal["queued", "running", "done", "cancelled", "refused", "failed", "interrupted"]
_ERRORS: dict[str, type[StudioError]] = {"refused": Refused, "interrupted": Interrupted, "failed": StudioError}


class Run:
    """Iterating ends with the run; one that was refused, failed or interrupted raises its sentence at the end."""

    def __init__(self, ask: Ask, owner: str, stop: StopFlag | None = None) -> None:
        self.ask = ask
        self.body = ask.dumps()
        self.owner = owner
        self.stop_flag = stop or StopFlag()
        self.state: RunState = "queued"
        self.message = ""
        self._position = 0
        self._lock = threading.Lock()
        self._box: Mailbox[Event] = Mailbox(newest_only)

    @property
    def long(self) -> bool:
        """Pictures take a device for minutes; words and notes for seconds."""
        return self.ask.medium == "picture"

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")

    def stop(self) -> None:
        self.stop_flag.set()

    def close(self) -> None:
        """Stops and waits for the end, which comes within the host's grace at the latest."""
        if not self.ended:
            self.stop()
        while self._box.take() is not None:
            pass

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = self._box.take()
        if event is not None:
            return event
        if self.state in _ERRORS:
            raise _ERRORS[self.state](self.message)
        raise StopIteration

    # for the device and the host

    def deliver(self, event: Event) -> None:
        self._box.put(event)

    def at(self, position: int) -> None:
        """Its place in the queue, 1 = next. Told only when it changes."""
        if position != self._position:
            self._position = position
            self.deliver(Progress(stage="queued", position=position))

    def begin(self) -> None:
        with self._lock:
            if not self.ended:
                self.state = "running"

    def end(self, state: RunState, message: str = "") -> None:
        with self._lock:
            if self.ended:
                return
            self.state, self.message = state, message
        self._box.close()
