"""Masks over the pitch symbols: range, scale, leaps, directions, and which of them gives way when nothing would be left."""

from typing import TYPE_CHECKING

from studio.music.melody import symbols as s
from studio.music.melody.slots import Manner

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Masks = NDArray[np.bool_]


class Pitches:
    """Masks over the pitch symbols."""

    def __init__(self, manner: Manner) -> None:
        import numpy as np

        ids = np.arange(len(s.NAMES))
        self._is_pitch = ids >= s.FIRST_PITCH
        degree = (ids - s.FIRST_PITCH + s.LOWEST) % 12
        self._degree = np.where(self._is_pitch, degree, -1)
        self.inside = np.isin(self._degree, list(manner.scale))
        self._range = self._is_pitch & (ids >= manner.low) & (ids <= manner.high)
        self._manner = manner
        self._known: dict[tuple[int, bool], Masks] = {}

    def after(self, last: int, *, colour: bool) -> "Masks":
        """Within range, scale and leap; the leap gives way first, then the scale."""
        key = (last, colour)
        if key not in self._known:
            base = self._range if colour else self.narrow(self._range, self.inside)
            self._known[key] = self.narrow(base, self._near(last)) if last >= 0 else base
        return self._known[key]

    def _near(self, last: int) -> "Masks":
        import numpy as np

        distance = np.abs(np.arange(len(s.NAMES)) - last)
        near = distance <= self._manner.leap
        if self._manner.singable:  # up to a sixth, and the octave; no tritone, no sevenths
            near &= (distance != 6) & ((distance <= 9) | (distance == 12))
        masks: Masks = near & self._is_pitch
        return masks

    def going(self, last: int, direction: int) -> "Masks":
        import numpy as np

        ids = np.arange(len(s.NAMES))
        masks: Masks = self._is_pitch & (np.sign(ids - last) == direction)
        return masks

    def room(self, direction: int, steps: int) -> "Masks":
        """Pitches with at least so many notes of the scale beyond them, this way, inside the range."""
        import numpy as np

        ids = np.flatnonzero(self._range & self.inside)
        masks: Masks = self._range.copy()
        if len(ids) > steps:
            beyond = np.arange(len(masks))
            masks &= (beyond <= ids[-1 - steps]) if direction > 0 else (beyond >= ids[steps])
        return masks

    def before(self, goal: int, direction: int, steps: int) -> "Masks":
        """Pitches from which so many steps of the scale this way can end on the goal."""
        import numpy as np

        ids = np.flatnonzero(self._range & self.inside)
        there = ids[ids < goal][::-1] if direction > 0 else ids[ids > goal]
        masks: Masks = self._range.copy()
        beyond = np.arange(len(masks))
        if len(there) < steps:
            return masks
        masks &= (beyond <= there[steps - 1]) if direction > 0 else (beyond >= there[steps - 1])
        return masks

    def of(self, degrees: frozenset[int]) -> "Masks":
        import numpy as np

        masks: Masks = np.isin(self._degree, list(degrees))
        return masks

    def only(self, symbol: int) -> "Masks":
        import numpy as np

        masks: Masks = np.zeros(len(s.NAMES), dtype=bool)
        masks[symbol] = True
        return masks

    def reach(self, wide: "Masks", goal: "Masks") -> "Masks":
        """The goal, by a wide leap if it must be; where the range has none of it, as it was."""
        near: Masks = wide & goal
        far: Masks = self._range & goal
        return near if near.any() else far if far.any() else wide

    def narrow(self, wide: "Masks", by: "Masks") -> "Masks":
        """Both, or the wider one if nothing would be left."""
        both: Masks = wide & by
        return both if both.any() else wide
