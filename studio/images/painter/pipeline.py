"""PainterPipeline: the embedded painter as a diffusers pipeline, from words, a palette and what else is given to pictures.

`PainterPipeline.from_pretrained(folder)` needs no code from the folder. Calling it gives pictures like any pipeline;
`painted` gives every step of one picture, for previews and for stopping between steps. It paints at about 128 x 128 pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.pipeline_utils import DiffusionPipeline, ImagePipelineOutput
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from PIL import Image
from torch import Tensor
from torch.nn import functional

from studio.images.painter.codec import Codec
from studio.images.painter.net import GIVEN, PainterNet
from studio.images.painter.reader import COLOURS, NOTHING, Reader
from studio.images.painter.words import Read, Vocabulary

SQUARE = 8  # pixels a latent place stands for


@dataclass(frozen=True)
class Heard:
    """Words as the net looks at them: states, and how much each counts. The first slots mean nothing."""

    states: Tensor
    there: Tensor


@dataclass
class Given:
    """What a picture begins from beside words. `start` is a latent to begin at, `moment` how far from it (1: at noise)."""

    channels: Tensor
    start: Tensor | None = None
    moment: float = 1.0
    known: Tensor | None = None  # 1 where `start` must stay


@dataclass
class Step:
    """After step `done`: the latent, and the picture it is heading for."""

    done: int
    of: int
    latent: Tensor
    clean: Tensor
    looks: list[Tensor] = field(default_factory=list)  # [places, words], one of every attention


class PainterPipeline(DiffusionPipeline):
    model_cpu_offload_seq = "reader->net->codec"

    def __init__(
        self, codec: Codec, reader: Reader, net: PainterNet, scheduler: FlowMatchEulerDiscreteScheduler, distilled: bool = False,
        steps: int = 16, guidance: float = 3.0, colours: list[list[float]] | None = None,
    ) -> None:  # fmt: skip
        """`distilled`: guidance is an input of the net and costs no second look. `colours`: latent to colour, for previews."""
        super().__init__()
        self.register_modules(codec=codec, reader=reader, net=net, scheduler=scheduler)
        self.register_to_config(distilled=distilled, steps=steps, guidance=guidance, colours=colours)
        self.vocabulary = Vocabulary(reader.config["words"])

    def read(self, text: str) -> Read:
        return self.vocabulary.read(text)

    @torch.no_grad()
    def hear(self, text: str, palette: tuple[str, ...] = ()) -> Heard:
        ids = torch.full((1, self.reader.config["most"]), -1)
        row = self.read(text).ids
        ids[0, : len(row)] = torch.tensor(row, dtype=torch.long)
        swatches = torch.full((1, COLOURS, 3), -1.0)
        for at, colour in enumerate(palette[:COLOURS]):
            swatches[0, at] = torch.tensor([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        states, there = self.reader(ids.to(self.device), swatches.to(self.device))
        return Heard(states, there)

    def between(self, one: Heard, other: Heard, share: float) -> Heard:
        """Both at once, each counting by its share: on the way from one to the other no state in between means nothing."""
        if share in (0.0, 1.0):
            return other if share else one
        there = torch.cat([one.there * (1 - share), other.there * share], 1)
        return Heard(torch.cat([one.states, other.states], 1), there)

    def nothing_given(self, high: int, wide: int) -> Tensor:
        return torch.zeros(1, GIVEN, high, wide, device=self.device)

    @torch.no_grad()
    def encoded(self, picture: Image.Image, high: int, wide: int) -> Tensor:
        """A picture as a latent of so many places."""
        fit = picture.convert("RGB").resize((wide * SQUARE, high * SQUARE), Image.Resampling.LANCZOS)
        x = torch.from_numpy(np.array(fit)).permute(2, 0, 1)[None].float() / 127.5 - 1
        return self.codec.encode(x.to(self.device))

    @torch.no_grad()
    def decoded(self, latent: Tensor) -> Image.Image:
        x = self.codec.decode(latent)[0].float().clamp(-1, 1).add(1).mul(127.5).round().byte()
        return Image.fromarray(x.permute(1, 2, 0).cpu().numpy())

    def coloured(self, latent: Tensor) -> Image.Image:
        """A latent as a small picture, one pixel a place."""
        matrix = torch.tensor(self.config["colours"], device=latent.device)
        x = torch.einsum("chw,cr->hwr", latent[0], matrix[:-1]) + matrix[-1]
        return Image.fromarray(x.clamp(0, 1).mul(255).round().byte().cpu().numpy())

    @torch.no_grad()
    def painted(
        self, noise: Tensor, words: Heard, without: Heard, given: Given, steps: int, guidance: float, two: bool,
        watch: bool = False,
    ) -> Iterator[Step]:  # fmt: skip
        """One picture, step by step. `two`: a second look at `without` instead of guidance as an input."""
        scheduler = type(self.scheduler).from_config(self.scheduler.config)  # it has a state
        scheduler.set_timesteps(steps, device=self.device)
        moments = [s for s in scheduler.sigmas.tolist() if s <= given.moment + 1e-6]
        if given.start is None:
            x = noise
        else:
            moments = [given.moment, *(s for s in moments if s < given.moment - 0.02)]
            x = given.moment * noise + (1 - given.moment) * given.start
        looks: list[Tensor] = []
        for done, (now, then) in enumerate(zip(moments[:-1], moments[1:], strict=True)):
            looks.clear()
            way = self._way(x, now, words, without, given.channels, guidance, two, looks if watch else None)
            clean = x - now * way
            x = x + (then - now) * way
            if given.known is not None and given.start is not None:
                there = (1 - then) * given.start + then * noise
                x = torch.where(given.known > 0.5, there, x)
                clean = torch.where(given.known > 0.5, given.start, clean)
            yield Step(done + 1, len(moments) - 1, x, clean, list(looks))

    def _way(
        self, x: Tensor, now: float, words: Heard, without: Heard, given: Tensor, guidance: float, two: bool,
        looks: list[Tensor] | None,
    ) -> Tensor:  # fmt: skip
        moment = torch.full((1,), now, device=x.device)
        strength = torch.full((1,), guidance, device=x.device) if self.config["distilled"] else None

        def seen(share: Tensor) -> None:
            if looks is not None:
                looks.append(share[0])

        if not two:
            return self.net(x, moment, words.states, words.there, given, strength, seen if looks is not None else None)
        if self.config["distilled"]:
            strength = torch.ones_like(moment)
        yes = self.net(x, moment, words.states, words.there, given, strength, seen if looks is not None else None)
        no = self.net(x, moment, without.states, without.there, given, strength)
        return no + guidance * (yes - no)

    @torch.no_grad()
    def __call__(
        self, prompt: str | list[str] = "", negative_prompt: str = "", num_inference_steps: int = 0,
        guidance_scale: float | None = None,
        height: int = 128, width: int = 128, generator: torch.Generator | list[torch.Generator] | None = None,
        num_images_per_prompt: int = 1,
    ) -> Any:  # fmt: skip
        """Pictures from words, as pipelines are called."""
        texts = [one for one in ([prompt] if isinstance(prompt, str) else prompt) for _ in range(num_images_per_prompt)]
        guidance = float(self.config["guidance"] if guidance_scale is None else guidance_scale)
        high, wide = height // SQUARE, width // SQUARE
        without = self.hear(negative_prompt)
        two = guidance != 1.0 and (not self.config["distilled"] or bool(negative_prompt))
        images = []
        for at, text in enumerate(self.progress_bar(texts)):
            chance = generator[at] if isinstance(generator, list) else generator
            noise = torch.randn(1, self.codec.config["channels"], high, wide, generator=chance).to(self.device)
            steps = num_inference_steps or int(self.config["steps"])
            given = Given(self.nothing_given(high, wide))
            *_, last = self.painted(noise, self.hear(text), without, given, steps, guidance, two)
            images.append(self.decoded(last.latent))
        return ImagePipelineOutput(images=images)


def seen_from_afar(latent: Tensor, grid: int) -> Tensor:
    """The means of so many squares a side, in place."""
    return functional.interpolate(functional.adaptive_avg_pool2d(latent, grid), size=latent.shape[2:], mode="nearest")


def word_maps(steps: list[list[Tensor]], count: int, high: int, wide: int) -> Tensor:
    """Where each of `count` words acted, [words, high, wide], 0 to 1 for the strongest place of each: the mean of all looks."""
    total = torch.zeros(count, high, wide)
    for looks in steps:
        for share in looks:
            mine = share[:, NOTHING : NOTHING + count].T
            side = high // 2 if mine.shape[1] != high * wide else high
            tiles = mine.reshape(1, count, side, -1).float().cpu()
            total += functional.interpolate(tiles, size=(high, wide), mode="bilinear", align_corners=False)[0]
    total -= total.amin((1, 2), keepdim=True)
    return total / total.amax((1, 2), keepdim=True).clamp_min(1e-6)
