"""Tunes for tests: made by chance (a seed or hypothesis chooses), and a few that are fixed."""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction as F
from typing import Any

from hypothesis import strategies as st

from studio.music.theory import FIFTHS_OF_MODE, QUALITIES, Key, Meter, key_from_signature, read_meter
from studio.music.tune import Bar, Chord, Note, Section, Tune, Voice, plain_bars

Pick = Callable[[Sequence[Any]], Any]
METERS = tuple(read_meter(text) for text in ("2/4", "3/4", "4/4", "6/8", "9/8", "12/8", "3/8", "5/4", "7/8", "2/2"))
TEMPOS = (F(60), F(72), F(90), F(100), F(120), F(135), F(144), F(181), F(200, 3))
PLAIN = (F(1, 16), F(1, 8), F(1, 8), F(3, 16), F(1, 4), F(1, 4), F(3, 8), F(1, 2), F(5, 8), F(3, 4), F(1))
GROUPS = ((3, F(1, 4)), (3, F(1, 8)), (3, F(1, 2)), (5, F(1, 4)), (6, F(1, 4)))  # so many equal notes in that time
WILD = ((7, F(1, 4)), (7, F(1, 2)), (9, F(1, 4)), (3, F(1, 16)))
TITLES = ("The Ash Grove", "Été à la mer", "Tune & <Friends>", "50% off", "Øster / 3", "猫の歌")
KITS = (36, 38, 42, 46)


def _keys() -> tuple[Key, ...]:
    found = []
    for mode in FIFTHS_OF_MODE:
        for sharps in range(-7, 8):
            try:
                found.append(key_from_signature(sharps, mode))
            except ValueError:
                continue  # a tonic with two signs has no name here
    return tuple(found)


KEYS = _keys()


def make_tune(pick: Pick, *, wild: bool = False, drums: bool = True, voices: int = 3) -> Tune:
    """A tune of one to six bars. A wild one has tuplets anywhere, over bar lines too, and meters that change."""
    key, meter = pick(KEYS), pick(METERS)
    pickup = pick((F(0), F(0), F(1, 8), meter.beat))
    bars = plain_bars(meter, pick((1, 2, 3, 4, 6)), pickup if pickup < meter.length else F(0), short_end=pick((True, False)))
    if wild and pick((True, False)):
        other = pick(METERS)
        bars = (*bars, Bar(length=other.length, meter=other))
    length = sum((bar.length for bar in bars), F(0))
    edges = [sum((b.length for b in bars[:i]), F(0)) for i in range(len(bars) + 1)]
    made = [Voice(name="Melody", notes=_line(pick, key, edges, 60, wild=wild))]
    if voices > 1 and pick((True, False)):
        made.append(Voice(name="Second", role="part", instrument="organ", notes=_line(pick, key, edges, 52, wild=wild, chords=True)))
    if voices > 2 and pick((True, False)):
        made.append(Voice(name="Bass", role="bass", instrument="bass", notes=_line(pick, key, edges, 36, wild=wild)))
    if drums and pick((True, False, False)):
        made.append(Voice(name="Drums", role="drums", instrument="drums", notes=_drums(pick, length)))
    return Tune(
        title=pick(TITLES),
        composer=pick(("", "trad.", "Anna & Jörg")),
        key=key,
        tempo=pick(TEMPOS),
        bars=bars,
        voices=tuple(made),
        chords=_chords(pick, key, edges),
        sections=_sections(pick, len(bars)),
    )


def _line(pick: Pick, key: Key, edges: Sequence[F], low: int, *, wild: bool, chords: bool = False) -> tuple[Note, ...]:
    notes: list[Note] = []
    now, end = F(0), edges[-1]
    while now < end:
        left = min(edge for edge in edges if edge > now) - now
        room = end - now if wild else left
        fits = [g for g in (GROUPS + WILD if wild else GROUPS) if g[1] <= room and (wild or (now / F(1, 8)).denominator == 1)]
        if fits and pick((True, False, False, False)):
            count, span = pick(fits)
            sizes = [span / count] * count
        else:
            sizes = [min(pick(PLAIN), end - now)]
        for size in sizes:
            if notes and pick((True, False, False, False, False, False)):  # a rest
                now += size
                continue
            pitches = {pick(range(low, low + 20)) for _ in range(pick((1, 1, 2, 3)) if chords else 1)}
            loud = pick((80, 80, 64, 101))
            notes += [Note(start=now, length=size, pitch=pitch, velocity=loud) for pitch in sorted(pitches)]
            now += size
    return tuple(notes)


