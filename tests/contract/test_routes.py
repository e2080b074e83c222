"""Our own routes over a real store: media, autosave, stop, tree, drafts, notes, models; every refusal is a sentence."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from studio.core.event import Thing
from studio.registry import Registry
from studio.serving.answers import answering
from studio.serving.desk import desk_routes
from studio.serving.live import Live
from studio.serving.routes import INLINE, page_routes
from studio.sessions.store import Store, open_store
from studio.workbench import Workbench
from tests.fakes import TextAsk, fake_card, fake_cards, fake_registry


@dataclass
class Desk:
    client: TestClient
    store: Store
    registry: Registry
    workbench: Workbench
    session: str
    piece: str

    def keep(self, body: bytes, media_type: str = "text/plain") -> tuple[str, str]:
        """The draft's name and its body's."""
        draft = self.store.keep("anna", self.piece, [Thing(name="body", media_type=media_type, body=body)])
        return draft.id, draft.parts[0].sha256

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/studio/{path}", headers=headers)

    def post(self, path: str) -> Any:
        return self.client.post(f"/studio/{path}")

    def put(self, id: str, body: Any) -> Any:
        return self.client.put(f"/studio/working/{id}", content=body if isinstance(body, bytes) else json.dumps(body))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    cards = (*fake_cards(rate=50, updates=400), fake_card("text", "broken", fail_load=True))
    registry = fake_registry(tmp_path, cards=cards)
    store = open_store(f"sqlite:///{tmp_path / 'tandem.db'}", str(tmp_path / "blobs"), tmp_path)
    workbench = Workbench(registry, store)
    live = Live(registry, workbench)

    def who(request: Request) -> str | None:
        return request.headers.get("x-person") or None

    ui = tmp_path / "ui"
    ui.mkdir()
    (ui / "a.css").write_text("a{}")
    routes = [*page_routes(store, live, who, ui, "let a;"), *desk_routes(store, live, who)]
    client = TestClient(Starlette(routes=routes), headers={"x-person": "anna"}, raise_server_exceptions=True)
    session = store.create_session("anna", "A session").id
    yield Desk(client, store, registry, workbench, session, store.create_piece("anna", session, "text", "manuscript", "A").id)
    workbench.close()
    registry.close()
    store.close()


def sentence(answer: Any, status: int) -> str:
    """The refusal, which must be one: plain words, a full stop, nothing of the inside."""
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert list(said) == ["error"]
    text = str(said["error"])
    assert text.endswith(".")
    assert text[0].isupper()
    assert not any(word in text for word in ("Traceback", "Error", "sqlite", ".py", "studio/"))
    return text


def test_what_is_for_everybody(desk: Desk) -> None:
    nobody = {"x-person": ""}
    assert desk.get("health", **nobody).json() == {"ok": True}
    assert desk.get("ui/a.css", **nobody).text == "a{}"
    assert desk.get("ui/../tandem.db", **nobody).status_code == 404
    assert desk.get("ui/%2e%2e/tandem.db", **nobody).status_code == 404
    script = desk.get("page.js")
    assert (script.text, script.headers["content-type"].split(";")[0]) == ("let a;", "text/javascript")


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "status"), ("POST", "jobs/x/stop"), ("GET", "media/x"), ("PUT", "working/x"), ("GET", "sessions/x/tree"),
    ("GET", "sessions/x/notes"), ("POST", "working/x/keep"), ("GET", "drafts/x"), ("POST", "drafts/x/restore"), ("GET", "store"),
    ("POST", "store/check"), ("GET", "models"), ("POST", "models/fake-writer/load"),
])  # fmt: skip
def test_nobody_is_told_to_sign_in(desk: Desk, method: str, path: str) -> None:
    body = b'{"version":1,"text":"x"}'
    answer = desk.client.request(method, f"/studio/{path}", headers={"x-person": ""}, content=body)
    assert sentence(answer, 401) == "Sign in first."


@pytest.mark.parametrize("id", ["x", "0" * 64, "..%2f..%2fsecret", "%00", "%ff", "'%20or%201=1--", "é", "a" * 3000])
def test_what_is_not_there(desk: Desk, id: str) -> None:
    for path in (f"media/{id}", f"sessions/{id}/tree", f"sessions/{id}/notes", f"drafts/{id}"):
        answer = desk.get(path)
        assert answer.status_code == 404
    if "%2f" not in id:  # several steps: no route at all
        for path in (f"media/{id}", f"sessions/{id}/tree", f"drafts/{id}"):
            sentence(desk.get(path), 404)
        for path in (f"jobs/{id}/stop", f"working/{id}/keep", f"drafts/{id}/restore", f"models/{id}/load"):
            sentence(desk.post(path), 404)
        sentence(desk.put(id, {"version": 1, "text": "x"}), 404)


def test_somebody_elses_is_not_there(desk: Desk) -> None:
    draft, sha256 = desk.keep(b"mine")
    copy = desk.store.working("anna", desk.piece)
    before = desk.store.tree("anna", desk.session)
    ben = {"x-person": "ben"}
    for method, path in (
        ("GET", f"media/{sha256}"), ("GET", f"sessions/{desk.session}/tree"), ("GET", f"sessions/{desk.session}/notes"),
        ("GET", f"drafts/{draft}"), ("POST", f"drafts/{draft}/restore"), ("POST", f"working/{copy.id}/keep"), ("PUT", f"working/{copy.id}"),
    ):  # fmt: skip
        sentence(desk.client.request(method, f"/studio/{path}", headers=ben, content=b'{"version":1,"text":"x"}'), 404)
    sentence(desk.get(f"media/{sha256}", **ben, **{"if-none-match": f'"{sha256}"'}), 404)
    assert desk.store.tree("anna", desk.session) == before
    assert desk.store.working("anna", desk.piece) == copy


# media


@pytest.mark.parametrize("media_type", sorted(INLINE))
def test_media_shown_in_the_page(desk: Desk, media_type: str) -> None:
    sha256 = desk.keep(b"a body", media_type)[1]
    got = desk.get(f"media/{sha256}")
    assert got.content == b"a body"
    assert got.headers["content-type"].split(";")[0] == media_type
    assert "content-disposition" not in got.headers
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert got.headers["etag"] == f'"{sha256}"'


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xml", "text/xml", "application/pdf", "text/javascript", "TEXT/HTML", "a/b"])  # fmt: skip
def test_everything_else_is_handed_over(desk: Desk, media_type: str) -> None:
    got = desk.get(f"media/{desk.keep(b'<script>alert(1)</script>', media_type)[1]}")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_media_in_a_file_and_once_only(desk: Desk) -> None:
    body = bytes(range(256)) * 1000  # too large for the table
    sha256 = desk.keep(body, "image/png")[1]
    assert desk.get(f"media/{sha256}").content == body
    again = desk.get(f"media/{sha256}", **{"if-none-match": f'"{sha256}"'})
    assert (again.status_code, again.content) == (304, b"")
    assert desk.get(f"media/{sha256}", **{"if-none-match": '"other"'}).status_code == 200
    lost = desk.store.blobs.path(sha256)  # type: ignore[attr-defined]
    lost.write_bytes(b"damaged")
    assert "backup" in sentence(desk.get(f"media/{sha256}"), 409)


@pytest.mark.parametrize(("asked", "status", "got"), [
    ("bytes=0-3", 206, b"0123"), ("bytes=4-", 206, b"456789"), ("bytes=-3", 206, b"789"), ("bytes=0-0", 206, b"0"),
    ("bytes=9-99", 206, b"9"), ("bytes=-99", 206, b"0123456789"), ("bytes=10-", 416, b""), ("bytes=5-2", 416, b""),
    ("bytes=-0", 416, b""), ("bytes=0-1,4-5", 200, b"0123456789"), ("items=0-1", 200, b"0123456789"), ("bytes=-", 200, b"0123456789"),
    ("bytes=a-b", 200, b"0123456789"), ("bytes=" + "9" * 5000 + "-", 200, b"0123456789"), ("bytes=\u00b2-", 200, b"0123456789"),
    ("bytes=--1", 200, b"0123456789"),
])  # fmt: skip
def test_ranges(desk: Desk, asked: str, status: int, got: bytes) -> None:
    sha256 = desk.keep(b"0123456789", "audio/wav")[1]
    answer = desk.client.get(f"/studio/media/{sha256}", headers={"range": asked.encode("latin-1")})
    assert (answer.status_code, answer.content) == (status, got)
    assert answer.headers.get("accept-ranges") == ("bytes" if status != 416 else None)
    if status == 206:
        start = b"0123456789".index(got)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(got) - 1}/10"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */10"


def test_ranges_of_nothing(desk: Desk) -> None:
    sha256 = desk.keep(b"")[1]
    assert desk.get(f"media/{sha256}").content == b""
    assert desk.get(f"media/{sha256}", range="bytes=0-").status_code == 416
    assert desk.get(f"media/{sha256}", range="bytes=-1").status_code == 416


# the strip


def test_status_and_stop(desk: Desk) -> None:
    running = desk.workbench.run(TextAsk(), "anna", desk.session, model="fake-writer")
    status = desk.get("status").json()
    assert [job["id"] for job in status["jobs"]] == [running.job.id]
    assert status["memory"]["budget"] > 0
    assert desk.get("status", **{"x-person": "ben"}).json()["jobs"] == []
    refused = desk.client.post(f"/studio/jobs/{running.job.id}/stop", headers={"x-person": "ben"})
    sentence(refused, 404)
    assert not running.ended
    assert desk.post(f"jobs/{running.job.id}/stop").json() == {"stopped": True}
    wait_for(lambda: not desk.get("status").json()["jobs"])
    assert desk.post(f"jobs/{running.job.id}/stop").json() == {"stopped": False}
    assert desk.store.job("anna", running.job.id).state == "cancelled"


def wait_for(what: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


# autosave


def test_saving_and_branching(desk: Desk) -> None:
    copy = desk.store.working("anna", desk.piece)
    first = desk.put(copy.id, {"version": copy.version, "text": "one"}).json()
    assert (first["working"], first["version"], first["branched"]) == (copy.id, copy.version + 1, False)
    assert first["saved_at"]
    stale = desk.put(copy.id, {"version": copy.version, "text": "two"}).json()
    assert stale["branched"]
    assert stale["working"] != copy.id
    assert stale["title"] == "branch 2"
    again = desk.put(copy.id, {"version": copy.version, "text": "two"}).json()
    assert again["working"] == stale["working"]  # the answer had been lost: no second branch
    assert {w.text for w in desk.store.workings("anna", desk.piece)} == {"one", "two"}


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"3", b'"text"', b"{}", b'{"version":1}', b'{"text":"x"}', b'{"version":"1","text":"x"}', b'{"version":true,"text":"x"}',
    b'{"version":1.0,"text":"x"}', b'{"version":null,"text":"x"}', b'{"version":1,"text":null}', b'{"version":1,"text":["x"]}', b"{not json",
    b"\xff\xfe\x00", b"[" * 200_000, b'{"version":NaN,"text":"x"}',
])  # fmt: skip
def test_a_save_of_nonsense(desk: Desk, body: bytes) -> None:
    copy = desk.store.working("anna", desk.piece)
    assert sentence(desk.put(copy.id, body), 400) == "A save needs a version and a text."
    assert desk.store.working("anna", desk.piece) == copy


def test_a_save_of_odd_text(desk: Desk) -> None:
    copy = desk.store.working("anna", desk.piece)
    odd = desk.put(copy.id, b'{"version":1,"text":"a\\u0000b \\ud83d \\ud83d\\ude00 \\ude00 \xc3\xa9"}').json()
    assert desk.store.working("anna", desk.piece).text == "ab \ufffd \U0001f600 \ufffd \u00e9"
    far = desk.put(copy.id, {"version": 10**30, "text": "other"}).json()
    assert far["branched"]
    assert odd["version"] == 2


def test_a_save_that_is_too_long(desk: Desk) -> None:
    copy = desk.store.working("anna", desk.piece)
    said = sentence(desk.put(copy.id, b'{"version":1,"text":"' + b"x" * (20 * 2**20) + b'"}'), 400)
    assert "too long" in said
    assert desk.store.working("anna", desk.piece) == copy


# the desk


def test_tree_draft_and_restore(desk: Desk) -> None:
    old, sha256 = desk.keep(b"The first line\nand more")
    new = desk.store.keep("anna", desk.piece, [Thing(name="body", media_type="text/plain", body=b"second")], parents=[old]).id
    (piece,) = desk.get(f"sessions/{desk.session}/tree").json()["pieces"]
    assert (piece["id"], piece["medium"], piece["form"]) == (desk.piece, "text", "manuscript")
    assert [d["id"] for d in piece["drafts"]] == [new, old]  # newest first
    assert [d["lane"] for d in piece["drafts"]] == [0, 0]
    shown = desk.get(f"drafts/{old}").json()
    assert (shown["text"], shown["sha256"], shown["summary"]) == ("The first line\nand more", sha256, "The first line")
    assert (shown["parents"], shown["origin"], shown["recipe"]) == ([], "person", None)
    made = desk.post(f"drafts/{old}/restore").json()
    assert made["piece"] == desk.piece
    assert desk.get(f"drafts/{made['id']}").json()["parents"] == [old]
    assert len(desk.get(f"sessions/{desk.session}/tree").json()["pieces"][0]["drafts"]) == 3


def test_a_draft_that_is_no_text(desk: Desk) -> None:
    shown = desk.get(f"drafts/{desk.keep(bytes(100), 'image/png')[0]}").json()
    assert (shown["text"], shown["media_type"]) == (None, "image/png")
    broken = desk.get(f"drafts/{desk.keep(bytes([0xFF, 0x41]), 'text/plain')[0]}").json()
    assert broken["text"] == "\ufffdA"
    long = desk.get(f"drafts/{desk.keep(b'x' * 300_000, 'text/plain')[0]}").json()
    assert len(long["text"]) == 200_000


def test_notes_are_made_once(desk: Desk) -> None:
    first = desk.get(f"sessions/{desk.session}/notes").json()
    assert desk.get(f"sessions/{desk.session}/notes").json() == first
    assert len([p for p in desk.store.pieces("anna", desk.session) if p.form == "notes"]) == 1
    (copy,) = first["workings"]
    assert (copy["id"], copy["text"], copy["version"]) == (first["newest"], "", 1)
    desk.put(copy["id"], {"version": 1, "text": "a note"})
    kept = desk.post(f"working/{copy['id']}/keep").json()
    assert kept["piece"] == first["piece"]
    assert desk.post(f"working/{copy['id']}/keep").json() == kept  # nothing new since
    assert desk.get(f"drafts/{kept['id']}").json()["text"] == "a note"


def test_the_stores_health(desk: Desk) -> None:
    desk.keep(b"x")
    health = desk.get("store").json()
    assert (health["drafts"], health["integrity"], health["last_backup"]) == (1, None, None)
    assert health["size"] > 0
    checked = desk.post("store/check").json()
    assert checked["integrity"] == "ok"
    assert checked["checked"]
    sha256 = desk.keep(bytes(100_000), "image/png")[1]
    desk.store.blobs.path(sha256).unlink()  # type: ignore[attr-defined]
    assert desk.post("store/check").json()["integrity"].startswith("1 problem")


def test_models_by_button(desk: Desk) -> None:
    def state(id: str) -> str:
        return str(next(m["state"] for m in desk.get("models").json()["models"] if m["id"] == id))

    assert {m["id"] for m in desk.get("models").json()["models"]} == {"fake-writer", "fake-painter", "fake-composer", "broken"}
    assert desk.post("models/fake-writer/load").json() == {}
    wait_for(lambda: state("fake-writer") == "loaded")
    assert [m["id"] for m in desk.get("status").json()["models"]] == ["fake-writer"]
    assert desk.post("models/fake-writer/unload").json() == {}
    wait_for(lambda: state("fake-writer") != "loaded")
    assert desk.post("models/broken/load").json() == {}
    wait_for(
        lambda: "fails to load" in str(next(m["reason"] for m in desk.get("models").json()["models"] if m["id"] == "broken"))
    )
    for act in ("explode", "close", "__class__", "LOAD"):
        assert act in sentence(desk.post(f"models/fake-writer/{act}"), 400)
    assert "nothing" in sentence(desk.post("models/nothing/load"), 404)
    assert desk.get("models/fake-writer/load").status_code == 405  # nothing is changed by a link


def test_a_mistake_of_ours_is_a_sentence_too(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def fails(owner: str, request: Request) -> Any:
        raise RuntimeError("/secret/path of anna")

    answer = answering(lambda request: "anna", fails)(Request({"type": "http", "path": "/x", "headers": [], "server": ("x", 1)}))
    assert answer.status_code == 500
    assert b"secret" not in bytes(answer.body)
    assert "secret" in caplog.text  # the log has it
