"""python -m studio paint: files that say how they were made, told as they come; the time budget; errors as sentences."""

from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from studio.core.errors import Refused
from studio.images.ask import PaintAsk
from studio.images.budget import Timings
from studio.images.command import add_to, colours_of, make_ask, sides_of
from studio.images.metadata import read_metadata
from tests.toy_painter import paint, toy_registry


def run(folder: Path, *words: str, **options: float) -> str:
    from contextlib import closing

    app = typer.Typer()
    app.callback()(lambda: None)
    add_to(app, lambda: closing(toy_registry(folder, **options)), lambda: folder / "timings.json")
    done = CliRunner().invoke(app, ["paint", *words, "--out", str(folder / "out")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_pictures_are_written_as_they_come_and_say_how_they_were_made(tmp_path: Path) -> None:
    said = run(tmp_path, "a hill", "--n", "3", "--style", "woodcut", "--seed", "7", "--palette", "#112233,#AABBCC", "--size", "96x64")
    assert [line.split(",")[0] for line in said.splitlines() if line.startswith("picture")] == ["picture 1 of 3", "picture 2 of 3", "picture 3 of 3"]
    assert "most alike are" in said
    for i in range(3):
        data = (tmp_path / "out" / f"picture-{i + 1}.png").read_bytes()
        found = read_metadata(data)
        assert (found.prompt, found.seed, found.steps, found.size, found.sampler) == ("a hill, woodcut", 7 + i, 4, (96, 64), "Toy")
        ask = PaintAsk.model_validate(found.recipe.ask)
        assert ask.palette == ("#112233", "#aabbcc")
        with Image.open(tmp_path / "out" / f"picture-{i + 1}.png") as written:  # the pixels are those of the model
            made = paint(ask.seed_of(found.recipe.index), 96, 64)
            (tmp_path / "made.png").write_bytes(made)
            with Image.open(tmp_path / "made.png") as wanted:
                assert written.tobytes() == wanted.tobytes()
    with Image.open(tmp_path / "out" / "sheet.png") as sheet:
        assert sheet.width > 2 * 96
    run(tmp_path, "a hill", "--n", "1", "--bare")
    assert read_metadata((tmp_path / "out" / "picture-1.png").read_bytes()) is None


def test_seconds_become_steps_after_one_measurement(tmp_path: Path) -> None:
    times = {"step": 0.2, "decode": 0.3, "words": 0.1, "batch": 2, "least_steps": 2, "most_steps": 30}
    said = run(tmp_path, "a hill", "--n", "2", "--seconds", "5", **times)
    assert "Measuring what this model takes" in said
    assert "2 pictures in about 5 s. 10 steps each." in said  # one after another, as nothing else was seen yet
    known = Timings(tmp_path / "timings.json").of("toy-painter", "cpu", (0, 0))
    assert {one.batch for one in known.seen} == {1, 2}
    again = run(tmp_path, "a hill", "--n", "2", "--seconds", "5", **times)
    assert "Measuring" not in again
    assert "2 pictures in about 5 s. 13 steps each." in again  # now it was seen: 0.32 s a step, 0.48 to decode
    assert read_metadata((tmp_path / "out" / "picture-1.png").read_bytes()).steps == 13
    short = run(tmp_path, "a hill", "--n", "4", "--seconds", "1.5", **times)
    assert "4 pictures will take about 2 s, more than the 1.5 s given; in 1.5 s there is time for 2. 2 steps each." in short


def test_a_palette_may_come_from_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "#2b6cb0").save(tmp_path / "sea.png")
    assert colours_of(str(tmp_path / "sea.png")) == ("#2b6cb0",)
    assert colours_of("") == ()


@pytest.mark.parametrize(("of", "what", "sentence"), [
    (sides_of, "large", "large is no size. Write it like 192x128, or one number for a square."),
    (sides_of, "1x2x3", "1x2x3 is no size"),
    (colours_of, "teal", "teal is no palette. Write colours like"),
    (lambda text: make_ask(prompt=text, width=1001), "x", "width: must be from 64 to 2048 and divide by 8. See `python -m studio paint --help`."),
])  # fmt: skip
def test_what_cannot_be_used_is_said(of: object, what: str, sentence: str) -> None:
    with pytest.raises(Refused) as told:
        of(what)  # type: ignore[operator]
    assert sentence in str(told.value)
