"""Writes a Tune as ABC 2.1: title, composer, meter, tempo, key with mode, chord symbols, sections as parts, every voice.

Exact in times and pitches. ABC has no word for how loud a note is; the role and the sound of a voice stand in lines that
begin with %%, which programs that do not know them pass over. Notes are tied where a chord symbol stands in their middle.
"""

from collections.abc import Iterator
from fractions import Fraction

from studio.music.notation.engraving import Signs, decimal, runs, section_starts, spelled, tempo_mark
from studio.music.notation.voices import DRUMS, PROGRAMS
from studio.music.notation.written import Written, written
from studio.music.theory import Key, Mode
from studio.music.tune import Tune, Voice

UNIT = Fraction(1, 8)
SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
MODES: dict[Mode, str] = {
    "major": "", "minor": "m", "dorian": "dor", "mixolydian": "mix", "phrygian": "phr", "lydian": "lyd", "locrian": "loc",
}  # fmt: skip
_BARS_A_LINE = 4


def write_abc(tune: Tune) -> str:
    unit, count = tempo_mark(tune)
    lines = ["X:1", f"T:{_text(tune.title)}"]
    if tune.composer:
        lines.append(f"C:{_text(tune.composer)}")
    lines += [f"M:{tune.bars[0].meter}", f"L:{UNIT}", f"Q:{unit}={decimal(count)}", f"K:{tune.key.tonic}{MODES[tune.key.mode]}"]
    for i, voice in enumerate(tune.voices):
        lines += _Part(tune, voice, i).lines()
    return "\n".join([*lines, ""])


class _Part:
    def __init__(self, tune: Tune, voice: Voice, index: int) -> None:
        self.tune, self.voice, self.index = tune, voice, index
        self.chords = {chord.start: chord.name for chord in tune.chords} if index == 0 else {}
        self.key = Key() if voice.role == "drums" else tune.key

    def lines(self) -> Iterator[str]:
        yield from self._head()
        starts = section_starts(self.tune)
        line: list[str] = []
        bars = written(self.tune, self.voice, self.chords)
        for i, pieces in enumerate(bars):
            if i in starts and starts[i] and self.index == 0:
                yield f"P:{starts[i]}"
            line.append(f"{self._meter(i)}{self._bar(i, pieces)} {self._line(i, starts)}")
            if len(line) == _BARS_A_LINE or i + 1 in starts or i + 1 == len(bars):
                yield " ".join(line)
                line = []

    def _head(self) -> Iterator[str]:
        """Which voice it is; a melody alone has no need of it."""
        voice, drums = self.voice, self.voice.role == "drums"
        name = _text(voice.name).replace('"', "'")
        pitches = [n.pitch for n in voice.notes] or [60]
        clef = "perc" if drums else "bass" if sum(pitches) / len(pitches) < 57 else "treble"
        yield f'V:{self.index + 1} name="{name}" clef={clef}'
        if drums:
            yield f"%%MIDI channel {DRUMS + 1}"
        yield f"%%MIDI program {PROGRAMS[voice.instrument]}"
        yield f"%%tandem {voice.role} {voice.instrument}"
        if drums:
            yield "K:C"

    def _meter(self, i: int) -> str:
        changed = i > 0 and self.tune.bars[i].meter != self.tune.bars[i - 1].meter
        return f"[M:{self.tune.bars[i].meter}] " if changed else ""

    def _line(self, i: int, starts: dict[int, str]) -> str:
        return "|]" if i + 1 == len(self.tune.bars) else "||" if i + 1 in starts else "|"

    def _bar(self, i: int, pieces: list[Written]) -> str:
        signs = Signs(self.key)
        start = self.tune.starts[i]
        groups = runs(pieces, self.tune.bars[i], upbeat=i == 0 and bool(self.tune.pickup))
        out = []
        for group in groups:
            text = ""
            for j in group:
                text += _tuplet(pieces, j) + self._chord(start + pieces[j].start) + self._piece(pieces[j], signs)
            out.append(text)
        return " ".join(out)

    def _chord(self, time: Fraction) -> str:
        return f'"{self.chords[time]}"' if time in self.chords else ""

    def _piece(self, piece: Written, signs: Signs) -> str:
        length = _length(piece.value / UNIT)
        if not piece.pitches:
            return f"z{length}"
        notes = [_note(*spelled(pitch, self.key), signs) for pitch in piece.pitches]
        tie = "-" if piece.tied else ""
        return f"{notes[0] if len(notes) == 1 else '[' + ''.join(notes) + ']'}{length}{tie}"


def _note(letter: str, alter: int, octave: int, signs: Signs) -> str:
    sign = SIGNS[alter] if signs.needed(letter, alter, octave) else ""
    if octave >= 5:
        return sign + letter.lower() + "'" * (octave - 5)
    return sign + letter + "," * (4 - octave)


def _length(factor: Fraction) -> str:
    top = "" if factor.numerator == 1 else str(factor.numerator)
    return top if factor.denominator == 1 else f"{top}/{factor.denominator}"


def _tuplet(pieces: list[Written], i: int) -> str:
    """`(3:2:4` before the first of four pieces that are shortened alike."""
    shape = pieces[i].tuplet
    if not shape or not pieces[i].opens:
        return ""
    last = next(j for j in range(i, len(pieces)) if pieces[j].closes)
    return f"({shape[0]}:{shape[1]}:{last - i + 1}"


def _text(text: str) -> str:
    """One line, without what ABC would take for something else."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable()).replace("%", "\\%")
