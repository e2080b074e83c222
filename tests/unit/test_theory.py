"""What every musician takes for granted, checked against what every musician knows."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.music.theory import FIFTHS_OF_MODE, MODES, Key, Meter, key_from_signature, pitch_name, read_meter, simplest_key

KNOWN = [
    ("D", "major", 2, "D E F# G A B C#"), ("D", "dorian", 0, "D E F G A B C"), ("A", "mixolydian", 2, "A B C# D E F# G"),
    ("Bb", "minor", -5, "Bb C Db Eb F Gb Ab"), ("F#", "major", 6, "F# G# A# B C# D# E#"), ("E", "phrygian", 0, "E F G A B C D"),
    ("F", "lydian", 0, "F G A B C D E"), ("B", "locrian", 0, "B C D E F G A"),
]  # fmt: skip


@pytest.mark.parametrize(("tonic", "mode", "signature", "names"), KNOWN)
def test_keys_are_printed_as_in_the_books(tonic: str, mode: str, signature: int, names: str) -> None:
    key = Key(tonic=tonic, mode=mode)  # type: ignore[arg-type]
    assert key.signature == signature
    assert " ".join(key.names()) == names


def test_a_key_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(ValidationError, match="choose its other name"):
        Key(tonic="G#", mode="major")


@given(st.integers(0, 11), st.sampled_from(sorted(MODES)), st.integers(-24, 24))
@settings(max_examples=150, deadline=None)
def test_moving_a_key_moves_its_scale(tonic: int, mode: str, steps: int) -> None:
    key = simplest_key(tonic, mode)  # type: ignore[arg-type]
    moved = key.moved(steps)
    assert moved.scale == {(pitch + steps) % 12 for pitch in key.scale}
    assert abs(moved.signature) <= 7
    assert {key.degree(pitch) for pitch in key.scale} == set(MODES[key.mode])


@given(st.integers(-7, 7), st.sampled_from(sorted(FIFTHS_OF_MODE)))
def test_a_signature_names_its_key(sharps: int, mode: str) -> None:
    try:
        key = key_from_signature(sharps, mode)  # type: ignore[arg-type]
    except ValidationError:
        return  # a tonic with two signs
    assert key.signature == sharps


def test_pitches_are_spelled_for_the_key() -> None:
    assert pitch_name(66, Key(tonic="D")) == "F#4"
    assert pitch_name(66, Key(tonic="Db")) == "Gb4"
    assert pitch_name(60) == "C4"
    assert pitch_name(60, Key(tonic="C#")) == "B#3"  # it sounds as middle C and is written below it


@pytest.mark.parametrize(
    ("text", "beats", "strong"),
    [("6/8", ["0", "3/8"], ["0", "3/8"]), ("4/4", ["0", "1/4", "1/2", "3/4"], ["0", "1/2"]), ("7/8", ["0", "3/8", "5/8"], ["0"]),
     ("9/8", ["0", "3/8", "3/4"], ["0"]), ("2/2", ["0", "1/2"], ["0", "1/2"])],
)  # fmt: skip
def test_meters_have_their_beats(text: str, beats: list[str], strong: list[str]) -> None:
    meter = read_meter(text)
    assert meter.beats == tuple(map(F, beats))
    assert meter.strong == tuple(map(F, strong))
    assert str(meter) == text


def test_nonsense_is_no_meter() -> None:
    for text in ("", "4", "4/", "a/b", "4/3", "0/4"):
        with pytest.raises(ValueError, match=r"."):
            read_meter(text)
    assert read_meter("C|") == Meter(count=2, unit=2)
