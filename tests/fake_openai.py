"""A server that speaks OpenAI's protocol as badly as it is told: late, cut off, full, with redirects, with half letters.

`replies` are taken one for each completion that is asked for, the last one again and again. What came in is in `asked`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    sent: int = 0  # pieces that went out
    left_at: float = 0.0  # when the other side was seen to have gone


@dataclass
class Fake:
    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    models: list[dict[str, Any]] | None = field(default_factory=lambda: [{"id": "tiny"}])  # None: does not tell
    status: int = 200  # of everything but completions
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def completions(self) -> list[Asked]:
        return [one for one in self.asked if one.path.endswith("completions")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake
    note: Asked

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._note({})
        if self.fake.status != 200:
            self.answer(self.fake.status, {"error": {"message": "no"}})
        elif self.path.endswith("/models") and self.fake.models is not None:
            self.answer(200, {"object": "list", "data": self.fake.models})
        else:
            self.answer(404, {"error": {"message": "nothing here"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.fake.lock:
            self._note(body)
            turn = len(self.fake.completions) - 1
        if not self.path.endswith("completions"):
            self.answer(404, {"error": {"message": "nothing here"}})
            return
        self.fake.replies[min(turn, len(self.fake.replies) - 1)](self, body)

    def _note(self, body: dict[str, Any]) -> None:
        self.note = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.fake.asked.append(self.note)

    def answer(self, status: int, body: dict[str, Any], **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def send(self, data: bytes) -> bool:
        """False when nobody is there any more."""
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.note.left_at = self.note.left_at or time.monotonic()
            return False
        return True

    def piece(self, text: str | None, end: str | None = None, **more: Any) -> bytes:
        chat = "chat" in self.path
        choice: dict[str, Any] = {"index": 0, "finish_reason": end}
        choice |= {"delta": {"content": text} | more} if chat else {"text": text or ""}
        return b"data: " + json.dumps({"id": "x", "model": "tiny", "choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"

    def used(self, pieces: int) -> bytes:
        told = {"id": "x", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": pieces, "total_tokens": pieces + 1}}
        return b"data: " + json.dumps(told).encode() + b"\n\n"


# replies


def says(*texts: str, end: str = "stop", pause: float = 0.0, used: int | None = None) -> Reply:
    def reply(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for text in texts:
            if not handler.send(handler.piece(text)):
                return
            handler.note.sent += 1
            time.sleep(pause)
        handler.send(handler.piece(None, end) + (b"" if used is None else handler.used(used)) + b"data: [DONE]\n\n")

    return reply


def fails(status: int, message: str = "no", **headers: str) -> Reply:
    return lambda handler, body: handler.answer(status, {"error": {"message": message}}, **headers)


def breaks_off(*texts: str, neatly: bool = True) -> Reply:
    """After these pieces the line is cut, with or without what ends a stream."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for text in texts:
            handler.send(handler.piece(text))
        handler.send(b"data: [DONE]\n\n" if neatly else b'data: {"id": "x", "cho')

    return reply


def hangs_up(handler: Handler, body: dict[str, Any]) -> None:
    """Not a word."""
    handler.close_connection = True
    handler.connection.close()


def keeps_awake(*texts: str, seconds: float = 5.0) -> Reply:
    """These pieces, and then only comments and pieces with nothing in them."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for text in texts:
            handler.send(handler.piece(text))
        until = time.monotonic() + seconds
        while time.monotonic() < until and handler.send(b": still here\n\n" + handler.piece("")):
            time.sleep(0.02)

    return reply


def in_shreds(text: str, size: int = 1) -> Reply:
    """The bytes of one piece come one by one."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        data = handler.piece(text) + handler.piece(None, "stop") + b"data: [DONE]\n\n"
        for at in range(0, len(data), size):
            handler.send(data[at : at + size])

    return reply


def echoes(pieces: list[tuple[str, float | None, dict[str, float]]]) -> Reply:
    """The legacy endpoint with `echo`: the pieces of the prompt, how likely each was, what else."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        logs = {
            "tokens": [one[0] for one in pieces] + ["!"], "token_logprobs": [one[1] for one in pieces] + [-0.5],
            "top_logprobs": [one[2] for one in pieces] + [{"!": -0.5}], "text_offset": [],
        }  # fmt: skip
        choice = {"index": 0, "text": "".join(logs["tokens"]), "logprobs": logs, "finish_reason": "length"}
        handler.answer(200, {"id": "x", "object": "text_completion", "created": 1, "model": "tiny", "choices": [choice]})

    return reply


@contextmanager
def fake_openai(*replies: Reply) -> Iterator[Fake]:
    fake = Fake(replies=list(replies))
    handler = type("Bound", (Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
