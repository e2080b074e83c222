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

LEAD = re.compile(
    r"^(?:please[,\s]+)?(?:(?:can you |could you )?(?:write|make|give|tell|create|invent|i(?:'d| would)? (?:want|like))\b[^.?!:]{0,40}?)?"
    r"\b(?:an?|the|some|my|one)?\s*(?:\w+\s)?(?:story|plot|tale|novel|book|idea|something)s?\s+(?:about|where|in which|of how)\s+",
    re.IGNORECASE,
)
BREAK = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+|\n+")
LONGEST = 60  # letters of a word; what is longer is none
NAMED = re.compile(r"\b(?:named|called)\s+([“\"']?)([^\W\d_][\w'’-]*(?:\s+[^\W\d_a-zà-ÿ][\w'’-]*)*)")
DETERMINERS = frozenset("a an the his her their its my our your this that one".split())  # noqa: SIM905
INTO_PLACE = frozenset("in at from near on aboard outside inside under beneath through across of around within".split())  # noqa: SIM905
TITLES = frozenset("captain mr mrs ms miss dr doctor lady lord sir king queen prince princess aunt uncle professor father mother sister brother detective inspector sergeant colonel general judge grandma grandpa".split())  # noqa: SIM905, E501  # fmt: skip
NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december christmas easter halloween i i'm i'd i've i'll god earth mars moon english french german irish scottish
    welsh spanish italian greek turkish polish dutch swedish danish victorian georgian edwardian regency british""".split()  # noqa: SIM905
)
NATION = re.compile(r"(?:ian|ean|ese|ish)$")
FEMALE = frozenset("she her hers herself woman girl mother sister daughter widow queen princess wife aunt grandmother witch bride lady nun actress".split())  # noqa: SIM905, E501  # fmt: skip
MALE = frozenset("he him his himself man boy father brother son widower king prince husband uncle grandfather wizard groom monk".split())  # noqa: SIM905, E501  # fmt: skip
MUST = re.compile(
    r"(?<!\w)(?:must|(?:has|wants?|needs?|tries|hopes|plans|decides|sets out|struggles|fights|is determined|have)(?= to\b)(?: to)?)\s+"
    r"(?!be\b|have\b|not\b)([a-z][^.;:!?\n]{3,110})"
)
GROUP = re.compile(r"(two|three|four|five)\s([a-z]+s)\b", re.IGNORECASE)
PAIR = re.compile(r"([Aa]n?\s(?:[a-z][\w'-]*\s){0,2}[a-z][\w'-]*)(?=\sand\s(?:his|her|their|an?)\s)")
PURPOSE = re.compile(
    r"\bto ((?:solve|find|save|stop|bring|rescue|prove|win|clear|finish|build|destroy|protect|escape|discover|uncover|avenge|cure|steal|"
    r"deliver|reach|bury|convince|recover|warn|return|free|learn|mend|repair|claim|confront|catch|hide)\b[^.;:!?\n]{2,110})"
)
AGAINST = frozenset("against rival enemy nemesis hunts hunted villain killer murderer betrays betrayed steals stole feud opponent from".split())  # noqa: SIM905, E501  # fmt: skip
LOVED = frozenset("loves love marry marries wife husband lover kiss meets ex".split())  # noqa: SIM905
NOWHERE = frozenset(
    """fog rain snow morning evening night day week year winter summer spring autumn dark light end middle way time war air past future
    wind storm mirror world hurry mood body mind coma dream story game name face hand head heart""".split()  # noqa: SIM905
)
PERSONS = frozenset("man woman boy girl child baby body people person brother sister mother father friend stranger son daughter".split())  # noqa: SIM905, E501  # fmt: skip
TRAVEL = frozenset("train road journey goes go travels travel sails sail returns return comes moves move flies ship bus trip way".split())  # noqa: SIM905
GETS = frozenset("finds find discovers inherits steals receives buys keeps carries loses builds makes gets uncovers opens guards sells brings unearths repairs".split())  # noqa: SIM905, E501  # fmt: skip
STOPS = COMMON - {"old", "little", "long", "last", "first", "good", "new", "great", "only"}
SORT_PREPOSITION = {
    "ship": "aboard", "wild": "in", "sea": "at", "mountain": "on", "station": "at", "school": "at", "workplace": "at",
    "road": "on", "prison": "at",
}  # fmt: skip


class Premise(NamedTuple):
    """Everything is empty where the text does not say it."""

    text: str = ""
    sentences: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # the main person first
    roles: tuple[str, ...] = ()  # of the names: hero, ally ...
    words: tuple[str, ...] = ()  # telling ones, small letters, in order
    who: str = ""  # "a lighthouse keeper"
    beside: str = ""  # who somebody beside the main person is: "the other of the two sisters"
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
    def the_thing(self) -> str:
        return definite(self.thing)


class _Token(NamedTuple):
    text: str  # without a possessive ending
    low: str
    start: int
    end: int
    first: bool  # of its sentence
    before: str  # what stands between the last word and this one


def tidy(text: str) -> str:
    """No control characters, plain spaces, no "write me a story about"."""
    kept = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u200d" else " " for c in text)
    kept = re.sub(r"[^\S\n]+", " ", kept).strip()
    return LEAD.sub("", kept, count=1).strip()


def definite(phrase: str) -> str:
    """ "a brass key" becomes "the brass key"."""
    first, _, rest = phrase.partition(" ")
    return f"the {rest}" if first.lower() in DETERMINERS and rest else phrase


def read(text: str, names: Sequence[str] = ()) -> Premise:
    cues = read_cues()
    clean = tidy(text)
    tokens = _tokens(clean)
    proper, places = _proper(clean, tokens, cues)
    given = [" ".join(name.split())[:80] for name in names if name.strip()]
    people = list(dict.fromkeys([*given, *(name for name in proper if not any(_same(name, known) for known in given))]))[:8]
    who, subject = _who(clean, people, cues)
    place, setting, preposition, sort = _place(tokens, places, cues)
    inside = {part.lower() for name in proper for part in name.split()}
    tells = _tells(tokens, cues)
    group = None if people or tells else GROUP.match(clean)
    if group and len(clean) < 90:
        who, beside = (
            f"one of {clean[:1].lower() + clean[1:].rstrip('.!')}",
            f"the other of the {group.group(1).lower()} {group.group(2)}",
        )
    else:
        beside = ""
    whole = bool(
        who and not tells and not beside and not people and len(clean) < 90 and re.match(r"an?\s.*\b(?:who|whose)\b", clean, re.I)
    )
    if whole:
        who = clean[:1].lower() + clean[1:].rstrip(".!")
    words = dict.fromkeys(
        t.low
        for t in tokens
        if t.low not in STOPS and t.low not in ("named", "called") and t.low not in inside and (2 < len(t.low) <= LONGEST or t.low.isdigit())
    )
    return Premise(
        text=clean, sentences=tuple(s.strip() for s in BREAK.split(clean) if s and s.strip()), names=tuple(people),
        roles=tuple(_role(name, i, clean) for i, name in enumerate(people)), words=tuple(words), who=who, beside=beside, whole=whole, subject=subject,
        gender=_gender(clean, people, who), place=place, setting=setting, preposition=preposition, sort=sort,
        thing=_thing(tokens, cues), want=_want(clean) if tells else "", genre=next(iter(told(cues.genres, clean)), ""), eras=tuple(_years(clean) or told(cues.eras, clean)),
        facts=tuple(told(cues.facts, clean)), tells=tells,
    )  # fmt: skip


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    last = 0
    for found in WORD.finditer(text):
        between = text[last : found.start()]
        word = re.sub(r"['’]s$", "", found.group())
        first = not out or bool(re.search(r"[.!?…:\n“\"]", between))
        out.append(_Token(word, word.lower().replace("’", "'"), found.start(), found.end(), first, between))
        last = found.end()
    return out


def _same(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()))


def _proper(text: str, tokens: list[_Token], cues: Cues) -> tuple[list[str], list[tuple[str, str]]]:
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
            led = before in INTO_PLACE or (before == "to" and i > 1 and tokens[i - 2].low in TRAVEL)
            if led and token.low not in known and token.low not in TITLES:
                places.append((before if before in ("in", "at", "on", "aboard", "near", "under") else "in", whole))
            elif before != "the":
                people.append(whole)
        i = j
    return list(dict.fromkeys(name for name in people if len(name) <= 80)), places


def _may_join(tokens: list[_Token], i: int, j: int) -> bool:
    joined = tokens[j].before == " " or (tokens[j].before == ". " and tokens[j - 1].low in TITLES)
    return joined and not {tokens[i].low, tokens[j].low} & NO_NAMES and j - i < 4 and (
        not tokens[i].first or tokens[i].low not in COMMON
    )  # fmt: skip


def _is_name(tokens: list[_Token], i: int, j: int, known: set[str], cues: Cues) -> bool:
    token = tokens[i]
    low = token.low
    if low in NO_NAMES or (NATION.search(low) and low not in known) or any(c.isdigit() for c in low):
        return False
    if not token.first:
        return low not in COMMON and len(token.text) > 1
    if low in COMMON or low in DETERMINERS or low in cues.places or low in cues.things or low in cues.verbs:
        return False
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
    if head in cues.places or head in cues.things or head in ("storm", "war", "letter", "plague", "flood"):
        return "", ""
    return _small(found.group(1)), found.group(1)


def _small(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    first, _, rest = phrase.partition(" ")
    return f"{'a' if first.lower() == 'the' and rest[:1] not in 'aeiou' else 'an' if first.lower() == 'the' else first.lower()} {rest}"


def _gender(text: str, people: list[str], who: str) -> str:
    words = [t.low for t in _tokens(text)]
    female, male = bool({"she", "her", "hers"} & set(words)), bool({"he", "him", "his"} & set(words))
    told_who = who.split()
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


def _place(tokens: list[_Token], proper: list[tuple[str, str]], cues: Cues) -> tuple[str, str, str, str]:
    if proper:
        preposition, name = proper[0]
        sort = next((cues.places[w.lower()] for w in reversed(name.split()) if w.lower() in cues.places), "city")
        return name, name, preposition, sort
    found = [i for i, token in enumerate(tokens) if token.low in cues.places]
    for i in found:
        if tokens[i].text[:1].isupper() and not tokens[i].first and _leads(tokens, i)[1] in INTO_PLACE:  # on Mars
            return tokens[i].text, tokens[i].text, tokens[i - 1].low, cues.places[tokens[i].low]
    if not found:
        return _unknown_place(tokens, cues)
    best = max(found, key=lambda i: (_leads(tokens, i)[1] in INTO_PLACE, not _modifies(tokens, i, cues), -i))
    start, before = _leads(tokens, best)
    sort = cues.places[tokens[best].low]
    phrase = " ".join(
        token.low if not token.text[:1].isupper() or token.first else token.text for token in tokens[start : best + 1]
    ).removeprefix("home ")
    ready = SORT_PREPOSITION.get(sort, "in")
    preposition = before if before in ("in", "at", "on", "aboard", "near", "under", "inside", "outside") else ready
    article = "an" if phrase[:1] in "aeiou" else "a"
    plural = tokens[best].low.endswith("s") and tokens[best].low[:-1] in cues.places
    return f"the {phrase}", phrase if plural else f"{article} {phrase}", preposition, sort


def _unknown_place(tokens: list[_Token], cues: Cues) -> tuple[str, str, str, str]:
    """ "in a call centre": where somebody is, whatever that is."""
    for i, token in enumerate(tokens[:-2]):
        if token.low in ("in", "at", "aboard", "inside") and tokens[i + 1].low in ("a", "an", "the"):
            end = i + 2
            while end < len(tokens) and end - i < 4 and tokens[end].before == " " and tokens[end].low not in COMMON:
                end += 1
            words = [t.low for t in tokens[i + 2 : end] if t.low not in cues.verbs]
            if words and words[-1] not in NOWHERE and words[-1] not in cues.things and not words[-1].endswith("s"):
                phrase = " ".join(words)
                return f"the {phrase}", f"a {phrase}", token.low, "workplace"
    return "", "", "", ""


def _leads(tokens: list[_Token], i: int) -> tuple[int, str]:
    """Where the describing words before a noun begin, and the preposition before them."""
    start = i
    while start > 0 and i - start < 2 and tokens[start].before == " " and tokens[start - 1].low not in STOPS | DETERMINERS and not (
        tokens[start - 1].text[:1].isupper() or re.search(r"(?:ing|[^s]s|ed)$", tokens[start - 1].low)
    ):  # fmt: skip
        start -= 1
    k = start - 1
    if k >= 0 and tokens[k].low in DETERMINERS:
        k -= 1
    return start, tokens[k].low if k >= 0 else ""


def _modifies(tokens: list[_Token], i: int, cues: Cues) -> bool:
    """ "lighthouse" in "lighthouse keeper"."""
    if i + 1 >= len(tokens) or tokens[i + 1].before != " ":
        return False
    follows = tokens[i + 1].low
    return follows not in COMMON and follows not in cues.verbs


def _thing(tokens: list[_Token], cues: Cues) -> str:
    for i, token in enumerate(tokens):
        if token.low in cues.things and not _modifies(tokens, i, cues) and token.low not in cues.verbs:
            start, _ = _leads(tokens, i)
            return _with_article([t.low for t in tokens[start : i + 1]])
    for i, token in enumerate(tokens[:-2]):
        if token.low in GETS and tokens[i + 1].low in DETERMINERS:
            end = i + 2
            while end < len(tokens) and end - i < 5 and tokens[end].before == " " and tokens[end].low not in COMMON and (
                tokens[end].low not in cues.verbs
            ):  # fmt: skip
                end += 1
            phrase = [t.low for t in tokens[i + 2 : end]]
            if phrase and phrase[-1] not in PERSONS and phrase[-1] not in cues.places and not _living(phrase[-1], cues):
                return _with_article(phrase)
    return ""


def _living(word: str, cues: Cues) -> bool:
    return bool({"animal", "child", "family"} & set(cues.facts.get(word, ())))


def _with_article(words: list[str]) -> str:
    phrase = " ".join(words)
    if words[-1].endswith("s") and not words[-1].endswith("ss"):
        return f"the {phrase}"
    return f"{'an' if phrase[:1] in 'aeiou' else 'a'} {phrase}"


def _want(text: str) -> str:
    """What the text says somebody must, wants or sets out to do, up to the next "but"."""
    first = text.split("\n")[0][:400]
    found = MUST.search(first) or PURPOSE.search(first)
    if not found:
        return ""
    clause = re.split(r",? (?:but|until|because|when|while|only to)\b", found.group(1))[0].strip(" ,")
    return (
        f"to {clause}"
        if len(clause.split()) > 1 and "," not in clause and not {"i", "my", "me"} & set(clause.lower().split())
        else ""
    )


def _years(text: str) -> list[str]:
    """The era of the first year that is named."""
    found = re.search(r"\b([1-9]\d{3})s?\b", text)
    year = int(found.group(1)) if found else 0
    return [] if not year else ["past"] if year < 1960 else ["present"] if year < 2040 else ["future"]


def _tells(tokens: list[_Token], cues: Cues) -> bool:
    """A verb after a subject: not as the first word, nor where a comma list or "who" has just begun."""
    if len(tokens) < 4:
        return False
    if sum(token.first for token in tokens) > 1 and len(tokens) > 7:  # several sentences
        return True
    bare = {re.sub(r"(?:(?<=[sxzh])es|s)$", "", verb) for verb in cues.verbs if len(verb) > 4}
    for i, token in enumerate(tokens[1:], 1):
        last = tokens[i - 1].low
        many = (
            last in ("i", "we", "they", "you") or (last.endswith("s") and i < 5) or any(t.low == "and" for t in tokens[:i][-4:])
        )
        if many and token.low in bare and not any(t.low in ("who", "that", "which") for t in tokens[:i]) and token.before == " ":
            return True
        if token.low in cues.verbs and token.low != "will" and "," not in token.before:
            since = [t.low for t in tokens[:i] if t.low in ("who", "that", "which", "whose")]
            if not since:
                return True
            if any(t.low in cues.verbs for t in tokens[:i]):
                return True
    return False
