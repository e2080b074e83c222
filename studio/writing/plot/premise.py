"""What a premise says: its people, its telling words, who the main person is, where it plays and around what it turns.

Word lists and patterns, no grammar: what is not recognised is not lost, because a plot is built around the premise's own
sentences. Any text is taken: empty, only names, emoji, other scripts, a whole page.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from studio.writing.common import COMMON
from studio.writing.plot.cues import WORD, Cues, read_cues, told
from studio.writing.plot.deck import read_deck
from studio.writing.plot.finding import Token, place_of, thing_of, tokens_of
from studio.writing.plot.happening import happens, want, years
from studio.writing.plot.premise_words import (
    AGAINST,
    BREAK,
    DETERMINERS,
    FEMALE,
    GROUP,
    INTO_PLACE,
    LEAD,
    LONGEST,
    LOVED,
    MALE,
    NAMED,
    NATION,
    NO_NAMES,
    PAIR,
    STOPS,
    TITLES,
    TRAVEL,
    WATERS,
)
from studio.writing.plot.subject import NO_PERSONS, Subject, is_person, subject_of


class Premise(NamedTuple):
    """Everything is empty where the text does not say it."""

    text: str = ""
    sentences: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # the main person first
    roles: tuple[str, ...] = ()  # of the names: hero, ally ...
    words: tuple[str, ...] = ()  # telling ones, small letters, in order
    who: str = ""  # "a lighthouse keeper"
    beside: str = ""  # who somebody beside the main person is: "the other of the two sisters"
    rivals: bool = False  # and that one stands against the main person
    question: bool = False
    whole: bool = False  # the premise is nothing but who the main person is
    subject: str = ""  # the words that stand for the main person where they first come up
    gender: str = ""
    place: str = ""  # "the lighthouse"
    setting: str = ""  # "a lighthouse"
    preposition: str = ""
    sort: str = ""
    thing: str = ""  # "a brass key"
    want: str = ""  # "to finish the great clock before the king dies"
    genre: str = ""
    eras: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tells: bool = False  # it says that something happens, and does not only name things

    @property
    def mate(self) -> str:
        """The role of the other one of two."""
        return "rival" if self.rivals else "ally"

    @property
    def the_thing(self) -> str:
        return definite(self.thing)


def tidy(text: str) -> str:
    """No control characters, plain spaces, no "write me a story about"."""
    return LEAD.sub("", plain(text), count=1).strip()


def plain(text: str) -> str:
    """Without characters that cannot be seen (the joiner inside of an emoji stays)."""
    kept = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u200d" else " " for c in text)
    return re.sub(r"[^\S\n]+", " ", kept).strip()


def definite(phrase: str) -> str:
    """ "a brass key" becomes "the brass key"."""
    first, _, rest = phrase.partition(" ")
    return f"the {rest}" if first.lower() in DETERMINERS and rest else phrase


def read(text: str, names: Sequence[str] = ()) -> Premise:
    cues = read_cues()
    clean = tidy(text)
    tokens = tokens_of(clean)
    proper, places = _proper(clean, tokens, cues)
    given = [name for name in (" ".join(plain(name).split())[:80].strip() for name in names) if name]
    people = list(dict.fromkeys([*given, *(name for name in proper if not any(_same(name, known) for known in given))]))[:8]
    who, subject = _who(clean, people, cues)
    place, setting, preposition, sort = place_of(tokens, places, cues)
    inside = {part.lower() for name in proper for part in name.split()}
    about = Subject() if people else subject_of(clean, cues)
    question = clean.endswith("?") and clean.count(".") == 0
    tells = (happens(tokens, cues) if about.happens is None else about.happens) and not question
    group = None if people or tells else GROUP.match(clean)
    rivals, whole = False, False
    if about.who:
        who, subject, beside, rivals, whole = about.who, about.phrase, about.beside, about.rivals, about.whole
    elif group and len(clean) < 90:
        who, beside = (
            f"one of {clean[:1].lower() + clean[1:].rstrip('.!')}",
            f"the other of the {group.group(1).lower()} {group.group(2)}",
        )
    else:
        beside = ""
    whole = whole or bool(
        who and not tells and not beside and not people and len(clean) < 90 and re.match(r"an?\s.*\b(?:who|whose)\b", clean, re.I)
    )
    if whole and not about.who:
        who = clean[:1].lower() + clean[1:].rstrip(".!")
    words = dict.fromkeys(
        t.low
        for t in tokens
        if t.low not in STOPS
        and t.low not in ("named", "called")
        and t.low not in inside
        and (2 < len(t.low) <= LONGEST or t.low.isdigit())
    )
    return Premise(
        text=clean, sentences=tuple(s.strip() for s in BREAK.split(clean) if s and s.strip()), names=tuple(people),
        roles=tuple(_role(name, i, clean) for i, name in enumerate(people)), words=tuple(words), who=who, beside=beside,
        rivals=rivals, question=question,
        whole=whole, subject=subject, gender=_gender(clean, people, who), place=place, setting=setting,
        preposition=preposition, sort=sort, thing=thing_of(tokens, cues),
        want=want(clean) if tells or clean[:3].lower() == "to " else "",
        genre=next(iter(told(cues.genres, clean)), ""), eras=tuple(years(clean) or told(cues.eras, clean)),
        facts=tuple(told(cues.facts, clean)), tells=tells,
    )  # fmt: skip


def _same(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()))


def _proper(text: str, tokens: list[Token], cues: Cues) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of people, and (preposition, name) of places, in the order in which they come."""
    people: list[str] = []
    places: list[tuple[str, str]] = []
    named = {found.start(2): found.group(2) for found in NAMED.finditer(text)}
    capitals = sum(t.text[:1].isupper() for t in tokens)
    shouting = len(tokens) > 5 and capitals > 0.7 * len(tokens)
    known = {entry.given.lower() for entry in read_deck().kinds["name"]} | cues.given.keys()
    i = 0
    while i < len(tokens):
        token = tokens[i]
        j = i + 1
        while token.text[:1].isupper() and j < len(tokens) and tokens[j].text[:1].isupper() and _may_join(tokens, i, j):
            j += 1
        whole = text[token.start : tokens[j - 1].start + len(tokens[j - 1].text)]
        before = tokens[i - 1].low if i and not token.first else ""
        if token.start in named and not shouting:
            kind = tokens[i - 2].low if i > 1 else ""
            if kind in cues.places:
                places.append(("in", whole))
            elif kind not in cues.things:
                people.append(whole if whole[:1].isupper() else whole.capitalize())
        elif token.text[:1].isupper() and not shouting and _is_name(tokens, i, j, known, cues):
            led = (
                before in WATERS
                or before in cues.places
                or before in INTO_PLACE
                or (re.fullmatch(r"\d{3,4}s?", before) and i > 1 and tokens[i - 2].low in INTO_PLACE)
                or (before == "to" and i > 1 and tokens[i - 2].low in TRAVEL)
            )
            if led and token.low not in known and token.low not in TITLES:
                places.append((before if before in ("in", "at", "on", "aboard", "near", "under") else "in", whole))
            elif before != "the":
                people.append(whole)
        i = j
    return list(dict.fromkeys(name for name in people if len(name) <= 80)), places


