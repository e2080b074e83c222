"""Two or three tabs type into one piece, in any order, with late answers and reloads: nothing saved is overwritten.

A text that a tab was told is saved must be found afterwards: as the text of a working copy, in a draft, or replaced by
a later save of a tab that had that very text before it.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.sessions.store import Saved, Store, open_store


@dataclass
class Tab:
    name: str
    copy: str
    version: int
    text: str
    waiting: Saved | None = None  # an answer that is still on its way
    number: int = 0


@dataclass
class World:
    store: Store
    piece: str
    told: list[str] = field(default_factory=list)
    replaced_by: dict[str, str] = field(default_factory=dict)  # text -> the text that a tab knowingly put in its place
    branches: int = 0

    def load(self, tab: Tab, chance: random.Random) -> None:
        copy = chance.choice(self.store.workings("local", self.piece))
        tab.copy, tab.version, tab.text, tab.waiting = copy.id, copy.version, copy.text, None

    def save(self, tab: Tab, chance: random.Random) -> None:
        if tab.waiting is not None:
            self.answer(tab)
        tab.number += 1
        text = f"{tab.name}{tab.number} over [{tab.text[-12:]}]"
        saved = self.store.autosave("local", tab.copy, tab.version, text)
        self.branches += saved.branched
        self.replaced_by[tab.text] = text
        tab.text = text
        tab.waiting = saved
        if chance.random() < 0.7:
            self.answer(tab)

    def answer(self, tab: Tab) -> None:
        saved = tab.waiting
        assert saved is not None
        tab.copy, tab.version, tab.waiting = saved.working.id, saved.working.version, None
        self.told.append(saved.working.text)

    def lost_answer(self, tab: Tab) -> None:
        """The save was written but the tab never heard of it: it asks again with the old version."""
        if tab.waiting is None:
            return
        tab.waiting = None
        saved = self.store.autosave("local", tab.copy, tab.version, tab.text)
        tab.waiting = saved
        self.branches += saved.branched
        self.answer(tab)

    def found(self, text: str) -> bool:
        current = {copy.text for copy in self.store.workings("local", self.piece)}
        drafts = {self.store.body("local", d.parts[0].sha256)[0].decode() for d in self.store.drafts("local", self.piece)}
        seen = set()
        while text not in current and text not in drafts:
            if text in seen or text not in self.replaced_by:
                return False
            seen.add(text)
            text = self.replaced_by[text]
        return True


def interleave(store: Store, session: str, seed: int) -> World:
    chance = random.Random(seed)
    piece = store.create_piece("local", session, "text", "notes", f"Notes {seed}")
    copy = store.working("local", piece.id)
    world = World(store, piece.id)
    tabs = [Tab(name, copy.id, copy.version, copy.text) for name in "ABC"[: chance.choice((2, 2, 3))]]
    for _ in range(chance.randrange(6, 18)):
        tab = chance.choice(tabs)
        roll = chance.random()
        if roll < 0.72:
            world.save(tab, chance)
        elif roll < 0.82:
            if tab.waiting is not None:
                world.answer(tab)
            world.load(tab, chance)
        elif roll < 0.9:
            world.lost_answer(tab)
        elif roll < 0.96:
            store.freeze("local", tab.copy)
        else:
            drafts = store.drafts("local", piece.id)
            if drafts:
                store.restore_draft("local", chance.choice(drafts).id)
    for tab in tabs:
        if tab.waiting is not None:
            world.answer(tab)
    return world


def measure_two_tabs(n: int, data: Path) -> dict[str, Any]:
    store = open_store(f"sqlite:///{data / 'tandem.db'}", str(data / "blobs"), data)
    session = store.create_session("local", "Tabs").id
    lost, saves, branches = [], 0, 0
    for seed in range(n):
        world = interleave(store, session, seed)
        lost += [(seed, text) for text in world.told if not world.found(text)]
        saves += len(world.told)
        branches += world.branches
    store.close()
    return {"interleavings": n, "saves": saves, "branches": branches, "silent_overwrites": len(lost), "lost": lost[:3]}


def test_no_tab_overwrites_another(tmp_path: Path) -> None:
    got = measure_two_tabs(300, tmp_path)
    assert got["silent_overwrites"] == 0, got
    assert got["branches"] > 100, got  # there were conflicts to get wrong


def test_the_check_would_notice_an_overwrite(tmp_path: Path) -> None:
    """A store that ignores the version is caught."""
    store = open_store(f"sqlite:///{tmp_path / 'tandem.db'}", str(tmp_path / "blobs"), tmp_path)
    session = store.create_session("local", "Tabs").id

    class Careless:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def autosave(self, owner: str, id: str, version: int, text: str) -> Saved:
            now = next(c for p in store.pieces(owner, session) for c in store.workings(owner, p.id) if c.id == id)
            return store.autosave(owner, id, now.version, text)

    caught = 0
    for seed in range(40):
        world = interleave(Careless(), session, seed)  # type: ignore[arg-type]
        caught += any(not world.found(text) for text in world.told)
    store.close()
    assert caught > 20
