"""Puts the times of a MIDI file on a grid that can be written down.

A file whose every time is a plain fraction already was written, not played, and is kept as it is. A played one is
quantised beat by beat, to the coarsest of 1/8, 1/16, 1/12, 1/32, 1/24, 1/64 and 1/48 of a whole note that is near enough
and keeps apart what is heard apart. Limits: it trusts the file's tempo (playing without a click gives tidy nonsense),
knows triplets but no other tuplets in played music, and closes small gaps between notes.
"""

from collections.abc import Iterable
from fractions import Fraction

from studio.music.notation.smf import Heard
from studio.music.tune import Note

_GRIDS = (8, 16, 12, 32, 24, 64, 48)  # parts of a whole note
_NEAR = Fraction(1, 96)  # a note may be this far off: 25 ms at 100 to the minute
_APART = Fraction(1, 60)  # notes further apart than this are no chord
_SHORTEST = Fraction(1, 32)
_ODD = (1, 3, 5, 7, 9)


class Grid:
    """Of one file: the ticks of a whole note, and for every quarter note the grid that fits it."""

    def __init__(self, ppq: int, notes: Iterable[Heard], loose_ends: Iterable[Heard] = ()) -> None:
        self.whole = 4 * ppq
        self.ppq = ppq
        notes = list(notes)
        starts = {n.start for n in notes} | {n.start for n in loose_ends}
        self.written = all(self._plain(tick) for tick in starts | {n.end for n in notes})
        self.beats: dict[int, int] = {} if self.written else self._fit(starts)

    def _plain(self, tick: int) -> bool:
        bottom = Fraction(tick, self.whole).denominator
        odd = bottom // (bottom & -bottom)
        return bottom <= 256 and odd in _ODD and (self.ppq >= 96 or 64 % bottom == 0 or 48 % bottom == 0)

    def _fit(self, ticks: Iterable[int]) -> dict[int, int]:
        beats: dict[int, list[Fraction]] = {}
        for tick in sorted(ticks):
            beats.setdefault(tick // self.ppq, []).append(Fraction(tick, self.whole))
        return {beat: next(g for g in _GRIDS if g == _GRIDS[-1] or _fits(times, g)) for beat, times in beats.items()}

    def time(self, tick: int) -> Fraction:
        exact = Fraction(tick, self.whole)
        if self.written:
            return exact
        grid = self.beats.get(tick // self.ppq, 32)
        return Fraction(round(exact * grid), grid)

    def notes(self, heard: Iterable[Heard]) -> tuple[Note, ...]:
        """Notes of one part; of those that stop sounding shortly before the next begins the end is put there."""
        heard = sorted(heard, key=lambda n: (n.start, n.pitch))
        found = {id(n): self.time(n.start) for n in heard}
        onsets = sorted(set(found.values()))
        after = dict(zip(onsets, onsets[1:], strict=False))
        out = []
        for n in heard:
            start = found[id(n)]
            end = self.time(n.end)
            if not self.written:
                end = _closed(start, Fraction(n.end, self.whole), end, after.get(start))
            if end <= start:
                end = start + min(_SHORTEST, after.get(start, start + 1) - start)
            out.append(Note(start=start, length=end - start, pitch=n.pitch, velocity=n.velocity))
        return tuple(out)


def _fits(times: list[Fraction], grid: int) -> bool:
    placed = [Fraction(round(time * grid), grid) for time in times]
    if any(abs(a - b) > _NEAR for a, b in zip(times, placed, strict=True)):
        return False
    together = zip(times, times[1:], placed, placed[1:], strict=False)
    return not any(a == b and later - early > _APART for early, later, a, b in together)


def _closed(start: Fraction, exact: Fraction, end: Fraction, following: Fraction | None) -> Fraction:
    if following is not None and abs(exact - following) <= max(Fraction(1, 32), (following - start) / 4):
        return following
    return end
