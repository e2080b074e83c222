"""What programs that are not ours read in our files, in one form that can be compared with the tune.

Known habits of theirs, allowed for here and nowhere else:
- verovio's MIDI cuts times to its 120 ticks a quarter note, so that times are taken from its timemap;
- music21 10.5.1 keeps no number of a drum (only its times are compared); by default it does not join ties of a note whose
  natural sign stands before the first piece only, so that it is asked to go by the ties (matchByPitch=False);
- partitura 1.9.0 stops at two drums at once: it gets scores without drums;
- abc2midi sounds chord symbols as an accompaniment and plays the notes of a chord one after the other unless told
  otherwise (gchordoff, chordattack 0); begins every note one tick of 1/1920 late; reads whole tempos only and cuts off a microsecond; calls every mode but minor major; says nothing about
  an upbeat: notes, meters, tempo and signature are compared, bar lines where all bars are whole.
"""

import base64
import json
import re
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction as F
from io import BytesIO
from pathlib import Path
from typing import Any

from studio.music.theory import MODES
from studio.music.tune import Tune

Notes = list[tuple[F, F, int]]  # start, length, pitch
UNKNOWN = -1  # a pitch that the program does not tell


@dataclass
class Heard:
    """What a program has read."""

    voices: list[Notes]
    bars: list[F]  # where they begin
    meters: list[str]  # of each bar
    micro: int  # microseconds a quarter note
    sharps: int
    mode: str


Program = Callable[[bytes], Heard]


def expected(tune: Tune, *, midi: bool = False) -> Heard:
    """A MIDI file knows major and minor only, and gives a short bar (but the last) a meter of its own length."""
    minor = 3 in MODES[tune.key.mode]
    meters = [
        str(bar.meter) if not midi or bar.length == bar.meter.length or i + 1 == len(tune.bars) else ""
        for i, bar in enumerate(tune.bars)
    ]
    return Heard(
        [sorted((n.start, n.length, n.pitch) for n in voice.notes) for voice in tune.voices],
        list(tune.starts[:-1]),
        meters,
        round(60_000_000 / tune.tempo),
        tune.key.signature,
        ("minor" if minor else "major") if midi else tune.key.mode,
    )


def differences(tune: Tune, heard: Heard, *, midi: bool = False) -> list[str]:
    """In words; none when the program has read the tune: notes, bar lines, meters, tempo and key."""
    own = expected(tune, midi=midi)
    out = []
    for i, notes in enumerate(own.voices):
        found = heard.voices[i] if i < len(heard.voices) else []
        if any(pitch == UNKNOWN for _, _, pitch in found) and tune.voices[i].role == "drums":
            notes = [(start, length, UNKNOWN) for start, length, _ in notes]
        if sorted(found) != notes:
            lost, added = sorted(set(notes) - set(found)), sorted(set(found) - set(notes))
            out.append(f"voice {i}: lost {lost[:3]}, added {added[:3]}")
    if len(heard.voices) != len(own.voices):
        out.append(f"{len(heard.voices)} voices instead of {len(own.voices)}")
    if heard.bars != own.bars:
        out.append(f"bars begin at {heard.bars} instead of {own.bars}")
    elif any(a and a != b for a, b in zip(own.meters, heard.meters, strict=True)):
        out.append(f"meters {heard.meters} instead of {own.meters}")
    if heard.micro != own.micro:
        out.append(f"tempo {heard.micro} instead of {own.micro}")
    if (heard.sharps, heard.mode) != (own.sharps, own.mode):
        out.append(f"key {heard.sharps} {heard.mode} instead of {own.sharps} {own.mode}")
    return out


def bar_lines(meters: list[tuple[F, int, int]], end: F) -> tuple[list[F], list[str]]:
    """As every program draws them from the meters of a MIDI file."""
    bars, names, now = [], [], F(0)
    while now < end:
        _, count, unit = max((m for m in meters if m[0] <= now), key=lambda m: m[0])
        following = min((m[0] for m in meters if m[0] > now), default=end)
        bars.append(now)
        names.append(f"{count}/{unit}")
        now = min(now + F(count, unit), following)
    return bars, names


