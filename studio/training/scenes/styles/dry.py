"""Dry media: pen and ink with hatching, soft pastel on toothy paper."""

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud, warp
from studio.training.scenes.styles.paper import combed, contours, edges, grain, levels, lifted, tone


def ink(b: Board, rng: np.random.Generator) -> Array:
    """Pen lines around shapes and hatching by tone, on warm paper; sometimes one pale wash of colour beneath."""
    side = b.side
    sway = side * 0.006
    dx, dy = (cloud(rng, side, 7, 2) - 0.5) * sway, (cloud(rng, side, 7, 2) - 0.5) * sway
    light = tone(lifted(levels(b.rgb)))
    line = np.clip(warp(edges(b, 1.2), dx, dy) * 1.1, 0, 1)
    line = np.maximum(line, contours(b, 5) * 0.6)
    lines = line * (0.65 + 0.5 * cloud(rng, side, 10, 2))
    hatch = np.zeros_like(light)
    wobble = (cloud(rng, side, 5, 2) - 0.5) * 0.02
    angle = rng.uniform(0.5, 1.0)
    for below, turn, count in ((0.62, angle, 74), (0.42, angle - 1.3, 74), (0.24, angle + 0.7, 84)):
        stroke = np.sin((b.x * np.cos(turn) + b.y * np.sin(turn) + wobble) * count * 6.283) * 0.5 + 0.5
        dark = np.clip((below - light) / 0.2, 0, 1)
        hatch = np.maximum(hatch, np.clip((stroke - 1 + dark * 0.75) * 4, 0, 1))
    hatch = np.maximum(hatch, np.clip((0.13 - light) * 12, 0, 1))
    amount = np.clip(np.maximum(lines, hatch * 0.92), 0, 1)[..., None]
    paper = np.array([0.97, 0.95, 0.90], np.float32) * (0.97 + 0.05 * grain(rng, side))[..., None]
    if rng.random() < 0.45:
        wash = 1 - (1 - blur(warp(b.rgb, dx * 2, dy * 2), side * 0.008)) * 0.62
        paper = paper * wash
    black = np.array([[0.09, 0.09, 0.12], [0.20, 0.12, 0.07], [0.07, 0.12, 0.28]], np.float32)[rng.choice(3, p=[0.7, 0.2, 0.1])]
    return paper * (1 - amount) + black * amount


def pastel(b: Board, rng: np.random.Generator) -> Array:
    """Chalk dragged over paper: broken strokes, the paper's colour between them, soft edges."""
    side = b.side
    angle = rng.uniform(0.3, 1.2)
    flow = (cloud(rng, side, 5, 2) - 0.5) * side * 0.05
    rgb = warp(b.rgb, np.cos(angle) * flow * 0.35, np.sin(angle) * flow * 0.35)
    along = (combed(rng, side, angle, round(side * 0.024)) - 0.5) * 3.2
    shifted = np.clip(rgb * (1 + along[..., None] * 0.2), 0, 1)
    mean = shifted.mean(2, keepdims=True)
    chalk = np.clip((mean + (shifted - mean) * 1.2) * 0.92 + 0.08, 0, 1)
    tooth = grain(rng, side, 0.6) * 0.8 + along * 0.16 + 0.12
    sheet = np.array([[0.95, 0.93, 0.88], [0.90, 0.86, 0.80]], np.float32)[rng.integers(0, 2)] * np.clip(
        rgb.mean() * 1.5, 0.35, 1
    )
    cover = np.clip((tooth - 0.2) * 3.2, 0.45, 1)[..., None]
    return sheet * (1 - cover) + chalk * cover


def pencil(b: Board, rng: np.random.Generator) -> Array:
    """Coloured pencils: slanted strokes that leave the paper white between them, firmer lines around shapes."""
    side = b.side
    rgb = lifted(levels(b.rgb, 1, 99))
    along = (combed(rng, side, rng.uniform(0.5, 1.1), round(side * 0.03)) - 0.5) * 2.3 + 0.5
    dark = 1 - tone(rgb)
    press = np.clip(0.30 + dark * 0.75 + (rgb.max(2) - rgb.min(2)) * 0.4, 0, 1)
    cover = np.clip((along - 0.55 + press * 0.8 + (grain(rng, side, 0.9) - 0.5) * 0.45) * 2.2, 0.08, 1)
    line = np.clip(edges(b, 1.2) * 0.9 + contours(b, 3) * 0.4, 0, 1) * np.clip(along + 0.35, 0, 1)
    paper = np.array([0.985, 0.98, 0.965], np.float32)
    mean = rgb.mean(2, keepdims=True)
    wax = np.clip(mean + (rgb - mean) * 1.2, 0, 1) * 0.93
    drawn = paper * (1 - cover[..., None]) + wax * cover[..., None]
    return drawn * (1 - line[..., None]) + np.clip(wax * 0.45, 0, 1) * line[..., None]
