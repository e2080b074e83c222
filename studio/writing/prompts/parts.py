"""Small helpers over the parts of an ask, shared by the dialects."""

import re
from collections.abc import Iterable, Sequence

from studio.writing.ask import Part, PartOf

SENTENCE_END = re.compile(r"[.!?…][”’\"')\]]*(?=\s|$)")
_SHORT_FORM = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Col|Gen|Rev|Lt|Mme|Mlle|[A-Z])\.$")
_SYMBOL = re.compile(r"<\|([^|<>]*)\|>")


def of_kind(parts: Iterable[Part], *kinds: PartOf) -> list[Part]:
    return [part for part in parts if part.kind in kinds]


def before_of(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in of_kind(parts, "before"))


def after_of(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in of_kind(parts, "after"))


def clean(text: str) -> str:
    """A person's text can hold nothing that a model takes for a control symbol."""
    return _SYMBOL.sub(r"‹\1›", text.replace("\r\n", "\n")).replace("<|", "‹|").replace("|>", "|›").replace("\0", "")


def sentence_ends(text: str) -> list[int]:
    """After each sentence; "Mr." ends none."""
    ends = (found.end() for found in SENTENCE_END.finditer(text))
    return [end for end in ends if not _SHORT_FORM.search(text, max(0, end - 6), end)]


def last_sentence_break(text: str, index: int) -> tuple[str, str]:
    """A passage cut after one of its sentences, another one for each offer; a single sentence is cut after its end."""
    ends = sentence_ends(text) or [len(text)]
    place = ends[index % len(ends)]
    return text[:place], text[place:]


def ended(text: str, shape: str) -> str:
    """A text cut at the end of a sentence: of its first, of its first two, or of its last whole one."""
    ends = sentence_ends(text)
    if not ends:
        return text.rstrip()
    if shape == "sentence":
        return text[: ends[0]]
    if shape == "sentences":
        return text[: ends[min(1, len(ends) - 1)]]
    return text[: ends[-1]]
