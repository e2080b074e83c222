"""Printed looks: the flat poster, the woodcut with its carved lines, layers of cut paper."""

import numpy as np

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud
from studio.training.scenes.styles.paper import contours, edges, grain, levels, lifted, means, tone


def flat(b: Board, rng: np.random.Generator) -> Array:
    """A poster: each shape in at most a few even tones, soft gradients only in steps, a breath of print grain."""
    rgb = levels(blur(b.rgb, b.side * 0.006), 1, 99)
    steps = int(rng.integers(5, 8))
    flatted = rgb * stepped(tone(rgb), steps)[..., None]
    mean = flatted.mean(2, keepdims=True)
    return mean + (flatted - mean) * 1.12 + (grain(rng, b.side, 0.9)[..., None] - 0.5) * 0.03


def stepped(light: Array, steps: int) -> Array:
    """By what to multiply so that the tone comes in even steps, their borders smooth."""
    even = (np.floor(light * steps) + 0.5) / steps
    edge = np.clip((light * steps % 1 - 0.94) / 0.06, 0, 1) / steps
    return np.clip((even + edge + 0.02) / (light + 0.02), 0.5, 1.8)


def woodcut(b: Board, rng: np.random.Generator) -> Array:
    """A black key block over two or three printed tones; the carver's lines follow the tone, the wood's grain shows."""
    side = b.side
    rgb = lifted(levels(blur(b.rgb, side * 0.004), 1, 99))
    light = tone(rgb)
    bend = (cloud(rng, side, 2.5, 2) - 0.5) * 0.22
    across = b.y + bend + (b.x - 0.5) * rng.uniform(-0.25, 0.25)
    wave = np.abs((across * side / rng.uniform(6.5, 8.5)) % 1 - 0.5) * 2
    carved = np.clip((wave - np.clip(light * 1.75 + 0.06, 0, 1)) * 6 + 0.5, 0, 1)
    carved = np.where(light < 0.10, 1, carved * (light < 0.62))
    key = np.clip(np.maximum(np.maximum(edges(b, 2.4) * 1.5, contours(b, 4) * 0.5), carved), 0, 1)
    fibre = cloud(rng, side, 3, 4, 22, 0.75)
    key = np.clip(key * 1.25 - np.clip((fibre - 0.62) * 3, 0, 0.5), 0, 1)[..., None]
    paper = np.array([0.96, 0.93, 0.85], np.float32)
    if rng.random() < 0.25:
        ground = np.ones_like(rgb) * paper
    else:
        colour = rgb * stepped(light, 4)[..., None]
        colour = np.roll(colour, (int(rng.integers(-1, 2)), int(rng.integers(-1, 2))), (0, 1))
        ground = (0.12 + 0.88 * colour) * (1 - 0.16 * np.clip((fibre - 0.4) * 2, 0, 1))[..., None] * paper
        ground = np.clip(ground * 1.12, 0, 1)
    black = np.array([[0.09, 0.08, 0.08], [0.08, 0.10, 0.19]], np.float32)[rng.integers(0, 2)]
    return ground * (1 - key) + black * key


def paper_cut(b: Board, rng: np.random.Generator) -> Array:
    """Every shape a sheet of coloured paper, the large ones in steps, each throwing its shadow on what lies beneath."""
    side = b.side
    rgb = levels(blur(b.rgb, side * 0.010), 1, 99)
    rank = np.floor(blur(tone(rgb), side * 0.012) * 5.0).astype(np.int32)
    sheet = b.ids.astype(np.int32) * 8 + (rank if rng.random() < 0.5 else 7 - rank)
    flatted = means(rgb, sheet)
    grey = flatted.mean(2, keepdims=True)
    flatted = grey + (flatted - grey) * 1.15
    shadow = np.zeros_like(b.x)
    for far in (1, 2, 3, 4):
        step = max(1, round(side * 0.004 * far))
        above = np.roll(sheet, (step, round(step * 0.6)), (0, 1)) > sheet
        above[:step], above[:, :step] = False, False
        shadow += above / (3 + far)
    edge = np.clip((np.roll(sheet, (1, 1), (0, 1)) < sheet), 0, 1) * 0.08
    shadow = blur(shadow.astype(np.float32), side * 0.004)
    tooth = (grain(rng, side, 0.85) - 0.5) * 0.10
    return flatted * (1 - 0.62 * np.clip(shadow, 0, 1) + tooth + edge)[..., None]
