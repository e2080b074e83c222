"""Symbols: the small language in which the melody model reads and writes tunes.

A tune is a heading (meter, mode, kind of tune, range ...), then sections, then bars. Every bar is written by itself and
says first how many bars its section still has. Inside a bar a length is written only when it changes, then pitches in
semitones above the tonic: a tune in D and the same tune in B flat are the same text, so keys are exact by construction
and every transposition is learned at once. Nothing here is random and nothing knows the model.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from studio.music.theory import MODES, Key, Meter, Mode
from studio.music.tune import ZERO, Bar, Note, Tune, in_bar

TICKS = 192  # in a whole note: a 64th is 3, a triplet 16th is 8
LOWEST, HIGHEST = -19, 31  # semitones from the tonic
LENGTHS: Final = tuple(
    Fraction(text)
    for text in ("1/32", "1/16", "3/32", "1/8", "3/16", "7/32", "1/4", "3/8", "7/16", "1/2", "3/4", "7/8", "1", "3/2")
)
TUPLETS: Final = tuple(Fraction(text) for text in ["1/16", "1/8", "1/4", "1/2", "1"])  # three in the time of two, in this span
PICKUPS: Final = tuple(Fraction(text) for text in ["1/16", "1/8", "3/16", "1/4", "3/8", "1/2", "5/8", "3/4", "7/8"])
METERS: Final = ("2/4", "3/4", "4/4", "2/2", "6/8", "9/8", "12/8", "3/8", "6/4", "3/2", "5/4", "7/8", "4/8", "other")
KINDS: Final = (
    "air", "art song", "carolan", "highland", "hornpipe", "hymn", "jig", "march", "polka", "reel", "slide", "slip jig",
    "strathspey", "waltz", "clog",
)  # fmt: skip
TEMPOS: Final = (76, 100, 126)  # quarter notes a minute between slow, calm, lively, fast
DENSITIES: Final = (3.2, 4.8, 6.2, 7.4)  # notes in the time of a whole note
LABELS = "ABCDEF"
LIKENESS: Final = (0.01, 0.4, 0.75, 0.999)  # share of bars like those of the section it repeats
BARS_LEFT = 24
SECTIONS_LEFT = 8

NAMES: Final[tuple[str, ...]] = (
    "pad", "tune", "end", "hole", "fill", "range", "rest", "tie",
    *(f"meter {m}" for m in METERS),
    *(f"mode {m}" for m in MODES),
    *(f"kind {k}" for k in KINDS),
    *(f"tempo {i}" for i in range(len(TEMPOS) + 1)),
    *(f"density {i}" for i in range(len(DENSITIES) + 1)),
    *(f"pickup {p}" for p in PICKUPS),
    *(f"section {s}" for s in LABELS),
    *(f"like {i}" for i in range(len(LIKENESS) + 1)),
    *(f"sections left {i}" for i in range(1, SECTIONS_LEFT + 1)),
    *(f"bar {i}" for i in range(1, BARS_LEFT + 1)),
    *(f"length {n}" for n in LENGTHS),
    *(f"tuplet {n}" for n in TUPLETS),
    *(f"pitch {p}" for p in range(LOWEST, HIGHEST + 1)),
)  # fmt: skip
ID: Final[dict[str, int]] = {name: i for i, name in enumerate(NAMES)}
PAD, TUNE, END, HOLE, FILL, RANGE, REST, TIE = range(8)
FIRST_BAR = ID["bar 1"]
FIRST_LENGTH = ID["length 1/32"]
FIRST_TUPLET = ID["tuplet 1/16"]
FIRST_PITCH = ID[f"pitch {LOWEST}"]
_LENGTH_ID = {length: FIRST_LENGTH + i for i, length in enumerate(LENGTHS)}
_TUPLET_ID = {length: FIRST_TUPLET + i for i, length in enumerate(TUPLETS)}


class Unsayable(ValueError):
    """Something these symbols have no word for."""


def pitch_id(pitch: int, home: int) -> int:
    if not LOWEST <= pitch - home <= HIGHEST:
        raise Unsayable(f"pitch {pitch} is too far from the tonic {home}")
    return FIRST_PITCH + pitch - home - LOWEST


def band(value: float, limits: Sequence[float]) -> int:
    return sum(value >= limit for limit in limits)


def home_of(key: Key, low: int, high: int) -> int:
    """The tonic from which a range is counted: the one just below the middle of the range."""
    middle = (low + high) // 2
    return middle - 1 - (middle - 1 - key.pitch_class) % 12


def tempo_symbol(tempo: Fraction) -> int:
    return ID[f"tempo {band(float(tempo), TEMPOS)}"]


def density_symbol(notes: int, length: Fraction) -> int:
    return ID[f"density {band(notes / float(length or 1), DENSITIES)}"]


def meter_symbol(meter: Meter) -> int:
    return ID.get(f"meter {meter}", ID["meter other"])


def bar_symbol(left: int) -> int:
    return FIRST_BAR + min(left, BARS_LEFT) - 1


def heading(
    meter: Meter,
    *,
    mode: Mode | None = None,
    kind: str | None = None,
    tempo: int | None = None,
    density: int | None = None,
    span: tuple[int, int] | None = None,
    pickup: Fraction = ZERO,
) -> list[int]:
    """The first symbols of a tune. `tempo` and `density` are symbols; `span` two pitch symbols; most may be left open."""
    out = [TUNE, meter_symbol(meter)]
    if mode:
        out.append(ID[f"mode {mode}"])
    if kind in KINDS:
        out.append(ID[f"kind {kind}"])
    out += [symbol for symbol in (tempo, density) if symbol is not None]
    if span:
        out += [RANGE, *span]
    if pickup:
        out.append(ID[f"pickup {pickup}"] if pickup in PICKUPS else ID["pickup 1/8"])
    return out


def section_symbols(label: str, like: float, left: int) -> list[int]:
    """`like`: share of bars that are those of the earlier section of this name, 0 for a new one."""
    name = label if label in LABELS else LABELS[-1]
    return [ID[f"section {name}"], ID[f"like {band(like, LIKENESS)}"], ID[f"sections left {min(left, SECTIONS_LEFT)}"]]


# --------------------------------------------------------------------------------------------------- one bar


Span = tuple[Fraction, Fraction, int | None, bool]  # onset in the bar, length, pitch or None for a rest, held over
_Group = tuple[int, tuple[Span, ...]]  # a tuplet's symbol and what is in it; 0 and one span
FUEL = 400  # tries, before a bar counts as one that cannot be said


def with_rests(notes: Iterable[tuple[Fraction, Fraction, int, bool]], length: Fraction) -> list[Span]:
    """The silences of a bar written out."""
    out: list[Span] = []
    at = ZERO
    for onset, duration, pitch, held in notes:
        if onset > at:
            out.append((at, onset - at, None, False))
        out.append((onset, duration, pitch, held))
        at = onset + duration
    if at < length:
        out.append((at, length - at, None, False))
    return out


def encode_bar(spans: Sequence[Span], home: int) -> list[int]:
    """The symbols of one bar's contents. Raises Unsayable for lengths and pitches that have none."""
    out: list[int] = []
    now: Fraction | None = None
    groups = _groups(tuple(spans), [FUEL])
    if groups is None:
        raise Unsayable("a tuplet that does not come out even")
    for group, inside in groups:
        if group:
            out.append(group)
            now = None
        for span in inside:
            now = _say(out, span, Fraction(3, 2) if group else Fraction(1), now, home)
        if group:
            now = None
    return out


