"""Makes the plots of an ask, one offer at a time: composed from the deck, ranked and coloured by the model, or written by it.

Three whole plans are drawn for every offer and the best is kept: what hangs together, and what is far from the neighbouring
seeds' plans and from the plots it shall differ from; where two are about as good, the embedded model says which is likelier.
Nothing here looks at the other offers of an ask, so an offer is the same however many are made.
"""

import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from studio.core.engine import Stop
from studio.writing.ask import PlotAsk
from studio.writing.bans import Bans, write
from studio.writing.likeness.spread import distance as apart
from studio.writing.likeness.spread import distances
from studio.writing.model import Call, Dialect, Prompt, Samplers, TextModel
from studio.writing.plot.asking import ASKED, ask_slot, cleaned, colour_prompt, coloured
from studio.writing.plot.compose import Composer
from studio.writing.plot.deck import Entry, read_deck
from studio.writing.plot.draw import all_traits, stems, without
from studio.writing.plot.plot import Plot
from studio.writing.plot.premise import Premise, read
from studio.writing.plot.slots import Kept, carried, cast_of, kept_of, rebuilt, texts_of
from studio.writing.plot.tell import Teller
from studio.writing.plot.wish import Plan, Wish
from studio.writing.plot.wording import said

CANDIDATES = 3
RANKED = 200  # characters of a candidate that the model weighs
REACH = 0.1  # further behind, a plan is not weighed: it hardly ever catches up, and a person waits for the first words
LIKELIER = 0.85  # of the bits of the sentence without it
AGAIN = 2  # times a model is asked for a slot before the deck's own words stay


class Made(NamedTuple):
    plot: Plot
    share: float
    done: bool
    facts: dict[str, Any]


@dataclass(frozen=True)
class Tools:
    """What the model can do for a plot; None where it cannot."""

    dialect: Dialect = "mini"
    score: Callable[[str, str], float | None] | None = None  # (before, text) -> bits per character
    say: Callable[[Prompt, int, tuple[str, ...], int], str | None] | None = None  # (prompt, pieces, stops, turn)
    allowed: Callable[[str], bool] = lambda text: True
    stopped: Callable[[], bool] = lambda: False


def tools_of(model: TextModel, seed: int, bans: tuple[str, ...], stop: Stop) -> Tools:
    rule = Bans(bans)
    heat = 0.5 if model.dialect == "mini" else 0.8

    def say(prompt: Prompt, most: int, stops: tuple[str, ...], turn: int) -> str | None:
        if stop.is_set():
            return None
        call = Call(prompt=prompt, most=most, seed=(seed * 64 + turn) % 2**63, stops=stops, samplers=Samplers(temperature=heat))
        text = None
        for heard in write(model, [call], rule, stop):
            text = heard.text
        return None if stop.is_set() else text

    def score(before: str, text: str) -> float | None:
        if stop.is_set() or not text:
            return None
        weighed = model.weigh(Prompt(text=before, symbols=True), text, 0)
        return -sum(one.logprob for one in weighed) / math.log(2) / len(text)

    ranks = model.weighs and model.dialect == "mini"
    return Tools(model.dialect, score if ranks else None, say, lambda text: rule.first(text) is None, stop.is_set)


def plots(ask: PlotAsk, index: int, tools: Tools) -> Iterator[Made]:
    """The growing plot, slot by slot, and last the finished one."""
    seed = ask.seed_of(index)
    premise = read(ask.premise, ask.names)
    kept = kept_of(ask, seed)
    if kept is None:
        teller, facts = _best(ask, premise, seed, tools)
        plot = teller.plot()
    else:
        teller, facts = _again(ask, premise, seed, kept, tools), {}
        plot = teller.plot()
        if ask.plot is not None and ask.other is None:
            plot = _settled(ask, ask.plot, plot, kept, teller)
    stays = dict(kept.texts) if kept else {}
    grown = _empty(plot, stays)
    order = [slot for slot in texts_of(plot) if slot not in stays]
    told = texts_of(plot)
    for number, slot in enumerate(order):
        if tools.stopped():
            break
        told[slot] = _worded(ask, premise, rebuilt(plot, told), slot, tools, number, teller)
        grown = rebuilt(grown, {slot: told[slot]})
        yield Made(grown, (number + 1) / (len(order) + 1), False, {})
    if tools.stopped():
        return
    whole = teller.complete(rebuilt(plot, told))
    yield Made(whole, 1.0, True, facts | _why(whole, teller.plan))


def _wish(ask: PlotAsk, premise: Premise, seed: int, tools: Tools) -> Wish:
    tired = {entry for plot in ask.away for entry in plot.deck.values()}
    salt = f"/{zlib.crc32(' '.join([premise.text, *premise.names]).encode())}"  # another premise, another hand
    return Wish(
        premise, seed, salt, ask.genre or "", ask.tone, ask.structure, boldness=ask.boldness, allowed=tools.allowed, tired=tired
    )  # fmt: skip


