"""The explorer as it ships: points, sliders, ranking and nearness are what they say."""

import io
import json
import threading
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.core.errors import LoadFailed, Refused
from studio.core.event import Offer, Progress
from studio.images.ask import ExploreAsk, PaintAsk
from studio.images.engines import explorer as runtime
from studio.images.explorer.looks import MEASURES, looks
from studio.images.explorer.near import Marks, copies, load, marks_of, nearest
from studio.images.explorer.net import Nets, conv, folded, halved, unfolded
from studio.images.explorer.rank import rank, thumbnail
from studio.images.explorer.space import Space, child, sliders_of
from tests.bench.explorer import FOLDER, card, engine


def offers(**asked: object) -> list[Offer]:
    return [event for event in engine().run(ExploreAsk(**asked), threading.Event()) if isinstance(event, Offer)]


def pixels(offer: Offer) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(offer.things[0].body)))


@cache
def nets() -> Nets:
    return Nets(FOLDER)


def test_a_point_taken_from_an_offer_gives_its_picture_again() -> None:
    first = offers(n=3, seed=5, tame=0.6, sliders={"light": 1.5})
    again = offers(n=3, seed=99, tame=0.6, sliders={"light": 1.5}, points=tuple(tuple(o.facts["point"]) for o in first))
    assert [o.things for o in again] == [o.things for o in first]
    assert len({o.things[0].body for o in first}) == 3
    assert pixels(first[0]).shape == (*first[0].facts["size"], 3)


def test_what_an_ask_gets_wrong_is_said() -> None:
    with pytest.raises(Refused, match="no slider `kindness`. It has: light"):
        offers(sliders={"kindness": 1.0})
    with pytest.raises(Refused, match="A point of this explorer is 64 numbers"):
        offers(points=((0.0, 1.0),))
    with pytest.raises(Refused, match="A point"):
        offers(points=((float("nan"),) * 64,))
    with pytest.raises(Refused, match="Choose another"):
        list(engine().run(PaintAsk(prompt="a cat"), threading.Event()))


def test_a_folder_without_weights_is_refused(tmp_path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(LoadFailed, match="Get the model again"):
        runtime.load(card(), tmp_path, None)


def test_progress_comes_first_and_with_every_picture() -> None:
    events = list(engine().run(ExploreAsk(n=4), threading.Event()))
    assert isinstance(events[0], Progress)
    assert [event.fraction for event in events if isinstance(event, Progress)] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_without_tameness_there_is_one_picture_and_with_more_they_go_apart() -> None:
    still = offers(n=4, tame=0.0)
    assert len({o.things[0].body for o in still}) == 1

    def spread(tame: float) -> float:
        return float(np.stack([thumbnail(pixels(o)) for o in offers(n=16, tame=tame)]).std(0).mean())

    assert 0 < spread(0.3) < spread(0.6) < spread(1.0)


@pytest.mark.parametrize("slider", [s for s in sliders_of(nets().config) if s.attribute], ids=lambda s: s.name)
def test_a_named_slider_moves_what_it_is_named_after(slider) -> None:
    """On average over pictures strictly, and on nearly every single one from end to end."""
    space = Space(nets().config, nets().weights)
    values = np.array([
        [looks(nets().make(space.latent(space.point(seed), 0.7, {slider.name: at})))[slider.attribute] for at in (-2, -1, 0, 1, 2)]
        for seed in range(200, 216)
    ])  # fmt: skip
    assert (np.diff(values.mean(0)) > 0).all(), values.mean(0)
    assert (values[:, -1] > values[:, 0]).mean() >= 0.9
    assert values.mean(0)[-1] - values.mean(0)[0] > nets().config["usual"][slider.attribute][1]


def test_near_points_are_near_pictures() -> None:
    """A drag never jumps: forty small steps between two points, none of them far."""
    space = Space(nets().config, nets().weights)
    a, b = (np.array(space.point(seed)) for seed in (1, 2))
    way = [nets().make(space.latent((1 - t) * a + t * b, 0.7, {})).astype(float) for t in np.linspace(0, 1, 40)]
    steps = [np.abs(y - x).mean() for x, y in zip(way, way[1:], strict=False)]
    assert 0 < max(steps) < 6 * np.mean(steps)
    assert np.abs(way[-1] - way[0]).mean() > 4 * max(steps)


def test_the_judge_tells_pictures_apart_and_was_right_more_often_than_by_chance() -> None:
    scores = [offer.facts["score"] for offer in offers(n=8, seed=40)]
    assert len(set(scores)) == 8
    assert scores == [pytest.approx(nets().score(pixels(offer)), abs=1e-3) for offer in offers(n=8, seed=40)]
    assert json.loads((FOLDER / "metrics.json").read_text())["judge right"] > 0.6


def test_measures_measure() -> None:
    red, dark = np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 3), 20, np.uint8)
    red[..., 0] = 255
    assert looks(red)["warmth"] == pytest.approx(1.0)
    assert looks(red)["colour"] == pytest.approx(1.0)
    assert looks(dark)["light"] < 0.1
    half = np.zeros((8, 8, 3), np.uint8)
    half[:4] = 255
    assert looks(half)["sky"] == pytest.approx(1.0)
    assert looks(half.transpose(1, 0, 2))["side"] == pytest.approx(-1.0)
    assert looks(half)["contrast"] == pytest.approx(0.5)
    green = np.zeros((8, 8, 3), np.uint8)
    green[..., 1] = 255
    assert looks(green)["green"] == pytest.approx(1.0)
    assert looks(half)["detail"] > looks(dark)["detail"] == 0.0
    assert set(looks(red)) == set(MEASURES)


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 255)), max_size=30), st.integers(1, 8), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_ranking_gives_different_ones_and_the_best_first(drafts, n, apart) -> None:
    scores = [score for score, _ in drafts]
    chosen = rank(scores, [np.full(192, grey / 255, np.float32) for _, grey in drafts], n, apart)
    assert len(chosen) == len(set(chosen)) == min(n, len(drafts))
    if drafts and apart < 1:
        assert scores[chosen[0]] == max(scores)


