"""A workbench over fakes and a real store in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.registry import Registry
from studio.sessions.store import Store, open_store
from studio.workbench import Workbench
from tests.fakes import fake_registry


@dataclass(frozen=True)
class Bench:
    workbench: Workbench
    registry: Registry
    store: Store
    session: str
    owner: str = "me"


@contextmanager
def open_bench(folder: Path, **options: Any) -> Iterator[Bench]:
    """`options` as for fake_registry."""
    registry = fake_registry(folder, **options)
    store = open_store(f"sqlite:///{folder / 'tandem.db'}", str(folder / "blobs"), folder)
    workbench = Workbench(registry, store)
    try:
        yield Bench(workbench, registry, store, store.create_session("me", "A session").id)
    finally:
        workbench.close()
        registry.close()
        store.close()
