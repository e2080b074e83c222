"""Pictures as AUTOMATIC1111, InvokeAI, ComfyUI and Fooocus write them, thirty of each and a few, with what is in them.

The forms follow those programs' own writers and files seen in public; they are put together with Pillow, never with our code.
"""

import io
import json
import random
from collections.abc import Iterator
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PROMPTS = (
    "a lighthouse above a stormy sea, oil painting, (dramatic light:1.3)",
    "isometric cottage in the woods, autumn, warm light, <lora:detail_tweaker:0.8>",
    "portrait of an old sailor: weathered face, \"quoted\" words, [soft|hard] light",
    "Häuser am Fluß, Morgennebel",
    "雪の中の赤い狐、水彩画",
    "a garden in spring\nBREAK\npeonies, (bees:0.6)",
    "masterpiece, best quality, {red|blue} fox, __weather__, Steps: up a hill",
)
AVOIDS = ("", "blurry, lowres, (bad hands:1.4)", "text,\nwatermark, signature", "fog")
MODELS = ("v1-5-pruned-emaonly", "juggernautXL_v9", "dreamshaper_8", "sd_xl_base_1.0", "flux1-dev-fp8")
SIZES = ((512, 512), (832, 1216), (1024, 768), (640, 960))
Expected = dict[str, Any]
File = tuple[str, bytes, Expected]


def draw(chance: random.Random) -> Expected:
    return {
        "prompt": chance.choice(PROMPTS), "avoid": chance.choice(AVOIDS), "seed": chance.randrange(2**32), "steps": chance.randrange(4, 60),
        "guidance": chance.choice((1.5, 4.5, 7.0, 7.5, 11.0)), "size": chance.choice(SIZES), "model": chance.choice(MODELS),
    }  # fmt: skip


def png(texts: dict[str, str], form: str = "text") -> bytes:
    info = PngInfo()
    for name, text in texts.items():
        if form == "itxt":
            info.add_itxt(name, text)
        elif form == "zitxt":
            info.add_itxt(name, text, zip=True)
        else:
            info.add_text(name, text, zip=form == "ztxt")
    out = io.BytesIO()
    Image.new("RGB", (24, 16), "#336699").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def with_exif(form: str, tags: dict[int, str], comment: bytes = b"") -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    for tag, value in tags.items():
        exif[tag] = value
    if comment:
        exif.get_ifd(0x8769)[0x9286] = comment
    Image.new("RGB", (24, 16), "#336699").save(out, form, exif=exif.tobytes())
    return out.getvalue()


def a1111() -> Iterator[File]:
    chance = random.Random(1)
    for i in range(30):
        wanted = draw(chance) | {"sampler": chance.choice(("Euler a", "DPM++ 2M Karras", "DPM++ SDE", "UniPC"))}
        text = _infotext(wanted, chance)
        form = ("text", "itxt", "ztxt", "jpeg", "webp", "zitxt")[i % 6]
        if form in ("jpeg", "webp"):
            yield f"a1111 {i} {form}", with_exif(form, {}, b"UNICODE\0" + text.encode("utf-16-be")), wanted
        else:
            yield f"a1111 {i} {form}", png({"parameters": text}, form), wanted


def _infotext(wanted: Expected, chance: random.Random) -> str:
    width, height = wanted["size"]
    fields: dict[str, Any] = {
        "Steps": wanted["steps"], "Sampler": wanted["sampler"], "Schedule type": chance.choice(("Karras", "Automatic")),
        "CFG scale": f"{wanted['guidance']:g}", "Seed": wanted["seed"], "Size": f"{width}x{height}", "Model hash": "6ce0161689", "Model": wanted["model"],
    }  # fmt: skip
    kind = chance.randrange(5)
    if kind == 0:
        fields |= {"Denoising strength": 0.45, "Hires upscale": 2, "Hires steps": 10, "Hires upscaler": "R-ESRGAN 4x+"}
    elif kind == 1:
        fields |= {"ADetailer model": "face_yolov8n.pt", "ADetailer prompt": "detailed face, smile: wide", "Clip skip": 2}
    elif kind == 2:
        fields |= {"Lora hashes": "detail_tweaker: 7c0b3b9a1c4d, other: 1234", "TI hashes": "easynegative: c74b4e810b03"}
    elif kind == 3:  # Forge with Flux
        fields |= {"CFG scale": 1, "Distilled CFG Scale": f"{wanted['guidance']:g}", "Module 1": "ae", "Version": "f2.0.1v1.10.1-previous"}
    else:
        fields |= {"Variation seed": 405047501, "Variation seed strength": 0.05, "Token merging ratio": 0.2, "Version": "v1.10.1"}
    line = ", ".join(f"{name}: {_quoted(value)}" for name, value in fields.items())
    negative = f"\nNegative prompt: {wanted['avoid']}" if wanted["avoid"] else ""
    return f"{wanted['prompt']}{negative}\n{line}".strip()


def _quoted(value: Any) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if any(mark in text for mark in ",\n:") else text


