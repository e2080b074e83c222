"""One suite for both kinds of host: whatever a thread does, a child process does too."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest

from studio.core.card import Card, Source
from studio.core.engine import Place
from studio.core.errors import Interrupted, LoadFailed, Refused, StudioError
from studio.core.event import Delta, Notice, Offer, Progress
from studio.hosts import Host, Run, host_maker
from studio.hosts.process import ROOT, ProcessLink, child_env
from tests.fakes import PictureAsk, TextAsk, fake_card

Kind = Literal["thread", "process"]
MakeHost = Callable[..., Host]
PLACE = Place(device="cpu", threads=1, memory=1 << 30)


@pytest.fixture(params=["thread", "process"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return request.param


@pytest.fixture
def made() -> Iterator[list[Host]]:
    hosts: list[Host] = []
    yield hosts
    for host in hosts:
        host.close()


@pytest.fixture
def make(made: list[Host], tmp_path: Path) -> Callable[..., Host]:
    def make(kind: Kind, grace: float = 5.0, place: Place = PLACE, card: Card | None = None, **options: Any) -> Host:
        card = card or fake_card(**options)
        host = host_maker(kind, grace)(card, tmp_path, place, "tests.fakes")
        made.append(host)
        return host

    return make


@pytest.fixture
def host(kind: Kind, make: MakeHost) -> Host:
    host = make(kind, rate=100, updates=30, slots=3)
    host.load()
    return host


def start(host: Host, **ask: Any) -> Run:
    run = Run(TextAsk(**ask), "me")
    assert host.start(run)
    return run


def pid_of(host: Host) -> int:
    assert isinstance(host._link, ProcessLink)
    assert host._link.pid is not None
    return host._link.pid


def test_says_what_it_is_once_loaded(host: Host) -> None:
    assert host.alive
    assert host.facts.slots == 3
    assert host.facts.tasks == ("write",)
    assert host.facts.versions == {"fake": "1.0"}
    assert host.memory() > 0


def test_plays_an_ask(host: Host) -> None:
    run = start(host, n=2, seed=4)
    events = list(run)
    assert run.state == "done"
    assert isinstance(events[0], Progress)
    assert sorted(e.index for e in events if isinstance(e, Offer)) == [0, 1]
    assert host.running == 0


def test_gives_the_same_bytes_whatever_the_kind(make: MakeHost) -> None:
    found = []
    for kind in ("thread", "process"):
        host = make(kind, updates=12)
        host.load()
        found.append([e for e in start(host, n=3, seed=77) if isinstance(e, Offer)])
    assert found[0] == found[1]
    assert len(found[0]) == 3


def test_runs_several_at_once(host: Host) -> None:
    runs = [start(host, seed=i) for i in range(3)]
    assert host.running == 3
    for run in runs:
        assert any(isinstance(e, Offer) for e in run)


def test_a_slow_reader_finds_only_the_newest(kind: Kind, make: MakeHost) -> None:
    host = make(kind, updates=400)
    host.load()
    run = start(host, n=2)
    while not run.ended:
        time.sleep(0.01)
    events = list(run)
    assert len([e for e in events if isinstance(e, Delta)]) <= 2
    assert [len(e.text.split()) for e in events if isinstance(e, Delta)] == [400] * min(2, len(events))
    assert len([e for e in events if isinstance(e, Offer)]) == 2


def test_stops_and_keeps_what_there_is(host: Host) -> None:
    run = start(host, n=2)
    for event in run:
        if isinstance(event, Delta) and len(event.text.split()) >= 3:
            break
    asked = time.monotonic()
    host.stop(run)
    rest = list(run)
    assert time.monotonic() - asked < 0.5
    assert run.state == "cancelled"
    assert [o.partial for o in rest if isinstance(o, Offer)] == [True, True]
    assert host.alive


def test_a_refused_ask_says_why(host: Host) -> None:
    with pytest.raises(Refused, match="is empty"):
        list(start(host, prompt=""))
    run = Run(PictureAsk(), "me")
    host.start(run)
    with pytest.raises(Refused, match="cannot do the task `paint`"):
        list(run)
    assert list(start(host))  # and goes on


def test_a_failed_load_says_why(kind: Kind, make: MakeHost) -> None:
    host = make(kind, fail_load=True)
    with pytest.raises(LoadFailed, match="fails to load. Choose another"):
        host.load()
    assert not host.alive


def test_a_load_that_takes_too_long_is_given_up(kind: Kind, make: MakeHost) -> None:
    host = make(kind, load_seconds=1)
    with pytest.raises(LoadFailed, match="not ready after 0.2 seconds"):
        host.load(timeout=0.2)
    assert host.state == "closed"


def test_a_missing_runtime_is_a_sentence(kind: Kind, tmp_path: Path) -> None:
    host = host_maker(kind)(fake_card(), tmp_path, PLACE, "tests.no_such_runtime")
    with pytest.raises(LoadFailed, match="could not be loaded: ModuleNotFoundError"):
        host.load()


def test_closing_interrupts_what_runs(host: Host) -> None:
    run = start(host)
    host.close()
    with pytest.raises(Interrupted, match="was unloaded"):
        list(run)
    assert not host.start(Run(TextAsk(), "me"))


def test_an_engine_that_ignores_stop_is_ended_after_the_grace(make: MakeHost) -> None:
    host = make("process", grace=0.4, hang_at=3, slots=2)
    host.load()
    run, other = start(host), start(host)
    time.sleep(0.2)
    asked = time.monotonic()
    host.stop(run)
    events = list(run)
    assert 0.3 < time.monotonic() - asked < 1.5
    assert run.state == "cancelled"
    assert any(isinstance(e, Notice) and "did not stop within 0.4 seconds" in e.text for e in events)
    with pytest.raises(Interrupted):
        list(other)
    assert not host.alive
    assert not host.blamed


def test_a_crash_interrupts_with_a_sentence(make: MakeHost) -> None:
    host = make("process", crash_at=5)
    host.load()
    with pytest.raises(Interrupted, match=r"ended unexpectedly \(code 9\).*ask again"):
        list(start(host))
    assert host.state == "dead"
    assert host.blamed


def test_a_crash_while_loading_is_a_failed_load(make: MakeHost) -> None:
    host = make("process", crash_load=True)
    with pytest.raises(LoadFailed, match="code 3"):
        host.load()


def test_a_kill_from_outside_interrupts(make: MakeHost) -> None:
    host = make("process", rate=50, updates=500)
    host.load()
    run = start(host)
    next(run)
    os.kill(pid_of(host), signal.SIGKILL)
    killed = time.monotonic()
    with pytest.raises(Interrupted, match="SIGKILL"):
        list(run)
    assert time.monotonic() - killed < 1


def test_too_much_memory_fails_the_run_and_not_the_host(make: MakeHost) -> None:
    host = make("process", place=Place(device="cpu", threads=1, memory=256 << 20), gobble_at=2)
    host.load()
    run = start(host)
    with pytest.raises(StudioError, match="ran out of memory"):
        list(run)
    assert host.alive


def test_a_host_far_beyond_its_memory_is_ended_with_a_sentence(make: MakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.hosts.process.FAR_BEYOND", 60 << 20)
    host = make("process", place=Place(device="cpu", threads=1, memory=100 << 20), hold_mb=200, rate=10, updates=1000)
    said = r"used 0\.\d GB, far beyond its limit of 0\.1 GB.*raise the memory budget"

    def load_and_play() -> None:
        host.load()
        list(start(host))

    with pytest.raises((Interrupted, LoadFailed), match=said):  # whichever it is at when it is looked at
        load_and_play()


def test_hosts_that_come_and_go_leave_nothing_behind(make: MakeHost) -> None:
    def once() -> None:
        host = make("process", updates=2)
        host.load()
        list(start(host))
        host.close()

    once()
    end = time.monotonic() + 5
    here = psutil.Process()
    before = here.num_fds()
    threads = threading.active_count()
    for _ in range(8):
        once()

    def zombies() -> list[psutil.Process]:
        found = []
        for child in here.children():
            with suppress(psutil.NoSuchProcess):  # it was reaped while we looked
                found += [child] if child.status() == psutil.STATUS_ZOMBIE else []
        return found

    while (here.num_fds() > before or threading.active_count() > threads or zombies()) and time.monotonic() < end:
        time.sleep(0.05)
    assert here.num_fds() <= before
    assert threading.active_count() <= threads
    assert zombies() == []


def test_ending_a_host_gives_its_memory_back(make: MakeHost) -> None:
    small, large = make("process"), make("process", hold_mb=200)
    small.load()
    large.load()
    assert 180 << 20 < large.memory() - small.memory() < 260 << 20
    pid = pid_of(large)
    large.close()
    end = time.monotonic() + 3
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid)
    assert large.memory() == 0


def test_a_child_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "OPENAI_API_KEY", "OTHER_API_KEY", "TANDEM_DATABASE_URL", "DB_PASSWORD"):
        monkeypatch.setenv(name, "secret-value")
    local = fake_card()
    env = child_env(local, PLACE)
    assert "secret-value" not in env.values()
    assert (env["OMP_WAIT_POLICY"], env["GOMP_SPINCOUNT"], env["HF_HUB_OFFLINE"]) == ("passive", "0", "1")
    server = local.changed(source=Source(kind="server", where="http://localhost:1"))
    assert "secret-value" not in child_env(server, PLACE).values()
    named = server.changed(options={"key_env": "OPENAI_API_KEY"})
    assert [k for k, v in child_env(named, PLACE).items() if v == "secret-value"] == ["OPENAI_API_KEY"]


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, time\n"
        "from studio.core.engine import Place\n"
        "from studio.hosts import host_maker\n"
        "from tests.fakes import fake_card\n"
        f"host = host_maker('process')(fake_card(), pathlib.Path({str(tmp_path)!r}), "
        "Place(device='cpu', threads=1, memory=1 << 30), 'tests.fakes')\n"
        "host.load()\n"
        "print(host._link.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    end = time.monotonic() + 3
    while _running(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _running(child)
    parent.stdout.close()


def _running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    "talk",
    [
        "sys.stdout.buffer.write(b'garbage' * 1000)",
        "sys.stdout.buffer.write(struct.pack('>IcI', 1 << 31, b'E', 1))",
        "sys.stdout.buffer.write(struct.pack('>IcI', 3, b'E', 1) + b'{x}')",
        "sys.stdout.buffer.write(struct.pack('>IcI', 2, b'U', 0) + b'[]')",
    ],
)
def test_a_child_that_talks_nonsense_is_ended(talk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: MakeHost) -> None:
    """A hostile child can only send bytes; bad ones end it, with a sentence."""
    lying = tmp_path / "lying" / "studio" / "hosts"
    lying.mkdir(parents=True)
    (lying.parent / "__init__.py").touch()
    (lying / "__init__.py").touch()
    up = "sys.stdout.buffer.write(struct.pack('>IcI', len(u), b'U', 0) + u); sys.stdout.flush(); sys.stdin.buffer.read(9)\n"
    hello = 'u = b\'{"slots": 1, "tasks": [], "versions": {}}\'\n' + up if "b'E'" in talk else ""
    wait = "sys.stdout.flush(); time.sleep(30)\n"
    (lying / "child.py").write_text(f"import struct, sys, time\n{hello}time.sleep(0.1)\n{talk}; {wait}")
    monkeypatch.setattr("studio.hosts.process.ROOT", tmp_path / "lying")
    host = make("process")
    if hello:
        host.load()
        run = start(host)
        with pytest.raises(Interrupted, match="ended"):
            list(run)
    else:
        with pytest.raises(LoadFailed, match="sent"):
            host.load(timeout=5)
    assert not host.alive
