"""Open a picture from outside, safely: every upload, paste and drop goes through here.

What it is is told by its first bytes: PNG, JPEG, WebP, or the first frame of a GIF. Its size is read from the file's own blocks
before anything is unpacked; only the blocks that make up the picture are then handed to the decoder. The picture comes out
upright, in sRGB, with eight bits a channel, on white unless its transparency is to be kept, and no larger than asked for.
A large plain JPEG is read at half, a quarter or an eighth of its size, so photographs of any phone fit.
"""

import io
import struct
from typing import TYPE_CHECKING

from studio.core.errors import Refused
from studio.images.metadata import exif, jpeg, png, webp
from studio.images.metadata.parts import Broken, Kind, Parts, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 48 << 20
MOST_SIDE = 2048  # of what comes out
MOST_PIXELS = 16_000_000  # unpacked; 64 MB in the decoder
MOST_JPEG_PIXELS = 120_000_000  # of a plain JPEG, which is unpacked smaller
MOST_SCANS = 60  # of a progressive JPEG: real ones have about ten
WHAT_TO_DO = "Use PNG, JPEG, WebP or GIF."


def open_picture(data: bytes, *, most_side: int = MOST_SIDE, most_pixels: int = MOST_PIXELS, keep_alpha: bool = False) -> "Image":
    """An RGB picture (RGBA with `keep_alpha`, where it is transparent somewhere). Refused says why not, and what to do."""
    kind, parts = look(data, most_pixels)
    picture = _decoded(kind, _bare(kind, data), _reduced(kind, parts, most_side, most_pixels), most_pixels)
    picture = _upright(_colours(picture), exif.orientation_of(parts.exif) if parts.exif else 1)
    if max(picture.size) > most_side:
        picture.thumbnail((most_side, most_side), reducing_gap=2.0)
    return picture if keep_alpha or picture.mode == "RGB" else _on_white(picture)


def look(data: bytes, most_pixels: int = MOST_PIXELS) -> tuple[Kind, Parts]:
    """What kind and size of picture it is, without unpacking it; Refused where it must not be unpacked."""
    kind = kind_of(data[:16])
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES >> 20} MB. Save the picture smaller, or as JPEG.")
    if kind is None:
        raise Refused(f"This is no picture the studio can read. {WHAT_TO_DO}")
    parts = _parts(kind, data)
    width, height = parts.size
    if not width or not height:
        raise Broken("there is no picture in it")
    plain = kind == "jpeg" and not parts.progressive
    if width * height > (MOST_JPEG_PIXELS if plain else most_pixels):
        raise _too_large(parts.size)
    if parts.units > MOST_SCANS:
        raise Broken("it is in too many pieces")
    return kind, parts


def _parts(kind: Kind, data: bytes) -> Parts:
    match kind:
        case "png":
            return png.parts(data, with_texts=False)
        case "jpeg":
            return jpeg.parts(data)
        case "webp":
            return webp.parts(data)
    return Parts(_gif_size(data))


def _gif_size(data: bytes) -> tuple[int, int]:
    if len(data) < 14:
        raise Broken("it ends too early")
    width, height = struct.unpack_from("<HH", data, 6)
    return int(width), int(height)


def _bare(kind: Kind, data: bytes) -> bytes:
    match kind:
        case "png":
            return png.bare(data)
        case "jpeg":
            return jpeg.bare(data)
        case "webp":
            return webp.bare(data)
    return data


def _reduced(kind: Kind, parts: Parts, most_side: int, most_pixels: int) -> tuple[int, int]:
    """The size at which it is read: a JPEG's decoder can halve it up to three times on its way."""
    width, height = parts.size
    by = 1
    while kind == "jpeg" and by < 8 and (width * height > most_pixels * by * by or max(width, height) >= 2 * by * most_side):
        by *= 2
    return max(1, width // by), max(1, height // by)


def _decoded(kind: Kind, data: bytes, size: tuple[int, int], most_pixels: int) -> "Image":
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=[kind.upper()])
        picture.draft("RGB", size)
        if picture.width * picture.height > most_pixels:  # the first frame of a GIF may be larger than the file says
            raise _too_large(picture.size)
        picture.load()
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise _too_large(size) from None
    except Exception:  # decoders fail in many ways on files made to make them fail
        raise Broken("a part of it is damaged") from None
    return picture


def _colours(picture: "Image") -> "Image":
    """RGB or RGBA with eight bits, in sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16") or picture.mode == "I":
        picture = _eight_bits(picture)
    if picture.mode == "P" or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    if profile and picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        picture = _srgb(picture, profile)
    wanted = "RGBA" if "A" in picture.getbands() or "a" in picture.getbands() else "RGB"
    picture = picture if picture.mode == wanted else picture.convert(wanted)
    if wanted == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        return picture.convert("RGB")
    return picture


def _eight_bits(picture: "Image") -> "Image":
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(picture).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))


def _srgb(picture: "Image", profile: bytes) -> "Image":
    from PIL import ImageCms

    if len(profile) > 1 << 20:
        return picture
    try:
        mode = "RGB" if picture.mode in ("L", "CMYK") else picture.mode
        wanted = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, io.BytesIO(profile), wanted, outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a bad profile is as good as none
        return picture


def _upright(picture: "Image", orientation: int) -> "Image":
    from PIL.Image import Transpose

    ways = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }  # fmt: skip
    return picture.transpose(ways[orientation]) if orientation in ways else picture


def _on_white(picture: "Image") -> "Image":
    from PIL import Image

    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _too_large(size: tuple[int, int]) -> Refused:
    return Refused(f"This picture says it has {size[0]} x {size[1]} pixels. That is too large: save it smaller first.")
