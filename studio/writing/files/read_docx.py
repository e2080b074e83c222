"""Reads Word documents (docx, also strict ones): text, headings by style or outline, scene breaks, italics and bold.

Changes that were tracked are taken as accepted. What a manuscript has no place for (comments, notes, pictures, numbers of
lists, text boxes, hidden text) is left out, and counted so that it can be told.
"""

from collections import Counter
from typing import NamedTuple

from studio.core.errors import Refused
from studio.writing.files.assemble import LONG, MOST_LINES, Line, Lines
from studio.writing.files.packed import Packed
from studio.writing.files.text import Run, clean, is_break, marked

_MOST_SIDE = 8_000_000  # bytes of the parts beside the text
_SKIPPED = {
    "del": "", "moveFrom": "", "instrText": "", "Fallback": "", "rPrChange": "", "pPrChange": "", "sectPr": "", "rt": "",
    "txbxContent": "text box", "oMath": "formula", "object": "embedded object", "chart": "chart",
}  # fmt: skip
_COUNTED = {
    "footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment", "blip": "picture",
    "imagedata": "picture", "tbl": "table", "numPr": "list item",
}  # fmt: skip
_LOST = ("footnote", "endnote", "comment", "picture", "text box", "formula", "embedded object", "chart", "hidden passage")
_LETTERS = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "\u2011"}


class _Style(NamedTuple):
    name: str
    based: str
    level: int  # of the heading it makes; 0 for none
    marks: int


class _Styles:
    def __init__(self) -> None:
        self.all: dict[str, _Style] = {}
        self._id = self._name = self._based = ""
        self._level = self._marks = 0

    def start(self, tag: str, at: dict[str, str]) -> None:
        value = at.get("val", "")
        if tag == "style":
            self._id, self._name, self._based, self._level, self._marks = at.get("styleId", ""), "", "", 0, 0
        elif tag == "name":
            self._name = value.lower()
        elif tag == "basedOn":
            self._based = value
        elif tag == "outlineLvl":
            self._level = _level(value)
        elif tag in ("i", "b") and _on(value):
            self._marks |= 1 if tag == "i" else 2

    def end(self, tag: str) -> None:
        if tag == "style":
            word, _, number = self._name.partition(" ")
            level = int(number) if word == "heading" and number in tuple("123456789") else self._level
            self.all[self._id] = _Style(self._name, self._based, level, self._marks)

    def data(self, text: str) -> None:
        return None

    def found(self, style: str) -> _Style:
        """With what it is based on, for a heading by another name."""
        own = self.all.get(style, _Style(style.lower(), "", 0, 0))
        level, based = own.level, own.based
        for _ in range(8):
            if level or based not in self.all:
                break
            level, based = self.all[based].level, self.all[based].based
        return own._replace(level=level)


class _Core:
    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self._tag = ""

    def start(self, tag: str, at: dict[str, str]) -> None:
        self._tag = tag

    def end(self, tag: str) -> None:
        self._tag = ""

    def data(self, text: str) -> None:
        if self._tag in ("title", "creator"):
            self.words[self._tag] = (self.words.get(self._tag, "") + text)[:1000]


