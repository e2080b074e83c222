"""Files as other programs and people make them: what is read from them."""

import random
from fractions import Fraction as F

import pytest

from studio.core.errors import Refused
from studio.music.notation.files import read_tune
from studio.music.theory import Key, Meter
from studio.music.tune import Tune
from tests.hostile_tunes import END, bar, midi, note, xml


def heard(tune: Tune, voice: int = 0) -> list[tuple[F, F, int]]:
    return [(n.start, n.length, n.pitch) for n in tune.voices[voice].notes]


def number(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def events(*timed: tuple[int, bytes]) -> bytes:
    """Messages at ticks."""
    out, now = b"", 0
    for tick, message in sorted(timed, key=lambda e: e[0]):
        out += number(tick - now) + message
        now = tick
    return out + END


# MIDI


def test_type_0_running_status_and_ends_of_no_loudness() -> None:
    track = b"\x00\xff\x58\x04\x03\x02\x18\x08" + b"\x00\x90\x3c\x50" + b"\x60\x3c\x00" + b"\x00\x3e\x40" + b"\x81\x40\x3e\x00" + END
    tune = read_tune(midi(track, ppq=96, kind=0))
    assert heard(tune) == [(F(0), F(1, 4), 60), (F(1, 4), F(1, 2), 62)]
    assert tune.bars[0].meter == Meter(count=3)
    assert tune.melody.notes[0].velocity == 0x50


def test_channels_of_one_track_become_voices_and_channel_ten_drums() -> None:
    track = events(
        (0, b"\xc1\x21"), (0, b"\x91\x24\x40"), (480, b"\x81\x24\x00"), (0, b"\x90\x48\x40"), (480, b"\x80\x48\x00"),
        (0, b"\x99\x2a\x40"), (1, b"\x89\x2a\x00"), (240, b"\x99\x26\x40"), (241, b"\x89\x26\x00"),
    )  # fmt: skip
    tune = read_tune(midi(track, kind=0), "my song.mid")
    assert {(v.role, v.instrument) for v in tune.voices} == {("melody", "plucked"), ("bass", "bass"), ("drums", "drums")}
    drums = next(v for v in tune.voices if v.role == "drums")
    assert [(n.start, n.pitch) for n in drums.notes] == [(F(0), 42), (F(1, 8), 38)]
    assert tune.title == "my song"


def test_held_notes_under_a_melody_become_two_lines() -> None:
    track = events(
        (0, b"\x90\x3c\x40"), (0, b"\x90\x48\x40"), (480, b"\x80\x48\x00"), (480, b"\x90\x4a\x40"),
        (960, b"\x80\x4a\x00"), (960, b"\x80\x3c\x00"),
    )  # fmt: skip
    tune = read_tune(midi(track))
    assert sorted(heard(tune, 0) + heard(tune, 1)) == [(F(0), F(1, 4), 72), (F(0), F(1, 2), 60), (F(1, 4), F(1, 4), 74)]


def test_what_was_played_is_put_on_a_grid() -> None:
    """Eighths and a triplet, up to 12 ms off at 120: written down as they were meant."""
    dice = random.Random(3)
    meant = [F(i, 8) for i in range(8)] + [1 + F(i, 12) for i in range(6)] + [F(3, 2), F(7, 4)]
    ticks = [max(round(t * 1920) + dice.randint(-12, 12), 0) for t in meant]
    timed = []
    for i, tick in enumerate(ticks):
        end = ticks[i + 1] - dice.randint(5, 20) if i + 1 < len(ticks) else tick + 470
        timed += [(tick, bytes([0x90, 60 + i % 12, 70])), (end, bytes([0x80, 60 + i % 12, 0]))]
    tune = read_tune(midi(events(*timed)))
    assert [n.start for n in tune.melody.notes] == meant
    assert [n.end for n in tune.melody.notes][:-1] == meant[1:]


def test_a_short_first_meter_is_an_upbeat_and_meters_change() -> None:
    track = events(
        (0, b"\xff\x58\x04\x01\x03\x18\x08"), (240, b"\xff\x58\x04\x06\x03\x24\x08"), (240 + 1440, b"\xff\x58\x04\x02\x02\x18\x08"),
        (0, b"\x90\x3c\x40"), (2400, b"\x80\x3c\x00"), (0, b"\xff\x59\x02\xfd\x01"), (0, b"\xff\x51\x03\x09\x27\xc0"),
    )  # fmt: skip
    tune = read_tune(midi(track))
    assert [(b.length, str(b.meter)) for b in tune.bars] == [(F(1, 8), "6/8"), (F(3, 4), "6/8"), (F(1, 2), "2/4")]
    assert tune.key == Key(tonic="C", mode="minor")
    assert tune.tempo == 100


def test_without_a_key_it_is_guessed() -> None:
    scale = [62, 64, 66, 67, 69, 71, 73, 74, 69, 66, 62]
    track = events(*[e for i, p in enumerate(scale) for e in ((i * 480, bytes([0x90, p, 64])), (i * 480 + 480, bytes([0x80, p, 0])))])
    assert read_tune(midi(track)).key == Key(tonic="D")


# MusicXML


def test_backup_chords_and_two_voices() -> None:
    more = "<note><chord/><pitch><step>E</step><octave>4</octave></pitch><duration>2</duration></note>"
    low = "<note><pitch><step>C</step><octave>3</octave></pitch><duration>4</duration><voice>2</voice></note>"
    tune = read_tune(xml(bar(note("2") + more + note("2", "5") + "<backup><duration>4</duration></backup>" + low)))
    upper, lower = (next(v for v in tune.voices if v.notes[0].pitch == pitch) for pitch in (60, 48))
    assert [(n.start, n.length, n.pitch) for n in upper.notes] == [(1, F(1, 2), 60), (1, F(1, 2), 64), (F(3, 2), F(1, 2), 72)]
    assert [(n.start, n.length) for n in lower.notes] == [(1, 1)]


def test_a_transposing_instrument_sounds_where_it_sounds() -> None:
    head = "<attributes><key><fifths>2</fifths><mode>major</mode></key><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>"
    tune = read_tune(xml(bar(head + note("4"))))
    assert heard(tune) == [(F(1), F(1), 58)]
    assert tune.key == Key(tonic="C")


def test_repeats_with_two_endings_are_played_out() -> None:
    def ending(number: str, kind: str, more: str = "") -> str:
        return f'<barline><ending number="{number}" type="{kind}"/>{more}</barline>'

    back = '<repeat direction="backward"/>'
    bars = [
        bar('<barline><repeat direction="forward"/></barline>' + note("4", "4")),
        bar(ending("1", "start") + note("4", "5") + ending("1", "stop", back)),
        bar(ending("2", "start") + note("4", "6") + ending("2", "discontinue")),
        bar(note("4", "7")),
    ]
    tune = read_tune(xml("".join(bars)))
    assert [n.pitch for n in tune.melody.notes] == [60, 72, 60, 84, 96]


def test_sections_chords_tempo_and_grace_notes() -> None:
    marks = (
        '<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>80</per-minute></metronome></direction-type></direction>'
        "<harmony><root><root-step>B</root-step><root-alter>-1</root-alter></root><kind>dominant-ninth</kind><offset>2</offset></harmony>"
    )
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    tune = read_tune(xml(bar(marks + grace + note("4"))))
    assert heard(tune) == [(F(1), F(1), 60)]
    assert tune.tempo == 120
    assert [(c.start, c.name) for c in tune.chords] == [(F(3, 2), "Bb7")]


def test_utf_16_and_a_doctype_are_fine() -> None:
    head = '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">'
    data = xml(bar(note("4")), head).decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")
    assert heard(read_tune(data)) == [(F(1), F(1), 60)]


# ABC


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ("|: C4 D4 |1 E8 :|2 F8 |]", [60, 62, 64, 60, 62, 65]),
        ("|: C8 :: D8 :|", [60, 60, 62, 62]),
        ("C8 & E8 | D8", [60, 62]),
        ("{g}C8 | !trill!D8 | \"Am\"E8", [60, 62, 64]),
        ("^C4 C4 | C8", [61, 61, 60]),
    ],
)
def test_abc_pitches(body: str, starts: list[int]) -> None:
    assert [n.pitch for n in read_tune(f"X:1\nM:4/4\nL:1/8\nK:C\n{body}\n".encode()).melody.notes] == starts


