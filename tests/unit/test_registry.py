"""The registry: loads once, keeps within the budget, never evicts what is leased, explains what fails."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from studio.core.card import Card, Source
from studio.core.errors import Interrupted, LoadFailed, NotFound, Refused
from studio.core.event import Offer, Progress
from studio.hosts import Host, Run, StopFlag
from studio.registry import Registry, Shelf, open_registry, runtime_finder
from studio.registry.places import places_for
from tests.fakes import PictureAsk, TextAsk, fake_card, fake_registry, write_catalog

MB = 1 << 20
Make = Callable[..., Registry]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Registry] = []

    def make(*cards: Card, **options: Any) -> Registry:
        made.append(fake_registry(tmp_path, cards=cards or None, **options))
        return made[-1]

    yield make
    for registry in made:
        registry.close()


def writers(n: int, memory: int = 100 * MB, **options: Any) -> list[Card]:
    return [fake_card(id=f"w{i}", memory=memory, **options) for i in range(n)]


def use(registry: Registry, model: str, owner: str = "me", **ask: Any) -> list[Offer]:
    with registry.lease("write", owner, model) as lease:
        return [event for event in lease.run(TextAsk(**ask)) if isinstance(event, Offer)]


def states(registry: Registry) -> dict[str, str]:
    return {status.card.id: status.state for status in registry.status().cards}


def count_loads(registry: Registry) -> list[str]:
    loads: list[str] = []
    inner = registry._make_host

    def counting(card: Card, *args: Any) -> Host:
        loads.append(card.id)
        return inner(card, *args)

    registry._make_host = counting
    return loads


# choosing


def test_cards_by_task_and_medium(make: Make) -> None:
    registry = make()
    assert len(registry.cards()) == 3
    assert [card.id for card in registry.cards("write")] == ["fake-writer"]
    assert [card.id for card in registry.cards(medium="tune")] == ["fake-composer"]


def test_chooses_what_is_loaded_and_refuses_what_cannot_be(make: Make) -> None:
    registry = make(*writers(3))
    assert registry.choose("write").id == "w0"
    registry.load("w2")
    assert registry.choose("write").id == "w2"
    assert registry.choose("write", "w1").id == "w1"
    with pytest.raises(Refused, match="No model here can do the task `dance`"):
        registry.choose("dance")
    with pytest.raises(Refused, match="Fake Writer w1 cannot do the task `paint`"):
        registry.choose("paint", "w1")
    with pytest.raises(NotFound, match="no model named `nobody`"):
        registry.choose("write", "nobody")


def test_two_media_may_call_a_task_by_the_same_name(make: Make) -> None:
    tune, text = (fake_card(medium, id=f"{medium}-one").changed(tasks=("continue",)) for medium in ("tune", "text"))
    registry = make(tune, text)
    assert registry.choose("continue", medium="text").id == "text-one"
    assert registry.choose("continue", medium="tune").id == "tune-one"
    with pytest.raises(Refused, match="cannot do the task `continue`"):
        registry.choose("continue", "tune-one", "text")


# loading


def test_a_lease_plays_an_ask_and_tells_how_it_was_made(make: Make) -> None:
    registry = make()
    with registry.lease("write", "me") as lease:
        ask = TextAsk(n=2, seed=9)
        offers = [event for event in lease.run(ask) if isinstance(event, Offer)]
        recipe = lease.recipe(ask, 1, offers[1].seed)
    assert (recipe.model, recipe.revision, recipe.runtime, recipe.index, recipe.seed) == ("fake-writer", "1", "fake", 1, 10)
    assert recipe.versions == {"fake": "1.0"}
    assert TextAsk.model_validate(recipe.ask) == ask


def test_many_who_ask_at_once_load_once(make: Make) -> None:
    registry = make(fake_card(load_seconds=0.2))
    loads = count_loads(registry)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: use(registry, "fake-writer", f"owner-{i}"), range(8)))
    assert all(len(offers) == 1 for offers in results)
    assert loads == ["fake-writer"]


def test_states_follow_a_model(make: Make) -> None:
    registry = make(fake_card(load_seconds=0.2))
    assert states(registry) == {"fake-writer": "embedded"}
    thread = threading.Thread(target=registry.load, args=("fake-writer",))
    thread.start()
    time.sleep(0.05)
    assert states(registry) == {"fake-writer": "loading"}
    assert registry.status().used == 64 * MB, "what is being loaded counts by its estimate"
    thread.join()
    assert states(registry) == {"fake-writer": "loaded"}
    registry.unload("fake-writer")
    assert states(registry) == {"fake-writer": "embedded"}
    assert registry.status().used == 0


def test_a_failed_load_is_explained_and_leaves_the_others_working(make: Make) -> None:
    registry = make(fake_card(id="bad", fail_load=True), fake_card(id="good"))
    with pytest.raises(LoadFailed, match="fails to load"):
        use(registry, "bad")
    status = registry.status().card("bad")
    assert status is not None
    assert (status.state, "fails to load" in status.reason, status.leases) == ("failed", True, 0)
    assert use(registry, "good")
    assert registry.choose("write").id == "good"


def test_stop_ends_the_wait_for_a_model_but_not_its_loading(make: Make) -> None:
    registry = make(fake_card(load_seconds=0.5))
    stop = StopFlag()
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Interrupted), registry.lease("write", "me", stop=stop):
        pass
    assert time.monotonic() - started < 0.4
    registry.load("fake-writer")
    assert states(registry) == {"fake-writer": "loaded"}


# the budget


def test_the_one_idle_for_longest_makes_room(make: Make) -> None:
    registry = make(*writers(4), budget=320 * MB)
    for model in ("w0", "w1", "w2", "w0"):
        use(registry, model)
    use(registry, "w3")
    assert states(registry) == {"w0": "loaded", "w1": "embedded", "w2": "loaded", "w3": "loaded"}
    assert registry.status().used <= 320 * MB


def test_a_leased_model_is_never_evicted_and_the_refusal_has_numbers(make: Make) -> None:
    registry = make(*writers(3), budget=250 * MB)
    with registry.lease("write", "me", "w0"), registry.lease("write", "you", "w1"):
        with pytest.raises(LoadFailed) as said:
            use(registry, "w2")
        assert states(registry)["w0"] == states(registry)["w1"] == "loaded"
    text = str(said.value)
    assert "Fake Writer w2 needs 0.10 GB of memory; the budget is 0.26 GB" in text
    assert "Fake Writer w0 (0.10 GB), Fake Writer w1 (0.10 GB)" in text
    assert use(registry, "w2"), "and once they are done there is room"


def test_nothing_is_unloaded_for_a_load_that_cannot_fit_anyway(make: Make) -> None:
    registry = make(fake_card(id="small", memory=50 * MB), fake_card(id="huge", memory=900 * MB), budget=300 * MB)
    use(registry, "small")
    with pytest.raises(LoadFailed, match=r"needs 0\.94 GB.*budget is 0\.31 GB\. Choose a smaller"):
        use(registry, "huge")
    assert states(registry) == {"small": "loaded", "huge": "failed"}


def test_measured_bytes_count_and_not_the_estimate(make: Make) -> None:
    """A card that claims little and takes much is found out, and refused with what it really takes."""
    liar = fake_card(id="liar", memory=10 * MB, hold_mb=300)
    registry = make(liar, fake_card(id="other", memory=10 * MB), host_kind="process", budget=200 * MB)
    use(registry, "other")
    with pytest.raises(LoadFailed, match=r"liar needs 0\.3\d GB of memory; the budget is 0\.21 GB"):
        use(registry, "liar")
    status = registry.status().card("liar")
    assert status is not None
    assert status.measured > 300 * MB
    assert registry.status().used < 100 * MB


def test_a_thousand_random_leases_keep_the_budget(make: Make) -> None:
    import random

    registry = make(*writers(6, updates=1), budget=350 * MB)
    most = []
    refusals: list[str] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(50):
            try:
                use(registry, f"w{chance.randrange(6)}", f"o{seed}")
            except LoadFailed as error:
                refusals.append(str(error))
            most.append(registry.status().used)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert max(most) <= 350 * MB
    assert all("in use are" in text for text in refusals)
    assert all(status.leases == 0 for status in registry.status().cards)


def test_unload_refuses_what_is_at_work(make: Make) -> None:
    registry = make()
    with registry.lease("write", "me"), pytest.raises(Refused, match="is at work"):
        registry.unload("fake-writer")
    registry.unload("fake-writer")


# the queue


def test_waiting_runs_are_told_their_place_and_take_turns(make: Make) -> None:
    registry = make(fake_card(rate=100, updates=10))
    ended: list[str] = []
    with registry.lease("write", "busy") as busy, registry.lease("write", "quiet") as quiet:
        runs = [(name, lease.run(TextAsk())) for name, lease in [("b1", busy), ("b2", busy), ("b3", busy), ("q1", quiet)]]
        assert registry.status().queues == {"cpu": 3}
        status = registry.status().card("fake-writer")
        assert status is not None
        assert (status.waiting, status.leases) == (3, 2)
        places: dict[str, list[int]] = {}

        def follow(name: str, run: Run) -> None:
            queued = [e.position for e in run if isinstance(e, Progress) and e.stage == "queued"]
            places[name] = queued
            ended.append(name)

        threads = [threading.Thread(target=follow, args=pair) for pair in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ended == ["b1", "b2", "q1", "b3"]
    assert places["b3"] == sorted(places["b3"], reverse=True)
    assert places["b3"][-1] == 1


def test_a_text_does_not_wait_for_a_picture(make: Make) -> None:
    registry = make(fake_card("picture", rate=10, updates=50), fake_card("text", updates=3))
    with registry.lease("paint", "painter") as paint, registry.lease("write", "writer") as write:
        pictures = [paint.run(PictureAsk()), paint.run(PictureAsk())]
        next(pictures[0])
        started = time.monotonic()
        assert [e for e in write.run(TextAsk()) if isinstance(e, Offer)]
        assert time.monotonic() - started < 1
        assert pictures[1].state == "queued"
        for picture in pictures:
            picture.close()
            assert picture.state == "cancelled"


def test_leaving_a_lease_ends_its_runs(make: Make) -> None:
    registry = make(fake_card(rate=10, updates=100))
    with registry.lease("write", "me") as lease:
        run, waiting = lease.run(TextAsk()), lease.run(TextAsk())
        next(run)
    assert (run.state, waiting.state) == ("cancelled", "cancelled")


def test_an_ask_too_large_for_the_border_is_refused(make: Make) -> None:
    registry = make()
    with registry.lease("write", "me") as lease, pytest.raises(Refused, match="too large"):
        lease.run(TextAsk(prompt="x" * (65 << 20)))


# death


def kill_host(registry: Registry, id: str) -> None:
    host = registry._residents[id].living
    assert host is not None
    os.kill(host._link.pid, signal.SIGKILL)  # type: ignore[attr-defined]


def test_after_a_death_those_who_wait_are_served_by_a_fresh_host(make: Make) -> None:
    registry = make(fake_card(rate=50, updates=20), host_kind="process")
    with registry.lease("write", "me") as lease:
        run, waiting = lease.run(TextAsk(seed=1)), lease.run(TextAsk(seed=2))
        next(run)
        kill_host(registry, "fake-writer")
        with pytest.raises(Interrupted, match="ask again"):
            list(run)
        assert [e.seed for e in waiting if isinstance(e, Offer)] == [2]
    assert states(registry) == {"fake-writer": "loaded"}


def test_three_deaths_in_five_minutes_are_enough_until_load_is_pressed(make: Make) -> None:
    registry = make(fake_card(crash_at=2), fake_card(id="good"), host_kind="process")
    for _ in range(3):
        with pytest.raises(Interrupted):
            use(registry, "fake-writer")
    for _ in range(2):
        with pytest.raises(LoadFailed, match="died three times within five minutes.*code 9.*Press Load") as said:
            use(registry, "fake-writer")
        assert len(str(said.value)) < 400
    assert states(registry)["fake-writer"] == "failed"
    assert use(registry, "good")
    registry.load("fake-writer")
    assert states(registry)["fake-writer"] == "loaded"


def test_runs_that_wait_for_a_host_that_cannot_come_are_told(make: Make) -> None:
    registry = make(fake_card(crash_at=2, slots=1), host_kind="process")
    with registry.lease("write", "me") as lease:
        runs = [lease.run(TextAsk(seed=i)) for i in range(5)]
        said = []
        for run in runs:
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the kinds are compared below
                list(run)
            said.append(str(caught.value))
    assert sum("died three times" in text for text in said) == 2


# what cannot be used


def test_unusable_cards_say_why(make: Make, tmp_path: Path) -> None:
    source = Source(kind="hub", where="someone/something")
    cards = [
        fake_card(id="no-runtime").changed(runtime="gguf_of_tomorrow"),
        fake_card(id="no-folder").changed(source=Source(kind="folder", where=str(tmp_path / "nowhere"))),
        fake_card(id="not-here").changed(source=source),
        fake_card(id="gpu-only").changed(devices=("cuda",)),
        fake_card(id="unpinned").changed(source=Source(kind="folder", where=str(tmp_path))),
    ]
    registry = make(*cards)
    found = {s.card.id: (s.state, s.reason) for s in registry.status().cards}
    assert found["no-runtime"] == ("unusable", "Needs the runtime `gguf_of_tomorrow`, which this version does not have yet.")
    assert found["no-folder"] == ("unusable", f"Its folder {tmp_path / 'nowhere'} is not there.")
    assert found["not-here"] == ("available", "")
    assert found["unpinned"] == ("installed", "Its weights are not pinned.")
    for id, said in [("no-runtime", "Needs the runtime"), ("no-folder", "is not there"), ("not-here", "not downloaded yet")]:
        with pytest.raises(Refused, match=said):
            use(registry, id)
    with pytest.raises(LoadFailed, match="runs on cuda only"):
        use(registry, "gpu-only")
    after = {s.card.id: s.state for s in registry.status().cards}
    assert after["not-here"] == "available"


def test_bad_weights_are_never_loaded(make: Make, tmp_path: Path) -> None:
    registry = make()
    loads = count_loads(registry)
    (tmp_path / "assets" / "fake" / "model.safetensors").write_bytes(b"\x80\x04pickle")
    with pytest.raises(LoadFailed, match=r"model\.safetensors is a pickle"):
        use(registry, "fake-writer")
    assert loads == []


def test_places_to_try() -> None:
    card = fake_card(memory=1 << 30).changed(devices=("cpu", "cuda"))
    assert [p.device for p in places_for(card, "cuda", 8 << 30, 4)] == ["cuda"]
    assert [p.device for p in places_for(card, "cpu", 8 << 30, 4)] == ["cpu"]
    assert [p.device for p in places_for(card, "mps", 8 << 30, 4)] == ["cpu"]
    assert places_for(card, "auto", 8 << 30, 4)[-1].device == "cpu"
    assert places_for(card, "cpu", 8 << 30, 4)[0].memory == 2 << 30
    server = card.changed(source=Source(kind="server", where="http://x"))
    assert [p.device for p in places_for(server, "cuda", 1, 4)] == ["remote"]


def test_a_closed_registry_ends_everything(make: Make) -> None:
    registry = make(fake_card(rate=10, updates=100))
    with registry.lease("write", "me") as lease:
        run, waiting = lease.run(TextAsk()), lease.run(TextAsk())
        registry.close()
        for one in (run, waiting):
            with pytest.raises(Exception, match=r"unloaded|closing"):  # noqa: PT011 - either sentence will do
                list(one)
    with pytest.raises(LoadFailed, match="closing"):
        use(registry, "fake-writer")


# the studio's own


def test_the_real_studio_opens_with_what_is_in_the_data_folder(tmp_path: Path) -> None:
    write_catalog(tmp_path)
    for runtimes, state in (({"fake": "tests.fakes"}, "installed"), (None, "unusable")):
        registry = open_registry(
            data_dir=tmp_path,
            models_dir=tmp_path / "models",
            assets_dir=tmp_path,
            budget=1 << 30,
            host_kind="thread",
            runtimes=runtimes,
        )
        status = registry.status()
        assert status.problems == ()
        assert {s.card.id: s.state for s in status.cards}["fake-writer"] == state
        assert len(status.cards) > 3
        registry.close()


def test_a_card_of_the_persons_cannot_reach_the_fakes(make: Make, tmp_path: Path) -> None:
    registry = Registry(
        shelf=Shelf((fake_card(),)),
        host_maker=make()._make_host,
        budget=1 << 30,
        models_dir=tmp_path / "models",
        assets_dir=tmp_path / "assets",
        find_runtime=runtime_finder(),
    )
    assert states(registry) == {"fake-writer": "unusable"}
    with pytest.raises(Refused, match="Needs the runtime `fake`"):
        use(registry, "fake-writer")
    with pytest.raises(Refused, match="No model here"):
        registry.choose("write")


def test_the_pages_process_imports_no_model_library() -> None:
    script = (
        "import sys\n"
        "import studio.registry, studio.hosts.process, studio.hosts.thread, studio.workbench\n"
        "heavy = {'torch', 'transformers', 'diffusers', 'xllamacpp', 'onnxruntime', 'numpy', 'huggingface_hub', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_real_run_brings_no_model_library_into_this_process(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys\n"
        "from tests.fakes import *\n"
        f"registry = fake_registry(pathlib.Path({str(tmp_path)!r}), 'process')\n"
        "with registry.lease('paint', 'me') as lease: list(lease.run(PictureAsk()))\n"
        "registry.status(); registry.close()\n"
        "print(sorted({'torch', 'transformers', 'diffusers', 'xllamacpp', 'PIL'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
