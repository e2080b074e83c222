"""Found: what a picture's metadata say about how it was made, whoever wrote them; and safe JSON for reading them."""

import json
import math
import re
from typing import Any, Literal

from studio.core.recipe import Recipe
from studio.core.word import Word
from studio.images.metadata.parts import MOST_TEXT

Source = Literal["tandem", "a1111", "invokeai", "comfyui", "fooocus"]
MOST_PROMPT = 4000  # as in an ask
_SIZE = re.compile(r"\D{0,3}(\d{1,5})\D{1,4}(\d{1,5})\D{0,3}")


class Found(Word):
    source: Source
    prompt: str = ""
    avoid: str = ""
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str = ""
    size: tuple[int, int] | None = None
    model: str = ""
    rest: dict[str, Any] = {}  # everything else it says, by the names of the program that wrote it

    @property
    def recipe(self) -> Recipe | None:
        """Of our own pictures: enough to make it again."""
        made = self.rest.get("recipe") if self.source == "tandem" else None
        try:
            return Recipe.model_validate(made) if made else None
        except ValueError:
            return None

    def fields(self) -> dict[str, Any]:
        """What of it an ask of ours can take, within its bounds; the other model's sampler and name stay behind."""
        wanted: dict[str, Any] = {"prompt": self.prompt[:MOST_PROMPT], "avoid": self.avoid[:MOST_PROMPT]}
        if self.seed is not None and 0 <= self.seed < 2**63:
            wanted["seed"] = self.seed
        if self.steps is not None and 0 < self.steps <= 150:
            wanted["steps"] = self.steps
        if self.guidance is not None and 0 <= self.guidance <= 30:
            wanted["guidance"] = self.guidance
        if self.size is not None and all(64 <= side <= 2048 and side % 8 == 0 for side in self.size):
            wanted["width"], wanted["height"] = self.size
        return wanted


def json_of(text: str) -> Any:
    """The value, or nothing: for damaged, deep, or outsized text too."""
    if len(text) > MOST_TEXT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def dict_of(text: str) -> dict[str, Any]:
    value = json_of(text) if text.lstrip()[:1] == "{" else None
    return value if isinstance(value, dict) else {}


def whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        return int(value)
    except ValueError:
        number = real(value)
        return int(number) if number is not None and number.is_integer() else None
    except OverflowError:
        return None


def real(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def size_of(width: Any, height: Any = None) -> tuple[int, int] | None:
    """From two numbers, or from one text like `512x768` or `(512, 768)`."""
    if isinstance(width, str) and height is None:
        match = _SIZE.fullmatch(width.strip())
        width, height = match.groups() if match else (None, None)
    wide, high = whole(width) or 0, whole(height) or 0
    return (wide, high) if wide > 0 and high > 0 else None
