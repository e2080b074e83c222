"""A loaded picture model: its pipelines for words, pictures and inpainting, which share the weights, and one picture made.

A pipeline is put together anew for every picture and given a scheduler of its own, because both keep state.
"""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.core.card import Card
from studio.core.engine import Place
from studio.core.errors import LoadFailed, Refused
from studio.images.ask import PictureAsk
from studio.images.engines.diffusion.beside import Halt
from studio.images.engines.diffusion.folder import open_pipeline
from studio.images.engines.diffusion.looks import Looks
from studio.images.engines.diffusion.noise import drawing
from studio.images.engines.diffusion.plan import Plan, Usual
from studio.images.engines.diffusion.watch import Seen, watched
from studio.images.engines.diffusion.words import Heard, Words
from studio.images.painting.families import (
    FROM_PICTURE,
    FROM_WORDS,
    INPAINT,
    TASKS,
    family_of,
    kinds_of,
    usual,
)

if TYPE_CHECKING:
    from PIL import Image

TILED = 1280 * 1280  # pixels from which on the decoder works in tiles; whole it would need more than 4 GB
SHORT = 16 << 30  # of memory: below this attention is computed in slices where it is not done so anyway


class Model:
    def __init__(self, card: Card, folder: Path, place: Place) -> None:
        self.title = card.title
        self._pipe = open_pipeline(card, folder, place)
        name = type(self._pipe).__name__
        self.family = family_of(name)
        self._classes = _classes(self._pipe, folder)
        if not self._classes:
            raise LoadFailed(
                f"{card.title} is a {name}, which paints neither from words nor from pictures. Choose another model."
            )
        skip = int(card.options.get("clip_skip", 0))
        self.words = Words(self._pipe, self.family, (card.id, card.revision, str(folder)), skip)
        self.usual = _usual(card, folder, self._pipe)
        self.looks = Looks(self._pipe, self.family is not None and self.family.packed)
        self.halt = Halt()
        _listen(self._pipe, lambda *_: self.halt.check())
        if place.device == "mps" and place.memory < SHORT:
            self._pipe.enable_attention_slicing()

    @property
    def tasks(self) -> tuple[str, ...]:
        tasks = [task for kind in self._classes for task in TASKS[kind]]
        return (*tasks, "repaint") if self._masks_latents else tuple(tasks)

    @property
    def _masks_latents(self) -> bool:
        """Can it change pictures, but has no pipeline that inpaints?"""
        return INPAINT not in self._classes and {FROM_WORDS, FROM_PICTURE} <= self._classes.keys()

    def paint(self, ask: PictureAsk, index: int, plan: Plan, heard: Heard, seen: Seen) -> "Image.Image":
        """One picture, as the pipeline gives it. Raises Halted when `halt` is set."""
        kind = FROM_PICTURE if plan.kind == INPAINT and self._masks_latents else plan.kind
        mask = _latent_mask(plan.mask) if kind != plan.kind else None
        scheduler = watched(self._pipe.scheduler, seen, mask)
        pipe = _assembled(self._pipe, self._classes[kind], scheduler)
        _tile(self._pipe, plan.width * plan.height > TILED)
        generator, mixed = drawing(ask, index)
        wanted: dict[str, Any] = {
            "width": plan.width, "height": plan.height, "num_inference_steps": plan.steps, "guidance_scale": plan.guidance,
            "generator": generator, "output_type": "pil", "num_images_per_prompt": 1,
        }  # fmt: skip
        if plan.kind != FROM_WORDS:
            wanted |= {"image": plan.picture, "mask_image": plan.mask, "strength": plan.strength}
        takes = inspect.signature(pipe.__call__).parameters
        with mixed:
            done = pipe(**{name: value for name, value in (wanted | heard).items() if name in takes})
        return done.images[0].convert("RGB")  # type: ignore[no-any-return]

    def close(self) -> None:
        self.words = self.looks = self._pipe = None  # type: ignore[assignment]


def _classes(pipe: Any, folder: Path) -> dict[str, type]:
    """The pipelines these weights can be played with: of a listed family by its names, of another as diffusers knows them."""
    import diffusers
    from diffusers.pipelines import auto_pipeline as auto

    name = type(pipe).__name__
    family = family_of(name)
    if family is not None:
        return {kind: getattr(diffusers, f"{family.stem}{kind}Pipeline") for kind in kinds_of(folder)}
    found: dict[str, type] = {}
    maps = {
        FROM_WORDS: auto.AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
        FROM_PICTURE: auto.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        INPAINT: auto.AUTO_INPAINT_PIPELINES_MAPPING,
    }
    models = [model for known in maps.values() for model, kind in known.items() if kind.__name__ == name]
    for kind, known in maps.items():
        fitting = known.get(models[0]) if models else None
        if fitting is not None and _needs(fitting) <= pipe.components.keys():
            found[kind] = fitting
    return found


def _needs(kind: type) -> set[str]:
    """The parts a pipeline cannot do without."""
    optional = set(getattr(kind, "_optional_components", ()))
    told = list(inspect.signature(kind.__init__).parameters.values())[1:]  # type: ignore[misc]
    return {one.name for one in told if one.default is inspect.Parameter.empty and one.name not in optional}


def _assembled(pipe: Any, kind: type, scheduler: Any) -> Any:
    """A pipeline of this kind on the same weights. `from_pipe` would turn them all to 32 bits."""
    takes = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    parts = {name: part for name, part in pipe.components.items() if name in takes}
    parts |= {name: pipe.config[name] for name in takes if name in pipe.config and name not in parts}
    parts |= {name: False for name in ("requires_safety_checker", "add_watermarker") if name in takes}
    made = kind(**{**parts, "scheduler": scheduler})
    made.set_progress_bar_config(disable=True)
    return made


def _usual(card: Card, folder: Path, pipe: Any) -> Usual:
    """What the makers recommend; a card's options `steps`, `guidance` and `side` come first."""
    steps, guidance = usual(folder)
    family = family_of(type(pipe).__name__)
    factor = int(getattr(pipe, "vae_scale_factor", 8))
    unet = getattr(pipe, "unet", None)
    cells = getattr(unet.config, "sample_size", None) if unet is not None else getattr(pipe, "default_sample_size", None)
    side = cells * factor if isinstance(cells, int) else 1024
    return Usual(
        steps=int(card.options.get("steps", steps)),
        guidance=float(card.options.get("guidance", guidance)),
        side=int(card.options.get("side", side)),
        divides=max(8, factor * (1 if unet is not None else 2)),
        takes_all=family is not None and family.takes_all,
    )


def _listen(pipe: Any, check: Any) -> None:
    """Looks at stop before every block of every model, so that even a long step is left soon."""
    import torch

    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module):
            for module in part.modules():
                if next(module.children(), None) is not None:
                    module.register_forward_pre_hook(check)


def _tile(pipe: Any, tiled: bool) -> None:
    """The same for every picture of a size, on any machine: tiles show in the last bits."""
    vae = getattr(pipe, "vae", None)
    if vae is not None and hasattr(vae, "enable_tiling"):
        vae.enable_tiling() if tiled else vae.disable_tiling()


def _latent_mask(mask: "Image.Image | None") -> Any:
    import numpy as np
    import torch

    if mask is None:
        raise Refused("Mark what is to be painted anew.")
    return torch.from_numpy(np.asarray(mask, np.float32) / 255.0)[None, None]
