"""Every knob of the studio, in one place: flags, TANDEM_* variables, and studio.toml, in that order of weight.

`python app.py --help` is made from this file. Anything wrong here ends the start with one sentence and exit code 2.
"""

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Literal

import psutil
from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    CliSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from studio.core.errors import StudioError

GB = 2**30
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


class BadSettings(StudioError):
    """A setting that cannot be used. The start ends with this sentence."""


def default_budget(total: int | None = None) -> int:
    """Half of the machine's memory minus 2 GB for everything else, at least 2 GB."""
    return max(2 * GB, (total if total is not None else psutil.virtual_memory().total) // 2 - 2 * GB)


def parse_bytes(text: str) -> int:
    """`6GB`, `1.5g`, `800 MiB` or a plain number of bytes."""
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(?:i?b)?\s*", text.lower())
    if match is None:
        raise ValueError("write it like 6GB, 800MB or a number of bytes")
    return int(float(match[1]) * _UNITS[match[2]])


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TANDEM_", extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 opens the studio to your network")
    port: int = Field(7860, ge=1, le=65535, description="port of the page")
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("tandem", appauthor=False),
        description="folder of the database, blobs, downloads and logs",
    )
    models_dir: Path | None = Field(None, description="folder of downloaded models (default: models in the data folder)")
    memory_budget: int = Field(
        default_factory=default_budget,
        description="memory that loaded models may take, like 6GB (default: half of the RAM minus 2 GB, at least 2 GB)",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="where models run")
    offline: bool = Field(False, description="never ask the network for models")
    database_url: str = Field("", description="SQLAlchemy address, sqlite or postgresql (default: SQLite in the data folder)")
    blob_url: str = Field(
        "", description="where large files live, a folder or an fsspec address (default: blobs in the data folder)"
    )
    sign_in: Literal["none", "password", "header"] = Field(
        "none", description="who may come in: anybody who reaches the page, people with a password, or an identity proxy's header"
    )
    sign_in_header: str = Field("X-Forwarded-User", description="the proxy's header with the person's name")
    trusted_proxies: str = Field("127.0.0.1,::1", description="addresses whose header is believed, separated by commas")
    public_hosts: str = Field("", description="host names the page is reached by from outside, separated by commas")
    host_kind: Literal["process", "thread"] = Field(
        "process", description="where models live: own processes, or threads of the page (for tests)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="how much is written to the log")

    @field_validator("memory_budget", mode="before")
    @classmethod
    def _bytes(cls, value: Any) -> Any:
        return parse_bytes(value) if isinstance(value, str) else value

    @field_validator("memory_budget")
    @classmethod
    def _enough(cls, value: int) -> int:
        if value < 64 * 2**20:
            raise ValueError("must be at least 64MB")
        return value

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @property
    def models(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'tandem.db'}"

    @property
    def blobs(self) -> str:
        return self.blob_url or str(self.data_dir / "blobs")

    @property
    def run_device(self) -> str:
        """`auto` without importing torch: an NVIDIA driver means cuda, Apple silicon means mps."""
        if self.device != "auto":
            return self.device
        if sys.platform == "darwin" and os.uname().machine == "arm64":
            return "mps"
        return "cuda" if Path("/proc/driver/nvidia/version").exists() else "cpu"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        config = config_file()
        toml = (TomlConfigSettingsSource(settings_cls, config),) if config else ()
        return (init_settings, env_settings, *toml)


def config_file() -> Path | None:
    """TANDEM_CONFIG, else studio.toml in the working folder, else none."""
    named = os.environ.get("TANDEM_CONFIG")
    if named:
        return Path(named)
    here = Path("studio.toml")
    return here if here.exists() else None


def load_settings(arguments: list[str] | None = None) -> Settings:
    """Settings from flags (when given), variables and the config file, or BadSettings with the sentence to print."""
    check_config(config_file())
    try:
        if arguments is None:
            return Settings()
        return Settings(_cli_settings_source=flags(arguments))
    except ValidationError as error:
        raise BadSettings(" ".join(sentence(e["loc"], e["msg"], e.get("input")) for e in error.errors())) from None


def flags(arguments: list[str]) -> CliSettingsSource[Any]:
    return CliSettingsSource(
        Settings,
        cli_parse_args=arguments,
        cli_prog_name="python app.py",
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
    )


def check_config(path: Path | None) -> None:
    if path is None:
        return
    try:
        tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise BadSettings(f"The config file {path} is not there. Check TANDEM_CONFIG.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"The config file {path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"The config file {path} is not valid TOML: {error}.") from None


def sentence(where: tuple[int | str, ...], message: str, given: Any) -> str:
    name = str(where[0]) if where else "settings"
    if message == "Extra inputs are not permitted":
        return f"There is no setting `{name}`. `python app.py --help` lists them all."
    message = message.removeprefix("Value error, ")
    return f"The setting `{name}` cannot be {given!r}: {message[0].lower()}{message[1:].rstrip('.')}."


def prepare_data_dir(folder: Path) -> None:
    """Make the data folder and prove that it can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as error:
        raise BadSettings(
            f"The data folder {folder} cannot be written to ({error.strerror}). "
            "Choose another with --data-dir or TANDEM_DATA_DIR."
        ) from None
