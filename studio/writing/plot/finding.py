"""Finds the place and the thing that a premise speaks of: by lists of nouns, and by what stands before them."""

import re
from typing import NamedTuple

from studio.writing.common import COMMON
from studio.writing.plot.cues import WORD, Cues
from studio.writing.plot.premise_words import DETERMINERS, GETS, INTO_PLACE, NOWHERE, PERSONS, SORT_PREPOSITION, STOPS


class Token(NamedTuple):
    text: str  # without a possessive ending
    low: str
    start: int
    end: int
    first: bool  # of its sentence
    before: str  # what stands between the last word and this one


def tokens_of(text: str) -> list[Token]:
    out: list[Token] = []
    last = 0
    for found in WORD.finditer(text):
        between = text[last : found.start()]
        word = re.sub(r"['’]s$", "", found.group())
        first = not out or bool(re.search(r"[.!?…:\n“\"]", between))
        out.append(Token(word, word.lower().replace("’", "'"), found.start(), found.end(), first, between))
        last = found.end()
    return out


def place_of(tokens: list[Token], proper: list[tuple[str, str]], cues: Cues) -> tuple[str, str, str, str]:
    if proper:
        preposition, name = proper[0]
        sort = next((cues.places[w.lower()] for w in reversed(name.split()) if w.lower() in cues.places), "city")
        return name, name, preposition, sort
    found = [i for i, token in enumerate(tokens) if token.low in cues.places]
    for i in found:
        if tokens[i].text[:1].isupper() and not tokens[i].first and _leads(tokens, i)[1] in INTO_PLACE:  # on Mars
            return tokens[i].text, tokens[i].text, tokens[i - 1].low, cues.places[tokens[i].low]
    if not found:
        return _unknown_place(tokens, cues)
    best = max(found, key=lambda i: (_leads(tokens, i)[1] in INTO_PLACE, not _modifies(tokens, i, cues), -i))
    start, before = _leads(tokens, best)
    sort = cues.places[tokens[best].low]
    phrase = " ".join(
        token.low if not token.text[:1].isupper() or token.first else token.text for token in tokens[start : best + 1]
    ).removeprefix("home ")
    ready = "on" if tokens[best].low in ("moon", "planet", "asteroid", "island") else SORT_PREPOSITION.get(sort, "in")
    preposition = before if before in ("in", "at", "on", "aboard", "near", "under", "inside", "outside") else ready
    article = "an" if phrase[:1] in "aeiou" else "a"
    plural = tokens[best].low.endswith("s") and tokens[best].low[:-1] in cues.places
    return f"the {phrase}", phrase if plural else f"{article} {phrase}", preposition, sort


def _unknown_place(tokens: list[Token], cues: Cues) -> tuple[str, str, str, str]:
    """ "in a call centre": where somebody is, whatever that is."""
    for i, token in enumerate(tokens[:-2]):
        if token.low in ("in", "at", "aboard", "inside") and tokens[i + 1].low in ("a", "an", "the"):
            end = i + 2
            while end < len(tokens) and end - i < 4 and tokens[end].before == " " and tokens[end].low not in STOPS:
                end += 1
            words = [t.low for t in tokens[i + 2 : end] if t.low not in cues.verbs]
            if words and words[-1] not in NOWHERE and words[-1] not in cues.things and not words[-1].endswith("s"):
                phrase = " ".join(words)
                return f"the {phrase}", f"a {phrase}", token.low, "workplace"
    return "", "", "", ""


def _leads(tokens: list[Token], i: int) -> tuple[int, str]:
    """Where the describing words before a noun begin, and the preposition before them."""
    start = i
    while start > 0 and i - start < 2 and tokens[start].before == " ":
        last = tokens[start - 1]
        verb = last.text[:1].isupper() or re.search(r"(?:ing|[^s]s|ed)$", last.low)
        if verb or last.low in STOPS | DETERMINERS:
            break
        start -= 1
    k = start - 1
    if k >= 0 and tokens[k].low in DETERMINERS:
        k -= 1
    return start, tokens[k].low if k >= 0 else ""


def _modifies(tokens: list[Token], i: int, cues: Cues) -> bool:
    """ "lighthouse" in "lighthouse keeper"."""
    if i + 1 >= len(tokens) or tokens[i + 1].before != " ":
        return False
    follows = tokens[i + 1].low
    return follows not in COMMON and follows not in cues.verbs


def thing_of(tokens: list[Token], cues: Cues) -> str:
    for i, token in enumerate(tokens):
        if token.low in cues.things and not _modifies(tokens, i, cues) and token.low not in cues.verbs:
            start, _ = _leads(tokens, i)
            return _with_article([t.low for t in tokens[start : i + 1]])
    for i, token in enumerate(tokens[:-2]):
        if token.low in GETS and tokens[i + 1].low in DETERMINERS:
            end = i + 2
            while end < len(tokens) and end - i < 5 and tokens[end].before == " " and tokens[end].low not in COMMON and (
                tokens[end].low not in cues.verbs
            ):  # fmt: skip
                end += 1
            phrase = [t.low for t in tokens[i + 2 : end]]
            if phrase and phrase[-1] not in PERSONS and phrase[-1] not in cues.places and not _living(phrase[-1], cues):
                return _with_article(phrase)
    return ""


def _living(word: str, cues: Cues) -> bool:
    return bool({"animal", "child", "family"} & set(cues.facts.get(word, ())))


def _with_article(words: list[str]) -> str:
    phrase = " ".join(words)
    if words[-1].endswith("s") and not words[-1].endswith("ss"):
        return f"the {phrase}"
    return f"{'an' if phrase[:1] in 'aeiou' else 'a'} {phrase}"
