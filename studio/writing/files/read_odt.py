"""Reads OpenDocument texts (odt): text, headings, scene breaks, italics and bold; tracked changes are taken as accepted."""

from collections import Counter

from studio.core.errors import Refused
from studio.writing.files.assemble import LONG, MOST_LINES, Line, Lines
from studio.writing.files.packed import Packed
from studio.writing.files.read_docx import told
from studio.writing.files.text import Run, clean, is_break, marked

_SKIPPED = {
    "tracked-changes": "change", "annotation": "comment", "note": "footnote", "frame": "picture", "table-of-content": "toc",
    "ruby-text": "", "annotation-end": "", "sequence-decls": "", "forms": "", "math": "formula",
}  # fmt: skip
_COUNTED = {"table": "table", "list-item": "list item"}
_LETTERS = {"tab": " ", "line-break": "\n", "soft-page-break": ""}


class _Body:
    """Of content.xml: its automatic styles come before the text, so one pass is enough."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()
        self._styles: dict[str, tuple[int, str]] = {}  # of spans: marks; of paragraphs: the style they are made from
        self._style = ""
        self._marks = [0]
        self._open: list[tuple[int, str, list[Run]]] = []  # level, style, stretches
        self._skip = 0

    def start(self, tag: str, at: dict[str, str]) -> None:
        if self._skip:
            self._skip += 1
        elif tag in _SKIPPED:
            self._skip = 1
            self.counts[_SKIPPED[tag]] += bool(_SKIPPED[tag])
        elif tag == "style":
            self._style = at.get("name", "")
            self._styles[self._style] = (0, at.get("parent-style-name", ""))
        elif tag == "text-properties" and self._style:
            marks = (at.get("font-style") in ("italic", "oblique")) + 2 * (at.get("font-weight") in ("bold", "700", "800", "900"))
            self._styles[self._style] = (marks, self._styles[self._style][1])
        elif tag in ("p", "h"):
            level = int(at.get("outline-level", "1")[:2]) if tag == "h" else 0
            self._open.append((level, at.get("style-name", ""), []))
        elif tag == "span":
            self._marks.append(self._marks[-1] | self._styles.get(at.get("style-name", ""), (0, ""))[0])
        elif tag in _COUNTED:
            self.counts[_COUNTED[tag]] += 1
        elif tag == "s":
            self.data(" " * min(100, int(at.get("c", "1")[:3])))
        elif tag in _LETTERS:
            self.data(_LETTERS[tag])

    def end(self, tag: str) -> None:
        if self._skip:
            self._skip -= 1
        elif tag == "style":
            self._style = ""
        elif tag == "span":
            self._marks.pop()
        elif tag in ("p", "h") and self._open:
            self._close(*self._open.pop())

    def data(self, text: str) -> None:
        if self._open and not self._skip:
            self._open[-1][2].append(Run(text, self._marks[-1]))

    def _close(self, level: int, style: str, stretches: list[Run]) -> None:
        if len(self.lines) > MOST_LINES:
            raise Refused(LONG)
        lines = clean(marked(stretches)).split("\n")
        text = "\n".join(line.strip() for line in lines if line.strip())
        names = {style, self._styles.get(style, (0, ""))[1]}
        if level:
            self.lines.append(Line("heading", clean("".join(run.text for run in stretches)), level))
        elif "Title" in names or "Author" in names:
            self.lines.append(Line("title" if "Title" in names else "author", text))
        elif is_break(text) or names & {"Horizontal_20_Line", "Scene_20_Break"}:
            self.lines.append(Line("break"))
        else:
            self.lines.append(Line("text", text) if text else Line("gap"))


class _Meta:
    def __init__(self) -> None:
        self.words = {"title": "", "creator": "", "initial-creator": ""}
        self._tag = ""

    def start(self, tag: str, at: dict[str, str]) -> None:
        self._tag = tag

    def end(self, tag: str) -> None:
        self._tag = ""

    def data(self, text: str) -> None:
        if self._tag in self.words:
            self.words[self._tag] = (self.words[self._tag] + text)[:1000]


def read_odt(packed: Packed) -> Lines:
    meta, body = _Meta(), _Body()
    if "meta.xml" in packed.names:
        packed.parse("meta.xml", meta, 1_000_000)
    packed.parse("content.xml", body)
    return Lines(
        body.lines, told(body.counts), named=(meta.words["title"], meta.words["initial-creator"] or meta.words["creator"])
    )
