"""Bass, drums and chord parts: inside their bars and ranges, in time with the chords, the same from the same seed."""

from collections import Counter
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.music.accompany import accompany, bass, chords_part, drums, styles_for, with_voice
from studio.music.ask import Part
from studio.music.harmony.complete import with_chords
from studio.music.harmony.slots import closing
from studio.music.sound import drums as kit
from studio.music.theory import Meter, pitch_class, read_meter
from studio.music.tune import Bar, Tune, Voice, plain_bars
from tests.folk import A_DORIAN, A_MINOR, D_JIG
from tests.tunes import METERS, jig, line, tunes, waltz

PARTS: tuple[Part, ...] = ("bass", "drums", "chords")
OWN_SOUND = {35, 36, 38, 39, 40, 42, 44, 46, 49, 51, 52, 53, 55, 57, 59, 70, 80, 81, 82, *kit.TOMS, *kit.WOODS}
JIG, REEL, WALTZ = with_chords(D_JIG), with_chords(A_MINOR), with_chords(waltz())


def in_bars(tune: Tune, voice: Voice) -> None:
    """Every note ends in the bar in which it begins, and none sounds in the upbeat."""
    for note in voice.notes:
        assert tune.pickup <= note.start
        bar = max(i for i, start in enumerate(tune.starts[:-1]) if start <= note.start)
        assert note.end <= tune.starts[bar + 1]


@settings(max_examples=80, deadline=None)
@given(tunes(wild=True), st.sampled_from(PARTS), st.integers(0, 50), st.data())
def test_any_part_for_any_tune_keeps_to_its_bars_and_its_range(tune: Tune, part: Part, seed: int, data: st.DataObject) -> None:
    style = data.draw(st.sampled_from(styles_for(tune.meter)[part]))
    voice = accompany(tune, part, style, seed)
    in_bars(tune, voice)
    pitches = {note.pitch for note in voice.notes}
    if part == "drums":
        assert pitches <= OWN_SOUND
    else:
        low, high = (28, 52) if part == "bass" else (36, 72)
        assert all(low <= pitch <= high for pitch in pitches)
    if part == "bass":
        starts = Counter(note.start for note in voice.notes)
        assert max(starts.values(), default=1) == 1
    assert accompany(tune, part, style, seed) == voice
    with_voice(tune, voice)  # stands in the tune


@pytest.mark.parametrize("tune", [JIG, REEL, WALTZ], ids=["jig", "reel", "waltz"])
def test_the_bass_moves_smoothly_and_has_each_root(tune: Tune) -> None:
    for style in styles_for(tune.meter)["bass"]:
        for seed in range(8):
            voice = bass(tune, style, seed)
            leaps = [abs(a.pitch - b.pitch) for a, b in zip(voice.notes, voice.notes[1:], strict=False)]
            assert max(leaps) <= 12, (style, seed)
            at = {note.start: note.pitch % 12 for note in voice.notes}
            for chord in tune.chords[:-1]:
                if style != "pedal" and chord.start >= tune.pickup:
                    assert at[chord.start] == pitch_class(chord.root), (style, chord.name)
            assert voice.notes[-1].end == tune.length
            assert voice.notes[-1].pitch % 12 == tune.key.pitch_class


def test_a_walking_bass_fills_every_beat_and_steps_into_the_next_chord() -> None:
    steps = changes = 0
    for seed in range(10):
        voice = bass(REEL, "walking", seed)
        assert {note.start for note in voice.notes} >= {F(k, 4) for k in range(28)}
        at = {note.start: note.pitch for note in voice.notes}
        for before, chord in zip(REEL.chords, REEL.chords[1:], strict=False):
            if chord.start - before.start >= F(1, 2):
                changes += 1
                steps += abs(at[chord.start] - at[chord.start - F(1, 4)]) <= 7
        assert all(a.pitch != b.pitch for a, b in zip(voice.notes, voice.notes[1:], strict=False) if (b.start % F(1, 2)))
    assert steps == changes


def test_slash_chords_give_the_bass_its_note() -> None:
    assert next(note for note in bass(jig(), "roots").notes if note.start == 1).pitch % 12 == 11  # G7/B


def test_root_and_fifth_take_turns() -> None:
    tune = with_chords(Tune(bars=plain_bars(Meter(), 4), voices=(Voice(notes=line("60:1 64:1 67:1 60:1")),))).changed(
        chords=[{"start": 0, "root": "C"}]
    )
    assert [note.pitch % 12 for note in bass(tune, "root-fifth").notes] == [0, 7, 0, 7, 0, 7, 0]


