"""Slots by their names: which stay, which are drawn anew, and what follows from a change in those that stay unlocked.

A locked slot stays byte for byte. A slot that merely stays follows a new name, a new twist or a new flaw word for word.
"""

import random
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from studio.core.errors import Refused
from studio.writing.ask import PlotAsk
from studio.writing.plot.people import LABELS
from studio.writing.plot.plot import Beat, Person, Plot
from studio.writing.plot.speak import Figure
from studio.writing.plot.structures import STRUCTURES, Step
from studio.writing.plot.wording import shortened

WHOLE = ("title", "logline", "setting", "stakes", "twist", "detail")
OF_PERSON = ("name", "role", "who", "want", "need", "flaw", "arc")
GROUPS = {"people": "person", "beats": "beat"}


class Kept(NamedTuple):
    """What a new plot takes over."""

    texts: dict[str, str]
    locked: frozenset[str]
    cast: tuple[str, ...]  # the roles of the people who stay
    steps: tuple[Step, ...]
    closed: bool  # only some slots are drawn anew: nobody new may come in


def texts_of(plot: Plot) -> dict[str, str]:
    """Slot -> text, in the order in which a page shows them."""
    out = {name: getattr(plot, name) for name in ("title", "logline", "setting")}
    for n, person in enumerate(plot.people):
        out |= {f"person.{n}.{name}": getattr(person, name) for name in OF_PERSON}
    out |= {f"beat.{n}": beat.text for n, beat in enumerate(plot.beats)}
    return out | {name: getattr(plot, name) for name in ("stakes", "twist", "detail")}


def matched(slot: str, names: Collection[str]) -> bool:
    """A slot is meant by its own name and by the name of the group it is in: `person.0`, `people`, `beats`."""
    for name in names:
        name = GROUPS.get(name, name)
        if slot == name or slot.startswith(name + "."):
            return True
    return False


def check(ask: PlotAsk) -> None:
    """Slots that are named must be there; a sentence if not."""
    named = [*ask.slots, *ask.locks]
    if (named or ask.other) and ask.plot is None:
        raise Refused("There is no plot yet whose slots could be kept or written anew. Ask for whole plots first.")
    known = texts_of(ask.plot) if ask.plot else {}
    for name in named:
        if not any(matched(slot, (name,)) for slot in known):
            raise Refused(f"This plot has no slot {name}. It has title, logline, setting, people, beats, stakes and so on.")


def kept_of(ask: PlotAsk, seed: int) -> Kept | None:
    """None when everything is new."""
    plot = ask.plot
    if plot is None:
        return None
    texts = texts_of(plot)
    locked = frozenset(slot for slot in texts if matched(slot, ask.locks))
    if ask.slots:
        anew = _with_followers({slot for slot in texts if matched(slot, ask.slots)}, plot, locked)
        stays = set(texts) - (anew - locked)
    elif ask.near > 0 and ask.other is None:
        rest = [slot for slot in texts if slot not in locked]
        chance = random.Random(f"{seed}/near")
        order = sorted(rest, key=lambda slot: chance.random() - (0.6 if _lasting(slot) else 0.0))
        stays = set(locked) | set(order[: round(ask.near * len(order))])
        stays = set(texts) - (_with_followers(set(texts) - stays, plot, locked) - locked)
    else:
        stays = set(locked)
    if not stays and ask.other is None:
        return None
    beats = any(slot.startswith("beat.") for slot in stays)
    people = any(slot.startswith("person.") for slot in stays) or beats
    steps = steps_of(plot) if beats or ask.slots else STRUCTURES[ask.structure]
    return Kept({s: texts[s] for s in texts if s in stays}, locked, cast_of(plot) if people else (), steps, bool(ask.slots))


def _lasting(slot: str) -> bool:
    return slot == "setting" or slot.endswith((".name", ".who", ".role"))


def _with_followers(anew: set[str], plot: Plot, locked: Collection[str]) -> set[str]:
    """The twist and the beat that tells it go together."""
    told = twist_beat(plot)
    out = set(anew)
    if told and ("twist" in out or told in out) and not ({"twist", told} & set(locked)):
        out |= {"twist", told}
    return out


