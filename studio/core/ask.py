"""Ask: the frozen request of one medium. Everything that matters for a generation is in it.

Each medium derives its own asks in its own room; core knows only what all of them share.
"""

from typing import Literal

from pydantic import Field

from studio.core.word import Word

Medium = Literal["text", "picture", "tune"]
MEDIA: tuple[Medium, ...] = ("text", "picture", "tune")


class Ask(Word):
    medium: Medium
    task: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)
    n: int = Field(default=1, ge=1, le=16)  # how many offers
    seed: int = Field(default=0, ge=0, lt=2**63)

    def seed_of(self, index: int) -> int:
        """Offer `index` has a seed of its own, so that it does not depend on how many were asked for."""
        return (self.seed + index) % 2**63
