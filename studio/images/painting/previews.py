"""Previews: latents to small pictures by one matrix, and the frames of how a picture came about. In numpy and PIL.

The matrix is fitted to what the autoencoder itself makes of latents, so it goes with any; it knows no shapes, only the colour
of each place. Good for seeing what is coming, not for looking at.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.images.painting.noise import gaussian

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Floats = NDArray[Any]

MEDIA_TYPE = "image/webp"
RIDGE = 1e-3  # of the mean square: keeps numbers of channels that carry no colour small
FILM_SIDE, FRAME_MS, LAST_MS = 256, 120, 1500


def patchwork(side: int) -> "Floats":
    """A picture (height x width x 3, 0..1) of soft and hard patches of many colours, to fit matrices on."""
    import numpy as np
    from PIL import Image

    out = np.zeros((side, side, 3))
    for cells, stream in ((side // 8, 1), (4, 2), (8, 3)):
        cell = np.clip(gaussian(11, (cells, cells, 3), stream) * 60 + 128, 0, 255).astype(np.uint8)
        how = Image.Resampling.NEAREST if cells == side // 8 else Image.Resampling.BICUBIC
        out += np.asarray(Image.fromarray(cell).resize((side, side), how)) / 255.0
    return np.clip((out / 3 - 0.5) * 1.8 + 0.5, 0.0, 1.0).astype(np.float32)


def fit(latents: "Floats", picture: "Floats") -> "Floats":
    """The matrix (channels + 1) x 3 from latents (channels x h x w) to the colours of a picture (height x width x 3, 0..1)."""
    import numpy as np

    channels, h, w = latents.shape
    rows, columns = picture.shape[0] // h, picture.shape[1] // w
    means = picture[: h * rows, : w * columns].reshape(h, rows, w, columns, 3).mean((1, 3)).reshape(-1, 3).astype(np.float64)
    known = _with_one(latents)
    square = known.T @ known
    weight = RIDGE * np.trace(square[:channels, :channels]) / channels
    keep = np.diag([weight] * channels + [0.0])
    return np.linalg.solve(square + keep, known.T @ means).astype(np.float32)


def picture(latents: "Floats", matrix: "Floats") -> "Image.Image":
    """Latents (channels x h x w) as a picture of w x h pixels."""
    import numpy as np
    from PIL import Image

    _, h, w = latents.shape
    colours = (_with_one(latents) @ matrix).reshape(h, w, 3)
    return Image.fromarray((np.clip(np.nan_to_num(colours), 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8))


def _with_one(latents: "Floats") -> "Floats":
    import numpy as np

    flat = latents.reshape(latents.shape[0], -1).T.astype(np.float64)
    return np.hstack([flat, np.ones((len(flat), 1))])


def webp(small: "Image.Image") -> bytes:
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80, method=0)
    return out.getvalue()


def film(frames: "Sequence[Image.Image]", last: "Image.Image") -> bytes:
    """An animated WebP of the steps, the finished picture last and longest."""
    from PIL import Image

    scale = min(1.0, FILM_SIDE / max(last.size))
    size = (max(1, round(last.width * scale)), max(1, round(last.height * scale)))
    shown = [*(frame.resize(size, Image.Resampling.BICUBIC) for frame in frames), last.resize(size, Image.Resampling.LANCZOS)]
    out = io.BytesIO()
    times = [FRAME_MS] * len(frames) + [LAST_MS]
    shown[0].save(out, "WEBP", save_all=True, append_images=shown[1:], duration=times, loop=0, quality=75, method=0)
    return out.getvalue()
