"""The plot engine with the shipped deck: what a premise gives comes back, locks hold, offers stand alone, sentences are whole."""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from studio.core.engine import Stop
from studio.writing.ask import PlotAsk
from studio.writing.model import Call, Prompt, Said, TextModel, Weighed
from studio.writing.plot.asking import ask_slot, cleaned, coloured
from studio.writing.plot.compose import Composer
from studio.writing.plot.deck import read_deck
from studio.writing.plot.make import Tools, distance, plots, tools_of
from studio.writing.plot.plot import Beat, Person, Plot
from studio.writing.plot.premise import read
from studio.writing.plot.slots import cast_of, replaced, texts_of, twist_beat
from studio.writing.plot.speak import Figure, Speech, polished, swapped
from studio.writing.plot.structures import STRUCTURES
from studio.writing.plot.tell import Teller
from studio.writing.plot.text import markdown
from studio.writing.plot.wish import Wish, tone_of
from studio.writing.plot.wording import said, shortened, third
from tests.bench.plots import LEVERS, faults, teller, used
from tests.premises import LONG, PREMISES

ADA = "A lighthouse keeper named Ada finds a brass key in the fog"
HARD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            " ",
            "\n\n",
            "{hero}",
            "{thing} {",
            "“",
            "…",
            "🐙👩‍👧‍👦",
            "a" * 4000,
            "Ada",
            "Ada and Ben and Cleo",
            "x, y, z",
            "\u202eabc",
            "named",
            "I",
            "My",
        ]
    ),
    st.sampled_from([premise for premise, _ in PREMISES]),
    st.text(alphabet="aAbB .,'’\"{}é漢🐙\n", max_size=4000),
)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
NAMES = st.lists(st.text(max_size=30), max_size=8).map(tuple)


def last(ask: PlotAsk, index: int = 0, tools: Tools | None = None) -> Plot:
    *_, made = plots(ask, index, tools or Tools())
    assert made.done
    assert made.share == 1.0
    return made.plot


@lru_cache(maxsize=64)
def first(premise: str = ADA, seed: int = 4, structure: str = "three acts") -> Plot:
    return last(PlotAsk(premise=premise, seed=seed, structure=structure))  # type: ignore[arg-type]


# premises


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ADA, {"names": ("Ada",), "who": "a lighthouse keeper", "thing": "a brass key", "place": "the lighthouse", "gender": "f"}),
        ("Łukasz and Ömer build a boat in Venice. Their rival Tom Reyes steals it.", {"names": ("Łukasz", "Ömer", "Tom Reyes"), "roles": ("hero", "ally", "rival"), "place": "Venice"}),
        ("A retired detective returns to her home village to solve her brother's murder", {"who": "a retired detective", "gender": "f", "want": "to solve her brother's murder", "genre": "mystery"}),
        ("In 1923 a clockmaker in Prague named Elias must finish the great clock before the king dies", {"names": ("Elias",), "eras": ("past",), "who": "a clockmaker", "want": "to finish the great clock before the king dies"}),
        ("Write me a story about two sisters who run a bakery", {"who": "one of two sisters who run a bakery", "gender": "f", "tells": False, "names": ()}),
        ("lighthouse, brass key, fog", {"tells": False, "words": ("lighthouse", "brass", "key", "fog")}),
        ("Mira's grandmother leaves her a violin", {"names": ("Mira",), "thing": "a violin"}),
        ("The train to Vienna is late. Every Monday Ada waits", {"names": ("Ada",)}),
        ("a town called Hope where nobody sleeps", {"place": "Hope", "names": ()}),
        ("Every spring the river Tarn takes a house. Ilse suspects her neighbour", {"names": ("Ilse",), "gender": "f"}),
        ("a boy who can hear trains think", {"who": "a boy who can hear trains think", "whole": True, "tells": False}),
        ("The village votes to forget the war", {"who": "", "place": "the village", "tells": True}),
        ("Two rival chefs are snowed in together", {"who": "one of two rival chefs", "beside": "the other of the two rival chefs", "rivals": True, "tells": True}),
        ("A robot gardener on a dying space station falls in love with a weed", {"who": "a robot gardener", "subject": "A robot gardener on a dying space station"}),
        ("A widow who collects clocks finds one that runs backwards", {"who": "a widow who collects clocks", "tells": True}),
        ("My grandmother robs a bank", {"who": "a grandmother", "subject": "My grandmother", "gender": "f"}),
        ("In 1888 a midwife in Lisbon hides a runaway prince", {"who": "a midwife", "place": "Lisbon", "eras": ("past",)}),
        ("After her divorce, a botanist moves to a lighthouse", {"who": "a botanist"}),
        ("What if a librarian could hear the books arguing at night?", {"who": "a librarian", "question": True, "tells": False}),
        ("A teenager trying to save her school enters a cooking contest", {"who": "a teenager", "want": "to save her school"}),
        ("A retired assassin, Mei Lin, opens a flower shop", {"who": "a retired assassin", "names": ("Mei Lin",), "tells": True}),
        ("A postman in 1950s Naples reads every letter", {"who": "a postman", "names": (), "place": "Naples"}),
        ("The river stops flowing on a Tuesday", {"who": ""}),
        ("A family of acrobats hides in a monastery", {"who": "one of a family of acrobats"}),
        ("To steal the moon", {"want": "to steal the moon", "tells": False}),
        ("", {"text": "", "words": (), "names": (), "tells": False}),
    ],
)  # fmt: skip
def test_what_a_premise_says(text: str, wanted: dict[str, object]) -> None:
    found = read(text)._asdict()
    assert {name: found[name] for name in wanted} == wanted


