"""The doors of the writing room: JSON in, JSON and files out. Everything is done in the owner's name by the room."""

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from studio.core.errors import Refused
from studio.serving.answers import Who, answering
from studio.sessions.store import Store
from studio.workbench import Workbench
from studio.writing.manuscript.find import Query
from studio.writing.room.asked import Asking
from studio.writing.room.export import exported

JSON = dict[str, Any]
Get = Callable[[str, str, Any], Any]  # owner, id, what the address asks
Post = Callable[[str, str, JSON], Any]  # owner, id, what was sent
UNREAD = "The page sent something that could not be read. Reload it and try again."


def writing_routes(store: Store, workbench: Workbench, who: Who) -> list[BaseRoute]:
    doors = _Doors(Asking(store, workbench))

    def at(path: str, handler: Get) -> Route:
        def answer(owner: str, request: Request) -> Any:
            return told(handler(owner, request.path_params.get("id", ""), {**request.query_params, **request.path_params}))

        return Route(f"/studio/writing/{path}", answering(who, answer))

    def sent(path: str, handler: Callable[[str, str, Any, bytes], Any]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.body()

            def answer(owner: str, r: Request) -> Any:
                return told(handler(owner, str(r.path_params["id"]), r.query_params, body))

            return await run_in_threadpool(answering(who, answer), request)

        return Route(f"/studio/writing/{path}", endpoint, methods=["POST"])

    def post(path: str, handler: Post) -> Route:
        return sent(path, lambda owner, id, query, body: handler(owner, id, load_json(body)))

    return [
        *(at(path, handler) for path, handler in doors.gets().items()),
        *(post(path, handler) for path, handler in doors.posts().items()),
        sent("sessions/{id}/import", doors.bring),
    ]


class _Doors:
    """Path -> what is done behind it."""

    def __init__(self, asking: Asking) -> None:
        self.asking, self.room, self.offers = asking, asking.room, asking.offers
        self.looking, self.changing = asking.looking, asking.changing

    def gets(self) -> dict[str, Get]:
        room, look, offers = self.room, self.looking, self.offers
        return {
            "models": lambda owner, id, asked: {"models": self.asking.models()},
            "sessions/{id}/manuscripts": lambda owner, id, asked: {"manuscripts": room.manuscripts(owner, id)},
            "manuscripts/{id}": lambda owner, id, asked: self.whole(owner, room.open(owner, id, asked.get("working"))),
            "manuscripts/{id}/offers": lambda owner, id, asked: offers.of_piece(owner, id, asked.get("job")),
            "manuscripts/{id}/drafts": lambda owner, id, asked: look.drafts(owner, id),
            "copies/{id}/counts": lambda owner, id, asked: look.counts(owner, id, asked.get("scene", "")),
            "copies/{id}/find": self.find,
            "copies/{id}/about": lambda owner, id, asked: look.about(owner, id, asked.get("preset", "plain")),
            "copies/{id}/context": self.context,
            "copies/{id}/compare": lambda owner, id, asked: look.compare(
                owner, id, asked.get("draft", ""), asked.get("copy", "")
            ),
            "copies/{id}/replay": lambda owner, id, asked: look.replay(owner, id),
            "copies/{id}/replay/{step}": lambda owner, id, asked: look.replay_at(owner, id, number(asked["step"], -1)),
            "copies/{id}/continuity": lambda owner, id, asked: look.continuity(owner, id),
            "copies/{id}/export/{form}": self.export,
            "offers/{id}": lambda owner, id, asked: offers.one(owner, id),
        }

    def posts(self) -> dict[str, Post]:
        room, offers = self.room, self.offers
        return {
            "sessions/{id}/new": lambda owner, id, data: self.whole(owner, room.create(owner, id, text(data, "title", 200))),
            "manuscripts/{id}/rename": lambda owner, id, data: room.rename(owner, id, text(data, "title", 300)),
            "manuscripts/{id}/trash": lambda owner, id, data: room.trash(owner, id),
            "manuscripts/{id}/restore": lambda owner, id, data: room.bring_back(owner, id),
            "copies/{id}/edit": lambda owner, id, data: room.edit(owner, id, whole(data, "version"), data.get("edits")),
            "copies/{id}/put": self.put,
            "copies/{id}/keep": lambda owner, id, data: room.keep(owner, id, text(data, "summary", 160)),
            "copies/{id}/back": lambda owner, id, data: self.whole(owner, room.back(owner, id, text(data, "draft"))),
            "copies/{id}/settle": lambda owner, id, data: room.settle(owner, id, text(data, "key", 400), data.get("version")),
            "copies/{id}/replace": self.replace,
            "copies/{id}/style": lambda owner, id, data: self.changing.style(owner, id, data),
            "copies/{id}/merge": lambda owner, id, data: self.whole(owner, self.changing.merge(owner, id, text(data, "working"))),
            "offers/{id}/take": self.take,
            "offers/{id}/diff": self.diff,
            "offers/{id}/keep-plot": self.keep_plot,
            "offers/{id}/reject": lambda owner, id, data: offers.reject(owner, id),
        }

    def whole(self, owner: str, state: JSON) -> JSON:
        """A state with what stands beside the manuscript."""
        return {**state, "offers": self.offers.of_piece(owner, state["piece"]), "models": self.asking.models()}

    def bring(self, owner: str, id: str, asked: Any, body: bytes) -> Any:
        state = self.changing.bring(owner, id, body, asked.get("name", ""), asked.get("working"), asked.get("maker", "human"))
        return self.whole(owner, state)

    def put(self, owner: str, id: str, data: JSON) -> Any:
        return self.room.put(owner, id, whole(data, "version"), text(data, "what"), data.get("value"))

    def find(self, owner: str, id: str, asked: Any) -> Any:
        scenes = [asked["scene"]] if asked.get("scene") else []
        return self.looking.find(owner, id, query_of(asked), str(asked.get("to", ""))[:10_000], scenes)

    def replace(self, owner: str, id: str, data: JSON) -> Any:
        only = data.get("only")
        if only is not None and not (isinstance(only, list) and all(type(one) is int for one in only)):
            raise Refused(UNREAD)
        chosen = None if only is None else frozenset(only)
        return self.changing.replace(owner, id, whole(data, "version"), query_of(data), text(data, "to", 10_000), chosen)

    def context(self, owner: str, id: str, asked: Any) -> Any:
        data = {
            "task": asked.get("task"),
            "scene": asked.get("scene"),
            "without": [x for x in asked.get("without", "").split(",") if x],
        }
        data |= {name: number(asked[name], 0) for name in ("start", "end") if asked.get(name)}
        card = self.asking.card(asked.get("model", ""), asked.get("task") or "continue")
        return self.looking.context(owner, id, data, card, self.asking.count(card))

    def export(self, owner: str, id: str, asked: Any) -> Response:
        copy, piece = self.room.copy(owner, id)
        manuscript = self.room.table(owner, copy, piece).manuscript.changed(title=piece.title)
        kind = asked.get("disclosure") or "none"
        page = "" if kind == "none" else self.looking.statement(owner, piece, manuscript, kind, marked=False)
        made = copy.updated.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        file = exported(manuscript, str(asked["form"]), page, made, asked.get("titles") == "1")
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}", "cache-control": "no-store"}
        return Response(file.body, media_type=file.media_type, headers=headers)

    def take(self, owner: str, id: str, data: JSON) -> Any:
        return self.offers.take(owner, id, text(data, "working"), whole(data, "version"), data)

    def diff(self, owner: str, id: str, data: JSON) -> Any:
        return self.offers.diff(owner, id, text(data, "working"), data)

    def keep_plot(self, owner: str, id: str, data: JSON) -> Any:
        state = self.offers.keep_plot(owner, id, text(data, "session"), text(data, "working") or None)
        return self.whole(owner, state)


def told(answer: Any) -> Any:
    """Plain JSON, letters as they are: half the size of a text that is not English, and quicker than escaping them."""
    if isinstance(answer, Response):
        return answer
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


def load_json(body: bytes) -> JSON:
    try:
        data = json.loads(body or b"{}")
        if b"\\ud" in body.lower():  # halves of characters cannot be stored
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Refused(UNREAD) from None
    if not isinstance(data, dict):
        raise Refused(UNREAD)
    return data


def query_of(data: Any) -> Query:
    yes = {name: data.get(name) in (True, "1", "true") for name in ("whole", "case", "regex")}
    said = data.get("q")
    return Query(text=said if isinstance(said, str) else "", whole_words=yes["whole"], case=yes["case"], regex=yes["regex"])


def text(data: JSON, name: str, most: int = 80) -> str:
    value = data.get(name)
    return value[:most] if isinstance(value, str) else ""


def whole(data: JSON, name: str) -> int:
    value = data.get(name)
    if type(value) is not int:
        raise Refused("A save needs a version and places in the text. Reload the page and try again.")
    return value


def number(value: str, usual: int) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else usual
