"""Time and the lie of the land in one scene: the day, the date, the hour, who is where, what lies on which side of what."""

import re
from collections.abc import Iterator

from studio.writing.continuity.claims import Claim, hits, owner, stated
from studio.writing.continuity.told import NAME, OWNS, Told, surface
from studio.writing.continuity.words import ORDINAL, number

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAY = "|".join(day.capitalize() for day in DAYS)
_MONTH = "|".join(month.capitalize() for month in MONTHS)
DAY = re.compile(
    rf"\b(?:[Ii]t was|[Tt]hat was|[Tt]oday was) (?:a |now |still |only |late |early )*(?P<day>{_DAY})"
    rf"\b(?![’'])|(?:^|\n)(?:On )?(?P<top>{_DAY})(?: (?:morning|evening|night|afternoon))?[,.:\n]"
)
DATE = re.compile(
    rf"\b[Ii]t was (?:the )?(?:(?P<nth>{ORDINAL}|\d\d?)(?: of)? (?P<month>{_MONTH})|(?P<month2>{_MONTH}) "
    rf"(?:the )?(?P<nth2>{ORDINAL}|\d\d?))\b"
)
HOUR = re.compile(
    r"\b[Ii]t was (?:already |now |just |nearly |almost |only |past |well past |shortly after |still )"
    r"*(?:a \w+ |the middle of the |early |late |in the )*"
    r"(?P<hour>midnight|noon|midday|dawn|daybreak|sunrise|sunset|dusk|morning|afternoon|evening|night)"
    r"\b(?! (?:before|since|when she first|train|shift))"
)
# From when to when, in hours of a day; those past midnight go on counting.
HOURS = {
    "midnight": (23, 25), "night": (20, 30), "dawn": (4, 8), "daybreak": (4, 8), "sunrise": (4, 8), "morning": (4, 12),
    "noon": (11.5, 13), "midday": (11, 14), "afternoon": (12, 18), "sunset": (16, 22), "dusk": (16, 22), "evening": (16, 23.5),
}  # fmt: skip
NEXT = re.compile(
    r"^[\s“\"‘]*(?:(?:It was |On |By |Early |Late )?(?:the |that )?(?P<one>next|following) (?:day|morning|"
    r"afternoon|evening)|(?:The )?(?P<two>Two|Three|Four|Five|Six) days (?:later|after))\b",
    re.I,
)
LIES = re.compile(
    rf"(?P<owner>{NAME}|\b[Tt]he [a-z]+) (?:lay|stood|was|lies|stands|is) (?:[a-z]+ (?:miles|leagues|"
    rf"kilometres) )?(?:to the )?(?:due )?"
    rf"(?P<side>north|south|east|west) of (?:the )?(?P<other>{NAME})(?!{OWNS})"
)
_SAYS_SIDE = re.compile(r"\b(?:north|south|east|west) of\b")
_SAYS_WHERE = re.compile(
    r"\b(?:was|sat|stood|lay|waited|lived|slept|worked|knelt|arrived|stayed) (?:\w+ly |alone |down |up |"
    r"back |still )?(?:in|at|on|inside|outside|aboard)\b"
)
WHERE = re.compile(
    rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) (?:was|sat|stood|lay|waited|lived|slept|worked|knelt|arrived|"
    rf"stayed) (?:\w+ly |alone |down |up |back |still )?(?:in|at|on|inside|outside|aboard) "
    rf"(?P<place>(?:the |a |an )?(?:{NAME}|[a-z]+)(?: [a-z]+)?)"
)


def claims(told: Told) -> Iterator[Claim]:
    for found in DAY.finditer(told.narration):
        group = "day" if found.group("day") else "top"
        day = found.group(group).casefold()
        if stated(told, found.start(group), found.end()):
            # A day that stands alone at the head of a paragraph begins something new, as in a diary.
            yield Claim("day", "", str(DAYS.index(day)), day.capitalize(), found.start(group), event=group == "top")
    for found in DATE.finditer(told.narration):
        month, nth = found.group("month") or found.group("month2"), number(found.group("nth") or found.group("nth2"))
        if nth and nth <= 31 and stated(told, found.start(), found.end()):
            yield Claim("date", "", f"{MONTHS.index(month.casefold()) + 1}-{nth}", f"{nth} {month}", found.start())
    for found in HOUR.finditer(told.narration):
        if stated(told, found.start(), found.end()):
            yield Claim("hour", "", found.group("hour"), found.group("hour"), found.start())
    for found in hits(told, _SAYS_SIDE, (LIES,)):
        who = _place(found.group("owner"))
        other = surface(found.group("other"))[0]
        if who and other and stated(told, found.start(), found.end()):
            yield Claim(
                "lies", who, found.group("side"), f"{found.group('side')} of {found.group('other')}", found.start(), "", other
            )
    yield from _where(told)
    step = NEXT.match(told.narration)
    if step:
        count = 1 if step.group("one") else ("two", "three", "four", "five", "six").index(step.group("two").casefold()) + 2
        yield Claim(
            "day",
            "",
            f"+{count}",
            f"{count} day{'s' if count > 1 else ''} later",
            step.start("one") if step.group("one") else step.start("two"),
        )


def _place(name: str) -> str:
    if name[:4].casefold() == "the " and name[4:].islower():
        return "the " + name[4:]
    return surface(name)[0]


def _where(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_WHERE, (WHERE,)):
        if stated(told, found.start(), found.end()):
            for who, sex in owner(told, found):
                yield Claim("where", who, found.group("place").casefold(), found.group("place"), found.start(), sex)
