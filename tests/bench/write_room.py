"""The figures of the writing room behind the page: a long book opened and saved, and how soon offers begin to come.

The page's own share (painting, keystrokes) is measured in the browser; here is what the studio takes, through the same doors,
with the answer read by the client. Times are by the clock, on a disk that is really written to.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from studio.core.event import Delta, Preview
from tests.bench.figure import Figure, Measured
from tests.bench.manuscript import WORDS, long_book
from tests.doors import Doors
from tests.running import ROOT

OPEN, SAVE, FIRST = 500, 100, 1000  # milliseconds
TIMES = 20


@contextmanager
def opened(host_kind: str = "thread") -> Iterator[tuple[Doors, str, str]]:
    """The doors, and the piece and the copy of a book of 120,000 words with 60 spans in each of its 60 scenes."""
    out = ROOT / "out"
    out.mkdir(exist_ok=True)  # a folder for temporary files may be memory
    with tempfile.TemporaryDirectory(dir=out, ignore_cleanup_errors=True) as folder, Doors(Path(folder), host_kind) as doors:
        store = doors.studio.store
        piece = store.create_piece(doors.owner, doors.session, "text", "manuscript", "A long book").id
        copy = store.working(doors.owner, piece)
        store.autosave(doors.owner, copy.id, copy.version, long_book(60, 60).dumps().decode())
        yield doors, piece, copy.id


def _took(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def opening() -> Measured:
    """Nothing of it is in memory: as after a start."""
    took = []
    with opened() as (doors, piece, _):
        doors.get(f"manuscripts/{piece}")  # imports and the first connection
        for _ in range(7):
            doors.forget()
            took.append(_took(lambda: doors.get(f"manuscripts/{piece}")))
        warm = _took(lambda: doors.get(f"manuscripts/{piece}"))
    median = statistics.median(took)
    return Measured(
        f"{median:.0f} ms, {max(took):.0f} ms at worst; {warm:.0f} ms when it is open already", median < OPEN, {"ms": took}
    )


def saving() -> Measured:
    """A few words at a time all over the book; now and then a page is pasted, which makes a draft of what was there."""
    took: dict[str, list[float]] = {"typed": [], "pasted": []}
    with opened() as (doors, piece, copy):
        version = doors.get(f"manuscripts/{piece}")["version"]
        for i in range(TIMES * 2):
            kind = "pasted" if i % 8 == 7 else "typed"
            text = "What nobody ever wrote in this book before today. " * 60 if kind == "pasted" else "and then "
            edit = {"scene": f"s{i}", "at": 300, "text": text, "how": kind}
            started = time.perf_counter()
            version = doors.post(f"copies/{copy}/edit", version=version, edits=[edit])["version"]
            took[kind].append((time.perf_counter() - started) * 1000)
    typed, pasted = (sorted(took[kind]) for kind in ("typed", "pasted"))
    slow = typed[int(0.95 * len(typed))]
    said = f"{statistics.median(typed):.0f} ms, 95 of 100 within {slow:.0f} ms; {max(pasted):.0f} ms at worst with a page pasted"
    return Measured(said, slow < SAVE and statistics.median(pasted) < SAVE, took)


def firsts(task: str, fields: dict[str, Any]) -> list[float]:
    """From the click to something of every one of three offers, the model loaded and used before."""
    took = []
    with opened("process") as (doors, _, copy):
        for i in range(6):
            started = time.perf_counter()
            wish = {"task": task, "working": copy, "scene": "s30", "fields": {**fields, "n": 3, "seed": i}}
            wished = doors.asking.wish(doors.owner, doors.session, wish)
            seen: set[int] = set()
            with doors.studio.workbench.run(wished.ask, doors.owner, wished.session, wished.piece, "writer-mini", wished.more) as running:
                for event in running:
                    if isinstance(event, Delta) and event.text.strip() or isinstance(event, Preview):
                        seen.add(event.index)
                    if len(seen) == 3:
                        break
                took.append((time.perf_counter() - started) * 1000)
    return took[1:]  # the first loads the model


def beginning() -> Measured:
    found = {"continue": firsts("continue", {"words": 60}), "plot": firsts("plot", {"premise": "A tide gauge that lies."})}
    medians = {task: statistics.median(took) for task, took in found.items()}
    said = ", ".join(f"{task} {ms:.0f} ms" for task, ms in medians.items())
    return Measured(f"{said}, in the middle of {WORDS:,} words", max(medians.values()) < FIRST, found)


FIGURES = (
    Figure("room-open", f"{WORDS:,} words are read and answered in under {OPEN} ms", opening),
    Figure("room-autosave", f"a save of {WORDS:,} words is on disk and answered in under {SAVE} ms", saving),
    Figure("room-first", f"from the click to first words of all three offers in under {FIRST} ms, model loaded", beginning),
)
