"""Figures repeated over the whole picture: leaves, stars, hearts, blossoms, named objects, and the mandala."""

import numpy as np

from studio.training.scenes import plants
from studio.training.scenes.board import Board, Path, discs, many, moved, oval, shape
from studio.training.scenes.colours import Array
from studio.training.scenes.nouns import plural
from studio.training.scenes.placing import drawing, put
from studio.training.scenes.plan import Plan
from studio.training.scenes.things import ALL


def base(b: Board, colour: Array) -> None:
    b.lay(np.ones_like(b.x), colour, "ground")


def on_ground(p: Plan) -> None:
    p.add("a background", "ground", 0.45, join="on")


def mandala(b: Board, p: Plan, colours: list[Array]) -> None:
    """A flower of many petals in rings."""
    base(b, colours[0])
    count = int(p.rng.choice([8, 10, 12, 16]))
    for index, reach in enumerate((0.46, 0.36, 0.26, 0.16, 0.09)):
        half = reach * p.between(0.14, 0.24) * 12 / count
        petals = many(
            moved(oval(0, -reach * 0.62, half, reach * 0.36), 0.5, 0.5, 1, 360 / count * (at + 0.5 * (index % 2)))
            for at in range(count)
        )
        b.draw(petals, colours[1 + index % (len(colours) - 1)], f"figure {1 + index % (len(colours) - 1)}")
    b.draw(discs([(0.5, 0.5, 0.05)]), colours[1], "figure 1")
    p.add(p.one("a mandala", "a rosette", "a round ornament"), "figure 1", 1.0, coloured=False)
    on_ground(p)


def leaves(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    sprig = Path()
    for at in np.linspace(-0.8, 0.7, 5):
        for side in (-1, 1):
            sprig.addPath(moved(oval(0, 0, 0.14, 0.36), side * 0.3, at, 1, side * 52))
    sprig.addPath(oval(0, -1.0, 0.13, 0.34))
    sprig.addPath(moved(oval(0, 0, 0.035, 1.0)))
    strewn(b, p, colours, sprig, 0.1)
    p.add(p.one("leaves", "twigs", "branches with leaves"), "figure 1", 1.0)
    on_ground(p)


def strewn(b: Board, p: Plan, colours: list[Array], motif: Path, size: float) -> None:
    count = int(p.rng.choice([3, 4, 5]))
    figures: list[list[Path]] = [[], []]
    order = p.chance(0.5)
    for row in range(count + 1):
        for at in range(count + 1):
            turn = (45 if (row + at) % 2 else -45) if order else p.between(0, 360)
            figures[(row + at) % 2].append(
                moved(Path(motif), (at + 0.5 * (row % 2)) / count, (row + 0.25) / count, size * 4 / count, turn)
            )
    for index, figure in enumerate(figures):
        b.draw(many(figure), colours[min(1 + index, len(colours) - 1)], f"figure {index + 1}")


def stars(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    points = int(p.rng.choice([4, 5, 6, 8]))
    edge = [
        (
            (1.0 if at % 2 == 0 else 0.42) * np.sin(at * np.pi / points),
            -(1.0 if at % 2 == 0 else 0.42) * np.cos(at * np.pi / points),
        )
        for at in range(points * 2)
    ]
    strewn(b, p, colours, shape(edge), 0.095)
    p.add("stars", "figure 1", 1.0)
    on_ground(p)


def hearts(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    heart = Path()
    heart.moveTo(0, 0.9)
    heart.cubicTo(-1.6, -0.2, -0.8, -1.2, 0, -0.45)
    heart.cubicTo(0.8, -1.2, 1.6, -0.2, 0, 0.9)
    strewn(b, p, colours, heart, 0.09)
    p.add("hearts", "figure 1", 1.0)
    on_ground(p)


def blossoms(b: Board, p: Plan, colours: list[Array]) -> None:
    base(b, colours[0])
    count = int(p.rng.choice([3, 4, 5]))
    kind = p.one("daisy", "flower", "poppy", "rose")
    spots = [
        ((at + 0.5 * (row % 2)) / count, (row + 0.3) / count, 0.33 / count) for row in range(count + 1) for at in range(count + 1)
    ]
    petals, heart = plants._petals(kind, plants.FLOWERS[kind][2])
    b.draw(many(moved(Path(petals), x, y, size, 20) for x, y, size in spots), colours[1], "figure 1")
    b.draw(many(moved(Path(heart), x, y, size, 0) for x, y, size in spots), colours[2 % len(colours)], "figure 2")
    p.add("flowers", "figure 1", 1.0)
    on_ground(p)


def objects(b: Board, p: Plan, colours: list[Array]) -> None:
    """One named object, over and over."""
    base(b, colours[0])
    assert p.objects is not None
    concept = p.objects.choose(p.rng, ("fruit", "animal", "head", "insect", "plant", "food", "water animal", "flyer"))
    concept = concept or p.objects.choose(p.rng, ALL)
    assert concept is not None  # Objects holds at least one
    count = int(p.rng.choice([2, 3, 4]))
    _, picture = drawing(p, concept, round(b.side * 0.72 / count), colours[1])
    for row in range(count):
        for at in range(count):
            put(b, p, picture, (at + 0.5) / count, (row + 0.5) / count, "object", floats=True)
    p.named.append((concept.name, "object"))
    p.add(plural(concept.name), "object", 1.0)
    on_ground(p)
