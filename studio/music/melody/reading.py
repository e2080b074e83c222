"""Reading: a tune in symbols, and the part of it that the model looks at."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.errors import Refused
from studio.music.ask import TuneAsk
from studio.music.melody import symbols as s
from studio.music.tune import Section, Tune, skyline

CONTEXT = 430  # symbols of a tune that the model reads at once: about what it has been trained on


@dataclass(frozen=True)
class Reading:
    """A tune in symbols, in the register and with the sections that the model knows. Of chords it knows the top note."""

    tune: Tune
    home: int
    bars: list[list[int]]
    sections: tuple[Section, ...]

    @property
    def pickup(self) -> int:
        """1 if the first bar is an upbeat."""
        return 1 if self.tune.pickup else 0


def read(tune: Tune) -> Reading:
    if not tune.melody.notes:
        raise Refused("This tune has no notes yet. Write a bar, or sketch a new tune.")
    line = tune.with_melody(skyline(tune.melody.notes))
    home = s.home_of(tune.key, *s.span_of(line))
    try:
        bars = s.bars_of(line, home)
    except s.Unsayable as error:
        raise Refused(
            f"The melody has something the model cannot read: {error}. Quantise it to 32nds and triplets first."
        ) from error
    sections = tune.sections if sum(x.bars for x in tune.sections) == len(tune.bars) else _blocks(tune)
    return Reading(tune, home, bars, sections)


def _blocks(tune: Tune) -> tuple[Section, ...]:
    """Phrases of eight bars for a tune that says nothing of sections."""
    left = len(tune.bars)
    out: list[Section] = []
    while left:
        size = min(8 + (1 if tune.pickup and not out else 0), left)
        out.append(Section(label=chr(65 + min(len(out), 5)), bars=size))
        left -= size
    return tuple(out)


def heading(ask: TuneAsk, reading: Reading, span: tuple[int, int]) -> list[int]:
    tune = reading.tune
    notes = len(tune.melody.notes)
    return s.heading(
        tune.meter, mode=tune.key.mode, kind=ask.kind, tempo=s.tempo_symbol(tune.tempo),
        density=s.density_symbol(notes, tune.length) if ask.density is None else s.ID[f"density {ask.density - 1}"],
        span=(s.pitch_id(span[0], reading.home), s.pitch_id(span[1], reading.home)), pickup=tune.pickup,
    )  # fmt: skip


def span_for(ask: TuneAsk, reading: Reading) -> tuple[int, int]:
    """The range of the tune, a little wider, and as far as the symbols reach."""
    low, high = s.span_of(reading.tune.with_melody(skyline(reading.tune.melody.notes)))
    if {"low", "high"} & ask.model_fields_set:
        low, high = min(low, ask.low), max(high, ask.high)
    else:
        low, high = low - 2, high + 2
    return max(low, reading.home + s.LOWEST, 0), min(high, reading.home + s.HIGHEST, 127)


def window(reading: Reading, around: Sequence[int]) -> range:
    """The bars the model reads: as many as fit around those it is to write."""
    first, last = min(around), max(around)
    sizes = [len(bar) + 1 for bar in reading.bars]
    room = CONTEXT - sum(sizes[first : last + 1])
    low, high = first, last + 1
    while room > 0 and (low > 0 or high < len(sizes)):
        if low > 0:
            low -= 1
            room -= sizes[low]
        if high < len(sizes) and room > 0:
            room -= sizes[high]
            high += 1
    return range(low, high)


def body(reading: Reading, holes: set[int], window: range, more: int = 0) -> tuple[list[int], dict[int, int]]:
    """Sections and bars as in training; and the bar symbol of every bar. `more`: sections still to come."""
    out: list[int] = []
    marks: dict[int, int] = {}
    sections = reading.sections
    at = 0
    for k, section in enumerate(sections):
        first, at = at, at + section.bars
        for i in range(first, at):
            upbeat = i == 0 and reading.pickup
            marks[i] = s.bar_symbol(at - i)
            if i not in window:
                continue
            if (i == first and not upbeat) or (i == 1 and reading.pickup):
                out += s.section_symbols(section.label, _likeness(reading, k), len(sections) - k + more)
            if i and reading.tune.bars[i].meter != reading.tune.bars[i - 1].meter:
                out.append(s.meter_symbol(reading.tune.bars[i].meter))
            if i in holes:
                out += [marks[i], s.HOLE]
            else:
                out += reading.bars[i] if upbeat else [marks[i], *reading.bars[i]]
    return out, marks


def _likeness(reading: Reading, k: int) -> float:
    """Share of bars of section k that are those of an earlier section of its name."""
    starts = [sum(x.bars for x in reading.sections[:i]) for i in range(k + 1)]
    mine = reading.bars[starts[k] : starts[k] + reading.sections[k].bars]
    best = 0.0
    for i in range(k):
        if reading.sections[i].label == reading.sections[k].label:
            theirs = reading.bars[starts[i] : starts[i] + reading.sections[i].bars]
            best = max(best, sum(a == b for a, b in zip(mine, theirs, strict=False)) / max(len(mine), 1))
    return best


def sounds_before(reading: Reading, bar: int) -> tuple[int, bool]:
    """The pitch symbol last heard before a bar, and whether it is still sounding."""
    heard = [x for contents in reading.bars[:bar] for x in contents if x in (s.REST, s.TIE) or x >= s.FIRST_PITCH]
    pitches = [symbol for symbol in heard if symbol >= s.FIRST_PITCH]
    return (pitches[-1], heard[-1] != s.REST) if pitches else (-1, False)
