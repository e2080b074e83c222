"""Speaks a plan: every slot of a plot in sentences that belong together. Slots that stay are taken over byte for byte.

Whatever a premise says comes back: its own sentences begin the logline and tell the first event; of a long one they are spread
over the first half of the beats.
"""

import random
from dataclasses import dataclass, replace

from studio.writing.plot.cues import words_of
from studio.writing.plot.deck import PLACEHOLDER
from studio.writing.plot.join import led
from studio.writing.plot.people import LABELS
from studio.writing.plot.plot import Beat, Person, Plot
from studio.writing.plot.scene import Scene
from studio.writing.plot.speak import CASES, Figure, Speech, polished, sentence
from studio.writing.plot.wording import fitting, in_pieces, listed, phrases, said, shortened, third, titled

SHORT = 320  # characters of a premise that a logline or one beat takes whole
ARTICLES = ("a", "an", "the", "two", "three", "one", "some")
MOST_BEAT = 3900
CHOICES = {
    "hero": "the hero's", "ally": "the ally's", "rival": "the rival's", "all": "everybody's",
    "other": "that of the one who matters most",
}  # fmt: skip


@dataclass
class Teller(Scene):
    """Every slot, and the whole plot."""

    def slot(self, name: str, made: str) -> str:
        return self.kept.get(name, made)

    def beats(self) -> list[Beat]:
        speech = self.speech()
        if not self.premise.thing and self._thing_opens():
            speech.first_thing = self._a_thing()
        told = self._premise_told()
        plants = self._plant_place()
        out: list[Beat] = []
        for i, step in enumerate(self.plan.steps):
            slot = f"beat.{i}"
            if slot in self.kept:
                out.append(Beat(name=step.name, text=self.kept[slot]))
                speech.known |= {role for role, figure in self.figures.items() if figure.name in self.kept[slot]}
                continue
            pieces = [self._named()] if i == 0 else []
            for k, purpose in enumerate(step.before):
                if purpose != "plant":
                    pieces.append(self._link(speech, f"{slot}.before.{k}"))
            pieces += told.get(i, [])
            if told.get(i):
                speech.known |= {role for role, figure in self.figures.items() if figure.name in " ".join(told[i])}
            pieces.append(self._main(speech, i, bool(told.get(i))))
            if i == plants:
                pieces.append(self._plant(speech))
            for k, purpose in enumerate(step.after):
                if purpose != "plant" and not (purpose == "thing" and not self._turns_on_thing()):
                    pieces.append(self._link(speech, f"{slot}.after.{k}"))
            pieces += self._bystanders(speech, i)
            pieces += self._later(speech) if i == len(self.plan.steps) - 1 else []
            out.append(Beat(name=step.name, text=" ".join(piece for piece in pieces if piece)[:4000]))
        return out

    def _named(self) -> str:
        """What a premise that tells of nothing names."""
        premise = self.premise
        if premise.tells or not premise.words or premise.beside or premise.whole:
            return ""
        text = fitting(premise.sentences, SHORT).rstrip(" .,;:!?")
        if premise.question:
            return f"It begins with a question: {self._lowered(text)}?"
        if "," in text:
            return f"First there are only these: {text}."
        first = text.split()[0].lower()
        low = self._lowered(text)
        if first == "to":
            return f"There is one aim from the start: {low}."
        if first.endswith("ing") and len(first) > 4:
            return f"All of it has to do with {low}."
        begun = len(text.split()) < 4 or first in ARTICLES
        return f"It begins with {low}." if begun else f"It begins like this: {low}."

    def _lowered(self, text: str) -> str:
        """With a small letter, unless it begins with a name."""
        first = text.split()[0]
        named = any(first in name.split() for name in (*self.premise.names, self.premise.place))
        return text if first[1:2].isupper() or named or first == "I" else text[:1].lower() + text[1:]

    def _main(self, speech: Speech, index: int, told: bool) -> str:
        kind = next(iter(self.plan.steps[index].draws), "")
        if kind == "situation" and told:
            return ""
        entry = self.plan.picks.get(kind if kind in ("situation", "twist") else f"beat.{index}")
        if entry is None:
            return ""
        lead = self.plan.picks.get(f"beat.{index}.because")
        if lead is None:
            return speech.say(entry.text)
        if kind == "twist":  # it stands word for word in its slot as well
            return f"{speech.say(lead.text)} {speech.say(entry.text)}"
        return speech.say(led(lead, entry.text))

    def _link(self, speech: Speech, slot: str) -> str:
        entry = self.plan.picks.get(slot)
        if entry is None:
            return ""
        words = self.words(speech, known=entry.people)
        speech.told |= {"flaw", "need"} & entry.placeholders
        if "{who}" in entry.text:
            speech.known.add("hero")
            first, _, rest = entry.text.partition("{hero}")
            return polished(speech.say(f"{first}@@{rest}", words).replace("@@", self.figures["hero"].name, 1))
        return speech.say(entry.text, words)

    def _plant_place(self) -> int:
        for i, step in enumerate(self.plan.steps):
            if "plant" in step.before or "plant" in step.after:
                return i
        return 1

    def _plant(self, speech: Speech) -> str:
        entry = self.plan.picks.get("twist")
        return speech.say(entry.plant) if entry and entry.plant else ""

    def _turns_on_thing(self) -> bool:
        """Is the thing spoken of at all, and is it not the premise's own?"""
        if self.premise.thing or "thing" not in self.plan.picks or self._thing_opens():
            return False
        return any("thing" in entry.placeholders for entry in self.plan.picks.values())

    def _thing_opens(self) -> bool:
        """Does the story begin with it? Then it is described there."""
        opening = self.plan.picks.get("situation")
        return opening is not None and "{thing}" in opening.text and not self.premise.tells

    def _bystanders(self, speech: Speech, index: int) -> list[str]:
        extras = [role for role in self.plan.cast if role.startswith("extra")]
        middle = [i for i, step in enumerate(self.plan.steps) if 0.2 < step.place < 0.9] or [0]
        out = []
        for k, role in enumerate(extras):
            entry = self.plan.picks.get(f"bystander.{k}")
            if middle[k % len(middle)] == index and entry is not None:
                out.append(speech.say(entry.text, self.words(speech, role)))
        return out

    def _later(self, speech: Speech) -> list[str]:
        time, entry = self.plan.picks.get("time"), self.plan.picks.get("later")
        if time is None or entry is None or time.text == "none" or time.text.endswith("."):
            return []
        return [speech.say(entry.text, {"later": speech.phrase(time.text)})]

    def _premise_told(self) -> dict[int, list[str]]:
        """Beat -> sentences of the premise told there."""
        premise = self.premise
        if not premise.text or not premise.tells:
            return {}
        first = next((i for i, step in enumerate(self.plan.steps) if step.draws[:1] == ("situation",)), 0)
        hero = self.figures["hero"]
        sentences = list(premise.sentences)
        if premise.subject:
            sentences[0] = sentences[0].replace(premise.subject, hero.short, 1)
        sentences = [third(one, hero) for one in sentences]
        if len(premise.text) <= SHORT:
            return {first: [sentence(polished(" ".join(map(sentence, sentences))))]}
        places = [i for i in range(first, len(self.plan.steps)) if self.plan.steps[i].place <= 0.6] or [first]
        each = max(SHORT, len(premise.text) // len(places) + 1)
        out: dict[int, list[str]] = {}
        at, size = 0, 0
        for one in (piece for s in sentences for piece in in_pieces(s, MOST_BEAT // 2)):
            if size + len(one) > each and size and at < len(places) - 1:
                at, size = at + 1, 0
            out.setdefault(places[at], []).append(sentence(one))
            size += len(one)
        return out

    def people(self) -> list[Person]:
        out = []
        for number, role in enumerate(self.plan.cast):
            figure = self.figures[role]
            made = {"name": figure.name[:80], "role": LABELS[role.rstrip("0123456789")], "who": figure.who[:400]}
            made |= dict.fromkeys(("want", "need", "flaw", "arc"), "")
            if role in ("hero", "rival", "ally", "other"):
                made |= {name: self.part(name, role) for name in ("want", "need", "flaw")}
                made["arc"] = self._arc(role)
            out.append(Person(**{name: self.slot(f"person.{number}.{name}", text) for name, text in made.items()}))
        return out

    def _arc(self, role: str) -> str:
        entry = self.plan.picks.get(f"arc.{role}")
        if entry is None:
            return ""
        hero, own = self.figures["hero"], self.figures[role]
        words = {
            "main": hero.short, "main_their": CASES[hero.gender]["their"] if hero.gender == "n" else f"{hero.short}'s",
            "flaw": shortened(self.part("flaw", role)), "need": shortened(self.part("need", role)),
            "want": self.part("want", role), "hero": own.short,
        }  # fmt: skip
        words["main_their"] = f"{hero.short}'s"
        speech = replace(self.speech(), figures={"hero": own}, known={"hero"})
        return speech.say(entry.text, words, plain=True)

    def logline(self) -> str:
        entry = self.plan.picks.get("logline")
        speech = self.speech()
        opening = self.plan.picks.get("situation")
        if opening is not None and opening.job and not self.premise.tells:  # the situation says it
            speech.figures = self.figures | {"hero": replace(self.figures["hero"], who="")}
        head = self._head(speech)
        speech.told = {"flaw", "need"}  # in full they are told in the beats
        speech.known |= {role for role, figure in self.figures.items() if figure.name in head}
        speech.figures = {role: Figure(f.name, f.gender, "" if role != "hero" else f.who) for role, f in self.figures.items()}
        told = speech.say(entry.text, self.words(speech) | {"premise": "@@"}) if entry else "@@"
        rest = told.removeprefix("@@").strip()
        if head.endswith(":"):
            return f"{head} {rest}"[:2000]
        return f"{sentence(head)} {rest}".strip()[:2000]

    def _head(self, speech: Speech) -> str:
        premise, hero = self.premise, self.figures["hero"]
        if not premise.text or (premise.names and not premise.words):
            opening = self.plan.picks.get("situation")
            return speech.say(opening.text, plain=False) if opening else ""
        if not premise.tells:
            short = fitting(premise.sentences, SHORT)
            short = short[:1].upper() + short[1:].rstrip(" .,;:!?")
            return f"{short}?" if premise.question else f"{short}:"
        text = fitting(premise.sentences, SHORT)
        if premise.subject and not premise.names:
            own = premise.subject.lower().startswith("my ")
            told = f"{hero.name}, {premise.who}," if own else f"{premise.subject}, {hero.name},"
            text = text.replace(premise.subject, told, 1).replace(",,", ",")
        else:
            text = third(text, hero, full=True)
        return text[:1].upper() + text[1:]

    def setting_text(self) -> str:
        if self.premise.place or self.setting is None:
            text = self.premise.place or "a small town"
            entry, link = self.plan.picks.get("setting.sense"), self.plan.picks.get("where")
            if entry is not None and link is not None:
                text = self.speech().say(link.text, {"place": text, "sensed": self.speech().phrase(entry.text)}, plain=True)
        else:
            text = self.setting.text
        return sentence(text[:1].upper() + text[1:])

    def detail(self) -> str:
        entry, link = self.plan.picks.get("detail"), self.plan.picks.get("sensed")
        if entry is None:
            return ""
        sensed = self.speech().phrase(entry.text)
        return self.speech().say(link.text, {"sensed": sensed}, plain=True) if link else sentence(sensed)

    def stakes(self) -> str:
        return f"If {self.figures['hero'].short} fails, {self._stake()}."

    def twist(self) -> str:
        entry = self.plan.picks.get("twist")
        return self.speech().say(entry.text, plain=True) if entry else ""

    def titles(self) -> list[str]:
        entries = [entry for slot, entry in self.plan.picks.items() if slot.startswith("title.")]
        thing = self.thing.removeprefix("the ")
        words = {
            "thing_title": titled(self.thing), "place_title": titled(self.place), "noun_title": titled(thing.split()[-1]),
            "hero": self.figures["hero"].short,
        }  # fmt: skip
        made = [titled(PLACEHOLDER.sub(lambda m: words.get(m[1], m[0]), entry.text))[:200] for entry in entries]
        opening = self.plan.picks.get("situation")
        source = self.premise.text[:SHORT] if self.premise.tells else opening.text if opening else ""
        found = [f"The {titled(phrase)}" for phrase in phrases(source)]
        chance = random.Random(f"{self.seed}/title")
        if found and chance.random() < 0.55:
            made.insert(0, chance.choice(found))
        return made

    def levers(self) -> dict[str, str]:
        plan = self.plan
        time = plan.picks.get("time")
        out = {
            "genre": plan.genre, "tone": plan.tone, "whose choice": CHOICES[plan.levers["choice"]],
            "what it costs": self._phrase("cost"),
            "time": self.speech().phrase(time.text) if time and time.text != "none" else "told straight through",
            "told": self._phrase("view"), "turns on": self.thing, "where": self.place,
        }  # fmt: skip
        return {name: text for name, text in out.items() if text}

    def plot(self) -> Plot:
        plan = self.plan
        titles = self.titles()
        made = Plot(
            structure=plan.structure, title=self.slot("title", next((one for one in titles if one != self.old_title), "")),
            logline=self.slot("logline", self.logline()), setting=self.slot("setting", self.setting_text()),
            people=tuple(self.people()), beats=tuple(self.beats()), stakes=self.slot("stakes", self.stakes()),
            twist=self.slot("twist", self.twist()), detail=self.slot("detail", self.detail()),
            levers=self.levers(), deck=self.deck(),
        )  # fmt: skip
        return self.complete(made)

    def deck(self) -> dict[str, str]:
        """Slot -> entry; a beat is named by its main entry, or by its first link."""
        out: dict[str, str] = {}
        for slot, entry in self.plan.picks.items():
            out.setdefault(".".join(slot.split(".")[:2]) if slot.startswith("beat.") else slot, entry.id)
        for i, step in enumerate(self.plan.steps):
            kind = next(iter(step.draws), "")
            if kind in ("situation", "twist") and kind in self.plan.picks:
                out[f"beat.{i}"] = self.plan.picks[kind].id
            elif f"beat.{i}" in self.plan.picks:
                out[f"beat.{i}"] = self.plan.picks[f"beat.{i}"].id
        return out

    def complete(self, plot: Plot) -> Plot:
        """What of the premise has not come back yet is said in the logline, unless that stays as it is."""
        text = said(plot).casefold()
        have = set(words_of(text))
        missing = [word for word in self.premise.words if word not in have and word not in text]
        missing += [name for name in self.premise.names if name.casefold() not in text]
        if not missing:
            return plot
        more = f" It is also about {listed(missing)}."
        if "logline" not in self.kept and len(plot.logline) + len(more) <= 2000:
            return plot.changed(logline=plot.logline + more)
        free = next(
            (i for i, beat in enumerate(plot.beats) if f"beat.{i}" not in self.kept and len(beat.text) + len(more) <= 4000), None
        )
        if free is None:
            return plot
        beat = plot.beats[free].changed(text=plot.beats[free].text + more)
        return plot.changed(beats=(*plot.beats[:free], beat, *plot.beats[free + 1 :]))
