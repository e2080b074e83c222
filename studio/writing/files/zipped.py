"""Zip files that are the same for the same content, and text that is safe inside XML."""

import io
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

_WHEN = (1980, 1, 1, 0, 0, 0)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def zipped(files: Iterable[tuple[str, str | bytes]], stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files:
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, body, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def safe(text: str) -> str:
    """Of text that was cleaned."""
    return escape(text, {'"': "&quot;"})
