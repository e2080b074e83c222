"""JPEG without decoding a pixel: its size, EXIF and XMP in and out, and the bare picture."""

import re
import struct
from typing import NamedTuple

from studio.images.metadata.parts import MOST_BLOCKS, Broken, Parts

EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
MOST_SEGMENT = 65_533
SOS, EOI, SOF = 0xDA, 0xD9, frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended, progressive
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # what ends coded data
_FILL = re.compile(rb"\xff*")


class Segment(NamedTuple):
    marker: int
    start: int
    end: int  # behind the coded data, where it has any

    def body(self, data: bytes) -> bytes:
        return data[self.start + 4 : self.end]


def segments(data: bytes) -> list[Segment]:
    """All of them in order, without the two bytes at either end."""
    found: list[Segment] = []
    at = 2
    while len(found) < MOST_BLOCKS:
        at = max(at, _FILL.match(data, at).end() - 1)  # type: ignore[union-attr]
        if at + 4 > len(data) and data[at : at + 2] != b"\xff\xd9":
            raise Broken("it ends too early")
        if data[at] != 0xFF:
            raise Broken("a part of it is damaged")
        marker = data[at + 1]
        if marker == EOI:
            return found
        end = at + 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        if marker == SOS:
            after = _MARKER.search(data, end)
            end = after.start() if after else len(data)
        if end > len(data):
            raise Broken("it ends too early")
        found.append(Segment(marker, at, end))
        at = end
    raise Broken("it is in too many pieces")


def parts(data: bytes) -> Parts:
    found = segments(data)
    frames = [s for s in found if 0xC0 <= s.marker <= 0xCF and s.marker not in (0xC4, 0xC8, 0xCC)]
    scans = sum(s.marker == SOS for s in found)
    if len(frames) != 1 or frames[0].marker not in SOF or not scans or len(frames[0].body(data)) < 6:
        raise Broken("it is a kind of JPEG that is hardly used")
    height, width = struct.unpack_from(">HH", data, frames[0].start + 5)
    exif, xmp = _first(data, found, EXIF), _first(data, found, XMP).decode("utf-8", "replace")
    return Parts((width, height), {}, exif, xmp, scans, frames[0].marker == 0xC2)


def dressed(data: bytes, exif: bytes, xmp: str) -> bytes:
    """The same picture with this EXIF and XMP instead of its own. Its pixels are not touched."""
    new = b"".join(_segment(prefix, body) for prefix, body in ((EXIF, exif), (XMP, xmp.encode("utf-8"))) if body)
    kept = [s for s in segments(data) if not (s.marker == 0xE1 and s.body(data).startswith((EXIF, XMP)))]
    head = [s for s in kept if s.marker == 0xE0]
    tail = [s for s in kept if s.marker != 0xE0]
    return b"".join((data[:2], _of(data, head), new, _of(data, tail), b"\xff\xd9"))


def bare(data: bytes) -> bytes:
    """The picture and its colours: no EXIF, no texts, no thumbnails, no further pictures."""
    return data[:2] + _of(data, [s for s in segments(data) if _of_picture(s, data)]) + b"\xff\xd9"


def _of_picture(segment: Segment, data: bytes) -> bool:
    if segment.marker == 0xE2:
        return segment.body(data).startswith(b"ICC_PROFILE\0")
    return segment.marker in (0xE0, 0xEE) or not (0xE0 <= segment.marker <= 0xEF or segment.marker == 0xFE)


def _of(data: bytes, some: list[Segment]) -> bytes:
    return b"".join(data[s.start : s.end] for s in some)


def _first(data: bytes, found: list[Segment], prefix: bytes) -> bytes:
    bodies = (s.body(data) for s in found if s.marker == 0xE1)
    return next((body[len(prefix) :] for body in bodies if body.startswith(prefix)), b"")


def _segment(prefix: bytes, body: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(prefix) + len(body) + 2) + prefix + body
