"""The guard over a small app: who gets through, with how much, and what is remembered."""

import asyncio
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from studio.serving import guard as guarding
from studio.serving.guard import Guard, Owned
from studio.serving.people import HeaderGate

HERE = "http://studio.local:7860"


def app(temp: Path) -> Guard:
    async def echo(request: Request) -> Response:
        body = await request.body()
        return Response(body, headers={"access-control-allow-origin": "*", "access-control-allow-credentials": "true"})

    async def upload(request: Request) -> Response:
        return JSONResponse(json.loads(request.headers["x-paths"]))

    def drip(request: Request) -> Response:
        return StreamingResponse(iter([b"one", b"two"]))

    routes = [
        Route("/", echo, methods=["GET", "POST"]),
        Route("/studio/health", echo),
        Route("/drip", drip),
        Route("/gradio_api/queue/join", echo, methods=["POST"]),
        Route("/gradio_api/queue/data", echo),
        Route("/gradio_api/cancel", echo, methods=["POST"]),
        Route("/gradio_api/heartbeat/{hash}", echo),
        Route("/gradio_api/upload", upload, methods=["POST"]),
        Route("/gradio_api/file={path:path}", echo),
    ]
    gate = HeaderGate("x-person", {"testclient"})
    guard = Guard(Starlette(routes=routes), gate, hosts=["studio.local", "::1", "localhost"], temp=temp, signs_in=True)
    guard.starting = False
    return guard


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(app(tmp_path), base_url=HERE, headers={"x-person": "anna"}, follow_redirects=False)


BEN = {"x-person": "ben"}


def test_the_door(client: TestClient) -> None:
    assert client.get("/").status_code == 200
    nobody = client.get("/", headers={"x-person": ""})
    assert (nobody.status_code, nobody.headers["location"]) == (303, "./sign-in")
    assert client.get("/drip", headers={"x-person": ""}).status_code == 401
    assert client.get("/studio/health", headers={"x-person": ""}).status_code == 200
    assert client.get("/gradio_api/startup-events", headers={"x-person": ""}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "studio.local.evil.example", "", "[::2]", "127.0.0.2", "studio.local@evil"])
