"""The piano roll's JSON: what it holds, and what is not let in again."""

import copy
import json
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given, settings

from studio.core.errors import Refused
from studio.music.notation.roll import TICKS, from_roll, to_roll
from studio.music.tune import Tune
from tests.tunes import jig, seeded, tunes

Spoil = Callable[[dict[str, Any]], object]


def drawn(tune: Tune) -> dict[str, Any]:
    """What the page sends: only what it may change."""
    roll = json.loads(json.dumps(to_roll(tune)))
    return {name: roll[name] for name in ("title", "tempo", "voices")}


def test_what_it_holds() -> None:
    roll = to_roll(jig())
    eighth = TICKS // 8
    assert roll["bars"][0] == {"start": 0, "length": eighth, "meter": "6/8", "beats": []}
    assert roll["bars"][1] == {"start": eighth, "length": 6 * eighth, "meter": "6/8", "beats": [0, 3 * eighth]}
    assert (roll["pickup"], roll["beat"], roll["meter"]) == (eighth, 3 * eighth, "6/8")
    assert roll["key"]["classes"] == [0, 2, 4, 5, 7, 9, 11]
    assert roll["key"]["names"][1] == "C#"
    assert roll["sections"] == [{"label": "A", "bars": 5}, {"label": "B", "bars": 4}]
    assert roll["chords"][2] == [8 * eighth, "G7/B"]
    assert roll["voices"][0]["notes"][0] == [0, eighth, 69, 80]


@given(tunes(wild=True))
@settings(max_examples=60, deadline=None)
def test_what_was_not_touched_comes_back_exactly(tune: Tune) -> None:
    back = from_roll(drawn(tune), tune)
    assert [v.notes for v in back.voices] == [v.notes for v in tune.voices]
    assert back == tune.changed(title=back.title)


def test_a_note_that_was_drawn_is_there() -> None:
    tune, roll = jig(), drawn(jig())
    notes = roll["voices"][0]["notes"]
    notes[-1] = [notes[-1][0], TICKS // 3, 64, 90]
    roll["tempo"] = 96.5
    back = from_roll(roll, tune)
    last = back.melody.notes[-1]
    assert (last.start, last.length, last.pitch, last.velocity) == (tune.melody.notes[-1].start, F(1, 3), 64, 90)
    assert (back.tempo, back.composer, back.key, back.chords) == (F(193, 2), "trad.", tune.key, tune.chords)


def test_overlaps_are_cut_and_notes_that_begin_together_are_a_chord() -> None:
    roll = drawn(jig())
    roll["voices"][0]["notes"] = [[0, TICKS, 60, 80], [TICKS // 4, TICKS // 2, 64, 80], [TICKS // 4, TICKS // 4, 67, 80]]
    notes = from_roll(roll, jig()).melody.notes
    assert [(n.start, n.length, n.pitch) for n in notes] == [(F(0), F(1, 4), 60), (F(1, 4), F(1, 2), 64), (F(1, 4), F(1, 2), 67)]


def test_what_reaches_over_the_end_is_cut_and_what_begins_there_refused() -> None:
    roll, end = drawn(jig()), to_roll(jig())["length"]
    roll["voices"][0]["notes"] = [[end - 100, 5000, 60, 80]]
    assert from_roll(roll, jig()).melody.notes[0].end == jig().length
    roll["voices"][0]["notes"] = [[end, 100, 60, 80]]
    with pytest.raises(Refused, match="behind the last bar"):
        from_roll(roll, jig())


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
    "spoil",
    [
        _set(*NOTES, 0, [0, 0, 69, 80]), _set(*NOTES, 0, [-1, 120, 69, 80]), _set(*NOTES, 0, [0, 120, 128, 80]),
        _set(*NOTES, 0, [0, 120, 69.5, 80]), _set(*NOTES, 0, [0, 120, 69]), _set(*NOTES, None), _set(*NOTES, 0, [2**70, 1, 60, 80]),
        _set(*NOTES, [[0, 1, 1, 1]] * 30_000), _set("voices", []), _set("voices", 0, "role", "king"),
        _set("voices", 0, "instrument", ["flute"]), _set("tempo", float("nan")), _set("tempo", 1e9), _set("tempo", None),
        _set("title", "x" * 300), _set("voices", "none"), _set("voices", 0, {"name": "x"}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(spoil: Spoil) -> None:
    roll = copy.deepcopy(drawn(jig()))
    spoil(roll)
    with pytest.raises(Refused, match="sent something that is no tune"):
        from_roll(roll, jig())


def test_two_tracks_of_one_name_are_refused() -> None:
    roll = drawn(jig())
    roll["voices"].append(roll["voices"][0])
    with pytest.raises(Refused, match="same name"):
        from_roll(roll, jig())


@pytest.mark.parametrize("data", [None, [], "x", 7, {"voices": []}])
def test_what_is_no_roll_is_refused(data: object) -> None:
    with pytest.raises(Refused, match="Reload the page"):
        from_roll(data, seeded(1))
