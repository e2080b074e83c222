"""The plans that begin from a tune: continue, write bars anew, vary, fill, blend, answer."""

from collections.abc import Sequence
from dataclasses import replace

from studio.core.errors import Refused
from studio.music.ask import AnswerAsk, BlendAsk, ContinueAsk, FillAsk, Lock, TuneAsk, VaryAsk
from studio.music.melody import symbols as s
from studio.music.melody.compose import Task
from studio.music.melody.plan import Plan, manner, section_slots
from studio.music.melody.reading import CONTEXT, Reading, body, heading, read, sounds_before, span_for, window
from studio.music.melody.slots import ANY_PITCH, Ending, Slot
from studio.music.tune import ZERO, Bar, Note, Section, Tune, plain_bars


def continued(ask: ContinueAsk) -> Plan:
    reading = read(ask.tune)
    tune = _whole_end(reading.tune)
    reading = read(tune)
    span = span_for(ask, reading)
    shown = window(reading, [len(reading.bars) - 1])
    text, _ = body(reading, set(), shown, more=1)
    bars = plain_bars(tune.meter, ask.bars)
    label = _next_label(reading.sections)
    slots = section_slots(label, bars, {}, "closed" if ask.close else "free", 1)
    before, held = sounds_before(reading, len(reading.bars))
    head = heading(ask, reading, span)
    task = Task((*head, *text), tuple(slots), manner(ask, tune.key, reading.home, span), before, held)
    source = (*(tuple(bar) for bar in reading.bars), *range(len(slots)))
    sections = (*reading.sections, Section(label=label, bars=ask.bars))
    return Plan(task, reading.home, (*tune.bars, *bars), source, tune, sections)


def _whole_end(tune: Tune) -> Tune:
    """A short last bar gets its upbeat back as silence, so that what follows stands on the beat."""
    last = tune.bars[-1]
    if len(tune.bars) > 1 and last.length < last.meter.length:
        return tune.changed(bars=(*tune.bars[:-1], last.changed(length=last.meter.length)))
    return tune


def _next_label(sections: Sequence[Section]) -> str:
    return chr(min(ord(max(section.label for section in sections)) + 1, ord("F"))) if sections else "A"


def redone(ask: TuneAsk, bars: Sequence[int], locks: Sequence[Lock]) -> Plan:
    reading = read(ask.tune)
    wrong = [reading.tune.number(bar) for bar in bars if not 0 <= bar < len(reading.bars)]
    if wrong:
        raise Refused(f"There is no bar {wrong[0]}: the last one is {reading.tune.number(len(reading.bars) - 1)}.")
    holes = sorted(set(bars))
    span = span_for(ask, reading)
    shown = window(reading, holes)
    if sum(len(reading.bars[i]) + 1 for i in holes) > CONTEXT:
        raise Refused("These are more bars than the model can hold at once. Choose fewer of them.")
    text, marks = body(reading, set(holes), shown)
    locked = {(lock.bar, lock.what) for lock in locks}
    slots = [_anew(reading, i, holes, marks[i], {what for bar, what in locked if bar == i}) for i in holes]
    before, held = sounds_before(reading, holes[0])
    head = heading(ask, reading, span)
    task = Task((*head, *text, s.FILL), tuple(slots), manner(ask, reading.tune.key, reading.home, span), before, held)
    source = tuple(holes.index(i) if i in holes else tuple(bar) for i, bar in enumerate(reading.bars))
    return Plan(task, reading.home, reading.tune.bars, source, reading.tune, reading.tune.sections)


