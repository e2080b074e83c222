"""Prompts for the embedded writer: control symbols, a few telling words, and the text itself.

It was never taught to follow orders. What a person wants is said in the ways it knows: a genre, a form, a tense, a point of
view, words that shall come up, what stands before and what stands after, and the first words of the answer.
"""

import re
from collections.abc import Sequence

from studio.writing import manner
from studio.writing.ask import DescribeAsk, DialogueAsk, ExpandAsk, FillAsk, Part, PartOf, SparkAsk, WriteAsk
from studio.writing.common import COMMON
from studio.writing.model import Prompt
from studio.writing.prompts import Told
from studio.writing.prompts import symbols as s
from studio.writing.prompts.parts import after_of, before_of, clean, last_sentence_break, of_kind
from studio.writing.prompts.quotes import curly, types_straight

USES: frozenset[PartOf] = frozenset({"summary", "cast", "before", "after", "lore", "note", "beat"})
GENRES = {
    "adventure": "adventure", "children": "children", "comedy": "comedy", "fantasy": "fantasy", "horror": "horror",
    "mystery": "mystery", "thriller": "mystery", "science-fiction": "science-fiction", "literary": "novel", "romance": "novel",
    "historical": "novel",
}  # fmt: skip
PIECES = 1.7  # for a word, with room to end the sentence
MOST_NAMES = 6
MOST_PLOT = 300  # characters
OPENERS = {
    "sight": ("{Subject} {was}", "In the light {subject} {was}"),
    "sound": ("The sound of {subject} {was}", "From {subject} {came} the sound of"),
    "smell": ("{Subject} {smelt} of", "The smell of {subject} {was}"),
    "taste": ("The taste of {subject} {was}", "{Subject} {tasted} of"),
    "touch": ("{Subject} {felt}", "To the hand {subject} {was}"),
    "likeness": ("{Subject} {was} like", "It {was} as if {subject}"),
}
VERBS = {
    "past": {"was": "was", "came": "came", "smelt": "smelt", "tasted": "tasted", "felt": "felt"},
    "present": {"was": "is", "came": "comes", "smelt": "smells", "tasted": "tastes", "felt": "feels"},
}


def tell(ask: WriteAsk, parts: Sequence[Part], index: int) -> Told:
    before, after = clean(before_of(parts)), clean(after_of(parts))
    told = _told(ask, parts, index, curly(_border(before)), curly(after))
    bare = bool(before) and before[-1].isspace()
    return told._replace(bare=bare, plain=types_straight(before + after + getattr(ask, "passage", "")))


def brief(part: Part) -> Part:
    """Of people and places it can use no more than their names; of what has happened and shall happen, a sentence or two."""
    if part.kind in ("cast", "lore"):
        return part.changed(text=part.title.split()[0] if part.title.strip() else "")
    return part.changed(text=part.text[-MOST_PLOT:]) if part.kind in ("summary", "beat") else part


def _border(before: str) -> str:
    """The text so far ends without a space, or with the empty line of a new paragraph: so it was learned."""
    bare = before.rstrip()
    return bare + "\n\n" if bare and "\n" in before[len(bare) :] else bare


def _told(ask: WriteAsk, parts: Sequence[Part], index: int, before: str, after: str) -> Told:
    match ask:
        case FillAsk():
            return _between(ask, parts, index, before, after)
        case ExpandAsk():
            first, second = last_sentence_break(curly(clean(ask.passage)), index)
            told = _between(ask, parts, index, before + first, second + after)
            return told._replace(around=(first, second))
        case DescribeAsk():
            return _on(ask, parts, index, before, opener(ask, index, before), "description", "sentences")
        case DialogueAsk():
            return _on(ask, parts, index, before, greeting(ask, index), "dialogue", "passage")
        case SparkAsk():
            return _on(ask, parts, index, before, "", "", "sentence")
        case _:
            return _on(ask, parts, index, before, "", "" if before.strip() else "opening", "passage")


