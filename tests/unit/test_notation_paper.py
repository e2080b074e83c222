"""How written music looks: upbeats, beams, signs, tempo marks, ends; in MusicXML and ABC."""

import re
from fractions import Fraction as F
from xml.etree import ElementTree

import pytest

from studio.music.notation.files import write_tune
from studio.music.notation.write_abc import write_abc
from studio.music.theory import Key, Meter
from studio.music.tune import Note, Tune, Voice, plain_bars
from tests.tunes import jig, line, seeded, waltz


def measures(tune: Tune) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(write_tune(tune, "musicxml")).findall("part[1]/measure"))


def one_bar(notes: str, meter: Meter = Meter(), key: Key = Key()) -> Tune:  # noqa: B008  # both are frozen
    return Tune(key=key, bars=plain_bars(meter, 1), voices=(Voice(notes=line(notes)),))


def test_an_upbeat_is_bar_0_and_implicit() -> None:
    found = [(m.get("number"), m.get("implicit")) for m in measures(jig())]
    assert found[:2] == [("0", "yes"), ("1", None)]
    assert found[-1] == ("8", None)


def test_the_tempo_is_marked_in_beats_of_the_meter() -> None:
    mark = measures(jig())[0].find("direction/direction-type/metronome")
    assert mark is not None
    assert mark.findtext("beat-unit") == "quarter"
    assert mark.find("beat-unit-dot") is not None
    assert mark.findtext("per-minute") == "120"
    assert "Q:3/8=120\n" in write_abc(jig())


def test_modes_are_named_under_the_signature_they_share() -> None:
    key = measures(jig().changed(key=Key(tonic="E", mode="dorian")))[0].find("attributes/key")
    assert key is not None
    assert (key.findtext("fifths"), key.findtext("mode")) == ("2", "dorian")


def test_ends_of_sections_and_of_the_tune() -> None:
    styles = {i: m.findtext("barline/bar-style") for i, m in enumerate(measures(jig())) if m.find("barline") is not None}
    assert styles == {4: "light-light", 8: "light-heavy"}
    assert [m.findtext("direction/direction-type/rehearsal") for m in measures(jig())][5] == "B"


@pytest.mark.parametrize(
    ("notes", "meter", "groups"),
    [
        ("60:1/8 " * 8, Meter(), [4, 4]),
        ("60:1/8 " * 6, Meter(count=6, unit=8), [3, 3]),
        ("60:1/8 " * 6, Meter(count=3, unit=4), [2, 2, 2]),
        ("60:1/8 " * 7, Meter(count=7, unit=8), [3, 2, 2]),
        ("60:1/16 " * 8 + "60:1/2", Meter(), [4, 4]),
        ("60:1/12 62:1/12 64:1/12 60:1/8 60:1/8 60:1/2", Meter(), [3, 2]),
        ("60:1/8 -:1/8 60:1/8 60:1/8 60:1/2", Meter(), [2]),
    ],
)
def test_beams(notes: str, meter: Meter, groups: list[int]) -> None:
    found: list[int] = []
    for note in measures(one_bar(notes, meter))[0].findall("note"):
        beam = note.findtext("beam")
        if beam == "begin":
            found.append(0)
        if beam:
            found[-1] += 1
    assert found == groups


def test_every_beam_ends() -> None:
    for seed in range(40):
        for measure in ElementTree.fromstring(write_tune(seeded(seed, wild=True), "musicxml")).iter("measure"):
            words = [(b.get("number"), b.text) for b in measure.iter("beam")]
            for level in "123456":
                own = "".join({"begin": "(", "end": ")"}.get(word or "", "") for n, word in words if n == level)
                assert re.fullmatch(r"(\(\))*", own)


def test_signs_last_for_the_bar_and_are_taken_back() -> None:
    assert "K:G\n" in write_abc(waltz())
    tune = one_bar("66:1/8 65:1/8 65:1/8 66:1/8 78:1/8 77:1/8 65:1/4", key=Key(tonic="G"))
    assert write_abc(tune).splitlines()[-1] == "F=FF^F f=f =F2 |]"


def test_a_sign_is_given_wherever_readers_disagree_about_other_octaves() -> None:
    assert write_abc(one_bar("65:1/4 78:1/4 -:1/2", key=Key(tonic="G"))).splitlines()[-1] == "=F2 ^f2 z4 |]"


def test_ids_are_unique_and_tell_voice_and_note() -> None:
    for seed in range(20):
        tune = seeded(seed, wild=True)
        ids = [n.get("id") for n in ElementTree.fromstring(write_tune(tune, "musicxml")).iter("note") if n.get("id")]
        assert len(ids) == len(set(ids))
        assert {i for i in ids if "-" not in i} == {f"v{v}n{n}" for v, voice in enumerate(tune.voices) for n in range(len(voice.notes))}


def test_bars_are_full() -> None:
    for seed in range(20):
        tune = seeded(seed, wild=True)
        root = ElementTree.fromstring(write_tune(tune, "musicxml"))
        for part in root.findall("part"):
            divisions = int(part.findtext("measure/attributes/divisions") or 0)
            for bar, measure in zip(tune.bars, part.findall("measure"), strict=True):
                own = [int(n.findtext("duration") or 0) for n in measure.findall("note") if n.find("chord") is None]
                assert F(sum(own), 4 * divisions) == bar.length


def test_low_voices_stand_in_the_bass_clef() -> None:
    root = ElementTree.fromstring(write_tune(waltz(), "musicxml"))
    assert [c.findtext("sign") for c in root.iter("clef")] == ["G", "F"]


def test_words_that_are_not_safe() -> None:
    tune = jig().changed(title="<&>\x00 50%\nnext", composer='"]]>')
    data = write_tune(tune, "musicxml")
    assert ElementTree.fromstring(data).findtext("work/work-title") == "<&> 50%\nnext"
    assert "T:<&> 50\\% next\n" in write_abc(tune)


def test_two_notes_of_one_pitch_at_once_are_one() -> None:
    twice = tuple(Note(start=F(0), length=F(1, 4), pitch=60) for _ in range(2))
    tune = Tune(bars=plain_bars(Meter(), 1), voices=(Voice(notes=twice),))
    for form in ("musicxml", "abc", "mid"):
        assert write_tune(tune, form)  # type: ignore[arg-type]
