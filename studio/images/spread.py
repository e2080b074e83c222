"""How far apart pictures are to the eye: for offers beside each other, and for choosing the most different of many.

A distance is between 0 (the same) and 1, and needs no net: four tenths are where which colour is (a small thumbnail in
OKLab), two tenths which colours there are at all, and four tenths where edges run which way. It knows nothing of what is
shown: two foxes in other places and colours are far apart. The limits of the plain words were set on sixty paintings and
prints: one saved as a poor JPEG, cut by 4 % on all sides or made a tenth lighter is nearly the same 95 times in 100, and no two
different works are; two of one book are mostly alike or different, two of different books far apart six times in ten.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from studio.images.colours import oklab, thumbnail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Vector = NDArray[np.float32]

SAME, ALIKE, DIFFERENT = 0.16, 0.38, 0.6  # below which the plain word holds; above: far apart
PLACES, COLOURS, EDGES = 0.4, 0.2, 0.4
FULL_PLACES, FULL_COLOURS = 0.35, 0.2  # distances in OKLab that count as all the way apart
SIDE, GRID, WAYS = 64, 8, 6


class Spread(NamedTuple):
    """Distances of some pictures, each to each; `nearest` are the numbers of the two most alike, counted from 0."""

    matrix: tuple[tuple[float, ...], ...]
    mean: float
    nearest: tuple[int, int] | None
    sentence: str


class Seen(NamedTuple):
    """What of a picture is compared. Make it once for a picture that is compared often."""

    places: "Vector"  # the mean colour of 8 x 8 fields
    colours: "Vector"  # how light, how green or red, how blue or yellow its pixels are, each from least to most
    edges: "Vector"  # how strongly edges run each of six ways in each field


def see(picture: "Image") -> Seen:
    import numpy as np

    lab = oklab(thumbnail(picture, SIDE))
    fields = lab.reshape(GRID, SIDE // GRID, GRID, SIDE // GRID, 3).mean(axis=(1, 3))
    ranked = np.sort(lab.reshape(-1, 3), axis=0)[:: SIDE * SIDE // 32]
    return Seen(fields.reshape(-1, 3), ranked, _edges(lab[..., 0]))


def between(one: Seen, other: Seen) -> float:
    import numpy as np

    places = float(np.linalg.norm(one.places - other.places, axis=1).mean()) / FULL_PLACES
    colours = float(np.abs(one.colours - other.colours).sum(axis=1).mean()) / FULL_COLOURS
    edges = float(np.sqrt(((one.edges - other.edges) ** 2).sum()) / 2**0.5)
    return PLACES * min(places, 1.0) + COLOURS * min(colours, 1.0) + EDGES * min(edges, 1.0)


def distance(one: "Image", other: "Image") -> float:
    return between(see(one), see(other))


def word(distance: float) -> str:
    """A distance in plain words."""
    limits = ((SAME, "nearly the same"), (ALIKE, "alike"), (DIFFERENT, "different"))
    return next((name for limit, name in limits if distance < limit), "far apart")


def spread(pictures: "Sequence[Image]") -> Spread:
    """How far apart they all are, and which two are most alike."""
    matrix = _matrix([see(picture) for picture in pictures])
    pairs = [(matrix[i][j], i, j) for i in range(len(matrix)) for j in range(i + 1, len(matrix))]
    frozen = tuple(tuple(round(value, 4) for value in row) for row in matrix)
    if not pairs:
        return Spread(frozen, 0.0, None, "There is nothing to compare with yet.")
    mean = sum(value for value, _, _ in pairs) / len(pairs)
    value, i, j = min(pairs)
    sentence = f"{i + 1} and {j + 1} are {word(value)}."
    if len(pictures) > 2:
        sentence = f"On the whole they are {word(mean)}; most alike are {i + 1} and {j + 1}: {word(value)}."
    return Spread(frozen, round(mean, 4), (i, j), sentence)


def drop_doubles(pictures: "Sequence[Image]", limit: float = SAME) -> list[int]:
    """The numbers of those that stay, in order: each one nearer than the limit to an earlier one goes."""
    seen = [see(picture) for picture in pictures]
    kept: list[int] = []
    for i, one in enumerate(seen):
        if all(between(one, seen[j]) >= limit for j in kept):
            kept.append(i)
    return kept


def most_distant(pictures: "Sequence[Image]", k: int) -> list[int]:
    """The numbers of `k` pictures far from each other: the two farthest first, then always the one farthest from all chosen."""
    size = range(len(pictures))
    if k >= len(size) or k < 2:
        return list(size)[: max(k, 0)]
    matrix = _matrix([see(picture) for picture in pictures])
    pairs = [(i, j) for i in size for j in size if i < j]
    farthest = max(pairs, key=lambda pair: matrix[pair[0]][pair[1]])
    chosen = [*farthest]
    while len(chosen) < k:
        chosen.append(max((i for i in size if i not in chosen), key=lambda i: min(matrix[i][j] for j in chosen)))
    return sorted(chosen)


def _matrix(seen: list[Seen]) -> list[list[float]]:
    matrix = [[0.0] * len(seen) for _ in seen]
    for i, one in enumerate(seen):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = between(one, seen[j])
    return matrix


def _edges(light: "Vector") -> "Vector":
    """Six ways in each field, spread over the two nearest; the whole of length 1, so that contrast counts for little."""
    import numpy as np

    down, right = np.gradient(light)
    strength = np.hypot(down, right)
    way = (np.arctan2(down, right) / np.pi % 1.0) * WAYS
    low = np.floor(way).astype(int)
    field = np.arange(SIDE) * GRID // SIDE
    place = (field[:, None] * GRID + field[None, :]) * WAYS
    found = np.zeros(GRID * GRID * WAYS)
    for step, share in ((low, 1 - (way - low)), (low + 1, way - low)):
        np.add.at(found, (place + step % WAYS).ravel(), (strength * share).ravel())
    found = np.sqrt(found)
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-6), np.float32)