def _best(ask: PlotAsk, premise: Premise, seed: int, tools: Tools) -> tuple[Teller, dict[str, Any]]:
    """Three plans, the best of them; how far it is from the plans of the seeds beside it."""
    wish = _wish(ask, premise, seed, tools)
    avoid = [person.name for plot in ask.away for person in plot.people]
    tellers = [
        Teller(Composer(replace(wish, salt=f"{k}{wish.salt}")).compose(), premise, seed, avoid=avoid) for k in range(CANDIDATES)
    ]
    texts = [said(teller.plot()) for teller in tellers]
    beside = [replace(wish, seed=(seed + step) % 2**63, salt=f"0{wish.salt}") for step in (-1, 1)]
    others = [said(Teller(Composer(one).compose(), premise, one.seed).plot()) for one in beside] + [said(p) for p in ask.away]
    own = stems(premise.text)
    fars = [min(row) for row in distances([without(one, own) for one in texts], [without(one, own) for one in others])]
    marks = [teller.plan.score + 2.0 * far for teller, far in zip(tellers, fars, strict=True)]
    near = [k for k, mark in enumerate(marks) if mark >= max(marks) - REACH]
    bits = _bits([tellers[k] for k in near], premise, tools) if len(near) > 1 else {}
    best = max(near, key=lambda k: marks[k] - 0.5 * bits.get(near.index(k), 0.0))
    facts: dict[str, Any] = {"distance": round(fars[best], 3), "candidates": len(tellers)}
    if near.index(best) in bits:
        facts["bits"] = round(bits[near.index(best)], 3)
    return tellers[best], facts


def _bits(tellers: Sequence[Teller], premise: Premise, tools: Tools) -> dict[int, float]:
    """How likely the model finds each of several plans; nothing where it cannot say."""
    if tools.score is None:
        return {}
    before = f"<|story|><|plot|> {premise.text[:200]}<|text|>"
    found = {k: tools.score(before, _beats(teller)[:RANKED]) for k, teller in enumerate(tellers)}
    return {k: bits for k, bits in found.items() if bits is not None}


def _beats(teller: Teller) -> str:
    return " ".join(beat.text for beat in teller.beats())


def distance(one: str, other: str, own: frozenset[str] = frozenset()) -> float:
    """How far apart two plots are in words and in meaning; `own` words, the premise's, do not count."""
    return apart(without(one, own), without(other, own))


def _again(ask: PlotAsk, premise: Premise, seed: int, kept: Kept, tools: Tools) -> Teller:
    """A plan around what stays."""
    plot = ask.plot
    assert plot is not None
    texts = dict(kept.texts)
    deck = dict(plot.deck)
    liked: set[str] = set()
    cast = kept.cast
    if ask.other is not None:
        texts, deck, cast = _mixed(plot, ask.other, kept, seed)
        liked = {*plot.deck.values(), *ask.other.deck.values()}
    by_id = read_deck().by_id
    hidden = {slot for slot in ("situation", "setting", "thing", "twist") if _told_by(slot, texts, plot)}
    fixed: dict[str, Entry | None] = {slot: by_id.get(deck.get(slot, "")) for slot in (*texts, *hidden)}
    levers = {name: plot.levers[lever] for name, lever in (("thing", "turns on"), ("place", "where")) if plot.levers.get(lever)}
    if not any(slot.startswith("beat.") for slot in texts) or ("setting" not in texts and "setting" not in hidden):
        levers.pop("place", None)
    wish = _wish(ask, premise, seed, tools)
    wish = replace(
        wish, genre=ask.genre or plot.levers.get("genre", ""), tone=ask.tone or plot.levers.get("tone", ""), steps=kept.steps,
        structure=plot.structure if ask.slots or any(s.startswith("beat.") for s in texts) else ask.structure,
        liked=liked, cast=cast, closed=kept.closed, fixed=fixed, texts=texts, levers=levers,
        tired=set() if ask.other else {*wish.tired, *(entry for slot, entry in plot.deck.items() if slot not in fixed)},
    )  # fmt: skip
    return Teller(
        Composer(wish).compose(), premise, seed, texts, avoid=[person.name for person in plot.people], old_title=plot.title
    )


def _told_by(slot: str, texts: dict[str, str], plot: Plot) -> bool:
    """Does a slot that stays speak of this entry?"""
    entry = plot.deck.get(slot)
    beats = [name for name in texts if name.startswith("beat.")]
    if slot in ("thing",):
        return bool(beats)
    if slot == "setting":
        return "setting" in texts
    return any(plot.deck.get(name) == entry for name in beats) if entry else False


