"""Changes a person makes to a whole tune: another key, mode, tempo or meter, bars added, taken out or repeated. No model."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import get_args

from studio.core.errors import Refused
from studio.music.theory import MODES, Key, Meter, Mode, read_meter, simplest_key
from studio.music.tune import MAX_BARS, ZERO, Bar, Chord, Note, Section, Tune, Voice, moved, simple_name

Notes = tuple[Note, ...]


def transposed(tune: Tune, semitones: int) -> Tune:
    if not -24 <= semitones <= 24:
        raise Refused("Move by at most two octaves at a time.")
    pitches = [note.pitch for voice in tune.voices if voice.role != "drums" for note in voice.notes]
    if pitches and not 0 <= min(pitches) + semitones <= max(pitches) + semitones <= 127:
        raise Refused("Some notes would lie outside what can be played. Move it less far.")
    return moved(tune, semitones)


def in_mode(tune: Tune, mode: Mode) -> Tune:
    """Every step of the scale becomes the same step of the other one; colour notes stay as far from their step as they were."""
    steps = _steps(tune.key.mode, mode)
    key = Key(tonic=tune.key.tonic, mode=mode) if _printable(tune.key.tonic, mode) else simplest_key(tune.key.pitch_class, mode)

    def turned(pitch: int) -> int:
        return pitch + steps[tune.key.degree(pitch)]

    voices = tuple(v if v.role == "drums" else _mapped(v, turned) for v in tune.voices)
    return tune.changed(key=key, voices=voices, chords=tuple(_rebuilt(c, tune.key, key, steps) for c in tune.chords))


def _steps(old: Mode, new: Mode) -> dict[int, int]:
    """For each degree in semitones, how far it moves."""
    moves = {a: b - a for a, b in zip(MODES[old], MODES[new], strict=True)}
    return {degree: moves.get(degree, moves[max(d for d in moves if d <= degree)]) for degree in range(12)}


def _printable(tonic: str, mode: Mode) -> bool:
    try:
        Key(tonic=tonic, mode=mode)
    except ValueError:
        return False
    return True


def _mapped(voice: Voice, change: Callable[[int], int]) -> Voice:
    return voice.changed(notes=tuple(note.changed(pitch=min(max(change(note.pitch), 0), 127)) for note in voice.notes))


def _rebuilt(chord: Chord, old: Key, new: Key, steps: dict[int, int]) -> Chord:
    """The chord on the same step; its third is that of the new scale."""
    degree = old.degree(chord.classes[0])
    root = (chord.classes[0] + steps[degree]) % 12
    third = next((t for t in (4, 3) if (root + t) % 12 in new.scale), 4)
    plain = {"": 4, "m": 3}
    quality = ("" if third == 4 else "m") if chord.quality in plain else chord.quality
    return chord.changed(root=simple_name(new, root), quality=quality)


def at_tempo(tune: Tune, tempo: Fraction) -> Tune:
    if not 20 <= tempo <= 400:
        raise Refused("A tempo lies between 20 and 400 quarter notes a minute.")
    return tune.changed(tempo=tempo)


def with_bars(tune: Tune, count: int) -> Tune:
    """Empty bars at the end."""
    if not 1 <= count <= 64 or len(tune.bars) + count > MAX_BARS:
        raise Refused("Add between 1 and 64 bars at a time.")
    last = tune.bars[-1]
    bars = (*tune.bars[:-1], last.changed(length=last.meter.length)) if len(tune.bars) > 1 else tune.bars
    more = tuple(Bar(length=last.meter.length, meter=last.meter) for _ in range(count))
    return tune.changed(bars=(*bars, *more), sections=_grown(tune.sections, count))


def _grown(sections: Sequence[Section], more: int) -> tuple[Section, ...]:
    return (*sections[:-1], sections[-1].changed(bars=sections[-1].bars + more)) if sections else ()


def without_bars(tune: Tune, bars: Sequence[int]) -> Tune:
    gone = set(_inside(tune, bars))
    if len(gone) == len(tune.bars):
        raise Refused("A tune needs at least one bar. Clear its notes instead.")
    return arranged(tune, [i for i in range(len(tune.bars)) if i not in gone])


def repeated(tune: Tune, bars: Sequence[int]) -> Tune:
    """These bars once more, right behind themselves."""
    chosen = sorted(set(_inside(tune, bars)))
    order = list(range(len(tune.bars)))
    last = chosen[-1] + 1
    return arranged(tune, [*order[:last], *chosen, *order[last:]])


def cleared(tune: Tune, bars: Sequence[int]) -> Tune:
    """The melody of these bars taken away."""
    spans = [(tune.starts[i], tune.starts[i + 1]) for i in _inside(tune, bars)]
    kept: list[Note] = []
    for note in tune.melody.notes:
        if any(start <= note.start < end for start, end in spans):
            continue
        cut = min((start for start, _ in spans if note.start < start < note.end), default=None)
        kept.append(note if cut is None else note.changed(length=cut - note.start))
    return tune.with_melody(kept)


def arranged(tune: Tune, order: Sequence[int]) -> Tune:
    """A tune of these bars in this order, every voice and chord with them. Notes end at the end of their bar's run."""
    if len(order) > MAX_BARS:
        raise Refused("That would be more bars than a tune can have.")
    bars = tuple(tune.bars[i] for i in order)
    starts = [ZERO, *accumulate(bar.length for bar in bars)]
    runs: list[tuple[Fraction, Fraction, Fraction]] = []  # start and end in the old tune, start in the new one
    for k, i in enumerate(order):
        if runs and k and order[k - 1] == i - 1:
            runs[-1] = (runs[-1][0], tune.starts[i + 1], runs[-1][2])
        else:
            runs.append((tune.starts[i], tune.starts[i + 1], starts[k]))
    voices = tuple(v.changed(notes=_placed(v.notes, runs)) for v in tune.voices)
    return tune.changed(bars=bars, voices=voices, chords=_chords_in(tune, runs), sections=_sections_in(tune, order))