def _on(ask: WriteAsk, parts: Sequence[Part], index: int, before: str, start: str, form: str, shape: str) -> Told:
    lead = gap(before) if (start or ask.start) else ""
    begun = curly(clean(ask.start or start)).strip()
    text = f"{heading(ask, parts, index, form)}{s.TEXT}{before}"
    prompt = Prompt(text=text, start=lead + begun, symbols=True)
    stops = ("\n",) if shape in ("sentence", "sentences") else ()
    return Told(prompt, PIECES, stops, shape, (lead + begun, ""))


def _between(ask: WriteAsk, parts: Sequence[Part], index: int, before: str, after: str) -> Told:
    length = s.control("length", "sentence" if ask.words <= 28 else "paragraph" if ask.words <= 110 else "page")
    head, begun = heading(ask, parts, index, ""), curly(clean(ask.start))
    prompt = Prompt(text=f"{head}{length}{s.PREFIX}{before}{s.SUFFIX}{after}{s.MIDDLE}", start=begun, symbols=True)
    return Told(prompt, PIECES, (), "passage", (begun, ""))


def heading(ask: WriteAsk, parts: Sequence[Part], index: int, form: str) -> str:
    """Control symbols in the order they were learned; tense and point of view follow the text when nobody says otherwise."""
    text = before_of(parts) + after_of(parts)
    tense, view = ask.tense or manner.tense_of(text), ask.view or manner.view_of(text)
    named = [
        ("genre", GENRES[ask.genre] if ask.genre else None), ("form", form or None), ("tense", tense), ("view", view),
    ]  # fmt: skip
    out = s.STORY + "".join(s.control(kind, value) for kind, value in named if value)
    words = telling(ask, parts, index)
    out += f"{s.WORDS} {', '.join(words)}" if words else ""
    plot = " ".join(clean(part.text) for part in of_kind(parts, "summary", "beat") if part.text)
    return out + (f"{s.PLOT} {plot[-MOST_PLOT:]}" if plot else "")


def telling(ask: WriteAsk, parts: Sequence[Part], index: int) -> list[str]:
    """A few words that shall come up: the lever's, the subject's, names of the people and things of the scene."""
    found: list[str] = []
    if ask.levers:
        found += _content(ask.levers[index % len(ask.levers)])[:3]
    if isinstance(ask, DescribeAsk):
        found += _content(ask.subject)[:3]
    if isinstance(ask, DialogueAsk):
        found += [*ask.speakers, *_content(ask.about)[:3]]
    for part in of_kind(parts, "note"):
        found += _content(part.text)[:2]
    found += [part.title.split()[0] for part in of_kind(parts, "cast", "lore") if part.title.strip()]
    return [clean(word) for word in dict.fromkeys(found)][:MOST_NAMES]


def gap(before: str) -> str:
    """What stands between the text and a new sentence."""
    return "" if not before or before[-1].isspace() else " "


def _content(text: str) -> list[str]:
    """The longer words of a phrase, as they stand."""
    return [word for word in re.findall(r"[^\W\d_]{4,}", text) if word.lower() not in COMMON]


def opener(ask: DescribeAsk, index: int, before: str) -> str:
    sense = ask.senses[index % len(ask.senses)]
    forms = OPENERS[sense]
    verbs = VERBS[ask.tense or manner.tense_of(before) or "past"]
    subject = clean(ask.subject).strip().rstrip(".")
    form = forms[(index // len(ask.senses)) % len(forms)]
    return form.format(subject=subject, Subject=subject[:1].upper() + subject[1:], **verbs)


def greeting(ask: DialogueAsk, index: int) -> str:
    one, other = (clean(name).strip() for name in (ask.speakers if index % 2 == 0 else ask.speakers[::-1]))
    forms = ("{one} looked at {other}. “", "“{other},” said {one}, “", "{other} turned to {one}. “")
    return forms[index % len(forms)].format(one=one, other=other)
