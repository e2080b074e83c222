"""Runtime `gguf`: text models on llama.cpp (xllamacpp). Neither torch nor transformers is imported here.

A card's folder holds a GGUF file, or a small Llama as transformers saves it, of which a quick form is made in the cache at the
first load. Options of a card: `dialect`, `context`, `slots`, `file`.
"""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio.core.card import Card
from studio.core.engine import Engine, Place
from studio.core.errors import LoadFailed

if TYPE_CHECKING:
    from studio.writing.llama.header import Header
    from studio.writing.llama.server import Chunk, Server
    from studio.writing.llama.text import LlamaText
    from studio.writing.model import Dialect

PACKAGES: tuple[str, ...] = ("xllamacpp", "gguf", "numpy", "safetensors")
MOST_CONTEXT = 8192
LEAST_CONTEXT = 1024  # rather fewer slots than less of a context
SLOTS = 8
OWN_USE = 300 * 2**20  # bytes beside weights and cache
SMALL = 48 * 2**20  # bytes; threads wait longer for each other than such weights take to read
TRIAL_SECONDS = 0.08  # of each thread count
TRIAL_SIZE = 256 * 2**20  # bytes; larger weights are quicker on all threads, and loading them twice would take too long
HELD_PIECES = 96  # a window of the held-out text
HELD_WINDOWS = 4


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"xllamacpp": version("xllamacpp")}


def load(card: Card, folder: Path, place: Place) -> Engine:
    from studio.writing.play import TextEngine

    return TextEngine(text_model(card, folder, place), card, folder)


def text_model(card: Card, folder: Path, place: Place) -> "LlamaText":
    # Threads that wait must sleep: with spinning ones a busy machine decodes at a fiftieth of its speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    if found := _shipped(card, folder):
        return _opened(card, found, place, "")
    if not (folder / "model.safetensors").is_file():
        raise LoadFailed(f"{card.title} has no weights that llama.cpp can read: no .gguf file is in {folder}.")
    from studio.writing.llama.kept import forget

    made = _made(card, folder, place)
    try:
        return _opened(card, made, place, "mini")
    except LoadFailed:  # the disk may have spoiled what was kept
        forget(made)
        return _opened(card, _made(card, folder, place), place, "mini")


def _shipped(card: Card, folder: Path) -> Path | None:
    """The named file, else the first that is weights of a language model; of a split one the first part."""
    named = card.options.get("file")
    if named:
        return folder / str(named)
    files = [path for path in sorted(folder.rglob("*.gguf")) if "mmproj" not in path.name.lower()]
    return files[0] if files else None


def _made(card: Card, folder: Path, place: Place) -> Path:
    from safetensors import SafetensorError

    from studio.writing.llama.form import Unknown
    from studio.writing.llama.kept import kept_form

    cache = Path(place.cache) if place.cache else _own_cache()
    try:
        return kept_form(card.id, folder, cache, _bits)
    except Unknown as error:
        raise LoadFailed(f"{card.title} {error}, so llama.cpp cannot play it. Use the runtime `transformers`.") from error
    except OSError as error:
        raise LoadFailed(f"{card.title} could not be made ready: {error.strerror or error} ({error.filename}).") from error
    except (ValueError, KeyError, SafetensorError) as error:
        raise LoadFailed(f"{card.title} is not complete or is broken. Get the model again.") from error


def _own_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("tandem", appauthor=False)


