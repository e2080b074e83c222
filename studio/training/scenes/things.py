"""Named objects as the picture's subject: one, several alike, or two different ones, before a simple background."""

import numpy as np

from studio.training.scenes.board import Board, box, discs
from studio.training.scenes.colours import Array, Lch, from_lab, mix, to_lab
from studio.training.scenes.noise import blur, cloud
from studio.training.scenes.nouns import article, plural
from studio.training.scenes.objects import COLOURLESS, LOOKS, Concept
from studio.training.scenes.placing import bright, drawing, put
from studio.training.scenes.plan import Plan, side_of

ALL = ("animal", "head", "water animal", "insect", "flyer", "small flyer", "ship", "car", "fruit", "food", "plant",
    "place", "furniture", "thing", "thing", "desert", "vehicle", "weather")  # fmt: skip
GROUNDS: tuple[Lch, ...] = ((0.95, 0.02, 90), (0.85, 0.07, 230), (0.90, 0.08, 100), (0.82, 0.09, 350),
    (0.80, 0.10, 145), (0.40, 0.09, 265), (0.62, 0.13, 30), (0.72, 0.10, 300),
                            (0.78, 0.12, 65), (0.25, 0.03, 280), (0.70, 0.09, 200), (0.98, 0.003, 90))  # fmt: skip


def things(b: Board, p: Plan) -> None:
    """What is asked for most often: this thing, large, on a quiet ground."""
    assert p.objects is not None
    ground = p.palette.raw(GROUNDS[int(p.rng.integers(0, len(GROUNDS)))])
    stands = background(b, p, ground)
    concept = p.objects.choose(p.rng, ALL)
    assert concept is not None  # Objects holds at least one, and every group is among these
    count = int(p.rng.choice([1, 1, 1, 1, 1, 1, 2, 3]))
    pair = count == 2 and p.chance(0.5)
    pack, picture = _picture(b, p, concept, p.between(0.6, 0.84) if count == 1 else 0.46 if count == 2 else 0.38, ground)
    foot = p.between(0.84, 0.92)
    if count == 1:
        x = p.between(0.42, 0.58)
        put(b, p, picture, x, foot if stands else 0.5, "object", floats=not stands)
        p.add(article(concept.name), "object", 1.0)
    elif pair:
        other = p.objects.choose(p.rng, ALL) or concept
        put(b, p, picture, 0.27, foot, "object")
        _, second = _picture(b, p, other, 0.44, ground, pack)
        put(b, p, second, 0.73, foot, "other object")
        p.add(article(concept.name), "object", 1.0, side_of(0.27))
        p.add(article(other.name), "other object", 0.98, side_of(0.73), join="and")
        p.named.append((other.name, "other object"))
    else:
        for at in range(count):
            x = (at + 0.5) / count if count == 2 else (0.2, 0.5, 0.8)[at]
            put(b, p, picture, x, foot - (0.08 if at == 1 and count == 3 else 0), "object")
        p.add(f"{'two' if count == 2 else 'three'} {plural(concept.name)}", "object", 1.0)
    p.named.append((concept.name, "object"))
    p.look = "" if pair else LOOKS[pack]


def _picture(b: Board, p: Plan, concept: Concept, size: float, ground: Array, like: str = "") -> tuple[str, Array]:
    """One drawing of the concept, where there is one from the same hand as before; some things in another colour."""
    colour = p.palette.raw(bright(p))
    if np.abs(colour - ground).sum() < 0.5:
        colour = p.palette.raw((0.18, 0.02, 280)) if ground.mean() > 0.5 else p.palette.raw((0.96, 0.02, 90))
    pack, picture = drawing(p, concept, round(b.side * size), colour, like)
    if LOOKS[pack] not in COLOURLESS and concept.group in ("thing", "car", "furniture", "ship", "plant") and p.chance(0.35):
        picture[..., :3] = turned(picture[..., :3], p.between(40, 320))
    if p.chance(0.4):
        picture = np.ascontiguousarray(picture[:, ::-1])
    return pack, picture


def turned(rgb: Array, degrees: float) -> Array:
    """The same colours with their hue turned."""
    lab = to_lab(rgb)
    angle = np.radians(degrees)
    a, c = lab[..., 1] * np.cos(angle) - lab[..., 2] * np.sin(angle), lab[..., 1] * np.sin(angle) + lab[..., 2] * np.cos(angle)
    return np.clip(from_lab(np.stack([lab[..., 0], a, c], -1)), 0, 1)


def background(b: Board, p: Plan, ground: Array) -> bool:
    """A plain, shaded, spotted or two-toned ground; tells whether there is a floor to stand on."""
    build = p.one("plain", "light", "floor", "floor", "soft", "disc")
    b.lay(np.ones_like(b.x), ground, "ground")
    second = mix(ground, np.zeros(3, np.float32) if ground.mean() > 0.5 else np.ones(3, np.float32), 0.22)
    if build == "light":
        far = np.hypot(b.x - 0.5, b.y - 0.45)
        b.rgb += (np.clip(0.55 - far, -0.3, 1) * 0.4)[..., None] * (1 - b.rgb) - np.clip(far - 0.45, 0, 1)[
            ..., None
        ] * b.rgb * 0.5
    elif build == "floor":
        level = p.between(0.66, 0.78)
        fade = np.clip((b.y - level) * 3, 0, 1)[..., None]
        b.lay(b.mask(box(0, level, 1, 1)), second + (ground - second) * fade * 0.6, "floor")
    elif build == "soft":
        b.lay(cloud(p.rng, b.side, 2, 3), second, None, 0.7)
    elif build == "disc":
        b.lay(blur(b.mask(discs([(0.5, 0.5, 0.4)])), b.side * 0.004), mix(ground, p.palette.raw(bright(p)), 0.45), "disc")
    p.add("a background", "ground", 0.45, join="on")
    return build in ("floor", "plain")