def _may_join(tokens: list[Token], i: int, j: int) -> bool:
    joined = tokens[j].before == " " or (tokens[j].before == ". " and tokens[j - 1].low in TITLES)
    return joined and not {tokens[i].low, tokens[j].low} & NO_NAMES and j - i < 4 and (
        not tokens[i].first or tokens[i].low not in COMMON
    )  # fmt: skip


def _is_name(tokens: list[Token], i: int, j: int, known: set[str], cues: Cues) -> bool:
    token = tokens[i]
    low = token.low
    if low in NO_NAMES or (NATION.search(low) and low not in known) or any(c.isdigit() for c in low):
        return False
    if not token.first:
        return low not in COMMON and len(token.text) > 1
    if low in COMMON or low in DETERMINERS or low in cues.places or low in cues.things or low in cues.verbs:
        return False
    if low in known and low in cues.facts and j - i == 1:  # Love, Hope
        return j < len(tokens) and tokens[j].low in cues.verbs
    if low in known or any(t.text == token.text and not t.first for t in tokens):
        return True
    follows = tokens[j] if j < len(tokens) else None
    if follows is None:
        return j - i > 1 or len(tokens) == 1
    listed = follows.before.strip() in (",", "&", "") and follows.text[:1].isupper() and follows.low not in COMMON
    joined = listed or follows.low in ("and", "who") or follows.low in cues.verbs or token.end - token.start > len(token.text)
    return j - i > 1 or (joined and low not in cues.facts and not low.endswith("s"))


