"""Files that do harm or make no sense, made here so that none has to be kept: bombs, entities, nonsense, huge counts.

`HOSTILE` names each and says whether it must be refused; the others are odd, and may be read harmlessly. Run as a
program it reads the files of a folder in one process and says how long each took and what memory they needed.
"""

import io
import json
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tunes import jig, waltz

MOST_SECONDS = 1.0
MOST_MB = 64


@dataclass(frozen=True)
class Hostile:
    name: str
    make: Callable[[], bytes]
    refused: bool = True


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body)) + body


def midi(*tracks: bytes, ppq: int = 480, kind: int = 1) -> bytes:
    return chunk(b"MThd", struct.pack(">HHH", kind, len(tracks), ppq)) + b"".join(chunk(b"MTrk", t) for t in tracks)


NOTE = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
END = b"\x00\xff\x2f\x00"
LONG = b"\xff\xff\xff\x7f"  # the longest pause


def xml(measures: str, head: str = "", divisions: str = "1") -> bytes:
    start = f"<attributes><divisions>{divisions}</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
    return (
        f'<?xml version="1.0"?>{head}<score-partwise><part-list><score-part id="P1"><part-name>x</part-name></score-part></part-list>'
        f'<part id="P1"><measure number="1">{start}</measure>{measures}</part></score-partwise>'
    ).encode()


def note(duration: str = "1", octave: str = "4", more: str = "") -> str:
    return f"<note><pitch><step>C</step>{more}<octave>{octave}</octave></pitch><duration>{duration}</duration></note>"


def bar(inside: str) -> str:
    return f"<measure>{inside}</measure>"


def mxl(inside: bytes, name: str = "score.xml", target: str = "score.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", f'<container><rootfiles><rootfile full-path="{target}"/></rootfiles></container>')
        archive.writestr(name, inside)
    return out.getvalue()


def lying_mxl() -> bytes:
    """Says that 30 MB of zeros are 1,000 bytes."""
    data = bytearray(mxl(b"<" + bytes(30_000_000)))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 1000)
    return bytes(data)


def crowded_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(20_000):
            archive.writestr(f"{i}.xml", b"")
    return out.getvalue()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return xml(bar(note()), f'<!DOCTYPE score-partwise [<!ENTITY l0 "ha">{entities}]>').replace(b">x<", b">&l11;<")


def as_json(**changes: Any) -> bytes:
    return json.dumps({**json.loads(jig().dumps()), **changes}).encode()


def abc(body: str, head: str = "") -> bytes:
    return f"X:1\nT:x\nM:4/4\nL:1/8\n{head}K:C\n{body}\n".encode()


def _json_note(**changes: Any) -> dict[str, Any]:
    return {"start": "0", "length": "1/8", "pitch": 60, "velocity": 80, **changes}


def _json_voice(*notes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "x", "role": "melody", "instrument": "flute", "notes": list(notes)}]