def test_strange_hosts(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["studio.local", "STUDIO.local:99", "[::1]:7860", "localhost:1"])
def test_known_hosts(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://studio.local:1",
        "http://studio.local.evil:7860",
        "",
        "http://[",
        "http://studio.local:7860@evil.example",
        "file://",
    ],
)
def test_foreign_origins(client: TestClient, origin: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "GET"):
        answer = client.request(method, "/", headers={"origin": origin})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_own_origin_and_cross_site_hints(client: TestClient) -> None:
    assert client.post("/", headers={"origin": HERE}).status_code == 200
    assert client.post("/").status_code == 200  # a program, not a page
    assert client.post("/", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200  # a link


def test_every_answer_is_dressed(client: TestClient) -> None:
    for answer in (client.get("/"), client.get("/nothing"), client.get("/", headers={"host": "evil"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/gradio_api/deep_link", "/Monitoring", "/monitoring/summary", "/gradio_api/vibe-edit", "/gradio_api/run/x", "/gradio_api/call/v2/x", "/openapi.json", "/gradio_api/proxy=http://x", "/login", "/gradio_api/token"])  # fmt: skip
def test_closed_doors(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert "There is nothing here" in client.post(path).text


def test_too_much_is_refused_while_it_comes(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "LARGEST_BODY", 1000)
    monkeypatch.setattr(guarding, "LARGEST_JSON", 500)
    monkeypatch.setattr(guarding, "LARGEST_PUBLIC", 200)
    assert client.post("/", content=b"x" * 501).status_code == 413
    assert client.post("/gradio_api/queue/join", json={"data": "x" * 600}).status_code == 413
    assert client.post("/", content=b"x" * 400).content == b"x" * 400
    assert client.post("/gradio_api/upload", content=b"x" * 900, headers={"x-paths": "[]"}).status_code == 200
    assert client.post("/gradio_api/upload", content=b"x" * 1001, headers={"x-paths": "[]"}).status_code == 413
    nobody = client.request("GET", "/studio/health", content=b"x" * 201, headers={"x-person": ""})
    assert (nobody.status_code, "too large" in nobody.json()["error"]) == (413, True)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("POST", "/gradio_api/queue/join"), ("GET", "/studio/health"), ("PUT", "/drip")]
)
def test_a_flood_without_a_length_is_cut_off(tmp_path: Path, method: str, path: str) -> None:
    """A gigabyte that does not say so: one answer, 413, and no more of it is taken than may be."""
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 2**20
        return {"type": "http.request", "body": bytes(2**20), "more_body": taken < 2**30}

    tracemalloc.start()
    sent = play(app(tmp_path), method, path, receive)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    starts = [m["status"] for m in sent if m["type"] == "http.response.start"]
    assert starts == ([413] if path != "/drip" else [405])  # whoever does not read a body is not sent it either
    assert taken <= guarding.LARGEST_JSON + 2**20
    assert peak < 4 * guarding.LARGEST_JSON


def play(guard: Guard, method: str, path: str, receive: Any) -> list[dict[str, Any]]:
    """One request, without a server between."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"studio.local"), (b"x-person", b"anna")]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
        "client": ("testclient", 1), "server": ("studio.local", 80), "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(guard(scope, receive, send))
    return sent


def test_json_arrives_whole_after_the_look(client: TestClient) -> None:
    asked = {"session_hash": "page1", "data": ["é" * 1000]}
    assert client.post("/gradio_api/queue/join", json=asked).json() == asked
    assert client.post("/gradio_api/queue/join").status_code == 200


@pytest.mark.parametrize("body", [b"{not json", b"\xff", b"[" * 200_000, b'{"a":' * 50_000, b"--x\r\n\r\nform"])
def test_what_is_not_json_ends_here(client: TestClient, body: bytes) -> None:
    answer = client.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "This is not valid JSON."})


@pytest.mark.parametrize("kind", ["application/json", "application/JSON", "APPLICATION/X+JSON", "text/plain", "", "multipart/form-data; boundary=x"])  # fmt: skip
def test_whose_page_is_asked_whatever_the_type_is_said_to_be(client: TestClient, kind: str) -> None:
    client.post("/gradio_api/queue/join", json={"session_hash": "h1"})
    asked = client.post("/gradio_api/queue/join", content=b'{"session_hash":"h1"}', headers={**BEN, "content-type": kind})
    assert asked.status_code == 403
    form = b'--x\r\ncontent-disposition: form-data; name="session_hash"\r\n\r\nh1\r\n--x--\r\n'
    assert client.post("/gradio_api/queue/join", content=form, headers={**BEN, "content-type": kind}).status_code == 400


def test_a_page_belongs_to_who_opened_it(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", json={"session_hash": "h1"}).status_code == 200
    assert client.get("/gradio_api/queue/data?session_hash=h1", headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/h1", headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/%68%31", headers=BEN).status_code == 403
    assert client.post("/gradio_api/queue/join", json={"session_hash": "h1"}, headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/h2", headers=BEN).status_code == 200
    assert client.get("/gradio_api/heartbeat/h2").status_code == 403
    assert client.get("/gradio_api/queue/data?session_hash=h2&session_hash=h1", headers=BEN).status_code == 403
    assert client.get("/gradio_api/queue/data?session%5Fhash=%681", headers=BEN).status_code == 403


def test_an_event_belongs_to_who_asked_for_it(client: TestClient) -> None:
    """The stand-in for joining says back what it was told: the event's name, as Gradio does."""
    assert client.post("/gradio_api/queue/join", json={"session_hash": "a", "event_id": "e1"}).json()["event_id"] == "e1"
    assert client.post("/gradio_api/cancel", json={"session_hash": "b", "event_id": "e1"}, headers=BEN).status_code == 403
    assert client.post("/gradio_api/cancel", json={"session_hash": "a", "event_id": "e1"}).status_code == 200
    client.post("/gradio_api/upload?upload_id=u1", headers={"x-paths": "[]"})
    assert client.get("/gradio_api/upload_progress?upload_id=u1", headers=BEN).status_code == 403


def test_uploads_belong_to_who_sent_them(client: TestClient, tmp_path: Path) -> None:
    mine = tmp_path / "a" / "x.png"
    mine.parent.mkdir()
    mine.write_bytes(b"x")
    client.post("/gradio_api/upload", headers={"x-paths": json.dumps([str(mine)])})
    assert client.get(f"/gradio_api/file={mine}").status_code == 200
    assert client.get(f"/gradio_api/file={mine}", headers=BEN).status_code == 403
    link = tmp_path / "link.png"
    link.symlink_to("/etc/passwd")
    other = tmp_path / "b" / "y.png"
    for path in (
        link, other, "/etc/passwd", f"{mine}/../../../../etc/passwd", f"{mine}%2f..%2f..%2f..%2fetc%2fpasswd", f"{mine}/../x.png/../y",
        f"{mine}%252f..%252f..%252fb", "..", "../../etc/passwd", "....//etc/passwd", "%2e%2e/%2e%2e/etc/passwd", f"{mine}%0a/../../b/y.png",
        "http://127.0.0.1/x", "HTTP://127.0.0.1/x", "https://evil.example", "//evil.example/x", "file:///etc/passwd", "FILE:/etc/passwd",
        r"\\evil\share\x", r"..\..\etc\passwd", "C:/Windows/win.ini", "/proc/self/environ", "~/.ssh/id_rsa", "%00", f"{mine}%00.png", "",
        "a" * 5000,
    ):  # fmt: skip
        for door in ("/gradio_api/file=", "/gradio_api/file/"):
            for method in ("GET", "HEAD"):  # 404: the client itself has gone up the path, and left the door
                assert client.request(method, f"{door}{path}").status_code in (403, 404), path
        bare = {"session_hash": "anna", "data": [[{"deep": {"path": str(path)}}]]}
        if "%" not in str(path):
            assert client.post("/gradio_api/queue/join", json=bare).status_code == 403, path
    named = {"data": [{"path": str(mine), "meta": {"_type": "gradio.FileData"}}], "session_hash": "ben"}
    assert client.post("/gradio_api/queue/join", json=named, headers=BEN).status_code == 403
    assert client.post("/gradio_api/queue/join", json={**named, "session_hash": "anna"}).status_code == 200


def test_websockets_are_not_spoken(client: TestClient) -> None:
    for path in ("/", "/studio/health", "/gradio_api/queue/join"):
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(path):
            pass
        assert refused.value.code == 1008


def test_streams_stay_streams(client: TestClient) -> None:
    with client.stream("GET", "/drip") as answer:
        assert b"".join(answer.iter_bytes()) == b"onetwo"


def test_streams_are_not_held_back(tmp_path: Path) -> None:
    """The second piece is only made once the first has been sent, also where the guard reads along."""
    order: list[str] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for k in range(3):
            order.append(f"made {k}")
            await send({"type": "http.response.body", "body": b"x", "more_body": k < 2})

    guard = Guard(slow, HeaderGate("x-person", {"testclient"}), hosts=["studio.local"], temp=tmp_path, signs_in=True)

    async def run() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"{}", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                order.append("sent")

        for path in ("/drip", "/gradio_api/queue/join"):
            order.clear()
            headers = [(b"host", b"studio.local"), (b"x-person", b"anna")]
            scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "client": ("testclient", 1)}
            await guard(scope, receive, send)
            assert order == ["made 0", "sent", "made 1", "sent", "made 2", "sent"]

    asyncio.run(run())


def test_memory_of_owners_is_bounded() -> None:
    owned = Owned(most=3)
    for k in range(10):
        assert owned.claim(f"h{k}", "anna")
    assert owned.of("h0") is None
    assert owned.of("h9") == "anna"
    assert not owned.claim("h9", "ben")
