"""Seats: the one that knows most of a text is taken first, all come back, nobody waits for a seat that is free."""

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from studio.writing.llama.seats import Seats, alike

PIECES = st.lists(st.integers(0, 3), max_size=12)


@given(PIECES, PIECES)
def test_alike_is_the_longest_common_beginning(one: list[int], other: list[int]) -> None:
    n = alike(one, other)
    assert one[:n] == other[:n]
    assert n == min(len(one), len(other)) or one[n] != other[n]


@given(st.lists(PIECES, min_size=1, max_size=6), PIECES, st.integers(1, 8))
def test_the_best_come_first_and_no_more_than_wanted(held: list[list[int]], wanted: list[int], most: int) -> None:
    seats = Seats(len(held))
    for seat, ids in zip(seats.take(len(held), []), held, strict=True):
        seat.held = tuple(ids)
        seats.give(seat)
    taken = seats.take(most, wanted)
    assert len(taken) == min(most, len(held))
    likeness = [alike(seat.held, wanted) for seat in taken]
    assert likeness == sorted((alike(ids, wanted) for ids in held), reverse=True)[: len(taken)]


def test_of_equals_the_one_not_used_for_longest() -> None:
    seats = Seats(3)
    first, second, third = seats.take(3, [])
    for seat in (second, third, first):
        seats.give(seat)
    assert [seat.number for seat in seats.take(3, [])] == [second.number, third.number, first.number]


def test_who_finds_none_waits_for_one_or_gives_up() -> None:
    seats = Seats(1)
    (only,) = seats.take(1, [])
    assert not seats.wait(0.01)
    assert seats.take(1, [], unwanted=lambda: True) == []
    threading.Timer(0.05, seats.give, [only]).start()
    began = time.monotonic()
    assert seats.take(4, []) == [only]
    assert 0.04 < time.monotonic() - began < 2
    seats.give(only)
    assert seats.wait(0.01)
