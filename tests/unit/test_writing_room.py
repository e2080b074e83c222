"""The writing room over a real store: what is written stays, with who wrote it; two pages never overwrite each other."""

import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from studio.core.errors import NotFound, Refused
from studio.core.event import Thing
from studio.sessions.backup import backup, restore
from studio.sessions.check import check_store
from studio.sessions.database import Database, make_engine, migrate
from studio.sessions.store import open_store
from studio.writing.likeness.repeats import near_own
from studio.writing.manuscript.manuscript import MANUSCRIPT_TYPE, Manuscript
from studio.writing.manuscript.sources import Piece
from studio.writing.room.looking import Looking
from studio.writing.room.own import Own
from studio.writing.room.room import Room
from studio.writing.room.routes import load_json
from studio.writing.room.table import as_text, manuscript_of, opened, pack_cuts, unpack_cuts
from tests.makings import Making
from tests.manuscripts import seeded
from tests.writers import ME, OTHER, PLOT, Desk, rewrite


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.store.close()


# ---------------------------------------------------------------------------------------------------- the table itself


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_a_manuscript_is_written_as_it_writes_itself(seed: int) -> None:
    manuscript = seeded(seed).manuscript
    table = opened(manuscript)
    assert Manuscript.loads(table.dumps()) == manuscript
    assert json.loads(table.dumps()) == json.loads(manuscript.dumps())
    again = opened(manuscript_of(table.dumps()), table.facts)
    assert again.dumps() == table.dumps()
    assert (again.words, again.letters) == (table.words, table.letters)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_what_is_known_of_scenes_stays_true_through_edits(seed: int) -> None:
    """Facts are carried from save to save; they are what a fresh look finds."""
    making = Making(seed)
    table = opened(making.manuscript)
    for _ in range(8):
        making.step()
        table = opened(making.manuscript, table.facts)
        fresh = opened(Manuscript.loads(making.manuscript.dumps()))
        assert (table.words, table.letters, table.dumps()) == (fresh.words, fresh.letters, fresh.dumps())


@given(st.text())
def test_a_plain_text_is_one_scene_by_hand(text: str) -> None:
    found = manuscript_of(text, "Old")
    assert len(found.scenes) == 1
    assert found.scenes[0].text == text.replace("\r\n", "\n").replace("\r", "\n")
    assert {span.maker for span in found.scenes[0].ledger.spans} <= {"human"}


def test_cuts_are_packed_and_come_back() -> None:
    making = Making(3)
    for _ in range(20):
        making.step()
    scene = max(making.manuscript.scenes, key=lambda one: len(one.ledger.spans))
    assert scene.ledger.spans
    cuts = (Piece(scene.text, scene.ledger.spans), Piece("ü👩‍🚀", [*scene.ledger.spans[:0]]))
    assert [(one.text, list(one.spans)) for one in unpack_cuts(pack_cuts(cuts))] == [(one.text, list(one.spans)) for one in cuts]
    assert unpack_cuts(pack_cuts([Piece("x" * 2_000_000, [])])) == ()
    assert unpack_cuts(b"") == ()


# ------------------------------------------------------------------------------------------------------------ writing


def test_a_new_manuscript_is_empty_and_has_a_name_of_its_own(desk: Desk) -> None:
    assert desk.state["empty"]
    assert desk.state["words"] == 0
    assert desk.room.create(ME, desk.session)["title"] == "New manuscript 2"
    assert desk.room.create(ME, desk.session, "Mine")["manuscript"]["title"] == "Mine"
    assert [one["title"] for one in desk.room.manuscripts(ME, desk.session)] == ["New manuscript", "New manuscript 2", "Mine"]


def test_what_is_typed_is_there_after_a_restart(desk: Desk) -> None:
    answer = desk.type("Mara reads the gauge. 👩‍🚀")
    assert answer["version"] == 2
    assert answer["spans"] == {"s1": [[len("Mara reads the gauge. 👩‍🚀"), "human", None]]}
    assert answer["words"] == answer["scene_words"]["s1"] == 4
    desk.again()
    assert desk.made() == [("Mara reads the gauge. 👩‍🚀", "human")]
    assert not desk.open()["empty"]


