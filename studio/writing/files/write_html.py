"""Writes one self-contained web page: readable on every width, by day and night, and on paper; nothing is fetched or run.

Its pieces serve the e-book too.
"""

from studio.writing.files.layout import Block, Layout, Part, parts
from studio.writing.files.text import one_line, rightward, runs
from studio.writing.files.zipped import safe
from studio.writing.manuscript.manuscript import Manuscript

_STYLE = """
:root { color-scheme: light dark; --paper: #fdfcf9; --ink: #22201c; --soft: #6b665c; --line: #d8d2c4; }
@media (prefers-color-scheme: dark) { :root { --paper: #1b1a18; --ink: #e6e1d6; --soft: #a49d8f; --line: #45423b; } }
html { background: var(--paper); color: var(--ink); font: 1.15rem/1.6 Literata, Charter, "Iowan Old Style", Georgia, serif; }
body { max-width: 34em; margin: 0 auto; padding: 3em 1.2em 6em; overflow-wrap: break-word; }
header { text-align: center; margin: 4em 0 6em; }
h1 { font-size: 2.2em; line-height: 1.2; font-weight: 600; margin: 0 0 .6em; }
h2 { font-size: 1.5em; line-height: 1.3; font-weight: 600; text-align: center; margin: 4em 0 1.6em; }
h3 { font-size: 1.1em; font-style: italic; font-weight: 500; margin: 2.4em 0 1em; }
.author { color: var(--soft); }
nav { margin: 0 0 5em; } nav ol { list-style: none; padding: 0; } nav a { color: inherit; }
p { margin: 0; text-indent: 1.4em; hyphens: auto; }
h2 + p, h3 + p, hr + p, section > p:first-child, header p { text-indent: 0; }
hr { width: 20%; border: 0; border-top: 1px solid var(--line); margin: 2em auto; }
.disclosure p { text-indent: 0; margin-bottom: .8em; }
@page { margin: 2.2cm 2.4cm; }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #333; --line: #999; }
  html { font-size: 11pt; } body { max-width: none; padding: 0; } nav { display: none; }
  header { margin: 30vh 0 0; } section { break-before: page; } h2, h3 { break-after: avoid; } p { orphans: 2; widows: 2; }
}
"""


def write_html(manuscript: Manuscript, layout: Layout) -> bytes:
    title, author = one_line(manuscript.title), one_line(manuscript.author)
    found = parts(manuscript, layout)
    name = title or "Untitled"
    head = [
        "<!DOCTYPE html>",
        f'<html lang="{layout.language}"{direction(layout.language)}>',
        "<head>",
        '<meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="Tandem">',
        *([f'<meta name="author" content="{safe(author)}">'] if author else []),
        f"<title>{safe(name)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f'<header class="title-page"><h1{way(name)}>{safe(name)}</h1>{_author(author)}</header>',
    ]
    linked = [(i, part.title) for i, part in enumerate(found, 1) if part.title]
    if len(linked) > 2:
        rows = "".join(f'<li><a href="#part-{i}">{safe(text)}</a></li>' for i, text in linked)
        head.append(f'<nav aria-label="Contents"><ol>{rows}</ol></nav>')
    body = [section(part, f"part-{i}", 2, "") for i, part in enumerate(found, 1)]
    return "\n".join([*head, "<main>", *body, "</main>", "</body>", "</html>", ""]).encode()


def _author(author: str) -> str:
    return f'<p class="author"{way(author)}>{safe(author)}</p>' if author else ""


def section(part: Part, key: str, level: int, role: str) -> str:
    """Of a chapter or the disclosure, its heading at this level."""
    kind = ' class="disclosure"' if part.disclosure else ""
    head = [f"<h{level}{way(part.title)}>{safe(part.title)}</h{level}>"] if part.title else []
    return "\n".join(
        [f'<section id="{key}"{kind}{role}>', *head, *(_block(block, level + 1) for block in part.blocks), "</section>"]
    )


def _block(block: Block, level: int) -> str:
    if block.kind == "break":
        return "<hr/>"
    if block.kind == "scene":
        return f"<h{level}{way(block.text)}>{safe(block.text)}</h{level}>"
    return f"<p{way(block.text)}>{'<br/>'.join(_line(line) for line in block.text.split(chr(10)))}</p>"


def _line(line: str) -> str:
    out = []
    for text, marks in runs(line):
        open_, close = ("", "<em>", "<strong>", "<strong><em>")[marks], ("", "</em>", "</strong>", "</em></strong>")[marks]
        out.append(f"{open_}{safe(text)}{close}")
    return "".join(out)


def way(text: str) -> str:
    return ' dir="rtl"' if rightward(text) else ""


def direction(language: str) -> str:
    return ' dir="rtl"' if rtl(language) else ""


def rtl(language: str) -> bool:
    return language.lower().split("-")[0] in ("ar", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi")
