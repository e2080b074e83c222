"""Given: a file that an ask begins from (a sketch, a mask, a picture), known by its content.

Its bytes travel with the ask to the engine. Jobs and recipes keep only its name; every offer made from it keeps the
bytes among its things (`given-<field>`), so that a recipe can always be followed again.
"""

import hashlib
from typing import Self

from pydantic import Field, model_validator

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.core.event import Thing
from studio.core.word import Word


class Given(Word):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str
    body: bytes = Field(default=b"", repr=False)

    @model_validator(mode="after")
    def _true(self) -> Self:
        if self.body and hashlib.sha256(self.body).hexdigest() != self.sha256:
            raise ValueError("is not the file it says it is")
        return self

    @classmethod
    def of(cls, body: bytes, media_type: str) -> "Given":
        return cls(sha256=hashlib.sha256(body).hexdigest(), media_type=media_type, body=body)


def givens(ask: Ask) -> dict[str, Given]:
    """What an ask begins from, by the names of its fields."""
    return {name: value for name in type(ask).model_fields if isinstance(value := getattr(ask, name), Given)}


def named(ask: Ask) -> Ask:
    """The ask with the names of its files alone: how it is written down."""
    return ask.model_copy(update={name: one.model_copy(update={"body": b""}) for name, one in givens(ask).items()})


def things_of(ask: Ask) -> tuple[Thing, ...]:
    """The files of an ask as an offer keeps them."""
    return tuple(
        Thing(name=f"given-{name.replace('_', '-')}", media_type=one.media_type, body=one.body)
        for name, one in givens(ask).items()
    )


def filled(ask: Ask, bodies: dict[str, bytes]) -> Ask:
    """The ask ready to be run again, its files taken from `bodies` (by sha256)."""
    missing = [name for name, one in givens(ask).items() if not one.body and one.sha256 not in bodies]
    if missing:
        raise Refused(f"The {missing[0]} that this began from is not there any more, so it cannot be made again.")
    return ask.model_copy(
        update={name: one.model_copy(update={"body": one.body or bodies[one.sha256]}) for name, one in givens(ask).items()}
    )
