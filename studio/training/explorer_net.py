"""The explorer's nets in torch, and how they become the plain arrays that the studio plays in numpy.

Three nets: the maker (latent to picture), the judge (picture to score) and, for training alone, the reader (picture to
latent). Widths are given from 4 x 4 upward; the maker works at half of the picture's size and unfolds its last layer.
"""

from collections.abc import Sequence
from typing import Any

from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2


class Layer(nn.Module):  # type: ignore[misc]
    """A convolution whose channels the latent makes stronger or weaker, after doubling the picture if `grow`."""

    def __init__(self, came: int, wide: int, latent: int, grow: bool) -> None:
        super().__init__()
        self.thin = nn.Conv2d(came, wide, 1) if grow else None
        self.conv = nn.Conv2d(wide if grow else came, wide, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(wide)
        self.style = nn.Linear(latent, 2 * wide)
        nn.init.normal_(self.style.weight, std=0.3 / latent**0.5)
        nn.init.zeros_(self.style.bias)

    def forward(self, x: Any, latent: Any) -> Any:
        if self.thin is not None:
            x = F.interpolate(self.thin(x), scale_factor=2.0)
        grow, shift = self.style(latent)[:, :, None, None].chunk(2, 1)
        return F.leaky_relu(self.norm(self.conv(x)) * (1.0 + grow) + shift, SLOPE)


class Maker(nn.Module):  # type: ignore[misc]
    def __init__(self, widths: Sequence[int], latent: int) -> None:
        super().__init__()
        self.first = nn.Linear(latent, widths[0] * 16)
        layers = [Layer(widths[0], widths[0], latent, False)]
        layers += [Layer(a, b, latent, True) for a, b in zip(widths, widths[1:], strict=False)]
        layers.append(Layer(widths[-1], widths[-1], latent, False))
        self.layers = nn.ModuleList(layers)
        self.last = nn.Conv2d(widths[-1], 12, 3, padding=1)

    def forward(self, latent: Any) -> Any:
        """Logits of the picture: a sigmoid makes it 0 to 1."""
        x = self.first(latent).unflatten(1, (-1, 4, 4))
        for layer in self.layers:
            x = layer(x, latent)
        return F.pixel_shuffle(self.last(x), 2)


class Eye(nn.Module):  # type: ignore[misc]
    """From a picture in -1 to 1 down to 4 x 4, then to `out` numbers. The judge and the reader are both eyes."""

    def __init__(self, widths: Sequence[int], out: int, judge: bool) -> None:
        super().__init__()
        tame = spectral_norm if judge else lambda layer: layer
        wides = [12, *widths[::-1]]
        self.convs = nn.ModuleList([tame(nn.Conv2d(a, b, 3, padding=1)) for a, b in zip(wides, wides[1:], strict=False)])
        self.norms = nn.ModuleList([nn.Identity() if judge else nn.BatchNorm2d(wide) for wide in wides[1:]])
        self.score = tame(nn.Linear(widths[0] * 16, out))

    def forward(self, picture: Any) -> tuple[Any, list[Any]]:
        """What it says, and what each of its layers saw."""
        x, seen = F.pixel_unshuffle(picture, 2), []
        for k, (layer, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            x = F.leaky_relu(norm(layer(x)), SLOPE)
            seen.append(x)
            x = F.avg_pool2d(x, 2) if k + 1 < len(self.convs) else x
        return self.score(x.flatten(1)), seen


def plain(maker: Any, judge: Any) -> dict[str, Any]:
    """Both nets as arrays in the form of studio/images/explorer/net.py; the norms melt into the convolutions."""
    out = {"first.weight": maker.first.weight, "first.bias": maker.first.bias}
    for k, layer in enumerate(maker.layers):
        scale = layer.norm.weight / (layer.norm.running_var + layer.norm.eps).sqrt()
        out[f"layers.{k}.taps"] = _taps(layer.conv.weight * scale[:, None, None, None])
        out[f"layers.{k}.bias"] = layer.norm.bias - layer.norm.running_mean * scale
        out[f"layers.{k}.style.weight"], out[f"layers.{k}.style.bias"] = layer.style.weight, layer.style.bias
        if layer.thin is not None:
            out[f"layers.{k}.thin.weight"] = layer.thin.weight[:, :, 0, 0]
            out[f"layers.{k}.thin.bias"] = layer.thin.bias
    out["last.taps"], out["last.bias"] = _taps(maker.last.weight), maker.last.bias
    judge.eval()
    for k, conv in enumerate(judge.convs):
        out[f"judge.{k}.taps"], out[f"judge.{k}.bias"] = _taps(conv.weight), conv.bias
    out["judge.score.weight"], out["judge.score.bias"] = judge.score.weight[0], judge.score.bias
    return {name: value.detach().float().cpu().contiguous() for name, value in out.items()}


def _taps(weight: Any) -> Any:
    return weight.flatten(2).permute(2, 0, 1)
