"""The figures of the picture room, part by part: the embedded painter, the runtime diffusers, the explorer, and what is around."""

from types import ModuleType

from tests.bench import diffusers, explorer, painter, pictures
from tests.bench.figure import Figure


def _of(part: ModuleType) -> tuple[Figure, ...]:
    name = part.__name__.rpartition(".")[2]
    return tuple(Figure(f"{name}-{f.name.removeprefix(name + '-')}", f.goal, f.measure) for f in part.FIGURES)


FIGURES = (*_of(painter), *_of(diffusers), *_of(explorer), *pictures.FIGURES)
