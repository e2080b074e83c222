"""The fair queue: properties that hold for every mix of owners and kinds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from studio.hosts.queue import FairQueue

Ask = tuple[str, int, bool]  # owner, number, long
asks = st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=40).map(
    lambda pairs: [(owner, number, long) for number, (owner, long) in enumerate(pairs)]
)


def filled(items: list[Ask], **options: int) -> FairQueue[Ask]:
    queue: FairQueue[Ask] = FairQueue(**options)
    for item in items:
        queue.add(item[0], item, long=item[2])
    return queue


def served(queue: FairQueue[Ask]) -> list[Ask]:
    found = []
    while (item := queue.take()) is not None:
        found.append(item)
    return found


@given(asks)
def test_everybody_is_served_once(items: list[Ask]) -> None:
    queue = filled(items)
    assert len(queue) == len(items)
    assert sorted(served(queue), key=lambda i: i[1]) == items
    assert len(queue) == 0


@given(asks)
def test_positions_come_true(items: list[Ask]) -> None:
    queue = filled(items)
    assert queue.order() == served(queue)


@given(asks)
def test_an_owners_asks_of_one_kind_keep_their_order(items: list[Ask]) -> None:
    for owner in "abcd":
        for long in (False, True):
            numbers = [i[1] for i in served(filled(items)) if i[0] == owner and i[2] == long]
            assert numbers == sorted(numbers)


@given(asks)
def test_owners_take_turns(items: list[Ask]) -> None:
    """Among asks of one kind nobody is served twice while another who waits is served not at all."""
    for long in (False, True):
        order = [i[0] for i in served(filled([i for i in items if i[2] == long]))]
        left = Counter(order)
        done: Counter[str] = Counter()
        for owner in order:
            assert all(done[owner] <= done[other] for other in left if left[other] > 0)
            done[owner] += 1
            left[owner] -= 1


@given(asks, st.integers(1, 6))
def test_short_goes_first_but_long_is_not_starved(items: list[Ask], burst: int) -> None:
    order = served(filled(items, burst=burst))
    run = 0
    for at, item in enumerate(order):
        waiting_long = any(i[2] for i in order[at:])
        waiting_short = any(not i[2] for i in order[at:])
        if item[2]:
            assert run == burst or not waiting_short
            run = 0
        else:
            run = run + 1 if waiting_long else 0
            assert run <= burst


@given(asks, st.data())
def test_who_cannot_start_is_passed_only_so_often(items: list[Ask], data: st.DataObject) -> None:
    """One ask that cannot start is passed by at most `patience` of its kind, then its kind waits for it."""
    if not items:
        return
    stuck = data.draw(st.sampled_from(items))
    queue = filled(items, patience=3)
    before = []
    while (item := queue.take(lambda i: i is not stuck)) is not None:
        before.append(item)
    assert stuck not in before
    kind = [i for i in items if i[2] == stuck[2]]
    ahead = filled(kind).order().index(stuck)
    assert sum(i[2] == stuck[2] for i in before) <= ahead + 3
    assert sum(i[2] != stuck[2] for i in before) == len(items) - len(kind)
    assert stuck in served(queue)


@given(asks, st.data())
def test_taken_out_means_gone_and_given_back_means_next(items: list[Ask], data: st.DataObject) -> None:
    if not items:
        return
    queue = filled(items)
    gone = data.draw(st.sampled_from(items))
    assert queue.remove(gone)
    assert not queue.remove(gone)
    assert gone not in queue.order()
    queue.add(gone[0], gone, long=gone[2], first=True)
    assert [i for i in queue.order() if i[2] == gone[2]][0] == gone


def test_one_with_many_asks_does_not_hold_up_another() -> None:
    queue = filled([("busy", n, False) for n in range(200)])
    queue.add("quiet", ("quiet", 999, False))
    assert queue.order().index(("quiet", 999, False)) == 1
