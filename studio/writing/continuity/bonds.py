"""Between people in one scene: kin, brothers and sisters counted, marriage, ranks, who has met whom."""

import re
from collections.abc import Iterator

from studio.writing.continuity.claims import Claim, hits, owner, stated
from studio.writing.continuity.told import NAME, OWNS, STOP, Told, surface
from studio.writing.continuity.words import KIN, KINDRED, NUMBER, RANKS, either, number

_LIKE = (
    r"(?:(?:elder|eldest|older|oldest|younger|youngest|little|big|only|twin|late|dead|own|beloved|dear|poor|young|old|real|"
    r"estranged|long-lost|favou?rite|maiden|first|second|new|half|step) ?-?)*"
)
_STEP = r"(?:step|half-|half |foster |foster-|adoptive |adopted |god)?"
_REL = rf"{_LIKE}{_STEP}(?P<rel>{KINDRED})"
_WHOSE = rf"(?P<owner>{NAME}(?={OWNS})|\b(?:[Hh]is|[Hh]er)\b)(?:{OWNS})?"
KINS = (
    re.compile(
        rf"{_WHOSE} {_REL} (?P<other>{NAME})(?!{OWNS} (?:wife|husband|son|daughter|brother|sister|mother|"
        rf"father))"
    ),
    re.compile(rf"{_WHOSE} {_REL}, (?P<other>{NAME})(?=,(?! (?:and|[A-Z]))|[.;])"),
    re.compile(rf"(?P<other>{NAME})(?:,| was| is) {_WHOSE} {_REL}(?=[,.;]| and | who )"),
    re.compile(rf"(?P<other>{NAME})(?:,| was| is) (?:the |a )?{_REL} (?:of|to) (?P<owner>{NAME})(?!{OWNS})"),
    re.compile(rf"{_WHOSE} {_REL} (?:was|is) (?:called|named) (?P<other>{NAME})(?!{OWNS})"),
)
_SAYS_KIN = re.compile(rf"(?:{either(' '.join(KIN))})\b")
_NONE = re.compile(
    rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) (?:(?:was|is|had been) an only (?:child|son|daughter)|(?:had|"
    rf"has|had had) (?:no|neither) "
    r"(?P<none>siblings|brothers (?:or|nor|and) sisters|sisters (?:or|nor|and) brothers|brothers?|sisters?))\b"
)
_COUNT = re.compile(
    rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) (?:had|has) (?P<count>{NUMBER}) (?P<which>(?:older |elder |"
    rf"younger |half-|step)?(?:brother|sister|sibling)s?)\b"
)
_SAYS_NONE = re.compile(r"\b(?:only (?:child|son|daughter)|siblings?|brothers?|sisters?)\b")
_SAYS_NEVER = re.compile(r"\bhad never\b")
_SINGLE = re.compile(
    rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) (?:had never (?:been )?married|had never (?:had|taken) a "
    rf"(?:wife|husband))\b"
)
_RANK = re.compile(
    rf"(?<![\w’'-])(?P<rank>{either(' '.join(word.capitalize() for word in RANKS))}) "
    rf"(?P<owner>{NAME})"
)
_KNEW = either(
    "met kissed hugged embraced greeted introduced.himself.to introduced.herself.to told asked married thanked "
    "danced.with dined.with"
).replace("\\.", " ")
_SAYS_MET = re.compile(rf"\b(?:{_KNEW}) [A-Z]")
MET = re.compile(rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) (?P<verb>{_KNEW}) (?P<other>{NAME})(?!{OWNS})")
NEVER = re.compile(
    rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b) had never (?:yet |once |before )?(?:met|seen|spoken to|set "
    rf"eyes on|laid eyes on|heard of) (?P<other>{NAME})(?!{OWNS})"
)


def claims(told: Told) -> Iterator[Claim]:
    yield from _kin(told)
    for found in hits(told, _SAYS_NONE, (_NONE,)):
        which = found.group("none") or "siblings"
        word = (
            "f"
            if which.startswith("sister") and "brother" not in which
            else "m"
            if which.startswith("brother") and "sister" not in which
            else ""
        )
        yield from _made(told, found, "siblings", f"none {word}".strip(), f"no {which}", denied=True)
    for found in hits(told, _SAYS_NONE, (_COUNT,)):
        count, which = number(found.group("count")), found.group("which").rstrip("s")
        yield from _made(told, found, "siblings", f"{which}: {count}", f"{count} {which}{'s' if count != 1 else ''}")
    for found in hits(told, _SAYS_NEVER, (_SINGLE,)):
        yield from _made(told, found, "family", "unmarried", "never married", denied=True)
    yield from _ranks(told)
    for found in hits(told, _SAYS_MET, (MET,)):
        yield from _made(told, found, "met", "yes", f"knows {found.group('other')}", found.group("other"))
    for found in hits(told, _SAYS_NEVER, (NEVER,)):
        yield from _made(told, found, "met", "no", f"had never met {found.group('other')}", found.group("other"), denied=True)


def _made(
    told: Told, found: re.Match[str], about: str, value: str, shown: str, other: str = "", denied: bool = False
) -> Iterator[Claim]:
    second = surface(other)[0] if other else ""
    if (second or not other) and stated(told, found.start(), found.end(), denied=denied):
        for who, sex in owner(told, found):
            if who != second:
                yield Claim(about, who, value, shown, found.start(), sex, second)


def _kin(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_KIN, KINS):
        row, sex = KIN[found.group("rel")]
        shown = f"{found.group('rel')} of {found.group('owner')}"
        for claim in _made(told, found, "family", f"{row} {sex}".strip(), shown, found.group("other")):
            yield claim._replace(who=claim.other, other=claim.who)  # "Tom's sister Anna" says of Anna what she is to Tom


def _ranks(told: Told) -> Iterator[Claim]:
    for found in _RANK.finditer(told.narration):
        name = found.group("owner").split(" ")
        who, _ = surface(" ".join(name))
        if who and STOP not in found.group():
            yield Claim("title", who, found.group("rank").casefold(), found.group("rank"), found.start())
