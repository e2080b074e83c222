"""Makes a Tune of a MIDI file, our own or another program's.

One key and one tempo: the first of each. Without a meter it counts 4/4, without a key it guesses one. A first bar whose
meter is shorter than the next is an upbeat. Tracks with several lines are dealt out to voices.
"""

import re
from fractions import Fraction
from operator import itemgetter

from studio.core.errors import Refused
from studio.music.keys import guess_key
from studio.music.notation.chord_names import read_chord
from studio.music.notation.grid import Grid
from studio.music.notation.smf import Heard, Song, Track, read_song
from studio.music.notation.voices import DRUMS, INSTRUMENTS, ROLES, Loose, instrument_of, voices_of
from studio.music.theory import Key, Meter, key_from_signature, read_meter
from studio.music.tune import MAX_BARS, ZERO, Bar, Chord, Note, Section, Tune

_SILENCE = 64  # whole notes of nothing at the end that are believed
_BAR = re.compile(r"bar: (\d{1,4})(?:/(\d{1,4}))? of (\d{1,2}/\d{1,2})")
_KEY = re.compile(r"key: ([A-G][#b]?) ([a-z]+)")
_ROLE = re.compile(r"role: ([a-z]+) ([a-z]+)")
Marks = dict[Fraction, tuple[Fraction, Meter]]


def read_midi(data: bytes, title: str = "") -> Tune:
    song = read_song(data)
    grid = _grid(song)
    parts = [part for track in song.tracks for part in _parts(track, grid)]
    notes = [n for part in parts for n in part.notes if part.role != "drums"]
    end = max(n.end for part in parts for n in part.notes)
    silent = max(Fraction(track.end, grid.whole) for track in song.tracks)
    bars = _bars(song, grid, silent if end < silent <= end + _SILENCE else end)
    first = song.tracks[0]
    return Tune(
        title=(first.name if not first.notes or len(song.tracks) == 1 else "") or title or "Untitled",
        composer=next((text[10:] for _, text in first.texts if text.startswith("composer: ")), ""),
        key=_key(song, notes),
        tempo=_tempo(song),
        bars=bars,
        voices=voices_of(parts),
        chords=_chords(song, grid, sum((bar.length for bar in bars), ZERO)),
        sections=_sections(song, grid, bars),
    )


def _grid(song: Song) -> Grid:
    tonal = [n for track in song.tracks for channel, notes in track.notes.items() for n in notes if channel != DRUMS]
    drums = [n for track in song.tracks for n in track.notes.get(DRUMS, ())]
    ours = _ours(song)
    return Grid(song.ppq, [] if ours else tonal, [] if ours else drums)  # a drum's end says nothing: often a tick after its start


def _ours(song: Song) -> bool:
    return any(_KEY.fullmatch(text) for _, text in song.tracks[0].texts)


def _parts(track: Track, grid: Grid) -> list[Loose]:
    said = next((found for _, text in track.texts if (found := _ROLE.fullmatch(text))), None)
    role = next((r for r in ROLES if said and r == said[1]), None)
    instrument = next((i for i in INSTRUMENTS if said and i == said[2]), None)
    parts = []
    for channel, heard in sorted(track.notes.items()):
        notes = _drums(heard, grid) if channel == DRUMS else grid.notes(heard)
        if channel == DRUMS:
            parts.append(Loose(track.name or "Drums", notes, "drums", instrument or "drums"))
        elif notes:
            own = instrument or (instrument_of(track.programs[channel]) if channel in track.programs else None)
            parts.append(Loose(track.name, notes, role if role != "drums" else None, own))
    return parts


def _drums(heard: list[Heard], grid: Grid) -> tuple[Note, ...]:
    out: dict[tuple[Fraction, int], Note] = {}
    for n in heard:
        start, end = grid.time(n.start), Fraction(n.end, grid.whole)
        length = end - start if grid.written else grid.time(n.end) - start
        if length <= 0 or length.denominator > 256:
            length = Fraction(1, 32)
        out.setdefault((start, n.pitch), Note(start=start, length=length, pitch=n.pitch, velocity=n.velocity))
    return tuple(out.values())


