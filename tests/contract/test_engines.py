"""One suite for every engine, fakes included."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.engine import Engine
from studio.core.errors import Refused
from tests.contract import engines
from tests.contract.engines import Case


@pytest.fixture(params=engines.cases(), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def engine(case: Case, tmp_path: Path) -> Iterator[Engine]:
    with case.engine(tmp_path) as engine:
        yield engine


def test_first_event_comes_early(engine: Engine, case: Case) -> None:
    engines.first_event_is_early(engine, case.ask(2, 1))


def test_stop_is_seen_in_time(engine: Engine, case: Case) -> None:
    engines.stops_in_time(engine, case.ask(2, 1))


def test_offers_do_not_depend_on_how_many_were_asked_for(engine: Engine, case: Case) -> None:
    engines.offers_do_not_depend_on_n(engine, case.ask)


def test_same_seed_gives_the_same_bytes_whatever_came_before(engine: Engine, case: Case) -> None:
    engines.same_seed_same_bytes(engine, case.ask)


def test_runs_beside_each_other(engine: Engine, case: Case) -> None:
    engines.runs_beside_each_other(engine, case.ask)


def test_events_travel_unchanged(engine: Engine, case: Case) -> None:
    engines.events_travel(engine, case.ask(2, 3))


def test_a_bad_ask_is_refused_with_a_sentence(engine: Engine, case: Case) -> None:
    import threading

    with pytest.raises(Refused, match=r"\w{3,} .*\.$"):
        list(engine.run(case.bad, threading.Event()))


def test_every_task_names_an_ask_of_the_medium(engine: Engine, case: Case) -> None:
    assert engine.slots >= 1
    ask = case.ask(1, 0)
    assert engine.ask_types[ask.task] is type(ask)
