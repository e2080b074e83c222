"""What patterns find in one scene, by nothing but its text: claims about names, and who acts.

The patterns know the plain ways in which English fiction states a fact; what is supposed, denied, asked, compared or only
believed is passed over, and so is what is said aloud. Much is missed; what is found should hold.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from studio.writing.continuity.told import NAME, Told, surface

RULES = 1  # goes up when a reading of the same text may differ

_ANYWHERE = re.compile(
    r"(?<!as )\bif\b|\b(?:would|might|(?-i:may)|could|should|ought|perhaps|maybe|wish(?:ed|es)?|suppos\w+|"
    r"imagin\w+|pretend\w*|dream\w*|"
    r"rumou?r\w*|unless|whether|wonder\w*|mistook|mistaken|disguise\w*|painting|portrait|photograph\w*|"
    r"statue|legend|as though|"
    r"fanc(?:y|ied)|hop(?:ed|ing)|fear(?:ed|ing)|seem(?:ed|s)?|appear(?:ed|s))\b|\?",
    re.I,
)
_BEFORE = re.compile(
    r"\b(?:like|than|as if|said|says|told|thought|thinks|believed?|believes|claim\w*|swor[en]|lied|"
    r"guess\w*|expect\w*|remember\w*|recall\w*|"
    r"memory|memories|once|used to|when|until|till|before|ago|since|after|now that|almost|nearly|almost|imagined|"
    r"story|another|no one|nobody)\b",
    re.I,
)
_NOT = re.compile(r"\b(?:not|never|no|nor|neither|hardly|scarcely|without|nobody|none|cannot)\b|n[’']t\b", re.I)
_NAMED = re.compile(NAME)
_CLAUSE = re.compile(r"[,;:—–]")
_FLASHBACK = re.compile(
    r"\b(?:years?|months?|weeks?|days?|decades?|hours?) (?:earlier|before|ago|previously)\b|\bflashback\b|"
    r"\bback then\b|\bin those days\b|"
    r"\bprologue\b|\bthe past\b|\bas a (?:child|boy|girl)\b|\bwhen (?:he|she|i|we|they) (?:was|were|had "
    r"been) (?:a |an )?"
    r"(?:child|boy|girl|young|little|small|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen)\b",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|2[01][0-9]{2})(?!\d)")


class Claim(NamedTuple):
    about: str
    who: str  # a name, folded; those that a pronoun may mean, with | between them
    value: str
    shown: str
    at: int  # where the words of it begin
    sex: str = ""  # of the pronoun that stands for the name; the name must be known to be of that sex
    other: str = ""  # a second name, or a thing
    event: bool = False  # it comes to be here, so it may differ from before


class Reading(NamedTuple):
    """All that a check of a manuscript needs of one scene."""

    claims: tuple[Claim, ...]
    acts: dict[str, int]  # name -> where it first does something in the present of the story
    there: dict[str, int]  # the same, memories included
    names: Counter[str]
    lowers: frozenset[str]
    sexes: Counter[tuple[str, str]]
    flashback: bool
    year: int | None  # that stands above the scene
    quotes: dict[int, tuple[int, int]]  # the sentence around each place named above


def read(text: str) -> Reading:
    """One scene. Depends on the text alone, so that it can be kept as long as the text stays the same."""
    from studio.writing.continuity import bonds, clock, lives, traits

    told = Told(text)
    claims = [claim for part in (traits, bonds, lives, clock) for claim in part.claims(told)]
    there: dict[str, int] = {}
    acts = lives.acts(told, there)
    top = text[:400]
    places = {claim.at for claim in claims} | set(acts.values()) | set(there.values())
    return Reading(
        claims=tuple(sorted(claims, key=lambda claim: claim.at)),
        acts=acts,
        there=there,
        names=_counted(told),
        lowers=told.lowers,
        sexes=told.sexes,
        flashback=bool(_FLASHBACK.search(top)),
        year=year_of(text.lstrip()[:60].split("\n", 1)[0]) if text else None,
        quotes={at: told.quote(at) for at in places},
    )


def _counted(told: Told) -> Counter[str]:
    """A capital inside a sentence makes a name at once, one at its beginning only when it comes again."""
    out: Counter[str] = Counter()
    for one in told.mentions:
        out[one.name] += 2 if one.sure else 1
    return out


def year_of(heading: str) -> int | None:
    found = _YEAR.search(heading)
    return int(found.group()) if found and len(heading) < 60 else None


def looks_back(heading: str) -> bool:
    return bool(_FLASHBACK.search(heading))


def hits(told: Told, says: re.Pattern[str], patterns: Iterable[re.Pattern[str]]) -> Iterator[re.Match[str]]:
    """What the patterns find in the sentences that hold a word without which none of them can match."""
    at = -1
    for hint in says.finditer(told.narration):
        if hint.start() >= at:
            start, at = told.bounds(hint.start())
            for pattern in patterns:
                yield from pattern.finditer(told.narration, start, at)


def stated(told: Told, start: int, end: int, *, denied: bool = False) -> bool:
    """Do these words state a fact: nothing supposed or asked in the sentence, nobody's belief before, no denial in the clause?"""
    first, last = told.bounds(start)
    name = _NAMED.match(told.narration, start)
    start += surface(name.group())[1] if name else 0  # the words that a name seems to begin with: "When Mara was twelve"
    before = told.narration[first:start]
    if _ANYWHERE.search(told.narration, first, last) or _BEFORE.search(before):
        return False
    marks = [found.end() for found in _CLAUSE.finditer(before)]
    clause = told.narration[first + (marks[-1] if marks else 0) : end]
    return denied or not _NOT.search(clause)


def owner(told: Told, found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """(name, sex) of the owner that a pattern found: group `owner` is a name, or a pronoun for one of several names."""
    word = found.group("owner")
    low = word.casefold()
    if low in ("his", "he", "her", "she", "him"):
        sex = "m" if low[1] == "i" or low == "he" else "f"
        meant = told.meant(found.start("owner"), sex)
        if meant:
            yield meant, sex
    else:
        name, _ = surface(word)
        if name:
            yield name, ""