def invokeai() -> Iterator[File]:
    chance = random.Random(2)
    for i in range(30):
        wanted = draw(chance)
        if i < 14:
            yield f"invokeai {i} new", png(_invoke_new(wanted, chance, flux=i % 7 == 6)), wanted
        else:
            wanted |= {"prompt": " ".join(wanted["prompt"].translate(str.maketrans("[]|\"", "()-'")).split())}
            wanted |= {"avoid": " ".join(wanted["avoid"].split())}
            yield f"invokeai {i} old", png(_invoke_old(wanted, chance, dream=i >= 23)), wanted


def _invoke_new(wanted: Expected, chance: random.Random, flux: bool) -> dict[str, str]:
    wanted["sampler"] = chance.choice(("euler", "dpmpp_2m_sde_k", "unipc"))
    new = chance.random() < 0.5
    model = {"key": "db73016a", "hash": "blake3:8967e7e6", "name": wanted["model"], "base": "sdxl", "type": "main"}
    old_model = {"base_model": "sdxl", "model_name": wanted["model"], "model_type": "main"}
    data = {
        "generation_mode": "sdxl_txt2img", "positive_prompt": wanted["prompt"], "negative_prompt": wanted["avoid"],
        "width": wanted["size"][0], "height": wanted["size"][1], "seed": wanted["seed"], "rand_device": "cpu",
        "cfg_scale": wanted["guidance"], "cfg_rescale_multiplier": 0, "steps": wanted["steps"], "scheduler": wanted["sampler"],
        "model": model if new else old_model, "positive_style_prompt": "", "negative_style_prompt": "", "app_version": "5.4.2" if new else "3.1.0",
        "loras": [{"model": {"name": "add-detail-xl", "type": "lora"}, "weight": 0.6}], "controlnets": [],
    }  # fmt: skip
    if flux:
        data |= {"generation_mode": "flux_txt2img", "guidance": wanted["guidance"], "cfg_scale": 1}
    graph = {"id": "sdxl_graph:7LKd5LqgBD", "nodes": {"noise:JhAz": {"seed": wanted["seed"], "type": "noise"}}, "edges": []}
    return {"invokeai_metadata": json.dumps(data), "invokeai_graph": json.dumps(graph)}


def _invoke_old(wanted: Expected, chance: random.Random, dream: bool) -> dict[str, str]:
    wanted["sampler"] = chance.choice(("k_lms", "k_euler_a", "ddim"))
    said = f"{wanted['prompt']} [{wanted['avoid']}]" if wanted["avoid"] else wanted["prompt"]
    width, height = wanted["size"]
    line = f'"{said}" -s {wanted["steps"]} -S {wanted["seed"]} -W {width} -H {height} -C {wanted["guidance"]} -A {wanted["sampler"]}'
    if dream:
        wanted["model"] = ""
        return {"Dream": line if chance.random() < 0.5 else line.replace("-s ", "-s").replace("-S ", "-S").replace("-W ", "-W").replace("-A ", "-A")}
    image = {
        "prompt": [{"prompt": said, "weight": 1.0}], "steps": wanted["steps"], "cfg_scale": wanted["guidance"], "threshold": 0, "perlin": 0,
        "height": height, "width": width, "seed": wanted["seed"], "seamless": False, "hires_fix": False, "type": "txt2img",
        "postprocessing": None, "sampler": wanted["sampler"], "variations": [],
    }  # fmt: skip
    data = {"model": "stable diffusion", "model_weights": wanted["model"], "model_hash": "cc6cb271", "app_id": "invoke-ai/InvokeAI", "app_version": "2.3.5", "image": image}
    return {"Dream": line, "sd-metadata": json.dumps(data)}


def fooocus() -> Iterator[File]:
    chance = random.Random(3)
    for i in range(6):
        wanted = draw(chance) | {"sampler": "dpmpp_2m_sde_gpu"}
        data = {
            "adm_guidance": "(1.5, 0.8, 0.3)", "base_model": wanted["model"], "base_model_hash": "aeb7e9e689", "clip_skip": 2,
            "full_negative_prompt": ["anime", "blurry"], "full_prompt": ["cinematic still ..."], "guidance_scale": wanted["guidance"], "loras": [],
            "metadata_scheme": "fooocus", "negative_prompt": wanted["avoid"].strip(), "performance": "Speed", "prompt": wanted["prompt"],
            "refiner_model": "None", "refiner_switch": 0.5, "resolution": str(wanted["size"]), "sampler": wanted["sampler"], "scheduler": "karras",
            "seed": str(wanted["seed"]), "sharpness": 2, "steps": wanted["steps"], "styles": "['Fooocus V2']", "vae": "Default (model)", "version": "Fooocus v2.5.5",
        }  # fmt: skip
        text = json.dumps(data)
        if i % 2:
            yield f"fooocus {i} jpeg", with_exif("JPEG", {}, b"ASCII\0\0\0" + text.encode()), wanted
        else:
            yield f"fooocus {i} png", png({"parameters": text, "fooocus_scheme": "fooocus"}), wanted


def read_by_others(data: bytes) -> Any:
    """By sd-parsers, which is not ours."""
    from sd_parsers import ParserManager
    from sd_parsers.extractors import _jpeg_usercomment as memory

    memory._image_id = None  # it knows a picture by its place in memory, where another may lie by now
    return ParserManager().parse(io.BytesIO(data))
