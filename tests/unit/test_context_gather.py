"""What is gathered for a prompt: nothing from later in the story, the same order always, names found as people write them."""

import random
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.writing.ask import Part
from studio.writing.context.bible import Bible, Entry, Fact, Kind, Mode, Note, StyleCard
from studio.writing.context.fit import fit
from studio.writing.context.gather import Place, Scene, gather
from studio.writing.context.names import Finder
from studio.writing.context.told import for_base, for_chat

MARA = Entry(
    id="mara", name="Mara Voss", aliases=("the Reader",), text="Reads tide gauges.",
    facts=(Fact(text="Lives in Oster", until="s2"), Fact(text="Has lost a hand", since="s2")),
    knows=(Fact(text="The gauge is wrong", since="s1"), Fact(text="Who broke it", since="s3")),
)  # fmt: skip
QUAY = Entry(id="quay", kind="place", name="Old Quay", text="It smells of tar. The Brass Key hangs there.")
KEY = Entry(id="key", kind="object", name="Brass Key", text="Opens the Vault.")
VAULT = Entry(id="vault", kind="place", name="Vault", text="Under the sea.")
LAW = Entry(id="law", kind="rule", name="Tides", text="Nobody swims", mode="always")
SECRET = Entry(id="secret", name="Ann", text="Is hidden.", mode="never")
BIBLE = Bible(entries=(MARA, QUAY, KEY, VAULT, LAW, SECRET))
SCENES = [
    Scene("s0", "One", "They arrive.", "Ann came. It rained."),
    Scene("s1", "Two", "The gauge fails.", "The gauge stood still.\n\nNobody spoke."),
    Scene("s2", "Three", "A hand is lost.", "Mara went to the Old Quay.\n\nShe waited. Nothing moved."),
    Scene("s3", "Four", "All is known.", "LATER SPOILER."),
]


def kinds(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    return [(part.kind, part.id) for part in parts]


def at(scene: str, **more: str) -> tuple[Part, ...]:
    number = int(scene[1])
    return gather(SCENES, Place(scene, len(SCENES[number].text)), BIBLE, **more)


def test_from_the_most_lasting_to_the_newest_each_with_a_reason() -> None:
    bible = BIBLE.changed(role="You are dry.", style=StyleCard(lines=("Short sentences",)), note=Note(text="Keep it cold."))
    parts = gather(SCENES, Place("s2", 26), bible, beat="She finds it.", instruction="Slowly.")
    assert kinds(parts) == [
        ("role", ":role"), ("style", ":style"), ("constant", "law"), ("summary", "summary:s0"), ("summary", "summary:s1"),
        ("cast", "quay"), ("cast", "mara"), ("before", "text:s0"), ("before", "text:s1"), ("before", "text:s2"),
        ("lore", "key"), ("note", ":note"), ("beat", ":beat"), ("instruction", ":instruction"), ("after", ":after"),
    ]  # fmt: skip
    assert all(part.why for part in parts)
    assert {part.id: part.why for part in parts}["key"] == "named under Old Quay"
    assert {part.id: part.why for part in parts}["quay"] == "named in this scene"


def test_facts_hold_from_their_scene_and_until_theirs() -> None:
    told = {
        scene: "".join(part.text for part in at(scene, beat="Mara") if part.id == "mara") for scene in ("s0", "s1", "s2", "s3")
    }
    assert told == {
        "s0": "Mara Voss: Reads tide gauges. Lives in Oster.",
        "s1": "Mara Voss: Reads tide gauges. Lives in Oster. Knows: The gauge is wrong.",
        "s2": "Mara Voss: Reads tide gauges. Has lost a hand. Knows: The gauge is wrong.",
        "s3": "Mara Voss: Reads tide gauges. Has lost a hand. Knows: The gauge is wrong; Who broke it.",
    }


def test_a_fact_of_a_scene_that_is_gone_is_not_told() -> None:
    entry = MARA.changed(facts=(Fact(text="Dies", since="cut"), Fact(text="Is tall", until="cut")), knows=())
    (part,) = [one for one in gather(SCENES, Place("s2", 26), Bible(entries=(entry,))) if one.id == "mara"]
    assert part.text == "Mara Voss: Reads tide gauges. Is tall."
    assert MARA.changed(since="s2").told({"s1": 0, "s2": 1}, 0) == ""


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Scene], Bible, int]:
    """Marks say where they belong: `<F3.5>` holds from scene 3 until before scene 5; `<S4>` is of scene 4."""
    number = draw(st.integers(1, 7))
    chance = random.Random(draw(st.integers(0, 2**30)))
    names = ["Mara", "Ilse", "Tomas", "Quay", "Lantern"]

    def fact() -> Fact:
        since, until = sorted((chance.randrange(number), chance.randrange(number + 2)))
        return Fact(text=f"<F{since}.{until}>", since=f"s{since}" * (since > 0), until=f"s{until}" * (until < number))

    begun = {name: chance.choice((0, chance.randrange(number))) for name in names}
    entries = tuple(
        Entry(
            id=name, name=name, kind=chance.choice(KINDS), mode=chance.choice(MODES), since=f"s{begun[name]}",
            text=chance.choice(("", f"Friend of {chance.choice(names)}. <F{begun[name]}.99>")),
            facts=tuple(fact() for _ in range(3)), knows=tuple(fact() for _ in range(2)),
            aliases=({"name": f"Alias{name}", "since": f"s{chance.randrange(number)}"},),
        )
        for name in names
    )  # fmt: skip
    scenes = [
        Scene(
            f"s{i}",
            f"<S{i}>",
            f"<S{i}> happens.",
            f"<S{i}> {chance.choice(names)} and Alias{chance.choice(names)}.\n\nEnd <S{i}>.",
        )
        for i in range(number)
    ]
    note = Note(text=f"{chance.choice(names)}.", depth=chance.randrange(5))
    return scenes, Bible(entries=entries, note=note), draw(st.integers(0, number - 1))


