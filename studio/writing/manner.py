"""How a passage is told: form, tense, point of view and reading ease, counted without any model.

Speech is left out where the telling counts. The counts are rough: good for a page of English prose, blind below a few verbs
or pronouns (then the answer is None), and wrong where a text plays with tenses. The embedded model was trained with them.
"""

import re

# No book of the training texts has a straight quotation mark; they are here for people who type them.
SPEECH = re.compile(r"“[^”\n]*(?:”|$)|\"[^\"\n]*(?:\"|$)", re.M)
FIRST = re.compile(r"\b(?:I|me|my|myself|mine|we|us|our)\b")
SECOND = re.compile(r"\b(?:you|your|yours|yourself)\b", re.I)
THIRD = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself|they|their|them)\b", re.I)
PAST = re.compile(r"\b(?:was|were|had|did|said|went|came|took|saw|knew|thought|made|found|stood|felt|\w{2,}ed)\b")
PRESENT = re.compile(r"\b(?:is|are|am|has|does|says|goes|comes|takes|sees|knows|thinks|makes|finds|stands|feels|seems)\b")
_SYLLABLE = re.compile(r"[aeiouyà-öø-ÿ]+", re.I)
_SILENT = re.compile(r"(?:[^l\W]e|[^tdi\W]ed|[^szxci\W]es)$", re.I)


def said_share(text: str) -> float:
    """How much of a text stands between quotation marks."""
    return sum(len(found) for found in SPEECH.findall(text)) / max(len(text), 1)


def form_of(text: str, opening: bool) -> str:
    if opening:
        return "opening"
    said = said_share(text)
    if said > 0.5:
        return "dialogue"
    return "description" if said < 0.03 and len(text) / (text.count("\n\n") + 1) > 350 else "scene"


def tense_of(text: str) -> str | None:
    told = SPEECH.sub(" ", text)
    past, present = len(PAST.findall(told)), len(PRESENT.findall(told))
    if past + present < 4:
        return None
    return "present" if present > 1.2 * past else "past"


def view_of(text: str) -> str | None:
    told = SPEECH.sub(" ", text)
    first, second, third = (len(one.findall(told)) for one in (FIRST, SECOND, THIRD))
    if first + second + third < 4:
        return None
    if second > first + third:
        return "second"
    return "first" if first >= 0.25 * third and first >= 3 else "third"


def ease_of(ease: float) -> str:
    """The thirds of Flesch's reading ease over the books of the training."""
    return "plain" if ease >= 78 else "ornate" if ease < 68 else "middling"


def syllables(word: str) -> int:
    """Groups of vowels, less a silent ending: right for about nine English words of ten."""
    return max(1, len(_SYLLABLE.findall(word)) - (1 if _SILENT.search(word) else 0))


def reading_ease(words: list[str], sentences: int) -> float | None:
    """Flesch's reading ease: 100 is very easy, 60 plain, below 30 hard. None when there is nothing to read."""
    if not words or not sentences:
        return None
    per_word = sum(map(syllables, words)) / len(words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * per_word
