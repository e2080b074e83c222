"""Metadata of pictures: ours in and out of all three forms without touching a pixel, others' read, hostile ones survived."""

import io
import json
import random
import time
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from studio.core.errors import Refused
from studio.core.recipe import Recipe
from studio.images.ask import PaintAsk
from studio.images.metadata import export, jpeg, png, read_metadata, source_type, strip, webp, write_metadata
from studio.images.metadata.parameters import read_parameters, write_parameters
from tests import foreign_pictures
from tests.foreign_graphs import comfyui
from tests.hostile_pictures import chunk, header, mended, real, zeros

FORMS = ("png", "webp", "jpeg")
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)


def recipe_of(**ask: object) -> Recipe:
    made = PaintAsk(**ask)
    return Recipe(model="painter-mini", revision="1", runtime="painter", weights="ab" * 32, ask=made.model_dump(mode="json"), index=0, seed=made.seed)


def pixels(data: bytes) -> bytes:
    """What of a file is the picture itself, still packed."""
    if data.startswith(png.SIGNATURE):
        return b"".join(c.body(data) for c in png.chunks(data) if c.name in (b"IHDR", b"IDAT"))
    if data.startswith(b"\xff\xd8"):
        return b"".join(data[s.start : s.end] for s in jpeg.segments(data) if s.marker in (0xDB, 0xC0, 0xC4, jpeg.SOS))
    return b"".join(c.body(data) for c in webp.chunks(data) if c.name.startswith(b"VP8") and c.name != b"VP8X")


@pytest.mark.parametrize("make", [foreign_pictures.a1111, foreign_pictures.invokeai, comfyui, foreign_pictures.fooocus])
def test_other_programs_are_read_in_all_fields(make) -> None:
    files = list(make())
    assert len(files) == (6 if make is foreign_pictures.fooocus else 30)
    for name, data, wanted in files:
        found = read_metadata(data)
        assert found is not None, name
        assert {key: getattr(found, key) for key in wanted} == wanted, name
        assert found.source == name.split()[0]
        PaintAsk(**found.fields())  # whatever it is, an ask can be made of it


def test_what_else_they_say_is_kept() -> None:
    graphs = {name: read_metadata(data) for name, data, _ in comfyui()}
    assert [one["seed"] for one in next(f for name, f in graphs.items() if "two_passes" in name).rest["passes"]][1] == 1
    assert next(f for name, f in graphs.items() if "lora" in name).rest["loras"] == ["light.safetensors", "detail.safetensors"]
    assert read_metadata(next(foreign_pictures.invokeai())[1]).rest["loras"][0]["weight"] == 0.6
    said = read_parameters('a cat\nSteps: 4, Sampler: Euler, Seed: 1, ADetailer prompt: "a, b: \\"c\\""\nTemplate: a {cat|dog}')
    assert said.rest == {"ADetailer prompt": 'a, b: "c"', "after": "Template: a {cat|dog}"}


@settings(max_examples=40)
@given(words, words, st.integers(0, 2**63 - 1), st.sampled_from(FORMS), st.floats(0, 30) | st.none())
def test_our_recipe_comes_back_from_every_form(prompt: str, avoid: str, seed: int, form: str, guidance: float | None) -> None:
    data = real(form.upper())
    recipe = recipe_of(prompt=prompt, avoid=avoid, seed=seed, guidance=guidance)
    made = write_metadata(data, recipe, {"steps": 4, "sampler": "Euler"})
    found = read_metadata(made)
    assert found.recipe == recipe
    assert (found.source, found.seed, found.steps, found.sampler, found.size) == ("tandem", seed, 4, "Euler", (96, 64))
    assert (found.prompt, found.avoid, found.guidance) == (prompt.strip(), avoid.strip(), guidance)
    assert pixels(made) == pixels(data)
    with Image.open(io.BytesIO(made)) as picture, Image.open(io.BytesIO(data)) as before:  # others can open it still
        assert picture.tobytes() == before.tobytes()
    other = recipe_of(prompt="another")
    assert write_metadata(made, other, {"steps": 9}) == write_metadata(data, other, {"steps": 9})  # nothing of the first stays