def test_abc_rhythms() -> None:
    tune = read_tune(b"X:1\nM:4/4\nL:1/8\nQ:3/8=80\nK:Am\nA>B (3cde f3/2g/ a2- | a8 |]\n")
    lengths = [n.length for n in tune.melody.notes]
    assert lengths == [F(3, 16), F(1, 16), *[F(1, 12)] * 3, F(3, 16), F(1, 16), F(5, 4)]
    assert tune.tempo == 120
    assert tune.key == Key(tonic="A", mode="minor")


def test_abc_upbeats_meet_at_repeats() -> None:
    tune = read_tune(b"X:1\nM:3/4\nL:1/4\nK:G\nP:A\n|: D | G2 A | B2 :|\nP:B\n|: A | B2 A | G2 :|\n")
    assert [b.length for b in tune.bars] == [F(1, 4), *[F(3, 4)] * 7, F(1, 2)]
    assert [(s.label, s.bars) for s in tune.sections] == [("A", 3), ("A", 2), ("B", 2), ("B", 2)]


def test_abc_voices_named_in_the_head() -> None:
    tune = read_tune(b'X:1\nM:4/4\nL:1/4\nV:1 name="Tune"\nV:2 name="Low" clef=bass\nK:C\n[V:1] cdef | g4 |\n[V:2] C,4 | G,,4 |\n')
    assert [(v.name, [n.pitch for n in v.notes]) for v in tune.voices] == [("Tune", [72, 74, 76, 77, 79]), ("Low", [48, 43])]


def test_the_first_tune_of_a_book_is_read() -> None:
    book = "\n".join(f"X:{i}\nT:Tune {i}\nK:C\n{'C' * i}|\n" for i in range(1, 3000))
    tune = read_tune(book.encode())
    assert (tune.title, len(tune.melody.notes)) == ("Tune 1", 1)


def test_what_a_file_is_decides_what_is_in_it() -> None:
    tune = b"X:1\nT:x\nK:C\nCDEF|\n"
    assert read_tune(tune, "song.mid").title == "x"
    assert read_tune(tune.replace(b"T:x\n", b""), "C:\\tunes\\song.abc").title == "song"
    with pytest.raises(Refused, match="a sound recording"):
        read_tune(b"ID3" + bytes(100), "song.mid")
