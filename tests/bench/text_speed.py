"""How quick the embedded writer is as shipped: beside transformers, beside itself, beside other work. Same weights, in turns.

Each comparison is made inside one run and takes the quickest of several turns of either side, so that what else the machine
does falls on both. Both sides have the same number of threads: the one the runtime chose.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from studio.core.card import Card
from studio.core.engine import Place
from studio.hosts.process import child_env
from studio.registry import read_shelf
from studio.registry.places import threads_here
from studio.writing.engines import gguf as runtime
from studio.writing.llama.server import Server
from studio.writing.llama.text import LlamaText
from studio.writing.model import Call, Prompt, Samplers, TextModel
from studio.writing.prompts.symbols import STORY, TEXT
from tests.bench.figure import Figure, Measured
from tests.running import ROOT

FOLDER = Path(os.environ.get("TANDEM_BENCH_WRITER", Path(ROOT) / "assets" / "models" / "writer-mini"))
START = f"{STORY}{TEXT}The lamp stood by the window, and the old keeper was waiting for the boat."
FREE = Samplers(temperature=0.8, min_p=0.05)
TURNS = 5


@lru_cache(maxsize=1)
def card() -> Card:
    return next(card for card in read_shelf().cards if card.id == "writer-mini")


@lru_cache(maxsize=1)
def cache() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tandem-bench-")


def place(threads: int | None = None) -> Place:
    return Place(device="cpu", threads=threads or threads_here(), memory=1 << 30, cache=cache().name)


@lru_cache(maxsize=1)
def ours() -> LlamaText:
    return runtime.text_model(card(), FOLDER, place())


def chosen_form() -> Path:
    (file,) = Path(cache().name).rglob(f"{card().id}-*/*.gguf")
    return file


@lru_cache(maxsize=1)
def theirs() -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(ours().server.threads)
    model = AutoModelForCausalLM.from_pretrained(FOLDER, dtype="float32").eval()
    return model, AutoTokenizer.from_pretrained(FOLDER)


def call(seed: int, most: int = 64, text: str = START) -> Call:
    return Call(prompt=Prompt(text=text, symbols=True), most=most, seed=seed, samplers=FREE)


def pieces_a_second(model: TextModel, calls: list[Call]) -> tuple[float, float]:
    """Pieces a second, and seconds until all have ended."""
    began = time.perf_counter()
    made = sum(one.pieces for one in model.write(calls, threading.Event()) if one.end)
    took = time.perf_counter() - began
    return made / took, took


def generate(rows: int, pieces: int, seed: int) -> float:
    """Seconds of `transformers.generate` for so many texts of so many pieces at once."""
    import torch

    model, words = theirs()
    ids = words([START] * rows, return_tensors="pt", add_special_tokens=False).input_ids
    torch.manual_seed(seed)
    began = time.perf_counter()
    with torch.no_grad():
        model.generate(
            ids, max_new_tokens=pieces, min_new_tokens=pieces, do_sample=True, temperature=0.8, min_p=0.05, top_k=0, pad_token_id=0
        )  # fmt: skip
    return time.perf_counter() - began


def seconds_for(model: LlamaText, rows: int, pieces: int, seed: int) -> float:
    """Of as many pieces as `generate` makes; who ends early goes on with another text."""
    made, took = 0, 0.0
    while made < rows * pieces * 0.9:
        rate, seconds = pieces_a_second(model, [call(seed * 100 + made + i, pieces) for i in range(rows)])
        made, took = made + round(rate * seconds), took + seconds
    return took * rows * pieces / made


def decode() -> Measured:
    mine, others = [], []
    model = ours()
    generate(1, 8, 0)
    for seed in range(TURNS):
        mine.append(seconds_for(model, 1, 128, seed))
        others.append(generate(1, 128, seed))
    fast, slow = 128 / min(mine), 128 / min(others)
    said = f"{fast:,.0f} pieces/s beside {slow:,.0f} of generate fp32: {fast / slow:.1f}x, on {model.server.threads} thread(s)"
    return Measured(said, fast >= 3.5 * slow, {"ours": fast, "generate": slow})


def four() -> Measured:
    model = ours()
    generate(4, 8, 0)
    one, many, batch = [], [], []
    for seed in range(4 * TURNS):
        one.append(seconds_for(model, 1, 64, 50 + seed))
        many.append(seconds_for(model, 4, 64, 150 + seed))
        if seed % 4 == 0:
            batch.append(generate(4, 64, seed))
    to_one, to_batch = min(many) / min(one), min(many) / min(batch)
    said = f"four of 64 pieces take {to_one:.2f}x one ({min(many):.3f} s) and {to_batch:.2f}x generate with a batch of four"
    return Measured(said, to_one <= 3.0 and to_batch <= 0.8, {"one": min(one), "four": min(many), "generate": min(batch)})


# what was read before


def first_piece(model: LlamaText, text: str) -> float:
    began = time.perf_counter()
    next(iter(model.write([call(1, 4, text)], threading.Event())))
    return time.perf_counter() - began


def changed_tail(model: LlamaText, pieces: int) -> tuple[float, float]:
    """Seconds to the first piece: cold, and after the last words of a text of so many pieces were changed."""
    told = (FOLDER / "held.txt").read_text("utf-8") * 4
    told = told[: 3 * pieces]
    while model.count(told) < pieces - 40:
        told += " and the boat"
    cold, warm = [], []
    for turn in range(TURNS):
        base = f"{STORY}{TEXT}{turn} times. {told}"
        cold.append(first_piece(model, f"{base} He went home."))
        warm.append(first_piece(model, f"{base} She never came back to the house again, and nobody asked."))
    return min(cold), min(warm)


def prefix() -> Measured:
    """Within the writer's own context, and over 2,000 pieces: beyond what it was trained for, but the time is the same."""
    own = changed_tail(ours(), 900)
    with TemporaryDirectory(prefix="tandem-bench-") as folder:
        shutil.copytree(FOLDER, Path(folder) / "m")
        config = json.loads((FOLDER / "config.json").read_text("utf-8")) | {"max_position_embeddings": 4096}
        (Path(folder) / "m" / "config.json").write_text(json.dumps(config), "utf-8")
        wide = runtime.text_model(card().changed(id="wide"), Path(folder) / "m", place())
        try:
            far = changed_tail(wide, 2000)
        finally:
            wide.close()
    shares = [warm / cold for cold, warm in (own, far)]
    said = "; ".join(
        f"{many} pieces: {cold * 1000:.0f} ms cold, {warm * 1000:.0f} ms with a changed tail ({warm / cold:.1%})"
        for many, (cold, warm) in (("900", own), ("2,000", far))
    )
    return Measured(said, max(shares) <= 0.10, {"own": own, "far": far})


