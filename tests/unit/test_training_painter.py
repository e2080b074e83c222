"""Training the painter: pictures with true captions, and a run that goes on where it was."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.training import pictures
from studio.training.painter_net import coarsely, known_part, lines_of, palette_of
from studio.training.pictures import Item, Pictures, colour_name, composed, main_colour, turned, write


def apple(colour: str) -> Image.Image:
    cut = Image.new("RGBA", (96, 96), (0, 0, 0, 0))
    ImageDraw.Draw(cut).ellipse((8, 8, 88, 88), fill=colour)
    return cut


@pytest.mark.parametrize(
    ("rgb", "word"),
    [((220, 30, 30), "red"), ((240, 140, 30), "orange"), ((250, 220, 60), "yellow"), ((50, 160, 70), "green"), ((40, 80, 200), "blue"),
     ((130, 60, 190), "purple"), ((20, 20, 22), "black"), ((250, 250, 250), "white"), ((128, 128, 130), "grey"), ((110, 70, 40), "brown")],
)  # fmt: skip
def test_colour_words(rgb: tuple[int, int, int], word: str) -> None:
    assert colour_name(np.array(rgb, np.uint8)) == word


def test_every_ground_is_of_the_colour_its_caption_says() -> None:
    for word, colours in pictures.GROUNDS.items():
        for one in colours:
            assert colour_name(np.asarray(Image.new("RGB", (1, 1), one))[0, 0]) in (
                word,
                {"cream": "white", "pink": "red"}.get(word),
            ), one


def test_a_recoloured_thing_is_called_by_its_new_colour() -> None:
    assert main_colour(apple("#d02020")) == "red"
    assert main_colour(turned(apple("#d02020"), 170)) == "blue"
    assert main_colour(turned(apple("#d02020"), 85)) == "green"


def test_a_thing_on_a_ground_lies_inside_of_it() -> None:
    for seed in range(20):
        made, _ = composed(random.Random(seed), apple("#00ff00"))
        green = (np.asarray(made).astype(int) - (0, 255, 0)).__abs__().max(-1) < 30
        assert 0.15 < green.mean() < 0.7
        assert not green[0].any()
        assert not green[:, 0].any()


def few(folder: Path, count: int = 24) -> Pictures:
    """Pictures of one colour each, named by it."""
    names = list(pictures.GROUNDS)[: count // 2]

    def stream():  # type: ignore[no-untyped-def]
        for at in range(count):
            name = names[at % len(names)]
            made = np.asarray(Image.new("RGB", (128, 128), pictures.GROUNDS[name][0]))
            yield made, Item(f"{name} ground", "object", name, "flat", (name,), at % 6 == 5)

    write(folder, "few", count, stream)
    return Pictures.load(folder)


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    made = few(tmp_path)
    assert write(tmp_path, "few", 24, lambda: pytest.fail("made again")) == 24
    assert len(made) == len(made.items) == 24
    assert made.picture(3).shape == (128, 128, 3)


def test_lines_palette_and_what_is_given() -> None:
    image = Image.new("RGB", (128, 128), "#ffffff")
    ImageDraw.Draw(image).rectangle((64, 0, 128, 128), fill="#203080")
    lines = lines_of(np.asarray(image))
    assert lines.shape == (4, 16, 16)
    assert lines[:, 4, 7:9].max() > 60
    assert lines[:, :, :6].max() == 0
    assert {tuple(row) for row in palette_of(np.asarray(image)).tolist()} == {(255, 255, 255), (32, 48, 128)}
    known = [known_part(np.random.default_rng(seed), 16, 16) for seed in range(30)]
    assert all(0 < one.mean() < 1 for one in known)
    torch = pytest.importorskip("torch")
    assert torch.equal(coarsely(torch.ones(8, 16, 16), 4), torch.ones(8, 16, 16))


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    """Both parts, seconds each: the state is there, the next run takes it up, and the loss is of what was learned."""
    import torch

    from studio.training.painter_codec import train_codec
    from studio.training.painter_guide import GuideTraining
    from studio.training.painter_net import NetTraining

    torch.set_num_threads(1)
    made, out = few(tmp_path / "pictures"), tmp_path / "out"
    train_codec(made, out, 1 / 60, "cpu", 1.0)
    assert (out / "codec" / "config.json").exists()
    first = NetTraining(made, out, 0.01, "cpu", "trial")
    first.size = 4
    first.run.train(first.step, lambda _: {"held": 0.0})
    steps = first.run.state["step"]
    assert steps >= 1
    again = NetTraining(made, out, 0.04, "cpu", "trial")
    assert again.run.state["step"] == steps
    assert again.vocabulary.words == first.vocabulary.words
    for mine, theirs in zip(again.run.mean.parameters(), first.run.mean.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    second = GuideTraining(made, out, 0.01, "cpu", "trial")
    second.size = 4
    second.run.train(second.step, lambda _: {"held": 0.0})  # begins as its teacher
    assert second.run.state["log"][-1]["loss"] < first.run.state["log"][-1]["loss"]
    assert json.loads((out / "net.json").read_text())[-1]["step"] == steps
