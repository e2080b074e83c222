"""The whole app with two people: whatever the one knows of the other's ids, every route says no.

The routes are read from the running app. A route that is not in the table here fails the test.
"""

import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from studio.core.event import Offer, Thing
from studio.main import Studio, build, launch, open_studio, quiet_gradio
from studio.music.sheet import new_sheet
from studio.serving.people import COOKIE, PasswordGate
from studio.settings import Settings
from studio.ui.shell import Tab
from tests.contract.test_store import recipe
from tests.fakes import RUNTIMES, TextAsk, write_catalog
from tests.running import free_port
from tests.tunes import jig

PUBLIC, CLOSED, PAGE, OWN = "public", "closed", "page", "own"
# public: for everybody on purpose. closed: for nobody. page: for anybody signed in, holds nobody's things.
# own: holds somebody's things: only for that person.
TABLE = {
    PUBLIC: ("/studio/ui", "/studio/health", "/sign-in", "/favicon.ico"),
    CLOSED: (
        "/openapi.json", "/login", "/logout", "/monitoring", "/monitoring/summary", "/monitoring/{key}", "/gradio_api/deep_link",
        "/gradio_api/login_check", "/gradio_api/token", "/gradio_api/app_id", "/gradio_api/dev/reload", "/gradio_api/runs",
        "/gradio_api/openapi.json", "/gradio_api/proxy={url_path:path}", "/gradio_api/stream/{event_id}",
        "/gradio_api/stream/{event_id}/close", "/gradio_api/reset", "/gradio_api/api/{api_name}", "/gradio_api/run/{api_name}",
        "/gradio_api/call/v2/{api_name}", "/gradio_api/call/{api_name}", "/gradio_api/call/{api_name}/{event_id}",
        "/gradio_api/call/v2/{api_name}/{event_id}", "/gradio_api/process_recording", "/gradio_api/vibe-edit",
        "/gradio_api/undo-vibe-edit", "/gradio_api/vibe-code", "/gradio_api/vibe-starter-queries",
    ),
    PAGE: (
        "/", "/svelte/{path:path}", "/config", "/static/{path:path}", "/assets/{path:path}", "/theme.css", "/robots.txt",
        "/pwa_icon/{size}", "/pwa_icon", "/manifest.json", "/studio/page.js", "/studio/sounds", "/studio/status", "/studio/store",
        "/studio/store/check", "/studio/models", "/studio/models/{id}/{act}", "/studio/writing/models", "/sign-out", "/gradio_api/user", "/gradio_api/info",
        "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}", "/gradio_api/queue/status",
        "/gradio_api/upload_progress", "/gradio_api/upload", "/gradio_api/startup-events", "/gradio_api/theme.css",
    ),
    OWN: (
        "/studio/jobs/{id}/stop", "/studio/media/{sha256}", "/studio/working/{id}", "/studio/sessions/{id}/tree",
        "/studio/sessions/{id}/notes", "/studio/working/{id}/keep", "/studio/drafts/{id}", "/studio/drafts/{id}/restore",
        "/studio/music/sessions/{id}/tunes", "/studio/music/sessions/{id}/new", "/studio/music/sessions/{id}/import",
        "/studio/music/sessions/{id}/hum", "/studio/music/sessions/{id}/tap", "/studio/music/tunes/{id}",
        "/studio/music/tunes/{id}/takes", "/studio/music/tunes/{id}/rename", "/studio/music/tunes/{id}/trash",
        "/studio/music/tunes/{id}/restore", "/studio/music/copies/{id}/save", "/studio/music/copies/{id}/change",
        "/studio/music/copies/{id}/write", "/studio/music/copies/{id}/keep", "/studio/music/copies/{id}/comp",
        "/studio/music/copies/{id}/back", "/studio/music/copies/{id}/about", "/studio/music/copies/{id}/abc",
        "/studio/music/copies/{id}/score", "/studio/music/copies/{id}/export/{form}", "/studio/music/offers/{id}/take",
        "/studio/music/offers/{id}/reject", "/studio/music/sessions/{id}/answer", "/studio/music/sessions/{id}/keep-jam",
        "/studio/writing/sessions/{id}/manuscripts", "/studio/writing/sessions/{id}/new",
        "/studio/writing/sessions/{id}/import", "/studio/writing/manuscripts/{id}", "/studio/writing/manuscripts/{id}/offers",
        "/studio/writing/manuscripts/{id}/drafts", "/studio/writing/copies/{id}/style",
        "/studio/writing/manuscripts/{id}/rename", "/studio/writing/manuscripts/{id}/trash",
        "/studio/writing/manuscripts/{id}/restore", "/studio/writing/copies/{id}/edit", "/studio/writing/copies/{id}/put",
        "/studio/writing/copies/{id}/keep", "/studio/writing/copies/{id}/back", "/studio/writing/copies/{id}/settle",
        "/studio/writing/copies/{id}/counts", "/studio/writing/copies/{id}/find", "/studio/writing/copies/{id}/replace",
        "/studio/writing/copies/{id}/about", "/studio/writing/copies/{id}/context", "/studio/writing/copies/{id}/compare",
        "/studio/writing/copies/{id}/merge", "/studio/writing/copies/{id}/replay", "/studio/writing/copies/{id}/replay/{step}",
        "/studio/writing/copies/{id}/continuity", "/studio/writing/copies/{id}/export/{form}", "/studio/writing/offers/{id}",
        "/studio/writing/offers/{id}/take", "/studio/writing/offers/{id}/diff", "/studio/writing/offers/{id}/keep-plot",
        "/studio/writing/offers/{id}/reject",
        "/gradio_api/file={path_or_url:path}", "/gradio_api/file/{path:path}", "/gradio_api/heartbeat/{session_hash}",
        "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
        "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
        "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file", "/gradio_api/queue/join", "/gradio_api/cancel",
        "/gradio_api/queue/data", "/gradio_api/component_server",
    ),
}  # fmt: skip
SECRET = "alices secret words"
PLANTED = "hf_planted"  # a token in the environment of the house


