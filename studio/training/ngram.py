"""The yardstick of the melody model: an interpolated Kneser-Ney n-gram model over the same symbols."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

DISCOUNT = 0.75
Context = tuple[int, ...]


class NGram:
    """Orders 1 to `order`; below the highest a context counts in how many ways it was entered, not how often."""

    def __init__(self, texts: Iterable[Sequence[int]], order: int, symbols: int) -> None:
        self.order, self.symbols = order, symbols
        self.counts: list[dict[Context, dict[int, int]]] = [defaultdict(lambda: defaultdict(int)) for _ in range(order)]
        for text in texts:
            padded = [-1] * (order - 1) + list(text)
            for i in range(order - 1, len(padded)):
                self.counts[-1][tuple(padded[i - order + 1 : i])][padded[i]] += 1
        for n in range(order - 1, 0, -1):
            for context, after in self.counts[n].items():
                for symbol in after:
                    self.counts[n - 1][context[1:]][symbol] += 1
        self.sums = [{context: sum(after.values()) for context, after in level.items()} for level in self.counts]

    def probability(self, context: Context, symbol: int) -> float:
        p = 1.0 / self.symbols
        for n in range(self.order):
            here = context[len(context) - n :]
            total = self.sums[n].get(here)
            if total:
                after = self.counts[n][here]
                p = max(after.get(symbol, 0) - DISCOUNT, 0) / total + DISCOUNT * len(after) / total * p
        return p

    def loss(self, text: Sequence[int], start: int) -> tuple[float, int]:
        """Summed nats from symbol `start` on, and how many symbols."""
        padded = [-1] * (self.order - 1) + list(text)
        total = 0.0
        for i in range(start + self.order - 1, len(padded)):
            total -= math.log(self.probability(tuple(padded[i - self.order + 1 : i]), padded[i]))
        return total, len(text) - start
