"""Fitted parts as plain text: sections for models that converse, brackets above the text for models that only go on writing.

Both keep the order of the parts and add nothing that hangs on their number, so that two prompts with the same leading parts
begin with the same letters.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from studio.writing.ask import Part, PartOf
from studio.writing.context.borders import paragraph_start
from studio.writing.prompts.parts import clean

HEADS: dict[PartOf, str] = {
    "role": "Your role", "style": "Style", "constant": "Always true", "summary": "The story so far", "cast": "In this scene",
    "before": "The text", "lore": "Good to know", "note": "Note", "beat": "What happens next", "instruction": "The writer asks",
    "after": "What comes after",
}  # fmt: skip
# What does not change while somebody writes stands above the text, the rest near its end.
_ABOVE: frozenset[PartOf] = frozenset({"role", "style", "constant", "summary", "cast"})
_BESIDE: frozenset[PartOf] = frozenset({"lore", "note", "beat", "instruction"})
NEAR = 2  # paragraphs that follow what stands beside the text


def for_chat(parts: Sequence[Part]) -> str:
    """One section for each row of parts of a kind; a note inside the text stays in its place there, in brackets."""
    rows = [(kind, list(group)) for kind, group in groupby(_inside(parts), key=lambda part: part.kind)]
    return "\n\n".join(f"## {HEADS[kind]}\n{_body(kind, group)}" for kind, group in rows)


def for_base(parts: Sequence[Part]) -> str:
    """The text goes on to the very end. What changes often is spliced in before its last paragraphs: all above it can stay in
    the model's cache."""
    running = _inside([part for part in parts if part.kind != "after"])
    above = "".join(_bracket(part) for part in running if part.kind in _ABOVE and part.text.strip())
    beside = "".join(_bracket(part) for part in running if part.kind in _BESIDE and part.text.strip())
    text = "".join(clean(part.text) for part in running if part.kind == "before")
    place = paragraph_start(text, NEAR) if beside else 0
    return above + text[:place] + beside + text[place:]


def _inside(parts: Iterable[Part]) -> list[Part]:
    """A note between two stretches of text becomes a bracketed paragraph of that text."""
    out = list(parts)
    for i in range(1, len(out) - 1):
        if out[i].kind == "note" and out[i - 1].kind == out[i + 1].kind == "before":
            out[i] = Part(kind="before", text=_bracket(out[i]))
    return out


def _bracket(part: Part) -> str:
    return f"[{clean(part.text).strip()}]\n\n"


def _body(kind: PartOf, parts: Sequence[Part]) -> str:
    texts = [clean(part.text) for part in parts]
    if kind == "before":
        return "".join(texts).strip()
    titled = kind == "summary"
    return "\n".join(_line(clean(part.title) if titled else "", text) for part, text in zip(parts, texts, strict=True))


def _line(title: str, text: str) -> str:
    return f"{title}: {text.strip()}" if title else text.strip()
