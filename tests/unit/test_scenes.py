"""Procedural scenes: what the caption says is in the picture, in a closed vocabulary, the same for the same number."""

import io
import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.training.scenes import Objects, Scene, make
from studio.training.scenes.board import Board, box
from studio.training.scenes.colours import LIGHTS, Palette, five, name_of, names_of, oklch, to_lab
from studio.training.scenes.grammar import COLOURS, WORD, vocabulary
from studio.training.scenes.make import KINDS, STYLES, measure, sheet
from studio.training.scenes.nouns import article, plural
from studio.training.scenes.objects import names
from studio.training.scenes.placing import named
from studio.training.scenes.plan import Plan

COUNT = 300


@lru_cache(maxsize=1)
def scenes() -> list[Scene]:
    """Small ones, so that three hundred are quick."""
    return [make(number, 32) for number in range(COUNT)]


def test_a_number_always_gives_the_same_scene() -> None:
    for number in (0, 7, 41):
        first, second = make(number, 48), make(number, 48)
        assert np.array_equal(first.picture, second.picture)
        assert (first.caption, first.parts) == (second.caption, second.parts)
        assert first.picture.shape == (48, 48, 3)
        assert first.picture.dtype == np.uint8


def test_a_caption_holds_only_words_of_the_vocabulary() -> None:
    words = vocabulary()
    assert 800 <= len(words) <= 1600
    for scene in scenes():
        unknown = [word for word in WORD.findall(scene.caption) if word not in words]
        assert not unknown, (unknown, scene.caption)
        assert 1 <= len(scene.caption.split()) <= 40


def test_every_kind_and_every_style_comes() -> None:
    kinds, styles = Counter(s.parts["kind"] for s in scenes()), Counter(s.parts["style"] for s in scenes())
    assert set(kinds) == set(KINDS) - {"objects"}  # those need the data
    assert set(styles) == set(STYLES)


def test_no_two_scenes_are_nearly_the_same() -> None:
    small = np.stack([s.picture.reshape(8, 4, 8, 4, 3).mean((1, 3)).ravel() for s in scenes()]) / 255
    apart = np.sqrt(((small[:, None] - small[None]) ** 2).mean(-1)) + np.eye(COUNT)
    assert apart.min() > 0.02
    assert len({s.caption for s in scenes()}) > 0.85 * COUNT


def test_a_colour_that_is_told_is_in_the_picture() -> None:
    told = 0
    for scene in scenes():
        found = Counter(names_of(scene.picture.reshape(-1, 3).astype(np.float32) / 255))
        for word in set(WORD.findall(scene.caption)) & set(COLOURS) - {"orange"}:  # an orange is also a fruit
            assert found[word] >= 6, (word, scene.caption, found)
            told += 1
    assert told > 150


def test_the_palette_lies_near_the_pixels() -> None:
    for scene in scenes()[:60]:
        lab = to_lab(np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in scene.parts["palette"]]))
        assert len(lab) == 5
        pixels = to_lab(scene.picture.reshape(-1, 3) / 255)
        assert np.sqrt(((pixels[:, None] - lab[None]) ** 2).sum(-1)).min(1).mean() < 0.12


@pytest.mark.parametrize(("colour", "word"), [
    ((0.63, 0.24, 28), "red"), ((0.73, 0.17, 56), "orange"), ((0.88, 0.17, 98), "yellow"), ((0.6, 0.16, 143), "green"), ((0.7, 0.11, 195), "turquoise"),
    ((0.5, 0.18, 260), "blue"), ((0.5, 0.18, 302), "violet"), ((0.75, 0.15, 350), "pink"), ((0.42, 0.08, 55), "brown"), ((0.99, 0.002, 90), "white"),
    ((0.1, 0.005, 90), "black"), ((0.6, 0.003, 90), "grey"), ((0.72, 0.1, 75), ""),
])  # fmt: skip
def test_a_colour_is_called_by_its_plain_word_or_by_none(colour: tuple[float, float, float], word: str) -> None:
    assert name_of(oklch(*colour)) == word


def test_dark_hours_are_darker() -> None:
    light = {hour: np.mean([s.picture.mean() for s in scenes() if s.parts["light"] == hour and s.parts["kind"] in ("sea", "lake", "field", "sky", "village")])
             for hour in ("noon", "night")}  # fmt: skip
    assert light["noon"] > light["night"] + 30


def a_plan() -> Plan:
    return Plan(np.random.default_rng(1), Palette(np.random.default_rng(1), LIGHTS[2], 0), "sea", "flat")


