"""Chooses the linking sentences of a plan: those that a beat asks for, and those that say how one beat leads to the next.

A lead-in is taken when the beat before made a fact true that this beat needs. Which line of a purpose comes is dealt, not
judged, so that over many plots every line comes about equally often.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from studio.writing.plot.deck import PLACEHOLDER, Deck, Entry
from studio.writing.plot.draw import Draw
from studio.writing.plot.wish import CHOOSERS, Plan, Wish
from studio.writing.plot.wording import shortened

# A sentence that begins so can go on after a comma.
GOES_ON = re.compile(
    r"(?:\{(?:hero|rival|ally|other|thing|place)\}|(?:The|A|An|No|Nobody|Everyone|Everybody|Somebody|Someone|Something|Nothing|It|All"
    r"|Every|Each|One|Two|Three|People)(?= ))(?!,)"
)
JOINED = 0.8  # of the beats that could be joined are


@dataclass
class Joiner:
    plan: Plan
    draw: Draw
    deck: Deck
    wish: Wish

    def join(self) -> None:
        self._beats()
        self._leads()
        self._others()
        self._people()

    def _beats(self) -> None:
        cast = set(self.plan.cast)
        choosers = [one for one in CHOOSERS if one in cast or one == "all"]
        turn = self.draw.chance("levers").randrange(2)
        self.plan.levers["choice"] = choosers[(self.wish.seed + turn) % len(choosers)]
        sorts = {"choice": f"choice-{self.plan.levers['choice']}", "cost": "cost-hero"}
        for i, step in enumerate(self.plan.steps):
            for side, purposes in (("before", step.before), ("after", step.after)):
                for k, purpose in enumerate(purposes):
                    if purpose != "plant":
                        again = () if purpose == "world" else self._long(0)
                        self._link(f"beat.{i}.{side}.{k}", sorts.get(purpose, purpose), again)

    def _leads(self) -> None:
        """From one beat's main entry to the next one's, where nothing else stands between."""
        chance = self.draw.chance("leads")
        spoken: set[str] = set()
        last: set[str] = set()
        for i, step in enumerate(self.plan.steps):
            kind = next(iter(step.draws), "")
            entry = self.plan.picks.get(kind if kind in ("situation", "twist") else f"beat.{i}") if kind else None
            if kind == "situation":
                last = set(self.wish.premise.facts) | set(entry.gives if entry else ())
                continue
            common = [fact for fact in entry.needs if fact in last and fact not in spoken] if entry else []
            if entry is not None and common and f"beat.{i}" not in self.wish.texts and chance.random() < JOINED:
                after_comma = bool(GOES_ON.match(entry.text)) and kind != "twist"
                pool = [
                    e for e in self.deck.of("link", None, "because")
                    if set(e.needs) & set(common) and (after_comma or not e.text.endswith(","))
                ]  # fmt: skip
                found = self.draw.deal([e for e in pool if e.people <= set(self.plan.cast)], f"beat.{i}.because")
                if found is not None:
                    self.plan.picks[f"beat.{i}.because"] = found
                    spoken |= set(found.needs)
            last = set(entry.gives) if entry is not None else set()

    def _others(self) -> None:
        for slot, sort in (("cost", "cost-of"), ("time", "time"), ("view", "view"), ("later", "later")):
            self._link(slot, sort)
        turns = bool(self.wish.premise.thing) or any("thing" in entry.placeholders for entry in self.plan.picks.values())
        for k in range(4):
            self._link(f"title.{k}", "title", () if turns else ("thing_title", "noun_title"))
        if self.wish.premise.place:
            self._link("where", "where")
        detail = self.plan.picks.get("detail")
        self._link("sensed", detail.sort if detail else "sight")

    def _people(self) -> None:
        cast = self.plan.cast
        for k in range(sum(role.startswith("extra") for role in cast)):
            self._link(f"bystander.{k}", "bystander")
        ending = next((e for e in self.plan.picks.values() if e.kind == "ending"), None)
        shape = ending.shape if ending and ending.shape else "changed"
        for role, sort in (("hero", shape), ("rival", "rival"), ("ally", "ally"), ("other", "ally")):
            if role in cast:
                self._link(f"arc.{role}", f"arc-{sort}", self._long(cast.index(role)))
        self._link("logline", "logline" if "rival" in cast else "logline-lone", self._long(0))

    def _long(self, number: int) -> tuple[str, ...]:
        """Which of a person's flaw and need has no short form and should not be said again."""
        found = {name: self.plan.picks.get(f"person.{number}.{name}") for name in ("flaw", "need")}
        return tuple(name for name, entry in found.items() if entry is not None and shortened(entry.text) == entry.text)

    def _link(self, slot: str, sort: str, without: Collection[str] = ()) -> None:
        known = set(self.plan.cast) | {"place", "thing"}
        pool = [e for e in self.deck.of("link", None, sort) if e.people <= known]
        free = [e for e in pool if not e.placeholders & set(without)]
        found = self.draw.deal(free or pool, slot)
        if found is not None:
            self.plan.picks[slot] = found


def led(lead: Entry, main: str) -> str:
    """The template of a beat's main sentence with what leads to it."""
    if not lead.text.endswith(","):
        return f"{lead.text} {main}"
    small = main if PLACEHOLDER.match(main) else main[:1].lower() + main[1:]
    return f"{lead.text} {small}"
