"""A model that babbles: draws words by seed. What it says hangs on the call alone, so it keeps the contract of a TextModel."""

import random
import time
from collections.abc import Iterator, Sequence

from studio.core.engine import Stop
from studio.writing.model import Call, Dialect, Prompt, Said, Weighed

WORDS = ["a", "shiver", "ran", "down", "her", "spine", "the", "sea", "was", "grey", "testament", "to", "and", "cold", "it’s"]


class Babbler:
    """`never` bars words from its first place."""

    dialect: Dialect = "base"
    context, slots, grammar, weighs = 4096, 8, False, True

    def __init__(self, words: Sequence[str] = WORDS, dialect: Dialect = "base", pace: float = 0.0) -> None:
        self.words, self.dialect, self.pace = words, dialect, pace
        self.calls: list[Call] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def write(self, calls: Sequence[Call], stop: Stop) -> Iterator[Said]:
        self.calls += calls
        texts = [self._text(call) for call in calls]
        for n in range(1, max(len(t) for t in texts) + 1):
            time.sleep(self.pace)
            over = stop.is_set()
            for i, pieces in enumerate(texts):
                if n <= len(pieces):
                    yield Said(i, "".join(pieces[:n]), n, "cancelled" if over else "length" if n == len(pieces) else "")
            if over:
                return

    def _text(self, call: Call) -> list[str]:
        chance = random.Random(f"{call.seed}/{call.prompt.start}")
        barred = {never.split()[0] for never in call.never if never.split()}
        first = [word for word in self.words if word not in barred]
        picked = [chance.choice(first or ["ever"])] + [chance.choice(self.words) for _ in range(call.most - 1)]
        texts = [(" " if call.prompt.start or i else "") + word for i, word in enumerate(picked)]
        for end in call.stops:
            texts = next((texts[:i] for i, one in enumerate(texts) if end in one), texts)
        return texts

    def weigh(self, prompt: Prompt, passage: str, others: int) -> list[Weighed]:
        pieces = passage.split()
        return [Weighed(piece, -float(len(piece)), (("sea", -1.0),) * min(others, 1)) for piece in pieces]

    def close(self) -> None: ...
