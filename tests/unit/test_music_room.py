"""The room over a real store: nothing is lost, offers are laid on the table, the page cannot say what it must not."""

import threading
from collections.abc import Iterator
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from studio.core.ask import Ask
from studio.core.errors import NotFound, Refused
from studio.core.event import Offer
from studio.core.recipe import Recipe
from studio.music.ask import RedoAsk, SketchAsk, VaryAsk
from studio.music.room import Room, as_text
from studio.music.sheet import Sheet
from studio.music.theory import Key, Meter
from studio.music.tune import Tune
from studio.sessions.store import open_store
from tests.bench.melody import engine

ME = "me"
DORIAN = SketchAsk(key=Key(tonic="D", mode="dorian"), meter=Meter(count=6, unit=8), bars=8, form="AB", n=3, seed=2)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    store = open_store(f"sqlite:///{tmp_path}/t.db", str(tmp_path / "blobs"), tmp_path)
    yield Room(store)
    store.close()


@pytest.fixture
def table(room: Room) -> dict[str, Any]:
    return room.create(ME, room.store.create_session(ME, "S").id)


def offered(room: Room, table: dict[str, Any], ask: Ask) -> list[str]:
    """What the workbench would do, without hosts."""
    job = room.store.start_job(ME, table["session"], table["piece"], "melody-mini", ask)
    ids = []
    for event in engine().run(ask, threading.Event()):
        if isinstance(event, Offer):
            recipe = Recipe(
                model="melody-mini", revision="1", runtime="melody", weights="w", ask=ask.model_dump(mode="json"),
                index=event.index, seed=event.seed,
            )  # fmt: skip
            ids.append(room.store.record_offer(ME, job.id, event, recipe).id)
    return ids


def drawn(state: dict[str, Any], *notes: list[int]) -> dict[str, Any]:
    roll = state["roll"]
    voices = [{**roll["voices"][0], "notes": list(notes)}, *roll["voices"][1:]]
    return {"title": roll["title"], "tempo": roll["tempo"], "voices": voices}


def test_an_empty_table_is_eight_bars_to_draw_in(table: dict[str, Any]) -> None:
    assert table["empty"]
    assert len(table["roll"]["bars"]) == 8
    assert table["takes"]["offers"] == []


def test_what_is_drawn_is_saved_and_a_second_tab_makes_a_branch(room: Room, table: dict[str, Any]) -> None:
    quarter = table["roll"]["ticks"] // 4
    saved = room.save(ME, table["working"], table["version"], drawn(table, [0, quarter, 62, 80]), [{"bar": 0, "what": "all"}])
    assert not saved["branched"]
    assert saved["bars"][0]["maker"] == "human"
    assert room.open(ME, table["piece"])["roll"]["voices"][0]["notes"] == [[0, quarter, 62, 80]]
    other = room.save(ME, table["working"], table["version"], drawn(table, [0, quarter, 64, 80]))
    assert other["branched"]
    assert [c["title"] for c in other["copies"]] == ["the first copy", "branch 2"]
    assert room.open(ME, table["piece"])["locks"] == [{"bar": 0, "what": "all"}]


def test_a_take_on_the_table_has_the_old_tune_as_its_parent(room: Room, table: dict[str, Any]) -> None:
    quarter = table["roll"]["ticks"] // 4
    saved = room.save(ME, table["working"], table["version"], drawn(table, [0, quarter, 62, 80]))
    ids = offered(room, table, DORIAN)
    state = room.take(ME, ids[1], saved["working"])
    assert {bar["offer"] for bar in state["bars"]} == {ids[1]}
    assert state["title"] == state["roll"]["title"] == "New tune"
    drafts = room.store.drafts(ME, table["piece"])
    assert [d.origin for d in drafts] == ["person", "model"]
    assert drafts[1].parents == (drafts[0].id,)
    assert drafts[1].recipe is not None
    takes = room.takes(ME, table["piece"])
    assert [take["chosen"] for take in takes["offers"]] == [None, "kept", None]
    back = room.back(ME, state["working"], drafts[0].id)
    assert back["roll"]["voices"][0]["notes"] == [[0, quarter, 62, 80]]


