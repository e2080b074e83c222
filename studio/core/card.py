"""Card: what the registry knows of a model before it is loaded."""

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from studio.core.ask import Medium
from studio.core.word import Word


class WeightFile(Word):
    """A file of the model folder. Safetensors and GGUF are the only forms weights may have."""

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or ":" in path or "\0" in path:
            raise ValueError("must be a path inside the model folder")
        return path


class Source(Word):
    """Where the model comes from: shipped with the studio, a folder, the hub, or a server that runs it."""

    kind: Literal["embedded", "folder", "hub", "server"]
    where: str  # folder below assets/models, absolute folder, `owner/name`, or base URL
    allow: tuple[str, ...] = ()  # hub: patterns of the files to fetch

    @property
    def here(self) -> bool:
        """Is it on this machine? Asked of a server."""
        host = urlsplit(self.where).hostname or "" if self.kind == "server" else "localhost"
        return host in ("localhost", "::1") or host.startswith("127.")


class Card(Word):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)
    title: str
    medium: Medium
    tasks: tuple[str, ...] = Field(min_length=1)
    runtime: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    source: Source
    revision: str = ""
    licence: str
    size: int = Field(ge=0, description="bytes on disk")
    memory: int = Field(ge=0, description="bytes when loaded, an estimate until it has been measured")
    devices: tuple[Literal["cpu", "cuda", "mps", "remote"], ...] = ("cpu",)
    limits: str = ""  # what it cannot do, in plain words
    training_data: str = ""
    files: tuple[WeightFile, ...] = ()
    options: dict[str, str | int | float | bool] = {}  # for the runtime
