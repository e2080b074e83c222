"""Puts free onsets on a grid: finds the tempo when none is given and follows the person when they hurry or drag.

A beam of hypotheses, each a small Kalman filter of where the next grid line is and how far apart the lines are; an
onset may take any line near it, and lines and lengths that music uses more are preferred. Only relative: twice the tempo
with twice the lengths explains the same onsets, and the more usual one is taken. One grid a tune: 1/16 or 1/12, not both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log
from statistics import fmean

from studio.core.errors import Refused
from studio.music.theory import Meter

SIXTEENTH = Fraction(1, 16)
GRIDS = (Fraction(1, 4), Fraction(1, 8), Fraction(1, 12), SIXTEENTH, Fraction(1, 24), Fraction(1, 32))
_JITTER = 0.018  # seconds: how far from the meant time people start a note
_WANDER = 0.008  # how much the tempo changes from note to note
_TRUST = 0.15  # how much the usual counts against the heard once the tempo is known
_WIDTH, _FIRST, _TEMPOS = 12, 24, 56  # hypotheses kept; onsets that choose the tempos worth following to the end; tempos tried
_SLOWEST, _QUICKEST, _USUAL, _SPREAD = 42.0, 208.0, 100.0, 0.45  # quarter notes a minute; the spread is of its logarithm
# How common lengths are in tunes, as far as they are told apart here.
_LENGTHS = {
    Fraction(1, 16): 0.10, Fraction(1, 12): 0.08, Fraction(1, 8): 0.34, Fraction(1, 4): 0.30, Fraction(3, 8): 0.09,
    Fraction(1, 2): 0.10, Fraction(3, 16): 0.05, Fraction(1, 6): 0.05, Fraction(3, 4): 0.04, Fraction(1): 0.04,
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    tempo: Fraction  # quarter notes a minute
    places: tuple[Fraction, ...]  # of the onsets, in whole notes from the bar in which the first one falls
    whole: float  # seconds a whole note lasts
    off: float  # seconds: how far the onsets are from the grid that followed them, on average


@dataclass(frozen=True)
class _Guess:
    line: float  # seconds: where the last grid line is
    step: float  # seconds between lines
    pp: float  # the filter's covariance: line, both, step
    ps: float
    ss: float
    cost: float
    lines: tuple[int, ...]
    off: float = 0.0


@dataclass(frozen=True)
class _Costs:
    lengths: tuple[float, ...]  # of notes of so many lines
    lines: tuple[float, ...]  # of each line of a bar
    start: int

    def of(self, length: int, line: int) -> float:
        return self.lengths[min(length, len(self.lengths) - 1)] + self.lines[(self.start + line) % len(self.lines)]

    def weaker(self) -> "_Costs":
        return _Costs(tuple(_TRUST * c for c in self.lengths), tuple(_TRUST * c for c in self.lines), self.start)


def place(
    onsets: Sequence[float],
    meter: Meter,
    *,
    tempo: Fraction | None = None,
    grid: Fraction = SIXTEENTH,
    start_beat: Fraction = Fraction(0),
) -> Placed:
    """Onsets in seconds, in order, one at least; `start_beat` says on which beat of the bar, from 0, the first one falls."""
    if grid not in GRIDS:
        raise Refused(f"Notes cannot be put on a grid of {grid}. Choose one of {', '.join(str(g) for g in GRIDS)}.")
    start = _start(meter, start_beat, grid)
    costs = _costs(meter, grid, int(start / grid))
    step = float(240 / tempo * grid) if tempo is not None else _likeliest(onsets, grid, costs)
    best = _follow(onsets, step, costs.weaker(), free=tempo is None)
    said = tempo or _tempo(onsets, best.lines, grid)
    first_line = best.lines[0]
    places = tuple(start + (line - first_line) * grid for line in best.lines)
    return Placed(said, places, float(240 / said), best.off / len(onsets))


def _likeliest(onsets: Sequence[float], grid: Fraction, costs: _Costs) -> float:
    """The distance of grid lines in seconds to begin with: many are tried on the first onsets, the best on all."""
    quick, slow = (240 / tempo * float(grid) for tempo in (_QUICKEST, _SLOWEST))
    steps: list[float] = [quick * (slow / quick) ** (i / (_TEMPOS - 1)) for i in range(_TEMPOS)]

    def cost(step: float, times: Sequence[float]) -> float:
        unusual = log(240 * float(grid) / step / _USUAL) / _SPREAD
        return _follow(times, step, costs, free=True).cost + unusual * unusual

    few = sorted(steps, key=lambda step: cost(step, onsets[:_FIRST]))[:6]
    return min(few, key=lambda step: cost(step, onsets))


def _start(meter: Meter, beat: Fraction, grid: Fraction) -> Fraction:
    if not 0 <= beat < len(meter.beats):
        raise Refused(f"A bar of {meter} has the beats 0 to {len(meter.beats) - 1}; the first note cannot fall on {beat}.")
    whole = int(beat)
    place = meter.beats[whole] + (beat - whole) * meter.beat
    return round(place / grid) * grid


def _costs(meter: Meter, grid: Fraction, start: int) -> _Costs:
    lengths = [9.0] + [-log(_LENGTHS.get(grid * n, 0.015)) for n in range(1, int(2 / grid) + 1)]
    beats = set(meter.beats)
    lines = []
    for i in range(int(meter.length / grid) or 1):
        place = i * grid
        lines.append(
            0.3 if place in beats else 0.9 if (place * meter.unit * (1 if meter.compound else 2)).denominator == 1 else 2.0
        )
    return _Costs(tuple(lengths), tuple(lines), start)


def _follow(onsets: Sequence[float], step: float, costs: _Costs, *, free: bool) -> _Guess:
    """The cheapest way of giving every onset a grid line of its own; a free tempo may be a little off at first."""
    loose = (0.03 if free else 0.012) * step
    beam = [_Guess(onsets[0], step, _JITTER**2, 0.0, loose**2, 0.0, (0,))]
    for onset in onsets[1:]:
        grown: dict[tuple[int, int], _Guess] = {}
        for guess in beam:
            middle = round((onset - guess.line) / guess.step)
            for length in {max(middle - 1, 1), max(middle, 1), max(middle + 1, 1)}:
                new = _moved(guess, onset, length, costs)
                key = (new.lines[-1], round(log(new.step) * 60))
                if key not in grown or new.cost < grown[key].cost:
                    grown[key] = new
        beam = sorted(grown.values(), key=lambda g: g.cost)[:_WIDTH]
    return beam[0]


def _moved(guess: _Guess, onset: float, length: int, costs: _Costs) -> _Guess:
    """The filter after one onset that is `length` lines later."""
    ss = guess.ss + min(length, 8) * (_WANDER * guess.step) ** 2 / 4
    pp = guess.pp + 2 * length * guess.ps + length * length * ss
    ps = guess.ps + length * ss
    spread = pp + _JITTER**2
    error = onset - guess.line - length * guess.step
    line = guess.lines[-1] + length
    cost = guess.cost + 0.5 * error * error / spread + 0.5 * log(spread) + costs.of(length, line)
    a, b = pp / spread, ps / spread
    return _Guess(
        line=guess.line + length * guess.step + a * error,
        step=max(guess.step + b * error, 0.01),
        pp=(1 - a) * pp,
        ps=(1 - a) * ps,
        ss=ss - b * ps,
        cost=cost,
        lines=(*guess.lines, line),
        off=guess.off + abs(error) * (1 - a),
    )


def _tempo(onsets: Sequence[float], lines: Sequence[int], grid: Fraction) -> Fraction:
    """The even tempo that fits best, as a whole number."""
    if len(onsets) < 2:
        return Fraction(round(_USUAL))
    x, y = fmean(lines), fmean(onsets)
    step = sum((a - x) * (b - y) for a, b in zip(lines, onsets, strict=True)) / sum((a - x) ** 2 for a in lines)
    return Fraction(min(max(round(240 * float(grid) / step), 20), 400))
