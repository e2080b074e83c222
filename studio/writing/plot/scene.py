"""The people, the place and the thing of one plan, and the parts of sentences that are made of them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from studio.writing.plot.people import Namer, cast_names, period_of
from studio.writing.plot.premise import Premise, definite
from studio.writing.plot.speak import CASES, Figure, Speech
from studio.writing.plot.wish import Plan
from studio.writing.plot.wording import shortened

CUT = re.compile(r",| where | which | that (?=\w+s )")
IN_SHORT = re.compile(r",| where | with | whose | which | who ")


@dataclass
class Scene:
    """A plan with its people named and its place and thing called something: what linking sentences may speak of."""

    plan: Plan
    premise: Premise
    seed: int
    kept: Mapping[str, str] = field(default_factory=dict)  # slot -> text
    genders: Mapping[str, str] = field(default_factory=dict)  # role -> gender of people who stay
    old_title: str = ""  # of the plot that is made anew
    avoid: Collection[str] = ()  # names of people in plots that this one shall differ from

    def __post_init__(self) -> None:
        plan, premise = self.plan, self.premise
        self.setting = plan.picks.get("setting")
        given = self._given()
        kept = {role: (name, self.genders.get(role, "n")) for role, name in self._kept_names().items()}
        taken = [*given.values(), *(name for name, _ in kept.values()), *self.avoid]
        cultures = self.setting.cultures if self.setting else ()
        young = plan.genre == "children"
        namer = Namer(self.seed, "".join(premise.words[:5]), plan.era, period_of(self.setting), cultures, taken, young)
        genders = {"hero": premise.gender, premise.mate: premise.gender if premise.beside else ""}  # the other sister is one too
        names = cast_names(plan.cast, given, genders, namer, kept)
        self.figures = {
            role: Figure(name, gender, self._who(number, role)) for number, (role, (name, gender)) in enumerate(names.items())
        }  # fmt: skip
        self.place, self.thing = self._place(), self._thing()

    # who, where, what

    def _given(self) -> dict[str, str]:
        out: dict[str, str] = {}
        extra = 0
        for name, role in zip(self.premise.names, self.premise.roles, strict=True):
            if role == "extra" or role in out:
                role, extra = f"extra{extra}", extra + 1
            out[role] = name
        return {role: name for role, name in out.items() if role in self.plan.cast}

    def _kept_names(self) -> dict[str, str]:
        return {role: self.kept[f"person.{n}.name"] for n, role in enumerate(self.plan.cast) if f"person.{n}.name" in self.kept}

    def _who(self, number: int, role: str) -> str:
        slot = f"person.{number}.who"
        if slot in self.kept:
            return self.kept[slot]
        if role == "hero" and self.premise.who:
            return self.premise.who
        if role == self.premise.mate and self.premise.beside:
            return self.premise.beside
        opening = self.plan.picks.get("situation")
        if role == "hero" and opening is not None and opening.job and not self.premise.tells:
            return opening.job
        entry = self.plan.picks.get(slot)
        return entry.text if entry else ""

    def _place(self) -> str:
        if self.plan.levers.get("place"):
            return self.plan.levers["place"]
        if self.premise.place:
            return self.premise.place
        if self.setting is None:
            return "the town"
        return f"the {self.setting.noun}" if self.setting.noun else definite(CUT.split(self.setting.text)[0])

    def _thing(self) -> str:
        if self.plan.levers.get("thing"):
            return self.plan.levers["thing"]
        if self.premise.thing:
            return self.premise.the_thing
        entry = self.plan.picks.get("thing")
        return f"the {entry.noun}" if entry and entry.noun else "it"

    def _in_setting(self) -> str:
        if self.premise.place or self.setting is None:
            return f"{self.premise.preposition or 'in'} {self.premise.place or 'a small town'}"
        text = self.setting.text
        if "," in text:
            text = IN_SHORT.split(text)[0]
        return f"{self.setting.preposition or 'in'} {text}"

    # speech

    def speech(self) -> Speech:
        told = self.premise.preposition if self.premise.place else self.setting.preposition if self.setting else ""
        return Speech(self.figures, self.place, self.thing, preposition=told if told in ("in", "on", "aboard") else "at")

    def words(self, speech: Speech, extra: str = "", known: Collection[str] = ()) -> dict[str, str]:
        """What linking sentences may speak of."""
        out = {
            "who": self.figures["hero"].who or "somebody like anybody else", "in_setting": self._in_setting(),
            "flaw": self._again("flaw", speech), "need": self._again("need", speech), "want": self.part("want", "hero"),
            "stake": self._stake(), "a_thing": self._a_thing(),
            "cost": self._phrase("cost"), "secret": self._secret({*speech.known, *known}),
        }  # fmt: skip
        if "rival" in self.figures:
            out["rival_want"] = self.part("want", "rival")
        if extra:
            figure = self.figures[extra]
            out |= {"extra": figure.name, "extra_their": CASES[figure.gender]["their"]}
        return out

    def _again(self, name: str, speech: Speech) -> str:
        """The hero's flaw or need: in full the first time, shorter from then on."""
        text = self.part(name, "hero")
        return shortened(text) if name in speech.told else text

    def part(self, name: str, role: str) -> str:
        """A person's want, need or flaw as part of a sentence."""
        number = self.plan.cast.index(role)
        slot = f"person.{number}.{name}"
        if slot in self.kept:
            text = self.kept[slot].strip().rstrip(".")
            return text if name == "flaw" or text.lower().startswith("to ") else f"to have {text}" if text else "to go on"
        if name == "want" and role == "hero" and self.premise.want:
            return self.premise.want
        entry = self.plan.picks.get(slot)
        if entry is None:
            return {"flaw": "trusts nobody", "need": "to trust somebody", "want": "to find out the truth"}[name]
        swap = "" if role == "hero" or entry.id.startswith("lin-counter") else role
        return self.speech().phrase(entry.text, swap)

    def _phrase(self, slot: str) -> str:
        entry = self.plan.picks.get(slot)
        return self.speech().phrase(entry.text) if entry else ""

    def _stake(self) -> str:
        if "stakes" in self.kept:
            told = re.sub(r"^If [^,]{1,60}, ", "", self.kept["stakes"].strip()).rstrip(".")
            return told or "all is lost"
        return self._phrase("stakes") or "all is lost"

    def _a_thing(self) -> str:
        entry = self.plan.picks.get("thing")
        return entry.text if entry else self.premise.thing

    def _secret(self, known: Collection[str]) -> str:
        entry = self.plan.picks.get("secret")
        if entry is None:
            return ""
        role = next((r for r in ("ally", "rival", "other") if r in self.figures), "hero")
        figure = self.figures[role]
        words = {"who": figure.short if role in known else figure.name} | {
            f"who_{case}": said for case, said in CASES[figure.gender].items()
        }
        return self.speech().say(entry.text, words, plain=True)
