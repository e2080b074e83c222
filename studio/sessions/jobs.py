"""Jobs, offers and choices: what was asked of models, what they offered, what the person did with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.core.event import Offer
from studio.core.ids import new_id
from studio.core.recipe import Recipe
from studio.core.word import Word
from studio.core.work import ENDED, Choice, ChoiceKind, Job, JobState, OfferRecord
from studio.sessions import schema
from studio.sessions.drafts import Drafts, add_choice
from studio.sessions.room import aware, now, owned, sound, word

STOPPED = "The studio stopped while this was running. What had been finished is kept."


class Asked(Word):
    """A job that gave offers, as a list shows it."""

    id: str
    task: str
    created: datetime
    count: int  # of offers


class Jobs(Drafts):
    def start_job(self, owner: str, session: str, piece: str | None, model: str, ask: Ask) -> Job:
        job = Job(
            id=new_id(),
            owner=owner,
            session=session,
            piece=piece,
            model=model,
            ask=ask.model_dump(mode="json"),
            state="queued",
            created=now(),
        )
        with self.database.write() as db:
            owned(db, schema.sessions, owner, session)
            if piece is not None and owned(db, schema.pieces, owner, piece)["session"] != session:
                raise Refused("This piece belongs to another session. Open that session first.")
            db.execute(insert(schema.jobs).values(**job.model_dump(), boot=self.boot))
        return job

    def job_running(self, owner: str, id: str) -> Job:
        return self._set_job(owner, id, state="running")

    def end_job(self, owner: str, id: str, state: JobState, message: str = "") -> Job:
        if state not in ENDED:
            raise ValueError(f"{state} is not an end")
        return self._set_job(owner, id, state=state, message=sound(message), ended=now())

    def _set_job(self, owner: str, id: str, **values: Any) -> Job:
        j = schema.jobs.c
        with self.database.write() as db:
            job = word(Job, owned(db, schema.jobs, owner, id))
            if job.state in ENDED:  # an end is an end
                return job
            db.execute(update(schema.jobs).where(j.id == id, j.owner == owner).values(**values))
            return job.changed(**values)

    def job(self, owner: str, id: str) -> Job:
        with self.database.read() as db:
            return word(Job, owned(db, schema.jobs, owner, id))

    def jobs(self, owner: str, session: str | None = None) -> list[Job]:
        """Newest first."""
        j = schema.jobs.c
        wanted = select(schema.jobs).where(j.owner == owner).order_by(j.created.desc(), j.id.desc())
        with self.database.read() as db:
            if session is not None:
                owned(db, schema.sessions, owner, session)
                wanted = wanted.where(j.session == session)
            return [word(Job, row) for row in db.execute(wanted).mappings()]

    def interrupt_orphans(self) -> int:
        """At the start: jobs of earlier starts cannot be running. One studio per database; a second one beside it
        would see its jobs end here in the table, though not in fact."""
        j = schema.jobs.c
        with self.database.write() as db:
            found = db.execute(
                update(schema.jobs)
                .where(j.state.in_(("queued", "running")), j.boot != self.boot)
                .values(state="interrupted", message=STOPPED, ended=now())
            )
            return int(found.rowcount)

    def record_offer(self, owner: str, job: str, offer: Offer, recipe: Recipe) -> OfferRecord:
        parts = self.put_things(offer.things)
        with self.database.write() as db:
            asked = owned(db, schema.jobs, owner, job)
            record = OfferRecord(
                id=new_id(), owner=owner, session=asked["session"], piece=asked["piece"], job=job,
                index=offer.index, seed=offer.seed, parts=parts, recipe=recipe, summary=sound(offer.summary)[:160],
                facts=offer.facts, partial=offer.partial, created=now(),
            )  # fmt: skip
            self.add_blobs(db, owner, parts, offer.things)
            db.execute(insert(schema.offers).values(**record.model_dump()))
        return record

    def offers(
        self, owner: str, *, session: str | None = None, piece: str | None = None, job: str | None = None
    ) -> list[OfferRecord]:
        """Oldest first; of a session, a piece or a job."""
        o = schema.offers.c
        wanted = select(schema.offers).where(o.owner == owner).order_by(o.created, o.index)
        with self.database.read() as db:
            for table, column, id in (
                (schema.sessions, o.session, session),
                (schema.pieces, o.piece, piece),
                (schema.jobs, o.job, job),
            ):
                if id is not None:
                    owned(db, table, owner, id)
                    wanted = wanted.where(column == id)
            return [word(OfferRecord, row) for row in db.execute(wanted).mappings()]

    def asked(self, owner: str, piece: str, most: int) -> list[Asked]:
        """The jobs of a piece that gave offers, the newest first; without reading asks and offers, which can be long."""
        o, j = schema.offers.c, schema.jobs.c
        newest = func.max(o.id)  # ids sort by time
        wanted = select(o.job, func.count()).where(o.owner == owner, o.piece == piece).group_by(o.job)
        with self.database.read() as db:
            owned(db, schema.pieces, owner, piece)
            counts: dict[str, int] = dict(db.execute(wanted.order_by(newest.desc()).limit(most)).tuples().all())
            told = select(j.id, j.ask["task"].as_string(), j.created).where(j.owner == owner, j.id.in_(counts))
            rows = {id: (task, created) for id, task, created in db.execute(told).tuples()}
        return [Asked(id=id, task=rows[id][0], created=aware(rows[id][1]), count=count) for id, count in counts.items()]

    def origins(self, owner: str, offers: Sequence[str]) -> dict[str, tuple[str, str, datetime]]:
        """Model, its revision and the time of each of these offers that is there."""
        o = schema.offers.c
        found: dict[str, tuple[str, str, datetime]] = {}
        with self.database.read() as db:
            for i in range(0, len(offers), 500):
                wanted = select(o.id, o.recipe["model"].as_string(), o.recipe["revision"].as_string(), o.created)
                rows = db.execute(wanted.where(o.owner == owner, o.id.in_(offers[i : i + 500]))).tuples()
                found.update({id: (model, revision, aware(created)) for id, model, revision, created in rows})
        return found

    def offer(self, owner: str, id: str) -> OfferRecord:
        with self.database.read() as db:
            return word(OfferRecord, owned(db, schema.offers, owner, id))

    def choose(self, owner: str, offer: str, kind: ChoiceKind, draft: str | None = None) -> Choice:
        with self.database.write() as db:
            owned(db, schema.offers, owner, offer)
            if draft is not None:
                owned(db, schema.drafts, owner, draft)
            return add_choice(db, owner, offer, kind, draft)

    def choices(self, owner: str, offer: str) -> list[Choice]:
        c = schema.choices.c
        with self.database.read() as db:
            owned(db, schema.offers, owner, offer)
            rows = db.execute(select(schema.choices).where(c.offer == offer, c.owner == owner).order_by(c.created, c.id))
            return [word(Choice, row) for row in rows.mappings()]
