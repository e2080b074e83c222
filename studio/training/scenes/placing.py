"""Named objects of the data laid on the board: chosen, coloured where they have no colour, cast in the scene's light."""

import numpy as np

from studio.training.scenes.board import Board, oval
from studio.training.scenes.colours import Array, Lch
from studio.training.scenes.noise import blur
from studio.training.scenes.nouns import article
from studio.training.scenes.objects import COLOURLESS, LOOKS, Concept
from studio.training.scenes.plan import Plan, side_of

BRIGHT: tuple[Lch, ...] = (
    (0.60, 0.22, 27), (0.72, 0.17, 52), (0.86, 0.17, 92), (0.60, 0.15, 145), (0.68, 0.11, 195), (0.54, 0.17, 258),
    (0.50, 0.18, 300),
    (0.74, 0.16, 352), (0.95, 0.02, 90), (0.3, 0.03, 270),
)  # fmt: skip


def bright(p: Plan) -> Lch:
    return BRIGHT[int(p.rng.integers(0, len(BRIGHT)))]


def drawing(p: Plan, concept: Concept, side: int, colour: Array | None = None, like: str = "") -> tuple[str, Array]:
    """A drawing of the concept and the set it is from, the one asked for where it has the concept; black ones get a colour."""
    assert p.objects is not None
    pool = [item for item in concept.pictures if item[0] == like] or list(concept.pictures)
    pack, file = pool[int(p.rng.integers(0, len(pool)))]
    picture = p.objects.picture(pack, file, max(4, side))
    if LOOKS[pack] in COLOURLESS and (colour is not None or p.chance(0.6)):
        picture[..., :3] = p.palette.raw(bright(p)) if colour is None else colour
    return pack, picture


def named(
    b: Board,
    p: Plan,
    groups: tuple[str, ...],
    size: float,
    x: float,
    y: float,
    weight: float = 1.0,
    floats: bool = False,
    tint: bool = False,
    only: tuple[str, ...] = (),
) -> None:
    """One object of these groups (or names) at a place, told of in the caption; nothing where the data has none."""
    concept = p.objects.choose(p.rng, groups, only) if p.objects is not None else None
    if concept is None:
        return
    _, picture = drawing(p, concept, round(size * b.side * b.view[0]))
    put(b, p, picture, x, y, "object", floats, tint)
    p.named.append((concept.name, "object"))
    p.add(article(concept.name), "object", weight, side_of(x))


def put(b: Board, p: Plan, picture: Array, x: float, y: float, name: str, floats: bool = False, tint: bool = False) -> None:
    """A cut-out laid on the board: x its middle, y its foot (or its middle when it floats)."""
    high, wide = picture.shape[:2]
    middle, foot_at = b.pixel(x, y)
    left, top = round(middle - wide / 2), round(foot_at - (high / 2 if floats else high))
    left, top = int(np.clip(left, -wide // 6, b.side - wide + wide // 6)), int(np.clip(top, 0, max(0, b.side - high)))
    if not floats:
        per = b.side * b.view[0]
        foot = oval(x, y - high / per * 0.03, wide / per * 0.42, wide / per * 0.075)
        b.lay(blur(b.mask(foot), b.side * 0.008), p.palette.raw(p.light.shade) * 0.6, None, 0.5)
    mask, layer = np.zeros((b.side, b.side), np.float32), np.zeros((b.side, b.side, 3), np.float32)
    rows, columns = slice(top, min(top + high, b.side)), slice(max(left, 0), min(left + wide, b.side))
    part = picture[: rows.stop - top, columns.start - left : columns.stop - left]
    mask[rows, columns] = part[..., 3]
    colour = part[..., :3]
    if tint:
        colour = colour * (0.35 + 0.65 * np.array(p.light.tint, np.float32))
    layer[rows, columns] = np.clip(colour, 0, 1)
    b.lay(mask, layer, name)
    split_by_colour(b, layer, name)


def split_by_colour(b: Board, layer: Array, name: str) -> None:
    """An object's own parts become shapes, so that styles can outline and pane them."""
    number = len(b.names) - 1
    inside = b.ids == number
    if not inside.any():
        return
    coarse = (layer * 2.99).astype(np.int16)
    key = coarse[..., 0] * 9 + coarse[..., 1] * 3 + coarse[..., 2]
    for value in np.unique(key[inside])[1:]:
        b.names.append(name)
        b.ids[inside & (key == value)] = len(b.names) - 1
