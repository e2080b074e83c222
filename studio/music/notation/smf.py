"""Takes a Standard MIDI File apart: bytes in, timed notes and the few other events a Tune needs out.

Own code rather than a library's because files come from strangers: events and notes are counted while they are read,
and nothing is kept that is not used. Understands types 0, 1 and 2, running status, note-ons of velocity 0, RMID files
and SMPTE time (heard at 120 to the minute). Notes that are never ended last to the end of their track.
"""

from dataclasses import dataclass, field

from studio.core.errors import Refused
from studio.music.tune import MAX_NOTES

_MOST_EVENTS = 200_000
_MOST_TRACKS = 256
_DATA = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}  # bytes that follow a status
_BROKEN = "This MIDI file breaks off in the middle or is damaged. Export it again from the program it came from."


@dataclass
class Heard:
    start: int
    end: int
    pitch: int
    velocity: int


@dataclass
class Track:
    name: str = ""
    notes: dict[int, list[Heard]] = field(default_factory=dict)  # by channel
    programs: dict[int, int] = field(default_factory=dict)  # by channel, the first one named
    texts: list[tuple[int, str]] = field(default_factory=list)
    markers: list[tuple[int, str]] = field(default_factory=list)
    end: int = 0


@dataclass
class Song:
    ppq: int
    tracks: list[Track] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)  # tick, microseconds a quarter note
    meters: list[tuple[int, int, int]] = field(default_factory=list)  # tick, count, unit
    keys: list[tuple[int, int, bool]] = field(default_factory=list)  # tick, sharps, minor
    events: int = 0
    heard: int = 0


def read_song(data: bytes) -> Song:
    start = data.find(b"MThd", 0, 64)
    if start < 0 or len(data) < start + 14:
        raise Refused(_BROKEN)
    size = int.from_bytes(data[start + 4 : start + 8], "big")
    kind = int.from_bytes(data[start + 8 : start + 10], "big")
    song = Song(_ppq(data[start + 12 : start + 14]))
    at = start + 8 + size
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        if name == b"MTrk":
            if at + size > len(data):
                raise Refused(_BROKEN)
            if len(song.tracks) == _MOST_TRACKS:
                raise Refused(f"This MIDI file has more than {_MOST_TRACKS} tracks. Export fewer of them.")
            try:
                song.tracks.append(_Reader(song, data, at, at + size).track())
            except IndexError:
                raise Refused(_BROKEN) from None
            if kind == 2 and song.heard:
                break  # type 2: every track is a piece of its own, and the first one with notes is the tune
        at += size
    if not song.heard:
        raise Refused("There are no notes in this MIDI file. Choose one with at least one track of notes.")
    return song


def _ppq(division: bytes) -> int:
    ticks = int.from_bytes(division, "big")
    if ticks & 0x8000:  # frames a second, and ticks a frame: half a second is a quarter note
        ticks = (256 - division[0]) * division[1] // 2
    if not ticks:
        raise Refused("This MIDI file says that a beat has no length (0 ticks). Export it again from its program.")
    return ticks


class _Reader:
    """Walks through one track."""

    def __init__(self, song: Song, data: bytes, at: int, end: int) -> None:
        self.song, self.data, self.at, self.end = song, data, at, end
        self.now = 0
        self.status = 0
        self.out = Track()
        self.open: dict[tuple[int, int], Heard] = {}  # by channel and pitch

    def track(self) -> Track:
        while self.at < self.end:
            self.now += self.number()
            self.song.events += 1
            if self.song.events > _MOST_EVENTS:
                raise Refused(f"This MIDI file has more than {_MOST_EVENTS} events. Export a shorter part of it.")
            if self.event():
                break
        for note in self.open.values():
            note.end = self.now
        self.out.end = self.now
        return self.out

    def byte(self) -> int:
        if self.at >= self.end:
            raise IndexError
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        value = 0
        for _ in range(4):
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise Refused(_BROKEN)

    def event(self) -> bool:
        """True when the track ends."""
        first = self.byte()
        if first in (0xF0, 0xF7):
            self.skip(self.number())
            return False
        if first == 0xFF:
            return self.meta(self.byte(), self.skip(self.number()))
        if first >= 0xF0:
            raise Refused(_BROKEN)
        if first >= 0x80:
            self.status, first = first, self.byte()
        elif not self.status:
            raise Refused(_BROKEN)
        second = self.byte() if _DATA[self.status & 0xF0] == 2 else 0
        self.voice(self.status & 0xF0, self.status & 0x0F, first & 0x7F, second & 0x7F)
        return False

    def skip(self, size: int) -> bytes:
        if self.at + size > self.end:
            raise IndexError
        self.at += size
        return self.data[self.at - size : self.at]

    def voice(self, kind: int, channel: int, first: int, second: int) -> None:
        if kind == 0xC0:
            self.out.programs.setdefault(channel, first)
        elif kind in (0x80, 0x90):
            if sounding := self.open.pop((channel, first), None):
                sounding.end = self.now
            if kind == 0x90 and second:
                self.song.heard += 1
                if self.song.heard > MAX_NOTES:
                    raise Refused(f"This MIDI file has more than {MAX_NOTES} notes. Export a shorter part of it.")
                note = self.open[channel, first] = Heard(self.now, self.now, first, second)
                self.out.notes.setdefault(channel, []).append(note)

    def meta(self, kind: int, value: bytes) -> bool:
        if kind == 0x01 and len(value) < 300:
            self.out.texts.append((self.now, _decoded(value)))
        elif kind == 0x03:
            self.out.name = self.out.name or _decoded(value[:300])
        elif kind == 0x06 and len(value) < 300:
            self.out.markers.append((self.now, _decoded(value)))
        elif kind == 0x51 and len(value) == 3 and any(value):
            self.song.tempos.append((self.now, int.from_bytes(value, "big")))
        elif kind == 0x58 and len(value) >= 2 and value[0] and value[1] < 8:
            self.song.meters.append((self.now, value[0], 1 << value[1]))
        elif kind == 0x59 and len(value) >= 2:
            sharps = value[0] - 256 if value[0] > 127 else value[0]
            if abs(sharps) <= 7:
                self.song.keys.append((self.now, sharps, value[1] == 1))
        return kind == 0x2F


def _decoded(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return "".join(c for c in text if c.isprintable()).strip()
