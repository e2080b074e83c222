"""What models offered for a manuscript, and what becomes of it: taken whole, in part or edited, compared, refused, or, when it
is a plot, made the outline of a manuscript."""

import re
from collections.abc import Mapping
from typing import Any

from studio.core.errors import NotFound, Refused
from studio.core.event import Thing
from studio.core.ids import new_id
from studio.core.work import ChoiceKind, OfferRecord
from studio.writing.ask import ASKS, ChangeAsk
from studio.writing.context.bible import Bible, Entry, Mode
from studio.writing.diff import hunks
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.manuscript import MANUSCRIPT_TYPE, Chapter, Manuscript, Scene
from studio.writing.plot.plot import PLOT_TYPE, Person, Plot
from studio.writing.room.room import TITLE, Room, told
from studio.writing.room.showing import JSON, offer_shown, spread_of, where_asked

SHOWN = 24  # jobs, and offers of one


class Offers:
    def __init__(self, room: Room, titles: Mapping[str, str]) -> None:
        """`titles`: of models, by their ids."""
        self.room, self.store, self.titles = room, room.store, titles

    def of_piece(self, owner: str, piece: str, job: str | None = None) -> JSON:
        """The offers of one job, the newest when none is named, and which jobs there are."""
        jobs = self.store.asked(owner, piece, SHOWN)
        chosen = next((one for one in jobs if one.id == job), jobs[0] if jobs else None)
        records = sorted(self.store.offers(owner, job=chosen.id)[:SHOWN], key=lambda one: one.index) if chosen else []
        found = [self._shown(owner, one) for one in records]
        return {
            "job": chosen.id if chosen else None,
            "task": chosen.task if chosen else None,
            "jobs": [one.model_dump(mode="json") for one in jobs],
            "offers": found,
            "spread": spread_of(found),
            "where": where_asked(records[0].recipe.ask) if records else None,
        }

    def one(self, owner: str, offer: str) -> JSON:
        return self._shown(owner, self.store.offer(owner, offer))

    def _shown(self, owner: str, record: OfferRecord) -> JSON:
        choices = self.store.choices(owner, record.id)
        body = self.store.body(owner, record.parts[0].sha256)[0]
        return offer_shown(record, body, choices[-1].kind if choices else None, self.titles)

    def text(self, owner: str, record: OfferRecord) -> str:
        if record.parts[0].media_type != "text/plain":
            raise Refused("There are no words for the text in this offer.")
        return self.store.body(owner, record.parts[0].sha256)[0].decode("utf-8", "replace")

    def take(self, owner: str, offer: str, working: str, version: int, data: Mapping[str, Any]) -> JSON:
        """`text` of the offer, all of it, some of it, or as the person changed it, in the place of `gone` letters."""
        record = self.store.offer(owner, offer)
        copy, piece = self.room.copy(owner, working)
        if record.piece != piece.id:
            raise NotFound("That offer belongs to another manuscript. Open that one first.")
        body = self.text(owner, record)
        splice = self._splice(record, data)
        if not splice.text and not splice.gone:
            raise Refused("Choose something of the offer first.")
        old = ""
        scenes = self.room.table(owner, copy, piece).manuscript.scenes
        if version == copy.version:
            old = next((s.text for s in scenes if s.id == splice.scene), "")[splice.at : splice.at + splice.gone]
        answer = self.room.write(owner, copy, piece, version, (splice,))
        kind = chosen_as(splice, body, old)
        self.store.choose(owner, offer, kind)
        return {**answer, "offer": offer, "chosen": kind}

    def _splice(self, record: OfferRecord, data: Mapping[str, Any]) -> Splice:
        gone = data.get("gone", 0)
        kind = ASKS.get(str(record.recipe.ask["task"]))
        again = bool(gone) and kind is not None and issubclass(kind, ChangeAsk)
        try:
            return Splice.model_validate(
                {
                    "scene": data.get("scene"), "at": data.get("at"), "gone": gone, "text": data.get("text"),
                    "how": "rewritten" if again else "accepted", "offer": record.id,
                },
                strict=True,
            )  # fmt: skip
        except ValueError:
            raise Refused("The place for this offer could not be read. Reload the page and try again.") from None

    def reject(self, owner: str, offer: str) -> JSON:
        self.store.choose(owner, offer, "rejected")
        return {"rejected": offer}

    def diff(self, owner: str, offer: str, working: str, data: Mapping[str, Any]) -> JSON:
        """A rewrite beside the passage as it is now, change by change."""
        record = self.store.offer(owner, offer)
        scenes = self.room.manuscript(owner, working).scenes
        text = next((one.text for one in scenes if one.id == data.get("scene")), None)
        start, end = data.get("start"), data.get("end")
        if text is None or type(start) is not int or type(end) is not int:
            raise Refused("This passage is no longer in the manuscript. Select it again.")
        found = hunks(text[max(0, start) : max(0, end)], self.text(owner, record))
        return {"hunks": [hunk._asdict() for hunk in found]}

    def plot(self, owner: str, offer: str) -> Plot:
        record = self.store.offer(owner, offer)
        if record.parts[0].media_type != PLOT_TYPE:
            raise Refused("This offer is no plot. Choose one of the plots.")
        return Plot.loads(self.store.body(owner, record.parts[0].sha256)[0])

    def keep_plot(self, owner: str, offer: str, session: str, working: str | None = None) -> JSON:
        """The plot as the outline: of the manuscript that is open, behind what is there, or of a new one."""
        plot, record = self.plot(owner, offer), self.store.offer(owner, offer)
        if working:
            copy, piece = self.room.copy(owner, working)
        else:
            piece = self.room.new_piece(owner, session, plot.title)
            copy = self.store.working(owner, piece.id)
        before = self.room.table(owner, copy, piece)
        manuscript = outlined(before.manuscript, plot, before.empty)
        if before.empty and plot.title.strip() and piece.title.startswith(TITLE):  # nobody has named it
            self.store.rename_piece(owner, piece.id, plot.title)
            manuscript = manuscript.changed(title=plot.title)
        past = (self.store.freeze(owner, copy.id, summary=told(before)).id,) if copy.text else ()
        body = Thing(name="body", media_type=MANUSCRIPT_TYPE, body=manuscript.dumps())
        draft = self.store.keep(
            owner, piece.id, [body], parents=past, origin="mixed" if past else "model", recipe=record.recipe, offer=offer,
            summary=f"Outline: {record.summary}", choice="kept",
        )  # fmt: skip
        return self.room.state(owner, self.store.piece(owner, piece.id), self.store.adopt(owner, copy.id, draft.id))


