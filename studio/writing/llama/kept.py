"""The GGUF forms of a folder of safetensors, made once and kept in the cache: the quickest one that is as good as the whole.

How good a form is, is measured on the held-out text in the model's folder: bits per character, within one hundredth of those
of the whole numbers. Without such a text the middle form is taken unmeasured. The verdict lies beside the file. A file made by
several processes at once is the same file; a folder of other weights of the same model is removed.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from studio.writing.llama.form import EXACT, FORMS, write_form

VERSION = 2  # of the way forms are made and chosen
SLACK = 1.01
UNMEASURED = "q8_0"
MADE_OF = ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")
HELD = "held.txt"


def kept_form(name: str, folder: Path, cache: Path, bits: Callable[[Path, str], float]) -> Path:
    """The file to play; `bits` says how many bits a character of a text costs with a file."""
    home = cache / "gguf" / f"{name}-{_digest(folder)}"
    with contextlib.suppress(OSError, ValueError, KeyError):
        verdict = json.loads((home / "verdict.json").read_text("utf-8"))
        if (home / verdict["file"]).stat().st_size == verdict["size"]:
            return home / str(verdict["file"])
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="making-") as work:
        form, found = _choose(folder, Path(work), bits)
        made, target = Path(work) / f"{form}.gguf", home / f"{form}.gguf"
        verdict = {"file": target.name, "size": made.stat().st_size, "bits": found}
        (Path(work) / "verdict.json").write_text(json.dumps(verdict, indent=1), "utf-8")
        os.replace(made, target)
        os.replace(Path(work) / "verdict.json", home / "verdict.json")
    for other in home.parent.glob(f"{name}-*"):
        if other != home and len(other.name) == len(home.name):
            shutil.rmtree(other, ignore_errors=True)
    return target


def forget(file: Path) -> None:
    """A kept file turned out to be broken."""
    shutil.rmtree(file.parent, ignore_errors=True)


def _choose(folder: Path, work: Path, bits: Callable[[Path, str], float]) -> tuple[str, dict[str, float]]:
    held = (folder / HELD).read_text("utf-8") if (folder / HELD).is_file() else ""

    def cost(form: str) -> float:
        write_form(folder, form, work / f"{form}.gguf")
        return bits(work / f"{form}.gguf", held) if held else 0.0

    if not held:
        return UNMEASURED, {UNMEASURED: cost(UNMEASURED)}
    found = {EXACT: cost(EXACT)}
    for form in FORMS:
        if form not in found:
            found[form] = cost(form)
        if found[form] <= SLACK * found[EXACT]:
            return form, found
    return EXACT, found


def _digest(folder: Path) -> str:
    made = hashlib.sha256(str(VERSION).encode())
    for name in (*MADE_OF, HELD):
        with contextlib.suppress(FileNotFoundError), (folder / name).open("rb") as file:
            made.update(hashlib.file_digest(file, "sha256").digest())
        made.update(b"|")
    return made.hexdigest()[:24]
