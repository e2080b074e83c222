"""A card of a server, all the way: from a few lines in a person's catalogue through a host process to a real server and back."""

from pathlib import Path

import pytest

from studio.core.errors import LoadFailed, Refused
from studio.core.event import Offer
from studio.hosts.stop import StopFlag
from studio.registry.registry import Registry, open_registry
from studio.registry.status import CardStatus
from studio.serving.live import _card
from studio.writing.ask import ContinueAsk, Part
from tests.text_models import tiny_writer
from tests.text_server import llama_server

KEY = "the-key-of-this-test"
ENTRY = """
[far-writer]
title = "Far writer"
medium = "text"
tasks = ["continue", "rewrite"]
runtime = "openai"
source = {{ kind = "server", where = "{where}" }}
licence = "see the server"
size = 0
memory = 0
options = {{ model = "tiny", dialect = "base", key_env = "FAR_WRITER_API_KEY" }}
"""
ASK = ContinueAsk(n=2, words=10, seed=3, parts=(Part(kind="before", text="The lamp stood by the window."),))


def registry(data: Path, where: str, *, offline: bool = False) -> Registry:
    (data / "catalog.toml").write_text(ENTRY.format(where=where))
    return open_registry(
        data_dir=data, models_dir=data / "models", assets_dir=data / "assets", budget=2 << 30, device="cpu", offline=offline
    )


def status(of: Registry) -> CardStatus:
    found = of.status().card("far-writer")
    assert found is not None
    return found


def test_a_server_writes_offers_with_a_key_that_stands_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAR_WRITER_API_KEY", KEY)
    with llama_server(tiny_writer(tmp_path / "served"), key=KEY) as url:
        rooms = registry(tmp_path, url)
        try:
            assert (status(rooms).state, status(rooms).pinned) == ("installed", True)
            with rooms.lease("continue", "me", "far-writer") as lease:
                offers = [event for event in lease.run(ASK, StopFlag()) if isinstance(event, Offer)]
                recipe = lease.recipe(ASK, 0, offers[0].seed)
            assert sorted(offer.index for offer in offers) == [0, 1]
            assert all(offer.things[0].body for offer in offers)
            assert recipe.weights == ""
            assert recipe.versions["openai"]
            assert KEY not in recipe.model_dump_json() + rooms.status().model_dump_json()
            shown = _card(status(rooms))
            assert (shown["state"], shown["server"], shown["deletable"]) == ("loaded", True, False)
            assert shown["devices"] == [url.removeprefix("http://").removesuffix("/v1")], "where texts go"
            rooms.unload("far-writer")
            monkeypatch.setenv("FAR_WRITER_API_KEY", "another")
            with pytest.raises(LoadFailed, match="refuses the key that stands in FAR_WRITER_API_KEY"):
                rooms.load("far-writer")
            assert status(rooms).state == "failed"
        finally:
            rooms.close()


def test_a_server_is_chosen_only_by_name_or_where_nothing_here_can(tmp_path: Path) -> None:
    rooms = registry(tmp_path, "http://127.0.0.1:1/v1")
    (tmp_path / "assets" / "writer-mini").mkdir(parents=True)
    try:
        assert rooms.choose("continue").source.kind == "embedded"
        assert rooms.choose("continue", "far-writer").id == "far-writer"
        assert rooms.choose("rewrite").id == "far-writer"
    finally:
        rooms.close()


def test_offline_leaves_only_servers_on_this_machine(tmp_path: Path) -> None:
    for where, state in (
        ("http://127.0.0.1:1/v1", "installed"),
        ("http://localhost:1/v1", "installed"),
        ("https://far.example/v1", "unusable"),
    ):
        rooms = registry(tmp_path, where, offline=True)
        try:
            assert status(rooms).state == state
            if state == "unusable":
                with pytest.raises(Refused, match="the studio is offline"):
                    rooms.load("far-writer")
        finally:
            rooms.close()


def test_an_address_with_a_key_in_it_is_reported_and_not_used(tmp_path: Path) -> None:
    for where in ("https://me:secret@far.example/v1", "https://far.example/v1?api_key=secret", "ftp://far.example"):
        rooms = registry(tmp_path, where)
        try:
            (problem,) = rooms.shelf.problems
            assert "entry `far-writer`, field `source.where`: must" in problem
            assert "secret" not in problem
            assert rooms.shelf.find("far-writer") is None
        finally:
            rooms.close()
