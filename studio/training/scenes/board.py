"""What the scenes are drawn on: a picture in float colours, and for every pixel which shape is seen there.

Shapes are skia paths in units of the picture's side (y downward). The map of shapes serves the styles (outlines, panes)
and the captions: only what can be seen is named, and its colour is measured, not assumed.
"""

from collections.abc import Callable, Iterable

import numpy as np
import skia  # type: ignore[import-not-found]

from studio.training.scenes.colours import Array

Path = skia.Path
Points = Iterable[tuple[float, float]]


class Board:
    """A square picture in the making, `side` pixels wide."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.rgb = np.ones((side, side, 3), np.float32)
        self.ids = np.zeros((side, side), np.int16)
        self.names: list[str] = [""]  # of every shape, by its number in ids
        self.glow = np.zeros((side, side), np.float32)  # where light itself is: lamps, windows, sun
        self.view = (1.0, 0.0, 0.0)  # scale and shift from the drawing's units to the board's
        self.frame()

    def frame(self, scale: float = 1.0, x: float = 0.5, y: float = 0.5) -> None:
        """Come nearer: from now on all is drawn that much larger, the point (x, y) staying where it is."""
        self.view = (scale, x - x * scale, y - y * scale)
        rows = (np.arange(self.side, dtype=np.float32) + 0.5) / self.side
        self.y = np.repeat(((rows - self.view[2]) / scale)[:, None], self.side, 1)
        self.x = np.repeat(((rows - self.view[1]) / scale)[None, :], self.side, 0)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the drawing lies on the board, in pixels."""
        return (x * self.view[0] + self.view[1]) * self.side, (y * self.view[0] + self.view[2]) * self.side

    def mask(self, path: skia.Path, stroke: float = 0.0, smooth: bool = True) -> Array:
        """How much of every pixel the path covers; stroke is a line width, 0 fills."""
        pixels = np.zeros((self.side, self.side), np.uint8)
        info = skia.ImageInfo.MakeA8(self.side, self.side)
        canvas = skia.Surface.MakeRasterDirect(info, pixels, self.side).getCanvas()
        canvas.scale(self.side, self.side)
        canvas.translate(self.view[1], self.view[2])
        canvas.scale(self.view[0], self.view[0])
        paint = skia.Paint(AntiAlias=smooth)
        if stroke:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(stroke)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeJoin(skia.Paint.kRound_Join)
        canvas.drawPath(path, paint)
        return pixels.astype(np.float32) / 255

    def lay(self, mask: Array, colour: Array, name: str | None = None, strength: float = 1.0) -> None:
        """Colour (one, or one for every pixel) laid where the mask is; a name makes it a shape of its own."""
        rows = np.flatnonzero(mask.max(1) > 0)
        if not len(rows):
            return
        band = slice(rows[0], rows[-1] + 1)
        columns = np.flatnonzero(mask[band].max(0) > 0)
        part = (band, slice(columns[0], columns[-1] + 1))
        share = (mask[part] * strength)[..., None]
        over = colour[part] if colour.ndim == 3 else colour
        self.rgb[part] += share * (over - self.rgb[part])
        if name is not None:
            self.names.append(name)
            self.ids[part][mask[part] > 0.5] = len(self.names) - 1

    def draw(self, path: skia.Path, colour: Array, name: str | None = None, stroke: float = 0.0, strength: float = 1.0) -> Array:
        """A path in a colour; gives its mask."""
        mask = self.mask(path, stroke)
        self.lay(mask, colour, name, strength)
        return mask

    def below(self, heights: Array) -> Array:
        """The mask of all that is under a line given as y for every column."""
        return np.clip((self.y - heights[None, :]) * self.side + 0.5, 0, 1)

    def light(self, x: float, y: float, radius: float, colour: Array, strength: float = 1.0) -> None:
        """A soft shine around a point."""
        far = np.hypot(self.x - x, self.y - y) / radius
        share = (strength * np.exp(-far * far * 2.2))[..., None]
        self.rgb += share * (1 - self.rgb) * colour
        self.glow = np.maximum(self.glow, share[..., 0] * 0.5)


def shape(points: Points, close: bool = True) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], close)
    return path


def curve(points: list[tuple[float, float]], close: bool = True) -> skia.Path:
    """A soft line through the points (corners cut at the middles)."""
    path = skia.Path()
    ring = [*points, points[0], points[1]] if close else points
    path.moveTo((ring[0][0] + ring[1][0]) / 2, (ring[0][1] + ring[1][1]) / 2)
    for (x, y), (ahead_x, ahead_y) in zip(ring[1:-1], ring[2:], strict=True):
        path.quadTo(x, y, (x + ahead_x) / 2, (y + ahead_y) / 2)
    if close:
        path.close()
    return path


def discs(spots: Iterable[tuple[float, float, float]]) -> skia.Path:
    path = skia.Path()
    for x, y, radius in spots:
        path.addCircle(float(x), float(y), float(radius))
    return path


def box(x: float, y: float, width: float, height: float, round_by: float = 0.0) -> skia.Path:
    path = skia.Path()
    if round_by:
        path.addRoundRect(skia.Rect.MakeXYWH(x, y, width, height), round_by, round_by)
    else:
        path.addRect(skia.Rect.MakeXYWH(x, y, width, height))
    return path


def oval(x: float, y: float, wide: float, high: float) -> skia.Path:
    """An ellipse around a middle, by its half axes."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(x - wide, y - high, x + wide, y + high))
    return path


def many(paths: Iterable[skia.Path]) -> skia.Path:
    whole = skia.Path()
    for path in paths:
        whole.addPath(path)
    return whole


def moved(path: skia.Path, x: float = 0.0, y: float = 0.0, scale: float = 1.0, turn: float = 0.0) -> skia.Path:
    """Scaled, turned (degrees), then moved."""
    matrix = skia.Matrix()
    matrix.setScale(scale, scale)
    matrix.postRotate(turn)
    matrix.postTranslate(x, y)
    path.transform(matrix)
    return path


Painter = Callable[["Board"], None]