def test_names_that_are_given_come_first_and_are_not_doubled() -> None:
    assert read("Ada meets Ben", ("Ben Okri",)).names == ("Ben Okri", "Ada")


def test_first_person_is_told_of_the_hero() -> None:
    assert third("I find a letter in my attic", Figure("Ada", "f")) == "Ada finds a letter in her attic"
    assert third("My dog can talk", Figure("Ada", "f")) == "Ada's dog can talk"
    assert third("It rains", Figure("Ada", "f")) == "It rains"


# what comes back


@pytest.mark.parametrize(("premise", "names"), PREMISES)
def test_every_name_and_word_comes_back(premise: str, names: tuple[str, ...]) -> None:
    plot = last(PlotAsk(premise=premise, names=names, seed=11))
    text = said(plot).casefold().replace("’", "'")
    told = read(premise, names)
    assert [word for word in (*told.words, *(name.casefold().replace("’", "'") for name in told.names)) if word not in text] == []
    if told.names:
        assert plot.people[0].name == told.names[0]
    assert faults(PlotAsk(premise=premise), plot) == []


@settings(max_examples=15, deadline=None, phases=NO_SHRINKING)  # a whole plot each time
@given(premise=HARD, names=NAMES, seed=st.integers(0, 2**62), structure=st.sampled_from(sorted(STRUCTURES)))
def test_any_premise_gives_a_whole_plot(premise: str, names: tuple[str, ...], seed: int, structure: str) -> None:
    ask = PlotAsk(premise=premise[:4000], names=names, seed=seed, structure=structure)  # type: ignore[arg-type]
    plot = last(ask)
    assert [beat.name for beat in plot.beats] == [step.name for step in STRUCTURES[ask.structure]]
    assert all(beat.text.strip() for beat in plot.beats)
    assert all(text.strip() for text in (plot.title, plot.logline, plot.setting, plot.stakes, plot.twist, plot.detail))
    assert Plot.loads(plot.dumps()) == plot
    text = said(plot).casefold().replace("’", "'")
    told = read(ask.premise, ask.names)
    assert [word for word in (*told.words, *(name.casefold().replace("’", "'") for name in told.names)) if word not in text] == []


def test_a_long_premise_is_told_over_several_beats() -> None:
    plot = last(PlotAsk(premise=LONG, seed=3))
    beats = [beat.text for beat in plot.beats]
    assert all(any(sentence.strip(" .") in beat for beat in beats) for sentence in LONG.split(". ") if sentence.strip())
    assert sum("Gregor" in beat for beat in beats) >= 2


def test_the_hero_is_called_what_the_premise_calls_her() -> None:
    plot = first()
    assert plot.people[0].name == "Ada"
    assert plot.people[0].who == "a lighthouse keeper"
    assert "A lighthouse keeper named Ada finds a brass key in the fog." in plot.logline
    assert not re.search(r"\bhis\b|\bhimself\b", plot.people[0].arc)


# causes and effects


