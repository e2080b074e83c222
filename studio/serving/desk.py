"""Routes behind the Models and Session tabs: drafts, notes, model cards, the store's health.

Plain JSON for the page's own scripts. Everything goes through the store and registry with the owner's name.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from studio.core.work import Draft, Working
from studio.serving.answers import Who, answering
from studio.serving.live import Live
from studio.sessions.lanes import lanes
from studio.sessions.store import Store

NOTES = "notes"
Teller = Callable[[bytes], str]  # a work of some media type as text a person can read
TEXT_SHOWN = 200_000  # characters of a draft sent to the page


def desk_routes(store: Store, live: Live, who: Who, tellers: Mapping[str, Teller] = MappingProxyType({})) -> list[Route]:
    desk = _Desk(store, tellers)

    def at(path: str, handler: Callable[[str, Request], Any], method: str = "GET") -> Route:
        return Route(f"/studio/{path}", answering(who, handler), methods=[method])

    return [
        at("sessions/{id}/tree", desk.tree),
        at("sessions/{id}/notes", desk.notes),
        at("working/{id}/keep", desk.keep, "POST"),
        at("drafts/{id}", desk.draft),
        at("drafts/{id}/restore", desk.restore, "POST"),
        at("store", desk.health),
        at("store/check", desk.check, "POST"),
        at("models", lambda owner, request: live.models()),
        at("models/{id}/{act}", lambda owner, request: live.act(**request.path_params), "POST"),
    ]


class _Desk:
    def __init__(self, store: Store, tellers: Mapping[str, Teller]) -> None:
        self.store = store
        self.tellers = tellers

    def tree(self, owner: str, request: Request) -> dict[str, Any]:
        session = request.path_params["id"]
        rows = self.store.tree(owner, session)
        pieces = []
        for piece in self.store.pieces(owner, session):
            own = [r for r in rows if r.piece == piece.id]
            lane = lanes((r.id, r.parents) for r in own)
            drafts = [
                {
                    "id": r.id,
                    "lane": lane[r.id],
                    "origin": r.origin,
                    "summary": r.summary,
                    "created": r.created.isoformat(),
                    "thumbnail": r.thumbnail,
                    "model": r.model,
                }
                for r in reversed(own)
            ]
            pieces.append({"id": piece.id, "title": piece.title, "medium": piece.medium, "form": piece.form, "drafts": drafts})
        return {"pieces": pieces}

    def draft(self, owner: str, request: Request) -> dict[str, Any]:
        draft = self.store.draft(owner, request.path_params["id"])
        work = draft.parts[0]
        text: str | None = None
        if work.media_type.startswith("text/") or work.media_type == "application/json":
            body, _ = self.store.body(owner, work.sha256)
            text = body.decode("utf-8", "replace")[:TEXT_SHOWN]
        elif teller := self.tellers.get(work.media_type):
            text = teller(self.store.body(owner, work.sha256)[0])[:TEXT_SHOWN]
        return {
            "id": draft.id,
            "piece": draft.piece,
            "parents": list(draft.parents),
            "origin": draft.origin,
            "summary": draft.summary,
            "created": draft.created.isoformat(),
            "media_type": work.media_type,
            "sha256": work.sha256,
            "text": text,
            "recipe": draft.recipe.model_dump(mode="json") if draft.recipe else None,
        }

    def restore(self, owner: str, request: Request) -> dict[str, Any]:
        return _named(self.store.restore_draft(owner, request.path_params["id"]))

    def notes(self, owner: str, request: Request) -> dict[str, Any]:
        session = request.path_params["id"]
        pieces = [p for p in self.store.pieces(owner, session) if p.form == NOTES]
        piece = (
            min(pieces, key=lambda p: p.created) if pieces else self.store.create_piece(owner, session, "text", NOTES, "Notes")
        )
        self.store.working(owner, piece.id)
        copies = self.store.workings(owner, piece.id)
        newest = max(copies, key=lambda c: c.updated)
        return {"piece": piece.id, "newest": newest.id, "workings": [_copy(c) for c in copies]}

    def keep(self, owner: str, request: Request) -> dict[str, Any]:
        return _named(self.store.freeze(owner, request.path_params["id"]))

    def health(self, owner: str, request: Request) -> dict[str, Any]:
        health = self.store.health()
        return {
            "size": health.size,
            "drafts": health.drafts,
            "last_backup": health.last_backup.isoformat() if health.last_backup else None,
            "integrity": health.integrity,
            "checked": health.checked.isoformat() if health.checked else None,
        }

    def check(self, owner: str, request: Request) -> dict[str, Any]:
        from studio.sessions.check import check_store

        check_store(self.store)
        return self.health(owner, request)


def _named(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "piece": draft.piece}


def _copy(working: Working) -> dict[str, Any]:
    return {
        "id": working.id,
        "title": working.title,
        "version": working.version,
        "text": working.text,
        "updated": working.updated.isoformat(),
    }
