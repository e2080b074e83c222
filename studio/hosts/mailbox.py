"""Mailbox: a channel that never blocks its writer and hands a slow reader only the newest of what may be skipped.

Items with a slot replace an older item of the same slot; items without one (offers, notices) all arrive, in order,
and nothing sent after such an item is read before it. Used on both sides of the pipe.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Overflow(Exception):
    """More items that must arrive are waiting than anybody could mean."""


class Mailbox(Generic[T]):
    def __init__(self, slot: Callable[[T], Hashable | None], limit: int = 4096) -> None:
        self._slot = slot
        self._limit = limit  # of waiting items that must all arrive
        self._waiting: dict[Hashable, T] = {}  # in the order of reading
        self._keys: dict[Hashable, Hashable] = {}  # slot -> key of its waiting item
        self._musts = 0
        self._number = 0  # grows with every key, so keys are unique and ordered
        self._barrier = 0  # the key of the newest item that must arrive
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Never waits. After `close` nothing is taken in any more."""
        slot = self._slot(item)
        with self._changed:
            if self._closed:
                return
            if slot is None:
                self._append_must(item)
            else:
                self._put_newest(slot, item)
            self._changed.notify()

    def _append_must(self, item: T) -> None:
        if self._musts >= self._limit:
            raise Overflow(f"more than {self._limit} messages are waiting")
        self._number += 1
        self._musts += 1
        self._barrier = self._number
        self._waiting[self._number] = item

    def _put_newest(self, slot: Hashable, item: T) -> None:
        key = self._keys.get(slot)
        if isinstance(key, int) and key in self._waiting:
            if key > self._barrier:
                self._waiting[key] = item  # keeps its turn, so that a busy slot is not starved
                return
            del self._waiting[key]
        self._number += 1
        self._keys[slot] = self._number
        self._waiting[self._number] = item

    def take(self, timeout: float | None = None) -> T | None:
        """The next item; None when the box is closed and empty, or `timeout` seconds went by."""
        until = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._waiting:
                left = None if until is None else until - time.monotonic()
                if self._closed or (left is not None and left <= 0):
                    return None
                self._changed.wait(left)
            key = next(iter(self._waiting))
            item = self._waiting.pop(key)
            if self._slot(item) is None:
                self._musts -= 1
            return item

    def close(self) -> None:
        """What is waiting can still be read."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def ended(self) -> bool:
        """Closed and read to the end."""
        with self._changed:
            return self._closed and not self._waiting
