"""Grammar: what may come next, so that bars add up, forms hold and endings end, whatever the model would like.

A `Slot` is one bar to be written, with everything that is promised about it. `Grammar` follows any number of takes
through their slots at once and gives a mask over the symbols for each; all the arithmetic of lengths is done beforehand
in tables. Knows no model and nothing random.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from studio.music.melody import symbols as s
from studio.music.theory import Meter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Masks = NDArray[np.bool_]

ANY_PITCH = -1  # in a forced text: a pitch of the model's choice
STEP = 2  # ticks between two places in a table
Ending = Literal["free", "closed", "open", "sounding"]


@dataclass(frozen=True)
class Slot:
    """One bar to be written."""

    length: Fraction
    meter: Meter
    lead: tuple[int, ...]  # symbols that stand before its contents
    text: tuple[int, ...] | None = None  # contents that are given; None: free
    copy: int | None = None  # contents are what this take wrote for that slot
    ending: Ending = "free"  # closed: on the tonic; open: on a degree that wants to go on; sounding: on any note
    last: int | None = None  # the pitch symbol of the last note, where a kept bar ties it over
    may_tie: bool = True  # may begin by holding the note before
    contour: tuple[int, ...] = ()  # up, level, down from note to note
    pitches: tuple[int, ...] = ()  # the pitch symbols, in order
    notes: int = 0  # exactly so many notes and no rests; 0: as many as there come
    chords: tuple[tuple[Fraction, frozenset[int]], ...] = ()  # from here on the chord is these degrees
    old: tuple[int, ...] = ()  # contents that must not come again


@dataclass(frozen=True)
class Manner:
    """How a whole tune is to be written; pitches as symbols."""

    low: int = s.FIRST_PITCH
    high: int = len(s.NAMES) - 1
    scale: frozenset[int] = frozenset(range(12))  # degrees in semitones
    colour: int = 99  # notes outside the scale allowed in a bar
    leap: int = 16  # widest step in semitones
    singable: bool = False
    shortest: Fraction = Fraction(1, 16)
    open_degrees: frozenset[int] = frozenset((2, 5, 7))
    avoid: tuple[tuple[int, ...], ...] = ()  # runs of intervals not to be played


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


def _ticks(length: Fraction) -> int:
    return int(length * s.TICKS)


class Grammar:
    def __init__(self, slots: Sequence[Slot], manner: Manner, takes: int, before: int = -1, held: bool = False) -> None:
        """`before`: the pitch symbol that sounded last; `held`: it still sounds at the first slot."""
        import numpy as np

        self.slots, self.manner = slots, manner
        self.takes = [Take([], last=before, sounding=held) for _ in range(takes)]
        kinds = sorted({_kind(slot, left) for slot in slots for left in range(slot.notes + 1)})
        self._kind = {kind: i for i, kind in enumerate(kinds)}
        places = max(_ticks(slot.length) for slot in slots) // STEP + 1
        self._lengths = np.zeros((len(kinds), places, len(s.NAMES)), dtype=bool)
        for i, kind in enumerate(kinds):
            table = _fitting(*kind, manner.shortest)
            self._lengths[i, : len(table)] = table
        self._groups = _group_table(manner.shortest)
        self._pitches = _Pitches(manner)
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
        return self._kind[_kind(slot, max(slot.notes - take.count, 0))]

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
        return take.at + self._sounding_ticks(take) == _ticks(slot.length) if take.now >= 0 else False

    @staticmethod
    def _sounding_ticks(take: Take) -> int:
        written = _ticks(s.LENGTHS[take.now - s.FIRST_LENGTH])
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
        tie = take.sounding and not take.group and not slot.notes and (slot.may_tie if take.at == 0 else self._may_hold(take))
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
            take.span, take.group, take.now = symbol, _ticks(s.TUPLETS[symbol - s.FIRST_TUPLET]) * 3 // 2, -1
        else:
            self._sound(take, symbol)
        slot = self.slots[take.slot]
        if take.at >= _ticks(slot.length):
            take.queue.clear()
            self._enter(take, take.slot + 1)

    def _sound(self, take: Take, symbol: int) -> None:
        take.at += self._sounding_ticks(take)
        take.grouped = take.group > 0
        if take.group:
            take.group -= _ticks(s.LENGTHS[take.now - s.FIRST_LENGTH])
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


_Kind = tuple[Fraction, tuple[Fraction, ...], int]


def _kind(slot: Slot, notes_left: int) -> _Kind:
    """What of a slot decides which lengths fit: its length, where a last note may begin, how many notes must still come."""
    closed = slot.ending == "closed" and not slot.notes
    return slot.length, _final_starts(slot) if closed else (), notes_left


def _final_starts(slot: Slot) -> tuple[Fraction, ...]:
    """Where a last note may begin: on a beat that carries weight, and so that one written length reaches the bar line."""
    beats = slot.meter.beats
    good = {*slot.meter.strong, *beats[:-1]}
    return tuple(beat for beat in beats if beat in good and slot.length - beat in s.LENGTHS)


def _fitting(length: Fraction, starts: tuple[Fraction, ...], notes: int, shortest: Fraction) -> "Masks":
    """For every place in a bar, which lengths leave a rest of the bar that can be filled."""
    import numpy as np

    total = _ticks(length)
    if notes or total % _ticks(shortest):  # odd upbeats and counted notes need smaller change
        shortest = s.LENGTHS[0]
    sizes = {s.FIRST_LENGTH + i: _ticks(n) for i, n in enumerate(s.LENGTHS) if n >= shortest}
    if not notes:
        sizes |= {s.FIRST_TUPLET + i: _ticks(n) for i, n in enumerate(s.TUPLETS) if n / 2 >= shortest}
    last = {_ticks(start) for start in starts}
    places = range(total - STEP, -1, -STEP)

    def fits(at: int, symbol: int, ticks: int, after: "NDArray[np.bool_]") -> bool:
        end, tuplet = at + ticks, symbol >= s.FIRST_TUPLET
        if end > total or not after[end // STEP] or (tuplet and at % ticks):
            return False
        return end < total or not last or (at in last and not tuplet)

    after = np.zeros(total // STEP + 1, dtype=bool)
    after[-1] = True
    for _ in range(max(notes, 1)):
        can = np.zeros((total // STEP + 1, len(s.NAMES)), dtype=bool)
        reach = np.zeros(total // STEP + 1, dtype=bool) if notes else after
        for at in places:
            for symbol, ticks in sizes.items():
                can[at // STEP, symbol] = fits(at, symbol, ticks, after)
            reach[at // STEP] = can[at // STEP].any()
        after = reach
    masks: Masks = can
    return masks


def _group_table(shortest: Fraction) -> dict[tuple[int, int], "Masks"]:
    """For every tuplet and every written rest of it, the lengths that fit: its unit, the double and the half."""
    import numpy as np

    table: dict[tuple[int, int], Masks] = {}
    for i, span in enumerate(s.TUPLETS):
        units = [n for n in (span / 4, span / 2, span) if n in s.LENGTHS and n >= min(shortest, span / 2)]
        sizes = {s.FIRST_LENGTH + s.LENGTHS.index(n): _ticks(n) for n in units}
        table[s.FIRST_TUPLET + i, 0] = np.zeros(len(s.NAMES), dtype=bool)
        smallest = min(sizes.values())
        for left in range(smallest, _ticks(span) * 3 // 2 + 1, smallest):
            row = np.zeros(len(s.NAMES), dtype=bool)
            for symbol, ticks in sizes.items():
                row[symbol] = ticks == left or (ticks < left and bool(table[s.FIRST_TUPLET + i, left - ticks].any()))
            table[s.FIRST_TUPLET + i, left] = row
    return table


class _Pitches:
    """Masks over the pitch symbols."""

    def __init__(self, manner: Manner) -> None:
        import numpy as np

        ids = np.arange(len(s.NAMES))
        self._is_pitch = ids >= s.FIRST_PITCH
        degree = (ids - s.FIRST_PITCH + s.LOWEST) % 12
        self._degree = np.where(self._is_pitch, degree, -1)
        self.inside = np.isin(self._degree, list(manner.scale))
        self._range = self._is_pitch & (ids >= manner.low) & (ids <= manner.high)
        self._manner = manner
        self._known: dict[tuple[int, bool], Masks] = {}

    def after(self, last: int, *, colour: bool) -> "Masks":
        """Within range, scale and leap; the leap gives way first, then the scale."""
        key = (last, colour)
        if key not in self._known:
            base = self._range if colour else self.narrow(self._range, self.inside)
            self._known[key] = self.narrow(base, self._near(last)) if last >= 0 else base
        return self._known[key]

    def _near(self, last: int) -> "Masks":
        import numpy as np

        distance = np.abs(np.arange(len(s.NAMES)) - last)
        near = distance <= self._manner.leap
        if self._manner.singable:  # up to a sixth, and the octave; no tritone, no sevenths
            near &= (distance != 6) & ((distance <= 9) | (distance == 12))
        masks: Masks = near & self._is_pitch
        return masks

    def going(self, last: int, direction: int) -> "Masks":
        import numpy as np

        ids = np.arange(len(s.NAMES))
        masks: Masks = self._is_pitch & (np.sign(ids - last) == direction)
        return masks

    def room(self, direction: int, steps: int) -> "Masks":
        """Pitches with at least so many notes of the scale beyond them, this way, inside the range."""
        import numpy as np

        ids = np.flatnonzero(self._range & self.inside)
        masks: Masks = self._range.copy()
        if len(ids) > steps:
            beyond = np.arange(len(masks))
            masks &= (beyond <= ids[-1 - steps]) if direction > 0 else (beyond >= ids[steps])
        return masks

    def before(self, goal: int, direction: int, steps: int) -> "Masks":
        """Pitches from which so many steps of the scale this way can end on the goal."""
        import numpy as np

        ids = np.flatnonzero(self._range & self.inside)
        there = ids[ids < goal][::-1] if direction > 0 else ids[ids > goal]
        masks: Masks = self._range.copy()
        beyond = np.arange(len(masks))
        if len(there) < steps:
            return masks
        masks &= (beyond <= there[steps - 1]) if direction > 0 else (beyond >= there[steps - 1])
        return masks

    def of(self, degrees: frozenset[int]) -> "Masks":
        import numpy as np

        masks: Masks = np.isin(self._degree, list(degrees))
        return masks

    def only(self, symbol: int) -> "Masks":
        import numpy as np

        masks: Masks = np.zeros(len(s.NAMES), dtype=bool)
        masks[symbol] = True
        return masks

    def reach(self, wide: "Masks", goal: "Masks") -> "Masks":
        """The goal, by a wide leap if it must be; where the range has none of it, as it was."""
        near: Masks = wide & goal
        far: Masks = self._range & goal
        return near if near.any() else far if far.any() else wide

    def narrow(self, wide: "Masks", by: "Masks") -> "Masks":
        """Both, or the wider one if nothing would be left."""
        both: Masks = wide & by
        return both if both.any() else wide


assert s.TICKS % STEP == 0
