"""Two drafts become one: nobody's words are lost, every word keeps its maker, and where both changed a place it is told."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing.context.bible import Entry
from studio.writing.manuscript.compare import compare
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import Edit, apply
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from studio.writing.manuscript.merging import merge
from studio.writing.manuscript.structure import Change
from studio.writing.manuscript.threeway import Draft, merge_text

BODY = "Mara opened the old door. Nothing moved in the hall. She went in, slowly."
OFFERS = {"o": BODY, "p": "It was bitterly cold there."}


def base() -> Manuscript:
    scenes = (Scene(id="s"), Scene(id="t", text="The end of it.", ledger=by_hand("The end of it.")))
    empty = Manuscript(chapters=(Chapter(id="c", title="One", scenes=scenes), Chapter(id="d", title="Two")))
    return apply(empty, [Splice(scene="s", at=0, text=BODY, how="accepted", offer="o")], OFFERS)


def at(piece: str, text: str = BODY) -> dict[str, int]:
    return {"at": text.index(piece), "gone": len(piece)}


def spans(manuscript: Manuscript, scene: str = "s") -> list[tuple[str, str]]:
    found = next(one for one in manuscript.scenes if one.id == scene)
    out, place = [], 0
    for span in found.ledger.spans:
        out.append((span.maker, found.text[place : place + span.length]))
        place += span.length
    return out


def merged(mine: list[Edit], theirs: list[Edit]) -> tuple[Manuscript, list[str]]:
    start = base()
    found = merge(start, apply(start, mine, OFFERS), apply(start, theirs, OFFERS))
    return found.manuscript, [conflict.what for conflict in found.conflicts]


def order(manuscript: Manuscript) -> list[list[str]]:
    return [[chapter.id, *(scene.id for scene in chapter.scenes)] for chapter in manuscript.chapters]


def test_changes_of_different_places_are_both_taken() -> None:
    cold = Splice(scene="s", at=len(BODY), text=" It was bitterly cold there.", how="accepted", offer="p")
    cut = Splice(scene="s", **at("old "), text="")
    for mine, theirs in ((cut, cold), (cold, cut)):
        found, told = merged([mine], [theirs])
        assert not told
        assert spans(found) == [
            ("model-edited", "Mara opened the door."),
            ("model", " Nothing moved in the hall. She went in, slowly."),
            ("human", " "),
            ("model", "It was bitterly cold there."),
        ]


def test_two_texts_for_one_place_are_both_kept_and_told() -> None:
    start = base()
    mine = apply(start, [Splice(scene="s", **at("slowly"), text="laughing")])
    theirs = apply(start, [Splice(scene="s", **at("slowly"), text="weeping")])
    found = merge(start, mine, theirs)
    (conflict,) = found.conflicts
    text = found.manuscript.scenes[0].text
    assert text.endswith("She went in, laughing weeping.")
    assert (conflict.id, conflict.what) == ("s", "text")
    assert text[conflict.at : conflict.at + conflict.mine] == "laughing"
    assert text[conflict.at + conflict.mine :][: conflict.theirs] == " weeping"


def test_the_same_change_on_both_sides_is_made_once_and_told_as_the_models_where_it_is() -> None:
    mine = Splice(scene="t", at=0, text="It was bitterly cold there. ")
    theirs = Splice(scene="t", at=0, text="It was bitterly cold there. ", how="accepted", offer="p")
    for one, other in ((mine, theirs), (theirs, mine)):
        found, told = merged([one], [other])
        assert not told
        assert spans(found, "t")[0] == ("model", "It was bitterly cold there.")


def test_a_sentence_that_only_one_side_edited_is_edited_although_it_reads_the_same() -> None:
    """Somebody took a word out and typed it again: the letters are those of the base, their makers are not."""
    cut = Splice(scene="s", **at("old "))
    again = [cut, Splice(scene="s", at=cut.at, text="old ")]
    other = Splice(scene="s", at=len(BODY), text=" Later.")
    for mine, theirs in ((again, [other]), ([other], again)):
        found, told = merged(mine, theirs)
        assert not told
        assert spans(found) == [
            ("model-edited", "Mara opened the "),
            ("human", "old "),
            ("model-edited", "door."),
            ("model", " Nothing moved in the hall. She went in, slowly."),
            ("human", " Later."),
        ]


def test_a_merge_with_nothing_is_the_other_draft_exactly() -> None:
    start = base()
    mine = apply(start, [Splice(scene="s", **at("Nothing moved in the hall. "))], OFFERS)
    assert merge(start, mine, start) == (mine, ())
    assert merge(start, start, mine) == (mine, ())
    assert merge(start, mine, mine) == (mine, ())


class TestScenes:
    def test_new_scenes_of_both_stand_where_they_stood(self) -> None:
        found, told = merged(
            [Change(what="add-scene", id="m", to="c", at=1)],
            [Change(what="add-scene", id="n", to="d"), Splice(scene="n", at=0, text="New.")],
        )
        assert order(found) == [["c", "s", "m", "t"], ["d", "n"]]
        assert not told

    def test_a_deleted_scene_stays_away(self) -> None:
        found, told = merged([Change(what="delete", id="t")], [Splice(scene="s", at=0, text="Now. ")])
        assert order(found) == [["c", "s"], ["d"]]
        assert not told

    def test_a_deleted_scene_the_other_went_on_with_is_kept_and_told(self) -> None:
        on = [Splice(scene="t", at=0, text="Not yet. ")]
        for mine, theirs in (([Change(what="delete", id="t")], on), (on, [Change(what="delete", id="t")])):
            found, told = merged(mine, theirs)
            assert order(found) == [["c", "s", "t"], ["d"]]
            assert told == ["deleted"]

    def test_so_is_one_in_a_chapter_that_went(self) -> None:
        found, told = merged([Change(what="delete", id="c")], [Splice(scene="t", at=0, text="Not yet. ")])
        assert [row for row in order(found) if len(row) > 1] == [["c", "t"]]
        assert told == ["deleted"]

    def test_moves_of_one_side_are_made_and_text_of_the_other_comes_along(self) -> None:
        found, told = merged([Change(what="move-scene", id="s", to="d")], [Splice(scene="s", at=0, text="Now. ")])
        assert order(found) == [["c", "t"], ["d", "s"]]
        assert spans(found)[0] == ("human", "Now. ")
        assert not told

    def test_moves_of_both_are_told(self) -> None:
        found, told = merged([Change(what="move-scene", id="s", to="d")], [Change(what="move-scene", id="t", to="d")])
        assert order(found) == [["c", "t"], ["d", "s"]]
        assert told == ["order"]

    def test_a_scene_split_by_one_and_written_in_by_the_other_is_told_once(self) -> None:
        split = [Change(what="split-scene", id="s", at=BODY.index("Nothing"), new="u")]
        for piece, scene in (("old", "s"), ("hall", "u")):
            edit = [Splice(scene="s", **at(piece), text="grey")]
            for mine, theirs in ((split, edit), (edit, split)):
                found, told = merged(mine, theirs)
                assert order(found) == [["c", "s", "u", "t"], ["d"]]
                assert not told
                assert "".join(one.text for one in found.scenes[:2]) == BODY.replace(piece, "grey")
                assert ("human", "grey") in spans(found, scene)


def test_titles_bible_and_lists() -> None:
    start = base()
    one, other = Entry(id="mara", name="Mara"), Entry(id="hall", kind="place", name="The hall")
    start = start.changed(bible=start.bible.changed(entries=(one, other)), bans=("suddenly", "very"))
    mine = start.changed(
        title="The Door", bible=start.bible.changed(entries=(one.changed(text="A thief."), other)), bans=("very",)
    )
    theirs = start.changed(
        title="The Hall", author="A. B.", bible=start.bible.changed(entries=(one,)), bans=("suddenly", "very", "orb")
    )
    found = merge(start, mine, theirs)
    assert (found.manuscript.title, found.manuscript.author) == ("The Door", "A. B.")
    assert [(entry.id, entry.text) for entry in found.manuscript.bible.entries] == [("mara", "A thief.")]
    assert found.manuscript.bans == ("very", "orb")
    assert [(conflict.what, conflict.id) for conflict in found.conflicts] == [("title", "")]


WORDS = st.lists(st.sampled_from(("one ", "two ", "three ", "four. ", "five\n")), max_size=14)


@given(WORDS, WORDS, WORDS)
@settings(max_examples=200, deadline=None)
def test_any_three_texts(old: list[str], mine: list[str], theirs: list[str]) -> None:
    drafts = [Draft(text, by_hand(text).spans) for text in map("".join, (old, mine, theirs))]
    text, made, told = merge_text(*drafts)
    assert sum(span.length for span in made) == len(text)
    for place, one, two in told:
        assert text[place : place + one] in drafts[1].text
        assert text[place + one : place + one + two].strip() in drafts[2].text
    if not told:
        assert merge_text(drafts[0], drafts[2], drafts[1])[0] == text, "which draft is mine makes no difference"


def test_words_that_one_side_put_in_or_took_out_are_so_in_the_merged_text() -> None:
    """Words that stand once tell what became of each."""
    for seed in range(60):
        chance = random.Random(seed)
        old = [f"old{i}" for i in range(40)]
        sides = []
        for name in ("mine", "theirs"):
            out, gone = [], set()
            for i, word in enumerate(old):
                if chance.random() < 0.1:
                    gone.add(word)
                else:
                    out.append(word)
                if chance.random() < 0.1:
                    out.append(f"{name}{i}")
            sides.append((out, gone))
        (mine, lost), (theirs, missed) = sides
        drafts = [Draft(text, by_hand(text).spans) for text in (" ".join(row) for row in (old, mine, theirs))]
        text, _, told = merge_text(*drafts)
        found = set(text.split())
        assert {word for word in (*mine, *theirs) if not word.startswith("old")} <= found
        assert set(old) - lost - missed <= found
        if not told:
            assert not (lost | missed) & found


def test_two_drafts_are_compared_scene_by_scene() -> None:
    start = base()
    new = apply(
        start,
        [
            Splice(scene="s", **at("old"), text="red"),
            Change(what="move-scene", id="t", to="d"),
            Change(what="add-scene", id="u", to="d", title="More"),
            Splice(scene="u", at=0, text="Two words."),
        ],
    )
    rows = {one.scene: one for one in compare(start, new)}
    assert [(one.scene, one.what, one.moved, one.added, one.removed) for one in rows.values()] == [
        ("s", "changed", False, 1, 1),
        ("t", "same", True, 0, 0),
        ("u", "new", False, 2, 0),
    ]
    assert [(hunk.old, hunk.new) for hunk in rows["s"].hunks if not hunk.same] == [("old", "red")]
    assert [one.what for one in compare(new, start)] == ["changed", "same", "gone"]
