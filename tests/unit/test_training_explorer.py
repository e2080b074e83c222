"""Training of the explorer: it learns, goes on after a break, and what is shipped is what was trained."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.images.explorer.looks import looks
from studio.images.explorer.net import Nets
from studio.images.explorer.space import Space
from studio.training.explorer import GPU, Plan, Trainer, Until, batch_of, train
from studio.training.explorer_folder import open_run, shown, write_folder
from studio.training.explorer_sliders import TOLD, find, told
from studio.training.explorer_world import FACTS, World, draw, world

SMALL = Plan(widths=(24, 16, 12), latent=8, batch=8, warm=64, rate=3e-3)


def hills(n: int, size: int = 32) -> np.ndarray:
    """Two plain colours, one above the other: quick to learn."""
    chance = np.random.default_rng(0)
    out = np.zeros((n, size, size, 3), np.uint8)
    for picture in out:
        line = chance.integers(8, 24)
        picture[:line], picture[line:] = chance.integers(0, 256, 3), chance.integers(0, 256, 3)
    return out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run of two parts: broken off, then gone on with."""
    out = tmp_path_factory.mktemp("run")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train(out, Until(9, shown=120), SMALL, "cpu", hills(200))
    train(out, Until(9, shown=360), SMALL, "cpu", hills(200))
    yield out
    torch.set_num_threads(threads)


def test_it_learns_and_goes_on_where_it_was(run: Path) -> None:
    log = json.loads((run / "log.json").read_text())
    assert [line["shown"] for line in log] == [120, 360]
    assert log[-1]["copy"] < log[0]["copy"]
    assert {"match", "looks", "judge good", "judge bad"} <= set(log[-1])
    assert (run / "sheet.png").stat().st_size > 1000
    assert open_run(run).state["shown"] == 360


@pytest.fixture(scope="module")
def folder(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, pictures = tmp_path_factory.mktemp("folder"), hills(240)
    facts = np.eye(len(FACTS), dtype=np.float32)[np.arange(200) % len(FACTS)]
    write_folder(open_run(run), World(pictures[:200], facts), pictures[200:], out, run, most=150)
    return out


def test_the_shipped_folder_plays_what_was_trained(run: Path, folder: Path) -> None:
    trainer, nets = open_run(run), Nets(folder)
    space, judge = Space(nets.config, nets.weights), trainer.judge.eval()
    for seed in range(6):
        latent = space.latent(space.point(seed), 0.7, {"form-1": 1.0})
        made = nets.make(latent)
        with torch.no_grad():
            there = torch.sigmoid(trainer.mean_maker(torch.from_numpy(latent)[None]))[0].permute(1, 2, 0).numpy() * 255
            score = judge(torch.from_numpy(made).permute(2, 0, 1)[None] / 127.5 - 1.0)[0]
        assert np.abs(made - there).max() < 4  # half precision on disk
        assert nets.score(made) == pytest.approx(float(score), abs=0.02)


def test_the_folder_tells_what_was_measured(folder: Path) -> None:
    found, config = json.loads((folder / "metrics.json").read_text()), Nets(folder).config
    assert {slider["name"] for slider in config["sliders"]} >= {one.name for one in TOLD} == set(found["followed"])
    assert 0 <= found["near copies"][0] <= found["near copies"][1] == 150
    card = (folder / "README.md").read_text()
    assert f"{found['parameters']:,} parameters" in card
    assert "no words, no faces" in card
    for name in ("samples.webp", "worst.webp", "near.safetensors"):
        assert (folder / name).stat().st_size > 100


def test_the_middle_of_the_space_is_the_middle_of_what_was_read(folder: Path) -> None:
    middle = shown(Nets(folder), np.zeros((1, 8), np.float32))[0].astype(float)
    assert np.abs(middle.mean((0, 1)) - hills(200).mean((0, 1, 2))).max() < 60


def test_named_ways_do_what_they_say_on_a_world_that_is_known() -> None:
    """Four numbers that are light, warmth, where light is, and nothing: found again from pictures alone."""

    def pictures(points: np.ndarray) -> np.ndarray:
        out = np.full((len(points), 16, 16, 3), 128.0)
        out += 12 * points[:, 0, None, None, None]
        out[..., 0] += 10 * points[:, 1, None, None]
        out[..., 2] -= 10 * points[:, 1, None, None]
        out[:, :8] += 10 * points[:, 2, None, None, None]
        out[:, 8:] -= 10 * points[:, 2, None, None, None]
        return out.clip(0, 255).astype(np.uint8)

    points = np.random.default_rng(0).standard_normal((400, 6)).astype(np.float32)
    ways = find(pictures, points, np.zeros((0, 6)))
    names = [slider.name for slider in ways.sliders]
    assert ways.explained["warmth"] > 0.95
    for name, axis in (("light", 0), ("warmth", 1), ("sky", 2)):
        way = ways.ways[names.index(name)]
        assert way[axis] > 0.8 * np.linalg.norm(way)
        moved = [looks(pictures((np.zeros((1, 6)) + at * way).astype(np.float32))[0])[name] for at in (-1, 0, 1)]
        assert moved[0] < moved[1] < moved[2]
    assert "side" not in names  # nothing in this world moves it


def test_told_ways_point_to_what_is_there() -> None:
    chance = np.random.default_rng(3)
    points, facts = chance.standard_normal((500, 6)), np.zeros((500, len(FACTS)), np.float32)
    for k in range(len(TOLD)):
        facts[:, FACTS.index(TOLD[k].name)] = points[:, k] > 0.5
    assert (told(points, facts, FACTS).argmax(1) == np.arange(len(TOLD))).all()


def test_the_world_is_drawn_once_and_the_same(tmp_path: Path) -> None:
    picture, truths = draw(4, 32)
    assert picture.shape == (32, 32, 3)
    assert len(truths) == len(FACTS)
    assert sum(truths[:3]) == 1
    kept = world(tmp_path, 5, 32)
    assert (kept.pictures[4] == picture).all()
    more = world(tmp_path, 6, 32)
    assert (more.pictures[:5] == kept.pictures).all()


def test_the_recipe_for_a_graphics_card_makes_larger_pictures() -> None:
    assert (Plan().size, GPU.size) == (64, 128)
    trainer = Trainer(dataclasses.replace(GPU, widths=(16, 8, 8, 8, 8), latent=6, warm=0))
    parts = trainer.step(batch_of(np.zeros((4, 128, 128, 3), np.uint8), 2, "cpu"))
    assert np.isfinite(list(parts.values())).all()
