"""From loose notes to the voices of a Tune: polyphony is dealt out to lines, and every line gets its role.

A part that plays more lines at once than `LINES` has its last line cut short where notes would overlap.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import get_args

from studio.core.errors import Refused
from studio.music.tune import Instrument, Note, Role, Voice

LINES = 4  # lines one part may be split into
MAX_VOICES = 32
DRUMS = 9  # the channel of the drums, counted from 0
ROLES: tuple[Role, ...] = get_args(Role)
INSTRUMENTS: tuple[Instrument, ...] = get_args(Instrument)
PROGRAMS: dict[Instrument, int] = {"plucked": 24, "flute": 73, "organ": 19, "bass": 32, "pad": 89, "drums": 0}
_FAMILIES: tuple[Instrument, ...] = (  # of the General MIDI programs, eight a family
    "plucked", "plucked", "organ", "plucked", "bass", "pad", "pad", "flute",
    "flute", "flute", "flute", "pad", "pad", "plucked", "plucked", "plucked",
)  # fmt: skip
_SINGS = ("melod", "vocal", "voice", "lead", "sing", "solo", "tune", "soprano")


@dataclass(frozen=True)
class Loose:
    """A part as a file has it: its role and instrument only where the file says so."""

    name: str
    notes: tuple[Note, ...]
    role: Role | None = None
    instrument: Instrument | None = None


def instrument_of(program: int) -> Instrument:
    exact = next((name for name, number in PROGRAMS.items() if number == program and name != "drums"), None)
    return exact or _FAMILIES[program // 8 % 16]


def lines(notes: Iterable[Note], most: int = LINES) -> list[tuple[Note, ...]]:
    """Notes dealt out so that each line holds single notes and chords, and nothing overlaps."""
    found: list[list[Note]] = []
    ends: list[Fraction] = []
    ordered = sorted(set(notes), key=lambda n: (n.start, -n.length, -n.pitch))
    for (start, length), group in groupby(ordered, key=lambda n: (n.start, n.length)):
        chord = sorted({n.pitch: n for n in group}.values(), key=lambda n: n.pitch)
        free = next((i for i, end in enumerate(ends) if end <= start), None)
        if free is None and len(found) < most:
            free = len(found)
            found.append([])
            ends.append(start)
        if free is None:  # no line left: the one that began first gives way
            free = max(range(len(found)), key=lambda i: start - found[i][-1].start)
            if found[free][-1].start == start:
                continue
            found[free] = _cut(found[free], start)
        found[free] += chord
        ends[free] = start + length
    return [tuple(line) for line in found]


def _cut(line: list[Note], end: Fraction) -> list[Note]:
    last = line[-1].start
    i = len(line)
    while i and line[i - 1].start == last:
        i -= 1
    return line[:i] + [n.changed(length=end - last) for n in line[i:]]


def voices_of(parts: Sequence[Loose]) -> tuple[Voice, ...]:
    """Voices in the order of the parts, one of them the melody; names are made unique."""
    single: list[Loose] = []
    for part in parts:
        if part.role == "drums":
            single.append(replace(part, notes=tuple(sorted(part.notes, key=lambda n: (n.start, n.pitch)))))
            continue
        split = lines(part.notes)
        kept = part.role if part.role != "melody" else None  # of the lines of a melody only the first is the melody
        single += [replace(part, notes=line, role=part.role if i == 0 else kept) for i, line in enumerate(split)]
    single = [part for part in single if part.notes]
    if len(single) > MAX_VOICES:
        raise Refused(f"This file has more than {MAX_VOICES} voices. Export fewer of its tracks.")
    melody = _melody(single)
    names: Counter[str] = Counter()
    out = []
    for part in single:
        role: Role = part.role or ("melody" if part is melody else _role(part))
        name = part.name.strip()[:80] or role.capitalize()
        names[name] += 1
        name = name if names[name] == 1 else f"{name} {names[name]}"
        out.append(Voice(name=name, role=role, instrument=part.instrument or _instrument(role), notes=part.notes))
    return tuple(out)


def _melody(parts: Sequence[Loose]) -> Loose | None:
    if any(part.role == "melody" for part in parts):
        return None  # the file says which
    free = [part for part in parts if part.role is None]
    return max(free, key=_melodic, default=None)


def _melodic(part: Loose) -> float:
    """High, moving, one note at a time and called so: what a melody is known by. A fifth up weighs as much as chords."""
    onsets = len({n.start for n in part.notes})
    height = sum(n.pitch for n in part.notes) / len(part.notes)
    single = onsets / len(part.notes)
    named = 100 if any(word in part.name.lower() for word in _SINGS) else 0
    enough = min(onsets, 16)  # three high notes are no melody
    return named + height + 14 * single + enough - (30 if part.instrument == "bass" else 0)


def _role(part: Loose) -> Role:
    onsets = len({n.start for n in part.notes})
    if part.instrument == "bass" or "bass" in part.name.lower():
        return "bass"
    return "chords" if len(part.notes) >= 2.5 * onsets else "part"


def _instrument(role: Role) -> Instrument:
    given: dict[Role, Instrument] = {"bass": "bass", "drums": "drums", "chords": "pad"}
    return given.get(role, "plucked")
