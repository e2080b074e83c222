"""Device: the one queue of a processor or accelerator, shared by the hosts that live on it.

At most `width` hosts work at once, at most `long_width` of them on long asks, so that a line of text never waits for
a picture to be finished. Who is next is FairQueue's decision.
"""

import threading
from collections import Counter
from typing import Protocol

from studio.core.errors import Refused, StudioError
from studio.hosts.host import Host
from studio.hosts.queue import FairQueue
from studio.hosts.run import Run
from studio.hosts.wire import MAX_BODY


class Seat(Protocol):
    """A model as the queue sees it: there may be a host for it just now, or not."""

    def host(self) -> Host | None:
        """The host if it is ready. If not, one is on its way and `dispatch` or `fail` will be called. Never waits."""


class Device:
    def __init__(self, name: str, width: int = 2, long_width: int = 1) -> None:
        self.name = name
        self._width = width
        self._long_width = long_width
        self._lock = threading.Lock()
        self._queue: FairQueue[Run] = FairQueue()
        self._seats: dict[Run, Seat] = {}  # of every run that waits or works
        self._hosts: dict[Run, Host] = {}  # of every run that works

    def enter(self, run: Run, seat: Seat) -> None:
        if len(run.body) > MAX_BODY:
            raise Refused("This ask is too large to be sent to the model. Use a smaller picture or text.")
        with self._lock:
            self._seats[run] = seat
            self._queue.add(run.owner, run, long=run.long)
            self._dispatch()
        run.stop_flag.then(lambda: self.stop(run))

    def stop(self, run: Run) -> None:
        with self._lock:
            host = self._hosts.get(run)
            if host is None and self._queue.remove(run):
                del self._seats[run]
                run.end("cancelled")
                self._tell()
        if host is not None:
            host.stop(run)

    def dispatch(self) -> None:
        """Starts what can be started. To be called whenever a run ended or a host came up."""
        with self._lock:
            self._dispatch()

    def fail(self, seat: Seat, error: StudioError) -> None:
        """There will be no host for this seat: ends what waits for it."""
        with self._lock:
            for run in self._queue.order():
                if self._seats[run] is seat:
                    self._queue.remove(run)
                    del self._seats[run]
                    run.end("failed", str(error))
            self._tell()

    def waiting(self, seat: Seat) -> int:
        with self._lock:
            return sum(self._seats[run] is seat for run in self._queue.order())

    def __len__(self) -> int:
        return len(self._queue)

    def _dispatch(self) -> None:
        for gone in [run for run in self._hosts if run.ended]:
            del self._hosts[gone], self._seats[gone]
        while (run := self._queue.take(self._can)) is not None:
            host = self._seats[run].host()
            if host is None or not host.start(run):
                self._queue.add(run.owner, run, long=run.long, first=True)
                break
            self._hosts[run] = host
        self._tell()

    def _can(self, run: Run) -> bool:
        host = self._seats[run].host()
        if host is None or host.running >= host.facts.slots:
            return False
        busy: Counter[Host] = Counter(self._hosts.values())
        if host not in busy and len(busy) >= self._width:
            return False
        long = {h for r, h in self._hosts.items() if r.long}
        return not run.long or host in long or len(long) < self._long_width

    def _tell(self) -> None:
        for position, run in enumerate(self._queue.order(), start=1):
            run.at(position)
