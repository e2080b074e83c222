"""Small things that stand in scenes: boats, a lighthouse, balloons, kites, a hut, flowers in the grass, objects of the data."""

from collections.abc import Callable

import numpy as np

from studio.training.scenes import plants, skies
from studio.training.scenes.board import Board, Path, curve, discs, oval, shape
from studio.training.scenes.colours import mix
from studio.training.scenes.noise import blur
from studio.training.scenes.placing import BRIGHT, bright, named
from studio.training.scenes.plan import Plan, side_of


def boat(b: Board, p: Plan, x: float, y: float, size: float) -> None:
    """A sailing boat or a rowing boat, with its shadow on the water."""
    depth = min(1.0, 0.55 + size * 2.5)
    hull = [
        (x - size * 0.62, y - size * 0.16),
        (x + size * 0.66, y - size * 0.2),
        (x + size * 0.42, y + size * 0.06),
        (x - size * 0.42, y + size * 0.06),
    ]
    colour = p.palette.local(bright(p), depth)
    b.draw(
        oval(x, y + size * 0.1, size * 0.55, size * 0.07),
        p.palette.shade(p.palette.local((0.3, 0.06, 240), depth)),
        None,
        strength=0.5,
    )
    if p.chance(0.75):
        canvas = bright(p) if p.chance(0.4) else (0.96, 0.02, 85)
        main = [(x, y - size * 1.35), (x + size * 0.03, y - size * 0.26), (x + size * 0.58, y - size * 0.3)]
        jib = [(x - size * 0.06, y - size * 1.2), (x - size * 0.08, y - size * 0.26), (x - size * 0.5, y - size * 0.24)]
        b.draw(shape(main), p.palette.local(canvas, depth), "sail")
        b.draw(shape(jib), p.palette.local((canvas[0] - 0.07, canvas[1], canvas[2]), depth), "sail")
        b.lay(
            b.mask(shape([(x, y - size * 1.4), (x, y - size * 0.1)], False), size * 0.03), p.palette.local((0.4, 0.06, 60), depth)
        )
        p.add(p.always("a sailing boat", "a sailboat"), "boat", 0.8, side_of(x), False)
        p.add("sails", "sail", 0.3)
    else:
        p.add(p.always("a rowing boat", "a small boat", "a boat"), "boat", 0.75, side_of(x))
    b.draw(shape(hull), colour, "boat")
    b.lay(b.mask(shape(hull[:2], False), size * 0.05), mix(colour, np.ones(3, np.float32), 0.45))


def lighthouse(b: Board, p: Plan, x: float, y: float) -> None:
    """A banded tower on rocks; lit at dark hours."""
    high, wide = p.between(0.3, 0.42), 0.05
    rocks = [
        (x - 0.22, y + 0.08),
        (x - 0.13, y + 0.01),
        (x - 0.06, y - 0.02),
        (x + 0.06, y - 0.015),
        (x + 0.12, y + 0.02),
        (x + 0.24, y + 0.08),
    ]
    b.draw(shape(rocks), p.palette.local((0.4, 0.03, 60), 0.85), "rocks")
    b.draw(
        shape([rocks[1], rocks[2], (x - 0.02, y + 0.08), (x - 0.16, y + 0.08)]), p.palette.local((0.52, 0.04, 60), 0.9), "rocks"
    )
    top = y - high

    def half(at: float) -> float:
        return wide * (1 - 0.35 * at)

    body = [(x - half(0), y), (x - half(1), top), (x + half(1), top), (x + half(0), y)]
    tower = b.draw(shape(body), p.palette.local((0.96, 0.015, 85), 0.95), "lighthouse")
    band = bright(p)[:3] if p.chance(0.4) else BRIGHT[0]
    for at in (0.0, 0.4, 0.8):
        lows, highs = y - high * at, y - high * (at + 0.2)
        b.lay(
            np.minimum(b.mask(shape([(x - 0.1, lows), (x - 0.1, highs), (x + 0.1, highs), (x + 0.1, lows)])), tower),
            p.palette.local(band, 0.95),
            "bands",
        )
    b.lay(tower * np.clip((b.x - x) / wide * (1 if p.sun[0] < x else -1), 0, 1), p.palette.raw(p.light.shade), None, 0.5)
    lamp = (
        p.palette.raw((0.95, 0.12, 95))
        if p.light.dark or p.light.name in ("dusk", "storm", "sunset")
        else p.palette.local((0.75, 0.05, 220))
    )
    b.draw(
        shape([(x - 0.045, top), (x - 0.045, top - 0.012), (x + 0.045, top - 0.012), (x + 0.045, top)]),
        p.palette.local((0.3, 0.03, 260)),
        "rail",
    )
    b.draw(
        shape([(x - 0.022, top - 0.01), (x - 0.022, top - 0.05), (x + 0.022, top - 0.05), (x + 0.022, top - 0.01)]), lamp, "lamp"
    )
    b.draw(shape([(x - 0.032, top - 0.05), (x, top - 0.085), (x + 0.032, top - 0.05)]), p.palette.local(band, 0.95), "bands")
    if p.light.dark or p.light.name in ("dusk", "storm"):
        side = 1 if x < 0.5 else -1
        beam = b.mask(shape([(x, top - 0.03), (x + side, top - 0.16), (x + side, top + 0.05)]))
        b.lay(blur(beam, b.side * 0.01) * np.exp(-np.abs(b.x - x) * 2.2), lamp, None, 0.55)
        b.light(x, top - 0.03, 0.12, lamp, 0.8)
    p.add(p.one("a lighthouse", "a tall lighthouse"), "lighthouse", 0.95, side_of(x), False)


