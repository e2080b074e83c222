"""The store's promises, on SQLite and on PostgreSQL."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio.core.errors import NotFound, Refused
from studio.core.event import Offer, Thing
from studio.core.recipe import Recipe
from studio.core.work import Draft, Session
from studio.sessions import schema
from studio.sessions.backup import BadBackup, backup, restore
from studio.sessions.check import check_store, sweep
from studio.sessions.database import MIGRATIONS
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
    "workings": lambda s, v: s.workings(OTHER, v["piece"]),
    "autosave": lambda s, v: s.autosave(OTHER, v["working"], 1, "x"),
    "freeze": lambda s, v: s.freeze(OTHER, v["working"]),
    "start_job": lambda s, v: s.start_job(OTHER, v["session"], None, "m", TextAsk()),
    "job_running": lambda s, v: s.job_running(OTHER, v["job"]),
    "end_job": lambda s, v: s.end_job(OTHER, v["job"], "done"),
    "job": lambda s, v: s.job(OTHER, v["job"]),
    "jobs": lambda s, v: s.jobs(OTHER),
    "record_offer": lambda s, v: s.record_offer(OTHER, v["job"], Offer(index=1, seed=1, things=(thing("x"),)), recipe()),
    "offers": lambda s, v: s.offers(OTHER),
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


def test_a_current_database_opens_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tandem.db'}"
    open_store(url, str(tmp_path / "blobs"), tmp_path).close()
    code = f"import sys; from pathlib import Path; from studio.sessions.store import open_store; open_store({url!r}, 'b', Path({str(tmp_path)!r})); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


# against a model


class StoreMachine(RuleBasedStateMachine):
    """The store beside a few dictionaries."""

    @initialize()
    def start(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.store = open_store(f"sqlite:///{path / 't.db'}", str(path / "b"), path)
        self.session = self.store.create_session(ME, "S").id
        self.piece = self.store.create_piece(ME, self.session, "text", "notes", "N").id
        copy = self.store.working(ME, self.piece)
        self.tabs = [(copy.id, copy.version), (copy.id, copy.version)]
        self.texts = {copy.id: (copy.version, "")}
        self.drafts: dict[str, tuple[str, tuple[str, ...]]] = {}

    @rule(tab=st.integers(0, 1), text=st.text(max_size=30).filter(lambda t: "\0" not in t and "\ud800" not in t))
    def save(self, tab: int, text: str) -> None:
        id, version = self.tabs[tab]
        now, current = self.texts[id]
        saved = self.store.autosave(ME, id, version, text)
        if current == text:
            assert not saved.branched
        elif now == version:
            assert not saved.branched
            assert saved.working.version == version + 1
        else:
            assert saved.branched
        self.texts[saved.working.id] = (saved.working.version, saved.working.text)
        self.tabs[tab] = (saved.working.id, saved.working.version)

    @rule(text=st.text(alphabet="abc", max_size=3), data=st.data())
    def keep(self, text: str, data: st.DataObject) -> None:
        parents = tuple(data.draw(st.lists(st.sampled_from(sorted(self.drafts)), max_size=2, unique=True))) if self.drafts else ()
        draft: Draft = self.store.keep(ME, self.piece, [thing(text)], parents=parents)
        assert self.drafts.get(draft.id, (text, parents)) == (text, parents)
        self.drafts[draft.id] = (text, parents)

    @rule()
    def trash_and_back(self) -> None:
        self.store.trash_session(ME, self.session)
        assert self.store.sessions(ME) == []
        self.store.restore_session(ME, self.session)

    @invariant()
    def all_there(self) -> None:
        assert {c.id: (c.version, c.text) for c in self.store.workings(ME, self.piece)} == self.texts
        found = {d.id: d for d in self.store.drafts(ME, self.piece)}
        assert set(found) == set(self.drafts)
        for id, (text, parents) in self.drafts.items():
            assert found[id].parents == parents
            assert self.store.body(ME, found[id].parts[0].sha256)[0].decode() == text

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


StoreMachine.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestStoreMachine = StoreMachine.TestCase
