"""Masks: how far the new picture shows at every point, and the original pasted back everywhere else, to the pixel.

Where the mask is white the new picture stands alone; over `feather` pixels outside of that it fades into the original;
beyond, the original's own 8-bit numbers are copied. White is anything from half grey up.
"""

from typing import TYPE_CHECKING, Any

from studio.core.errors import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Bytes = NDArray[Any]  # 8 bits, height x width [x 3]
    Floats = NDArray[Any]  # single precision


def weights(mask: "Image.Image", size: tuple[int, int], feather: int) -> "Floats":
    """The share of the new picture at every pixel of one of `size` (width, height): 1 in the mask, 0 beyond its border."""
    import numpy as np
    from PIL import Image, ImageFilter

    if mask.size != size:
        mask = mask.convert("L").resize(size, Image.Resampling.BILINEAR)
    white = np.asarray(mask.convert("L")) >= 128
    if not white.any():
        raise Refused("Nothing is marked to be painted anew. Brush over the part that is to change.")
    # The mask is grown by half the border, then softened by as much: 1 at its own edge, 0 exactly at the border's end.
    grown = Image.fromarray(_grown(white, feather - feather // 2).astype(np.uint8) * 255)
    for radius in _halves(feather // 2):
        grown = grown.filter(ImageFilter.BoxBlur(radius))
    soft = np.asarray(grown).astype(np.float32) / 255.0
    return np.where(white, np.float32(1.0), soft)


def for_model(shares: "Floats") -> "Image.Image":
    """The mask as a model is given it: black and white, up to the middle of the border."""
    import numpy as np
    from PIL import Image

    return Image.fromarray((shares >= 0.5).astype(np.uint8) * 255)


def pasted_back(original: "Bytes", new: "Bytes", shares: "Floats") -> "Bytes":
    """The new picture where the mask says so. Outside of the border the bytes are the original's."""
    import numpy as np

    if original.shape != new.shape or original.shape[:2] != shares.shape:
        raise ValueError("the picture, the new one and the mask must have one size")
    share = shares[..., None]
    mixed = np.rint(original * (1.0 - share) + new * share).astype(np.uint8)
    return np.where(share == 0.0, original, np.where(share == 1.0, new, mixed))


def _halves(radius: int) -> tuple[int, ...]:
    """Two soft strokes are smoother than one, and their reach adds up to the same."""
    return tuple(r for r in (radius - radius // 2, radius // 2) if r)


def _grown(white: "Bytes", by: int) -> "Bytes":
    """The mask and everything within `by` pixels, in strides that double."""
    done = 0
    while done < by:
        stride = min(max(done, 1), by - done)
        white = _touched(_touched(white, stride), stride, across=True)
        done += stride
    return white


def _touched(white: "Bytes", stride: int, *, across: bool = False) -> "Bytes":
    if across:
        return _touched(white.T, stride).T
    out = white.copy()
    out[stride:] |= white[:-stride]
    out[:-stride] |= white[stride:]
    return out