def _facts(plot: Plot, premise: str) -> Iterator[tuple[str, set[str], set[str], set[str]]]:
    """(entry, its needs, its bars, what was true before) of the entries that the story is made of, in their order."""
    deck = read_deck().by_id
    true = set(read(premise).facts)
    opening = deck.get(plot.deck.get("situation", ""))
    true |= set(opening.gives) if opening else {"discovery", "choice", "secret"}
    setting = deck.get(plot.deck.get("setting", ""))
    true |= set(setting.gives) if setting else set()
    for n in range(len(plot.beats)):
        entry = deck.get(plot.deck.get(f"beat.{n}", ""))
        if entry is not None and entry.kind in ("complication", "reversal", "twist", "ending"):
            yield entry.id, set(entry.needs), set(entry.bars), set(true)
            true |= set(entry.gives)


@pytest.mark.parametrize("structure", sorted(STRUCTURES))
def test_causes_come_before_effects(structure: str) -> None:
    uncaused, barred, count = [], [], 0
    for seed in range(0, 20, 5):
        plot = first("", seed, structure)
        for name, needs, bars, true in _facts(plot, ""):
            count += 1
            uncaused += [name] if needs and not needs & true else []
            barred += [name] if bars & true else []
    assert count > 7
    assert (uncaused, barred) == ([], [])


def test_the_twist_is_planted_before_it_comes() -> None:
    for seed in range(8):
        plot = first("", seed)
        entry = read_deck().by_id[plot.deck["twist"]]
        told = int(twist_beat(plot).split(".")[1])
        words = re.sub(r"\{\w+\}", " ", entry.plant).split()
        longest = max(re.split(r"\{\w+\}", entry.plant), key=len)
        longest = re.sub(r"(?:\bat )$", "", longest).strip(" ,.'")
        assert words
        assert any(longest in beat.text for beat in plot.beats[:told]), entry.id
        assert plot.twist.split("{")[0][:20] in plot.beats[told].text or plot.twist[-30:] in plot.beats[told].text


def test_the_need_stands_against_the_flaw() -> None:
    deck = read_deck().by_id
    met = 0
    for seed in range(8):
        plot = first("", seed)
        flaw, need = deck[plot.deck["person.0.flaw"]], deck[plot.deck["person.0.need"]]
        met += bool(set(flaw.about) & set(need.about))
    assert met == 8


def test_nothing_out_of_its_time() -> None:
    """No telephone in a story of the past, no dragon's kingdom in one of the present."""
    modern = re.compile(r"\b(?:internet|e-?mail|smartphone|television|laptop|website|airport)\b", re.IGNORECASE)
    for seed in range(0, 40, 8):
        plan = Composer(Wish(read("In 1650 a baker must leave the town"), seed)).compose()
        assert plan.era == "past"
        assert not modern.search(said(Teller(plan, read("In 1650 a baker must leave the town"), seed).plot()))


def test_no_crowd() -> None:
    counts = [len(first("", seed).people) for seed in range(10)]
    assert max(counts) <= 4
    assert sum(counts) / len(counts) <= 3.3


def test_linking_lines_come_in_turn() -> None:
    """The whole width of the deck is used: in 60 plots none comes more than seven times (the figure is taken of 400)."""
    by_id = read_deck().by_id
    lines = {name: n for name, n in used(60).items() if by_id[name].sort not in LEVERS}
    assert len(lines) > 450
    assert max(lines.values()) <= 7


def test_what_is_said_in_full_once_is_said_shortly_later() -> None:
    assert shortened("keeps score of every favour, in both directions, to the nearest egg") == "keeps score of every favour"
    assert shortened("to turn around and not check the rope") == "to turn around and not check the rope"
    assert shortened("to choose, and to let the other thing go") == "to choose, and to let the other thing go"
    for seed in range(12):
        plot = teller(PlotAsk(seed=seed)).plot()
        for phrase in (plot.people[0].flaw, plot.people[0].need):
            told = " ".join([plot.logline, plot.people[0].arc, *(beat.text for beat in plot.beats)])
            assert told.count(phrase) <= 1, phrase


def test_a_lead_in_names_what_the_beat_before_made_true() -> None:
    count = 0
    for seed in range(24):
        plan = teller(PlotAsk(seed=seed)).plan
        last: set[str] = set()
        for i, step in enumerate(plan.steps):
            kind = next(iter(step.draws), "")
            entry = plan.picks.get("twist" if kind == "twist" else f"beat.{i}") if kind not in ("", "situation") else None
            lead = plan.picks.get(f"beat.{i}.because")
            if lead is not None and entry is not None:
                count += 1
                assert set(lead.needs) <= last & set(entry.needs)
            last = set(plan.picks["situation"].gives) if kind == "situation" else set(entry.gives) if entry else set()
    assert count > 40


# offers


