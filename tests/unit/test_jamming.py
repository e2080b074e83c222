"""A jam: what was played gets an answer of as many bars, and the kept tune knows who played what."""

from collections.abc import Iterator
from typing import Any

import pytest

from studio.core.errors import NotFound, Refused
from studio.main import Studio, open_studio
from studio.music.jamming import Frame, Jam
from studio.music.notation.roll import TICKS
from studio.settings import load_settings

EIGHTH = TICKS // 8
CALL = [
    (i * EIGHTH + (200 if i % 2 else -150) * (i > 0), EIGHTH - 300, pitch, 90)
    for i, pitch in enumerate((62, 66, 69, 66, 64, 67, 71, 69))
]
FRAME: dict[str, Any] = {"key": {"tonic": "D", "mode": "major"}, "meter": "4/4", "tempo": 100, "bars": 1}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    opened = open_studio(load_settings(["--data-dir", str(tmp_path_factory.mktemp("jam")), "--host-kind", "thread"]))
    yield opened
    opened.close()


@pytest.fixture
def session(studio: Studio) -> str:
    return studio.store.create_session("me", "A jam").id


@pytest.fixture(scope="module")
def jam(studio: Studio) -> Jam:
    return Jam(studio.store, studio.workbench)


def test_what_was_played_goes_on_the_grid_inside_its_bars() -> None:
    notes = Frame().notes([(-100, 3000, 60, 90), (6600, 100, 62, 80), (52000, 9000, 64, 70), (60000, 100, 65, 70)])
    assert [(float(n.start), float(n.length), n.pitch) for n in notes] == [
        (0, 0.125, 60),
        (0.25, 0.0625, 62),
        (1.9375, 0.0625, 64),
    ]


def test_notes_pressed_together_stay_a_chord() -> None:
    notes = Frame().notes([(0, 6000, 60, 90), (90, 7000, 64, 90), (6720, 6720, 62, 90)])
    assert [(float(n.start), float(n.length), n.pitch) for n in notes] == [(0, 0.25, 60), (0, 0.25, 64), (0.25, 0.25, 62)]


@pytest.mark.parametrize("rhythm", [False, True])
def test_an_answer_has_as_many_bars_and_is_recorded(studio: Studio, jam: Jam, session: str, rhythm: bool) -> None:
    got = jam.answer("me", session, {**FRAME, "played": CALL, "rhythm": rhythm, "seed": 3})
    notes = got["roll"]["voices"][0]["notes"]
    assert got["roll"]["length"] == TICKS
    assert notes
    assert all(start >= 0 and start + length <= TICKS for start, length, *_ in notes)
    if rhythm:
        assert [(start, length) for start, length, *_ in notes] == [(i * EIGHTH, EIGHTH) for i in range(8)]
    (job,) = studio.store.jobs("me", session)
    (offer,) = studio.store.offers("me", session=session)
    assert (job.state, offer.id, offer.recipe.ask["task"]) == ("done", got["offer"], "answer")


def test_the_same_seed_gives_the_same_answer(jam: Jam, session: str) -> None:
    first, second = (jam.answer("me", session, {**FRAME, "played": CALL, "seed": 8}) for _ in range(2))
    assert first["roll"]["voices"] == second["roll"]["voices"]


def test_a_kept_jam_says_who_played_each_bar(studio: Studio, jam: Jam, session: str) -> None:
    answers = [jam.answer("me", session, {**FRAME, "played": CALL, "seed": seed}) for seed in (1, 2)]
    rounds = [*({"played": CALL, "offer": answer["offer"]} for answer in answers), {"played": CALL[:2]}]
    state = jam.keep("me", session, {**FRAME, "rounds": rounds})
    makers = [(bar["maker"], bar["offer"]) for bar in state["bars"]]
    person = ("human", None)
    assert makers == [person, ("model", answers[0]["offer"]), person, ("model", answers[1]["offer"]), person]
    notes = state["roll"]["voices"][0]["notes"]
    second = [[start - TICKS, *rest] for start, *rest in notes if TICKS <= start < 2 * TICKS]
    assert second == answers[0]["roll"]["voices"][0]["notes"]
    assert state["roll"]["key"]["name"] == "D major"
    assert [choice.kind for choice in studio.store.choices("me", answers[1]["offer"])] == ["mixed"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"played": []}, "Nothing was played"),
        ({"played": CALL, "bars": 9}, "Bars"),
        ({"played": CALL, "meter": "5"}, "try again"),
        ({"played": "notes"}, "try again"),
        ({"played": CALL, "tune": {}}, "try again"),
    ],
)
def test_what_cannot_be_answered_is_said(jam: Jam, session: str, wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        jam.answer("me", session, {**FRAME, **wrong})


def test_nobody_plays_in_another_ones_session(jam: Jam, studio: Studio, session: str) -> None:
    mine = jam.answer("me", session, {**FRAME, "played": CALL})
    with pytest.raises(NotFound):
        jam.answer("you", session, {**FRAME, "played": CALL})
    with pytest.raises(NotFound):
        jam.ready("you", session)
    other = studio.store.create_session("you", "Mine").id
    with pytest.raises(NotFound):
        jam.keep("you", other, {**FRAME, "rounds": [{"played": CALL, "offer": mine["offer"]}]})


def test_rounds_of_another_length_make_no_tune(jam: Jam, session: str) -> None:
    answer = jam.answer("me", session, {**FRAME, "played": CALL})
    with pytest.raises(Refused, match="one length"):
        jam.keep("me", session, {**FRAME, "bars": 2, "rounds": [{"played": CALL, "offer": answer["offer"]}]})
    with pytest.raises(Refused, match="Nothing was played"):
        jam.keep("me", session, {**FRAME, "rounds": [{"played": []}]})
