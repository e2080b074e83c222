"""The shell of the page: sessions left, tabs in the middle, the strip at the bottom; where the person is.

A tab is one `Tab` entry: a name and a `build(shell)` that lays out its room and hangs its handlers on
`shell.session`. The shell knows nothing else of it. Only ids live in the page's state.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr

from studio.core.errors import NotFound, StudioError
from studio.core.work import Session
from studio.sessions.store import Store
from studio.ui import texts
from studio.ui.components import part
from studio.workbench import Workbench


@dataclass(frozen=True)
class Tab:
    id: str  # in the address: ?tab=write
    label: str
    build: Callable[["Shell"], None]


@dataclass(frozen=True)
class Shell:
    """What a tab is given: the rooms it may use, and the open session as a state it can listen to."""

    store: Store
    workbench: Workbench
    session: gr.State  # id of the open session; `.change` fires when another is opened

    def owner(self, request: gr.Request) -> str:
        return owner_of(request)


def owner_of(request: gr.Request) -> str:
    """The person behind a request. The guard has let nobody in without a name."""
    name = request.username
    if not name:
        raise gr.Error("Sign in again: the studio does not know who you are.", print_exception=False)
    return str(name)


def plainly(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler, plain or a generator, whose refusals reach the person as the sentence they are."""

    @wraps(handler)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _sentences():
            return handler(*args, **kwargs)

    @wraps(handler)
    def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with _sentences():
            yield from handler(*args, **kwargs)

    return stream if isgeneratorfunction(handler) else run


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except StudioError as error:
        raise gr.Error(str(error), title="That did not work", print_exception=False) from None


def build_page(store: Store, workbench: Workbench, tabs: Sequence[Tab], *, title: str = texts.TITLE) -> gr.Blocks:
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, delete_cache=(600, 86400)) as page:
        session = gr.State("")
        place = gr.BrowserState({"session": ""}, storage_key="tandem-place", secret="tandem-place-v1")
        with gr.Row(elem_id="house"):
            with gr.Column(elem_id="left", scale=0, min_width=264):
                gr.HTML(f"<h1>{texts.TITLE}</h1><p>{texts.MOTTO}</p>", elem_id="brand")
                sessions = part("session-list", {"sessions": [], "trash": [], "current": None, "query": ""})
            with gr.Column(elem_id="middle", scale=1):
                part("drawer", elem_id="drawer")
                with gr.Tabs(elem_id="tabs"):
                    for tab in tabs:
                        with gr.Tab(tab.label, id=tab.id, elem_id=f"tab-{tab.id}") as room:
                            tab.build(Shell(store, workbench, session))
                        # The page keeps which tab is in front, and restores it: an answer of ours would come too late.
                        room.select(None, js=f"() => Studio.chosen('{tab.id}')", show_progress="hidden")
        part("status-strip", elem_id="strip")
        _Sessions(store).listen(page, sessions, session, place)
    page.queue(default_concurrency_limit=None, max_size=400, api_open=False)
    return page


def _row(session: Session) -> dict[str, str]:
    return {"id": session.id, "title": session.title, "updated": session.updated.isoformat()}


class _Sessions:
    """The handlers of the list on the left."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def listen(self, page: gr.Blocks, part: gr.HTML, session: gr.State, place: gr.BrowserState) -> None:
        def arrive(kept: dict[str, str] | None, request: gr.Request) -> tuple[Any, ...]:
            owner = owner_of(request)
            asked = dict(request.query_params)
            kept = kept if isinstance(kept, dict) else {}
            here = self._find(owner, [asked.get("session"), kept.get("session")])
            return self.show(owner, here), here, {"session": here}

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(plainly(arrive), place, [part, session, place], **quiet)
        for name in ("open", "create", "rename", "duplicate", "trash", "restore", "erase", "search"):
            listener = getattr(part, name)
            listener(plainly(getattr(self, name)), [session, place], [part, session, place], **quiet)

    def _find(self, owner: str, wanted: Sequence[str | None]) -> str:
        """The first wanted session that exists, else the newest, else a new first one."""
        for id in filter(None, wanted):
            try:
                found = self.store.session(owner, id)
            except NotFound:
                continue
            if found.trashed is None:
                return found.id
        newest = self.store.sessions(owner)
        return newest[0].id if newest else self.store.create_session(owner, texts.FIRST_SESSION).id

    def show(self, owner: str, here: str, query: str = "") -> dict[str, Any]:
        return {
            "sessions": [_row(s) for s in self.store.sessions(owner, query)],
            "trash": [_row(s) for s in self.store.sessions(owner, trashed=True)],
            "current": here,
            "query": query,
        }

    def _answer(self, owner: str, here: str, place: dict[str, str]) -> tuple[Any, str, dict[str, str]]:
        return self.show(owner, here), here, {**place, "session": here}

    def open(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        return self._answer(owner, self.store.session(owner, event.id).id, place)

    def create(self, here: str, place: dict[str, str], request: gr.Request) -> Any:
        owner = owner_of(request)
        return self._answer(owner, self.store.create_session(owner, texts.NEW_SESSION).id, place)

    def rename(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        self.store.rename_session(owner, event.id, str(event.title))
        return self._answer(owner, here, place)

    def duplicate(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        return self._answer(owner, self.store.duplicate_session(owner, event.id).id, place)

    def trash(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        self.store.trash_session(owner, event.id)
        gr.Info("The session is in the trash. It can be restored from there.", duration=4)
        return self._answer(owner, here if event.id != here else self._find(owner, []), place)

    def restore(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        self.store.restore_session(owner, event.id)
        return self._answer(owner, event.id, place)

    def erase(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        self.store.erase_session(owner, event.id)
        return self._answer(owner, here, place)

    def search(self, here: str, place: dict[str, str], event: gr.EventData, request: gr.Request) -> Any:
        owner = owner_of(request)
        return self.show(owner, here, str(event.query)[:200]), here, place
