"""What is said to a model for an ask: one module for each dialect, all with the same face."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.writing.ask import Part, PartOf, WriteAsk
from studio.writing.model import Dialect, Prompt


class Told(NamedTuple):
    """How one offer is asked for, and how its text is made of what the model says."""

    prompt: Prompt
    pieces: float  # pieces for a wanted word, with room to end a sentence
    stops: tuple[str, ...] = ()
    shape: str = "passage"  # passage, sentence, sentences: how the text is cut at its end
    around: tuple[str, str] = ("", "")  # what stands before and after the model's words in the offer


class Speech(NamedTuple):
    """A dialect: which parts it can make use of, and its prompts."""

    uses: frozenset[PartOf]
    tell: Callable[[WriteAsk, Sequence[Part], int], Told]
    extra: int  # pieces that its own words around the parts take, at most


def speech_of(dialect: Dialect) -> Speech:
    if dialect == "mini":
        from studio.writing.prompts import mini

        return Speech(mini.USES, mini.tell, 60)
    if dialect == "chat":
        from studio.writing.prompts import chat

        return Speech(chat.USES, chat.tell, 400)
    from studio.writing.prompts import base

    return Speech(base.USES, base.tell, 120)