def test_a_mix_knows_its_takes(room: Room, table: dict[str, Any]) -> None:
    a, b, c = offered(room, table, DORIAN)
    state = room.comp(ME, table["working"], {**dict.fromkeys(range(4), a), **dict.fromkeys(range(4, 8), c)})
    assert [bar["offer"] for bar in state["bars"]] == [a] * 4 + [c] * 4
    draft = room.store.drafts(ME, table["piece"])[-1]
    assert (draft.origin, draft.summary) == ("mixed", "Bars from take 1 and take 3")
    assert [choice.kind for choice in room.store.choices(ME, a)] == ["mixed"]
    with pytest.raises(Refused, match="same bars"):
        room.comp(ME, table["working"], {99: b})


def test_an_old_offer_takes_only_its_bars(room: Room, table: dict[str, Any]) -> None:
    state = room.take(ME, offered(room, table, DORIAN)[0], table["working"])
    sheet = room.sheet(ME, state["working"])
    again = offered(room, table, RedoAsk(tune=sheet.tune, bars=(2,), n=1, seed=4))[0]
    first = state["roll"]["voices"][0]["notes"][0]
    edit = [[first[0], first[1], first[2] + 12, first[3]], *state["roll"]["voices"][0]["notes"][1:]]
    edited = room.save(ME, state["working"], state["version"], drawn(state, *edit))
    after = room.take(ME, again, edited["working"])
    assert after["roll"]["voices"][0]["notes"][0][2] == first[2] + 12  # the edit stays
    assert [i for i, bar in enumerate(after["bars"]) if bar["offer"] == again] == [2]
    assert after["bars"][0]["maker"] == "model-edited"
    assert room.takes(ME, table["piece"])["offers"][0]["unchanged"]["same"] == 7


