"""Colours, palettes and distances of pictures: the same always, right where one knows the answer, held as promised."""

import io
import re
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from studio.core.errors import Refused
from studio.images.colours import hex_of, lab_of, oklab, srgb
from studio.images.palette import REACH, ase, css, difference, distance, extract, farthest, gpl, hold
from studio.images.sheet import contact_sheet
from studio.images.spread import ALIKE, SAME, drop_doubles, most_distant, spread, word
from studio.images.spread import distance as apart

colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda c: hex_of(np.array(c, np.uint8)))
SUNSET = ("#1b2a41", "#324a5f", "#ccc9dc", "#e07a5f", "#f2cc8f")


def blots(seed: int, size: int = 96, of: tuple[str, ...] = ()) -> Image.Image:
    """Soft patches of colour."""
    chance = np.random.default_rng(seed)
    few = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in of], np.uint8) if of else chance.integers(0, 256, (9, 3)).astype(np.uint8)
    field = few[chance.integers(0, len(few), (5, 5))]
    return Image.fromarray(field).resize((size, size), Image.Resampling.BICUBIC)


def test_known_colours_have_their_places() -> None:
    lab = lab_of(("#ffffff", "#000000", "#ff0000", "#0000ff"))
    wanted = [[1, 0, 0], [0, 0, 0], [0.628, 0.225, 0.126], [0.452, -0.032, -0.312]]  # Ottosson's own figures
    assert np.allclose(lab, wanted, atol=2e-3)


@settings(max_examples=30)
@given(st.lists(colours, min_size=1, max_size=20))
def test_there_and_back_is_the_same_colour(some: list[str]) -> None:
    assert [hex_of(pixel) for pixel in srgb(lab_of(tuple(some)))] == some


def test_a_palette_is_what_is_in_the_picture() -> None:
    picture = Image.new("RGB", (100, 100), "#204060")
    picture.paste("#e0c080", (0, 0, 100, 30))
    picture.paste("#c02020", (45, 60, 55, 70))  # a hundredth of it, and what one sees first
    assert extract(picture, 3) == ("#204060", "#e0c080", "#c02020")
    assert extract(picture, 5) == extract(picture.copy(), 5)
    assert extract(Image.new("RGB", (9, 9), "#808080")) == ("#808080",)
    assert len(extract(blots(1))) == 5


@given(colours, colours)
def test_distances_are_distances(one: str, other: str) -> None:
    assert difference(one, one) == 0
    assert difference(one, other) == difference(other, one)
    assert (difference(one, other) == 0) == (one == other)
    assert distance((one, other), (other, one)) == 0
    assert 0 <= distance((one,), (other,)) == pytest.approx(difference(one, other), abs=0.01)


@settings(max_examples=15, deadline=None)
@given(st.lists(colours, min_size=1, max_size=7, unique=True), st.integers(0, 10_000))
def test_held_fully_every_pixel_is_within_reach(palette: list[str], seed: int) -> None:
    held = hold(blots(seed, 16), tuple(palette), 1.0)
    assert held.farthest <= REACH
    assert farthest(held.picture, tuple(palette)) == held.farthest
    assert held.picture.size == (16, 16)


def test_held_the_more_the_nearer_and_without_bands() -> None:
    picture = blots(3)
    assert hold(picture, SUNSET, 0.0).picture.tobytes() == picture.tobytes()
    held = [hold(picture, SUNSET, firmness) for firmness in (0.0, 0.35, 0.7, 1.0)]
    assert held[3].distance < held[2].distance < held[0].distance
    assert held[3].distance < 0.55 * held[0].distance
    assert held[3].farthest < held[2].farthest < held[0].farthest
    smooth = ImageOps.colorize(Image.linear_gradient("L").resize((4, 256)), "#000000", "#ffffff", mid="#40a0ff")
    strip = np.asarray(hold(smooth, SUNSET, 1.0).picture)[:, 0]
    steps = np.linalg.norm(np.diff(oklab(strip), axis=0), axis=1) * 100
    assert len(np.unique(strip, axis=0)) > 100  # no bands: as many colours as before, almost
    assert steps.max() < 4


