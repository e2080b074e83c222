"""What the bible claims: the same patterns over its lines, and the short forms in which people note things down.

A line holds from its scene to its end; what is noted for a later scene says nothing about the ones before.
"""

import re
from collections.abc import Iterator, Mapping

from studio.writing.context.bible import Bible, Entry
from studio.writing.continuity import bonds, lives, traits
from studio.writing.continuity.claims import Claim
from studio.writing.continuity.facts import Quote
from studio.writing.continuity.people import People
from studio.writing.continuity.stands import Stand
from studio.writing.continuity.told import NAME, OWNS, Told, surface
from studio.writing.continuity.words import EYES, HAIR, KIN, KINDRED, NUMBER, either, number

_COLOUR = either(" ".join({**EYES, **HAIR}))
_BEGIN = r"(?:^|(?<=[.,;\n(])) *(?:(?:and|with|has|a|an|the|she has|he has|is|was|tall|short|slim|man|woman|girl|boy) )*"
_SHORT_COLOUR = re.compile(
    rf"{_BEGIN}(?:\w+[ -]){{0,2}}?(?P<shade>(?:{_COLOUR})(?:[- ](?:{_COLOUR}))*)[ -](?P<part>eyes|hair|"
    rf"eyed|haired)\b|\b(?P<part2>[Ee]yes?|[Hh]air)(?: colou?r)? ?[:=–-] ?(?:\w+ )?(?P<shade2>(?:{_COLOUR})"
    rf"(?:[- ](?:{_COLOUR}))*)\b",
    re.I,
)
_SHORT_HAND = re.compile(rf"{_BEGIN}(?P<side>left|right)-?handed\b", re.I)
_SHORT_AGE = re.compile(
    rf"(?:^|(?<=[.,;\n])) *(?:aged? ?:? ?)?(?P<age>{NUMBER})(?: years?(?: old| of age)?|-year-old)"
    rf"?(?=[.,;\n]|$)|\b(?:aged?:?|[Aa]ge of) (?P<age2>{NUMBER})\b|\b(?P<age3>{NUMBER})(?: years old|-year-old)\b",
    re.I,
)
_SHORT_BORN = re.compile(r"\b[Bb]orn(?: \w+){0,3}? (?P<year>1\d\d\d|2[01]\d\d)\b")
_ELDER = r"(?:(?:younger|older|elder|twin|only) )?"
_SHORT_KIN = re.compile(
    rf"(?i:{_BEGIN})(?i:{_ELDER})(?P<rel>(?i:{KINDRED})) (?:of|to) (?P<owner>{NAME})|"
    rf"{_BEGIN}(?P<owner2>{NAME}){OWNS} {_ELDER}(?P<rel2>{KINDRED})(?=[.,;\n]| and |$)"
)
_SHORT_NONE = re.compile(rf"{_BEGIN}(?:an )?only child\b|\bno siblings\b", re.I)
_DEAD = re.compile(r"\b(?:is|was|lies|now|long)? ?(?:dead|deceased|killed|died|murdered)\b", re.I)
_LONG_DEAD = re.compile(
    r"\b(?:long dead|deceased|died (?:\w+ )?(?:years? )?before|dead for|dead since before)"
    r"\b",
    re.I,
)


def lore(bible: Bible, order: Mapping[str, int], people: People) -> Iterator[Stand]:
    for entry in bible.entries:
        if entry.since and entry.since not in order:
            continue
        begin = order.get(entry.since, -1)
        yield from _stands(entry, entry.text, begin, None, people)
        for fact in entry.facts:
            since, until = _range(fact.since, fact.until, order, begin)
            if since is not None:
                yield from _stands(entry, fact.text, since, until, people)
        for fact in entry.knows:
            since, until = _range(fact.since, fact.until, order, begin)
            if since is not None:
                words = lives.content(fact.text)
                yield Stand(
                    "knows",
                    entry.id,
                    f"yes: {words}",
                    fact.text,
                    since,
                    0,
                    Quote(entry=entry.id, at=0, quote=fact.text),
                    "",
                    False,
                    until,
                )


def _range(since: str, until: str, order: Mapping[str, int], begin: int) -> tuple[int | None, int | None]:
    if since and since not in order:
        return None, None
    return max(order.get(since, -1), begin), order.get(until)


def _stands(entry: Entry, line: str, here: int, until: int | None, people: People) -> Iterator[Stand]:
    own = surface(entry.name)[0] or entry.name.casefold()
    told = Told(line, own)
    for claim in (*traits.claims(told), *bonds.claims(told), *lives.claims(told), *_short(told, own, here)):
        if claim.about in ("has", "where", "knows", "met") or (claim.about == "alive" and not _gone(line, here)):
            continue  # what people have is told of a scene; a death in the line that sums somebody up may be still to come
        who = entry.id if claim.who == own else people.id_of(claim.who, max(here, 0))
        other = entry.id if claim.other == own else people.id_of(claim.other, max(here, 0)) if claim.other else ""
        if who and (other or not claim.other) and who != other:
            start, end = told.quote(claim.at)
            quote = Quote(entry=entry.id, at=start, quote=line[start:end])
            yield Stand(claim.about, who, claim.value, claim.shown, here, claim.at, quote, other, False, until)


def _gone(line: str, here: int) -> bool:
    return here >= 0 or bool(_LONG_DEAD.search(line))


def _short(told: Told, own: str, here: int) -> Iterator[Claim]:
    """Notes without a subject: "Green eyes, left-handed, 34. Tom's sister." """
    text = told.narration
    for found in _SHORT_COLOUR.finditer(text):
        part = traits.part_of((found.group("part") or found.group("part2")).casefold())
        shade = (found.group("shade") or found.group("shade2")).casefold()
        value = traits.families(shade, part)
        if value:
            yield Claim(part, own, value, f"{shade} {part}", found.start())
    for found in _SHORT_HAND.finditer(text):
        yield Claim("hand", own, found.group("side").casefold(), f"{found.group('side').casefold()}-handed", found.start())
    for found in _SHORT_AGE.finditer(text):
        years = number(found.group("age") or found.group("age2") or found.group("age3"))
        if years is not None and 0 < years < 120:
            yield Claim("age", own, str(years), f"{years} years old", found.start())
    for found in _SHORT_BORN.finditer(text):
        yield Claim("born", own, found.group("year"), f"born in {found.group('year')}", found.start())
    yield from _short_kin(text, own)
    if (_LONG_DEAD.search(text) or (here >= 0 and _DEAD.match(text.strip()))) and not any(one.sure for one in told.mentions):
        yield Claim("alive", own, "dead", "dead", 0)


def _short_kin(text: str, own: str) -> Iterator[Claim]:
    for found in _SHORT_KIN.finditer(text):
        rel, name = (found.group("rel") or found.group("rel2")).casefold(), found.group("owner") or found.group("owner2")
        row, sex = KIN[rel]
        other = surface(name)[0]
        if other and name[:1].isupper():
            yield Claim("family", own, f"{row} {sex}".strip(), f"{rel} of {name}", found.start(), "", other)
    for found in _SHORT_NONE.finditer(text):
        yield Claim("siblings", own, "none", "no siblings", found.start())
