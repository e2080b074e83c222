"""The guard: one layer around the whole app, Gradio's routes and ours. What it lets through is asked for by a known
person, from this page and not another site's, small enough, and touches nobody else's running page or files.

Gradio's own identity of a page (`session_hash`) is chosen by the browser and no secret. The guard ties it to the
first person who uses it, events to who asked for them, and uploaded files to who uploaded them. It keeps all in
memory, the newest first to stay.
"""

import contextlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.serving.people import Gate

LARGEST_BODY = 100 * 2**20
LARGEST_JSON = 20 * 2**20
LARGEST_PUBLIC = 16 * 2**10  # of somebody who has not signed in
REMEMBERED = 20_000

PUBLIC = ("/sign-in", "/studio/ui/", "/studio/health", "/favicon.ico")
# Doors of Gradio that the page does not use, and whose ids it does not tie to a person.
CLOSED = re.compile(
    r"^/(gradio_api/)?(deep_link|monitoring|vibe|undo-vibe|mcp|dev/|login|logout|token|openapi\.json|docs|redoc"
    r"|proxy=|runs?(/|$)|api/|call/|reset|app_id|process_recording|stream/[^/]+(/close)?/?$)"
)
UPLOAD, JOIN = "/gradio_api/upload", "/gradio_api/queue/join"
_NAMES = ("session_hash", "upload_id", "event_id")  # what Gradio calls its pages and what goes on in them
_HASH_IN_PATH = re.compile(r"^/gradio_api/(?:heartbeat|stream)/([^/]+)")
_FILE = re.compile(r"^/gradio_api/file[=/](.*)$", re.DOTALL)
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; "
    "worker-src 'self' blob:; frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)


class Owned:
    """Which person a name belongs to: the first who used it. Forgets the longest unused."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._of: OrderedDict[str, str] = OrderedDict()

    def claim(self, name: str, person: str) -> bool:
        """Is it this person's, from now on or already?"""
        with self._lock:
            owner = self._of.setdefault(name, person)
            self._of.move_to_end(name)
            while len(self._of) > self._most:
                self._of.popitem(last=False)
            return owner == person

    def of(self, name: str) -> str | None:
        with self._lock:
            return self._of.get(name)


