"""Changes of a whole manuscript at once: replaced words, a merged branch, a file brought in, a style card made of one's text."""

from collections.abc import Collection, Mapping
from typing import Any

from studio.core.errors import NotFound, Refused
from studio.core.event import Thing
from studio.core.work import Draft, Piece, Working
from studio.writing.context.style import card_of
from studio.writing.files.reading import read_manuscript
from studio.writing.manuscript.find import Query, replace
from studio.writing.manuscript.manuscript import MANUSCRIPT_TYPE, Manuscript
from studio.writing.manuscript.merging import merge
from studio.writing.room.looking import Looking
from studio.writing.room.room import TITLE, Room, told
from studio.writing.room.showing import JSON
from studio.writing.room.table import blank


class Changing:
    def __init__(self, room: Room, looking: Looking) -> None:
        self.room, self.store, self.looking = room, room.store, looking

    def replace(self, owner: str, working: str, version: int, query: Query, to: str, only: Collection[int] | None) -> JSON:
        """`only`: numbers of the places as `find` tells them; without it all of them."""
        copy, piece = self.room.copy(owner, working)
        manuscript = self.room.table_at(owner, copy, piece, version).manuscript
        found = self.looking.places(manuscript, query, to)
        chosen = [one for i, one in enumerate(found) if only is None or i in only]
        splices = replace(manuscript, chosen)
        if not splices:
            return {**self.room.state(owner, piece, copy), "replaced": 0, "undo": []}
        answer = self.room.write(owner, copy, piece, version, splices)
        state = self.room.state(owner, piece, self.store.copy(owner, answer["working"]))
        return {**state, "branched": answer["branched"], "replaced": len(splices), "undo": answer.get("undo", [])}

    def style(self, owner: str, working: str, data: Mapping[str, Any]) -> JSON:
        """The card of a passage, of a scene, or of everything the person typed."""
        copy, piece = self.room.copy(owner, working)
        manuscript = self.room.table(owner, copy, piece).manuscript
        card = card_of(_sample(manuscript, data))
        if not card.lines:
            raise Refused("There is too little text to tell how you write. Choose a page or more of your own.")
        bible = manuscript.bible.changed(style=card)
        version = data.get("version")
        version = version if type(version) is int else copy.version
        return self.room.put(owner, working, version, "bible", bible.model_dump(mode="json"))

    # from elsewhere

    def bring(self, owner: str, session: str, data: bytes, name: str, working: str | None, maker: str = "human") -> JSON:
        """A file in place of an empty manuscript, else as another one beside it."""
        self.store.session(owner, session)
        read = read_manuscript(data, name, "pasted" if maker == "pasted" else "human")
        manuscript = read.manuscript
        copy, piece = self.room.copy(owner, working) if working else (None, None)
        if copy is None or piece is None or not self.room.table(owner, copy, piece).empty:
            piece = self.room.new_piece(owner, session, manuscript.title)
            copy = self.store.working(owner, piece.id)
        elif manuscript.title.strip() and piece.title.startswith(TITLE):  # nobody has named it
            self.store.rename_piece(owner, piece.id, manuscript.title)
        title = self.store.piece(owner, piece.id).title
        body = Thing(name="body", media_type=MANUSCRIPT_TYPE, body=manuscript.changed(title=title).dumps())
        draft = self.store.keep(owner, piece.id, [body], origin="imported", summary=f"From {name[:80] or 'a file'}")
        self.store.adopt(owner, copy.id, draft.id)
        return {**self.room.open(owner, piece.id, copy.id), "notices": list(read.notices)}

    # branches

    def merge(self, owner: str, working: str, other: str) -> JSON:
        """What another copy of the same manuscript became, in this one; both stay as drafts."""
        copy, piece = self.room.copy(owner, working)
        their, theirs = self.room.copy(owner, other)
        if theirs.id != piece.id or their.id == copy.id:
            raise NotFound("That copy belongs to another manuscript. Choose a copy of this one.")
        mine, right = (self.room.table(owner, one, piece) for one in (copy, their))
        past = [
            self.store.freeze(owner, one.id, summary=told(table)) for one, table in ((copy, mine), (their, right)) if one.text
        ]
        merged = merge(self._base(owner, piece, copy, their), mine.manuscript, right.manuscript)
        body = Thing(name="body", media_type=MANUSCRIPT_TYPE, body=merged.manuscript.dumps())
        name = their.title or "the first copy"
        draft = self.store.keep(
            owner, piece.id, [body], parents=[one.id for one in past], origin="merged", summary=f"Merged with {name}"
        )  # fmt: skip
        state = self.room.state(owner, piece, self.store.adopt(owner, working, draft.id))
        return {**state, "conflicts": [one._asdict() for one in merged.conflicts]}

    def _base(self, owner: str, piece: Piece, copy: Working, other: Working) -> Manuscript:
        """What both were when they parted, as nearly as the drafts know it."""
        drafts = {draft.id: draft for draft in self.store.drafts(owner, piece.id)}
        forks = [(one.id, row) for one in self.store.workings(owner, piece.id) for row in self._forks(owner, one.id)]
        both = [
            {
                *_ancestors(drafts, self.store.copy(owner, one.id).base),
                *(row.draft for _, row in forks if row.data == one.id.encode()),
            }
            for one in (copy, other)
        ]
        shared = [id for id in drafts if id in both[0] and id in both[1]]  # in the order in which they were made
        return self.room.draft(owner, shared[-1], piece.id) if shared else blank(piece.title)

    def _forks(self, owner: str, working: str) -> list[Any]:
        return [row for row in self.store.makings(owner, working)[:3] if row.what == "fork"]


def _ancestors(drafts: Mapping[str, Draft], draft: str | None) -> set[str]:
    found: set[str] = set()
    waiting = [draft] if draft else []
    while waiting:
        id = waiting.pop()
        if id not in found and id in drafts:
            found.add(id)
            waiting += drafts[id].parents
    return found


def _sample(manuscript: Manuscript, data: Mapping[str, Any]) -> str:
    scene, start, end = data.get("scene"), data.get("start"), data.get("end")
    for one in manuscript.scenes:
        if one.id == scene:
            selected = isinstance(start, int) and isinstance(end, int) and end > start
            return one.text[start:end] if selected else one.text
    if scene:
        raise Refused("This scene is no longer in the manuscript. Reload the page.")
    typed = []
    for one in manuscript.scenes:
        at = 0
        for span in one.ledger.spans:
            if span.maker == "human":
                typed.append(one.text[at : at + span.length])
            at += span.length
    return "\n\n".join(typed)
