"""Patterns that fill the picture: stripes, checks, dots, waves, tiles, leaves, flowers, rings, stars."""

from collections.abc import Callable

import numpy as np

from studio.training.scenes.board import Board, discs, many, moved, shape
from studio.training.scenes.colours import Array, Lch
from studio.training.scenes.motifs import base, blossoms, hearts, leaves, mandala, objects, on_ground, stars
from studio.training.scenes.noise import cloud
from studio.training.scenes.placing import BRIGHT
from studio.training.scenes.plan import Plan

GROUNDS: tuple[Lch, ...] = ((0.95, 0.02, 90), (0.28, 0.05, 265), (0.88, 0.06, 80), (0.75, 0.07, 200),
    (0.82, 0.07, 350), (0.25, 0.02, 60), (0.60, 0.10, 30), (0.45, 0.08, 155))  # fmt: skip


def pattern(b: Board, p: Plan) -> None:
    """One motif in two to four colours that go together."""
    colours = _colours(p)
    motif = p.one(*MOTIFS)
    if motif == "objects" and p.objects is None:
        motif = "dots"
    MOTIFS[motif](b, p, colours)


def _colours(p: Plan) -> list[Array]:
    ground = p.palette.raw(GROUNDS[int(p.rng.integers(0, len(GROUNDS)))])
    picks = [p.palette.raw(BRIGHT[int(at)]) for at in p.rng.permutation(len(BRIGHT))]
    apart = [colour for colour in picks if np.abs(colour - ground).sum() > 0.55]
    return [ground, *apart[:3]]


def _soft(b: Board, wave: Array, sharp: float) -> Array:
    return np.clip(wave * b.side * sharp + 0.5, 0, 1)


def _bands(b: Board, wave: Array, colours: list[Array], widths: int) -> None:
    """Parallel bands by the fraction of a wave; each colour a shape of its own."""
    part = np.floor((wave % 1) * widths).astype(int)
    for index in range(1, widths):
        b.lay((part == index).astype(np.float32), colours[index % len(colours)], f"figure {index}")


