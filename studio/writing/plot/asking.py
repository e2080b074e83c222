"""What is said to a model for one slot of a plot, and what is taken of its answer. Pure.

A model that follows orders is told the plot so far (the same beginning for every slot, so that it is read once), an idea from
the deck to use or to bend, and answers with one line. A raw model goes on with a list that has the slot's name as its next
line. The embedded one only adds to the detail.
"""

import re
from collections.abc import Callable

from studio.writing.ask import PlotAsk
from studio.writing.common import COMMON
from studio.writing.model import Dialect, Prompt
from studio.writing.plot.plot import Plot
from studio.writing.plot.slots import texts_of
from studio.writing.plot.structures import STRUCTURES
from studio.writing.prompts.parts import clean

ASKED = frozenset({"title", "logline", "twist", "stakes", "detail"})
ROLE = (
    "You help a novelist to plan a story. You are asked for one line of the plan at a time. Answer with that line only: plain, "
    "concrete, in the present tense, at most two sentences, without a heading, a number or quotation marks."
)
NAMES = {
    "title": "Title", "logline": "Logline", "twist": "Twist", "stakes": "What is lost if it fails",
    "detail": "One detail to see, hear or smell",
}  # fmt: skip
EMPTY = re.compile(
    r"\b(?:to be determined|tbd|n/?a|placeholder|lorem ipsum|as an ai|i cannot|i can't)\b|\[[^\]]*\]", re.IGNORECASE
)
LABEL = re.compile(
    r"^\s*(?:[-*#>•]+\s*|\(?\d{1,2}[.):]\s*|"
    r"(?:beat|act|scene|slot|title|logline|twist|stakes|detail|answer)\b[^:.]{0,30}:\s*)+",
    re.IGNORECASE,
)  # fmt: skip
VAGUE = frozenset(  # words with which a small model begins to tell of something else
    """i he she him her his my me you we they them us it its this that these those there which who what is are was were be been
    had have has said might may would could not no other one another but or if so thing things""".split()  # noqa: SIM905
)
SENTENCES = re.compile(r"(?<=[.!?…])[\"”’)]*\s+")
MOST = {"title": 80, "logline": 500}


def ask_slot(dialect: Dialect, ask: PlotAsk, plot: Plot, slot: str, idea: str) -> tuple[Prompt, tuple[str, ...]]:
    """The prompt for one slot, given all slots before it and the deck's idea for this one."""
    sofar = _so_far(ask, plot, slot)
    name = _name(plot, slot)
    if dialect == "chat":
        order = f"Write only this line of the plan: {name}. An idea to use or to bend, with the same people: {clean(idea)}"
        return Prompt(turns=(("system", ROLE), ("user", f"{sofar}\n\n{order}"))), ("\n",)
    return Prompt(text=f"{sofar}\n(idea: {clean(idea)})\n{name}:"), ("\n",)


def _so_far(ask: PlotAsk, plot: Plot, slot: str) -> str:
    """Everything that stands before the slot; later slots only add to the end of it."""
    lines = [f"Premise: {clean(ask.premise)}" if ask.premise.strip() else "", f"Genre: {ask.genre}" if ask.genre else ""]
    lines += [f"Tone: {clean(ask.tone)}" if ask.tone else ""]
    lines += [f"Setting: {clean(plot.setting)}"]
    lines += [
        f"{clean(p.name)} ({p.role}): {clean(p.who)}; wants {clean(p.want)}; needs {clean(p.need)}; {clean(p.flaw)}"
        for p in plot.people
    ]
    for name, text in texts_of(plot).items():
        if name == slot:
            break
        if name in ASKED or name.startswith("beat."):
            lines.append(f"{_name(plot, name)}: {clean(text)}")
    return "\n".join(line for line in lines if line)


def _name(plot: Plot, slot: str) -> str:
    if not slot.startswith("beat."):
        return NAMES.get(slot, slot)
    beat = plot.beats[int(slot.split(".")[1])]
    purpose = next((step.purpose for step in STRUCTURES[plot.structure] if step.name == beat.name), "")
    return f"{beat.name} ({purpose.lower()})" if purpose else beat.name


def cleaned(answer: str, slot: str) -> str:
    """One line without numbering, heading or quotation marks; empty when it says nothing."""
    line = next((one for one in answer.strip().splitlines() if one.strip()), "")
    line = re.sub(r"[*_`]{1,3}", "", LABEL.sub("", line)).strip()
    if len(line) > 1 and line[0] in "\"“'‘" and line[-1] in "\"”'’":
        line = line[1:-1].strip()
    if EMPTY.search(line) or not any(c.isalpha() for c in line):
        return ""
    if slot == "title":
        return line.rstrip(".")[: MOST["title"]]
    whole = SENTENCES.split(line)
    if len(whole) > 1 and line[-1:] not in '.!?…"”’)':  # cut off by its length
        line = line[: line.rfind(whole[-1])].strip()
    elif line[-1:] not in '.!?…"”’)':
        return "" if len(line) > 160 else line + "."
    return line[: MOST.get(slot, 1200)]


def colour_prompt(plot: Plot, own: str) -> tuple[Prompt, tuple[str, ...]]:
    """The embedded model goes on from the deck's sentence after a comma."""
    start = own.rstrip(". ") + ","
    return Prompt(text="<|story|><|form:description|><|tense:present|><|text|>", start=start, symbols=True), (
        "\n",
        ".",
        ";",
        "!",
        "?",
    )


def coloured(own: str, answer: str | None, allowed: Callable[[str], bool]) -> str:
    """The longer sentence, if what was added is a short plain clause: no names, no speech, no person who was not there."""
    more = " ".join((answer or "").split()).strip(" ,;:")
    words = more.split()
    plain = re.fullmatch(r"[a-z][a-z' ,’-]+", more) is not None
    fits = 3 <= len(words) <= 9 and not VAGUE & set(words) and words[-1] not in COMMON
    if not plain or not fits:
        return ""
    whole = f"{own.rstrip('. ')}, {more}."
    return whole if allowed(whole) else ""
