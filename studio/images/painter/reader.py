"""The painter's reader: words and a palette to what the net looks at.

Two slots at the front mean nothing: a place that no word concerns looks there, so that maps of words say something.
"""

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn

NOTHING = 2  # slots at the front
COLOURS = 5  # slots at the end


class Reader(ModelMixin, ConfigMixin):
    @register_to_config
    def __init__(self, rows: int = 2048, width: int = 192, layers: int = 2, most: int = 24, words: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.table = nn.Embedding(rows, width)
        self.place = nn.Parameter(torch.randn(most, width) * 0.02)
        self.nothing = nn.Parameter(torch.randn(NOTHING, width) * 0.5)
        self.colour = nn.Sequential(nn.Linear(3, width), nn.SiLU(), nn.Linear(width, width))
        nn.init.normal_(self.table.weight, std=0.5)
        made = [
            nn.TransformerEncoderLayer(width, 6, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True) for _ in range(layers)
        ]
        self.stack = nn.ModuleList(made)
        self.norm = nn.LayerNorm(width)

    def forward(self, ids: Tensor, palette: Tensor) -> tuple[Tensor, Tensor]:
        """`ids` [n, up to `most`], -1 where no word is; `palette` [n, 5, 3] from 0 to 1, negative where none is.

        Gives the states and how much each counts: 1 or 0.
        """
        count = len(ids)
        x = self.table(ids.clamp_min(0)) + self.place[: ids.shape[1]]
        swatches = self.colour(palette.clamp_min(0).to(x.dtype) * 2 - 1)
        x = torch.cat([self.nothing.expand(count, -1, -1).to(x.dtype), x, swatches], 1)
        always = torch.ones(count, NOTHING, dtype=torch.bool, device=ids.device)
        there = torch.cat([always, ids >= 0, palette[..., 0] >= 0], 1)
        unseen = torch.zeros_like(there, dtype=x.dtype).masked_fill(~there, -1e4)
        mask = unseen[:, None, None, :].expand(-1, 6, x.shape[1], -1).flatten(0, 1)
        for layer in self.stack:
            x = layer(x, src_mask=mask)
        return self.norm(x), there.float()
