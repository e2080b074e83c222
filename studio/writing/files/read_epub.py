"""Reads e-books (epub 2 and 3): the pages in their reading order, title and author; locked books are refused with the reason."""

import posixpath
from urllib.parse import unquote

from studio.core.errors import Refused
from studio.writing.files.assemble import Line, Lines
from studio.writing.files.packed import Packed, Target
from studio.writing.files.read_html import Page, said
from studio.writing.files.read_plain import decoded

_MOST_SIDE = 4_000_000  # bytes of the list of contents
_MOST_PAGE = 20_000_000
_MOST_ALL = 40_000_000  # of all pages together
_MOST_PAGES = 3000
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


class _Container:
    def __init__(self) -> None:
        self.root = ""

    def start(self, tag: str, at: dict[str, str]) -> None:
        if tag == "rootfile" and not self.root:
            self.root = at.get("full-path", "")

    def end(self, tag: str) -> None:
        return None

    def data(self, text: str) -> None:
        return None


class _Package:
    def __init__(self) -> None:
        self.words = {"title": "", "creator": ""}
        self.generator = ""
        self.items: dict[str, tuple[str, str, str]] = {}  # href, media type, properties
        self.spine: list[str] = []
        self._tag = ""

    def start(self, tag: str, at: dict[str, str]) -> None:
        self._tag = tag
        if tag == "item":
            self.items[at.get("id", "")] = (at.get("href", ""), at.get("media-type", ""), at.get("properties", ""))
        elif tag == "itemref" and len(self.spine) < _MOST_PAGES:
            self.spine.append(at.get("idref", ""))
        elif tag == "meta" and at.get("name") == "generator":
            self.generator = at.get("content", "")

    def end(self, tag: str) -> None:
        self._tag = ""

    def data(self, text: str) -> None:
        if self._tag in self.words:
            self.words[self._tag] = (self.words[self._tag] + text)[:1000]


class _Locks:
    def __init__(self) -> None:
        self.names: set[str] = set()

    def start(self, tag: str, at: dict[str, str]) -> None:
        if tag == "CipherReference":
            self.names.add(unquote(at.get("URI", "")))

    def end(self, tag: str) -> None:
        return None

    def data(self, text: str) -> None:
        return None


def read_epub(packed: Packed) -> Lines:
    container, package, locks = _Container(), _Package(), _Locks()
    packed.parse("META-INF/container.xml", container, _MOST_SIDE)
    packed.parse(container.root, package, _MOST_SIDE)
    _maybe(packed, "META-INF/encryption.xml", locks)
    page = Page()
    left = _MOST_ALL
    for name in _pages(package, posixpath.dirname(container.root)):
        if name in locks.names:
            raise Refused("This e-book is locked by its seller. Choose the docx or odt file it was made from.")
        if name not in packed.names:
            continue
        data = packed.text(name, min(left, _MOST_PAGE))
        left -= len(data)
        page.read(decoded(data)[0] if data.strip() else "")
        page.lines.append(Line("break"))
    ours = package.generator == "Tandem"
    return Lines(
        page.lines, said(page.counts), sure=ours, named=(package.words["title"].strip(), package.words["creator"].strip())
    )


def _pages(package: _Package, folder: str) -> list[str]:
    """In their order, each once; the navigation is none."""
    found = [package.items[key] for key in package.spine if key in package.items]
    names = [href for href, media, properties in found if media in _PAGES and "nav" not in properties.split()]
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, unquote(name))) for name in names))


def _maybe(packed: Packed, name: str, target: Target) -> None:
    if name in packed.names:
        packed.parse(name, target, _MOST_SIDE)
