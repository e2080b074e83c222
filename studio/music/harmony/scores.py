"""How likely each trained chord is in each slot, by counting or by the trained network; and the best path through.

Both are read from one safetensors file in assets/models/harmony-mini and run in numpy. The network is a small ensemble of
two-way GRUs over what the melody does in each slot, counted from the tonic, so that no key is better known than another.
Both learned from hymns: major and minor only; other modes are read as the one that shares their third.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.music.harmony.slots import Slot
from studio.music.theory import MODES, Key

Method = Literal["network", "counted"]
Array = NDArray[np.float32]
FOLDER = Path(__file__).parents[3] / "assets" / "models" / "harmony-mini"
WEIGHTS = "model.safetensors"


def minor(key: Key) -> int:
    """0 where the third is major, 1 where it is minor: the two kinds the hymns know."""
    return int(MODES[key.mode][2] == 3)


def features(slots: Sequence[Slot], key: Key) -> Array:
    """One row a slot: see `_row`."""
    last = len(slots) - 1
    return np.array([_row(slot, i, last, key) for i, slot in enumerate(slots)], dtype=np.float32)


def _row(slot: Slot, i: int, last: int, key: Key) -> list[float]:
    """Pitch classes above the tonic (shares, on the strong beat, at the end), then meter and place in the tune."""
    shares = [slot.weights[(key.pitch_class + k) % 12] for k in range(12)]
    total = sum(shares) or 1.0
    strong, leaving = [0.0] * 12, [0.0] * 12
    if slot.strong is not None:
        strong[key.degree(slot.strong)] = 1.0
    if slot.last is not None:
        leaving[key.degree(slot.last)] = 1.0
    length = float(slot.length)
    left = last - i
    return [
        *(share / total for share in shares), *strong, *leaving,
        min(total, 1.5), min(slot.onsets / 4, 2.0), min(slot.longest / length, 2.0),
        float(slot.place == 0), float(slot.place == 1), length, float(slot.number == 0),
        float(i == 0), float(left == 0), float(left == 1), min(left, 8) / 8,
        *(float(slot.number % 4 == k) for k in range(4)),
        float(slot.closes == "end"), float(slot.closes not in ("", "end")), float(minor(key)),
    ]  # fmt: skip


@lru_cache(maxsize=2)
def load(folder: Path = FOLDER) -> dict[str, Array]:
    from safetensors.numpy import load_file

    found: dict[str, Any] = load_file(folder / WEIGHTS)
    return {name: tensor.astype(np.float32) for name, tensor in found.items()}


def network(rows: Array, weights: dict[str, Array]) -> Array:
    """Log-probability of each chord in each slot, the mean of all members."""
    members = sorted({name.split(".")[1] for name in weights if name.startswith("network.")})
    found = [_member(rows, {k.removeprefix(f"network.{m}."): v for k, v in weights.items()}) for m in members]
    return np.mean(found, axis=0, dtype=np.float32)  # type: ignore[no-any-return]  # numpy says Any


def _member(rows: Array, w: dict[str, Array]) -> Array:
    both = np.concatenate([_gru(rows, w, "l0"), _gru(rows[::-1], w, "l0_reverse")[::-1]], axis=1)
    logits = both @ w["out.weight"].T + w["out.bias"]
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))  # type: ignore[no-any-return]


def _gru(rows: Array, w: dict[str, Array], end: str) -> Array:
    """One direction, gates in the order reset, update, new."""
    seen = rows @ w[f"gru.weight_ih_{end}"].T + w[f"gru.bias_ih_{end}"]
    inner, bias = w[f"gru.weight_hh_{end}"].T, w[f"gru.bias_hh_{end}"]
    size = inner.shape[0]
    state = np.zeros(size, dtype=np.float32)
    out = np.empty((len(rows), size), dtype=np.float32)
    for t, x in enumerate(seen):
        h = state @ inner + bias
        gates = 1 / (1 + np.exp(-(x[: 2 * size] + h[: 2 * size])))
        new = np.tanh(x[2 * size :] + gates[:size] * h[2 * size :])
        state = (1 - gates[size:]) * new + gates[size:] * state
        out[t] = state
    return out


def emission(slots: Sequence[Slot], key: Key, method: Method, weights: dict[str, Array]) -> Array:
    """Slots x chords: how well each chord goes with the melody there, in nats."""
    rows = features(slots, key)
    if method == "network":
        return network(rows, weights)
    mode = minor(key)
    sounding = np.minimum(rows[:, 36:37], 1.0)
    out = float(weights["counted.sharpness"][0]) * (rows[:, :12] * sounding) @ weights["counted.emission"][mode].T
    for i, slot in enumerate(slots):
        if slot.closes:
            out[i] += weights["counted.closing"][mode, int(slot.closes == "end")]
    return out + weights["counted.prior"][mode]  # type: ignore[no-any-return]


def transition(key: Key, method: Method, weights: dict[str, Array]) -> Array:
    """From chord x to chord: how much more often the hymns go there than chance would, in nats."""
    return weights["counted.transition"][minor(key)] * weights[f"pull.{method}"][0]  # type: ignore[no-any-return]


def best_path(scores: Array, step: Array) -> list[int]:
    """Viterbi: the path with the highest sum of scores in its slots and steps between them; `step` may differ by slot."""
    total = scores[0]
    back: list[NDArray[np.int64]] = []
    for t in range(1, len(scores)):
        through = total[:, None] + (step if step.ndim == 2 else step[t])
        back.append(through.argmax(axis=0))
        total = through.max(axis=0) + scores[t]
    path = [int(total.argmax())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    return path[::-1]


def trained_path(slots: Sequence[Slot], key: Key, method: Method, weights: dict[str, Array]) -> list[int]:
    """What the hymns would do: indices of TRAINED, no reading applied."""
    return best_path(emission(slots, key, method, weights), transition(key, method, weights))
