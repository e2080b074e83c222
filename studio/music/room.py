"""The music room behind the page: tunes of a session, their sheet on the table, and what becomes of offers. No HTTP, no Gradio.

Every method takes the owner's name first and goes through the store, which checks it. What is answered is plain JSON.
"""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from studio.core.ask import Ask
from studio.core.errors import NotFound, Refused
from studio.core.event import Thing
from studio.core.ledger import Maker
from studio.core.work import OfferRecord, Origin, Piece, Working
from studio.music import changes
from studio.music.accompany import styles_for
from studio.music.asking import ask_of
from studio.music.check import bar_notes
from studio.music.merging import asked_tune, merged, unchanged
from studio.music.notation.files import read_tune, write_tune
from studio.music.notation.roll import from_roll, to_roll
from studio.music.originality import Near, nearest, open_index
from studio.music.reasons import reasons
from studio.music.sheet import SHEET_TYPE, BarLock, Heard, Sheet, blames_of, comped, new_sheet
from studio.music.theory import Key, Meter
from studio.music.tune import Tune, Voice, plain_bars
from studio.sessions.store import Store

JSON = dict[str, Any]
TITLE = "New tune"
SHOWN = 24  # offers sent at once


class Room:
    def __init__(self, store: Store) -> None:
        self.store = store

    # tunes

    def tunes(self, owner: str, session: str) -> list[JSON]:
        """Oldest first."""
        return [{"id": p.id, "title": p.title} for p in self._pieces(owner, session)]

    def _pieces(self, owner: str, session: str) -> list[Piece]:
        return [piece for piece in self.store.pieces(owner, session) if piece.medium == "tune"]

    def create(self, owner: str, session: str, title: str = "") -> JSON:
        names = {piece.title for piece in self._pieces(owner, session)}
        number = next(i for i in range(1, len(names) + 2) if _numbered(i) not in names)
        piece = self.store.create_piece(owner, session, "tune", "tune", title.strip() or _numbered(number))
        return self.open(owner, piece.id)

    def open(self, owner: str, piece: str, working: str | None = None) -> JSON:
        """Everything the page shows of a tune."""
        found = self.store.piece(owner, piece)
        copy = self.store.working(owner, piece, working)
        return {**self._state(owner, found, copy), "takes": self.takes(owner, piece)}

    def _state(self, owner: str, piece: Piece, copy: Working) -> JSON:
        sheet = sheet_of(copy)
        tune = sheet.tune if sheet else blank(piece.title)
        copies = self.store.workings(owner, piece.id)
        return {
            "piece": piece.id,
            "session": piece.session,
            "title": piece.title,
            "working": copy.id,
            "version": copy.version,
            "base": copy.base,
            "updated": copy.updated.isoformat(),
            "copies": [{"id": c.id, "title": c.title or "the first copy"} for c in copies],
            "empty": not any(voice.notes for voice in tune.voices),
            **shown(tune, sheet),
        }

    def rename(self, owner: str, piece: str, title: str) -> JSON:
        self.store.piece(owner, piece)
        self.store.rename_piece(owner, piece, title)
        return {"title": self.store.piece(owner, piece).title}

    def trash(self, owner: str, piece: str) -> JSON:
        self.store.trash_piece(owner, piece)
        return {"trashed": piece}

    def bring_back(self, owner: str, piece: str) -> JSON:
        self.store.restore_piece(owner, piece)
        return {"restored": piece}

    # the sheet on the table

    def save(self, owner: str, working: str, version: int, roll: object, locks: object = ()) -> JSON:
        """What was drawn, on disk when this returns. `branched` if another page was faster: then both are kept."""
        copy, piece = self._copy(owner, working)
        before = sheet_of(copy)
        tune = from_roll(roll, before.tune if before else blank(piece.title))
        sheet = before.changed_by_person(tune) if before else new_sheet(tune, "human")
        sheet = sheet.changed(locks=_locks(locks, tune), heard=_still_unsure(sheet, before))
        return self._put(owner, piece, copy, version, sheet)

    def change(self, owner: str, working: str, version: int, what: str, value: object, bars: Sequence[int] = ()) -> JSON:
        """A change to the whole tune or to some bars, done here so that every voice and chord goes along."""
        copy, piece = self._copy(owner, working)
        before = sheet_of(copy) or new_sheet(blank(piece.title), "human")
        tune = changes.by_name(before.tune, what, value, bars)
        return self._put(owner, piece, copy, version, before.changed_by_person(tune))

    def _put(self, owner: str, piece: Piece, copy: Working, version: int, sheet: Sheet) -> JSON:
        saved = self.store.autosave(owner, copy.id, version, sheet.dumps().decode())
        return {**self._state(owner, piece, saved.working), "branched": saved.branched}

    def keep(self, owner: str, working: str, summary: str = "") -> JSON:
        """This version as a draft."""
        copy, _ = self._copy(owner, working)
        sheet = sheet_of(copy)
        if sheet is None:
            raise Refused("There is nothing to keep yet. Draw some notes, or sketch a tune.")
        draft = self.store.freeze(owner, working, summary=summary or told(sheet), origin=_origin(sheet))
        return {"draft": draft.id, "summary": draft.summary}

    def write(self, owner: str, working: str, version: int, text: str) -> JSON:
        """The tune as its person typed it, in ABC."""
        copy, piece = self._copy(owner, working)
        typed = read_tune(text.encode(), piece.title)
        before = sheet_of(copy)
        sheet = before.changed_by_person(typed) if before else new_sheet(typed, "human")
        return self._put(owner, piece, copy, version, sheet)

    def _copy(self, owner: str, working: str) -> tuple[Working, Piece]:
        copy = self.store.copy(owner, working)
        return copy, self.store.piece(owner, copy.piece)

    def sheet(self, owner: str, working: str) -> Sheet:
        sheet = sheet_of(self._copy(owner, working)[0])
        if sheet is None:
            raise Refused("There is no tune here yet. Sketch one, draw some notes, or hum one first.")
        return sheet

    def about(self, owner: str, working: str) -> JSON:
        """What can be said of the tune as it is: why it sounds as it does, and what it is near to."""
        tune = self.sheet(owner, working).tune
        near = near_to(tune)
        return {"reasons": [reason.model_dump() for reason in reasons(tune)], "near": near.model_dump(mode="json")}

    # from elsewhere

    def bring(self, owner: str, session: str, data: bytes, name: str, working: str | None = None) -> JSON:
        """A MIDI, MusicXML or ABC file as a tune; in place of an empty one, else beside the others."""
        self.store.session(owner, session)
        tune = read_tune(data, name)
        return self._arrive(owner, session, new_sheet(tune, "pasted"), tune.title, "imported", f"From {name[:80]}", working)

    def hum(
        self, owner: str, session: str, data: bytes, *, tempo: Fraction | None, meter: Meter | None, key: Key | None,
        beat: Fraction = Fraction(0), working: str | None = None,
    ) -> JSON:  # fmt: skip
        """A recording as a tune, and the recording kept with it."""
        from studio.music.hum.transcribe import transcribe

        self.store.session(owner, session)
        hummed = transcribe(data, tempo=tempo, meter=meter, key=key, start_beat=beat)
        recording = Thing(name="recording", media_type="audio/wav", body=data)
        sha256 = self.store.put_things([recording])[0].sha256
        first = hummed.notes[0].start - float(hummed.tune.melody.notes[0].start) * 240 / float(hummed.tune.tempo)
        heard = Heard(sha256=sha256, offset=first, unsure=tuple(n.note for n in hummed.notes if n.unsure))
        sheet = new_sheet(hummed.tune, "human", heard=heard)
        state = self._arrive(owner, session, sheet, "Hummed", "person", "Hummed", working, recording)
        return {**state, "warnings": list(hummed.warnings)}

    def tap(
        self, owner: str, session: str, onsets: Sequence[float], *, tempo: Fraction | None, meter: Meter,
        beat: Fraction = Fraction(0),
    ) -> JSON:  # fmt: skip
        """A rhythm as a tune on one pitch, whose rhythm is locked."""
        from studio.music.hum.tapped import rhythm_tune, tapped

        self.store.session(owner, session)
        tune = rhythm_tune(tapped(onsets, tempo=tempo, meter=meter, start_beat=beat))
        locks = tuple(BarLock(bar=i, what="rhythm") for i in range(len(tune.bars)) if bar_notes(tune, i))
        sheet = new_sheet(tune, "human").changed(locks=locks)
        return self._arrive(owner, session, sheet, "Tapped", "person", "A tapped rhythm", None)

    def _arrive(
        self, owner: str, session: str, sheet: Sheet, title: str, origin: Origin, summary: str, working: str | None, *more: Thing
    ) -> JSON:  # fmt: skip
        """Onto the empty table that is open, or on a new one."""
        copy = self.store.copy(owner, working) if working else None
        before = sheet_of(copy) if copy else None
        if copy is None or (before and any(voice.notes for voice in before.tune.voices)):
            piece = self.store.create_piece(owner, session, "tune", "tune", title or TITLE).id
            copy = self.store.working(owner, piece)
        elif title and self.store.piece(owner, copy.piece).title.startswith(TITLE):  # nobody has named it
            self.store.rename_piece(owner, copy.piece, title)
        things = [Thing(name="body", media_type=SHEET_TYPE, body=sheet.dumps()), *more]
        draft = self.store.keep(owner, copy.piece, things, origin=origin, summary=summary)
        self.store.adopt(owner, copy.id, draft.id)
        return self.open(owner, copy.piece)

    # asking and choosing

    def ask(self, owner: str, data: Mapping[str, Any]) -> tuple[Ask, str, str]:
        """The ask, its session and its piece."""
        copy, piece = self._copy(owner, str(data.get("working", "")))
        return ask_of(data, sheet_of(copy), lambda id: self._tune(owner, id), near_to), piece.session, piece.id

    def _tune(self, owner: str, piece: str) -> Tune:
        sheet = sheet_of(self.store.working(owner, piece))
        if sheet is None:
            raise Refused("That tune has no notes yet. Choose another one.")
        return sheet.tune

    def takes(self, owner: str, piece: str, job: str | None = None) -> JSON:
        """The offers of one job, the newest when none is named, and which jobs there are."""
        offers = self.store.offers(owner, piece=piece)
        jobs: dict[str, JSON] = {}
        for one in offers:
            fresh = {"id": one.job, "task": one.recipe.ask["task"], "created": one.created.isoformat(), "count": 0}
            jobs.setdefault(one.job, fresh)["count"] += 1
        chosen = job if job in jobs else next(reversed(jobs), None)
        found = [self._take(owner, one) for one in offers if one.job == chosen][:SHOWN]
        return {"job": chosen, "jobs": list(reversed(jobs.values()))[:SHOWN], "offers": sorted(found, key=lambda o: o["index"])}

    def _take(self, owner: str, record: OfferRecord) -> JSON:
        choices = self.store.choices(owner, record.id)
        tune = self._offered(owner, record)
        before = asked_tune(record)
        return {
            "id": record.id,
            "index": record.index,
            "seed": record.seed,
            "task": record.recipe.ask["task"],
            "model": record.recipe.model,
            "summary": record.summary,
            "partial": record.partial,
            "facts": record.facts,
            "chosen": choices[-1].kind if choices else None,
            "roll": to_roll(tune),
            "unchanged": unchanged(before, tune) if before else None,
        }

    def _offered(self, owner: str, record: OfferRecord) -> Tune:
        return Tune.loads(self.store.body(owner, record.parts[0].sha256)[0])

    def take(self, owner: str, offer: str, working: str) -> JSON:
        """An offer laid on the table. What was there is a draft first."""
        record = self.store.offer(owner, offer)
        copy, piece = self._copy(owner, working)
        if record.piece != piece.id:
            raise NotFound("That take belongs to another tune. Open that tune first.")
        now = sheet_of(copy)
        tune = merged(now.tune if now else None, asked_tune(record), self._offered(owner, record), record.recipe.ask["task"])
        tune = tune.changed(title=piece.title)
        sheet = now.changed_by_model(tune, offer) if now else new_sheet(tune, "model", offer)
        past = (self.store.freeze(owner, working, summary=told(now)).id,) if now else ()
        body = Thing(name="body", media_type=SHEET_TYPE, body=sheet.dumps())
        draft = self.store.keep(
            owner, piece.id, [body], parents=past, origin="model", recipe=record.recipe, offer=offer, summary=record.summary,
            choice="kept",
        )  # fmt: skip
        return self._state(owner, piece, self.store.adopt(owner, working, draft.id))

    def comp(self, owner: str, working: str, picks: Mapping[int, str]) -> JSON:
        """Bars from several takes in one draft."""
        copy, piece = self._copy(owner, working)
        records = {id: self.store.offer(owner, id) for id in dict.fromkeys(picks.values())}
        if not records:
            raise Refused("Choose bars from the takes first.")
        takes = {id: self._offered(owner, record) for id, record in records.items()}
        base = sheet_of(copy) or new_sheet(next(iter(takes.values())).changed(title=piece.title), "model", next(iter(takes)))
        wrong = [bar for bar in picks if not 0 <= bar < len(base.tune.bars)]
        if wrong or any(take.bars != base.tune.bars for take in takes.values()):
            raise Refused("Only takes with the same bars can be mixed. Choose takes of one sketch.")
        past = (self.store.freeze(owner, working, summary=told(base)).id,) if copy.text else ()
        body = Thing(name="body", media_type=SHEET_TYPE, body=comped(base, takes, picks).dumps())
        summary = "Bars from " + " and ".join(f"take {record.index + 1}" for record in records.values())
        draft = self.store.keep(owner, piece.id, [body], parents=past, origin="mixed", summary=summary)
        for id in records:
            self.store.choose(owner, id, "mixed", draft.id)
        return self._state(owner, piece, self.store.adopt(owner, working, draft.id))

    def reject(self, owner: str, offer: str) -> JSON:
        self.store.choose(owner, offer, "rejected")
        return {"rejected": offer}

    def back(self, owner: str, working: str, draft: str) -> JSON:
        """An earlier draft on the table again."""
        _, piece = self._copy(owner, working)
        return self._state(owner, piece, self.store.adopt(owner, working, draft))


