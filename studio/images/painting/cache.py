"""What is kept of earlier asks: the least lately used go first. Keyed by content, so nothing of any person is in it.

For results that are never changed by those who get them. The key must name everything the value depends on.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    def __init__(self, entries: int, size: int, size_of: Callable[[V], int]) -> None:
        self._entries, self._most, self._size_of = entries, size, size_of
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value, made if it is not there. Made outside of the lock: two at once may both make it, alike."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make()
        self._put(key, value, self._size_of(value))
        return value

    def _put(self, key: Hashable, value: V, size: int) -> None:
        with self._lock:
            self._forget(key)
            if size > self._most:
                return
            self._values[key] = (value, size)
            self._size += size
            while len(self._values) > self._entries or self._size > self._most:
                self._forget(next(iter(self._values)))

    def _forget(self, key: Hashable) -> None:
        if (old := self._values.pop(key, None)) is not None:
            self._size -= old[1]

    def __len__(self) -> int:
        return len(self._values)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._size = 0
