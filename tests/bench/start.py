"""How long from the command to the first served page, and how large the web process is, beside a bare Gradio app."""

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.running import ROOT, free_port


def _once(command: list[str], port: int) -> tuple[float, float, float]:
    """Seconds to the first page, CPU seconds until then, resident MB."""
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200:
                    break
            except httpx.HTTPError:
                assert process.poll() is None, "it did not start"
                time.sleep(0.02)
        took = time.monotonic() - began
        seen = psutil.Process(process.pid)
        cpu = seen.cpu_times()
        return took, cpu.user + cpu.system, seen.memory_info().rss / 2**20
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def measure_start(rounds: int, data: Path) -> dict[str, Any]:
    """In turn, bare and ours; the medians and their ratio. Our first start, which makes the database, is told apart."""
    got: dict[str, list[tuple[float, float, float]]] = {"bare": [], "studio": []}
    first: tuple[float, float, float] | None = None
    for _ in range(rounds + 1):
        port = free_port()
        bare = _once([sys.executable, "-m", "tests.bench.bare_app", str(port)], port)
        port = free_port()
        ours = _once([sys.executable, "app.py", "--port", str(port), "--data-dir", str(data)], port)
        if first is None:
            first = ours
        else:
            got["bare"].append(bare)
            got["studio"].append(ours)
    assert first is not None
    middle = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in got.items()}
    ratios = [ours[0] / bare[0] for ours, bare in zip(got["studio"], got["bare"], strict=True)]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "cpu_ratio": round(middle["studio"][1] / middle["bare"][1], 3),
        "studio_s": round(middle["studio"][0], 2),
        "bare_s": round(middle["bare"][0], 2),
        "first_start_s": round(first[0], 2),
        "rss_mb": round(middle["studio"][2]),
        "bare_rss_mb": round(middle["bare"][2]),
    }
