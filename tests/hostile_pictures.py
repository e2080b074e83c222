"""Thirty-odd files that say they are pictures and are bombs, broken, cut off, or something else."""

import io
import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes, crc: int | None = None) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) if crc is None else crc)


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def zeros(size: int) -> bytes:
    pack = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join([*(pack.compress(block) for _ in range(size >> 20)), pack.compress(bytes(size & 0xFFFFF)), pack.flush()])


def png(width: int, height: int, packed: bytes, *more: bytes, **kind: int) -> bytes:
    return SIGNATURE + header(width, height, **kind) + b"".join(more) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def real(form: str, size: tuple[int, int] = (96, 64), **how: object) -> bytes:
    """A real picture, with a gradient and a patch of colour."""
    from PIL import Image

    picture = Image.merge("RGB", [Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size), Image.new("L", size, 90)])
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def hostile() -> Iterator[tuple[str, bytes]]:
    yield from _pngs()
    yield from _jpegs()
    yield from _others()


def _pngs() -> Iterator[tuple[str, bytes]]:
    small, good = zeros(1000), real("PNG")
    yield "png of 50,000 x 50,000 zeros", png(50_000, 50_000, zeros(4 << 20))
    yield "png that says 2^31 - 1 a side", png(2**31 - 1, 2**31 - 1, small)
    yield "png of 1 x 100 million", png(1, 100_000_000, small)
    yield "png of no width", png(0, 64, small)
    yield "png of two bits a pixel that is huge", png(200_000, 200_000, small, depth=1, colour=0)
    yield "png with less picture than it says", png(3000, 3000, zeros(3000))
    yield "png cut off in its picture", real("PNG", (1200, 900))[:-2000]
    yield "png cut off after its header", good[:40]
    yield "png of the signature alone", SIGNATURE
    yield "png with a wrong checksum", SIGNATURE + header(8, 8) + chunk(b"IDAT", small, crc=7) + chunk(b"IEND", b"")
    yield "png whose picture is no zlib", png(64, 64, b"not packed at all")
    yield "png with a chunk longer than the file", SIGNATURE + header(8, 8) + struct.pack(">I", 0x7FFFFFFF) + b"IDAT" + b"xx"
    yield "png without a picture", SIGNATURE + header(64, 64) + chunk(b"IEND", b"")
    yield "png of 300,000 empty chunks", SIGNATURE + header(8, 8) + chunk(b"tEXt", b"") * 300_000 + chunk(b"IEND", b"")
    yield "png with its header behind", SIGNATURE + chunk(b"IDAT", small) + header(8, 8) + chunk(b"IEND", b"")
    yield "png of an impossible kind", png(64, 64, small, depth=3, colour=5)
    yield "png of 15 million pixels that stop near the end", png(4900, 3000, zeros(4900 * 3 * 2700))
    yield "png with a bomb for a colour profile and no picture", png(640, 640, small, chunk(b"iCCP", b"p\0\0" + zeros(24 << 20)))


def _jpegs() -> Iterator[tuple[str, bytes]]:
    good = real("JPEG", (640, 480))
    at = good.index(b"\xff\xc0")
    yield "jpeg of 65,535 x 65,535", good[: at + 5] + b"\xff\xff\xff\xff" + good[at + 9 :]
    yield "jpeg of no height", good[: at + 5] + b"\0\0" + good[at + 7 :]
    yield "jpeg cut off", good[: len(good) // 2]
    yield "jpeg of three bytes", b"\xff\xd8\xff"
    yield "jpeg of a hundred thousand comments", b"\xff\xd8" + b"\xff\xfe\x00\x02" * 100_000 + good[2:]
    yield "jpeg of fill bytes", b"\xff\xd8" + b"\xff" * (8 << 20)
    slow = real("JPEG", (640, 480), progressive=True)
    scan = slow.rindex(b"\xff\xda")
    yield "jpeg of a thousand scans", slow[:-2] + slow[scan:-2] * 1000 + b"\xff\xd9"
    huge = slow.replace(slow[slow.index(b"\xff\xc2") + 5 : slow.index(b"\xff\xc2") + 9], struct.pack(">HH", 20_000, 20_000))
    yield "progressive jpeg of 400 million pixels", huge
    yield "jpeg of arithmetic coding", good.replace(b"\xff\xc0", b"\xff\xc9", 1)


def _others() -> Iterator[tuple[str, bytes]]:
    webp = real("WEBP", lossless=True)
    yield "webp cut off", webp[:-100]
    yield "webp of the largest canvas with nothing on it", _riff(b"VP8X", bytes([2, 0, 0, 0]) + b"\xff\xff\xff" * 2, b"ANIM", bytes(6))
    yield "webp whose picture is noise", webp[:20] + b"\x2f" + bytes(range(7, 100)) + webp[114:]
    yield "webp of the right name alone", b"RIFF\x04\0\0\0WEBP"
    gif = real("GIF")
    yield "gif of 65,535 x 65,535", gif[:6] + b"\xff\xff\xff\xff" + gif[10:]
    yield "gif whose first frame is larger than it says", _gif_with_large_frame(gif)
    yield "gif cut off", gif[:200]
    yield "a web page", b"<!doctype html><svg onload=alert(1)>"
    yield "a drawing", b'<svg xmlns="http://www.w3.org/2000/svg" width="99999999" height="99999999"/>'
    yield "nothing", b""
    yield "an archive", b"PK\x03\x04" + bytes(100)
    yield "tiff", b"II*\0" + bytes(100)


def _riff(*parts: bytes) -> bytes:
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for n, b in zip(parts[::2], parts[1::2], strict=True))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif_with_large_frame(gif: bytes) -> bytes:
    at = gif.index(b",", 13 + 3 * 256)
    return gif[: at + 5] + struct.pack("<HH", 60_000, 60_000) + gif[at + 9 :]


def mended(whole: bytearray) -> bytearray:
    """With the checksums right again, so that what is wrong lies deeper."""
    at = 8
    while at + 12 <= len(whole):
        (length,) = struct.unpack_from(">I", whole, at)
        if at + 12 + length > len(whole):
            break
        struct.pack_into(">I", whole, at + 8 + length, zlib.crc32(whole[at + 4 : at + 8 + length]))
        at += 12 + length
    return whole
