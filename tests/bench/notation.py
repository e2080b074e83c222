"""The figures of notation: our files in programs that are not ours, and files that do harm."""

import tempfile
import time
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.music.notation.engraving import tempo_mark
from studio.music.notation.files import Form, write_tune
from studio.music.tune import Tune
from tests.bench.figure import Figure, Measured

TUNES = 200
PROGRAMS: dict[str, Form] = {
    "symusic": "mid", "mido": "mid", "music21": "musicxml", "verovio": "musicxml", "partitura": "musicxml", "abc2midi": "abc",
}  # fmt: skip


def chance_tunes(count: int = TUNES) -> Iterable[Tune]:
    from tests.tunes import seeded

    return (seeded(seed) for seed in range(count))


def measure_reread(tunes: Iterable[Tune]) -> dict[str, Any]:
    """Of each program: in how many tunes it reads other notes, bar lines, meters, tempo or key than we wrote."""
    short: dict[str, list[str]] = {name: [] for name in PROGRAMS}
    seconds = dict.fromkeys(PROGRAMS, 0.0)
    count = 0
    for i, tune in enumerate(tunes):
        count += 1
        for name, form in PROGRAMS.items():
            began = time.perf_counter()
            try:
                found = _differences(name, form, tune)
            except Exception as error:  # a program that stops has not read the tune
                found = [repr(error)[:200]]
            seconds[name] += time.perf_counter() - began
            short[name] += [f"tune {i} ({tune.title}): {'; '.join(found)}"] if found else []
    return {
        "tunes": count,
        "same": {name: count - len(found) for name, found in short.items()},
        "differences": {name: found[:5] for name, found in short.items() if found},
        "seconds": {name: round(took, 1) for name, took in seconds.items()},
    }


def _differences(name: str, form: Form, tune: Tune) -> list[str]:
    """What is allowed for is said in `tests.others`; nothing else is."""
    from tests import others

    if name == "partitura":
        tune = tune.changed(voices=tuple(v for v in tune.voices if v.role != "drums") or tune.voices)
    if name == "abc2midi":
        if tempo_mark(tune)[1].denominator != 1:  # it reads whole tempos only
            tune = tune.changed(tempo=Fraction(120))
        return others.differences_in_abc(tune, others.by_abc2midi(write_tune(tune, form).decode()))
    read: others.Program = getattr(others, f"by_{name}")
    return others.differences(tune, read(write_tune(tune, form)), midi=form == "mid")


def reread(tunes: Iterable[Tune] | None = None) -> Measured:
    got = measure_reread(tunes or chance_tunes())
    said = ", ".join(f"{name} {same}" for name, same in got["same"].items())
    return Measured(f"of {got['tunes']} tunes the same: {said}", all(n == got["tunes"] for n in got["same"].values()), got)


def hostile() -> Measured:
    from tests.unit.test_notation_hostile import faults, measure_hostile

    with tempfile.TemporaryDirectory() as folder:
        got = measure_hostile(Path(folder))
    wrong = faults(got)
    refused = sum(row["said"].startswith("refused") for row in got.values())
    slowest, most = (max(row[what] for row in got.values()) for what in ("seconds", "mb"))
    said = f"{refused} of {len(got)} refused, the others read harmlessly; slowest {slowest:.2f} s, at most {most:.0f} MB; {len(wrong)} faults"
    return Measured(said, not wrong, {"faults": wrong, "files": got})


FIGURES = (
    Figure("reread", "200 tunes: the same notes, bars, tempo, meter, key in every program (two or more a format)", reread),
    Figure("hostile", "40 files or more refused within 1 s with a sentence, at most 64 MB", hostile),
)