def _anew(reading: Reading, i: int, holes: Sequence[int], mark: int, locks: set[str]) -> Slot:
    """The slot for a bar that is written again, with what must stay of it and what its neighbours need."""
    bar, old = reading.tune.bars[i], tuple(reading.bars[i])
    slot = Slot(bar.length, bar.meter, (mark,), may_tie=False, old=old)
    heard = tuple(symbol for symbol in old if symbol >= s.FIRST_PITCH)
    if locks and not heard:
        raise Refused(f"Nothing begins in bar {reading.tune.number(i)}: there is nothing in it to lock.")
    if "rhythm" in locks:
        slot = replace(slot, text=tuple(ANY_PITCH if symbol >= s.FIRST_PITCH else symbol for symbol in old))
    if "contour" in locks:
        turns = tuple((b > a) - (b < a) for a, b in zip(heard, heard[1:], strict=False))
        slot = replace(slot, contour=turns, notes=0 if "rhythm" in locks else len(heard))
    if "pitches" in locks and "rhythm" not in locks:
        slot = replace(slot, pitches=heard, notes=len(heard))
    after = reading.bars[i + 1] if i + 1 < len(reading.bars) else []
    if i + 1 not in holes and _starts_held(after):
        tied = next((symbol for symbol in reversed(old) if symbol >= s.FIRST_PITCH), None)
        tied = tied if tied is not None else sounds_before(reading, i)[0]
        slot = replace(slot, last=tied if tied >= 0 else None)
    if _starts_held(old) and "rhythm" in locks:
        slot = replace(slot, may_tie=True)
    if i == len(reading.bars) - 1 and heard and (heard[-1] - s.FIRST_PITCH + s.LOWEST) % 12 == 0:
        slot = replace(slot, ending="closed")
    return slot


def _starts_held(contents: Sequence[int]) -> bool:
    return next((symbol == s.TIE for symbol in contents if symbol in (s.REST, s.TIE) or symbol >= s.FIRST_PITCH), False)


def varied(ask: VaryAsk) -> tuple[list[int], list[Lock]]:
    """Which bars a strength touches: first those in the middle of phrases, last the ones that begin and end them."""
    reading = read(ask.tune)
    first = reading.pickup
    sounding = [i for i in range(first, len(reading.bars)) if any(symbol >= s.FIRST_PITCH for symbol in reading.bars[i])]
    inner_first = [((i - first) % 4 in (0, 3), (i - first) * 5 % 7, i) for i in sounding]
    order = [i for _, _, i in sorted(inner_first) if i not in ask.keep]
    if not order:
        raise Refused("Every bar is locked: there is nothing to vary. Unlock some bars first.")
    count = max(1, round(ask.strength * len(order)))
    bars = sorted(order[:count])
    room = CONTEXT
    while sum(len(reading.bars[i]) + 1 for i in bars) > room:
        bars.pop()
    locks = [lock for lock in ask.locks if lock.bar in bars]
    return bars, [*locks, *(Lock(bar=i, what="rhythm") for i in bars if ask.strength < 0.35)]


def filled(ask: FillAsk) -> Plan:
    reading = read(ask.tune)
    if ask.after >= len(reading.bars) - 1:
        raise Refused(f"Bar {reading.tune.number(ask.after)} has no bar after it. Choose two neighbours, or continue the tune.")
    tune, at = reading.tune, ask.after + 1
    new = plain_bars(tune.bars[ask.after if tune.bars[ask.after].length == tune.meter.length else at].meter, ask.bars)
    if _starts_held(reading.bars[at]):
        raise Refused("A note is held over this bar line. Choose another place, or end the note first.")
    shape = (*tune.bars[:at], *new, *tune.bars[at:])
    wide = Reading(
        opened(tune, at, new), reading.home, [*reading.bars[:at], *([] for _ in new), *reading.bars[at:]],
        _wider(reading.sections, ask.after, ask.bars),
    )  # fmt: skip
    holes = list(range(at, at + ask.bars))
    span = span_for(ask, reading)
    text, marks = body(wide, set(holes), window(wide, holes))
    slots = [Slot(bar.length, bar.meter, (marks[i],), may_tie=i > at) for i, bar in zip(holes, new, strict=True)]
    before, held = sounds_before(reading, at)
    head = heading(ask, reading, span)
    task = Task((*head, *text, s.FILL), tuple(slots), manner(ask, tune.key, reading.home, span), before, held)
    source = tuple(holes.index(i) if i in holes else tuple(wide.bars[i]) for i in range(len(shape)))
    return Plan(task, reading.home, shape, source, opened(tune, at, new), wide.sections if tune.sections else ())


