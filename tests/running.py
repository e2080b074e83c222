"""Start the whole studio as a process of its own, with or without the fake engines."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningStudio:
    process: subprocess.Popen[bytes]
    url: str
    data: Path
    port: int

    def kill(self) -> None:
        """kill -9 of everything: the page's process and its hosts."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def launch(data: Path, *, fakes: bool = True, port: int | None = None, extra: tuple[str, ...] = ()) -> RunningStudio:
    port = port or free_port()
    what = ["-m", "tests.fake_studio"] if fakes else ["app.py"]
    log = open(data / "server.log", "ab")  # noqa: SIM115 - lives as long as the process
    process = subprocess.Popen(
        [sys.executable, *what, "--port", str(port), "--data-dir", str(data), *extra],
        cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    return RunningStudio(process, f"http://127.0.0.1:{port}", data, port)


def wait_until_up(running: RunningStudio, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if running.process.poll() is not None:
            break
        try:
            if httpx.get(f"{running.url}/studio/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError(f"the studio did not start:\n{(running.data / 'server.log').read_text()[-3000:]}")


@contextmanager
def start_studio(data: Path, *, fakes: bool = True, extra: tuple[str, ...] = ()) -> Iterator[RunningStudio]:
    running = launch(data, fakes=fakes, extra=extra)
    try:
        wait_until_up(running)
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            try:
                running.process.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()
