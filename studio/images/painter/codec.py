"""The painter's codec: a picture of 8n pixels to 8 channels of n, and back.

Body at low resolution, a pixel-shuffle head, and a straight linear way beside both, so that it is quick on a processor
(decoding costs about two steps of the painter). Channels leave it whitened. Torch is imported when a class is asked for.
"""

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Module):
    """Two convolutions beside a straight way; begins as nothing, so no norm is needed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(functional.silu(self.first(functional.silu(x))))


class Encoder(nn.Module):
    def __init__(self, channels: int, fine: int, coarse: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, fine, 3, padding=1), Block(fine), Block(fine))
        self.coarse = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * fine, coarse, 1), Block(coarse), Block(coarse))
        self.last = nn.Conv2d(coarse, channels, 1)
        self.straight = nn.Sequential(nn.PixelUnshuffle(8), nn.Conv2d(192, channels, 1))
        nn.init.zeros_(self.last.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.coarse(self.fine(x))) + self.straight(x)


class Decoder(nn.Module):
    def __init__(self, channels: int, fine: int, coarse: int) -> None:
        super().__init__()
        self.coarse = nn.Sequential(nn.Conv2d(channels, coarse, 3, padding=1), Block(coarse), Block(coarse), Block(coarse))
        self.fine = nn.Sequential(nn.Conv2d(coarse, 4 * fine, 1), nn.PixelShuffle(2), Block(fine), Block(fine))
        self.last = nn.Conv2d(fine, 48, 3, padding=1)
        self.straight = nn.Sequential(nn.Conv2d(channels, 192, 1), nn.PixelShuffle(8))
        nn.init.zeros_(self.last.weight)

    def forward(self, z: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.last(self.fine(self.coarse(z))), 4) + self.straight(z)


class Codec(ModelMixin, ConfigMixin):
    """Pictures are -1 to 1; latents have mean 0 and spread 1 in every channel."""

    @register_to_config
    def __init__(self, channels: int = 8, fine: int = 64, coarse: int = 128, decoder_coarse: int = 160) -> None:
        super().__init__()
        self.encoder = Encoder(channels, fine, coarse)
        self.whiten = nn.BatchNorm2d(channels, affine=False, momentum=0.02)
        self.decoder = Decoder(channels, fine, decoder_coarse)

    def encode(self, picture: Tensor) -> Tensor:
        return self.whiten(self.encoder(picture).float())

    def decode(self, latent: Tensor) -> Tensor:
        return self.decoder(latent)

    @torch.no_grad()
    def begin(self, pictures: Tensor) -> None:
        """Starts the straight ways from the main components of the pictures' 8 x 8 squares."""
        rows = functional.pixel_unshuffle(pictures, 8).permute(0, 2, 3, 1).reshape(-1, 192)
        mean = rows.mean(0)
        _, spread, axes = torch.linalg.svd(rows - mean, full_matrices=False)
        count = self.config["channels"]
        size = (spread[:count] / len(rows) ** 0.5)[:, None]
        into, out = self.encoder.straight[1], self.decoder.straight[0]
        into.weight.copy_((axes[:count] / size)[..., None, None])
        into.bias.copy_(-(axes[:count] / size) @ mean)
        out.weight.copy_((axes[:count] * size).T[..., None, None])
        out.bias.copy_(mean)
