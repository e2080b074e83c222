"""Drafts: immutable versions named by what they are, and the bodies behind them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from studio.core.errors import NotFound, Refused
from studio.core.event import Thing
from studio.core.ids import new_id
from studio.core.recipe import Recipe
from studio.core.word import Word
from studio.core.work import Choice, ChoiceKind, Draft, Origin, Part, draft_id
from studio.sessions import schema
from studio.sessions.room import Room, aware, now, owned, sound, word

INLINE_LARGEST = 64 * 1024  # bodies up to this live in the database, so that one commit saves them
SUMMARY_LONGEST = 160


class Twig(Word):
    """A draft as the tree shows it: light, so that thousands open at once."""

    id: str
    piece: str
    parents: tuple[str, ...]
    origin: Origin
    summary: str
    created: datetime
    model: str | None
    thumbnail: str | None


class Drafts(Room):
    def keep(
        self,
        owner: str,
        piece: str,
        things: Sequence[Thing],
        *,
        parents: Sequence[str] = (),
        origin: Origin = "person",
        recipe: Recipe | None = None,
        offer: str | None = None,
        summary: str = "",
        choice: ChoiceKind | None = None,
    ) -> Draft:
        """Returns when the draft is on disk. Keeping the same work with the same past again gives the same draft."""
        if not things:
            raise Refused("There is nothing to keep yet.")
        parts = self.put_things(things)
        summary = sound(summary or first_line(things[0]))[:SUMMARY_LONGEST]
        past = tuple(dict.fromkeys(parents))
        id = draft_id(piece, past, parts, origin, recipe)
        draft = Draft(
            id=id, owner=owner, piece=piece, parents=past, parts=parts, origin=origin, recipe=recipe, offer=offer,
            summary=summary, created=now(),
        )  # fmt: skip
        with self.database.write() as db:
            owned(db, schema.pieces, owner, piece)
            if offer is not None:
                owned(db, schema.offers, owner, offer)
            self.add_blobs(db, owner, parts, things)
            draft = add_draft(db, draft)
            if choice is not None and offer is not None:
                add_choice(db, owner, offer, choice, draft.id)
        return draft

    def draft(self, owner: str, id: str) -> Draft:
        with self.database.read() as db:
            row = owned(db, schema.drafts, owner, id)
            return draft_of(row, parents_of(db, owner, row["piece"], id).get(id, ()))

    def drafts(self, owner: str, piece: str) -> list[Draft]:
        """Oldest first."""
        d = schema.drafts.c
        with self.database.read() as db:
            owned(db, schema.pieces, owner, piece)
            past = parents_of(db, owner, piece)
            rows = db.execute(select(schema.drafts).where(d.piece == piece, d.owner == owner).order_by(d.number)).mappings()
            return [draft_of(row, past.get(row["id"], ())) for row in rows]

    def tree(self, owner: str, session: str) -> list[Twig]:
        """Every draft of a session, oldest first, in two queries and without bodies."""
        d, p, q = schema.drafts.c, schema.pieces.c, schema.draft_parents.c
        mine = select(p.id).where(p.session == session, p.owner == owner, p.trashed.is_(None))
        with self.database.read() as db:
            owned(db, schema.sessions, owner, session)
            past: dict[str, list[str]] = {}
            links = select(q.draft, q.parent).join(schema.drafts, d.id == q.draft).where(d.piece.in_(mine), q.owner == owner)
            for draft, parent in db.execute(links.order_by(q.draft, q.position)):
                past.setdefault(draft, []).append(parent)
            rows = db.execute(
                select(d.id, d.piece, d.parts, d.origin, d.recipe, d.summary, d.created)
                .where(d.piece.in_(mine), d.owner == owner)
                .order_by(d.number)
            ).all()
        return [
            Twig.model_construct(  # our own rows: checking 5,000 of them again would be most of the time
                id=r.id, piece=r.piece, parents=tuple(past.get(r.id, ())), origin=r.origin, summary=r.summary,
                created=aware(r.created), model=r.recipe["model"] if r.recipe else None, thumbnail=_thumbnail(r.parts),
            )
            for r in rows
        ]  # fmt: skip

    def restore_draft(self, owner: str, id: str) -> Draft:
        """The old work as the newest draft. Nothing is replaced: the old one and all others stay."""
        old = self.draft(owner, id)
        made = old.changed(
            id=draft_id(old.piece, (id,), old.parts, "restored", old.recipe), parents=(id,), origin="restored", created=now()
        )
        with self.database.write() as db:
            return add_draft(db, made)

    # bodies

    def body(self, owner: str, sha256: str) -> tuple[bytes, str]:
        with self.database.read() as db:
            return self.read_body(db, owner, sha256)

    def read_body(self, db: Connection, owner: str, sha256: str) -> tuple[bytes, str]:
        b = schema.blobs.c
        row = db.execute(select(schema.blobs).where(b.owner == owner, b.sha256 == sha256)).mappings().first()
        if row is None:
            raise NotFound("This file is not there. It may have been erased; go back to your sessions.")
        return (row["inline"] if row["inline"] is not None else self.blobs.get(sha256)), row["media_type"]

    def put_things(self, things: Sequence[Thing]) -> tuple[Part, ...]:
        """Large bodies go to disk here, before the transaction that names them."""
        if len({t.name for t in things}) != len(things):
            raise Refused("Two files of one draft have the same name.")
        parts = []
        for thing in things:
            large = len(thing.body) > INLINE_LARGEST
            sha256 = self.blobs.put(thing.body) if large else hashlib.sha256(thing.body).hexdigest()
            parts.append(Part(name=thing.name, sha256=sha256, media_type=thing.media_type, size=len(thing.body)))
        return tuple(parts)

    def add_blobs(self, db: Connection, owner: str, parts: Sequence[Part], things: Sequence[Thing]) -> None:
        rows = {
            part.sha256: {
                "owner": owner, "sha256": part.sha256, "media_type": part.media_type, "size": part.size,
                "inline": thing.body if len(thing.body) <= INLINE_LARGEST else None,
            }
            for part, thing in zip(parts, things, strict=True)
        }  # fmt: skip
        insert_new = sqlite.insert if self.database.sqlite else postgresql.insert
        db.execute(insert_new(schema.blobs).on_conflict_do_nothing(), list(rows.values()))


def _thumbnail(parts: Sequence[Mapping[str, Any]]) -> str | None:
    for part in parts:
        if part["name"] == "thumbnail":
            return str(part["sha256"])
    return None


def first_line(thing: Thing) -> str:
    if not thing.media_type.startswith("text/"):
        return ""
    return next((line.strip() for line in thing.body.decode("utf-8", "replace").splitlines() if line.strip()), "")


def parents_of(db: Connection, owner: str, piece: str, only: str | None = None) -> dict[str, tuple[str, ...]]:
    d, q = schema.drafts.c, schema.draft_parents.c
    links = select(q.draft, q.parent).where(q.owner == owner)
    links = links.where(q.draft == only) if only else links.join(schema.drafts, d.id == q.draft).where(d.piece == piece)
    past: dict[str, tuple[str, ...]] = {}
    for draft, parent in db.execute(links.order_by(q.draft, q.position)):
        past[draft] = (*past.get(draft, ()), parent)
    return past


def draft_of(row: RowMapping, parents: tuple[str, ...]) -> Draft:
    return word(Draft, row, parents=parents)


def add_draft(db: Connection, draft: Draft) -> Draft:
    """The draft, newly written or as it was already there."""
    found = (
        db.execute(select(schema.drafts).where(schema.drafts.c.id == draft.id, schema.drafts.c.owner == draft.owner))
        .mappings()
        .first()
    )
    if found is not None:
        return draft_of(found, draft.parents)
    for parent in draft.parents:
        if owned(db, schema.drafts, draft.owner, parent)["piece"] != draft.piece:
            raise Refused("A draft can only follow drafts of its own piece.")
    insert_draft(db, draft)
    p, s = schema.pieces.c, schema.sessions.c
    db.execute(update(schema.pieces).where(p.id == draft.piece, p.owner == draft.owner).values(updated=draft.created))
    session = select(p.session).where(p.id == draft.piece, p.owner == draft.owner).scalar_subquery()
    db.execute(update(schema.sessions).where(s.id == session, s.owner == draft.owner).values(updated=draft.created))
    return draft


def insert_draft(db: Connection, draft: Draft) -> None:
    values = draft.model_dump(exclude={"parents"})
    number = select(func.coalesce(func.max(schema.drafts.c.number), 0) + 1).scalar_subquery()
    db.execute(insert(schema.drafts).values(**values, number=number))
    if draft.parents:
        rows = [{"owner": draft.owner, "draft": draft.id, "position": i, "parent": p} for i, p in enumerate(draft.parents)]
        db.execute(insert(schema.draft_parents), rows)


def add_choice(db: Connection, owner: str, offer: str, kind: ChoiceKind, draft: str | None) -> Choice:
    choice = Choice(id=new_id(), owner=owner, offer=offer, kind=kind, draft=draft, created=now())
    db.execute(insert(schema.choices).values(**choice.model_dump()))
    return choice