@settings(max_examples=60)
@given(words, words)
def test_the_text_others_read_comes_back(prompt: str, avoid: str) -> None:
    lines = " ".join(f"{prompt} {avoid}".split())
    if any(mark in lines for mark in ("Negative prompt:", "\0")) or ":" in lines:
        return
    prompt, avoid = " ".join(prompt.split()), " ".join(avoid.split())
    text = write_parameters(prompt, avoid, {"Steps": 4, "Sampler": "a, b: c", "CFG scale": 1.5, "Seed": 2**60, "Size": "64x96", "Model": 'm "1"'})
    found = read_parameters(text)
    assert (found.prompt, found.avoid, found.steps, found.sampler, found.guidance) == (prompt, avoid, 4, "a, b: c", 1.5)
    assert (found.seed, found.size, found.model) == (2**60, (64, 96), 'm "1"')


def test_a_reader_that_is_not_ours_reads_our_files() -> None:
    chance = random.Random(5)
    for i in range(30):
        prompt, avoid = foreign_pictures.PROMPTS[i % 6], foreign_pictures.AVOIDS[i % 4].replace("\n", " ")
        seed, steps, size = chance.randrange(2**63), chance.randrange(1, 60), chance.choice(((64, 96), (128, 128)))
        recipe = recipe_of(prompt=prompt, avoid=avoid, seed=seed, guidance=2.5)
        made = export(real("PNG", size), ("png", "png", "webp", "jpeg")[i % 4] if i >= 24 else "png", recipe, {"steps": steps, "sampler": "Euler"})
        told = foreign_pictures.read_by_others(made)
        sampler = told.samplers[0]
        assert [one.value for one in sampler.prompts] == [prompt]
        assert [one.value for one in sampler.negative_prompts] == ([avoid] if avoid else [])
        assert (sampler.name, sampler.parameters) == ("Euler", {"seed": str(seed), "steps": str(steps), "cfg_scale": "2.5"})
        assert (sampler.model.name, sampler.model.hash) == ("painter-mini", "ababababab")
        assert told.metadata["Size"] == f"{size[0]}x{size[1]}"


def test_other_forms_keep_the_pixels_or_say_their_quality() -> None:
    data = real("PNG")
    with Image.open(io.BytesIO(export(data, "webp", recipe_of(prompt="x"), {}))) as lossless, Image.open(io.BytesIO(data)) as before:
        assert lossless.convert("RGB").tobytes() == before.tobytes()
    coarse, fine = (export(data, "jpeg", None, {}, quality=q) for q in (50, 95))
    assert len(coarse) < len(fine)
    clear = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(clear, "PNG")
    with Image.open(io.BytesIO(export(clear.getvalue(), "jpeg", None, {}))) as on_white:
        assert on_white.getpixel((4, 4)) == (255, 255, 255)
    with pytest.raises(Refused, match="too long for a JPEG. Save it as PNG or WebP"):
        export(data, "jpeg", recipe_of(prompt="雪" * 4000, avoid="fog " * 999).changed(versions={"x": "y" * 60_000}), {})


