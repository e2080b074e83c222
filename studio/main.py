"""Composition root: builds registry, store, workbench and page, and serves them. Nothing else knows all of them."""

import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.registry.registry import Registry, open_registry
from studio.serving.desk import desk_routes
from studio.serving.guard import Guard
from studio.serving.live import Live
from studio.serving.people import Gate, HeaderGate, OpenGate, PasswordGate, People, server_secret, who_of
from studio.serving.routes import page_routes
from studio.serving.sign_in import sign_in_routes
from studio.sessions.store import Store, open_store
from studio.settings import BadSettings, Settings, prepare_data_dir
from studio.workbench import Workbench

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from studio.ui.shell import Tab

PRIVATE = ("tandem.db", "tandem.db-wal", "tandem.db-shm", "blobs", "models", "backups", "people.json", "secret", "catalog.toml")
OPEN_TO_ALL = "Everybody on your network can read and change everything here. Start with --sign-in password to keep people apart."
ASSETS = Path(__file__).resolve().parents[1] / "assets"


@dataclass(frozen=True)
class Studio:
    """The rooms, opened."""

    settings: Settings
    store: Store
    registry: Registry
    workbench: Workbench
    gate: Gate

    def close(self) -> None:
        self.workbench.close()
        self.registry.close()
        self.store.close()


def open_studio(settings: Settings, runtimes: Mapping[str, str] | None = None) -> Studio:
    """Everything behind the page. `runtimes` adds engines by import path; tests use it for their fakes."""
    prepare_data_dir(settings.data_dir)
    store = open_store(settings.database, settings.blobs, settings.data_dir)
    store.interrupt_orphans()
    registry = registry_of(settings, runtimes)
    return Studio(settings, store, registry, Workbench(registry, store), gate_of(settings))


def registry_of(settings: Settings, runtimes: Mapping[str, str] | None = None) -> Registry:
    """The models alone, for the command line."""
    return open_registry(
        data_dir=settings.data_dir,
        models_dir=settings.models,
        assets_dir=ASSETS / "models",
        budget=settings.memory_budget,
        device=settings.run_device,
        offline=settings.offline,
        host_kind=settings.host_kind,
        runtimes=runtimes or {},
    )


def gate_of(settings: Settings) -> Gate:
    if settings.sign_in == "password":
        return PasswordGate(People(settings.data_dir / "people.json"), server_secret(settings.data_dir))
    if settings.sign_in == "header":
        return HeaderGate(settings.sign_in_header, {p.strip() for p in settings.trusted_proxies.split(",")})
    return OpenGate()


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
        if settings.sign_in == "none" and settings.host not in ("127.0.0.1", "localhost", "::1"):
            print(OPEN_TO_ALL, flush=True)
        print(f"Tandem is ready at {address(settings)}", flush=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        stopped.wait()
        page.close(verbose=False)
    finally:
        studio.close()
    return 0


def routes(studio: Studio) -> "list[BaseRoute]":
    """Every route of ours."""
    from studio.music.room import as_text
    from studio.music.routes import music_routes
    from studio.music.sheet import SHEET_TYPE
    from studio.ui import components
    from studio.writing.manuscript.manuscript import MANUSCRIPT_TYPE
    from studio.writing.room.routes import writing_routes
    from studio.writing.room.table import as_text as manuscript_text

    who = who_of(studio.gate)
    live = Live(studio.registry, studio.workbench)
    signs_in = isinstance(studio.gate, PasswordGate)
    ours = page_routes(studio.store, live, who, components.UI, components.script(), signs_in=signs_in)
    ours += desk_routes(studio.store, live, who, {SHEET_TYPE: as_text, MANUSCRIPT_TYPE: manuscript_text})
    ours += music_routes(studio.store, studio.workbench, who)
    ours += writing_routes(studio.store, studio.workbench, who)
    if isinstance(studio.gate, PasswordGate):
        ours += sign_in_routes(studio.gate, components.UI / "sign_in.html")
    return ours


def guard_of(studio: Studio, app: Any) -> Guard:
    settings = studio.settings
    hosts = ["localhost", "127.0.0.1", "::1", settings.host, socket.gethostname(), *settings.public_hosts.split(",")]
    return Guard(app, studio.gate, hosts=hosts, temp=settings.data_dir / "temp", signs_in=settings.sign_in == "password")


def launch(page: Any, studio: Studio) -> None:
    """Gradio's server with our routes and the guard around all of it. Returns once the page answers."""
    from studio.ui import components
    from studio.ui.theme import theme

    settings = studio.settings
    if settings.sign_in == "header":  # the gate believes an address: the caller's own, not one it says it has
        os.environ["FORWARDED_ALLOW_IPS"] = ""
    guards: list[Guard] = []

    @asynccontextmanager
    async def guarded(app: Any) -> AsyncIterator[None]:
        # Around Gradio's own middleware too, which is added after any that could be handed in; and before the
        # server takes its first request.
        app.middleware_stack = guard_of(studio, app.middleware_stack)
        guards.append(app.middleware_stack)
        yield

    page.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        quiet=True,
        theme=theme(),
        head=components.head(components.stamp()),
        app_kwargs={"routes": routes(studio), "lifespan": guarded},
        auth_dependency=who_of(studio.gate),
        # All of the data folder but `temp`, where uploads lie; the guard gives those to their uploader only.
        blocked_paths=[str(settings.data_dir / name) for name in PRIVATE],
        max_file_size="20mb",
        state_session_capacity=200,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        share=False,
    )
    for guard in guards:
        guard.starting = False


def quiet_gradio(data_dir: Path) -> None:
    """No telemetry, own folder for temporary files, no work per event for analytics. Before Gradio is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(data_dir / "temp")
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address once while it starts
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "localhost,127.0.0.1,::1"]))


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadSettings(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another with --port or TANDEM_PORT."
            ) from None


def address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"
