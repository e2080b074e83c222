"""The noise a picture begins from: drawn for every picture from a seed of its own, so that it never depends on the batch.

All in numpy on the processor: the same numbers on every machine. `draw` gives the noise of one seed; an engine whose
library has a generator of its own passes that one, so that a seed means the same picture there as in other programs.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from studio.images.ask import PictureAsk, WalkAsk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]  # single precision, always
    Draw = Callable[[int], Floats]

PARALLEL = 1e-4  # radians: below this, and as near to opposite, the straight line is taken
WORDS = 0x5712  # the second word of a seed, so that noise on the words never repeats the noise of the picture


def gaussian(seed: int, shape: Sequence[int], stream: int = 0) -> "Floats":
    """Normal noise of a seed, the same on every machine; another numpy may draw it otherwise, which is why recipes name it."""
    import numpy as np

    return np.random.Generator(np.random.Philox(key=[seed, stream])).standard_normal(tuple(shape), dtype=np.float32)


def slerp(one: "Floats", other: "Floats", share: float) -> "Floats":
    """The way on the sphere between two arrays, each taken as one vector; along a straight line noise would grow weak."""
    import numpy as np

    if share in (0.0, 1.0):  # to the bit: no drift is the same picture
        return np.array(other if share else one, np.float32)
    a, b = (np.asarray(x, np.float64) for x in (one, other))
    lengths = float(np.sqrt((a * a).sum() * (b * b).sum()))
    angle = float(np.arccos(np.clip((a * b).sum() / lengths, -1.0, 1.0))) if lengths else 0.0
    if min(angle, np.pi - angle) < PARALLEL:
        return ((1.0 - share) * a + share * b).astype(np.float32)
    mixed: Floats = (np.sin((1.0 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    return mixed.astype(np.float32)


def place_on_way(ask: PictureAsk, index: int) -> float:
    """Of a walk, how far offer `index` stands from its beginning; 0 for every other ask."""
    return index / max(ask.n - 1, 1) if isinstance(ask, WalkAsk) else 0.0


def start(ask: PictureAsk, index: int, draw: "Draw") -> "Floats":
    """The noise offer `index` begins from."""
    seed = ask.seed if isinstance(ask, WalkAsk) else ask.seed_of(index)
    own = draw(seed)
    if ask.base is not None:
        own = slerp(draw(ask.base), own, ask.drift)
    return slerp(own, draw(ask.to_seed), place_on_way(ask, index)) if isinstance(ask, WalkAsk) else own


def stirred(words: "Floats", share: float, seed: int) -> "Floats":
    """Words with noise on them. Its strength goes by the middle value: a few numbers of an embedding are huge."""
    import numpy as np

    if not share:
        return words
    usual = 1.5 * float(np.median(np.abs(words)))
    return (words + share * usual * gaussian(seed, words.shape, WORDS)).astype(np.float32)
