"""Files that do harm or are no manuscripts, made here so that none has to be kept: bombs, entities, nonsense, wrong endings.

`HOSTILE` names each and says whether it must be refused; the others are odd, and may be read harmlessly. Run as a program it
reads the files of a folder in one process and says how long each took and what memory it needed.
"""

import io
import json
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SECONDS = 2.0
MOST_MB = 128  # a manuscript of two million words may be that large
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Hostile:
    name: str
    make: Callable[[], bytes]
    ending: str = ".txt"
    refused: bool = True
    long: bool = False  # takes a second or two: only where figures are taken


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def paragraph(inside: str = "<w:r><w:t>Once.</w:t></w:r>") -> str:
    return f"<w:p>{inside}</w:p>"


def docx(body: str = "", head: str = "", **files: bytes) -> bytes:
    text = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{body or paragraph()}</w:body></w:document>'
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": text.encode(), **files})


def docx_of(document: bytes) -> bytes:
    return packed({"word/document.xml": document})


def odt(body: str, head: str = "") -> bytes:
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    text = f'<?xml version="1.0"?>{head}<office:document-content {office}><office:body>{body}</office:body></office:document-content>'
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": text.encode()})


CONTAINER = b'<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>'


def epub(page: bytes, spine: int = 1, target: str = "a.xhtml", **files: bytes) -> bytes:
    item = f'<item id="a" href="{target}" media-type="application/xhtml+xml"/>'
    pages = '<itemref idref="a"/>' * spine
    package = f"<package><metadata/><manifest>{item}</manifest><spine>{pages}</spine></package>"
    return packed({"META-INF/container.xml": CONTAINER, "p.opf": package.encode(), "a.xhtml": page} | files)


def many_pages() -> dict[str, bytes]:
    """With a package of their own."""
    names = [f"{i}.xhtml" for i in range(100)]
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in names)
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    package = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>".encode()
    return {"p.opf": package} | dict.fromkeys(names, b"<b>" * 100_000)


def lying() -> bytes:
    """Says that 65 MB of spaces are 1,000 bytes."""
    data = bytearray(docx_of(b"<a>" + b" " * 65_000_000))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 1000)
    return bytes(data)


def laughs() -> str:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return f'<!DOCTYPE w [<!ENTITY l0 "ha">{entities}]>'


