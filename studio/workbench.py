"""Workbench: one generation from ask to recorded offers. Used by tabs, the command line and tests alike.

A thread of its own leases the model, plays the ask and records every offer before anybody sees it, so a slow or
vanished page loses nothing. Whoever iterates gets something at least every `beat` seconds, also while a model loads
or thinks: Gradio notices a closed tab only when a handler yields.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Protocol

from studio.core.ask import Ask
from studio.core.errors import Interrupted, StudioError
from studio.core.event import Delta, Event, Offer, Preview, Progress, Thing, newest_only
from studio.core.given import named, things_of
from studio.core.recipe import Recipe
from studio.core.work import Job, JobState, OfferRecord
from studio.hosts.mailbox import Mailbox
from studio.hosts.stop import StopFlag
from studio.registry.registry import Registry
from studio.registry.resident import Lease

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.25
SUMMARY_LENGTH = 120


class Book(Protocol):
    """What of the store the workbench writes to."""

    def start_job(self, owner: str, session: str, piece: str | None, model: str, ask: Ask) -> Job: ...

    def job_running(self, owner: str, job: str) -> Job: ...

    def end_job(self, owner: str, job: str, state: JobState, message: str = "") -> Job: ...

    def record_offer(self, owner: str, job: str, offer: Offer, recipe: Recipe) -> OfferRecord: ...


class Workbench:
    def __init__(self, registry: Registry, store: Book, beat: float = BEAT_SECONDS) -> None:
        self.registry = registry
        self._store = store
        self._beat = beat
        self._lock = threading.Lock()
        self._running: set[Running] = set()

    def run(
        self,
        ask: Ask,
        owner: str,
        session: str,
        piece: str | None = None,
        model: str | None = None,
        more: Callable[[Offer], dict[str, Any]] | None = None,
    ) -> "Running":
        """Starts at once. Iterate it, and close it when you leave. `more`: facts about an offer that its engine cannot know."""
        card = self.registry.choose(ask.task, model, ask.medium)
        job = self._store.start_job(owner, session, piece, card.id, named(ask))
        running = Running(self.registry, self._store, ask, job, self._beat, more)
        with self._lock:
            self._running = {r for r in self._running if not r.ended} | {running}
        running.start()
        return running

    def running(self, owner: str) -> "list[Running]":
        """What goes on for this owner, oldest first."""
        with self._lock:
            found = [r for r in self._running if r.job.owner == owner and not r.ended]
        return sorted(found, key=lambda r: r.job.created)

    def stop(self, owner: str, job: str) -> bool:
        """Stops a running job of this owner; False if there is none."""
        found = [r for r in self.running(owner) if r.job.id == job]
        for running in found:
            running.stop()
        return bool(found)

    def close(self) -> None:
        """Stops everything that runs, keeping what there is of it."""
        with self._lock:
            running = list(self._running)
        for one in running:
            one.stop()
        for one in running:
            one.close()


class Running:
    """Events of one job. Iterating ends with the job; if it failed or was interrupted, its sentence is raised."""

    def __init__(
        self,
        registry: Registry,
        store: Book,
        ask: Ask,
        job: Job,
        beat: float,
        more: Callable[[Offer], dict[str, Any]] | None = None,
    ) -> None:
        self.job = job
        self._more = more
        self._registry = registry
        self._store = store
        self._ask = ask
        self._beat = beat
        self._stop = StopFlag()
        self._box: Mailbox[Event] = Mailbox(newest_only)
        self._thread = threading.Thread(target=self._drive, name=f"job-{job.id}", daemon=True)
        self.last = Progress(stage="loading")  # the newest word on how far it is
        self._since: float | None = None  # when the model began
        self._over = threading.Event()
        self._error: StudioError | None = None
        self._newest: dict[int, Delta | Preview] = {}  # of offers that are not finished
        self._recorded: set[int] = set()

    # for whoever watches

    @property
    def ended(self) -> bool:
        return self._over.is_set()

    @property
    def state(self) -> JobState:
        return self.job.state

    @property
    def seconds_left(self) -> float | None:
        """As the engine says, else from how far it has come in how long; None while nobody can know."""
        done = self.last.fraction
        if self.last.seconds_left is not None or self._since is None or done < 0.02:
            return self.last.seconds_left
        return (time.monotonic() - self._since) * (1 - done) / done

    def start(self) -> None:
        self._box.put(self.last)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        """Stops and waits for the end: afterwards what there was of the offers is recorded."""
        self.stop()
        self._thread.join()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        event = self._box.take(self._beat)
        if event is None and not self._box.ended:
            return self.last  # a heartbeat
        if event is None:
            self._thread.join()
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            raise StopIteration
        return event

    # the job's own thread

    def _drive(self) -> None:
        state: JobState = "failed"
        message = ""
        try:
            state = self._play()
        except Interrupted as error:
            state, message = "interrupted", str(error)
            self._error = error
        except StudioError as error:
            message, self._error = str(error), error
        except Exception as error:
            log.exception("job %s", self.job.id)
            message = f"Something went wrong inside the studio ({type(error).__name__}). Try again; the log says more."
            self._error = StudioError(message)
        if self._stop.is_set() and state in ("interrupted", "cancelled"):
            state, message, self._error = "cancelled", "", None
        self._finish(state, message)

    def _play(self) -> JobState:
        owner = self.job.owner
        with self._registry.lease(self._ask.task, owner, self.job.model, self._stop, self._ask.medium) as lease:
            try:
                run = lease.run(self._ask, self._stop)
                for event in run:
                    self._take(event, lease)
                return "cancelled" if run.state == "cancelled" else "done"
            finally:
                self._keep_partials(lease)

    def _take(self, event: Event, lease: Lease) -> None:
        if isinstance(event, Progress):
            self.last = event
            if event.stage == "queued":
                self._box.put(event)
                return
        if self.job.state == "queued":
            self.job = self._store.job_running(self.job.owner, self.job.id)
            self._since = time.monotonic()
        match event:
            case Offer():
                event = self._record(event, lease)
            case Delta() | Preview():
                self._newest[event.index] = event
            case _:
                pass
        self._box.put(event)

    def _record(self, offer: Offer, lease: Lease) -> Offer:
        """Keeps an offer; only then may it be seen."""
        facts = offer.facts | self._more(offer) if self._more else offer.facts
        offer = offer.model_copy(update={"things": offer.things + things_of(self._ask), "facts": facts})
        recipe = lease.recipe(named(self._ask), offer.index, offer.seed)
        record = self._store.record_offer(self.job.owner, self.job.id, offer, recipe)
        self._recorded.add(offer.index)
        self._newest.pop(offer.index, None)
        return offer.model_copy(update={"id": record.id, "recipe": recipe})

    def _keep_partials(self, lease: Lease) -> None:
        """What was on its way when the end came, as partial offers."""
        for index, newest in sorted(self._newest.items()):
            if index not in self._recorded:
                self._box.put(self._record(_partial(newest, self._ask), lease))

    def _finish(self, state: JobState, message: str) -> None:
        try:
            self.job = self._store.end_job(self.job.owner, self.job.id, state, message)
        except Exception as error:
            log.exception("job %s", self.job.id)
            self._error = self._error or StudioError(f"The end of this job could not be written down: {error}.")
        self._over.set()
        self._box.close()


def _partial(newest: Delta | Preview, ask: Ask) -> Offer:
    if isinstance(newest, Delta):
        thing = Thing(name="body", media_type="text/plain", body=newest.text.encode())
        summary = newest.text.strip()[:SUMMARY_LENGTH]
    else:
        thing = Thing(name="body", media_type=newest.media_type, body=newest.body)
        summary = "unfinished"
    return Offer(index=newest.index, seed=ask.seed_of(newest.index), things=(thing,), summary=summary, partial=True)