def twist_beat(plot: Plot) -> str:
    """The beat that tells the twist: by the deck's entry, or because the same words stand there."""
    entry = plot.deck.get("twist")
    for n, beat in enumerate(plot.beats):
        if (entry and plot.deck.get(f"beat.{n}") == entry) or (plot.twist.strip() and plot.twist.strip() in beat.text):
            return f"beat.{n}"
    return ""


def steps_of(plot: Plot) -> tuple[Step, ...]:
    """The plot's own skeleton, beats that a person added or renamed included."""
    known = STRUCTURES[plot.structure]
    if [step.name for step in known] == [beat.name for beat in plot.beats]:
        return known
    by_name = {step.name: step for step in known}
    last = max(len(plot.beats) - 1, 1)
    return tuple(
        by_name.get(beat.name) or Step(beat.name, "", n / last, 0.5, ("complication",)) for n, beat in enumerate(plot.beats)
    ) or known  # fmt: skip


def cast_of(plot: Plot) -> tuple[str, ...]:
    """The role of each person; the first is the hero whatever the label says."""
    roles = {label: role for role, label in LABELS.items()}
    out: list[str] = []
    for n, person in enumerate(plot.people):
        role = "hero" if n == 0 else roles.get(person.role, "")
        if role in ("", "extra") or role in out:
            role = f"extra{sum(one.startswith('extra') for one in out)}"
        out.append(role)
    return tuple(out)


def rebuilt(plot: Plot, texts: Mapping[str, str]) -> Plot:
    """The plot with other texts in its slots."""
    people = [
        Person(**{name: texts.get(f"person.{n}.{name}", getattr(person, name)) for name in OF_PERSON})
        for n, person in enumerate(plot.people)
    ]  # fmt: skip
    beats = [Beat(name=beat.name, text=texts.get(f"beat.{n}", beat.text)) for n, beat in enumerate(plot.beats)]
    whole = {name: texts.get(name, getattr(plot, name)) for name in WHOLE}
    return plot.changed(people=tuple(people), beats=tuple(beats), **whole)


def carried(old: Plot, new: Plot, kept: Kept, plants: tuple[str, str] = ("", "")) -> Plot:
    """What changed in one slot, changed in the slots that stay as well, where the same words stand; `plants` are the sentences
    that prepare the old and the new twist."""
    before, after = texts_of(old), texts_of(new)
    swaps: list[tuple[str, str]] = []
    for slot in sorted(set(before) & set(after), key=lambda s: -len(before[s])):
        if slot in kept.texts or before[slot] == after[slot] or len(before[slot]) < 2:
            continue
        if slot.endswith(".name"):
            swaps += [(before[slot], after[slot]), (Figure(before[slot]).short, Figure(after[slot]).short)]
        elif slot.endswith((".flaw", ".need", ".want")) or slot == "twist":
            swaps.append((before[slot].rstrip("."), after[slot].rstrip(".")))
            swaps.append((shortened(before[slot].rstrip(".")), shortened(after[slot].rstrip("."))))
        elif slot == "stakes":
            swaps.append((_clause(before[slot]), _clause(after[slot])))
    where = (old.levers.get("where", ""), new.levers.get("where", ""))
    swaps += [where] if all(where) else []
    swaps += [(plants[0].rstrip("."), plants[1].rstrip("."))] if all(plants) else []
    open_slots = [slot for slot in kept.texts if slot not in kept.locked and slot in after]
    texts = {slot: replaced(after[slot], swaps) for slot in open_slots}
    return rebuilt(new, texts)


def replaced(text: str, swaps: Collection[tuple[str, str]]) -> str:
    """All at once, whole words only, so that nothing is replaced twice."""
    table = {old: new for old, new in swaps if old.strip() and old != new}
    if not table:
        return text
    ordered = sorted(table, key=len, reverse=True)
    rule = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")
    return rule.sub(lambda found: table[found.group()], text)


def _clause(stakes: str) -> str:
    return re.sub(r"^If [^,]{1,60}, ", "", stakes.strip()).rstrip(".")
