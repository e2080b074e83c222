"""The Music tab: hands asks to the workbench and streams what comes to the page. The room itself is `assets/ui/music/`."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from studio.core.errors import Refused, StudioError
from studio.core.event import Offer
from studio.music.merging import unchanged
from studio.music.notation.roll import to_roll
from studio.music.room import Room
from studio.music.tune import Tune
from studio.ui.components import part
from studio.ui.shell import Shell, owner_of, plainly
from studio.ui.stream import View, views

PER_SECOND = 8.0  # a picture of every take this often


def build(shell: Shell) -> None:
    room = Room(shell.store)
    music = part("music-room", {"session": None, "run": None})

    def here(session: str) -> dict[str, Any]:
        return {"session": session or None, "run": None}

    def ask(session: str, event: gr.EventData, request: gr.Request) -> Iterator[Any]:
        owner = owner_of(request)
        data = getattr(event, "wish", None)
        if not isinstance(data, dict):
            raise Refused("The page sent something that could not be read. Reload it and try again.")
        token = str(data.get("token", ""))[:40]
        try:
            for run in _running(owner, data):
                yield {"session": session, "run": {"token": token, **run}}
        except StudioError as error:
            yield {"session": session, "run": {"token": token, "ended": True, "error": str(error), "takes": {}}}

    def _running(owner: str, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
        wish, at, piece = room.ask(owner, data)
        before: Tune | None = getattr(wish, "tune", None)
        running = shell.workbench.run(wish, owner, at, piece)
        about = {"job": running.job.id, "task": wish.task, "n": wish.n, "model": running.job.model, "piece": piece}
        view = View()
        try:
            for view in views(running, PER_SECOND):
                yield {**about, **shown(view, wish, before), "ended": False}
            yield {**about, **shown(view, wish, before), "ended": True, "state": running.state}
        finally:
            running.close()

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    shell.session.change(here, shell.session, music, **quiet)
    music.ask(plainly(ask), shell.session, music, **quiet)


def shown(view: View, wish: Any, before: Tune | None) -> dict[str, Any]:
    progress = view.progress
    return {
        "stage": progress.stage if progress else "queued",
        "position": progress.position if progress else 0,
        "fraction": progress.fraction if progress else 0.0,
        "notices": [notice.text for notice in view.notices],
        "takes": {
            **{str(i): {"roll": to_roll(Tune.loads(preview.body)), "done": False} for i, preview in view.previews.items()},
            **{str(i): offered(offer, wish, before) for i, offer in view.offers.items()},
        },
    }


def offered(offer: Offer, wish: Any, before: Tune | None) -> dict[str, Any]:
    tune = Tune.loads(offer.things[0].body)
    return {
        "done": True, "id": offer.id, "index": offer.index, "seed": offer.seed, "task": wish.task, "summary": offer.summary,
        "partial": offer.partial, "facts": offer.facts, "roll": to_roll(tune), "chosen": None,
        "model": offer.recipe.model if offer.recipe else "",
        "unchanged": unchanged(before, tune) if before else None,
    }  # fmt: skip
