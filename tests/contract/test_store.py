"""The store's promises, on SQLite and on PostgreSQL."""

import hashlib
import inspect
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio.core.errors import NotFound, Refused
from studio.core.event import Offer, Thing
from studio.core.recipe import Recipe
from studio.core.work import WRITTEN, Draft, Session
from studio.sessions import schema
from studio.sessions.backup import BadBackup, backup, restore
from studio.sessions.check import check_store, sweep
from studio.sessions.database import MIGRATIONS
from studio.sessions.room import sound
from studio.sessions.store import Store, open_store
from tests.fakes import TextAsk
from tests.running import ROOT

ME, OTHER = "me", "other"


def thing(text: str, name: str = "body") -> Thing:
    return Thing(name=name, media_type="text/plain", body=text.encode())


def recipe(seed: int = 1) -> Recipe:
    return Recipe(model="m", revision="1", runtime="fake", weights="w", ask=TextAsk().model_dump(mode="json"), index=0, seed=seed)


def notes(store: Store, owner: str = ME) -> tuple[Session, str]:
    session = store.create_session(owner, "S")
    return session, store.create_piece(owner, session.id, "text", "notes", "Notes").id


def offered(store: Store, owner: str = ME) -> tuple[str, str, str, str]:
    session, piece = notes(store, owner)
    job = store.start_job(owner, session.id, piece, "m", TextAsk())
    offer = store.record_offer(owner, job.id, Offer(index=0, seed=1, things=(thing("offered"),), summary="o"), recipe())
    return session.id, piece, job.id, offer.id


def test_sessions_come_newest_first_and_are_found_by_title(store: Store) -> None:
    a, b = store.create_session(ME, "Alpha 50% off"), store.create_session(ME, "  Beta\n_x ")
    assert b.title == "Beta _x"
    assert [s.id for s in store.sessions(ME)] == [b.id, a.id]
    store.rename_session(ME, a.id, "Alpha 100%")
    assert [s.id for s in store.sessions(ME)] == [a.id, b.id]
    assert [s.id for s in store.sessions(ME, "100%")] == [a.id]
    assert [s.id for s in store.sessions(ME, "_X")] == [b.id]
    assert store.sessions(ME, "%x") == []
    with pytest.raises(Refused):
        store.rename_session(ME, a.id, " \n ")


def test_trash_restore_erase(store: Store) -> None:
    session, piece = notes(store)
    store.keep(ME, piece, [thing("x" * 100_000)])
    with pytest.raises(Refused):
        store.erase_session(ME, session.id)
    store.trash_session(ME, session.id)
    assert store.sessions(ME) == []
    assert [s.id for s in store.sessions(ME, trashed=True)] == [session.id]
    store.restore_session(ME, session.id)
    assert [s.id for s in store.sessions(ME)] == [session.id]
    store.trash_session(ME, session.id)
    store.erase_session(ME, session.id)
    with pytest.raises(NotFound):
        store.session(ME, session.id)
    assert store.health().drafts == 0
    assert sweep(store) == 0  # too young
    assert sweep(store, older=-1) == 1
    assert check_store(store) == []


def test_erasing_takes_the_blobs_nobody_else_names(store: Store) -> None:
    doomed, piece = notes(store)
    _, stays = notes(store)
    _, theirs = notes(store, OTHER)
    shared, alone, small = thing("s" * 100_000), thing("a" * 100_000), thing("small")
    for things in ([shared], [alone], [small]):
        store.keep(ME, piece, things)
    store.keep(ME, stays, [shared])
    job = store.start_job(ME, doomed.id, piece, "m", TextAsk())
    store.record_offer(ME, job.id, Offer(index=0, seed=1, things=(thing("o" * 80_000),)), recipe())
    other = store.keep(OTHER, theirs, [alone])
    store.working(ME, piece)
    store.trash_session(ME, doomed.id)
    store.erase_session(ME, doomed.id)
    rows = dump(store)
    assert [row[1] for row in rows["blobs"]] == [hashlib.sha256(shared.body).hexdigest()]
    assert {name: len(rows[name]) for name in ("jobs", "offers", "workings", "drafts")} == {
        "jobs": 0, "offers": 0, "workings": 0, "drafts": 1,
    }  # fmt: skip
    assert sweep(store, older=-1) == 1  # the offer's; the other person's file stays
    assert store.body(OTHER, other.parts[0].sha256)[0] == alone.body
    assert check_store(store) == []