LAUGH = paragraph("<w:r><w:t>&l11;</w:t></w:r>")
HOSTILE = (
    Hostile("empty", lambda: b""),
    Hostile("blank", lambda: b" \n" * 100_000),
    Hostile("zeros", lambda: bytes(4_000_000)),
    Hostile("too large", lambda: b"word " * 8_200_000),
    Hostile("too much text", lambda: b"word " * 5_000_000),
    Hostile("longer than two million words", lambda: b"word \n\n" * 2_500_000),
    Hostile("noise", lambda: zlib.compress(b"".join(bytes([i % 251, i * i % 256]) for i in range(60_000)))),
    Hostile("noise without zeros", lambda: bytes(1 + (i * i * 7 + i // 3) % 255 for i in range(500_000))),
    Hostile("a program", lambda: b"\x7fELF" + bytes(range(256)) * 100),
    Hostile("a PDF called docx", lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 1000, ".docx"),
    Hostile("a picture called docx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000), ".docx"),
    Hostile("old Word", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(10_000), ".doc"),
    Hostile("RTF", lambda: rb"{\rtf1\ansi Once upon a time.}", ".rtf"),
    Hostile("XML of something else", lambda: b'<?xml version="1.0"?><svg><text>Hello</text></svg>'),
    Hostile("Cyrillic of the nineties", lambda: "Вечером над морем стоял туман и маяк молчал.\n".encode("cp1251") * 100),
    Hostile("Japanese of the nineties", lambda: "夜の海は静かだった。\n".encode("shift_jis") * 100),
    Hostile("UTF-16 cut in half", lambda: ("Once upon a time. " * 50).encode("utf-16")[:-1], refused=False),
    Hostile("text called docx", lambda: b"Once upon a time.", ".docx", refused=False),
    Hostile("one line of 20 MB", lambda: b"a" * 11_000_000, refused=False),
    Hostile("half a million stars", lambda: b"*a " * 500_000, refused=False),
    Hostile("md: a million stars", lambda: b"# A\n\n" + b"*a **b " * 500_000, ".md", refused=False),
    Hostile("md: underscores", lambda: b"# A\n\n" + b"_a " * 500_000, ".md", refused=False),
    Hostile("md: backslashes and ampersands", lambda: b"# A\n\n" + b"\\&#9999999;&" * 300_000, ".md", refused=False),
    Hostile("md: a heading of spaces", lambda: b"# A" + b" " * 3_000_000 + b"#x\n\nText.", ".md", refused=False),
    Hostile("md: 200,000 headings", lambda: b"# A\n\n" * 200_000, ".md"),
    Hostile("md: 100,000 breaks", lambda: b"# A\n\n" + b"x\n\n---\n\n" * 100_000, ".md"),
    Hostile("md: open head", lambda: b"---\n" + b"a: b\n" * 300_000, ".md", long=True),
    Hostile("md: bracketed head", lambda: b'---\ntitle: "' + b"[" * 10_000 + b"\n---\n\nText.", ".md", refused=False),
    Hostile("two million lines", lambda: b"a\n" * 2_000_000, refused=False),
    Hostile("docx: truncated", lambda: docx(paragraph() * 500)[:-60], ".docx"),
    Hostile("docx: head only", lambda: b"PK\x03\x04", ".docx"),
    Hostile("docx: bomb", lambda: docx_of(b"<a>" + b" " * 65_000_000), ".docx"),
    Hostile("docx: bomb that lies about its size", lying, ".docx"),
    Hostile("docx: bomb in the styles", lambda: docx(**{"word/styles.xml": b"<a>" + b" " * 10_000_000}), ".docx"),
    Hostile("docx: billion laughs", lambda: docx(LAUGH, laughs()), ".docx"),
    Hostile("docx: external entity", lambda: docx(LAUGH.replace("l11", "x"), '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), ".docx"),
    Hostile("docx: parameter entity", lambda: docx("", '<!DOCTYPE w [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>'), ".docx"),
    Hostile("docx: deep nesting", lambda: docx("<w:a>" * 200_000 + "</w:a>" * 200_000), ".docx"),
    Hostile("docx: deep paragraphs", lambda: docx("<w:p>" * 150 + "</w:p>" * 150), ".docx"),
    Hostile("docx: a tag of a million attributes", lambda: docx_of(b"<a " + b" ".join(b'a%d=""' % i for i in range(1_000_000)) + b"/>"), ".docx"),
    Hostile("docx: a million tags", lambda: docx("<w:r/>" * 1_050_000), ".docx", long=True),
    Hostile("docx: 300,000 empty paragraphs", lambda: docx("<w:p/>" * 300_000), ".docx", long=True),
    Hostile("docx: 400,000 breaks", lambda: docx(paragraph("<w:r>" + "<w:br/>" * 400_000 + "<w:t>x</w:t></w:r>")), ".docx", refused=False, long=True),
    Hostile("docx: a hundred thousand runs", lambda: docx(paragraph("<w:r><w:rPr><w:i/></w:rPr><w:t>a *</w:t></w:r>" * 100_000)), ".docx", refused=False),
    Hostile("docx: styles in a circle", lambda: docx(paragraph('<w:pPr><w:pStyle w:val="a"/></w:pPr>') + paragraph(), **{
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="a"><w:basedOn w:val="a"/></w:style></w:styles>'.encode()}), ".docx", refused=False),
    Hostile("docx: a spreadsheet", lambda: packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), ".docx"),
    Hostile("docx: no text", lambda: docx("<w:p/>"), ".docx"),
    Hostile("docx: not XML", lambda: docx_of(b"Once upon a time."), ".docx"),
    Hostile("docx: unknown encoding", lambda: docx_of(b'<?xml version="1.0" encoding="klingon"?><a/>'), ".docx"),
    Hostile("zip: twenty thousand files", lambda: packed({f"{i}.xml": b"" for i in range(20_000)}), ".docx"),
    Hostile("zip: of texts", lambda: packed({"chapter1.txt": b"Once."}), ".zip"),
    Hostile("zip: in a zip", lambda: packed({"a.docx": packed({"a.docx": docx()})}), ".zip"),
    Hostile("odt: billion laughs", lambda: odt("<text:p>&l11;</text:p>", laughs()), ".odt"),
    Hostile("odt: levels and spaces of nonsense", lambda: odt('<text:h text:outline-level="-x">A</text:h><text:p>a<text:s text:c="9e9"/>b</text:p>'), ".odt"),
    Hostile("epub: no package", lambda: packed({"META-INF/container.xml": CONTAINER}), ".epub"),
    Hostile("epub: points outside", lambda: epub(b"<p>x</p>", target="../../../../etc/passwd"), ".epub"),
    Hostile("epub: bomb", lambda: epub(b"<p>" + b"a" * 60_000_000), ".epub"),
    Hostile("epub: one page a hundred thousand times", lambda: epub(b"<p>" + b"word " * 100_000, spine=100_000), ".epub", refused=False),
    Hostile("epub: ten million tags", lambda: epub(b"", target="0.xhtml", **many_pages()), ".epub", long=True),
    Hostile("epub: locked", lambda: epub(b"\x8f\x01" * 1000, **{"META-INF/encryption.xml": b'<e><CipherReference URI="a.xhtml"/></e>'}), ".epub"),
    Hostile("html: open comments", lambda: b"<!DOCTYPE html>" + b"<!--" * 1_000_000, ".html"),
    Hostile("html: open tags", lambda: b"<!DOCTYPE html><p>x" + b"<a " * 1_000_000, ".html"),
    Hostile("html: open quotes", lambda: b"<!DOCTYPE html><p>x" + b'<a b="' * 200_000 + b">" * 200_000, ".html", refused=False, long=True),
    Hostile("html: quotes and ends", lambda: b"<!DOCTYPE html><p>x" + (b'<a "' + b">" * 9_000) * 500, ".html", refused=False),
    Hostile("html: open scripts", lambda: b"<!DOCTYPE html>" + b"<script>" * 500_000, ".html"),
    Hostile("html: scripts", lambda: b"<!DOCTYPE html><p>x</p>" + b"<script>a</script>" * 60_000, ".html", refused=False),
    Hostile("html: deep", lambda: b"<!DOCTYPE html>" + b"<div>" * 300_000 + b"x", ".html", refused=False),
    Hostile("html: 300,000 paragraphs", lambda: b"<!DOCTYPE html>" + b"<p>x" * 300_000, ".html", long=True),
    Hostile("html: nothing but less-than signs", lambda: b"<!DOCTYPE html>" + b"<" * 1_000_000, ".html"),
    Hostile("html: entities", lambda: b"<!DOCTYPE html><p>" + b"&amp;&#x41;&bogus;&" * 200_000, ".html", refused=False),
    Hostile("html: attributes of kinds", lambda: b"<!DOCTYPE html>" + (b"<p " + b"class=" * 1_600 + b">x</p>") * 1000, ".html", refused=False),
)  # fmt: skip


def write_all(folder: Path, chosen: Sequence[Hostile] = HOSTILE) -> None:
    for i, hostile in enumerate(chosen):
        (folder / f"{i:02}{hostile.ending}").write_bytes(hostile.make())


def read_all(folder: Path) -> list[dict[str, Any]]:
    """In this process: what came of each file, in how many seconds, and by how many MB its peak went up."""
    from studio.core.errors import Refused
    from studio.writing.files.reading import read_manuscript
    from studio.writing.files.writing import MEDIA_TYPES, write_manuscript
    from tests.manuscripts import seeded

    for form in MEDIA_TYPES:
        read_manuscript(write_manuscript(seeded(0).manuscript, form))
    out = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
        before, start, busy = _peak_mb(), time.perf_counter(), time.process_time()
        try:
            read_manuscript(data, path.name)
            said = "read"
        except Refused as error:
            said = f"refused: {error}"
        except BaseException as error:
            said = f"crashed: {error!r}"[:300]
        seconds = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - busy}
        out.append({"said": said, **seconds, "mb": _peak_mb() - before})
    return out


def _peak_mb() -> float:
    """Not from getrusage, which begins with the peak of the process that started this one."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(read_all(Path(sys.argv[1]))))