KINDS: tuple[Kind, ...] = ("person", "place", "object", "rule")
MODES: tuple[Mode, ...] = ("always", "mention", "mention", "never")


@settings(max_examples=150, deadline=None)
@given(stories(), st.integers(0, 80))
def test_nothing_from_the_future_is_ever_told(story: tuple[list[Scene], Bible, int], cursor: int) -> None:
    scenes, bible, here = story
    parts = gather(scenes, Place(f"s{here}", cursor), bible, beat="Mara takes the Lantern.")
    modes = {entry.id: entry.mode for entry in bible.entries}
    for part in parts:
        assert all(int(scene) <= here for scene in re.findall(r"<S(\d+)", part.text))
        for since, until in re.findall(r"<F(\d+)\.(\d+)>", part.text):
            assert int(since) <= here
            assert int(until) > here or int(until) >= len(scenes)
        assert modes.get(part.id) != "never"
    # What is always told is told with all that holds by now.
    for entry in bible.entries:
        if entry.mode == "always" and int(entry.since[1:]) <= here:
            (part,) = [one for one in parts if one.id == entry.id]
            order = {scene.id: i for i, scene in enumerate(scenes)}
            assert all(fact.text in part.text for fact in entry.facts if fact.holds(order, here))
    # The order of the bible makes no difference, and nobody is told twice.
    turned = bible.changed(entries=bible.entries[::-1])
    assert gather(scenes, Place(f"s{here}", cursor), turned, beat="Mara takes the Lantern.") == parts
    ids = [part.id for part in parts if part.kind != "before"]
    assert len(ids) == len(set(ids))


def test_an_alias_that_gives_something_away_is_found_only_later() -> None:
    killer = MARA.changed(aliases=({"name": "the Grey One", "since": "s3"},))
    bible = Bible(entries=(killer,))
    assert "mara" not in {part.id for part in gather(SCENES, Place("s0", 9), bible, beat="The Grey One strikes.")}
    assert "mara" in {part.id for part in gather(SCENES, Place("s3", 9), bible, beat="The Grey One strikes.")}


def test_mentions_go_one_step_further_and_no_more() -> None:
    ids = {part.id: part.why for part in at("s2")}
    assert ids["key"] == "named under Old Quay"
    assert "vault" not in ids
    assert {part.id: part.why for part in at("s2", beat="The Brass Key turns.")}["vault"] == "named under Brass Key"


def test_the_order_in_which_things_are_named_changes_nothing_above_the_text() -> None:
    texts = ("Mara saw the Old Quay and the Brass Key.", "The Brass Key! On the Old Quay? Mara laughed.")
    first, second = (
        for_chat([part for part in gather([Scene("a", text=text)], Place("a", 99), BIBLE) if part.kind != "before"])
        for text in texts
    )
    assert first == second


def test_what_the_person_leaves_out_stays_out() -> None:
    bible = BIBLE.changed(note=Note(text="Cold.", depth=1), role="Dry.")
    everything = gather(SCENES, Place("s2", 26), bible, beat="Go.", instruction="Now.")
    for part in everything:
        rest = gather(SCENES, Place("s2", 26), bible, beat="Go.", instruction="Now.", without={part.id})
        assert part.id not in {one.id for one in rest}
        assert "key" not in {one.id for one in rest} or part.id not in ("quay", "key")  # nothing comes by way of what is out


def test_the_text_is_whole_around_a_selection() -> None:
    scene = SCENES[2]
    parts = gather(SCENES, Place("s2", 5, 14), BIBLE)
    before = [part.text for part in parts if part.kind == "before"]
    after = [part.text for part in parts if part.kind == "after"]
    assert before[-1] + scene.text[5:14] + after[0] == scene.text
    assert before[0].endswith("\n\n")
    with pytest.raises(ValueError, match="not in the manuscript"):
        gather(SCENES, Place("s9", 0), BIBLE)