# ------------------------------------------------------------------------------------------------ pure helpers


def _numbered(i: int) -> str:
    return TITLE if i == 1 else f"{TITLE} {i}"


def blank(title: str) -> Tune:
    """The empty table: eight bars to draw in."""
    return Tune(title=title or TITLE, key=Key(tonic="D"), bars=plain_bars(Meter(), 8), voices=(Voice(),))


def sheet_of(copy: Working) -> Sheet | None:
    return Sheet.loads(copy.text) if copy.text.strip() else None


def as_text(body: bytes) -> str:
    """A draft as ABC, for the tree."""
    return write_tune(Sheet.loads(body).tune, "abc").decode()


def shown(tune: Tune, sheet: Sheet | None) -> JSON:
    blames = blames_of(sheet.bars) if sheet else [("human", None)] * len(tune.bars)
    return {
        "roll": to_roll(tune),
        "bars": [{"maker": maker, "offer": offer} for maker, offer in blames],
        "tracks": [track.model_dump() for track in sheet.tracks] if sheet else [],
        "locks": [lock.model_dump() for lock in sheet.locks] if sheet else [],
        "heard": sheet.heard.model_dump() if sheet and sheet.heard else None,
        "styles": {part: list(names) for part, names in styles_for(tune.meter).items()},
        "seconds": tune.seconds,
    }


