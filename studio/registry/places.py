"""Where a model may live on this machine. Looks for accelerators without importing a library that knows them."""

import os
import sys
from pathlib import Path

from studio.core.card import Card
from studio.core.engine import Place

GIB = 1024**3


def accelerators() -> list[str]:
    """A driver that is there may still be one the libraries cannot use: a load then falls back to the processor."""
    if sys.platform == "darwin":
        return ["mps"] if os.uname().machine == "arm64" else []
    if sys.platform == "win32":
        return ["cuda"] if Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32", "nvcuda.dll").exists() else []
    return ["cuda"] if Path("/dev/nvidia0").exists() else []


def threads_here() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def places_for(card: Card, wanted: str, budget: int, threads: int) -> list[Place]:
    """The places to try, best first; empty if there is none."""
    if card.source.kind == "server":
        return [Place(device="remote", threads=1, memory=0)]
    fixed = wanted if wanted in card.devices else "cpu"
    names = [*accelerators(), "cpu"] if wanted == "auto" else [fixed]
    memory = min(budget, max(2 * card.memory, card.memory + GIB))
    return [Place(device=name, threads=threads, memory=memory) for name in names if name in card.devices]