def kind_of(path: str) -> str | None:
    return next((kind for kind, paths in TABLE.items() if path.rstrip("/") in paths or path in paths), None)


@dataclass
class House:
    studio: Studio
    page: Any
    url: str
    ids: dict[str, str]
    upload: str

    def client(self, name: str | None) -> httpx.Client:
        assert isinstance(self.studio.gate, PasswordGate)
        cookies = {COOKIE: self.studio.gate.ticket(name)} if name else {}
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=10)

    def routes(self) -> list[tuple[str, str]]:
        found = []
        waiting = list(self.page.app.routes)
        while waiting:
            route = waiting.pop()
            inner = getattr(route, "original_router", None)
            if inner is not None:
                waiting += inner.routes
                continue
            found += [(route.path, method) for method in sorted(getattr(route, "methods", None) or {"GET"})]
        return sorted(set(found))

    def dump(self) -> list[Any]:
        from studio.sessions import schema

        with self.studio.store.database.read() as db:
            return [
                [tuple(row) for row in db.execute(t.select().where(t.c.owner == "alice").order_by(*t.primary_key.columns))]
                for t in schema.metadata.sorted_tables
            ]


@contextmanager
def open_house(data: Path) -> Iterator[House]:
    kept = os.environ.get("HF_TOKEN")
    os.environ["HF_TOKEN"] = PLANTED
    quiet_gradio(data)
    write_catalog(data, rate=5, updates=2000)
    from tests import fake_tab

    settings = Settings(data_dir=data, port=free_port(), sign_in="password", host_kind="thread")
    studio = open_studio(settings, RUNTIMES)
    assert isinstance(studio.gate, PasswordGate)
    for name in ("alice", "bob"):
        studio.gate.people.set_password(name, f"password of {name}")
    page = build(studio, [Tab("fake", "Fake", fake_tab.build)])
    launch(page, studio)
    house = House(studio, page, f"http://127.0.0.1:{settings.port}", {}, "")
    try:
        furnish(house)
        yield house
    finally:
        os.environ.pop("HF_TOKEN")
        os.environ.update({"HF_TOKEN": kept} if kept is not None else {})
        studio.workbench.close()
        page.close(verbose=False)
        studio.close()


