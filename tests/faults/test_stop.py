"""Stop, at random moments: the job ends at once and what there was of it is kept."""

import random
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

from studio.core.event import Delta, Offer
from tests.fakes import TextAsk, fake_card
from tests.workbenches import open_bench


def measure_stop(n: int, host_kind: Literal["process", "thread"] = "process", seed: int = 1) -> dict[str, Any]:
    """Runs `n` jobs and stops each at a random moment, half of them as a closed tab does."""
    chance = random.Random(seed)
    slowest, lost, wrong = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        card = fake_card(rate=100, updates=2000, slots=2)
        with open_bench(Path(folder), host_kind=host_kind, cards=(card,)) as bench:
            bench.registry.load(card.id)
            for number in range(n):
                running = bench.workbench.run(TextAsk(n=2, seed=number), bench.owner, bench.session)
                shown = {}
                leave = time.monotonic() + chance.uniform(0, 0.15)
                for event in running:
                    if isinstance(event, Delta):
                        shown[event.index] = event.text
                    if time.monotonic() >= leave:
                        break
                asked = time.monotonic()
                if number % 2:
                    running.close()
                else:
                    running.stop()
                    for event in running:
                        assert not isinstance(event, Offer) or event.id
                slowest = max(slowest, time.monotonic() - asked)
                kept = bench.store.offers(bench.owner, job=running.job.id)
                texts = {o.index: bench.store.body(bench.owner, o.parts[0].sha256)[0].decode() for o in kept}
                lost += any(not texts.get(index, "").startswith(text) for index, text in shown.items())
                wrong += bench.store.job(bench.owner, running.job.id).state != "cancelled" or not running.ended
                wrong += bench.registry.status().cards[0].leases != 0
    return {"stops": n, "slowest_s": round(slowest, 3), "partials_lost": lost, "not_ended_properly": wrong}


def test_stop_a_hundred_times() -> None:
    found = measure_stop(100)
    assert found["slowest_s"] < 1.0, found
    assert (found["partials_lost"], found["not_ended_properly"]) == (0, 0), found
