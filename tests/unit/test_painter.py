"""The embedded painter as it ships: what it is given counts, what must stay stays, and nothing depends on the batch."""

import io
import threading

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.core.errors import LoadFailed, Refused
from studio.core.event import Notice, Offer, Preview, Progress
from studio.core.given import Given
from studio.images.ask import FromSketchAsk, PaintAsk, RepaintAsk, RestyleAsk, WalkAsk
from studio.images.engines import painter
from studio.images.palette import farthest
from tests import painters
from tests.painters import given, halves, offers, picture, pixels

PROMPT = "mountains at sunset, flat poster"


def light(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L")).mean())


def test_every_step_is_shown_and_the_seconds_are_told() -> None:
    made = painters.events(PaintAsk(prompt=PROMPT, n=2, steps=4, film=True))
    shown = [e for e in made if isinstance(e, Preview)]
    assert [e.index for e in shown] == [0] * 4 + [1] * 4
    assert Image.open(io.BytesIO(shown[0].body)).size == (128, 128)
    fractions = [e.fraction for e in made if isinstance(e, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    done = [e for e in made if isinstance(e, Offer)]
    assert done[0].facts["steps"] == 4
    assert set(done[0].facts["seconds"]) == {"words", "step", "decode", "batch"}
    assert getattr(picture(done[0], "film"), "n_frames", 1) >= 4


def test_unknown_words_are_told_and_change_nothing() -> None:
    made = painters.events(PaintAsk(prompt="zzyzx mountains", n=1, steps=2))
    assert any("zzyzx" in e.text for e in made if isinstance(e, Notice))
    (offer,) = (e for e in made if isinstance(e, Offer))
    assert offer.facts["unknown"] == ["zzyzx"]
    assert (pixels(offer) == pixels(offers(PaintAsk(prompt="mountains", n=1, steps=2))[0])).all()


def test_words_and_seeds_count() -> None:
    night, day = (offers(PaintAsk(prompt=p, n=3, steps=6)) for p in ("the sea by night", "snow in daylight, pastel"))
    assert light(picture(night[0])) + light(picture(night[1])) < light(picture(day[0])) + light(picture(day[1])) - 60
    assert not (pixels(night[0]) == pixels(night[1])).all()


def test_avoided_words_count() -> None:
    plain, without = (offers(PaintAsk(prompt=PROMPT, avoid=a, n=1, steps=3))[0] for a in ("", "snow"))
    assert not (pixels(plain) == pixels(without)).all()


def test_a_map_for_every_known_word() -> None:
    (offer,) = offers(PaintAsk(prompt="zzyzx red boat on the sea", n=1, steps=3, maps=True))
    assert offer.facts["words"] == ["red", "boat", "sea"]
    tiles = np.asarray(picture(offer, "maps"))
    assert tiles.shape == (3 * 64, 64)
    assert (np.ptp(tiles.reshape(3, -1), axis=1) > 100).all()  # each shows some place more than others


def test_a_palette_is_held() -> None:
    palette = ("#203060", "#e0b080", "#f8f0e0")
    (held,) = offers(PaintAsk(prompt=PROMPT, n=1, steps=3, palette=palette, hold=1.0))
    (free,) = offers(PaintAsk(prompt=PROMPT, n=1, steps=3))
    assert farthest(picture(held), palette) < 8 < farthest(picture(free), palette)


def test_a_colour_sketch_says_where_colours_are() -> None:
    sketches = [given(halves(above=a, below=b)) for a, b in (("#102050", "#f0e0a0"), ("#f0e0a0", "#102050"))]
    made = [pixels(offers(FromSketchAsk(prompt="sea", sketch=s, follow=0.9, n=1, steps=6))[0]).mean((1, 2)) for s in sketches]
    assert made[0][:50].mean() + 40 < made[0][-50:].mean()
    assert made[1][:50].mean() > made[1][-50:].mean() + 40


def test_lines_are_looked_at() -> None:
    paper = Image.new("RGB", (128, 128), "white")
    blank = given(paper.copy())
    ImageDraw.Draw(paper).polygon([(10, 110), (64, 20), (118, 110)], outline="black", width=4)
    asked = [
        FromSketchAsk(prompt="mountain", sketch=s, sketch_kind="lines", follow=1.0, n=1, steps=4) for s in (given(paper), blank)
    ]
    drawn, empty = (pixels(offers(ask)[0]).astype(int) for ask in asked)
    assert np.abs(drawn - empty).mean() > 1


def test_a_restyled_picture_keeps_more_the_less_it_changes() -> None:
    picture_of = halves()
    near, far = (
        offers(RestyleAsk(prompt="watercolour", picture=given(picture_of), change=c, n=1, steps=8))[0] for c in (0.2, 0.95)
    )
    off = [np.abs(pixels(one).astype(int) - np.asarray(picture_of).astype(int)).mean() for one in (near, far)]
    assert off[0] < 25 < off[1] + 10
    assert off[0] < off[1]


def test_outside_of_the_feathered_mask_no_pixel_changes() -> None:
    whole = np.random.default_rng(3).integers(0, 256, (150, 200, 3), dtype=np.uint8)
    mask = Image.new("L", (200, 150), 0)
    mask.paste(255, (60, 40, 140, 110))
    ask = RepaintAsk(prompt="a red boat", picture=given(Image.fromarray(whole)), mask=given(mask), feather=10, n=2, steps=3)
    for offer in offers(ask):
        new = pixels(offer)
        outside = np.ones((150, 200), bool)
        outside[30:120, 50:150] = False
        assert (new[outside] == whole[outside]).all()
        assert (new[50:100, 70:130] != whole[50:100, 70:130]).mean() > 0.9


def test_a_walk_begins_and_ends_at_the_pictures_themselves() -> None:
    way = offers(WalkAsk(prompt="lake", to_prompt="desert", seed=4, to_seed=9, n=3, steps=3))
    first, last = (offers(PaintAsk(prompt=p, seed=s, n=1, steps=3))[0] for p, s in (("lake", 4), ("desert", 9)))
    assert (pixels(way[0]) == pixels(first)).all()
    assert (pixels(way[2]) == pixels(last)).all()


def test_no_drift_is_the_same_picture_and_stirring_another() -> None:
    (base,) = offers(PaintAsk(prompt=PROMPT, seed=70, n=1, steps=3))
    same, little = (offers(PaintAsk(prompt=PROMPT, seed=5, base=70, drift=d, n=1, steps=3))[0] for d in (0.0, 0.2))
    (stirred,) = offers(PaintAsk(prompt=PROMPT, seed=70, stir=0.8, n=1, steps=3))
    assert (pixels(same) == pixels(base)).all()
    assert not (pixels(little) == pixels(base)).all()
    assert not (pixels(stirred) == pixels(base)).all()


def test_other_shapes_and_sizes() -> None:
    made = painters.events(PaintAsk(prompt=PROMPT, n=1, steps=2, width=320, height=160))
    (offer,) = (e for e in made if isinstance(e, Offer))
    assert picture(offer).size == (320, 160)
    assert any("enlarged" in e.text for e in made if isinstance(e, Notice))


def test_a_stop_late_in_a_picture_leaves_it_as_partial() -> None:
    stop = threading.Event()
    made = []
    for event in painters.engine().run(PaintAsk(prompt=PROMPT, n=3, steps=6), stop):
        made.append(event)
        if isinstance(event, Progress) and event.fraction > 0.5:  # in the second of three
            stop.set()
    assert [(e.index, e.partial) for e in made if isinstance(e, Offer)] == [(0, False), (1, True)]


def test_missing_files_and_bad_ones_are_sentences(tmp_path: object) -> None:
    gone = RestyleAsk(picture=Given(sha256="0" * 64, media_type="image/png"))
    with pytest.raises(Refused, match="Choose it again"):
        painters.events(gone)
    with pytest.raises(Refused, match=r"\.$"):
        painters.events(RepaintAsk(picture=given(halves()), mask=given(Image.new("L", (128, 128), 0))))


def test_a_folder_that_is_not_complete_is_refused(tmp_path: painters.Path) -> None:
    from studio.core.engine import Place
    from studio.registry import read_shelf

    card = next(card for card in read_shelf().cards if card.id == "painter-mini")
    (tmp_path / "model_index.json").write_text("{}")
    with pytest.raises(LoadFailed, match="codec/config.json is missing"):
        painter.load(card, tmp_path, Place(device="cpu", threads=1, memory=1 << 30))


def test_it_is_an_ordinary_pipeline_too() -> None:
    import torch

    pipe, _ = painters.parts()
    made = pipe(["lake", "forest"], num_inference_steps=2, generator=torch.Generator().manual_seed(1)).images
    assert [one.size for one in made] == [(128, 128)] * 2
