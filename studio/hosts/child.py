"""The child process of a host: `python -m studio.hosts.child`. Talks in frames over stdin and stdout.

Takes the pipes for itself and points stdout at stderr, so that what libraries print does no harm. Ends when its
parent ends. Imports nothing heavy: that is the engine's business.
"""

import json
import os
import sys
import threading
from typing import BinaryIO

from studio.hosts import wire
from studio.hosts.worker import Worker

SLACK = 512 * 1024 * 1024  # stacks, libraries and allocator reserves that are no part of a model's memory


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _die_with_parent() -> None:
    """Linux kills this process when the thread that started it ends; elsewhere the end of stdin has to do."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1: PR_SET_PDEATHSIG
    if os.getppid() != int(os.environ.get("TANDEM_PARENT", os.getppid())):
        os._exit(1)


def _limit(order: bytes) -> None:
    """On the processor, memory beyond the place's limit is refused by the system: a MemoryError, not a dead machine."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place = json.loads(order)["place"]
    if place["device"] == "cpu" and place["memory"] > 0:
        wanted = place["memory"] + SLACK
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or wanted < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _send(worker: Worker, sink: BinaryIO) -> None:
    try:
        while (frame := worker.next_frame()) is not None:
            wire.write(sink, frame)
    except (OSError, wire.BadFrame) as error:
        print(f"cannot talk to the studio: {error}", file=sys.stderr, flush=True)
        os._exit(1)


def main() -> None:
    source, sink = _take_pipes()
    _die_with_parent()
    worker = Worker()
    threading.Thread(target=_send, args=(worker, sink), name="send", daemon=True).start()
    try:
        while (frame := wire.read(source)) is not None:
            if frame.kind == wire.LOAD:
                _limit(frame.body)
            worker.handle(frame)
    finally:
        os._exit(0)  # the parent is gone or wants an end: memory goes back at once, whatever a library still does


if __name__ == "__main__":
    main()
