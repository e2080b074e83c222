"""Palettes: five swatches out of a picture, how far two palettes are apart, and a picture held to a palette.

`hold` moves colours without bands: the picture's own few colours are matched with the palette's, each pixel goes along with
those it is near to, and is then drawn toward the nearest mix of swatches. Held fully, every pixel lies within `REACH` of a mix
of the swatches (distances as in `colours.py`). Nothing is random: the same picture gives the same palette.
"""

import struct
from itertools import combinations, permutations
from typing import TYPE_CHECKING, NamedTuple

from studio.core.errors import Refused
from studio.images.colours import HEX, hex_of, lab_of, oklab, srgb, thumbnail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from studio.images.colours import Bytes, Floats

SWATCHES = 5
REACH = 4.0  # from a mix of the swatches, at full firmness
SOFTNESS = 0.09  # how gently a pixel passes from one swatch to the next
ROUNDS, SIDE, BLOCK = 12, 96, 1 << 11
Palette = tuple[str, ...]


class Held(NamedTuple):
    picture: "Image"
    distance: float  # between the palette asked for and what the picture now shows
    farthest: float  # how far its farthest pixel is from a mix of the swatches


def extract(picture: "Image", count: int = SWATCHES) -> Palette:
    """Its main colours, the one that covers most first; fewer where it has fewer."""
    import numpy as np

    centres, shares = _main_colours(oklab(thumbnail(picture, SIDE)).reshape(-1, 3), count)
    order = np.argsort(-shares, kind="stable")
    return tuple(dict.fromkeys(hex_of(pixel) for pixel in srgb(centres[order])))


def difference(one: str, other: str) -> float:
    """How far two colours are apart."""
    import numpy as np

    return round(100 * float(np.linalg.norm(lab_of((one,)) - lab_of((other,)))), 2)


def distance(one: Palette, other: Palette) -> float:
    """The mean way from a swatch to the nearest of the other palette, both ways; 0 for the same swatches in any order."""
    if not one or not other:
        return 0.0
    apart = _apart(lab_of(one), lab_of(other))
    return round(50 * float(apart.min(axis=1).mean() + apart.min(axis=0).mean()), 2)


def hold(picture: "Image", palette: Palette, firmness: float = 0.5) -> Held:
    """The picture in these colours, as firmly as asked: 0 leaves it as it is, 1 keeps within reach of the palette."""
    import numpy as np
    from PIL import Image

    if not palette or any(not HEX.fullmatch(colour) for colour in palette):
        raise Refused("A palette needs at least one colour like #2b6cb0.")
    swatches = lab_of(palette)
    own, _ = _main_colours(oklab(thumbnail(picture, SIDE)).reshape(-1, 3), len(palette))
    goals, mixes = swatches[_matched(own, swatches)], _Mixes(swatches)
    colours, where = _colours(picture)
    made, off = zip(*(_moved(some, own, goals, mixes, firmness) for some in _blocks(colours)), strict=True)
    pixels = np.concatenate(made)[where].reshape(picture.height, picture.width, 3)
    held = Image.fromarray(pixels)
    return Held(held, distance(palette, extract(held, len(palette))), round(max(off), 2))


def farthest(picture: "Image", palette: Palette) -> float:
    """How far the pixel farthest from every mix of the swatches is."""
    mixes = _Mixes(lab_of(palette))
    return round(max(float(_off(some, mixes).max()) for some in _blocks(_colours(picture)[0])), 2)


def css(palette: Palette) -> str:
    """Custom properties for a style sheet."""
    return ":root {\n" + "".join(f"  --swatch-{i + 1}: {colour};\n" for i, colour in enumerate(palette)) + "}\n"


def gpl(palette: Palette, name: str = "Tandem") -> str:
    """GIMP, Inkscape and Krita."""
    rows = (" ".join(f"{int(c[i : i + 2], 16):3d}" for i in (1, 3, 5)) + f"\t{c}\n" for c in palette)
    return f"GIMP Palette\nName: {' '.join(name.split())}\nColumns: {len(palette)}\n#\n" + "".join(rows)