def _placed(notes: Notes, runs: Sequence[tuple[Fraction, Fraction, Fraction]]) -> Notes:
    return tuple(
        note.changed(start=note.start - start + to, length=min(note.end, end) - note.start)
        for start, end, to in runs
        for note in notes
        if start <= note.start < end
    )


def _chords_in(tune: Tune, runs: Sequence[tuple[Fraction, Fraction, Fraction]]) -> tuple[Chord, ...]:
    out: list[Chord] = []
    for start, end, to in runs:
        before = [chord for chord in tune.chords if chord.start <= start][-1:]
        out += [chord.changed(start=to) for chord in before]
        out += [chord.changed(start=chord.start - start + to) for chord in tune.chords if start < chord.start < end]
    return tuple(out)


def _sections_in(tune: Tune, order: Sequence[int]) -> tuple[Section, ...]:
    labels = [section.label for section in tune.sections for _ in range(section.bars)]
    if len(labels) != len(tune.bars):
        return ()
    out: list[Section] = []
    for k, i in enumerate(order):
        if out and out[-1].label == labels[i] and order[k - 1] == i - 1:
            out[-1] = out[-1].changed(bars=out[-1].bars + 1)
        else:
            out.append(Section(label=labels[i], bars=1))
    return tuple(out)


def in_meter(tune: Tune, meter: Meter) -> Tune:
    """The same notes under other bar lines, from the first beat on."""
    count = -(-tune.length // meter.length)
    if count > MAX_BARS:
        raise Refused("That meter would give more bars than a tune can have.")
    bars = tuple(Bar(length=meter.length, meter=meter) for _ in range(int(count)))
    return tune.changed(bars=bars, sections=())


def _inside(tune: Tune, bars: Sequence[int]) -> list[int]:
    wrong = [bar for bar in bars if not 0 <= bar < len(tune.bars)]
    if wrong or not bars:
        raise Refused("Choose one or more bars of this tune first.")
    return list(bars)


def by_name(tune: Tune, what: str, value: object, bars: Sequence[int]) -> Tune:
    """The changes by the names the page knows them by."""
    whole: dict[str, Callable[[], Tune]] = {
        "transpose": lambda: transposed(tune, _number(value, "Choose how far to move it.")),
        "mode": lambda: in_mode(tune, _mode(value)),
        "tempo": lambda: at_tempo(tune, Fraction(str(value))),
        "meter": lambda: in_meter(tune, read_meter(str(value))),
        "add": lambda: with_bars(tune, _number(value, "Choose how many bars to add.")),
        "remove": lambda: without_bars(tune, bars),
        "repeat": lambda: repeated(tune, bars),
        "clear": lambda: cleared(tune, bars),
        "key": lambda: tune.changed(key=Key.model_validate(value)),
        "no chords": lambda: tune.changed(chords=()),
    }
    if what not in whole:
        raise Refused("There is nothing here that does this. Reload the page and try again.")
    try:
        return whole[what]()
    except ValueError as error:
        raise Refused(f"That cannot be done: {str(error).splitlines()[0][:120]}.") from None


def _number(value: object, why: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(why)
    return value


def _mode(value: object) -> Mode:
    found: Mode | None = next((mode for mode in get_args(Mode) if mode == value), None)
    if found is None:
        raise Refused(f"Choose a mode: {', '.join(get_args(Mode))}.")
    return found
