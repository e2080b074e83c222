"""Which lengths may come next: tables made once for each sort of bar, so that whatever is chosen can still be filled up."""

from fractions import Fraction
from typing import TYPE_CHECKING

from studio.music.melody import symbols as s
from studio.music.melody.slots import Slot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Masks = NDArray[np.bool_]

STEP = 2  # ticks between two places in a table
assert s.TICKS % STEP == 0


def ticks(length: Fraction) -> int:
    return int(length * s.TICKS)


Kind = tuple[Fraction, tuple[Fraction, ...], int]


def kind_of(slot: Slot, notes_left: int) -> Kind:
    """What of a slot decides which lengths fit: its length, where a last note may begin, how many notes must still come."""
    closed = slot.ending == "closed" and not slot.notes
    return slot.length, _final_starts(slot) if closed else (), notes_left


def _final_starts(slot: Slot) -> tuple[Fraction, ...]:
    """Where a last note may begin: on a beat that carries weight, and so that one written length reaches the bar line."""
    beats = slot.meter.beats
    good = {*slot.meter.strong, *beats[:-1]}
    return tuple(beat for beat in beats if beat in good and slot.length - beat in s.LENGTHS)


def fitting(length: Fraction, starts: tuple[Fraction, ...], notes: int, shortest: Fraction) -> "Masks":
    """For every place in a bar, which lengths leave a rest of the bar that can be filled."""
    import numpy as np

    total = ticks(length)
    if notes or total % ticks(shortest):  # odd upbeats and counted notes need smaller change
        shortest = s.LENGTHS[0]
    sizes = {s.FIRST_LENGTH + i: ticks(n) for i, n in enumerate(s.LENGTHS) if n >= shortest}
    if not notes:
        sizes |= {s.FIRST_TUPLET + i: ticks(n) for i, n in enumerate(s.TUPLETS) if n / 2 >= shortest}
    last = {ticks(start) for start in starts}
    places = range(total - STEP, -1, -STEP)

    def fits(at: int, symbol: int, size: int, after: "NDArray[np.bool_]") -> bool:
        end, tuplet = at + size, symbol >= s.FIRST_TUPLET
        if end > total or not after[end // STEP] or (tuplet and at % size):
            return False
        return end < total or not last or (at in last and not tuplet)

    after = np.zeros(total // STEP + 1, dtype=bool)
    after[-1] = True
    for _ in range(max(notes, 1)):
        can = np.zeros((total // STEP + 1, len(s.NAMES)), dtype=bool)
        reach = np.zeros(total // STEP + 1, dtype=bool) if notes else after
        for at in places:
            for symbol, size in sizes.items():
                can[at // STEP, symbol] = fits(at, symbol, size, after)
            reach[at // STEP] = can[at // STEP].any()
        after = reach
    masks: Masks = can
    return masks


def group_table(shortest: Fraction) -> dict[tuple[int, int], "Masks"]:
    """For every tuplet and every written rest of it, the lengths that fit: its unit, the double and the half."""
    import numpy as np

    table: dict[tuple[int, int], Masks] = {}
    for i, span in enumerate(s.TUPLETS):
        units = [n for n in (span / 4, span / 2, span) if n in s.LENGTHS and n >= min(shortest, span / 2)]
        sizes = {s.FIRST_LENGTH + s.LENGTHS.index(n): ticks(n) for n in units}
        table[s.FIRST_TUPLET + i, 0] = np.zeros(len(s.NAMES), dtype=bool)
        smallest = min(sizes.values())
        for left in range(smallest, ticks(span) * 3 // 2 + 1, smallest):
            row = np.zeros(len(s.NAMES), dtype=bool)
            for symbol, size in sizes.items():
                row[symbol] = size == left or (size < left and bool(table[s.FIRST_TUPLET + i, left - size].any()))
            table[s.FIRST_TUPLET + i, left] = row
    return table
