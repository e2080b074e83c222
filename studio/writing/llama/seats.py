"""Seats: which of the server's slots a call takes. Each slot still holds the beginning of what was last said in it, so the
seat with the longest beginning in common is the quickest. Knows numbers only, no library.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass


def alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many pieces both begin with."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


@dataclass
class Seat:
    number: int
    held: tuple[int, ...] = ()
    used: int = 0  # when last given back


class Seats:
    def __init__(self, count: int) -> None:
        self._count = count
        self._free = [Seat(number) for number in range(count)]
        self._turn = 0
        self._changed = threading.Condition()

    def take(self, most: int, ids: Sequence[int], unwanted: Callable[[], bool] = lambda: False) -> list[Seat]:
        """Up to `most` seats, at least one unless it is `unwanted` by then, the best for these pieces first."""
        with self._changed:
            while not self._free:
                if unwanted():
                    return []
                self._changed.wait(0.05)
            self._free.sort(key=lambda seat: (-alike(seat.held, ids), seat.used))
            taken, self._free = self._free[:most], self._free[most:]
            return taken

    def give(self, seat: Seat) -> None:
        with self._changed:
            self._turn += 1
            seat.used = self._turn
            self._free.append(seat)
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until all seats are free; False if they are not by then."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._free) == self._count, seconds)
