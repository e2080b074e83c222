"""Life in one scene: who dies or is dead, who acts, what they own and lose, what they know."""

import re
from collections.abc import Iterator

from studio.writing.common import COMMON
from studio.writing.continuity.changes import thing_of
from studio.writing.continuity.claims import Claim, hits, owner, stated
from studio.writing.continuity.told import NAME, OWNS, Told, surface
from studio.writing.continuity.words import ACTS, NUMBER, THINGS, USED

_WHO = rf"(?P<owner>{NAME}|\b(?:[Hh]e|[Ss]he)\b)"
_NOT_DEAD = (
    r"(?! (?:away|down|in (?:thought|his|her|work|the (?:\w+ )?(?:papers?|newspapers?|book|news|letters?))"
    r"|tired|drunk|asleep|to|set|certain|sure|serious|weary|on (?:time|target|h(?:is|er) feet|the (?:dot|hour))"
    r"|against|calm|still|pale|white|silent|right|"
    r"wrong|of (?:shame|laughing|laughter|embarrassment|boredom|curiosity)|a (?:little|thousand)|inside|"
    r"laughing|out)\b)"
)
DEAD = (
    re.compile(rf"{_WHO} (?:had )?(?:died|passed away|drowned|perished|bled to death)\b{_NOT_DEAD}"),
    re.compile(
        rf"{_WHO} (?:was|lay|is|had been) (?:stone )?(?:dead|shot dead|murdered|hanged|beheaded|executed|"
        rf"drowned|buried|killed)\b{_NOT_DEAD}"
    ),
    re.compile(
        rf"(?P<owner>{NAME}){OWNS} (?:(?:dead|lifeless|broken) )?(?:body|corpse|funeral|burial|coffin|grave|"
        rf"gravestone|headstone|tombstone|murderer|killer) (?:was|lay|had|stood|took|on|in|under|at)\b"
    ),
    re.compile(
        rf"\b(?:killed|murdered|buried|hanged|beheaded|shot and killed|stabbed and killed) (?P<owner>{NAME})"
        rf"(?!{OWNS})(?=[.,;]| (?:with|in|on|at|and|that|for|beneath|under|beside|last|yesterday)\b)"
    ),
)
_SAYS_DEAD = re.compile(
    r"\b(?:died|passed away|drowned|perished|dead|death|murder|kill|hanged|beheaded|executed|buried|body|"
    r"corpse|funeral|burial|coffin|grave|tomb|headstone)"
)
LONG = (
    re.compile(rf"{_WHO} had been dead (?:for )?(?:(?P<years>{NUMBER}|many|several|some|ten) years|a long time)\b"),
    re.compile(
        rf"{_WHO} had died (?:(?P<years>{NUMBER}|many|several|some) years|long) (?:before|earlier|ago|since)"
        rf"\b"
    ),
    re.compile(rf"{_WHO} was long dead\b"),
)
_CUE = re.compile(
    r"\b(?:remember\w*|memor(?:y|ies)|recall\w*|recollect\w*|dream\w*|ghost\w*|spirit|phantom|spectre|"
    r"apparition|photograph\w*|portrait|letter|diary|"
    r"journal|ago|used to|once|vision|haunt\w*|had (?:been|said|told|asked|gone|come|always|never|once)|"
    r"those days|grave|dead|death|died|funeral|"
    r"film|recording|tape|statue|voice in|always)\b",
    re.I,
)
_UNSURE = re.compile(r"\b(?:if|would|had|when)\b")
SAID = "said|asked|replied|answered|cried|shouted|whispered|muttered|murmured|called|added"  # after speech, which is blank
_ACTED = re.compile(
    rf"(?P<who>{NAME}) (?:slowly |quickly |only |just |then |suddenly |quietly )?(?:{ACTS})\b|(?<=  )"
    rf"(?:{SAID}) (?P<said>{NAME})(?!{OWNS})"
)
_ADJ = r"(?:(?!and\b|or\b|in\b|on\b|to\b|of\b|for\b|with\b|from\b|at\b|by\b|s\b)[a-z-]+,? ){0,2}"
_THING = rf"(?P<like>{_ADJ})(?P<thing>{THINGS})\b(?![’'-])"
_SAYS_THING = re.compile(rf"\b(?:{THINGS})\b")
LOSE = (
    re.compile(
        rf"{_WHO} (?:had )?(?:sold|pawned|lost|burned|burnt|smashed|destroyed|wrecked|buried|gambled away|gave "
        rf"away|threw away|auctioned) (?:his|her|the) {_THING}(?! (?:of|in his mind)\b)"
    ),
    re.compile(
        rf"{_WHO} (?:had )?(?:threw|flung|tossed|hurled|dropped|thrown|flung) (?:his|her|the) {_THING} (?:in|"
        rf"into|overboard|over|off|from|down) (?:the |a )?(?:\w+ )?(?:sea|river|lake|fire|well|harbou?r|water|"
        rf"canal|flames|stove|side|bridge|cliff|furnace|ocean)?\b"
    ),
    re.compile(
        rf"{_WHO} (?:had )?(?:gave|given|sold|left) (?:his|her|the) {_THING} (?:away|to (?:the |a |his |her )"
        rf"?\w+)\b"
    ),
)
USE = (
    re.compile(rf"{_WHO} (?:\w+ly )?(?:{USED}) (?:his|her) {_THING}"),
    re.compile(rf"{_WHO} (?:\w+ly )?(?:{USED}) (?P<the>the) (?P<like>(?:[a-z-]+ ){{1,2}})(?P<thing>{THINGS})\b"),
    re.compile(rf"{_WHO}(?:[^,.;:!?\n]{{1,40}})? (?:and|,) (?:{USED}) (?:his|her) {_THING}"),
)
_WHEN = {"night", "day", "morning", "evening", "moment", "once", "later", "week"}
_SAYS_KNEW = re.compile(r"\b(?:knew|know|learn\w*|reali[sz]ed|found out|discovered|idea|unaware)\b")
KNEW = re.compile(
    rf"{_WHO} (?P<verb>(?:already |now |suddenly |also )?(?:knew|learn(?:ed|t)|realised|realized|found out|"
    rf"discovered)|(?:did not|didn[’']t|never|still did not) (?:yet )?(?:know|knew)|"
    r"had no idea|was unaware) (?P<what>(?:that |where |who |how |why |what |about )?[^.;!?\n]{8,140})"
)


