"""Counting pieces as a model does, without the model: with the tokenizer that lies in its folder.

A GGUF file has its tokenizer inside and a server keeps its own; for those there is only `estimate`. The tokenizer counted with
last is kept, no more than that: a large one takes as much memory as the rest of the page's process.
"""

import threading
from pathlib import Path
from typing import Any

from studio.writing.context.trim import Count

NAME = "tokenizer.json"
LARGEST = 24 * 2**20  # bytes
PIECE = 3.6  # letters of English that most tokenizers make one piece of, rather too few than too many


def estimate(text: str) -> int:
    return -(-len(text) * 10 // round(PIECE * 10))


class Counter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[tuple[Path, int], Any] | None = None

    def of(self, folder: Path) -> Count | None:
        """None where it cannot be known."""
        path = folder / NAME
        try:
            facts = path.stat()
        except OSError:
            return None
        if facts.st_size > LARGEST:
            return None
        key = path, facts.st_mtime_ns
        with self._lock:
            if self._known is None or self._known[0] != key:
                self._known = key, _opened(path)
            found = self._known[1]
        return (lambda text: len(found.encode(text, add_special_tokens=False))) if found is not None else None


def _opened(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(path))
        found.no_truncation()
        found.no_padding()
    except Exception:  # the library raises nothing more exact; the model's own folder is checked where it is loaded
        return None
    return found
