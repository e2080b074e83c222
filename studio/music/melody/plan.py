"""Plan: what a model writes and how its bars become a tune again. Shared by new tunes and by those that begin from one."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from studio.music.ask import MelodyAsk
from studio.music.check import LEADING
from studio.music.melody import symbols as s
from studio.music.melody.compose import Task
from studio.music.melody.slots import Ending, Manner, Slot
from studio.music.theory import MODES, Key
from studio.music.tune import Bar, Note, Section, Tune

LEAPS = {"singable": 12, "free": 19}
COLOUR = {"strict": 0, "colour": 1, "free": 99}


@dataclass(frozen=True)
class Plan:
    """A task for the model, and how its bars become a tune again."""

    task: Task
    home: int
    shape: tuple[Bar, ...]  # the bars of the finished tune
    source: tuple[int | tuple[int, ...], ...]  # for each: a slot's number, or contents that stay
    frame: Tune  # title, key, tempo and the other voices
    sections: tuple[Section, ...]

    def finish(self, written: Sequence[Sequence[int]]) -> Tune:
        """The tune with what was written so far; bars that are missing are silent."""
        contents = [
            (written[where] if where < len(written) else ()) if isinstance(where, int) else where for where in self.source
        ]
        notes = _as_they_were(s.notes_of(contents, self.shape, self.home), self.frame.melody.notes)
        melody = self.frame.melody.changed(notes=notes)
        others = tuple(v for v in self.frame.voices if v is not self.frame.melody)
        return self.frame.changed(bars=self.shape, voices=(melody, *others), sections=self.sections)


def _as_they_were(notes: Sequence[Note], before: Sequence[Note]) -> tuple[Note, ...]:
    """Symbols say nothing of loudness and of the lower notes of chords: notes that stay get both back."""
    old: dict[tuple[Fraction, Fraction], list[Note]] = {}
    for note in before:
        old.setdefault((note.start, note.length), []).append(note)
    out: list[Note] = []
    for note in notes:
        chord = old.get((note.start, note.length), [])
        out += chord if chord and max(n.pitch for n in chord) == note.pitch else [note]
    return tuple(out)


def manner(ask: MelodyAsk, key: Key, home: int, span: tuple[int, int] | None = None) -> Manner:
    low, high = span or (ask.low, ask.high)
    scale = set(MODES[key.mode])
    if ask.colour == "colour" and key.mode in LEADING:
        scale.add(11)
    return Manner(
        low=s.pitch_id(max(low, home + s.LOWEST), home), high=s.pitch_id(min(high, home + s.HIGHEST), home),
        scale=frozenset(scale), colour=COLOUR[ask.colour], leap=LEAPS[ask.leaps], singable=ask.leaps == "singable",
        shortest=Fraction(ask.shortest), open_degrees=frozenset(set(MODES[key.mode]) & {1, 2, 5, 7, 10, 11}), avoid=ask.avoid,
    )  # fmt: skip


def section_slots(label: str, bars: Sequence[Bar], written: dict[str, list[int]], ending: Ending, left: int) -> list[Slot]:
    """The slots of one section. A section with a dash copies the plain one but for its last quarter."""
    model = written.get(label[0]) if label.endswith("'") else None
    free = max(1, len(bars) // 4)
    slots = []
    for i, bar in enumerate(bars):
        lead = [s.bar_symbol(len(bars) - i)]
        if i == 0:
            lead = s.section_symbols(label[0], 1 - free / len(bars) if model else 0.0, left) + lead
        last = i == len(bars) - 1
        copied = model[i] if model and i < len(bars) - free and i < len(model) else None
        slots.append(Slot(bar.length, bar.meter, tuple(lead), copy=copied, ending=ending if last else "free", may_tie=i > 0))
    return slots
