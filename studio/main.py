"""Composition root: builds registry, store, workbench and page, and serves them. Nothing else knows all of them."""

import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from studio.registry.registry import Registry, open_registry
from studio.sessions.store import Store, open_store
from studio.settings import BadSettings, Settings, prepare_data_dir
from studio.workbench import Workbench

if TYPE_CHECKING:
    from studio.ui.shell import Tab

ASSETS = Path(__file__).resolve().parents[1] / "assets"


@dataclass(frozen=True)
class Studio:
    """The rooms, opened."""

    settings: Settings
    store: Store
    registry: Registry
    workbench: Workbench

    def close(self) -> None:
        self.workbench.close()
        self.registry.close()
        self.store.close()


def open_studio(settings: Settings, runtimes: Mapping[str, str] | None = None) -> Studio:
    """Everything behind the page. `runtimes` adds engines by import path; tests use it for their fakes."""
    prepare_data_dir(settings.data_dir)
    store = open_store(settings.database, settings.blobs, settings.data_dir)
    store.interrupt_orphans()
    registry = open_registry(
        data_dir=settings.data_dir,
        models_dir=settings.models,
        assets_dir=ASSETS / "models",
        budget=settings.memory_budget,
        device=settings.run_device,
        offline=settings.offline,
        host_kind=settings.host_kind,
        runtimes=runtimes or {},
    )
    return Studio(settings, store, registry, Workbench(registry, store))


def tabs() -> "list[Tab]":
    """One line a tab."""
    from studio.images import tab as picture
    from studio.music import tab as music
    from studio.ui import models_tab, session_tab
    from studio.ui.shell import Tab
    from studio.writing import tab as write

    return [
        Tab("write", "Write", write.build),
        Tab("picture", "Picture", picture.build),
        Tab("music", "Music", music.build),
        Tab("models", "Models", models_tab.build),
        Tab("session", "Session", session_tab.build),
    ]


def build(studio: Studio, extra_tabs: "Sequence[Tab]" = ()) -> Any:
    """The page over the rooms."""
    from studio.ui.shell import build_page

    return build_page(studio.store, studio.workbench, [*tabs(), *extra_tabs])


def serve(settings: Settings, runtimes: Mapping[str, str] | None = None, extra_tabs: "Sequence[Tab]" = ()) -> int:
    """Start everything, print the address, stay until told to stop."""
    check_port(settings.host, settings.port)
    prepare_data_dir(settings.data_dir)
    quiet_gradio(settings.data_dir)
    studio = open_studio(settings, runtimes)
    stopped = threading.Event()
    try:
        page = build(studio, extra_tabs)
        launch(page, studio)
        print(f"Tandem is ready at {address(settings)}", flush=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        stopped.wait()
        page.close(verbose=False)
    finally:
        studio.close()
    return 0
