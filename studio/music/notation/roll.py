"""A Tune as JSON for a piano roll in the browser, and back: times are whole ticks, notes are short lists.

    {"ticks": 960,                                   ticks of a whole note: 1/64, triplets and quintuplets are whole
     "length": 1920, "title": "...", "tempo": 90,    quarter notes a minute
     "key": {"tonic": "D", "mode": "dorian", "scale": [0, 2, ...], "names": ["C", "C#", ...]},   by pitch class
     "meters": {"6/8": {"count": 6, "unit": 8, "beats": [0, 360]}},
     "bars": [[start, length, "6/8"], ...],
     "sections": [["A", first bar, bars], ...],
     "chords": [[start, "Dm7"], ...],
     "voices": [{"name": "Melody", "role": "melody", "instrument": "plucked", "notes": [[start, length, pitch, velocity], ...]}]}

`ticks` is a multiple of 960 where a tune needs more (sevenths, ninths). Times that not even a million ticks hold are
rounded, starts and ends alike. What comes back is checked field by field. `length`, `scale`, `names`, `meters` are for
the browser and not read back; the composer comes from the tune that was drawn.
"""

from fractions import Fraction
from math import lcm
from typing import Any, NoReturn, get_args

from studio.core.errors import Refused
from studio.music.notation.chord_names import read_chord
from studio.music.notation.engraving import read_decimal
from studio.music.theory import Key, Meter, Mode, read_meter
from studio.music.tune import MAX_BARS, MAX_NOTES, Bar, Chord, Instrument, Note, Role, Section, Tune, Voice

TICKS = 960
_FINEST = 1_000_000
_ROUNDED = 20_160  # 64 x 9 x 5 x 7
_LONGEST = 2**53  # whole numbers a browser holds
_MOST_VOICES = 32


def to_roll(tune: Tune) -> dict[str, Any]:
    ticks = _ticks(tune)

    def at(time: Fraction) -> int:
        return round(time * ticks)

    key = tune.key
    spans = zip(tune.starts, tune.starts[1:], tune.bars, strict=False)
    tempo = float(tune.tempo)
    return {
        "ticks": ticks,
        "length": at(tune.length),
        "title": tune.title,
        "tempo": int(tempo) if tempo.is_integer() else tempo,
        "key": {
            "tonic": key.tonic,
            "mode": key.mode,
            "scale": sorted(key.scale),
            "names": [key.spell(pitch) for pitch in range(12)],
        },
        "meters": {str(meter): _meter(meter, ticks) for meter in {bar.meter: None for bar in tune.bars}},
        "bars": [[at(start), at(end) - at(start), str(bar.meter)] for start, end, bar in spans],
        "sections": _sections(tune),
        "chords": [[at(chord.start), chord.name] for chord in tune.chords],
        "voices": [
            {
                "name": voice.name,
                "role": voice.role,
                "instrument": voice.instrument,
                "notes": [[at(n.start), max(at(n.end) - at(n.start), 1), n.pitch, n.velocity] for n in voice.notes],
            }
            for voice in tune.voices
        ],
    }


def from_roll(data: Any, base: Tune) -> Tune:
    """The tune as it was changed in the roll; raises Refused with a sentence that can be shown."""
    roll = _object(data, "The piano roll")
    ticks = _whole(roll.get("ticks"), 1, _FINEST, "The number of ticks of a whole note")
    bars = _bars(roll.get("bars"), ticks)
    edges = [0]
    for bar in bars:
        edges.append(edges[-1] + int(bar.length * ticks))
    voices = _list(roll.get("voices"), 1, _MOST_VOICES, "voices")
    try:
        return Tune(
            title=_text(roll.get("title"), "The title") or "Untitled",
            composer=base.composer,
            key=_key(roll.get("key")),
            tempo=_tempo(roll.get("tempo"), base.tempo),
            bars=bars,
            voices=tuple(_voice(voice, ticks, edges) for voice in voices),
            chords=_chords(roll.get("chords"), ticks, edges[-1]),
            sections=_read_sections(roll.get("sections"), len(bars)),
        )
    except ValueError as error:
        raise Refused(f"The piano roll does not make a tune: {str(error)[:200]}.") from None


def _ticks(tune: Tune) -> int:
    times = {t for voice in tune.voices for n in voice.notes for t in (n.start, n.length)}
    times |= set(tune.starts) | {chord.start for chord in tune.chords}
    ticks = TICKS
    for denominator in {time.denominator for time in times}:
        ticks = lcm(ticks, denominator)
        if ticks > _FINEST:
            return _ROUNDED
    return ticks


def _meter(meter: Meter, ticks: int) -> dict[str, Any]:
    return {"count": meter.count, "unit": meter.unit, "beats": [round(beat * ticks) for beat in meter.beats]}


def _sections(tune: Tune) -> list[list[Any]]:
    out: list[list[Any]] = []
    first = 0
    for section in tune.sections:
        out.append([section.label, first, section.bars])
        first += section.bars
    return out


