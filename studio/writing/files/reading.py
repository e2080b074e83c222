"""Manuscripts from files: docx, odt, epub, html, Markdown and plain text, known by what is in them and not by their name.

Raises `Refused` with a sentence for everything else. Whose the text is cannot be seen in a file: it is taken for the person's
own ("human") unless they say that it is somebody else's or a model's ("pasted").
"""

from pathlib import PurePath

from studio.core.errors import Refused
from studio.writing.files.assemble import LONG, MOST_LINES, Lines, Maker, Read, assembled

MOST_BYTES = 40_000_000
MOST_TEXT = 24_000_000  # bytes of a file that is not packed
ENDINGS = ".docx,.odt,.epub,.html,.htm,.xhtml,.md,.markdown,.txt"  # what a file chooser may offer
_WHAT = "Choose a manuscript: docx, odt, epub, html, md or txt."
_OTHERS = {
    b"%PDF": "a PDF, which keeps no paragraphs. Open it in a word processor and save it as docx",
    b"{\\rtf": "an RTF file. Open it in a word processor and save it as docx",
    b"\xd0\xcf\x11\xe0": "an old Word file (doc) or one with a password. Save it as docx without a password",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"RIFF": "a sound or a picture",
    b"ID3": "a sound", b"OggS": "a sound", b"fLaC": "a sound", b"MThd": "a tune", b"\x1f\x8b": "a packed file",
    b"7z\xbc\xaf": "a packed file", b"Rar!": "a packed file", b"\x7fELF": "a program", b"SQLite format 3": "a database",
}  # fmt: skip


def read_manuscript(data: bytes, name: str = "", maker: Maker = "human") -> Read:
    """The manuscript in a file, and what was left out or guessed; one without a title of its own is called by its name."""
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Save it without pictures, or in parts.")
    if not data.strip():
        raise Refused(f"This file is empty. {_WHAT}")
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise Refused(f"This file is {what}. {_WHAT if '.' not in what else ''}".rstrip().removesuffix(".") + ".")
    path = PurePath(name.replace("\\", "/"))
    lines = _unpacked(data) if data.startswith(b"PK\x03\x04") else _text(data, path.suffix.lower())
    return assembled(lines, maker, path.stem[:100])


def _unpacked(data: bytes) -> Lines:
    from studio.writing.files.packed import Packed
    from studio.writing.files.read_docx import is_docx, read_docx
    from studio.writing.files.read_epub import read_epub
    from studio.writing.files.read_odt import read_odt

    packed = Packed(data)
    if is_docx(packed):
        return read_docx(packed)
    if "META-INF/container.xml" in packed.names:
        return read_epub(packed)
    if "content.xml" in packed.names:
        return read_odt(packed)
    raise Refused(f"There is no manuscript in this zip file. Unpack it first. {_WHAT}")


def _text(data: bytes, ending: str) -> Lines:
    from studio.writing.files.read_html import is_html, read_html
    from studio.writing.files.read_plain import decoded, is_markdown, read_markdown, read_plain

    if len(data) > MOST_TEXT:
        raise Refused(f"This file has more than {MOST_TEXT // 1_000_000} MB of text. Save it in parts.")
    text, notices = decoded(data)
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise Refused(LONG)
    if is_html(text[:4000]):
        return read_html(text, notices)
    if text.lstrip()[:5] == "<?xml":
        raise Refused(f"This file is XML but no manuscript. {_WHAT}")
    if ending in (".md", ".markdown") or is_markdown(text):
        return read_markdown(text, notices)
    return read_plain(text, notices)