class Guard:
    def __init__(self, app: ASGIApp, gate: Gate, *, hosts: Iterable[str], temp: Path, signs_in: bool) -> None:
        self.app = app
        self.gate = gate
        self.hosts = {h.strip().lower() for h in hosts if h.strip()}
        self.temp = temp.resolve()
        self.signs_in = signs_in
        self.pages = Owned()
        self.uploads = Owned()
        self.starting = True  # Gradio asks its own server once whether it is up, before anybody can sign in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # nothing of ours speaks over websockets

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        path = scope["path"]
        send = self._dressed(send)
        most = LARGEST_PUBLIC if self._public(path) else LARGEST_BODY if path == UPLOAD else LARGEST_JSON
        refused = self._stranger(scope, headers, path) or _declared_too_large(headers, most)
        if refused is None and not self._public(path):
            person = self.gate.name(scope)
            if person is None:
                refused = self._come_in(scope, path)
            else:
                receive, refused = await self._check(scope, headers, path, person, receive)
                if path in (UPLOAD, JOIN):
                    scope = {**scope, "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"]}  # to be read here
                    send = self._remember_answer(send, person)
        if refused is not None:
            await refused(scope, receive, send)
            return
        limit = Limit(receive, send, most)
        with contextlib.suppress(TooLarge):
            await self.app(scope, limit.receive, limit.send)
        if limit.over and not limit.answered:
            await _too_large(most)(scope, receive, send)

    # who is asking

    def _stranger(self, scope: Scope, headers: Headers, path: str) -> Response | None:
        """Another site's page, a made-up host name, or a door that is closed to all."""
        host = _bare(headers.get("host", ""))
        if host not in self.hosts:
            return _no("This studio does not answer to that address. Its owner can add the name with --public-hosts.", 400)
        origin = headers.get("origin")
        foreign = origin is not None and _netloc(origin) != headers.get("host", "").lower()
        changing = scope["method"] not in ("GET", "HEAD")
        if foreign and (changing or not headers.get("sec-fetch-mode", "").startswith("navigate")):
            return _no("Requests from other sites are not answered.", 403)
        if changing and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return _no("Requests from other sites are not answered.", 403)
        if CLOSED.match(path.lower()):
            return _no("There is nothing here.", 404)
        return None

    def _public(self, path: str) -> bool:
        if self.starting and path in ("/gradio_api/startup-events", "/startup-events"):
            return True
        return any(path == p or (p.endswith("/") and path.startswith(p)) for p in PUBLIC)

    def _come_in(self, scope: Scope, path: str) -> Response:
        if self.signs_in and path == "/" and scope["method"] in ("GET", "HEAD"):
            return RedirectResponse("./sign-in", 303)
        return _no("Sign in first.", 401)

    # what is asked

    async def _check(
        self, scope: Scope, headers: Headers, path: str, person: str, receive: Receive
    ) -> tuple[Receive, Response | None]:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        names = [value for name in _NAMES for value in query.get(name, [])]
        in_path = _HASH_IN_PATH.match(path)
        if in_path:
            names.append(in_path[1])
        if scope["method"] == "POST" and path.startswith("/gradio_api/") and path != UPLOAD:
            # JSON whatever type it is said to be: Gradio takes a page's name from a form too.
            try:
                body, receive = await _read(receive, LARGEST_JSON)
                asked = json.loads(body or b"{}")
                files = list(_paths(asked))
            except TooLarge:
                return receive, _too_large(LARGEST_JSON)
            except (ValueError, RecursionError):
                return receive, _no("This is not valid JSON.", 400)
            if isinstance(asked, dict):
                names += [asked[name] for name in _NAMES if isinstance(asked.get(name), str)]
            if not all(self._may_read(p, person) for p in files):
                return receive, _no("This file belongs to somebody else, or is not one of yours.", 403)
        if not all(self.pages.claim(name, person) for name in names):
            return receive, _no("This page belongs to somebody else. Reload yours.", 403)
        file = _FILE.match(path)
        if file and not self._may_read(file[1], person):
            return receive, _no("This file belongs to somebody else, or is not one of yours.", 403)
        return receive, None

    def _may_read(self, path: str, person: str) -> bool:
        """Of files by path only what this person uploaded; everything else has a route of its own."""
        if path.startswith(("http://", "https://")):
            return False
        try:
            full = Path(path).resolve()
        except (OSError, ValueError, RuntimeError):
            return False
        return full.is_relative_to(self.temp) and self.uploads.of(str(full)) == person

    # what is answered

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name in ("access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods"):
                    if name in headers:
                        del headers[name]
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                headers["content-security-policy"] = POLICY
            await send(message)

        return dressed

    def _remember_answer(self, send: Send, person: str) -> Send:
        kept = bytearray()

        async def watching(message: Message) -> None:
            if message["type"] == "http.response.body":
                kept.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self._claim_answer(bytes(kept), person)
            await send(message)

        return watching

    def _claim_answer(self, body: bytes, person: str) -> None:
        try:
            said = json.loads(body)
        except ValueError:
            return
        if isinstance(said, dict) and isinstance(said.get("event_id"), str):
            self.pages.claim(said["event_id"], person)
        for path in said if isinstance(said, list) else []:
            if isinstance(path, str):
                self.uploads.claim(str(Path(path).resolve()), person)


class TooLarge(Exception):
    """More came than was allowed."""


def _no(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)


def _too_large(most: int) -> Response:
    size = f"{most >> 20} MB" if most >= 2**20 else f"{most >> 10} kB"
    return _no(f"This is too large: a request here may have {size}.", 413)


def _declared_too_large(headers: Headers, most: int) -> Response | None:
    declared = headers.get("content-length", "")
    return _too_large(most) if declared.isdecimal() and (len(declared) > 18 or int(declared) > most) else None


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _bare(host: str) -> str:
    """The name without its port: `[::1]:7860` -> `::1`."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


class Limit:
    """Counts a body while it comes. Past the limit the app gets no more, and what it then says is not passed on."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._seen = 0
        self.over = False
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            self.over = True
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        if self.over and not self.answered:
            return
        self.answered = True
        await self._send(message)


async def _read(receive: Receive, most: int) -> tuple[bytes, Receive]:
    """The whole body, and a way to read it again."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body.extend(message.get("body", b""))
        more = message.get("more_body", False)
        if len(body) > most:
            raise TooLarge
    whole = bytes(body)
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": whole, "more_body": False}
        return await receive()

    return whole, again


def _paths(value: Any) -> Iterable[str]:
    """Every file path that a request names the way Gradio names files."""
    if isinstance(value, dict):
        if isinstance(value.get("path"), str):
            yield value["path"]
        for inner in value.values():
            yield from _paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner)
