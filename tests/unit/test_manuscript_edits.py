"""Who wrote what through every edit a person can make; the rules one by one, then all of them at random."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.core.ledger import Ledger, Span
from studio.writing.manuscript.desk import How, Splice
from studio.writing.manuscript.edits import Applied, applied, apply
from studio.writing.manuscript.infer import infer
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from studio.writing.manuscript.sources import by_model
from studio.writing.manuscript.structure import Change
from tests.makings import made

BODY = "Mara opened the old door. Nothing moved in the hall. She went in, slowly."
OFFERS = {"o": BODY, "p": "It had been late that night, and dark."}
MINE = "It was late. "


def told(manuscript: Manuscript, scene: str = "s") -> list[tuple[str, str]]:
    """Each span as maker and text."""
    found = next(one for one in manuscript.scenes if one.id == scene)
    out, at = [], 0
    for span in found.ledger.spans:
        out.append((span.maker, found.text[at : at + span.length]))
        at += span.length
    return out


def book(text: str = "", ledger: Ledger | None = None) -> Manuscript:
    scenes = (Scene(id="s", text=text, ledger=ledger or by_hand(text)), Scene(id="t"))
    return Manuscript(chapters=(Chapter(id="c", scenes=scenes), Chapter(id="d")))


@pytest.fixture
def story() -> Manuscript:
    """The person's sentence, then three of a model."""
    return apply(book(MINE), [Splice(scene="s", at=len(MINE), text=BODY, how="accepted", offer="o")], OFFERS)


def where(manuscript: Manuscript, piece: str) -> dict[str, object]:
    return {"scene": "s", "at": manuscript.scenes[0].text.index(piece), "gone": len(piece)}


def test_what_was_accepted_is_the_models_and_what_was_typed_is_mine(story: Manuscript) -> None:
    assert told(story) == [("human", MINE), ("model", BODY)]


def test_a_word_typed_within_a_sentence_makes_that_sentence_edited_and_no_other(story: Manuscript) -> None:
    at = story.scenes[0].text.index("moved")
    assert told(apply(story, [Splice(scene="s", at=at, text="ever ")]))[1:] == [
        ("model", "Mara opened the old door. "),
        ("model-edited", "Nothing "),
        ("human", "ever "),
        ("model-edited", "moved in the hall."),
        ("model", " She went in, slowly."),
    ]


def test_a_word_cut_from_a_sentence_makes_what_is_left_edited(story: Manuscript) -> None:
    assert told(apply(story, [Splice(**where(story, "old "))]))[1:] == [
        ("model-edited", "Mara opened the door."),
        ("model", " Nothing moved in the hall. She went in, slowly."),
    ]


def test_a_cut_from_one_sentence_into_another_edits_both(story: Manuscript) -> None:
    assert told(apply(story, [Splice(**where(story, "old door. Nothing moved "))]))[1:] == [
        ("model-edited", "Mara opened the in the hall."),
        ("model", " She went in, slowly."),
    ]


@pytest.mark.parametrize(
    "piece", ["Nothing moved in the hall. ", " Nothing moved in the hall.", "Mara opened the old door. ", MINE]
)
def test_whole_sentences_that_go_leave_the_others_verbatim(story: Manuscript, piece: str) -> None:
    after = apply(story, [Splice(**where(story, piece))])
    assert {maker for maker, text in told(after)} <= {"human", "model"}
    assert all(text in BODY for maker, text in told(after) if maker == "model")


@pytest.mark.parametrize("piece", ["Mara", "Nothing", "She"])
def test_what_is_typed_between_sentences_or_before_the_first_leaves_them_verbatim(story: Manuscript, piece: str) -> None:
    at = story.scenes[0].text.index(piece)
    after = apply(story, [Splice(scene="s", at=at, text="But wait. ")])
    assert "model-edited" not in dict(told(after))
    assert "".join(text for maker, text in told(after) if maker == "model") == BODY


def test_words_behind_the_last_one_leave_it_verbatim(story: Manuscript) -> None:
    after = apply(story, [Splice(scene="s", at=len(story.scenes[0].text), text=" And then")])
    assert told(after)[1:] == [("model", BODY), ("human", " And then")]


