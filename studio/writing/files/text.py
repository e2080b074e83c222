"""What the files agree on: which letters may go in, where a paragraph ends, what is set in italics.

The text of a scene is plain. A blank line ends a paragraph, a single new line is a line break in it; a scene without blank
lines has a paragraph a line. `*one*` is italic, `**two**` bold, `***three***` both: whole words within a line, not nested, and
the signs stay in the text. Tabs become spaces, spaces at both ends of a line go, and so do control characters.
"""

import re
import unicodedata
from itertools import groupby
from typing import NamedTuple

_NEWLINES = re.compile(r"\r\n|[\r\v\f\x85\u2028]")
_BAD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WORD = "0-9A-Za-z\u00c0-\u024f\u0370-\u052f"  # of scripts that put spaces between words: 2*3 is not emphasis
_EMPHASIS = re.compile(rf"(?<![*{_WORD}])(\*{{1,3}})(?=[^\s*])([^*\n]+)(?<=\S)\1(?![*{_WORD}])")
_TOUCHING = re.compile(f"[*{_WORD}]")
_BREAK = re.compile(r"\*|(?:\*\s*){3,30}|#+|(?:#\s+){1,30}#|(?:-\s*){3,80}|(?:_\s*){3,80}|(?:=\s*){3,80}|(?:[~•·◊◆❦❧⁂§]\s*){1,9}")
_LONG = 100  # letters in a line: then it is a paragraph of prose, not a line of verse


class Run(NamedTuple):
    """A stretch of a line; `marks` is how many asterisks stand on each side."""

    text: str
    marks: int = 0


def clean(text: str) -> str:
    """With new lines as "\\n" and nothing that XML cannot hold."""
    text = _NEWLINES.sub("\n", text).replace("\u2029", "\n\n").replace("\t", " ")
    return _BAD.sub("", text)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def is_break(line: str) -> bool:
    """Whether this line says that a new scene begins: * * *, ---, # and the like."""
    return len(line) <= 80 and bool(_BREAK.fullmatch(line.strip()))


def paragraphs(text: str) -> list[str | None]:
    """The paragraphs, with "\\n" for line breaks in them; None where a blank line among prose says that a new scene begins."""
    lines = [line.strip() for line in clean(text).split("\n")]
    blocks = [list(group) for filled, group in groupby(lines, bool) if filled]
    gaps, breaks = len(blocks) - 1, sum(len(block) - 1 for block in blocks)
    letters = sum(len(line) for block in blocks for line in block)
    if gaps > 0 and not (breaks >= 3 * gaps and letters > _LONG * (breaks + gaps + 1)):
        return ["\n".join(block) for block in blocks]
    out: list[str | None] = []
    for block in blocks:
        out += [None, *block] if out else block
    return out


def runs(line: str) -> list[Run]:
    """Put together again with their asterisks they are the line."""
    out, at = [], 0
    for found in _EMPHASIS.finditer(line):
        if found.start() > at:
            out.append(Run(line[at : found.start()]))
        out.append(Run(found[2], len(found[1])))
        at = found.end()
    return [*out, Run(line[at:])] if at < len(line) else out


def marked(stretches: list[Run]) -> str:
    """The line of text for stretches read from a file. Spaces go out of the emphasis, which is dropped within a word."""
    pieces = []
    for marks, group in groupby(stretches, lambda run: run.marks):
        pieces += [Run(part, marks) for part in re.split(r"(\n)", "".join(run.text for run in group)) if part]
    out = ""
    built: list[str] = []
    for i, (text, marks) in enumerate(pieces):
        bare = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        left = before or out[-1:]
        right = after or (pieces[i + 1].text[:1] if i + 1 < len(pieces) else "")
        fits = marks and bare and "*" not in bare and not _TOUCHING.match(left[-1:]) and not _TOUCHING.match(right[:1])
        out = f"{before}{'*' * marks}{bare}{'*' * marks}{after}" if fits else text
        built.append(out)
    return "".join(built)


def rightward(text: str) -> bool:
    """Whether it is written from right to left, by its first letter that has a direction."""
    for letter in text[:400]:
        way = unicodedata.bidirectional(letter)
        if way in ("L", "R", "AL"):
            return way != "L"
    return False
