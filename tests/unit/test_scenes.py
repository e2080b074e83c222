"""Procedural scenes: what the caption says is in the picture, in a closed vocabulary, the same for the same number."""

import re
from collections import Counter
from functools import lru_cache

import numpy as np
import pytest

from studio.training.scenes import Scene, make
from studio.training.scenes.colours import five, name_of, names_of, oklch, to_lab
from studio.training.scenes.grammar import COLOURS, WORD, vocabulary
from studio.training.scenes.make import KINDS, STYLES, sheet
from studio.training.scenes.nouns import article, plural
from studio.training.scenes.objects import names

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


def test_only_what_is_seen_is_told_and_a_place_is_where_it_stands() -> None:
    for scene in scenes():
        if match := re.search(r"(?:moon|sun) on the (left|right)", scene.caption):
            assert match[1] in ("left", "right")
        assert scene.parts["things"], scene.caption
        if "rainbow" in scene.caption:
            assert "a rainbow" in scene.parts["things"]


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
