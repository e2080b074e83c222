"""Stop, and a closed tab, on the whole app over HTTP: the job ends within a second and its partial work is kept."""

import random
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import httpx

from studio.core.work import ENDED, Job
from studio.sessions.store import Store, open_store
from tests.running import RunningStudio, start_studio

ABREAST = 3


class Tab:
    """What a browser keeps open for one page: its heartbeat and the stream of its events."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=30)
        self.hash = secrets.token_hex(6)
        self.open = ExitStack()

    def ask(self) -> str:
        """Press the fake tab's button; back with the job's id as soon as words stream in."""
        self.open.enter_context(self.client.stream("GET", f"/gradio_api/heartbeat/{self.hash}"))
        config = self.client.get("/config").json()
        button = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "fake-go")
        arrive = next(d["id"] for d in config["dependencies"] if any(event == "load" for _, event in d["targets"]))
        asking = next(d["id"] for d in config["dependencies"] if [button, "click"] in d["targets"])
        self.call(arrive, [None], "process_completed", 1)  # opens the newest session, as a page does first
        marker = secrets.token_hex(8)
        self.call(asking, [marker, 2, None], "process_generating", 6)
        return marker

    def call(self, index: int, data: list[Any], until: str, times: int) -> None:
        event = {"data": data, "fn_index": index, "session_hash": self.hash}
        self.client.post("/gradio_api/queue/join", json=event).raise_for_status()
        stream = self.open.enter_context(self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.hash}))
        for line in stream.iter_lines():
            times -= until in line
            if times <= 0:
                return
        raise AssertionError(f"the stream ended without {until}")

    def close(self) -> None:
        self.open.close()
        self.client.close()


def job_of(store: Store, marker: str) -> Job:
    return next(j for j in store.jobs("local") if j.ask["prompt"] == marker)


def leave_once(running: RunningStudio, store: Store, how: Literal["stop", "close"], wait: float) -> tuple[float, str, int]:
    tab = Tab(running.url)
    try:
        marker = tab.ask()
        job = job_of(store, marker)
        time.sleep(wait)
        began = time.time()
        if how == "stop":
            tab.client.post(f"/studio/jobs/{job.id}/stop", json={}).raise_for_status()
        else:
            tab.close()
        while (job := store.job("local", job.id)).state not in ENDED and time.time() - began < 10:
            time.sleep(0.02)
        ended = job.ended.timestamp() if job.ended else time.time() + 10
        return ended - began, job.state, len(store.offers("local", job=job.id))
    finally:
        tab.close()


def measure_leave(n: int, data: Path, how: Literal["stop", "close"], seed: int = 3) -> dict[str, Any]:
    chance = random.Random(seed)
    with start_studio(data) as running:
        store = open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)
        store.create_session("local", "Leave")
        with ThreadPoolExecutor(ABREAST) as people:
            waits = [chance.uniform(0, 0.5) for _ in range(n)]
            got = list(people.map(lambda wait: leave_once(running, store, how, wait), waits))
        store.close()
    return {
        "times": n,
        "slowest_s": round(max(seconds for seconds, _, _ in got), 3),
        "over_a_second": sum(seconds > 1.0 for seconds, _, _ in got),
        "not_cancelled": sum(state != "cancelled" for _, state, _ in got),
        "without_partial": sum(kept == 0 for _, _, kept in got),
    }


def all_well(got: dict[str, Any]) -> bool:
    return not (got["over_a_second"] or got["not_cancelled"] or got["without_partial"])


def test_stop_ends_a_hundred_jobs_in_time(tmp_path: Path) -> None:
    got = measure_leave(100, tmp_path, "stop")
    assert all_well(got), got


def test_closing_the_tab_ends_a_hundred_jobs_in_time(tmp_path: Path) -> None:
    got = measure_leave(100, tmp_path, "close")
    assert all_well(got), got
