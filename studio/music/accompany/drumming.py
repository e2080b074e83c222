"""Drums under a tune: the patterns of a style, with small changes from bar to bar and a fill where a section ends.

The seed decides which of a style's patterns is the main one, how often the other comes, which soft strokes are left out
and how each fill goes. The last bar is struck on its strong beats and left to ring.
"""

from fractions import Fraction
from random import Random

from studio.music.accompany.frame import Frame, frames, known, note
from studio.music.accompany.grooves import CRASH, DEEP, HAT, KICK, KINDS, RIM, SKIN, SNARE, SWEEP, TOMS, Groove, Kind, grooves
from studio.music.theory import Meter
from studio.music.tune import Tune, Voice

LOUD = {"X": 104, "x": 84, "o": 52}
Stroke = tuple[Fraction, int, int]  # start, pitch, velocity
SIXTEENTH, TRIPLET = Fraction(1, 16), Fraction(1, 12)


def styles(meter: Meter) -> tuple[str, ...]:
    return tuple(grooves(meter))


def drums(tune: Tune, style: str = "", seed: int = 0) -> Voice:
    """Without a style the most usual one of the meter."""
    style = known(style or styles(tune.meter)[0], "drum", tune.meter, styles(tune.meter))
    chance = Random(seed)
    main, often = chance.randrange(6), chance.uniform(0.15, 0.4)
    kind = KINDS.get(style, "kit")
    strokes: list[Stroke] = []
    ends: list[Fraction] = []
    filled = False
    for frame in frames(tune):
        groove = _pattern(frame.meter, style, main, often, chance)
        bar = _bar(frame, groove, chance)
        if frame.last:
            bar = _last(frame, kind)
        elif filled and kind == "kit" and chance.random() < 0.6:
            bar = [s for s in bar if s[0] > frame.start or s[1] != HAT] + [(frame.start, CRASH, 92)]
        filled = frame.closes and not frame.last
        if filled:
            bar = _filled(frame, bar, kind, groove.step, chance)
        strokes += sorted(bar)
        ends += [frame.end] * len(bar)
    notes = [note(s, min(s + SIXTEENTH, end), pitch, hard) for (s, pitch, hard), end in zip(strokes, ends, strict=True)]
    return Voice(name="Drums", role="drums", instrument="drums", notes=tuple(notes))


def _pattern(meter: Meter, style: str, main: int, often: float, chance: Random) -> Groove:
    """The main pattern of the style, now and then another; in a bar of another meter what suits that one."""
    there = grooves(meter)
    ways = there.get(style) or next((w for name, w in there.items() if KINDS.get(name) == KINDS.get(style)), None)
    ways = ways or next(iter(there.values()))
    return chance.choice(ways) if chance.random() < often else ways[main % len(ways)]


def _bar(frame: Frame, groove: Groove, chance: Random) -> list[Stroke]:
    out: list[Stroke] = []
    begin = frame.start
    while begin < frame.end:
        for pitch, line in groove.lanes:
            for k, letter in enumerate(line):
                at = begin + k * groove.step
                if letter != "." and at < frame.end and not (letter == "o" and pitch != HAT and chance.random() < 0.25):
                    out.append((at, pitch, LOUD[letter] + chance.randint(-6, 6)))
        begin += groove.length
    return out


def _last(frame: Frame, kind: Kind) -> list[Stroke]:
    low = DEEP if kind == "hand" else KICK
    out = [(beat.start, low, 96) for beat in frame.beats if beat.strong]
    return out + [(frame.start, {"kit": CRASH, "hand": SKIN, "brush": SWEEP}[kind], 78)]


def _filled(frame: Frame, bar: list[Stroke], kind: Kind, swing: Fraction, chance: Random) -> list[Stroke]:
    """The end of the bar is given to a fill that grows louder: a beat of it, or the half from its last strong beat."""
    strong = [beat.start for beat in frame.beats if beat.strong and beat.start > frame.start]
    begin = strong[-1] if strong and chance.random() < 0.5 else frame.beats[-1].start
    step = SIXTEENTH if frame.beats[-1].length < Fraction(3, 8) or kind == "hand" else Fraction(1, 8)
    step = swing if swing == TRIPLET else step
    places = []
    while begin < frame.end:
        places.append(begin)
        begin += step
    kept = [s for s in bar if s[0] < places[0]]
    way = chance.randrange(3)
    for k, at in enumerate(places):
        if k and chance.random() < 0.18:
            continue
        kept.append((at, _fill_pitch(kind, way, k, len(places)), 62 + 40 * (k + 1) // len(places) + chance.randint(-5, 5)))
    return kept


def _fill_pitch(kind: Kind, way: int, k: int, count: int) -> int:
    if kind == "hand":
        return ((DEEP, SKIN, SKIN, SKIN), (SKIN, SKIN, DEEP, RIM), (DEEP, SKIN))[way][k % (2 if way == 2 else 4)]
    if kind == "brush":
        return SNARE if way != 1 or k % 2 else SWEEP
    if way == 2:
        return SNARE
    down = (SNARE, *TOMS)
    return down[min(k * len(down) // count, 3)] if way == 0 else (SNARE, TOMS[0], SNARE, TOMS[2])[k % 4]
