"""Words to what a model hears: encoded once and kept, stirred for models that hardly heed the seed, mixed for walks.

For families whose encoders are known; others are given their words as they stand, without keeping, stirring or mixing.
"""

import inspect
from dataclasses import dataclass
from typing import Any

from studio.core.errors import Refused
from studio.images.painting import noise
from studio.images.painting.cache import Kept
from studio.images.painting.families import Family

Heard = dict[str, Any]  # arguments of a pipeline
ENTRIES, MOST = 128, 256 << 20


@dataclass(frozen=True)
class Key:
    """Everything that what a model hears depends on."""

    model: str
    revision: str
    folder: str
    precision: str
    device: str
    prompt: str
    avoid: str
    twice: bool
    skip: int


class Words:
    def __init__(self, pipe: Any, family: Family | None, of: tuple[str, str, str], skip: int = 0) -> None:
        self._pipe, self._family, self._of, self._skip = pipe, family, of, skip
        self._kept: Kept[Heard] = Kept(ENTRIES, MOST, _size)

    @property
    def known(self) -> bool:
        return self._family is not None

    def hear(self, prompt: str, avoid: str, guidance: float) -> Heard:
        """`avoid` is heard only by models that are asked twice."""
        if self._family is None:
            return {"prompt": prompt, "negative_prompt": avoid} if avoid else {"prompt": prompt}
        twice = guidance > self._family.cfg_above
        device, precision = str(self._pipe.device), str(self._pipe.dtype)
        key = Key(*self._of, precision, device, prompt, avoid if twice else "", twice, self._skip)
        return self._kept.get(key, lambda: self._encoded(prompt, avoid, twice))

    def _encoded(self, prompt: str, avoid: str, twice: bool) -> Heard:
        import torch

        assert self._family is not None
        asked: dict[str, Any] = {
            "prompt": prompt, "device": self._pipe.device, "num_images_per_prompt": 1, "do_classifier_free_guidance": twice,
            "negative_prompt": avoid or None, "clip_skip": self._skip or None, "prompt_2": None, "prompt_3": None,
        }  # fmt: skip
        takes = inspect.signature(self._pipe.encode_prompt).parameters
        with torch.no_grad():
            told = self._pipe.encode_prompt(**{name: value for name, value in asked.items() if name in takes})
        return {name: value for name, value in zip(self._family.words, told, strict=False) if name and _there(value)}

    def not_read(self, prompt: str) -> str:
        """The end of a prompt that is too long for the model. Of several encoders the first one counts, if it is alone."""
        words = getattr(self._pipe, "tokenizer", None)
        longest = int(getattr(words, "model_max_length", 0) or 0)
        longer = getattr(self._pipe, "tokenizer_2", None)
        if longer is not None and int(getattr(longer, "model_max_length", 0) or 0) > longest:
            words, longest = longer, int(longer.model_max_length)
        if words is None or not 2 < longest <= 512 or len(prompt) < longest - 2:
            return ""
        ids = words(prompt, truncation=False, add_special_tokens=False).input_ids
        return str(words.decode(ids[longest - 2 :])).strip()


def stirred(heard: Heard, share: float, seed: int) -> Heard:
    """The words with noise on them; what is to be avoided stays as it is."""
    if not share or "prompt_embeds" not in heard:
        return heard
    return heard | {
        "prompt_embeds": _each(heard["prompt_embeds"], lambda one: _like(noise.stirred(_array(one), share, seed), one))
    }


def between(one: Heard, other: Heard, share: float) -> Heard:
    if share in (0.0, 1.0) or one is other:
        return other if share == 1.0 else one
    if any(isinstance(value, str) for value in [*one.values(), *other.values()]):
        raise Refused("This model cannot walk from words to words. Leave the second prompt empty to walk between seeds.")
    return {name: _between(one[name], other[name], share) for name in one}


def _between(one: Any, other: Any, share: float) -> Any:
    if isinstance(one, list):
        return [_between(a, b, share) for a, b in zip(one, other, strict=True)]
    a, b = _array(one), _array(other)
    if len(a.shape) == 2:  # as many rows as there are words: the shorter one holds its last word
        a, b = _lengthened(a, len(b)), _lengthened(b, len(a))
    return _like(noise.slerp(a, b, share), one)


def _lengthened(rows: Any, length: int) -> Any:
    import numpy as np

    return rows if len(rows) >= length else np.concatenate([rows, np.repeat(rows[-1:], length - len(rows), 0)])


def _each(value: Any, do: Any) -> Any:
    return [do(one) for one in value] if isinstance(value, list) else do(value)


def _array(tensor: Any) -> Any:
    return tensor.detach().float().cpu().numpy()


def _like(array: Any, tensor: Any) -> Any:
    import torch

    return torch.from_numpy(array).to(device=tensor.device, dtype=tensor.dtype)


def _there(value: Any) -> bool:
    return value is not None and not (isinstance(value, list) and not value)


def _size(heard: Heard) -> int:
    tensors = [one for value in heard.values() for one in (value if isinstance(value, list) else [value])]
    return sum(one.numel() * one.element_size() for one in tensors if hasattr(one, "numel"))
