"""Pictures from outside: every hostile file is refused with a sentence, every real one comes out upright, in sRGB, small enough."""

import io
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from studio.core.errors import Refused
from studio.images.opening import open_picture
from tests.hostile_pictures import hostile, mended, png, real, zeros

HOSTILE = dict(hostile())


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_at_once(name: str) -> None:
    start = time.process_time()
    with pytest.raises(Refused) as told:
        open_picture(HOSTILE[name])
    assert time.process_time() - start < 1.0
    assert str(told.value).startswith(("This picture", "This is no picture"))
    assert str(told.value).endswith(("choose another one.", "save it smaller first.", "Use PNG, JPEG, WebP or GIF."))


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 30


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


MARKED = Image.new("RGB", (40, 20), "white")
MARKED.paste("#c02020", (0, 0, 20, 10))  # red at the upper left


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_form_gives_the_picture(form: str) -> None:
    opened = open_picture(saved(MARKED, form, **({"quality": 95} if form == "JPEG" else {"lossless": True} if form == "WEBP" else {})))
    assert (opened.mode, opened.size) == ("RGB", (40, 20))
    red, white = opened.getpixel((8, 4)), opened.getpixel((32, 15))
    assert abs(red[0] - 0xC0) < 8
    assert red[2] < 0x30
    assert min(white) > 250


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_comes_out_upright(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(MARKED, form, exif=exif.tobytes(), **({"lossless": True} if form == "WEBP" else {}))
    with Image.open(io.BytesIO(data)) as picture:
        wanted = ImageOps.exif_transpose(picture).convert("RGB")
    opened = open_picture(data)
    assert opened.size == wanted.size
    assert opened.tobytes() == wanted.tobytes()


def test_colours_of_another_space_become_those_of_the_screen() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.createProfile("sRGB")
    swapped = ImageCms.ImageCmsProfile(io.BytesIO(_with_red_and_blue_changed(ImageCms.ImageCmsProfile(srgb).tobytes())))
    data = saved(MARKED, "PNG", icc_profile=swapped.tobytes())
    red = open_picture(data).getpixel((8, 4))
    assert red[2] > red[0], "red must have become blue"
    assert open_picture(saved(MARKED, "PNG", icc_profile=b"no profile at all")).getpixel((8, 4)) == (0xC0, 0x20, 0x20)
    assert open_picture(saved(MARKED, "PNG", icc_profile=lab.tobytes())).mode == "RGB"  # of another kind: left out


def _with_red_and_blue_changed(profile: bytes) -> bytes:
    return profile.replace(b"rXYZ", b"\0tmp").replace(b"bXYZ", b"rXYZ").replace(b"\0tmp", b"bXYZ")


def test_what_is_transparent_is_white_or_stays() -> None:
    half = Image.new("RGBA", (10, 10), (255, 0, 0, 128))
    for data in (saved(half, "PNG"), saved(half, "WEBP", lossless=True)):
        assert open_picture(data).getpixel((5, 5))[0] == 255
        assert 120 < open_picture(data).getpixel((5, 5))[1] < 135
        assert open_picture(data, keep_alpha=True).getpixel((5, 5)) == (255, 0, 0, 128)
    assert open_picture(saved(half.convert("RGB"), "PNG"), keep_alpha=True).mode == "RGB"
    palette = Image.new("P", (10, 10), 0)
    palette.putpalette([9, 9, 9, 0, 255, 0])
    assert open_picture(saved(palette, "GIF", transparency=0)).getpixel((1, 1)) == (255, 255, 255)


def test_sixteen_bits_grey_and_ink_are_read() -> None:
    deep = Image.new("I;16", (4, 4), 0x8000)
    assert open_picture(saved(deep, "PNG")).getpixel((0, 0)) == (0x80, 0x80, 0x80)
    assert open_picture(saved(Image.new("1", (4, 4), 1), "PNG")).getpixel((0, 0)) == (255, 255, 255)
    assert open_picture(saved(Image.new("LA", (4, 4), (90, 255)), "PNG")).getpixel((0, 0)) == (90, 90, 90)
    assert open_picture(saved(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG")).getpixel((4, 4)) == (255, 255, 255)


def test_large_ones_come_out_small_and_a_photograph_of_many_pixels_is_read() -> None:
    assert open_picture(saved(Image.new("RGB", (3000, 1000), "red"), "PNG"), most_side=512).size == (512, 171)
    grey = saved(Image.new("L", (5200, 3200), 60), "JPEG")
    start = time.process_time()
    assert open_picture(grey, most_side=1024).size == (1024, 630)
    assert time.process_time() - start < 2.0
    with pytest.raises(Refused, match="5200 x 3200 pixels. That is too large"):
        open_picture(saved(Image.new("1", (5200, 3200)), "PNG"))
    with pytest.raises(Refused, match="too large"):
        open_picture(saved(Image.new("RGB", (200, 200)), "PNG"), most_pixels=10_000)


def test_texts_and_thumbnails_of_any_size_do_not_matter() -> None:
    """They never reach the decoder, which would refuse the whole picture for them."""
    from tests.hostile_pictures import chunk

    data = png(8, 8, zeros(8 * 25), chunk(b"zTXt", b"a\0\0" + zeros(20 << 20)), chunk(b"tEXt", b"b\0" + bytes(9 << 20)))
    assert open_picture(data).size == (8, 8)
    moving = saved(Image.new("RGB", (30, 20), "red"), "PNG", save_all=True, append_images=[Image.new("RGB", (30, 20), "blue")])
    assert open_picture(moving).getpixel((3, 3)) == (255, 0, 0)
    assert open_picture(real("JPEG") + b"\xff\xd8another picture behind it").size == (96, 64)


SMALL = {form: real(form, (24, 16)) for form in ("PNG", "JPEG", "WEBP", "GIF")} | {"slow JPEG": real("JPEG", (24, 16), progressive=True)}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(SMALL)), st.data())
def test_whatever_becomes_of_a_file_it_is_a_picture_or_refused(form: str, data: st.DataObject) -> None:
    whole = bytearray(SMALL[form])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    made = None
    with suppress(Refused):
        made = open_picture(bytes(mended(whole) if form == "PNG" else whole))
    assert made is None or made.mode == "RGB"
