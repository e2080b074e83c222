"""Looking at a manuscript without changing it: counts, places, who wrote it, what a model would be told, drafts, its making.

Plain JSON, in the owner's name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, get_args

from studio.core.card import Card
from studio.core.errors import NotFound, Refused
from studio.core.work import Piece
from studio.writing.ask import ASKS, WriteAsk
from studio.writing.context.counter import estimate
from studio.writing.context.fit import fit
from studio.writing.context.trim import Count
from studio.writing.manuscript import counts as counting
from studio.writing.manuscript.compare import compare
from studio.writing.manuscript.disclosure import Kind, Source, statement
from studio.writing.manuscript.find import Found, Query, find
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.manuscript.phrases import repeated
from studio.writing.manuscript.reading import Reads
from studio.writing.manuscript.replay import Replay
from studio.writing.manuscript.shares import by_maker, by_model, by_offer, percent, words
from studio.writing.model import Dialect
from studio.writing.prompts import speech_of
from studio.writing.room import asking as wishes
from studio.writing.room.made import replay_of
from studio.writing.room.room import Room
from studio.writing.room.showing import JSON, shares_of

if TYPE_CHECKING:
    from studio.writing.continuity.claims import Reading

USUAL_CONTEXT = 8192
CONTEXTS = {"mini": 1024}  # pieces, by dialect, where a card says nothing
ANSWER = 200  # pieces left for what the model says
READ = 5000  # scenes whose reading is kept
SHOWN = 2000  # places sent at once
IDEAS = ("plot", "summarise", "spark")


class Looking:
    def __init__(self, room: Room, titles: Mapping[str, str]) -> None:
        self.room, self.store, self.titles = room, room.store, titles
        self._replays: dict[tuple[str, int], Replay] = {}
        self._readings: dict[str, Reading] = {}
        self._reads = Reads()

    # numbers and places

    def counts(self, owner: str, working: str, scene: str = "") -> JSON:
        manuscript = self.room.manuscript(owner, working)
        scenes = [one for one in manuscript.scenes if scene in ("", one.id)]
        whole = counting.counts([one.text for one in scenes], self._reads)
        return {
            "counts": whole._asdict(),
            "goals": [{**goal._asdict(), "share": goal.share} for goal in counting.goals(manuscript, self._reads)],
            "readings": [one._asdict() for one in counting.readings(scenes, self._reads)],
            "overused": [_placed(one) for one in counting.overused(scenes, reader=self._reads)],
            "repeated": [_placed(one) for one in repeated(scenes, reader=self._reads)],
        }

    def find(self, owner: str, working: str, query: Query, to: str = "", scenes: Sequence[str] = ()) -> JSON:
        found = self.places(self.room.manuscript(owner, working), query, to, scenes)
        return {"found": [one._asdict() for one in found[:SHOWN]], "count": len(found)}

    def places(self, manuscript: Manuscript, query: Query, to: str, scenes: Sequence[str] = ()) -> list[Found]:
        return find(manuscript, query, scenes, to)

    def continuity(self, owner: str, working: str) -> JSON:
        """What scenes that have not changed say is not read again. Its rules take a while to import: not at every start."""
        from studio.writing.continuity.check import check

        manuscript = self.room.manuscript(owner, working)
        if len(self._readings) > READ:
            self._readings = {}
        return check(manuscript, self._readings).model_dump(mode="json")

    # who wrote it

    def sources(self, owner: str, manuscript: Manuscript) -> dict[str, Source]:
        offers = list(dict.fromkeys(span.offer for scene in manuscript.scenes for span in scene.ledger.spans if span.offer))
        found = self.store.origins(owner, offers)
        return {
            id: Source(self.titles.get(model, model), revision, date.isoformat()) for id, (model, revision, date) in found.items()
        }

    def statement(self, owner: str, piece: Piece, manuscript: Manuscript, preset: str, marked: bool = True) -> str:
        if preset not in get_args(Kind):
            raise Refused(f"There is no statement of this kind. Choose one of {', '.join(get_args(Kind))}.")
        ideas = any(one.task in IDEAS for one in self.store.asked(owner, piece.id, 500))
        named = manuscript.changed(title=piece.title)
        return statement(named, self.sources(owner, manuscript), cast(Kind, preset), ideas=ideas, marked=marked)

    def about(self, owner: str, working: str, preset: str = "plain") -> JSON:
        copy, piece = self.room.copy(owner, working)
        table = self.room.table(owner, copy, piece)
        manuscript = table.manuscript
        made, sources = words(manuscript.scenes), self.sources(owner, manuscript)
        titles = {id: source.model for id, source in sources.items()}
        offers = by_offer(made)
        return {
            "shares": shares_of(table),
            "words": {"count": by_maker(made), "percent": percent(by_maker(made))},
            "by_offer": [
                {"offer": id, "words": count, "model": titles.get(id, ""), "date": sources[id].date if id in sources else ""}
                for id, count in sorted(offers.items(), key=lambda one: -one[1])
            ],
            "models": by_model(made, titles),
            "statement": self.statement(owner, piece, manuscript, preset or "plain"),
        }

    # what a model would be told

    def context(self, owner: str, working: str, data: Mapping[str, Any], card: Card | None, count: Count | None = None) -> JSON:
        """What would go in at this place, for the model of the card. The model itself is not asked at every move of the
        cursor: pieces are counted by `count`, else by a rule of thumb. What really went in is told with each offer."""
        manuscript = self.room.manuscript(owner, working)
        kind = ASKS.get(str(data.get("task") or "continue"))
        if kind is None or not issubclass(kind, WriteAsk):
            raise Refused("Nothing of the text goes into this.")
        where, without = wishes.where_of(data, manuscript), wishes.without_of(data)
        parts = wishes.parts_of(kind, manuscript, where, None, "", (), wishes.USUAL_REACH)
        left = [part for part in parts if part.id not in without]
        options = card.options if card else {}
        speech = speech_of(cast(Dialect, options.get("dialect", "chat")))
        pieces = int(options.get("context", CONTEXTS.get(str(options.get("dialect")), USUAL_CONTEXT)))
        usable = [speech.brief(part) for part in left if part.kind in speech.uses]
        fitted = fit(usable, pieces - ANSWER - speech.extra, count or estimate, each=speech.each)
        fitted = fitted.with_unread([part for part in left if part.kind not in speech.uses and part.text.strip()])
        out = [{"id": part.id, "kind": part.kind, "title": part.title} for part in parts if part.id in without]
        shown = fitted.report.model_dump(mode="json")
        return {**shown, "warnings": list(fitted.warnings), "counted": count is not None, "without": out}

    # other drafts, and the making

    def drafts(self, owner: str, piece: str) -> JSON:
        """Newest first."""
        found = self.store.drafts(owner, piece)
        shown = [
            {
                "id": one.id,
                "summary": one.summary,
                "created": one.created.isoformat(),
                "origin": one.origin,
                "parents": one.parents,
            }
            for one in reversed(found)
        ]
        return {"drafts": shown}

    def compare(self, owner: str, working: str, draft: str = "", other: str = "") -> JSON:
        """What a draft, or another copy, became in this copy."""
        copy, piece = self.room.copy(owner, working)
        if other:
            their, theirs = self.room.copy(owner, other)
            if theirs.id != piece.id:
                raise NotFound("That copy belongs to another manuscript.")
            old = self.room.table(owner, their, theirs).manuscript
        else:
            old = self.room.draft(owner, draft, piece.id)
        found = compare(old, self.room.table(owner, copy, piece).manuscript)
        return {
            "scenes": [
                {
                    "id": one.scene, "title": one.title, "state": one.what, "moved": one.moved, "added": one.added,
                    "removed": one.removed, "hunks": [hunk._asdict() for hunk in one.hunks],
                }
                for one in found
            ]
        }  # fmt: skip

    def replay(self, owner: str, working: str) -> JSON:
        return {"steps": [step._asdict() for step in self._replay(owner, working).steps]}

    def replay_at(self, owner: str, working: str, step: int) -> JSON:
        state = self._replay(owner, working).at(step)
        return {"scenes": [{"id": scene.id, "title": scene.title, "text": scene.text} for scene in state.scenes]}

    def _replay(self, owner: str, working: str) -> Replay:
        copy, piece = self.room.copy(owner, working)
        key = copy.id, copy.version
        found = self._replays.get(key)
        if found is None:
            rows = self.store.makings(owner, copy.id)
            draft_of: Callable[[str], Manuscript] = lambda id: self.room.draft(owner, id, piece.id)  # noqa: E731
            found = replay_of(rows, piece.title, draft_of, lambda ids: self.room.bodies(owner, ids))
            self._replays = {key: found}  # scrubbing asks for one at a time
        return found


def _placed(one: Any) -> JSON:
    return {**one._asdict(), "places": [place._asdict() for place in one.places]}
