"""What is said to a model for an ask: one module for each dialect, all with the same face."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.writing.ask import Part, PartOf, WriteAsk
from studio.writing.model import Dialect, Prompt
from studio.writing.prompts.quotes import straight


class Told(NamedTuple):
    """How one offer is asked for, and how its text is made of what the model says."""

    prompt: Prompt
    pieces: float  # pieces for a wanted word, with room to end a sentence
    stops: tuple[str, ...] = ()
    shape: str = "passage"  # passage, sentence, sentences: how the text is cut at its end
    around: tuple[str, str] = ("", "")  # what stands before and after the model's words in the offer
    bare: bool = False  # the gap before the model's words is there already
    plain: bool = False  # the writer types straight quotation marks

    def text(self, said: str) -> str:
        """The offer's text, of what the model has said so far."""
        first, last = self.around
        whole = first + (said.lstrip() if self.bare and not first else said) + last
        return straight(whole) if self.plain else whole


class Speech(NamedTuple):
    """A dialect: which parts it can make use of, and its prompts."""

    uses: frozenset[PartOf]
    tell: Callable[[WriteAsk, Sequence[Part], int], Told]
    extra: int  # pieces that its own words around all parts take, at most
    each: int = 0  # ... and around each of them
    brief: Callable[[Part], Part] = lambda part: part  # how much of a part it makes use of


def speech_of(dialect: Dialect) -> Speech:
    if dialect == "mini":
        from studio.writing.prompts import mini

        return Speech(mini.USES, mini.tell, 60, 1, mini.brief)
    if dialect == "chat":
        from studio.writing.prompts import chat

        return Speech(chat.USES, chat.tell, 260, 12)
    from studio.writing.prompts import base

    return Speech(base.USES, base.tell, 60, 4)