def test_a_gradient_keeps_its_light() -> None:
    grey = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    light = oklab(np.asarray(hold(grey, SUNSET, 1.0).picture))[..., 0].mean(axis=1)
    assert (np.diff(light) > -0.01).all(), "light must stay lighter than dark"


def test_colours_go_out_in_three_forms() -> None:
    palette = ("#1b2a41", "#e07a5f")
    assert css(palette) == ":root {\n  --swatch-1: #1b2a41;\n  --swatch-2: #e07a5f;\n}\n"
    assert gpl(palette, "My\nset").splitlines() == ["GIMP Palette", "Name: My set", "Columns: 2", "#", " 27  42  65\t#1b2a41", "224 122  95\t#e07a5f"]
    data = ase(palette)
    assert data[:12] == b"ASEF\0\1\0\0\0\0\0\2"
    kind, length, name = struct.unpack_from(">HIH", data, 12)
    assert (kind, name) == (1, 8)
    assert data[20:36].decode("utf-16-be") == "#1b2a41\0"
    assert data[36:40] == b"RGB "
    assert struct.unpack_from(">3f", data, 40) == pytest.approx((27 / 255, 42 / 255, 65 / 255))
    assert 12 + 2 * (6 + length) == len(data)


def test_no_palette_is_said() -> None:
    for wrong in ((), ("teal",)):
        with pytest.raises(Refused, match="at least one colour like #2b6cb0"):
            hold(blots(1), wrong)


def changed(picture: Image.Image) -> dict[str, Image.Image]:
    poor = io.BytesIO()
    picture.save(poor, "JPEG", quality=40)
    return {"jpeg": Image.open(poor), "small": picture.resize((48, 48)), "soft": picture.filter(ImageFilter.GaussianBlur(1)), "cut": picture.crop((3, 3, 93, 93)), "light": ImageEnhance.Brightness(picture).enhance(1.05)}


def test_the_same_picture_changed_a_little_is_nearly_the_same_and_others_are_not() -> None:
    for seed in range(6):
        one = blots(seed)
        for name, other in changed(one).items():
            assert apart(one, other) < SAME, (seed, name)
        assert apart(one, blots(seed + 50)) > SAME
        assert apart(one, ImageOps.invert(one)) > ALIKE
        assert apart(one, one) == 0
        assert apart(one, blots(seed + 50)) == apart(blots(seed + 50), one)


def test_the_most_different_of_many_are_chosen() -> None:
    near = [ImageEnhance.Brightness(blots(1)).enhance(1 + k / 50) for k in range(4)]
    pictures = [*near, blots(20), blots(30)]
    assert most_distant(pictures, 3) in ([i, 4, 5] for i in range(4))
    assert most_distant(pictures, 9) == [0, 1, 2, 3, 4, 5]
    assert most_distant(pictures, 1) == [0]
    assert most_distant([], 3) == []
    assert drop_doubles(pictures) == [0, 4, 5]


def test_the_spread_is_said_in_a_sentence() -> None:
    told = spread([blots(1), blots(20), ImageEnhance.Brightness(blots(1)).enhance(1.03)])
    assert told.nearest == (0, 2)
    assert re.fullmatch(r"On the whole they are (alike|different|far apart); most alike are 1 and 3: nearly the same\.", told.sentence)
    assert told.matrix[0][2] == told.matrix[2][0] < told.matrix[0][1]
    assert spread([blots(1)]).sentence == "There is nothing to compare with yet."
    assert [word(value) for value in (0, 0.2, 0.5, 0.9)] == ["nearly the same", "alike", "different", "far apart"]


def test_a_contact_sheet_shows_all_of_them_whole() -> None:
    sheet = contact_sheet([Image.new("RGB", (64, 32), "#c02020"), Image.new("RGB", (30, 90), "#2020c0"), Image.new("RGB", (8, 8), "#20c020")], ["a", "b", "c"], side=64)
    shown = {hex_of(np.array(colour, np.uint8)): count for count, colour in sheet.getcolors(9999)}
    assert shown["#c02020"] == 64 * 32
    assert shown["#20c020"] == 64 * 64  # enlarged by whole steps
    assert 20 * 62 <= shown["#2020c0"] <= 22 * 64
