"""What lets a fact change on the page: hair that is dyed, a watch that is found, years that go by. Looked for only where two
claims do not agree, in all that stands between them, speech included: rather too much is taken for an explanation.
"""

import re

from studio.writing.continuity.words import THINGS

JUMP = re.compile(
    r"\byears? (?:later|passed|went by|had (?:passed|gone by|gone)|rolled by|on,)|\b(?:next|following) (?:year|spring|summer|autumn|winter)\b|"
    r"\bover the years\b|\byears after\b|\bdecades? later\b|\bbirthday\b|\ba year (?:later|after|passed|on)\b|\b(?:time|winters|summers) (?:passed|later)\b",
    re.I,
)
_GOT = (
    r"bought|buy|new|another|borrow\w*|stole|stolen|found|find|recover\w*|retriev\w*|got|get|return\w*|gave (?:her|him)|given|replac\w+|second|inherit\w*|"
    r"present|gift|repair\w*|mended|rebuilt|back|brought|spare|other|won|dug|fished|hired|a|an|same|identical|twin|copy"
)
GOT = re.compile(
    rf"\b(?:{_GOT})\b[^.!?\n]{{0,60}}?\b(?P<one>{THINGS})\b|\b(?P<two>{THINGS})\b[^.!?\n]{{0,60}}\b(?:back|again|returned|recovered|found|returned|mended|repaired|replaced)\b"
)
_SAME = {
    "mare": "horse",
    "stallion": "horse",
    "motorcar": "car",
    "spectacles": "glasses",
    "fiddle": "violin",
    "pendant": "necklace",
}
CHANGES = {
    "hair": re.compile(
        r"\b(?:dye[ds]?|dyeing|hair-dye|henna\w*|bleach\w*|wig|tint(?:ed|s)?|peroxide|highlights|gone (?:grey|gray|white)|"
        r"(?:turn|turned|turning|went|gone|grown|grew) (?:\w+ )?(?:grey|gray|white|silver|dark|darker|fair|golden|brown|red)|colou?red (?:his|her|my)|"
        r"(?:his|her|my|the) (?:old|new|natural|real) hair|new colou?r|hairdresser|disguise\w*|spell|magic|transform\w*)\b", re.I),
    "eyes": re.compile(r"\b(?:contact lens\w*|lenses|contacts|glass eye|chang\w+ colou?r|spell|magic|curse[ds]?|transform\w*|turned|glow\w*|disguise\w*)\b", re.I),
    "hand": re.compile(r"\b(?:ambidextrous|either hand|both hands|injur\w+|sling|broke[n]?|broken (?:arm|wrist|hand)|lost (?:the|his|her) (?:left |right )?(?:hand|arm)|amputat\w+|retrain\w*|learn\w* to)\b", re.I),
    "side": re.compile(r"\b(?:other (?:eye|leg|arm|hand|ear|cheek)|both|too|as well|second|another|new scar|second scar|mirror|reflection)\b", re.I),
    "height": re.compile(r"\b(?:gr[eo]wn?|growing|shot up|taller|shr[aiu]nk\w*|stoop\w*)\b", re.I),
    "family": re.compile(r"\b(?:adopt\w+|not (?:really )?(?:his|her|my|your)|real (?:father|mother|brother|sister)|step\w+|half-(?:brother|sister)|"
                         r"truth|secret|pretend\w*|lied|lie|disguise\w*|in-law|all along|bastard|foundling|turned out)\b", re.I),
    "marriage": re.compile(r"\b(?:marr(?:y|ied|ies|iage)|wedding|wed|bride|groom|divorc\w+|widow\w*|remarr\w+|engaged|engagement|second (?:wife|husband)|"
                           r"first (?:wife|husband)|late (?:wife|husband)|former|ex-(?:wife|husband)|new (?:wife|husband)|died|proposed)\b", re.I),
    "birth": re.compile(r"\b(?:born|birth|pregnan\w+|baby|adopt\w+|twins|half-(?:brother|sister)|step\w+|died|dead|death|killed|lost|buried|funeral)\b", re.I),
    "title": re.compile(r"\b(?:promot\w+|demot\w+|commission\w*|knighted|rank|stripes|made (?:him|her|a)|appointed|elevated|crowned|coronation|"
                        r"inherit\w*|succeeded|abdicat\w+|ordained|retired|resigned|reduced|broken|brevet|acting|now)\b", re.I),
    "met": re.compile(r"\b(?:forg[eo]t\w*|amnesia|memory|disguise\w*|in the flesh|alone|in (?:person|uniform)|so|such)\b", re.I),
    "alive": re.compile(
        r"\b(?:not (?:really )?dead|alive|survived|resurrect\w*|risen|rose from|back from the dead|revived?|undead|vampire|zombie|ghost\w*|spirits?|faked|"
        r"reincarnat\w*|necromanc\w*|afterlife|heaven|miracle|impostor|imposter|mistaken|clone[ds]?|android|robot|twin|reported dead|presumed|phantom|seance|séance)\b", re.I),
    "knows": re.compile(r"\b(?:forg[eo]t\w*|amnesia|memory|memories|no longer|lied|wrong|mistaken|changed|moved)\b", re.I),
    "hour": re.compile(
        r"\b(?:later|after\w*|until|till|passed|by (?:the time|then|now|noon|midnight|evening|morning|dusk|dawn)|next|at last|slept|asleep|woke|awoke|hours?|days?|weeks?|"
        r"months?|meanwhile|soon|following|towards?|that (?:night|evening|morning|afternoon)|dawn\w*|dusk|sunrise|sunset|sun (?:rose|set|went|came|was)|"
        r"moon|dark\w*|minutes|breakfast|lunch|dinner|supper|tomorrow|yesterday|when|since|before|ago|eventually|finally|journey|drove|had)\b|\n\s*(?:\*|#|—|-{2,}|⁂)", re.I),
    "day": re.compile(
        r"\b(?:later|after|until|till|next|following|days?|weeks?|months?|tomorrow|yesterday|slept|woke|awoke|morning|nights?|passed|dawn|ago|last|before|since|midnight|years?|"
        r"earlier|when|weekend)\b|\n\s*(?:\*|#|—|-{2,}|⁂)", re.I),
    "lies": re.compile(r"\b(?:moved|rebuilt|another|other|new)\b", re.I),
}  # fmt: skip
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
