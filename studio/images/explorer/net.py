"""The explorer's two nets in plain numpy: the maker (a point to a picture) and the judge (a picture to a score).

Every picture is computed by itself with the same shapes, so it does not depend on which others were asked for. A 3 x 3
convolution is nine matrix products over shifted views of a padded picture, without copies. No torch: the nets start in
a tenth of a second. The same nets in torch, for training, are in the training room; a test holds both together.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

Array = NDArray[np.float32]
SLOPE = 0.2  # of the leaky part


def leaky(x: Array) -> Array:
    out: Array = np.maximum(x, SLOPE * x)
    return out


def conv(x: Array, taps: Array, bias: Array) -> Array:
    """3 x 3, zeros around; `taps` is (9, out, in). `x` is (in, height, width)."""
    deep, high, wide = x.shape
    room = np.zeros((deep, high + 3, wide + 2), np.float32)  # one row more, so that the last tap may run over
    room[:, 1 : high + 1, 1 : wide + 1] = x
    flat, run = room.reshape(deep, -1), high * (wide + 2)
    out = np.zeros((taps.shape[1], run), np.float32)
    part = np.empty_like(out)
    for k in range(9):
        start = (k // 3) * (wide + 2) + k % 3
        np.matmul(taps[k], flat[:, start : start + run], out=part)
        out += part
    result: Array = out.reshape(-1, high, wide + 2)[:, :, :wide] + bias[:, None, None]
    return result


def doubled(x: Array) -> Array:
    out: Array = x.repeat(2, 1).repeat(2, 2)
    return out


def halved(x: Array) -> Array:
    deep, high, wide = x.shape
    out: Array = x.reshape(deep, high // 2, 2, wide // 2, 2).mean((2, 4), dtype=np.float32)
    return out


def folded(x: Array) -> Array:
    """(c, 2h, 2w) -> (4c, h, w): every 2 x 2 square becomes four channels."""
    deep, high, wide = x.shape
    return x.reshape(deep, high // 2, 2, wide // 2, 2).transpose(0, 2, 4, 1, 3).reshape(deep * 4, high // 2, wide // 2)


def unfolded(x: Array) -> Array:
    """(4c, h, w) -> (c, 2h, 2w)."""
    deep, high, wide = x.shape
    return x.reshape(deep // 4, 2, 2, high, wide).transpose(0, 3, 1, 4, 2).reshape(deep // 4, high * 2, wide * 2)


class Nets:
    """Both nets of a folder with config.json and model.safetensors."""

    def __init__(self, folder: Path) -> None:
        self.config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
        self.weights: dict[str, Array] = {
            name: np.ascontiguousarray(value, np.float32) for name, value in load_file(folder / "model.safetensors").items()
        }
        self.widths: list[int] = self.config["widths"]  # of the maker, from 4 x 4 upward
        self.depth: int = self.config["depth"]  # how many convolutions of the judge

    def make(self, latent: Array) -> NDArray[np.uint8]:
        """The picture of one latent, (size, size, 3)."""
        x = self._line("first", latent).reshape(self.widths[0], 4, 4)
        x = self._layer("layers.0", x, latent)
        for k in range(1, len(self.widths)):
            x = self._line(f"layers.{k}.thin", x.reshape(len(x), -1), flat=False).reshape(-1, *x.shape[1:])
            x = self._layer(f"layers.{k}", doubled(x), latent)
        x = self._layer(f"layers.{len(self.widths)}", x, latent)
        x = unfolded(conv(x, self.weights["last.taps"], self.weights["last.bias"]))
        picture: NDArray[np.uint8] = np.rint(255.0 / (1.0 + np.exp(-x.clip(-20.0, 20.0)))).astype(np.uint8).transpose(1, 2, 0)
        return picture

    def score(self, picture: NDArray[np.uint8]) -> float:
        """How much the judge takes a picture for one of the world's; higher is better, only differences mean anything."""
        x = folded((picture.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1))
        for k in range(self.depth):
            x = leaky(conv(x, self.weights[f"judge.{k}.taps"], self.weights[f"judge.{k}.bias"]))
            x = halved(x) if k + 1 < self.depth else x
        return float(self.weights["judge.score.weight"] @ x.ravel() + self.weights["judge.score.bias"][0])

    def _line(self, name: str, x: Array, flat: bool = True) -> Array:
        bias = self.weights[f"{name}.bias"]
        out: Array = self.weights[f"{name}.weight"] @ x + (bias if flat else bias[:, None])
        return out

    def _layer(self, name: str, x: Array, latent: Array) -> Array:
        """A convolution whose channels the latent makes stronger or weaker."""
        x = conv(x, self.weights[f"{name}.taps"], self.weights[f"{name}.bias"])
        grow, shift = np.split(self._line(f"{name}.style", latent), 2)
        return leaky(x * (1.0 + grow)[:, None, None] + shift[:, None, None])
