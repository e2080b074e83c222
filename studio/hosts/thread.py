"""A link to a worker in this very process: for tests. Frames are packed and unpacked as on the way to a child.

A thread cannot be killed: `kill` leaves it to end by its stop flag. Its memory cannot be told from the rest of the
process: the card's estimate stands in.
"""

import io
import threading
from collections.abc import Callable

from studio.hosts import wire
from studio.hosts.wire import Frame
from studio.hosts.worker import Worker


class ThreadLink:
    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._worker = Worker()
        self._lock = threading.Lock()
        self._gone = False
        self._on_gone: Callable[[str], None] = lambda how: None

    def open(self, on_frame: Callable[[Frame], None], on_gone: Callable[[str], None]) -> None:
        self._on_gone = on_gone
        threading.Thread(target=self._listen, args=(on_frame,), name="host-listen", daemon=True).start()

    def _listen(self, on_frame: Callable[[Frame], None]) -> None:
        while (frame := self._worker.next_frame()) is not None:
            if not self._gone:
                on_frame(_across(frame))

    def send(self, frame: Frame) -> None:
        self._worker.handle(_across(frame))

    def kill(self, why: str = "") -> None:
        with self._lock:
            if self._gone:
                return
            self._gone = True
        self._worker.close()
        self._on_gone(why or "The model was ended.")

    def memory(self) -> int:
        return 0 if self._gone else self._memory


def _across(frame: Frame) -> Frame:
    """The same bytes as would go through a pipe."""
    found = wire.read(io.BytesIO(wire.pack(frame)))
    assert found is not None
    return found