@pytest.mark.parametrize(("depth", "following"), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (9, 5)])
def test_the_note_stands_as_deep_as_it_is_set(depth: int, following: int) -> None:
    bible = Bible(note=Note(text="Keep it cold.", depth=depth))
    parts = gather(SCENES, Place("s2", len(SCENES[2].text)), bible)
    place = [part.kind for part in parts].index("note")
    after = "".join(part.text for part in parts[place:] if part.kind == "before")
    assert len([line for line in after.split("\n") if line.strip()]) == following
    plain = gather(SCENES, Place("s2", len(SCENES[2].text)), Bible())
    assert "".join(p.text for p in parts if p.kind == "before") == "".join(p.text for p in plain if p.kind == "before")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Mara", "It was MARA's hat.", True), ("Mara", "mara’s hat", True), ("Mara", "two Maras", True), ("Mara", "Marathon", False),
        ("Mara", "Tamara", False), ("Mara Voss", "the Mara   Voss affair", True), ("Mara Voss", "Mara-Voss", True),
        ("Mara Voss", "Mara", False), ("wolf", "Wolves howled", True), ("Fury", "the furies", True), ("lynx", "lynxes", True),
        ("Zoë", unicodedata.normalize("NFD", "Zoë left"), True), ("Zoë", "Zoe left", False), ("ŁUKASZ", "łukasz!", True),
        ("O’Brien", "o'brien said", True), ("李雷", "昨天李雷说", True), ("मीरा", "मीरा ने", True), ("मीरा", "मारा ने", False),
        ("민수", "민수는 갔다", True), ("Will", "He will go", False), ("Will", "“Will!” she said", True), ("Мара", "МАРА ушла", True),
        ("R2-D2", "r2-d2 beeped", True), ("Straße", "STRASSE", True), ("…", "… and", False), ("Anna", "Annas_", True),
    ],
)  # fmt: skip
def test_names_are_found_as_people_write_them(name: str, text: str, found: bool) -> None:
    assert (Finder({"it": [name]}).found(text) == {"it"}) is found


def test_a_name_beats_the_plural_of_another_and_first_names_do_when_nobody_shares_them() -> None:
    assert Finder({"one": ["Jame"], "two": ["James"]}).found("James came.") == {"two"}
    people = Bible(entries=(MARA, Entry(id="edda", name="Edda Voss"), Entry(id="lord", name="Lord Hale")))

    def named(text: str) -> set[str]:
        return {part.id for part in gather([Scene("a", text=text)], Place("a", 99), people) if part.kind == "cast"}

    assert named("Edda smiled.") == {"edda"}
    assert named("Voss smiled.") == set()
    assert named("The lord smiled.") == set()
    assert named("Hale smiled.") == {"lord"}


def test_a_bible_comes_back_and_has_no_two_of_an_id() -> None:
    assert Bible.loads(BIBLE.dumps()) == BIBLE
    assert Bible.loads(b"{}") == Bible()
    with pytest.raises(ValidationError, match="same id"):
        Bible(entries=(MARA, MARA))


def test_a_prompt_begins_the_same_way_while_somebody_writes() -> None:
    """From the manuscript to the words a model is told, with the cast, lore and a note among them."""
    chance = random.Random(5)
    words = ("the", "lamp", "went", "out", "over", "a", "wall", "and", "Mara", "saw", "it", "Old Quay", "Brass Key", "again")
    text, kept, before = "Mara stood on the Old Quay. " * 700, 0, ""
    for _ in range(200):
        text += " ".join(chance.choices(words, k=12)) + chance.choice((". ", ".\n\n"))
        parts = gather([SCENES[0], Scene("x", text=text)], Place("x", len(text)), BIBLE, beat=chance.choice(("", "She goes.")))
        fitted = fit(parts, 2000, lambda some: -(-len(some) // 4))
        now = for_chat([part for part in fitted.parts if part.kind not in ("lore", "beat")]).rstrip()
        kept += now.startswith(before)
        before = now
    assert kept >= 180


def test_told_text_keeps_its_place_and_holds_no_control_symbols() -> None:
    bible = BIBLE.changed(note=Note(text="Keep it <|end|> cold.", depth=1))
    parts = gather(SCENES, Place("s2", len(SCENES[2].text)), bible, beat="She finds it.")
    chat, base = for_chat(parts), for_base(parts)
    assert "<|" not in chat + base
    assert chat.index("## Always true\nTides: Nobody swims.") < chat.index("## The story so far\nOne: They arrive.\nTwo:")
    assert chat.index("[Keep it") < chat.index("She waited.") < chat.index("## What happens next")
    assert base.endswith("She waited. Nothing moved.")
    assert base.index("The gauge stood") < base.index("[She finds it.]") < base.index("She waited.")
    assert base.index("[Keep it") < base.index("She waited.")