def test_locks_reach_the_models(room: Room, table: dict[str, Any]) -> None:
    state = room.take(ME, offered(room, table, DORIAN)[0], table["working"])
    locks = [{"bar": 1, "what": "all"}, {"bar": 2, "what": "rhythm"}]
    state = room.save(ME, state["working"], state["version"], drawn(state, *state["roll"]["voices"][0]["notes"]), locks)
    wish = {"working": state["working"], "task": "redo", "fields": {"bars": [1, 2, 3], "n": 2}}
    ask, session, piece = room.ask(ME, wish)
    assert isinstance(ask, RedoAsk)
    assert (ask.bars, session, piece) == ((2, 3), table["session"], table["piece"])
    assert [(lock.bar, lock.what) for lock in ask.locks] == [(2, "rhythm")]
    vary, *_ = room.ask(ME, {**wish, "task": "vary", "fields": {"strength": 1.0}})
    assert isinstance(vary, VaryAsk)
    assert vary.keep == (1,)
    with pytest.raises(Refused, match="locked"):
        room.ask(ME, {**wish, "fields": {"bars": [1]}})


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"task": "redo", "fields": {"bars": [0]}}, "no tune here yet"),
        ({"task": "steal", "fields": {}}, "nothing here that does this"),
        ({"task": "sketch", "fields": {"bars": "many"}}, "Bars"),
        ({"task": "sketch", "fields": {"form": "???"}}, "with the letters A to F"),
        ({"task": "sketch", "fields": {"bars": 0}}, "Bars should be greater than or equal to 1. Change it"),
        ({"task": "sketch", "fields": {"medium": "text", "unheard": 1}}, "Unheard"),
        ({"task": "sketch", "fields": 7}, "nothing here"),
    ],
)
def test_asks_that_make_no_sense_are_refused(room: Room, table: dict[str, Any], wish: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        room.ask(ME, {**wish, "working": table["working"]})


def test_the_tune_of_an_ask_comes_from_the_store_never_from_the_page(room: Room, table: dict[str, Any]) -> None:
    state = room.take(ME, offered(room, table, DORIAN)[0], table["working"])
    forged = Tune.loads(Sheet.loads(room.store.copy(ME, state["working"]).text).tune.dumps()).changed(title="forged")
    ask, *_ = room.ask(ME, {"working": state["working"], "task": "continue", "fields": {"tune": forged.model_dump(mode="json")}})
    assert ask.tune.title == "New tune"  # type: ignore[attr-defined]


def test_a_seed_is_used_and_a_missing_one_drawn(room: Room, table: dict[str, Any]) -> None:
    assert room.ask(ME, {"working": table["working"], "task": "sketch", "fields": {"seed": 7}})[0].seed == 7
    seeds = {room.ask(ME, {"working": table["working"], "task": "sketch", "fields": {}})[0].seed for _ in range(4)}
    assert len(seeds) == 4


def test_changes_go_through_every_voice_and_say_who(room: Room, table: dict[str, Any]) -> None:
    state = room.take(ME, offered(room, table, DORIAN)[0], table["working"])
    up = room.change(ME, state["working"], state["version"], "transpose", 5)
    assert up["roll"]["key"]["tonic"] == "G"
    assert {bar["maker"] for bar in up["bars"]} == {"model-edited"}
    assert room.change(ME, up["working"], up["version"], "tempo", "90")["roll"]["tempo"] == 90
    for what, value in (("transpose", "far"), ("mode", "jolly"), ("tempo", "fast"), ("sing", 1), ("meter", "4/5")):
        with pytest.raises(Refused):
            room.change(ME, up["working"], 1, what, value)


def test_a_file_lands_on_an_empty_table_and_else_beside(room: Room, table: dict[str, Any]) -> None:
    abc = b"X:1\nT:From a file\nM:4/4\nL:1/4\nK:G\nGABc|d2B2|\n"
    first = room.bring(ME, table["session"], abc, "x.abc", table["working"])
    assert first["piece"] == table["piece"]
    assert {bar["maker"] for bar in first["bars"]} == {"pasted"}
    second = room.bring(ME, table["session"], abc, "x.abc", first["working"])
    assert second["piece"] != table["piece"]
    assert [tune["title"] for tune in room.tunes(ME, table["session"])] == ["From a file", "From a file"]
    with pytest.raises(Refused, match="Choose a MIDI, MusicXML or ABC file"):
        room.bring(ME, table["session"], b"\x89PNG....", "x.mid")


def test_taps_are_a_rhythm_with_locks(room: Room, table: dict[str, Any]) -> None:
    state = room.tap(ME, table["session"], [0, 0.5, 1.0, 1.25, 1.5], tempo=F(120), meter=Meter())
    assert len(state["roll"]["voices"][0]["notes"]) == 5
    assert {"bar": 0, "what": "rhythm"} in state["locks"]


def test_abc_can_be_typed(room: Room, table: dict[str, Any]) -> None:
    state = room.write(ME, table["working"], table["version"], "X:1\nM:3/4\nL:1/4\nK:Ador\nABc|d3|\n")
    assert (state["roll"]["key"]["name"], state["roll"]["meter"]) == ("A dorian", "3/4")
    with pytest.raises(Refused):
        room.write(ME, state["working"], state["version"], "no music at all")


def test_nobody_elses(room: Room, table: dict[str, Any]) -> None:
    offer = offered(room, table, DORIAN)[0]
    mine = room.create("you", room.store.create_session("you", "Y").id)
    for call in (
        lambda: room.open("you", table["piece"]), lambda: room.take("you", offer, mine["working"]),
        lambda: room.comp("you", mine["working"], {0: offer}), lambda: room.takes("you", table["piece"]),
        lambda: room.ask("you", {"working": table["working"], "task": "sketch"}), lambda: room.reject("you", offer),
        lambda: room.ask("you", {"working": mine["working"], "task": "blend", "fields": {"other": table["piece"]}}),
    ):  # fmt: skip
        with pytest.raises((NotFound, Refused)) as error:
            call()
        assert "New tune" not in str(error.value)
    with pytest.raises(NotFound, match="another tune"):
        room.take(ME, offer, room.create(ME, table["session"])["working"])


def test_a_draft_in_the_tree_is_read_as_abc(room: Room, table: dict[str, Any]) -> None:
    room.take(ME, offered(room, table, DORIAN)[0], table["working"])
    draft = room.store.drafts(ME, table["piece"])[-1]
    text = as_text(room.store.body(ME, draft.parts[0].sha256)[0])
    assert "K:Ddor" in text
    assert "M:6/8" in text
