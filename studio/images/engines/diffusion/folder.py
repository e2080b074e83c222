"""A model folder in diffusers form: looked over before anything is loaded, then opened as a pipeline.

Safetensors only, nothing is fetched, and no code that comes with a model is run. A sentence says what is missing.
"""

import json
import struct
from pathlib import Path
from typing import Any

from studio.core.card import Card
from studio.core.engine import Place
from studio.core.errors import LoadFailed, load_failed
from studio.images.painting.families import class_of, read

KNOWN_MAKERS = ("diffusers", "transformers")
WEIGHTLESS = ("scheduler", "tokenizer", "image_processor", "processor")
LEFT_OUT = ("safety_checker", "feature_extractor", "image_encoder")  # what only looks at pictures that are there already
AGAIN = "Get the model again."


def check(card: Card, folder: Path) -> None:
    """Raises LoadFailed unless every part the index names is there, in a form that may be loaded."""
    index = read(folder, "model_index.json")
    if not class_of(folder):
        raise LoadFailed(f"{card.title} has no readable model_index.json, so it is no model in diffusers form. {AGAIN}")
    for part, made_by in index.items():
        if part.startswith("_") or not isinstance(made_by, list) or len(made_by) != 2 or made_by[1] is None:
            continue
        if part in LEFT_OUT:
            continue
        maker = str(made_by[0])
        # A maker without a dot that is none of the two is a folder of the pipeline's own inside diffusers, or code of the model.
        if maker.split(".")[0] not in KNOWN_MAKERS and (folder / part / f"{maker}.py").exists():
            raise LoadFailed(
                f"{card.title} brings code of its own ({part}), which the studio never runs. Choose another form of it."
            )
        _check_part(card, folder / part, part)


def _check_part(card: Card, folder: Path, part: str) -> None:
    if not folder.is_dir():
        raise LoadFailed(f"{card.title} is incomplete: its {part} is missing. {AGAIN}")
    if any(part.startswith(name) for name in WEIGHTLESS):
        if not any(folder.iterdir()):
            raise LoadFailed(f"{card.title} is incomplete: its {part} is empty. {AGAIN}")
        return
    if not read(folder, "config.json"):
        raise LoadFailed(f"{card.title} is incomplete: its {part} has no readable config.json. {AGAIN}")
    if not list(folder.glob("*.safetensors")):
        pickled = any(folder.glob("*.bin")) or any(folder.glob("*.ckpt"))
        why = "only has weights in a form that can hold code" if pickled else "has no weights"
        raise LoadFailed(f"{card.title} cannot be loaded: its {part} {why}. Get it in safetensors form.")
    for listed in folder.glob("*.safetensors.index*.json"):
        names = set(read(folder, listed.name).get("weight_map", {}).values())
        missing = sorted(name for name in names if not (folder / str(name)).is_file())
        if missing:
            raise LoadFailed(f"{card.title} is incomplete: {part}/{missing[0]} is missing. {AGAIN}")


def open_pipeline(card: Card, folder: Path, place: Place) -> Any:
    """The pipeline its index names, on its device; without a safety checker, which none of the cards promises."""
    check(card, folder)
    import diffusers
    import torch

    quiet()
    off: dict[str, Any] = {name: None for name in LEFT_OUT if name in read(folder, "model_index.json")}
    options: dict[str, Any] = {"local_files_only": True, "use_safetensors": True, "trust_remote_code": False, **off}
    if _only_variant(folder):
        options["variant"] = "fp16"
    try:
        pipe = diffusers.DiffusionPipeline.from_pretrained(folder, dtype=precision(folder, place), **options)
        pipe.set_progress_bar_config(disable=True)
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                part.eval().requires_grad_(False)
        return pipe.to(place.device)
    except Exception as error:
        raise load_failed(card.title, error, "is no picture model that this version of diffusers can load") from error


def quiet() -> None:
    """No bars and hints on a terminal nobody reads: what matters is raised."""
    import diffusers
    import transformers

    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()


def _only_variant(folder: Path) -> bool:
    """Was only the 16-bit form fetched?"""
    weights = list((folder / _denoiser(folder)).glob("*.safetensors"))
    return bool(weights) and all(".fp16." in path.name for path in weights)


def _denoiser(folder: Path) -> str:
    return "transformer" if (folder / "transformer").is_dir() else "unet"


def precision(folder: Path, place: Place) -> Any:
    """32 bits on a processor, where 16 are slower, unless only 16 fit. On accelerators 16; transformers need the wide range."""
    import torch

    transformer = _denoiser(folder) == "transformer"
    if place.device == "cpu":
        size = sum(path.stat().st_size for path in folder.glob("*/*.safetensors"))
        whole = size * 4 // _stored_bytes(folder)
        return torch.bfloat16 if 0 < place.memory < whole else torch.float32
    if transformer and (place.device != "cuda" or torch.cuda.is_bf16_supported()):
        return torch.bfloat16
    return torch.float16


def _stored_bytes(folder: Path) -> int:
    """Bytes a number of the largest part takes on disk, from the head of its file."""
    for path in sorted((folder / _denoiser(folder)).glob("*.safetensors")):
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                head = json.loads(file.read(min(length, 1 << 25)))
            kinds = {value["dtype"] for name, value in head.items() if name != "__metadata__"}
        except (OSError, ValueError, KeyError, TypeError, struct.error):
            continue
        return 2 if kinds & {"F16", "BF16"} else 4
    return 4