def test_an_offer_does_not_depend_on_how_many() -> None:
    for index in range(3):
        many = last(PlotAsk(premise=ADA, seed=20, n=3), index)
        assert last(PlotAsk(premise=ADA, seed=20 + index, n=1)) == many
        assert last(PlotAsk(premise=ADA, seed=20, n=8), index) == many


def test_offers_of_one_ask_are_far_apart() -> None:
    own = frozenset(read(ADA).words)
    three = [said(last(PlotAsk(premise=ADA, seed=5, n=3), i)) for i in range(3)]
    assert min(distance(three[a], three[b], own) for a, b in ((0, 1), (0, 2), (1, 2))) > 0.2
    assert distance(three[0], three[0]) == 0.0


def test_away_uses_other_entries() -> None:
    plot = first("", 9)
    ask = PlotAsk(seed=9, away=(plot,))
    other = last(ask)
    main = [slot for slot in plot.deck if slot in ("twist", "situation", "setting") or slot.startswith("beat.")]
    assert [slot for slot in main if other.deck.get(slot) == plot.deck[slot]] == []


def test_genre_and_tone_are_kept_to() -> None:
    deck = read_deck().by_id
    for seed in range(3):
        plot = last(PlotAsk(genre="romance", tone="funny", seed=seed, structure="romance beats"))
        assert plot.levers["genre"] == "romance"
        assert plot.levers["tone"] == "light"
        entries = [deck[name] for name in plot.deck.values() if name in deck]
        assert [e.id for e in entries if e.genres and "romance" not in e.genres] == []
    assert tone_of("something quite eerie") == "strange"
    assert tone_of("purple") == ""


def test_bans_keep_phrases_out() -> None:
    from studio.writing.bans import Bans

    rule = Bans(("door", "the"))
    tools = Tools(allowed=lambda text: Bans(("door", "letter", "sea")).first(text) is None)
    for seed in range(4):
        text = said(last(PlotAsk(seed=seed), 0, tools))
        assert not re.search(r"\b(?:door|letter|sea)\b", text, re.IGNORECASE)
    assert rule.first("the door") is not None


# slots


def test_slots_anew_change_and_others_stay() -> None:
    plot = first()
    for slot in ("beat.2", "title", "detail", "setting", "stakes"):
        new = last(PlotAsk(premise=ADA, seed=99, plot=plot, slots=(slot,)))
        before, after = texts_of(plot), texts_of(new)
        assert set(before) == set(after)
        if slot != "setting":  # the premise says where
            assert after[slot] != before[slot], slot
        if slot in ("beat.2", "title", "detail"):
            assert {name for name in before if before[name] != after[name]} == {slot}


def test_a_new_twist_takes_its_beat_and_its_plant_along() -> None:
    plot = first("", 3)
    new = last(PlotAsk(seed=50, plot=plot, slots=("twist",)))
    assert new.twist != plot.twist
    assert twist_beat(plot) == twist_beat(new)
    told = int(twist_beat(plot).split(".")[1])
    assert plot.beats[told].text != new.beats[told].text
    held = last(PlotAsk(seed=50, plot=plot, slots=("twist",), locks=(twist_beat(plot),)))
    assert held.beats[told] == plot.beats[told]


def test_a_new_name_is_taken_up_by_what_stays_but_not_by_what_is_locked() -> None:
    plot = first("", 3)
    old = Figure(plot.people[0].name).short
    new = last(PlotAsk(seed=51, plot=plot, slots=("person.0.name",), locks=("beat.1", "logline")))
    name = Figure(new.people[0].name).short
    assert name != old
    assert new.beats[1] == plot.beats[1]
    assert new.logline == plot.logline
    stayed = {slot: text for slot, text in texts_of(new).items() if slot not in ("beat.1", "logline")}
    assert [slot for slot, text in stayed.items() if re.search(rf"\b{re.escape(old)}\b", text)] == []
    assert name in new.beats[0].text


@settings(max_examples=12, deadline=None, phases=NO_SHRINKING)
@given(data=st.data(), seed=st.integers(0, 10_000), near=st.sampled_from([0.0, 0.3, 0.8, 1.0]))
def test_locks_hold_byte_for_byte(data: st.DataObject, seed: int, near: float) -> None:
    plot = first("", 3)
    slots = sorted(texts_of(plot))
    locks = tuple(data.draw(st.lists(st.sampled_from([*slots, "person.0", "beats", "no such slot"]), max_size=6)))
    anew = tuple(data.draw(st.lists(st.sampled_from(slots), max_size=4)))
    other = data.draw(st.sampled_from([None, first(ADA, 4)]))
    new = last(PlotAsk(seed=seed, plot=plot, locks=locks, slots=anew, near=near, other=other))
    from studio.writing.plot.slots import matched

    after = texts_of(new)
    for slot, text in texts_of(plot).items():
        if matched(slot, locks):
            assert after[slot] == text, slot


