"""A scene as it is told: speech, dreams and asides blanked out, sentences, names, and whom a "his" or "her" must mean.

All offsets are those of the scene's own text. Whom a pronoun means is said only when one name alone can be meant; English only.
"""

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import NamedTuple

from studio.writing.common import COMMON
from studio.writing.continuity.words import HONORIFICS, PERSON, TITLED, UPPER
from studio.writing.manner import SPEECH

_SINGLE = re.compile(r"(?<!\w)[‘'](?=[^\s’'])(?:[^’'\n]|[’'](?=\w))*(?:[’']|$)", re.M)
_OTHER = re.compile(r"«[^»\n]*(?:»|$)|„[^“”\n]*(?:[“”]|$)|^[ \t]*[—–][^\n]*|\([^()\n]*\)|\[[^\]\n]*\]", re.M)
_DREAM = re.compile(
    r"\b(?:dreamed|dreamt|dreaming|nightmare|(?:in|into) (?:the|a|her|his|this|that|my) (?:dream|vision|"
    r"trance)|hallucinat\w+|delirium)\b",
    re.I,
)
_WOKE = re.compile(r"\b(?:woke|awoke|wakened|awakened|opened (?:her|his|my) eyes|sat up)\b", re.I)
_SHORT = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|Capt|Col|Lt|Sgt|Prof|Rev|Gen|Maj|Jr|Sr|[A-Z])\.(?= )")
LONGEST_DREAM = 6000  # letters
STOP = "\u2024"  # stands for the full stop of a short form
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)|[.!?…]+|\n")
_WORD = rf"[{UPPER}](?:[^\W_]|-(?=[{UPPER}])|[’'](?=[{UPPER}]))*+(?!-\w){STOP}?"
NAME = rf"(?<![\w’'-]){_WORD}(?: (?:(?:de|von|van|du|la|le|der) )?{_WORD}){{0,3}}"
OWNS = r"(?:[’']s|(?<=s)[’'])(?!\w)"
_NAME = re.compile(rf"(?P<name>{NAME})(?P<owns>{OWNS})?")
_LOWER = re.compile(r"(?<![\w’'-])[a-zà-öø-þ]{3,}(?![\w’'])")
_PERSON = re.compile(rf"\b(?:{PERSON})s?\b")
SHE = re.compile(r"\b(?:she|her|hers|herself)\b", re.I)
# A he or a she that is the subject, or owns something that stands alone: "looked into his eyes" may be anybody's.
_SUBJECT = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er(?= [a-z]))\b")
_AFTER = ("into ", "at ", "of ", "from ", "for ", "by ", "upon ", "with ", "to ", "in ", "on ")
_OBJECT = {
    "m": re.compile(r"\bhim\b"),
    "f": re.compile(r"\bher(?= ?[.,;:!?…\n]| (?:and|with|in|at|to|on|from|for|into|by|as|that|then)\b)"),
}
_NOT_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december
    god lord heaven christmas easter chapter part english french german american italian spanish russian irish
    yes okay hello goodbye thank thanks please sorry""".split()  # noqa: SIM905
)
_AGED = frozenset({"old", "young", "elder", "older", "younger"})
_BOTH = frozenset({"will", "may", "april", "june"})  # names too
_STARTERS = COMMON | {"poor", "old", "young", "dear", "little", "big", "only"}


class Mention(NamedTuple):
    start: int
    end: int  # of the name, without the ending of a possessive
    name: str  # folded: "mara quill", "captain reed"
    owns: bool
    sure: bool  # its capital is not that of a beginning sentence


class Told:
    def __init__(self, text: str, default: str = "") -> None:
        """`default` is whom everything is about where no name stands: the owner of an entry of the bible."""
        self.text = text
        self.default = default
        self.narration = _blanked(text)

    @cached_property
    def _sentences(self) -> tuple[list[int], list[int]]:
        starts, ends = [], []
        for found in _SENTENCE.finditer(self.narration):
            starts.append(found.start())
            ends.append(found.end())
        return starts, ends

    def bounds(self, at: int) -> tuple[int, int]:
        """Of the told sentence around an offset."""
        starts, ends = self._sentences
        i = bisect_right(starts, at) - 1
        return (starts[i], ends[i]) if i >= 0 else (0, len(self.text))

    def quote(self, at: int) -> tuple[int, int]:
        """The sentence as it stands in the text, with what is spoken in it, without blanks around it."""
        start, end = self.bounds(at)
        while end < len(self.text) and self.text[end] in "”’\"'»)":
            end += 1
        piece = self.text[start:end]
        lead = len(piece) - len(piece.lstrip(" \t\n\r”’»)"))
        tail = len(piece) - len(piece.rstrip())
        return start + lead, end - tail

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        out = []
        for found in _NAME.finditer(self.narration):
            start, end = found.span("name")
            name, shift = surface(found.group("name"))
            if name:
                sure = shift > 0 or bool(self.narration[self.bounds(start)[0] : start].strip())
                out.append(Mention(start + shift, end, name, found.group("owns") is not None, sure))
        return tuple(out)

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.mentions]

    def between(self, start: int, end: int) -> tuple[Mention, ...]:
        return self.mentions[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]

    def paragraph(self, at: int) -> tuple[int, int]:
        start = self.narration.rfind("\n", 0, at) + 1
        end = self.narration.find("\n", at)
        return start, len(self.narration) if end < 0 else end

    def meant(self, at: int, sex: str) -> str:
        """The names that a pronoun at this offset may mean, with | between them; empty if it may be somebody without a name.

        They are those of the paragraph up to here, or of the one before when this one has none and does not begin with speech.
        """
        start, _ = self.paragraph(at)
        named = self.between(start, at)
        if not named and start > 1 and self.text[start] not in "“\"‘'«—–":
            start, _ = self.paragraph(self.narration.rfind("\n", 0, len(self.narration[:start].rstrip())) + 1)
            named = self.between(start, at)
        if not named:
            return self.default
        between = self.narration[named[0].end : at]
        if _PERSON.search(between) or _OBJECT[sex].search(between):
            return ""
        return "|".join(dict.fromkeys(one.name for one in named))

    @cached_property
    def lowers(self) -> frozenset[str]:
        """Words that stand here without a capital: no names, even at the beginning of a sentence."""
        return frozenset(_LOWER.findall(self.text))

    @cached_property
    def sexes(self) -> Counter[tuple[str, str]]:
        """How often a sentence names one only and goes on with he or with she, or the next one begins with it."""
        out: Counter[tuple[str, str]] = Counter()
        at = 0
        for found in _SUBJECT.finditer(self.narration):
            if found.start() < at or self.narration.endswith(_AFTER, 0, found.start()):
                continue
            start, _ = self.bounds(found.start())
            if start == found.start() or not self.narration[start : found.start()].strip():
                start, _ = self.bounds(max(0, start - 1))
            named = self.between(max(start, self.paragraph(found.start())[0]), found.start())
            if named and len({one.name for one in named}) == 1 and not named[-1].owns:
                out[named[0].name, "m" if found.group().casefold() in ("he", "his") else "f"] += 1
                at = self.bounds(found.start())[1]
        return out


def surface(name: str) -> tuple[str, int]:
    """A name as it stands, folded, without words that only begin a sentence, and how many letters those were; "" for no name."""
    words = name.split(" ")
    shift = 0
    while words and _leads(words):
        shift += len(words[0]) + 1
        words.pop(0)
    bare = [word.rstrip(STOP).casefold() for word in words]
    if not bare or (len(bare) == 1 and (bare[0] in TITLED or len(bare[0]) < 2)) or any(not word for word in bare):
        return "", 0
    return " ".join(bare), shift


def _leads(words: list[str]) -> bool:
    """Is the first word no part of the name? "Old Mr Reed" keeps it: there may be a young one."""
    first = words[0].casefold()
    if len(words) > 1 and first in _AGED and words[1].rstrip(STOP).casefold() in HONORIFICS:
        return False
    return (first in _STARTERS or first in _NOT_NAMES) and not (len(words) == 1 and first in _BOTH)


def _blanked(text: str) -> str:
    """The same length, but nothing that is said, dreamt or put in brackets."""
    doubles = text.count("“") + text.count('"')
    out = SPEECH.sub(_blank, text)
    if len(_SINGLE.findall(out)) > doubles // 2:
        out = _SINGLE.sub(_blank, out)
    out = _OTHER.sub(_blank, out)
    out = _SHORT.sub(rf"\1{STOP}", out)
    return _awake(out) if _DREAM.search(out) else out


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _awake(told: str) -> str:
    """The paragraph of a dream does not count, nor what follows when somebody wakes soon after."""
    out, at = [], 0
    for found in _DREAM.finditer(told):
        if found.start() < at:
            continue
        start = max(told.rfind("\n", 0, found.start()) + 1, at)
        over = told.find("\n", found.end())
        end = len(told) if over < 0 else over
        if not _WOKE.search(told, start, found.start()):
            woke = _WOKE.search(told, found.end(), found.end() + LONGEST_DREAM)
            end = woke.start() if woke else end
        out += [told[at:start], re.sub(r"[^\n]", " ", told[start:end])]
        at = end
    return "".join([*out, told[at:]])
