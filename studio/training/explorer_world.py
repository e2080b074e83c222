"""The world that the explorer learns: mountains, seas and deserts of the scenes, in one manner, with what is true of each.

Drawn once and kept beside the run. One manner and few kinds, because a small net that knows little looks better than one
that knows a bit of everything; no objects of other people's collections are in it.
"""

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = ("mountains", "sea", "desert")
SHARES = (0.45, 0.35, 0.2)
FACTS = (*KINDS, "night", "sunset", "winter", "sun right")  # what is known of each picture, as numbers
PART = 2000  # pictures drawn before they are kept
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


def world(folder: Path, count: int, size: int, workers: int = 1) -> World:
    """From the folder, or drawn into it (20 ms a picture and core at 64 px; goes on where it was)."""
    path = folder / f"world-{size}.npz"
    pictures: list[NDArray[np.uint8]] = []
    facts: list[list[float]] = []
    if path.exists():
        with np.load(path) as kept:
            pictures, facts = list(kept["pictures"][:count]), kept["facts"][:count].tolist()
    with ProcessPoolExecutor(workers) if workers > 1 else nullcontext() as pool:
        while len(pictures) < count:
            seeds = range(len(pictures), min(len(pictures) + PART, count))
            drawn = (pool.map if pool else map)(draw, seeds, [size] * len(seeds))
            for picture, truths in drawn:
                pictures.append(picture)
                facts.append(truths)
            _keep(path, pictures, facts)
            print(f"{len(pictures)} of {count} pictures drawn", flush=True)
    return World(np.stack(pictures), np.array(facts, np.float32))


def _keep(path: Path, pictures: list[NDArray[np.uint8]], facts: list[list[float]]) -> None:
    part = path.with_suffix(".part.npz")
    np.savez(part, pictures=np.stack(pictures), facts=np.array(facts, np.float32))
    part.replace(path)
