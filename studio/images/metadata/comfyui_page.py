"""ComfyUI's `workflow`, the graph as it lies on the page, brought into the form of the graph that runs.

A node there has its values in a bare list. What the entries mean is known here for the nodes of every plain graph; of others
only the links are kept. Muted nodes are left out, bypassed ones and reroutes are walked through.
"""

from typing import Any

MUTED, BYPASSED = 2, 4
SEED = ("seed", "")  # behind a seed stands what becomes of it next time
WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": (*SEED, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (
        "add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler", "start_at_step", "end_at_step", "leftover",
    ),
    "SamplerCustom": ("add_noise", "noise_seed", "", "cfg"),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "RandomNoise": ("noise_seed", ""),
    "CFGGuider": ("cfg",),
    "FluxGuidance": ("guidance",),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "CLIPTextEncodeSDXL": ("width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name", "weight_dtype"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "PrimitiveNode": ("value", ""),
    "PrimitiveInt": ("value", ""),
    "PrimitiveFloat": ("value",),
    "PrimitiveString": ("value",),
    "PrimitiveStringMultiline": ("value",),
}  # fmt: skip


def graph_of_page(page: dict[str, Any]) -> dict[str, Any]:
    nodes = [node for node in _list(page.get("nodes")) if isinstance(node, dict) and node.get("mode") != MUTED]
    origins = {}
    for link in _list(page.get("links")):
        if isinstance(link, list) and len(link) >= 5:
            origins[str(link[0])] = [str(link[1]), link[2]]
        elif isinstance(link, dict):
            origins[str(link.get("id"))] = [str(link.get("origin_id")), link.get("origin_slot")]
    return {str(node.get("id")): {"class_type": node.get("type"), "inputs": _inputs(node, origins)} for node in nodes}


def _inputs(node: dict[str, Any], origins: dict[str, list[Any]]) -> dict[str, Any]:
    values = node.get("widgets_values")
    inputs: dict[str, Any] = {}
    if isinstance(values, dict):
        inputs = dict(values)
    elif node.get("mode") != BYPASSED:
        names = WIDGETS.get(str(node.get("type")), ())
        inputs = {name: value for name, value in zip(names, _list(values), strict=False) if name}
    for one in _list(node.get("inputs")):
        if isinstance(one, dict) and str(one.get("link")) in origins:
            inputs[str(one.get("name"))] = origins[str(one.get("link"))]
    return inputs


def _list(value: Any) -> list[Any]:
    return value[:5_000] if isinstance(value, list) else []
