"""Prompts for models that follow orders: lasting things first, the order last, so that the beginning stays the same.

The order says what is wanted in one or two short sentences, with nothing to fill in: small models copy what they are shown.
"""

from collections.abc import Sequence

from studio.writing.ask import (
    DescribeAsk,
    DialogueAsk,
    ExpandAsk,
    FillAsk,
    Manner,
    Part,
    PartOf,
    RewriteAsk,
    Sense,
    SummariseAsk,
    WriteAsk,
)  # fmt: skip
from studio.writing.context.told import for_chat
from studio.writing.model import Prompt
from studio.writing.prompts import Told
from studio.writing.prompts.parts import before_of, clean, of_kind

USES: frozenset[PartOf] = frozenset(
    {"role", "style", "constant", "summary", "cast", "before", "after", "lore", "note", "beat", "instruction"}
)
PIECES = 1.6
ROLE = (
    "You help a novelist. You write only the words asked for: no greeting, no comment, no heading, no quotation marks around "
    "the whole. The novelist decides; keep to the facts, the names, the tense and the point of view of the text."
)
MANNERS: dict[Manner, str] = {
    "reword": "Say the same in other words",
    "shorter": "Make it clearly shorter and lose nothing that matters",
    "longer": "Make it longer with telling detail, without new events",
    "simpler": "Use simpler words and shorter sentences",
    "richer": "Use richer, more exact words",
    "show": "Show what is felt through actions, bodies and things instead of naming it",
    "warmer": "Make the tone warmer",
    "darker": "Make the tone darker",
    "wry": "Make the tone dry and wry",
    "formal": "Make the tone formal",
    "past": "Put it into the past tense",
    "present": "Put it into the present tense",
    "first": "Tell it in the first person",
    "third": "Tell it in the third person",
}
SENSES: dict[Sense, str] = {
    "sight": "what can be seen", "sound": "what can be heard", "smell": "what can be smelt", "taste": "what can be tasted",
    "touch": "what can be felt on the skin", "likeness": "one fresh comparison",
}  # fmt: skip


def tell(ask: WriteAsk, parts: Sequence[Part], index: int) -> Told:
    summing = isinstance(ask, SummariseAsk)
    role = "\n".join([ROLE, *(clean(part.text) for part in of_kind(parts, "role"))])
    known = for_chat([part for part in parts if part.kind != "role" and not (summing and part.kind == "after")])
    order, shape = _order(ask, index, bool(before_of(parts).strip()))
    user = f"{known}\n\n## Now\n{order}{_manners(ask, index)}".lstrip()
    start = clean(ask.start)
    stops = ("\n",) if shape == "sentence" else ("\n## ",)
    return Told(Prompt(turns=(("system", role), ("user", user)), start=start), PIECES, stops, shape, (start, ""))


def _order(ask: WriteAsk, index: int, begun: bool) -> tuple[str, str]:
    about = f"About {ask.words} words."
    match ask:
        case FillAsk():
            return f"Write what belongs between the text and what comes after, so that both join. {about}", "passage"
        case RewriteAsk():
            wish = f" {clean(ask.instruction).strip()}" if ask.instruction.strip() else ""
            return f"{MANNERS[ask.manner]}.{wish} Give back only this passage, rewritten:\n\n{clean(ask.passage)}", "whole"
        case ExpandAsk():
            return f"Give back this passage with more in it: gestures, things, senses. {about}\n\n{clean(ask.passage)}", "whole"
        case SummariseAsk():
            return f"Sum up this passage in at most {ask.words} words, in the present tense:\n\n{clean(ask.passage)}", "whole"
        case DescribeAsk():
            sense = SENSES[ask.senses[index % len(ask.senses)]]
            return f"Write one or two sentences that describe {clean(ask.subject)} by {sense}.", "sentences"
        case DialogueAsk():
            topic = f" They speak about {clean(ask.about)}." if ask.about.strip() else ""
            who = " and ".join(clean(name) for name in ask.speakers)
            return f"Write the talk between {who} that follows.{topic} {about}", "passage"
        case _ if ask.task == "spark":
            return "Write only the one sentence that comes next.", "sentence"
        case _ if begun:
            return f"Go on from the last word of the text, without repeating it. {about}", "passage"
    return f"Write the opening of the story. {about}", "passage"


def _manners(ask: WriteAsk, index: int) -> str:
    told = [f"Genre: {ask.genre}."] if ask.genre else []
    told += [f"Use the {ask.tense} tense."] if ask.tense else []
    told += [f"Tell it in the {ask.view} person."] if ask.view else []
    told += [clean(ask.levers[index % len(ask.levers)]).strip().rstrip(".") + "."] if ask.levers else []
    return "".join(f" {one}" for one in told)
