"""A small model hub on 127.0.0.1: what the hub client asks for, with faults to order."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "c" * 40
LARGE = 1000  # files from this size on are announced with their sha256, as the hub does for large ones


class FakeHub:
    """`rate`: bytes a second; `spoil`: files that come with a wrong byte; `cut`: break off after so many bytes, once."""

    def __init__(self, repo: str, files: dict[str, bytes]) -> None:
        self.repo = repo
        self.files = files
        self.rate = 0.0
        self.spoil: set[str] = set()
        self.cut: dict[str, int] = {}
        self.sent: dict[str, int] = {}
        self.commit = COMMIT
        self.url = ""

    def tree(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for path, body in self.files.items():
            blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
            entry: dict[str, Any] = {"type": "file", "path": path, "size": len(body), "oid": blob}
            if len(body) >= LARGE:
                entry["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 130}
            found.append(entry)
        return found

    def answer(self, request: "_Handler") -> None:
        path = request.path.partition("?")[0]
        if re.fullmatch(rf"/api/models/{self.repo}(/revision/\w+)?", path):
            request.json({"id": self.repo, "sha": self.commit, "siblings": [], "private": False, "tags": [], "downloads": 0})
        elif path.startswith(f"/api/models/{self.repo}/tree/"):
            request.json(self.tree())
        elif path.startswith(f"/{self.repo}/resolve/{self.commit}/"):
            self.send(request, path.removeprefix(f"/{self.repo}/resolve/{self.commit}/"))
        else:
            request.json({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})

    def send(self, request: "_Handler", name: str) -> None:
        body = bytearray(self.files[name])
        if name in self.spoil:
            body[len(body) // 2] ^= 1
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(asked.group(1)) if asked else 0
        request.send_response(206 if asked else 200)
        request.send_header("Content-Length", str(len(body) - start))
        if asked:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.end_headers()
        if request.command == "HEAD":
            return
        until = self.cut.pop(name, len(body))
        step = 16_384
        for at in range(start, until, step):
            piece = bytes(body[at : min(at + step, until)])
            request.wfile.write(piece)
            self.sent[name] = self.sent.get(name, 0) + len(piece)
            if self.rate:
                time.sleep(len(piece) / self.rate)


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.hub.answer(self)
        self.close_connection = True

    do_HEAD = do_GET

    def json(self, what: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_hub(repo: str, files: dict[str, bytes]) -> Iterator[FakeHub]:
    hub = FakeHub(repo, files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
