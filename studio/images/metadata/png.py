"""PNG without decoding a pixel: its size, its texts in and out, and the bare picture.

Every chunk's checksum is looked at. Compressed texts are unpacked up to a bound; one that goes beyond it is left out.
"""

import struct
import zlib
from typing import NamedTuple

from studio.images.metadata.parts import MOST_BLOCKS, MOST_TEXT, MOST_TEXTS, Broken, Parts

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PICTURE = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM"))
TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
XMP = "XML:com.adobe.xmp"


class Chunk(NamedTuple):
    name: bytes
    start: int  # of the whole chunk
    end: int

    def body(self, data: bytes) -> bytes:
        return data[self.start + 8 : self.end - 4]


def chunks(data: bytes) -> list[Chunk]:
    """All of them in order, up to IEND; what comes behind it is no part of the picture."""
    found: list[Chunk] = []
    at, view = len(SIGNATURE), memoryview(data)
    while at + 12 <= len(data) and len(found) < MOST_BLOCKS:
        (length,) = struct.unpack_from(">I", data, at)
        chunk = Chunk(bytes(view[at + 4 : at + 8]), at, at + 12 + length)
        if chunk.end > len(data):
            raise Broken("it ends too early")
        if zlib.crc32(view[at + 4 : chunk.end - 4]) != struct.unpack_from(">I", data, chunk.end - 4)[0]:
            raise Broken("a part of it is damaged")
        found.append(chunk)
        at = chunk.end
        if chunk.name == b"IEND":
            return _whole(found)
    raise Broken("it ends too early" if len(found) < MOST_BLOCKS else "it is in too many pieces")


def parts(data: bytes, with_texts: bool = True) -> Parts:
    found = chunks(data)
    width, height = struct.unpack_from(">II", data, found[0].start + 8)
    texts: dict[str, str] = {}
    exif, room = b"", MOST_TEXTS
    for chunk in found:
        if chunk.name == b"eXIf":
            exif = chunk.body(data)
        elif with_texts and chunk.name in TEXTS and chunk.end - chunk.start < MOST_TEXT and room > 0:
            keyword, text = _text(chunk.name, chunk.body(data))
            texts.setdefault(keyword, text)
            room -= len(text)
    return Parts((width, height), texts, exif, texts.pop(XMP, ""))


def dressed(data: bytes, texts: dict[str, str], xmp: str = "") -> bytes:
    """The same picture with these texts instead of any of the same names. Its pixels are not touched."""
    new = {**texts, XMP: xmp} if xmp else texts
    found = chunks(data)
    kept = [c for c in found[1:] if not (c.name in TEXTS and c.body(data).split(b"\0", 1)[0].decode("latin-1") in new)]
    made = [_chunk_of(keyword, text) for keyword, text in new.items()]
    return b"".join((SIGNATURE, data[found[0].start : found[0].end], *made, *(data[c.start : c.end] for c in kept)))


def bare(data: bytes) -> bytes:
    """The picture and its colours, and nothing else: no texts, no further frames."""
    return SIGNATURE + b"".join(data[c.start : c.end] for c in chunks(data) if c.name in PICTURE)


def turned(data: bytes, exif: bytes) -> bytes:
    """The same picture with this EXIF, which says which way is up."""
    first = chunks(data)[0]
    return data[: first.end] + _chunk(b"eXIf", exif) + data[first.end :]


def _whole(found: list[Chunk]) -> list[Chunk]:
    if found[0].name != b"IHDR" or found[0].end - found[0].start != 25 or not any(c.name == b"IDAT" for c in found):
        raise Broken("there is no picture in it")
    return found


def _text(name: bytes, body: bytes) -> tuple[str, str]:
    keyword, _, rest = body.partition(b"\0")
    if name == b"tEXt":
        return keyword.decode("latin-1"), _decoded(rest)
    packed = True
    if name == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    else:
        rest = rest[1:]
    return keyword.decode("latin-1"), _decoded(_unpacked(rest) if packed else rest)


def _decoded(raw: bytes) -> str:
    """UTF-8, which many programs write even where Latin-1 is the rule, else Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unpacked(raw: bytes) -> bytes:
    unpack = zlib.decompressobj()
    try:
        text = unpack.decompress(raw, MOST_TEXT)
    except zlib.error:
        return b""
    return b"" if unpack.unconsumed_tail else text


def _chunk_of(keyword: str, text: str) -> bytes:
    head = keyword.encode("latin-1") + b"\0"
    if text.isascii():  # Latin-1 beyond ASCII is read as UTF-8 by many
        return _chunk(b"tEXt", head + text.encode())
    return _chunk(b"iTXt", head + b"\0\0\0\0" + text.encode("utf-8"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