def by_symusic(data: bytes) -> Heard:
    import symusic

    score = symusic.Score.from_midi(data)
    whole = 4 * score.ticks_per_quarter
    voices = [[(F(n.start, whole), F(n.duration, whole), n.pitch) for n in track.notes] for track in score.tracks]
    meters = [(F(m.time, whole), m.numerator, m.denominator) for m in score.time_signatures]
    key = score.key_signatures[0]
    end = max(start + length for notes in voices for start, length, _ in notes)
    return Heard(voices, *bar_lines(meters, end), score.tempos[0].mspq, key.key, "minor" if key.tonality else "major")


def by_mido(data: bytes) -> Heard:
    import mido

    file = mido.MidiFile(file=BytesIO(data))
    whole = 4 * file.ticks_per_beat
    voices: list[Notes] = []
    meters, micro, key = [], [], []
    for track in file.tracks:
        now, notes, begun = 0, [], {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                begun[message.channel, message.note] = now
            elif message.type in ("note_on", "note_off") and (message.channel, message.note) in begun:
                start = begun.pop((message.channel, message.note))
                notes.append((F(start, whole), F(now - start, whole), message.note))
            elif message.type == "time_signature":
                meters.append((F(now, whole), message.numerator, message.denominator))
            elif message.type == "set_tempo":
                micro.append(message.tempo)
            elif message.type == "key_signature":
                key.append(message.key)
        if notes:
            voices.append(notes)
    end = max(start + length for notes in voices for start, length, _ in notes)
    mode = "minor" if key[0].endswith("m") else "major"
    sharps = _fifths(key[0].removesuffix("m")) - (3 if mode == "minor" else 0)
    return Heard(voices, *bar_lines(meters, end), micro[0], sharps, mode)


def _fifths(name: str) -> int:
    return "FCGDAEB".index(name[0]) - 1 + 7 * (name.count("#") - name.count("b"))


def by_music21(data: bytes) -> Heard:
    import music21

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = music21.converter.parseData(data, format="musicxml")
    first = score.parts[0]
    marks = list(first.recurse().getElementsByClass(music21.tempo.MetronomeMark))
    keys = list(score.recurse().getElementsByClass(music21.key.KeySignature))
    measures = list(first.getElementsByClass(music21.stream.Measure))
    meters: list[str] = []
    for measure in measures:
        meters.append(measure.timeSignature.ratioString if measure.timeSignature else meters[-1])
    return Heard(
        [_of_music21(part) for part in score.parts],
        [F(m.offset) / 4 for m in measures],
        meters,
        round(60_000_000 / marks[0].getQuarterBPM()),
        keys[0].sharps,
        keys[0].mode,
    )


def _of_music21(part: Any) -> Notes:
    import music21

    out: Notes = []
    for element in part.stripTies(matchByPitch=False).flatten().notes:
        if isinstance(element, music21.harmony.ChordSymbol):
            continue
        start, length = F(element.offset) / 4, F(element.quarterLength) / 4
        for note in getattr(element, "notes", (element,)):
            if isinstance(note, music21.note.Unpitched):
                out.append((start, length, UNKNOWN))
            else:
                out.append((start, length, note.pitch.midi))
    return out


def by_verovio(data: bytes) -> Heard:
    """Times from its timemap, ties from its MEI, pitches and tempo from its MIDI (which cuts times to 1/480)."""
    import symusic
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none"})
    assert toolkit.loadData(data.decode())
    score = symusic.Score.from_midi(base64.b64decode(toolkit.renderToMIDI()))
    events = _timemap(toolkit)
    times = {
        word: {name: F(e["qstamp"]).limit_denominator(10_000) / 4 for e in events for name in e.get(word, ())}
        for word in ("on", "off")
    }
    mei = toolkit.getMEI()
    ties = dict(re.findall(r'<tie [^>]*startid="#([^"]+)" endid="#([^"]+)"', mei))
    voices: dict[int, Notes] = {}
    for name in times["on"].keys() - ties.values():
        last = name
        while last in ties:
            last = ties[last]
        voice = int(re.findall(r"\d+", name)[0])  # the ids are ours
        pitch = toolkit.getMIDIValuesForElement(name)["pitch"]
        voices.setdefault(voice, []).append((times["on"][name], times["off"][last] - times["on"][name], pitch))
    bars = [F(e["qstamp"]).limit_denominator(10_000) / 4 for e in events if "measureOn" in e]
    key = _tags(mei, "keySig")[0]
    sharps = int(key["sig"][:-1] or 0) * (-1 if key["sig"].endswith("f") else 1)
    micro = score.tempos[0].mspq
    return Heard([voices[i] for i in sorted(voices)], bars, _meters_of_mei(mei), micro, sharps, key["mode"])


def _timemap(toolkit: Any) -> list[dict[str, Any]]:
    got = toolkit.renderToTimemap({"includeMeasures": True})
    return json.loads(got) if isinstance(got, str) else got


def _tags(mei: str, name: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'([\w:.]+)="([^"]*)"', tag)) for tag in re.findall(rf"<{name}\b[^>]*>", mei)]


