"""Manuscripts to files: Markdown, plain text, docx, epub and html. The same manuscript and layout give the same bytes."""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, get_args

from studio.core.errors import Refused
from studio.writing.files.layout import Layout
from studio.writing.manuscript.manuscript import Manuscript

Form = Literal["md", "txt", "docx", "epub", "html"]
MEDIA_TYPES: dict[Form, str] = {
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "html": "text/html; charset=utf-8",
}
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def write_manuscript(manuscript: Manuscript, form: Form, layout: Layout | None = None) -> bytes:
    from studio.writing.files.write_docx import write_docx
    from studio.writing.files.write_epub import write_epub
    from studio.writing.files.write_html import write_html
    from studio.writing.files.write_plain import write_markdown, write_text

    writers: dict[Form, Callable[[Manuscript, Layout], bytes]] = {
        "md": write_markdown, "txt": write_text, "docx": write_docx, "epub": write_epub, "html": write_html,
    }  # fmt: skip
    if form not in writers:
        raise Refused(f"There is no form {str(form)[:20]}. Choose one of {', '.join(get_args(Form))}.")
    return writers[form](manuscript, layout or Layout())


def file_name(manuscript: Manuscript, form: Form) -> str:
    """Plain letters only, so that every system takes it."""
    plain = unicodedata.normalize("NFKD", manuscript.title.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:60].strip('-') or 'manuscript'}.{form}"