def furnish(house: House) -> None:
    """Everything that alice has."""
    store = house.studio.store
    session = store.create_session("alice", SECRET)
    piece = store.create_piece("alice", session.id, "text", "notes", SECRET)
    copy = store.working("alice", piece.id)
    copy = store.autosave("alice", copy.id, copy.version, SECRET).working
    draft = store.freeze("alice", copy.id)
    big = store.keep("alice", piece.id, [Thing(name="body", media_type="text/plain", body=(SECRET * 9000).encode())])
    running = house.studio.workbench.run(TextAsk(), "alice", session.id, model="fake-writer")
    tune = store.create_piece("alice", session.id, "tune", "tune", SECRET)
    sheet = new_sheet(jig().changed(title=SECRET), "human").dumps().decode()
    on_table = store.autosave("alice", store.working("alice", tune.id).id, 1, sheet).working
    book = store.create_piece("alice", session.id, "text", "manuscript", SECRET)
    page = store.autosave("alice", store.working("alice", book.id).id, 1, SECRET).working
    offer = store.record_offer(
        "alice",
        running.job.id,
        Offer(index=9, seed=1, things=(Thing(name="body", media_type="text/plain", body=b"o"),)),
        recipe(),
    )
    thrown = store.create_session("alice", f"{SECRET} in the trash")
    store.trash_session("alice", thrown.id)
    hash = "alicespage"
    with house.client("alice") as alice:
        loads = {"data": [None], "fn_index": load_index(house), "session_hash": hash}
        event = alice.post("/gradio_api/queue/join", json=loads).raise_for_status().json()["event_id"]
        with alice.stream("GET", f"/gradio_api/heartbeat/{hash}") as beats:
            assert beats.status_code == 200
        upload = alice.post("/gradio_api/upload", files={"files": ("a.txt", io.BytesIO(SECRET.encode()))}).json()[0]
        assert alice.get(f"/gradio_api/file={upload}").text == SECRET
        assert SECRET in alice.get(f"/studio/drafts/{draft.id}").text
        assert SECRET in alice.get(f"/studio/media/{big.parts[0].sha256}").text
    house.upload = upload
    house.ids = {
        "session": session.id, "piece": piece.id, "working": copy.id, "drafts": draft.id, "sha256": big.parts[0].sha256,
        "jobs": running.job.id, "session_hash": hash, "event_id": event, "trash": thrown.id,
        "tunes": tune.id, "copies": on_table.id, "offers": offer.id,
        "writing manuscripts": book.id, "writing copies": page.id, "writing offers": offer.id,
    }  # fmt: skip


def load_index(house: House) -> int:
    config = house.page.config
    return int(next(d["id"] for d in config["dependencies"] if any(event == "load" for _, event in d["targets"])))


def filled(house: House, path: str) -> str:
    """The route's path with alice's ids in it."""
    ids = house.ids
    music = {f"music/{name}": ids[name] for name in ("tunes", "copies", "offers")}
    writing = {f"writing/{name}": ids[f"writing {name}"] for name in ("manuscripts", "copies", "offers")}
    own = {
        **music,
        **writing,
        "music/sessions": ids["session"],
        "writing/sessions": ids["session"],
        "jobs": ids["jobs"],
        "working": ids["working"],
        "sessions": ids["session"],
        "drafts": ids["drafts"],
    }
    id = next((value for key, value in own.items() if path.startswith(f"/studio/{key}/")), "fake-writer")
    values = {"id": id, "sha256": ids["sha256"], "session_hash": ids["session_hash"], "path_or_url": house.upload, "path": house.upload,
              "act": "cancel", "key": "x", "url_path": "http://127.0.0.1/", "size": "64", "ext": "ts", "form": "mid"}  # fmt: skip
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: values.get(m[1], "x"), path)


BODY: dict[str, Any] = {"version": 1, "text": "bob was here", "picks": {"0": "x"}, "onsets": [0, 0.5, 1]}


def call(client: httpx.Client, house: House, path: str, method: str, **headers: str) -> tuple[int, str, httpx.Headers]:
    """The status and the first of the answer; streams are not waited for."""
    ids = house.ids
    body = {**BODY, "data": [None], "fn_index": load_index(house), "event_id": "x", **ids}
    asked: dict[str, Any] = {} if method in ("GET", "HEAD") else {"json": body}
    query = {"session_hash": ids["session_hash"]} if "queue/data" in path else None
    with client.stream(method, filled(house, path), params=query, headers=headers, **asked) as answer:
        text = ""
        if not headers and answer.status_code == 200 and "event-stream" in answer.headers.get("content-type", ""):
            text = next(answer.iter_text(), "")
        elif "event-stream" not in answer.headers.get("content-type", ""):
            text = answer.read().decode("utf-8", "replace")
        return answer.status_code, text, answer.headers


