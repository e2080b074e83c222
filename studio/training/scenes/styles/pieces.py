"""Pictures made of pieces: pixels, panes of stained glass, tesserae."""

import numpy as np
from PIL import Image

from studio.training.scenes.board import Board
from studio.training.scenes.colours import Array
from studio.training.scenes.noise import blur, cloud
from studio.training.scenes.styles.paper import edges, levels, means

BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47


def pixel(b: Board, rng: np.random.Generator) -> Array:
    """A small grid, few colours, ordered dither."""
    rgb = levels(b.rgb, 1, 99)
    cells = int(rng.choice([32, 64, 64])) if len(b.names) < 9 else 64
    image = Image.fromarray((rgb * 255).astype(np.uint8)).resize((cells, cells), Image.Resampling.BOX)
    small = np.asarray(image, np.float32) / 255
    grey = small.mean(2, keepdims=True)
    small = np.clip(grey + (small - grey) * 1.2, 0, 1)
    dither = np.tile(BAYER, (cells // 4, cells // 4))[..., None] * (0.07 if rng.random() < 0.6 else 0.0)
    image = Image.fromarray((np.clip(small + dither, 0, 1) * 255).astype(np.uint8))
    few = image.quantize(int(rng.choice([10, 14, 20])), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return np.asarray(few.resize((b.side, b.side), Image.Resampling.NEAREST), np.float32) / 255


def _cells(b: Board, rng: np.random.Generator, across: int, unrest: float) -> Array:
    """The number of the nearest of many points for every pixel: a jittered grid, searched among nine neighbours."""
    jitter = (rng.random((across + 2, across + 2, 2)).astype(np.float32) - 0.5) * unrest + 0.5
    column, row = (b.x * across).astype(np.intp), (b.y * across).astype(np.intp)
    best, number = np.full(b.x.shape, 9.0, np.float32), np.zeros(b.x.shape, np.int32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            spot = jitter[row + down + 1, column + right + 1]
            far = (b.x * across - column - right - spot[..., 0]) ** 2 + (b.y * across - row - down - spot[..., 1]) ** 2
            nearer = far < best
            best = np.where(nearer, far, best)
            number[nearer] = ((row + down + 1) * (across + 2) + column + right + 1)[nearer]
    return number


def stained_glass(b: Board, rng: np.random.Generator) -> Array:
    """Panes that follow the shapes, leaded, lit from behind, each of its own brightness."""
    side = b.side
    rgb = levels(b.rgb, 1, 99)
    number = _cells(b, rng, int(rng.integers(7, 11)), 0.95) + b.ids.astype(np.int32) * 512
    pane, piece = means(rgb, number), number
    grey = pane.mean(2, keepdims=True)
    pane = np.clip(grey + (pane - grey) * 1.75, 0.015, 1) ** 0.92
    pane = pane * rng.uniform(0.78, 1.16, 997).astype(np.float32)[piece % 997][..., None]
    streaks = cloud(rng, side, 7, 3, 0.4)[..., None]
    pane = pane * (0.84 + 0.34 * streaks)
    lead = np.zeros((side, side), np.float32)
    lead[:, 1:] = piece[:, 1:] != piece[:, :-1]
    lead[1:] = np.maximum(lead[1:], piece[1:] != piece[:-1])
    lead = np.clip(blur(lead, side * 0.0042) * 2.7 - 0.15, 0, 1)
    shine = np.clip(np.roll(lead, (1, 1), (0, 1)) - lead, 0, 1)[..., None] * 0.22
    glow = blur(pane, side * 0.02) * 0.22
    lead = lead[..., None]
    return (pane * 0.9 + glow) * (1 - lead) + np.array([0.06, 0.06, 0.07], np.float32) * lead + shine


def mosaic(b: Board, rng: np.random.Generator) -> Array:
    """Small stones set in pale mortar, none quite like its neighbour."""
    across = int(rng.integers(40, 51))
    bend = 0.25
    number = _cells(b, rng, across, bend)
    stone, piece = means(levels(b.rgb, 1, 99), number), number
    grey = stone.mean(2, keepdims=True)
    tint = 1 + (rng.random((997, 3)).astype(np.float32) - 0.5) * 0.16
    stone = np.clip(grey + (stone - grey) * 1.15, 0, 1) * tint[piece % 997]
    gap = np.zeros(piece.shape, np.float32)
    gap[:, 1:] = piece[:, 1:] != piece[:, :-1]
    gap[1:] = np.maximum(gap[1:], piece[1:] != piece[:-1])
    light = np.clip(np.roll(gap, (1, 1), (0, 1)) - np.roll(gap, (-1, -1), (0, 1)), -1, 1)[..., None] * 0.12
    gap = np.clip(blur(gap, b.side * 0.003) * 1.5, 0, 1)[..., None] * 0.55
    mortar = np.array([[0.80, 0.77, 0.71], [0.30, 0.29, 0.29]], np.float32)[int(rng.random() < 0.35)]
    return (stone + light) * (1 - gap) + mortar * gap


def neon(b: Board, rng: np.random.Generator) -> Array:
    """Tubes of light along every outline, in front of the dark."""
    side = b.side
    rgb = levels(b.rgb, 1, 99)
    soft = blur(rgb, side * 0.012)
    top, low = soft.max(2, keepdims=True), soft.min(2, keepdims=True)
    pure = (soft - low) / np.maximum(top - low, 1e-3)
    tubes = np.array([[1.0, 0.15, 0.65], [0.1, 0.9, 1.0], [0.65, 0.25, 1.0], [1.0, 0.75, 0.1], [0.15, 1.0, 0.45]], np.float32)
    tubes = tubes[rng.permutation(5)[:3]]
    faint = np.clip(1.6 - (top - low) * 6, 0, 1)
    pure = pure * (1 - faint) + tubes[b.ids % 3] * faint
    pure = 0.12 + 0.88 * pure
    line = edges(b, 2.0)
    wide = blur(line[..., None] * pure, side * 0.022)
    near = blur(line[..., None] * pure, side * 0.007)
    core = np.clip(line * 1.3, 0, 1)[..., None]
    dark = soft * np.array([0.13, 0.12, 0.22], np.float32) + np.array([0.015, 0.01, 0.04], np.float32)
    return dark + wide * 2.0 + near * 1.5 + core * (pure * 0.75 + 0.25) * 0.9
