"""From scores to the next piece: top-n-sigma, top-p, min-p, XTC, temperature, and two ways against repetition. In numpy.

The order is the one llama.cpp takes, so that the same settings mean the same with every runtime. A vocabulary may have
150,000 pieces and a step is to cost a fraction of a millisecond, so nothing is sorted that a threshold can throw out first:
that is why this is numpy, and not the ready-made processors of transformers, which sort everything.

Every step uses up two numbers of its generator whatever is set: what was drawn for one piece never moves the next one.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from studio.writing.model import REPEAT_WITHIN, Samplers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

ENOUGH = 4096  # pieces sorted at first for top-p; all of them when these do not reach it
MOST_REPEATED = 60  # a longer repetition weighs no more
BREAKERS = '\n:"*'  # a repetition does not reach over a piece with one of these


def chance(seed: int) -> "np.random.Generator":
    import numpy as np

    return np.random.Generator(np.random.PCG64(seed % 2**64))


def choose(scores: "Scores", samplers: Samplers, rolls: "np.random.Generator") -> int:
    """The number of the chosen piece. Scores of minus infinity are never chosen."""
    import numpy as np

    xtc_roll, roll = rolls.random(2)
    best = int(scores.argmax())
    if not samplers.temperature > 0.0:
        return best
    kept = _candidates(scores, samplers)
    if 0.0 < samplers.xtc_threshold <= 0.5 and xtc_roll < samplers.xtc_probability:
        kept = _without_top(scores, kept, samplers.xtc_threshold)
    weights = np.exp((scores[kept].astype(np.float64) - float(scores[kept].max())) / samplers.temperature)
    sums = np.cumsum(weights)
    return int(kept[min(int(np.searchsorted(sums, roll * sums[-1], side="right")), len(kept) - 1)])


def _candidates(scores: "Scores", samplers: Samplers) -> "NDArray[np.intp]":
    """What top-n-sigma, top-p and min-p leave over."""
    import numpy as np

    top = float(scores.max())
    least = -math.inf
    if samplers.top_n_sigma > 0.0:
        least = top - samplers.top_n_sigma * float(scores[np.isfinite(scores)].std(dtype=np.float64))
    mass_from = least
    if samplers.min_p > 0.0:
        least = max(least, top + math.log(min(samplers.min_p, 1.0)))
    kept = np.flatnonzero(scores >= least) if least > -math.inf else np.flatnonzero(scores > -math.inf)
    if samplers.top_p < 1.0:
        all_of_it = scores if mass_from == -math.inf else scores[scores >= mass_from]
        mass = float(np.exp(all_of_it.astype(np.float64) - top).sum())
        kept = _nucleus(scores, kept, top, mass * max(samplers.top_p, 0.0))
    return kept


def _nucleus(scores: "Scores", kept: "NDArray[np.intp]", top: float, mass: float) -> "NDArray[np.intp]":
    """The fewest of the likeliest pieces that hold the mass: at least one. Ties go to the smaller number."""
    import numpy as np

    for many in (ENOUGH, len(kept)):
        some = kept
        if many < len(kept):
            edge = np.partition(scores[kept], len(kept) - many)[len(kept) - many]
            some = kept[scores[kept] >= edge]
        order = some[np.argsort(-scores[some], kind="stable")]
        sums = np.cumsum(np.exp(scores[order].astype(np.float64) - top))
        if sums[-1] >= mass or len(some) == len(kept):
            return np.sort(order[: int(np.searchsorted(sums, mass)) + 1])
    raise AssertionError


def _without_top(scores: "Scores", kept: "NDArray[np.intp]", threshold: float) -> "NDArray[np.intp]":
    """Exclude top choices: of all pieces at least this likely only the least likely stays."""
    import numpy as np

    weights = np.exp(scores[kept].astype(np.float64) - float(scores[kept].max()))
    likely = np.flatnonzero(weights / weights.sum() >= threshold)
    if len(likely) < 2:
        return kept
    least = likely[int(np.argmin(weights[likely]))]
    return np.delete(kept, likely[likely != least])


class Repetition:
    """Makes pieces less likely that came up not long ago (`repeat_penalty`), and those that would go on with something said
    before, the more so the longer it is (DRY).

    `_runs[i]` says how many of the last pieces are the same as those that end at `i`; one more piece moves it on by one.
    """

    def __init__(self, samplers: Samplers, said: Sequence[int], more: int, breaks: Callable[[int], bool]) -> None:
        import numpy as np

        self._samplers, self._breaks = samplers, breaks
        self._dry = samplers.dry_multiplier > 0.0 and samplers.dry_base >= 1.0
        self._plain = samplers.repeat_penalty > 0.0 and samplers.repeat_penalty != 1.0
        if not (self._dry or self._plain):
            return
        self._said = np.zeros(len(said) + more + 1, np.int64)
        self._runs = np.zeros(len(said) + more + 1, np.int32)
        since = next((i + 1 for i in range(len(said) - 1, -1, -1) if breaks(said[i])), 0)
        self._said[:since] = said[:since]
        self._count = since
        for piece in said[since:]:
            self.add(piece)

    def add(self, piece: int) -> None:
        import numpy as np

        if not (self._dry or self._plain):
            return
        n = self._count
        self._said[n] = piece
        if self._breaks(piece):
            self._runs[:] = 0
        elif self._dry:
            longer = np.concatenate(([0], self._runs[: n - 1])) + 1 if n else self._runs[:0]
            self._runs[:n] = np.where(self._said[:n] == piece, longer, 0)
        self._count = n + 1

    def weaken(self, scores: "Scores") -> None:
        """In place."""
        import numpy as np

        if self._plain:
            lately = np.unique(self._said[max(0, self._count - REPEAT_WITHIN) : self._count])
            penalty = self._samplers.repeat_penalty
            scores[lately] = np.where(scores[lately] > 0.0, scores[lately] / penalty, scores[lately] * penalty)
        if self._dry:
            for piece, cost in self._costs().items():
                scores[piece] -= cost

    def _costs(self) -> dict[int, float]:
        """For every piece that would go on with a repetition, by the longest one."""
        import numpy as np

        ends = np.flatnonzero(self._runs[: self._count] >= max(self._samplers.dry_allowed, 1))
        over = np.minimum(self._runs[ends] - self._samplers.dry_allowed, MOST_REPEATED).astype(np.float64)
        cost = self._samplers.dry_multiplier * self._samplers.dry_base**over
        worst: dict[int, float] = {}
        for piece, one in zip(self._said[ends + 1].tolist(), cost.tolist(), strict=True):
            worst[piece] = max(worst.get(piece, 0.0), one)
        return worst
