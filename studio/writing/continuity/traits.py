"""Bodies and ages in one scene: eyes, hair, the hand that writes, the side of a scar, height, years."""

import re
from collections.abc import Iterator

from studio.writing.continuity.claims import Claim, hits, owner, stated
from studio.writing.continuity.told import NAME, OWNS, Told
from studio.writing.continuity.words import EYES, HAIR, NUMBER, ORDINAL, PERSON, either, number

_COLOURS = {"eyes": EYES, "hair": HAIR}
_ALL = either(" ".join({**EYES, **HAIR}))
_SHADE = rf"(?:(?:{_ALL})(?:[- ](?:and )?(?:{_ALL}))*|(?:{_ALL})(?:ish)?)"
_TONES = either(
    "very rather pale light dark deep bright clear brilliant startling piercing vivid soft warm cold icy sea steel "
    "emerald ice sky coal jet washed-out faded strange lovely beautiful long short thick thin curly straight wavy "
    "wild fine glossy smooth tousled cropped tangled tired wide large big great small narrow sharp keen gentle kind "
    "merry wet damp untidy unruly shining shiny sleek own same two a an the"
)
_TONE = rf"(?:(?:{_TONES})[, -]+)*"
_EYES, _HAIR = r"(?P<part>eyes)\b", r"(?P<part>hair|curls|locks|braids?|plaits?)\b"
_WHOSE = rf"(?P<owner>{NAME}(?={OWNS})|\b(?:[Hh]is|[Hh]er)\b)(?:{OWNS})?"
_WHO = rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b)"
# Words that cannot stand between an owner and a part of the body that is theirs.
_BREAK = (
    r"(?:his|her|its|their|my|of|in|into|on|at|to|by|for|from|upon|like|as|than|that|which|who|whose|is|"
    r"was|were|had|has|but|not|"
    r"met|saw|seen|found|held|caught|sought|took|made|gave|knew|felt|kept|thought|hid|lost|looked|eyes?|"
    r"face|gaze|\w+[a-z]ing|"
    rf"{PERSON})"
)
_FREE = rf"(?:(?!{_BREAK}s?\b)[a-z][a-z-]*,? ){{0,4}}?"
_LONG = (
    r"(?:(?!(?:his|her|its|their|my|of|in|on|at|to|by|for|from|that|which|who|whose|was|were|but|not)\b)"
    r"[a-z][a-z-]*,? ){0,14}?"
)
_BUILT = r"(?: was| is) (?:an? )?(?:(?!his\b|her\b|who\b|that\b|with\b|not\b)[a-z][a-z-]*,? ){0,14}?"
_AFTER = r"(?! (?:with|from|in the|by the|under|against|of|at|when|where|again|now|for)\b|-)"


def _patterns(part: str) -> tuple[re.Pattern[str], ...]:
    shade = rf"(?<![\w-])(?P<shade>{_SHADE})"
    return (
        re.compile(rf"{_WHOSE} {_FREE}{shade}[ -]{part}(?!-)"),
        re.compile(
            rf"{_WHOSE} {_FREE}{part},? (?:was|were|is|are) (?:still |also |both |of a )"
            rf"?{_TONE}{shade}\b{_AFTER}"
        ),
        re.compile(
            rf"{_WHO}(?: (?:had|has)(?= (?:an?|the|very|rather|two|{_ALL}|{_TONES})\b)|,? with|{_BUILT}with)"
            rf" {_LONG}{shade}[ -]{part}"
        ),
        re.compile(rf"\b(?P<shade>{_SHADE}) {part} of (?P<owner>{NAME})(?!{OWNS})"),
    )


