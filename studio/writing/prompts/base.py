"""Prompts for models that only go on writing: the text itself, with what should be known as short notes in brackets.

Such a model follows no orders; asks for changes of a passage are refused by its card.
"""

from collections.abc import Sequence

from studio.writing.ask import DescribeAsk, DialogueAsk, Part, PartOf, WriteAsk
from studio.writing.context.told import for_base
from studio.writing.model import Prompt
from studio.writing.prompts import Told
from studio.writing.prompts.mini import gap, greeting, opener
from studio.writing.prompts.parts import before_of, clean

USES: frozenset[PartOf] = frozenset({"style", "constant", "summary", "cast", "before", "lore", "note", "beat"})
PIECES = 1.6


def tell(ask: WriteAsk, parts: Sequence[Part], index: int) -> Told:
    before = clean(before_of(parts))
    pull = [Part(kind="note", text=ask.levers[index % len(ask.levers)])] if ask.levers else []
    text = for_base([*parts, *pull])
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
