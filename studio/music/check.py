"""The contract: each thing that was asked for, looked up in the finished tune by code that knows nothing of how it was made."""

from fractions import Fraction

from studio.core.word import Word
from studio.music.ask import ContinueAsk, FillAsk, Lock, MelodyAsk, RedoAsk, SketchAsk, TuneAsk, sections_of
from studio.music.theory import MODES, Key, pitch_name
from studio.music.tune import Tune, in_bar, skyline

Notes = tuple[tuple[Fraction, Fraction, int, bool], ...]  # of a bar: onset, length, pitch, held over from before
LEADING = ("minor", "dorian", "phrygian")  # modes that may borrow the leading tone when colour is allowed


class Line(Word):
    """One promise, and whether it was kept."""

    what: str
    asked: str
    got: str
    kept: bool


def report(ask: MelodyAsk, tune: Tune) -> tuple[Line, ...]:
    lines = [bars_add_up(tune)]
    if isinstance(ask, SketchAsk):
        lines += _sketched(ask, tune)
    if isinstance(ask, RedoAsk):
        lines.append(kept_bars(ask.tune, tune, set(range(len(ask.tune.bars))) - set(ask.bars)))
        lines += [lock_held(lock, ask.tune, tune) for lock in ask.locks]
    if isinstance(ask, ContinueAsk):
        lines.append(_count(len(ask.tune.bars) + ask.bars, len(tune.bars)))
        lines.append(kept_bars(ask.tune, tune, set(range(len(ask.tune.bars) - 1))))
    if isinstance(ask, FillAsk):
        lines.append(_count(len(ask.tune.bars) + ask.bars, len(tune.bars)))
    if isinstance(ask, TuneAsk):
        lines.append(Line(what="key and meter", asked=_head(ask.tune), got=_head(tune), kept=_head(ask.tune) == _head(tune)))
    return tuple(lines)


def _head(tune: Tune) -> str:
    return f"{tune.key}, {tune.meter}"


def _count(asked: int, got: int) -> Line:
    return Line(what="bars", asked=str(asked), got=str(got), kept=asked == got)


def bars_add_up(tune: Tune) -> Line:
    """The notes of every bar lie side by side inside it; a note that crosses a bar line goes on in the next."""
    wrong = []
    notes = skyline(tune.melody.notes)
    for i, (bar, start) in enumerate(zip(tune.bars, tune.starts, strict=False)):
        at = Fraction(0)
        for onset, length, _, held in in_bar(notes, start, start + bar.length):
            if onset < at or length <= 0 or (held and onset):
                wrong.append(tune.number(i))
                break
            at = onset + length
        if at > bar.length or (0 < i < len(tune.bars) - 1 and bar.length != bar.meter.length):
            wrong.append(tune.number(i))
    told = f"not so in bar {wrong[0]}" if wrong else "every bar"
    return Line(what="bars add up", asked="every bar", got=told, kept=not wrong)


def _sketched(ask: SketchAsk, tune: Tune) -> list[Line]:
    pitches = [note.pitch for note in tune.melody.notes]
    whole = [bar for bar in tune.bars if bar.length == bar.meter.length or bar is tune.bars[-1]]
    lines = [
        _count(ask.bars, len(whole)),
        Line(what="meter", asked=str(ask.meter), got=str(tune.meter), kept=all(bar.meter == ask.meter for bar in tune.bars)),
        _mode(ask, pitches),
        _home(ask.key, tune) if ask.cadences else None,
        _range(ask, pitches),
        _form(ask, tune),
    ]
    if ask.pickup:
        lines.append(Line(what="upbeat", asked=str(ask.pickup), got=str(tune.pickup), kept=ask.pickup == tune.pickup))
    return [line for line in lines if line is not None]


