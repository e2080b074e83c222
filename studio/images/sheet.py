"""Contact sheets: pictures side by side on one page, each with a line below it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

GAP, LINE = 8, 18
PAPER, INK = "#faf7f0", "#3b3630"


def contact_sheet(pictures: "Sequence[Image]", lines: Sequence[str] = (), side: int = 256) -> "Image":
    """Each picture whole in a square field of `side`, small ones not enlarged by halves; as many columns as rows, or one more."""
    from PIL import Image, ImageDraw
    from PIL.Image import Resampling

    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    rows = max(1, math.ceil(len(pictures) / columns))
    high = side + (LINE if lines else 0) + GAP
    sheet = Image.new("RGB", (columns * (side + GAP) + GAP, rows * high + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    for i, picture in enumerate(pictures):
        share = min(side / picture.width, side / picture.height)
        share = math.floor(share) if share >= 2 else share
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        x, y = GAP + i % columns * (side + GAP), GAP + i // columns * high
        small = picture.convert("RGB").resize(size, Resampling.LANCZOS)
        sheet.paste(small, (x + (side - size[0]) // 2, y + (side - size[1]) // 2))
        if i < len(lines):
            draw.text((x, y + side + 2), lines[i], fill=INK)
    return sheet