def test_ranking_takes_distant_ones_before_twins() -> None:
    thumbs = [np.full(192, value, np.float32) for value in (0.5, 0.5, 0.9)]
    assert rank([3.0, 2.0, 1.0], thumbs, 2, apart=0.5) == [0, 2]
    assert rank([3.0, 2.0, 1.0], thumbs, 2, apart=0.0) == [0, 1]


@given(st.integers(0, 2**32), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_a_child_stands_between_its_parents_at_their_distance(seed, share) -> None:
    a, b = np.random.default_rng(1).standard_normal((2, 64))
    got = np.array(child(a, b, share, seed, own=0.0))
    low, high = sorted((np.linalg.norm(a), np.linalg.norm(b)))
    assert low - 0.02 <= np.linalg.norm(got) <= high + 0.02
    wanted = (1 - share) * a + share * b
    assert got @ wanted == pytest.approx(np.linalg.norm(got) * np.linalg.norm(wanted), rel=1e-3)


def test_marks_know_a_copy_and_not_another_picture() -> None:
    made = np.stack([pixels(o) for o in offers(n=12, seed=7, tame=1.0)])
    known = marks_of(made)
    noisy = (made.astype(int) + np.random.default_rng(0).integers(-3, 4, made.shape)).clip(0, 255).astype(np.uint8)
    for k in range(12):
        at, far = nearest(marks_of(made[k : k + 1]), known)
        assert (at, far) == (k, 0.0)
    assert copies(marks_of(noisy), known) >= 10
    assert copies(marks_of(255 - made), known) == 0


def test_no_picture_it_learned_from_is_in_the_folder_but_its_mark_is() -> None:
    known = load(FOLDER / "near.safetensors")
    assert isinstance(known, Marks)
    metrics = json.loads((FOLDER / "metrics.json").read_text())
    assert len(known.hashes) == metrics["training pictures"] >= 5000
    made = np.stack([pixels(o) for o in offers(n=16, seed=900, tame=0.7)])
    assert copies(marks_of(made), known) <= 1


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_arithmetic_is_that_of_plain_loops(deep, half, seed) -> None:
    chance, size = np.random.default_rng(seed), 2 * half
    x = chance.standard_normal((deep, size, size)).astype(np.float32)
    taps, bias = chance.standard_normal((9, 2, deep)).astype(np.float32), chance.standard_normal(2).astype(np.float32)
    room = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    slow = [
        [[sum(taps[k, o] @ room[:, r + k // 3, c + k % 3] for k in range(9)) + bias[o] for c in range(size)] for r in range(size)]
        for o in range(2)
    ]
    assert np.allclose(conv(x, taps, bias), slow, atol=1e-4)
    assert (unfolded(folded(x)) == x).all()
    assert halved(x)[0, 0, 0] == pytest.approx(x[0, :2, :2].mean(), abs=1e-5)
