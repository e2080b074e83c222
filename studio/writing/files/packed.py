"""Opens what comes in zip files (docx, odt, epub) with care: entities are refused, and sizes are counted as they turn out.

XML is read as a stream and never kept whole, so that a hostile file costs neither memory nor time.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Protocol, TypeVar

from studio.core.errors import Refused

MOST_XML = 64_000_000  # bytes, unzipped
MOST_TAGS = 1_000_000
_MOST_FILES = 5000
_DEEPEST = 200
_LONGEST_TAG = 200_000
_STEP = 65_536
_DAMAGED = "This file is damaged or locked. Save it again in the program it came from, without a password."
_HOSTILE = "This file defines entities or points at other files, which no manuscript needs. Save it again as docx."
_LARGE = "This file unpacks to far more than a manuscript. Save a part of it, or only the text without pictures."

T = TypeVar("T")


class Target(Protocol):
    """Takes the names of tags without their namespace, and of attributes too."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


class Packed:
    def __init__(self, data: bytes) -> None:
        if data.count(b"PK\x01\x02") > _MOST_FILES:
            raise Refused("This zip file holds too many files to be a manuscript. Choose a docx, odt or epub file.")
        self._archive = guarded(lambda: zipfile.ZipFile(BytesIO(data)))
        self.names = frozenset(self._archive.namelist())

    def text(self, name: str, most: int) -> bytes:
        return guarded(lambda: b"".join(self._steps(name, most)))

    def parse(self, name: str, target: Target, most: int = MOST_XML) -> None:
        """Raises Refused for what is too large, broken or hostile."""
        guarded(lambda: parse(self._steps(name, most), target))

    def _steps(self, name: str, most: int) -> Iterator[bytes]:
        if self._archive.getinfo(name).file_size > most:
            raise Refused(_LARGE)
        left = most
        with self._archive.open(name) as file:
            while step := file.read(_STEP):
                left -= len(step)
                if left < 0:
                    raise Refused(_LARGE)
                yield step


def guarded(act: Callable[[], T]) -> T:
    try:
        return act()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, EOFError, OSError, ValueError):
        raise Refused(_DAMAGED) from None


class _Counted:
    """Hands on, and counts what could grow without end."""

    def __init__(self, target: Target) -> None:
        self.target, self.depth, self.tags = target, 0, 0
        self.data = target.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.tags += 1
        if self.depth > _DEEPEST or self.tags > MOST_TAGS:
            raise Refused(_LARGE)
        plain = {name.rpartition("}")[2]: value for name, value in attributes.items()} if attributes else attributes
        self.target.start(tag.rpartition("}")[2], plain)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.target.end(tag.rpartition("}")[2])

    def close(self) -> None:
        return None


def parse(steps: Iterable[bytes], target: Target) -> None:
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # type: ignore[import-untyped]

    parser = DefusedXMLParser(target=_Counted(target))
    try:
        for step in _without_long_tags(steps):
            parser.feed(step)
        parser.close()
    except DefusedXmlException:
        raise Refused(_HOSTILE) from None
    except (ParseError, LookupError):  # the latter for an encoding nobody knows
        raise Refused(_DAMAGED) from None


def _without_long_tags(steps: Iterable[bytes]) -> Iterator[bytes]:
    """A tag must be held whole until it ends."""
    held = 0
    for step in steps:
        opened, closed = step.rfind(b"<"), step.rfind(b">")
        held = 0 if closed >= 0 or not held else held + len(step)
        held = len(step) - opened if opened > closed else held
        if held > _LONGEST_TAG:
            raise Refused(_LARGE)
        yield step
