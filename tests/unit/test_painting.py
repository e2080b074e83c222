"""Noise of seeds, masks, kept words, previews and families: the parts of painting that need no model."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.core.errors import Refused
from studio.images.ask import PaintAsk, WalkAsk
from studio.images.painting import families, mask, noise, previews
from studio.images.painting.cache import Kept

SHAPE = (1, 4, 16, 16)
SEEDS = st.integers(0, 2**63 - 1)


def draw(seed: int) -> np.ndarray:
    return noise.gaussian(seed, SHAPE)


# noise


def test_noise_of_a_seed_is_the_same_everywhere() -> None:
    assert noise.gaussian(7, (4,)).tolist() == pytest.approx([-0.29333901, 1.7038306, 1.5391918, 0.63675386], abs=1e-6)
    assert (draw(7) == draw(7)).all()
    assert not (draw(7) == draw(8)).any()
    assert not (draw(7) == noise.gaussian(7, SHAPE, stream=1)).any()


@settings(max_examples=30, deadline=None)
@given(SEEDS, SEEDS, st.floats(0, 1))
def test_between_two_seeds_noise_keeps_its_strength(one: int, other: int, share: float) -> None:
    mixed = noise.slerp(draw(one), draw(other), share)
    assert mixed.dtype == np.float32
    assert 0.9 < float(mixed.std()) < 1.1


def test_slerp_is_exact_at_its_ends_and_turns_by_equal_angles() -> None:
    a, b = draw(1), draw(2)
    assert (noise.slerp(a, b, 0.0) == a).all()
    assert (noise.slerp(a, b, 1.0) == b).all()
    b = b * np.sqrt((a**2).sum() / (b**2).sum())
    way = [noise.slerp(a, b, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    turns = [angle(one, two) for one, two in zip(way, way[1:], strict=False)]
    assert turns == pytest.approx([turns[0]] * 4, rel=0.001)


def test_slerp_of_the_same_opposite_or_empty_noise_is_a_number() -> None:
    a = draw(1)
    for other in (a, -a, a * 0):
        assert np.isfinite(noise.slerp(a, other, 0.3)).all()
    assert noise.slerp(a, a, 0.3) == pytest.approx(a, abs=1e-6)


def angle(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.arccos((one * two).sum() / np.sqrt((one**2).sum() * (two**2).sum())))


def test_every_offer_begins_from_its_own_seed() -> None:
    ask = PaintAsk(seed=40, n=4)
    assert (noise.start(ask, 2, draw) == draw(42)).all()
    assert (noise.start(PaintAsk(seed=42, n=1), 0, draw) == draw(42)).all()


def test_drift_goes_from_the_base_to_the_own_seed() -> None:
    far = [angle(draw(9), noise.start(PaintAsk(seed=1, base=9, drift=drift), 0, draw)) for drift in (0.2, 0.5, 0.8)]
    assert far == sorted(far)
    assert (noise.start(PaintAsk(seed=1, base=9, drift=0.0), 0, draw) == draw(9)).all()
    assert (noise.start(PaintAsk(seed=1, base=9, drift=1.0), 0, draw) == draw(1)).all()


def test_a_walk_stands_at_equal_distances_between_its_seeds() -> None:
    ask = WalkAsk(seed=3, to_seed=8, n=5)
    assert [noise.place_on_way(ask, i) for i in range(5)] == [0, 0.25, 0.5, 0.75, 1]
    assert (noise.start(ask, 0, draw) == draw(3)).all()
    assert (noise.start(ask, 4, draw) == draw(8)).all()
    assert noise.place_on_way(WalkAsk(n=1), 0) == 0.0


def test_stirring_words_goes_by_their_usual_size_not_by_their_largest() -> None:
    words = draw(5)
    words[0, 0, 0, 0] = 5000.0
    moved = np.abs(noise.stirred(words, 0.5, 3) - words)
    assert 0.3 < float(moved.mean()) < 1.0
    assert noise.stirred(words, 0.0, 3) is words
    assert not (noise.stirred(words, 0.5, 4) == noise.stirred(words, 0.5, 3)).all()


# masks


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 60), st.integers(8, 60), st.integers(0, 40), st.data())
def test_outside_the_border_not_a_byte_changes_and_inside_all_is_new(w: int, h: int, feather: int, data: st.DataObject) -> None:
    left, top = data.draw(st.integers(0, w - 1)), data.draw(st.integers(0, h - 1))
    box = (left, top, data.draw(st.integers(left + 1, w)), data.draw(st.integers(top + 1, h)))
    painted = Image.new("L", (w, h))
    painted.paste(255, box)
    shares = mask.weights(painted, (w, h), feather)
    old, new = np.full((h, w, 3), 10, np.uint8), np.full((h, w, 3), 200, np.uint8)
    out = mask.pasted_back(old, new, shares)
    white = np.asarray(painted) > 0
    ys, xs = np.mgrid[:h, :w]
    beside = np.maximum(np.maximum(box[0] - xs, xs - box[2] + 1), np.maximum(box[1] - ys, ys - box[3] + 1))
    assert (out[white] == 200).all()
    assert (out[beside > feather] == 10).all()
    assert (np.diff(shares.max(0)[: left + 1]) >= 0).all()  # it fades one way only


def test_the_border_is_soft() -> None:
    painted = Image.new("L", (80, 80))
    painted.paste(255, (0, 0, 40, 80))
    row = mask.weights(painted, (80, 80), 16)[40]
    assert 8 <= ((row > 0) & (row < 1)).sum() <= 16
    assert np.abs(np.diff(row)).max() < 0.25
    seen = np.asarray(mask.for_model(mask.weights(painted, (80, 80), 16)))
    assert set(np.unique(seen)) == {0, 255}
    assert 44 <= (seen[40] == 255).sum() <= 52


def test_the_originals_bytes_come_back_whatever_they_are() -> None:
    random = np.random.default_rng(3)
    old, new = (random.integers(0, 256, (50, 70, 3), np.uint8) for _ in range(2))
    painted = Image.new("L", (35, 25))  # half the size: it is brought to the picture's
    painted.paste(255, (10, 10, 15, 15))
    shares = mask.weights(painted, (70, 50), 6)
    out = mask.pasted_back(old, new, shares)
    assert (out[shares == 0] == old[shares == 0]).all()
    assert (out[shares == 1] == new[shares == 1]).all()
    assert (out != old).any()


def test_a_mask_without_white_is_refused() -> None:
    with pytest.raises(Refused, match="Brush"):
        mask.weights(Image.new("L", (20, 20), 100), (20, 20), 4)


def test_pictures_of_other_sizes_are_not_pasted() -> None:
    with pytest.raises(ValueError, match="one size"):
        mask.pasted_back(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4), np.float32))


# what is kept


def test_the_least_lately_used_goes_first() -> None:
    made: list[str] = []
    kept: Kept[str] = Kept(2, 100, len)

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert get(key) == key
    assert made == ["a", "b", "c", "b"]


def test_bytes_count_and_what_is_too_large_is_not_kept() -> None:
    kept: Kept[str] = Kept(10, 10, len)
    for key in ("aaaa", "bbbb", "cccc"):
        kept.get(key, lambda key=key: key)
    assert len(kept) == 2
    assert kept.get("x", lambda: "y" * 11) == "y" * 11
    assert len(kept) == 2
    kept.clear()
    assert len(kept) == 0


# previews


def test_the_matrix_finds_the_colours_of_latents() -> None:
    """Latents made from a picture by a known matrix, with channels that carry nothing: the colours come back."""
    picture = previews.patchwork(64)
    assert picture.std() > 0.15
    means = picture.reshape(8, 8, 8, 8, 3).mean((1, 3))
    mix = noise.gaussian(1, (3, 4))
    latents = np.concatenate([(means @ mix).transpose(2, 0, 1), 3 * noise.gaussian(2, (2, 8, 8))])
    shown = np.asarray(previews.picture(latents, previews.fit(latents, picture))) / 255
    assert np.abs(shown - means).mean() < 0.03


def test_numbers_that_are_none_are_shown_as_black() -> None:
    latents = np.full((4, 3, 5), np.nan, np.float32)
    shown = previews.picture(latents, np.ones((5, 3), np.float32))
    assert shown.size == (5, 3)
    assert shown.getextrema() == ((0, 0),) * 3


def test_a_film_ends_with_the_finished_picture() -> None:
    frames = [Image.new("RGB", (8, 8), (i * 40, 0, 0)) for i in range(4)]
    film = Image.open(io.BytesIO(previews.film(frames, Image.new("RGB", (512, 256), (0, 200, 0)))))
    assert (film.n_frames, film.size) == (5, (256, 128))
    film.seek(4)
    assert film.convert("RGB").getpixel((64, 64))[1] > 150


# families


def folder(at: Path, name: str, **parts: dict[str, object]) -> Path:
    at.mkdir(parents=True, exist_ok=True)
    (at / "model_index.json").write_text(json.dumps({"_class_name": name}))
    for part, told in parts.items():
        (at / part).mkdir()
        (at / part / ("scheduler_config.json" if part == "scheduler" else "config.json")).write_text(json.dumps(told))
    return at


ALL = ("paint", "walk", "from-sketch", "restyle", "repaint")


@pytest.mark.parametrize(
    ("name", "parts", "tasks", "quick"),
    [
        ("StableDiffusionPipeline", {"unet": {"in_channels": 4}, "scheduler": {"_class_name": "PNDMScheduler"}}, ALL, False),
        ("StableDiffusionPipeline", {"scheduler": {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing"}}, ALL, True),
        ("StableDiffusionPipeline", {"scheduler": {"_class_name": "LCMScheduler"}}, ALL, True),
        ("StableDiffusionInpaintPipeline", {"unet": {"in_channels": 9}}, ("repaint",), False),
        ("StableDiffusionXLPipeline", {"scheduler": {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "leading"}}, ALL, False),
        ("StableDiffusionXLImg2ImgPipeline", {}, ("from-sketch", "restyle"), False),
        ("LatentConsistencyModelPipeline", {}, ALL, False),
        ("FluxPipeline", {"transformer": {"guidance_embeds": True}}, ALL, False),
        ("FluxPipeline", {"transformer": {"guidance_embeds": False}}, ALL, True),
        ("ZImagePipeline", {"scheduler": {"shift": 3.0}}, ALL, True),
        ("ZImagePipeline", {"scheduler": {"shift": 6.0}}, ALL, False),
        ("StableDiffusionInstructPix2PixPipeline", {"unet": {"in_channels": 8}}, (), False),
        ("SanaPipeline", {}, ("paint",), False),
    ],
)  # fmt: skip
def test_a_folder_tells_what_it_can_do(
    tmp_path: Path, name: str, parts: dict[str, dict[str, object]], tasks: tuple[str, ...], quick: bool
) -> None:
    at = folder(tmp_path / "m", name, **parts)
    assert families.tasks_of(at) == tasks
    family = families.family_of(name)
    if family is not None and family.quick[0]:
        assert families.usual(at) == (family.quick if quick else (family.steps, family.guidance))


def test_what_is_no_model_folder_can_do_nothing(tmp_path: Path) -> None:
    assert families.tasks_of(tmp_path) == ()
    for text in ("", "[1]", '{"_class_name": 3}', "{}"):
        (tmp_path / "model_index.json").write_text(text)
        assert families.tasks_of(tmp_path) == ()
