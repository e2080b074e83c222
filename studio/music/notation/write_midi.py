"""Writes a Tune as a Standard MIDI File of type 1: a track for tempo, meters, key and words, then one for each voice.

Plain notes, tempo, meters and key are said the way every program expects. What MIDI has no event for (a bar shorter than
its meter, a mode, chord names, the role of a voice) stands beside them as text, `name: value`, which others ignore and
`read_midi` understands. An upbeat is a first bar with a meter of its own length, as notation programs write it.
Rounded: the tempo, to whole microseconds a beat, and times that no resolution holds (see `resolution`).
"""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from studio.music.notation.voices import DRUMS, PROGRAMS
from studio.music.theory import MODES, Key
from studio.music.tune import Bar, Tune, Voice

PPQ = 960  # 1/256, triplets and quintuplets of 1/64 are whole ticks
_FINEST = 32767  # ticks a quarter note can have
_LONGEST = 2**28 - 1  # ticks one pause can have
_MELODIC = [channel for channel in range(16) if channel != DRUMS]
_CHORDS = Fraction(1, 2)  # how loud the chord track is beside the tune's 80
Event = tuple[int, int, bytes]  # tick, order among those of the same tick, message


def write_midi(tune: Tune, *, chords: bool = False) -> bytes:
    """The bytes of the file; with `chords` the chord names also sound, on a track of their own."""
    ppq = resolution(tune)
    end = _ticks(tune.length, ppq)
    tracks = [_conductor(tune, ppq)]
    melodic = 0
    for voice in tune.voices:
        tracks.append(_voice(voice, DRUMS if voice.role == "drums" else _MELODIC[melodic % len(_MELODIC)], ppq))
        melodic += voice.role != "drums"
    if chords and tune.chords:
        tracks.append(_chord_track(tune, _MELODIC[melodic % len(_MELODIC)], ppq))
    head = b"MThd" + (6).to_bytes(4, "big") + (1).to_bytes(2, "big") + len(tracks).to_bytes(2, "big") + ppq.to_bytes(2, "big")
    return head + b"".join(_track(events, end) for events in tracks)


def resolution(tune: Tune) -> int:
    """Ticks a quarter note: as few as hold every time exactly. Where none do (lengths of 1/11 beside 1/13 and the like)
    960, and times are rounded: starts and ends alike, so that nothing comes to overlap."""
    times = {t for voice in tune.voices for n in voice.notes for t in (n.start, n.length)}
    times |= set(tune.starts) | {chord.start for chord in tune.chords}
    ppq = PPQ
    for denominator in {(4 * time).denominator for time in times}:
        ppq = lcm(ppq, denominator)
        if ppq > _FINEST or tune.length * 4 * ppq > _LONGEST:
            return PPQ
    return ppq


def _ticks(time: Fraction, ppq: int) -> int:
    return round(time * 4 * ppq)


def _conductor(tune: Tune, ppq: int) -> list[Event]:
    minor = 3 in MODES[tune.key.mode]
    events: list[Event] = [
        (0, 0, _meta(0x03, tune.title.encode())),
        (0, 1, _text("key", key_text(tune.key))),
        (0, 2, _meta(0x59, bytes([tune.key.signature % 256, minor]))),
        (0, 2, _meta(0x51, round(60_000_000 / tune.tempo).to_bytes(3, "big"))),
    ]
    if tune.composer:
        events.append((0, 1, _text("composer", tune.composer)))
    events += [(_ticks(c.start, ppq), 4, _text("chord", c.name)) for c in tune.chords]
    bar = 0
    for section in tune.sections:
        events.append((_ticks(tune.starts[bar], ppq), 4, _meta(0x06, section.label.encode())))
        bar += section.bars
    return events + _meters(tune, ppq)


def key_text(key: Key) -> str:
    return f"{key.tonic} {key.mode}"


def _meters(tune: Tune, ppq: int) -> list[Event]:
    """A meter wherever it changes. A short bar gets one of its own length, but the last, which simply ends sooner."""
    events: list[Event] = []
    now: tuple[int, int] | None = None
    for i, bar in enumerate(tune.bars):
        tick = _ticks(tune.starts[i], ppq)
        whole = bar.length == bar.meter.length
        if not whole:
            events.append((tick, 1, _text("bar", f"{bar.length} of {bar.meter}")))
        last = i + 1 == len(tune.bars) and bar.length < bar.meter.length
        shown = (bar.meter.count, bar.meter.unit) if whole or last else _short(bar)
        if shown and shown != now:
            click = min(max(int(bar.meter.beat * 96), 1), 255)
            events.append((tick, 3, _meta(0x58, bytes([shown[0], shown[1].bit_length() - 1, click, 8]))))
        now = shown
    return events


def _short(bar: Bar) -> tuple[int, int] | None:
    """A meter of the bar's own length; none where no power of two counts it (an upbeat of one triplet note)."""
    unit = max(bar.length.denominator, bar.meter.unit)
    count = bar.length * unit
    return (int(count), unit) if not unit & (unit - 1) and unit <= 64 and count <= 255 else None


def _voice(voice: Voice, channel: int, ppq: int) -> list[Event]:
    events: list[Event] = [
        (0, 0, _meta(0x03, voice.name.encode())),
        (0, 1, _text("role", f"{voice.role} {voice.instrument}")),
        (0, 1, bytes([0xC0 | channel, PROGRAMS[voice.instrument]])),
    ]
    for note in voice.notes:
        start = _ticks(note.start, ppq)
        events += _note(channel, note.pitch, note.velocity, start, max(_ticks(note.end, ppq), start + 1))
    return events


def _chord_track(tune: Tune, channel: int, ppq: int) -> list[Event]:
    events: list[Event] = [(0, 0, _meta(0x03, b"Chords")), (0, 1, bytes([0xC0 | channel, PROGRAMS["pad"]]))]
    ends = [*(chord.start for chord in tune.chords[1:]), tune.length]
    for chord, end in zip(tune.chords, ends, strict=True):
        for pitch in (48 + kind for kind in chord.classes):
            events += _note(channel, pitch, int(80 * _CHORDS), _ticks(chord.start, ppq), _ticks(end, ppq))
    return events


def _note(channel: int, pitch: int, velocity: int, start: int, end: int) -> Iterable[Event]:
    yield start, 6, bytes([0x90 | channel, pitch, velocity])
    yield end, 5, bytes([0x80 | channel, pitch, 0])


def _text(name: str, value: str) -> bytes:
    return _meta(0x01, f"{name}: {value}".encode())


def _meta(kind: int, value: bytes) -> bytes:
    return bytes([0xFF, kind]) + _number(len(value)) + value


def _number(value: int) -> bytes:
    """Seven bits a byte; all but the last have the eighth set."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def _track(events: list[Event], end: int) -> bytes:
    out, now = bytearray(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        out += _number(tick - now) + message
        now = tick
    out += _number(max(end - now, 0)) + _meta(0x2F, b"")
    return b"MTrk" + len(out).to_bytes(4, "big") + bytes(out)