def chosen_as(splice: Splice, body: str, old: str) -> ChoiceKind:
    """Whole, in part (also: some changes of a rewrite), or with words that stand in neither the offer nor the old text."""
    if splice.text.strip() == body.strip():
        return "kept"
    if splice.text in body or all(one.same or one.new.strip() in old for one in hunks(body, splice.text)):
        return "mixed"
    return "edited"


def outlined(manuscript: Manuscript, plot: Plot, fresh: bool) -> Manuscript:
    """A chapter with one scene to write for each beat; what is there already stays before them."""
    chapters = tuple(
        Chapter(id=new_id(), scenes=(Scene(id=new_id(), title=beat.name, beat=beat.text),)) for beat in plot.beats
    )  # fmt: skip
    known = {entry.name.casefold() for entry in manuscript.bible.entries}
    entries = [_entry(person) for person in plot.people if person.name.strip() and person.name.casefold() not in known]
    if plot.setting.strip() and (place := _place(plot)).name.casefold() not in known:
        entries.append(place)
    bible: Bible = manuscript.bible.changed(entries=(*manuscript.bible.entries, *entries))
    old = () if fresh and chapters else manuscript.chapters
    return manuscript.changed(chapters=(*old, *chapters), bible=bible, plot=plot)


def _place(plot: Plot) -> Entry:
    """Told where it is named, so that a model which knows no rules can make use of it; always, where nobody can tell its name."""
    name = re.sub(r"^(?:the|an?)\s+", "", plot.levers.get("where", "").strip(), flags=re.IGNORECASE)[:120].strip()
    name = name[:1].upper() + name[1:]
    mode: Mode = "mention" if name else "always"
    return Entry(id=new_id(), kind="place", name=name or "Setting", text=plot.setting, mode=mode)


def _entry(person: Person) -> Entry:
    """Who somebody is, want, need and change; the flaw where no change tells of it."""
    said = [": ".join(one for one in (person.role.capitalize(), person.who) if one.strip())]
    said += [f"{label} {text}" for label, text in (("Wants", person.want), ("Needs", person.need)) if text.strip()]
    said.append(person.arc or person.flaw)
    told = " ".join(one.strip().rstrip(".") + "." for one in said if one.strip())
    return Entry(id=new_id(), kind="person", name=person.name, text=told)
