"""Read what a picture says about how it was made: ours, AUTOMATIC1111, InvokeAI, ComfyUI and Fooocus.

Nothing is believed: sizes and depths are bounded, and whatever cannot be read is no metadata, never an error.
"""

from studio.core.errors import Refused
from studio.images.metadata import exif, jpeg, png, webp, xmp
from studio.images.metadata.comfyui import read_comfyui
from studio.images.metadata.fooocus import read_fooocus
from studio.images.metadata.found import Found, dict_of, real, size_of, whole, words
from studio.images.metadata.invokeai import read_invokeai
from studio.images.metadata.parameters import read_parameters
from studio.images.metadata.parts import Parts, kind_of

KEY = "tandem"


def read_metadata(data: bytes) -> Found | None:
    """None when there is nothing of that kind in it, or it is no picture at all."""
    try:
        found = _parts(data)
        return _read(_texts(found)) if found else None
    except Refused:
        return None


def source_type(data: bytes) -> str:
    """The IPTC word for how the picture came about, as the file says; nothing where it says none."""
    try:
        found = _parts(data)
    except Refused:
        return ""
    return xmp.source_in(found.xmp) if found else ""


def _parts(data: bytes) -> Parts | None:
    readers = {"png": png.parts, "jpeg": jpeg.parts, "webp": webp.parts}
    reader = readers.get(kind_of(data) or "")
    return reader(data) if reader else None


def _texts(found: Parts) -> dict[str, str]:
    """All texts by the names PNG has for them."""
    texts = dict(found.texts)
    for name, text in (exif.texts_of(found.exif) if found.exif else {}).items():
        if name == "comment":
            texts.setdefault("parameters", text)
        elif text.startswith(("prompt:", "workflow:", "Prompt:", "Workflow:")):  # ComfyUI in WebP
            key, _, rest = text.partition(":")
            texts.setdefault(key.lower(), rest)
    if ours := xmp.recipe_in(found.xmp):
        texts.setdefault(KEY, ours)
    return texts


def _read(texts: dict[str, str]) -> Found | None:
    if KEY in texts and (ours := _ours(texts[KEY])):
        return ours
    if found := read_invokeai(texts):
        return found
    text = texts.get("parameters", "")
    if text and (found := read_fooocus(dict_of(text)) or read_parameters(text)):
        return found
    return read_comfyui(texts)


def _ours(text: str) -> Found | None:
    data = dict_of(text)
    recipe, facts = data.get("recipe"), data.get("facts")
    if not isinstance(recipe, dict) or not isinstance(ask := recipe.get("ask"), dict):
        return None
    facts = facts if isinstance(facts, dict) else {}
    size = facts.get("size")
    return Found(
        source="tandem", prompt=words(ask.get("prompt")), avoid=words(ask.get("avoid")), seed=whole(recipe.get("seed")),
        steps=whole(facts.get("steps") or ask.get("steps") or None), guidance=real(facts.get("guidance", ask.get("guidance"))),
        sampler=words(facts.get("sampler")), size=size_of(*size) if isinstance(size, list) and len(size) == 2 else None,
        model=words(recipe.get("model")), rest={"recipe": recipe},
    )  # fmt: skip
