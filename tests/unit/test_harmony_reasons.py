"""Reasons are true: each claim is looked up again by code that shares nothing with the code that made it."""

import re
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.music.ask import Reading
from studio.music.harmony.harmonise import Harmony, harmonise
from studio.music.harmony.slots import slots
from studio.music.tune import Chord, Tune
from tests.folk import A_DORIAN, A_MINOR, A_MIXOLYDIAN, D_JIG
from tests.tunes import tunes

READINGS: tuple[Reading, ...] = ("plain", "jazzy", "modal")
STEPS = {
    "root": 0, "flat 9th": 1, "9th": 2, "sharp 9th": 3, "minor 3rd": 3, "3rd": 4, "4th": 5, "11th": 5, "sharp 11th": 6, "flat 5th": 6,
    "5th": 7, "sharp 5th": 8, "flat 13th": 8, "6th": 9, "13th": 9, "7th": 10, "major 7th": 11,
}  # fmt: skip
LETTER_OF = {"root": 0, "9th": 1, "3rd": 2, "4th": 3, "11th": 3, "5th": 4, "6th": 5, "13th": 5, "7th": 6}
HALFTONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NOTE = r"[A-G](?:##|bb|#|b)?"
CHORD = r"[A-G](?:#|b)?(?:maj7|m7b5|m7|m6|m|7|6|sus4|dim7|dim|aug)?(?:/[A-G][#b]?)?"


def pc(name: str) -> int:
    return (HALFTONES[name[0]] + name.count("#") - name[1:].count("b")) % 12


def root_of(chord: str) -> str:
    return chord[: 2 if chord[1:2] in ("#", "b") else 1]


def step(chord: str, key: Tune) -> int:
    return (pc(root_of(chord)) - pc(key.key.tonic)) % 12


def sounding(tune: Tune, start: F, end: F) -> set[int]:
    return {n.pitch % 12 for n in tune.melody.notes if n.start < end and n.end > start}


def check(tune: Tune, harmony: Harmony) -> int:
    """How many claims were looked up."""
    names = [chord.name for chord in harmony.chords]
    ends = [*(chord.start for chord in harmony.chords[1:]), tune.length]
    done = 0
    for k, (chord, said, end) in enumerate(zip(harmony.chords, harmony.reasons, ends, strict=True)):
        before, after = names[k - 1] if k else "", names[k + 1] if k + 1 < len(names) else ""
        heard = sounding(tune, chord.start, end)
        for note, place, on in re.findall(rf"({NOTE}) is the ((?:flat |sharp |minor |major )?[\w]+) of ({CHORD})", said):
            if place.split()[-1] not in LETTER_OF:  # `is the dominant of`: looked up below
                continue
            assert on == chord.name, said
            assert pc(note) in heard, said
            assert (pc(note) - pc(root_of(on))) % 12 == STEPS[place] or (place == "6th" and "dim7" in on), said
            if note[1:] == "" and len(root_of(on)) == 1 and not place.startswith("sharp"):  # plain names must be plainly right
                assert ("CDEFGAB".index(note[0]) - "CDEFGAB".index(root_of(on))) % 7 == LETTER_OF[place.split()[-1]], said
            done += 1
        claims = (
            (rf"^({CHORD}) leads home to ({CHORD})", lambda a, b: (a, b) == (chord.name, after) and (step(a, tune), step(b, tune)) == (7, 0)),  # noqa: B023
            (rf"^full cadence: ({CHORD}) leads home to ({CHORD})", lambda a, b: (a, b) == (before, chord.name) and (step(a, tune), step(b, tune)) == (7, 0)),  # noqa: B023
            (rf"^plagal close: ({CHORD}) sinks to ({CHORD})", lambda a, b: (a, b) == (before, chord.name) and (step(a, tune), step(b, tune)) == (5, 0)),  # noqa: B023
            (rf"^modal close: ({CHORD}) steps \w+ to ({CHORD})", lambda a, b: (a, b) == (before, chord.name) and step(a, tune) in (1, 10)),  # noqa: B023
            (rf"^({CHORD}) and ({CHORD}) are a ii-V", lambda a, b: (a, b) == (chord.name, after) and (step(a, tune) - step(b, tune)) % 12 == 7),  # noqa: B023
            (rf"^({CHORD}) is the dominant of ({CHORD})", lambda a, b: (a, b) == (chord.name, after) and (step(a, tune) - step(b, tune)) % 12 == 7),  # noqa: B023
            (rf"^({CHORD}) falls a fifth to ({CHORD})", lambda a, b: (a, b) == (chord.name, after) and (step(a, tune) - step(b, tune)) % 12 == 7),  # noqa: B023
            (rf"^({CHORD}) stands in for ({CHORD}), a tritone away, and slides into ({CHORD})", lambda a, s, b: [(step(x, tune) - step(b, tune)) % 12 for x in (a, s)] == [1, 7]),
        )  # fmt: skip
        for pattern, holds in claims:
            if found := re.match(pattern, said):
                assert holds(*found.groups()), said
                done += 1
        if found := re.match(rf"^half cadence: bar (\d+) rests on the dominant ({CHORD})", said):
            assert found[2] == chord.name
            assert step(chord.name, tune) == 7
            assert (pc(tune.key.tonic) + 11) % 12 in chord.classes
            bar = int(found[1]) - (0 if tune.pickup else 1)
            assert tune.starts[bar] < end
            assert tune.starts[bar + 1] > chord.start
            done += 1
        if "closes the tune" in said or "to close the tune" in said or "holds to the end" in said:
            assert end == tune.length
            assert step(chord.name, tune) == 0
            done += 1
        if found := re.search(rf"({NOTE}) (?:rubs against|leans on) ({CHORD})", said):
            assert pc(found[1]) in heard
            assert pc(found[1]) not in chord.classes
            done += 1
        if "raises the 7th" in said:
            assert (pc(tune.key.tonic) + 11) % 12 in chord.classes
            done += 1
        if mode := re.search(r"that makes the tune (\w+)", said):
            assert mode[1] == tune.key.mode
            done += 1
    return done


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("tune", [D_JIG, A_DORIAN, A_MIXOLYDIAN, A_MINOR], ids=["jig", "dorian", "mixolydian", "minor"])
def test_reasons_of_folk_tunes_are_true(tune: Tune, reading: Reading) -> None:
    for seed in range(3):
        harmony = harmonise(tune, reading, seed=seed)
        assert check(tune, harmony) >= len(harmony.chords) * 0.7


@settings(max_examples=60, deadline=None)
@given(tunes())
def test_reasons_of_any_tune_are_true(tune: Tune) -> None:
    for reading in READINGS:
        check(tune, harmonise(tune, reading))


@settings(max_examples=30, deadline=None)
@given(tunes(), st.sampled_from(["E7", "Am7", "Bdim7", "G", "F#m"]), st.data())
def test_reasons_beside_a_kept_chord_are_true(tune: Tune, name: str, data: st.DataObject) -> None:
    root = root_of(name)
    at = data.draw(st.sampled_from([slot.start for slot in slots(tune)]))
    kept = Chord(start=at, root=root, quality=name.removeprefix(root))  # type: ignore[arg-type]
    for reading in READINGS:
        check(tune, harmonise(tune, reading, keep={at: kept}))


def test_a_half_cadence_and_the_way_home_are_told() -> None:
    said = " | ".join(harmonise(D_JIG, "plain").reasons)
    assert "half cadence: bar 4 rests on the dominant A7" in said
    assert "full cadence: A7 leads home to D" in said
