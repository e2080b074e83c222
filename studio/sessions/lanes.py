"""Where each draft stands in the drawing of its tree: a pure function from parents to columns."""

from collections.abc import Iterable


def lanes(drafts: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, int]:
    """Drafts oldest first, as (id, parents) -> id: lane.

    The first child of a draft goes on in its lane; every further child opens a new one. A merge stays in the lane
    of its first parent.
    """
    lane: dict[str, int] = {}
    continued: set[str] = set()
    next_lane = 0
    for id, parents in drafts:
        first = parents[0] if parents else None
        if first is not None and first in lane and first not in continued:
            lane[id] = lane[first]
            continued.add(first)
        else:
            lane[id] = next_lane
            next_lane += 1
    return lane
