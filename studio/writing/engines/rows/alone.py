"""For models that do not look back the usual way (recurrent ones, own kinds of attention): one text after another, each
with the memory that transformers makes for it. Slower, nothing is kept between asks, and right for every causal model."""

import copy
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from studio.core.engine import Stop
from studio.writing.engines.rows.ragged import Text

NAMES = ("past_key_values", "cache_params")  # what a model's memory is called; recurrent ones use the second


class Alone:
    def __init__(self, model: Any) -> None:
        self._model = model
        self._name = NAMES[0]
        self._turn = threading.Lock()

    def read(self, ids: list[int], stop: Stop) -> Text | None:
        if stop.is_set():
            return None
        memory, scores = self._pass(ids, None)
        return Text(memory, scores[-1], 0)

    def fork(self, text: Text, room: int) -> list[Any]:
        """A list of one: what the model remembers may be another object after every step."""
        return [copy.deepcopy(text.row)]

    def next(self, rows: Sequence[list[Any]], pieces: Sequence[int]) -> list[Any]:
        out = []
        for row, piece in zip(rows, pieces, strict=True):
            row[0], scores = self._pass([piece], row[0])
            out.append(scores[-1])
        return out

    def all_scores(self, ids: list[int], since: int) -> Iterator[Any]:
        yield self._pass(ids, None)[1][since:]

    def _pass(self, ids: list[int], memory: Any) -> tuple[Any, Any]:
        import torch

        with self._turn, torch.inference_mode():
            given = {} if memory is None else {self._name: memory}
            said = self._model(input_ids=torch.tensor([ids], device=self._model.device), use_cache=True, **given)
            self._name = next(name for name in NAMES if name in said)
            return said[self._name], said.logits[0].float().cpu().numpy()

    def close(self) -> None:
        """Nothing is kept."""
