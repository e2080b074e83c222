"""Who made which bar is found by looking at the notes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.music import changes
from studio.music.sheet import BarLock, Sheet, blames_of, comped, ledger_of, new_sheet
from studio.music.tune import Tune, Voice, moved
from tests.tunes import jig, line, seeded, tunes

QUICK = settings(max_examples=60, deadline=None)


def makers(sheet: Sheet) -> str:
    return "".join({"human": "h", "model": "m", "model-edited": "e", "pasted": "p"}[maker] for maker, _ in blames_of(sheet.bars))


def with_bar(tune: Tune, bar: int, pitch: int) -> Tune:
    """One bar's first note moved."""
    start = tune.starts[bar]
    return tune.with_melody(n.changed(pitch=pitch) if n.start == start else n for n in tune.melody.notes)


def test_the_hand_and_the_model_are_told_apart() -> None:
    sheet = new_sheet(jig(), "human")
    assert makers(sheet) == "hhhhhhhhh"
    taken = sheet.changed_by_model(with_bar(with_bar(jig(), 2, 74), 3, 74), "offer-1")
    assert makers(taken) == "hhmmhhhhh"
    edited = taken.changed_by_person(with_bar(taken.tune, 3, 60))
    assert makers(edited) == "hhmehhhhh"
    assert blames_of(edited.bars)[3] == ("model-edited", "offer-1")
    assert makers(edited.changed_by_person(with_bar(edited.tune, 5, 60))) == "hhmehhhhh"


def test_bars_taken_out_or_added_do_not_move_the_blame() -> None:
    sheet = new_sheet(jig(), "human").changed_by_model(with_bar(with_bar(jig(), 2, 74), 6, 73), "o")
    assert makers(sheet) == "hhmhhhmhh"
    shorter = sheet.changed_by_person(changes.without_bars(sheet.tune, [4]))
    assert makers(shorter) == "hhmhhmhh"
    longer = shorter.changed_by_person(changes.with_bars(shorter.tune, 2))
    assert makers(longer)[:7] == "hhmhhmh"
    assert len(longer.bars) == 10


def test_tracks_have_makers_too() -> None:
    bass = Voice(name="Bass", role="bass", instrument="bass", notes=line("38:3/4"))
    sheet = new_sheet(jig(), "human").changed_by_model(jig().with_voice(bass), "o")
    assert [(t.name, t.maker, t.offer) for t in sheet.tracks] == [("Bass", "model", "o")]
    assert makers(sheet) == "hhhhhhhhh"
    drawn = sheet.changed_by_person(sheet.tune.with_voice(bass.changed(notes=line("40:3/4"))))
    assert [(t.name, t.maker) for t in drawn.tracks] == [("Bass", "human")]


def test_bars_of_several_takes_in_one_tune() -> None:
    base, one, two = new_sheet(jig(), "human"), moved(jig(), 12), moved(jig(), -12)
    mixed = comped(base, {"a": one, "b": two}, {1: "a", 2: "a", 5: "b"})
    assert [offer for _, offer in blames_of(mixed.bars)] == [None, "a", "a", None, None, "b", None, None, None]
    for i, tune in ((1, one), (2, one), (5, two), (3, jig()), (8, jig())):
        start, end = mixed.tune.starts[i], mixed.tune.starts[i + 1]
        inside = [(n.start, n.pitch) for n in mixed.tune.melody.notes if start <= n.start < end]
        assert inside == [(n.start, n.pitch) for n in tune.melody.notes if start <= n.start < end]


@given(tunes(), tunes(), st.booleans())
@QUICK
def test_a_ledger_always_covers_its_tune(before: Tune, after: Tune, model: bool) -> None:
    sheet = new_sheet(before, "pasted").changed(locks=(BarLock(bar=len(before.bars) - 1, what="all"),))
    now = sheet.changed_by_model(after, "o") if model else sheet.changed_by_person(after)
    assert len(now.bars) == len(after.bars)
    assert all(lock.bar < len(after.bars) for lock in now.locks)
    assert Sheet.loads(now.dumps()) == now


def test_ledgers_are_short() -> None:
    sheet = new_sheet(seeded(4), "human")
    assert len(sheet.bars.spans) == 1
    assert ledger_of(blames_of(sheet.bars)) == sheet.bars