def opened(tune: Tune, at: int, new: Sequence[Bar]) -> Tune:
    """Room for new bars before bar `at`: chords and voices move along, and what sounds over the seam ends there."""
    seam, more = tune.starts[at], sum((bar.length for bar in new), ZERO)

    def moved(note: Note) -> Note:
        if note.start >= seam:
            return note.changed(start=note.start + more)
        return note.changed(length=min(note.end, seam) - note.start)

    voices = tuple(voice.changed(notes=tuple(map(moved, voice.notes))) for voice in tune.voices)
    chords = tuple(c.changed(start=c.start + more) if c.start >= seam else c for c in tune.chords)
    bars = (*tune.bars[:at], *new, *tune.bars[at:])
    return tune.changed(bars=bars, voices=voices, chords=chords, sections=())


def _wider(sections: Sequence[Section], bar: int, more: int) -> tuple[Section, ...]:
    out, at = [], 0
    for section in sections:
        inside = at <= bar < at + section.bars
        at += section.bars
        out.append(section.changed(bars=section.bars + more) if inside else section)
    return tuple(out)


def blended(ask: BlendAsk) -> Plan:
    """Both tunes are read as a first section; what is written is a second one like it, like both at once."""
    one, two = read(ask.tune), read(ask.other)
    if one.tune.meter != two.tune.meter:
        raise Refused(f"The two tunes are in {one.tune.meter} and {two.tune.meter}. Blend tunes of the same meter.")
    tune = one.tune
    count = len(tune.bars) - one.pickup
    bars = tune.bars[one.pickup :]
    span = span_for(ask, one)
    prompts = []
    for reading in (one, two):
        contents = reading.bars[reading.pickup :]
        contents = [contents[i % len(contents)] for i in range(count)]
        text = s.section_symbols("A", 0.0, 2)
        for i, bar in enumerate(contents):
            text += [s.bar_symbol(count - i), *bar]
        prompts.append((*heading(ask, one, span), *text))
    if max(map(len, prompts)) > CONTEXT:
        raise Refused("These tunes are too long to blend at once. Blend one section of each.")
    slots = [
        Slot(
            bar.length, bar.meter,
            (*(s.section_symbols("A", 0.8, 1) if i == 0 else ()), s.bar_symbol(count - i)),
            ending="closed" if i == count - 1 else "free", may_tie=i > 0,
        )
        for i, bar in enumerate(bars)
    ]  # fmt: skip
    task = Task(prompts[0], tuple(slots), manner(ask, tune.key, one.home, span), other=prompts[1])
    source = (*(tuple(bar) for bar in one.bars[: one.pickup]), *range(len(slots)))
    return Plan(task, one.home, tune.bars, source, tune, tune.sections)


def answered(ask: AnswerAsk) -> Plan:
    """The call is read as a section, and what is written as the same section coming again, half like it."""
    reading = read(_whole_end(ask.tune))
    tune, first = reading.tune, reading.pickup
    calls, bars = reading.bars[first:], reading.tune.bars[first:]
    if sum(map(len, calls)) > CONTEXT:
        raise Refused("This call is too long to answer at once. Choose its last bars.")
    span = span_for(ask, reading)
    single = replace(reading, sections=(Section(label="A", bars=len(reading.bars)),))
    text, _ = body(single, set(), range(len(reading.bars)), more=1)
    slots = [
        _answering(call, bar, len(bars) - i, first=i == 0, rhythm=ask.rhythm)
        for i, (call, bar) in enumerate(zip(calls, bars, strict=True))
    ]
    before, held = sounds_before(reading, len(reading.bars))
    task = Task((*heading(ask, reading, span), *text), tuple(slots), manner(ask, tune.key, reading.home, span), before, held)
    source = (*(tuple(bar) for bar in reading.bars), *range(len(slots)))
    sections = (Section(label="A", bars=len(reading.bars)), Section(label="A", bars=len(bars)))
    return Plan(task, reading.home, (*tune.bars, *bars), source, tune, sections)


def _answering(call: Sequence[int], bar: Bar, left: int, *, first: bool, rhythm: bool) -> Slot:
    lead = (*(s.section_symbols("A", 0.5, 1) if first else ()), s.bar_symbol(left))
    given = rhythm and not (first and _starts_held(call))
    text = tuple(ANY_PITCH if symbol >= s.FIRST_PITCH else symbol for symbol in call) if given else None
    ending: Ending = "closed" if left == 1 else "free"
    old = tuple(call) if left == 1 else ()
    return Slot(bar.length, bar.meter, lead, text=text, ending=ending, may_tie=not first, old=old)
