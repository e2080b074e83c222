"""What the figures of the writing room measure with: copies found in the books themselves, phrases found without the code that bans."""

from pathlib import Path
from typing import Any

import pytest

from studio.training import passages
from studio.training.passages import Stretch
from tests.bench import writing
from tests.bench.__main__ import PARTS, figures

BOOK = "the boat came in at dawn and nobody on the quay could say whose boat it was or where it had been all night"


def test_copies_are_measured_in_the_books_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [Stretch([BOOK, BOOK[::-1]], True, True), Stretch(["and now the boat came in at dawn and nobody went"], False, False)]
    monkeypatch.setattr(passages, "chosen_books", lambda path: [(None, parts)])
    words = BOOK.split()
    texts = [
        BOOK.upper(),
        " ".join(words[:8]),
        " ".join(words[:7]),
        f"Well, {' '.join(words[3:14])}, she said.",
        "Quite another thing, and long enough to count.",
    ]
    found: dict[str, Any] = writing.in_the_books(texts, Path())
    assert found["longest"] == [len(words), 8, 0, 11, 0]
    assert 0 < found["share"] < 1


def test_runs_that_follow_each_other_in_any_book_count_as_one_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = "a b c d e f g h i", "x b c d e f g h i j"
    monkeypatch.setattr(passages, "chosen_books", lambda path: [(None, [Stretch([one], True, True), Stretch([two], True, True)])])
    assert writing.in_the_books(["a b c d e f g h i j", "b c d e f g h i j k"], Path())["longest"] == [10, 9]


def test_a_copy_shown_without_a_flag_is_counted() -> None:
    from tests.unit.test_nearness import EMMA, OURS

    assert writing.nearness([EMMA, OURS]).holds
    hidden = writing.nearness([EMMA, OURS], [{"spans": []}, {"spans": []}])
    assert not hidden.holds
    assert "unflagged though found: 1" in hidden.value


def test_phrases_are_runs_of_words_without_marks_between() -> None:
    assert writing.grams("He was, the old\nman said, “the Old man”!", 2) == {"he was", "the old", "old man", "man said"}
    assert writing.holds_any("It was THE  OLD man.", ("the old man",))
    assert not writing.holds_any("The old, man.", ("the old man",))
    assert "the old man" in writing.common_phrases(["the old man and the sea, the old man"] * 3, 12)


def test_every_figure_can_be_asked_for_by_its_name() -> None:
    names = [figure.name for figure in figures("writing")]
    assert len(set(names)) == len(names)
    for part in ("plots", "manuscript", "write_room", "write_page", "continuity", "manuscript_files", "text_speed"):
        assert part in PARTS
        assert {figure.name for figure in figures(part)} <= {*names}
