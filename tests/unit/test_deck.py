"""The plot deck: every line is read strictly, everything connects, nothing is told twice, and its people are a mixed company."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from studio.writing.plot.deck import FOLDER, GENRES, KINDS, PLACEHOLDER, ROLES, Deck, read_deck
from studio.writing.plot.draw import stems

PEOPLE = {f"{role}{case}" for role in ROLES for case in ("", "_them", "_their", "_theirs", "_themself")}
WHO = {"who", "who_them", "who_their", "who_theirs", "who_themself"}
THINGS = {"thing", "place"}
WHOLE = ("situation", "complication", "reversal", "twist", "ending", "secret")  # whole sentences
LEAST = {"situation": 150, "complication": 200, "reversal": 120, "twist": 100, "ending": 100, "stake": 90, "secret": 90, "want": 90,
         "need": 60, "flaw": 70, "person": 120, "setting": 120, "sense": 100, "thing": 80, "name": 300, "link": 1200}  # fmt: skip
SERVED = {
    "situation": 12,
    "complication": 40,
    "reversal": 25,
    "twist": 12,
    "ending": 20,
    "person": 25,
    "setting": 10,
    "thing": 15,
}
DRIVES = {"trust", "courage", "honesty", "humility", "patience", "letting-go", "belonging", "forgiveness", "self-worth", "listening",
          "responsibility", "imagination"}  # fmt: skip


@pytest.fixture(scope="module")
def deck() -> Deck:
    return read_deck()


def test_large_enough(deck: Deck) -> None:
    own = [entry for entry in deck.entries if entry.kind != "link"]
    assert len(own) >= 1500
    short = {kind: len(deck.kinds[kind]) for kind in KINDS if len(deck.kinds[kind]) < LEAST[kind]}
    assert not short


def test_a_fault_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(json.dumps({"secret": ""}))
    good = {"id": "a-b", "kind": "stake", "text": "it ends", "gives": ["secret"]}
    for fault in (
        {"gives": ["no-such-fact"]},
        {"colour": "red"},
        {"genres": ["western"]},
        {"id": "A B"},
        {"kind": "twist"},
        {"text": ""},
    ):
        (tmp_path / "stake.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good | {"id": "c"} | fault) + "\n")
        with pytest.raises(ValueError, match=r"stake\.jsonl, line 2"):
            read_deck.__wrapped__(tmp_path)
    (tmp_path / "stake.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(good) + "\n")
    with pytest.raises(ValueError, match="line 1"):
        read_deck.__wrapped__(tmp_path)


def test_every_genre_is_served_by_every_kind(deck: Deck) -> None:
    thin = {
        (kind, genre): len(deck.of(kind, genre))  # type: ignore[arg-type]
        for kind, least in SERVED.items()
        for genre in GENRES
        if len(deck.of(kind, genre)) < least  # type: ignore[arg-type]
    }
    assert not thin


def test_every_need_is_met_by_enough_that_comes_before(deck: Deck) -> None:
    before = Counter(
        fact for kind in ("situation", "complication", "secret", "setting") for e in deck.kinds[kind] for fact in e.gives
    )
    needed = {fact for entry in deck.entries if entry.kind in ("complication", "reversal", "twist") for fact in entry.needs}
    assert not {fact: before[fact] for fact in needed if before[fact] < 3}
    lonely = [
        e.id for e in deck.entries if e.kind in ("complication", "reversal", "twist") and not any(before[f] >= 5 for f in e.needs)
    ]
    assert not lonely


def test_every_situation_has_a_way_on(deck: Deck) -> None:
    """Through a complication to a reversal, a twist and an ending, each caused by what came before it."""
    for genre in GENRES:
        for situation in deck.of("situation", genre):
            facts = set(situation.gives)
            next_ones = [e for e in deck.of("complication", genre) if facts & set(e.needs)]
            assert len(next_ones) >= 3, (situation.id, genre)
            facts |= {fact for entry in next_ones for fact in entry.gives}
            for kind in ("reversal", "twist", "ending"):
                assert any(facts & set(e.needs) or not e.needs for e in deck.of(kind, genre)), (situation.id, genre, kind)  # type: ignore[arg-type]


def test_causes_and_effects_are_told(deck: Deck) -> None:
    assert all(entry.gives for entry in deck.kinds["situation"])
    for kind in ("complication", "reversal", "twist"):
        assert [e.id for e in deck.kinds[kind] if not e.needs or not e.gives] == []
    assert [e.id for e in deck.kinds["twist"] if not e.plant] == []
    assert [e.id for e in deck.entries if set(e.needs) & set(e.bars)] == []
    assert {e.shape for e in deck.kinds["ending"]} == {"won", "lost", "bittersweet", "open", "changed"}


def test_placeholders_are_known(deck: Deck) -> None:
    for entry in deck.entries:
        if entry.kind == "link":
            continue
        allowed = PEOPLE | THINGS | (WHO if entry.kind == "secret" else set())
        assert entry.placeholders <= allowed, entry.id
        left = PLACEHOLDER.sub("", entry.text + entry.plant)
        assert "{" not in left, entry.id
        assert "}" not in left, entry.id


def test_no_subject_pronoun_stands_for_a_person(deck: Deck) -> None:
    """ "He" and "she" would guess a gender that only the name knows."""
    wrong = re.compile(r"\b(?:he|she|s/he|himself|herself)\b", re.IGNORECASE)
    assert [e.id for e in deck.entries if wrong.search(e.text + " " + e.plant)] == []


def test_sentences_are_sentences_and_phrases_are_phrases(deck: Deck) -> None:
    for kind in WHOLE:
        for entry in deck.kinds[kind]:
            assert re.match(r"[A-Z{“\"]", entry.text), entry.id
            assert entry.text[-1] in '.!?”"', entry.id
    for kind in ("stake", "flaw", "setting", "sense", "thing", "person"):
        for entry in deck.kinds[kind]:
            assert entry.text[-1] not in ".!?", entry.id
    assert all(e.text.startswith("to ") for kind in ("want", "need") for e in deck.kinds[kind])


def test_flaws_meet_their_needs(deck: Deck) -> None:
    met = {tag for entry in deck.kinds["need"] for tag in entry.about}
    for entry in deck.kinds["flaw"]:
        assert entry.about, entry.id
        assert set(entry.about) <= DRIVES, entry.id
        assert set(entry.about) & met, entry.id


def test_nothing_is_told_twice(deck: Deck) -> None:
    told = [entry for entry in deck.entries if entry.kind not in ("name", "link")]
    same = [text for text, count in Counter(e.text.casefold() for e in told).items() if count > 1]
    assert same == []
    long = [(e, stems(e.text)) for e in told if len(stems(e.text)) >= 6]
    near = []
    for i, (one, first) in enumerate(long):
        for other, second in long[i + 1 :]:
            if len(first & second) > 0.6 * len(first | second):
                near.append((one.id, other.id))
    assert near == []


def test_people_are_a_mixed_company(deck: Deck) -> None:
    """Gender and origin of the names, age of the persons: nobody is the rule, nobody the exception."""
    names = deck.kinds["name"]
    genders = Counter(e.gender for e in names)
    assert 0.38 <= genders["f"] / len(names) <= 0.55, genders
    assert 0.38 <= genders["m"] / len(names) <= 0.55, genders
    assert genders["n"] >= 0.03 * len(names), genders
    cultures = Counter(e.culture for e in names)
    assert len(cultures) >= 25
    assert max(cultures.values()) <= 0.12 * len(names), cultures.most_common(3)
    for culture, count in cultures.items():
        both = {e.gender for e in names if e.culture == culture}
        assert count < 4 or {"f", "m"} <= both, culture
    assert {e.era for e in names} == {"ancient", "medieval", "early-modern", "modern", "future"}
    ages = Counter(e.ages for e in deck.kinds["person"])
    assert ages["old"] >= 0.1 * len(deck.kinds["person"]), ages
    assert ages["young"] + ages["child"] >= 0.15 * len(deck.kinds["person"]), ages
    assert ages["adult"] <= 0.65 * len(deck.kinds["person"]), ages
    gendered = re.compile(r"\b(?:wom[ae]n|m[ae]n|girls?|boys?|lady|gentleman|mother|father|wife|husband|widower|widow)\b")
    assert [e.id for e in deck.kinds["person"] if gendered.search(e.text)] == []


def test_linking_lines_are_many_and_fit_their_purpose(deck: Deck) -> None:
    lines = deck.kinds["link"]
    sorts = Counter(e.sort for e in lines)
    assert {sort: n for sort, n in sorts.items() if n < 22} == {}
    assert [text for text, n in Counter((e.sort, e.text) for e in lines).items() if n > 1] == []
    leads = [e for e in lines if e.sort == "because"]
    assert len(leads) >= 120
    needed = {fact for kind in ("complication", "reversal", "twist") for e in deck.kinds[kind] for fact in e.needs}
    assert needed <= {fact for e in leads for fact in e.needs}
    assert [e.id for e in leads if e.text[-1] not in ".,"] == []
    asked = {"world": {"hero", "who", "flaw"}, "insight": {"need"}, "cost-hero": {"cost"},
             "longing": {"want"}, "thing": {"a_thing"}, "later": {"later"}, "where": {"place", "sensed"},
             "logline": {"premise", "stake"}, "logline-lone": {"premise", "want", "stake"}}  # fmt: skip
    assert [e.id for e in lines if not asked.get(e.sort, set()) <= e.placeholders] == []


def test_all_times_are_there(deck: Deck) -> None:
    eras = Counter(e.era for e in deck.kinds["setting"])
    assert all(eras[era] >= 8 for era in ("past", "present", "future", "timeless")), eras
    sorts = {e.sort for e in deck.kinds["setting"]}
    assert len(sorts) >= 15
    senses = Counter(e.sort for e in deck.kinds["sense"])
    assert all(senses[sense] >= 12 for sense in ("sight", "sound", "smell", "taste", "touch")), senses


def test_read_once_and_from_the_shipped_folder() -> None:
    assert read_deck() is read_deck(FOLDER) or read_deck().entries == read_deck(FOLDER).entries
