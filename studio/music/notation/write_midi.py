"""Writes a Tune as a Standard MIDI File of type 1: a track for tempo, meters, key and words, then one for each voice.

Plain notes, tempo, meters and key are said the way every program expects. What MIDI has no event for (a bar shorter than
its meter, a mode, chord names, the role of a voice) stands beside them as text, `name: value`, which others ignore and
`read_midi` understands. An upbeat is a first bar with a meter of its own length, as notation programs write it.
"""

from fractions import Fraction
from io import BytesIO
from math import lcm
from typing import Any

from studio.music.notation.voices import PROGRAMS
from studio.music.theory import MODES, Key, key_from_signature
from studio.music.tune import Bar, Tune, Voice

PPQ = 960
_FINEST = 32767  # ticks a quarter note can have
_LONGEST = 2**28 - 1  # ticks one pause can have
_MELODIC = [channel for channel in range(16) if channel != 9]
_DRUMS = 9
Event = tuple[int, int, Any]  # tick, order among those of the same tick, message


def write_midi(tune: Tune) -> bytes:
    import mido  # type: ignore[import-untyped]

    ppq = resolution(tune)
    file = mido.MidiFile(type=1, ticks_per_beat=ppq, charset="utf-8")
    end = _ticks(tune.length, ppq)
    file.tracks.append(_track(_conductor(tune, ppq), end))
    melodic = 0
    for voice in tune.voices:
        channel = _DRUMS if voice.role == "drums" else _MELODIC[melodic % len(_MELODIC)]
        melodic += voice.role != "drums"
        file.tracks.append(_track(_voice(voice, channel, ppq), end))
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


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
    import mido

    minor = 3 in MODES[tune.key.mode]
    printed = key_from_signature(tune.key.signature, "minor" if minor else "major").tonic + ("m" if minor else "")
    events: list[Event] = [
        (0, 0, mido.MetaMessage("track_name", name=tune.title)),
        (0, 1, _text("key", key_text(tune.key))),
        (0, 2, mido.MetaMessage("key_signature", key=printed)),
        (0, 2, mido.MetaMessage("set_tempo", tempo=round(60_000_000 / tune.tempo))),
    ]
    if tune.composer:
        events.append((0, 1, _text("composer", tune.composer)))
    events += [(_ticks(c.start, ppq), 4, _text("chord", c.name)) for c in tune.chords]
    bar = 0
    for section in tune.sections:
        events.append((_ticks(tune.starts[bar], ppq), 4, mido.MetaMessage("marker", text=section.label)))
        bar += section.bars
    return events + _meters(tune, ppq)


def key_text(key: Key) -> str:
    return f"{key.tonic} {key.mode}"


def _text(name: str, value: str) -> Any:
    import mido

    return mido.MetaMessage("text", text=f"{name}: {value}")


def _meters(tune: Tune, ppq: int) -> list[Event]:
    """A meter wherever it changes. A short bar gets one of its own length, but the last, which simply ends sooner."""
    import mido

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
            click = max(int(bar.meter.beat * 96), 1)
            message = mido.MetaMessage("time_signature", numerator=shown[0], denominator=shown[1], clocks_per_click=click)
            events.append((tick, 3, message))
        now = shown
    return events


def _short(bar: Bar) -> tuple[int, int] | None:
    """A meter of the bar's own length; none where no power of two counts it (an upbeat of one triplet note)."""
    unit = max(bar.length.denominator, bar.meter.unit)
    count = bar.length * unit
    return (int(count), unit) if not unit & (unit - 1) and unit <= 64 and count <= 255 else None


def _voice(voice: Voice, channel: int, ppq: int) -> list[Event]:
    import mido

    events: list[Event] = [
        (0, 0, mido.MetaMessage("track_name", name=voice.name)),
        (0, 1, _text("role", f"{voice.role} {voice.instrument}")),
        (0, 1, mido.Message("program_change", channel=channel, program=PROGRAMS[voice.instrument])),
    ]
    for note in voice.notes:
        start = _ticks(note.start, ppq)
        end = max(_ticks(note.end, ppq), start + 1)
        events.append((start, 6, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)))
        events.append((end, 5, mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)))
    return events


def _track(events: list[Event], end: int) -> Any:
    import mido

    track, now = mido.MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - now, 0)))
    return track