def test_undo_is_exact(desk: Desk) -> None:
    desk.type("One. Two. Three.")
    before = desk.scene()
    answer = desk.edit(
        {"scene": "s1", "at": 5, "gone": 5},
        {"what": "split-scene", "id": "s1", "at": 5, "new": "s2"},
        {"what": "add-chapter", "id": "c2", "title": "Two"},
        {"what": "move-scene", "id": "s2", "to": "c2"},
    )
    assert [len(chapter["scenes"]) for chapter in desk.open()["manuscript"]["chapters"]] == [1, 1]
    desk.edit(*answer["undo"])
    assert desk.scene() == before
    assert len(desk.open()["manuscript"]["chapters"]) == 1


def test_a_cut_is_remembered_with_the_text(desk: Desk) -> None:
    """Cut in one save and pasted in the next, with a restart between: the model's words stay the model's."""
    [offer] = desk.offered("The gauge lied again.")
    desk.type("Mine. ")
    desk.take(offer, "The gauge lied again.", 6)
    desk.edit({"scene": "s1", "at": 6, "gone": 21})
    assert desk.made() == [("Mine. ", "human")]
    desk.again()
    desk.type("The gauge lied again.", 0, how="pasted")
    assert desk.made() == [("The gauge lied again.", "model"), ("Mine. ", "human")]
    desk.type("Never seen before here.", 0, how="pasted")
    assert desk.made()[0] == ("Never seen before here.", "pasted")


def test_fields_beside_the_text_are_set_and_checked(desk: Desk) -> None:
    desk.type("Text.")
    room = desk.room
    state = room.put(ME, desk.working, desk.version, "bible", {"entries": [{"id": "e1", "name": "Mara"}]})
    assert state["manuscript"]["bible"]["entries"][0]["name"] == "Mara"
    assert "text" not in state["manuscript"]["chapters"][0]["scenes"][0]
    room.put(ME, desk.working, desk.version, "scene", {"id": "s1", "title": "Opening", "goal": 500})
    assert (desk.scene()["title"], desk.scene()["goal"], desk.scene()["text"]) == ("Opening", 500, "Text.")
    assert room.put(ME, desk.working, desk.version, "title", "The Gauge")["title"] == "The Gauge"
    assert room.settle(ME, desk.working, "eyes:mara")["manuscript"]["settled"] == ["eyes:mara"]
    wrong: list[tuple[str, Any]] = [
        ("goal", -1), ("goal", "x"), ("scene", {"id": "s1", "text": "forged"}), ("scene", {"id": "zz", "title": "x"}), ("scene", 3),
        ("chapters", []), ("plot", {"structure": "none"}), ("bible", {"entries": [{"id": "a b", "name": "x"}]}), ("bans", "x"),
    ]  # fmt: skip
    for what, value in wrong:
        with pytest.raises(Refused, match=r"\.$"):
            room.put(ME, desk.working, desk.version, what, value)
    assert desk.made() == [("Text.", "human")]


@pytest.mark.parametrize("edits", [
    None, {}, "x", [1], [{}], [{"scene": "s1"}], [{"scene": "s1", "at": -1, "text": "x"}],
    [{"scene": "s1", "at": 99, "text": "x"}], [{"scene": "none", "at": 0, "text": "x"}], [{"what": "delete", "id": "none"}],
    [{"scene": "s1", "at": 0, "text": "x", "how": "accepted"}], [{"scene": "s1", "at": 0, "text": "x", "how": "rewritten", "offer": "no"}],
    [{"scene": "s1", "at": 0, "text": "abc", "how": "undone", "spans": [{"length": 2, "maker": "human"}]}], [{"x": [[]] * 99}],
])  # fmt: skip
def test_edits_that_make_no_sense_change_nothing(desk: Desk, edits: Any) -> None:
    desk.type("ok")
    with pytest.raises((Refused, NotFound), match=r"\.$"):
        desk.room.edit(ME, desk.working, desk.version, edits)
    assert desk.made() == [("ok", "human")]