def claims(told: Told) -> Iterator[Claim]:
    yield from _deaths(told)
    yield from _things(told)
    for found in hits(told, _SAYS_KNEW, (KNEW,)):
        words = content(found.group("what"))
        denied = bool(re.search(r"not|n[’']t|never|no idea|unaware", found.group("verb")))
        if len(words) >= 2 and stated(told, found.start(), found.start("what"), denied=denied):
            for who, sex in owner(told, found):
                yield Claim(
                    "knows", who, ("no: " if denied else "yes: ") + words, found.group("what").strip(), found.start(), sex
                )


def acts(told: Told, there: dict[str, int]) -> dict[str, int]:
    """Where each name first does something, outside of memories: only the living do. `there` takes in those in memories too."""
    out: dict[str, int] = {}
    for found in _ACTED.finditer(told.narration):
        name, _ = surface(found.group("who") or found.group("said"))
        if name and name not in out:
            first, last = told.bounds(found.start())
            if not _UNSURE.search(told.narration, first, last):
                at = found.start("who") if found.group("who") else found.start("said")
                there.setdefault(name, at)
                if not _recalled(told, found.start()):
                    out[name] = at
    return out


def content(text: str) -> str:
    """What is known, as its telling words in a fixed order, names among them."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}|\d+", text)} - _WHEN
    return " ".join(sorted(word.removesuffix("s") if len(word) > 4 else word for word in words - COMMON))


def _recalled(told: Told, at: int) -> bool:
    start, end = told.paragraph(at)
    before = told.narration.rfind("\n", 0, max(0, start - 2))
    return bool(_CUE.search(told.text, max(0, before), end))


def _deaths(told: Told) -> Iterator[Claim]:
    for found in hits(told, _SAYS_DEAD, (*LONG, *DEAD)):
        long = found.re in LONG
        if stated(told, found.start(), found.start() + 1 if long else found.end()):
            for who, sex in owner(told, found):
                shown = "dead for a long time" if long else "dead"
                yield Claim("alive", who, "long dead" if long else "dead", shown, found.start(), sex, event=not long)


def _things(told: Told) -> Iterator[Claim]:
    for kind, patterns in (("lost", LOSE), ("has", USE)):
        for found in hits(told, _SAYS_THING, patterns):
            if stated(told, found.start(), found.end()):
                like = " ".join(sorted(word.strip(",") for word in found.group("like").split()))
                thing, the = thing_of(found.group("thing")), " the" if "the" in found.groupdict() else ""
                shown = f"{kind} the {found.group('like')}{thing}"
                for who, sex in owner(told, found):
                    yield Claim("has", who, f"{kind}{the}: {like}", shown, found.start(), sex, thing, kind == "lost")
