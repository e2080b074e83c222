"""The world that the explorer learns: mountains, seas and deserts of the scenes, in one manner, with what is true of each.

Drawn once and kept beside the run. One manner and few kinds, because a small net that knows little looks better than one
that knows a bit of everything; no objects of other people's collections are in it.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = ("mountains", "sea", "desert")
SHARES = (0.45, 0.35, 0.2)
FACTS = (*KINDS, "night", "sunset", "winter", "sun right")  # what is known of each picture, as numbers
HELD = 1000  # the last ones are not trained on


class World(NamedTuple):
    pictures: NDArray[np.uint8]  # (n, size, size, 3)
    facts: NDArray[np.float32]  # (n, FACTS)


def draw(seed: int, size: int) -> tuple[NDArray[np.uint8], list[float]]:
    """One picture and its facts."""
    from studio.training.scenes.board import Board
    from studio.training.scenes.colours import LIGHTS, Palette
    from studio.training.scenes.make import KINDS as DRAWN
    from studio.training.scenes.plan import Plan

    rng = np.random.default_rng([seed, 6401])
    kind = str(rng.choice(KINDS, p=SHARES))
    light = LIGHTS[int(rng.integers(len(LIGHTS)))]
    plan = Plan(
        rng, Palette(rng, light), kind, "digital painting", str(rng.choice(("spring", "summer", "autumn", "winter"))), "", None
    )
    board = Board(2 * size)
    DRAWN[kind][0](board, plan)
    painted = np.clip(board.rgb, 0, 1).reshape(size, 2, size, 2, 3).mean((1, 3))
    truths = [
        *(kind == one for one in KINDS),
        light.name == "night",
        light.name in ("sunset", "evening"),
        plan.season == "winter",
    ]
    return (painted * 255 + 0.5).astype(np.uint8), [*map(float, truths), plan.sun[0]]


def world(folder: Path, count: int, size: int) -> World:
    """From the folder, or drawn into it (a few minutes; goes on where it was)."""
    path = folder / f"world-{size}.npz"
    pictures: list[NDArray[np.uint8]] = []
    facts: list[list[float]] = []
    if path.exists():
        with np.load(path) as kept:
            pictures, facts = list(kept["pictures"][:count]), kept["facts"][:count].tolist()
    fresh = len(pictures) < count
    while len(pictures) < count:
        picture, truths = draw(len(pictures), size)
        pictures.append(picture)
        facts.append(truths)
        if len(pictures) % 2000 == 0:
            _keep(path, pictures, facts)
            print(f"{len(pictures)} of {count} pictures drawn", flush=True)
    if fresh:
        _keep(path, pictures, facts)
    return World(np.stack(pictures), np.array(facts, np.float32))


def _keep(path: Path, pictures: list[NDArray[np.uint8]], facts: list[list[float]]) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(part, pictures=np.stack(pictures), facts=np.array(facts, np.float32))
    part.replace(path)
