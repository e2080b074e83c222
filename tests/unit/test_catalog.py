"""The catalogue: good cards are read, bad ones are explained, the person's win."""

from pathlib import Path

import pytest

from studio.core.errors import StudioError
from studio.registry.catalog import SHIPPED, read_catalog, read_shelf
from studio.registry.runtimes import packages_of, runtime_finder

GOOD = """
[{id}]
title = "Tiny Writer"
medium = "text"
tasks = ["write"]
runtime = "gguf"
source = {{ kind = "hub", where = "someone/tiny" }}
licence = "apache-2.0"
size = 1000
memory = 2000
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "catalog.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_catalogue_is_in_order() -> None:
    cards, problems = read_catalog(SHIPPED)
    assert problems == []
    assert len(cards) >= 4
    for card in cards:
        assert card.limits, f"{card.id} does not say what it cannot do"
        assert card.training_data, f"{card.id} does not say what it was made from"
        assert card.licence in ("apache-2.0", "mit", "creativeml-openrail-m")
        assert card.memory >= card.size > 0
        if card.source.kind == "hub":
            assert card.source.allow, f"{card.id} would fetch whatever lies there"
            assert not any(pattern == "*" or pattern.endswith((".bin", ".py")) for pattern in card.source.allow)


def test_the_shipped_catalogue_knows_nothing_of_fakes() -> None:
    text = SHIPPED.read_text("utf-8")
    assert "fake" not in text
    assert "tests" not in text


@pytest.mark.parametrize(
    ("line", "changed", "field", "said"),
    [
        ("size = 1000", 'size = "big"', "size", "must be a whole number of bytes"),
        ("size = 1000", "size = -1", "size", "must be a whole number of bytes"),
        ("size = 1000", "size = 1.5", "size", "must be a whole number of bytes"),
        ("memory = 2000", "", "memory", "is missing"),
        ('medium = "text"', 'medium = "video"', "medium", "must be one of 'text', 'picture' or 'tune'"),
        ('licence = "apache-2.0"', 'license = "mit"', "license", "is not a field of a card; did you mean `licence`"),
        ('licence = "apache-2.0"', "licence = 3", "licence", "must be text in quotes"),
        ('tasks = ["write"]', "tasks = []", "tasks", "must not be empty"),
        ('tasks = ["write"]', 'tasks = "write"', "tasks", "must be a list in square brackets"),
        ('runtime = "gguf"', 'runtime = "tests.fakes"', "runtime", "must be the name of a runtime"),
        ('kind = "hub"', 'kind = "ftp"', "source.kind", "must be one of 'embedded', 'folder', 'hub' or 'server'"),
        ("someone/tiny", "../../etc", "source.where", "must be owner/name"),
        ('"hub", where = "someone/tiny"', '"folder", where = "models"', "source.where", "must be the whole path"),
        ('"hub", where = "someone/tiny"', '"embedded", where = "../x"', "source.where", "must be the name of one folder"),
        ("size = 1000", 'size = 1\nfiles = [{path="../x", sha256="0", size=1}]', "files.0.path", "must be a path inside"),
        ("size = 1000", 'size = 1\nfiles = [{path="x", sha256="0", size=1}]', "files.0.sha256", "must be 64 digits"),
        ("size = 1000", "size = 1000\nid = 'other'", "id", "must not be written"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, line: str, changed: str, field: str, said: str) -> None:
    text = GOOD.format(id="tiny-writer")
    assert line in text
    path = write(tmp_path, text.replace(line, changed) + GOOD.format(id="good-one"))
    cards, problems = read_catalog(path)
    assert [card.id for card in cards] == ["good-one"], "a broken entry hides a good one"
    message = next(p for p in problems if f"field `{field}`" in p)
    assert message.startswith(f"In {path}, entry `tiny-writer`, field `{field}`: ")
    assert said in message
    assert message.endswith(".")


def test_a_bad_name_is_said(tmp_path: Path) -> None:
    cards, problems = read_catalog(write(tmp_path, GOOD.format(id='"Tiny Writer"')))
    assert not cards
    assert problems[0].startswith(f"In {tmp_path / 'catalog.toml'}, entry `Tiny Writer`: its name must be")


def test_no_toml_no_file_no_utf8(tmp_path: Path) -> None:
    assert "not valid TOML" in read_catalog(write(tmp_path, "x = ["))[1][0]
    assert "cannot be read" in read_catalog(tmp_path / "nowhere.toml")[1][0]
    (tmp_path / "catalog.toml").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in read_catalog(tmp_path / "catalog.toml")[1][0]


def test_the_persons_entries_win_and_their_mistakes_hide_nothing(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped.toml"
    shipped.write_text(GOOD.format(id="one") + GOOD.format(id="two"), "utf-8")
    user = write(tmp_path, GOOD.format(id="two").replace("Tiny Writer", "Mine") + "[three]\n")
    shelf = read_shelf(user, shipped)
    assert {card.id: card.title for card in shelf.cards} == {"one": "Tiny Writer", "two": "Mine"}
    assert len(shelf.problems) >= 1
    assert all("entry `three`" in problem for problem in shelf.problems)
    assert read_shelf(tmp_path / "none.toml", shipped).problems == ()


def test_a_broken_shipped_catalogue_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="entry `x`"):
        read_shelf(None, write(tmp_path, "[x]\n"))


def test_a_runtime_is_a_file_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "images" / "engines"
    folder.mkdir(parents=True)
    (folder / "sketcher.py").write_text('PACKAGES: tuple[str, ...] = ("json", "no_such_package")\nraise SystemExit("imported")\n')
    (folder / "plain.py").write_text('PACKAGES = ("json",)\n')
    find = runtime_finder(studio=tmp_path)
    assert find("plain") == ("studio.images.engines.plain", "")
    assert find("sketcher").problem == "The runtime `sketcher` needs `no_such_package`, which is not installed."
    assert packages_of(folder / "sketcher.py") == ("json", "no_such_package")
    assert find("other").problem == "Needs the runtime `other`, which this version does not have yet."


@pytest.mark.parametrize("name", ["fake", "fakes", "tests", "../../tests/fakes", "tests.fakes", "__init__x", "os"])
def test_the_product_finds_no_fakes_and_no_other_modules(name: str) -> None:
    found = runtime_finder()(name)
    assert found.module == ""
    assert found.problem


def test_runtimes_of_tests_are_named_by_tests_only() -> None:
    assert runtime_finder({"fake": "tests.fakes"})("fake") == ("tests.fakes", "")