def measure_isolation(house: House) -> dict[str, Any]:
    unknown, leaked, tried = [], [], 0
    before = house.dump()
    with house.client(None) as nobody, house.client("bob") as bob:
        for path, method in house.routes():
            kind = kind_of(path)
            if kind is None:
                unknown.append(path)
                continue
            for name, client in (("anonymous", nobody), ("bob", bob)):
                if path == "/sign-out" and name == "bob":
                    continue  # would sign him out
                status, text, headers = call(client, house, path, method)
                tried += 1
                wrong = SECRET in text or PLANTED in text + str(headers) or not allowed(kind, name, status, path)
                wrong = wrong or not urljoin(house.url, headers.get("location", "")).startswith(house.url)
                if wrong:
                    leaked.append((name, method, path, status))
    return {"tried": tried, "unknown": unknown, "leaked": leaked, "changed": house.dump() != before}


def allowed(kind: str, name: str, status: int, path: str) -> bool:
    if kind == PUBLIC:
        return status < 500
    if kind == CLOSED:
        return status == 404
    if name == "anonymous":
        return status == 303 if path == "/" else status == 401
    return status < 500 if kind == PAGE else status in (403, 404, 405)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


def test_every_route_says_no(house: House) -> None:
    got = measure_isolation(house)
    assert got["unknown"] == []
    assert got["leaked"] == []
    assert not got["changed"]
    assert got["tried"] > 100


def test_another_sites_page_gets_nothing(house: House) -> None:
    before = house.dump()
    with house.client("alice") as alice:
        for path, method in house.routes():
            for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"host": "evil.example"}):
                status, text, answered = call(alice, house, path, method, **headers)
                assert status in (400, 403), (method, path, headers, status)
                assert SECRET not in text
                assert "access-control-allow-origin" not in answered
        sneaked = alice.post(
            "/gradio_api/upload", files={"files": ("a.txt", io.BytesIO(b"x"))}, headers={"origin": "https://evil.example"}
        )
        assert sneaked.status_code == 403
        preflight = alice.options(
            "/studio/status", headers={"origin": "https://evil.example", "access-control-request-method": "PUT"}
        )
        assert "access-control-allow-origin" not in preflight.headers
    assert house.dump() == before


def handlers(house: House) -> list[dict[str, Any]]:
    return list(house.page.config["dependencies"])


def play(client: httpx.Client, index: int, data: list[Any], hash: str, event: dict[str, Any] | None) -> str:
    """Ask a handler of the page through the queue, and read until it is done."""
    joined = client.post(
        "/gradio_api/queue/join", json={"data": data, "fn_index": index, "session_hash": hash, "event_data": event}
    )
    if joined.status_code != 200:
        return joined.text
    said = ""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": hash}) as stream:
        for line in stream.iter_lines():
            said += line
            if "process_completed" in line or "close_stream" in line:
                break
    return said


def test_handlers_of_the_page_ask_whose_it_is(house: House) -> None:
    """Bob's page plays every handler with alice's ids, as arguments and as event data."""
    before = house.dump()
    wish = {"task": "continue", "fields": {}, "working": house.ids["copies"]}
    wishes = (
        wish,
        {**wish, "working": house.ids["writing copies"]},
        {"task": "plot", "fields": {"plot": house.ids["writing offers"], "away": [house.ids["writing offers"]]}},
    )
    asked = [
        (theirs, handler, wish)
        for theirs in (house.ids["session"], house.ids["trash"])
        for handler in handlers(house)
        for wish in (wishes if any(event == "ask" for _, event in handler["targets"]) else wishes[:1])
    ]
    with house.client("bob") as bob:
        for index, (theirs, handler, wish) in enumerate(asked):
            hash = f"bobspage{index}"
            play(bob, load_index(house), [None], hash, None)
            names = [c["type"] for c in house.page.config["components"] for i in handler["inputs"] if c["id"] == i]
            data = [{"session": theirs, "tab": "write"} if name == "browserstate" else theirs for name in names]
            said = play(bob, int(handler["id"]), data, hash, {"id": theirs, "title": "stolen", "query": "alice", "wish": wish})
            assert SECRET not in said, handler["targets"]
    assert house.dump() == before


