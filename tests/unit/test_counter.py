"""Pieces counted with the tokenizer in a model's folder; where there is none, or a bad one, nobody pretends to know."""

import shutil
from pathlib import Path

import pytest

from studio.writing.context.counter import LARGEST, NAME, Counter, estimate

WRITER = Path(__file__).resolve().parents[2] / "assets" / "models" / "writer-mini"


def test_the_writers_own_pieces_are_counted() -> None:
    count = Counter().of(WRITER)
    assert count is not None
    assert count("") == 0
    one, two = "The old door creaked.", " Nobody came."
    assert 4 <= count(one) <= 8
    assert count(one + two) == count(one) + count(two)
    assert count("Здравствуй") > count("Hello")


def test_a_tokenizer_that_changed_is_read_again(tmp_path: Path) -> None:
    shutil.copy(WRITER / NAME, tmp_path / NAME)
    counter = Counter()
    assert counter.of(tmp_path) is not None
    (tmp_path / NAME).write_text("{}")
    assert counter.of(tmp_path) is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"model": {"type": "BPE"}}'])
def test_a_broken_one_is_none(tmp_path: Path, body: bytes) -> None:
    (tmp_path / NAME).write_bytes(body)
    assert Counter().of(tmp_path) is None


def test_a_folder_without_one_and_a_huge_one(tmp_path: Path) -> None:
    assert Counter().of(tmp_path) is None
    assert Counter().of(tmp_path / "nowhere") is None
    with (tmp_path / NAME).open("wb") as file:
        file.truncate(LARGEST + 1)
    assert Counter().of(tmp_path) is None


def test_an_estimate_is_never_less_than_a_letter_in_four() -> None:
    assert [estimate("x" * n) for n in (0, 1, 36)] == [0, 1, 10]