def _meters_of_mei(mei: str) -> list[str]:
    """Of every measure."""
    out, now = [], ""
    for tag in re.findall(r"<(?:meterSig|measure)\b[^>]*>", mei):
        if tag.startswith("<measure"):
            out.append(now)
        else:
            meter = dict(re.findall(r'(\w+)="(\d+)"', tag))
            now = f"{meter['count']}/{meter['unit']}"
    return out


def by_partitura(data: bytes) -> Heard:
    import partitura

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "t.musicxml"
        path.write_bytes(data)
        score = partitura.load_musicxml(str(path))
    voices = []
    for part in score.parts:
        notes = part.note_array(include_divs_per_quarter=True)
        zero = part.first_point.t
        voices.append([(F(int(n["onset_div"]) - zero, 4 * int(n["divs_pq"])), F(int(n["duration_div"]), 4 * int(n["divs_pq"])), int(n["pitch"])) for n in notes])
    part = score.parts[0]
    quarter = int(part.note_array(include_divs_per_quarter=True)["divs_pq"][0])
    bars = [F(m.start.t - part.first_point.t, 4 * quarter) for m in part.iter_all(partitura.score.Measure)]
    meters = ["/".join(str(int(x)) for x in part.time_signature_map(m.start.t)[:2]) for m in part.iter_all(partitura.score.Measure)]
    tempo = next(iter(part.iter_all(partitura.score.Tempo)))
    key = next(iter(part.iter_all(partitura.score.KeySignature)))
    return Heard(voices, bars, meters, tempo.microseconds_per_quarter, key.fifths, key.mode)


def abc2midi() -> str:
    """The program that comes with symusic."""
    import symusic

    return str(Path(symusic.__file__).parent / "bin" / "abc2midi")


def by_abc2midi(text: str) -> Heard:
    quiet = re.sub(r"^(V:.*)$", r"\1\n%%MIDI gchordoff\n%%MIDI chordattack 0", text, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        tune, made = Path(folder) / "t.abc", Path(folder) / "t.mid"
        tune.write_text(quiet, encoding="utf-8")
        subprocess.run([abc2midi(), str(tune), "-o", str(made), "-silent"], check=True, capture_output=True, timeout=20)
        heard = by_mido(made.read_bytes())
    late = F(1, 1920)
    heard.voices = [[(start - late, length + late, pitch) for start, length, pitch in notes] for notes in heard.voices]
    return heard


def differences_in_abc(tune: Tune, heard: Heard) -> list[str]:
    """What can be compared with abc2midi."""
    whole = all(bar.length == bar.meter.length for bar in tune.bars)
    wanted = expected(tune, midi=True)
    if not whole:
        heard.bars, heard.meters = wanted.bars, wanted.meters
    if abs(heard.micro - wanted.micro) <= 1:
        heard.micro = wanted.micro
    heard.mode = wanted.mode
    return differences(tune, heard, midi=True)