@pytest.mark.parametrize("form", FORMS)
def test_strip_leaves_the_picture_alone_and_nothing_else(form: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "a camera", {1: "N", 2: (52.0, 30.0, 0.0)}
    data = real(form.upper(), icc_profile=profile, exif=exif.tobytes())
    data = write_metadata(data, recipe_of(prompt="a secret"), {}) if form == "png" else data
    bare = strip(data)
    assert read_metadata(bare) is None
    assert b"a secret" not in bare
    assert b"a camera" not in bare
    assert pixels(bare) == pixels(data)
    with Image.open(io.BytesIO(bare)) as picture:
        assert picture.info["icc_profile"] == profile
        assert dict(picture.getexif()) == {0x0112: 6}  # still the right way up
    assert strip(strip(data)) == bare


def test_who_made_it_is_said_when_the_switch_allows() -> None:
    for form in FORMS:
        data = real(form.upper())
        made = write_metadata(data, recipe_of(prompt="<x> & \"y\""), {})
        assert source_type(made) == "trainedAlgorithmicMedia"
        with Image.open(io.BytesIO(made)) as picture:  # the packet is what XML readers take it for
            told = picture.getxmp()["xmpmeta"]["RDF"]["Description"]
        assert told["DigitalSourceType"].endswith("/digitalsourcetype/trainedAlgorithmicMedia")
        sketched = recipe_of(prompt="x").model_copy(update={"ask": {"task": "from-sketch", "sketch": {"sha256": "0" * 64}}})
        assert source_type(write_metadata(data, sketched, {})) == "compositeWithTrainedAlgorithmicMedia"
        assert source_type(write_metadata(data, recipe_of(prompt="x"), {}, mark=False)) == ""
    assert source_type(b"no picture") == ""


def test_hostile_texts_are_no_metadata_and_take_no_time() -> None:
    def one(name: bytes, body: bytes) -> bytes:
        return png.SIGNATURE + header(8, 8) + chunk(name, body) + chunk(b"IDAT", zlib.compress(bytes(8 * 25))) + chunk(b"IEND", b"")

    deep, loop = "[" * 200_000 + "]" * 200_000, {"1": {"class_type": "KSampler", "inputs": {"steps": ["2", 0], "sampler_name": "x", "positive": ["2", 0]}}}
    loop["2"] = {"class_type": "StringConcatenate", "inputs": {f"string_{c}": [str(2 + i % 3), 0] for i, c in enumerate("abcd")} | {"value": ["1", 0]}}
    loop["2"]["inputs"]["string_a"] = "long " * 100_000
    loop |= {str(k): loop["2"] for k in (3, 4)}
    wide = {str(k): {"class_type": "SaveImage", "inputs": {"images": [str((k * 7 + 1) % 4000), 0], "samples": [str(k + 1), 0]}} for k in range(4000)}
    texts = [
        one(b"zTXt", b"parameters\0\0" + zeros(40 << 20)), one(b"iTXt", b"parameters\0\1\0\0\0" + zeros(16 << 20)),
        one(b"tEXt", b"prompt\0" + b'{"a":' * 100_000), one(b"tEXt", b"invokeai_metadata\0" + b'{"seed": ' + b"9" * 100_000 + b"}"),
        one(b"tEXt", b"parameters\0Steps: 1, " + b"a" * 1_500_000), one(b"tEXt", b"parameters\0" + b"a b, " * 300_000 + b"\nSteps"),
        one(b"tEXt", b"Dream\0\"" + b"\\\"" * 200_000), one(b"tEXt", b"sd-metadata\0{\"image\": {\"prompt\": " + deep.encode() + b"}}"),
        one(b"tEXt", b"prompt\0" + json.dumps(wide).encode()), one(b"tEXt", b"tandem\0{\"recipe\": {\"ask\": {\"prompt\": 7}, \"seed\": true}}"),
        one(b"tEXt", b"workflow\0" + json.dumps({"nodes": [{"id": 1, "inputs": 7}, 3], "links": [[1], {"id": []}]}).encode()),
        one(b"zTXt", b"parameters\0\0not packed"), one(b"tEXt", b"prompt\0" + json.dumps(loop).encode()), one(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<tandem:recipe>" * 100_000),
    ]  # fmt: skip
    for data in texts:
        start = time.process_time()
        found = read_metadata(data)
        assert time.process_time() - start < 1.0, data[:80]
        assert found is None or found.source in ("tandem", "comfyui"), data[:80]
        if found:
            json.dumps(found.model_dump(mode="json"))


@settings(max_examples=150)
@given(st.sampled_from(FORMS), st.data())
def test_whatever_becomes_of_a_file_reading_it_never_fails(form: str, data: st.DataObject) -> None:
    whole = bytearray(WRITTEN[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    if form == "png" and data.draw(st.booleans()):
        whole = mended(whole)
    read_metadata(bytes(whole))
    source_type(bytes(whole))
    with suppress(Refused):
        strip(bytes(whole))


WRITTEN = {form: export(real("PNG", (16, 16)), form, recipe_of(prompt="a hill", avoid="fog"), {"steps": 4}) for form in FORMS}
