"""Sound as a file: WAV (16 or 24 bit), FLAC, Ogg Vorbis or MP3, with title, artist and comment inside.

The same sound and tags give the same bytes every time. libsndfile writes no times into these headers; it draws the
serial number of an Ogg stream at random, so the pages are numbered anew here. MP3 adds silence at both ends: no loops.
"""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import Refused
from studio.music.sound.dsp import Audio

Form = Literal["wav", "flac", "ogg", "mp3"]
Bits = Literal[16, 24]
FORMATS = {"wav": "WAV", "flac": "FLAC", "ogg": "OGG", "mp3": "MP3"}
MEDIA_TYPES = {"wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg"}
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MOST_LETTERS = 300  # of a tag
CHUNK = 1 << 15  # frames given at once: the Vorbis encoder keeps what it gets on the stack


def check_form(form: str, rate: int, *, loop: bool = False) -> None:
    """Refuses what the form cannot hold."""
    if form not in get_args(Form):
        raise Refused(f"Sound cannot be saved as {form}. Choose wav, flac, ogg or mp3.")
    if form == "mp3" and loop:
        raise Refused("MP3 adds silence at both ends, so a loop would stumble. Save the loop as WAV, FLAC or OGG.")
    if form == "mp3" and rate not in MP3_RATES:
        raise Refused(f"MP3 does not know {rate} samples a second. Choose 44100 or 48000, or save as WAV, FLAC or OGG.")


def encode(
    audio: Audio,
    form: Form,
    rate: int,
    *,
    bits: Bits = 16,
    title: str = "",
    artist: str = "",
    comment: str = "",
    quality: float = 0.7,
) -> bytes:
    """`audio` is (frames,) or (frames, channels), full scale at 1. `bits` counts for WAV and FLAC, `quality` (0 to 1; 0.7
    is about 200 kbit/s) for OGG and MP3."""
    check_form(form, rate)
    if bits not in get_args(Bits):
        raise Refused(f"Sound cannot be saved with {bits} bits. Choose 16 or 24.")
    import soundfile  # loads a C library

    lossy = form in ("ogg", "mp3")
    said = {"title": _clean(title), "artist": _clean(artist), "comment": _clean(comment)}
    file = io.BytesIO()
    with soundfile.SoundFile(
        file,
        "w",
        rate,
        1 if audio.ndim == 1 else audio.shape[1],
        format=FORMATS[form],
        subtype={"ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}.get(form, f"PCM_{bits}"),
        compression_level=1 - quality if lossy else None,
        bitrate_mode="VARIABLE" if form == "mp3" else None,
    ) as out:
        for name, text in said.items():
            if text and form != "mp3":
                setattr(out, name, text)
        for at in range(0, len(audio), CHUNK):
            part = np.clip(audio[at : at + CHUNK], -1, 1)
            out.write(part if lossy else _whole(part, bits))
    made = file.getvalue()
    return same_serial(made) if form == "ogg" else id3(said) + made if form == "mp3" else made


def _whole(part: Audio, bits: int) -> NDArray[np.int32]:
    """Rounded here: libsndfile rounds differently for WAV and FLAC."""
    full = 2.0 ** (bits - 1)
    whole: NDArray[np.int32] = np.minimum(np.rint(part * full), full - 1).astype(np.int32) << (32 - bits)
    return whole


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:MOST_LETTERS].strip()


def id3(said: Mapping[str, str]) -> bytes:
    """Title, artist and comment for MP3 (ID3 2.3 in UTF-16); libsndfile writes UTF-8 and calls it Latin-1."""
    frames = b""
    for name, text in said.items():
        if text:
            kind, start = (b"COMM", b"eng\xff\xfe\0\0") if name == "comment" else (b"TIT2" if name == "title" else b"TPE1", b"")
            value = b"\x01" + start + b"\xff\xfe" + text.encode("utf-16-le") + b"\0\0"
            frames += kind + struct.pack(">IH", len(value), 0) + value
    size = bytes(len(frames) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frames if frames else b""


def same_serial(data: bytes, serial: int = 0x7A9DE3) -> bytes:
    """The Ogg stream with this serial number on every page, and the checksums that belong to it."""
    out, at = bytearray(data), 0
    while at < len(out):
        segments = out[at + 26]
        size = 27 + segments + sum(out[at + 27 : at + 27 + segments])
        struct.pack_into("<I", out, at + 14, serial)
        struct.pack_into("<I", out, at + 22, 0)
        struct.pack_into("<I", out, at + 22, _ogg_sum(bytes(out[at : at + size])))
        at += size
    return bytes(out)


def _ogg_sum(page: bytes) -> int:
    """CRC-32 as Ogg has it: highest bit first, from 0. zlib's is the mirror image, so bits are turned before and after."""
    mirrored = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
    value = zlib.crc32(page.translate(mirrored), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{value:032b}"[::-1], 2)
