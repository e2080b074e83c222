"""Passwords, tickets, tries."""

import stat
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from studio.core.errors import Refused
from studio.serving import people as serving
from studio.serving.people import HeaderGate, PasswordGate, People, Tries, server_secret
from studio.serving.sign_in import sign_in_routes
from tests.running import ROOT

UI = ROOT / "assets" / "ui"


@pytest.fixture
def people(tmp_path: Path) -> People:
    made = People(tmp_path / "people.json")
    made.set_password("anna", "a long password")
    return made


def test_passwords(people: People) -> None:
    assert people.right("anna", "a long password")
    assert not people.right("anna", "a long passwore")
    assert not people.right("nobody", "a long password")
    assert not people.right("nobody", "")
    assert "a long password" not in people.file.read_text()
    assert stat.S_IMODE(people.file.stat().st_mode) == 0o600
    assert People(people.file).names() == ["anna"]


@pytest.mark.parametrize(
    ("name", "password"), [("", "long enough"), ("a\nb", "long enough"), ("ok", "short"), ("x" * 101, "long enough")]
)
def test_what_cannot_be_a_person(people: People, name: str, password: str) -> None:
    with pytest.raises(Refused):
        people.set_password(name, password)


def test_a_ticket_lives_until_something_ends_it(people: People, tmp_path: Path) -> None:
    gate = PasswordGate(people, server_secret(tmp_path))
    ticket = gate.ticket("anna")
    assert gate.read(ticket) == "anna"
    assert PasswordGate(People(people.file), server_secret(tmp_path)).read(ticket) == "anna"  # the next start
    assert gate.read(gate.ticket("anna", now=0.0)) is None  # long ago
    people.sign_out("anna")
    assert gate.read(ticket) is None
    ticket = gate.ticket("anna")
    people.set_password("anna", "another password")
    assert gate.read(ticket) is None
    ticket = gate.ticket("anna")
    people.remove("anna")
    assert gate.read(ticket) is None
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_no_changed_ticket_is_believed(people: People) -> None:
    gate = PasswordGate(people, b"k" * 32)
    ticket = gate.ticket("anna")
    for k in range(len(ticket)):
        for byte in "AB=.!é\n\0":
            if byte != ticket[k]:
                assert gate.read(ticket[:k] + byte + ticket[k + 1 :]) is None
        assert gate.read(ticket[:k]) is None
        assert gate.read(ticket[:k] + ticket[k + 1 :]) is None
        assert gate.read(ticket[:k] + "!" + ticket[k:]) is None
    assert gate.read(ticket + "0") is None
    assert gate.read(ticket.swapcase()) is None
    assert gate.read(gate.ticket("nobody")) is None  # removed between the password and the ticket
    assert PasswordGate(people, b"other" * 8).read(ticket) is None


@given(st.text())
def test_nonsense_is_nobody(text: str) -> None:
    assert PasswordGate(People(Path("/nonexistent")), b"k").read(text) is None


def test_an_unknown_name_takes_the_same_way(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[tuple[str, int]] = []

    def counted(password: str, salt: bytes) -> bytes:
        hashed.append((password, len(salt)))
        return bytes(32)

    monkeypatch.setattr(serving, "_hash", counted)
    assert not people.right("nobody", "guess")  # though the hash is what an unknown name is compared with
    assert not people.right("anna", "guess")
    assert hashed == [("guess", 16)] * 2


def test_sign_outs_at_once_all_count(people: People, tmp_path: Path) -> None:
    names = [f"p{k}" for k in range(12)]
    people._write({name: {"salt": "", "hash": "", "generation": 0} for name in names})
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(people.sign_out, names))
    assert all(people.generation(name) != 0 for name in names)
    assert [f.name for f in tmp_path.iterdir()] == ["people.json"]


def test_ten_tries_a_minute() -> None:
    tries = Tries()
    assert [tries.wait("k", now=float(k)) for k in range(10)] == [0.0] * 10
    assert tries.wait("k", now=10.0) == pytest.approx(50.0)
    assert tries.wait("other", now=10.0) == 0.0
    assert tries.wait("k", now=60.5) == 0.0


