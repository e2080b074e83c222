"""The Write tab: hands asks to the workbench and streams what comes to the page. The room itself is `assets/ui/writing/`."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from studio.core.errors import Refused, StudioError
from studio.core.event import Offer
from studio.ui.components import part
from studio.ui.shell import Shell, owner_of, plainly
from studio.ui.stream import View, views
from studio.writing.room.asked import Asking
from studio.writing.room.showing import body_shown, spread_of

PER_SECOND = 12.0  # a picture of every offer this often


def build(shell: Shell) -> None:
    asking = Asking(shell.store, shell.workbench)
    room = part("write-room", {"session": None, "run": None})

    def here(session: str) -> dict[str, Any]:
        return {"session": session or None, "run": None}

    def ask(session: str, event: gr.EventData, request: gr.Request) -> Iterator[Any]:
        owner = owner_of(request)
        data = getattr(event, "wish", None)
        if not isinstance(data, dict):
            raise Refused("The page sent something that could not be read. Reload it and try again.")
        token = str(data.get("token", ""))[:40]
        try:
            for run in _running(owner, session, data):
                yield {"session": session, "run": {"token": token, **run}}
        except StudioError as error:
            yield {"session": session, "run": {"token": token, "ended": True, "error": str(error), "offers": {}}}

    def _running(owner: str, session: str, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
        wished = asking.wish(owner, session, data)
        running = shell.workbench.run(wished.ask, owner, wished.session, wished.piece, wished.model, wished.more)
        title = asking.titles().get(wished.model, wished.model)
        made_by = {"task": wished.ask.task, "model": wished.model, "model_title": title}
        about = {"job": running.job.id, "n": wished.ask.n, "piece": wished.piece, "session": wished.session, **made_by}
        view = View()
        try:
            for view in views(running, PER_SECOND):
                yield {**about, **shown(view, made_by), "ended": False}
            last = shown(view, made_by)
            yield {**about, **last, "ended": True, "state": running.state, "spread": spread_of(last["offers"].values())}
        finally:
            running.close()

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    shell.session.change(here, shell.session, room, **quiet)
    room.ask(plainly(ask), shell.session, room, **quiet)


def shown(view: View, made_by: dict[str, Any]) -> dict[str, Any]:
    progress = view.progress
    growing: dict[int, dict[str, Any]] = {i: {"text": text} for i, text in view.texts.items()}
    growing |= {i: body_shown(preview.media_type, preview.body) for i, preview in view.previews.items()}
    offers = {str(i): {"index": i, "done": False, **made_by, **body} for i, body in growing.items()}
    offers |= {str(i): offered(offer, made_by) for i, offer in view.offers.items()}
    return {
        "stage": progress.stage if progress else "queued",
        "position": progress.position if progress else 0,
        "fraction": progress.fraction if progress else 0.0,
        "notices": [notice.text for notice in view.notices],
        "offers": offers,
    }


def offered(offer: Offer, made_by: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": offer.id, "index": offer.index, "seed": offer.seed, "done": True, "partial": offer.partial, "chosen": None,
        "summary": offer.summary, "facts": offer.facts, **made_by,
        **body_shown(offer.things[0].media_type, offer.things[0].body, offer.facts),
    }  # fmt: skip
