"""The doors of the writing room: JSON in, JSON and files out. Everything is done in the owner's name by the room."""

import json
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from studio.core.errors import Refused
from studio.serving.answers import Who, answering
from studio.sessions.store import Store
from studio.workbench import Workbench
from studio.writing.asked import Asking

JSON = dict[str, Any]
UNREAD = "The page sent something that could not be read. Reload it and try again."


def writing_routes(store: Store, workbench: Workbench, who: Who) -> list[BaseRoute]:
    asking = Asking(store, workbench)
    room, offers = asking.room, asking.offers

    def at(path: str, handler: Callable[[str, Request], Any]) -> Route:
        return Route(f"/studio/writing/{path}", answering(who, lambda owner, r: _told(handler(owner, r))))

    def post(path: str, handler: Callable[[str, str, JSON], Any]) -> Route:
        return sent(path, lambda owner, r, body: handler(owner, id(r), load_json(body)))

    def sent(path: str, handler: Callable[[str, Request, bytes], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(answering(who, lambda owner, r: _told(handler(owner, r, body))), request)

        return Route(f"/studio/writing/{path}", endpoint, methods=["POST"])

    def id(request: Request) -> str:
        return str(request.path_params["id"])

    def whole(owner: str, state: JSON) -> JSON:
        """A state with what stands beside the manuscript."""
        return {**state, "offers": offers.of_piece(owner, state["piece"]), "models": asking.models()}

    def opened(owner: str, request: Request) -> JSON:
        return whole(owner, room.open(owner, id(request), request.query_params.get("working")))

    return [
        at("models", lambda owner, r: {"models": asking.models()}),
        at("sessions/{id}/manuscripts", lambda owner, r: {"manuscripts": room.manuscripts(owner, id(r))}),
        post("sessions/{id}/new", lambda owner, at, data: whole(owner, room.create(owner, at, _text(data, "title", 200)))),
        at("manuscripts/{id}", opened),
        at("manuscripts/{id}/offers", lambda owner, r: offers.of_piece(owner, id(r), r.query_params.get("job"))),
        post("manuscripts/{id}/rename", lambda owner, at, data: room.rename(owner, at, _text(data, "title", 300))),
        post("manuscripts/{id}/trash", lambda owner, at, data: room.trash(owner, at)),
        post("manuscripts/{id}/restore", lambda owner, at, data: room.bring_back(owner, at)),
        post("copies/{id}/edit", lambda owner, at, data: room.edit(owner, at, _whole(data, "version"), data.get("edits"))),
        post("copies/{id}/put", lambda owner, at, data: room.put(owner, at, _whole(data, "version"), _text(data, "what"), data.get("value"))),
        post("copies/{id}/keep", lambda owner, at, data: room.keep(owner, at, _text(data, "summary", 160))),
        post("copies/{id}/back", lambda owner, at, data: whole(owner, room.back(owner, at, _text(data, "draft")))),
        post("copies/{id}/settle", lambda owner, at, data: room.settle(owner, at, _text(data, "key", 400))),
        at("offers/{id}", lambda owner, r: offers.one(owner, id(r))),
        post("offers/{id}/take", lambda owner, at, data: offers.take(owner, at, _text(data, "working"), _whole(data, "version"), data)),
        post("offers/{id}/diff", lambda owner, at, data: offers.diff(owner, at, _text(data, "working"), _text(data, "scene"), _whole(data, "start"), _whole(data, "end"))),
        post("offers/{id}/keep-plot", lambda owner, at, data: whole(owner, offers.keep_plot(owner, at, _text(data, "session"), _text(data, "working") or None))),
        post("offers/{id}/reject", lambda owner, at, data: offers.reject(owner, at)),
    ]  # fmt: skip


def _told(answer: Any) -> Any:
    """Letters as they are: half the size of a text that is not English, and quicker than escaping them."""
    if isinstance(answer, Response):
        return answer
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def load_json(body: bytes) -> JSON:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(UNREAD) from None
    if not isinstance(data, dict):
        raise Refused(UNREAD)
    return data


def _text(data: JSON, name: str, most: int = 80) -> str:
    value = data.get(name)
    return value[:most] if isinstance(value, str) else ""


def _whole(data: JSON, name: str) -> int:
    value = data.get(name)
    if type(value) is not int:
        raise Refused("A save needs a version and places in the text. Reload the page and try again.")
    return value
