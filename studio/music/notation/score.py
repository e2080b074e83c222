"""A MusicXML score while it is read: parts, measures and what stands in them, handed over element by element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from studio.core.errors import Refused
from studio.music.keys import key_in_signature
from studio.music.notation.assemble import Line, assemble
from studio.music.notation.measures import Measure, Sounding, notes_of, played
from studio.music.notation.values import meter_of, note_name, number, tempo_of, velocity_of
from studio.music.notation.voices import INSTRUMENTS, MAX_VOICES, ROLES, instrument_of
from studio.music.notation.write_musicxml import KINDS, TYPES
from studio.music.theory import MODES, NATURAL, Key, Meter, Mode, Quality, key_from_signature
from studio.music.tune import MAX_BARS, MAX_NOTES, ZERO, Chord, Instrument, Role, Tune

_MOST_TAKEN = 2 * MAX_NOTES
_LONGEST = 64  # whole notes a note or a jump can have
_QUALITIES: dict[str, Quality] = {
    **{kind: quality for quality, kind in KINDS.items()}, "dominant-ninth": "7", "dominant-11th": "7", "dominant-13th": "7",
    "major-ninth": "maj7", "major-11th": "maj7", "major-13th": "maj7", "minor-ninth": "m7", "minor-11th": "m7",
    "minor-13th": "m7", "augmented-seventh": "aug", "major-minor": "m7", "suspended-second": "sus4", "power": "",
}  # fmt: skip
_UNITS = {name: length for length, name in TYPES.items()}
_MODES: dict[str, Mode] = {**{mode: mode for mode in MODES}, "ionian": "major", "aeolian": "minor"}


@dataclass
class Declared:
    """What the list of parts says of one."""

    name: str = ""
    instrument: Instrument | None = None
    drums: dict[str, int] = field(default_factory=dict)  # by id of an instrument: the pitch of the drum


@dataclass
class Place:
    """Where in a part the reading is."""

    declared: Declared
    about: tuple[Role | None, Instrument | None]
    divisions: Fraction = Fraction(1)
    transpose: int = 0
    meter: Meter = Meter()
    index: int = -1  # of the measure
    now: Fraction = ZERO
    top: Fraction = ZERO  # how far the measure goes
    last: Fraction = ZERO  # where the last note began
    rest: bool = False  # a rest for as long as the measure is
    drums: bool = False
    endings: frozenset[int] = frozenset()
    ending_stops: bool = False
    voices: dict[str, dict[int, list[Sounding]]] = field(default_factory=dict)  # notes by voice and measure


class Score:
    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self.composer = ""
        self.about: dict[str, tuple[Role | None, Instrument | None]] = {}
        self.declared: dict[str, Declared] = {}
        self.frame: list[Measure] = []
        self.parts: list[Place] = []
        self.key: tuple[int, str, int] | None = None  # signature, mode, transposition
        self.tempos: dict[str, Fraction] = {}  # as it sounds, as it is written
        self.notes = 0
        self.taken = 0

    def header(self, element: Element) -> None:
        for found in element.iter():
            if found.tag in ("work-title", "movement-title"):
                self.titles[found.tag] = found.text or ""
            elif found.tag == "creator" and found.get("type") == "composer":
                self.composer = self.composer or found.text or ""
            elif found.tag == "miscellaneous-field":
                role, _, sound = (found.text or "").partition(" ")
                own = next((r for r in ROLES if r == role), None), next((i for i in INSTRUMENTS if i == sound), None)
                self.about[found.get("name", "").removeprefix("voice-")] = own
            elif found.tag == "score-part":
                self.declared[found.get("id", "")] = _declared(found)

    def begin_part(self, attributes: dict[str, str]) -> None:
        if len(self.parts) == MAX_VOICES:
            raise Refused(f"This score has more than {MAX_VOICES} parts. Export fewer of them.")
        name = attributes.get("id", "")
        self.parts.append(Place(self.declared.get(name, Declared()), self.about.get(name, (None, None))))

    def begin_measure(self, attributes: dict[str, str]) -> None:
        at = self.parts[-1]
        at.index, at.now, at.top, at.last, at.rest = at.index + 1, ZERO, ZERO, ZERO, False
        if at.index == len(self.frame):
            if at.index == MAX_BARS:
                raise Refused(f"This score has more than {MAX_BARS} bars. Export a shorter part of it.")
            self.frame.append(Measure(at.meter))

    def take(self, element: Element) -> None:
        """One thing in a measure."""
        self.taken += 1
        if self.taken > _MOST_TAKEN:
            raise Refused(f"This score has more than {_MOST_TAKEN} notes, rests and signs. Export a shorter part of it.")
        at, measure = self.parts[-1], self.frame[self.parts[-1].index]
        match element.tag:
            case "note":
                self._note(element, at)
            case "backup":
                at.now = max(at.now - _duration(element, at), ZERO)
            case "forward":
                at.now += _duration(element, at)
                at.top = max(at.top, at.now)
            case "attributes":
                self._attributes(element, at, measure)
            case "direction" | "sound":
                self._direction(element, measure)
            case "harmony":
                _harmony(element, at, measure)
            case "barline":
                _barline(element, at, measure)

    def end_measure(self) -> None:
        at, measure = self.parts[-1], self.frame[self.parts[-1].index]
        length = at.top or at.meter.length
        if at.rest and not any(at.index in notes for notes in at.voices.values()):
            length = min(length, at.meter.length)  # some programs write a whole rest into every empty bar
        measure.length = max(measure.length, length)
        measure.meter = self.frame[at.index].meter
        measure.endings |= at.endings
        if at.ending_stops:
            at.endings, at.ending_stops = frozenset(), False

    def _note(self, element: Element, at: Place) -> None:
        if element.find("grace") is not None:
            return
        if element.find("duration") is None:
            raise Refused("This MusicXML file has a note without a length. Export it again from its program.")
        length = _duration(element, at)
        start = at.last if element.find("chord") is not None else at.now
        at.last, at.now = start, max(at.now, start + length)
        at.top = max(at.top, at.now)
        rest = element.find("rest")
        at.rest |= rest is not None and rest.get("measure") == "yes"
        if rest is not None or element.find("cue") is not None or not length:
            return
        self.notes += 1
        if self.notes > MAX_NOTES:
            raise Refused(f"This score has more than {MAX_NOTES} notes. Export a shorter part of it.")
        tied = any(tie.get("type") == "start" for tie in (*element.findall("tie"), *element.findall("notations/tied")))
        sounding = Sounding(start, length, _pitch(element, at), tied, velocity_of(element))
        voice = f"{element.findtext('staff', '1')} {element.findtext('voice', '1')}"
        if voice not in at.voices and len(at.voices) >= MAX_VOICES:
            raise Refused(f"A part of this score has more than {MAX_VOICES} voices. Export fewer of them.")
        at.voices.setdefault(voice, {}).setdefault(at.index, []).append(sounding)

    def _attributes(self, element: Element, at: Place, measure: Measure) -> None:
        if (divisions := element.findtext("divisions")) is not None:
            at.divisions = number(divisions)
            if at.divisions <= 0:
                raise Refused("This MusicXML file says that a quarter note has no length. Export it again.")
        if (transpose := element.find("transpose")) is not None:
            octaves = number(transpose.findtext("octave-change", "0"))
            at.transpose = int(number(transpose.findtext("chromatic", "0")) + 12 * octaves)
        if (time := element.find("time")) is not None and (meter := meter_of(time)):
            at.meter = meter
            if len(self.parts) == 1:
                measure.meter = meter
        key = element.find("key/fifths")
        if key is not None and (self.key is None or (self.key[2] and not at.transpose)):
            self.key = (int(number(key.text or "0")), element.findtext("key/mode", ""), at.transpose)

    def _direction(self, element: Element, measure: Measure) -> None:
        for sound in element.iter("sound"):
            if (tempo := tempo_of(sound.get("tempo", ""))) is not None:
                self.tempos.setdefault("sound", tempo)
        for mark in element.iter("metronome"):
            unit = _UNITS.get(mark.findtext("beat-unit", ""))
            count = tempo_of(mark.findtext("per-minute", ""))
            if unit and count and len(mark.findall("beat-unit")) == 1:
                dotted = Fraction(3, 2) if mark.find("beat-unit-dot") is not None else 1
                self.tempos.setdefault("metronome", count * unit * 4 * dotted)
        for words in element.iter("rehearsal"):
            measure.mark = measure.mark or (words.text or "").strip()

    def tune(self, title: str) -> Tune:
        if not self.notes:
            raise Refused("There are no notes in this score. Choose one with at least one part of notes.")
        places = {id(measure): i for i, measure in enumerate(self.frame)}
        order = [places[id(measure)] for measure in played(self.frame)]
        lines = [line for part in self.parts for line in self._lines(part, order)]
        return assemble(
            [self.frame[i] for i in order],
            lines,
            title=self.titles.get("work-title") or self.titles.get("movement-title") or title,
            composer=self.composer,
            key=self._key(lines),
            tempo=self.tempos.get("sound", self.tempos.get("metronome")),
        )

    def _lines(self, part: Place, order: list[int]) -> Iterator[Line]:
        role, instrument = part.about
        for notes in part.voices.values():
            measures = [replace(self.frame[i], notes=notes.get(i, []), chords=[]) for i in order]
            yield Line(
                part.declared.name, measures, "drums" if part.drums else role, instrument or part.declared.instrument
            )

    def _key(self, lines: list[Line]) -> Key | None:
        if self.key is None:
            return None
        sharps, name, transposed = self.key
        sharps = min(max(sharps, -7), 7)
        mode = _MODES.get(name.strip().lower())
        if mode is None:
            sounding = [n for line in lines if line.role != "drums" for n in notes_of(line.measures)]
            return key_in_signature(_moved(key_from_signature(sharps, "major"), transposed).signature, sounding)
        try:
            key = key_from_signature(sharps, mode)
        except ValueError:  # a tonic with two signs
            key = key_from_signature(sharps, "major")
        return _moved(key, transposed)


def _moved(key: Key, semitones: int) -> Key:
    return key.moved(semitones) if semitones % 12 else key


def _declared(element: Element) -> Declared:
    program = element.findtext("midi-instrument/midi-program")
    out = Declared(element.findtext("part-name", ""), instrument_of(int(number(program)) - 1) if program else None)
    for sound in element.findall("midi-instrument"):
        if (pitch := sound.findtext("midi-unpitched")) is not None:
            out.drums[sound.get("id", "")] = min(max(int(number(pitch)) - 1, 0), 127)
    return out


def _duration(element: Element, at: Place) -> Fraction:
    length = number(element.findtext("duration", "0")) / (4 * at.divisions)
    if not 0 <= length <= _LONGEST:
        raise Refused("This MusicXML file has a note of an impossible length. Export it again from its program.")
    return length


def _pitch(element: Element, at: Place) -> int:
    if element.find("unpitched") is not None:
        at.drums = True
        sound = element.find("instrument")
        return at.declared.drums.get(sound.get("id", "") if sound is not None else "", 38)
    step = element.findtext("pitch/step", "").strip()
    if step not in NATURAL:
        raise Refused("This MusicXML file has a note without a pitch. Export it again from its program.")
    alter = round(number(element.findtext("pitch/alter", "0")))
    pitch = 12 * (int(number(element.findtext("pitch/octave", "4"))) + 1) + NATURAL[step] + alter + at.transpose
    if not 0 <= pitch <= 127:
        raise Refused("This score has a note that no instrument reaches. Check its octave signs and transpositions.")
    return pitch


def _harmony(element: Element, at: Place, measure: Measure) -> None:
    kind = element.findtext("kind", "").strip()
    root = note_name(element, "root")
    start = at.now + number(element.findtext("offset", "0")) / (4 * at.divisions)
    if root is None or kind == "none" or start < 0:
        return
    minor: Quality = "m" if kind.startswith("minor") else ""
    measure.chords.append(Chord(start=start, root=root, quality=_QUALITIES.get(kind, minor), bass=note_name(element, "bass")))


def _barline(element: Element, at: Place, measure: Measure) -> None:
    if (ending := element.find("ending")) is not None:
        if ending.get("type") == "start":
            at.endings = frozenset(int(n) for n in re.findall(r"\d{1,2}", ending.get("number", "")[:30])) or frozenset({1})
        else:
            at.ending_stops = True
    if (repeat := element.find("repeat")) is not None:
        if repeat.get("direction") == "forward":
            measure.opens = True
        else:
            measure.closes = min(max(int(number(repeat.get("times", "2"))) - 1, 1), 8)
    measure.double |= element.findtext("bar-style", "") in ("light-light", "light-heavy")