def _who(text: str, people: list[str], cues: Cues) -> tuple[str, str]:
    """Who the main person is in the world, and the words at the beginning that stand for them."""
    phrase = r"((?:[Aa]n?|[Tt]he)\s(?:[^\W\d_][\w'’-]*\s){0,3}?[^\W\d_][\w'’-]*)"
    if people:
        name = re.escape(people[0])
        found = re.search(rf"(?<!\w){phrase},?\s(?:named|called)\s{name}(?!\w)", text)
        beside = re.match(rf"{phrase},\s{name},", text)
        found = found or (beside if beside and is_person(beside.group(1).split()[-1]) else None)
        if found:
            return _small(re.sub(r"\s(?:in|from|of)\s[A-Z].*", "", found.group(1))), found.group()
        found = re.search(
            rf"(?<!\w){name}(?:,|\sis|\swas)\s((?:an?)\s[^,.;:!?\n]{{3,60}}?)(?=[,.;:!?\n]|\s(?:who|that|and|in|at|on|with)\s|$)",
            text,
        )
        return (_small(found.group(1)), "") if found else ("", "")
    pair = PAIR.match(text)
    if pair:
        return _small(pair.group(1)), pair.group(1)
    found = re.match(rf"{phrase}(?=\s(?:{'|'.join(sorted(cues.verbs))})\b)", text)
    if not found:
        found = re.match(rf"{phrase}(?=,?\s(?:who|whose)\b)", text)
        if not found:
            return "", ""
        head = found.group(1).split()[-1].lower()
        return ("", "") if head in cues.places or head in cues.things else (_small(found.group(1)), "")
    head = found.group(1).split()[-1].lower()
    if head in cues.places or head in cues.things or head in NO_PERSONS:
        return "", ""
    return _small(found.group(1)), found.group(1)


def _small(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    first, _, rest = phrase.partition(" ")
    if first.lower() == "the":
        first = "an" if rest[:1] in "aeiou" else "a"
    return f"{first.lower()} {rest}"


def _gender(text: str, people: list[str], who: str) -> str:
    words = [t.low for t in tokens_of(text)]
    female, male = bool({"she", "her", "hers"} & set(words)), bool({"he", "him", "his"} & set(words))
    told_who = [word.removesuffix("s") for word in who.split()]
    if any(w in FEMALE for w in told_who):
        return "f"
    if any(w in MALE for w in told_who):
        return "m"
    known = gender_of(people[0]) if people else ""
    if known:
        return known
    return "f" if female and not male else "m" if male and not female else ""


def gender_of(name: str) -> str:
    """By the deck's list of names; empty for a name it does not know or knows as both."""
    parts = [part.lower() for part in name.split()]
    if any(part in FEMALE for part in parts):
        return "f"
    if any(part in MALE or part in ("mr", "sir", "lord") for part in parts):
        return "m"
    table = read_cues().given
    common = {table[part] for part in parts[:2] if part in table}
    if len(common) == 1:
        return common.pop()
    found = {entry.gender for entry in read_deck().kinds["name"] if entry.given.lower() in parts[:2]}
    return found.pop() if len(found) == 1 else ""


def _role(name: str, index: int, text: str) -> str:
    if index == 0:
        return "hero"
    at = text.find(name)
    near = {word.lower() for word in WORD.findall(text[max(0, at - 40) : at] if at >= 0 else "")[-3:]}
    if near & AGAINST:
        return "rival"
    return "other" if near & LOVED else ("ally", "other", "rival")[index - 1] if index < 4 else "extra"
