"""Passwords, tickets, tries."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.serving.people import HeaderGate, PasswordGate, People, Tries, server_secret


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


@pytest.mark.parametrize(("name", "password"), [("", "long enough"), ("a\nb", "long enough"), ("ok", "short"), ("x" * 101, "long enough")])
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
        changed = ticket[:k] + ("A" if ticket[k] != "A" else "B") + ticket[k + 1 :]
        assert gate.read(changed) is None or changed.split(".")[1] == ticket.split(".")[1]
    assert PasswordGate(people, b"other" * 8).read(ticket) is None


@given(st.text())
def test_nonsense_is_nobody(text: str) -> None:
    assert PasswordGate(People(Path("/nonexistent")), b"k").read(text) is None


def test_ten_tries_a_minute() -> None:
    tries = Tries()
    assert [tries.wait("k", now=float(k)) for k in range(10)] == [0.0] * 10
    assert tries.wait("k", now=10.0) == pytest.approx(50.0)
    assert tries.wait("other", now=10.0) == 0.0
    assert tries.wait("k", now=60.5) == 0.0


def test_only_the_proxy_is_believed() -> None:
    gate = HeaderGate("X-Forwarded-User", {"10.0.0.1"})
    scope = {"type": "http", "headers": [(b"x-forwarded-user", b"anna")]}
    assert gate.name({**scope, "client": ("10.0.0.1", 1)}) == "anna"
    assert gate.name({**scope, "client": ("10.0.0.2", 1)}) is None
    assert gate.name({**scope, "client": None}) is None
    assert gate.name({"type": "http", "headers": [], "client": ("10.0.0.1", 1)}) is None
