"""What goes into a prompt: never too much, never in another order, and the same beginning from one ask to the next."""

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing.ask import Part, PartOf
from studio.writing.context.fit import LEAD, TAIL, Fitted, Shares, fit
from studio.writing.context.told import for_base, for_chat

WORDS = (
    "a",
    "tide",
    "lamp",
    "went",
    "over",
    "the",
    "harbour",
    "wall",
    "and",
    "nobody",
    "said",
    "what",
    "it",
    "was",
    "Mara",
    "saw",
)


def by_letters(text: str) -> int:
    return -(-len(text) // 4)


def by_words(text: str) -> int:
    return len(text.split())


def oddly(text: str) -> int:
    """Neither additive nor steady: as bad as a tokenizer can be."""
    return (len(text) + 3) // 4 + sum(map(ord, text[-2:])) % 3 if text else 0


def steeply(text: str) -> int:
    """The whole is more than its blocks together."""
    return int(len(text) ** 1.15 / 5)


COUNTS: tuple[Callable[[str], int], ...] = (by_letters, by_words, oddly, steeply, len)
KINDS: tuple[PartOf, ...] = (*LEAD, "before", *TAIL)


@st.composite
def prose(draw: st.DrawFn, most: int = 60) -> str:
    chance = random.Random(draw(st.integers(0, 2**30)))
    return told_by(chance, draw(st.integers(0, most)))


def told_by(chance: random.Random, sentences: int) -> str:
    out = ""
    for _ in range(sentences):
        out += " ".join(chance.choices(WORDS, k=chance.randint(1, 12))) + chance.choice((". ", "! ", ".\n\n", "?” "))
    return out


def part(kind: PartOf, text: str, rank: int = 0) -> Part:
    return Part(kind=kind, text=text, rank=rank, title=kind, why="because")


some_parts = st.lists(st.builds(part, st.sampled_from(KINDS), prose(), st.integers(0, 3)), max_size=14)


@settings(max_examples=120, deadline=None)
@given(some_parts, st.integers(0, 900), st.sampled_from(COUNTS), st.integers(0, 5))
def test_never_too_much_and_the_report_adds_up(parts: list[Part], budget: int, count: Callable[[str], int], each: int) -> None:
    fitted = fit(parts, budget, count, each=each)
    sizes = [count(one.text) + (each if one.kind != "before" and one.text.strip() else 0) for one in fitted.parts]
    assert sum(sizes) <= budget
    report = fitted.report
    assert report.budget == budget
    assert report.total == sum(row.used for row in report.rows) <= budget
    assert len(report.rows) == len(parts)
    left = list(fitted.parts)
    for row, one in zip(report.rows, parts, strict=True):
        assert (row.kind, row.title, row.why, row.letters) == (one.kind, one.title, one.why, len(one.text))
        assert row.wanted >= row.used
        assert row.told
        kept = one.text[: row.cut_from] + one.text[row.cut_to :]
        if kept or not one.text:
            assert left.pop(0) == one.changed(text=kept)  # in their order, and just what the report says
        else:
            assert row.used == 0
    assert not left
    assert fit(parts, budget, count, each=each) == fitted


@settings(max_examples=120, deadline=None)
@given(some_parts, st.integers(200, 1500))
def test_every_kind_has_its_minimum(parts: list[Part], budget: int) -> None:
    fitted = fit(parts, budget, by_words)
    slack = 13  # a sentence that did not fit
    for kind in (*LEAD, *TAIL):
        wanted = sum(by_words(one.text) for one in parts if one.kind == kind)
        used = sum(row.used for row in fitted.report.rows if row.kind == kind)
        assert used >= min(wanted, int(budget * Shares().least[kind])) - slack
    wanted = sum(by_words(one.text) for one in parts if one.kind == "before")
    used = sum(row.used for row in fitted.report.rows if row.kind == "before")
    assert used >= min(wanted, budget * 2 // 8) * 0.6 - slack  # at most a block and the way to its border are missing
    if sum(by_words(one.text) for one in parts) * 8 <= budget:
        assert fitted.parts == tuple(parts)


@settings(max_examples=80, deadline=None)
@given(some_parts, st.integers(100, 900))
def test_what_is_left_out_had_no_room(parts: list[Part], budget: int) -> None:
    """Nothing of the tail is cut while all of the text is in and there is still room for one more sentence."""
    fitted = fit(parts, budget, by_words)
    rows = fitted.report.rows
    whole = all(row.cut_to == row.cut_from for row in rows if row.kind == "before")
    endings = [row for row in rows if row.kind in TAIL]
    if whole and any(row.cut_to > row.cut_from for row in endings):
        assert budget - fitted.report.total <= 13 * len(endings)


def scene(sentences: int, seed: int = 1) -> list[Part]:
    text = told_by(random.Random(seed), sentences)
    return [
        part("role", "You help."), part("style", "Short sentences."), part("constant", "Nobody swims. " * 9),
        part("summary", "They came to the harbour. " * 12), part("cast", "Mara: reads gauges. " * 8), part("before", text),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 900), st.integers(0, 9), st.integers(400, 4000), st.sampled_from(COUNTS), st.data())
def test_side_jobs_share_the_beginning(
    sentences: int, seed: int, budget: int, count: Callable[[str], int], data: st.DataObject
) -> None:
    """A summary, a check and a title are suffixes of the same prompt."""
    lead = scene(sentences, seed)
    endings: list[list[Part]] = [[]]
    for kinds in (["instruction"], ["beat", "instruction"], ["lore", "lore", "note"]):
        text = data.draw(prose(8))
        made = [part(kind, text) for kind in kinds]
        if sum(count(one.text) for one in made) <= budget // 8:
            endings.append(made)
    fits = [fit([*lead, *ending], budget, count) for ending in endings]
    starts = [tuple(one for one in fitted.parts if one.kind not in TAIL) for fitted in fits]
    assert all(start == starts[0] for start in starts)
    shared = for_chat(starts[0])
    assert all(for_chat(fitted.parts).startswith(shared) for fitted in fits)


@pytest.mark.parametrize("budget", [1500, 3000, 8000])
@pytest.mark.parametrize("tell", [for_chat, for_base])
def test_writing_on_keeps_the_cut(budget: int, tell: Callable[[list[Part]], str]) -> None:
    """The text grows by a sentence at a time; nine times of ten all that was read before is still there."""
    chance = random.Random(budget)
    text = told_by(chance, 1500)
    kept, times, before = 0, 300, ""
    for _ in range(times):
        text += told_by(chance, 1)
        parts = [*scene(0)[:-1], part("before", text), part("lore", "A lamp. It burns. " * chance.randint(1, 4))]
        fitted = fit(parts, budget, by_letters)
        assert any(row.kind == "before" and row.cut_to > 0 for row in fitted.report.rows)
        now = tell([one for one in fitted.parts if one.kind != "lore"]).rstrip()
        kept += now.startswith(before)
        before = now
    assert kept >= times * 0.9


def test_recent_text_begins_with_a_paragraph_and_ends_at_the_cursor() -> None:
    text = "\n\n".join(f"Paragraph {i} is here. It has two sentences." for i in range(2000))
    fitted = fit([part("before", text[:40_000]), part("before", text[40_000:])], 1000, by_letters)
    (one,) = fitted.parts
    assert one.text.startswith("Paragraph ")
    assert text.endswith(one.text)
    assert fitted.report.rows[0].told == "There was no room for it."
    assert "left out, before “Paragraph" in fitted.report.rows[1].told
    assert fitted.warnings == ()  # that is the rule, nothing to worry about


def test_old_summaries_and_far_entries_go_first_and_the_person_is_told() -> None:
    summaries = [part("summary", f"Chapter {i} happened. It ended.") for i in range(120)]
    lore = [part("lore", f"Thing {i}: " + "so it is. " * 20, rank=3 - i % 4) for i in range(12)]
    parts = [*summaries, part("before", told_by(random.Random(2), 900)), *lore, part("instruction", "Be brief.")]
    fitted = fit(parts, 800, by_words)
    kept = [one for one in fitted.parts if one.kind == "summary"]
    assert kept[-1].text == summaries[-1].text
    assert 20 < len(kept) < 100
    assert [one.text for one in kept[1:]] == [one.text for one in summaries[-len(kept) + 1 :]]
    assert kept[0].text in (summaries[-len(kept)].text, "It ended.")
    assert {one.rank for one in fitted.parts if one.kind == "lore"} == {0}
    assert fitted.parts[-1] == parts[-1]
    assert fitted.warnings == ("There was too little room for all of lore (lore).",)
    unread = fitted.with_unread([part("instruction", "Now."), part("style", "Plain.")])
    assert unread.warnings[1:] == ("This model cannot use your instruction (instruction).",)
    assert unread.report.total == fitted.report.total


def test_one_long_word_and_one_long_sentence_still_fit() -> None:
    for text in ("x" * 50_000, "and on " * 8000, "\n" * 3000 + "end", "字" * 9000):
        fitted: Fitted = fit([part("before", text), part("instruction", text), part("summary", text)], 300, by_letters)
        assert 0 < fitted.report.total <= 300


def test_a_long_manuscript_is_cut_quickly_and_with_few_counts() -> None:
    text = told_by(random.Random(0), 19_000)
    assert len(text.split()) > 120_000
    letters = calls = 0

    def counting(some: str) -> int:
        nonlocal letters, calls
        letters, calls = letters + len(some), calls + 1
        return by_letters(some)

    parts = [*scene(0)[:-1], part("before", text), *(part("lore", f"Thing {i}. It is.") for i in range(20)), part("after", text)]
    spent = []
    for _ in range(5):
        letters = calls = 0
        start = time.perf_counter()
        fitted = fit(parts, 4000, counting)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05
    assert calls < 60
    assert letters < 4 * 4 * 4000  # four times what fits, of three million letters
    assert fitted.report.total > 2500