def test_handlers_are_not_played_on_somebody_elses_page(house: House) -> None:
    """Alice's page by its name, however it is said; and no handler at all past the queue."""
    before = house.dump()
    ids = house.ids
    with house.client("bob") as bob, house.client("alice") as alice:
        for handler in handlers(house):
            ask = {
                "data": [],
                "fn_index": handler["id"],
                "session_hash": ids["session_hash"],
                "event_data": {"id": ids["session"]},
            }
            body = json.dumps(ask).encode()
            for kind in ("application/json", "application/JSON", "application/x+json", "text/plain"):
                said = bob.post("/gradio_api/queue/join", content=body, headers={"content-type": kind})
                assert said.status_code == 403, (handler["targets"], kind)
            for name in {str(handler["api_name"]), str(handler["id"])}:
                for door in ("run", "call", "call/v2", "api"):
                    for person in (bob, alice):
                        assert person.post(f"/gradio_api/{door}/{name}", json=ask).status_code == 404
        for door in ("/gradio_api/component_server", "/gradio_api/component_server/"):
            form = {"session_hash": ids["session_hash"], "component_id": "1", "fn_name": "x", "data": "x"}
            assert bob.post(door, json=form).status_code == 403
            assert bob.post(door, files={"data": b"x"}, data=form).status_code == 400
        for path in (
            "queue/data?session_hash=x&session_hash=",
            "queue/data?session%5fhash=",
            "heartbeat/",
            "upload_progress?upload_id=u&session_hash=",
        ):
            assert bob.get(f"/gradio_api/{path}{ids['session_hash']}").status_code == 403
    assert house.dump() == before


def test_an_event_is_cancelled_by_who_asked_for_it_only(house: House) -> None:
    """Alice's ask goes on when bob cancels it from a page of his own, and ends when she does."""
    config = house.page.config
    kinds = {c["id"]: c["type"] for c in config["components"]}
    ask = next(d for d in config["dependencies"] if [kinds[i] for i in d["inputs"]] == ["textbox", "number", "state"])
    hash = "alicesask"
    workbench = house.studio.workbench
    with house.client("alice") as alice, house.client("bob") as bob:
        play(alice, load_index(house), [None], hash, None)
        count = len(workbench.running("alice"))
        body = {"data": ["once", 1, None], "fn_index": ask["id"], "session_hash": hash}
        event = alice.post("/gradio_api/queue/join", json=body).json()["event_id"]
        wait_for(lambda: len(workbench.running("alice")) == count + 1)
        cancel = {"fn_index": ask["id"], "event_id": event}
        for page in (hash, "bobsown"):
            assert bob.post("/gradio_api/cancel", json={**cancel, "session_hash": page}).status_code == 403
        assert bob.post("/gradio_api/cancel", content=json.dumps({**cancel, "session_hash": "bobsown"})).status_code == 403
        time.sleep(0.3)
        assert len(workbench.running("alice")) == count + 1
        assert alice.post("/gradio_api/cancel", json={**cancel, "session_hash": hash}).status_code == 200
        wait_for(lambda: len(workbench.running("alice")) == count)


