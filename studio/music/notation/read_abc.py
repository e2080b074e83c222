"""Reads ABC 2.1: headers, voices, repeats and endings, ties, tuplets, broken rhythm, chords, inline fields.

Left out on purpose, and skipped where they stand: words, slurs, ornaments, grace notes, macros, overlays (`&`).
Reads what a tune sounds like; how it was laid out is not kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from studio.core.errors import Refused
from studio.music.notation.chord_names import read_chord
from studio.music.notation.engraving import signature_of
from studio.music.notation.measures import Measure, Sounding
from studio.music.notation.voices import MAX_VOICES
from studio.music.theory import FIFTHS_OF_MODE, NATURAL, Key, Meter, Mode, read_meter
from studio.music.tune import MAX_BARS, MAX_NOTES, ZERO

_MODES: dict[str, Mode] = {
    "": "major", "maj": "major", "ion": "major", "min": "minor", "m": "minor", "aeo": "minor", "dor": "dorian",
    "mix": "mixolydian", "phr": "phrygian", "lyd": "lydian", "loc": "locrian",
}  # fmt: skip
_KEY = re.compile(r"\s*([A-G])([#b]?)\s*([a-zA-Z]*)")
_TOKEN = re.compile(
    r"""(?P<text>"[^"]{0,200}")
    |(?P<ornament>![^!\n]{0,40}!|\+[a-z]{1,40}\+|[~HLMOPSTuv](?=[\^_=~HLMOPSTuv]{0,8}[A-Ga-g\[]))
    |(?P<field>\[[A-Za-z]:[^\]]{0,200}\])
    |(?P<bar>\[?\|*:+\|*:*\|*(?:\d[\d,.-]*)?|\[?\|+\]?(?:\d[\d,.-]*)?|\[\d[\d,.-]*)
    |(?P<grace>\{[^}]{0,200}\})
    |(?P<tuplet>\(\d{1,3}(?::\d{0,3})?(?::\d{0,3})?)
    |(?P<chord>\[(?=[^\]\[|]{0,100}[A-Ga-g])[^\]\[|]{0,100}\](?P<chordlength>\d*/*\d*)(?P<chordtie>-?))
    |(?P<note>(?P<sign>[\^_=]{0,4})(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>\d*/*\d*)(?P<tie>-?))
    |(?P<rest>[zx](?P<restlength>\d*/*\d*))
    |(?P<bars>[ZX](?P<restbars>\d*))
    |(?P<broken><+|>+)
    |(?P<overlay>&[^|]*)
    """,
    re.X,
)
_INNER = re.compile(r"([\^_=]*)([A-Ga-g])([,']*)(\d*/*\d*)(-?)")
_KINDS = ("note", "bar", "text", "field", "tuplet", "chord", "rest", "bars", "broken")
_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # p notes in the time of q, when the tune does not say
_MOST_TEXT = 400_000  # characters of one tune
_SHORTEST = Fraction(1, 512)
_LONGEST = Fraction(64)


@dataclass
class Part:
    """One voice as it is read: the measures so far and what is still open."""

    meter: Meter
    key: Key
    unit: Fraction
    measures: list[Measure] = field(default_factory=list)
    now: Measure | None = None
    signs: dict[tuple[str, int], int] = field(default_factory=dict)
    endings: frozenset[int] = frozenset()
    tuplet: tuple[Fraction, int] | None = None  # factor, notes left
    broken: Fraction | None = None  # factor for the next note
    last: list[Sounding] = field(default_factory=list)
    last_length: Fraction = ZERO
    name: str = ""
    about: list[str] = field(default_factory=list)  # the lines that begin with %%
    mark: str = ""  # the section that begins with the next measure
    placed: int = 0

    def measure(self) -> Measure:
        if self.now is None:
            self.now = Measure(self.meter, endings=self.endings, mark=self.mark)
            self.mark = ""
            self.signs.clear()
        return self.now

    def place(self, pitches: list[tuple[int, bool]], length: Fraction) -> None:
        if not _SHORTEST <= length <= _LONGEST:
            raise Refused("This ABC has a note of an impossible length. Check the numbers after the notes.")
        if self.tuplet:
            factor, left = self.tuplet
            length *= factor
            self.tuplet = (factor, left - 1) if left > 1 else None
        if self.broken is not None:
            length, self.broken = length * self.broken, None
        measure = self.measure()
        self.placed += max(len(pitches), 1)
        if self.placed > MAX_NOTES:
            raise Refused(f"This ABC has more than {MAX_NOTES} notes in one voice. Import a shorter tune.")
        self.last = [Sounding(measure.length, length, pitch, tie) for pitch, tie in pitches]
        self.last_length = length
        measure.notes += self.last
        measure.length += length

    def break_rhythm(self, mark: str) -> None:
        """`a>b`: the first takes half of the second; doubled, three quarters."""
        if self.now is None or not self.last_length or len(mark) > 3:
            return
        small = Fraction(1, 2 ** len(mark))
        first, second = (2 - small, small) if mark[0] == ">" else (small, 2 - small)
        for note in self.last:
            note.length *= first
        self.now.length += self.last_length * (first - 1)
        self.last_length *= first
        self.broken = second

    def end_measure(self, *, double: bool, closes: int) -> None:
        if len(self.measures) >= MAX_BARS:
            raise Refused(f"This ABC has more than {MAX_BARS} bars. Import a shorter tune.")
        if self.now is not None:
            self.now.double, self.now.closes = double, closes
            self.measures.append(self.now)
            self.now = None
        elif self.measures:
            self.measures[-1].closes = max(self.measures[-1].closes, closes)
            self.measures[-1].double |= double


def read_abc(text: str) -> tuple[dict[str, str], Key, list[Part]]:
    """Header fields, the key and the voices of the first tune in a file; raises Refused with a sentence."""
    head, body = _split(text)
    key = _read_key(head.get("K", "C"))
    try:
        meter = read_meter(head.get("M", "4/4")) if head.get("M", "4/4").strip().lower() != "none" else Meter()
    except ValueError as error:
        raise Refused(f"The meter of this ABC cannot be read: {head['M'][:20]}. Write it like M:6/8.") from error
    unit = _length(head["L"]) if "L" in head else Fraction(1, 16 if meter.length < Fraction(3, 4) else 8)
    parts: dict[str, Part] = {}
    name = ""
    for line in body:
        if line.startswith("V:"):
            name = line[2:].split()[0] if line[2:].split() else ""
            part = parts.setdefault(name, Part(meter, key, unit))
            if said := re.search(r'(?:name|nm)="([^"]{0,200})"', line):
                part.name = said[1]
            if len(parts) > MAX_VOICES:
                raise Refused(f"This ABC has more than {MAX_VOICES} voices. Leave some of them out.")
            continue
        part = parts.setdefault(name, Part(meter, key, unit))
        if line.startswith("%%"):
            part.about.append(line)
            continue
        if re.match(r"[A-Za-z]:(?!\|)", line):
            _change(part, line[0], line[2:].strip())
            continue
        if switch := re.match(r"\[V:\s*(\S+?)[^\]]*\]", line):
            name = switch[1]
            part = parts.setdefault(name, Part(meter, key, unit))
        _read_line(part, line)
    found = [part for part in parts.values() if part.measures or part.now]
    for part in found:
        part.end_measure(double=False, closes=0)
    if not any(measure.notes for part in found for measure in part.measures):
        raise Refused("There are no notes in this ABC. A tune has a line like K:D and then notes like |: d2 A F |.")
    return head, key, found


def _split(text: str) -> tuple[dict[str, str], Iterator[str]]:
    """Header fields up to K:, and the lines of the first tune's body."""
    text = text.replace("\r", "\n")
    first = re.search(r"^X:", text, re.M)
    start = first.start() if first else 0
    following = re.compile(r"^X:", re.M).search(text, start + 1)
    text = text[start : following.start() if following else None]
    if len(text) > _MOST_TEXT:
        raise Refused(f"This ABC tune is longer than {_MOST_TEXT} characters. Import a shorter one.")
    kept = [kept for line in text.split("\n") if (kept := _without_comment(line.strip()))]
    head: dict[str, str] = {}
    voices: list[str] = []
    for i, line in enumerate(kept):
        if line.startswith("%%"):
            continue
        if not re.match(r"[A-Za-z]:(?!\|)", line):
            return head, iter(voices + _one_tune(kept[i:]))
        if line[0] == "V":
            voices.append(line)
        head.setdefault(line[0], line[2:].strip())
        if line[0] == "K":
            return head, iter(voices + _one_tune(kept[i + 1 :]))
    return head, iter(())


def _without_comment(line: str) -> str:
    if line.startswith("%%"):
        return line if line.startswith(("%%MIDI ", "%%tandem ")) else ""
    return re.sub(r"(?<!\\)%.*", "", line).strip().replace("\\%", "%")


def _one_tune(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(("w:", "W:", "T:", "N:", "s:", "+:"))]


def _read_key(text: str) -> Key:
    text = text.strip()
    if text[:2].upper() in ("HP", "NO", ""):
        return Key(tonic="D", mode="mixolydian") if text[:2].upper() == "HP" else Key()
    found = _KEY.match(text)
    if not found:
        return Key()
    mode = _MODES.get(found[3][:3].lower(), "minor" if found[3] == "m" else "major")
    try:
        return Key(tonic=found[1] + found[2], mode=mode)
    except ValueError as error:
        raise Refused(f"The key of this ABC cannot be printed: {text[:20]}.") from error


def _change(part: Part, name: str, value: str) -> None:
    if name == "P":
        part.mark = value if re.fullmatch("[A-Z]", value) else ""
        if part.now is not None and not part.now.length:
            part.now.mark, part.mark = part.mark, ""
    elif name == "K":
        part.key = _read_key(value)
    elif name == "L":
        part.unit = _length(value)
    elif name == "M":
        try:
            part.meter = read_meter(value)
        except ValueError:
            return
        if part.now is not None and not part.now.length:
            part.now.meter = part.meter


def _length(text: str) -> Fraction:
    """`3/2`, `/`, `//`, `` and so on, as a factor or a fraction of a whole note."""
    found = re.match(r"\s*(\d{0,4})(/*)(\d{0,4})", text)
    assert found is not None
    top = int(found[1] or 1)
    bottom = int(found[3]) if found[3] else 2 ** min(len(found[2]), 9)
    if not top or not bottom:
        raise Refused(f"`{text[:20]}` is not the length of a note.")
    return Fraction(top, bottom)


def _read_line(part: Part, line: str) -> None:
    for found in _TOKEN.finditer(line):
        match next((kind for kind in _KINDS if found[kind]), None):
            case "text":
                if chord := read_chord(found["text"][1:-1]):
                    measure = part.measure()
                    measure.chords.append(chord.changed(start=measure.length))
            case "field":
                _change(part, found["field"][1], found["field"][3:-1].strip())
            case "bar":
                _bar(part, found["bar"])
            case "tuplet":
                _tuplet(part, found["tuplet"])
            case "chord":
                _stack(part, found)
            case "note":
                pitch = _pitch(part, found["sign"], found["letter"], found["octave"])
                part.place([(pitch, bool(found["tie"]))], part.unit * _length(found["length"]))
            case "rest":
                part.place([], part.unit * _length(found["restlength"]))
            case "bars":
                _rest_bars(part, int(found["restbars"] or 1))
            case "broken":
                part.break_rhythm(found["broken"])


def _stack(part: Part, found: re.Match[str]) -> None:
    """Notes in brackets sound together; the first one's length counts."""
    notes = _INNER.findall(found["chord"])
    length = _length(notes[0][3]) * _length(found["chordlength"])
    tie = bool(found["chordtie"])
    pitches = {_pitch(part, sign, letter, octave): tie or bool(own) for sign, letter, octave, _, own in notes}
    part.place(sorted(pitches.items()), part.unit * length)


def _rest_bars(part: Part, count: int) -> None:
    for _ in range(min(count, 500)):
        part.measure().length = part.meter.length
        part.end_measure(double=False, closes=0)


def _tuplet(part: Part, text: str) -> None:
    p, q, r = ([int(n) if n else 0 for n in text[1:].split(":")] + [0, 0])[:3]
    if p < 2:
        return
    q = q or _TIMES.get(p) or (3 if part.meter.compound else 2)
    part.tuplet = (Fraction(q, p), r or p)


def _bar(part: Part, text: str) -> None:
    mark = re.match(r"[^\d]*", text)
    assert mark is not None
    sign, numbers = mark[0], text[mark.end() :]
    before, after = sign.split("|")[0].count(":"), sign.split("|")[-1].count(":") if "|" in sign else 0
    if "|" not in sign and ":" in sign:  # `::` closes one repeat and opens the next
        before = after = 1
    if sign != "[":
        part.end_measure(double="||" in sign or "]" in sign or "[" in sign.rstrip("[") or bool(before), closes=min(before, 8))
        if part.endings and ("||" in sign or "]" in sign or before or after):
            part.endings = frozenset()
    if numbers:
        part.endings = _numbers(numbers)
        if part.now is not None:
            part.now.endings = part.endings
    if after:
        part.measure().opens = True


def _numbers(text: str) -> frozenset[int]:
    found: set[int] = set()
    for piece in text.strip(".,-").split(","):
        first, _, last = piece.strip(".").partition("-")
        if first.isdigit():
            found |= set(range(int(first), min(int(last) if last.isdigit() else int(first), 32) + 1))
    return frozenset(found)


def _pitch(part: Part, sign: str, letter: str, octave: str) -> int:
    place = 5 if letter.islower() else 4
    place += octave.count("'") - octave.count(",")
    name = letter.upper()
    part.measure()  # a new measure forgets the signs of the last
    if sign:
        part.signs[name, place] = min(max(sign.count("^") - sign.count("_"), -2), 2)
    alter = part.signs.get((name, place), signature_of(part.key)[name])
    pitch = 12 * (place + 1) + NATURAL[name] + alter
    if not 0 <= pitch <= 127:
        raise Refused("This ABC has a note that no instrument reaches. Check the commas and apostrophes after the notes.")
    return pitch


assert set(FIFTHS_OF_MODE) == set(_MODES.values())
