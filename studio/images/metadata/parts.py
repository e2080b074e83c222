"""Parts: what a picture file says of itself beside its pixels, and the bounds a file from outside must keep.

The readers of the three containers (`png.py`, `jpeg.py`, `webp.py`) walk the file's blocks without decoding a pixel and
share these words. Whatever breaks a bound is Broken, which says what to do.
"""

from typing import Literal, NamedTuple

from studio.core.errors import Refused

Kind = Literal["png", "jpeg", "webp", "gif"]
MOST_BLOCKS = 20_000  # of a file; more of them only serve to keep a reader busy
MOST_TEXT = 2 << 20  # bytes of one text, unpacked; the largest ComfyUI graphs seen have about half a megabyte
MOST_TEXTS = 4 << 20  # bytes of all texts of a file


class Broken(Refused):
    """The file is damaged, cut off, or made to do harm."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This picture cannot be read: {why}. Save it again as PNG or JPEG, or choose another one.")


class Parts(NamedTuple):
    size: tuple[int, int]
    texts: dict[str, str] = {}  # PNG only: keyword -> text
    exif: bytes = b""  # the TIFF block, without a prefix
    xmp: str = ""
    units: int = 1  # JPEG only: how often its pixels are gone over (scans); 1 for all others
    progressive: bool = False


def kind_of(data: bytes) -> Kind | None:
    """By the first bytes, never by a name."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "gif" if data[:6] in (b"GIF87a", b"GIF89a") else None