def test_undo_brings_back_the_very_same_spans(story: Manuscript) -> None:
    for edit in (
        Splice(**where(story, "old ")),
        Splice(**where(story, "Nothing moved in the hall. ")),
        Splice(**where(story, "late. Mara")),
        Splice(scene="s", at=20, text="x"),
        Splice(scene="s", at=0, gone=len(story.scenes[0].text)),
    ):
        done = applied(story, [edit], OFFERS)
        assert done.manuscript != story
        back = applied(done.manuscript, done.undo, OFFERS)
        assert back.manuscript == story
        assert apply(back.manuscript, back.undo, OFFERS) == done.manuscript, "and redo"


def test_half_an_offer_is_still_verbatim() -> None:
    after = apply(book(), [Splice(scene="s", at=0, text="Nothing moved in", how="accepted", offer="o")], OFFERS)
    assert told(after) == [("model", "Nothing moved in")]


def test_what_a_person_changes_before_accepting_is_theirs_as_if_changed_afterwards(story: Manuscript) -> None:
    changed = BODY.replace("old ", "").replace("slowly", "smiling")
    after = apply(book(), [Splice(scene="s", at=0, text=changed + " Then?", how="accepted", offer="o")], OFFERS)
    assert told(after) == [
        ("model-edited", "Mara opened the door."),
        ("model", " Nothing moved in the hall. "),
        ("model-edited", "She went in, "),
        ("human", "smiling"),
        ("model-edited", "."),
        ("human", " Then?"),
    ]


def test_an_offer_nobody_knows_is_never_called_verbatim() -> None:
    after = apply(book(), [Splice(scene="s", at=0, text="Some words.", how="accepted", offer="lost")], OFFERS)
    assert told(after) == [("model-edited", "Some words.")]


def test_a_rewrite_keeps_the_makers_of_kept_words_and_rewords_the_persons() -> None:
    text = OFFERS["p"]
    mine = "It was late that night, and cold."
    after = apply(book(mine), [Splice(scene="s", at=0, gone=len(mine), text=text, how="rewritten", offer="p")], OFFERS)
    assert told(after) == [
        ("human", "It "),
        ("human-rewritten", "had been"),
        ("human", " late that night, and "),
        ("human-rewritten", "dark"),
        ("human", "."),
    ]


def test_hunks_of_a_rewrite_that_the_person_changed_are_theirs() -> None:
    mine = "It was late that night, and cold."
    text = "It had been late that night, and splendid."
    after = apply(book(mine), [Splice(scene="s", at=0, gone=len(mine), text=text, how="rewritten", offer="p")], OFFERS)
    assert ("human-rewritten", "had been") in told(after)
    assert "splendid" in "".join(text for maker, text in told(after) if maker == "human")


def test_a_rewrite_of_a_models_words_is_the_models(story: Manuscript) -> None:
    edit = Splice(**where(story, "old"), text="ancient", how="rewritten", offer="q")
    assert ("model", "ancient") in told(apply(story, [edit], {**OFFERS, "q": "Mara opened the ancient door."}))


def test_much_new_text_in_a_rewrite_is_the_models_own() -> None:
    body = "It was late. The lamps along the harbour wall had gone out one by one since midnight, and nobody had lit them."
    after = apply(book("It was late."), [Splice(scene="s", at=0, gone=12, text=body, how="rewritten", offer="q")], {"q": body})
    assert told(after) == [("human", "It was late."), ("model", body[12:])]