def _groups(spans: tuple[Span, ...], fuel: list[int]) -> list[_Group] | None:
    """The bar as single spans and tuplets; None if it cannot be said."""
    out: list[_Group] = []
    while spans and spans[0][1].denominator % 3:
        out.append((0, spans[:1]))
        spans = spans[1:]
    if not spans:
        return out
    for first, left in _tuplets(spans):
        fuel[0] -= 1
        after = _groups(left, fuel) if fuel[0] > 0 else None
        if after is not None:
            return [*out, *first, *after]
    return None


def _tuplets(spans: tuple[Span, ...]) -> Iterator[tuple[list[_Group], tuple[Span, ...]]]:
    """What could begin here: one that comes out even first, then one that cuts a span in two (what follows is tied)."""
    total = ZERO
    for count, span in enumerate(spans, 1):
        total += span[1]
        if not _has_sign(span[1]):
            break
        if total in _TUPLET_ID:
            yield [(_TUPLET_ID[total], spans[:count])], spans[count:]
    length = spans[0][1]
    for reach in TUPLETS:
        if length <= reach:
            yield from _cut_at(spans, reach, [])
    for part in (Fraction(1, 3), Fraction(2, 3)):
        for reach in TUPLETS:
            before = length - part * reach
            if before > 0 and before.denominator % 3:
                head, tail = _two(spans[0], before)
                yield from _cut_at((tail, *spans[1:]), reach, [(0, (head,))])


