"""The figures of the picture room, part by part: the embedded painter, the runtime diffusers, the explorer, and what is around."""

import importlib

from tests.bench import pictures
from tests.bench.figure import Figure

ENGINES = ("painter", "diffusers", "explorer")


def _of(part: str) -> tuple[Figure, ...]:
    try:
        module = importlib.import_module(f"tests.bench.{part}")
    except ModuleNotFoundError as error:
        if error.name != f"tests.bench.{part}":
            raise
        return ()
    return tuple(Figure(f"{part}-{f.name.removeprefix(part + '-')}", f.goal, f.measure) for f in module.FIGURES)


FIGURES = (*(figure for part in ENGINES for figure in _of(part)), *pictures.FIGURES)
