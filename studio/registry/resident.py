"""Resident: one card in the registry and what has become of it. Lease: the right to use its engine now.

Fields of a resident are read and written under the registry's lock only.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.recipe import Recipe
from studio.hosts import Host, Run, StopFlag
from studio.hosts.device import Device

MANY_DEATHS = 3
WITHIN_SECONDS = 300.0


class Resident:
    """A seat at a device's queue: asking it for its host brings one up."""

    def __init__(self, card: Card, bring: Callable[["Resident"], Host | None]) -> None:
        self.card = card
        self.living: Host | None = None
        self.coming: Host | None = None  # being loaded
        self.loading: Future[None] | None = None
        self.leases = 0
        self.used_at = 0.0
        self.measured = 0  # bytes when last seen alive
        self.reserved = 0  # bytes kept free for the load that goes on
        self.reason = ""  # why it is not there
        self.epitaph = ""  # how it died last
        self.digest = ""  # of the weights last loaded
        self.revision = card.revision  # as it is here
        self.versions: dict[str, str] = {}
        self._deaths: deque[float] = deque(maxlen=MANY_DEATHS)
        self._bring = bring

    def host(self) -> Host | None:
        return self._bring(self)

    @property
    def alive(self) -> bool:
        return self.living is not None and self.living.alive

    def bytes(self) -> int:
        """What it holds now, or is about to."""
        if self.living is not None and self.living.alive:
            measured = self.living.memory()
            if self.living.place.device in ("cuda", "mps"):
                measured = max(measured, self.card.memory)  # the accelerator's memory is not seen from here
            self.measured = measured or self.measured
            return self.measured
        return self.reserved

    def need(self) -> int:
        return self.measured or self.card.memory

    def died(self, how: str) -> None:
        self.epitaph = how
        self._deaths.append(time.monotonic())

    def forgive(self) -> None:
        self._deaths.clear()

    @property
    def keeps_dying(self) -> bool:
        return len(self._deaths) == MANY_DEATHS and time.monotonic() - self._deaths[0] < WITHIN_SECONDS


class Lease:
    """While it is held, the engine is not evicted. Ends its runs when it ends."""

    def __init__(self, resident: Resident, device: Device, owner: str) -> None:
        self.card = resident.card
        self.owner = owner
        self.weights = resident.digest
        self._resident = resident
        self._device = device
        self._runs: list[Run] = []

    @property
    def versions(self) -> dict[str, str]:
        return self._resident.versions

    def run(self, ask: Ask, stop: StopFlag | None = None) -> Run:
        run = Run(ask, self.owner, stop)
        self._device.enter(run, self._resident)
        self._runs.append(run)
        return run

    def recipe(self, ask: Ask, index: int, seed: int) -> Recipe:
        """How an offer of this lease was made."""
        return Recipe(
            model=self.card.id,
            revision=self._resident.revision,
            runtime=self.card.runtime,
            weights=self.weights,
            ask=ask.model_dump(mode="json"),
            index=index,
            seed=seed,
            versions=self.versions,
        )

    def close(self) -> None:
        for run in self._runs:
            run.close()
