"""The first part of the painter: its codec, learned on squares of the pictures, and the latents of them all."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.training.painter_run import Run
from studio.training.pictures import Pictures

CROP, BATCH = 64, 32
NOISE, FAR = 0.08, 0.4  # how far off latents are


def tensor_of(pictures: Any) -> Any:
    """uint8 [n, h, w, 3] to -1 to 1."""
    import torch

    return (
        torch.from_numpy(np.array(pictures))
        .permute(0, 3, 1, 2)
        .float()
        .div_(127.5)
        .sub_(1)
        .contiguous(memory_format=torch.channels_last)
    )


def bytes_of(pictures: Any) -> Any:
    return pictures.float().clamp(-1, 1).add(1).mul(127.5).round().byte().permute(0, 2, 3, 1).numpy()


def sheet(pictures: Any, across: int) -> Image.Image:
    """Pictures [n, h, w, 3] side by side; what fills no row is left out."""
    across = min(across, len(pictures))
    rows = [np.concatenate(list(pictures[at : at + across]), 1) for at in range(0, len(pictures) - across + 1, across)]
    return Image.fromarray(np.concatenate(rows, 0))


def loss_of(made: Any, wanted: Any) -> Any:
    """Difference at three sizes and of the slopes, which keeps edges sharp."""
    from torch.nn.functional import avg_pool2d

    total = (made - wanted).abs().mean()
    total = total + 0.5 * sum((a.diff(dim=d) - b.diff(dim=d)).abs().mean() for a, b in ((made, wanted),) for d in (2, 3))
    for factor in (2, 4):
        total = total + 0.5 * (avg_pool2d(made, factor) - avg_pool2d(wanted, factor)).abs().mean()
    return total


class CodecTraining:
    name, peak = "codec", 2e-3

    def __init__(self, pictures: Pictures, out: Path, minutes: float, device: str) -> None:
        import torch

        from studio.images.painter.codec import Codec

        torch.manual_seed(0)
        self.pictures, self.out, self.device = pictures, out, device
        self.chance = np.random.default_rng()
        self.train = np.array([at for at, item in enumerate(pictures.items) if not item.held])
        weight = np.array([2.5 if pictures.items[at].sort == "art" else 1.0 for at in self.train])
        self.weight = weight / weight.sum()
        held = [at for at, item in enumerate(pictures.items) if item.held]
        self.held = tensor_of(np.stack([pictures.picture(at) for at in held[:: max(1, len(held) // 64)][:64]])).to(device)
        model = Codec()
        if not (out / f"{self.name}.pt").exists():
            self.begin(model)
        self.run = Run(out, self.name, model.to(device, memory_format=torch.channels_last), minutes, self.peak, 0.998, device)

    def begin(self, model: Any) -> None:
        some = self.chance.choice(self.train, 200, p=self.weight)
        model.begin(tensor_of(np.stack([self.pictures.picture(at) for at in some])))

    def step(self) -> tuple[Any, int]:
        import torch

        crops = []
        for at in self.chance.choice(self.train, BATCH, p=self.weight):
            y, x = self.chance.integers(0, 128 - CROP + 1, 2)
            one = self.pictures.picture(at)[y : y + CROP, x : x + CROP]
            crops.append(one[:, ::-1] if self.chance.random() < 0.5 else one)
        wanted = tensor_of(np.stack(crops)).to(self.device)
        with torch.autocast(self.device, torch.bfloat16):
            made = self.run.model.decode(self.noisy(self.run.model, wanted))
        return loss_of(made.float(), wanted), BATCH

    def noisy(self, model: Any, wanted: Any) -> Any:
        """Latents a little off, as a painter's will be."""
        import torch

        latent = model.encode(wanted)
        return latent + NOISE * torch.randn_like(latent)

    def look(self, mean: Any) -> dict[str, float]:
        import torch

        with torch.autocast(self.device, torch.bfloat16):
            made = mean.decode(mean.encode(self.held)).float().clamp(-1, 1)
        error = ((made - self.held) ** 2).mean((1, 2, 3)).clamp_min(1e-6)
        both = torch.stack([self.held[:32], made[:32]], 1).flatten(0, 1).cpu()
        sheet(bytes_of(both), 16).save(self.out / f"{self.name}.png")
        return {"psnr": float((20 * math.log10(2) - 10 * error.log10()).mean())}


class DecoderTraining(CodecTraining):
    """The way back alone, from latents as far off as a small painter's are; the latents themselves stay what they were."""

    name, peak = "decoder", 1e-3

    def begin(self, model: Any) -> None:
        from studio.images.painter.codec import Codec

        model.load_state_dict(Codec.from_pretrained(self.out / "codec").state_dict())

    def noisy(self, model: Any, wanted: Any) -> Any:
        import torch

        model.whiten.eval()
        with torch.no_grad():
            latent = model.encode(wanted)
        return latent + FAR * torch.rand(len(latent), 1, 1, 1, device=latent.device) * torch.randn_like(latent)


def train_codec(
    pictures: Pictures, out: Path, minutes: float, device: str, stop_after: float, kind: type[CodecTraining] = CodecTraining
) -> None:
    work = kind(pictures, out, minutes, device)
    work.run.train(work.step, work.look, stop_after)
    work.run.mean.save_pretrained(out / "codec")
