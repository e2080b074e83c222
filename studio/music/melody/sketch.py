"""The plan of a new tune: form, upbeat, cadences and chords turned into slots."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from studio.core.errors import Refused
from studio.music.ask import MelodyAsk, SketchAsk, bars_each, sections_of
from studio.music.melody import symbols as s
from studio.music.melody.compose import Task
from studio.music.melody.plan import Plan, manner, section_slots
from studio.music.melody.slots import Ending, Slot
from studio.music.theory import Key, pitch_name
from studio.music.tune import ZERO, Bar, Chord, Section, Tune, Voice, plain_bars


def sketch(ask: SketchAsk) -> Plan:
    _check_range(ask, ask.key)
    home = s.home_of(ask.key, ask.low, ask.high)
    labels, counts = sections_of(ask.form), bars_each(ask)
    shape = plain_bars(ask.meter, ask.bars, _checked_pickup(ask))
    head = s.heading(
        ask.meter, mode=ask.key.mode, kind=ask.kind, tempo=s.tempo_symbol(ask.tempo),
        density=None if ask.density is None else s.ID[f"density {ask.density - 1}"],
        span=(s.pitch_id(ask.low, home), s.pitch_id(ask.high, home)), pickup=ask.pickup,
    )  # fmt: skip
    slots: list[Slot] = []
    source: list[int] = []
    bars = list(shape)
    if ask.pickup:
        slots.append(Slot(bars[0].length, ask.meter, (), may_tie=False))
        source.append(0)
        bars = bars[1:]
    written: dict[str, list[int]] = {}  # the slots of each section that has been written
    fresh = [label for i, label in enumerate(labels) if label not in labels[:i]]
    at = 0
    for i, (label, count) in enumerate(zip(labels, counts, strict=True)):
        if label not in written:
            ending = _ending(labels, i) if ask.cadences else "free"
            written[label] = list(range(len(slots), len(slots) + count))
            slots += section_slots(label, bars[at : at + count], written, ending, len(fresh) - fresh.index(label))
        source += written[label]
        at += count
    slots = _with_chords(slots, source, shape, ask)
    if ask.pickup and source.count(source[-1]) > 1:
        source, slots = _short_end(slots, source, shape)
    task = Task(tuple(head), tuple(slots), manner(ask, ask.key, home))
    frame = Tune(key=ask.key, tempo=ask.tempo, bars=shape, voices=(Voice(),), chords=ask.chords)
    sections = [Section(label=label[0], bars=count) for label, count in zip(labels, counts, strict=True)]
    if ask.pickup:
        sections[0] = sections[0].changed(bars=sections[0].bars + 1)
    return Plan(task, home, shape, tuple(source), frame, tuple(sections))


def _ending(labels: Sequence[str], i: int) -> Ending:
    """Closed where this section ends the tune; open where another one answers it; otherwise on any note."""
    if labels[-1] == labels[i]:
        return "closed"
    after = labels[i + 1] if i + 1 < len(labels) else ""
    return "open" if after[:1] != labels[i][:1] or after != labels[i] else "sounding"


def _short_end(slots: list[Slot], source: list[int], shape: Sequence[Bar]) -> tuple[list[int], list[Slot]]:
    """An upbeat takes its time from the last bar: where that bar is a repeat, it is written once more, shorter."""
    again = slots[source[-1]]
    lead = (s.bar_symbol(1),)
    slots = [*slots, replace(again, length=shape[-1].length, lead=lead, ending="closed", may_tie=False)]
    return [*source[:-1], len(slots) - 1], slots


def _with_chords(slots: list[Slot], source: Sequence[int], shape: Sequence[Bar], ask: SketchAsk) -> list[Slot]:
    """What chords sound in which slot; where a section comes again, those of its first time."""
    if not ask.chords:
        return slots
    out = list(slots)
    start = ZERO
    seen: set[int] = set()
    for where, bar in zip(source, shape, strict=True):
        if where not in seen:
            out[where] = replace(out[where], chords=chords_in(ask.chords, ask.key, start, start + bar.length))
        seen.add(where)
        start += bar.length
    return out


def chords_in(chords: Sequence[Chord], key: Key, start: Fraction, end: Fraction) -> tuple[tuple[Fraction, frozenset[int]], ...]:
    before = [chord for chord in chords if chord.start <= start][-1:]
    inside = [chord for chord in chords if start < chord.start < end]
    return tuple(
        (max(chord.start - start, ZERO), frozenset((c - key.pitch_class) % 12 for c in chord.classes))
        for chord in (*before, *inside)
    )


def _checked_pickup(ask: SketchAsk) -> Fraction:
    if ask.pickup and (ask.pickup not in s.PICKUPS or ask.pickup >= ask.meter.length):
        fitting = ", ".join(str(p) for p in s.PICKUPS if p < ask.meter.length)
        raise Refused(f"An upbeat of {ask.pickup} does not go with {ask.meter}. Choose one of {fitting}, or none.")
    return ask.pickup


def _check_range(ask: MelodyAsk, key: Key) -> None:
    if ask.high - ask.low < 7:
        raise Refused("A melody needs at least a fifth of room. Make the range wider: raise its top or lower its bottom.")
    if ask.high - ask.low > 36:
        raise Refused("Nobody sings over more than three octaves. Make the range narrower.")
    if not any(key.degree(pitch) == 0 for pitch in range(ask.low, ask.high + 1)):
        low, high = pitch_name(ask.low, key), pitch_name(ask.high, key)
        raise Refused(f"There is no {key.tonic} between {low} and {high}, so the tune could not come home. Move the range.")