def balloon(b: Board, p: Plan, horizon: float) -> None:
    """Hot-air balloons in gores of two colours."""
    count = int(p.rng.choice([1, 1, 2, 3]))
    first = bright(p)
    for index in range(count):
        size = p.between(0.07, 0.14) / (1 + index * 0.5)
        x, y = p.between(0.15, 0.85), horizon * p.between(0.25, 0.65)
        colour = first if index == 0 else bright(p)
        bag = curve(
            [
                (x, y - size * 1.1),
                (x + size, y - size * 0.9),
                (x + size * 1.05, y + size * 0.1),
                (x + size * 0.2, y + size * 1.25),
                (x - size * 0.2, y + size * 1.25),
                (x - size * 1.05, y + size * 0.1),
                (x - size, y - size * 0.9),
            ]
        )
        whole = b.draw(bag, p.palette.local(colour, 0.95), "balloon")
        other = p.palette.local((0.93, 0.05, 90), 0.95) if p.chance(0.6) else p.palette.local(bright(p), 0.95)
        for wide in (0.62, 0.2):
            gore = b.mask(oval(x, y - size * 0.05, size * wide, size * 1.3))
            b.lay(
                np.minimum(whole, gore),
                other if wide > 0.5 else p.palette.local(colour, 0.95),
                "gores" if wide > 0.5 else "balloon",
            )
        b.lay(whole * np.clip((b.x - x) / size * (1 if p.sun[0] < x else -1), 0, 1), p.palette.raw(p.light.shade), None, 0.4)
        basket = shape(
            [
                (x - size * 0.16, y + size * 1.4),
                (x + size * 0.16, y + size * 1.4),
                (x + size * 0.13, y + size * 1.62),
                (x - size * 0.13, y + size * 1.62),
            ]
        )
        b.draw(basket, p.palette.local((0.45, 0.08, 60), 0.95), "basket")
        if count == 1:
            p.add("a hot air balloon", "balloon", 0.9, side_of(x))
    if count > 1:
        p.add(f"{'two' if count == 2 else 'three'} hot air balloons", "balloon", 0.9, "", False)


def kite(b: Board, p: Plan, horizon: float) -> None:
    x, y, size = p.between(0.2, 0.8), horizon * p.between(0.25, 0.55), p.between(0.05, 0.09)
    colour = bright(p)
    tail = Path()
    tail.moveTo(x, y + size * 1.4)
    tail.quadTo(x - size, y + size * 2.6, x + size * 0.4, y + size * 3.6)
    b.lay(b.mask(tail, 0.005), p.palette.local((0.35, 0.05, 30)))
    b.draw(
        shape([(x, y - size), (x + size * 0.75, y), (x, y + size * 1.4), (x - size * 0.75, y)]), p.palette.local(colour), "kite"
    )
    b.draw(
        shape([(x, y - size), (x, y + size * 1.4), (x - size * 0.75, y)]),
        p.palette.local((min(0.97, colour[0] + 0.1), colour[1] * 0.85, colour[2])),
        "kite",
    )
    p.add("a kite", "kite", 0.75, side_of(x))


