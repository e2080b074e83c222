"""The figures of sound: how fast the built-in synthesiser is, whether it repeats itself to the byte, soundfonts if any.

Speed is judged by CPU time on one core, because the machine may be busy with other things; wall time stands beside it.
Imports are not counted, one round before the five measured ones is thrown away.
"""

import hashlib
import io
import statistics
import subprocess
import sys
import time
import wave
from collections.abc import Callable

import numpy as np

from studio.music.sound.files import FORMATS
from studio.music.sound.fonts import find_font, find_renderer
from studio.music.sound.sound import sound_of
from studio.music.sound.synth import render
from tests.bench.figure import Figure, Measured
from tests.running import ROOT
from tests.sounding import band

SECONDS, ROUNDS, GOAL = 30.0, 5, 30.0
BANDS = {
    "flute, chords, bass": band(SECONDS),
    "flute, chords, bass, drums": band(SECONDS, drums=True),
    "plucked, chords, bass, drums": band(SECONDS, melody="plucked", drums=True),
    "organ, chords, bass, drums": band(SECONDS, melody="organ", drums=True),
    "pad, chords, bass, drums": band(SECONDS, melody="pad", drums=True),
}
ASK = """
import hashlib
from tests.bench.sound import every_file
for name, data in every_file():
    print(name, hashlib.sha256(data).hexdigest())
"""


def times_real(work: Callable[[], object]) -> dict[str, float]:
    """How many seconds of sound a second makes, by CPU time (of all threads) and by the clock: medians."""
    work()
    cpu, wall = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.process_time()
        work()
        cpu.append(time.process_time() - spent)
        wall.append(time.perf_counter() - began)
    return {"cpu": round(SECONDS / statistics.median(cpu), 1), "wall": round(SECONDS / statistics.median(wall), 1)}


def speed() -> Measured:
    assert all(tune.seconds == SECONDS for tune in BANDS.values())
    got = {name: times_real(lambda tune=tune: render(tune)) for name, tune in BANDS.items()}  # type: ignore[misc]
    tune = BANDS["flute, chords, bass"]
    got |= {f"as {form}": times_real(lambda form=form: sound_of(tune, form)) for form in FORMATS}  # type: ignore[misc]
    first, slowest = got["flute, chords, bass"], min((got[name] for name in BANDS), key=lambda one: one["cpu"])
    said = f"{first['cpu']}x real time by CPU time, {first['wall']}x by the clock; the slowest of five bands {slowest['cpu']}x"
    return Measured(said, slowest["cpu"] >= GOAL, got)


def every_file() -> list[tuple[str, bytes]]:
    tune = BANDS["flute, chords, bass, drums"]
    plain = [(form, sound_of(tune, form, chords=True)) for form in FORMATS]
    return plain + [(f"{form} loop", sound_of(tune, form, chords="strum", loop=True)) for form in FORMATS if form != "mp3"]


def same_bytes() -> Measured:
    runs = [
        subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
        for _ in range(2)
    ]
    here = [f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in every_file()]
    same = sum(len({*lines}) == 1 for lines in zip(here, *runs, strict=True))
    said = f"{same} of {len(here)} files the same in three processes"
    return Measured(said, same == len(here), {"files": here})


def soundfont() -> Measured:
    program, font = find_renderer(), find_font()
    if program is None or font is None:
        missing = "FluidSynth" if program is None else "soundfont"
        return Measured(f"no {missing} on this machine: the built-in synthesiser stands in", True, {"played": False})
    tune = BANDS["flute, chords, bass, drums"]
    began = time.perf_counter()
    data = sound_of(tune, "wav", font=font, loop=True)
    took = time.perf_counter() - began
    with wave.open(io.BytesIO(data)) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 2**15
    quiet = min(float(np.abs(part).max()) for part in np.array_split(heard, 30))  # every second has something to hear
    right = len(heard) == SECONDS * 44100 and quiet > 0.05 and abs(np.abs(heard).max() - 10 ** (-1 / 20)) < 1e-3
    again = sound_of(tune, "wav", font=font, loop=True) == data
    said = f"a loop of 30 s with {font.name} in {took:.1f} s by the clock, {'right' if right else 'wrong'} in length and level"
    return Measured(said, right, {"played": True, "font": str(font), "same bytes again": again, "seconds": round(took, 2)})


FIGURES = (
    Figure("rendering", "30 s of three tracks at least 30x real time on one core, whatever the band", speed),
    Figure("same-bytes", "every file the same in three processes", same_bytes),
    Figure("soundfont", "a loop of the right length and level where FluidSynth and a font are installed", soundfont),
)
