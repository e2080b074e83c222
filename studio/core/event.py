"""Events: what an engine yields while it works.

Progress, Delta and Preview each carry the whole state so far, so a slow reader may skip to the newest;
Offer and Notice must all arrive.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from studio.core.recipe import Recipe
from studio.core.word import Word


class Progress(Word):
    kind: Literal["progress"] = "progress"
    stage: Literal["queued", "loading", "working"] = "working"
    position: int = 0  # in the queue, 1 = next
    fraction: float = Field(default=0.0, ge=0.0, le=1.0)
    seconds_left: float | None = None
    note: str = ""


class Delta(Word):
    kind: Literal["delta"] = "delta"
    index: int  # which offer
    text: str  # all of its text so far


class Preview(Word):
    kind: Literal["preview"] = "preview"
    index: int
    media_type: str
    body: bytes


class Thing(Word):
    """One named file of an offer or a draft, with its bytes: `body`, `thumbnail`, `audio` ..."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)
    media_type: str
    body: bytes


class Offer(Word):
    kind: Literal["offer"] = "offer"
    index: int
    seed: int
    things: tuple[Thing, ...]  # the first is the work itself
    summary: str = ""  # a first line for lists and for people who do not see the picture
    facts: dict[str, Any] = {}  # what the engine wants to explain
    partial: bool = False  # stopped before it was finished
    id: str = ""  # given when it is recorded
    recipe: Recipe | None = None  # given when it is recorded


class Notice(Word):
    kind: Literal["notice"] = "notice"
    level: Literal["info", "warning", "error"] = "info"
    text: str


Event = Annotated[Progress | Delta | Preview | Offer | Notice, Field(discriminator="kind")]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def load_event(data: bytes | str) -> Event:
    return _EVENT.validate_json(data)


def newest_only(event: Event) -> tuple[str, int] | None:
    """The slot in which a newer event of this sort replaces an older one; None for events that must all arrive."""
    match event:
        case Progress():
            return ("progress", 0)
        case Delta(index=i):
            return ("delta", i)
        case Preview(index=i):
            return ("preview", i)
        case _:
            return None