def test_pieces(store: Store) -> None:
    session, piece = notes(store)
    store.rename_piece(ME, piece, "New")
    assert store.piece(ME, piece).title == "New"
    store.trash_piece(ME, piece)
    assert store.pieces(ME, session.id) == []
    assert store.tree(ME, session.id) == []
    store.restore_piece(ME, piece)
    assert [p.id for p in store.pieces(ME, session.id)] == [piece]


def test_keep_is_idempotent_and_knows_its_past(store: Store) -> None:
    _, piece = notes(store)
    _, elsewhere = notes(store)
    a = store.keep(ME, piece, [thing("one\ntwo"), Thing(name="thumbnail", media_type="image/png", body=b"png")])
    assert a.summary == "one"
    assert store.keep(ME, piece, [thing("one\ntwo"), Thing(name="thumbnail", media_type="image/png", body=b"png")]) == a
    b = store.keep(ME, piece, [thing("one\ntwo")], parents=[a.id])
    m = store.keep(ME, piece, [thing("m")], parents=[b.id, a.id], origin="merged", recipe=recipe())
    assert store.draft(ME, m.id) == m
    assert m.parents == (b.id, a.id)
    assert store.drafts(ME, piece) == [a, b, m]
    twigs = store.tree(ME, store.piece(ME, piece).session)
    assert [(t.id, t.parents, t.model) for t in twigs] == [(a.id, (), None), (b.id, (a.id,), None), (m.id, (b.id, a.id), "m")]
    assert twigs[0].thumbnail == a.parts[1].sha256
    foreign = store.keep(ME, elsewhere, [thing("f")])
    with pytest.raises(Refused):
        store.keep(ME, piece, [thing("x")], parents=[foreign.id])
    with pytest.raises(NotFound):
        store.keep(ME, piece, [thing("x")], parents=["d1" + "0" * 64])
    with pytest.raises(Refused):
        store.keep(ME, piece, [])
    assert store.drafts(ME, piece) == [a, b, m]


def test_large_bodies_are_files_and_come_back(store: Store, tmp_path: Path) -> None:
    _, piece = notes(store)
    body = bytes(range(256)) * 1000
    draft = store.keep(ME, piece, [Thing(name="body", media_type="image/png", body=body)])
    assert store.body(ME, draft.parts[0].sha256) == (body, "image/png")
    file = tmp_path / "blobs" / draft.parts[0].sha256[:2] / draft.parts[0].sha256
    assert file.read_bytes() == body
    file.write_bytes(body[:-1] + b"!")
    with pytest.raises(Exception, match="has been changed on disk"):
        store.body(ME, draft.parts[0].sha256)
    assert len(check_store(store)) == 1
    file.unlink()
    with pytest.raises(Exception, match="cannot be read"):
        store.body(ME, draft.parts[0].sha256)


def test_a_conflict_is_a_branch(store: Store) -> None:
    _, piece = notes(store)
    copy = store.working(ME, piece)
    first = store.autosave(ME, copy.id, copy.version, "first")
    assert not first.branched
    assert store.autosave(ME, copy.id, copy.version, "first") == first.changed()  # the same text again is no change
    second = store.autosave(ME, copy.id, copy.version, "second")
    assert second.branched
    assert second.working.title == "branch 2"
    assert {c.text for c in store.workings(ME, piece)} == {"first", "second"}
    again = store.autosave(ME, copy.id, copy.version, "second")  # the answer got lost on its way
    assert again.working.id == second.working.id
    assert store.freeze(ME, second.working.id).origin == "conflict"


