"""Write into a picture how it was made: our recipe as JSON, the `parameters` text that others read, and the IPTC source type.

Metadata go in without touching a pixel. A picture is only encoded anew when another form is asked for: WebP without loss, JPEG
at the quality said (92, with full colour, when nothing is said). Signatures (C2PA) are neither read nor made; since a changed
file would break one, pictures from outside are not written to, only stripped copies of them are.
"""

import io
import json
from collections.abc import Mapping
from typing import Any, Literal

from studio.core.errors import Refused
from studio.core.recipe import Recipe
from studio.images.metadata import exif, jpeg, png, webp, xmp
from studio.images.metadata.parameters import write_parameters
from studio.images.metadata.parts import Parts, kind_of
from studio.images.metadata.reading import KEY

Form = Literal["png", "webp", "jpeg"]
JPEG_QUALITY = 92
KEPT_FACTS = ("size", "steps", "guidance", "sampler")


def write_metadata(data: bytes, recipe: Recipe, facts: Mapping[str, Any], *, mark: bool = True) -> bytes:
    """The same picture with its recipe. `mark`: also say, by IPTC's word, that a model made it."""
    kind = kind_of(data)
    size = parts_of(data).size
    text = parameters_of(recipe, facts, size)
    ours = json.dumps({"recipe": recipe.model_dump(mode="json"), "facts": _facts(facts, size)})
    source = source_of(recipe) if mark else None
    if kind == "png":
        return png.dressed(data, {"parameters": text, KEY: ours}, xmp.packet("", source))
    comment, packet = exif.write_comment(text), xmp.packet(ours, source)
    if kind == "webp":
        return webp.dressed(data, comment, packet)
    if max(len(comment) + 6, len(packet.encode()) + 29) > jpeg.MOST_SEGMENT:
        raise Refused("How this picture was made is too long for a JPEG. Save it as PNG or WebP instead.")
    return jpeg.dressed(data, comment, packet)


def export(
    data: bytes, form: Form, recipe: Recipe | None, facts: Mapping[str, Any], *, mark: bool = True, quality: int = JPEG_QUALITY
) -> bytes:
    """A picture of ours as a file to give away; without a recipe it says nothing about itself."""
    from PIL import Image

    if kind_of(data) != form:
        out = io.BytesIO()
        with Image.open(io.BytesIO(data)) as picture:
            if form == "jpeg":
                _opaque(picture).save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
            else:
                picture.save(out, form.upper(), lossless=True, exact=True) if form == "webp" else picture.save(out, "PNG")
        data = out.getvalue()
    return write_metadata(data, recipe, facts, mark=mark) if recipe else strip(data)


def strip(data: bytes) -> bytes:
    """The same pixels and colours, the same way up, and not a word more."""
    found = parts_of(data)
    up = exif.orientation_of(found.exif) if found.exif else 1
    match kind_of(data):
        case "png":
            return png.bare(data) if up == 1 else png.turned(png.bare(data), exif.write_orientation(up))
        case "webp":
            return webp.bare(data) if up == 1 else webp.dressed(webp.bare(data), exif.write_orientation(up), "")
    return jpeg.bare(data) if up == 1 else jpeg.dressed(jpeg.bare(data), exif.write_orientation(up), "")


def parts_of(data: bytes) -> Parts:
    match kind_of(data):
        case "png":
            return png.parts(data)
        case "webp":
            return webp.parts(data)
        case "jpeg":
            return jpeg.parts(data)
    raise Refused("This is no PNG, JPEG or WebP picture. Save it as one of these.")


def parameters_of(recipe: Recipe, facts: Mapping[str, Any], size: tuple[int, int]) -> str:
    ask = recipe.ask
    guidance = facts.get("guidance", ask.get("guidance"))
    return write_parameters(
        str(ask.get("prompt", "")),
        str(ask.get("avoid", "")),
        {
            "Steps": facts.get("steps") or ask.get("steps") or 1,
            "Sampler": facts.get("sampler") or recipe.runtime,
            "CFG scale": float(guidance) if guidance is not None else None,
            "Seed": recipe.seed,
            "Size": f"{size[0]}x{size[1]}",
            "Model hash": recipe.weights[:10],
            "Model": recipe.model,
            "Version": "Tandem",
        },
    )


def source_of(recipe: Recipe) -> xmp.SourceType:
    """A picture begun from a person's sketch or picture is made by both."""
    both = any(recipe.ask.get(name) for name in ("sketch", "picture"))
    return "compositeWithTrainedAlgorithmicMedia" if both else "trainedAlgorithmicMedia"


def _facts(facts: Mapping[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    return {"size": list(size), **{name: facts[name] for name in KEPT_FACTS if name in facts}}


def _opaque(picture: Any) -> Any:
    """On white, since JPEG knows no transparency."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