COLOUR = (
    *_patterns(_EYES),
    *_patterns(_HAIR),
    re.compile(rf"{_WHO} (?:was|is) (?P<shade>{_SHADE})-(?P<part>eye|haire)d\b"),
    re.compile(rf"(?<![\w-])(?P<shade>(?i:{_SHADE}))-(?P<part>eye|haire)d (?P<owner>{NAME})(?!{OWNS})"),
)
_GIVEN = frozenset((COLOUR[0], COLOUR[3], COLOUR[4], COLOUR[7]))
_PICTURE = re.compile(
    r"\b(?:like|painting|portrait|photograph\w*|statue|picture|dream\w*|imagin\w+|another|once)"
    r"\b",
    re.I,
)
_SAYS_COLOUR = re.compile(r"eyes|hair|curls|locks|braid|plait|-eyed")
HAND = (
    re.compile(rf"{_WHO} (?:was|is|had been born|was born) (?P<side>left|right)-handed\b"),
    re.compile(rf"{_WHO},? (?:who was |being )?(?P<side>left|right)-handed\b"),
    re.compile(rf"(?<![\w-])(?P<side>[Ll]eft|[Rr]ight)-handed (?P<owner>{NAME})(?!{OWNS})"),
    re.compile(
        rf"{_WHO} (?:always |only )?(?:wrote|writes|painted|drew|signed|played|fought|bowled) (?:[a-z]+ "
        rf"){{0,4}}(?:with|left) (?:his|her) (?P<side>left|right)(?: hand)?\b"
    ),
)
_LIMB = "arm|leg|hand|eye|foot|ear|thumb"
SIDE = (
    re.compile(
        rf"{_WHO} (?:had )?(?:lost|lacked|was missing|had no) (?:his|her) (?P<side>left|right) "
        rf"(?P<limb>{_LIMB})\b"
    ),
    re.compile(
        rf"{_WHO} (?:was|is|had been|had gone) (?P<kind>blind|lame|deaf) (?:in|of|on) (?:his|her|the) "
        rf"(?P<side>left|right) (?P<limb>{_LIMB})\b"
    ),
    re.compile(
        rf"{_WHO} (?:limped|was limping|had a limp|walked with a limp) (?:on|in) (?:his|her|the) (?P<side>left|"
        rf"right) (?P<limb>leg|foot)\b"
    ),
    re.compile(
        rf"{_WHOSE} (?:bad|lame|wooden|glass|missing|blind|deaf|artificial|false) (?P<side>left|right) "
        rf"(?P<limb>{_LIMB})\b"
    ),
    re.compile(
        rf"\b(?:[Tt]he|[Aa]n?|(?P<own>[Hh]is|[Hh]er)) (?:[a-z]+ )?(?P<kind>scar|birthmark) (?:on|across|over|"
        rf"down|under|above|along|through) (?P<owner>{NAME}(?={OWNS})|his|her)(?:{OWNS})? (?P<side>left|right) "
        rf"(?P<limb>cheek|eye|eyebrow|hand|wrist|arm|shoulder|temple|palm|thigh|knee)\b"
    ),
    re.compile(
        rf"{_WHO} (?:had|has|bore|carried) (?:a|the) (?:[a-z]+ )?(?P<kind>scar|birthmark) (?:on|across|over|"
        rf"down|under|above|along|through) (?:his|her|the) (?P<side>left|right) (?P<limb>cheek|eye|eyebrow|"
        rf"hand|wrist|arm|shoulder|temple|palm|thigh|knee)\b"
    ),
)
_SAYS_SIDE = re.compile(r"\b(?:left|right)\b")
HEIGHT = (
    re.compile(
        rf"{_WHO} (?:was|is) (?:very |unusually |remarkably |quite |rather )?(?P<height>tall|short)(?=[.,;]| "
        rf"and )"
    ),
    re.compile(
        rf"{_WHO} (?:was|is) an? (?:[a-z]+, |very |remarkably )?(?P<height>tall|short|tiny|gigantic)(?:,? "
        rf"[a-z-]+)? (?:man|woman|person|fellow|lady)\b"
    ),
)
_SAYS_HEIGHT = re.compile(r"\b(?:tall|short|tiny|gigantic)\b")
_YEARS = (
    r"(?: years? (?:old|of age)\b|(?=[.;—]|, (?:and|but|the|a|an|with|too|he|she)\b| and (?!more|some|odd|"
    r"half|a half|over)[a-z]+\b))"
)
AGE = (
    re.compile(rf"{_WHO} (?:was|is) (?:only |just |barely |now |already |still |exactly )?(?P<age>{NUMBER}){_YEARS}"),
    re.compile(rf"(?<![\w-])(?P<age>(?i:{NUMBER}))-year-old (?P<owner>{NAME})(?!{OWNS})"),
    re.compile(rf"(?P<owner>{NAME}), (?:aged |now |only )?(?P<age>{NUMBER})(?: years old)?,"),
    re.compile(rf"(?P<owner>{NAME}), an? (?P<age>{NUMBER})-year-old\b"),
    re.compile(rf"{_WHO} (?:was|is) an? (?P<age>{NUMBER})-year-old\b"),
    re.compile(
        rf"{_WHO} (?:was|is) an? (?:[a-z-]+,? ){{0,4}}?(?:man|woman|girl|boy|lad|youth) of (?P<age>{NUMBER})"
        rf"(?=[.,;—]| and | with )"
    ),
    re.compile(
        rf"{_WHO} (?P<turned>turned|turns|had (?:just )?turned|(?:had )?(?:celebrated|reached)(?: (?:his|her))"
        rf"?) (?P<age>{NUMBER}|{ORDINAL})(?= birthday|[.,;]| (?:years|that|in|on|today|last|yesterday)\b)"
    ),
    re.compile(rf"{_WHOSE} (?P<turned>)(?P<age>{ORDINAL}) birthday\b"),
)
_SAYS_AGE = re.compile(
    r"year|birthday|aged|\bturn|\b(?:was|is) (?:\w+ )?[\w-]+(?:[.;,—]| and )| of [\w-]+[.;,—]|, [\w-]+(?: "
    r"years old)?,"
)
_SAYS_BORN = re.compile(r"\bborn\b")
BORN = re.compile(
    rf"{_WHO} (?:was|is|had been) born (?:[a-z]+ ){{0,3}}(?:[A-Z][a-z]+ )?(?:in|on) (?:[\w ]+, )"
    rf"?(?P<year>1\d\d\d|2[01]\d\d)\b"
)


