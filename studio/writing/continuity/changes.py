"""What lets a fact change on the page: hair that is dyed, a watch that is found, years that go by. Looked for only where two
claims do not agree, in all that stands between them, speech included: rather too much is taken for an explanation.
"""

import re

from studio.writing.continuity.words import THINGS

JUMP = re.compile(
    r"\byears? (?:later|passed|went by|had (?:passed|gone by|gone)|rolled by|on,)|\b(?:next|following) "
    r"(?:year|spring|summer|autumn|winter)\b|"
    r"\bover the years\b|\byears after\b|\bdecades? later\b|\bbirthday\b|\ba year (?:later|after|passed|"
    r"on)\b|\b(?:time|winters|summers) (?:passed|later)\b",
    re.I,
)
_GOT = (
    r"bought|buy|new|another|borrow\w*|stole|stolen|found|find|recover\w*|retriev\w*|got|get|return\w*|"
    r"gave (?:her|him)|given|replac\w+|second|inherit\w*|"
    r"present|gift|repair\w*|mended|rebuilt|back|brought|spare|other|won|dug|fished|hired|a|an|same|"
    r"identical|twin|copy"
)
GOT = re.compile(
    rf"\b(?:{_GOT})\b[^.!?\n]{{0,60}}?\b(?P<one>{THINGS})\b|\b(?P<two>{THINGS})\b[^.!?\n]{{0,60}}\b(?:back|"
    rf"again|returned|recovered|found|returned|mended|repaired|replaced)\b"
)
_SAME = {
    "mare": "horse",
    "stallion": "horse",
    "motorcar": "car",
    "spectacles": "glasses",
    "fiddle": "violin",
    "pendant": "necklace",
}
_BREAK = r"|\n\s*(?:\*|#|—|-{2,}|⁂)"  # a line that parts scenes


def _any(words: str, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b{more}", re.I)


CHANGES = {
    "hair": _any(
        r"dye[ds]?|dyeing|hair-dye|henna\w*|bleach\w*|wig|tint(?:ed|s)?|peroxide|highlights|"
        r"gone (?:grey|gray|white)|"
        r"(?:turn|turned|turning|went|gone|grown|grew) (?:\w+ )?(?:grey|gray|white|silver|dark|darker|fair|golden|brown|red)|"
        r"colou?red (?:his|her|my)|(?:his|her|my|the) (?:old|new|natural|real) hair|new colou?r|hairdresser|"
        r"disguise\w*|spell|magic|transform\w*"
    ),
    "eyes": _any(
        r"contact lens\w*|lenses|contacts|glass eye|chang\w+ colou?r|spell|magic|curse[ds]?|transform\w*|"
        r"turned (?:\w+ )?(?:blue|green|grey|gray|brown|black|gold|amber|violet)|glow\w*|disguise\w*"
    ),
    "hand": _any(
        r"ambidextrous|either hand|both hands|injur\w+|sling|broke[n]?|broken (?:arm|wrist|hand)|"
        r"lost (?:the|his|her) (?:left |right )?(?:hand|arm)|amputat\w+|retrain\w*|learn\w* to"
    ),
    "side": _any(
        r"other (?:eye|leg|arm|hand|ear|cheek)|both|too|as well|second|another|new scar|second scar|mirror|"
        r"reflection"
    ),
    "height": _any(r"gr[eo]wn?|growing|shot up|taller|shr[aiu]nk\w*|stoop\w*"),
    "family": _any(
        r"adopt\w+|not (?:really )?(?:his|her|my|your)|real (?:father|mother|brother|sister)|step\w+|"
        r"half-(?:brother|sister)|truth|secret|pretend\w*|lied|lie|disguise\w*|in-law|all along|bastard|foundling|"
        r"turned out"
    ),
    "marriage": _any(
        r"marr(?:y|ied|ies|iage)|wedding|wed|bride|groom|divorc\w+|widow\w*|remarr\w+|engaged|engagement|"
        r"second (?:wife|husband)|first (?:wife|husband)|late (?:wife|husband)|former|ex-(?:wife|husband)|"
        r"new (?:wife|husband)|died|proposed"
    ),
    "birth": _any(
        r"born|birth|pregnan\w+|baby|adopt\w+|twins|half-(?:brother|sister)|step\w+|died|dead|death|killed|lost|"
        r"buried|funeral"
    ),
    "title": _any(
        r"promot\w+|demot\w+|commission\w*|knighted|rank|stripes|made (?:him|her|a)|appointed|elevated|crowned|"
        r"coronation|inherit\w*|succeeded|abdicat\w+|ordained|retired|resigned|reduced|broken|brevet|acting|now"
    ),
    "met": _any(r"forg[eo]t\w*|amnesia|memory|disguise\w*|in the flesh|alone|in (?:person|uniform)|so|such"),
    "alive": _any(
        r"not (?:really )?dead|alive|survived|resurrect\w*|risen|rose from|back from the dead|revived?|undead|"
        r"vampire|zombie|ghost\w*|spirits?|faked|reincarnat\w*|necromanc\w*|afterlife|heaven|miracle|impostor|"
        r"imposter|mistaken|clone[ds]?|android|robot|twin|reported dead|presumed|phantom|seance|séance"
    ),
    "knows": _any(r"forg[eo]t\w*|amnesia|memory|memories|no longer|lied|wrong|mistaken|changed|moved"),
    "hour": _any(
        r"later|after\w*|until|till|passed|by (?:the time|then|now|noon|midnight|evening|morning|dusk|dawn)|next|"
        r"at last|slept|asleep|woke|awoke|hours?|days?|weeks?|months?|meanwhile|soon|following|towards?|"
        r"that (?:night|evening|morning|afternoon)|dawn\w*|dusk|sunrise|sunset|sun (?:rose|set|went|came|was)|"
        r"moon|dark\w*|minutes|breakfast|lunch|dinner|supper|tomorrow|yesterday|when|since|before|ago|eventually|"
        r"finally|journey|drove|had",
        _BREAK,
    ),
    "day": _any(
        r"later|after|until|till|next|following|days?|weeks?|months?|tomorrow|yesterday|slept|woke|awoke|morning|"
        r"nights?|passed|dawn|ago|last|before|since|midnight|years?|earlier|when|weekend",
        _BREAK,
    ),
    "lies": _any(r"moved|rebuilt|another|other|new"),
}
NEAR = 1200  # letters before an event in which the one it happens to must be named
_TOPIC = {
    "hair": re.compile(r"\b(?:hair\w*|wig|blond\w*|curls|braids?|locks|strands)\b", re.I),
    "eyes": re.compile(r"\beyes?\b|\blens", re.I),
}
_ANYBODY = frozenset({"hour", "day"})


def happens(kind: str, text: str, start: int, end: int, calls: re.Pattern[str] | None) -> bool:
    """Does something stand there that may explain it, near one of the names of the one it is about?"""
    thing = kind.removeprefix("has ") if kind.startswith("has ") else ""
    pattern = JUMP if kind == "years" else GOT if thing else CHANGES[kind]
    for found in pattern.finditer(text, max(0, start), end):
        if thing and thing_of(found.group("one") or found.group("two")) != thing:
            continue
        if kind in _TOPIC and not _TOPIC[kind].search(text, max(0, found.start() - 200), found.end() + 200):
            continue
        if calls is None or kind in _ANYBODY or calls.search(text, max(0, found.start() - NEAR), found.end() + 300):
            return True
    return False


def thing_of(word: str) -> str:
    return _SAME.get(word, word)
