"""Near copies are found though they are smaller, paler or squeezed; other pictures are not."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from studio.images.nearness import Nearness


def scene(seed: int) -> Image.Image:
    """Soft patches of colour, different for every seed."""
    patches = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((128, 128), Image.Resampling.BICUBIC)


def squeezed(picture: Image.Image) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=40)
    return Image.open(out)


def test_a_changed_copy_is_found_and_named(tmp_path: Path) -> None:
    Nearness.learned(scene(seed) for seed in range(40)).write(tmp_path / "index.safetensors")
    index = Nearness.read(tmp_path / "index.safetensors")
    assert index is not None
    assert len(index) == 40
    for changed in (scene(7), squeezed(scene(7)), scene(7).resize((300, 300)), ImageEnhance.Brightness(scene(7)).enhance(1.06)):
        near = index.of(changed)
        assert near.which == 7
        assert near.copy


def test_other_pictures_are_no_copies() -> None:
    index = Nearness.learned(scene(seed) for seed in range(40))
    assert not any(index.of(scene(seed)).copy for seed in range(100, 160))
    assert not index.of(Image.eval(scene(7), lambda level: 255 - level)).copy


def test_a_model_without_an_index_has_none(tmp_path: Path) -> None:
    assert Nearness.read(tmp_path / "nothing.safetensors") is None