def wait_for(what: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_a_file_is_read_by_its_uploader_only(house: House, tmp_path: Path) -> None:
    outside = tmp_path / "passwd"
    outside.write_text(SECRET)
    forms = [house.upload, str(outside), "/etc/passwd", "../" * 8 + "etc/passwd", "..%2f..%2fetc%2fpasswd", f"file://{outside}",
             str(house.studio.settings.data_dir / "tandem.db"), str(house.studio.settings.data_dir / "people.json"),
             str(house.studio.settings.data_dir / "secret"), f"{house.upload}/../../../people.json", "http://127.0.0.1/", "\\\\host\\share"]  # fmt: skip
    with house.client("bob") as bob:
        for form in forms:
            for door in ("/gradio_api/file=", "/gradio_api/file/"):
                got = bob.get(door + form, follow_redirects=False)
                assert got.status_code in (400, 403, 404), (door, form, got.status_code)
                assert SECRET not in got.text
        data = [{"path": house.upload, "meta": {"_type": "gradio.FileData"}}]
        named = bob.post("/gradio_api/queue/join", json={"data": data, "fn_index": 0, "session_hash": "bobfile"})
        assert named.status_code == 403


def test_many_uploads_at_once_are_all_ones_own(house: House) -> None:
    """Their answer is long enough to be compressed on its way."""
    files = [("files", (f"{k}.txt", io.BytesIO(f"file {k}".encode()))) for k in range(20)]
    with house.client("alice") as alice, house.client("bob") as bob:
        paths = alice.post("/gradio_api/upload", files=files, headers={"accept-encoding": "br, gzip"}).json()
        assert len(paths) == 20
        for k, path in enumerate(paths):
            assert alice.get(f"/gradio_api/file={path}").text == f"file {k}"
            assert bob.get(f"/gradio_api/file={path}").status_code == 403


def test_secrets_of_the_environment_stay_inside(house: House) -> None:
    """Of everything that alice may have; measure_isolation looks at what the others get."""
    with house.client("alice") as alice:
        for path, method in house.routes():
            if method != "GET" or path in ("/gradio_api/queue/data",):
                continue
            _, text, headers = call(alice, house, path, method)
            assert PLANTED not in text + str(headers), path
        for handler in handlers(house):
            hurt = play(alice, int(handler["id"]), [PLANTED[:2]] * 9, "alicesecret", {"id": {"not": "an id"}})
            assert PLANTED not in hurt
            assert "Traceback" not in hurt


def test_signing_in_and_out(house: House) -> None:
    with house.client(None) as person:
        shown = person.get("/", follow_redirects=True)
        assert "Sign in" in shown.text
        assert person.post("/sign-in", data={"name": "alice", "password": "wrong"}).status_code == 403
        done = person.post("/sign-in", data={"name": "alice", "password": "password of alice"})
        assert done.status_code == 303
        flags = done.headers["set-cookie"].lower()
        assert "httponly" in flags
        assert "samesite=lax" in flags
        assert person.get("/studio/status").status_code == 200
        ticket = person.cookies[COOKIE]
        person.post("/sign-out")
        person.cookies.set(COOKIE, ticket)
        assert person.get("/studio/status").status_code == 401  # the ticket is dead everywhere
        hurt = person.post("/sign-in", data={"name": "<script>alert(1)</script>", "password": "x"})
        assert "<script>alert" not in hurt.text
        answers = [person.post("/sign-in", data={"name": "bob", "password": "no"}) for _ in range(11)]
        assert [a.status_code for a in answers] == [403] * 10 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0


def test_a_stopped_job_is_ones_own(house: House) -> None:
    with house.client("bob") as bob, house.client("alice") as alice:
        assert bob.get("/studio/status").json()["jobs"] == []
        mine = alice.get("/studio/status").json()["jobs"]
        assert [j["id"] for j in mine] == [house.ids["jobs"]]
        assert bob.post(f"/studio/jobs/{house.ids['jobs']}/stop", json={}).status_code == 404
        assert alice.post(f"/studio/jobs/{house.ids['jobs']}/stop", json={}).json() == {"stopped": True}
        for _ in range(100):
            if not alice.get("/studio/status").json()["jobs"]:
                break
            time.sleep(0.02)
        assert json.loads(alice.get("/studio/status").text)["jobs"] == []


def test_behind_a_proxy(tmp_path: Path) -> None:
    """The header is believed from the proxy's own address, whatever address the request says it came from."""
    settings = Settings(data_dir=tmp_path, port=free_port(), sign_in="header", host_kind="thread", trusted_proxies="127.0.0.1")
    other = settings.model_copy(update={"data_dir": tmp_path / "other", "port": free_port(), "trusted_proxies": "10.0.0.1"})
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FORWARDED_ALLOW_IPS", "*")
        for config, status in ((settings, 200), (other, 401)):
            studio = open_studio(config, RUNTIMES)
            page = build(studio)
            launch(page, studio)
            try:
                for said in ("9.9.9.9", "10.0.0.1", "127.0.0.1", "10.0.0.1, 9.9.9.9"):
                    headers = {"x-forwarded-user": "alice", "x-forwarded-for": said}
                    answer = httpx.get(f"http://127.0.0.1:{config.port}/studio/status", headers=headers)
                    assert answer.status_code == status, (said, status)
                assert httpx.get(f"http://127.0.0.1:{config.port}/studio/status").status_code == 401
            finally:
                page.close(verbose=False)
                studio.close()
