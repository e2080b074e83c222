"""Prompts for models that only go on writing: the text itself, with what should be known above it as a short heading.

Such a model follows no orders; asks for changes of a passage are refused by its card.
"""

from collections.abc import Sequence

from studio.writing.ask import DescribeAsk, DialogueAsk, Part, PartOf, WriteAsk
from studio.writing.model import Prompt
from studio.writing.prompts import Told
from studio.writing.prompts.mini import gap, greeting, opener
from studio.writing.prompts.parts import before_of, clean, of_kind

USES: frozenset[PartOf] = frozenset({"style", "constant", "summary", "cast", "before", "lore", "note", "beat"})
PIECES = 1.6
ABOVE: tuple[PartOf, ...] = ("style", "constant", "summary", "cast", "lore", "note", "beat")


def tell(ask: WriteAsk, parts: Sequence[Part], index: int) -> Told:
    before = clean(before_of(parts))
    above = [clean(part.text).strip() for part in of_kind(parts, *ABOVE) if part.text.strip()]
    if ask.levers:
        above.append(clean(ask.levers[index % len(ask.levers)]))
    text = "".join(f"[{one}]\n\n" for one in above) + before
    start, shape = "", "passage"
    if isinstance(ask, DescribeAsk):
        start, shape = opener(ask, index, before), "sentences"
    elif isinstance(ask, DialogueAsk):
        start = greeting(ask, index)
    elif ask.task == "spark":
        shape = "sentence"
    begun = clean(ask.start) or start
    lead = gap(before) if begun else ""
    stops = ("\n",) if shape != "passage" else ()
    return Told(Prompt(text=text or "\n", start=lead + begun), PIECES, stops, shape, (lead + begun, ""))
