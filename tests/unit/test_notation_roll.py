"""The piano roll's JSON: what it holds, and what is not let in again."""

import copy
import json
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest

from studio.core.errors import Refused
from studio.music.notation.roll import TICKS, from_roll, to_roll
from studio.music.theory import Key
from tests.tunes import jig, seeded, waltz

Spoil = Callable[[dict[str, Any]], object]


def test_what_it_holds() -> None:
    roll = to_roll(jig())
    assert roll["ticks"] == TICKS == 960
    assert roll["bars"][:2] == [[0, 120, "6/8"], [120, 720, "6/8"]]
    assert roll["meters"] == {"6/8": {"count": 6, "unit": 8, "beats": [0, 360]}}
    assert roll["key"]["scale"] == [0, 2, 4, 5, 7, 9, 11]
    assert roll["key"]["names"][1] == "C#"
    assert roll["sections"] == [["A", 0, 5], ["B", 5, 4]]
    assert roll["chords"][2] == [960, "G7/B"]
    assert roll["voices"][0]["notes"][0] == [0, 120, 69, 80]
    assert len(json.dumps(roll)) < 2500


def test_64ths_triplets_and_quintuplets_are_whole_ticks() -> None:
    assert all(TICKS % parts == 0 for parts in (64, 96, 160, 320))
    assert to_roll(seeded(3, wild=True))["ticks"] % TICKS == 0


def test_a_note_that_was_drawn_is_there() -> None:
    roll = to_roll(jig())
    roll["voices"][0]["notes"].remove([5160, 600, 62, 80])
    roll["voices"][0]["notes"].insert(0, [5160, 320, 64, 90])
    roll["tempo"], roll["key"] = 96.5, {"tonic": "E", "mode": "minor"}
    tune = from_roll(roll, jig())
    assert (tune.melody.notes[-1].start, tune.melody.notes[-1].length, tune.melody.notes[-1].velocity) == (F(43, 8), F(1, 3), 90)
    assert (tune.tempo, tune.key, tune.composer) == (F(193, 2), Key(tonic="E", mode="minor"), "trad.")


def _set(*path: Any) -> Spoil:
    *way, last, value = path

    def spoil(roll: dict[str, Any]) -> None:
        at: Any = roll
        for step in way:
            at = at[step]
        at[last] = value

    return spoil


NOTES = ("voices", 0, "notes")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_set(*NOTES, 0, [0, 240, 69, 80]), "Two notes of Melody overlap in bar 2"),
        (_set(*NOTES, 0, [0, 99_999, 69, 80]), "goes on after the last bar"),
        (_set(*NOTES, 0, [0, 0, 69, 80]), "length of a note"),
        (_set(*NOTES, 0, [-1, 120, 69, 80]), "start of a note"),
        (_set(*NOTES, 0, [0, 120, 128, 80]), "pitch"),
        (_set(*NOTES, 0, [0, 120, 69.5, 80]), "pitch"),
        (_set(*NOTES, 0, [0, 120, True, 80]), "pitch"),
        (_set(*NOTES, 0, [0, 120, 69]), "list of 4 values"),
        (_set(*NOTES, 0, None), "list of 4 values"),
        (_set(*NOTES, [[0, 1, 1, 1]] * 30_000), "20000 notes"),
        (_set("voices", []), "voices"),
        (_set("voices", 0, "role", "king"), "role of Melody"),
        (_set("voices", 0, "instrument", ["flute"]), "instrument of Melody"),
        (_set("ticks", 0), "ticks"),
        (_set("ticks", "960"), "ticks"),
        (_set("tempo", float("nan")), "tempo"),
        (_set("tempo", 1e300), "tempo"),
        (_set("key", {"tonic": "H", "mode": "major"}), "no key H major"),
        (_set("key", {"tonic": "G#", "mode": "major"}), "no key G# major"),
        (_set("bars", 1, 0, 0), "Bar 2 does not begin"),
        (_set("bars", 0, 1, 10**30), "length of bar 1"),
        (_set("bars", 0, 2, "6/7"), "meter of bar 1"),
        (_set("bars", []), "bars"),
        (_set("chords", 0, 1, "Xyz"), "`Xyz` is not a chord"),
        (_set("chords", 0, 0, 10**9), "start of a chord"),
        (_set("chords", 1, 0, 120), "Two chords begin"),
        (_set("sections", 1, 1, 7), "section"),
        (_set("sections", 1, 2, 9), "sections have more bars"),
        (_set("sections", 0, 0, "long"), "does not make a tune"),
        (_set("title", ["x"]), "title"),
        (lambda roll: roll.clear(), "ticks"),
    ],
)
def test_nonsense_is_refused(spoil: Spoil, words: str) -> None:
    roll = copy.deepcopy(to_roll(jig()))
    spoil(roll)
    with pytest.raises(Refused, match=words) as refused:
        from_roll(roll, jig())
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("data", [None, 3, [], "x"])
def test_other_things_are_refused(data: Any) -> None:
    with pytest.raises(Refused):
        from_roll(data, waltz())