def test_freeze_and_restore(store: Store) -> None:
    _, piece = notes(store)
    copy = store.working(ME, piece)
    copy = store.autosave(ME, copy.id, copy.version, "one").working
    one = store.freeze(ME, copy.id)
    assert store.freeze(ME, copy.id) == one
    copy = store.working(ME, piece)
    copy = store.autosave(ME, copy.id, copy.version, "two, not kept").working
    restored = store.restore_draft(ME, one.id)
    assert restored.parents == (one.id,)
    assert store.working(ME, piece).text == "one"
    assert [d.summary for d in store.drafts(ME, piece)] == ["one", "two, not kept", "one"]
    late = store.autosave(ME, copy.id, copy.version, "another tab types on")
    assert late.branched


def test_long_work_makes_history_by_itself(store: Store) -> None:
    _, piece = notes(store)
    copy = store.working(ME, piece)
    copy = store.autosave(ME, copy.id, copy.version, "a" * 3000).working
    copy = store.autosave(ME, copy.id, copy.version, "b" * 3000).working
    assert [d.summary[:3] for d in store.drafts(ME, piece)] == ["aaa"]


def test_text_that_a_database_cannot_hold_is_made_sound(store: Store) -> None:
    session, piece = notes(store)
    copy = store.working(ME, piece)
    saved = store.autosave(ME, copy.id, copy.version, "a\0b\ud800c")
    assert saved.working.text == store.working(ME, piece).text == "ab?c"
    assert store.freeze(ME, copy.id).summary == "ab?c"
    assert store.create_session(ME, "\0T\udfff").title == "T?"
    assert store.sessions(ME, "\0\ud800") == []
    kept = store.keep(ME, piece, [Thing(name="body", media_type="text/plain", body=b"x\0\xffy")])
    assert store.body(ME, kept.parts[0].sha256)[0] == b"x\0\xffy"
    store.restore_draft(ME, kept.id)
    assert store.working(ME, piece).text == "x\ufffdy"
    job = store.start_job(ME, session.id, piece, "m", TextAsk(prompt="p\0"))
    assert store.job(ME, job.id).ask["prompt"] == "p\0"
    assert store.end_job(ME, job.id, "failed", "bad\0").message == store.job(ME, job.id).message == "bad"


def test_titles_are_found_whatever_their_capitals(store: Store) -> None:
    ids = [store.create_session(ME, title).id for title in ("Étude für Übermut", "C:\\temp", "СОНАТА")]
    for query, k in (("étude FÜR", 0), ("ÜBER", 0), (":\\T", 1), ("соната", 2), ("  sonata ", None), ("_", None)):
        assert [s.id for s in store.sessions(ME, query)] == ([ids[k]] if k is not None else []), query
    assert len(store.sessions(ME, "  ")) == 3


def test_the_store_tells_its_health(store: Store) -> None:
    before = store.health()
    assert (before.drafts, before.integrity, before.last_backup, before.checked) == (0, None, None, None)
    _, piece = notes(store)
    kept = store.keep(ME, piece, [thing("x" * 100_000)])
    after = store.health()
    assert after.drafts == 1
    assert after.size >= before.size + 100_000
    assert check_store(store) == []
    assert store.health().integrity == "ok"
    store.blobs.delete(kept.parts[0].sha256)
    assert len(check_store(store)) == 1
    assert store.health().integrity == "1 problem; run python -m studio check"


def test_jobs_end_once_and_orphans_are_told(store: Store, url: str, tmp_path: Path) -> None:
    session, piece = notes(store)
    job = store.start_job(ME, session.id, piece, "m", TextAsk())
    assert store.job_running(ME, job.id).state == "running"
    other = open_store(url, str(tmp_path / "blobs"), tmp_path)  # the next start
    assert other.interrupt_orphans() == 1
    assert other.interrupt_orphans() == 0
    told = store.job(ME, job.id)
    assert told.state == "interrupted"
    assert "stopped while" in told.message
    assert store.end_job(ME, job.id, "done").state == "interrupted"
    assert [j.id for j in store.jobs(ME, session.id)] == [job.id]
    with pytest.raises(Refused):
        store.start_job(ME, store.create_session(ME, "T").id, piece, "m", TextAsk())
    other.close()


