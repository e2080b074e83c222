"""How near a made picture is to the nearest one its model learned from. Holds marks of pictures, not the pictures.

A mark is a 64-bit hash of which neighbour is lighter, and a 4 x 4 thumbnail. A copy agrees in both. Flat skies make hashes
unsure, so agreement is a share of bits, and how often people's or drawn pictures are as near to each other is told beside it.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BITS = 4  # of 64 may differ
FAR = 0.03  # of the thumbnails' colours, 0 to 1


class Marks(NamedTuple):
    hashes: NDArray[np.uint8]  # (n, 8)
    colours: NDArray[np.uint8]  # (n, 48)


def marks_of(pictures: NDArray[np.uint8]) -> Marks:
    """Of many pictures at once, (n, size, size, 3)."""
    n, size = pictures.shape[:2]
    grey = pictures.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    rows = grey.reshape(n, 8, size // 8, size).mean(2)
    edges = np.linspace(0, size, 10).astype(int)
    cells = np.stack([rows[:, :, a:b].mean(2) for a, b in zip(edges, edges[1:], strict=False)], 2)
    bits = np.packbits((cells[:, :, 1:] > cells[:, :, :-1]).reshape(n, 64), axis=1)
    small = pictures.reshape(n, 4, size // 4, 4, size // 4, 3).mean((2, 4), dtype=np.float32)
    return Marks(bits, np.rint(small).astype(np.uint8).reshape(n, 48))


def load(path: Path) -> Marks:
    from safetensors.numpy import load_file

    kept = load_file(path)
    return Marks(kept["hashes"], kept["colours"])


def save(marks: Marks, path: Path) -> None:
    from safetensors.numpy import save as to_bytes

    path.write_bytes(to_bytes(marks._asdict()))


def nearest(one: Marks, known: Marks) -> tuple[int, float]:
    """Of a single picture's marks: which known one is nearest by colours among those of like hash, and how far; -1 if none is."""
    differ = np.unpackbits(known.hashes ^ one.hashes, axis=1).sum(1)
    far = np.sqrt(((known.colours.astype(np.float32) - one.colours) ** 2).mean(1)) / 255.0
    far[differ > BITS] = np.inf
    at = int(far.argmin())
    return (at, float(far[at])) if np.isfinite(far[at]) else (-1, float("inf"))


def copies(made: Marks, known: Marks) -> int:
    """How many are as good as copies of a known one."""
    each = (Marks(made.hashes[k : k + 1], made.colours[k : k + 1]) for k in range(len(made.hashes)))
    return sum(nearest(one, known)[1] < FAR for one in each)
