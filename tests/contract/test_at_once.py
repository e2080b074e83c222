"""Many callers at the same instant, on SQLite and on PostgreSQL: what holds one after the other holds then too."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.event import Thing
from studio.core.work import Draft, Working
from studio.sessions.store import Saved, Store, open_store

ME, CALLERS, ROUNDS = "me", 6, 8


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """The answers of calls that begin at one moment; an error is an answer too."""
    ready, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def one(k: int) -> None:
        ready.wait()
        try:
            answers[k] = calls[k]()
        except Exception as error:
            answers[k] = error

    threads = [threading.Thread(target=one, args=(k,)) for k in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def notes(store: Store) -> str:
    return store.create_piece(ME, store.create_session(ME, "S").id, "text", "notes", "Notes").id


def stores(store: Store, url: str, tmp_path: Path) -> list[Store]:
    """The same store from two starts, as two processes would have it."""
    return [store, open_store(url, str(tmp_path / "blobs"), tmp_path)]


def test_of_saves_of_one_version_all_but_one_branch(store: Store, url: str, tmp_path: Path) -> None:
    both = stores(store, url, tmp_path)
    piece = notes(store)
    copy = store.working(ME, piece)
    for n in range(ROUNDS):
        calls = [
            lambda k=k, copy=copy, n=n: both[k % 2].autosave(ME, copy.id, copy.version, f"round {n} by {k}")
            for k in range(CALLERS)
        ]
        saved = together(calls)
        assert all(isinstance(answer, Saved) for answer in saved), saved
        assert sum(answer.branched for answer in saved) == CALLERS - 1
        texts = {c.text for c in store.workings(ME, piece)}
        assert texts >= {f"round {n} by {k}" for k in range(CALLERS)}
        copy = store.working(ME, piece)
    both[1].close()


def test_a_piece_opened_by_many_has_one_copy(store: Store, url: str, tmp_path: Path) -> None:
    both = stores(store, url, tmp_path)
    for _ in range(ROUNDS):
        piece = notes(store)
        copies = together([lambda k=k, piece=piece: both[k % 2].working(ME, piece) for k in range(CALLERS)])
        assert all(isinstance(copy, Working) for copy in copies), copies
        assert len({copy.id for copy in copies}) == len(store.workings(ME, piece)) == 1
    both[1].close()


def test_the_same_keep_by_many_is_one_draft(store: Store, url: str, tmp_path: Path) -> None:
    both = stores(store, url, tmp_path)
    piece = notes(store)
    for n in range(ROUNDS):
        large = Thing(name="body", media_type="text/plain", body=f"round {n} ".encode() * 10_000)
        drafts = together([lambda k=k, large=large: both[k % 2].keep(ME, piece, [large]) for k in range(CALLERS)])
        assert all(isinstance(draft, Draft) for draft in drafts), drafts
        assert len({draft.id for draft in drafts}) == 1
        assert store.body(ME, drafts[0].parts[0].sha256)[0] == large.body
    assert len(store.drafts(ME, piece)) == ROUNDS
    both[1].close()


def test_drafts_made_at_once_have_numbers_of_their_own(store: Store, url: str, tmp_path: Path) -> None:
    from sqlalchemy import func, select

    from studio.sessions import schema

    both = stores(store, url, tmp_path)
    piece = notes(store)
    calls = [
        lambda k=k: both[k % 2].keep(ME, piece, [Thing(name="body", media_type="text/plain", body=str(k).encode())])
        for k in range(24)
    ]
    assert all(isinstance(draft, Draft) for draft in together(calls))
    with store.database.read() as db:
        assert db.execute(select(func.count(schema.drafts.c.number.distinct()))).scalar_one() == 24
    both[1].close()