def _drums(pick: Pick, length: F) -> tuple[Note, ...]:
    beats = int(length / F(1, 8))
    hits = [(F(i, 8), pitch) for i in range(beats) for pitch in KITS if pick((True, False, False))] or [(F(0), 36)]
    return tuple(Note(start=start, length=F(1, 8), pitch=pitch) for start, pitch in hits)


def _chords(pick: Pick, key: Key, edges: Sequence[F]) -> tuple[Chord, ...]:
    out: list[Chord] = []
    for start, end in zip(edges, edges[1:], strict=False):
        for at in (start, start + F(1, 4)):
            if at < end and pick((True, False, False)):
                root = pick([name for name in key.names() if len(name) < 3])
                bass = pick([None, None, "G", "Bb"])
                out.append(Chord(start=at, root=root, quality=pick(tuple(QUALITIES)), bass=bass))
    return tuple(out)


def _sections(pick: Pick, bars: int) -> tuple[Section, ...]:
    if bars < 2 or pick((True, False)):
        return ()
    first = pick(range(1, bars))
    return (Section(label="A", bars=first), Section(label=pick(("A", "B")), bars=bars - first))


def seeded(seed: int, **how: Any) -> Tune:
    return make_tune(random.Random(seed).choice, **how)


@st.composite
def tunes(draw: st.DrawFn, **how: Any) -> Tune:
    return make_tune(lambda choices: draw(st.sampled_from(choices)), **how)


def line(text: str, start: F = F(0)) -> tuple[Note, ...]:
    """`62:1/4 64:1/8 -:1/8`: pitches and lengths one after the other."""
    notes = []
    for piece in text.split():
        pitch, length = piece.split(":")
        if pitch != "-":
            notes.append(Note(start=start, length=F(length), pitch=int(pitch)))
        start += F(length)
    return tuple(notes)


def jig() -> Tune:
    """Eight bars of D dorian in 6/8 with an upbeat, two sections and chords."""
    bar = "62:1/8 65:1/8 69:1/8 71:1/4 69:1/8 "
    notes = line("69:1/8 " + bar * 7 + "62:5/8")
    meter = Meter(count=6, unit=8)
    return Tune(
        title="The Test Jig",
        composer="trad.",
        key=Key(tonic="D", mode="dorian"),
        tempo=F(180),
        bars=plain_bars(meter, 8, F(1, 8)),
        voices=(Voice(notes=notes),),
        chords=(Chord(start=F(1, 8), root="D", quality="m"), Chord(start=F(7, 8), root="C"), Chord(start=F(1), root="G", quality="7", bass="B")),
        sections=(Section(label="A", bars=5), Section(label="B", bars=4)),
    )


def waltz() -> Tune:
    """Ties over bar lines, triplets, an accidental that lasts and one that is taken back, a bass with chords."""
    melody = line("67:3/8 66:1/8 65:1/4 66:1/2 67:1/2 67:1/12 69:1/12 70:1/12 71:1/4 70:1/8 71:1/8 70:1/4 67:3/4")
    bass = tuple(Note(start=F(3 * i, 4) + F(j, 4), length=F(1, 4), pitch=p) for i in range(5) for j in (1, 2) for p in (47, 50, 55))
    return Tune(
        title="A Waltz",
        key=Key(tonic="G"),
        tempo=F(132),
        bars=plain_bars(Meter(count=3, unit=4), 5),
        voices=(Voice(notes=melody), Voice(name="Left hand", role="chords", instrument="organ", notes=bass)),
    )


FIXED = (jig, waltz)