@pytest.mark.parametrize("part", PARTS)
def test_the_seed_makes_a_difference_and_styles_do(part: Part) -> None:
    different = {
        style: len({accompany(REEL, part, style, seed).dumps() for seed in range(6)}) for style in styles_for(REEL.meter)[part]
    }
    assert all(count > 1 for count in different.values()), different
    assert len({accompany(REEL, part, style, 1).dumps() for style in different}) == len(different)


def test_drums_begin_every_bar_and_fill_where_a_section_ends() -> None:
    for tune in (JIG, REEL, A_DORIAN):
        for style in styles_for(tune.meter)["drums"]:
            voice = drums(tune, style, 4)
            starts = {note.start for note in voice.notes}
            assert set(tune.starts[:-1]) <= starts
            first_bar = [n.pitch for n in voice.notes if n.start < tune.starts[1]]
            ends = [i for i in closing(tune) if i + 1 < len(tune.bars)]
            assert ends
            for i in ends:
                fill = [n for n in voice.notes if tune.starts[i] <= n.start < tune.starts[i + 1]]
                assert [n.pitch for n in fill] != first_bar
                assert fill[-1].velocity > 85  # it grows towards the next section


def test_a_short_bar_plays_as_much_as_fits() -> None:
    meter = Meter(count=3, unit=4)
    bars = (
        Bar(length=F(1, 4), meter=meter),
        *plain_bars(meter, 3),
        Bar(length=F(1, 2), meter=meter),
        Bar(length=F(5, 4), meter=meter),
    )
    tune = with_chords(Tune(bars=bars, voices=(Voice(notes=line("67:1/4 72:3/4 76:3/4 74:3/4 72:1/2 60:5/4")),)))
    for part, styles in styles_for(meter).items():
        for style in styles:
            in_bars(tune, accompany(tune, part, style, 2))


def test_a_shuffle_in_a_bar_that_ends_between_its_steps_ends_with_the_bar() -> None:
    bars = (*plain_bars(Meter(), 2), Bar(length=F(11, 16), meter=Meter()), Bar(length=F(1, 2), meter=Meter()))
    tune = Tune(bars=bars, voices=(Voice(notes=line("60:1 64:1 67:11/16 60:1/2")),))
    for seed in range(6):
        in_bars(tune, drums(tune, "shuffle", seed))


def test_held_chords_have_the_notes_of_the_chord_and_lie_near_each_other() -> None:
    voice = chords_part(JIG, "held")
    by_start: dict[F, list[int]] = {}
    for note in voice.notes:
        by_start.setdefault(note.start, []).append(note.pitch)
    for chord in JIG.chords:
        assert {p % 12 for p in by_start[chord.start]} == set(chord.classes)
    tops = [max(pitches) for _, pitches in sorted(by_start.items())]
    assert max(abs(a - b) for a, b in zip(tops, tops[1:], strict=False)) <= 5


def test_oom_pah_alternates_low_and_high() -> None:
    bar = [n for n in chords_part(WALTZ, "oom-pah").notes if n.start < F(3, 4)]
    lows = [n for n in bar if n.start == 0]
    assert len(lows) == 1
    assert {n.start for n in bar} == {F(0), F(1, 4), F(1, 2)}
    assert min(n.pitch for n in bar if n.start) > lows[0].pitch


def test_every_meter_has_styles_and_an_unknown_one_is_told_which() -> None:
    for meter in (*METERS, read_meter("3/2"), read_meter("11/8"), read_meter("6/4"), read_meter("1/4")):
        assert all(styles_for(meter).values())
    for text, drum in (
        ("6/8", "jig"),
        ("9/8", "jig"),
        ("3/4", "waltz"),
        ("4/4", "swing"),
        ("2/4", "reel"),
        ("5/4", "swing"),
        ("7/8", "folk"),
    ):
        assert drum in styles_for(read_meter(text))["drums"]
    with pytest.raises(Refused, match="no drum style samba in 6/8. Choose one of: jig, march, rock."):
        drums(JIG, "samba")


def test_tunes_without_chords_are_harmonised_first() -> None:
    assert bass(D_JIG, "roots", 1) == bass(JIG, "roots", 1)


def test_a_part_replaces_its_own_kind_and_no_other_voice() -> None:
    first, second = bass(JIG, "roots", 1), bass(JIG, "pedal", 1)
    once = with_voice(JIG, first)
    assert [v.name for v in with_voice(once, second).voices] == ["Melody", "Bass"]
    assert with_voice(once, second).voices[1] == second
    sung = JIG.changed(voices=(*JIG.voices, Voice(name="Bass", role="part")))
    both = with_voice(sung, first)
    assert [(v.name, v.role) for v in both.voices[1:]] == [("Bass", "part"), ("Bass 2", "bass")]
    assert [(v.name, v.role) for v in with_voice(both, second).voices[1:]] == [("Bass", "part"), ("Bass 2", "bass")]
