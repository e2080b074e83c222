"""Families of picture models: what a diffusers folder is told by its own files, and how its family likes to be asked.

Reads configuration files only and imports no model library, so that the page may ask too. A folder of a family that is not
listed here can still be played if diffusers knows it (`engines/diffusion/`); of such a one only `paint` is promised here.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FROM_WORDS, FROM_PICTURE, INPAINT = "", "Img2Img", "Inpaint"
TASKS = {FROM_WORDS: ("paint", "walk"), FROM_PICTURE: ("from-sketch", "restyle"), INPAINT: ("repaint",)}
FEW = 10  # steps from which on a model is not one of the quick ones
_ALL = (FROM_WORDS, FROM_PICTURE, INPAINT)
_PAIR = ("prompt_embeds", "negative_prompt_embeds")
_POOLED = (*_PAIR, "pooled_prompt_embeds", "negative_pooled_prompt_embeds")


@dataclass(frozen=True)
class Family:
    stem: str  # of the names of its pipelines
    steps: int
    guidance: float
    words: tuple[str, ...] = ()  # what `encode_prompt` gives, by the names the pipeline takes it; "" is not passed on
    quick: tuple[int, float] = (0, 0.0)  # steps and guidance of its distilled models
    kinds: tuple[str, ...] = _ALL
    packed: bool = False  # latents are rows of 2 x 2 patches
    takes_all: bool = False  # its pictures from pictures take every step asked for, however little is to change
    cfg_above: float = 1.0  # guidance from which on the model is asked twice, and hears what to avoid


FAMILIES = (
    Family("StableDiffusion", 30, 7.5, _PAIR, quick=(2, 0.0)),
    Family("StableDiffusionXL", 30, 6.0, _POOLED, quick=(2, 0.0)),
    Family("StableDiffusion3", 28, 5.0, _POOLED, quick=(4, 0.0)),
    Family(
        "LatentConsistencyModel", 4, 8.0, ("prompt_embeds", ""), kinds=(FROM_WORDS, FROM_PICTURE), takes_all=True, cfg_above=1e9
    ),
    Family("Flux", 28, 3.5, ("prompt_embeds", "pooled_prompt_embeds", ""), quick=(4, 0.0), packed=True, cfg_above=1e9),
    Family("ZImage", 50, 4.0, _PAIR, quick=(8, 0.0), cfg_above=0.0),
)


def family_of(name: str) -> Family | None:
    """The family of a pipeline, by the name of its class."""
    return next((one for one in FAMILIES for kind in one.kinds if name == f"{one.stem}{kind}Pipeline"), None)


def read(folder: Path, *parts: str) -> dict[str, Any]:
    """A configuration file of a model folder; nothing when it is not there or not readable."""
    try:
        told = json.loads(folder.joinpath(*parts).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def class_of(folder: Path) -> str:
    name = read(folder, "model_index.json").get("_class_name")
    return name if isinstance(name, str) else ""


def kinds_of(folder: Path) -> tuple[str, ...]:
    """From words, from pictures, inpainting: what the weights in a folder were made for."""
    name = class_of(folder)
    family = family_of(name)
    if family is None:
        return ()
    taken = read(folder, "unet", "config.json").get("in_channels", 4)
    if taken == 9:  # four of noise, four of the masked picture, one of the mask
        return (INPAINT,) if INPAINT in family.kinds else ()
    if taken != 4:
        return ()  # told what to change in words, or given depth: nothing that is asked for here
    if name == "StableDiffusionXLImg2ImgPipeline":  # a refiner
        return (FROM_PICTURE,)
    return family.kinds


def tasks_of(folder: Path) -> tuple[str, ...]:
    """What can be asked of the model in a folder; nothing if it is no diffusers folder."""
    kinds = kinds_of(folder)
    if not kinds:
        name, taken = class_of(folder), read(folder, "unet", "config.json").get("in_channels", 4)
        return ("paint",) if name and family_of(name) is None and taken == 4 else ()
    tasks = [task for kind in kinds for task in TASKS[kind]]
    if FROM_PICTURE in kinds and INPAINT not in kinds and FROM_WORDS in kinds:
        tasks.append("repaint")  # with masked latents
    return tuple(tasks)


def is_quick(folder: Path) -> bool:
    """Was it distilled to few steps? Told by how its noise is scheduled, for nothing else in a folder tells."""
    scheduler = read(folder, "scheduler", "scheduler_config.json")
    kind = str(scheduler.get("_class_name", ""))
    if "Flux" in class_of(folder):
        return not read(folder, "transformer", "config.json").get("guidance_embeds", False)
    if "ZImage" in class_of(folder):
        return float(scheduler.get("shift", 6.0)) <= 3.0
    if kind in ("LCMScheduler", "TCDScheduler"):
        return True
    return kind.startswith("Euler") and scheduler.get("timestep_spacing") == "trailing"


def usual(folder: Path) -> tuple[int, float]:
    """Steps and guidance as its makers recommend them."""
    family = family_of(class_of(folder)) or Family("", 30, 5.0)
    return family.quick if family.quick[0] and is_quick(folder) else (family.steps, family.guidance)
