"""Runtimes by name: the runtime `gguf` is the file `engines/gguf.py` of one of the rooms.

Looks at files only. What packages a runtime needs is read from its text; nothing of it is imported here, so that the
page's process stays light.
"""

import ast
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOMS = ("writing", "images", "music")
STUDIO = Path(__file__).resolve().parents[1]


class Found(NamedTuple):
    """Where a runtime is; `problem` is a sentence if it cannot be used."""

    module: str
    problem: str = ""


FindRuntime = Callable[[str], Found]


def runtime_finder(extra: Mapping[str, str] | None = None, studio: Path = STUDIO) -> FindRuntime:
    """`extra` names modules beside the convention, for tests. Answers are kept: packages do not come and go."""
    known: dict[str, Found] = {}
    others = dict(extra or {})

    def find(name: str) -> Found:
        if name not in known:
            known[name] = Found(others[name]) if name in others else _find(name, studio)
        return known[name]

    return find


def _find(name: str, studio: Path) -> Found:
    if name.isidentifier():
        for room in ROOMS:
            path = studio / room / "engines" / f"{name}.py"
            if path.is_file():
                return _check(name, f"studio.{room}.engines.{name}", path)
    return Found("", f"Needs the runtime `{name}`, which this version does not have yet.")


def _check(name: str, module: str, path: Path) -> Found:
    missing = [package for package in packages_of(path) if not _installed(package)]
    if not missing:
        return Found(module)
    words = ", ".join(f"`{m}`" for m in missing)
    return Found(module, f"The runtime `{name}` needs {words}, which {'is' if len(missing) == 1 else 'are'} not installed.")


def packages_of(path: Path) -> tuple[str, ...]:
    """The literal PACKAGES of a runtime's file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "PACKAGES" for target in targets):
            return tuple(ast.literal_eval(value))
    return ()


def _installed(package: str) -> bool:
    """Top-level names are looked up without importing anything."""
    try:
        return importlib.util.find_spec(package.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return False