def test_memory_of_tries_is_bounded() -> None:
    tries = Tries()
    tracemalloc.start()
    for k in range(10_500):
        tries.wait(f"{k}" * 1000, now=0.0)  # 40 MB of names
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 20 * 2**20
    assert len(tries._seen) == 10_000


def test_only_the_proxy_is_believed() -> None:
    gate = HeaderGate("X-Forwarded-User", {"10.0.0.1"})
    scope = {"type": "http", "headers": [(b"x-forwarded-user", b"anna")]}
    assert gate.name({**scope, "client": ("10.0.0.1", 1)}) == "anna"
    assert gate.name({**scope, "client": ("10.0.0.2", 1)}) is None
    assert gate.name({**scope, "client": None}) is None
    assert gate.name({"type": "http", "headers": [], "client": ("10.0.0.1", 1)}) is None
    for headers in ([b"anna", b"ben"], [b""], [b"  "]):  # a second one was there before the proxy's
        said = {"type": "http", "headers": [(b"x-forwarded-user", value) for value in headers]}
        assert gate.name({**said, "client": ("10.0.0.1", 1)}) is None


# the sign-in page


@pytest.fixture
def page(people: People, tmp_path: Path) -> TestClient:
    gate = PasswordGate(people, server_secret(tmp_path))
    return TestClient(Starlette(routes=sign_in_routes(gate, UI / "sign_in.html")), follow_redirects=False)


RIGHT = {"name": "anna", "password": "a long password"}


def test_coming_in_and_going_out(page: TestClient) -> None:
    assert "<form" in page.get("/sign-in").text
    done = page.post("/sign-in", data=RIGHT)
    assert (done.status_code, done.headers["location"]) == (303, "./")
    flags = [flag.strip().lower() for flag in done.headers["set-cookie"].split(";")][1:]
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "secure" not in flags  # this was http
    assert page.get("/sign-in").headers["location"] == "./"  # in already
    out = page.post("/sign-out")
    assert out.headers["location"] == "./sign-in"
    assert 'tandem=""' in out.headers["set-cookie"]
    assert page.get("/sign-out").status_code == 405


def test_the_cookie_is_secure_over_https(people: People, tmp_path: Path) -> None:
    gate = PasswordGate(people, server_secret(tmp_path))
    app = Starlette(routes=sign_in_routes(gate, UI / "sign_in.html"))
    done = TestClient(app, base_url="https://x", follow_redirects=False).post("/sign-in", data=RIGHT)
    assert "secure" in done.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onfocus=alert(1) x='", "{said}", "&lt;"]
)
def test_a_name_is_only_text(page: TestClient, name: str) -> None:
    plain = page.post("/sign-in", data={"name": "x", "password": "y"})
    hurt = page.post("/sign-in", data={"name": name, "password": "y"})
    assert (hurt.status_code, hurt.headers["cache-control"]) == (403, "no-store")
    assert escape(name) in hurt.text
    assert hurt.text.replace(escape(name), "x", 1).count("<") == plain.text.count("<")
    assert "set-cookie" not in hurt.headers


def test_nobody_and_the_wrong_password_look_the_same(page: TestClient) -> None:
    wrong = page.post("/sign-in", data={"name": "anna", "password": "y"})
    nobody = page.post("/sign-in", data={"name": "anne", "password": "y"})
    assert wrong.text.replace("anna", "anne") == nobody.text
    assert wrong.status_code == nobody.status_code == 403


def test_the_eleventh_try_waits(page: TestClient) -> None:
    for _ in range(10):
        assert page.post("/sign-in", data={"name": "anna", "password": "no"}).status_code == 403
    late = page.post("/sign-in", data=RIGHT)
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= 61
    assert "Too many tries" in late.text
    assert "set-cookie" not in late.headers
    assert page.post("/sign-in", data={"name": "ben", "password": "no"}).status_code == 403  # others still may


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"name", b"name=&password=", b"name=anna", b"&" * 8000, b"name=" + b"%" * 7000, b"name=%00&password=%00"])  # fmt: skip
def test_a_form_of_nonsense(page: TestClient, body: bytes) -> None:
    assert page.post("/sign-in", content=body).status_code == 403
