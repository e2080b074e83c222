"""Pictures as ComfyUI writes them: thirty, in fifteen kinds of graph, with what is in them."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.foreign_pictures import Expected, File, draw, png, with_exif

Graph = dict[str, Any]


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"inputs": inputs, "class_type": kind, "_meta": {"title": kind}}


def comfyui() -> Iterator[File]:
    chance = random.Random(4)
    for i in range(30):
        wanted = draw(chance) | {"sampler": chance.choice(("euler", "dpmpp_2m", "uni_pc")), "seed": chance.randrange(2**64)}
        wanted |= {"prompt": wanted["prompt"].strip(), "avoid": wanted["avoid"].strip(), "model": wanted["model"] + ".safetensors"}
        make = KINDS[i % len(KINDS)]
        graph = make(wanted)
        name = f"comfyui {i} {make.__name__.strip('_')}"
        if "nodes" in graph:
            yield name, png({"workflow": json.dumps(graph)}), wanted
        elif i % 5 == 4:
            yield name, with_exif("WEBP", {0x0110: "prompt:" + json.dumps(graph), 0x010F: "workflow:" + json.dumps({"nodes": []})}), wanted
        else:
            yield name, png({"prompt": json.dumps(graph), "workflow": json.dumps({"nodes": [], "links": [], "version": 0.4})}), wanted


def _plain(w: Expected) -> Graph:
    width, height = w["size"]
    return {
        "3": node("KSampler", seed=w["seed"], steps=w["steps"], cfg=w["guidance"], sampler_name=w["sampler"], scheduler="karras", denoise=1.0,
                  model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0]),
        "4": node("CheckpointLoaderSimple", ckpt_name=w["model"]),
        "5": node("EmptyLatentImage", width=width, height=height, batch_size=1),
        "6": node("CLIPTextEncode", text=w["prompt"], clip=["4", 1]),
        "7": node("CLIPTextEncode", text=w["avoid"], clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
    }  # fmt: skip


def _lora(w: Expected) -> Graph:
    graph = _plain(w)
    graph["10"] = node("LoraLoader", lora_name="detail.safetensors", strength_model=0.8, strength_clip=0.8, model=["4", 0], clip=["4", 1])
    graph["11"] = node("LoraLoader", lora_name="light.safetensors", strength_model=0.5, strength_clip=1, model=["10", 0], clip=["10", 1])
    graph["3"]["inputs"]["model"] = ["11", 0]
    graph["6"]["inputs"]["clip"] = graph["7"]["inputs"]["clip"] = ["11", 1]
    return graph


def _words_apart(w: Expected) -> Graph:
    """Words, seed and size each in a little node of its own."""
    graph = _plain(w)
    graph["20"] = node("PrimitiveStringMultiline", value=w["prompt"])
    graph["21"] = node("Seed (rgthree)", seed=w["seed"])
    graph["22"] = node("PrimitiveInt", value=w["size"][0])
    graph["23"] = node("PrimitiveInt", value=w["size"][1])
    graph["24"] = node("PrimitiveFloat", value=w["guidance"])
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["3"]["inputs"] |= {"seed": ["21", 0], "cfg": ["24", 0]}
    graph["5"]["inputs"] |= {"width": ["22", 0], "height": ["23", 0]}
    return graph


def _two_passes(w: Expected) -> Graph:
    graph = _plain(w)
    graph["11"] = node("LatentUpscaleBy", upscale_method="nearest-exact", scale_by=1.5, samples=["3", 0])
    graph["2"] = node("KSampler", **{**graph["3"]["inputs"], "seed": 1, "steps": 15, "denoise": 0.45, "latent_image": ["11", 0]})
    graph["8"]["inputs"]["samples"] = ["2", 0]
    return graph


def _refined(w: Expected) -> Graph:
    """SDXL: the base model, then the refiner with words of its own."""
    graph = _plain(w)
    base = graph["3"]["inputs"]
    del base["seed"], base["denoise"]
    base |= {"noise_seed": w["seed"], "add_noise": "enable", "start_at_step": 0, "end_at_step": 20, "return_with_leftover_noise": "enable"}
    graph["3"]["class_type"] = "KSamplerAdvanced"
    graph["12"] = node("CheckpointLoaderSimple", ckpt_name="sd_xl_refiner_1.0.safetensors")
    graph["15"] = node("CLIPTextEncode", text="other words", clip=["12", 1])
    graph["10"] = node("KSamplerAdvanced", **{**base, "model": ["12", 0], "positive": ["15", 0], "negative": ["15", 0], "noise_seed": 0, "add_noise": "disable", "latent_image": ["3", 0]})
    graph["8"]["inputs"]["samples"] = ["10", 0]
    return graph


def _flux(w: Expected) -> Graph:
    w["avoid"] = ""
    width, height = w["size"]
    return {
        "1": node("UNETLoader", unet_name=w["model"], weight_dtype="fp8_e4m3fn"),
        "2": node("DualCLIPLoader", clip_name1="t5xxl_fp16.safetensors", clip_name2="clip_l.safetensors", type="flux"),
        "3": node("CLIPTextEncode", text=w["prompt"], clip=["2", 0]),
        "26": node("FluxGuidance", guidance=w["guidance"], conditioning=["3", 0]),
        "4": node("BasicGuider", model=["30", 0], conditioning=["26", 0]),
        "5": node("RandomNoise", noise_seed=w["seed"]),
        "6": node("KSamplerSelect", sampler_name=w["sampler"]),
        "7": node("BasicScheduler", scheduler="simple", steps=w["steps"], denoise=1.0, model=["30", 0]),
        "30": node("ModelSamplingFlux", max_shift=1.15, base_shift=0.5, width=width, height=height, model=["1", 0]),
        "9": node("EmptySD3LatentImage", width=width, height=height, batch_size=1),
        "8": node("SamplerCustomAdvanced", noise=["5", 0], guider=["4", 0], sampler=["6", 0], sigmas=["7", 0], latent_image=["9", 0]),
        "11": node("VAEDecode", samples=["8", 0], vae=["10", 0]),
        "10": node("VAELoader", vae_name="ae.safetensors"),
        "12": node("SaveImage", filename_prefix="flux", images=["11", 0]),
    }  # fmt: skip


def _guided(w: Expected) -> Graph:
    avoid = w["avoid"]
    graph = _flux(w)
    w["avoid"] = avoid
    graph["14"] = node("CLIPTextEncode", text=avoid, clip=["2", 0])
    graph["4"] = node("CFGGuider", model=["30", 0], positive=["3", 0], negative=["14", 0], cfg=w["guidance"])
    return graph


def _custom(w: Expected) -> Graph:
    graph = _plain(w)
    graph["30"] = node("KSamplerSelect", sampler_name=w["sampler"])
    graph["31"] = node("SDTurboScheduler", steps=w["steps"], denoise=1, model=["4", 0])
    inputs = {k: v for k, v in graph["3"]["inputs"].items() if k in ("model", "positive", "negative", "latent_image", "cfg")}
    graph["3"] = node("SamplerCustom", **inputs, add_noise=True, noise_seed=w["seed"], sampler=["30", 0], sigmas=["31", 0])
    return graph


def _controlled(w: Expected) -> Graph:
    """Both sides run through one node, which gives the negative second."""
    graph = _plain(w)
    graph["40"] = node("ControlNetLoader", control_net_name="canny.safetensors")
    graph["41"] = node("LoadImage", image="edges.png")
    graph["42"] = node("ControlNetApplyAdvanced", strength=0.7, start_percent=0, end_percent=1, positive=["6", 0], negative=["7", 0], control_net=["40", 0], image=["41", 0])
    graph["3"]["inputs"] |= {"positive": ["42", 0], "negative": ["42", 1]}
    return graph


def _combined(w: Expected) -> Graph:
    graph = _plain(w)
    graph["50"] = node("CLIPTextEncode", text="a second thought", clip=["4", 1])
    graph["51"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["50", 0])
    graph["3"]["inputs"]["positive"] = ["51", 0]
    w["prompt"] += ", a second thought"
    return graph


def _emptied(w: Expected) -> Graph:
    graph = _plain(w)
    graph["7"] = node("ConditioningZeroOut", conditioning=["6", 0])
    w["avoid"] = ""
    return graph


def _large_words(w: Expected) -> Graph:
    """SDXL's two text fields with the same words, and sizes of their own which are not the picture's."""
    graph = _plain(w)
    for name, text in (("6", w["prompt"]), ("7", w["avoid"])):
        graph[name] = node("CLIPTextEncodeSDXL", width=4096, height=4096, crop_w=0, crop_h=0, target_width=4096, target_height=4096, text_g=text, text_l=text, clip=["4", 1])
    return graph


def _joined(w: Expected) -> Graph:
    graph = _plain(w)
    graph["60"] = node("StringConcatenate", string_a=w["prompt"], string_b=["61", 0], delimiter=", ")
    graph["61"] = node("PrimitiveString", value="soft light")
    graph["6"]["inputs"]["text"] = ["60", 0]
    w["prompt"] += ", soft light"
    return graph


def _flattened(w: Expected) -> Graph:
    """A subgraph, whose ids hold a colon, and a switch between two texts."""
    graph = {f"92:{name}": made for name, made in _plain(w).items()}
    for made in graph.values():
        made["inputs"] = {k: [f"92:{v[0]}", v[1]] if isinstance(v, list) else v for k, v in made["inputs"].items()}
    graph["92:70"] = node("PrimitiveBoolean", value=False)
    graph["92:71"] = node("ComfySwitchNode", switch=["92:70", 0], on_false=["92:72", 0], on_true=["92:73", 0])
    graph["92:72"] = node("PrimitiveStringMultiline", value=w["prompt"])
    graph["92:73"] = node("PrimitiveStringMultiline", value="not these")
    graph["92:6"]["inputs"]["text"] = ["92:71", 0]
    return graph


def _page(w: Expected) -> Graph:
    """Only the graph as it lies on the page, with a reroute, a muted sampler, and the value of the seed in a node of its own."""
    width, height = w["size"]
    values = {
        "KSampler": [7, "randomize", w["steps"], w["guidance"], w["sampler"], "normal", 1], "CheckpointLoaderSimple": [w["model"]],
        "EmptyLatentImage": [width, height, 1], "PrimitiveNode": [w["seed"], "fixed"],
    }  # fmt: skip

    def placed(id: int, kind: str, inputs: dict[str, int], widgets: list[Any] | None = None, mode: int = 0) -> Graph:
        links = [{"name": name, "type": "*", "link": link} for name, link in inputs.items()]
        return {"id": id, "type": kind, "pos": [0, 0], "mode": mode, "inputs": links, "widgets_values": values.get(kind, []) if widgets is None else widgets}

    nodes = [
        placed(4, "CheckpointLoaderSimple", {}), placed(6, "CLIPTextEncode", {"clip": 1}, [w["prompt"]]), placed(7, "CLIPTextEncode", {"clip": 2}, [w["avoid"]]),
        placed(5, "EmptyLatentImage", {}), placed(70, "PrimitiveNode", {}), placed(71, "Reroute", {"": 4}, []),
        placed(3, "KSampler", {"model": 3, "positive": 5, "negative": 6, "latent_image": 7, "seed": 8}),
        placed(13, "KSampler", {"model": 3}, [1, "fixed", 2, 3, "lms", "normal", 1], mode=2),
        placed(8, "VAEDecode", {"samples": 9}), placed(9, "SaveImage", {"images": 10}, ["ComfyUI"]),
    ]  # fmt: skip
    links = [
        [1, 4, 1, 6, 0, "CLIP"], [2, 4, 1, 7, 0, "CLIP"], [3, 4, 0, 3, 0, "MODEL"], [4, 6, 0, 71, 0, "*"], [5, 71, 0, 3, 1, "CONDITIONING"],
        [6, 7, 0, 3, 2, "CONDITIONING"], [7, 5, 0, 3, 3, "LATENT"], [8, 70, 0, 3, 4, "INT"], [9, 3, 0, 8, 0, "LATENT"], [10, 8, 0, 9, 0, "IMAGE"],
    ]  # fmt: skip
    return {"last_node_id": 71, "last_link_id": 10, "nodes": nodes, "links": links, "groups": [], "config": {}, "extra": {}, "version": 0.4}


KINDS: tuple[Callable[[Expected], Graph], ...] = (
    _plain, _lora, _words_apart, _two_passes, _refined, _flux, _guided, _custom, _controlled, _combined, _emptied, _large_words, _joined, _flattened, _page,
)  # fmt: skip