def _cut_at(
    spans: tuple[Span, ...], reach: Fraction, before: list[_Group]
) -> Iterator[tuple[list[_Group], tuple[Span, ...]]]:
    total = ZERO
    for count, span in enumerate(spans):
        if total + span[1] >= reach:
            inside, left = spans[:count], spans[count + 1 :]
            head, *tail = _two(span, reach - total) if total + span[1] > reach else [span]
            if all(_has_sign(length) for _, length, _, _ in (*inside, head)):
                yield [*before, (_TUPLET_ID[reach], (*inside, head))], (*tail, *left)
            return
        total += span[1]


def _has_sign(length: Fraction) -> bool:
    """As part of a tuplet: written half as long again, in 32nds."""
    return (length * 48).denominator == 1


def _two(span: Span, at: Fraction) -> list[Span]:
    onset, length, pitch, held = span
    return [(onset, at, pitch, held), (onset + at, length - at, pitch, pitch is not None)]


def _say(out: list[int], span: Span, factor: Fraction, now: Fraction | None, home: int) -> Fraction | None:
    """Writes one note or rest; lengths without a sign of their own become tied notes."""
    _, length, pitch, held = span
    written = length * factor
    for k, piece in enumerate(pieces(written)):
        if piece != now:
            out.append(_LENGTH_ID[piece])
            now = piece
        if pitch is None:
            out.append(REST)
        else:
            out.append(TIE if held or k else pitch_id(pitch, home))
    return now


def pieces(length: Fraction) -> list[Fraction]:
    """A length as written lengths, longest first. Raises Unsayable."""
    out = []
    while length > 0:
        fitting = [known for known in LENGTHS if known <= length]
        if not fitting:
            raise Unsayable(f"a length with {length} left over")
        out.append(fitting[-1])
        length -= fitting[-1]
    return out


def decode_bar(symbols: Iterable[int], home: int) -> tuple[list[Span], Fraction]:
    """What `encode_bar` wrote, and how long it is. Ties inside the bar are joined; a tie that opens it is `held`, pitch -1."""
    spans: list[Span] = []
    at, now, factor, left = ZERO, LENGTHS[0], Fraction(1), ZERO
    for symbol in symbols:
        if FIRST_LENGTH <= symbol < FIRST_TUPLET:
            now = LENGTHS[symbol - FIRST_LENGTH]
            continue
        if FIRST_TUPLET <= symbol < FIRST_PITCH:
            factor, left = Fraction(2, 3), TUPLETS[symbol - FIRST_TUPLET]
            continue
        length = now * factor
        if symbol == TIE and spans and spans[-1][2] is not None:
            onset, before, pitch, held = spans[-1]
            spans[-1] = (onset, before + length, pitch, held)
        elif symbol == TIE:
            spans.append((at, length, -1, True))
        elif symbol == REST:
            spans.append((at, length, None, False))
        else:
            spans.append((at, length, home + symbol - FIRST_PITCH + LOWEST, False))
        at += length
        if factor != 1:
            left -= length
            factor = factor if left > 0 else Fraction(1)
    return spans, at


# ------------------------------------------------------------------------------------------------ whole tunes


def bars_of(tune: Tune, home: int) -> list[list[int]]:
    """Every bar of the melody as symbols."""
    out = []
    notes = tune.melody.notes
    first = 0
    for bar, start in zip(tune.bars, tune.starts, strict=False):
        end = start + bar.length
        while first < len(notes) and notes[first].end <= start:
            first += 1
        last = first
        while last < len(notes) and notes[last].start < end:
            last += 1
        out.append(encode_bar(with_rests(in_bar(notes[first:last], start, end), bar.length), home))
    return out


def notes_of(bars: Sequence[Sequence[int]], shape: Sequence[Bar], home: int) -> tuple[Note, ...]:
    """The melody that these bars say. Ties over bar lines are joined."""
    notes: list[Note] = []
    at = ZERO
    for symbols, bar in zip(bars, shape, strict=True):
        for onset, length, pitch, held in decode_bar(symbols, home)[0]:
            if held and notes:
                notes[-1] = notes[-1].changed(length=notes[-1].length + length)
            elif pitch is not None and not held:
                notes.append(Note(start=at + onset, length=length, pitch=pitch))
        at += bar.length
    return tuple(notes)


def span_of(tune: Tune) -> tuple[int, int]:
    pitches = [note.pitch for note in tune.melody.notes] or [60, 72]
    return min(pitches), max(pitches)
