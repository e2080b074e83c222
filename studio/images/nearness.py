"""How near a picture is to the nearest a model learned from, without keeping those pictures.

Of each there are a hash of its light (64 bits: brighter than the neighbour or not) and its colours seen from afar (4 x 4).
Two pictures are near copies when both agree closely; small changes of size, tone and compression do not hide one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Hashes = NDArray[Any]  # uint8 [n, 8]
    Colours = NDArray[Any]  # uint8 [n, 48]

COPY_BITS = 6  # of 64 that may differ ...
COPY_COLOUR = 0.06  # ... and how far the colours may be off, of 1, in a near copy


@dataclass(frozen=True)
class Near:
    """The nearest learned picture: which, how many of 64 bits differ, how far its colours are off (0 to 1)."""

    which: int
    bits: int
    colour: float

    @property
    def copy(self) -> bool:
        return self.bits <= COPY_BITS and self.colour <= COPY_COLOUR

    def told(self) -> dict[str, Any]:
        return {"bits": self.bits, "colour": round(self.colour, 3), "copy": self.copy}


def seen(picture: "Image.Image") -> "tuple[Hashes, Colours]":
    """The hash and the colours of one picture."""
    import numpy as np
    from PIL import Image

    rgb = picture.convert("RGB")
    grey = np.asarray(rgb.convert("L").resize((9, 8), Image.Resampling.BOX)).astype(np.int16)
    colours = np.asarray(rgb.resize((4, 4), Image.Resampling.BOX)).reshape(48)
    return np.packbits(grey[:, 1:] > grey[:, :-1]), colours


class Nearness:
    def __init__(self, hashes: "Hashes", colours: "Colours") -> None:
        self._hashes, self._colours = hashes, colours

    def __len__(self) -> int:
        return len(self._hashes)

    @classmethod
    def read(cls, file: Path) -> "Nearness | None":
        """None where a model has no index."""
        if not file.is_file():
            return None
        from safetensors.numpy import load_file

        made = load_file(file)
        return cls(made["hashes"], made["colours"])

    @classmethod
    def learned(cls, pictures: "Iterable[Image.Image]") -> "Nearness":
        import numpy as np

        rows = [seen(one) for one in pictures]
        return cls(np.stack([h for h, _ in rows]), np.stack([c for _, c in rows]))

    def write(self, file: Path) -> None:
        from safetensors.numpy import save

        file.write_bytes(save({"hashes": self._hashes, "colours": self._colours}))

    def of(self, picture: "Image.Image") -> Near:
        import numpy as np

        own_hash, own_colours = seen(picture)
        bits = np.bitwise_count(self._hashes ^ own_hash).sum(1).astype(np.int64)
        off = np.abs(self._colours.astype(np.int16) - own_colours).mean(1) / 255
        at = int(np.argmin(bits / 64 + 2.0 * off))
        return Near(at, int(bits[at]), float(off[at]))
