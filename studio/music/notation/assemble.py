"""From measures in the order in which they sound to a Tune: what the readers of ABC and MusicXML have in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from studio.music.keys import guess_key
from studio.music.notation.measures import Measure, bars_of, chords_of, notes_of, whole_bars
from studio.music.notation.voices import Loose, voices_of
from studio.music.theory import Key
from studio.music.tune import Instrument, Role, Section, Tune

TEMPO = Fraction(120)  # where a file says none, as most programs play it


@dataclass
class Line:
    """A voice as a file has it, with a role and an instrument only where the file says so."""

    name: str
    measures: Sequence[Measure]
    role: Role | None = None
    instrument: Instrument | None = None


def assemble(
    frame: Sequence[Measure], lines: Sequence[Line], *, title: str, composer: str = "", key: Key | None, tempo: Fraction | None
) -> Tune:
    """`frame` says how long the bars are and where sections begin. Raises ValueError for what is no tune."""
    measures = whole_bars(frame)
    found = {chord.start: chord for line in lines for chord in chords_of(whole_bars(line.measures))}
    found |= {chord.start: chord for chord in chords_of(measures)}
    parts = [Loose(line.name, notes_of(whole_bars(line.measures), line=False), line.role, line.instrument) for line in lines]
    return Tune(
        title=title or "Untitled",
        composer=composer,
        key=key or guess_key(note for part in parts for note in part.notes if part.role != "drums"),
        tempo=min(max(tempo or TEMPO, Fraction(10)), Fraction(600)),
        bars=bars_of(measures),
        voices=voices_of(parts),
        chords=tuple(found[start] for start in sorted(found)),
        sections=sections_of(measures),
    )


def sections_of(measures: Sequence[Measure]) -> tuple[Section, ...]:
    """From letters over the bars, if the first bar (or the one after an upbeat) has one."""
    marks = [(i, measure.mark) for i, measure in enumerate(measures) if re.fullmatch("[A-Z]", measure.mark)]
    if not marks or marks[0][0] > 1:
        return ()
    begins = [0, *(i for i, _ in marks[1:]), len(measures)]
    return tuple(
        Section(label=label, bars=end - begin)
        for (_, label), begin, end in zip(marks, begins, begins[1:], strict=False)
        if end > begin
    )
