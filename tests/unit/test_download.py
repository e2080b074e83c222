"""Downloads from a small hub on this machine: whole, cut, resumed, spoiled, refused."""

import json
import shutil
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.card import Source
from studio.core.errors import LoadFailed, Refused, StudioError
from studio.core.event import Offer
from studio.registry import Registry
from studio.registry import fetch as fetching
from studio.registry.weights import LOCK_NAME, read_lock
from tests.fake_hub import COMMIT, FakeHub, open_hub
from tests.fakes import TextAsk, fake_card, fake_registry
from tests.unit.test_weights import safetensors

BIG = safetensors(2_000_000)
FILES = {"model.safetensors": BIG, "config.json": b'{"model_type": "fake"}', "sub/notes.txt": b"hello"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with open_hub("someone/tiny", dict(FILES)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield hub


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    hub_card = fake_card(id="tiny").changed(source=Source(kind="hub", where="someone/tiny"), revision="main", size=1)
    other = fake_card(id="lost").changed(source=Source(kind="hub", where="nobody/nothing"))
    registry = fake_registry(tmp_path, cards=(hub_card, other, fake_card()))
    yield registry
    registry.close()


def state(registry: Registry) -> tuple[str, str]:
    status = registry.status().card("tiny")
    assert status is not None
    return status.state, status.reason


def wait_until_bytes(hub: FakeHub, least: int) -> None:
    end = time.monotonic() + 20
    while hub.sent.get("model.safetensors", 0) < least:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_download_brings_a_pinned_and_usable_model(hub: FakeHub, registry: Registry) -> None:
    assert state(registry) == ("available", "")
    download = registry.download("tiny")
    assert download.wait(30) == "done", download.problem
    assert download.fraction == 1.0
    assert state(registry) == ("installed", "")
    folder = registry.folders.of(registry.choose("write", "tiny"))
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == {*FILES, LOCK_NAME}
    lock = read_lock(folder)
    assert lock is not None
    assert lock.revision == COMMIT
    with registry.lease("write", "me", "tiny") as lease:
        assert [e for e in lease.run(TextAsk()) if isinstance(e, Offer)]
        recipe = lease.recipe(TextAsk(), 0, 0)
    assert recipe.revision == COMMIT, "`main` is not a revision anybody could come back to"
    assert len(recipe.weights) == 64


def test_changed_after_the_download_means_refused(hub: FakeHub, registry: Registry) -> None:
    registry.download("tiny").wait(30)
    path = registry.folders.of(registry.choose("write", "tiny")) / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(LoadFailed, match=r"model\.safetensors is not the file it should be"):
        registry.load("tiny")


def test_cancel_then_go_on_where_it_stopped(hub: FakeHub, registry: Registry) -> None:
    hub.rate = 1_500_000
    download = registry.download("tiny")
    assert registry.download("tiny") is download, "asked twice, fetched once"
    wait_until_bytes(hub, 600_000)
    started = time.monotonic()
    registry.cancel_download("tiny")
    assert time.monotonic() - started < 1
    assert download.state == "cancelled"
    assert state(registry) == ("available", "")
    hub.rate = 0
    hub.sent.clear()
    again = registry.download("tiny")
    assert again.wait(30) == "done", again.problem
    assert hub.sent["model.safetensors"] < len(BIG) - 400_000, "what had come was fetched again"
    registry.load("tiny")


def test_progress_is_told_in_bytes(hub: FakeHub, registry: Registry) -> None:
    hub.rate = 1_500_000
    download = registry.download("tiny")
    seen = set()
    while download.state == "running":
        status = registry.status().card("tiny")
        assert status is not None
        if status.progress is not None:
            seen.add(round(status.progress, 2))
        time.sleep(0.05)
    assert download.state == "done"
    assert any(0.1 < fraction < 0.95 for fraction in seen)
    assert download.total == sum(len(body) for body in FILES.values())


def test_a_line_that_breaks_is_mended(hub: FakeHub, registry: Registry) -> None:
    hub.cut["model.safetensors"] = 700_000
    download = registry.download("tiny")
    assert download.wait(60) == "done", download.problem
    registry.load("tiny")


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_wrong_bytes_never_become_a_model(hub: FakeHub, registry: Registry, name: str) -> None:
    hub.spoil.add(name)
    download = registry.download("tiny")
    assert download.wait(30) == "failed"
    assert f"What came as {name} is not what the hub announced" in download.problem
    assert state(registry) == ("available", download.problem)
    with pytest.raises(Refused, match="not downloaded yet"):
        registry.load("tiny")
    hub.spoil.clear()
    assert registry.download("tiny").wait(30) == "done"


def test_no_such_model_is_a_sentence(hub: FakeHub, registry: Registry) -> None:
    download = registry.download("lost")
    assert download.wait(30) == "failed"
    assert download.problem == "The hub has no model `nobody/nothing`, or it is private. Check the name in the card."


def test_no_network_is_a_sentence(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    download = registry.download("tiny")
    assert download.wait(60) == "failed"
    assert "could not be reached" in download.problem


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling_x.py", "sub/run.sh"])
def test_code_and_pickles_are_not_even_fetched(hub: FakeHub, registry: Registry, name: str) -> None:
    hub.files[name] = b"x" * 2000
    download = registry.download("tiny")
    assert download.wait(30) == "failed"
    assert "could run code" in download.problem
    assert hub.sent == {}


def test_a_name_that_leads_out_of_the_folder_is_refused(hub: FakeHub, registry: Registry, tmp_path: Path) -> None:
    hub.files["../../escaped.txt"] = b"x"
    assert registry.download("tiny").wait(30) == "failed"
    assert not list(tmp_path.rglob("escaped.txt"))


def test_offline_means_no_downloads(tmp_path: Path) -> None:
    card = fake_card(id="tiny").changed(source=Source(kind="hub", where="someone/tiny"))
    registry = fake_registry(tmp_path, cards=(card, fake_card()), offline=True)
    assert state(registry) == ("available", "It is not downloaded, and the studio is offline.")
    with pytest.raises(Refused, match="stay offline"):
        registry.download("tiny")
    with pytest.raises(Refused, match="does not come from the hub"):
        registry.download("fake-writer")


def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10, 5, 300_000_000))
    with pytest.raises(StudioError, match=r"needs 2\.00 GB of disk and 0\.30 GB are free in"):
        fetching.check_room(tmp_path, 2_000_000_000)
    fetching.check_room(tmp_path, 1_000_000)


def test_delete_takes_it_off_the_disk(hub: FakeHub, registry: Registry) -> None:
    registry.download("tiny").wait(30)
    folder = registry.folders.of(registry.choose("write", "tiny"))
    with registry.lease("write", "me", "tiny"), pytest.raises(Refused, match="is at work"):
        registry.delete("tiny")
    assert folder.is_dir()
    registry.delete("tiny")
    assert not folder.exists()
    assert state(registry) == ("available", "")
    with pytest.raises(Refused, match="not downloaded by the studio"):
        registry.delete("fake-writer")


def test_a_new_revision_replaces_the_old_one(hub: FakeHub, registry: Registry) -> None:
    registry.download("tiny").wait(30)
    hub.files["config.json"] = json.dumps({"model_type": "newer"}).encode()
    hub.commit = "d" * 40
    hub.sent.clear()
    assert registry.download("tiny").wait(30) == "done"
    assert "model.safetensors" not in hub.sent, "what had not changed was fetched again"
    registry.load("tiny")
    assert registry.folders.revision(registry.choose("write", "tiny")) == "d" * 40


def test_half_a_download_is_no_model(hub: FakeHub, registry: Registry) -> None:
    hub.rate = 1_500_000
    registry.download("tiny")
    wait_until_bytes(hub, 200_000)
    assert state(registry)[0] == "available"
    registry.cancel_download("tiny")
    with pytest.raises(Refused, match="not downloaded yet"):
        registry.load("tiny")
