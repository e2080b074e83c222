"""From the deck's templates to sentences: names, pronouns, place and thing filled in, people introduced at first mention.

Templates never use a subject pronoun for a person. Where a sentence begins with the person with whom the last one began and
nobody else was named between, the name gives way to "She" or "He", so that it reads less like a list.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.writing.plot.deck import PLACEHOLDER

CASES = {
    "f": {"them": "her", "their": "her", "theirs": "hers", "themself": "herself"},
    "m": {"them": "him", "their": "his", "theirs": "his", "themself": "himself"},
    "n": {"them": "them", "their": "their", "theirs": "theirs", "themself": "themself"},
}
SUBJECT = {"f": "She", "m": "He"}
HONORIFICS = frozenset(
    """captain mr mrs ms miss dr doctor lady lord sir king queen prince princess aunt uncle professor father mother sister brother
    detective inspector sergeant colonel general judge grandma grandpa the old abu umm sitt""".split()  # noqa: SIM905
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Figure:
    """Somebody of the cast, as the sentences need them."""

    name: str
    gender: str = "n"
    who: str = ""

    @property
    def short(self) -> str:
        """How the person is called after the first time."""
        parts = self.name.split()
        if len(parts) < 2 or not all(part[:1].isalpha() for part in parts):
            return self.name
        return " ".join(parts[:2]) if parts[0].lower().rstrip(".") in HONORIFICS else parts[0]


@dataclass
class Speech:
    """Speaks the sentences of one plot in order, and remembers who has been introduced."""

    figures: dict[str, Figure]
    place: str = "the place"
    thing: str = "the thing"
    first_thing: str = ""  # what it is called the first time: "a bone flute with a hole worn by a sixth finger"
    preposition: str = "at"  # how one is there: on Mars, aboard the slow ship
    known: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)  # of the hero's flaw and need, what has been said in full

    def say(
        self, template: str, words: Mapping[str, str] | None = None, swap: str = "", plain: bool = False, inside: bool = False
    ) -> str:
        """`swap` speaks a hero's template of somebody else; `plain` names people shortly and introduces nobody."""
        text = swapped(template, swap) if swap else template
        text = re.sub(r"\bat \{place\}", f"{self.preposition} {{place}}", text)
        own = words or {}
        out, at = [], 0
        text = text if plain else self._pronouns(text)
        for found in PLACEHOLDER.finditer(text):
            out.append(text[at : found.start()])
            out.append(self._fill(found.group(1), text[found.end() :], "".join(out), own, plain))
            at = found.end()
        return polished("".join(out) + text[at:], inside)

    def phrase(self, template: str, swap: str = "") -> str:
        """Part of a sentence: as `say`, and the first letter stays as it is."""
        return self.say(template, swap=swap, plain=True, inside=True)

    def _fill(self, name: str, after: str, before: str, words: Mapping[str, str], plain: bool) -> str:
        if name in words:
            return words[name]
        if name == "place":
            return self.place
        if name == "thing":
            return self._thing(after, before, plain)
        role, _, case = name.partition("_")
        figure = self.figures.get(role)
        if figure is None:
            return "somebody" if not case else CASES["n"].get(case, "their")
        if case:
            return CASES[figure.gender][case]
        if plain or role in self.known:
            return figure.short
        self.known.add(role)
        return self._introduced(figure, after, before)

    def _thing(self, after: str, before: str, plain: bool) -> str:
        told, self.first_thing = ("", self.first_thing) if plain else (self.first_thing, "")
        if not told or before.endswith(("of ", "'s ", "same ")):
            return self.thing
        return f"{told}," if "," in told and re.match(r" [a-z]", after) else told

    def _introduced(self, figure: Figure, after: str, before: str) -> str:
        sentence = _SENTENCE.split(before)[-1]
        fits = figure.who and ", " not in figure.who and "{who}" not in after and ("," not in sentence or len(sentence) < 4)
        if fits and re.match(r" [a-z]", after):
            return f"{figure.name}, {figure.who},"
        if fits and re.match(r"[.;]", after):
            return f"{figure.name}, {figure.who}"
        return figure.name

    def _pronouns(self, template: str) -> str:
        """The second of two sentences that begin with the same person."""
        sentences = _SENTENCE.split(template)
        for k in range(1, len(sentences)):
            first = re.match(r"\{(hero|rival|ally|other)\} ", sentences[k])
            last = re.match(r"\{(\w+?)\}", sentences[k - 1])
            if not first or not last or first.group(1) != last.group(1):
                continue
            others = {name.split("_")[0] for name in PLACEHOLDER.findall(sentences[k - 1])} - {first.group(1), "place", "thing"}
            figure = self.figures.get(first.group(1))
            if figure and figure.gender in SUBJECT and not others & set(self.figures):
                sentences[k] = SUBJECT[figure.gender] + sentences[k][first.end() - 1 :]
        return " ".join(sentences)


def swapped(template: str, role: str) -> str:
    """A template about the hero, told of somebody else: the two change places."""

    def turn(found: re.Match[str]) -> str:
        who, _, case = found.group(1).partition("_")
        who = role if who == "hero" else "hero" if who == role else who
        return f"{{{who}_{case}}}" if case else f"{{{who}}}"

    return PLACEHOLDER.sub(turn, template)


def polished(text: str, inside: bool = False) -> str:
    """One space, one full stop, a capital after it and, unless it goes inside a sentence, at the beginning."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\.\.(?!\.)", ".", text)
    text = re.sub(r",\s*([,.;:!?])", r"\1", text)
    text = re.sub(r"(?<![A-Z])([.!?]) ([a-z])", lambda m: f"{m[1]} {m[2].upper()}", text)
    return text if inside else text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """With an end."""
    text = text.strip()
    return text if not text or text[-1] in '.!?…。！？"”’)' else text + "."
