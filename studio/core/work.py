"""What the store keeps: sessions, pieces, drafts, offers, choices and jobs, as frozen records."""

import hashlib
import json
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from studio.core.ask import Medium
from studio.core.recipe import Recipe
from studio.core.word import Word


class Session(Word):
    """A creative project a person comes back to."""

    id: str
    owner: str
    title: str
    created: datetime
    updated: datetime
    trashed: datetime | None = None


class Piece(Word):
    """One thing in the making inside a session."""

    id: str
    owner: str
    session: str
    medium: Medium
    form: str  # manuscript, outline, notes, picture, tune ...
    title: str
    created: datetime
    updated: datetime
    trashed: datetime | None = None


class Part(Word):
    """One named file of a draft, known by its content."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str
    size: int = Field(ge=0)


Origin = Literal["person", "model", "mixed", "imported", "restored", "merged", "conflict"]


class Draft(Word):
    """One immutable version of a piece."""

    id: str  # see draft_id
    owner: str
    piece: str
    parents: tuple[str, ...]
    parts: tuple[Part, ...]
    origin: Origin
    recipe: Recipe | None
    offer: str | None  # the offer it was kept from
    summary: str
    created: datetime


def draft_id(
    piece: str, parents: tuple[str, ...], parts: tuple[Part, ...], origin: Origin, recipe: Recipe | None
) -> str:
    """The name of a draft is the hash of what it is: the same work with the same past is the same draft."""
    what: dict[str, Any] = {
        "piece": piece,
        "parents": list(parents),
        "parts": [[p.name, p.sha256, p.media_type] for p in parts],
        "origin": origin,
        "recipe": recipe.model_dump(mode="json") if recipe else None,
    }
    canonical = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "d1" + hashlib.sha256(canonical.encode()).hexdigest()  # d1: the version of this rule


class OfferRecord(Word):
    """An offer as the store keeps it."""

    id: str
    owner: str
    session: str
    piece: str | None
    job: str
    index: int
    seed: int
    parts: tuple[Part, ...]
    recipe: Recipe
    summary: str
    facts: dict[str, Any] = {}
    partial: bool = False
    created: datetime


ChoiceKind = Literal["kept", "edited", "rejected", "mixed", "ignored"]


class Choice(Word):
    """What the person did with an offer."""

    id: str
    owner: str
    offer: str
    kind: ChoiceKind
    draft: str | None = None  # what came of it
    created: datetime


JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled", "interrupted")


class Job(Word):
    """One run of the workbench, kept as a row so that a crash is told as what it is."""

    id: str
    owner: str
    session: str
    piece: str | None
    model: str
    ask: dict[str, Any]
    state: JobState
    message: str = ""
    created: datetime
    ended: datetime | None = None


# What the text of a working copy is, once it is a draft: by the form of its piece. All of these are JSON; what is not JSON
# in such a piece was written before its room was there, and is plain text.
WRITTEN: dict[str, str] = {
    "tune": "application/vnd.tandem.sheet+json", "manuscript": "application/vnd.tandem.manuscript+json",
}  # fmt: skip
PLAIN = "text/plain"


def written_type(form: str, text: str) -> str:
    return WRITTEN.get(form, PLAIN) if text.startswith("{") else PLAIN


class Working(Word):
    """The autosaved copy a person is typing into. A save names the version it changed; a mismatch makes a branch."""

    id: str
    owner: str
    piece: str
    base: str | None  # the draft it started from
    version: int
    text: str
    title: str  # empty for the first one, `branch 2` ... for those a conflict made
    updated: datetime