HOSTILE = (
    # anything
    Hostile("empty", lambda: b""),
    Hostile("blank", lambda: b" \n" * 1000),
    Hostile("zeros", lambda: bytes(4_000_000)),
    Hostile("too large", lambda: b"X:1\nK:C\n" + b"C" * 6_000_000),
    Hostile("noise", lambda: zlib.compress(b"".join(bytes([i % 251, i * i % 256]) for i in range(60_000)))),
    Hostile("sound recording", lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(1000)),
    Hostile("web page", lambda: b"<!DOCTYPE html><html><body><p>x</body></html>"),
    # MIDI
    Hostile("midi: head only", lambda: b"MThd"),
    Hostile("midi: truncated", lambda: midi(NOTE * 200 + END)[:-300]),
    Hostile("midi: no ticks", lambda: midi(NOTE + END, ppq=0)),
    Hostile("midi: no notes", lambda: midi(END)),
    Hostile("midi: track longer than the file", lambda: midi(NOTE + END).replace(b"MTrk\0\0\0\x0c", b"MTrk\x7f\xff\xff\xff")),
    Hostile("midi: ten thousand tracks", lambda: midi(*[NOTE + END] * 10_000)),
    Hostile("midi: a million notes", lambda: midi(b"\x00\x90\x3c\x40" + b"\x01\x3c\x40" * 1_500_000 + END)),
    Hostile("midi: a million empty events", lambda: midi(b"\x00\x90\x3c\x40" + b"\x00\xff\x01\x00" * 1_200_000 + END)),
    Hostile("midi: a pause of ages", lambda: midi((LONG + b"\xb0\x07\x00") * 500 + NOTE + END, ppq=1)),
    Hostile("midi: endless number", lambda: midi(b"\xff" * 1000)),
    Hostile("midi: data without a status", lambda: midi(b"\x00\x3c\x40" * 100)),
    Hostile("midi: meters of nothing", lambda: midi(b"\x00\xff\x58\x04\x00\x07\x00\x00" + b"\x00\xff\x51\x03\x00\x00\x00" + NOTE + END), False),
    Hostile("midi: a meter every tick", lambda: midi(b"".join(b"\x01\xff\x58\x04\x01" + bytes([i % 6]) + b"\x18\x08" for i in range(20_000)) + NOTE + END)),
    Hostile("midi: a note never ended", lambda: midi(b"\x00\x90\x3c\x40" + END), False),
    # MusicXML
    Hostile("xml: billion laughs", laughs),
    Hostile("xml: external entity", lambda: xml(bar(note()), '<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>').replace(b">x<", b">&x;<")),
    Hostile("xml: parameter entity", lambda: xml(bar(note()), '<!DOCTYPE score-partwise [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>')),
    Hostile("xml: quadratic entity", lambda: xml(bar(note()), f'<!DOCTYPE score-partwise [<!ENTITY a "{"a" * 50_000}">]>').replace(b">x<", b">" + b"&a;" * 50_000 + b"<")),
    Hostile("xml: truncated", lambda: xml(bar(note() * 50))[:-300]),
    Hostile("xml: half a million tags", lambda: xml(bar("<a/>" * 1_200_000))),
    Hostile("xml: as many tags as are allowed", lambda: xml(bar("<note/>" * 245_000))),
    Hostile("xml: a flood of grace notes", lambda: xml(bar("<note><grace/></note>" * 120_000))),
    Hostile("xml: deep nesting", lambda: xml("<a>" * 200_000 + "</a>" * 200_000)),
    Hostile("xml: a tag with a hundred thousand attributes", lambda: xml("<a " + " ".join(f'a{i}=""' for i in range(100_000)) + "/>")),
    Hostile("xml: negative duration", lambda: xml(bar(note("-4")))),
    Hostile("xml: duration of nonsense", lambda: xml(bar(note("1e999999999")))),
    Hostile("xml: enormous duration", lambda: xml(bar(note("999999999")))),
    Hostile("xml: divisions of zero", lambda: xml(bar(note()), divisions="0")),
    Hostile("xml: octave ninety-nine", lambda: xml(bar(note(octave="99")))),
    Hostile("xml: endless repeats", lambda: xml(bar(note("4") + '<barline><repeat direction="backward" times="999999999"/></barline>') * 1500)),
    Hostile("xml: a hundred thousand notes", lambda: xml(bar("<note><rest/><duration>1</duration></note>") + bar((note() + "<backup><duration>1</duration></backup>") * 35_000))),
    Hostile("xml: by time", lambda: b"<score-timewise/>"),
    Hostile("xml: unknown encoding", lambda: b'<?xml version="1.0" encoding="klingon"?><score-partwise/>'),
    Hostile("xml: UTF-16 cut in half", lambda: "<?xml version='1.0' encoding='UTF-16'?><score-partwise>".encode("utf-16")[:-3]),
    Hostile("xml: no notes", lambda: xml("")),
    Hostile("mxl: bomb", lambda: mxl(b"<score-partwise>" + b" " * 150_000_000)),
    Hostile("mxl: bomb that lies about its size", lying_mxl),
    Hostile("mxl: zip in a zip", lambda: mxl(mxl(mxl(xml(bar(note()))), "score.mxl", "score.mxl"))),
    Hostile("mxl: twenty thousand files", crowded_zip),
    Hostile("mxl: truncated", lambda: mxl(xml(bar(note() * 50)))[:-40]),
    Hostile("mxl: points outside", lambda: mxl(b"x", "y.txt", "../../../etc/passwd")),
    # ABC
    Hostile("abc: prose", lambda: b"Dear all, here is a tune. Be good, and dance a bag of cabbage."),
    Hostile("abc: no notes", lambda: abc("| | |")),
    Hostile("abc: NUL bytes", lambda: abc("CDEF\0GAB")),
    Hostile("abc: rests of ages", lambda: abc("Z99999 C " * 20_000)),
    Hostile("abc: open brackets", lambda: abc("[" * 300_000)),
    Hostile("abc: every opening there is", lambda: abc('C["{!+(([A:^^__~~' * 20_000)),
    Hostile("abc: endless repeats", lambda: abc("|: C8 ::::::::| " * 5_000)),
    Hostile("abc: absurd tuplet", lambda: abc("(999:1:999" + "C" * 900), False),
    Hostile("abc: tuplets of zero", lambda: abc("(0:0:0 CDE (3:0:0 CDE"), False),
    Hostile("abc: lengths of nonsense", lambda: abc("C99999999999/0 D/////////////////")),
    Hostile("abc: a thousand voices", lambda: abc("".join(f"V:{i}\nC8|\n" for i in range(1000)))),
    Hostile("abc: beyond hearing", lambda: abc("c" + "'" * 100_000)),
    Hostile("abc: tempo of nonsense", lambda: abc("CDEF", "Q:1/0=0\n"), False),
    Hostile("abc: wrong letters", lambda: "X:1\nT:Müßiggang\nK:C\nCDEF|\n".encode("latin-1"), False),
    Hostile("abc: two million lines", lambda: b"X:1\nK:C\n" + b"ab\n" * 1_600_000),
    # our own
    Hostile("json: not a tune", lambda: b'{"hello": "world"}'),
    Hostile("json: truncated", lambda: as_json()[:-50]),
    Hostile("json: deep nesting", lambda: b'{"a":' + b"[" * 2_000_000),
    Hostile("json: a million of everything", lambda: b'{"voices":[' + b"{}," * 1_500_000 + b"{}]}"),
    Hostile("json: a hundred thousand wrong fields", lambda: b"{" + b",".join(b'"a%d":1' % i for i in range(300_000)) + b"}"),
    Hostile("json: overlapping notes", lambda: as_json(voices=_json_voice(_json_note(length="1/2"), _json_note(start="1/8")))),
    Hostile("json: negative length", lambda: as_json(voices=_json_voice(_json_note(length="-1/8")))),
    Hostile("json: huge fraction", lambda: as_json(voices=_json_voice(_json_note(length="1e4000")))),
    Hostile("json: tiny fraction", lambda: as_json(voices=_json_voice(_json_note(length="1/" + "9" * 4000)))),
    Hostile("json: beyond the last bar", lambda: json.dumps({**json.loads(waltz().dumps()), "bars": [{"length": "1/8", "meter": {}}]}).encode()),
)


def write_all(folder: Path) -> list[Path]:
    paths = []
    for i, hostile in enumerate(HOSTILE):
        paths.append(folder / f"{i:02}")
        paths[-1].write_bytes(hostile.make())
    return paths


def read_all(folder: Path) -> list[dict[str, Any]]:
    """In this process: what came of each file, in how many seconds, and by how many MB its peak went up."""
    from studio.core.errors import Refused
    from studio.music.notation.files import MEDIA_TYPES, read_tune, write_tune

    for form in MEDIA_TYPES:
        read_tune(write_tune(jig(), form))
    out = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
        before, start, busy = _peak_mb(), time.perf_counter(), time.process_time()
        try:
            read_tune(data)
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
