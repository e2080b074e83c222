"""FairQueue: who is served next on a device. Pure: no threads, no clock, no models.

Owners take turns; each owner's asks keep their order. Short asks go before long ones, but at most `burst` of them in
a row while a long one could start. An ask that cannot start yet (its model is busy) is passed by others of its kind at
most `patience` times; then its kind waits for it. So everybody is served in the end.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _Entry(Generic[T]):
    def __init__(self, owner: str, item: T) -> None:
        self.owner = owner
        self.item = item
        self.passed = 0


class _Lane(Generic[T]):
    """The waiting asks of one kind, round robin between owners."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._owners: OrderedDict[str, deque[_Entry[T]]] = OrderedDict()  # first owner = next turn

    def add(self, owner: str, item: T, first: bool) -> None:
        mine = self._owners.setdefault(owner, deque())
        if first:
            mine.appendleft(_Entry(owner, item))
            self._owners.move_to_end(owner, last=False)
        else:
            mine.append(_Entry(owner, item))

    def entries(self) -> Iterator[_Entry[T]]:
        """In the order of service, if each could start when its turn comes."""
        rounds = [list(mine) for mine in self._owners.values()]
        for turn in range(max((len(r) for r in rounds), default=0)):
            for mine in rounds:
                if turn < len(mine):
                    yield mine[turn]

    def take(self, can: Callable[[T], bool]) -> _Entry[T] | None:
        passed: list[_Entry[T]] = []
        for entry in self.entries():
            if can(entry.item):
                for other in passed:
                    other.passed += 1
                self.drop(entry)
                if entry.owner in self._owners:
                    self._owners.move_to_end(entry.owner)
                return entry
            if entry.passed >= self._patience:
                return None
            passed.append(entry)
        return None

    def drop(self, entry: _Entry[T]) -> None:
        mine = self._owners[entry.owner]
        mine.remove(entry)
        if not mine:
            del self._owners[entry.owner]

    def __len__(self) -> int:
        return sum(len(mine) for mine in self._owners.values())


class FairQueue(Generic[T]):
    def __init__(self, burst: int = 4, patience: int = 8) -> None:
        self._short: _Lane[T] = _Lane(patience)
        self._long: _Lane[T] = _Lane(patience)
        self._burst = burst
        self._run_of_short = 0  # short ones served in a row while a long one waited

    def add(self, owner: str, item: T, *, long: bool = False, first: bool = False) -> None:
        """`first`: for one that was taken and could not start after all."""
        (self._long if long else self._short).add(owner, item, first)

    def take(self, can: Callable[[T], bool] = lambda _: True) -> T | None:
        """The next item that can start now, or None."""
        lanes = [self._short, self._long]
        if self._run_of_short >= self._burst:
            lanes.reverse()
        for lane in lanes:
            entry = lane.take(can)
            if entry is not None:
                self._count(lane)
                return entry.item
        return None

    def _count(self, served: "_Lane[T]") -> None:
        if served is self._short and len(self._long):
            self._run_of_short += 1
        else:
            self._run_of_short = 0

    def remove(self, item: T) -> bool:
        """Takes an item out that nobody wants any more; False if it is not waiting."""
        for lane in (self._short, self._long):
            for entry in lane.entries():
                if entry.item is item:
                    lane.drop(entry)
                    return True
        return False

    def order(self) -> list[T]:
        """Waiting items in the order in which they would be served; the first has position 1."""
        short = [e.item for e in self._short.entries()]
        long = [e.item for e in self._long.entries()]
        found: list[T] = []
        run = self._run_of_short
        while short or long:
            if short and (not long or run < self._burst):
                run = run + 1 if long else 0
                found.append(short.pop(0))
            else:
                run = 0
                found.append(long.pop(0))
        return found

    def __len__(self) -> int:
        return len(self._short) + len(self._long)
