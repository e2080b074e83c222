"""Reads web pages: text, headings, scene breaks, italics and bold; nothing else in them is looked at.

Tags are found in one pass without looking back, because the standard library's parser takes very long over pages made to harm
it. Notes, pictures, scripts, navigation and title pages are left out.
"""

import html
import re
from collections import Counter

from studio.core.errors import Refused
from studio.writing.files.assemble import LONG, MOST_LINES, Line, Lines
from studio.writing.files.read_docx import told
from studio.writing.files.text import Run, clean, is_break, marked

_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)(?::[a-zA-Z]+)?(?![a-zA-Z0-9:])")
_KIND = re.compile(r"(?:epub:type|role|class|id)\s*=\s*[\"']?([^\"'>]{0,200})")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset((
    "p", "div", *_HEADINGS, "li", "blockquote", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption",
    "table", "tr", "td", "th", "ul", "ol", "dl", "dt", "dd", "pre", "body", "address", "center", "hr",
))  # fmt: skip
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "textarea")}
_SKIPPED = {
    "template": "", "noscript": "", "svg": "picture", "math": "formula", "nav": "toc", "iframe": "embedded object", "rt": "",
    "object": "embedded object", "audio": "embedded object", "video": "embedded object", "select": "", "button": "",
}  # fmt: skip
_MARKS = {"em": 1, "i": 1, "cite": 1, "strong": 2, "b": 2}
_NOTES = frozenset(("footnote", "footnotes", "endnote", "endnotes", "noteref", "doc-footnote", "doc-noteref", "doc-endnotes"))
_FRONT = frozenset(("titlepage", "title-page", "cover"))
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})</title", re.IGNORECASE)
_META = re.compile(r"<meta\s+name=[\"'](author|generator)[\"']\s+content=\"([^\"]{0,1000})\"", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
MOST_TAGS = 400_000
_WIDEST = 10_000  # letters of a tag
_HEAD = 20_000  # letters in which title and author stand


class Page:
    """Pages that are read one after the other make one text, and none begins inside a tag of the one before."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()
        self._line: list[Run] = []
        self._level = self._pre = self._tags = 0
        self._marks = {1: 0, 2: 0}  # how many tags of each are open
        self._skip, self._depth = "", 0  # the tag that is left out with all in it

    def read(self, page: str) -> None:
        self._marks, self._skip, self._pre = {1: 0, 2: 0}, "", 0
        self._tags += page.count("<")
        if self._tags > MOST_TAGS:
            raise Refused(LONG)
        at = 0
        while at < len(page):
            opened = page.find("<", at)
            opened = opened if opened >= 0 else len(page)
            if opened > at:
                self._text(page[at:opened])
            at = self._tag(page, opened) if opened < len(page) else opened
        self._close()

    def _tag(self, page: str, at: int) -> int:
        """Takes the tag that begins here, and says where it goes on."""
        if page.startswith("<!--", at):
            end = page.find("-->", at + 4)
            return end + 3 if end >= 0 else len(page)
        end = _end(page, at)
        if end < 0 or not (page[at + 1 : at + 2] in ("!", "?") or _NAME.match(page, at + 1, end)):
            self._text("<")
            return at + 1
        found = _NAME.match(page, at + 1, end)
        if not found:  # a declaration
            return end + 1
        name, attributes = found[2].lower(), page[found.end() : end]
        alone = attributes.endswith("/")
        if name in _RAW and not found[1]:
            close = None if alone else _RAW[name].search(page, end)
            return end + 1 if alone else close.start() if close else len(page)
        if found[1]:
            self._ended(name)
        elif not self._skips(name, attributes, alone):
            self._started(name)
            if alone and name in _BLOCKS | _MARKS.keys():
                self._ended(name)
        return end + 1

    def _skips(self, name: str, attributes: str, alone: bool) -> bool:
        if self._skip:
            self._depth += name == self._skip and not alone
            return True
        what = _SKIPPED.get(name)
        if what is None and "=" in attributes:
            kinds = {word.lower() for found in _KIND.finditer(attributes) for word in found[1].split()}
            what = "footnote" if kinds & _NOTES else "front" if kinds & _FRONT else None
        if what is None:
            return False
        self.counts[what] += bool(what)
        if not alone:
            self._skip, self._depth = name, 1
        return True

    def _started(self, name: str) -> None:
        if name in _BLOCKS:
            self._close()
        if name == "br":
            self._line.append(Run("\n", self._mark))
        elif name == "hr":
            self.lines.append(Line("break"))
        elif name in _MARKS:
            self._marks[_MARKS[name]] += 1
        elif name in ("img", "table"):
            self.counts["picture" if name == "img" else "table"] += 1
        elif name == "pre":
            self._pre += 1
        elif name in _HEADINGS:
            self._level = _HEADINGS[name]

    def _ended(self, name: str) -> None:
        if self._skip:
            self._depth -= name == self._skip
            self._skip = self._skip if self._depth else ""
        elif name in _MARKS:
            self._marks[_MARKS[name]] = max(0, self._marks[_MARKS[name]] - 1)
        elif name in _BLOCKS:
            before = len(self.lines)
            self._close()
            if name == "p" and len(self.lines) == before:
                self.lines.append(Line("gap"))
            self._pre -= name == "pre" and self._pre > 0

    @property
    def _mark(self) -> int:
        return (self._marks[1] > 0) + 2 * (self._marks[2] > 0)

    def _text(self, text: str) -> None:
        if not self._skip:
            plain = clean(html.unescape(text))
            self._line.append(Run(plain if self._pre else _SPACE.sub(" ", plain), self._mark))

    def _close(self) -> None:
        if len(self.lines) > MOST_LINES:
            raise Refused(LONG)
        stretches, level = self._line, self._level
        self._line, self._level = [], 0
        plain = "".join(run.text for run in stretches).strip()
        if not plain:
            return
        if level:
            self.lines.append(Line("heading", plain, level))
        elif is_break(plain):
            self.lines.append(Line("break"))
        else:
            rows = (re.sub(" {2,}", " ", row).strip() for row in marked(stretches).split("\n"))
            self.lines.append(Line("text", "\n".join(row for row in rows if row)))


def _end(page: str, at: int) -> int:
    """Of the tag; a > within quotes does not end it."""
    first = end = page.find(">", at, at + _WIDEST)
    for _ in range(4):
        if end < 0 or page.count('"', at, end) % 2 == 0:
            break
        end = page.find(">", end + 1, at + _WIDEST)
    return end if end >= 0 and page.count('"', at, end) % 2 == 0 else first


def is_html(text: str) -> bool:
    return bool(
        re.match(
            r"\s{0,100}(?:<\?xml[^>]{0,200}\?>\s{0,100})?(?:<!--[^>]{0,500}-->\s{0,100})?<(?:!doctype\s+html|html|head|body)\b",
            text,
            re.I,
        )
    )


def read_html(text: str, notices: list[str]) -> Lines:
    page = Page()
    page.read(text)
    head = text[:_HEAD]
    found = {name.lower(): html.unescape(value) for name, value in _META.findall(head)}
    title = _TITLE.search(head)
    ours = found.get("generator") == "Tandem"
    # Our pages have the title of it all as their highest heading, on the title page.
    lines = [line._replace(level=max(1, line.level - 1)) if ours and line.level else line for line in page.lines]
    named = (html.unescape(title[1]) if title else "", found.get("author", ""))
    return Lines(lines, [*notices, *said(page.counts)], sure=ours, named=named)


def said(counts: Counter[str]) -> list[str]:
    return told(counts) + (["Title page and cover were left out: they are made anew for each file."] if counts["front"] else [])
