"""What the registry tells of itself: one frozen record for the Models tab, the status strip and the metrics."""

from typing import Literal

from studio.core.card import Card
from studio.core.word import Word

CardState = Literal["embedded", "installed", "available", "loading", "loaded", "failed", "unusable"]


class CardStatus(Word):
    card: Card
    state: CardState
    reason: str = ""  # a sentence, where the state wants one
    measured: int = 0  # bytes, as last measured; 0 before the first load
    device: str = ""  # where it is loaded
    leases: int = 0  # asks that use it or wait for it
    waiting: int = 0  # runs in the queue
    pinned: bool = True  # its weights are known by digest
    progress: float | None = None  # of a download that goes on


class RegistryStatus(Word):
    budget: int  # bytes
    used: int  # bytes of loaded models, measured, and of those being loaded, estimated
    cards: tuple[CardStatus, ...]
    queues: dict[str, int]  # device -> runs that wait
    problems: tuple[str, ...] = ()  # what was wrong in the catalogues

    def card(self, id: str) -> CardStatus | None:
        return next((status for status in self.cards if status.card.id == id), None)
