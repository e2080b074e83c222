"""What an offer has word for word from the person's other manuscripts, told with the offer as a fact.

The other manuscripts are read beside the model's work, the newest first up to a bound, and kept while none of them changes.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from studio.core.errors import StudioError
from studio.core.event import Offer
from studio.core.work import Working
from studio.writing.likeness.repeats import Piece, Texts, near_own
from studio.writing.room.room import Room
from studio.writing.room.table import manuscript_of

log = logging.getLogger(__name__)
MOST = 1_500_000  # letters that are looked through
Key = tuple[str, tuple[tuple[str, int], ...]]
Facts = Callable[[Offer], dict[str, Any]]


class Own:
    def __init__(self, room: Room) -> None:
        self.room, self.store = room, room.store
        self._lock = threading.Lock()
        self._kept: tuple[Key, Texts] | None = None

    def facts(self, owner: str, piece: str) -> Facts:
        """Begins to read; what is given back waits for the end of it."""
        found: list[Texts] = []
        reading = threading.Thread(target=lambda: found.extend(self._read(owner, piece)), name="own pieces", daemon=True)
        reading.start()

        def told(offer: Offer) -> dict[str, Any]:
            bodies = [thing.body for thing in offer.things if thing.name == "body" and thing.media_type == "text/plain"]
            if not bodies:
                return {}
            reading.join()
            return {"own": near_own(bodies[0].decode("utf-8", "replace"), found[0])} if found else {}

        return told

    def _read(self, owner: str, piece: str) -> list[Texts]:
        try:
            return self.texts(owner, piece)
        except StudioError:
            log.exception("other manuscripts could not be compared with")  # an offer is worth more than what is said of it
            return []

    def texts(self, owner: str, piece: str) -> list[Texts]:
        """Nothing where there is no other manuscript with words."""
        copies: list[tuple[str, Working]] = []
        length = 0
        for title, copy in self._copies(owner, piece):
            length += len(copy.text)
            if copies and length > MOST:
                break
            copies.append((title, copy))
        if not copies:
            return []
        key = owner, tuple((copy.id, copy.version) for _, copy in copies)
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = key, Texts(Piece(copy.piece, title, self._words(title, copy)) for title, copy in copies)
            return [self._kept[1]]

    def _words(self, title: str, copy: Working) -> str:
        return "\n\n".join(scene.text for scene in manuscript_of(copy.text, title).scenes)

    def _copies(self, owner: str, piece: str) -> Iterator[tuple[str, Working]]:
        """The first copy of every other manuscript, by the sessions last touched."""
        for session in self.store.sessions(owner):
            for other in self.store.pieces(owner, session.id):
                if other.form == "manuscript" and other.id != piece:
                    copy = self.store.working(owner, other.id)
                    if copy.text:
                        yield other.title, copy