def claims(told: Told) -> Iterator[Claim]:
    yield from _colours(told)
    yield from _sides(told)
    yield from _ages(told)
    for found in hits(told, _SAYS_HEIGHT, HEIGHT):
        tall = found.group("height") in ("tall", "gigantic")
        yield from _made(told, found, "height", "tall" if tall else "short", found.group("height"))


def families(shade: str, part: str) -> str:
    """The families of a colour for eyes or hair, in a row; empty where the word says nothing about them."""
    known = _COLOURS[part]
    words = [word.removesuffix("ish") for word in re.split(r"[- ]+(?:and )?", shade.casefold())]
    whole = known.get(shade.casefold())
    return " ".join(sorted(set((whole or " ".join(known.get(word, "") for word in words)).split())))


def part_of(word: str) -> str:
    return "eyes" if word.startswith("eye") else "hair"


def _made(told: Told, found: re.Match[str], about: str, value: str, shown: str, event: bool = False) -> Iterator[Claim]:
    # "Her green eyes" has them green whatever the sentence supposes or denies of them.
    holds = found.re in _GIVEN and not _PICTURE.search(told.narration, *told.bounds(found.start()))
    if value and (holds or stated(told, found.start(), found.end())):
        for who, sex in owner(told, found):
            yield Claim(about, who, value, shown, found.start(), sex, event=event)


def _colours(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_COLOUR, COLOUR):
        part, shade = part_of(found.group("part")), found.group("shade")
        yield from _made(told, found, part, families(shade, part), f"{shade} {part}")


def _sides(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_SIDE, HAND):
        yield from _made(told, found, "hand", found.group("side").casefold(), f"{found.group('side').casefold()}-handed")
    for found in hits(told, _SAYS_SIDE, SIDE):
        groups = found.groupdict()
        kind = groups.get("kind") or "bad"
        yield from _made(
            told, found, "side", f"{kind} {groups['limb']}: {groups['side']}", f"{kind} {groups['side']} {groups['limb']}"
        )


def _ages(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_AGE, AGE):
        years = number(found.group("age"))
        if years is not None and years < 120:
            yield from _made(told, found, "age", str(years), f"{years} years old", "turned" in found.groupdict())
    for found in hits(told, _SAYS_BORN, (BORN,)):
        yield from _made(told, found, "born", found.group("year"), f"born in {found.group('year')}")
