"""Writes a Tune as MusicXML 4.0, a part for each voice; every time and length is exact.

Notes carry ids for a cursor: `v0n12` is note 12 of voice 0, and its further pieces after a tie are `v0n12-2` and so on.
What MusicXML has no element for (the role of a voice, the family of its sound) is a miscellaneous field, as the format
foresees. Drums last until the next hit at the longest. Repeats are written out.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from math import lcm
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from studio.music.notation.engraving import Signs, beams, decimal, flags, runs, section_starts, spelled, tempo_mark
from studio.music.notation.voices import DRUMS, PROGRAMS
from studio.music.notation.written import VALUES, Written, written
from studio.music.theory import ALTER, Quality
from studio.music.tune import ZERO, Bar, Chord, Tune, Voice

KINDS: dict[Quality, str] = {
    "": "major", "m": "minor", "7": "dominant", "m7": "minor-seventh", "maj7": "major-seventh", "dim": "diminished",
    "aug": "augmented", "sus4": "suspended-fourth", "m7b5": "half-diminished", "dim7": "diminished-seventh",
    "6": "major-sixth", "m6": "minor-sixth",
}  # fmt: skip
TYPES: dict[Fraction, str] = {
    Fraction(4): "long", Fraction(2): "breve", Fraction(1): "whole", Fraction(1, 2): "half", Fraction(1, 4): "quarter",
    Fraction(1, 8): "eighth", **{Fraction(1, 2**n): f"{2**n}th" for n in (4, 6, 7, 8, 9, 10)}, Fraction(1, 32): "32nd",
}  # fmt: skip
ACCIDENTALS = {0: "natural", 1: "sharp", -1: "flat", 2: "double-sharp", -2: "flat-flat"}
_DRUM_LINES = {35: "F4", 36: "F4", 38: "C5", 40: "C5", 42: "G5", 44: "G5", 46: "G5", 49: "A5", 51: "F5"}
_CYMBALS = frozenset((42, 44, 46, 49, 51, 52, 53, 55, 57, 59))
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n<score-partwise version="4.0">'
)
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="tune.musicxml" '
    'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>'
)
_YEAR = (1980, 1, 1, 0, 0, 0)  # the same tune gives the same bytes


def write_musicxml(tune: Tune) -> bytes:
    parts = [_Part(tune, voice, i) for i, voice in enumerate(tune.voices)]
    lines = [_HEAD, f"<work><work-title>{_text(tune.title)}</work-title></work>", "<identification>"]
    if tune.composer:
        lines.append(f'<creator type="composer">{_text(tune.composer)}</creator>')
    lines.append("<encoding><software>Tandem Studio</software></encoding><miscellaneous>")
    for part in parts:
        said = f"{part.voice.role} {part.voice.instrument}"
        lines.append(f'<miscellaneous-field name="voice-P{part.index + 1}">{said}</miscellaneous-field>')
    lines.append("</miscellaneous></identification><part-list>")
    for part in parts:
        lines += part.declared()
    lines.append("</part-list>")
    for part in parts:
        lines += part.lines()
    return "\n".join([*lines, "</score-partwise>\n"]).encode()


def write_mxl(tune: Tune) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo("META-INF/container.xml", _YEAR), _CONTAINER, ZIP_DEFLATED)
        archive.writestr(ZipInfo("tune.musicxml", _YEAR), write_musicxml(tune), ZIP_DEFLATED)
    return out.getvalue()


class _Part:
    def __init__(self, tune: Tune, voice: Voice, index: int) -> None:
        self.tune, self.voice, self.index = tune, voice, index
        self.drums = voice.role == "drums"
        self.bars = written(tune, voice)
        times = {t for bar in self.bars for piece in bar for t in (piece.start, piece.length)}
        times |= set(tune.starts) | {chord.start for chord in tune.chords if index == 0}
        self.divisions = lcm(1, *((4 * time).denominator for time in times))
        self.numbers = {(note.start, note.pitch): i for i, note in enumerate(voice.notes)}
        self.sounding: dict[int, tuple[int, int]] = {}  # by pitch: the note that is held over, and which piece of it comes

    def declared(self) -> Iterator[str]:
        name, channel = f"P{self.index + 1}", DRUMS if self.drums else self.index % 15
        channel += 1 if self.drums or channel < DRUMS else 2
        sounds = sorted({n.pitch for n in self.voice.notes}) if self.drums else [0]
        yield f'<score-part id="{name}"><part-name>{_text(self.voice.name)}</part-name>'
        for i in sounds:
            yield f'<score-instrument id="{name}-I{i}">{_el("instrument-name", self.voice.instrument)}</score-instrument>'
        for i in sounds:
            program = _el("midi-channel", channel) + _el("midi-program", PROGRAMS[self.voice.instrument] + 1)
            unpitched = _el("midi-unpitched", i + 1) if self.drums else ""
            yield f'<midi-instrument id="{name}-I{i}">{program}{unpitched}</midi-instrument>'
        yield "</score-part>"

    def lines(self) -> Iterator[str]:
        yield f'<part id="P{self.index + 1}">'
        first = 0 if self.tune.pickup else 1
        sections = section_starts(self.tune)
        for i, (bar, pieces) in enumerate(zip(self.tune.bars, self.bars, strict=True)):
            last = i + 1 == len(self.bars)
            short = bar.length != bar.meter.length and not last
            yield f'<measure number="{i + first}"' + (' implicit="yes">' if short else ">")
            yield from self._attributes(i, bar)
            if self.index == 0:
                yield from self._directions(i, sections.get(i, ""))
            yield from self._bar(i, bar, pieces)
            if last or i + 1 in sections:
                yield f'<barline location="right"><bar-style>light-{"heavy" if last else "light"}</bar-style></barline>'
            yield "</measure>"
        yield "</part>"

    def _attributes(self, i: int, bar: Bar) -> Iterator[str]:
        if i and bar.meter == self.tune.bars[i - 1].meter:
            return
        time = _el("time", _el("beats", bar.meter.count) + _el("beat-type", bar.meter.unit))
        if i:
            yield f"<attributes>{time}</attributes>"
            return
        key = self.tune.key
        signature = "" if self.drums else _el("key", _el("fifths", key.signature) + _el("mode", key.mode))
        yield _el("attributes", _el("divisions", self.divisions) + signature + time + self._clef())

    def _clef(self) -> str:
        if self.drums:
            return "<clef><sign>percussion</sign><line>2</line></clef>"
        pitches = [n.pitch for n in self.voice.notes] or [60]
        low = sum(pitches) / len(pitches) < 57
        return f"<clef><sign>{'F' if low else 'G'}</sign><line>{4 if low else 2}</line></clef>"

    def _directions(self, i: int, section: str) -> Iterator[str]:
        if section:
            words = f"<direction-type><rehearsal>{section}</rehearsal></direction-type>"
            yield f'<direction placement="above">{words}</direction>'
        if i == 0:
            unit, count = tempo_mark(self.tune)
            base, dots = VALUES[unit]
            beat = _el("beat-unit", TYPES[base]) + "<beat-unit-dot/>" * dots + _el("per-minute", decimal(count))
            mark = _el("direction-type", _el("metronome", beat))
            yield f'<direction placement="above">{mark}<sound tempo="{decimal(self.tune.tempo)}"/></direction>'

    def _bar(self, i: int, bar: Bar, pieces: list[Written]) -> Iterator[str]:
        start = self.tune.starts[i]
        chords = [c for c in self.tune.chords if start <= c.start < start + bar.length] if self.index == 0 else []
        if bar.length == bar.meter.length and not any(piece.pitches for piece in pieces):
            yield from (self._harmony(chord, start) for chord in chords)
            yield f'<note><rest measure="yes"/><duration>{self._ticks(bar.length)}</duration><voice>1</voice></note>'
            return
        signs = Signs(self.tune.key)
        beamed: dict[int, list[str]] = {}
        for run in runs(pieces, bar, upbeat=i == 0 and bool(self.tune.pickup)):
            beamed |= zip(run, beams([flags(pieces[j]) for j in run]) if len(run) > 1 else [[]] * len(run), strict=True)
        for j, piece in enumerate(pieces):
            here = start + piece.start
            yield from (self._harmony(chord, here) for chord in chords if here <= chord.start < here + piece.length)
            yield from self._piece(piece, here, signs, beamed[j])

    def _ticks(self, time: Fraction) -> int:
        return int(time * 4 * self.divisions)

    def _harmony(self, chord: Chord, now: Fraction) -> str:
        bass = _step("bass", chord.bass) if chord.bass else ""
        offset = f"<offset>{self._ticks(chord.start - now)}</offset>" if chord.start > now else ""
        kind = f'<kind text="{chord.quality}">{KINDS[chord.quality]}</kind>'
        return f"<harmony>{_step('root', chord.root)}{kind}{bass}{offset}</harmony>"

    def _piece(self, piece: Written, now: Fraction, signs: Signs, beamed: list[str]) -> Iterator[str]:
        common = f"<duration>{self._ticks(piece.length)}</duration>"
        if not piece.pitches:
            yield f"<note><rest/>{common}<voice>1</voice>{_shape(piece)}{_notations(piece)}</note>"
        for i, pitch in enumerate(piece.pitches):
            number, part = self.sounding.pop(pitch, (0, 1)) if piece.held else (self.numbers[now, pitch], 1)
            if piece.tied:
                self.sounding[pitch] = (number, part + 1)
            velocity = self.voice.notes[number].velocity
            loud = f' dynamics="{decimal(Fraction(velocity * 10, 9), 2)}"' if velocity != 80 else ""
            name, sign, head = self._name(pitch, piece, signs)
            tie = ('<tie type="stop"/>' if piece.held else "") + ('<tie type="start"/>' if piece.tied else "")
            beam = "".join(f'<beam number="{level}">{word}</beam>' for level, word in enumerate(beamed, 1)) if i == 0 else ""
            own = f"v{self.index}n{number}" + (f"-{part}" if part > 1 else "")
            sound = ("<chord/>" if i else "") + name + common + tie + self._instrument(pitch)
            look = _shape(piece, sign) + head + beam + _notations(piece, first=i == 0)
            yield f'<note id="{own}"{loud}>{sound}<voice>1</voice>{look}</note>'

    def _name(self, pitch: int, piece: Written, signs: Signs) -> tuple[str, str, str]:
        """The element that says which note it is, the sign before it, the head it is drawn with."""
        if self.drums:
            line = _DRUM_LINES.get(pitch, "E5")
            head = "<notehead>x</notehead>" if pitch in _CYMBALS else ""
            return _el("unpitched", _el("display-step", line[0]) + _el("display-octave", line[1])), "", head
        letter, alter, octave = spelled(pitch, self.tune.key)
        shown = not piece.held and signs.needed(letter, alter, octave)
        altered = _el("alter", alter) if alter else ""
        sign = _el("accidental", ACCIDENTALS[alter]) if shown else ""
        return _el("pitch", _el("step", letter) + altered + _el("octave", octave)), sign, ""

    def _instrument(self, pitch: int) -> str:
        return f'<instrument id="P{self.index + 1}-I{pitch}"/>' if self.drums else ""


def _shape(piece: Written, sign: str = "") -> str:
    base, dots = VALUES.get(piece.value, (ZERO, 0))
    out = f"<type>{TYPES[base]}</type>{'<dot/>' * dots}" if base else ""
    out += sign
    if piece.tuplet:
        actual, normal = piece.tuplet
        out += _el("time-modification", _el("actual-notes", actual) + _el("normal-notes", normal))
    return out


def _notations(piece: Written, *, first: bool = True) -> str:
    out = ('<tied type="stop"/>' if piece.held else "") + ('<tied type="start"/>' if piece.tied else "")
    if first and piece.opens:
        out += '<tuplet type="start" number="1" bracket="yes"/>'
    if first and piece.closes:
        out += '<tuplet type="stop" number="1"/>'
    return f"<notations>{out}</notations>" if out else ""


def _step(name: str, note: str) -> str:
    alter = f"<{name}-alter>{ALTER[note[1:]]}</{name}-alter>" if note[1:] else ""
    return f"<{name}><{name}-step>{note[0]}</{name}-step>{alter}</{name}>"


def _el(name: str, inner: str | int) -> str:
    return f"<{name}>{inner}</{name}>"


def _text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


