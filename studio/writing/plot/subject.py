"""Whom a premise is about: the words at its beginning that stand for the main person, and whether anything happens there.

A noun phrase is read up to its verb, over what describes it ("a widow who collects clocks finds ..."). Lists and endings, no
grammar: what is not recognised is left alone, and somebody else becomes the hero.
"""

import re
from typing import NamedTuple

from studio.writing.plot.cues import Cues

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*['’]?")
_LEAD = re.compile(r"(?:what (?:if|would happen if|happens when)|imagine(?: that)?|suppose(?: that)?)\s+", re.IGNORECASE)
_WHEN = re.compile(
    r"(?:(?:in|on|at|after|before|during|when|while|as|since|every|each|one|once|far|long|deep|by|under|until)\b[^.,;:?!\n]{2,70},\s+"
    r"|in (?:the )?(?:year )?\d{3,4}s?\s+|(?:every|each|one)\s\w+\s+(?=an?\s|the\s|two\s))",
    re.IGNORECASE,
)
_MANY = "two three four five six seven eight nine ten twin several some".split()  # noqa: SIM905
_DETERMINERS = frozenset(["a", "an", "the", "my", *_MANY])
_PREPOSITIONS = frozenset(
    "in on at of with from for under aboard near without inside outside behind between by against to about after over".split()  # noqa: SIM905
)
_FOLLOW = frozenset(  # what follows a verb in the third person rather than a plural noun
    """the a an his her its their my to into that every each out off up down away back one what how why nobody everyone
    himself herself itself home""".split()  # noqa: SIM905
)
_KIN = frozenset(
    "grandmother grandfather grandma grandpa mother father aunt uncle sister brother wife husband son daughter cousin neighbour neighbor teacher boss friend".split()  # noqa: SIM905, E501  # fmt: skip
)
PERSONS = frozenset(
    """man woman boy girl child kid baby orphan twin teenager teen chef cook nurse thief spy monk nun priest witch knight guard
    pilot judge clerk maid midwife widow widower ghost robot android dragon alien vampire werewolf mermaid giant dwarf elf
    fox cat dog bear rabbit mouse owl wolf hedgehog frog hen elephant tiger monster apprentice captain king queen prince princess
    student pupil soldier sailor tailor doctor surgeon mechanic architect astronaut cadet detective sleuth assassin
    sheriff cowboy shepherd peasant slave servant butler nanny bride groom host guest tourist athlete boxer
    acrobat clown poet journalist scribe smith blacksmith locksmith goldsmith postman fisherman milkman
    fireman policeman policewoman fishwife housewife hermit pilgrim refugee migrant exile stranger friend sibling couple
    diplomat lawyer mayor coroner chauffeur courier oracle prophet saint devil angel demon god goddess heir beggar nomad convict
    intern recruit veteran hacker alchemist apothecary scientist human person somebody genius coward liar""".split()  # noqa: SIM905
    + list(_KIN)
)
NO_PERSONS = frozenset(
    """letter river winter summer water paper computer number tower flower danger murder chapter powder weather fever disorder
    theatre theater feather ladder hammer order border corner disaster mirror door error horror terror razor motor tractor storm
    war     plague flood melody song disease virus curse comet asteroid meteor planet world moon sun star sea ocean lake mountain
    island forest village town city country kingdom house ship train election wedding funeral festival heist dream rumour rumor
    language colour color shadow strike party dinner supper quarter centre center counter mother-tongue shower tuber spider-web
    family group crew band gang team class choir crowd army company day night year time love story life death
    engine machine clock bakery shop hotel school affair prayer chair hair pair power flavour harbour harbor""".split()  # noqa: SIM905
)
_ENDING = re.compile(r"(?:[^aeiou]er|[aeiou]ner|eeper|[tc]or|ist|ian|eer|man|woman|ess|monger|wright|herd)$")
_GROUPS = frozenset("family group crew band gang team class choir pair couple troupe".split())  # noqa: SIM905
_RIVALS = re.compile(r"\b(?:rival|feuding|enemy|warring|competing|jealous|hostile|quarrelling|estranged)\b", re.IGNORECASE)
_MODALS = frozenset("can could must may might will would should".split())  # noqa: SIM905
_PLAIN = frozenset(  # verbs in their bare form, beyond those of the list
    """hear see watch think feel let help talk speak sing fly bake cook run share walk fight meet open die live own love hate
    lose remember forget know swim read write eat sleep steal build save""".split()  # noqa: SIM905
)

_BEFORE = (
    _PREPOSITIONS
    | _DETERMINERS
    | _MODALS
    | frozenset(  # before a verb that still belongs to "who ..."
        "and or who that which it he she they nobody everyone never not".split()  # noqa: SIM905
    )
)


class Subject(NamedTuple):
    who: str = ""  # "a widow who collects clocks", "one of two rival chefs"
    phrase: str = ""  # the words that stand for one person; empty for several
    beside: str = ""  # "the other of the two rival chefs"
    rivals: bool = False  # and that one stands against the main person
    whole: bool = False  # there is nothing else in the text
    happens: bool | None = None  # a verb follows; None: the beginning was not understood


def is_person(noun: str) -> bool:
    noun = re.sub(r"['’]$", "", noun.lower())
    if noun in PERSONS:
        return True
    return noun not in NO_PERSONS and bool(_ENDING.search(noun))


def _one(noun: str) -> str:
    noun = re.sub(r"wives$", "wife", re.sub(r"men$", "man", noun.lower()))
    return noun if noun.endswith("ss") else re.sub(r"ies$", "y", noun) if noun.endswith("ies") else noun.removesuffix("s")


class _Reader:
    """The words of the first sentence, and what they can be."""

    def __init__(self, text: str, start: int, cues: Cues) -> None:
        end = re.compile(r"[.!?…;:\n]").search(text, start)
        self.text, self.cues = text, cues
        self.end = end.start() if end else len(text)
        self.words = list(_WORD.finditer(text, start, self.end))
        self.bare = _PLAIN | {re.sub(r"(?:(?<=[sxzh])es|s)$", "", verb) for verb in cues.verbs if len(verb) > 4}

    def low(self, i: int) -> str:
        return self.words[i].group().lower() if 0 <= i < len(self.words) else ""

    def finite(self, i: int, many: bool, after: str) -> bool:
        """Can this word be the verb of a subject that ends with `after`?"""
        low, follows = self.low(i), self.low(i + 1)
        if low in _MODALS or low in ("is", "are", "was", "were", "has", "have", "had", "does", "did"):
            return True
        if many:
            return low in self.bare and (is_person(_one(after)) or low not in self.cues.places)
        person = is_person(after)
        if low.endswith("ed") and len(low) > 4:
            return person and follows not in ("by", "to", "in", "with")
        if not low.endswith("s") or low.endswith(("ss", "us", "'s", "’s", "s'")):
            return False
        return (low in self.cues.verbs or person or follows in _FOLLOW) and after not in _DETERMINERS | _PREPOSITIONS


def subject_of(text: str, cues: Cues) -> Subject:
    start = 0
    for rule in (_LEAD, _WHEN):
        found = rule.match(text, start)
        start = found.end() if found else start
    reader = _Reader(text, start, cues)
    words = reader.words
    if len(words) < 2 or reader.low(0) not in _DETERMINERS:
        return Subject()
    many = reader.low(0) in _MANY
    head = _head(reader, many)
    if not head:
        return Subject()
    group = reader.low(head) in _GROUPS and reader.low(head + 1) == "of"
    verb, described = _verb(reader, head, many)
    noun = _one(reader.low(head)) if many else reader.low(head)
    described_end = words[described].end() if described > head else words[head].end()
    phrase = text[words[0].start() : words[verb - 1].end() if verb else described_end]
    known = (is_person(noun) or reader.low(head + 1) in ("who", "whose")) and noun not in cues.places and noun not in cues.things
    happens = bool(verb)
    if not known and not group:
        return Subject(happens=True) if happens else Subject()
    if reader.low(0) == "my" and (noun not in _KIN or re.search(r"\b(?:I|me|my)\b", text[words[head].end() :])):
        return Subject(happens=True) if happens else Subject()
    who = _small(text[words[0].start() : described_end])
    whole = not verb and words[-1].end() == described_end and len(text) - start < 110
    if many or group:
        base = text[words[0].start() : words[head].end()].lower()
        base = base if not group else f"{reader.low(0)} {reader.low(head)}"
        beside = f"the other of the {base}" if reader.low(0) in ("two", "twin") else f"another of the {base.split()[-1]}"
        who = f"one of {'the ' if reader.low(0) == 'twin' else ''}{who}" if not group else f"one of {who}"
        return Subject(who, "", beside, bool(_RIVALS.search(phrase)), whole, happens if verb or whole else None)
    return Subject(who, phrase if verb else "", "", False, whole and described > head, happens if verb or whole else None)


def _head(reader: _Reader, many: bool) -> int:
    """The last word of the noun phrase; 0 when there is none."""
    i = 1
    while i < len(reader.words) and i < 6:
        low = reader.low(i)
        between = reader.text[reader.words[i - 1].end() : reader.words[i].start()]
        if "," in between and not low.endswith(("ed", "y", "ing")) and i > 1 and not reader.low(i - 1).endswith(("y", "ed")):
            break
        if low in _PREPOSITIONS or low in ("who", "whose", "that", "which", "and", "named", "called", "or", "never", "always"):
            break
        if i > 1 and reader.finite(i, many, reader.low(i - 1)):
            break
        if i > 1 and is_person(reader.low(i - 1)) and re.search(r"(?:ing|ed)$", low):
            break
        i += 1
    return i - 1


def _verb(reader: _Reader, head: int, many: bool) -> tuple[int, int]:
    """(the verb of the sentence or 0, the last word that says who it is)."""
    words, i, described = reader.words, head + 1, head
    relative = reader.low(i) in ("who", "whose", "that")
    if relative:
        return _after_relative(reader, i)
    with_ = reader.low(i) in ("with", "of", "without") and reader.low(head) not in ("day", "night")
    while i < len(words):
        low, last = reader.low(i), reader.low(i - 1)
        if low in ("and", "who", "whose") and "," not in reader.text[words[head].end() : words[i].start()]:
            return 0, described
        if i == head + 1 and low in ("never", "always", "just", "only"):
            i += 1
            continue
        own = i == head + 1 or low in reader.cues.verbs or low in _MODALS or reader.low(i + 1) in _FOLLOW
        free = last not in _DETERMINERS | _PREPOSITIONS and (i == head + 1 or last not in reader.bare)
        if own and free and reader.finite(i, many, last):
            return i, i - 1 if with_ else described
        i += 1
    return 0, len(words) - 1 if with_ else described


def _after_relative(reader: _Reader, start: int) -> tuple[int, int]:
    """Over "who collects clocks" to the verb after it, if there is one."""
    seen = 0
    i = start + 1
    while i < len(reader.words):
        low, last = reader.low(i), reader.low(i - 1)
        verb = low in reader.cues.verbs or low in _MODALS or reader.finite(i, False, "x") or (not seen and low in reader.bare)
        if verb and not seen:
            seen = i
        elif (
            verb and not (_BEFORE | reader.bare | reader.cues.verbs) & {last} and reader.low(i + 1) not in reader.bare - {"back"}
        ):
            return i, i - 1
        i += 1
    return 0, len(reader.words) - 1


def _small(phrase: str) -> str:
    """With "a" for "the" and "my", and a small letter."""
    phrase = " ".join(phrase.split())
    first, _, rest = phrase.partition(" ")
    if first.lower() in ("the", "my"):
        first = "an" if rest[:1].lower() in "aeiou" else "a"
    return f"{first.lower()} {rest}"