def stripes(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    angle = float(p.rng.choice([0, np.pi / 2, np.pi / 4, -np.pi / 4]))
    count = float(p.rng.choice([4, 6, 8, 11]))
    _bands(
        b,
        (b.x * np.cos(angle) + b.y * np.sin(angle)) * count / (1.4 if angle % (np.pi / 2) else 1) + 0.13,
        colours,
        int(p.rng.integers(2, 4)),
    )
    word = (
        {0: "upright stripes"}.get(round(angle), "stripes")
        if angle in (0,)
        else ("level stripes" if angle == np.pi / 2 else "slanted stripes")
    )
    p.add(word, "figure 1", 1.0)
    on_ground(p)


def waves(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count, sway, turns = p.between(6, 13), p.between(0.02, 0.06), p.between(1.5, 4)
    _bands(b, (b.y + sway * np.sin(b.x * turns * 6.283 + p.between(0, 6))) * count, colours, int(p.rng.integers(2, 4)))
    p.add(p.one("wavy lines", "waves"), "figure 1", 1.0)
    on_ground(p)


def checks(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count = int(p.rng.choice([4, 6, 8, 10]))
    if p.chance(0.5):
        odd = (np.floor(b.x * count) + np.floor(b.y * count)) % 2
        b.lay(odd.astype(np.float32), colours[1], "figure 1")
        p.add(p.one("a chessboard", "checks", "squares"), "figure 1", 1.0)
    else:
        lines = (np.floor(b.x * count) % 2).astype(np.float32), (np.floor(b.y * count) % 2).astype(np.float32)
        for line in lines:
            b.lay(line, colours[1], "figure 1", 0.55)
        p.add(p.one("a tartan", "a plaid", "gingham"), "figure 1", 1.0)
    on_ground(p)


def dots(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count = int(p.rng.choice([4, 5, 6, 8]))
    size = p.between(0.22, 0.4) / count
    spots = [((at + 0.5 * (row % 2)) / count, (row + 0.5) / count, size) for row in range(count) for at in range(count + 1)]
    first = b.draw(discs(spots), colours[1], "figure 1")
    if p.chance(0.4):
        b.lay(np.minimum(b.mask(discs((x, y, r * 0.5) for x, y, r in spots)), first), colours[2], "figure 2")
    p.add(p.one("dots", "polka dots", "spots", "circles"), "figure 1", 1.0)
    on_ground(p)


def zigzag(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count = p.between(4, 8)
    tooth = np.abs((b.x * count) % 1 - 0.5) * p.between(0.7, 1.1)
    _bands(b, b.y * count + tooth, colours, int(p.rng.integers(2, 4)))
    p.add(p.one("a zigzag", "zigzag lines"), "figure 1", 1.0)
    on_ground(p)


def triangles(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count = int(p.rng.choice([4, 5, 6]))
    row = np.floor(b.y * count)
    across = b.x * count + 0.5 * (row % 2)
    up = np.abs(across % 1 - 0.5) * 2 < (b.y * count - row)
    mark = p.rng.integers(0, len(colours) - 1, (count + 1, count + 2))[row.astype(int), np.floor(across).astype(int)]
    for index in range(len(colours) - 1):
        b.lay((up & (mark == index)).astype(np.float32), colours[index + 1], f"figure {index + 1}")
    p.add("triangles", "figure 1", 1.0)
    on_ground(p)


def tiles(b: Board, p: Plan, colours: list[Array]) -> None:
    """Painted tiles: a motif of quarter circles, turned and mirrored."""
    base(b, colours[0])
    count = int(p.rng.choice([3, 4, 5]))
    x, y = np.abs((b.x * count) % 1 - 0.5), np.abs((b.y * count) % 1 - 0.5)
    far = np.hypot(x, y)
    b.lay(_soft(b, (0.16 - np.abs(far - 0.42)) / count, 1.0), colours[1], "figure 1")
    b.lay(_soft(b, (0.2 - (x + y)) / count, 1.0), colours[2 % len(colours)], "figure 2")
    b.lay(_soft(b, (0.1 - np.hypot(0.5 - x, 0.5 - y)) / count, 1.0), colours[-1], "figure 3")
    p.add(p.one("tiles", "painted tiles"), "figure 1", 1.0, coloured=False)
    on_ground(p)


def scales(b: Board, p: Plan, colours: list[Array]) -> None:
    """Overlapping arcs, row upon row."""
    base(b, colours[0])
    count = int(p.rng.choice([4, 5, 6]))
    for row in range(count * 2 + 2):
        rings = [(((at + 0.5 * (row % 2)) / count), row / count / 2) for at in range(-1, count + 2)]
        for share, colour, name in (
            (0.5, colours[1], "figure 1"),
            (0.40, colours[0], "ground"),
            (0.3, colours[1], "figure 1"),
            (0.2, colours[0], "ground"),
        ):
            b.draw(discs((x, y, share / count) for x, y in rings), colour, name)
    p.add(p.one("scales", "fish scales", "arcs"), "figure 1", 1.0)
    on_ground(p)


def rings(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    x, y = p.between(0.35, 0.65), p.between(0.35, 0.65)
    if p.chance(0.5):
        _bands(b, np.hypot(b.x - x, b.y - y) * p.between(5, 9), colours, int(p.rng.integers(2, 4)))
        p.add(p.one("rings", "circles in circles"), "figure 1", 1.0)
    else:
        turn = np.arctan2(b.y - y, b.x - x) / 6.283
        _bands(b, turn * int(p.rng.choice([6, 8, 10, 12])), colours, 2)
        p.add(p.one("rays", "a sunburst"), "figure 1", 1.0)
    on_ground(p)


def spiral(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    turn = np.arctan2(b.y - 0.5, b.x - 0.5) / 6.283
    _bands(b, np.hypot(b.x - 0.5, b.y - 0.5) * p.between(4, 7) + turn * float(p.rng.choice([-2, -1, 1, 2])), colours, 2)
    p.add(p.one("a spiral", "a swirl"), "figure 1", 1.0)
    on_ground(p)


def marble(b: Board, p: Plan, colours: list[Array]) -> None:
    """Colours that flow into one another."""
    base(b, colours[0])
    flow = cloud(p.rng, b.side, 3, 4) * 2.2 + b.x * p.between(-1, 1) + b.y * p.between(-1, 1)
    _bands(b, flow + 0.3 * cloud(p.rng, b.side, 2, 3), [colours[0], *colours[1:]], 4)
    p.add(p.one("marbled paper", "marble", "flowing colours"), "figure 1", 1.0, coloured=False)


def blocks(b: Board, p: Plan, colours: list[Array]) -> None:
    """An abstract: rectangles between black lines, or overlapping forms."""
    base(b, colours[0])
    if p.chance(0.5):
        xs, ys = np.sort(p.rng.uniform(0.1, 0.9, 3)), np.sort(p.rng.uniform(0.1, 0.9, 3))
        column, row = np.searchsorted(xs, b.x), np.searchsorted(ys, b.y)
        mark = p.rng.integers(0, len(colours) + 2, (4, 4))[row, column]
        for index in range(1, len(colours)):
            b.lay((mark == index).astype(np.float32), colours[index], f"figure {index}")
        lines = many([shape([(x, -0.1), (x, 1.1)], False) for x in xs] + [shape([(-0.1, y), (1.1, y)], False) for y in ys])
        b.lay(b.mask(lines, 0.018), p.palette.raw((0.15, 0.01, 270)), "lines")
        p.add(p.one("rectangles", "coloured rectangles", "blocks and lines"), "lines", 1.0, coloured=False)
    else:
        for index in range(1, len(colours)):
            for _ in range(2):
                x, y, r = p.between(0.15, 0.85), p.between(0.15, 0.85), p.between(0.1, 0.26)
                form = p.one("disc", "box", "tri")
                path = (
                    discs([(x, y, r)])
                    if form == "disc"
                    else moved(
                        shape([(-r, -r), (r, -r), (r, r), (-r, r)] if form == "box" else [(0, -r), (r, r), (-r, r)]),
                        x,
                        y,
                        1,
                        p.between(0, 90),
                    )
                )
                b.draw(path, colours[index], f"figure {index}", strength=0.9)
        p.add(p.one("abstract shapes", "simple shapes", "an abstract picture"), "figure 1", 1.0, coloured=False)
    on_ground(p)


MOTIFS: dict[str, Callable[[Board, Plan, list[Array]], None]] = {
    "stripes": stripes, "waves": waves, "checks": checks, "dots": dots, "zigzag": zigzag, "triangles": triangles,
    "tiles": tiles, "scales": scales,
    "rings": rings, "spiral": spiral, "mandala": mandala, "leaves": leaves, "stars": stars, "hearts": hearts,
    "blossoms": blossoms, "marble": marble,
    "blocks": blocks, "objects": objects,
}  # fmt: skip
