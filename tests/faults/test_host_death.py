"""Kill -9 of a host in the middle of a job: that job is interrupted, nobody else notices, the next ask is served."""

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from studio.core.errors import Interrupted
from studio.core.event import Delta, Offer
from studio.hosts.process import ProcessLink
from tests.fakes import TextAsk, TuneAsk, fake_card
from tests.workbenches import Bench, open_bench

BYSTANDER_UPDATES = 60


class Bystander(threading.Thread):
    """Somebody with a model of their own, asking again and again while hosts beside it are killed."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(daemon=True)
        self.bench = bench
        self.over = threading.Event()
        self.done = 0
        self.disturbed: list[str] = []

    def run(self) -> None:
        session = self.bench.store.create_session("bystander", "Undisturbed").id
        while not self.over.is_set():
            running = self.bench.workbench.run(TuneAsk(seed=self.done), "bystander", session)
            try:
                offers = [event for event in running if isinstance(event, Offer)]
                state = self.bench.store.job("bystander", running.job.id).state
                if state != "done" or len(offers) != 1 or offers[0].partial:
                    self.disturbed.append(state)
            except Exception as error:
                self.disturbed.append(str(error))
            self.done += 1


def measure_host_death(n: int, seed: int = 1) -> dict[str, Any]:
    """Kills the writer's process `n` times while it writes and the composer's works beside it."""
    chance = random.Random(seed)
    kept = served = 0
    states: Counter[str] = Counter()
    slowest = 0.0
    cards = (fake_card("text", rate=200), fake_card("tune", rate=100, updates=BYSTANDER_UPDATES))
    with tempfile.TemporaryDirectory() as folder, open_bench(Path(folder), host_kind="process", cards=cards) as bench:
        bench.registry.load("fake-writer")
        bench.registry.load("fake-composer")
        bystander = Bystander(bench)
        bystander.start()
        for number in range(n):
            bench.registry.load("fake-writer")  # the person presses Load: three deaths in a row are enough otherwise
            state, kept_now = _kill_one(bench, number, chance.uniform(0.005, 0.08))
            states[state] += 1
            kept += kept_now
            started = time.monotonic()
            running = bench.workbench.run(TextAsk(seed=number, words=10), bench.owner, bench.session)
            offers = [event for event in running if isinstance(event, Offer)]
            served += len(offers) == 1 and not offers[0].partial
            slowest = max(slowest, time.monotonic() - started)
        bystander.over.set()
        bystander.join()
    return {
        "kills": n,
        "ended_as": dict(states),
        "partials_kept": kept,
        "next_served": served,
        "slowest_next_s": round(slowest, 3),
        "others_done": bystander.done,
        "others_disturbed": bystander.disturbed,
    }


def _kill_one(bench: Bench, number: int, delay: float) -> tuple[str, bool]:
    """Kills the host `delay` seconds after it has shown something. How did the job end, and was the text kept?"""
    running = bench.workbench.run(TextAsk(seed=number, words=5000), bench.owner, bench.session)
    shown = ""
    sentence = ""
    try:
        for event in running:
            if isinstance(event, Delta) and not shown:
                shown = event.text
                time.sleep(delay)
                os.kill(_pid(bench, "fake-writer"), signal.SIGKILL)
    except Interrupted as error:
        sentence = str(error)
    job = bench.store.job(bench.owner, running.job.id)
    offers = bench.store.offers(bench.owner, job=running.job.id)
    kept = [bench.store.body(bench.owner, offer.parts[0].sha256)[0].decode() for offer in offers]
    told = job.state if job.message == sentence != "" else f"{job.state} without its sentence"
    return told, bool(kept) and kept[0].startswith(shown)


def _pid(bench: Bench, model: str) -> int:
    host = bench.registry._residents[model].living
    assert host is not None
    assert isinstance(host._link, ProcessLink)
    assert host._link.pid is not None
    return host._link.pid


def test_kill_a_host_fifty_times() -> None:
    found = measure_host_death(50)
    assert found["ended_as"] == {"interrupted": 50}, found
    assert (found["partials_kept"], found["next_served"]) == (50, 50), found
    assert found["others_disturbed"] == [], found
    assert found["others_done"] >= 5, found
    assert found["slowest_next_s"] < 3, found