def test_only_what_can_be_seen_is_told_with_the_colour_it_has() -> None:
    board, plan = Board(64), a_plan()
    for x, colour, name in (
        (0.1, (0.6, 0.22, 27), "boat"),
        (0.5, (0.9, 0.17, 100), "hidden kite"),
        (0.5, (0.5, 0.18, 260), "tower"),
    ):
        board.draw(box(x, 0.2, 0.3, 0.5), oklch(*colour), name)
        plan.add(f"a {name}", name)
    measure(board, plan, (np.clip(board.rgb, 0, 1) * 255).astype(np.uint8))
    assert [(thing.noun, thing.colour) for thing in plan.things] == [("a boat", "red"), ("a tower", "blue")]


@pytest.mark.parametrize(("x", "words"), [(0.2, "on the left"), (0.5, "in the middle"), (0.8, "on the right"), (0.4, "")])
def test_a_place_is_told_where_the_object_stands(objects: Objects, x: float, words: str) -> None:
    board, plan = Board(64), a_plan()
    plan.objects = objects
    named(board, plan, ("head", "fruit", "car", "water animal"), 0.25, x, 0.9)
    assert plan.things[0].place == words
    rows, columns = np.nonzero(board.ids)
    assert abs(columns.mean() / 64 - x) < 0.03
    assert abs(rows.max() / 64 - 0.9) < 0.04


def test_names_take_their_article_and_their_plural() -> None:
    assert [article(n) for n in ("apple", "fox", "bread", "hourglass", "unicorn", "glasses")] == \
        ["an apple", "a fox", "bread", "an hourglass", "a unicorn", "glasses"]  # fmt: skip
    assert [plural(n) for n in ("fox", "cup of tea", "mouse", "cherry blossom", "butterfly", "potato", "leaf")] == \
        ["foxes", "cups of tea", "mice", "cherry blossoms", "butterflies", "potatoes", "leaves"]  # fmt: skip
    assert all(re.fullmatch(r"[a-z' -]+", name) for name, _ in names().values())


def test_five_colours_of_a_flag_are_its_colours() -> None:
    stripes = np.repeat(np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0]], np.uint8), 14, 0)
    assert set(five(np.repeat(stripes[:, None], 70, 1))) == {"#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000"}


def test_a_sheet_shows_all() -> None:
    shown = np.asarray(sheet(scenes()[:7], columns=4))
    assert shown.shape == (72, 144, 3)
    assert np.array_equal(shown[38:70, 38:70], scenes()[5].picture)


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Objects:
    """Four things in two looks each, a disc and a box in plain colours, as the data's zips hold them."""
    folder = tmp_path_factory.mktemp("objects")
    colours = {"1f98a": "#e05a10", "1f34e": "#d01020", "1f697": "#1040d0", "1f41f": "#10a0a0"}  # fox, apple, car, fish
    for pack, shape in (("noto-emoji", "ellipse"), ("game-icons", "rectangle")):
        with ZipFile(folder / f"{pack}.zip", "w") as whole, (folder / f"{pack}.jsonl").open("w", encoding="utf-8") as listing:
            for stem, colour in colours.items():
                image = Image.new("RGBA", (64, 48))
                getattr(ImageDraw.Draw(image), shape)((4, 4, 59, 43), fill=colour if pack == "noto-emoji" else "black")
                data = io.BytesIO()
                image.save(data, "WEBP", lossless=True)
                whole.writestr(f"{stem}.webp", data.getvalue())
                listing.write(json.dumps({"file": f"{stem}.webp", "name": "whatever"}) + "\n")
            listing.write(json.dumps({"file": "1f600.webp", "name": "grinning face"}) + "\n")  # is on no list of ours
    return Objects(folder)


def test_the_same_file_in_two_sets_is_one_concept_in_two_looks(objects: Objects) -> None:
    assert sorted(concept.name for concept in objects.concepts) == ["apple", "car", "fish", "fox"]
    assert all(len(concept.pictures) == 2 for concept in objects.concepts)
    picture = objects.picture("noto-emoji", "1f34e.webp", 28)
    assert picture.shape == (20, 28, 4)  # cropped to what is drawn, then sized
    assert name_of(picture[10, 14, :3]) == "red"


def test_objects_are_painted_and_told(objects: Objects) -> None:
    told = Counter[str]()
    for number in range(60):
        scene = make(number, 32, objects)
        for name in scene.parts["objects"]:
            told[name] += 1
            assert any(name in thing or plural(name) in thing for thing in scene.parts["things"]), scene.caption
        if scene.parts["kind"] == "objects":
            assert any(word in scene.caption for name in scene.parts["objects"] for word in (name, plural(name))), scene.caption
            told[scene.parts["style"]] += 1
    assert {"apple", "car", "fish", "fox"} <= set(told)
    assert set(told) & {"cartoon", "silhouette"}  # shown as drawn, the look is told


def test_a_folder_without_objects_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Give the folder that holds their \.zip and \.jsonl files"):
        Objects(tmp_path)