def test_more_like_this_keeps_about_as_much_as_asked() -> None:
    plot = first("", 3)
    before = texts_of(plot)
    shares = []
    for near in (0.2, 0.5, 0.9):
        after = texts_of(last(PlotAsk(seed=8, plot=plot, near=near)))
        shares.append(sum(after.get(slot) == text for slot, text in before.items()) / len(before))
    assert shares == sorted(shares)
    assert shares[0] < 0.7
    assert shares[2] > 0.75


def test_a_mix_has_something_of_both() -> None:
    one, other = first("", 3), first("", 17)
    mixed = last(PlotAsk(seed=5, plot=one, other=other))
    assert mixed.people[0].name == one.people[0].name
    used = set(mixed.deck.values())
    assert used & set(one.deck.values())
    assert used & (set(other.deck.values()) - set(one.deck.values()))


def test_a_plot_changed_by_hand_is_taken_as_it_is() -> None:
    own = Plot(
        title="Mine", people=(Person(name="Zed Quill", role="baker", want="flour"), Person(name="Ann")),
        beats=(Beat(name="First", text="Zed loses {a} sack."), Beat(name="Then", text=""), Beat(name="Last", text="He finds it.")),
    )  # fmt: skip
    new = last(PlotAsk(plot=own, slots=("beat.1", "twist"), seed=4))
    assert [beat.name for beat in new.beats] == ["First", "Then", "Last"]
    assert (new.beats[0], new.beats[2], new.people, new.title) == (own.beats[0], own.beats[2], own.people, "Mine")
    assert new.beats[1].text.strip()
    assert cast_of(own)[0] == "hero"


def test_replacing_touches_whole_words_once() -> None:
    assert replaced("Ann and Anna met Ben", [("Ann", "Ben"), ("Ben", "Cy")]) == "Ben and Anna met Cy"


# speech


def test_people_are_introduced_once_and_pronouns_agree() -> None:
    speech = Speech(
        {"hero": Figure("Mara Voss", "f", "a baker"), "rival": Figure("Jo Lee", "n", "a judge")}, "the mill", "the key"
    )
    assert speech.say("{hero} takes {thing} to {place}.") == "Mara Voss, a baker, takes the key to the mill."
    assert speech.say("{hero} waits. {hero} counts {hero_their} money.") == "Mara waits. She counts her money."
    assert speech.say("{rival}, at last, blames {rival_themself}.") == "Jo Lee, at last, blames themself."
    assert speech.say("{rival} goes. {rival} comes back.") == "Jo goes. Jo comes back."
    assert swapped("{hero} fears {rival} and {rival_their} dog", "rival") == "{rival} fears {hero} and {hero_their} dog"
    assert polished("one..  two . three, , four") == "One. Two . Three, four"
    assert Figure("Captain Mara Voss").short == "Captain Mara"


def test_markdown_has_everything() -> None:
    plot = first()
    told = markdown(plot)
    assert all(beat.text in told for beat in plot.beats)
    assert all(part in told for part in (plot.title, plot.logline, plot.twist, plot.stakes, plot.detail))


# the model's part


class Reciter:
    """A model that gives set answers, counts what it is asked, and likes wet wool."""

    context, slots, grammar, weighs = 2048, 1, False, True

    def __init__(self, dialect: str, answers: Sequence[str]) -> None:
        self.dialect = dialect
        self.answers = list(answers)
        self.calls: list[Call] = []
        self.weighed = 0

    def count(self, text: str) -> int:
        return len(text) // 3

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        for number, call in enumerate(calls):
            self.calls.append(call)
            yield Said(number, self.answers[(len(self.calls) - 1) % len(self.answers)], 5, "stop")

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        self.weighed += 1
        return [Weighed(passage, -float(len(passage)) * (0.5 if "wet wool" in passage else 1.0), ())]

    def close(self) -> None: ...


def _with(model: Reciter, ask: PlotAsk) -> Plot:
    told: TextModel = model  # type: ignore[assignment]
    return last(ask, 0, tools_of(told, ask.seed_of(0), ask.bans, threading.Event()))