def test_offers_and_choices(store: Store) -> None:
    session, piece, job, offer = offered(store)
    draft = store.keep(ME, piece, [thing("offered")], offer=offer, origin="model", recipe=recipe(), choice="kept")
    assert [o.id for o in store.offers(ME, piece=piece)] == [offer]
    assert [o.id for o in store.offers(ME, session=session)] == [o.id for o in store.offers(ME, job=job)] == [offer]
    store.choose(ME, offer, "edited", draft.id)
    assert [(c.kind, c.draft) for c in store.choices(ME, offer)] == [("kept", draft.id), ("edited", draft.id)]


def test_a_duplicate_is_deep_and_apart(store: Store) -> None:
    session, piece = notes(store)
    copy = store.working(ME, piece)
    store.autosave(ME, copy.id, copy.version, "typed")
    a = store.freeze(ME, copy.id)
    b = store.keep(ME, piece, [thing("b" * 70_000)], parents=[a.id])
    twin = store.duplicate_session(ME, session.id)
    other = store.pieces(ME, twin.id)[0]
    drafts = store.drafts(ME, other.id)
    assert [d.parts for d in drafts] == [a.parts, b.parts]
    assert drafts[1].parents == (drafts[0].id,)
    assert {d.id for d in drafts}.isdisjoint({a.id, b.id})
    assert store.workings(ME, other.id)[0].text == "typed"
    store.trash_session(ME, session.id)
    store.erase_session(ME, session.id)
    assert store.body(ME, b.parts[0].sha256)[0] == b"b" * 70_000
    assert check_store(store) == []


def test_backup_moves_between_databases(store: Store, postgres: str, tmp_path: Path) -> None:
    from tests.contract.conftest import fresh_postgres

    session, piece, _, offer = offered(store)
    kept = store.keep(ME, piece, [thing("k" * 90_000)], offer=offer, choice="kept", recipe=recipe(), origin="model")
    copy = store.working(ME, piece)
    store.autosave(ME, copy.id, copy.version, "half a sen")
    file = tmp_path / "b.zip"
    counts = backup(store, file)
    assert store.health().last_backup is not None
    for k, target in enumerate((f"sqlite:///{tmp_path / 'new.db'}", fresh_postgres(postgres))):
        fresh = open_store(target, str(tmp_path / f"blobs{k}"), tmp_path)
        assert restore(fresh, file) == counts
        assert check_store(fresh) == []
        assert fresh.draft(ME, kept.id) == kept
        assert fresh.offers(ME, session=session) == store.offers(ME, session=session)
        assert fresh.working(ME, piece) == store.working(ME, piece)
        with pytest.raises(BadBackup, match="already holds"):
            restore(fresh, file)
        fresh.close()


# whose it is

ALONE = {  # about the store itself, or for its other methods, which have asked for the owner before
    "health": "facts of the store",
    "remember": "facts of the store",
    "close": "the store itself",
    "interrupt_orphans": "every owner's jobs, at the start",
    "put_things": "writes bodies named by their content, readable only by a row with an owner",
    "add_blobs": "inside a transaction that has asked",
    "read_body": "asked through body(), which is tried",
}

