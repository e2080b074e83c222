"""StopFlag: a stop that wakes whoever waits for it, so that nothing has to look again and again."""

import threading
from collections.abc import Callable


class StopFlag:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set = threading.Event()
        self._then: list[Callable[[], None]] = []

    def is_set(self) -> bool:
        return self._set.is_set()

    def set(self) -> None:
        with self._lock:
            self._set.set()
            todo, self._then = self._then, []
        for callback in todo:
            callback()

    def then(self, callback: Callable[[], None]) -> None:
        """Calls back once when the flag is set; at once if it is set already."""
        with self._lock:
            if not self._set.is_set():
                self._then.append(callback)
                return
        callback()

    def forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._then:
                self._then.remove(callback)

    def wait(self, timeout: float | None = None) -> bool:
        return self._set.wait(timeout)