def _bars(data: Any, ticks: int) -> tuple[Bar, ...]:
    out, now = [], 0
    for i, row in enumerate(_list(data, 1, MAX_BARS, "bars"), 1):
        start, length, meter = _row(row, 3, f"Bar {i}")
        size = _whole(length, 1, 16 * ticks, f"The length of bar {i}")
        if _whole(start, 0, _LONGEST, f"The start of bar {i}") != now:
            _refuse(f"Bar {i} does not begin where the one before it ends")
        try:
            out.append(Bar(length=Fraction(size, ticks), meter=read_meter(_text(meter, f"The meter of bar {i}"))))
        except ValueError:
            _refuse(f"The meter of bar {i} cannot be read")
        now += size
    return tuple(out)


def _voice(data: Any, ticks: int, edges: list[int]) -> Voice:
    voice = _object(data, "A voice")
    name = _text(voice.get("name"), "The name of a voice") or "Melody"
    role, instrument = voice.get("role"), voice.get("instrument")
    if role not in get_args(Role):
        _refuse(f"The role of {name} must be one of {', '.join(get_args(Role))}")
    if instrument not in get_args(Instrument):
        _refuse(f"The instrument of {name} must be one of {', '.join(get_args(Instrument))}")
    notes = sorted(_note(row, name, edges[-1]) for row in _list(voice.get("notes"), 0, MAX_NOTES, f"notes in {name}"))
    for a, b in zip(notes, notes[1:], strict=False):
        if role != "drums" and b[0] < a[0] + a[1] and (a[0], a[1]) != (b[0], b[1]):
            bar = sum(edge <= b[0] for edge in edges)
            _refuse(f"Two notes of {name} overlap in bar {bar}. Shorten one of them, or let both begin and end together")
    made = tuple(Note(start=Fraction(s, ticks), length=Fraction(d, ticks), pitch=p, velocity=v) for s, d, p, v in notes)
    return Voice(name=name, role=role, instrument=instrument, notes=made)


def _note(row: Any, voice: str, end: int) -> tuple[int, int, int, int]:
    start, length, pitch, velocity = _row(row, 4, f"A note of {voice}")
    start = _whole(start, 0, _LONGEST, f"The start of a note of {voice}")
    length = _whole(length, 1, _LONGEST, f"The length of a note of {voice}")
    if start + length > end:
        _refuse(f"A note of {voice} goes on after the last bar. Shorten it, or add a bar")
    pitch = _whole(pitch, 0, 127, f"The pitch of a note of {voice}")
    return start, length, pitch, _whole(velocity, 1, 127, f"The loudness of a note of {voice}")


def _chords(data: Any, ticks: int, end: int) -> tuple[Chord, ...]:
    found: dict[int, Chord] = {}
    for row in _list(data, 0, MAX_NOTES, "chords"):
        start, name = _row(row, 2, "A chord")
        text = _text(name, "The name of a chord")
        chord = read_chord(text)
        if chord is None:
            _refuse(f"`{text[:20]}` is not a chord this studio knows. Write it like Dm7 or G/B")
        at = _whole(start, 0, end - 1, "The start of a chord")
        if at in found:
            _refuse(f"Two chords begin at the same time: {found[at].name} and {chord.name}. Keep one of them")
        found[at] = chord.changed(start=Fraction(at, ticks))
    return tuple(found[start] for start in sorted(found))


def _read_sections(data: Any, bars: int) -> tuple[Section, ...]:
    out, now = [], 0
    for row in _list(data, 0, MAX_BARS, "sections"):
        label, first, count = _row(row, 3, "A section")
        if _whole(first, 0, bars - 1, "The first bar of a section") != now:
            _refuse("A section does not begin where the one before it ends")
        out.append(Section(label=_text(label, "The letter of a section"), bars=_whole(count, 1, bars, "The bars of a section")))
        now += out[-1].bars
    return tuple(out)


def _key(data: Any) -> Key:
    key = _object(data, "The key")
    tonic, mode = _text(key.get("tonic"), "The tonic of the key"), key.get("mode")
    if mode not in get_args(Mode):
        _refuse(f"The mode of the key must be one of {', '.join(get_args(Mode))}")
    try:
        return Key(tonic=tonic, mode=mode)
    except ValueError:
        _refuse(f"There is no key {tonic[:20]} {mode}. Choose a letter from A to G with or without # or b")


def _tempo(value: Any, before: Fraction) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 10 <= value <= 600:
        _refuse("The tempo must be a number from 10 to 600 quarter notes a minute")
    return before if float(before) == value else read_decimal(f"{value:.6f}")


def _whole(value: Any, low: int, high: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        _refuse(f"{what} must be a whole number from {low} to {high}")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or len(value) > 200:
        _refuse(f"{what} must be a text of at most 200 letters")
    return value


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{what} has the wrong form")
    return value


def _list(value: Any, low: int, high: int, what: str) -> list[Any]:
    if not isinstance(value, list | tuple) or not low <= len(value) <= high:
        _refuse(f"The piano roll needs a list of {low} to {high} {what}")
    return list(value)


def _row(value: Any, size: int, what: str) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) != size:
        _refuse(f"{what} must be a list of {size} values")
    return list(value)


def _refuse(why: str) -> NoReturn:
    raise Refused(f"{why}.")
