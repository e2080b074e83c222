"""Worker: the side of a host where the engine lives. Knows nothing of pipes and processes.

Loads one engine under the process's load lock, plays up to `slots` asks at once, each in a thread of its own, and
sends what they yield through a mailbox that keeps only the newest of what may be skipped.
"""

import importlib
import json
import logging
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Engine, Place, Runtime
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, newest_only
from studio.hosts.mailbox import Mailbox
from studio.hosts.wire import END, EVENT, LOAD, RUN, SORRY, STOP, UP, Frame

log = logging.getLogger(__name__)
LOAD_LOCK = threading.Lock()  # libraries switch process-wide defaults while they load; one at a time


class _Out(NamedTuple):
    """An event on its way out (not yet JSON: one that is replaced is never encoded), or a frame."""

    run: int
    event: Event | None = None
    frame: Frame | None = None


def _slot(out: _Out) -> Hashable | None:
    slot = newest_only(out.event) if out.event is not None else None
    return None if slot is None else (out.run, slot)


def say(problem: ValidationError) -> str:
    """What is wrong with the fields of an ask, in one line."""
    found = []
    for error in problem.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in error["loc"])
        found.append(f"{where}: {error['msg']}" if where else error["msg"])
    return "; ".join(found[:5])


class Worker:
    def __init__(self) -> None:
        self._out: Mailbox[_Out] = Mailbox(_slot, limit=1 << 30)
        self._engine: Engine | None = None
        self._title = "The model"
        self._stops: dict[int, threading.Event] = {}
        self._lock = threading.Lock()

    # what goes out

    def next_frame(self) -> Frame | None:
        """Waits for the next frame for the parent; None after `close`."""
        out = self._out.take()
        if out is None:
            return None
        if out.event is not None:
            return Frame(EVENT, out.run, out.event.dumps())
        return out.frame

    def _tell(self, kind: bytes, run: int, what: dict[str, Any]) -> None:
        self._out.put(_Out(run, frame=Frame(kind, run, json.dumps(what).encode())))

    # what comes in

    def handle(self, frame: Frame) -> None:
        """Never waits: loading and running go on in threads."""
        if frame.kind == LOAD:
            self._thread("load", self._load, frame.body)
        elif frame.kind == RUN:
            stop = threading.Event()
            with self._lock:
                self._stops[frame.run] = stop
            self._thread(f"run-{frame.run}", self._run, frame.run, frame.body, stop)
        elif frame.kind == STOP:
            with self._lock:
                found = self._stops.get(frame.run)
            if found is not None:
                found.set()

    def close(self) -> None:
        with self._lock:
            stops = list(self._stops.values())
        for stop in stops:
            stop.set()
        self._out.close()
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    @staticmethod
    def _thread(name: str, work: Callable[..., None], *args: Any) -> None:
        threading.Thread(target=work, args=args, name=name, daemon=True).start()

    def _load(self, body: bytes) -> None:
        try:
            order = json.loads(body)
            card, place = Card.model_validate(order["card"]), Place.model_validate(order["place"])
            self._title = card.title
            with LOAD_LOCK:
                runtime = cast(Runtime, importlib.import_module(order["module"]))
                engine = runtime.load(card, Path(order["folder"]), place)
            self._engine = engine
            facts = {"slots": engine.slots, "tasks": sorted(engine.ask_types), "versions": runtime.versions()}
            self._tell(UP, 0, facts)
        except (LoadFailed, Refused) as error:
            self._tell(SORRY, 0, {"message": str(error)})
        except MemoryError:
            self._tell(SORRY, 0, {"message": f"{self._title} needs more memory than it was given."})
        except Exception as error:
            log.exception("loading failed")
            self._tell(SORRY, 0, {"message": f"{self._title} could not be loaded: {_reason(error)}."})

    def _run(self, run: int, body: bytes, stop: threading.Event) -> None:
        state, message = "done", ""
        try:
            self._play(run, body, stop)
            state = "cancelled" if stop.is_set() else "done"
        except Refused as error:
            state, message = "refused", str(error)
        except MemoryError:
            state, message = "failed", f"{self._title} ran out of memory. Ask for less at once, or for something smaller."
        except Exception as error:
            log.exception("a run failed")
            state, message = "failed", f"{self._title} failed: {_reason(error)}."
        with self._lock:
            self._stops.pop(run, None)
        self._tell(END, run, {"state": state, "message": message})

    def _play(self, run: int, body: bytes, stop: threading.Event) -> None:
        engine = self._engine
        if engine is None:
            raise Refused("The model is not loaded.")
        for event in engine.run(self._ask(engine, body), stop):
            self._out.put(_Out(run, event=event))

    def _ask(self, engine: Engine, body: bytes) -> Ask:
        task = json.loads(body).get("task")
        kind = engine.ask_types.get(task)
        if kind is None:
            raise Refused(f"{self._title} cannot do the task `{task}`; it can do {', '.join(sorted(engine.ask_types))}.")
        try:
            return kind.loads(body)
        except ValidationError as error:
            raise Refused(f"This ask cannot be understood: {say(error)}.") from error


def _reason(error: BaseException) -> str:
    words = str(error).strip().rstrip(".")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
