"""Settings: where they come from, which weighs more, and what is said when they are wrong."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.settings import GB, BadSettings, Settings, default_budget, load_settings, parse_bytes
from tests.running import ROOT


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("TANDEM_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def app(*flags: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TANDEM_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *flags], env={**clean, **env, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )


def test_flags_weigh_more_than_variables_and_those_more_than_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text('port = 1111\nmemory_budget = "3GB"\ndevice = "cpu"\n')
    monkeypatch.setenv("TANDEM_PORT", "2222")
    monkeypatch.setenv("TANDEM_DEVICE", "cuda")
    got = load_settings(["--device", "mps"])
    assert (got.port, got.memory_budget, got.device) == (2222, 3 * GB, "mps")


def test_everything_has_a_default_and_hangs_on_the_data_folder(tmp_path: Path) -> None:
    got = Settings(data_dir=tmp_path)
    assert got.database == f"sqlite:///{tmp_path}/tandem.db"
    assert got.blobs == str(tmp_path / "blobs")
    assert got.models == tmp_path / "models"


@given(st.integers(0, 10**12))
def test_plain_bytes(number: int) -> None:
    assert parse_bytes(str(number)) == number


@pytest.mark.parametrize(("text", "number"), [("6GB", 6 * GB), ("1.5 GiB", 3 * GB // 2), ("800mb", 800 << 20), ("2k", 2048)])
def test_sizes(text: str, number: int) -> None:
    assert parse_bytes(text) == number


@given(st.integers(0, 10**13))
def test_budget_is_half_minus_two_and_at_least_two(total: int) -> None:
    assert default_budget(total) == max(2 * GB, total // 2 - 2 * GB)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--port", "99999"], "`port`"),
        (["--port", "many"], "`port`"),
        (["--memory-budget", "lots"], "`memory_budget`"),
        (["--memory-budget", "1MB"], "at least 64MB"),
        (["--device", "abacus"], "device"),
    ],
)
def test_a_wrong_flag_is_one_sentence(flags: list[str], said: str) -> None:
    with pytest.raises((BadSettings, SystemExit)) as error:
        load_settings(flags)
    if isinstance(error.value, BadSettings):
        assert said in str(error.value)
        assert "\n" not in str(error.value)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text("prot = 8000\n")
    with pytest.raises(BadSettings, match="no setting `prot`"):
        load_settings([])


def test_help_lists_every_setting() -> None:
    told = app("--help")
    assert told.returncode == 0
    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in told.stdout, name


def one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_a_taken_port_ends_with_code_two(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        one_sentence(app("--port", str(taken.getsockname()[1]), "--data-dir", str(tmp_path / "d")), "Port", "--port")


def test_a_folder_that_cannot_be_written_ends_with_code_two(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    one_sentence(app("--data-dir", str(tmp_path / "file" / "d")), "data folder", "--data-dir")


def test_a_broken_config_ends_with_code_two(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("port = = 3")
    one_sentence(app(TANDEM_CONFIG=str(tmp_path / "bad.toml")), "bad.toml", "not valid TOML")
    one_sentence(app(TANDEM_CONFIG=str(tmp_path / "gone.toml")), "is not there")


def test_a_database_that_is_none_ends_with_code_two(tmp_path: Path) -> None:
    (tmp_path / "tandem.db").write_bytes(b"this is no database, but it is long enough to be read as one" * 20)
    one_sentence(app("--data-dir", str(tmp_path)), "database", "cannot be opened")
    one_sentence(app("--data-dir", str(tmp_path / "e"), "--database-url", "nonsense"), "database")
