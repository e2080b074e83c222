"""Drum patterns as they are written on paper: one line an instrument, one letter a step, one bar a pattern.

X is loud, x plain, o soft (and may be left out), a dot nothing. The number is how many steps a whole note has: 16 for
sixteenths, 8 for eighths, 12 for eighths in triplets (swing). The pitches are those of General MIDI; a frame drum is not
among them, so the bodhran is a deep tom (skin), a low conga (skin, higher) and a muted conga (rim).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from studio.music.theory import Meter

KICK, SNARE, STICK, CLAP, HAT, PEDAL, RIDE, CRASH, SWEEP = 36, 38, 37, 39, 42, 44, 51, 49, 82
DEEP, SKIN, RIM = 41, 64, 62
TOMS = (48, 45, 41)
Kind = Literal["kit", "hand", "brush"]
KINDS: dict[str, Kind] = {"jig": "hand", "reel": "hand", "folk": "hand", "brush": "brush"}


@dataclass(frozen=True)
class Groove:
    step: Fraction
    lanes: tuple[tuple[int, str], ...]

    @property
    def length(self) -> Fraction:
        return self.step * len(self.lanes[0][1])


def _g(steps: int, *lanes: tuple[int, str]) -> Groove:
    return Groove(Fraction(1, steps), tuple((pitch, line.replace(" ", "")) for pitch, line in lanes))


FOUR: dict[str, tuple[Groove, ...]] = {
    "rock": (
        _g(16, (KICK, "X... .... x.x. ...."), (SNARE, ".... X... .... X..."), (HAT, "x.o. x.o. x.o. x.o.")),
        _g(16, (KICK, "X... ..x. x... ...."), (SNARE, ".... X... .... X..o"), (HAT, "x.o. x.o. x.o. x.o.")),
        _g(16, (KICK, "X.x. .... x... ..x."), (SNARE, ".... X... .... X..."), (HAT, "x.x. x.x. x.x. x.x.")),
    ),
    "pop": (
        _g(16, (KICK, "X... x... x... x..."), (CLAP, ".... x... .... x..."), (HAT, "..x. ..x. ..x. ..x.")),
        _g(16, (KICK, "X..x ..x. x... ..o."), (SNARE, ".... x... .... x..."), (HAT, "x.x. x.x. x.x. x.x.")),
    ),
    "reel": (
        _g(16, (DEEP, "X... x... X... x..."), (SKIN, "..x. ..xo ..x. ..xo"), (RIM, ".... ..o. .... ..x.")),
        _g(16, (DEEP, "X... ..x. X... ...."), (SKIN, "..o. x... ..o. x.oo"), (RIM, ".... .... .... ..x.")),
    ),
    "march": (
        _g(16, (KICK, "X... .... x... ...."), (SNARE, "x... x.xx o... x.xx"), (HAT, ".... o... .... o...")),
        _g(16, (KICK, "X... .... x... ...."), (SNARE, "x..o x..o x.xx x..."), (HAT, ".... o... .... o...")),
    ),
    "shuffle": (
        _g(12, (KICK, "X.. ... x.o ..."), (SNARE, "... X.. ... X.."), (HAT, "x.x x.x x.x x.x")),
        _g(12, (KICK, "X.. ..x x.. ..."), (SNARE, "... X.. ..o X.."), (HAT, "x.x x.x x.x x.x")),
    ),
    "swing": (
        _g(12, (RIDE, "x.. x.x x.. x.x"), (PEDAL, "... x.. ... x.."), (KICK, "o.. ... o.. ..."), (SNARE, "... ..o ... ...")),
        _g(12, (RIDE, "x.. x.x x.. x.x"), (PEDAL, "... x.. ... x.."), (KICK, "o.. ... ... ..o"), (STICK, "... ... ... x..")),
    ),
    "brush": (
        _g(12, (SWEEP, "x.. x.. x.. x.."), (SNARE, "... o.o ... o.o"), (PEDAL, "... x.. ... x.."), (KICK, "o.. ... o.. ...")),
        _g(12, (SWEEP, "x.. x.x x.. x.."), (SNARE, "... o.. ..o o.."), (PEDAL, "... x.. ... x.."), (KICK, "o.. ... ... ...")),
    ),
}
TWO: dict[str, tuple[Groove, ...]] = {
    "reel": (
        _g(16, (DEEP, "X... x..."), (SKIN, "..x. ..xo"), (RIM, ".... ..o.")),
        _g(16, (DEEP, "X... ..x."), (SKIN, "..o. x.o."), (RIM, ".... ....")),
    ),
    "march": (
        _g(16, (KICK, "X... ...."), (SNARE, "x... x.xx"), (HAT, ".... o...")),
        _g(16, (KICK, "X... ...."), (SNARE, "x.oo x..."), (HAT, ".... o...")),
    ),
    "rock": (_g(16, (KICK, "X... ..o."), (SNARE, ".... X..."), (HAT, "x.o. x.o.")),),
    "brush": (_g(12, (SWEEP, "x.. x.."), (SNARE, "... o.o"), (PEDAL, "... x.."), (KICK, "o.. ...")),),
}
PATTERNS: dict[str, dict[str, tuple[Groove, ...]]] = {
    "4/4": FOUR,
    "2/2": {name: FOUR[name] for name in ("reel", "march", "rock", "swing", "brush")},
    "2/4": TWO,
    "3/4": {
        "waltz": (
            _g(16, (KICK, "X... .... ...."), (STICK, ".... x... x..."), (HAT, "o... o... o...")),
            _g(16, (KICK, "X... .... ...."), (SNARE, ".... o... o.oo"), (HAT, "o... x... x...")),
        ),
        "brush": (
            _g(12, (SWEEP, "x.. x.. x.."), (SNARE, "... o.. o.o"), (PEDAL, "... x.. ..."), (KICK, "o.. ... ...")),
            _g(12, (RIDE, "x.. x.x x.."), (SNARE, "... ..o ..."), (PEDAL, "... x.. x.."), (KICK, "o.. ... ...")),
        ),
        "folk": (
            _g(16, (DEEP, "X... .... ...."), (SKIN, ".... x... x.o."), (RIM, ".... .... ....")),
            _g(16, (DEEP, "X... .... ..o."), (SKIN, "..o. x... x..."), (RIM, ".... .... ....")),
        ),
        "rock": (_g(16, (KICK, "X... .... ..o."), (SNARE, ".... .... X..."), (HAT, "x.o. x.o. x.o.")),),
    },
    "3/8": {
        "waltz": (_g(16, (KICK, "X. .. .."), (STICK, ".. x. x."), (HAT, "o. .. ..")),),
        "folk": (_g(16, (DEEP, "X. .. .."), (SKIN, ".. x. xo")), _g(16, (DEEP, "X. .. o."), (SKIN, ".o x. ..")),),
    },
    "6/8": {
        "jig": (
            _g(16, (DEEP, "X. .. .. X. .. .."), (SKIN, ".. o. x. .. o. xo"), (RIM, ".. .. .. .. .. ..")),
            _g(16, (DEEP, "X. .. .. .. .. o."), (SKIN, ".. o. x. X. o. x."), (RIM, ".. .. o. .. .. ..")),
            _g(16, (DEEP, "X. .. .. x. .. .."), (SKIN, ".. oo x. .. o. .."), (RIM, ".. .. .. .. .. x.")),
        ),
        "march": (
            _g(8, (KICK, "X.. ..."), (SNARE, "x.x x.x"), (HAT, "... o..")),
            _g(8, (KICK, "X.. ..."), (SNARE, "x.x xxx"), (HAT, "... o..")),
        ),
        "rock": (
            _g(8, (KICK, "X.. ..o"), (SNARE, "... X.."), (HAT, "xoo xoo")),
            _g(8, (KICK, "X.x ..."), (SNARE, "... X.."), (HAT, "xxx xxx")),
        ),
    },
    "9/8": {
        "jig": (
            _g(8, (DEEP, "X.. x.. x.."), (SKIN, ".ox .ox .oo"), (RIM, "... ... ..x")),
            _g(8, (DEEP, "X.. ... x.."), (SKIN, ".ox xox .ox"), (RIM, "... ... ...")),
        ),
        "rock": (_g(8, (KICK, "X.. ... ..o"), (SNARE, "... ... X.."), (HAT, "xoo xoo xoo")),),
    },
    "12/8": {
        "jig": (
            _g(8, (DEEP, "X.. x.. X.. x.."), (SKIN, ".ox .ox .ox .oo"), (RIM, "... ... ... ..x")),
            _g(8, (DEEP, "X.. ... X.. ..."), (SKIN, "..x x.o ..x x.x"), (RIM, "... ... ... ...")),
        ),
        "shuffle": (_g(8, (KICK, "X.. ... x.o ..."), (SNARE, "... X.. ... X.."), (HAT, "x.x x.x x.x x.x")),),
        "rock": (_g(8, (KICK, "X.. ..x x.. ..."), (SNARE, "... X.. ... X.."), (HAT, "xoo xoo xoo xoo")),),
    },
    "5/4": {
        "rock": (
            _g(16, (KICK, "X... .... ..x. x... ...."), (SNARE, ".... X... .... .... X..."), (HAT, "x.o. x.o. x.o. x.o. x.o.")),
            _g(16, (KICK, "X... ..x. .... x... ...."), (SNARE, ".... X... .... .... X.oo"), (HAT, "x.o. x.o. x.o. x.o. x.o.")),
        ),
        "swing": (
            _g(12, (RIDE, "x.. x.x x.. x.. x.x"), (PEDAL, "... x.. ... ... x.."), (KICK, "x.. ... ... o.. ...")),
            _g(12, (RIDE, "x.. x.x x.x x.. x.x"), (PEDAL, "... x.. ... ... x.."), (STICK, "... ... x.. ... ...")),
        ),
        "folk": (
            _g(16, (DEEP, "X... .... .... x... ...."), (SKIN, ".... x... x.o. .... x.o.")),
            _g(16, (DEEP, "X... .... .... X... ...."), (SKIN, "..o. x... x... ..o. x...")),
        ),
    },
    "7/8": {
        "rock": (
            _g(16, (KICK, "X..... .... x..."), (SNARE, "...... X... ...."), (HAT, "x.o.o. x.o. x.o.")),
            _g(16, (KICK, "X...o. .... ...."), (SNARE, "...... x... X..."), (HAT, "x.o.o. x.o. x.o.")),
        ),
        "folk": (
            _g(16, (DEEP, "X..... x... x..."), (SKIN, "..o.x. ..x. ..xo")),
            _g(16, (DEEP, "X..... .... x..."), (SKIN, "..o.x. x.o. ..x.")),
        ),
    },
    "3/2": {
        "folk": (
            _g(8, (DEEP, "X... x... x..."), (SKIN, "..x. ..xo ..x."), (RIM, ".... .... ..o.")),
            _g(8, (DEEP, "X... .... x..."), (SKIN, "..o. x.o. ..xo"), (RIM, ".... .... ....")),
        ),
        "waltz": (_g(8, (KICK, "X... .... ...."), (STICK, ".... x... x..."), (HAT, "o... o... o...")),),
        "march": (_g(8, (KICK, "X... .... ...."), (SNARE, "x... x.xx x.xx"), (HAT, ".... o... o...")),),
    },
}  # fmt: skip


def grooves(meter: Meter) -> dict[str, tuple[Groove, ...]]:
    """The patterns of a meter by style, the most usual first; a meter that has none gets a plain pulse."""
    return PATTERNS.get(str(meter)) or {"pulse": (_pulse(meter),)}


def _pulse(meter: Meter) -> Groove:
    steps = int(meter.length * 32)
    places = {int(beat * 32): beat in meter.strong for beat in meter.beats}
    low = "".join("X" if places.get(k) else "." for k in range(steps))
    high = "".join("x" if places.get(k) is False else "." for k in range(steps))
    return Groove(Fraction(1, 32), ((DEEP, low), (SKIN, high)))
