"""The mailbox: a slow reader finds the newest of what may be skipped, and everything of what may not."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.event import Delta, Event, Notice, Progress, newest_only
from studio.hosts.mailbox import Mailbox, Overflow

events = st.lists(
    st.one_of(
        st.builds(Delta, index=st.integers(0, 2), text=st.just("")),
        st.builds(Progress, fraction=st.just(0.0)),
        st.builds(Notice, text=st.just("")),
    ),
    max_size=60,
)


def numbered(found: list[Event]) -> list[tuple[Event, int]]:
    return [(event, number) for number, event in enumerate(found)]


def box(limit: int = 4096) -> Mailbox[tuple[Event, int]]:
    return Mailbox(lambda item: newest_only(item[0]), limit)


def drain(mailbox: Mailbox[tuple[Event, int]]) -> list[tuple[Event, int]]:
    found = []
    while (item := mailbox.take(0)) is not None:
        found.append(item)
    return found


@given(events)
def test_without_a_reader_the_newest_of_each_slot_is_left(sent: list[Event]) -> None:
    mailbox = box()
    for item in numbered(sent):
        mailbox.put(item)
    newest = {newest_only(event): number for event, number in numbered(sent)}
    read = drain(mailbox)
    for event, number in read:
        slot = newest_only(event)
        assert slot is None or newest[slot] == number
    assert {newest_only(e) for e, _ in read} == set(newest)


@given(events, st.data())
def test_whatever_the_reader_does_nothing_important_is_lost_or_reordered(sent: list[Event], data: st.DataObject) -> None:
    mailbox = box()
    read: list[tuple[Event, int]] = []
    for item in numbered(sent):
        mailbox.put(item)
        if data.draw(st.booleans()):
            taken = mailbox.take(0)
            read += [taken] if taken is not None else []
    read += drain(mailbox)
    musts = [number for event, number in read if newest_only(event) is None]
    assert musts == [number for event, number in numbered(sent) if newest_only(event) is None]
    for slot in {newest_only(event) for event in sent} - {None}:
        numbers = [number for event, number in read if newest_only(event) == slot]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == max(number for event, number in numbered(sent) if newest_only(event) == slot)
    for at, (event, number) in enumerate(read):  # nothing sent after a must is read before it
        if newest_only(event) is None:
            assert all(earlier < number for _, earlier in read[:at])


def test_a_waiting_reader_is_woken_at_once() -> None:
    mailbox = box()
    threading.Timer(0.1, lambda: mailbox.put((Notice(text="x"), 1))).start()
    started = time.monotonic()
    assert mailbox.take(5) is not None
    assert time.monotonic() - started < 0.5


def test_closing_wakes_and_leaves_what_was_there() -> None:
    mailbox = box()
    mailbox.put((Notice(text="x"), 1))
    mailbox.close()
    mailbox.put((Notice(text="late"), 2))
    assert not mailbox.ended
    assert mailbox.take() is not None
    assert mailbox.take() is None
    assert mailbox.ended


def test_a_flood_is_refused() -> None:
    mailbox = box(limit=10)
    for number in range(10):
        mailbox.put((Notice(text="x"), number))
    with pytest.raises(Overflow):
        mailbox.put((Notice(text="x"), 11))
    for number in range(10_000):
        mailbox.put((Delta(index=0, text="x"), number))


def test_a_busy_slot_does_not_starve_the_others() -> None:
    mailbox = box()
    mailbox.put((Delta(index=0, text=""), 0))
    mailbox.put((Delta(index=1, text=""), 1))
    seen = []
    for number in range(2, 6):
        mailbox.put((Delta(index=0, text=""), number))
        mailbox.put((Delta(index=1, text=""), number))
        taken = mailbox.take(0)
        assert taken is not None
        seen.append(newest_only(taken[0]))
    assert set(seen) == {("delta", 0), ("delta", 1)}
