"""Tunes as files: reading any that musicians exchange, by what is in them and not by their name; and writing them.

Reading takes up to 5 MB and raises `Refused` with a sentence for everything that is no tune.
"""

from collections.abc import Callable
from pathlib import PurePath
from typing import Literal

from pydantic import ValidationError

from studio.core.errors import Refused
from studio.music.tune import Tune

Form = Literal["mid", "musicxml", "mxl", "abc", "json"]
MEDIA_TYPES: dict[Form, str] = {
    "mid": "audio/midi",
    "musicxml": "application/vnd.recordare.musicxml+xml",
    "mxl": "application/vnd.recordare.musicxml",
    "abc": "text/vnd.abc",
    "json": "application/vnd.tandem.tune+json",
}
MOST_BYTES = 5_000_000
_MOST_OBJECTS = 40_000  # notes, bars and so on in a tune of our own
_FINEST = 100_000  # no time has a larger denominator
_WHAT = "Choose a MIDI, MusicXML or ABC file."
_OTHERS = {
    b"ID3": "a sound recording", b"\xff\xfb": "a sound recording", b"fLaC": "a sound recording", b"OggS": "a sound recording",
    b"RIFF": "a sound recording", b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8": "a picture", b"GIF8": "a picture",
    b"\x1f\x8b": "a packed file", b"7z": "a packed file", b"Rar!": "a packed file",
}  # fmt: skip


def write_tune(tune: Tune, form: Form) -> bytes:
    from studio.music.notation.write_abc import write_abc
    from studio.music.notation.write_midi import write_midi
    from studio.music.notation.write_musicxml import write_musicxml, write_mxl

    writers: dict[Form, Callable[[Tune], bytes]] = {
        "mid": write_midi,
        "musicxml": write_musicxml,
        "mxl": write_mxl,
        "abc": lambda tune: write_abc(tune).encode(),
        "json": Tune.dumps,
    }
    return writers[form](tune)


def read_tune(data: bytes, name: str = "") -> Tune:
    """The tune in a file; a file that says no title of its own is called by its name."""
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Export a shorter part of it.")
    if not data.strip():
        raise Refused(f"This file is empty. {_WHAT}")
    try:
        return _reader(data)(data, PurePath(name.replace("\\", "/")).stem[:100])
    except ValidationError as error:
        why = "hardly anything in it is as it should be"
        if error.error_count() < 100:
            why = str(error.errors(include_url=False, include_input=False)[0]["msg"]).removeprefix("Value error, ")
        raise Refused(f"This file does not make a tune: {why}. {_WHAT}") from None
    except (ValueError, OverflowError) as error:
        raise Refused(f"This file does not make a tune: {str(error)[:100]}. {_WHAT}") from None


def _reader(data: bytes) -> Callable[[bytes, str], Tune]:
    from studio.music.notation.read_midi import read_midi
    from studio.music.notation.read_musicxml import read_musicxml

    if data[:4] == b"MThd" or (data[:4] == b"RIFF" and data[8:12] == b"RMID"):
        return read_midi
    if data[:4] == b"PK\x03\x04":
        return read_musicxml
    for start, what in _OTHERS.items():
        if data.startswith(start):
            raise Refused(f"This file is {what}, not notes. {_WHAT}")
    first = data[:400].translate(None, b"\0\xef\xbb\xbf\xff\xfe").lstrip()  # without byte order marks and the zeros of UTF-16
    if first[:1] == b"<":
        return read_musicxml
    return _read_json if first[:1] == b"{" else _read_text


def _read_json(data: bytes, title: str) -> Tune:
    if data.count(b"{") + data.count(b"[") > _MOST_OBJECTS or data.count(b":") > 5 * _MOST_OBJECTS:
        raise Refused("This file is too large to be a tune. Export fewer bars.")
    tune = Tune.loads(data)
    times = [t for voice in tune.voices for n in voice.notes for t in (n.start, n.length)]
    times += [bar.length for bar in tune.bars] + [chord.start for chord in tune.chords] + [tune.tempo]
    if any(time.denominator > _FINEST for time in times):
        raise Refused(f"This file has times finer than 1/{_FINEST} of a whole note. {_WHAT}")
    return tune


def _read_text(data: bytes, title: str) -> Tune:
    from studio.music.notation.abc_tune import read_abc_tune

    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(f"The letters of this file cannot be read. Save it as UTF-8. {_WHAT}")
    if "\0" in text:
        raise Refused(f"This file is neither a score nor text. {_WHAT}")
    return read_abc_tune(text, title)