def _bits(file: Path, held: str) -> float:
    """Bits per character of some windows of a text, weighed side by side."""
    from concurrent.futures import ThreadPoolExecutor
    from math import log

    from studio.writing.llama.form import EXACT
    from studio.writing.llama.server import Server
    from studio.writing.llama.text import LlamaText
    from studio.writing.model import Prompt
    from studio.writing.prompts.symbols import STORY, TEXT

    server = Server(file, LEAST_CONTEXT, HELD_WINDOWS, 1, rows=file.stem != EXACT)
    model = LlamaText(server, "mini")
    size = 4 * HELD_PIECES  # characters, about
    step = max(1, (len(held) - size) // max(1, HELD_WINDOWS - 1))
    windows = [held[at : at + size] for at in range(0, max(1, len(held) - size + 1), step)][:HELD_WINDOWS]
    start = Prompt(text=STORY + TEXT, symbols=True)
    try:
        with ThreadPoolExecutor(HELD_WINDOWS) as beside:
            weighed = list(beside.map(lambda window: model.weigh(start, window, 0), windows))
    finally:
        model.close()
    return -sum(one.logprob for window in weighed for one in window) / log(2) / sum(map(len, windows))


def _opened(card: Card, file: Path, place: Place, dialect: str) -> "LlamaText":
    from studio.writing.llama.header import BadHeader, read_header
    from studio.writing.llama.server import NotServed
    from studio.writing.llama.text import LlamaText

    try:
        header = read_header(file)
        context, slots = _room(card, file, header, place)
        server = _quickest(file, context, slots, header.whole, place)
    except BadHeader as error:
        raise LoadFailed(f"{file.name} of {card.title} cannot be read: {error}. Get the model again.") from error
    except OSError as error:
        raise LoadFailed(f"{file.name} of {card.title} cannot be read: {error.strerror or error}.") from error
    except NotServed as error:
        kind = header.values.get("general.architecture", "unknown")
        raise LoadFailed(
            f"llama.cpp could not load {card.title}. Its file {file.name} is broken, needs more memory than there is, or is of "
            f"a kind (`{kind}`) that this version does not know. Get the model again, or choose a smaller one."
        ) from error
    speaks = str(card.options.get("dialect") or dialect or ("chat" if header.speaks else "base"))
    mute = _controls(server) if speaks == "mini" else []
    return LlamaText(server, cast("Dialect", speaks), mute)


def _room(card: Card, file: Path, header: "Header", place: Place) -> tuple[int, int]:
    """How many pieces each slot holds, and how many slots: what the model was trained for, as far as memory goes."""
    slots = int(card.options.get("slots", SLOTS))
    context = min(int(card.options.get("context", 0)) or min(header.context, MOST_CONTEXT), header.context)
    free = place.memory - file.stat().st_size - OWN_USE if place.memory else context * slots * header.bytes_a_piece
    fits = max(free, 0) // header.bytes_a_piece
    while slots > 1 and fits < min(context, LEAST_CONTEXT) * slots:
        slots //= 2
    if "context" not in card.options:
        context = max(min(context, LEAST_CONTEXT), min(context, fits // slots))
    return max(256, context // 256 * 256), slots


def _quickest(file: Path, context: int, slots: int, whole: bool, place: Place) -> "Server":
    """Small weights on one thread; for middling ones a few pieces are written either way; large ones on all threads."""
    from studio.writing.llama.server import Server

    gpu, size, most = place.device != "cpu", file.stat().st_size, max(1, place.threads)
    if size <= SMALL and not gpu:
        return Server(file, context, slots, 1, rows=not whole)
    every = Server(file, context, slots, most, gpu=gpu)
    if gpu or most == 1 or size > TRIAL_SIZE:
        return every
    alone = Server(file, context, slots, 1)
    better, worse = (every, alone) if _speed(every) > 1.1 * _speed(alone) else (alone, every)
    worse.close()
    return better


def _speed(server: "Server") -> float:
    """Pieces a second."""
    began: float | None = None
    made = 0

    def watch(chunk: "Chunk") -> bool:
        nonlocal began, made
        if chunk["choices"][0]["text"]:
            began, made = began or time.perf_counter(), made + 1
        return began is not None and time.perf_counter() - began > TRIAL_SECONDS

    asked = {"prompt": server.pieces("The door", symbols=False, begin=True), "max_tokens": 64, "ignore_eos": True}
    server.complete({**asked, "cache_prompt": False}, watch)
    return (made - 1) / (time.perf_counter() - began) if began else 0.0


def _controls(server: "Server") -> list[int]:
    """The control symbols of the embedded writer, but for the one that ends a text: it must not say them."""
    from studio.writing.prompts.symbols import CONTROLS, END

    return server.pieces("".join(name for name in CONTROLS if name != END), symbols=True)
