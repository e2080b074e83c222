"""Reasons in musical words: what a trained ear would point at, found in the notes. No model is asked."""

from collections import Counter
from fractions import Fraction

from studio.core.word import Word
from studio.music.check import bar_notes
from studio.music.theory import degree_name, pitch_name
from studio.music.tune import Tune

CADENCES = {
    0: "full cadence", 2: "half cadence", 7: "half cadence", 11: "half cadence", 5: "open ending", 9: "deceptive turn",
    4: "soft close", 3: "soft close", 10: "modal half cadence",
}  # fmt: skip
MOST = 8


class Reason(Word):
    text: str
    bar: int | None = None  # where to look, counted from 0; None: the whole tune


def reasons(tune: Tune) -> tuple[Reason, ...]:
    """A handful, the most telling first."""
    if not tune.melody.notes:
        return (Reason(text="There are no notes yet."),)
    return tuple([*_cadences(tune), *_shape(tune), *_motif(tune), *_colour(tune)][:MOST])


def _cadences(tune: Tune) -> list[Reason]:
    lines: dict[str, Reason] = {}
    at = 0
    for section in tune.sections:
        at += section.bars
        last = next((note for note in reversed(tune.melody.notes) if note.start < tune.starts[min(at, len(tune.bars))]), None)
        if last is None:
            continue
        degree = tune.key.degree(last.pitch)
        name = CADENCES.get(degree, "a close that surprises")
        text = f"Bar {tune.number(at - 1)} ends on the {degree_name(degree)} ({tune.key.spell(last.pitch)}): {name}."
        lines[text] = Reason(text=text, bar=at - 1)
    return list(lines.values())[:4]


def _shape(tune: Tune) -> list[Reason]:
    notes = tune.melody.notes
    top = max(notes, key=lambda note: (note.pitch, note.length))
    bar = next(i for i, end in enumerate(tune.starts[1:]) if top.start < end)
    lines = [Reason(text=f"The highest note, {pitch_name(top.pitch, tune.key)}, comes in bar {tune.number(bar)}.", bar=bar)]
    leaps = [abs(b.pitch - a.pitch) for a, b in zip(notes, notes[1:], strict=False)]
    if leaps:
        steps = sum(size <= 2 for size in leaps) / len(leaps)
        lines.append(Reason(text=f"{steps:.0%} of the moves are steps or repeats; the widest leap is {_interval(max(leaps))}."))
    return lines


def _motif(tune: Tune) -> list[Reason]:
    """The rhythm that most bars share."""
    rhythms: Counter[tuple[Fraction, ...]] = Counter()
    bars: dict[tuple[Fraction, ...], list[int]] = {}
    for i in range(len(tune.bars)):
        rhythm = tuple(length for _, length, _, _ in bar_notes(tune, i))
        if len(rhythm) > 2:
            rhythms[rhythm] += 1
            bars.setdefault(rhythm, []).append(i)
    if not rhythms:
        return []
    rhythm, count = rhythms.most_common(1)[0]
    if count < 3:
        return []
    where = ", ".join(str(tune.number(bar)) for bar in bars[rhythm][:4]) + (" ..." if count > 4 else "")
    return [Reason(text=f"{count} bars share one rhythm ({where}): that holds the tune together.", bar=bars[rhythm][0])]


def _colour(tune: Tune) -> list[Reason]:
    outside = [note for note in tune.melody.notes if note.pitch % 12 not in tune.key.scale]
    if not outside:
        return []
    names = Counter(tune.key.spell(note.pitch) for note in outside)
    bar = next(i for i, end in enumerate(tune.starts[1:]) if outside[0].start < end)
    said = ", ".join(f"{name} ({count})" for name, count in names.most_common(3))
    return [Reason(text=f"Colour notes outside the scale: {said}.", bar=bar)]


def _interval(semitones: int) -> str:
    names = (
        "a repeat", "a semitone", "a second", "a minor third", "a third", "a fourth", "a tritone", "a fifth", "a minor sixth",
        "a sixth", "a minor seventh", "a seventh", "an octave",
    )  # fmt: skip
    return names[semitones] if semitones < len(names) else f"{semitones} semitones"
