"""What a GGUF file says of itself, read in milliseconds and without the library: enough to choose a context and to refuse.

Long lists (the words of the tokenizer) are stepped over. Only little-endian files of versions 2 and 3 are known.
"""

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
MOST_KEPT = 4096  # of a list of numbers
Value = str | int | float | bool | list[int | float | bool]


class BadHeader(ValueError):
    """The file is not GGUF, or ends before its header does."""


class Header(NamedTuple):
    values: dict[str, Value]

    def number(self, name: str, default: int) -> int:
        """A count of this architecture, like `block_count`; the largest where layers differ."""
        found = self.values.get(f"{self.values.get('general.architecture')}.{name}", default)
        if isinstance(found, list):
            found = max(found, default=default)
        return int(found) if isinstance(found, int | float) else default

    @property
    def context(self) -> int:
        return self.number("context_length", 2048)

    @property
    def speaks(self) -> bool:
        """Does it carry a template for turns of a conversation?"""
        return bool(self.values.get("tokenizer.chat_template"))

    @property
    def whole(self) -> bool:
        """Are the weights whole numbers of 32 or 16 bits?"""
        return self.values.get("general.file_type") in (0, 1)

    @property
    def bytes_a_piece(self) -> int:
        """Memory one piece takes in the cache of keys and values, two bytes a number."""
        heads = max(1, self.number("attention.head_count", 1))
        wide = self.number("embedding_length", 1) // heads
        key, value = self.number("attention.key_length", wide), self.number("attention.value_length", wide)
        return 2 * self.number("block_count", 1) * self.number("attention.head_count_kv", heads) * (key + value)


def read_header(path: Path) -> Header:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return Header(_Reader(data).values())
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise BadHeader("it ends or breaks off inside its header") from error
    except ValueError as error:  # an empty file cannot be mapped
        raise BadHeader(str(error)) from error


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._at = data, 0

    def values(self) -> dict[str, Value]:
        if self._data[:4] != b"GGUF":
            raise BadHeader("it is not a GGUF file")
        self._at = 4
        if (version := self._number("I")) not in (2, 3):
            raise BadHeader(f"it is a GGUF file of version {version}, which is not known here")
        self._number("Q")  # tensors
        out: dict[str, Value] = {}
        for _ in range(self._number("Q")):
            name, kind = self._text(), self._number("I")
            value = self._value(kind)
            if value is not None:
                out[name] = value
        return out

    def _number(self, form: str) -> int:
        (found,) = struct.unpack_from("<" + form, self._data, self._at)
        self._at += struct.calcsize("<" + form)
        return found  # type: ignore[no-any-return]

    def _text(self) -> str:
        length = self._number("Q")
        if length > len(self._data) - self._at:
            raise IndexError
        self._at += length
        return self._data[self._at - length : self._at].decode("utf-8")

    def _value(self, kind: int) -> Value | None:
        if kind == _TEXT:
            return self._text()
        if kind == _LIST:
            return self._list()
        return self._number(self._form(kind))

    def _form(self, kind: int) -> str:
        if kind not in _NUMBERS:
            raise BadHeader("its header holds values of a kind that is not known here")
        return _NUMBERS[kind]

    def _list(self) -> Value | None:
        kind, count = self._number("I"), self._number("Q")
        if count > len(self._data) - self._at:
            raise IndexError
        if kind in (_TEXT, _LIST):
            for _ in range(count):
                self._value(kind)
            return None
        form = self._form(kind)
        size = struct.calcsize("<" + form)
        start, self._at = self._at, self._at + count * size
        if self._at > len(self._data):
            raise IndexError
        return list(struct.unpack_from(f"<{count}{form}", self._data, start)) if count <= MOST_KEPT else None
