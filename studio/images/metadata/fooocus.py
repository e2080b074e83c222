"""What Fooocus writes in its own scheme: one flat JSON object under `parameters`, or in the EXIF comment."""

from typing import Any

from studio.images.metadata.found import Found, real, size_of, whole, words

_KNOWN = ("prompt", "negative_prompt", "seed", "steps", "guidance_scale", "sampler", "resolution", "base_model")


def read_fooocus(data: dict[str, Any]) -> Found | None:
    if "base_model" not in data and "fooocus" not in str(data.get("version", ""))[:40].lower():
        return None
    resolution = data.get("resolution")
    size = size_of(*resolution[:2]) if isinstance(resolution, list) and len(resolution) > 1 else size_of(resolution)
    rest = {name: value for name, value in data.items() if name not in _KNOWN}
    return Found(
        source="fooocus", prompt=words(data.get("prompt")), avoid=words(data.get("negative_prompt")),
        seed=whole(data.get("seed")), steps=whole(data.get("steps")), guidance=real(data.get("guidance_scale")),
        sampler=words(data.get("sampler")), size=size, model=words(data.get("base_model")), rest=rest,
    )  # fmt: skip