def _mode(ask: SketchAsk, pitches: list[int]) -> Line:
    scale = {(ask.key.pitch_class + step) % 12 for step in MODES[ask.key.mode]}
    if ask.colour == "colour" and ask.key.mode in LEADING:
        scale.add((ask.key.pitch_class + 11) % 12)
    outside = [pitch for pitch in pitches if pitch % 12 not in scale]
    said = "every note in the scale" if not outside else f"{len(outside)} notes outside, {ask.key.spell(outside[0])} first"
    allowed = {"strict": 0, "colour": ask.bars + 1, "free": len(pitches)}[ask.colour]
    return Line(what="key and mode", asked=str(ask.key), got=said, kept=len(outside) <= allowed)


def _home(key: Key, tune: Tune) -> Line:
    notes = tune.melody.notes
    got = key.spell(notes[-1].pitch) if notes else "silence"
    return Line(what="ends at home", asked=key.tonic, got=got, kept=bool(notes) and key.degree(notes[-1].pitch) == 0)


def _range(ask: SketchAsk, pitches: list[int]) -> Line:
    asked = f"{pitch_name(ask.low, ask.key)} to {pitch_name(ask.high, ask.key)}"
    if not pitches:
        return Line(what="range", asked=asked, got="no notes", kept=False)
    got = f"{pitch_name(min(pitches), ask.key)} to {pitch_name(max(pitches), ask.key)}"
    return Line(what="range", asked=asked, got=got, kept=ask.low <= min(pitches) and max(pitches) <= ask.high)


def bar_notes(tune: Tune, bar: int) -> Notes:
    start = tune.starts[bar]
    return tuple(in_bar(tune.melody.notes, start, start + tune.bars[bar].length))


def _form(ask: SketchAsk, tune: Tune) -> Line:
    """Sections of one name have the same notes; those with a dash the same but for the end; other names other notes."""
    labels = sections_of(ask.form)
    first = 1 if ask.pickup else 0
    each = ask.bars // len(labels)
    parts = [[bar_notes(tune, first + k * each + i) for i in range(each)] for k in range(len(labels))]
    wrong = []
    for k, label in enumerate(labels):
        for j in range(k):
            same = sum(a == b for a, b in zip(parts[j], parts[k], strict=True))
            if not _like_enough(labels[j], label, same, each, upbeat=bool(ask.pickup) and k == len(labels) - 1):
                wrong.append(f"{labels[j]} and {label}: {same} of {each} bars alike")
    return Line(what="form", asked=ask.form, got=wrong[0] if wrong else ask.form, kept=not wrong)


def _like_enough(one: str, other: str, same: int, each: int, *, upbeat: bool) -> bool:
    if one == other:
        return same >= each - (1 if upbeat else 0)
    if one[0] == other[0]:
        return same >= each - max(1, each // 4) - 1
    return same < each


def kept_bars(before: Tune, after: Tune, bars: set[int]) -> Line:
    """Bars that were to stay: the same notes at the same places."""
    same = sum(bar < len(after.bars) and bar_notes(before, bar) == bar_notes(after, bar) for bar in bars)
    return Line(what="kept bars", asked=f"{len(bars)} unchanged", got=f"{same} of {len(bars)} unchanged", kept=same == len(bars))


def changed_bars(before: Tune, after: Tune, bars: set[int]) -> Line:
    new = sum(bar_notes(before, bar) != bar_notes(after, bar) for bar in bars)
    return Line(what="new bars", asked=f"{len(bars)} anew", got=f"{new} of {len(bars)} differ", kept=new == len(bars))


def lock_held(lock: Lock, before: Tune, after: Tune) -> Line:
    """What was locked in a bar, read from its notes; one held over from the bar before belongs to that bar."""
    old, new = bar_notes(before, lock.bar), bar_notes(after, lock.bar)
    rhythm = [span[:2] for span in old] == [span[:2] for span in new]
    one, other = ([pitch for _, _, pitch, held in notes if not held] for notes in (old, new))
    held = {"rhythm": rhythm, "pitches": one == other, "contour": _turns(one) == _turns(other)}[lock.what]
    return Line(what="lock", asked=f"{lock.what} of bar {before.number(lock.bar)}", got="held" if held else "changed", kept=held)


def _turns(pitches: list[int]) -> list[int]:
    return [(b > a) - (b < a) for a, b in zip(pitches, pitches[1:], strict=False)]
