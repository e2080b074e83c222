"""Our own routes that every tab needs: private media, the status strip, Stop, autosave, health."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from studio.core.errors import Refused
from studio.serving.answers import Who, answering
from studio.sessions.store import Store

# Shown in the page; everything else is handed over as a download.
INLINE = {
    "image/png", "image/jpeg", "image/webp", "image/gif", "audio/wav", "audio/x-wav", "audio/flac", "audio/ogg", "audio/mpeg",
    "audio/midi", "application/json", "text/plain",
}  # fmt: skip
LARGEST_SAVE = 20 * 2**20


class Running(Protocol):
    """What the strip asks of the workbench and the registry."""

    def jobs(self, owner: str) -> list[dict[str, Any]]: ...

    def stop(self, owner: str, job: str) -> bool: ...

    def memory(self) -> dict[str, Any]: ...


def page_routes(store: Store, running: Running, who: Who, ui: Path, script: str, *, signs_in: bool = False) -> list[BaseRoute]:
    def status(owner: str, request: Request) -> dict[str, Any]:
        return {"jobs": running.jobs(owner), **running.memory(), "person": owner if signs_in else None}

    def stop(owner: str, request: Request) -> dict[str, Any]:
        id = request.path_params["id"]
        store.job(owner, id)  # somebody else's is not there
        return {"stopped": running.stop(owner, id)}

    def media(owner: str, request: Request) -> Response:
        sha256 = request.path_params["sha256"]
        if request.headers.get("if-none-match") == f'"{sha256}"':
            store.body(owner, sha256)
            return Response(status_code=304, headers=_forever(sha256))
        return _served(request, sha256, *store.body(owner, sha256))

    def health(request: Request) -> Response:
        store.health()
        return JSONResponse({"ok": True})

    return [
        Mount("/studio/ui", StaticFiles(directory=ui)),
        Route("/studio/page.js", lambda request: Response(script, media_type="text/javascript")),
        Route("/studio/health", health),
        Route("/studio/status", answering(who, status)),
        Route("/studio/jobs/{id}/stop", answering(who, stop), methods=["POST"]),
        Route("/studio/media/{sha256}", answering(who, media)),
        Route("/studio/working/{id}", autosaving(store, who), methods=["PUT"]),
    ]


def autosaving(store: Store, who: Who) -> Callable[[Request], Any]:
    """`saved_at` is only said once the text is on disk."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(answering(who, lambda owner, r: save(owner, r, body)), request)

    def save(owner: str, request: Request, body: bytes) -> dict[str, Any]:
        version, text = _asked(body)
        saved = store.autosave(owner, request.path_params["id"], version, text)
        copy = saved.working
        return {
            "working": copy.id, "version": copy.version, "title": copy.title, "branched": saved.branched,
            "saved_at": copy.updated.isoformat(),
        }  # fmt: skip

    return endpoint


def _asked(body: bytes) -> tuple[int, str]:
    if len(body) > LARGEST_SAVE:
        raise Refused("This text is too long to be saved as one: it may have five million characters.")
    try:
        asked = json.loads(body)
        version, text = asked["version"], asked["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("A save needs a version and a text.") from None
    if type(version) is not int or not isinstance(text, str):
        raise Refused("A save needs a version and a text.")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half an emoji cannot be stored
    return version, whole.replace("\0", "")


def _forever(sha256: str) -> dict[str, str]:
    return {"cache-control": "private, max-age=31536000, immutable", "etag": f'"{sha256}"', "x-content-type-options": "nosniff"}


def _served(request: Request, sha256: str, body: bytes, media_type: str) -> Response:
    headers = {**_forever(sha256), "accept-ranges": "bytes"}
    if media_type not in INLINE:
        headers["content-disposition"] = f'attachment; filename="{sha256[:12]}"'
        media_type = "application/octet-stream"
    wanted = _range(request.headers.get("range"), len(body))
    if wanted is None:
        return Response(body, media_type=media_type, headers=headers)
    first, last = wanted
    if first >= len(body) or first > last:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(body)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
    return Response(body[first : last + 1], status_code=206, media_type=media_type, headers=headers)


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """`bytes=0-99`, `bytes=100-`, `bytes=-50`; anything else is answered whole."""
    asked = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", header or "")
    if asked is None or asked[0] == "bytes=-":
        return None
    first, last = asked.groups()
    if first:
        return int(first), min(int(last), size - 1) if last else size - 1
    return max(size - int(last), 0), size - 1