def test_signs_that_cannot_be_stored_become_others_as_long(desk: Desk) -> None:
    desk.type("a\0b\rc\ud800d")
    desk.again()
    assert desk.made() == [("a\ufffdb\nc?d", "human")]
    half = load_json(rb'{"edits": [{"scene": "s1", "at": 0, "text": "\ud83d half, \ud83d\ude00 whole"}]}')
    desk.edit(*half["edits"])
    assert desk.made()[0][0].startswith("? half, \U0001f600 whole")


def test_one_bad_edit_of_many_leaves_all_undone(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.edit({"scene": "s1", "at": 0, "text": "good"}, {"scene": "s1", "at": 50, "text": "bad"})
    assert desk.scene()["text"] == ""


# ---------------------------------------------------------------------------------------------- who wrote it, from where


def test_offers_are_taken_whole_in_part_and_edited(desk: Desk) -> None:
    body = "The door was open. Nobody came. Nobody would."
    whole, some, other = desk.offered(body, body, body)
    assert desk.take(whole, body, 0)["chosen"] == "kept"
    assert desk.made() == [(body, "model")]
    assert desk.take(some, "Nobody came.", 0)["chosen"] == "mixed"
    assert desk.made()[0] == ("Nobody came.", "model")
    assert desk.take(other, "The gate was open.", 0)["chosen"] == "edited"
    assert desk.made()[0][1] in ("human", "model-edited")
    assert ("gate", "human") in desk.made()
    shown = desk.offers.of_piece(ME, desk.state["piece"])
    assert [one["chosen"] for one in shown["offers"]] == ["kept", "mixed", "edited"]
    assert shown["task"] == "continue"
    assert shown["offers"][0]["model_title"] == "Writer mini"
    assert shown["spread"].endswith(".")


def test_a_rewrite_is_taken_change_by_change(desk: Desk) -> None:
    desk.type("Mara went slowly to the old door.")
    [offer] = desk.offered("Mara crept to the old gate.", ask=rewrite("Mara went slowly to the old door."))
    hunks = desk.offers.diff(ME, offer, desk.working, {"scene": "s1", "start": 0, "end": 33})["hunks"]
    assert "".join(one["old"] for one in hunks) == "Mara went slowly to the old door."
    changes = [one for one in hunks if not one["same"]]
    assert len(changes) == 2
    text = "".join(one["old"] if one["same"] or one is changes[1] else one["new"] for one in hunks)
    answer = desk.take(offer, text, 0, gone=33)
    assert text == "Mara crept to the old door."
    assert answer["chosen"] == "mixed"
    assert [maker for text, maker in desk.made() if "crept" in text] == ["human-rewritten"]
    assert [maker for text, maker in desk.made() if "old door" in text] == ["human"]
    desk.edit(*answer["undo"])
    assert desk.made() == [("Mara went slowly to the old door.", "human")]


def test_verbatim_cannot_be_claimed(desk: Desk) -> None:
    """Neither by an offer that says something else, nor by one that is not there, nor by somebody else's."""
    [mine] = desk.offered("What the model said.")
    [theirs] = desk.offered("What the other model said.", owner=OTHER, piece=None)
    for text, offer in (("What I wrote.", mine), ("What the other model said.", theirs), ("Whatever.", "no such offer")):
        desk.type(text, how="undone", spans=[{"length": len(text), "maker": "model", "offer": offer}])
        assert desk.made()[0] == (text, "model-edited"), offer
        scene = {"id": "s9", "text": text, "ledger": {"spans": [{"length": len(text), "maker": "model", "offer": offer}]}}
        back = {"kind": "restore", "chapters": [{"id": "c1", "title": "", "scenes": ["s1", "s9"]}], "scenes": [scene]}
        desk.edit(back)
        assert desk.made("s9") == [(text, "model-edited")], offer
        desk.edit({"what": "delete", "id": "s9"})
    said = "What the model said."
    desk.type(said, how="undone", spans=[{"length": len(said), "maker": "model", "offer": mine}])
    assert desk.made()[0] == (said, "model")
    with pytest.raises(NotFound):
        desk.type("What the other model said.", how="accepted", offer=theirs)
    with pytest.raises(NotFound):
        desk.take(theirs, "What the other model said.", 0)


def test_offers_of_another_manuscript_are_not_taken_here(desk: Desk) -> None:
    [offer] = desk.offered("Words.")
    other = desk.room.create(ME, desk.session)
    with pytest.raises(NotFound, match="another manuscript"):
        desk.offers.take(ME, offer, other["working"], 1, {"scene": "s1", "at": 0, "text": "Words."})
    for wrong in (
        {},
        {"scene": "s1", "at": "0", "text": "x"},
        {"scene": "s1", "at": 0, "gone": True, "text": "x"},
        {"at": 0, "text": "x"},
    ):
        with pytest.raises(Refused, match=r"\.$"):
            desk.offers.take(ME, offer, desk.working, desk.version, wrong)
    with pytest.raises(Refused, match="Choose something"):
        desk.take(offer, "", 0)
    with pytest.raises(Refused, match="no words"):
        desk.take(desk.plotted(piece=desk.state["piece"]), "x", 0)
    assert desk.offers.reject(ME, offer)
    assert desk.offers.one(ME, offer)["chosen"] == "rejected"


def test_a_draft_knows_the_offers_it_holds(desk: Desk) -> None:
    [offer] = desk.offered("The gauge lied.")
    with pytest.raises(Refused, match="nothing to keep"):
        desk.room.keep(ME, desk.working)
    desk.take(offer, "The gauge lied.", 0)
    kept = desk.room.keep(ME, desk.working)
    assert [(one.kind, one.draft) for one in desk.store.choices(ME, offer)] == [("kept", None), ("kept", kept["draft"])]
    draft = desk.store.draft(ME, kept["draft"])
    assert (draft.origin, draft.parts[0].media_type) == ("model", MANUSCRIPT_TYPE)
    desk.type("And I knew. ")
    second = desk.room.keep(ME, desk.working, "mine")
    assert desk.store.draft(ME, second["draft"]).origin == "mixed"
    assert len(desk.store.choices(ME, offer)) == 2  # it was in the draft before
    assert as_text(desk.store.body(ME, draft.parts[0].sha256)[0]) == "Chapter 1\n\nThe gauge lied."
    back = desk.room.back(ME, desk.working, kept["draft"])
    assert back["manuscript"]["chapters"][0]["scenes"][0]["spans"] == [[15, "model", offer]]


def test_a_plot_becomes_the_outline(desk: Desk) -> None:
    offer = desk.plotted(PLOT.changed(levers={"where": "the old harbour"}))
    fresh = desk.offers.keep_plot(ME, offer, desk.session)
    assert fresh["title"] == fresh["manuscript"]["title"] == PLOT.title
    scenes = [scene for chapter in fresh["manuscript"]["chapters"] for scene in chapter["scenes"]]
    assert [(one["title"], one["beat"]) for one in scenes] == [(beat.name, beat.text) for beat in PLOT.beats]
    mara, place = fresh["manuscript"]["bible"]["entries"]
    assert (mara["name"], place["name"], place["text"]) == ("Mara Voss", "Old harbour", PLOT.setting)
    assert (place["kind"], place["mode"]) == ("place", "mention"), "told where it is named, not always"
    assert "counts twice" in fresh["manuscript"]["bible"]["entries"][0]["text"]
    draft = desk.store.draft(ME, fresh["base"])
    assert (draft.offer, draft.recipe and draft.recipe.model) == (offer, "writer-mini")
    desk.type("Already here.")
    into = desk.offers.keep_plot(ME, offer, desk.session, desk.working)
    assert into["manuscript"]["chapters"][0]["scenes"][0]["text"] == "Already here."
    assert len(into["manuscript"]["chapters"]) == 3
    again = desk.offers.keep_plot(ME, offer, desk.session, desk.working)
    assert [one["name"] for one in again["manuscript"]["bible"]["entries"]] == ["Mara Voss", "Old harbour"]
    nowhere = desk.offers.keep_plot(ME, desk.plotted(), desk.session)
    assert [(one["name"], one["mode"]) for one in nowhere["manuscript"]["bible"]["entries"]][1:] == [("Setting", "always")]
    [words] = desk.offered("No plot.")
    with pytest.raises(Refused, match="no plot"):
        desk.offers.keep_plot(ME, words, desk.session)


# ------------------------------------------------------------------------------------------------- two pages, branches


def test_a_page_that_was_slower_gets_a_branch_of_what_it_saw(desk: Desk) -> None:
    desk.type("One two three.")
    seen = desk.version
    desk.type("Other page. ")
    branch = desk.edit({"scene": "s1", "at": 14, "text": " Four."}, version=seen)
    assert branch["branched"]
    assert branch["working"] != desk.working
    assert branch["manuscript"]["chapters"][0]["scenes"][0]["text"] == "One two three. Four."
    assert desk.scene()["text"] == "Other page. One two three."
    again = desk.edit({"scene": "s1", "at": 14, "text": " Four."}, version=seen)
    assert again["working"] == branch["working"]  # its answer was lost and it asks once more
    assert len(desk.open()["copies"]) == 2
    merged = desk.changing.merge(ME, desk.working, branch["working"])
    assert merged["conflicts"] == []
    assert desk.made() == [("Other page. One two three. Four.", "human")]
    draft = desk.store.draft(ME, merged["base"])
    assert (draft.origin, len(draft.parents)) == ("merged", 2)


def test_a_lost_answer_asked_again_changes_nothing(desk: Desk) -> None:
    edit = {"scene": "s1", "at": 0, "text": "Once."}
    first = desk.edit(edit, version=1)
    second = desk.edit(edit, version=1)
    assert not second["branched"]
    assert (second["working"], second["version"]) == (first["working"], first["version"])
    assert desk.scene()["text"] == "Once."
    with pytest.raises(Refused, match="Reload|reload"):
        desk.edit(edit, version=99)


def test_branches_merge_after_both_went_on(desk: Desk) -> None:
    [offer] = desk.offered("The model's own words here.")
    desk.type("First line.\n\nMiddle line.\n\nLast line.")
    desk.room.keep(ME, desk.working)
    seen = desk.version
    desk.type("A. ")
    desk.room.keep(ME, desk.working)
    branch = desk.edit({"scene": "s1", "at": 37, "text": " Z."}, version=seen)
    desk.offers.take(
        ME, offer, branch["working"], branch["version"], {"scene": "s1", "at": 25, "text": " The model's own words here."}
    )
    merged = desk.changing.merge(ME, desk.working, branch["working"])
    assert merged["conflicts"] == []
    assert desk.scene()["text"] == "A. First line.\n\nMiddle line. The model's own words here.\n\nLast line. Z."
    assert (" The model's own words here.", "model") in desk.made() or ("The model's own words here.", "model") in [
        (text.strip(), maker) for text, maker in desk.made()
    ]
    with pytest.raises(NotFound):
        desk.changing.merge(ME, desk.working, desk.working)
    with pytest.raises(NotFound):
        desk.changing.merge(ME, desk.working, desk.room.create(ME, desk.session)["working"])


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_any_version_can_be_gone_back_to(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """What the record says a copy was at a version is what it was, through puts, keeps, drafts and restarts."""
    desk = Desk(tmp_path_factory.mktemp("v"))
    chance = random.Random(seed)
    texts = {desk.version: ""}
    drafts: list[str] = []
    for _ in range(12):
        act = chance.choice(("type", "type", "cut", "put", "keep", "back", "restart"))
        text = desk.scene()["text"]
        if act == "type":
            desk.type(chance.choice(("a", "bc. ", "Mara ")), chance.randint(0, len(text)))
        elif act == "cut" and text:
            desk.edit({"scene": "s1", "at": 0, "gone": chance.randint(1, len(text))})
        elif act == "put":
            desk.room.put(ME, desk.working, desk.version, "author", str(chance.random()))
        elif act == "keep" and text:
            drafts.append(desk.room.keep(ME, desk.working)["draft"])
        elif act == "back" and drafts:
            desk.room.back(ME, desk.working, chance.choice(drafts))
        elif act == "restart":
            desk.again()
        texts[desk.version] = desk.scene()["text"]
    copy, piece = desk.room.copy(ME, desk.working)
    for version, text in texts.items():
        assert desk.room.table_at(ME, copy, piece, version).manuscript.scenes[0].text == text
    steps = desk.looking.replay(ME, desk.working)["steps"]
    assert desk.looking.replay_at(ME, desk.working, len(steps))["scenes"][0]["text"] == desk.scene()["text"]
    desk.store.close()


def test_the_making_is_replayed(desk: Desk) -> None:
    [offer] = desk.offered("The gauge lied.")
    desk.type("Mara read. ")
    desk.take(offer, "The gauge lied.", 11)
    desk.edit({"scene": "s1", "at": 0, "gone": 11})
    desk.again()
    steps = desk.looking.replay(ME, desk.working)["steps"]
    assert [(one["what"], one["added"], one["removed"], one["total"]) for one in steps] == [
        ("typed", 2, 0, 2), ("accepted", 3, 0, 5), ("typed", 0, 2, 3)
    ]  # fmt: skip
    texts = [desk.looking.replay_at(ME, desk.working, i)["scenes"][0]["text"] for i in range(4)]
    assert texts == ["", "Mara read. ", "Mara read. The gauge lied.", "The gauge lied."]
    with pytest.raises(Refused):
        desk.looking.replay_at(ME, desk.working, 9)


# ----------------------------------------------------------------------------------------- old texts, other people's


def test_an_old_plain_text_is_opened_as_one_scene(desk: Desk) -> None:
    piece = desk.store.create_piece(ME, desk.session, "text", "manuscript", "Old")
    copy = desk.store.working(ME, piece.id)
    desk.store.autosave(ME, copy.id, 1, "Written long ago.\r\n{not json}")
    old = desk.store.freeze(ME, copy.id)
    assert old.parts[0].media_type == "text/plain"
    state = desk.room.open(ME, piece.id)
    assert state["manuscript"]["chapters"][0]["scenes"][0]["text"] == "Written long ago.\n{not json}"
    answer = desk.room.edit(ME, copy.id, state["version"], [{"scene": "s1", "at": 0, "text": "Now: "}])
    new = desk.room.keep(ME, copy.id)
    assert desk.store.draft(ME, new["draft"]).parts[0].media_type == MANUSCRIPT_TYPE
    back = desk.room.back(ME, copy.id, old.id)
    assert back["manuscript"]["chapters"][0]["scenes"][0]["text"] == "Written long ago.\n{not json}"
    steps = desk.looking.replay(ME, copy.id)["steps"]
    assert [one["what"] for one in steps] == ["typed", "restored"]
    assert answer["words"] == 6


def test_notes_and_tunes_are_not_manuscripts(desk: Desk) -> None:
    for medium, form in (("text", "notes"), ("tune", "tune")):
        piece = desk.store.create_piece(ME, desk.session, medium, form, "x")  # type: ignore[arg-type]
        copy = desk.store.working(ME, piece.id)
        with pytest.raises(NotFound):
            desk.room.open(ME, piece.id)
        with pytest.raises(NotFound):
            desk.room.edit(ME, copy.id, 1, [{"scene": "s1", "at": 0, "text": "x"}])
    assert len(desk.room.manuscripts(ME, desk.session)) == 1


def test_a_duplicate_goes_its_own_way(desk: Desk) -> None:
    desk.type("Shared. ")
    copy = desk.store.duplicate_session(ME, desk.session)
    [twin] = desk.room.manuscripts(ME, copy.id)
    state = desk.room.open(ME, twin["id"])
    desk.room.edit(ME, state["working"], state["version"], [{"scene": "s1", "at": 8, "text": "Twin."}])
    assert desk.room.open(ME, twin["id"])["manuscript"]["chapters"][0]["scenes"][0]["text"] == "Shared. Twin."
    assert desk.scene()["text"] == "Shared. "
    assert [one["total"] for one in desk.looking.replay(ME, state["working"])["steps"]] == [2]


# ------------------------------------------------------------------------------------------------- looking at all of it


def test_places_are_found_and_replaced(desk: Desk) -> None:
    from studio.writing.manuscript.find import Query

    desk.type("The door. The Door. A doorway.")
    found = desk.looking.find(ME, desk.working, Query(text="door", whole_words=True), "gate")
    assert [(one["start"], one["to"]) for one in found["found"]] == [(4, "gate"), (14, "gate")]
    answer = desk.changing.replace(ME, desk.working, desk.version, Query(text="door", whole_words=True), "gate", {1})
    assert answer["replaced"] == 1
    assert desk.scene()["text"] == "The door. The gate. A doorway."
    desk.edit(*answer["undo"])
    assert desk.scene()["text"] == "The door. The Door. A doorway."
    assert desk.changing.replace(ME, desk.working, desk.version, Query(text="nowhere"), "x", None)["replaced"] == 0


def test_who_wrote_it_is_told(desk: Desk) -> None:
    [offer] = desk.offered("The gauge lied again today.")
    desk.type("Mara read it twice. ")
    desk.take(offer, "The gauge lied again today.", 20)
    about = desk.looking.about(ME, desk.working, "kdp")
    assert about["by_offer"][0]["offer"] == offer
    assert about["models"] == {"Writer mini": 5}
    assert about["words"]["count"]["human"] == 4
    assert sum(about["shares"]["percent"].values()) == 100
    assert "AI-generated text: yes" in about["statement"]
    with pytest.raises(Refused):
        desk.looking.about(ME, desk.working, "poem")


def test_drafts_and_copies_are_compared(desk: Desk) -> None:
    desk.type("The old door.")
    first = desk.room.keep(ME, desk.working)["draft"]
    desk.edit({"scene": "s1", "at": 4, "gone": 3, "text": "new"}, {"what": "add-scene", "id": "s2", "to": "c1"})
    shown = desk.looking.compare(ME, desk.working, first)["scenes"]
    assert [(one["id"], one["state"]) for one in shown] == [("s1", "changed"), ("s2", "new")]
    changes = [(one["old"], one["new"]) for one in shown[0]["hunks"] if not one["same"]]
    assert changes == [("old", "new")]
    assert [one["id"] for one in desk.looking.drafts(ME, desk.state["piece"])["drafts"]] == [first]
    other = desk.room.create(ME, desk.session)
    with pytest.raises(NotFound):
        desk.looking.compare(ME, other["working"], first)
    with pytest.raises(NotFound):
        desk.looking.compare(ME, desk.working, "", other["working"])


def test_a_file_is_brought_in_where_nothing_is_yet(desk: Desk) -> None:
    state = desk.changing.bring(ME, desk.session, b"# The Gauge\n\n## One\n\nMara read.\n", "gauge.md", desk.working)
    assert state["working"] == desk.working
    assert "Mara read." in json.dumps(state["manuscript"])
    second = desk.changing.bring(ME, desk.session, b"Another text.\n", "b.txt", desk.working, "pasted")
    assert second["piece"] != state["piece"]
    assert second["shares"]["percent"]["pasted"] == 100
    with pytest.raises(Refused):
        desk.changing.bring(ME, desk.session, b"%PDF-1.7", "b.pdf", None)


def test_a_style_card_is_made_of_what_the_person_typed(desk: Desk) -> None:
    with pytest.raises(Refused, match="too little"):
        desk.changing.style(ME, desk.working, {})
    desk.type("She walked to the door; it was cold. “Come in,” he said, and she did. The room was small and warm. " * 6)
    state = desk.changing.style(ME, desk.working, {})
    assert state["manuscript"]["bible"]["style"]["lines"]


def test_counts_are_told(desk: Desk) -> None:
    desk.type("The gauge lied. “Never,” said Mara.")
    desk.room.put(ME, desk.working, desk.version, "goal", 10)
    found = desk.looking.counts(ME, desk.working)
    assert (found["counts"]["words"], found["goals"][0]["share"]) == (6, 0.6)
    assert found["readings"][0]["scene"] == "s1"


# ------------------------------------------------------------------------------------------------------- what lies deep


def test_a_body_in_the_store_that_is_no_manuscript_is_shown_as_text(desk: Desk) -> None:
    thing = Thing(name="body", media_type=MANUSCRIPT_TYPE, body=b'{"chapters": 3}')
    draft = desk.store.keep(ME, desk.state["piece"], [thing])
    state = desk.room.back(ME, desk.working, draft.id)
    assert state["manuscript"]["chapters"][0]["scenes"][0]["text"] == '{"chapters": 3}'


def test_pages_at_the_same_instant_lose_nothing(desk: Desk) -> None:
    desk.type("Start. ")
    version, ready = desk.version, threading.Barrier(5)
    answers: list[dict[str, Any]] = []

    def write(i: int) -> None:
        ready.wait()
        answers.append(desk.edit({"scene": "s1", "at": 7, "text": f"Page {i}."}, version=version))

    threads = [threading.Thread(target=write, args=(i,)) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(one["branched"] for one in answers) == [False, True, True, True, True]
    copies = [desk.room.open(ME, desk.state["piece"], one["id"]) for one in desk.open()["copies"]]
    texts = {copy["manuscript"]["chapters"][0]["scenes"][0]["text"] for copy in copies}
    assert texts == {f"Start. Page {i}." for i in range(5)}
    for copy in copies[1:]:
        desk.changing.merge(ME, copies[0]["working"], copy["working"])
    assert all(f"Page {i}." in desk.scene()["text"] for i in range(5))
    assert desk.scene()["text"].count("Start. ") == 1


def test_the_making_is_in_a_backup(desk: Desk, tmp_path: Path) -> None:
    desk.type("Mara read. ")
    desk.edit({"scene": "s1", "at": 0, "gone": 5})
    before = desk.looking.replay(ME, desk.working)
    backup(desk.store, tmp_path / "b.zip")
    other = tmp_path / "other"
    store = open_store(f"sqlite:///{other}/t.db", str(other / "blobs"), other)
    restore(store, tmp_path / "b.zip")
    room = Room(store)
    assert Looking(room, {}).replay(ME, desk.working) == before
    answer = room.edit(ME, desk.working, desk.version, [{"scene": "s1", "at": 0, "text": "Mara ", "how": "pasted"}])
    assert answer["spans"]["s1"] == [[11, "human", None]]  # what was cut came along, too
    store.close()


def test_a_database_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/t.db"
    old = Database(make_engine(url))
    migrate(old, "0001")
    with old.write() as db:
        db.execute(sql("INSERT INTO sessions VALUES ('s', 'me', 'S', '2025-01-01', '2025-01-01', NULL)"))
        piece = "INSERT INTO pieces VALUES ('p', 'me', 's', 'text', 'manuscript', 'Old', '2025-01-01', '2025-01-01', NULL)"
        db.execute(sql(piece))
        db.execute(sql("INSERT INTO workings VALUES ('w', 'me', 'p', NULL, 4, 'Old words.', '', '2025-01-01', NULL)"))
    old.close()
    store = open_store(url, str(tmp_path / "blobs"), tmp_path)
    room = Room(store)
    state = room.open(ME, "p")
    assert state["manuscript"]["chapters"][0]["scenes"][0]["text"] == "Old words."
    room.edit(ME, "w", 4, [{"scene": "s1", "at": 10, "text": " New."}])
    assert [step["total"] for step in Looking(room, {}).replay(ME, "w")["steps"]] == [3]
    assert check_store(store) == []
    store.close()


# ------------------------------------------------------------------------------------------ the person's other pieces


def test_other_manuscripts_are_read_again_when_they_change(desk: Desk) -> None:
    own = Own(desk.room)
    piece = desk.state["piece"]
    assert own.texts(ME, piece) == [], "its own words are no other piece's"
    other = desk.room.create(ME, desk.store.create_session(ME, "Another session").id, "Salt")
    assert own.texts(ME, piece) == [], "nothing is written there yet"

    def write(version: int, text: str) -> None:
        desk.room.edit(ME, other["working"], version, [{"scene": "s1", "at": 0, "text": text}])

    write(1, "The salt road was empty all that winter. ")
    [texts] = own.texts(ME, piece)
    assert own.texts(ME, piece)[0] is texts, "nothing has changed"
    near = near_own("They say the salt road was empty all that winter, and cold.", texts)
    assert (near["longest"], near["spans"][0]["title"]) == (8, "Salt")
    write(2, "A gull. ")
    assert own.texts(ME, piece)[0] is not texts
    assert own.texts(OTHER, piece) == [], "somebody else's pieces are none of ours"
