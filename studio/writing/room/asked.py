"""Asking in a person's name: finds the manuscript, the plots and the model of a wish, and tells beforehand what would go in."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.errors import Refused
from studio.registry.status import CardStatus
from studio.sessions.store import Store
from studio.workbench import Workbench
from studio.writing.ask import WriteAsk
from studio.writing.context.counter import Counter
from studio.writing.context.trim import Count
from studio.writing.manuscript.manuscript import Manuscript
from studio.writing.room.asking import ask_of, chosen
from studio.writing.room.changing import Changing
from studio.writing.room.looking import Looking
from studio.writing.room.offers import Offers
from studio.writing.room.own import Facts, Own
from studio.writing.room.room import Room
from studio.writing.room.showing import JSON, models_shown

QUIET = ("weigh", "summarise")  # no words of an offer that could be somebody's


class Wished(NamedTuple):
    ask: Ask
    model: str
    session: str
    piece: str | None
    more: Facts | None  # what is to be told with each offer beside what the engine says


class Asking:
    def __init__(self, store: Store, workbench: Workbench) -> None:
        self.store, self.registry = store, workbench.registry
        self.room = Room(store)
        self.offers = Offers(self.room, self.titles())
        self.looking = Looking(self.room, self.titles())
        self.changing = Changing(self.room, self.looking)
        self.own = Own(self.room)
        self._counter = Counter()

    def titles(self) -> dict[str, str]:
        return {card.id: card.title for card in self.registry.cards()}

    def cards(self) -> tuple[CardStatus, ...]:
        return self.registry.status().cards

    def models(self) -> list[JSON]:
        return models_shown(self.cards())

    def card(self, model: str, task: str) -> Card | None:
        """The model that is named, or the one that would be taken."""
        if model:
            return next((card for card in self.registry.cards() if card.id == model), None)
        try:
            return chosen(task, None, self.cards()).card
        except Refused:
            return None

    def count(self, card: Card | None) -> Count | None:
        """How the model counts text, where that can be known without loading it."""
        return self._counter.of(self.registry.folders.of(card)) if card else None

    def wish(self, owner: str, session: str, data: Mapping[str, Any]) -> Wished:
        """Plots may be asked for where there is no manuscript yet."""
        manuscript: Manuscript | None = None
        piece: str | None = None
        working = data.get("working")
        if working:
            copy, found = self.room.copy(owner, str(working))
            manuscript, piece, session = self.room.reading(copy, found), found.id, found.session
        elif not session:
            raise Refused("Open a session first.")
        plot, text = (lambda id: self.offers.plot(owner, id)), (lambda id: self.offers.text(owner, self.store.offer(owner, id)))
        ask, model = ask_of(data, manuscript, plot, text, self.cards())
        more = self.own.facts(owner, piece) if piece and isinstance(ask, WriteAsk) and ask.task not in QUIET else None
        return Wished(ask, model, session, piece, more)