TRIES: dict[str, Callable[[Store, dict[str, str]], Any]] = {
    "create_session": lambda s, v: [],  # makes one's own
    "session": lambda s, v: s.session(OTHER, v["session"]),
    "sessions": lambda s, v: s.sessions(OTHER) + s.sessions(OTHER, "S") + s.sessions(OTHER, trashed=True),
    "rename_session": lambda s, v: s.rename_session(OTHER, v["session"], "x"),
    "duplicate_session": lambda s, v: s.duplicate_session(OTHER, v["session"]),
    "trash_session": lambda s, v: s.trash_session(OTHER, v["session"]),
    "restore_session": lambda s, v: s.restore_session(OTHER, v["session"]),
    "erase_session": lambda s, v: s.erase_session(OTHER, v["session"]),
    "create_piece": lambda s, v: s.create_piece(OTHER, v["session"], "text", "notes", "x"),
    "piece": lambda s, v: s.piece(OTHER, v["piece"]),
    "pieces": lambda s, v: s.pieces(OTHER, v["session"]),
    "rename_piece": lambda s, v: s.rename_piece(OTHER, v["piece"], "x"),
    "trash_piece": lambda s, v: s.trash_piece(OTHER, v["piece"]),
    "restore_piece": lambda s, v: s.restore_piece(OTHER, v["piece"]),
    "keep": lambda s, v: s.keep(OTHER, v["piece"], [thing("x")]),
    "draft": lambda s, v: s.draft(OTHER, v["draft"]),
    "drafts": lambda s, v: s.drafts(OTHER, v["piece"]),
    "tree": lambda s, v: s.tree(OTHER, v["session"]),
    "restore_draft": lambda s, v: s.restore_draft(OTHER, v["draft"]),
    "body": lambda s, v: s.body(OTHER, v["sha256"]),
    "working": lambda s, v: s.working(OTHER, v["piece"]),
    "copy": lambda s, v: s.copy(OTHER, v["working"]),
    "offer": lambda s, v: s.offer(OTHER, v["offer"]),
    "workings": lambda s, v: s.workings(OTHER, v["piece"]),
    "autosave": lambda s, v: s.autosave(OTHER, v["working"], 1, "x"),
    "freeze": lambda s, v: s.freeze(OTHER, v["working"]),
    "adopt": lambda s, v: s.adopt(OTHER, v["working"], v["draft"]),
    "start_job": lambda s, v: s.start_job(OTHER, v["session"], None, "m", TextAsk()),
    "job_running": lambda s, v: s.job_running(OTHER, v["job"]),
    "end_job": lambda s, v: s.end_job(OTHER, v["job"], "done"),
    "job": lambda s, v: s.job(OTHER, v["job"]),
    "jobs": lambda s, v: s.jobs(OTHER),
    "record_offer": lambda s, v: s.record_offer(OTHER, v["job"], Offer(index=1, seed=1, things=(thing("x"),)), recipe()),
    "offers": lambda s, v: s.offers(OTHER),
    "origins": lambda s, v: s.origins(OTHER, [v["offer"]]),
    "makings": lambda s, v: s.makings(OTHER, v["working"]),
    "aside": lambda s, v: s.aside(OTHER, v["working"]),
    "asked": lambda s, v: s.asked(OTHER, v["piece"], 5),
    "choose": lambda s, v: s.choose(OTHER, v["offer"], "kept"),
    "choices": lambda s, v: s.choices(OTHER, v["offer"]),
}


def victim(store: Store) -> dict[str, str]:
    session, piece, job, offer = offered(store)
    draft = store.keep(ME, piece, [thing("secret")])
    return {
        "session": session, "piece": piece, "job": job, "offer": offer, "draft": draft.id, "sha256": draft.parts[0].sha256,
        "working": store.working(ME, piece).id,
    }  # fmt: skip


def dump(store: Store) -> dict[str, list[Any]]:
    with store.database.read() as db:
        return {
            t.name: [tuple(r) for r in db.execute(t.select().where(t.c.owner == ME).order_by(*t.primary_key.columns))]
            for t in schema.metadata.sorted_tables
        }


def measure_ownership(store: Store) -> dict[str, Any]:
    ids = victim(store)
    before = dump(store)
    methods = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    untried = sorted(methods - set(TRIES) - set(ALONE))
    leaked = []
    for name in sorted(methods & set(TRIES)):
        try:
            if TRIES[name](store, ids):
                leaked.append(name)
        except NotFound:
            continue
    return {"tried": len(methods & set(TRIES)), "untried": untried, "leaked": leaked, "changed": dump(store) != before}


def test_going_on_from_a_draft_keeps_what_was_there(store: Store) -> None:
    session = store.create_session(ME, "S")
    piece = store.create_piece(ME, session.id, "tune", "tune", "A tune").id
    draft = store.keep(ME, piece, [Thing(name="body", media_type=WRITTEN["tune"], body=b'{"take": 2}')], summary="take 2")
    copy = store.working(ME, piece)
    copy = store.autosave(ME, copy.id, copy.version, '{"mine": 1}').working
    after = store.adopt(ME, copy.id, draft.id)
    assert (after.text, after.base, after.version) == ('{"take": 2}', draft.id, copy.version + 1)
    assert store.working(ME, piece) == after
    mine = next(d for d in store.drafts(ME, piece) if d.id != draft.id)
    assert store.body(ME, mine.parts[0].sha256) == (b'{"mine": 1}', WRITTEN["tune"])
    assert store.freeze(ME, copy.id, summary="named").id == draft.id  # nothing new since
    other = store.create_piece(ME, session.id, "tune", "tune", "Another").id
    with pytest.raises(Refused, match="another piece"):
        store.adopt(ME, store.working(ME, other).id, draft.id)


