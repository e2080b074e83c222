"""A figure: something measured against a goal. Each area's module lists its own as `FIGURES`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    value: str  # as a person reads it
    holds: bool
    details: dict[str, Any]


@dataclass(frozen=True)
class Figure:
    name: str
    goal: str
    measure: Callable[[], Measured]


@dataclass(frozen=True)
class Line:
    area: str
    name: str
    measured: str
    goal: str
    holds: bool
    details: dict[str, Any]

    def text(self) -> str:
        return f"{self.area}/{self.name}: {self.measured} (goal: {self.goal}): {'holds' if self.holds else 'FALLS SHORT'}"

    def data(self) -> dict[str, Any]:
        return asdict(self)