def _mixed(plot: Plot, other: Plot, kept: Kept, seed: int) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """The hero of the one, the people beside the hero of the other; the setting by the seed; what is locked stays."""
    texts = {slot: text for slot, text in texts_of(plot).items() if slot.startswith("person.") and not slot.endswith(".arc")}
    theirs = texts_of(other)
    roles = {role: n for n, role in enumerate(cast_of(other))}
    deck = dict(plot.deck)
    for n, role in enumerate(cast_of(plot)):
        if n and role in roles and not any(slot.startswith(f"person.{n}.") for slot in kept.locked):
            for name in ("name", "who", "want", "need", "flaw"):
                texts[f"person.{n}.{name}"] = theirs[f"person.{roles[role]}.{name}"]
                deck[f"person.{n}.{name}"] = other.deck.get(f"person.{roles[role]}.{name}", "")
    chosen, source = (plot, deck) if seed % 2 else (other, other.deck)
    texts["setting"] = chosen.setting
    deck["setting"] = source.get("setting", "")
    return texts | kept.texts, deck, cast_of(plot)


def _settled(ask: PlotAsk, old: Plot, new: Plot, kept: Kept, teller: Teller) -> Plot:
    """What stays follows what changed; levers of a plot that mostly stays are kept."""
    last, now = (read_deck().by_id.get(plot.deck.get("twist", "")) for plot in (old, new))
    plants = ("", "")
    if last is not None and now is not None and last is not now:
        speech = teller.speech()
        plants = (_found(speech.say(last.plant, plain=True), old), speech.say(now.plant, plain=True))
    out = carried(old, new, kept, plants)
    if ask.slots:
        out = out.changed(levers={**new.levers, **old.levers, "where": new.levers.get("where", "")})
    old_ids = {slot: entry for slot, entry in old.deck.items() if slot in kept.texts or slot not in new.deck}
    return out.changed(deck={**new.deck, **old_ids})


def _found(plant: str, plot: Plot) -> str:
    """The sentence of the old plant as it stands in a beat: people may have been introduced in it."""
    for beat in plot.beats:
        for one in re.split(r"(?<=[.!?])\s+", beat.text):
            if one == plant or (len(stems(plant)) > 3 and stems(plant) <= stems(one)):
                return one
    return ""


def _empty(plot: Plot, stays: dict[str, str]) -> Plot:
    """The skeleton: names of beats and of roles, and what stays."""
    blank = {slot: stays.get(slot, "") for slot in texts_of(plot) if not slot.endswith((".role", ".name"))}
    return rebuilt(plot, blank)


def _worded(ask: PlotAsk, premise: Premise, plot: Plot, slot: str, tools: Tools, turn: int, teller: Teller) -> str:
    """The slot in the deck's words, or in the model's where it can do it better."""
    own = texts_of(plot)[slot]
    if tools.say is None or not own:
        return own
    if tools.dialect == "mini":
        if slot != "detail":
            return own
        return _coloured(plot, own, tools, turn)
    if slot not in ASKED and not slot.startswith("beat."):
        return own
    for once in range(AGAIN):
        prompt, stops = ask_slot(tools.dialect, ask, plot, slot, own)
        answer = cleaned(tools.say(prompt, 110, stops, turn * AGAIN + once) or "", slot)
        if answer and tools.allowed(answer):
            return answer
        if tools.stopped():
            break
    return own


def _coloured(plot: Plot, own: str, tools: Tools, turn: int) -> str:
    """The detail with what the embedded model adds to it, where that makes the sentence likelier and has no odd word."""
    if tools.say is None:
        return own
    prompt, stops = colour_prompt(plot, own)
    longer = coloured(own, tools.say(prompt, 24, stops, turn), tools.allowed)
    known = {stem for traits in all_traits().values() for stem in traits.stems}
    if not longer or tools.score is None or not stems(longer) <= known:
        return own
    bits = [tools.score(prompt.text, text) for text in (own, longer)]
    return longer if bits[0] and bits[1] and bits[1] < LIKELIER * bits[0] else own


def _why(plot: Plot, plan: Plan) -> dict[str, Any]:
    """For the page: what made each slot, and which fact led to which."""
    by_id = read_deck().by_id
    why = {}
    for slot, name in plot.deck.items():
        entry = by_id.get(name)
        if entry is not None and (slot in ("twist", "stakes", "setting") or slot.startswith(("beat.", "person."))):
            causes = {fact: plan.facts[fact] for fact in entry.needs if fact in plan.facts}
            why[slot] = {"entry": entry.id, "because": causes, "gives": list(entry.gives)}
    return {"why": why, "levers": dict(plot.levers), "tension": [step.tension for step in plan.steps]}