def test_the_embedded_model_ranks_a_few_plans_and_colours_the_detail() -> None:
    model = Reciter("mini", [" heavy as wet wool in the rain"])
    plot = _with(model, PlotAsk(premise=ADA, seed=4))
    assert model.weighed <= 3 + 2  # three plans, and the detail without and with what was added
    assert len(model.calls) == 1
    assert plot.detail.endswith(", heavy as wet wool in the rain.")
    for odd in ("and John said “no", "heavy as wet xylophones in the rain", "and she was there", "cold"):
        assert odd not in _with(Reciter("mini", [odd]), PlotAsk(premise=ADA, seed=4)).detail
    unlikely = _with(Reciter("mini", [" heavy as the sea in the rain"]), PlotAsk(premise=ADA, seed=4))
    assert "heavy as the sea" not in unlikely.detail


def test_only_plans_that_are_about_as_good_are_weighed() -> None:
    """A person waits for the first words while the model weighs, so it is not asked what cannot change the choice."""
    weighed = set()
    for seed in range(6):
        model = Reciter("mini", ["cold"])
        ask = PlotAsk(premise=ADA, seed=seed)
        plot = _with(model, ask)
        weighed.add(model.weighed)
        if not model.weighed:
            assert plot == last(ask)
    assert 0 in weighed
    assert weighed <= {0, 2, 3}
    assert len(weighed) > 1


def test_a_model_that_follows_orders_writes_each_slot_and_sees_those_before() -> None:
    model = Reciter("chat", ["1. **Beat:** The sea goes out and does not come back."])
    plot = _with(model, PlotAsk(premise=ADA, seed=4))
    assert all(beat.text == "The sea goes out and does not come back." for beat in plot.beats)
    assert model.weighed == 0
    prompts = [call.prompt.turns[1][1] for call in model.calls]
    assert all(ADA in prompt for prompt in prompts)
    sofar = [prompt.rsplit("\n\n", 1)[0] for prompt in prompts]
    assert all(later.startswith(one) for one, later in zip(sofar[2:-4], sofar[3:-3], strict=True))  # the beats share a beginning
    assert all(call.stops == ("\n",) for call in model.calls)


def test_an_empty_answer_is_asked_for_once_more_and_then_the_deck_stays() -> None:
    model = Reciter("chat", ["To be determined.", "[insert]"])
    deck_only = last(PlotAsk(premise=ADA, seed=4))
    plot = _with(model, PlotAsk(premise=ADA, seed=4))
    assert plot == deck_only.changed(levers=plot.levers)
    asked = len([slot for slot in texts_of(plot) if slot.startswith("beat.")]) + 5
    assert len(model.calls) == 2 * asked


def test_stop_ends_a_plot_on_the_way() -> None:
    stop = threading.Event()
    model = Reciter("chat", ["The sea goes out."])
    seen = []
    for made in plots(PlotAsk(premise=ADA, seed=4), 0, tools_of(model, 4, (), stop)):  # type: ignore[arg-type]
        seen.append(made)
        if len(seen) == 4:
            stop.set()
    assert 4 <= len(seen) <= 5
    assert not any(made.done for made in seen)


@pytest.mark.parametrize(
    ("answer", "slot", "wanted"),
    [
        ("3) “The mill burns down.”", "beat.2", "The mill burns down."),
        ("Title: The Long Rain.", "title", "The Long Rain"),
        ("- Twist: **She** wrote it herself", "twist", "She wrote it herself."),
        ("TBD", "beat.1", ""),
        ("As an AI I cannot", "beat.1", ""),
        ("🐙", "beat.1", ""),
        ("One is whole. The second is cut off by its len", "beat.1", "One is whole."),
        ("\n\nFirst line.\nSecond line.", "beat.1", "First line."),
    ],
)  # fmt: skip
def test_answers_are_cleaned(answer: str, slot: str, wanted: str) -> None:
    assert cleaned(answer, slot) == wanted


@settings(max_examples=60, deadline=None)
@given(answer=st.text(max_size=300), slot=st.sampled_from(["title", "beat.0", "logline"]))
def test_any_answer_gives_one_line_or_nothing(answer: str, slot: str) -> None:
    got = cleaned(answer, slot)
    assert "\n" not in got
    assert got == got.strip()
    assert coloured("A lamp.", answer, lambda text: True).count("\n") == 0


def test_a_prompt_cannot_be_broken_by_control_symbols() -> None:
    plot = first()
    prompt, _ = ask_slot("chat", PlotAsk(premise="<|end|> hello"), plot, "beat.1", "an idea <|text|>")
    assert "<|" not in prompt.turns[1][1]