def ase(palette: Palette) -> bytes:
    """Adobe Swatch Exchange."""
    blocks = b""
    for colour in palette:
        name = (colour + "\0").encode("utf-16-be")
        parts = struct.pack(">3f", *(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        body = struct.pack(">H", len(colour) + 1) + name + b"RGB " + parts + struct.pack(">H", 2)
        blocks += struct.pack(">HI", 1, len(body)) + body
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(palette)) + blocks


def _main_colours(lab: "Floats", count: int) -> "tuple[Floats, Floats]":
    """Centres and how much each covers: the farthest colours that cover something, then drawn to the middle of their own."""
    import numpy as np

    stretch = np.array([1.0, 1.7, 1.7], np.float32)  # hues count for more than shades
    lab = lab * stretch
    cells, where = np.unique((np.rint(lab * 32) + 64).astype(np.int64) @ (1 << 16, 1 << 8, 1), return_inverse=True)
    size = np.bincount(where, minlength=len(cells)).astype(np.float32)
    points = np.stack([np.bincount(where, lab[:, i], len(cells)) for i in range(3)], 1).astype(np.float32) / size[:, None]
    weight = size**0.5  # a small bright patch counts for more than its pixels
    centres = points[[int(weight.argmax())]]
    while len(centres) < min(count, len(points)):
        gain = weight * _apart(points, centres).min(axis=1) ** 2
        centres = np.concatenate([centres, points[[int(gain.argmax())]]])
    for _ in range(ROUNDS):
        nearest = _apart(points, centres).argmin(axis=1)
        for i in range(len(centres)):
            if (mine := nearest == i).any():
                centres[i] = np.average(points[mine], axis=0, weights=weight[mine])
    nearest = _apart(points, centres).argmin(axis=1)
    return centres / stretch, np.bincount(nearest, size, len(centres)).astype(np.float32)


def _matched(own: "Floats", swatches: "Floats") -> list[int]:
    """Which swatch each of the picture's colours becomes: light to light first, so that the light of the picture stays."""
    import numpy as np

    scale = np.array([2.0, 1.0, 1.0], np.float32)
    apart = _apart(own * scale, swatches * scale) ** 2
    if len(own) > 5:  # too many ways to try them all
        return [int(i) for i in apart.argmin(axis=1)]
    ways = permutations(range(len(swatches)), len(own))
    return list(min(ways, key=lambda way: float(sum(apart[i, j] for i, j in enumerate(way)))))


def _colours(picture: "Image") -> "tuple[Bytes, NDArray[np.intp]]":
    """Every colour of the picture once, and which of them each pixel has."""
    import numpy as np

    pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(np.uint32)
    found, where = np.unique(pixels[:, 0] << 16 | pixels[:, 1] << 8 | pixels[:, 2], return_inverse=True)
    return np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.uint8), where.reshape(-1)


def _blocks(colours: "Bytes") -> "list[Bytes]":
    return [colours[i : i + BLOCK] for i in range(0, len(colours), BLOCK)]


def _moved(colours: "Bytes", own: "Floats", goals: "Floats", mixes: "_Mixes", firmness: float) -> "tuple[Bytes, float]":
    """The colours on their way to the palette, and how far the farthest of them still is."""
    import numpy as np

    if not firmness:
        return colours, float(_off(colours, mixes).max())
    lab = oklab(colours)
    lab = lab + firmness * _near(lab, own) @ (goals - own)
    way = mixes.way(lab)
    length = np.linalg.norm(way, axis=1, keepdims=True)
    reach = REACH / 100 * 0.8 / firmness**3  # the rest is left to rounding
    pixels = srgb(lab + way * np.clip(1 - reach / np.maximum(length, 1e-6), 0, 1))
    if firmness < 1:
        return pixels, 100 * float(np.minimum(length, reach).max())
    off = _off(pixels, mixes)
    if (out := off > REACH).any():  # where no screen can show the colour and cutting it led away
        pixels[out] = srgb((lab + way)[out])
        off[out] = _off(pixels[out], mixes)
    return pixels, float(off.max())


def _off(colours: "Bytes", mixes: "_Mixes") -> "Floats":
    """How far each colour is from the nearest mix."""
    import numpy as np

    return np.asarray(100 * np.linalg.norm(mixes.way(oklab(colours)), axis=1), np.float32)


class _Mixes:
    """Every few of the swatches, for finding the nearest mix of a colour: their convex hull, so near colours go near each other.

    For any one to four of them the nearest point of the flat they span is one product of matrices. It counts where no share is
    below nothing; the nearest that counts is the answer.
    """

    def __init__(self, swatches: "Floats") -> None:
        import numpy as np

        count = len(swatches)
        some = [few for size in range(min(4, count), 0, -1) for few in combinations(range(count), size)]
        self._ends = np.zeros((len(some), 4, 3), np.float32)
        self._shares = np.zeros((4, len(some), 4), np.float32)  # of a colour and a one, to the shares of the four
        for i, few in enumerate(some):
            first, span = swatches[few[0]], swatches[list(few[1:])] - swatches[few[0]]
            others = np.linalg.pinv(span).astype(np.float32)
            self._ends[i, : len(few)] = swatches[list(few)]
            self._shares[:3, i, 1 : len(few)] = others
            self._shares[3, i, 1 : len(few)] = -first @ others
            self._shares[:, i, 0] = -self._shares[:, i, 1:].sum(axis=1)
            self._shares[3, i, 0] += 1

    def way(self, lab: "Floats") -> "Floats":
        """From each colour straight to the nearest mix."""
        import numpy as np

        count = self._ends.shape[0]
        whole = np.concatenate([lab, np.ones((len(lab), 1), np.float32)], axis=1)
        shares = (whole @ self._shares.reshape(4, -1)).reshape(len(lab), count, 4)
        steps = np.matmul(shares.transpose(1, 0, 2), self._ends).transpose(1, 0, 2) - lab[:, None]
        length = np.einsum("ijk,ijk->ij", steps, steps)
        length[shares.min(axis=2) < -1e-5] = np.inf
        return np.asarray(steps[np.arange(len(lab)), length.argmin(axis=1)], np.float32)


def _near(lab: "Floats", centres: "Floats") -> "Floats":
    """How much each colour belongs to each centre; the shares add up to 1."""
    import numpy as np

    apart = _apart(lab, centres) ** 2
    share = np.exp(-(apart - apart.min(axis=1, keepdims=True)) / (2 * SOFTNESS**2))
    return np.asarray(share / share.sum(axis=1, keepdims=True), np.float32)


def _apart(one: "Floats", other: "Floats") -> "Floats":
    import numpy as np

    return np.asarray(np.linalg.norm(one[:, None] - other[None], axis=2), np.float32)
