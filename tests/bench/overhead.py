"""What a streamed update costs on its way through host and workbench, beside yielding it straight from the engine."""

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from studio.core.engine import Place
from studio.core.event import Delta
from tests.fakes import TextAsk, fake_card, load
from tests.workbenches import open_bench


def measure_overhead(updates: int = 400, rate: int = 50, n: int = 1) -> dict[str, Any]:
    """CPU milliseconds an update, both processes together, at a pace at which every update is streamed singly."""
    card = fake_card(rate=rate, updates=updates)
    ask = TextAsk(n=n, seed=1)
    engine = load(card, Path(), Place(device="cpu", threads=1, memory=0))
    before = time.process_time()
    straight = sum(isinstance(event, Delta) for event in engine.run(ask, threading.Event()))
    direct = time.process_time() - before
    with tempfile.TemporaryDirectory() as folder, open_bench(Path(folder), host_kind="process", cards=(card,)) as bench:
        bench.registry.load(card.id)
        host = bench.registry._residents[card.id].living
        assert host is not None
        child = psutil.Process(host._link.pid)  # type: ignore[attr-defined]
        for _ in bench.workbench.run(TextAsk(words=5), bench.owner, bench.session):
            pass
        before, theirs = time.process_time(), sum(child.cpu_times()[:2])
        running = bench.workbench.run(ask, bench.owner, bench.session)
        seen = sum(isinstance(event, Delta) for event in running)
        spent = time.process_time() - before + sum(child.cpu_times()[:2]) - theirs
    each = (spent - direct) / straight * 1000
    return {
        "updates": straight,
        "seen": seen,
        "overhead_ms": round(each, 3),
        "direct_ms": round(direct / straight * 1000, 3),
        "through_ms": round(spent / straight * 1000, 3),
    }