class TestPasting:
    @pytest.mark.parametrize("how", ["typed", "pasted", "moved"])
    def test_into_a_sentence_it_edits_that_sentence(self, story: Manuscript, how: How) -> None:
        at = story.scenes[0].text.index("moved")
        after = apply(story, [Splice(scene="s", at=at, text="(mine) ", how=how)])
        assert [maker for maker, text in told(after) if "Nothing" in text or "moved in" in text] == ["model-edited"] * 2

    @pytest.mark.parametrize("how", ["accepted", "rewritten"])
    def test_what_a_model_puts_in_is_no_edit_by_a_person(self, story: Manuscript, how: How) -> None:
        at = story.scenes[0].text.index("moved")
        after = apply(story, [Splice(scene="s", at=at, text="It had been ", how=how, offer="p")], OFFERS)
        assert {maker for maker, _ in told(after)} == {"human", "model"}

    def test_a_copy_keeps_its_makers(self, story: Manuscript) -> None:
        after = apply(story, [Splice(scene="t", at=0, text="late. Mara opened", how="pasted")], OFFERS)
        assert told(after, "t") == [("human", "late. "), ("model", "Mara opened")]

    def test_what_was_cut_comes_back_with_its_makers_however_short(self, story: Manuscript) -> None:
        edits = [Splice(**where(story, "Mara")), Splice(scene="t", at=0, text="Mara", how="pasted")]
        assert told(apply(story, edits, OFFERS), "t") == [("model", "Mara")]

    def test_also_when_the_cut_was_saved_before(self, story: Manuscript) -> None:
        first = applied(story, [Splice(**where(story, BODY))], OFFERS)
        later = applied(first.manuscript, [Splice(scene="t", at=0, text=BODY[6:40], how="pasted")], {}, first.cuts)
        assert told(later.manuscript, "t") == [("model", BODY[6:40])]

    def test_a_short_word_that_also_stands_there_is_only_pasted(self, story: Manuscript) -> None:
        assert told(apply(story, [Splice(scene="t", at=0, text="old door", how="pasted")]), "t") == [("pasted", "old door")]

    def test_foreign_text_is_pasted_and_known_lines_of_it_are_not(self, story: Manuscript) -> None:
        text = f"A line from elsewhere.\n  {BODY}\nAnother line."
        assert told(apply(story, [Splice(scene="t", at=0, text=text, how="pasted")]), "t") == [
            ("pasted", "A line from elsewhere.\n  "),
            ("model", BODY),
            ("pasted", "\nAnother line."),
        ]

    def test_an_offer_that_comes_by_the_clipboard_is_the_models(self) -> None:
        after = apply(book(), [Splice(scene="s", at=0, text=BODY[:30], how="pasted")], OFFERS)
        assert told(after) == [("model", BODY[:30])]

    def test_of_two_equal_texts_the_models_is_taken(self, story: Manuscript) -> None:
        typed = apply(story, [Splice(scene="t", at=0, text=BODY)])
        after = apply(typed, [Splice(scene="t", at=0, text=BODY[:30], how="pasted")])
        assert told(after, "t")[0] == ("model", BODY[:30])

    def test_many_lines_are_found_too(self) -> None:
        lines = [f"This is line number {i}, long enough." for i in range(300)]
        text = "\n".join(lines)
        known = book(text, by_model(text, "o"))
        shuffled = "\n".join(lines[::-1])
        after = apply(known, [Splice(scene="t", at=0, text=shuffled, how="pasted")])
        assert sum(len(text) for maker, text in told(after, "t") if maker == "model") == len(text) - 299


def test_words_that_are_said_to_be_verbatim_and_are_not_become_edited(story: Manuscript) -> None:
    false = Splice(scene="t", at=0, text="Never said.", how="moved", spans=(Span(length=11, maker="model", offer="o"),))
    assert told(apply(story, [false], OFFERS), "t") == [("model-edited", "Never said.")]


def test_impossible_edits_are_refused(story: Manuscript) -> None:
    for edit in (
        Splice(scene="s", at=5000),
        Splice(scene="s", at=0, gone=5000),
        Splice(scene="nowhere", at=0),
        Change(what="delete", id="nowhere"),
        Change(what="split-scene", id="s", at=5000, new="u"),
        Change(what="add-scene", id="s", to="c"),
        Change(what="join-scenes", id="t"),
        Change(what="join-chapters", id="d"),
    ):
        with pytest.raises(Refused):
            apply(story, [edit])
    with pytest.raises(ValueError):
        Splice(scene="s", at=0, text="abc", spans=(Span(length=2, maker="human"),))


