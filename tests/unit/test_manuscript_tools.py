"""Replay, find and replace, and counts."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import Refused
from studio.core.ledger import Span
from studio.writing.likeness.runs import words_of
from studio.writing.manuscript.counts import counts, goals, overused, readings
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import applied, apply
from studio.writing.manuscript.find import Query, find, replace
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene, by_hand
from studio.writing.manuscript.phrases import repeated
from studio.writing.manuscript.reading import Reads, read, word_count
from studio.writing.manuscript.replay import Moment, Replay, Stroke, coalesced, pack, unpack
from studio.writing.manuscript.sources import by_model
from studio.writing.manuscript.structure import Change
from tests.makings import Making

BODY = "The door creaked. Nobody came. It was late."


def book(*texts: str) -> Manuscript:
    scenes = tuple(Scene(id=f"s{i}", text=text, ledger=by_hand(text)) for i, text in enumerate(texts))
    return Manuscript(chapters=(Chapter(id="c", scenes=scenes),))


class TestReplay:
    def rows(self) -> tuple[Manuscript, list[Stroke | Moment], list[Manuscript]]:
        start = book("", "")
        states = [start]
        rows: list[Stroke | Moment] = []
        for i in range(250):
            edit = Splice(scene="s0", at=min(len(states[-1].scenes[0].text), 7 * i % 90), text=f"word{i} ")
            rows.append(Stroke(time=1000 * i, who="me", edits=(edit,)))
            states.append(apply(states[-1], [edit]))
        return start, rows, states

    def test_every_state_can_be_seen_again(self) -> None:
        start, rows, states = self.rows()
        replay = Replay(start, rows)
        for step in (0, 1, 99, 100, 101, 249, 250, 3):
            assert replay.at(step) == states[step]
        assert replay.text(2, "s0") == states[2].scenes[0].text
        assert [replay.steps[-1].total, replay.steps[-1].who] == [word_count(states[-1].scenes[0].text), "me"]
        with pytest.raises(Refused):
            replay.at(251)

    def test_steps_tell_what_how_and_how_much(self) -> None:
        start = book("", "Before. Here.")
        rows: list[Stroke | Moment] = [
            Stroke(time=1, who="me", edits=(Splice(scene="s0", at=0, text=BODY, how="accepted", offer="o"),)),
            Stroke(time=2, who="me", edits=(Splice(scene="s0", at=4, gone=4, text="old gate"),)),
            Stroke(time=3, who="me", edits=(Change(what="delete", id="s1"),)),
            Moment(4, "you", book("Three whole words."), "restored"),
        ]
        replay = Replay(start, rows, {"o": BODY})
        assert [(one.what, one.who, one.scene, one.added, one.removed, one.total) for one in replay.steps] == [
            ("accepted", "me", "s0", 8, 0, 10),
            ("typed", "me", "s0", 2, 1, 11),
            ("delete", "me", "s1", 0, 2, 9),
            ("restored", "you", "s0", 3, 9, 3),
        ]
        assert replay.at(1).scenes[0].ledger == by_model(BODY, "o")

    def test_a_paste_long_after_the_cut_is_seen_again_with_its_makers(self) -> None:
        start = Manuscript(chapters=(Chapter(id="c", scenes=(Scene(id="s", text=BODY, ledger=by_model(BODY, "o")),)),))
        rows = [Stroke(time=0, edits=(Splice(scene="s", at=0, gone=len(BODY)),))]
        rows += [Stroke(time=i, edits=(Splice(scene="s", at=i - 1, text="x"),)) for i in range(1, 120)]
        rows.append(Stroke(time=120, edits=(Splice(scene="s", at=0, text=BODY, how="pasted"),)))
        assert Replay(start, rows).at(121).scenes[0].ledger.spans[0] == Span(length=len(BODY), maker="model", offer="o")

    def test_a_long_making_is_ready_soon(self) -> None:
        text = "The old door creaked again. " * 20_000
        rows = [Stroke(time=i, edits=(Splice(scene="s0", at=20 * i, text="x"),)) for i in range(200)]
        started = time.process_time()
        Replay(book(text), rows).at(150)
        assert time.process_time() - started < 3

    @given(st.integers(0, 2**32))
    @settings(max_examples=25, deadline=None)
    def test_random_makings_come_back_packed(self, seed: int) -> None:
        making = Making(seed)
        strokes = []
        apply_now = making._apply

        def noted(edits):  # type: ignore[no-untyped-def]
            strokes.append(Stroke(time=len(strokes) * 1500, who="me", edits=tuple(edits)))
            return apply_now(edits)

        making._apply = noted  # type: ignore[method-assign]
        start = making.manuscript
        for name in (
            "typed",
            "accepted",
            "copied",
            "deleted",
            "rearranged",
            "moved",
            "undone",
            "rewritten",
            "cut_and_pasted",
        ) * 2:
            getattr(making, name)()
        packed = pack(strokes)
        assert unpack(packed) == strokes
        replay = Replay(start, unpack(packed), making.offers)
        assert replay.at(len(strokes)) == making.manuscript

    def test_a_letter_costs_few_bytes(self) -> None:
        strokes = [
            Stroke(time=150 * i, who="me", edits=(Splice(scene="scene-one", at=i, text="abcdefghij"[i % 10]),))
            for i in range(2000)
        ]
        assert len(pack(strokes)) < 8 * 2000

    @pytest.mark.parametrize("data", [b"", b"nonsense", pack([])[:-4], b"x\x9c\x03\x00\x00\x00\x00\x01"])
    def test_a_broken_record_is_refused(self, data: bytes) -> None:
        with pytest.raises(Refused):
            unpack(data)

    @given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(("a", "b ", ". ", "")), st.integers(0, 3)), max_size=25))
    @settings(max_examples=150, deadline=None)
    def test_joined_keys_do_what_the_keys_did(self, keys: list[tuple[int, str, int]]) -> None:
        manuscript = Manuscript(chapters=(Chapter(id="c", scenes=(Scene(id="s", text=BODY, ledger=by_model(BODY, "o")),)),))
        splices, cursor, size = [], 17, len(BODY)
        for to, text, gone in keys:
            cursor = min(to, size) if to > 50 else cursor  # now and then the caret goes elsewhere
            gone = min(gone, cursor) if not text else 0
            splices.append(Splice(scene="s", at=cursor - gone, gone=gone, text=text))
            cursor += len(text) - gone
            size += len(text) - gone
        joined = coalesced(splices)
        assert len(joined) <= len(splices)
        assert apply(manuscript, joined) == apply(manuscript, splices)


class TestFind:
    STORY = book("The cat sat. A concatenation. CAT!", "No cat here, catcat. 😀 cat")

    def places(self, **more: object) -> list[tuple[str, int, str]]:
        return [(one.scene, one.start, one.text) for one in find(self.STORY, Query(**more))]  # type: ignore[arg-type]

    def test_over_all_scenes_with_and_without_capitals_and_whole_words(self) -> None:
        assert len(self.places(text="cat")) == 7
        assert len(self.places(text="cat", case=True)) == 6
        assert [text for _, _, text in self.places(text="cat", whole_words=True)] == ["cat", "CAT", "cat", "cat"]
        assert [(scene, at) for scene, at, _ in self.places(text="cat", whole_words=True)][-1] == ("s1", 23)
        assert self.places(text="c.t", case=True) == []
        assert len(find(self.STORY, Query(text="cat"), scenes=("s1",))) == 4

    def test_what_is_found_is_told_with_its_surroundings(self) -> None:
        found = find(self.STORY, Query(text="sat"))[0]
        assert (found.before, found.after[:6]) == ("The cat ", ". A co")

    def test_what_is_replaced_is_the_persons_and_can_be_undone(self) -> None:
        text = "The old door. The old gate. Gone."
        story = Manuscript(chapters=(Chapter(id="c", scenes=(Scene(id="s", text=text, ledger=by_model(text, "o")),)),))
        found = find(story, Query(text="old"), to="red")
        done = applied(story, replace(story, found))
        assert done.manuscript.scenes[0].text == "The red door. The red gate. Gone."
        assert [(span.maker, span.length) for span in done.manuscript.scenes[0].ledger.spans] == [
            ("model-edited", 4), ("human", 3), ("model-edited", 6), ("model", 1), ("model-edited", 4), ("human", 3),
            ("model-edited", 6), ("model", 6),
        ]  # fmt: skip
        assert apply(done.manuscript, done.undo) == story

    def test_only_the_chosen_places_and_none_that_changed(self) -> None:
        found = find(self.STORY, Query(text="cat", whole_words=True), to="dog")
        after = apply(self.STORY, replace(self.STORY, found[:1]))
        assert after.scenes[0].text.startswith("The dog sat. A concatenation. CAT!")
        moved = apply(self.STORY, [Splice(scene="s0", at=0, text="x")])
        assert [edit.scene for edit in replace(moved, found)] == ["s1", "s1"]

    def test_patterns_with_groups(self) -> None:
        found = find(self.STORY, Query(text=r"(\w+) sat", regex=True), to=r"sat \1")
        assert apply(self.STORY, replace(self.STORY, found)).scenes[0].text.startswith("The sat cat.")
        assert [one.text for one in find(book("a\nb"), Query(text="^b$", regex=True))] == ["b"]
        assert find(book("abc"), Query(text="x*", regex=True)) == [], "empty places are none"
        backslash = find(self.STORY, Query(text="cat"), to=r"\1")
        assert backslash[0].to == r"\1", "without a pattern it is only a letter"

    @pytest.mark.parametrize(
        "pattern", ["", "(", "a{2000}", "(?:a{500}){500}", "((((a{50}){50}){50}){50})", "x" * 501, "(?P<n>a)(?P<n>b", "*"]
    )
    def test_patterns_that_cannot_be_run_are_refused(self, pattern: str) -> None:
        with pytest.raises(Refused):
            find(self.STORY, Query(text=pattern, regex=True))

    def test_a_pattern_that_would_run_for_ever_is_stopped(self) -> None:
        started = time.process_time()
        with pytest.raises(Refused, match="too long"):
            find(book("a" * 20_000 + "b"), Query(text="(a+)+$", regex=True))
        assert time.process_time() - started < 5

    def test_a_new_text_that_cannot_be_read_is_refused(self) -> None:
        with pytest.raises(Refused):
            find(self.STORY, Query(text="cat", regex=True), to=r"\7")

    @given(st.text("ab. ", max_size=40), st.text("ab. ", min_size=1, max_size=3), st.text("xy", max_size=3))
    @settings(max_examples=100, deadline=None)
    def test_it_replaces_as_python_does(self, text: str, what: str, to: str) -> None:
        story = book(text)
        after = apply(story, replace(story, find(story, Query(text=what, case=True), to=to)))
        assert after.scenes[0].text == text.replace(what, to)


class TestCounts:
    def test_words_letters_sentences_and_minutes(self) -> None:
        found = counts(["It's a well-known fact. “Is it?” he said.", "夜の海。"])
        assert found[:5] == (11, 47, 38, 4, 2)
        assert counts(["word " * 238]).minutes == 1.0
        assert counts([""]) == (0, 0, 0, 0, 0, 0.0)

    def test_goals_of_the_whole_of_chapters_and_of_scenes(self) -> None:
        story = book("one two", "three").changed(goal=6)
        scenes = (story.scenes[0].changed(goal=4), story.scenes[1])
        story = story.changed(chapters=(story.chapters[0].changed(scenes=scenes),))
        assert goals(story) == [("", 3, 6), ("c", 3, 4), ("s0", 2, 4)]
        assert goals(story)[0].share == 0.5

    def test_how_scenes_read(self) -> None:
        (found,) = readings(book("“Go away,” he said. It rained all day. No.").scenes)
        assert (found.words, found.sentences, found.longest) == (9, 3, 4)
        assert found.mean == 3.0
        assert 0.2 < found.dialogue < 0.3

    def test_words_used_too_often_are_told_with_their_places(self) -> None:
        text = (
            "Mara went on and said that it was late and the rain was cold. " * 12
            + "Suddenly it fell. Then suddenly it was dark. " * 5
        )
        story = book(text, "Suddenly, light.")
        found = overused(story.scenes)
        rows = {one.word: one for one in found}
        assert rows["suddenly"].found == 11
        assert rows["suddenly"].times > 10
        assert all(story.scenes[int(p.scene[1])].text[p.start : p.end].lower() == "suddenly" for p in rows["suddenly"].places)
        assert not {"the", "mara"} & set(rows)

    def test_usual_counts_can_be_given(self) -> None:
        story = book("blue green " * 30)
        assert [one.word for one in overused(story.scenes, lambda word: 0.5 if word == "blue" else 0.01)] == ["green"]

    def test_phrases_said_again_are_told_once_and_whole(self) -> None:
        text = "She drew a long breath and held it. Then he came in. She drew a long breath and held it. He and I went on."
        (found,) = repeated(book(text, "Again she drew a long breath and held it, and he saw.").scenes)
        assert (found.phrase, found.found) == ("She drew a long breath and held it", 3)
        assert [place.scene for place in found.places] == ["s0", "s0", "s1"]
        assert repeated(book("on and on and on and on and on").scenes) == []

    def test_a_long_book_is_counted_soon(self) -> None:
        import random

        chance = random.Random(1)
        text = " ".join(chance.choices([f"w{i}" for i in range(9000)], [1 / (i + 5) for i in range(9000)], k=60_000))
        story = book(text)
        started = time.process_time()
        overused(story.scenes)
        repeated(story.scenes)
        assert time.process_time() - started < 3

    @given(st.lists(st.text("ab c.\n", max_size=60), min_size=1, max_size=3))
    @settings(max_examples=150, deadline=None)
    def test_a_phrase_stands_where_it_is_said_to(self, texts: list[str]) -> None:
        story = book(*texts)
        by_id = {scene.id: scene.text for scene in story.scenes}
        for one in repeated(story.scenes, most=10**6):
            words = words_of(one.phrase)
            assert 3 <= len(words) <= 12
            assert one.found == len(one.places) >= (2 if len(words) >= 5 else 3)
            assert all(words_of(by_id[place.scene][place.start : place.end]) == words for place in one.places)
            assert all(a.scene != b.scene or a.end <= b.start for a, b in pairwise(one.places))

    @given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
    @settings(max_examples=40, deadline=None)
    def test_what_comes_again_is_found(self, gaps: list[int]) -> None:
        """The same five words behind any number of others."""
        fresh = iter(f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "bdfgklmnprst")
        texts = [" ".join([*(next(fresh) for _ in range(gap)), "seven black ships came home"]) for gap in gaps]
        found = repeated(book(*texts).scenes)
        wanted = [("seven black ships came home", len(gaps))] if len(gaps) > 1 else []
        assert [(one.phrase, one.found) for one in found] == wanted

    @given(st.text("ab1'’-_. !?…\n。夜”) ", max_size=60))
    @settings(max_examples=150, deadline=None)
    def test_no_sentence_ends_inside_a_word(self, text: str) -> None:
        assert read(text).words == word_count(text)

    def test_a_reader_that_remembers_reads_a_text_once(self) -> None:
        reads = Reads()
        first = reads("It rained.")
        assert reads("It " + "rained.") is first
        assert first == read("It rained.") != reads("It rains.")


def test_spans_are_words_of_the_house() -> None:
    """What the page sends is read strictly."""
    assert Splice.loads('{"scene":"s","at":1,"text":"a","how":"moved","spans":[{"length":1,"maker":"pasted"}]}').spans == (
        Span(length=1, maker="pasted"),
    )
    with pytest.raises(ValueError):
        Splice.loads('{"scene":"s","at":-1}')
    with pytest.raises(ValueError):
        Splice.loads('{"scene":"s","at":0,"how":"dreamt"}')
