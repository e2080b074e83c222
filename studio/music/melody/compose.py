"""Compose: the loop in which a model writes bars and the grammar sees that they are right. All takes go in one batch.

Each take has its own source of chance, so that take i is the same whether it is made alone or among many.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.music.melody.grammar import Grammar
from studio.music.melody.llama import Llama
from studio.music.melody.slots import Manner, Slot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Task:
    """Everything a model needs to write some bars. With two prompts, each take says how much the second one counts."""

    prompt: tuple[int, ...]
    slots: tuple[Slot, ...]
    manner: Manner
    before: int = -1  # the pitch symbol that sounds last before the first slot
    held: bool = False
    other: tuple[int, ...] = ()


@dataclass(frozen=True)
class Taste:
    """How boldly to choose."""

    temperature: float = 0.95
    top: float = 0.97  # choose among the likeliest symbols that make up this share


def compose(
    model: Llama, task: Task, seeds: Sequence[int], taste: Taste, shares: Sequence[float] = ()
) -> Iterator[list[list[list[int]]]]:
    """Yields, after every symbol, the contents of the bars of every take so far; the last state is the finished one."""
    import numpy as np

    grammar = Grammar(task.slots, task.manner, len(seeds), task.before, task.held)
    chances = [np.random.default_rng(seed) for seed in seeds]
    logits_of = _reader(model, task, len(seeds), shares)
    logits = logits_of(None)
    room = model.longest - max(len(task.prompt), len(task.other)) - 1
    for _ in range(room):
        forced = grammar.forced()
        chosen = [symbol if symbol is not None else -1 for symbol in forced]
        if any(symbol is None for symbol in forced):
            masks = grammar.masks()
            for i, symbol in enumerate(forced):
                if symbol is None:
                    chosen[i] = choose(logits[i], masks[i], chances[i], taste)
        grammar.take_in(chosen)
        yield [take.bars for take in grammar.takes]
        if grammar.done:
            return
        logits = logits_of(np.array(chosen, dtype=np.int64))


def _reader(model: Llama, task: Task, rows: int, shares: Sequence[float]) -> "Callable[[NDArray[np.int64] | None], Floats]":
    """Next logits, after the prompt (None) or after one more symbol a row; mixed when there are two prompts."""
    import numpy as np

    prompts = [list(task.prompt), list(task.other)] if task.other else [list(task.prompt)]
    caches = []

    def read(symbols: "NDArray[np.int64] | None") -> "Floats":
        found = []
        for i, prompt in enumerate(prompts):
            if symbols is None:
                cache, logits = model.start(prompt, rows)
                caches.append(cache)
            else:
                logits = model.step(symbols, caches[i])
            found.append(logits)
        if len(found) == 1:
            return found[0]
        one, two = (logits - np.logaddexp.reduce(logits, -1, keepdims=True) for logits in found)
        share = np.array(shares, dtype=np.float32)[:, None]
        mixed: Floats = (1 - share) * one + share * two
        return mixed

    return read


def choose(logits: "Floats", mask: "NDArray[np.bool_]", chance: "np.random.Generator", taste: Taste) -> int:
    """One symbol among those allowed. Always draws the same amount of chance."""
    import numpy as np

    drawn = chance.random()
    ids = np.flatnonzero(mask)
    if len(ids) == 1:
        return int(ids[0])
    weights = logits[ids].astype(np.float64) / max(taste.temperature, 1e-3)
    weights = np.exp(weights - weights.max())
    order = np.argsort(-weights, kind="stable")
    sums = np.cumsum(weights[order])
    kept = int(np.searchsorted(sums, taste.top * sums[-1])) + 1
    place = np.searchsorted(sums[:kept], drawn * sums[min(kept, len(sums)) - 1])
    return int(ids[order[min(int(place), len(ids) - 1)]])
