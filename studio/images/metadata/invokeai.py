"""What InvokeAI writes: `invokeai_metadata` (3 and later), `sd-metadata` (2), and the `Dream` command line (1 and 2).

The older two keep what to avoid in square brackets inside the prompt. Weighted prompts are joined.
"""

import re
from typing import Any

from studio.images.metadata.found import Found, dict_of, real, size_of, whole, words

_AVOID = re.compile(r"\[([^\[\]]*)\]")
_DREAM = re.compile(r'\s*"((?:[^"\\]|\\.)*)"(.*)', re.S)
_FLAG = re.compile(r"\s-([A-Za-z])\s*([^\s-]\S*)")
_NEW = ("positive_prompt", "negative_prompt", "seed", "steps", "cfg_scale", "scheduler", "width", "height", "model", "guidance")
_OLD = ("prompt", "seed", "steps", "cfg_scale", "sampler", "width", "height")


def read_invokeai(texts: dict[str, str]) -> Found | None:
    if new := dict_of(texts.get("invokeai_metadata", "")):
        return _new(new)
    if isinstance(image := (old := dict_of(texts.get("sd-metadata", ""))).get("image"), dict):
        return _old(old, image)
    if dream := _DREAM.fullmatch(texts.get("Dream", "")[:20_000]):
        return _dream(dream[1], dream[2])
    return None


def _new(data: dict[str, Any]) -> Found:
    guidance = data.get("guidance") if data.get("cfg_scale") in (None, 1, 1.0) else None  # Flux has one of its own
    return Found(
        source="invokeai", prompt=words(data.get("positive_prompt")), avoid=words(data.get("negative_prompt")),
        seed=whole(data.get("seed")), steps=whole(data.get("steps")),
        guidance=real(data.get("cfg_scale") if guidance is None else guidance), sampler=words(data.get("scheduler")),
        size=size_of(data.get("width"), data.get("height")), model=_model(data.get("model")),
        rest={name: value for name, value in data.items() if name not in _NEW},
    )  # fmt: skip


def _model(value: Any) -> str:
    if isinstance(value, dict):
        return words(value.get("model_name")) or words(value.get("name"))
    return words(value)


def _old(data: dict[str, Any], image: dict[str, Any]) -> Found:
    prompts = image.get("prompt")
    if isinstance(prompts, list):
        prompts = ", ".join(words(one.get("prompt")) for one in prompts if isinstance(one, dict))
    prompt, avoid = _split(words(prompts))
    rest = {name: value for name, value in data.items() if name not in ("image", "model_weights")}
    return Found(
        source="invokeai", prompt=prompt, avoid=avoid, seed=whole(image.get("seed")), steps=whole(image.get("steps")),
        guidance=real(image.get("cfg_scale")), sampler=words(image.get("sampler")),
        size=size_of(image.get("width"), image.get("height")), model=words(data.get("model_weights")),
        rest=rest | {name: value for name, value in image.items() if name not in _OLD},
    )  # fmt: skip


def _dream(quoted: str, flags: str) -> Found:
    prompt, avoid = _split(re.sub(r"\\(.)", r"\1", quoted))
    said = dict(_FLAG.findall(flags))
    rest = {name: value for name, value in said.items() if name not in "sSCAWH"}
    return Found(
        source="invokeai", prompt=prompt, avoid=avoid, seed=whole(said.get("S")), steps=whole(said.get("s")),
        guidance=real(said.get("C")), sampler=said.get("A", ""), size=size_of(said.get("W"), said.get("H") or 0), rest=rest,
    )  # fmt: skip


def _split(prompt: str) -> tuple[str, str]:
    """What is wanted, and what stands in brackets."""
    avoid = ", ".join(part.strip(" ,") for part in _AVOID.findall(prompt))
    return " ".join(_AVOID.sub("", prompt).split()).strip(" ,"), avoid.strip(" ,")
