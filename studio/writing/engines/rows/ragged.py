"""Many texts side by side through one model, each with keys and values of its own length, and none disturbs another.

The last bits of a product depend on how many rows it has, and on where in a padded row the text begins; near a tie they
decide which piece is chosen. So that a text comes out the same alone or among others, after a kept prompt or a cold one:
rows go through the model in blocks of always the same size (left over places stay empty), every row looks back over its own
keys only, without padding, and prompts are read in steps that always begin at the same places.

`attend` takes the place of the model's own attention. Whether that gives what the model itself gives is tried out at load
(`agrees`); a model for which it does not is played by `alone.py`.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from studio.core.engine import Stop
from studio.writing.engines.rows.kept import Kept

ROWS = 4  # one ask is mostly three or four offers; four rows cost about as much as one and a half
NAME = "studio_rows"


class Row:
    """Keys and values of one text. `size` is in bytes."""

    def __init__(self, layers: int, room: int) -> None:
        self.keys: list[Any] = [None] * layers
        self.values: list[Any] = [None] * layers
        self.length = 0
        self.room = room

    @property
    def size(self) -> int:
        return sum(int(one.nbytes) for one in (*self.keys, *self.values) if one is not None)

    def copy(self, length: int, room: int) -> "Row":
        """The first `length` pieces, with room for more."""
        made = Row(len(self.keys), room)
        made.length = length
        for ours, theirs in ((self.keys, made.keys), (self.values, made.values)):
            for layer, one in enumerate(ours):
                if one is not None:
                    theirs[layer] = one.new_empty((room, *one.shape[1:]))
                    theirs[layer][:length] = one[:length]
        return made

    def put(self, layer: int, keys: Any, values: Any) -> tuple[Any, Any]:
        """Takes heads x pieces x width of the newest pieces; gives all so far."""
        end = self.length + keys.shape[1]
        for store, new in ((self.keys, keys), (self.values, values)):
            if store[layer] is None:
                store[layer] = new.new_empty((self.room, new.shape[0], new.shape[2]))
            store[layer][self.length : end] = new.transpose(0, 1)
        return self.keys[layer][:end].transpose(0, 1), self.values[layer][:end].transpose(0, 1)


class Block:
    """Stands for transformers' cache in one pass: hands each row's own keys and values to `attend`."""

    is_compileable = False

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def update(self, keys: Any, values: Any, layer_idx: int, *_: Any, **__: Any) -> tuple[Any, Any]:
        both = [row.put(layer_idx, keys[i], values[i]) for i, row in enumerate(self.rows)]
        return [one for one, _ in both], [other for _, other in both]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return max(row.length for row in self.rows)


def attend(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **told: Any) -> tuple[Any, None]:
    """Attention for rows of different length. Query: rows x heads x pieces x width; empty places at the end give zeros."""
    rows, heads, new, _ = query.shape
    out = query.new_zeros((rows, new, heads, value[0].shape[-1]))
    for i, (keys, values) in enumerate(zip(key, value, strict=True)):
        out[i] = _look_back(query[i], keys, values, told.get("scaling"), told.get("sliding_window"))
    return out, None


def _look_back(query: Any, keys: Any, values: Any, scale: float | None, window: int | None) -> Any:
    from torch.nn.functional import scaled_dot_product_attention

    heads, new, width = query.shape
    mask = None
    if new == 1:
        if window and keys.shape[1] > window:
            keys, values = keys[:, -window:], values[:, -window:]
    else:
        mask = _mask(new, keys.shape[1], window, query.device).repeat(heads // keys.shape[0], 1)
    # Heads that share keys are asked together, as if they were more pieces.
    shared = query.reshape(1, keys.shape[0], -1, width)
    seen = scaled_dot_product_attention(shared, keys[None], values[None], attn_mask=mask, scale=scale)
    return seen.reshape(heads, new, -1).transpose(0, 1)


def _mask(new: int, length: int, window: int | None, device: Any) -> Any:
    """True where a new piece may look: back, and not further than the window."""
    import torch

    at = torch.arange(length - new, length, device=device)[:, None] - torch.arange(length, device=device)[None, :]
    return (at >= 0) & (at < window) if window else at >= 0


class Text(NamedTuple):
    """A prompt that was read: its row and the scores of what may come first."""

    row: Any
    scores: Any
    size: int


class Ragged:
    def __init__(self, model: Any, step: int, keep: int) -> None:
        self._model, self._step = model, step
        self._layers = int(model.config.get_text_config().num_hidden_layers)
        self._kept: Kept[Text] = Kept(keep)
        self._turn = threading.Lock()  # passes of several threads one after another: side by side they would only be slower

    def read(self, ids: list[int], stop: Stop) -> Text | None:
        """The prompt, from what is kept of it. None when it was stopped."""
        same, kept = self._kept.find(ids)
        if kept is not None and same == len(ids) == kept.row.length:
            return kept
        since = min(same, len(ids) - 1) // self._step * self._step
        row = kept.row.copy(since, len(ids)) if kept is not None and since else Row(self._layers, len(ids))
        scores: Any = None
        for at in range(since, len(ids), self._step):
            if stop.is_set():
                return None
            scores = self._pass([row], [ids[at : at + self._step]], 1)[0, -1]
        made = Text(row, scores, row.size + scores.nbytes)
        self._kept.keep(ids, made)
        return made

    def fork(self, text: Text, room: int) -> Row:
        row: Row = text.row
        return row.copy(row.length, row.length + room)

    def next(self, rows: Sequence[Row], pieces: Sequence[int]) -> list[Any]:
        """One more piece of each; the scores of what may come after it."""
        import numpy as np

        out: list[Any] = []
        for at in range(0, len(rows), ROWS):
            some = [[piece] for piece in pieces[at : at + ROWS]]
            scores = self._pass(rows[at : at + ROWS], some + some[:1] * (ROWS - len(some)), 1)
            out += list(np.array(scores[: len(some), -1]))
        return out

    def all_scores(self, ids: list[int], since: int) -> Iterator[Any]:
        """Scores of what may come after each piece from `since` on, some pieces at a time. Keeps nothing."""
        row = Row(self._layers, len(ids))
        for at in range(0, len(ids), self._step):
            some = ids[at : at + self._step]
            wanted = at + len(some) > since
            scores = self._pass([row], [some], 0 if wanted else 1)[0]
            if wanted:
                yield scores[max(0, since - at) :]

    def _pass(self, rows: Sequence[Row], ids: list[list[int]], keep: int) -> Any:
        """Pieces through the model: scores as numbers of 32 bits. Rows grow."""
        import torch

        new = len(ids[0])
        device = self._model.device
        starts = [row.length for row in rows] + [0] * (len(ids) - len(rows))
        places = torch.tensor(starts, device=device)[:, None] + torch.arange(new, device=device)[None, :]
        with self._turn, torch.inference_mode():
            said = self._model(
                input_ids=torch.tensor(ids, device=device), position_ids=places, past_key_values=Block(rows), use_cache=True,
                logits_to_keep=keep,
            )  # fmt: skip
            scores = said.logits.float().cpu().numpy()
        for row in rows:
            row.length += new
        return scores

    def close(self) -> None:
        self._kept.clear()


def agrees(model: Any) -> bool:
    """Does the model say the same through `attend` as by its own attention, for two texts of different length at once?"""
    import numpy as np
    import torch

    bounds = int(model.config.get_text_config().vocab_size)
    texts = [[(7 * i + 3 * n) % bounds for i in range(n)] for n in (5, 9)]
    with torch.inference_mode():
        expected = [
            model(input_ids=torch.tensor([ids], device=model.device)).logits[0, -1].float().cpu().numpy() for ids in texts
        ]
    try:
        model.set_attn_implementation(NAME)
        ours = Ragged(model, 4, 1 << 30)
        rows = [ours.fork(text, 1) for ids in texts if (text := ours.read(ids[:-1], _Never())) is not None]
        seen = ours.next(rows, [ids[-1] for ids in texts])
        spread = float(np.std(expected[0]))
        near = 1e-3 if model.dtype == torch.float32 else 0.15
        return all(bool(np.abs(a - b).max() <= near * spread) for a, b in zip(expected, seen, strict=True))
    except Exception:  # whatever such a model does not like about rows
        return False


class _Never:
    def is_set(self) -> bool:
        return False


def register() -> None:
    """transformers knows attention by name."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)
