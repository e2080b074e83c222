"""Engine and Runtime: the two contracts a model fulfils to be played by the studio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.event import Event
from studio.core.word import Word


class Stop(Protocol):
    """Set once, by the person or by a closed tab. An engine looks at least every 0.2 s."""

    def is_set(self) -> bool: ...


class Engine(Protocol):
    """A loaded model. `run` is a pure function of (ask, seed); no state of any person stays behind.

    The first event comes within 0.5 s. When `stop` is set, the engine yields what it has as partial
    offers if that is worth having, and returns.
    """

    ask_types: dict[str, type[Ask]]  # task -> the ask it takes
    slots: int  # runs that may go on at once

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]: ...

    def close(self) -> None: ...


class Place(Word):
    """Where an engine is to live."""

    device: str  # cpu, cuda, mps, remote
    threads: int
    memory: int  # bytes it may use
    cache: str = ""  # folder for what it makes of its weights and can make again; empty: the user's own


class Runtime(Protocol):
    """A module `studio/<room>/engines/<runtime>.py`: its name in a card is its file's name.

    Imports torch and the like only inside `load`.
    """

    PACKAGES: tuple[str, ...]  # import names that must be installed

    def load(self, card: Card, folder: Path, place: Place) -> Engine: ...

    def versions(self) -> dict[str, str]: ...
