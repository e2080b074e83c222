"""Words about words: titles, short noun phrases, a text in the first person told of the hero, long texts in parts. Pure."""

import re
from collections.abc import Sequence

from studio.writing.plot.deck import PLACEHOLDER
from studio.writing.plot.plot import Plot
from studio.writing.plot.premise_words import STOPS
from studio.writing.plot.speak import CASES, Figure, sentence

SMALL = frozenset("a an the of in on at to and or for with from by under but".split())  # noqa: SIM905
PHRASE = re.compile(
    r"\b(?:[Aa]n?|[Tt]he)\s((?:[a-z]+\s){0,2}?[a-z]+)(?=[.,;:]|\s(?:of|in|on|at|with|for|from|that|which|who|and|to|is|has|by|under|whose|as)\b)"
)
VAGUE = frozenset(
    """way day night morning evening week year month hour time minute moment end side place price man woman person people
    same only
    one third first last other half family house person name child boy girl fact word rest""".split()  # noqa: SIM905
)


def said(plot: Plot) -> str:
    """All words of a plot."""
    people = [f"{p.name} {p.who} {p.want} {p.need} {p.flaw} {p.arc}" for p in plot.people]
    beats = [beat.text for beat in plot.beats]
    return "\n".join([plot.title, plot.logline, plot.setting, *people, plot.stakes, plot.twist, plot.detail, *beats])


def titled(text: str) -> str:
    words = text.split()
    big = [w.lower() if k and w.lower() in SMALL else w[:1].upper() + w[1:] for k, w in enumerate(words)]
    return " ".join(big)


def third(text: str, hero: Figure, full: bool = False) -> str:
    """ "I find a letter in my attic" told of the hero; other texts stay as they are."""
    text = re.sub(r"^my\b", "My", text)
    found = re.match(r"(I|I'm|I’m|My|Her|His|You|We)\s+([a-z]+)", text)
    if not found:
        return text
    name = hero.name if full else hero.short
    cases = CASES[hero.gender]
    if found[1] in ("Her", "His"):
        return f"{name}'s {text[found.start(2) :]}"
    if found[1] == "We":
        return re.sub(r"\bour\b", "their", f"{name} and the others {text[found.start(2) :]}")
    if found[1] == "My":
        out = f"{name}'s {text[3:].lstrip()}"
    elif found[1] == "You":
        out = re.sub(r"\byour\b", cases["their"], f"{name} {conjugated(found[2])}{text[found.end() :]}")
    elif found[1] == "I":
        out = f"{name} {conjugated(found[2])}{text[found.end() :]}"
    else:
        out = f"{name} is {text[found.start(2) :]}"
    out = re.sub(r"\bmy\b", cases["their"], out)
    out = re.sub(r"\bme\b", cases["them"], out)
    return re.sub(r"\bI ([a-z]+)", lambda m: f"{hero.short} {conjugated(m[1])}", out)


def conjugated(verb: str) -> str:
    """The third person of a verb in the first; what already is past or a helper stays."""
    odd = {"am": "is", "have": "has", "do": "does", "go": "goes", "was": "was", "were": "was"}
    if verb in odd:
        return odd[verb]
    if verb in (
        "can",
        "must",
        "will",
        "may",
        "could",
        "would",
        "should",
        "might",
        "had",
        "did",
        "never",
        "always",
        "just",
    ) or verb.endswith("ed"):
        return verb
    if re.search(r"(?:s|x|z|ch|sh)$", verb):
        return verb + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s"


def phrases(text: str) -> list[str]:
    """Short noun phrases of a sentence: "a lost child for one answer" has "lost child" and "answer"."""
    out = []
    for found in PHRASE.finditer(PLACEHOLDER.sub("_", text)):
        words = found.group(1).split()
        verb = re.search(r"(?:ed|ing|ly)$", words[-1]) or len(words) > 2
        if not verb and not set(words) & (STOPS | VAGUE) and all(len(word) > 2 for word in words):
            out.append(found.group(1))
    return list(dict.fromkeys(out))


def shortened(phrase: str) -> str:
    """A flaw or a need without what is added to it: "keeps score of every favour, in both directions" up to the comma."""
    for found in re.finditer(r",| and (?!not )| while | until | so as | so that | instead of | even when ", phrase):
        head = phrase[: found.start()]
        if len(head.split()) > 2 and not re.search(r"\b(?:between|both|either|to be|more)\b", head):
            return head
    return phrase


def listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def fitting(sentences: Sequence[str], most: int) -> str:
    """The first sentences that fit; of a single long one its beginning, cut between words."""
    out = ""
    for one in sentences:
        if out and len(out) + len(one) > most:
            break
        out = f"{sentence(out)} {one}".strip() if out else one
    if len(out) <= most:
        return out
    cut = out[:most].rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:") + "…"


def in_pieces(text: str, most: int) -> list[str]:
    """A sentence longer than `most` in parts, cut between words where there are any."""
    out = []
    while len(text) > most:
        at = text.rfind(" ", most // 2, most)
        at = at if at > 0 else most
        out.append(text[:at])
        text = text[at:].strip()
    return [*out, text] if text else out
