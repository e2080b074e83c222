"""EXIF, as far as pictures of models use it: the comment of the person or program, older texts, and which way is up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Exif

SUB_IFD, COMMENT, MAKER = 0x8769, 0x9286, 0x927C
MAKE, MODEL, ORIENTATION, DESCRIPTION = 0x010F, 0x0110, 0x0112, 0x010E
MOST_BYTES = 1 << 20


def write_comment(text: str, orientation: int = 1) -> bytes:
    """A TIFF block with the text as UserComment, the way A1111 writes it: UTF-16, big end first."""
    from PIL import Image

    exif = Image.Exif()
    if orientation != 1:
        exif[ORIENTATION] = orientation
    exif.get_ifd(SUB_IFD)[COMMENT] = b"UNICODE\0" + text.encode("utf-16-be")
    return exif.tobytes().removeprefix(b"Exif\0\0")


def write_orientation(orientation: int) -> bytes:
    """Nothing but which way is up; nothing at all where it is up already."""
    from PIL import Image

    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes().removeprefix(b"Exif\0\0") if orientation != 1 else b""


def orientation_of(block: bytes) -> int:
    value = _load(block).get(ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def texts_of(block: bytes) -> dict[str, str]:
    """What of it programs write for themselves: `comment`, `maker`, `make`, `model`, `description`."""
    exif = _load(block)
    try:
        sub = exif.get_ifd(SUB_IFD)
    except Exception:  # whatever a damaged block makes of it
        sub = {}
    found = {
        "comment": _comment(sub.get(COMMENT) or exif.get(COMMENT)), "maker": _plain(sub.get(MAKER) or exif.get(MAKER)),
        "make": _plain(exif.get(MAKE)), "model": _plain(exif.get(MODEL)), "description": _plain(exif.get(DESCRIPTION)),
    }  # fmt: skip
    return {name: text for name, text in found.items() if text}


def _load(block: bytes) -> "Exif":
    from PIL import Image

    exif = Image.Exif()
    try:
        if len(block) < MOST_BYTES:
            exif.load(block)
    except Exception:  # the many ways of damage; a picture without EXIF is still a picture
        return Image.Exif()
    return exif


def _comment(value: object) -> str:
    if isinstance(value, str):
        return value.strip("\0")
    if not isinstance(value, bytes):
        return ""
    body = value[8:] if value[:8] in (b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8) else value
    if value.startswith(b"UNICODE\0"):  # the end is not said: in Latin text the zeros tell
        little = body[1::2].count(0) > body[0::2].count(0)
        return body.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\0")
    return _plain(body)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8").strip("\0")
        except UnicodeDecodeError:
            return value.decode("latin-1").strip("\0")
    return value.strip("\0") if isinstance(value, str) else ""
