"""Registry: which models there are, which are loaded, and who may use them now.

Loads each model once however many ask for it, keeps the measured bytes of all loaded ones within the budget by
unloading those not used for longest, never one that is leased, and explains every load that fails. Order of locks:
a device's queue, then the registry; never the other way round. Nothing slow happens under the registry's lock.
"""

import logging
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from studio.core.ask import Medium
from studio.core.card import Card
from studio.core.engine import Place
from studio.core.errors import Interrupted, LoadFailed, NotFound, Refused, StudioError
from studio.hosts import Host, HostMaker, StopFlag, host_maker
from studio.hosts.device import Device
from studio.registry.catalog import Shelf, read_shelf
from studio.registry.download import Download, Downloads
from studio.registry.folders import Folders
from studio.registry.places import places_for, threads_here
from studio.registry.resident import Lease, Resident
from studio.registry.room import by_idleness, victims_for
from studio.registry.runtimes import FindRuntime, runtime_finder
from studio.registry.status import CardState, CardStatus, RegistryStatus

log = logging.getLogger(__name__)
_RANK: dict[CardState, int] = {"loaded": 0, "loading": 1, "embedded": 2, "installed": 3, "failed": 4}


class Registry:
    def __init__(
        self,
        *,
        shelf: Shelf,
        host_maker: HostMaker,
        budget: int,
        device: str = "auto",
        offline: bool = False,
        models_dir: Path,
        assets_dir: Path,
        find_runtime: FindRuntime,
        threads: int | None = None,
    ) -> None:
        self.shelf = shelf
        self.budget = budget
        self._make_host = host_maker
        self._wanted = device
        self._find = find_runtime
        self.folders = Folders(models_dir, assets_dir, offline, find_runtime)
        self._downloads = Downloads(offline)
        self._threads = threads or threads_here()
        self._lock = threading.RLock()
        self._residents = {card.id: Resident(card, self._bring) for card in shelf.cards}
        self._devices: dict[str, Device] = {}
        self._closed = False

    # what there is

    def cards(self, task: str | None = None, medium: Medium | None = None) -> list[Card]:
        return self.shelf.select(task, medium)

    def choose(self, task: str, model: str | None = None, medium: Medium | None = None) -> Card:
        """The card that will do a task: the one asked for, or the readiest; a server, to which texts would go, only where
        nothing here can. Raises Refused."""
        if model is not None:
            card = self._resident(model).card
            if card not in self.cards(task, medium):
                raise Refused(f"{card.title} cannot do the task `{task}`. Choose another model.")
            return card
        able = self.cards(task, medium)
        ranked = [(_RANK.get(self._state(r)[0], 9), r.card) for r in self._residents.values() if r.card in able]
        usable = [pair for pair in ranked if pair[0] < 9]
        if not usable:
            raise Refused(f"No model here can do the task `{task}`. The Models tab shows which could be added.")
        return min(usable, key=lambda pair: (pair[1].source.kind == "server", pair[0]))[1]

    def status(self) -> RegistryStatus:
        waiting = {id: self._device_of(r).waiting(r) for id, r in self._residents.items() if r.leases}
        queues = {name: len(device) for name, device in list(self._devices.items())}
        with self._lock:
            cards = tuple(self._card_status(r, waiting.get(id, 0)) for id, r in self._residents.items())
            used = sum(r.bytes() for r in self._residents.values())
        return RegistryStatus(
            budget=self.budget, used=used, cards=cards, queues=queues, problems=self.shelf.problems
        )

    def _card_status(self, resident: Resident, waiting: int) -> CardStatus:
        state, reason = self._state(resident)
        resident.bytes()  # measures a living one
        download = self._downloads.get(resident.card.id)
        return CardStatus(
            card=resident.card,
            state=state,
            reason=reason,
            measured=resident.measured,
            device=resident.living.place.device if resident.living else "",
            leases=resident.leases,
            waiting=waiting,
            pinned=resident.card.source.kind == "server" or bool(self.folders.pins(resident.card)),
            progress=download.fraction if download is not None and download.state == "running" else None,
        )

    def _state(self, resident: Resident) -> tuple[CardState, str]:
        card = resident.card
        if resident.alive:
            return "loaded", ""
        if resident.loading is not None:
            return "loading", ""
        state, reason = self.folders.state(card)
        if resident.reason and state != "unusable":
            return "failed", resident.reason
        download = self._downloads.get(card.id)
        if state == "available" and download is not None and download.problem:
            reason = download.problem
        return state, reason

    def _resident(self, id: str) -> Resident:
        found = self._residents.get(id)
        if found is None:
            raise NotFound(f"There is no model named `{id}`. The Models tab lists those there are.")
        return found

    # using them

    @contextmanager
    def lease(
        self, task: str, owner: str, model: str | None = None, stop: StopFlag | None = None, medium: Medium | None = None
    ) -> Iterator[Lease]:
        """Waits until the model is loaded; leaves early, with Interrupted, when `stop` is set."""
        resident = self._resident(self.choose(task, model, medium).id)
        with self._held(resident):
            self._ready(resident, stop)
            lease = Lease(resident, self._device_of(resident), owner)
            try:
                yield lease
            finally:
                lease.close()

    def load(self, id: str, stop: StopFlag | None = None) -> None:
        """Loads a model because a person wants it, whatever happened to it before."""
        resident = self._resident(id)
        with self._lock:
            resident.forgive()
        with self._held(resident):
            self._ready(resident, stop)

    def unload(self, id: str) -> None:
        resident = self._resident(id)
        with self._lock:
            if resident.leases:
                raise Refused(f"{resident.card.title} is at work. Stop what it is doing first.")
            if resident.loading is not None:
                raise Refused(f"{resident.card.title} is being loaded. Wait until it is there.")
            host, resident.living = resident.living, None
            resident.reason = ""
        if host is not None:
            host.close()

    def download(self, id: str) -> Download:
        """Fetches a hub model's files, or goes on doing so."""
        card = self._resident(id).card
        return self._downloads.start(card, self.folders.of(card))

    def cancel_download(self, id: str) -> None:
        self._downloads.cancel(id)

    def delete(self, id: str) -> None:
        """Removes a downloaded model from the disk."""
        resident = self._resident(id)
        if resident.card.source.kind != "hub":
            raise Refused(f"{resident.card.title} was not downloaded by the studio, so the studio does not delete it.")
        self.unload(id)
        self._downloads.forget(id)
        shutil.rmtree(self.folders.of(resident.card), ignore_errors=True)

    def close(self) -> None:
        """Ends every host. The registry is of no use afterwards."""
        with self._lock:
            self._closed = True
            hosts = [h for r in self._residents.values() for h in (r.living, r.coming) if h is not None]
        self._downloads.close()
        for host in hosts:
            host.close()
        for resident in self._residents.values():
            self._device_of(resident).fail(resident, Interrupted("The studio is closing."))

    @contextmanager
    def _held(self, resident: Resident) -> Iterator[None]:
        with self._lock:
            resident.leases += 1
        try:
            yield
        finally:
            with self._lock:
                resident.leases -= 1
                resident.used_at = time.monotonic()
            self._trim()

    def _ready(self, resident: Resident, stop: StopFlag | None) -> None:
        with self._lock:
            if resident.alive:
                return
            future = self._start_loading(resident)
        wake = threading.Event()
        future.add_done_callback(lambda _: wake.set())
        if stop is not None:
            stop.then(wake.set)
        wake.wait()
        if stop is not None:
            stop.forget(wake.set)
            if stop.is_set():
                raise Interrupted("Stopped before the model was ready.")
        future.result()

    # bringing them up

    def _bring(self, resident: Resident) -> Host | None:
        """For the queue: the host, or None and one on its way."""
        with self._lock:
            if resident.alive:
                return resident.living
            self._start_loading(resident)
            return None

    def _start_loading(self, resident: Resident) -> "Future[None]":
        if resident.loading is None:
            resident.loading = Future()
            threading.Thread(target=self._load, args=(resident,), name=f"load-{resident.card.id}", daemon=True).start()
        return resident.loading

    def _load(self, resident: Resident) -> None:
        error: StudioError | None = None
        host: Host | None = None
        try:
            host = self._bring_up(resident)
        except StudioError as found:
            error = found
        except Exception as found:
            log.exception("loading %s", resident.card.id)
            error = LoadFailed(f"{resident.card.title} could not be loaded: {found}.")
        with self._lock:
            future, resident.loading = resident.loading, None
            resident.living, resident.coming, resident.reserved = host, None, 0
            resident.reason = str(error) if isinstance(error, LoadFailed) else ""
            resident.used_at = time.monotonic()
        assert future is not None
        if error is not None:
            log.warning("%s", error)
            future.set_exception(error)
            self._device_of(resident).fail(resident, error)
        else:
            future.set_result(None)
        for device in list(self._devices.values()):
            device.dispatch()

    def _bring_up(self, resident: Resident) -> Host:
        card = resident.card
        self._check_usable(resident)
        resident.digest, resident.revision = self.folders.verify(card), self.folders.revision(card)
        places = places_for(card, self._wanted, self.budget, self._threads)
        if not places:
            raise LoadFailed(f"{card.title} runs on {' or '.join(card.devices)} only, which this machine does not have.")
        places = [place.changed(cache=str(self.folders.cache)) for place in places]
        for place in places[:-1]:
            try:
                return self._bring_up_at(resident, place)
            except LoadFailed as error:
                log.warning("%s Trying the next place.", error)
        return self._bring_up_at(resident, places[-1])

    def _check_usable(self, resident: Resident) -> None:
        card = resident.card
        with self._lock:
            if self._closed:
                raise LoadFailed("The studio is closing.")
            if resident.keeps_dying:
                raise LoadFailed(
                    f"{card.title} died three times within five minutes, the last time so: {resident.epitaph} "
                    "Press Load in the Models tab to try once more."
                )
        state, reason = self.folders.state(card)
        if state == "available":
            raise Refused(f"{card.title} is not downloaded yet. Get it in the Models tab.")
        if state == "unusable":
            raise Refused(reason)

    def _bring_up_at(self, resident: Resident, place: Place) -> Host:
        card = resident.card
        self._make_room(resident, resident.need())
        host = self._make_host(card, self.folders.of(card), place, self._find(card.runtime).module)
        host.watch(self._changed)
        with self._lock:
            resident.coming = host
        try:
            facts = host.load()
            used = host.memory()
            if place.device in ("cuda", "mps"):
                used = max(used, card.memory)
            resident.measured = used
            self._make_room(resident, used)
        except StudioError:
            with self._lock:
                if host.state == "dead":
                    resident.died(host.epitaph)
            host.close()
            raise
        resident.versions = facts.versions
        return host

    def _make_room(self, resident: Resident, need: int) -> None:
        """Unloads idle models until `need` bytes fit, and keeps them for this one; or says why they cannot."""
        with self._lock:
            others = [r for r in self._residents.values() if r is not resident]
            hosts = self._evict(victims_for(resident.card, need, others, self.budget))
            resident.reserved = need
        for host in hosts:
            host.close()

    @staticmethod
    def _evict(victims: list[Resident]) -> list[Host]:
        hosts = []
        for victim in victims:
            if victim.living is not None:
                hosts.append(victim.living)
                victim.living = None
        return hosts

    def _trim(self) -> None:
        """Models grow while they work: what is over the budget goes, the one used last stays longest."""
        with self._lock:
            if self._closed:
                return
            used = sum(r.bytes() for r in self._residents.values())
            idle = by_idleness(self._residents.values())
            victims: list[Resident] = []
            while used > self.budget and len(idle) > 1:
                victims.append(idle.pop(0))
                used -= victims[-1].bytes()
            hosts = self._evict(victims)
        for host in hosts:
            host.close()

    def _changed(self, host: Host) -> None:
        """A run ended, or a host did."""
        with self._lock:
            resident = self._residents[host.card.id]
            if resident.living is host and not host.alive:
                resident.living = None
                resident.reason = host.epitaph
                if host.blamed:
                    resident.died(host.epitaph)
        for device in list(self._devices.values()):
            device.dispatch()

    def _device_of(self, resident: Resident) -> Device:
        """The queue of the device it lives on, or would live on."""
        if resident.living is not None:
            name = resident.living.place.device
        else:
            places = places_for(resident.card, self._wanted, self.budget, 1)
            name = places[0].device if places else "cpu"
        with self._lock:
            if name not in self._devices:
                self._devices[name] = Device(name, *((16, 16) if name == "remote" else (2, 1)))
            return self._devices[name]


def open_registry(
    *,
    data_dir: Path,
    models_dir: Path,
    assets_dir: Path,
    budget: int,
    device: str = "auto",
    offline: bool = False,
    host_kind: Literal["process", "thread"] = "process",
    runtimes: Mapping[str, str] | None = None,
) -> Registry:
    """The registry of a studio: the shipped catalogue, the person's, and hosts of one kind."""
    models_dir.mkdir(parents=True, exist_ok=True)
    return Registry(
        shelf=read_shelf(data_dir / "catalog.toml"),
        host_maker=host_maker(host_kind),
        budget=budget,
        device=device,
        offline=offline,
        models_dir=models_dir,
        assets_dir=assets_dir,
        find_runtime=runtime_finder(runtimes),
    )
