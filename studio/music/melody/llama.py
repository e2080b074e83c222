"""A Llama in numpy: reads a small model from an ordinary transformers folder and gives the next symbol's logits.

Made for models of a few million parameters, where the time goes into calling the library and not into arithmetic: no
torch to start, a key-value cache, one matrix product a layer part. Rows are always computed in blocks of the same size,
so that what a row gives does not depend on how many others go with it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[Any]  # single precision, always
    Ints = NDArray[np.int64]

BLOCK = 4  # rows computed together, whether they are needed or not


class Llama:
    def __init__(self, folder: Path) -> None:
        import numpy as np
        from safetensors.numpy import load_file

        config = json.loads((folder / "config.json").read_text("utf-8"))
        weights = {name: value.astype(np.float32) for name, value in load_file(folder / "model.safetensors").items()}
        self.heads = int(config["num_attention_heads"])
        self.width = int(config["hidden_size"])
        self.head = self.width // self.heads
        self.longest = int(config["max_position_embeddings"])
        self.epsilon = float(config["rms_norm_eps"])
        self.embed = weights["model.embed_tokens.weight"]
        self.out = np.ascontiguousarray(weights.get("lm_head.weight", self.embed).T)
        self.norm = weights["model.norm.weight"]
        self.layers = [_Layer(weights, i) for i in range(int(config["num_hidden_layers"]))]
        self.parameters = sum(value.size for value in weights.values())
        theta = config.get("rope_theta") or (config.get("rope_parameters") or {}).get("rope_theta", 10_000.0)
        angles = np.outer(np.arange(self.longest), 1.0 / theta ** (np.arange(0, self.head, 2) / self.head))
        angles = np.concatenate([angles, angles], 1)
        self.cos, self.sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)

    def start(self, prompt: list[int], rows: int) -> tuple["Cache", "Floats"]:
        """Reads a prompt once, for so many rows that go on from it; gives the logits of what comes next."""
        import numpy as np

        cache = Cache(self, rows)
        logits = self._run(np.array([prompt], dtype=np.int64), cache, slice(0, 1))
        blocks = cache.keys.shape[1]
        for memory in (cache.keys, cache.values):
            memory[:, 1:blocks, :, : len(prompt)] = memory[:, :1, :, : len(prompt)]
        cache.length = len(prompt)
        return cache, np.repeat(logits, rows, 0)

    def step(self, symbols: "Ints", cache: "Cache") -> "Floats":
        """The logits after one more symbol in every row."""
        import numpy as np

        full = np.zeros(cache.keys.shape[1], dtype=np.int64)
        full[: len(symbols)] = symbols
        logits = self._run(full[:, None], cache, slice(None))
        cache.length += 1
        return logits[: len(symbols)]

    def _run(self, ids: "Ints", cache: "Cache", rows: slice) -> "Floats":
        """ids: (rows, time). Fills the cache from its present length on; logits of the last time only."""
        import numpy as np

        count, time = ids.shape
        start, end = cache.length, cache.length + time
        x: Floats = self.embed[ids]
        cos, sin = self.cos[start:end], self.sin[start:end]
        for i, layer in enumerate(self.layers):
            h = _norm(x, layer.before, self.epsilon)
            qkv = _times(h, layer.qkv).reshape(count, time, 3, self.heads, self.head).transpose(2, 0, 3, 1, 4)
            q, k = _turn(qkv[0], cos, sin), _turn(qkv[1], cos, sin)
            keys, values = cache.keys[i, rows], cache.values[i, rows]
            keys[:, :, start:end], values[:, :, start:end] = k, qkv[2]
            scores = (q * self.head**-0.5) @ keys[:, :, :end].swapaxes(-1, -2)
            if time > 1:
                scores += np.triu(np.full((time, end), -np.inf, dtype=np.float32), start + 1)
            scores -= scores.max(-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(-1, keepdims=True)
            mixed = (scores @ values[:, :, :end]).transpose(0, 2, 1, 3).reshape(count, time, self.width)
            x = x + _times(mixed, layer.o)
            both = _times(_norm(x, layer.after, self.epsilon), layer.up)
            gate, up = np.split(both, 2, -1)
            inner: Floats = gate / (1.0 + np.exp(-gate)) * up
            x = x + _times(inner, layer.down)
        logits: Floats = _times(_norm(x[:, -1:], self.norm, self.epsilon), self.out)[:, 0]
        return logits


class _Layer:
    def __init__(self, weights: dict[str, Any], i: int) -> None:
        import numpy as np

        def joined(*names: str) -> "Floats":
            return np.ascontiguousarray(np.concatenate([weights[f"model.layers.{i}.{name}.weight"] for name in names]).T)

        self.qkv = joined("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
        self.o = joined("self_attn.o_proj")
        self.up = joined("mlp.gate_proj", "mlp.up_proj")
        self.down = joined("mlp.down_proj")
        self.before = weights[f"model.layers.{i}.input_layernorm.weight"]
        self.after = weights[f"model.layers.{i}.post_attention_layernorm.weight"]


class Cache:
    """Keys and values of what was read so far; room for whole blocks of rows."""

    def __init__(self, model: Llama, rows: int) -> None:
        import numpy as np

        full = -(-rows // BLOCK) * BLOCK
        shape = (len(model.layers), full, model.heads, model.longest, model.head)
        self.keys = np.zeros(shape, dtype=np.float32)
        self.values = np.zeros(shape, dtype=np.float32)
        self.length = 0


def _norm(x: "Floats", weight: "Floats", epsilon: float) -> "Floats":
    import numpy as np

    scaled: Floats = x * (1.0 / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(epsilon))) * weight
    return scaled


def _turn(x: "Floats", cos: "Floats", sin: "Floats") -> "Floats":
    """Rotary positions, in the half-and-half layout of transformers."""
    import numpy as np

    half = x.shape[-1] // 2
    turned: Floats = x * cos + np.concatenate([-x[..., half:], x[..., :half]], -1) * sin
    return turned


def _times(x: "Floats", weight: "Floats") -> "Floats":
    """x @ weight, always in products of the same shape: BLOCK rows of one symbol, or one row of a whole prompt."""
    rows, time, width = x.shape
    if time == 1 and rows % BLOCK == 0:
        return (x.reshape(rows // BLOCK, BLOCK, width) @ weight).reshape(rows, 1, -1)
    return x @ weight