def hut(b: Board, p: Plan, y: float) -> None:
    from studio.training.scenes.town import cottage

    cottage(b, p, p.between(0.2, 0.8), max(0.68, y + 0.14), p.between(0.1, 0.16))


def scatter(b: Board, p: Plan, top: float) -> None:
    """Wild flowers in a meadow, small far away and larger near."""
    if p.season == "winter" or not p.chance(0.75):
        return
    kind = p.one("daisy", "poppy", "flower", "bluebell", "tulip")
    colours = plants.FLOWERS[kind][0]
    chosen = colours[int(p.rng.integers(0, len(colours)))]
    spots = []
    for at in np.sort(p.rng.random(int(p.rng.integers(30, 90))) ** 0.7):
        spots.append((p.between(0, 1), top + (1.02 - top) * float(at), 0.004 + 0.022 * float(at) ** 1.5))
    b.draw(discs((x, y, size) for x, y, size in spots if size < 0.009), p.palette.local(chosen, 0.9), "flowers")
    plants.flower(b, p, kind, chosen, [spot for spot in spots if spot[2] >= 0.009], 1.05, "flowers", bool(p.rng.random() < 0.5))
    p.add(plants.PLURAL.get(kind, kind + "s") if kind != "flower" else p.one("flowers", "wild flowers"), "flowers", 0.6)


def mushrooms(b: Board, p: Plan, horizon: float) -> None:
    """A few with dotted caps, in front."""
    colour = BRIGHT[0] if p.chance(0.6) else (0.55, 0.10, 55)
    x0, y0 = p.between(0.15, 0.85), p.between(0.86, 0.95)
    for _ in range(int(p.rng.integers(2, 5))):
        x, y, size = x0 + p.between(-0.12, 0.12), y0 + p.between(-0.03, 0.03), p.between(0.025, 0.055)
        b.draw(
            curve(
                [(x - size * 0.3, y), (x - size * 0.22, y - size * 1.5), (x + size * 0.22, y - size * 1.5), (x + size * 0.3, y)]
            ),
            p.palette.local((0.92, 0.03, 85), 1.0),
            "stalks",
        )
        cap = Path()
        cap.moveTo(x - size, y - size * 1.05)
        cap.cubicTo(x - size * 0.9, y - size * 2.4, x + size * 0.9, y - size * 2.4, x + size, y - size * 1.05)
        cap.quadTo(x, y - size * 0.8, x - size, y - size * 1.05)
        b.draw(cap, p.palette.local(colour, 1.0), "mushrooms")
        dots = [(x + size * a, y - size * c, size * 0.11) for a, c in ((-0.5, 1.35), (0.05, 1.7), (0.5, 1.4), (0.0, 1.2))]
        b.draw(discs(dots), p.palette.local((0.97, 0.01, 90), 1.0))
    p.add("mushrooms", "mushrooms", 0.75, side_of(x0))


GROUPS = {
    "object-sky": ("flyer",), "object-sea": ("ship", "water animal"), "object-animal": ("animal",),
    "object-desert": ("desert",),
    "object-street": ("car",), "object-garden": ("animal", "insect"),
}  # fmt: skip

SMALL: dict[str, Callable[[Board, Plan, float], None]] = {
    "birds": skies.birds, "balloon": balloon, "kite": kite, "hut": hut, "mushrooms": mushrooms,
}  # fmt: skip


def extras(b: Board, p: Plan, horizon: float, kinds: tuple[str, ...]) -> None:
    """At most one or two small things, and what falls from the sky."""
    for kind in kinds:
        if kind.startswith("object"):
            if p.objects is not None and p.chance(0.3):
                standing(b, p, horizon, GROUPS[kind])
                break
        elif p.chance(0.2):
            SMALL[kind](b, p, horizon)
            break
    skies.falling(b, p)


def standing(b: Board, p: Plan, horizon: float, groups: tuple[str, ...]) -> None:
    """One named object of the data in the scene, in its light, with a shadow where it stands."""
    x, flies = p.between(0.22, 0.78), "flyer" in groups
    y = horizon * p.between(0.35, 0.6) if flies else p.between(max(0.74, horizon + 0.12), 0.95)
    named(b, p, groups, p.between(0.2, 0.42), x, y, floats=flies, tint=True)
