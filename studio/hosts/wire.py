"""Frames: how a host's two sides talk over a pair of pipes. Plain data only.

A frame is a length, a letter saying what it is, the number of the run it belongs to and a body of JSON. Nothing is
ever unpickled, so a child that turns hostile can send wrong words but cannot run code in the parent; a frame that is
too long or unreadable ends the host.
"""

import struct
from typing import IO, NamedTuple

MAX_BODY = 64 * 1024 * 1024
_HEAD = struct.Struct(">IcI")

# parent -> child
LOAD, RUN, STOP = b"L", b"R", b"S"
# child -> parent
UP, SORRY, EVENT, END = b"U", b"X", b"E", b"D"
_KINDS = frozenset((LOAD, RUN, STOP, UP, SORRY, EVENT, END))


class Frame(NamedTuple):
    kind: bytes
    run: int = 0
    body: bytes = b""


class BadFrame(Exception):
    """What came through the pipe is not a frame."""


def pack(frame: Frame) -> bytes:
    if len(frame.body) > MAX_BODY:
        raise BadFrame(f"a message of {len(frame.body) >> 20} MB is longer than the {MAX_BODY >> 20} MB allowed")
    return _HEAD.pack(len(frame.body), frame.kind, frame.run) + frame.body


def write(pipe: IO[bytes], frame: Frame) -> None:
    pipe.write(pack(frame))
    pipe.flush()


def read(pipe: IO[bytes]) -> Frame | None:
    """The next frame, or None when the other side is gone."""
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, kind, run = _HEAD.unpack(head)
    if kind not in _KINDS:
        raise BadFrame("a message of an unknown kind")
    if length > MAX_BODY:
        raise BadFrame(f"a message of {length >> 20} MB is longer than the {MAX_BODY >> 20} MB allowed")
    body = pipe.read(length)
    return Frame(kind, run, body) if len(body) == length else None
