"""Makes a Tune of a MusicXML score (score-partwise, plain or zipped as .mxl), our own or another program's.

The file is read as a stream and what has been understood is dropped, so that a hostile one costs no memory: entities are
refused, and depth, tags and sizes are counted. Repeats and endings are played out; jumps such as da capo are not. Grace
and cue notes are left out. One key and one tempo: the first of each, in concert pitch.
"""

import re
from io import BytesIO
from xml.etree.ElementTree import Element

from studio.core.errors import Refused
from studio.music.notation.score import Score
from studio.music.tune import MAX_NOTES, Tune

_MOST_XML = 12_000_000  # bytes, unzipped
_MOST_ELEMENTS = 250_000
_MOST_FILES = 200  # in a zip
_DEEPEST = 30
_MOST_KEPT = 20_000  # elements held at a time
_TAKEN = frozenset(("note", "backup", "forward", "attributes", "direction", "sound", "harmony", "barline"))  # of a measure
_LOOKS = frozenset(("beam", "stem", "type", "dot", "accidental", "lyric", "notehead", "credit", "defaults", "print"))
_LONG_TAG = re.compile(rb"<[^<>!][^<>]{8191}")
_BROKEN = "This MusicXML file is damaged. Export it again from the program it came from."
_HOSTILE = "This MusicXML file defines entities or points at other files, which no score needs. Export it again."


def read_musicxml(data: bytes, title: str = "") -> Tune:
    """Raises Refused, or ValueError for what is no tune."""
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # type: ignore[import-untyped]

    if data[:2] == b"PK":
        data = unzipped(data)
    notes = data.count(b"<pitch>") + data.count(b"<unpitched")
    elements = data.count(b"<") - data.count(b"</")
    if len(data) > _MOST_XML or elements > _MOST_ELEMENTS or notes > MAX_NOTES or _LONG_TAG.search(data):
        raise Refused("This MusicXML file is too large to be a tune. Export fewer bars or fewer parts.")
    target = _Target()
    try:
        parser = DefusedXMLParser(target=target)
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise Refused(_HOSTILE) from None
    except (ParseError, LookupError):  # what an encoding of an unknown name is
        raise Refused(_BROKEN) from None
    return target.score.tune(title)


class _Target:
    """Takes the parser's events; every part of a measure goes to the score as soon as it is complete."""

    def __init__(self) -> None:
        self.score = Score()
        self.open: list[Element] = []
        self.words: list[str] = []
        self.kept = 0
        self.part = False  # inside a part
        self.skipped = 0  # how deep in what is passed over

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition("}")[2]
        depth = len(self.open)
        if self.skipped or tag in _LOOKS or (depth == 3 and self.part and tag not in _TAKEN):
            self.skipped += 1
            return
        self.kept += 1
        if depth >= _DEEPEST or self.kept > _MOST_KEPT:
            raise Refused(_BROKEN)
        self.words.clear()
        self.open.append(Element(tag, attributes))
        if depth == 0 and tag != "score-partwise":
            raise Refused(_other(tag))
        if depth == 1:
            self.part = tag == "part"
            if self.part:
                self.score.begin_part(attributes)
        elif depth == 2 and self.part:
            if tag != "measure":
                raise Refused(_BROKEN)
            self.score.begin_measure(attributes)

    def data(self, text: str) -> None:
        self.words.append(text)

    def end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        element = self.open.pop()
        element.text = "".join(self.words).strip()[:500]
        self.words.clear()
        depth = len(self.open)
        if depth == 3 and self.part:
            self.score.take(element)
            self.kept = 0
        elif depth == 2 and self.part:
            self.score.end_measure()
        elif depth == 1 and not self.part:
            self.score.header(element)
            self.kept = 0
        elif depth > 1:
            self.open[-1].append(element)

    def close(self) -> None:
        return None


def _other(tag: str) -> str:
    if tag == "score-timewise":
        return "This MusicXML file is ordered by time. Export it as score-partwise, which every notation program can do."
    return f"This file is XML but not a score (it begins with {tag[:20]}). Choose a MusicXML file."


def unzipped(data: bytes) -> bytes:
    """The score in a .mxl file: the one its container names. Sizes are checked as declared and as they turn out."""
    import zipfile
    import zlib

    if data.count(b"PK\x01\x02") > _MOST_FILES:
        raise Refused("This zip file holds too many files to be a score. Choose a .mxl file of one score.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist()]
            inside = _named(_extracted(archive, "META-INF/container.xml", 100_000)) if "META-INF/container.xml" in names else None
            inside = inside or next((n for n in names if n.lower().endswith((".musicxml", ".xml"))), None)
            if inside is None:
                raise Refused("There is no score in this zip file. Choose a .mxl or a .musicxml file.")
            return _extracted(archive, inside, _MOST_XML)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, EOFError, OSError, ValueError):
        raise Refused("This .mxl file is damaged or locked. Export it again from the program it came from.") from None


def _extracted(archive: "zipfile.ZipFile", name: str, most: int) -> bytes:  # type: ignore[name-defined]  # noqa: F821
    if archive.getinfo(name).file_size > most:
        raise Refused("This .mxl file unpacks to far more than a score. Export fewer bars or fewer parts.")
    with archive.open(name) as file:
        data: bytes = file.read(most + 1)
    if len(data) > most:
        raise Refused("This .mxl file unpacks to far more than a score. Export fewer bars or fewer parts.")
    return data


def _named(container: bytes) -> str | None:
    """The path in a container file: looked for, not parsed."""
    found = re.search(rb"""<rootfile\s[^<>]{0,500}?full-path\s*=\s*["']([^"'<>]{1,300})["']""", container)
    return found[1].decode("utf-8", "replace") if found else None