def _tempo(song: Song) -> Fraction:
    """The simplest tempo that gives the file's microseconds: 90 is stored as 666,667 and is meant as 90."""
    if not song.tempos:
        return Fraction(120)
    micro = min(song.tempos, key=itemgetter(0))[1]
    exact = Fraction(60_000_000, micro)
    simple = (Fraction(round(exact * d), d) for d in (1, 2, 3, 4, 5, 8, 10, 100))
    found = next((t for t in simple if t and round(60_000_000 / t) == micro), exact.limit_denominator(1000))
    return min(max(found, Fraction(10)), Fraction(600))


def _key(song: Song, notes: list[Note]) -> Key:
    signature = min(song.keys, key=itemgetter(0))[1:] if song.keys else None
    for _, text in song.tracks[0].texts:
        if said := _KEY.fullmatch(text):
            try:
                key = Key(tonic=said[1], mode=said[2])
            except ValueError:
                continue
            if signature and key.signature == signature[0]:
                return key
    if signature:
        return key_from_signature(signature[0], "minor" if signature[1] else "major")
    return guess_key(notes)


def _meter(count: int, unit: int) -> Meter | None:
    while unit > 32 and not count % 2:
        count, unit = count // 2, unit // 2
    try:
        meter = Meter(count=count, unit=unit)
    except ValueError:
        return None
    return meter if meter.length <= 16 else None


def _bars(song: Song, grid: Grid, end: Fraction) -> tuple[Bar, ...]:
    read = ((Fraction(tick, grid.whole), _meter(count, unit)) for tick, count, unit in sorted(song.meters))
    changes = {time: meter for time, meter in read if meter}
    marks = _marks(song.tracks[0], grid)
    meter = changes.pop(ZERO, None)
    bars: list[Bar] = []
    now, regions = ZERO, [0]  # in which bar each meter begins
    coming = sorted(changes)
    meter = meter or (changes[coming[0]] if coming and coming[0] < changes[coming[0]].length else Meter())
    while now < end or not bars:
        if coming and coming[0] <= now:
            meter = changes[coming.pop(0)]
            regions.append(len(bars))
            continue
        length, shown = marks.get(now, (meter.length, meter))
        if coming:
            length = min(length, coming[0] - now)
        bars.append(Bar(length=length, meter=shown))
        now += length
        if len(bars) > MAX_BARS:
            raise Refused(f"This MIDI file has more than {MAX_BARS} bars. Export a shorter part of it.")
    upbeat = len(regions) > 1 and regions[1] == 1 and len(bars) > 1 and not _ours(song)
    if upbeat and bars[0].length < bars[1].meter.length:
        bars[0] = Bar(length=bars[0].length, meter=bars[1].meter)
    return tuple(bars)


def _marks(track: Track, grid: Grid) -> Marks:
    """Bars that our own files say are shorter or longer than their meter."""
    out: Marks = {}
    for tick, text in track.texts:
        if (found := _BAR.fullmatch(text)) and int(found[2] or 1) and int(found[1]):
            try:
                length, meter = Fraction(int(found[1]), int(found[2] or 1)), read_meter(found[3])
            except ValueError:
                continue
            if Fraction(1, 1024) <= length <= 16:
                out[Fraction(tick, grid.whole)] = (length, meter)
    return out


def _chords(song: Song, grid: Grid, end: Fraction) -> tuple[Chord, ...]:
    out: dict[Fraction, Chord] = {}
    for tick, text in song.tracks[0].texts:
        start = Fraction(tick, grid.whole)
        if text.startswith("chord: ") and start < end and (chord := read_chord(text[7:40])):
            out[start] = chord.changed(start=start)
    return tuple(out[start] for start in sorted(out))


def _sections(song: Song, grid: Grid, bars: tuple[Bar, ...]) -> tuple[Section, ...]:
    """From markers of one capital letter that stand where a bar begins, if the first stands at the beginning."""
    starts, now = {}, ZERO
    for i, bar in enumerate(bars):
        starts[now] = i
        now += bar.length
    letters = [(Fraction(tick, grid.whole), text) for tick, text in song.tracks[0].markers if re.fullmatch(r"[A-Z]", text)]
    marks = sorted((starts[time], text) for time, text in letters if time in starts)
    if not marks or marks[0][0]:
        return ()
    ends = [bar for bar, _ in marks[1:]] + [len(bars)]
    return tuple(Section(label=text, bars=end - bar) for (bar, text), end in zip(marks, ends, strict=True) if end > bar)
