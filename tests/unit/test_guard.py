"""The guard over a small app: who gets through, with how much, and what is remembered."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

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


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://studio.local:1", "http://studio.local.evil:7860"])
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
    assert client.post("/", content=b"x" * 1001).status_code == 413
    sent = 0

    def pieces() -> Any:
        nonlocal sent
        for _ in range(100):
            sent += 100
            yield b"x" * 100

    assert client.post("/", content=pieces()).status_code == 413
    assert client.post("/gradio_api/queue/join", json={"data": "x" * 600}).status_code == 413
    assert client.post("/", content=b"x" * 900).content == b"x" * 900


def test_json_arrives_whole_after_the_look(client: TestClient) -> None:
    asked = {"session_hash": "page1", "data": ["é" * 1000]}
    assert client.post("/gradio_api/queue/join", json=asked).json() == asked
    bad = client.post("/gradio_api/queue/join", content=b"{not json", headers={"content-type": "application/json"})
    assert bad.status_code == 400


def test_a_page_belongs_to_who_opened_it(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", json={"session_hash": "h1"}).status_code == 200
    assert client.get("/gradio_api/queue/data?session_hash=h1", headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/h1", headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/%68%31", headers=BEN).status_code == 403
    assert client.post("/gradio_api/queue/join", json={"session_hash": "h1"}, headers=BEN).status_code == 403
    assert client.get("/gradio_api/heartbeat/h2", headers=BEN).status_code == 200
    assert client.get("/gradio_api/heartbeat/h2").status_code == 403


def test_uploads_belong_to_who_sent_them(client: TestClient, tmp_path: Path) -> None:
    mine = tmp_path / "a" / "x.png"
    mine.parent.mkdir()
    mine.write_bytes(b"x")
    client.post("/gradio_api/upload", headers={"x-paths": json.dumps([str(mine)])})
    assert client.get(f"/gradio_api/file={mine}").status_code == 200
    assert client.get(f"/gradio_api/file={mine}", headers=BEN).status_code == 403
    link = tmp_path / "link.png"
    link.symlink_to("/etc/passwd")
    for path in (link, "/etc/passwd", f"{mine}/../../../../etc/passwd", "..", "http://127.0.0.1/x", "\0"):
        assert client.get(f"/gradio_api/file={path}".replace("\0", "%00")).status_code == 403, path
    named = {"data": [{"path": str(mine), "meta": {"_type": "gradio.FileData"}}], "session_hash": "ben"}
    assert client.post("/gradio_api/queue/join", json=named, headers=BEN).status_code == 403
    assert client.post("/gradio_api/queue/join", json={**named, "session_hash": "anna"}).status_code == 200


def test_websockets_are_not_spoken(client: TestClient) -> None:
    with pytest.raises(Exception, match=""), client.websocket_connect("/"):
        pass


def test_streams_stay_streams(client: TestClient) -> None:
    with client.stream("GET", "/drip") as answer:
        assert b"".join(answer.iter_bytes()) == b"onetwo"


def test_memory_of_owners_is_bounded() -> None:
    owned = Owned(most=3)
    for k in range(10):
        assert owned.claim(f"h{k}", "anna")
    assert owned.of("h0") is None
    assert owned.of("h9") == "anna"
    assert not owned.claim("h9", "ben")
