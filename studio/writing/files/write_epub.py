"""Writes an e-book (epub 3.3, also read by older readers): title page, a page a chapter, contents, cover when there is one.

The libraries for this are under licences that do not fit, and a book of plain chapters needs few parts.
"""

import hashlib
import uuid
from io import BytesIO

from studio.core.errors import Refused
from studio.writing.files.layout import Layout, Part, parts
from studio.writing.files.text import one_line
from studio.writing.files.write_html import direction, rtl, section, way
from studio.writing.files.zipped import DECLARATION, safe, zipped
from studio.writing.manuscript.manuscript import Manuscript

_COVERS = {"PNG": ("png", "image/png"), "JPEG": ("jpg", "image/jpeg")}
_MOST_SIDE = 8000  # of a cover, in pixels
_CONTAINER = (
    f'{DECLARATION}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_STYLE = """body { margin: 0 5%; line-height: 1.5; }
h1 { font-size: 1.5em; text-align: center; margin: 3em 0 1.6em; line-height: 1.3; }
h2 { font-size: 1.1em; font-style: italic; font-weight: normal; margin: 2em 0 1em; }
p { margin: 0; text-indent: 1.4em; }
h1 + p, h2 + p, hr + p, .disclosure p, .plain p, section > p:first-child { text-indent: 0; }
.disclosure p { margin-bottom: .8em; }
hr { width: 20%; border: 0; border-top: 1px solid; margin: 1.6em auto; }
.title-page { text-align: center; }
.title-page p { text-indent: 0; }
.cover { margin: 0; text-align: center; }
.cover img { max-width: 100%; max-height: 100vh; }
"""


def write_epub(manuscript: Manuscript, layout: Layout) -> bytes:
    title, author = one_line(manuscript.title) or "Untitled", one_line(manuscript.author)
    pages = [("title.xhtml", title, _title_page(title, author))]
    linked = []
    found = parts(manuscript, layout)
    for i, part in enumerate(found, 1):
        name = "disclosure.xhtml" if part.disclosure else f"chapter-{i:04}.xhtml"
        pages.append((name, part.title or title, section(part, f"part-{i}", 1, _role(part))))
        linked.append((name, part.title or title))
    picture = _cover(layout.cover)
    if picture:
        image = f'<img src="cover.{picture[0]}" alt="Cover of {safe(title)}" role="doc-cover"/>'
        shown = f'<section class="cover" epub:type="cover">{image}</section>'
        pages.insert(0, ("cover.xhtml", "Cover", shown))
    files: list[tuple[str, str | bytes]] = [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", _CONTAINER),
        (
            "EPUB/package.opf",
            _package(title, author, layout, [name for name, _, _ in pages], picture, _identifier(title, author, found, layout)),
        ),
        ("EPUB/nav.xhtml", _navigation(title, linked, layout.language)),
        ("EPUB/style.css", _STYLE),
        *((f"EPUB/{name}", _page(head, body, layout.language)) for name, head, body in pages),
    ]
    if picture:
        files.append((f"EPUB/cover.{picture[0]}", layout.cover))
    return zipped(files, stored=("mimetype", "EPUB/cover.jpg", "EPUB/cover.png"))


def _role(part: Part) -> str:
    label = "" if part.title else ' aria-label="Text"'
    return label if part.disclosure else f'{label} epub:type="chapter" role="doc-chapter"'


def _title_page(title: str, author: str) -> str:
    by = f"<p{way(author)}>{safe(author)}</p>\n" if author else ""
    return f'<section class="title-page" epub:type="titlepage">\n<h1{way(title)}>{safe(title)}</h1>\n{by}</section>'


def _page(title: str, body: str, language: str) -> str:
    spaces = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    return (
        f'{DECLARATION}<!DOCTYPE html>\n<html {spaces} lang="{language}" xml:lang="{language}"{direction(language)}>\n'
        f'<head><meta charset="utf-8"/><title>{safe(title)}</title>'
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _navigation(title: str, linked: list[tuple[str, str]], language: str) -> str:
    shown = linked or [("title.xhtml", title)]
    rows = "\n".join(f'<li><a href="{name}"{way(text)}>{safe(text)}</a></li>' for name, text in shown)
    marks = f'<li><a epub:type="bodymatter" href="{shown[0][0]}">Start</a></li>'
    body = (
        f'<nav epub:type="toc" role="doc-toc" aria-label="Contents"><h1>Contents</h1><ol>\n{rows}\n</ol></nav>\n'
        f'<nav epub:type="landmarks" aria-label="Landmarks" hidden="hidden"><ol>{marks}</ol></nav>'
    )
    return _page("Contents", body, language)


def _package(title: str, author: str, layout: Layout, pages: list[str], picture: tuple[str, str] | None, identifier: str) -> str:
    modes = ("textual", "visual") if picture else ("textual",)
    features = ("structuralNavigation", "tableOfContents", "readingOrder", *(("alternativeText",) if picture else ()))
    about = {
        "accessMode": modes,
        "accessModeSufficient": ("textual",),
        "accessibilityHazard": ("none",),
        "accessibilityFeature": features,
    }
    metadata = [
        f'<dc:identifier id="book">{safe(identifier)}</dc:identifier>',
        f"<dc:title>{safe(title)}</dc:title>",
        f"<dc:language>{layout.language}</dc:language>",
        *([f"<dc:creator>{safe(author)}</dc:creator>"] if author else []),
        f'<meta property="dcterms:modified">{layout.made}</meta>',
        *(f'<meta property="schema:{key}">{value}</meta>' for key, values in about.items() for value in values),
        '<meta name="generator" content="Tandem"/>',
        *(['<meta name="cover" content="cover-picture"/>'] if picture else []),
    ]
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="style.css" media-type="text/css"/>',
        *(f'<item id="page-{i}" href="{name}" media-type="application/xhtml+xml"/>' for i, name in enumerate(pages)),
        *(
            [f'<item id="cover-picture" href="cover.{picture[0]}" media-type="{picture[1]}" properties="cover-image"/>']
            if picture
            else []
        ),
    ]
    spine = "".join(f'<itemref idref="page-{i}"/>' for i in range(len(pages)))
    turned = ' page-progression-direction="rtl"' if rtl(layout.language) else ""
    head = f'version="3.0" unique-identifier="book" xml:lang="{layout.language}"'
    return (
        f'{DECLARATION}<package xmlns="http://www.idpf.org/2007/opf" {head}>\n<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        + "\n".join(metadata)
        + "\n</metadata>\n"
        "<manifest>\n" + "\n".join(items) + f"\n</manifest>\n<spine{turned}>{spine}</spine>\n</package>\n"
    )


def _identifier(title: str, author: str, found: list[Part], layout: Layout) -> str:
    """As it was given, else one that the same text always has."""
    if given := one_line(layout.identifier):
        return given
    digest = hashlib.sha256()
    for text in (title, author, *(text for part in found for text in (part.title, *(block.text for block in part.blocks)))):
        digest.update(text.encode() + b"\0")
    return f"urn:uuid:{uuid.UUID(bytes=digest.digest()[:16], version=5)}"


def _cover(data: bytes) -> tuple[str, str] | None:
    """Ending and media type. Raises Refused for what is no picture that e-books may hold."""
    if not data:
        return None
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=tuple(_COVERS)) as picture:
            picture.verify()
            kind, sides = str(picture.format), picture.size
    except Exception:  # whatever Pillow finds wrong with it
        raise Refused("This cover is no picture that e-books can show. Choose a PNG or JPEG file.") from None
    if max(sides) > _MOST_SIDE:
        raise Refused(f"This cover is larger than {_MOST_SIDE} pixels. Choose a smaller one: 1600 by 2560 is usual.")
    return _COVERS[kind]
