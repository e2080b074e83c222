"""Makes a Tune of the first tune in an ABC file: repeats played out, voices put together, name and sound of each kept."""

import re
from collections.abc import Sequence
from fractions import Fraction

from studio.core.errors import Refused
from studio.music.notation.assemble import Line, assemble
from studio.music.notation.engraving import read_decimal
from studio.music.notation.measures import Measure, played
from studio.music.notation.read_abc import Part, read_abc
from studio.music.notation.voices import DRUMS, INSTRUMENTS, ROLES, instrument_of
from studio.music.tune import ZERO, Tune

_TEMPO = re.compile(r"(?:(\d{1,3})/(\d{1,3})\s*=)?\s*(\d{1,5}(?:\.\d{1,9})?)")


def read_abc_tune(text: str, title: str = "") -> Tune:
    """Raises Refused, or ValueError for what is no tune."""
    if not re.search(r"^\s*K:", text, re.M):
        raise Refused("This is not a tune in ABC: there is no line that names its key, such as K:G.")
    head, key, parts = read_abc(text)
    lines = [_line(part) for part in parts]
    frame = max((line.measures for line in lines), key=_length)
    return assemble(
        frame, lines, title=head.get("T", "") or title, composer=head.get("C", ""), key=key, tempo=_tempo(head.get("Q", ""))
    )


def _length(measures: Sequence[Measure]) -> Fraction:
    return sum((measure.length for measure in measures), ZERO)


def _line(part: Part) -> Line:
    line = Line(part.name, played(part.measures))
    for words in (about.split() for about in part.about):
        if words[0] == "%%tandem" and len(words) == 3:
            line.role = next((role for role in ROLES if role == words[1]), None)
            line.instrument = next((name for name in INSTRUMENTS if name == words[2]), None)
        elif words[1:2] == ["program"] and words[-1].isdigit() and not line.instrument:
            line.instrument = instrument_of(int(words[-1][:3]) % 128)
        elif words[1:] == ["channel", str(DRUMS + 1)]:
            line.role, line.instrument = "drums", "drums"
    return line


def _tempo(text: str) -> Fraction | None:
    """Quarter notes a minute: `3/8=100`, `"Lively" 1/4=120` or a bare `120`."""
    found = _TEMPO.search(re.sub(r'"[^"]*"', "", text))
    if not found:
        return None
    unit = Fraction(int(found[1]), int(found[2]) or 1) if found[1] else Fraction(1, 4)
    return read_decimal(found[3]) * unit * 4
