"""From what sounds to what is written: bars of notes, chords and rests, each with a value that has a name.

Lengths without a value of their own and notes over a bar line are tied; what does not fall on halves of halves becomes a
tuplet (3 in the time of 2, 5 of 4, 7 of 4, 9 of 8 and so on). Nothing is rounded. Drums are written as single hits
that last until the next.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import lcm

from studio.music.theory import Meter
from studio.music.tune import ZERO, Note, Tune, Voice

# A whole note and its halves from four whole notes down to a 1024th, plain, dotted or doubly dotted.
_PLAIN = tuple(Fraction(4) / 2**i for i in range(13))
VALUES: dict[Fraction, tuple[Fraction, int]] = {
    base * factor: (base, dots)
    for base in _PLAIN
    for dots, factor in enumerate((Fraction(1), Fraction(3, 2), Fraction(7, 4)))
}
_GREEDY = sorted((v for v, (_, dots) in VALUES.items() if dots < 2), reverse=True)


@dataclass(frozen=True)
class Written:
    """A note, a chord or (without pitches) a rest."""

    start: Fraction  # from the start of the bar
    length: Fraction  # as it sounds
    pitches: tuple[int, ...]
    held: bool = False  # tied to the one before
    tied: bool = False  # tied to the next
    tuplet: tuple[int, int] | None = None  # (3, 2): three in the time of two
    opens: bool = False  # first of its tuplet
    closes: bool = False  # last of its tuplet

    @property
    def value(self) -> Fraction:
        """The length as it looks."""
        return self.length * Fraction(*self.tuplet) if self.tuplet else self.length


def written(tune: Tune, voice: Voice, cuts: Iterable[Fraction] = ()) -> list[list[Written]]:
    """The bars of a voice; notes are also cut (and tied) at `cuts`, times from the start of the tune."""
    starts = tune.starts
    bars: list[list[Written]] = [[] for _ in tune.bars]
    for piece in _split(_sounds(voice, tune.length), sorted({*starts[1:-1], *cuts})):
        i = bisect_right(starts, piece.start) - 1
        bars[i].append(replace(piece, start=piece.start - starts[i]))
    upbeat = tune.bars[0].meter.length - tune.pickup if tune.pickup else ZERO
    return [_valued(bar, tune.bars[i].meter, upbeat if i == 0 else ZERO) for i, bar in enumerate(bars)]


def _sounds(voice: Voice, end: Fraction) -> Iterator[Written]:
    """Notes, chords and the rests between them, without a gap."""
    now = ZERO
    groups = [(start, list(group)) for start, group in groupby(voice.notes, key=lambda n: n.start)]
    for i, (start, group) in enumerate(groups):
        if start > now:
            yield Written(now, start - now, ())
        stop = _stop(group, groups[i + 1][0] if i + 1 < len(groups) else end)
        yield Written(start, stop - start, tuple(sorted({n.pitch for n in group})))
        now = stop
    if now < end:
        yield Written(now, end - now, ())


def _stop(group: Sequence[Note], following: Fraction) -> Fraction:
    return min(max(n.end for n in group), following)


def _split(pieces: Iterable[Written], points: Sequence[Fraction]) -> Iterator[Written]:
    for piece in pieces:
        end = piece.start + piece.length
        yield from _pieces(piece, points[bisect_right(points, piece.start) : bisect_left(points, end)])


def _pieces(whole: Written, points: Sequence[Fraction]) -> Iterator[Written]:
    """The same sound cut in pieces; the pieces of a note are tied."""
    edges = [whole.start, *points, whole.start + whole.length]
    last = len(edges) - 2
    for i, (a, b) in enumerate(zip(edges, edges[1:], strict=False)):
        sounds = bool(whole.pitches)
        held, tied = whole.held or (sounds and i > 0), whole.tied or (sounds and i < last)
        yield replace(whole, start=a, length=b - a, held=held if i == 0 else sounds, tied=tied if i == last else sounds)


def _halves(time: Fraction) -> bool:
    return not time.denominator & (time.denominator - 1)


def _odd(time: Fraction) -> int:
    return time.denominator // (time.denominator & -time.denominator)


def _valued(bar: Sequence[Written], meter: Meter, shift: Fraction) -> list[Written]:
    out: list[Written] = []
    group: list[Written] = []
    for piece in _eased(bar, meter):
        group.append(piece)
        if _halves(piece.start + piece.length):
            out += _tuplet(group) if len(group) > 1 or not _halves(group[0].start) else _plain(piece, meter, shift)
            group = []
    return out + (_tuplet(group) if group else [])


def _eased(bar: Iterable[Written], meter: Meter) -> Iterator[Written]:
    """A long note that runs into a tuplet or out of one is cut at the beat, so that the tuplet stays small."""
    grid = Fraction(1, max(meter.unit, 4))
    for piece in bar:
        end = piece.start + piece.length
        before, after = _halves(piece.start), _halves(end)
        point = end // grid * grid if before else -(-piece.start // grid) * grid
        if before != after and piece.start < point < end and not _one_value(piece.length):
            yield from _pieces(piece, [point])
        else:
            yield piece


def _one_value(length: Fraction) -> bool:
    n = _odd(length)
    return length * n / _normal(n) in VALUES


def _normal(n: int) -> int:
    return 1 << (n.bit_length() - 1)


def _tuplet(group: Sequence[Written]) -> list[Written]:
    """Pieces that together fill a plain span; each gets a value that the tuplet shrinks to its length."""
    n = 1
    for piece in group:
        for time in (piece.start, piece.start + piece.length):
            n = lcm(n, _odd(time))
    if n == 1:
        return list(group)
    shape = (n, _normal(n))
    factor = Fraction(*shape)
    parts: list[Written] = []
    for piece in group:
        points, now = [], piece.start
        for value in _greedy(piece.length * factor)[:-1]:
            now += value / factor
            points.append(now)
        parts += [replace(part, tuplet=shape) for part in _pieces(piece, points)]
    parts[0] = replace(parts[0], opens=True)
    parts[-1] = replace(parts[-1], closes=True)
    return parts


def _plain(piece: Written, meter: Meter, shift: Fraction) -> Iterator[Written]:
    length = piece.length
    if length in VALUES:
        return iter([piece])
    beats = [t for t in _beats(meter, piece, shift) if t - piece.start in VALUES and piece.start + length - t in VALUES]
    if beats:
        return _pieces(piece, [beats[0]])
    points, now = [], piece.start
    for value in _greedy(length)[:-1]:
        now += value
        points.append(now)
    return _pieces(piece, points)


def _beats(meter: Meter, piece: Written, shift: Fraction) -> list[Fraction]:
    """Beats inside a piece, strong ones first. An upbeat begins `shift` after the beat."""
    strong = {t - shift for t in meter.strong}
    inside = [t - shift for t in meter.beats if piece.start < t - shift < piece.start + piece.length]
    return sorted(inside, key=lambda t: t not in strong)


def _greedy(length: Fraction) -> list[Fraction]:
    """A length as a sum of values, long ones first. What is shorter than any value comes last, as it is."""
    out: list[Fraction] = []
    for value in _GREEDY:
        while value <= length:
            out.append(value)
            length -= value
    return [*out, length] if length else out
