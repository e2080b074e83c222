"""Recipe: enough to make an offer again."""

from typing import Any

from studio.core.word import Word


class Recipe(Word):
    model: str  # the card's id
    revision: str
    runtime: str
    weights: str  # one sha256 over the sha256 of every weight file
    ask: dict[str, Any]  # the Ask as plain data
    index: int  # which of the N offers
    seed: int
    versions: dict[str, str] = {}  # library -> version, as the host reported them
