"""TextModel: what a runtime makes of its weights, and the calls the writing room makes of it. Nothing heavy is imported here.

A runtime file knows how to count, write and score; what to say to a model for which ask is `prompts/`, and which ask becomes
which offers is `play.py`. So the three runtimes are short and do the same things.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

from studio.core.engine import Stop
from studio.core.word import Word

# What a model was made for: raw text only, text with the control symbols of writer-mini, or turns of a conversation.
Dialect = Literal["base", "mini", "chat"]


REPEAT_WITHIN = 256


class Prompt(Word):
    """Either plain text (control symbols are read as such when `symbols`), or turns that the model's own template wraps.

    `start` is what the answer already begins with: the model goes on from there, and what it says does not repeat it.
    """

    text: str = ""
    turns: tuple[tuple[Literal["system", "user", "assistant"], str], ...] = ()
    start: str = ""
    symbols: bool = False


class Samplers(Word):
    """All set: what a model is really told."""

    temperature: float = 0.8
    top_p: float = 1.0
    min_p: float = 0.05
    top_n_sigma: float = -1.0  # off below zero
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed: int = 2
    repeat_penalty: float = 1.0  # on every piece of the last `REPEAT_WITHIN`; small models go round in circles without it


class Call(Word):
    """One text wanted from the model."""

    prompt: Prompt
    most: int  # pieces
    seed: int
    samplers: Samplers = Samplers()
    stops: tuple[str, ...] = ()  # ends before any of these
    never: tuple[str, ...] = ()  # the very first piece may not be one these texts begin with: for going back behind a ban
    grammar: str = ""  # GBNF; only for models that can


class Said(NamedTuple):
    """How far a call has come; each carries the whole text so far."""

    call: int  # which of the calls
    text: str
    pieces: int
    end: Literal["", "stop", "length", "cancelled"] = ""  # why it ended; empty while it goes on


class Weighed(NamedTuple):
    """One piece of a text, how likely it was, and what else might have come."""

    text: str
    logprob: float
    others: tuple[tuple[str, float], ...]


class TextModel(Protocol):
    """Loaded weights, or a server that has them. Safe to call from several threads at once."""

    dialect: Dialect
    context: int  # pieces
    slots: int  # calls that go on side by side
    grammar: bool  # does it follow grammars?
    weighs: bool  # can it say how likely a text is?

    def count(self, text: str) -> int:
        """Pieces of a text by the model's own tokenizer; a server that does not tell is estimated from above."""

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        """All calls side by side. Ends when all have ended; after `stop` at most one more piece of each is made, what there
        is comes as `cancelled`. The same call gives the same text, alone or among others."""

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        """How likely each piece of the passage is after the prompt."""

    def close(self) -> None: ...