def test_nobody_reaches_another_owners_things(store: Store) -> None:
    got = measure_ownership(store)
    assert got["untried"] == []
    assert got["leaked"] == []
    assert not got["changed"]


def test_foreign_parents_offers_and_copies_are_not_there(store: Store) -> None:
    ids = victim(store)
    _, mine = notes(store, OTHER)
    for what in ({"parents": [ids["draft"]]}, {"offer": ids["offer"]}):
        with pytest.raises(NotFound):
            store.keep(OTHER, mine, [thing("x")], **what)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        store.working(OTHER, mine, ids["working"])
    for scope in ("session", "piece", "job"):
        with pytest.raises(NotFound):
            store.offers(OTHER, **{scope: ids[scope]})
    with pytest.raises(NotFound):
        store.jobs(OTHER, ids["session"])


# the tables


def test_migrations_make_exactly_these_tables(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.database.read() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []
        owned = [t.name for t in schema.metadata.sorted_tables if "owner" not in t.c]
    assert owned == []


def test_head_is_the_newest_migration() -> None:
    assert max(f.name.split("_")[0] for f in (MIGRATIONS / "versions").glob("*.py")) == schema.HEAD


OPEN = """
import sys, pathlib
from studio.sessions.store import open_store
open_store(sys.argv[1], "blobs", pathlib.Path(sys.argv[2]))
print("alembic" in sys.modules)
"""


def test_a_current_database_opens_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    open_store(url, str(tmp_path / "blobs"), tmp_path).close()
    done = subprocess.run([sys.executable, "-c", OPEN, url, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


# against a model


class StoreMachine(RuleBasedStateMachine):
    """The store beside a few dictionaries. Things are drawn by their place in the order of making, as ids differ."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.store = open_store(f"sqlite:///{path / 't.db'}", str(path / "b"), path)
        self.trashed: dict[str, bool] = {}  # by session
        self.pieces: list[ModelPiece] = []
        self.add_session()

    @rule()
    def add_session(self) -> None:
        if len(self.trashed) == 3:
            return
        session = self.store.create_session(ME, "S").id
        self.trashed[session] = False
        copy = self.store.working(ME, self.store.create_piece(ME, session, "text", "notes", "N").id)
        tabs = [(copy.id, copy.version), (copy.id, copy.version)]
        self.pieces.append(ModelPiece(session, copy.piece, tabs, {copy.id: (copy.version, "")}, {copy.id: None}))

    def pick(self, data: st.DataObject) -> "ModelPiece":
        return data.draw(st.sampled_from(self.pieces))

    @rule(data=st.data(), tab=st.integers(0, 1), text=st.text(max_size=30))
    def save(self, data: st.DataObject, tab: int, text: str) -> None:
        piece = self.pick(data)
        id, version = piece.tabs[tab]
        now, current = piece.texts[id]
        text = sound(text)
        saved = self.store.autosave(ME, id, version, text)
        assert saved.working.text == text
        if current == text or now == version:
            assert not saved.branched
            assert (saved.working.id, saved.working.version) == (id, now + (current != text))
        else:
            assert saved.branched
            assert saved.working.id != id
            assert piece.texts.get(saved.working.id, (0, text))[1] == text
            piece.bases.setdefault(saved.working.id, piece.bases[id])
        piece.texts[saved.working.id] = (saved.working.version, text)
        piece.tabs[tab] = (saved.working.id, saved.working.version)

    @rule(data=st.data(), tab=st.integers(0, 1))
    def reload(self, data: st.DataObject, tab: int) -> None:
        piece = self.pick(data)
        copy = self.store.working(ME, piece.id, data.draw(st.sampled_from([None, *piece.texts])))
        piece.tabs[tab] = (copy.id, copy.version)

    @rule(data=st.data(), text=st.text(alphabet="abc", max_size=3))
    def keep(self, data: st.DataObject, text: str) -> None:
        piece = self.pick(data)
        places = data.draw(st.lists(st.integers(0, len(piece.drafts) - 1), max_size=2, unique=True)) if piece.drafts else []
        parents = tuple(list(piece.drafts)[k] for k in places)
        draft = self.store.keep(ME, piece.id, [thing(text)], parents=parents)
        assert (draft.id in piece.drafts) == ((text, parents, "person") in piece.drafts.values())
        piece.drafts[draft.id] = (text, parents, "person")

    @rule(data=st.data())
    def freeze(self, data: st.DataObject) -> None:
        piece = self.pick(data)
        id = data.draw(st.sampled_from(list(piece.texts)))
        self.frozen(piece, id, self.store.freeze(ME, id))

    def frozen(self, piece: "ModelPiece", id: str, draft: Draft) -> None:
        text, base = piece.texts[id][1], piece.bases[id]
        if base is not None and piece.drafts[base][0] == text:
            assert draft.id == base
            return
        piece.drafts[draft.id] = (text, (base,) if base else (), draft.origin)
        piece.bases[id] = draft.id

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        piece = self.pick(data)
        if not piece.drafts:
            return
        old = list(piece.drafts)[data.draw(st.integers(0, len(piece.drafts) - 1))]
        before = {c.id: c for c in self.store.workings(ME, piece.id)}
        restored = self.store.restore_draft(ME, old)
        text = piece.drafts[old][0]
        newest = max(before.values(), key=lambda c: c.updated)
        found = {d.id: d for d in self.store.drafts(ME, piece.id)}
        if newest.text.strip():  # what was being typed is a draft now
            kept = piece.bases[newest.id]
            if kept is None or piece.drafts[kept][0] != newest.text:
                now = next(d for d in found.values() if self.text(d) == newest.text and d.parents == ((kept,) if kept else ()))
                self.frozen(piece, newest.id, now)
        piece.drafts[restored.id] = (text, (old,), "restored")
        piece.texts[newest.id] = (newest.version + 1, text)
        piece.bases[newest.id] = restored.id

    @rule(data=st.data())
    def trash_or_back(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(list(self.trashed)))
        (self.store.restore_session if self.trashed[session] else self.store.trash_session)(ME, session)
        self.trashed[session] = not self.trashed[session]

    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(list(self.trashed)))
        if len(self.trashed) == 1 or not self.trashed[session]:
            return
        self.store.erase_session(ME, session)
        del self.trashed[session]
        self.pieces = [piece for piece in self.pieces if piece.session != session]

    def text(self, draft: Draft) -> str:
        return self.store.body(ME, draft.parts[0].sha256)[0].decode()

    @invariant()
    def all_there(self) -> None:
        for trashed in (False, True):
            found = {s.id for s in self.store.sessions(ME, trashed=trashed)}
            assert found == {session for session, is_trashed in self.trashed.items() if is_trashed == trashed}
        for piece in self.pieces:
            assert {c.id: (c.version, c.text) for c in self.store.workings(ME, piece.id)} == piece.texts
            drafts = self.store.drafts(ME, piece.id)
            assert {d.id: (self.text(d), d.parents, d.origin) for d in drafts} == piece.drafts
            assert [(t.id, t.parents) for t in self.store.tree(ME, piece.session)] == [(d.id, d.parents) for d in drafts]
        assert self.store.health().drafts == sum(len(piece.drafts) for piece in self.pieces)

    def teardown(self) -> None:
        assert check_store(self.store) == []
        self.store.close()
        self.folder.cleanup()


@dataclass
class ModelPiece:
    session: str
    id: str
    tabs: list[tuple[str, int]]  # copy and version that each tab has
    texts: dict[str, tuple[int, str]]  # of the copies
    bases: dict[str, str | None]  # of the copies
    drafts: dict[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)  # text, parents, origin


StoreMachine.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestStoreMachine = StoreMachine.TestCase
