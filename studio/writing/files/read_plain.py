"""Reads plain text and Markdown in the encodings that are about.

UTF-8 and UTF-16 are known for sure; what is neither is taken for Windows-1252 when it looks like it, and that is told. Lines
broken at a fixed width are joined. Of Markdown, headings, scene breaks, emphasis, escapes and the lines at its head with title
and author are understood; all else (links, lists, quotes, code) stays in the text as it was typed.
"""

import html
import json
import re
import statistics
from itertools import groupby

from studio.core.errors import Refused
from studio.writing.files.assemble import MANY, Line, Lines, of_paragraphs
from studio.writing.files.text import clean, is_break

_UNREADABLE = "The letters of this file cannot be read. Save it as UTF-8, or as docx."
_BINARY = "This file is not text. Choose a manuscript: docx, odt, epub, html, md or txt."
_WESTERN = bytes((*range(0xC0, 0x100), *b"\x85\x8a\x8c\x91\x92\x93\x94\x96\x97\x9a\x9c\xa0\xa1\xa3\xab\xb0\xbb\xbf"))
_MOST_HEADS = 20_000
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINED = re.compile(r"=+[ \t]*")
_HEAD = re.compile(r"---[ \t]*\n(.{0,20000}?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)")
_SIGN = re.compile(r"\\([!-/:-@\[-`{-~\n])|&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HEAD_SIGN = re.compile(_SIGN.pattern + r"|(\*{1,3}|(?<!\w)_{1,2}(?=\S)|(?<=\S)_{1,2}(?!\w))")
_UNDERSCORES = re.compile(r"(?<![\w\\_])(_{1,2})(?=[^\s_])([^_\n]{1,2000})(?<=[^\s\\])\1(?!\w)")


def decoded(data: bytes) -> tuple[str, list[str]]:
    """The text, and what had to be guessed. Raises Refused for what is no text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return _text(data.decode(encoding, "replace"), [])
    odd, even = data[1:2000:2].count(0), data[0:2000:2].count(0)
    if max(odd, even) > min(len(data), 2000) * 0.3 and min(odd, even) < 10:
        return _text(data.decode("utf-16-le" if odd > even else "utf-16-be", "replace"), ["The file was read as UTF-16."])
    try:
        return _text(data.decode("utf-8"), [])
    except UnicodeDecodeError:
        return _guessed(data)


def _guessed(data: bytes) -> tuple[str, list[str]]:
    if b"\0" in data:
        raise Refused(_BINARY)
    repaired = data.decode("utf-8", "replace")
    lost, high = repaired.count("\ufffd"), len(data) - len(data.translate(None, bytes(range(128, 256))))
    if lost * 10 < high:
        return _text(repaired, [f"{lost} letters of the file could not be read."])
    western = data.decode("cp1252", "replace")
    # Western text is mostly plain letters, and what is not is letters, quotes and dashes.
    known = len(data) - len(data.translate(None, _WESTERN))
    if high > len(data) * 0.25 or known < high * 0.9 or "\ufffd" in western:
        raise Refused(_UNREADABLE)
    return _text(western, ["The file is not UTF-8. It was read as Windows-1252: look at accents and quotation marks."])


def _text(text: str, notices: list[str]) -> tuple[str, list[str]]:
    strange = sum(text.count(chr(code)) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if strange > len(text) // 200 or text.count("\ufffd") > len(text) // 50:
        raise Refused(_BINARY)
    return text, notices


def read_plain(text: str, notices: list[str]) -> Lines:
    text = clean(text)
    blocks = _blocks(text)
    if _wrapped(blocks, notices):
        text = "\n\n".join(" ".join(block) for block in blocks)
    lines = of_paragraphs(text, notices)
    return Lines(lines, notices)


def _blocks(text: str) -> list[list[str]]:
    lines = [line.strip() for line in text.split("\n")]
    return [list(group) for filled, group in groupby(lines, bool) if filled]


def _wrapped(blocks: list[list[str]], notices: list[str]) -> bool:
    """Whether lines were broken at a fixed width: most are then about as long as the longest."""
    inner = [len(line) for block in blocks for line in block[:-1]]
    longest = max(inner, default=0)
    if (
        len(inner) < 3
        or longest > 100
        or statistics.median(inner) < 45
        or sum(n > longest * 0.75 for n in inner) < 0.8 * len(inner)
    ):
        return False
    notices.append("Lines broken at a fixed width were joined into paragraphs.")
    return True


def is_markdown(text: str) -> bool:
    return bool(_HEAD.match(text)) or any(_heading(line) for line in text.split("\n"))


def read_markdown(text: str, notices: list[str]) -> Lines:
    named, ours, body = _head(clean(text))
    rows = _rows(body, ours)
    wrapped = not ours and _wrapped(_blocks("\n".join(row.text if row.kind == "text" else "" for row in rows)), notices)
    out: list[Line] = []
    for is_text, group in groupby(rows, lambda row: row.kind == "text"):
        if not is_text:
            out += group
            continue
        section = "\n".join(row.text for row in group)
        if ours:  # a blank line ends a paragraph, whatever else stands there
            out += [Line("text", "\n".join(block)) for block in _blocks(section)]
        elif wrapped:
            out += [Line("text", " ".join(block)) for block in _blocks(section)]
        else:
            out += of_paragraphs(section, notices, marks=False)
    return Lines([_plain(line) for line in out], notices, sure=ours, named=named)


def _head(text: str) -> tuple[tuple[str, str], bool, str]:
    """Title and author, whether Tandem wrote it, and the rest."""
    found = _HEAD.match(text)
    rows = [row for row in (found[1] or "").split("\n") if row.strip()] if found else []
    pairs = [pair for row in rows if (pair := _KEY.fullmatch(row))]
    if not found or not pairs or any(row[0] not in " \t-#" and not _KEY.fullmatch(row) for row in rows):
        return ("", ""), False, text
    keys = {pair[1].lower(): _value(pair[2].strip()) for pair in pairs}
    ours = [pair[1] for pair in pairs] == ["title", "author"] and len(rows) == 2 and all(pair[2][:1] == '"' for pair in pairs)
    return (keys.get("title", ""), keys.get("author", "")), ours, text[found.end() :]


def _value(text: str) -> str:
    try:
        value = json.loads(text) if text[:1] == '"' else text
    except ValueError:
        value = text
    return str(value).strip("'\"") if text[:1] != '"' else str(value)


def _heading(line: str) -> re.Match[str] | None:
    return _HEADING.fullmatch(line) if line.lstrip(" ")[:1] == "#" and len(line) < 2000 else None


def _rows(body: str, ours: bool) -> list[Line]:
    """Line by line. Signs that cannot be escaped begin a scene only in the files of others."""
    out: list[Line] = []
    heads = 0
    for line in body.split("\n"):
        if found := _heading(line):
            out.append(Line("heading", found[2], len(found[1])))
        elif _UNDERLINED.fullmatch(line) and out and out[-1].text.strip() and (len(out) < 2 or not out[-2].text.strip()):
            out[-1] = Line("heading", out[-1].text.strip(), 1)
        elif is_break(line) and (line.isascii() or not ours):
            out.append(Line("break"))
        else:
            out.append(Line("text", line))
        heads += out[-1].kind != "text"
        if heads > _MOST_HEADS:
            raise Refused(MANY)
    return out


def _plain(line: Line) -> Line:
    """Without the signs of Markdown; of emphasis, text keeps our asterisks."""
    if line.kind == "heading":
        return line._replace(text=_HEAD_SIGN.sub(_sign, line.text))
    starred = _UNDERSCORES.sub(lambda found: found[2].join(("*" * len(found[1]),) * 2), line.text)
    plain = clean(_SIGN.sub(_sign, starred))
    return line._replace(text="\n".join(row.strip() for row in plain.split("\n") if row.strip()))


def _sign(found: re.Match[str]) -> str:
    return found[1] or (html.unescape(found[0]) if found[2] else "")
