"""The workbench: every offer is recorded before it is seen, and every end is told as what it was."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import Interrupted, LoadFailed, NotFound, Refused, StudioError
from studio.core.event import Delta, Offer, Preview, Progress
from tests.bench.overhead import measure_overhead
from tests.fakes import PictureAsk, TextAsk, fake_card, make_text
from tests.workbenches import Bench, open_bench

Open = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *cards, **options: stack.enter_context(open_bench(tmp_path, cards=cards or None, **options))


def wait_for(what: Callable[[], Any], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_whole_generation(bench: Open) -> None:
    b = bench()
    piece = b.store.create_piece(b.owner, b.session, "text", "manuscript", "A story")
    running = b.workbench.run(TextAsk(n=2, seed=3), b.owner, b.session, piece.id)
    assert running.job.state == "queued"
    seen: list[Offer] = []
    for event in running:
        if isinstance(event, Offer):
            seen.append(event)
            recorded = {record.id: record for record in b.store.offers(b.owner, job=running.job.id)}
            assert event.id in recorded, "an offer was shown before it was recorded"
            assert event.recipe == recorded[event.id].recipe
    assert [offer.index for offer in seen] == [0, 1]
    job = b.store.job(b.owner, running.job.id)
    assert job == running.job
    assert (job.state, job.model, job.piece) == ("done", "fake-writer", piece.id)
    recipe = seen[1].recipe
    assert recipe is not None
    assert (recipe.index, recipe.seed, recipe.versions) == (1, 4, {"fake": "1.0"})
    body, media_type = b.store.body(b.owner, b.store.offers(b.owner, job=job.id)[1].parts[0].sha256)
    assert (body, media_type) == (seen[1].things[0].body, "text/plain")


def test_a_recipe_makes_the_offer_again(bench: Open) -> None:
    b = bench()
    first = [e for e in b.workbench.run(TextAsk(n=3, seed=3), b.owner, b.session) if isinstance(e, Offer)]
    recipe = first[2].recipe
    assert recipe is not None
    again = TextAsk.model_validate({**recipe.ask, "seed": recipe.seed, "n": 1})
    second = [e for e in b.workbench.run(again, b.owner, b.session, model=recipe.model) if isinstance(e, Offer)]
    assert second[0].things == first[2].things


@pytest.mark.parametrize("medium", ["text", "picture", "tune"])
def test_stop_keeps_what_there_is(bench: Open, medium: Any) -> None:
    b = bench(fake_card(medium, rate=50, updates=500))
    task = b.registry.cards(medium=medium)[0].tasks[0]
    from tests.fakes import ASKS

    running = b.workbench.run(ASKS[medium](n=2, task=task), b.owner, b.session)
    for event in running:
        if isinstance(event, Delta | Preview) and event.index == 1:
            break
    time.sleep(0.1)
    running.stop()
    offers = [event for event in running if isinstance(event, Offer)]
    assert sorted(offer.index for offer in offers) == [0, 1]
    assert all(offer.partial and offer.id for offer in offers)
    assert [r.id for r in b.store.offers(b.owner, job=running.job.id)] == [offer.id for offer in offers]
    assert b.store.job(b.owner, running.job.id).state == "cancelled"


def test_an_engine_that_offers_nothing_on_stop_loses_nothing_either(bench: Open) -> None:
    """The newest text is kept even when the engine had to be ended."""
    b = bench(fake_card(hang_at=5), host_kind="process", grace=0.3)
    running = b.workbench.run(TextAsk(seed=8, n=2), b.owner, b.session)
    wait_for(lambda: len(running._newest) == 2 and all(d.text.count(" ") == 3 for d in running._newest.values()))  # type: ignore[union-attr]
    running.close()
    kept = b.store.offers(b.owner, job=running.job.id)
    assert [(offer.index, offer.seed, offer.partial) for offer in kept] == [(0, 8, True), (1, 9, True)]
    assert b.store.body(b.owner, kept[0].parts[0].sha256)[0].decode() == make_text(8, 4)
    assert kept[0].summary == make_text(8, 4)
    assert b.store.job(b.owner, running.job.id).state == "cancelled"


def test_closing_a_handler_stops_the_job(bench: Open) -> None:
    """What a closed tab does: Gradio closes the handler's generator at its next yield."""
    b = bench(fake_card(rate=20, updates=1000))
    held: list[Any] = []

    def handler() -> Iterator[str]:
        running = b.workbench.run(TextAsk(), b.owner, b.session)
        held.append(running)
        try:
            for event in running:
                yield event.kind
        finally:
            running.close()

    page = handler()
    for _ in range(5):
        next(page)
    started = time.monotonic()
    page.close()
    assert time.monotonic() - started < 1
    assert held[0].ended
    assert b.store.job(b.owner, held[0].job.id).state == "cancelled"
    assert b.registry.status().cards[0].leases == 0


def test_nobody_has_to_look_for_the_work_to_be_recorded(bench: Open) -> None:
    b = bench()
    running = b.workbench.run(TextAsk(n=3), b.owner, b.session)
    wait_for(lambda: running.ended)
    assert len(b.store.offers(b.owner, job=running.job.id)) == 3
    assert b.store.job(b.owner, running.job.id).state == "done"


