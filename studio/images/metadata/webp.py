"""WebP without decoding a pixel: its size, EXIF and XMP in and out, and the bare picture."""

import struct
from typing import NamedTuple

from studio.images.metadata.parts import MOST_BLOCKS, Broken, Parts

PICTURE = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"))
HAS_XMP, HAS_EXIF, HAS_ALPHA = 0x04, 0x08, 0x10  # flags of VP8X


class Chunk(NamedTuple):
    name: bytes
    start: int
    end: int  # with the byte that makes it even
    length: int

    def body(self, data: bytes) -> bytes:
        return data[self.start + 8 : self.start + 8 + self.length]


def chunks(data: bytes) -> list[Chunk]:
    (told,) = struct.unpack_from("<I", data, 4) if len(data) > 20 else (1 << 32,)
    if told + 8 > len(data):
        raise Broken("it ends too early")
    found: list[Chunk] = []
    at, last = 12, told + 8
    while at + 8 <= last and len(found) < MOST_BLOCKS:
        (length,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > last:
            raise Broken("it ends too early")
        found.append(Chunk(data[at : at + 4], at, min(at + 8 + length + length % 2, last), length))
        at = found[-1].end
    if not found or found[0].name not in (b"VP8 ", b"VP8L", b"VP8X") or len(found) == MOST_BLOCKS:
        raise Broken("there is no picture in it")
    return found


def parts(data: bytes) -> Parts:
    found = chunks(data)
    exif = _first(data, found, b"EXIF").removeprefix(b"Exif\0\0")
    return Parts(_size(data, found[0]), {}, exif, _first(data, found, b"XMP ").decode("utf-8", "replace"))


def dressed(data: bytes, exif: bytes, xmp: str) -> bytes:
    """The same picture with this EXIF and XMP instead of its own. Its pixels are not touched."""
    found = chunks(data)
    kept = [data[c.start : c.end] for c in found if c.name not in (b"EXIF", b"XMP ", b"VP8X")]
    new = [_chunk(name, body) for name, body in ((b"EXIF", exif), (b"XMP ", xmp.encode("utf-8"))) if body]
    return _file([_head(data, found[0], bool(exif), bool(xmp)), *kept, *new])


def bare(data: bytes) -> bytes:
    """The picture and its colours, and nothing else."""
    found = chunks(data)
    kept = [data[c.start : c.end] for c in found if c.name in PICTURE and c.name != b"VP8X"]
    if found[0].name == b"VP8X":
        kept.insert(0, _head(data, found[0], False, False))
    return _file(kept)


def _size(data: bytes, first: Chunk) -> tuple[int, int]:
    body = first.body(data)
    if len(body) < 10 and first.name != b"VP8L" or len(body) < 5:
        raise Broken("there is no picture in it")
    if first.name == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if first.name == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _head(data: bytes, first: Chunk, exif: bool, xmp: bool) -> bytes:
    """The VP8X chunk, which must be there as soon as there is more than a picture."""
    flags = first.body(data)[0] & ~(HAS_EXIF | HAS_XMP) if first.name == b"VP8X" else 0
    if first.name == b"VP8L" and first.body(data)[4] & 0x10:
        flags |= HAS_ALPHA
    width, height = _size(data, first)
    flags |= HAS_EXIF * exif | HAS_XMP * xmp
    return _chunk(b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def _first(data: bytes, found: list[Chunk], name: bytes) -> bytes:
    return next((c.body(data) for c in found if c.name == name), b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _file(made: list[bytes]) -> bytes:
    body = b"".join((b"WEBP", *made))
    return b"RIFF" + struct.pack("<I", len(body)) + body