class _Body:
    def __init__(self, styles: _Styles) -> None:
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()
        self._styles = styles
        self._open: list[list[Run]] = []  # paragraphs; one may stand in another
        self._skip = 0
        self._style, self._level, self._marks = "", 0, 0
        self._hidden = self._in_run = self._taking = self._props = self._endless = False
        self._carried: list[Run] = []  # of a paragraph whose end was deleted

    def start(self, tag: str, at: dict[str, str]) -> None:
        if self._skip:
            self._skip += 1
        elif tag in _SKIPPED:
            self._skipping(tag)
        elif tag == "p":
            self._open.append(self._carried)
            self._carried, self._style, self._level, self._endless = [], "", 0, False
        elif tag == "r":
            self._marks, self._hidden, self._in_run = 0, False, True
        elif tag == "t":
            self._taking = True
        elif tag in _COUNTED:
            self.counts[_COUNTED[tag]] += 1
        elif self._in_run:
            self._of_run(tag, at)
        elif tag == "pStyle":
            self._style = at.get("val", "")
        elif tag == "outlineLvl":
            self._level = _level(at.get("val", ""))
        elif tag == "pPr":
            self._props = True
        elif tag in ("ins", "moveTo"):
            self.counts["change"] += 1

    def _skipping(self, tag: str) -> None:
        """The end of a paragraph is deleted by a tag among its properties: the next one goes on with it."""
        self._skip = 1
        if tag in ("del", "moveFrom"):
            self.counts["change"] += 1
            self._endless |= self._props
        elif _SKIPPED[tag]:
            self.counts[_SKIPPED[tag]] += 1

    def _of_run(self, tag: str, at: dict[str, str]) -> None:
        if tag in _LETTERS:
            self._add(_LETTERS[tag])
        elif tag == "br":
            self._add("\n" if at.get("type", "textWrapping") == "textWrapping" else " ")
        elif tag in ("i", "b"):
            mark = 1 if tag == "i" else 2
            self._marks = self._marks | mark if _on(at.get("val", "")) else self._marks & ~mark
        elif tag == "rStyle":
            self._marks |= self._styles.found(at.get("val", "")).marks
        elif tag == "vanish" and _on(at.get("val", "")):
            self._hidden = True
            self.counts["hidden passage"] += 1

    def end(self, tag: str) -> None:
        if self._skip:
            self._skip -= 1
        elif tag == "t":
            self._taking = False
        elif tag == "r":
            self._in_run = False
        elif tag == "pPr":
            self._props = False
        elif tag == "p" and self._open:
            stretches = self._open.pop()
            if self._endless:
                self._carried = stretches
            else:
                self._close(stretches)
        elif tag == "body" and self._carried:
            self._close(self._carried)

    def data(self, text: str) -> None:
        if self._taking and not self._skip:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._open and not self._hidden:
            self._open[-1].append(Run(text, self._marks))

    def _close(self, stretches: list[Run]) -> None:
        if len(self.lines) > MOST_LINES:
            raise Refused(LONG)
        style = self._styles.found(self._style)
        level = style.level or self._level
        if style.name.startswith("toc"):
            self.counts["toc"] += 1
            return
        plain = clean("".join(run.text for run in stretches)).strip()
        if level or style.name in ("title", "author"):
            kind = "heading" if level else "title" if style.name == "title" else "author"
            self.lines.append(Line(kind, plain, level))  # type: ignore[arg-type]
        elif style.name == "scene break" or is_break(plain):
            self.lines.append(Line("break"))
        elif not plain:
            self.lines.append(Line("gap"))
        else:
            lines = clean(marked(stretches)).split("\n")
            self.lines.append(Line("text", "\n".join(line.strip() for line in lines if line.strip())))


def read_docx(packed: Packed) -> Lines:
    styles, core = _Styles(), _Core()
    if "word/styles.xml" in packed.names:
        packed.parse("word/styles.xml", styles, _MOST_SIDE)
    if "docProps/core.xml" in packed.names:
        packed.parse("docProps/core.xml", core, _MOST_SIDE)
    body = _Body(styles)
    packed.parse("word/document.xml", body)
    title = core.words.get("title", "")
    named = ("" if title.startswith("Microsoft Word") else title, core.words.get("creator", ""))
    ours = any(style.name == "scene break" for style in styles.all.values())
    return Lines(body.lines, told(body.counts), sure=ours, named=named)


def told(counts: Counter[str]) -> list[str]:
    """What was left out or decided, as sentences."""
    out = []
    if counts["change"]:
        out.append(f"Tracked changes were taken as accepted ({counts['change']} of them).")
    lost = [f"{counts[what]} {what}{'' if counts[what] == 1 else 's'}" for what in _LOST if counts[what]]
    if lost:
        out.append(f"Left out, as a manuscript has no place for them: {', '.join(lost)}.")
    if counts["toc"]:
        out.append("The table of contents was left out: it is made anew for each file.")
    if counts["table"]:
        out.append("Tables were read cell by cell, each as a paragraph.")
    if counts["list item"]:
        out.append("Items of lists were read as paragraphs, without their numbers or signs.")
    return out


def _on(value: str) -> bool:
    return value not in ("0", "false", "off", "none")


def _level(value: str) -> int:
    return int(value) + 1 if value in tuple("012345678") else 0


def is_docx(packed: Packed) -> bool:
    if "word/document.xml" in packed.names:
        return True
    if "[Content_Types].xml" in packed.names:
        raise Refused("This is an Office file but not a text document. Choose a docx file, or save the text as docx.")
    return False
