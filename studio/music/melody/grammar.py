"""Grammar: what may come next, so that bars add up, forms hold and endings end, whatever the model would like.

A `Slot` is one bar to be written, with everything that is promised about it. `Grammar` follows any number of takes
through their slots at once and gives a mask over the symbols for each; all the arithmetic of lengths is done beforehand
in tables. Knows no model and nothing random.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from studio.music.melody import symbols as s
from studio.music.melody.lengths import STEP, fitting, group_table, kind_of, ticks
from studio.music.melody.pitches import Pitches
from studio.music.melody.slots import ANY_PITCH, Manner, Slot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Masks = NDArray[np.bool_]


@dataclass
class Take:
    """Where one take stands."""

    queue: list[int]  # symbols that come next whatever happens
    slot: int = -1
    at: int = -1  # ticks written in this bar, -1 in its lead
    now: int = -1  # the length symbol in force
    needs_pitch: bool = False
    group: int = 0  # written ticks left of a tuplet
    span: int = -1  # its symbol
    grouped: bool = False  # the last note was part of one
    last: int = -1  # the last pitch symbol
    sounding: bool = False  # the last event was a note
    outside: int = 0  # colour notes in this bar
    count: int = 0  # pitches in this bar
    bars: list[list[int]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)  # all intervals so far
    done: bool = False


class Grammar:
    def __init__(self, slots: Sequence[Slot], manner: Manner, takes: int, before: int = -1, held: bool = False) -> None:
        """`before`: the pitch symbol that sounded last; `held`: it still sounds at the first slot."""
        import numpy as np

        self.slots, self.manner = slots, manner
        self.takes = [Take([], last=before, sounding=held) for _ in range(takes)]
        kinds = sorted({kind_of(slot, left) for slot in slots for left in range(slot.notes + 1)})
        self._kind = {kind: i for i, kind in enumerate(kinds)}
        places = max(ticks(slot.length) for slot in slots) // STEP + 1
        self._lengths = np.zeros((len(kinds), places, len(s.NAMES)), dtype=bool)
        for i, kind in enumerate(kinds):
            table = fitting(*kind, manner.shortest)
            self._lengths[i, : len(table)] = table
        self._groups = group_table(manner.shortest)
        self._pitches = Pitches(manner)
        self._avoid: dict[tuple[int, ...], set[int]] = {}
        for run in manner.avoid:
            if len(run) > 1:
                self._avoid.setdefault(tuple(run[:-1]), set()).add(run[-1])
        self._avoid_length = max((len(run) - 1 for run in manner.avoid), default=0)
        for take in self.takes:
            self._enter(take, 0)

    @property
    def done(self) -> bool:
        return all(take.done for take in self.takes)

    def forced(self) -> list[int | None]:
        """The symbol each take must write now, None where there is a choice; finished takes write padding."""
        return [s.PAD if t.done else t.queue[0] if t.queue and t.queue[0] != ANY_PITCH else None for t in self.takes]

    # ------------------------------------------------------------------------------------------- what may come

    def masks(self) -> "Masks":
        """One row a take, True where a symbol may come next."""
        import numpy as np

        rows = np.zeros((len(self.takes), len(s.NAMES)), dtype=bool)
        free = [i for i, t in enumerate(self.takes) if not t.done and not t.queue]
        if free:
            kinds = [self._kind_of(self.takes[i]) for i in free]
            rows[free] = self._lengths[kinds, [self.takes[i].at // STEP for i in free]]
        for i, take in enumerate(self.takes):
            if take.done:
                rows[i, s.PAD] = True
            elif take.queue and take.queue[0] != ANY_PITCH:
                rows[i, take.queue[0]] = True
            elif take.queue:
                rows[i] = self._what_sounds(take, self._ends_bar(take), rest=False)
                self._differ(take, rows[i])
            else:
                self._narrow(take, rows[i])
        return rows

    def _kind_of(self, take: Take) -> int:
        slot = self.slots[take.slot]
        return self._kind[kind_of(slot, max(slot.notes - take.count, 0))]

    def _narrow(self, take: Take, row: "Masks") -> None:
        """From every length that fits at this place to what this take may write."""
        lengths = self._groups[take.span, take.group].copy() if take.group else row.copy()
        fits = take.now >= 0 and bool(lengths[take.now])
        row[:] = False
        if not take.needs_pitch:
            row |= lengths
            if take.now >= 0:
                row[take.now] = False
        if fits:
            row |= self._what_sounds(take, self._ends_bar(take), rest=True)
        self._differ(take, row)

    def _ends_bar(self, take: Take) -> bool:
        slot = self.slots[take.slot]
        return take.at + self._sounding_ticks(take) == ticks(slot.length) if take.now >= 0 else False

    @staticmethod
    def _sounding_ticks(take: Take) -> int:
        written = ticks(s.LENGTHS[take.now - s.FIRST_LENGTH])
        return written * 2 // 3 if take.group else written

    def _what_sounds(self, take: Take, ends: bool, *, rest: bool) -> "Masks":
        """Pitches, ties and rests that may take the length in force."""
        slot = self.slots[take.slot]
        allowed = self._pitches.after(take.last, colour=take.outside < self.manner.colour)
        if slot.contour and take.count <= len(slot.contour):
            allowed = self._shape(take, slot, allowed)
        if slot.pitches:
            allowed = self._pitches.only(slot.pitches[min(take.count, len(slot.pitches) - 1)])
        elif slot.chords and Fraction(take.at, s.TICKS) in slot.meter.strong:
            degrees = [d for start, d in slot.chords if start <= Fraction(take.at, s.TICKS)]
            if degrees:
                allowed = self._pitches.narrow(allowed, self._pitches.of(degrees[-1]))
        if self._avoid and not slot.pitches:
            allowed = self._steer(take, allowed)
        may_hold = slot.may_tie and not _held_long(take) if take.at == 0 else self._may_hold(take)
        tie = take.sounding and not take.group and not slot.notes and may_hold
        if ends and (slot.ending != "free" or slot.last is not None):
            allowed = self._end(slot, allowed)
            rest = False
        allowed = allowed.copy()
        allowed[s.TIE] = tie and rest
        silent = ends and take.count == 0 and s.TIE not in take.bars[-1]  # the bar would have been empty
        allowed[s.REST] = rest and not slot.notes and not silent
        return allowed

    def _shape(self, take: Take, slot: Slot, allowed: "Masks") -> "Masks":
        """The way the contour goes, with room left for the steps that still follow, and so that a last note can be met."""
        if take.count:
            allowed = self._pitches.narrow(allowed, self._pitches.going(take.last, slot.contour[take.count - 1]))
        ahead = slot.contour[take.count :]
        turns = [step for step in ahead if step]
        run = next((i for i, step in enumerate(turns) if step != turns[0]), len(turns))
        if slot.last is not None and ahead and run == len(turns):
            meet = self._pitches.before(slot.last, turns[0], run) if turns else self._pitches.only(slot.last)
            return self._pitches.narrow(allowed, meet)
        return self._pitches.narrow(allowed, self._pitches.room(turns[0], run)) if turns else allowed

    def _may_hold(self, take: Take) -> bool:
        """Inside a bar a note is tied only where a reader needs to see the beat, and never out of a tuplet."""
        return not take.grouped and Fraction(take.at, s.TICKS) in self.slots[take.slot].meter.beats

    def _end(self, slot: Slot, allowed: "Masks") -> "Masks":
        if slot.last is not None:
            return self._pitches.only(slot.last)
        if slot.ending == "sounding":
            return allowed
        degrees = frozenset((0,)) if slot.ending == "closed" else self.manner.open_degrees
        if slot.contour:  # what was locked goes before what is only usual
            return self._pitches.narrow(allowed, self._pitches.of(degrees))
        return self._pitches.reach(allowed, self._pitches.of(degrees))

    def _steer(self, take: Take, allowed: "Masks") -> "Masks":
        """Without the pitches that would complete a run of intervals to be avoided."""
        out = allowed
        for length in range(1, min(self._avoid_length, len(take.steps)) + 1):
            for step in self._avoid.get(tuple(take.steps[-length:]), ()):
                if 0 <= take.last + step < len(out) and out[take.last + step]:
                    out = out.copy() if out is allowed else out
                    out[take.last + step] = False
        return out if out.any() else allowed

    def _differ(self, take: Take, row: "Masks") -> None:
        """A bar that has been the old one up to its last symbol must end otherwise."""
        old = self.slots[take.slot].old
        written = take.bars[-1]
        if old and len(written) == len(old) - 1 and tuple(written) == old[:-1] and row.sum() > 1:
            row[old[-1]] = False

    # -------------------------------------------------------------------------------------------- what has come

    def take_in(self, symbols: Sequence[int]) -> None:
        """Every take goes on by one symbol."""
        for take, symbol in zip(self.takes, symbols, strict=True):
            if not take.done:
                self._advance(take, int(symbol))

    def _advance(self, take: Take, symbol: int) -> None:
        if take.queue:
            take.queue.pop(0)
        if take.at < 0:
            if not take.queue:
                self._begin(take)
            return
        take.bars[-1].append(symbol)
        if s.FIRST_LENGTH <= symbol < s.FIRST_TUPLET:
            take.now, take.needs_pitch = symbol, True
        elif s.FIRST_TUPLET <= symbol < s.FIRST_PITCH:
            take.span, take.group, take.now = symbol, ticks(s.TUPLETS[symbol - s.FIRST_TUPLET]) * 3 // 2, -1
        else:
            self._sound(take, symbol)
        slot = self.slots[take.slot]
        if take.at >= ticks(slot.length):
            take.queue.clear()
            self._enter(take, take.slot + 1)

    def _sound(self, take: Take, symbol: int) -> None:
        take.at += self._sounding_ticks(take)
        take.grouped = take.group > 0
        if take.group:
            take.group -= ticks(s.LENGTHS[take.now - s.FIRST_LENGTH])
            if take.group == 0:
                take.now = -1
        take.needs_pitch = False
        if symbol >= s.FIRST_PITCH:
            if take.last >= 0:
                take.steps.append(symbol - take.last)
            take.outside += not self._pitches.inside[symbol]
            take.last, take.sounding, take.count = symbol, True, take.count + 1
        elif symbol == s.REST:
            take.sounding = False

    def _enter(self, take: Take, slot: int) -> None:
        """To the lead of the next bar; a bar without one begins at once."""
        if slot >= len(self.slots):
            take.done = True
            return
        take.slot, take.at = slot, -1
        take.queue = list(self.slots[slot].lead)
        if not take.queue:
            self._begin(take)

    def _begin(self, take: Take) -> None:
        take.at, take.now, take.group, take.outside, take.count, take.needs_pitch = 0, -1, 0, 0, 0, False
        take.bars.append([])
        slot = self.slots[take.slot]
        text = slot.text if slot.copy is None else take.bars[slot.copy]
        take.queue = list(text or ())


def _held_long(take: Take) -> bool:
    """A whole bar went by without a new note: nobody wants to hold on for another."""
    return len(take.bars) > 1 and all(symbol < s.FIRST_PITCH for symbol in take.bars[-2])
