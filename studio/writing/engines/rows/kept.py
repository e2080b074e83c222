"""Prompts that were read are kept by their pieces, so that the next one that begins the same need not be read again."""

import threading
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    @property
    def size(self) -> int:
        """Bytes."""


T = TypeVar("T", bound=Sized)


class Kept(Generic[T]):
    """Least lately used out first, by bytes. What is in here is never changed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[int, ...], T] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, ids: list[int]) -> tuple[int, T | None]:
        """The one with the longest common beginning, and how long that is."""
        with self._lock:
            best, key = 0, None
            for one in self._held:
                if (same := common(one, ids)) > best:
                    best, key = same, one
            if key is None:
                return 0, None
            self._held.move_to_end(key)
            return best, self._held[key]

    def keep(self, ids: list[int], one: T) -> None:
        with self._lock:
            for old in [old for old in self._held if len(old) <= len(ids) and list(old) == ids[: len(old)]]:
                del self._held[old]  # all of it is in the new one
            self._held[tuple(ids)] = one
            while len(self._held) > 1 and self.size > self._most:
                self._held.popitem(last=False)
            if self.size > self._most:
                self._held.clear()

    @property
    def size(self) -> int:
        return sum(one.size for one in self._held.values())

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


def common(one: tuple[int, ...], other: list[int]) -> int:
    """How many pieces two texts begin with alike."""
    most = min(len(one), len(other))
    low = 0
    while low < most:  # by halves: comparing slices is far quicker than piece by piece
        half = (low + most + 1) // 2
        if list(one[low:half]) == other[low:half]:
            low = half
        else:
            most = half - 1
    return low
