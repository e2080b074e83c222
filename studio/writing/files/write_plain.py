"""Writes Markdown and plain text.

Markdown begins with title and author between two lines of dashes, as most programs know it. Everything in the text that
Markdown would take for a sign of its own is escaped, HTML and links included: only our asterisks mean something. Read again
it gives the same file. Plain text is UTF-8 with a line a paragraph.
"""

import json
import re

from studio.writing.files.layout import Layout, Part, parts
from studio.writing.files.text import one_line, runs
from studio.writing.manuscript.manuscript import Manuscript

_SIGNS = re.compile(r"[\\`*_\[\]<~|]|&(?=#?\w{1,40};)")
_OPENING = re.compile(r"^(?:[#>+=-]|\d{1,9}(?=[.)]))")  # of a line
_BREAK = "* * *"


def write_markdown(manuscript: Manuscript, layout: Layout) -> bytes:
    named = {"title": one_line(manuscript.title), "author": one_line(manuscript.author)}
    head = "\n".join(["---", *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in named.items()), "---"])
    blocks = [head]
    for part in parts(manuscript, layout):
        blocks += [f"# {_escaped(part.title, heading=True)}"] if part.title else []
        for block in part.blocks:
            if block.kind == "scene":
                blocks.append(f"## {_escaped(block.text, heading=True)}")
            else:
                blocks.append(_paragraph(block.text) if block.kind == "paragraph" else _BREAK)
    return ("\n\n".join(blocks) + "\n").encode()


def _paragraph(text: str) -> str:
    return "\\\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    out = []
    for run in runs(line):
        signs = "*" * run.marks
        out.append(f"{signs}{_escaped(run.text)}{signs}")
    return _OPENING.sub(_opening, "".join(out))


def _opening(found: re.Match[str]) -> str:
    """A sign is escaped itself, a number by its dot."""
    return found[0] + "\\" if found[0].isdigit() else "\\" + found[0]


def _escaped(text: str, heading: bool = False) -> str:
    escaped = _SIGNS.sub(lambda found: "\\" + found[0], text)
    return escaped.replace("#", "\\#") if heading else escaped


def write_text(manuscript: Manuscript, layout: Layout) -> bytes:
    title, author = one_line(manuscript.title), one_line(manuscript.author)
    sections = ["\n".join(line for line in (title, author) if line), *(_plain(part) for part in parts(manuscript, layout))]
    return ("\n\n\n".join(section for section in sections if section) + "\n").encode()


def _plain(part: Part) -> str:
    return "\n\n".join([*([part.title] if part.title else []), *(block.text or _BREAK for block in part.blocks)])
