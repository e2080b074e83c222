"""Originality: how near a tune is to those the model was trained on.

The index holds hashes of runs of eight notes (intervals and lengths, so that key does not matter) and which training
tune each comes from, with title and source; no tune can be read from it. Says what is shared, not whether that matters:
scales and cadences are everybody's.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.word import Word
from studio.music.tune import Note, Tune

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUN = 8  # notes
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "knowledge" / "melodies"
STEERED = 400  # runs that "steer away" names at most


@dataclass(frozen=True)
class Index:
    hashes: "NDArray[np.uint32]"  # sorted
    tunes: "NDArray[np.uint16]"  # beside each hash
    titles: list[dict[str, str]]


class Near(Word):
    """The training tune that shares most, and where."""

    title: str = ""
    source: str = ""
    share: float = 0.0  # of the runs of this tune
    bars: tuple[int, ...] = ()  # that lie whole within shared runs, counted from 0
    longest: int = 0  # such bars in a row
    known: bool = True  # False when there is no index to look in


def run_hashes(notes: Sequence[Note]) -> list[int]:
    """One number for each run of eight notes."""
    out = []
    for i in range(len(notes) - RUN + 1):
        run = notes[i : i + RUN]
        steps = [b.pitch - a.pitch for a, b in zip(run, run[1:], strict=False)]
        text = ",".join([*map(str, steps), *(str(note.length) for note in run[:-1])])
        out.append(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little"))
    return out


def open_index(folder: Path = FOLDER) -> Index | None:
    import numpy as np
    from safetensors.numpy import load_file

    if not (folder / "runs.safetensors").exists():
        return None
    arrays = load_file(folder / "runs.safetensors")
    titles = json.loads((folder / "titles.json").read_text("utf-8"))
    return Index(np.cumsum(arrays["steps"], dtype=np.uint64).astype(np.uint32), arrays["tunes"], titles)


def nearest(tune: Tune, index: Index | None) -> Near:
    """Looks up every run of the melody."""
    if index is None:
        return Near(known=False)
    notes = tune.melody.notes
    found = [set(map(int, _tunes_with(index, value))) for value in run_hashes(notes)]
    counts = Counter(i for tunes in found for i in tunes)
    if not counts:
        return Near()
    best = max(counts, key=lambda i: (counts[i], -i))
    shared = [best in tunes for tunes in found]
    bars = _whole_bars(tune, shared)
    longest = max(_longest(_whole_bars(tune, [i in tunes for tunes in found])) for i, _ in counts.most_common(5))
    about = index.titles[best]
    share = round(counts[best] / len(found), 4)
    return Near(title=about["title"], source=about["source"], share=share, bars=tuple(bars), longest=longest)


def _tunes_with(index: Index, value: int) -> "NDArray[np.uint16]":
    import numpy as np

    low, high = np.searchsorted(index.hashes, np.array([value, value + 1], dtype=np.uint64).astype(np.uint64))
    return index.tunes[low:high]


def _whole_bars(tune: Tune, shared: Sequence[bool]) -> list[int]:
    """Bars all of whose notes lie in shared runs."""
    notes = tune.melody.notes
    covered = [any(shared[max(0, i - RUN + 1) : i + 1]) for i in range(len(notes))]
    out = []
    for bar, (start, end) in enumerate(zip(tune.starts, tune.starts[1:], strict=False)):
        inside = [covered[i] for i, note in enumerate(notes) if start <= note.start < end]
        if inside and all(inside):
            out.append(bar)
    return out


def _longest(bars: Sequence[int]) -> int:
    best = run = 0
    for i, bar in enumerate(bars):
        run = run + 1 if i and bars[i - 1] == bar - 1 else 1
        best = max(best, run)
    return best


def steer_away(tune: Tune, near: Near) -> tuple[tuple[int, ...], ...]:
    """The runs of intervals in the shared bars, to be handed to the next ask as `avoid`."""
    spans = [(tune.starts[bar], tune.starts[bar + 1]) for bar in near.bars]
    runs: list[tuple[int, ...]] = []
    notes = tune.melody.notes
    for i in range(len(notes) - 4):
        if any(start <= notes[i].start < end for start, end in spans):
            runs.append(tuple(b.pitch - a.pitch for a, b in zip(notes[i : i + 5], notes[i + 1 : i + 5], strict=False)))
    return tuple(dict.fromkeys(runs))[:STEERED]
