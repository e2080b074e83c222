"""Training data of the melody model: from the corpus to sections and symbols.

Reads the tunes as one-line ABC with their source, marks sections by repeat signs and by likeness, and mends two sorts of
labels: modes that the printed key hides (a G major signature with a final on A is A dorian), and octaves.
"""

import json
import lzma
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from studio.core.errors import Refused
from studio.music.melody import symbols as s
from studio.music.notation.measures import Measure, bars_of, notes_of, once, whole_bars
from studio.music.notation.read_abc import read_abc
from studio.music.theory import MODES, Key, Mode, simplest_key
from studio.music.tune import Section, Tune, Voice

SECTION_BARS = 8  # where nothing marks a section, a phrase of eight bars is one


@dataclass
class Lesson:
    """One tune, ready to be learned."""

    id: str
    source: str
    title: str
    kind: str | None
    tempo: Fraction | None
    tune: Tune
    home: int
    bars: list[list[int]]  # contents of every bar
    likes: list[float] = field(default_factory=list)  # for every section


def read_rows(path: Path) -> Iterator[dict[str, object]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def lessons(path: Path) -> tuple[list[Lesson], Counter[str]]:
    """Every tune that the symbols can say, and why the others were left out."""
    found, lost = [], Counter[str]()
    for row in read_rows(path):
        try:
            found.append(lesson(row))
        except (Refused, ValueError) as error:
            lost[type(error).__name__ + ": " + str(error)[:40]] += 1
    return found, lost


def lesson(row: dict[str, object]) -> Lesson:
    text = f"X:1\nM:{row['meter']}\nL:1/8\nK:{row['key']}\n{row['abc']}"
    _, key, parts = read_abc(text)
    measures = whole_bars(once(parts[0].measures))
    notes = notes_of(measures)
    sections = _sections(measures)
    ends = _finals(measures, sections)
    key = true_key(key, Counter(n.pitch % 12 for n in notes), ends)
    tune = Tune(title=str(row["title"]), key=key, bars=bars_of(measures), voices=(Voice(notes=notes),), sections=tuple(sections))
    home = s.home_of(key, *s.span_of(tune))
    bars = s.bars_of(tune, home)
    tune, likes = relabel(tune, bars)
    tempo = row["tempo"] and Fraction(str(row["tempo"]).partition("=")[2]) * Fraction(str(row["tempo"]).partition("=")[0]) * 4
    return Lesson(str(row["id"]), str(row["source"]), str(row["title"]), row["rhythm"], tempo or None, tune, home, bars, likes)  # type: ignore[arg-type]


def _sections(measures: list[Measure]) -> list[Section]:
    """By repeat signs and double bars; long stretches without any in phrases of eight bars."""
    sizes: list[int] = []
    count = 0
    for i, measure in enumerate(measures):
        if measure.opens and count > (1 if not sizes else 0):
            sizes.append(count)
            count = 0
        count += 1
        if (measure.double or measure.closes) and (count > 1 or i):
            sizes.append(count)
            count = 0
    if count:
        sizes.append(count)
    out: list[Section] = []
    pickup = len(measures) > 1 and measures[0].length < measures[0].meter.length
    for k, size in enumerate(sizes):
        extra = 1 if pickup and k == 0 else 0
        size -= extra
        while size > 12:
            out.append(Section(label="A", bars=SECTION_BARS + extra))
            size, extra = size - SECTION_BARS, 0
        if size + extra:
            out.append(Section(label="A", bars=size + extra))
    return out


def _finals(measures: list[Measure], sections: list[Section]) -> list[int]:
    """Pitch classes of the last notes of the sections."""
    out, at = [], 0
    for section in sections:
        at += section.bars
        last = [n for m in measures[:at][-2:] for n in m.notes]
        if last:
            out.append(last[-1].pitch % 12)
    return out


def true_key(key: Key, counts: Counter[int], finals: list[int]) -> Key:
    """The key a listener hears. The scale decides between neighbours; another tonic needs most of the finals."""
    tonic, mode = key.pitch_class, key.mode
    if finals and mode in ("major", "minor"):
        final = finals[-1]
        share = sum(f == final for f in finals) / len(finals)
        step = (final - tonic) % 12
        relative: dict[tuple[Mode, int], Mode] = {
            ("major", 2): "dorian", ("major", 7): "mixolydian", ("major", 9): "minor",
            ("minor", 3): "major", ("minor", 5): "dorian", ("minor", 10): "mixolydian",
        }  # fmt: skip
        if share > 0.6 and len(finals) > 1 and step and (mode, step) in relative:
            scale = {(tonic + x) % 12 for x in MODES[mode]}
            outside = sum(c for p, c in counts.items() if p not in scale) / max(sum(counts.values()), 1)
            if outside < 0.02 and counts[final] >= counts[tonic]:
                tonic, mode = final, relative[mode, step]

    def at(step: int) -> int:
        return counts[(tonic + step) % 12]

    if mode == "major" and at(10) > 3 and at(10) > 3 * at(11):
        mode = "mixolydian"
    elif mode in ("minor", "dorian"):
        mode = "dorian" if at(9) > 2 and at(9) > 2 * at(8) else "minor" if at(8) > 2 * at(9) else mode
    elif mode == "mixolydian" and at(11) > 3 * at(10):
        mode = "major"
    return simplest_key(tonic, mode)


def relabel(tune: Tune, bars: list[list[int]]) -> tuple[Tune, list[float]]:
    """Sections that share half of their bars with an earlier one bear its name."""
    out: list[Section] = []
    likes: list[float] = []
    starts: list[int] = []
    at, names = 0, 0
    for section in tune.sections:
        mine = bars[at : at + section.bars]
        best, label = 0.0, ""
        for start, other in zip(starts, out, strict=True):
            theirs = bars[start : start + other.bars]
            like = sum(a == b for a, b in zip(mine[::-1], theirs[::-1], strict=False)) / max(len(mine), len(theirs))
            if like > best:
                best, label = like, other.label
        if best < 0.4:
            label = chr(65 + min(names, 25))
            names, best = names + 1, 0.0
        starts.append(at)
        out.append(Section(label=label, bars=section.bars))
        likes.append(best)
        at += section.bars
    return tune.changed(sections=tuple(out)), likes