def told(sheet: Sheet) -> str:
    """A line for the tree of drafts."""
    tune = sheet.tune
    makers: dict[Maker, str] = {"human": "by hand", "model": "as offered", "model-edited": "edited", "pasted": "imported"}
    share = sheet.bars.shares()
    main = max(share, key=lambda maker: share[maker]) if share else "human"
    return f"{tune.key}, {tune.meter}, {len(tune.bars)} bars, {len(tune.melody.notes)} notes, mostly {makers.get(main, main)}"


def _origin(sheet: Sheet) -> Origin:
    return "person" if set(sheet.bars.shares()) <= {"human", "human-rewritten"} else "mixed"


def _locks(data: object, tune: Tune) -> tuple[BarLock, ...]:
    if not isinstance(data, list | tuple) or len(data) > 4 * len(tune.bars):
        raise Refused("The locks of the bars could not be read. Reload the page and try again.")
    try:
        locks = [BarLock.model_validate(one) for one in data]
    except ValueError:
        raise Refused("The locks of the bars could not be read. Reload the page and try again.") from None
    return tuple(dict.fromkeys(lock for lock in locks if lock.bar < len(tune.bars)))


def _still_unsure(now: Sheet, before: Sheet | None) -> Heard | None:
    """A note that was edited is no longer a guess."""
    if now.heard is None or before is None:
        return now.heard
    old, new = before.tune.melody.notes, now.tune.melody.notes
    places = {(note.start, note.length, note.pitch): i for i, note in enumerate(new)}
    kept = [places.get((old[i].start, old[i].length, old[i].pitch)) for i in now.heard.unsure if i < len(old)]
    return now.heard.changed(unsure=tuple(i for i in kept if i is not None))


@lru_cache(maxsize=1)
def _index() -> Any:
    return open_index()


def near_to(tune: Tune) -> Near:
    """The training tune that shares most with it."""
    return nearest(tune, _index())


def load_json(body: bytes) -> JSON:
    try:
        data = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused("The page sent something that could not be read. Reload it and try again.") from None
    if not isinstance(data, dict):
        raise Refused("The page sent something that could not be read. Reload it and try again.")
    return data
