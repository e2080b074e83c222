"""Oil: strokes of a loaded brush, large ones first, small ones where the picture is detailed."""

import numpy as np
import skia  # type: ignore[import-not-found]

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud
from studio.training.scenes.styles.paper import tone


def _bristles(rng: np.random.Generator, long: int, wide: int) -> skia.Image:
    """One stroke's trace, white, its hairs showing."""
    hairs = np.repeat(rng.uniform(0.55, 1, (1, wide)).astype(np.float32).T, long, 1)
    along = np.linspace(0, 1, long, dtype=np.float32)[None]
    across = np.abs(np.linspace(-1, 1, wide, dtype=np.float32))[:, None]
    alpha = np.clip((1 - across**3) * 1.6, 0, 1) * np.clip(along * 9, 0, 1) * np.clip((1 - along) * 4 * hairs, 0, 1)
    value = (alpha * 255).astype(np.uint8)
    shade = (255 * (0.86 + 0.14 * hairs)).astype(np.uint8)
    pixels = np.stack([(shade * alpha).astype(np.uint8)] * 3 + [value], -1)
    return skia.Image.fromarray(np.ascontiguousarray(pixels), skia.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)


def oil(b: Board, rng: np.random.Generator) -> Array:
    """The picture in strokes that run along its forms, with the relief of thick paint."""
    side = b.side
    grey = blur(tone(b.rgb), side * 0.012)
    down, right = np.gradient(grey)
    steep = np.hypot(down, right)
    swirl = (cloud(rng, side, 3, 2) - 0.5) * 3.0
    angle = np.where(steep > 0.004, np.arctan2(right, -down), swirl * np.clip(1 - steep * 100, 0.3, 1)) + swirl * 0.25
    pixels = np.ascontiguousarray(
        np.dstack([np.clip(blur(b.rgb, side * 0.02), 0, 1), np.ones((side, side, 1), np.float32)]) * 255
    ).astype(np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    detail = blur(np.clip(steep * 40, 0, 1), side * 0.008)
    for size, spacing, soft in ((0.13, 0.036, 0.012), (0.075, 0.024, 0.004), (0.034, 0.0125, 0.0)):
        _layer(b, rng, canvas, angle, blur(b.rgb, side * soft), size, spacing, detail if size < 0.04 else None)
    painted = pixels[..., :3].astype(np.float32) / 255
    height = tone(painted)
    relief = (height - np.roll(height, (1, 1), (0, 1))) * 0.5
    canvas_weave = (np.sin(b.x * side * 2.1) * np.sin(b.y * side * 2.1)) * 0.008
    return painted + (np.clip(relief, -0.1, 0.1) + canvas_weave)[..., None]


def _layer(
    b: Board,
    rng: np.random.Generator,
    canvas: skia.Canvas,
    angle: Array,
    rgb: Array,
    size: float,
    spacing: float,
    only: Array | None,
) -> None:
    """One size of stroke over the whole picture, or only where there is detail; drawn in one call."""
    side, count = b.side, round(1 / spacing)
    spots = (
        np.stack(np.meshgrid(np.arange(count), np.arange(count)), -1).reshape(-1, 2) + rng.random((count * count, 2))
    ) / count
    at = np.minimum((spots * side).astype(np.intp), side - 1)
    if only is not None:
        kept = only[at[:, 1], at[:, 0]] > 0.12
        spots, at = spots[kept], at[kept]
    order = rng.permutation(len(spots))
    spots, at = spots[order], at[order]
    turn = angle[at[:, 1], at[:, 0]] + rng.normal(0, 0.16, len(at))
    colour = rgb[at[:, 1], at[:, 0]] + rng.normal(0, 0.04, (len(at), 1)) + rng.normal(0, 0.016, (len(at), 3))
    value = (np.clip(colour, 0, 1) * 255).astype(np.int64)
    packed = (255 << 24) + (value[:, 0] << 16) + (value[:, 1] << 8) + value[:, 2]
    image = _bristles(rng, 48, 14)
    scale = size * side / 48 * rng.uniform(0.75, 1.25, len(at))
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    left, top = spots[:, 0] * side - cos * 24 + sin * 7, spots[:, 1] * side - sin * 24 - cos * 7
    moves = [skia.RSXform(*row) for row in np.stack([cos, sin, left, top], 1).tolist()]
    whole = skia.Rect.MakeWH(48, 14)
    canvas.drawAtlas(
        image,
        moves,
        [whole] * len(moves),
        packed.tolist(),
        skia.BlendMode.kModulate,
        skia.SamplingOptions(skia.FilterMode.kLinear),
    )