# beside other work


@contextmanager
def busy(count: int) -> Iterator[None]:
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        time.sleep(0.3)
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def beside_others() -> Measured:
    """In a process with the environment of a host, on all threads and on as many as the runtime chose."""
    found = json.loads(_alone("busy"))
    shares = {name: rates["busy"] / rates["quiet"] for name, rates in found.items()}
    said = ", ".join(f"{name}: {shares[name]:.0%} of {found[name]['quiet']:,.0f} pieces/s" for name in found)
    return Measured(f"beside two busy processes, {said}", min(shares.values()) >= 0.25, found)


def _alone(what: str) -> str:
    env = child_env(card(), place()) | {"TANDEM_BENCH_WRITER": str(FOLDER), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench.text_speed", what], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    return ended.stdout.strip().splitlines()[-1]


def _measure_busy() -> dict[str, dict[str, float]]:
    model = ours()
    every = LlamaText(Server(chosen_form(), 1024, 4, threads_here(), rows=True), "mini")
    models = {f"{threads_here()} threads": every, f"as chosen ({model.server.threads})": model}
    found: dict[str, dict[str, float]] = {name: {"quiet": 0.0, "busy": 0.0} for name in models}
    for turn in range(3):
        for name, one in models.items():
            rate = pieces_a_second(one, [call(turn, 128)])[0]
            found[name]["quiet"] = max(found[name]["quiet"], rate)
            with busy(2):
                # The mean of a while, not the best moment: a moment may find the others asleep.
                rates = [pieces_a_second(one, [call(turn * 10 + i, 128)])[0] for i in range(4)]
            found[name]["busy"] += 3**-1 * len(rates) / sum(1 / rate for rate in rates)
    every.close()
    model.close()
    return found


# getting ready


def ready() -> Measured:
    """A fresh process each time, until the first piece is there; the quick form is in the cache already."""
    ours()
    mine = [json.loads(_fresh(_MINE)) for _ in range(3)]
    other = [json.loads(_fresh(_THEIRS)) for _ in range(2)]
    fast, slow = min(one["seconds"] for one in mine), min(one["seconds"] for one in other)
    small, large = mine[0]["bytes"] / 1e6, other[0]["bytes"] / 1e6
    said = f"first piece {fast:.2f} s after the start in {small:.0f} MB, beside {slow:.1f} s in {large:.0f} MB of transformers"
    return Measured(said, fast <= 0.5 * slow and small <= 0.5 * large, {"ours": mine, "theirs": other})


_COUNTED = """
import json, psutil, time
used = psutil.Process().memory_full_info().uss
print(json.dumps({"seconds": time.time() - psutil.Process().create_time(), "bytes": used}), flush=True)
import os; os._exit(0)
"""
_MINE = """
from pathlib import Path
import sys, threading
from studio.core.card import Card
from studio.core.engine import Place
from studio.writing.engines import gguf
from studio.writing.model import Call, Prompt
model = gguf.text_model(Card.loads(sys.argv[1]), Path(sys.argv[3]), Place.loads(sys.argv[2]))
next(iter(model.write([Call(prompt=Prompt(text="The lamp"), most=4, seed=1)], threading.Event())))
"""
_THEIRS = """
import sys
from transformers import AutoModelForCausalLM, AutoTokenizer
model, words = AutoModelForCausalLM.from_pretrained(sys.argv[3], dtype="float32"), AutoTokenizer.from_pretrained(sys.argv[3])
model.generate(words("The lamp", return_tensors="pt").input_ids, max_new_tokens=1)
"""


def _fresh(lines: str) -> str:
    given = [card().dumps().decode(), place().dumps().decode(), str(FOLDER)]
    ended = subprocess.run(
        [sys.executable, "-c", lines + _COUNTED, *given], env=child_env(card(), place()), cwd=ROOT, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return ended.stdout.strip().splitlines()[-1]


# as good, as certain


def loss() -> Measured:
    """Bits per character of held-out windows: the form that is played, and transformers in whole numbers."""
    import torch

    told = (FOLDER / "held.txt").read_text("utf-8")
    model, (whole, words) = ours(), theirs()
    windows = [told[at : at + 1200] for at in range(0, min(len(told), 12_000) - 1200, 1200)]
    mine = other = 0.0
    for window in windows:
        mine -= sum(one.logprob for one in model.weigh(Prompt(text=STORY + TEXT, symbols=True), window, 0))
        ids = torch.tensor([words(STORY + TEXT + window, add_special_tokens=False).input_ids])
        with torch.no_grad():
            scores = whole(ids).logits[0, 1:-1].log_softmax(-1)
        other -= float(scores.gather(1, ids[0, 2:, None]).sum())
    size = math.log(2) * sum(map(len, windows))
    said = f"{mine / size:.4f} bits a character as {chosen_form().stem}, {other / size:.4f} in fp32: {mine / other - 1:+.2%}"
    return Measured(said, mine <= 1.01 * other, {"ours": mine / size, "fp32": other / size})


def same() -> Measured:
    """Calls alone, cold and warm, and among seven others."""
    model = ours()
    calls = [call(seed, 64, f"{START} {'It rained. ' * (seed % 7)}") for seed in range(40)]
    together: dict[int, str] = {}
    for at in range(0, len(calls), 8):
        together |= {at + one.call: one.text for one in model.write(calls[at : at + 8], threading.Event()) if one.end}
    alike = 0
    for at, one in reversed(list(enumerate(calls))):
        *_, last = model.write([one], threading.Event())
        alike += last.text == together[at]
    return Measured(f"{alike} of {len(calls)} calls say the same alone as among eight", alike == len(calls), {})


def stopped() -> Measured:
    """Pieces that were made after Stop, and how long the answer took; four texts at once, stopped anywhere."""
    model = ours()
    most, slowest = 0, 0.0
    real: Callable[..., Any] = model.server.complete
    for turn in range(25):
        stop, made = threading.Event(), dict[int, int]()

        def counted(asked: Any, watch: Any, stop: threading.Event = stop, made: dict[int, int] = made) -> Any:
            def look(chunk: Any) -> bool:
                if stop.is_set() and chunk["choices"][0]["text"]:
                    made[asked["seed"]] = made.get(asked["seed"], 0) + 1
                return bool(watch(chunk))

            return real(asked, look)

        model.server.complete = counted  # type: ignore[method-assign]
        going = model.write([call(turn * 4 + i, 400) for i in range(4)], stop)
        for _ in range(turn * 3 + 1):
            next(going, None)
        stop.set()
        began = time.perf_counter()
        list(going)
        slowest = max(slowest, time.perf_counter() - began)
        model._seats.wait(5)
        most = max(most, *made.values(), 0)
    model.server.complete = real  # type: ignore[method-assign]
    return Measured(f"at most {most} more piece(s) of a text; the answer took at most {slowest * 1000:.0f} ms", most <= 1, {})


FIGURES = (
    Figure("decode", "the writer as shipped decodes at least 3.5x as fast as transformers.generate in fp32", decode),
    Figure("held-out", "its held-out loss is within 1 % of fp32", loss),
    Figure("four-offers", "four texts of 64 pieces: at most 3x one, at most 0.8x generate with a batch of four", four),
    Figure("beside-others", "with two other busy processes at least 25 % of the quiet speed", beside_others),
    Figure("prefix", "changed tail: first piece after at most 10 % of the time of a cold prompt", prefix),
    Figure("ready", "first piece of a fresh process: at most half of the time and memory of transformers", ready),
    Figure("same-text", "the same call says the same, alone or among others", same),
    Figure("stop", "after Stop at most one more piece", stopped),
)

if __name__ == "__main__":
    print(json.dumps(_measure_busy()))
