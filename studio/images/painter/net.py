"""The painter's net: which way a noisy latent should move, given words, a palette, a sketch, lines or the rest of a picture.

A small U-Net for processors: light at 16 x 16, most of its work at 8 x 8, where every place looks at all places and all
words in one attention. Every matrix is stored flat with the inputs last, the form in which both the optimiser that trains
it and the processor's convolutions want it. `watch` receives how much each place looked at each word.
"""

import math
from collections.abc import Callable

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

Watch = Callable[[Tensor], None]  # [pictures, places, words]
GIVEN = 16  # channels beside the latent: a picture or its colours 8, where it holds 1, lines 4, flags 3


class Conv(nn.Module):
    """A 3 x 3 or 1 x 1 convolution whose weight is one flat matrix."""

    def __init__(self, into: int, out: int, side: int = 3, zero: bool = False) -> None:
        super().__init__()
        self.into, self.side = into, side
        scale = 0.0 if zero else 1.0 / math.sqrt(into * side * side)
        self.weight = nn.Parameter(torch.randn(out, side * side * into) * scale)
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.view(-1, self.side, self.side, self.into).permute(0, 3, 1, 2)
        return functional.conv2d(x, weight, self.bias, padding=self.side // 2)


class Norm(nn.Module):
    """Every place for itself, over its channels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.gain = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        rows = x.permute(0, 2, 3, 1)
        return functional.layer_norm(rows, (self.width,), self.gain, self.bias).permute(0, 3, 1, 2)


class Block(nn.Module):
    """Two convolutions beside a straight way; the moment and the sense of the words scale and shift between them."""

    def __init__(self, into: int, out: int, sense: int) -> None:
        super().__init__()
        self.before, self.between = Norm(into), Norm(out)
        self.first, self.second = Conv(into, out), Conv(out, out, zero=True)
        self.moved = nn.Linear(sense, 2 * out)
        self.straight = Conv(into, out, 1) if into != out else nn.Identity()

    def forward(self, x: Tensor, sense: Tensor) -> Tensor:
        scale, shift = self.moved(sense)[..., None, None].chunk(2, 1)
        y = self.first(functional.silu(self.before(x)))
        y = self.between(y) * (1 + scale) + shift
        return self.straight(x) + self.second(functional.silu(y))


class Look(nn.Module):
    """Attention of every place to the words, and to all places where `around`."""

    def __init__(self, width: int, words: int, around: bool, head: int = 32) -> None:
        super().__init__()
        self.heads, self.around = width // head, around
        self.norm = Norm(width)
        self.asks = nn.Linear(width, width, bias=False)
        self.places = nn.Linear(width, 2 * width, bias=False) if around else None
        self.words = nn.Linear(words, 2 * width, bias=False)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        self.more = nn.Sequential(nn.Linear(width, 3 * width), nn.SiLU(), nn.Linear(3 * width, width)) if around else None
        if self.more is not None:
            self.again = nn.LayerNorm(width)
            nn.init.zeros_(self.more[2].weight)

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor, words: Tensor, there: Tensor, watch: Watch | None) -> Tensor:
        shape = x.shape
        rows = self.norm(x).permute(0, 2, 3, 1).flatten(1, 2)
        keys, values = self.words(words).chunk(2, -1)
        weight = there.clamp_min(1e-30).log()[:, None, None, :]
        if self.places is not None:
            k, v = self.places(rows).chunk(2, -1)
            keys, values = torch.cat([keys, k], 1), torch.cat([values, v], 1)
            weight = functional.pad(weight, (0, rows.shape[1]))
        asks = self._heads(self.asks(rows))
        score = (asks @ self._heads(keys).transpose(-1, -2)) * (1.0 / math.sqrt(asks.shape[-1]))
        share = (score + weight.to(score.dtype)).softmax(-1)
        if watch is not None:
            watch(share[..., : words.shape[1]].mean(1))
        seen = (share @ self._heads(values)).transpose(1, 2).flatten(2)
        y = x.permute(0, 2, 3, 1).flatten(1, 2) + self.out(seen)
        if self.more is not None:
            y = y + self.more(self.again(y))
        return y.unflatten(1, shape[2:]).permute(0, 3, 1, 2)


def waves(x: Tensor, width: int, fastest: float = 1000.0) -> Tensor:
    """A number from 0 to about 1 as waves of many lengths."""
    steps = torch.exp(torch.linspace(0.0, math.log(fastest), width // 2, device=x.device))
    turns = x[:, None].float() * steps
    return torch.cat([turns.sin(), turns.cos()], -1)


class PainterNet(ModelMixin, ConfigMixin):
    @register_to_config
    def __init__(
        self, channels: int = 8, fine: int = 64, coarse: int = 192, depth: int = 4, words: int = 192, sense: int = 256
    ) -> None:
        super().__init__()
        self.time = nn.Sequential(nn.Linear(128, sense), nn.SiLU(), nn.Linear(sense, sense))
        self.strength = nn.Linear(32, sense, bias=False)  # guidance, once it has been learned into the net
        self.gist = nn.Linear(words, sense)
        nn.init.zeros_(self.strength.weight)
        self.enter = Conv(channels + GIVEN, fine)
        self.down = Block(fine, fine, sense)
        self.fold = Conv(4 * fine, coarse, 1)
        self.blocks = nn.ModuleList([Block(coarse, coarse, sense) for _ in range(depth)])
        self.looks = nn.ModuleList([Look(coarse, words, around=True) for _ in range(depth)])
        self.unfold = Conv(coarse, 4 * fine, 1)
        self.up = Block(2 * fine, fine, sense)
        self.look = Look(fine, words, around=False)
        self.last = Block(fine, fine, sense)
        self.norm = Norm(fine)
        self.leave = Conv(fine, channels, zero=True)

    def forward(
        self, latent: Tensor, moment: Tensor, words: Tensor, there: Tensor, given: Tensor, guidance: Tensor | None = None,
        watch: Watch | None = None,
    ) -> Tensor:  # fmt: skip
        """`moment` is 1 at noise, 0 at the picture; `there`: how much each word counts, 0 to 1; `given` has GIVEN channels."""
        gist = (words * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        sense = self.time(waves(moment, 128).to(words.dtype)) + self.gist(gist)
        if guidance is not None:
            sense = sense + self.strength(waves(guidance / 10.0, 32, 20.0).to(words.dtype))
        sense = functional.silu(sense)
        x = self.down(self.enter(torch.cat([latent, given], 1)), sense)
        y = self.fold(functional.pixel_unshuffle(x, 2))
        for block, look in zip(self.blocks, self.looks, strict=True):
            y = look(block(y, sense), words, there, watch)
        x = self.up(torch.cat([x, functional.pixel_shuffle(self.unfold(y), 2)], 1), sense)
        x = self.last(self.look(x, words, there, watch), sense)
        return self.leave(functional.silu(self.norm(x)))
