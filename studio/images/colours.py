"""Colours as people see them: sRGB to OKLab and back, where equal distances look about equally far apart.

Distances are given times 100: below 2 two colours can hardly be told apart side by side, above 20 they are different colours.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
HEX = re.compile(r"#[0-9a-f]{6}")


def oklab(pixels: "Bytes") -> "Floats":
    """(..., 3) bytes of sRGB to OKLab."""
    import numpy as np

    levels = np.arange(256, dtype=np.float64) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)
    lms = np.cbrt(linear[pixels] @ np.array(_TO_LMS, np.float32).T)
    return np.asarray(lms @ np.array(_TO_LAB, np.float32).T, np.float32)


def srgb(lab: "Floats") -> "Bytes":
    """Back to bytes; what no screen can show is cut off."""
    import numpy as np

    lms = (lab @ np.linalg.inv(np.array(_TO_LAB)).T.astype(np.float32)) ** 3
    linear = np.clip(lms @ np.linalg.inv(np.array(_TO_LMS)).T.astype(np.float32), 0, 1)
    levels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(levels * 255), np.uint8)


def lab_of(colours: tuple[str, ...]) -> "Floats":
    """Of colours like #2b6cb0, one a row."""
    import numpy as np

    return oklab(np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.uint8).reshape(-1, 3))


def hex_of(pixel: "Bytes") -> str:
    return "#" + "".join(f"{int(value):02x}" for value in pixel)


def thumbnail(picture: "Image", side: int) -> "Bytes":
    """The picture squeezed into a square: (side, side, 3)."""
    import numpy as np
    from PIL.Image import Resampling

    return np.asarray(
        picture.convert("RGB").resize((side, side), Resampling.BOX if picture.width >= side else Resampling.BILINEAR)
    )
