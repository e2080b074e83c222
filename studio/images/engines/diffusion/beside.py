"""Work that calls back, turned into an iterator of events: it runs in a thread of its own, but only while it is waited for.

A pipeline is one long call; what it has to say comes from inside of it. Hand over hand: the work goes on only when its last
event was taken, so nothing piles up and what was said before a stop has been read. While the work is going, stop is looked at
twenty times a second and passed on as `halt`, which the work looks at wherever it can.
"""

import queue
import threading
from collections.abc import Callable, Iterator

from studio.core.engine import Stop
from studio.core.event import Event

LOOK = 0.05  # seconds
Say = Callable[[Event], None]


class Halted(Exception):
    """Raised in the middle of a pipeline to leave it."""


class Halt:
    """Passed into a model's modules, so that it is looked at several times within every step."""

    def __init__(self) -> None:
        self.flag = threading.Event()

    def check(self, *_: object) -> None:
        if self.flag.is_set():
            raise Halted


def beside(work: Callable[[Say], None], stop: Stop, halt: Halt) -> Iterator[Event]:
    """The events of `work`; its error, if it ends with one, is raised here."""
    said: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
    taken = threading.Semaphore(0)

    def say(event: Event) -> None:
        said.put(event)
        taken.acquire()

    def run() -> None:
        try:
            work(say)
            said.put(None)
        except BaseException as error:  # handed over, whatever it is
            said.put(error)

    thread = threading.Thread(target=run, name="painting", daemon=True)
    thread.start()
    try:
        yield from _read(said, taken, stop, halt)
    finally:
        halt.flag.set()
        while thread.is_alive():  # whatever it still wants to say
            taken.release()
            thread.join(LOOK)
        halt.flag.clear()


def _read(
    said: "queue.SimpleQueue[Event | BaseException | None]", taken: threading.Semaphore, stop: Stop, halt: Halt
) -> Iterator[Event]:
    while True:
        if stop.is_set():
            halt.flag.set()
        try:
            what = said.get(timeout=LOOK)
        except queue.Empty:
            continue
        if what is None:
            return
        if isinstance(what, BaseException):
            raise what
        yield what
        if stop.is_set():
            halt.flag.set()
        taken.release()