class TestStructure:
    def undone(self, story: Manuscript, *changes: Change) -> Applied:
        done = applied(story, changes)
        assert apply(done.manuscript, done.undo) == story
        return done

    def ids(self, manuscript: Manuscript) -> list[list[str]]:
        return [[chapter.id, *(scene.id for scene in chapter.scenes)] for chapter in manuscript.chapters]

    def test_a_scene_that_is_split_and_joined_keeps_its_ledger(self, story: Manuscript) -> None:
        at = story.scenes[0].text.index("Nothing")
        split = self.undone(story, Change(what="split-scene", id="s", at=at, new="u", title="Second")).manuscript
        assert self.ids(split) == [["c", "s", "u", "t"], ["d"]]
        assert told(split, "u") == [("model", BODY[26:])]
        joined = self.undone(split, Change(what="join-scenes", id="s")).manuscript
        assert told(joined) == [("human", MINE), ("model", BODY[:26]), ("human", "\n\n"), ("model", BODY[26:])]

    @pytest.mark.parametrize(
        ("change", "order"),
        [
            (Change(what="move-scene", id="s", to="d"), [["c", "t"], ["d", "s"]]),
            (Change(what="move-scene", id="t", to="c", at=0), [["c", "t", "s"], ["d"]]),
            (Change(what="move-chapter", id="d", at=0), [["d"], ["c", "s", "t"]]),
            (Change(what="add-chapter", id="e", at=1), [["c", "s", "t"], ["e"], ["d"]]),
            (Change(what="add-scene", id="u", to="d"), [["c", "s", "t"], ["d", "u"]]),
            (Change(what="split-chapter", id="t", new="e"), [["c", "s"], ["e", "t"], ["d"]]),
            (Change(what="join-chapters", id="c"), [["c", "s", "t"]]),
            (Change(what="delete", id="c"), [["d"]]),
            (Change(what="delete", id="t"), [["c", "s"], ["d"]]),
        ],
    )
    def test_the_order_changes_and_comes_back(self, story: Manuscript, change: Change, order: list[list[str]]) -> None:
        assert self.ids(self.undone(story, change).manuscript) == order

    def test_names_change(self, story: Manuscript) -> None:
        done = self.undone(
            story, Change(what="rename", id="c", title="One"), Change(what="rename", id="t", title="Two")
        ).manuscript
        assert (done.chapters[0].title, done.scenes[1].title) == ("One", "Two")

    def test_edits_before_and_after_go_with_their_scene(self, story: Manuscript) -> None:
        done = applied(
            story,
            [
                Splice(scene="s", at=0, gone=len(MINE)),
                Change(what="move-scene", id="s", to="d"),
                Splice(scene="s", at=0, text="Now. "),
            ],
        )
        assert told(done.manuscript) == [("human", "Now. "), ("model", BODY)]
        assert apply(done.manuscript, done.undo) == story


class TestInfer:
    def test_what_stayed_keeps_its_makers(self, story: Manuscript) -> None:
        scene = story.scenes[0]
        new = scene.text.replace("late", "early").replace("old ", "very old ")
        ledger = infer(scene.text, scene.ledger, new)
        assert told(book(new, ledger)) == [
            ("human", "It was early. "),
            ("model-edited", "Mara opened the"),
            ("human", " very"),
            ("model-edited", " old door."),
            ("model", " Nothing moved in the hall. She went in, slowly."),
        ]

    def test_a_paragraph_that_moved_takes_its_makers_along(self) -> None:
        paragraphs = [BODY, "I wrote this paragraph.", "And I wrote this one too."]
        text = "\n\n".join(paragraphs)
        old = Ledger(spans=(Span(length=len(BODY), maker="model", offer="o"), Span(length=len(text) - len(BODY), maker="human")))
        new = "\n\n".join([paragraphs[1], paragraphs[2], paragraphs[0]])
        assert told(book(new, infer(text, old, new, "pasted")))[-1] == ("model", BODY)

    @given(st.text("ab. \n😀", max_size=40), st.text("ab. \n😀", max_size=40))
    @settings(max_examples=100, deadline=None)
    def test_any_two_texts(self, old: str, new: str) -> None:
        assert len(infer(old, by_model(old, "o"), new)) == len(new)


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_random_makings_keep_every_word_with_its_maker(seed: int) -> None:
    made(seed, 25)
