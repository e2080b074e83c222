"""A chord part: held, broken, strummed or oom-pah. Close positions around the A below middle C, led by the nearest way.

Strums are played together, not string after string: a voice of the tune holds notes that begin and end as one.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from studio.music.accompany.frame import Frame, Span, chord_at, frames, halves, known, note
from studio.music.harmony.complete import with_chords
from studio.music.sound.accompany import placed
from studio.music.theory import Meter
from studio.music.tune import Chord, Instrument, Note, Tune, Voice

STYLES: dict[str, Instrument] = {"held": "pad", "strum": "plucked", "oom-pah": "organ", "arpeggio": "plucked"}
TOP = 69  # above it the chords would get into the melody's way
Position = tuple[int, ...]
Way = Callable[[Frame, dict[Fraction, Position]], list[Note]]


def styles(meter: Meter) -> tuple[str, ...]:
    return ("held", "strum", "oom-pah", "arpeggio") if len(meter.beats) > 1 else ("held", "strum", "arpeggio")


def chords_part(tune: Tune, style: str = "held", seed: int = 0) -> Voice:
    """`seed` chooses between close, open and high positions, and which way round chords are broken."""
    known(style, "chord", tune.meter, styles(tune.meter))
    tune = with_chords(tune)
    positions = _positions(tune.chords, seed % 3)
    ways: dict[str, Way] = {"held": _held, "strum": _strum, "oom-pah": _oompah, "arpeggio": partial(_broken, turn=seed // 3 % 3)}
    play = ways[style]
    notes = [n for frame in frames(tune) for n in play(frame, positions)]
    return Voice(name="Chords", role="chords", instrument=STYLES[style], notes=tuple(notes))


def _positions(chords: tuple[Chord, ...], way: int) -> dict[Fraction, Position]:
    """By the start of each chord: the bass note, then the notes above it."""
    out: dict[Fraction, Position] = {}
    before: Position = ()
    for chord in chords:
        before = placed(chord, before)
        low, upper = before[0], list(before[1:])
        if way == 1 and upper[-2] - 12 > low:
            upper[-2] -= 12  # open position
        elif way == 2 and upper[0] + 12 <= TOP:
            upper[0] += 12
        out[chord.start] = (low, *sorted(upper))
    return out


def _struck(start: Fraction, end: Fraction, pitches: Position, velocity: int) -> list[Note]:
    return [note(start, end, pitch, velocity) for pitch in sorted(set(pitches))]


def _upper(chord: Chord | None, positions: dict[Fraction, Position]) -> Position:
    return positions[chord.start][1:] if chord else ()


def _held(frame: Frame, positions: dict[Fraction, Position]) -> list[Note]:
    return [n for span in frame.chords for n in _struck(span.start, span.end, _upper(span.chord, positions), 58)]


def _cut(frame: Frame) -> list[Span]:
    """The beats of a bar, cut where a chord comes in between."""
    points = sorted({beat.start for beat in frame.beats} | {span.start for span in frame.chords} | {frame.end})
    strong = {beat.start for beat in frame.beats if beat.strong}
    beats = {beat.start for beat in frame.beats}
    return [
        Span(a, b, chord_at(frame.chords, a), a in strong or a not in beats) for a, b in zip(points, points[1:], strict=False)
    ]


def _strum(frame: Frame, positions: dict[Fraction, Position]) -> list[Note]:
    """All strings on the strong beats, the high ones on the others; the last bar rings."""
    spans = [Span(s.start, s.end, s.chord, True) for s in frame.chords] if frame.last else _cut(frame)
    return [
        n
        for span in spans
        if span.chord
        for n in _struck(span.start, span.end, positions[span.chord.start][0 if span.strong else 1 :], 70 if span.strong else 54)
    ]


def _oompah(frame: Frame, positions: dict[Fraction, Position]) -> list[Note]:
    """The bass note on the strong beats, the chord short on the others; where every beat is strong, on their second halves."""
    out: list[Note] = []
    every = all(beat.strong for beat in frame.beats)
    for span in _cut(frame):
        if not span.chord:
            continue
        low, upper = positions[span.chord.start][:1], positions[span.chord.start][1:]
        parts = halves(span)
        if not span.strong:
            out += [] if frame.last else _struck(span.start, parts[0].end, upper, 56)
        elif every and not frame.last:
            out += _struck(span.start, parts[0].end, low, 74) + _struck(parts[-1].start, span.end, upper, 54)
        else:
            out += _struck(span.start, span.end, (*low, *upper) if frame.last else low, 74)
    return out


def _broken(frame: Frame, positions: dict[Fraction, Position], turn: int) -> list[Note]:
    """The notes of the chord one after the other, up, up and down, or low high middle high; the last chord is struck."""
    out: list[Note] = []
    for chord in frame.chords:
        position = positions[chord.chord.start] if chord.chord else ()
        if frame.last and chord is frame.chords[-1]:
            out += _struck(chord.start, chord.end, position, 62)
            continue
        steps = [half for span in _cut(frame) if chord.start <= span.start < chord.end for half in halves(span)]
        low, upper = position[0], position[1:]
        ways = ((low, *upper), (low, *upper, *upper[-2:0:-1]), (low, upper[-1], upper[0], upper[-1]))
        for k, step in enumerate(steps):
            out.append(note(step.start, step.end, ways[turn][k % len(ways[turn])], 68 if step.strong else 58))
    return out