def test_something_comes_while_a_model_loads_or_is_silent(bench: Open) -> None:
    b = bench(fake_card(load_seconds=1.0, silent_at=2, updates=3))
    gaps, last = [], time.monotonic()
    stages = set()
    for event in b.workbench.run(TextAsk(), b.owner, b.session):
        gaps.append(time.monotonic() - last)
        last = time.monotonic()
        if isinstance(event, Progress):
            stages.add(event.stage)
    assert max(gaps) < 0.5
    assert stages == {"loading", "working"}


def test_stop_while_the_model_loads(bench: Open) -> None:
    b = bench(fake_card(load_seconds=2))
    running = b.workbench.run(TextAsk(), b.owner, b.session)
    started = time.monotonic()
    running.close()
    assert time.monotonic() - started < 0.5
    assert list(running) != []
    job = b.store.job(b.owner, running.job.id)
    assert (job.state, job.message) == ("cancelled", "")


def test_stop_while_waiting_in_the_queue(bench: Open) -> None:
    b = bench(fake_card(rate=20, updates=1000))
    first = b.workbench.run(TextAsk(), b.owner, b.session)
    wait_for(lambda: first._newest)
    second = b.workbench.run(TextAsk(), "you", b.store.create_session("you", "Theirs").id)
    position = next(e.position for e in second if isinstance(e, Progress) and e.stage == "queued")
    assert position == 1
    assert b.store.job("you", second.job.id).state == "queued"
    second.close()
    assert b.store.job("you", second.job.id).state == "cancelled"
    assert not first.ended
    assert b.store.job(b.owner, first.job.id).state == "running"


@pytest.mark.parametrize(
    ("options", "ask", "error", "state", "said"),
    [
        ({"fail_load": True}, TextAsk(), LoadFailed, "failed", "fails to load"),
        ({}, TextAsk(prompt=""), Refused, "failed", "This ask is empty"),
        ({"crash_at": 4}, TextAsk(), Interrupted, "interrupted", "ended unexpectedly"),
    ],
)
def test_every_end_is_told_as_what_it_was(
    bench: Open, options: dict[str, Any], ask: TextAsk, error: type[StudioError], state: str, said: str
) -> None:
    b = bench(fake_card(**options), host_kind="process")
    running = b.workbench.run(ask, b.owner, b.session)
    with pytest.raises(error, match=said):
        list(running)
    job = b.store.job(b.owner, running.job.id)
    assert job.state == state
    assert said in job.message
    assert list(running) == [], "it is told once"


def test_what_a_dead_host_had_made_is_kept(bench: Open) -> None:
    b = bench(fake_card(rate=50, updates=500), host_kind="process")
    running = b.workbench.run(TextAsk(seed=2), b.owner, b.session)
    wait_for(lambda: running._newest)
    host = b.registry._residents["fake-writer"].living
    assert host is not None
    os.kill(host._link.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    with pytest.raises(Interrupted):
        list(running)
    kept = b.store.offers(b.owner, job=running.job.id)
    assert [offer.partial for offer in kept] == [True]
    words = b.store.body(b.owner, kept[0].parts[0].sha256)[0].decode()
    assert words == make_text(2, len(words.split()))


def test_an_offer_that_cannot_be_recorded_is_not_shown(bench: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    b = bench()

    def full(*args: Any) -> Any:
        raise StudioError("The disk is full. Free some space and ask again.")

    monkeypatch.setattr(b.store, "record_offer", full)
    running = b.workbench.run(TextAsk(), b.owner, b.session)
    seen = []
    with pytest.raises(StudioError, match="disk is full"):
        seen.extend(running)
    assert not [event for event in seen if isinstance(event, Offer)]
    assert b.store.job(b.owner, running.job.id).state == "failed"
    assert b.registry.status().cards[0].leases == 0


def test_what_nobody_can_do_or_may_see_starts_no_job(bench: Open) -> None:
    b = bench(fake_card("text"))
    with pytest.raises(Refused, match="No model here"):
        b.workbench.run(PictureAsk(), b.owner, b.session)
    with pytest.raises(NotFound):
        b.workbench.run(TextAsk(), "somebody else", b.session)
    assert b.store.jobs(b.owner) == []


def test_stop_by_name_is_for_the_owner_only(bench: Open) -> None:
    b = bench(fake_card(rate=20, updates=1000))
    running = b.workbench.run(TextAsk(), b.owner, b.session)
    assert b.workbench.running(b.owner) == [running]
    assert b.workbench.running("somebody else") == []
    assert not b.workbench.stop("somebody else", running.job.id)
    assert not running._stop.is_set()
    assert b.workbench.stop(b.owner, running.job.id)
    wait_for(lambda: running.ended, 1)
    assert not b.workbench.stop(b.owner, running.job.id)


def test_closing_the_workbench_ends_everything(bench: Open) -> None:
    b = bench(fake_card(rate=20, updates=1000, slots=4))
    runs = [b.workbench.run(TextAsk(seed=i), b.owner, b.session) for i in range(4)]
    wait_for(lambda: all(r._newest for r in runs))
    threading.Timer(0, b.workbench.close).start()
    wait_for(lambda: all(r.ended for r in runs), 2)
    assert {b.store.job(b.owner, r.job.id).state for r in runs} == {"cancelled"}
    assert len(b.store.offers(b.owner, session=b.session)) == 4


def test_a_streamed_update_costs_little() -> None:
    found = measure_overhead(updates=60)
    assert found["seen"] == found["updates"]
    assert found["overhead_ms"] < 2.0, found
