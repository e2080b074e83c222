"""Reasons in musical words: what a trained ear would point at, found in the notes. No model is asked."""

from collections import Counter
from fractions import Fraction

from studio.music.check import bar_notes
from studio.music.theory import degree_name, pitch_name
from studio.music.tune import Tune

CADENCES = {
    0: "full cadence", 2: "half cadence", 7: "half cadence", 11: "half cadence", 5: "open ending", 9: "deceptive turn",
    4: "soft close", 3: "soft close", 10: "modal half cadence",
}  # fmt: skip
MOST = 8


def reasons(tune: Tune) -> tuple[str, ...]:
    """A handful of lines, the most telling first."""
    if not tune.melody.notes:
        return ("There are no notes yet.",)
    return tuple([*_cadences(tune), *_shape(tune), *_motif(tune), *_colour(tune)][:MOST])


def _number(tune: Tune, bar: int) -> int:
    """Bars are counted as musicians count them: an upbeat is none."""
    return bar + (0 if tune.pickup else 1)


def _cadences(tune: Tune) -> list[str]:
    lines, at = [], 0
    for section in tune.sections:
        at += section.bars
        last = next((note for note in reversed(tune.melody.notes) if note.start < tune.starts[min(at, len(tune.bars))]), None)
        if last is None:
            continue
        degree = tune.key.degree(last.pitch)
        name = CADENCES.get(degree, "a close that surprises")
        lines.append(f"Bar {_number(tune, at - 1)} ends on the {degree_name(degree)} ({tune.key.spell(last.pitch)}): {name}.")
    return list(dict.fromkeys(lines))[:4]


def _shape(tune: Tune) -> list[str]:
    notes = tune.melody.notes
    top = max(notes, key=lambda note: (note.pitch, note.length))
    bar = next(i for i, end in enumerate(tune.starts[1:]) if top.start < end)
    lines = [f"The highest note, {pitch_name(top.pitch, tune.key)}, comes in bar {_number(tune, bar)}."]
    leaps = [abs(b.pitch - a.pitch) for a, b in zip(notes, notes[1:], strict=False)]
    if leaps:
        steps = sum(size <= 2 for size in leaps) / len(leaps)
        lines.append(f"{steps:.0%} of the moves are steps or repeats; the widest leap is {_interval(max(leaps))}.")
    return lines


def _motif(tune: Tune) -> list[str]:
    """The rhythm that most bars share."""
    rhythms: Counter[tuple[Fraction, ...]] = Counter()
    bars: dict[tuple[Fraction, ...], list[int]] = {}
    for i in range(len(tune.bars)):
        rhythm = tuple(length for _, length, _, _ in bar_notes(tune, i))
        if len(rhythm) > 2:
            rhythms[rhythm] += 1
            bars.setdefault(rhythm, []).append(_number(tune, i))
    if not rhythms:
        return []
    rhythm, count = rhythms.most_common(1)[0]
    if count < 3:
        return []
    where = ", ".join(map(str, bars[rhythm][:4])) + (" ..." if count > 4 else "")
    return [f"{count} bars share one rhythm ({where}): that holds the tune together."]


def _colour(tune: Tune) -> list[str]:
    outside = [note for note in tune.melody.notes if note.pitch % 12 not in tune.key.scale]
    if not outside:
        return []
    names = Counter(tune.key.spell(note.pitch) for note in outside)
    return [f"Colour notes outside the scale: {', '.join(f'{name} ({count})' for name, count in names.most_common(3))}."]


def _interval(semitones: int) -> str:
    names = (
        "a repeat", "a semitone", "a second", "a minor third", "a third", "a fourth", "a tritone", "a fifth", "a minor sixth",
        "a sixth", "a minor seventh", "a seventh", "an octave",
    )  # fmt: skip
    return names[semitones] if semitones < len(names) else f"{semitones} semitones"
