"""A writing room over a real store, and offers as the workbench would record them, without models."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.core.card import Card, Source
from studio.core.event import Offer, Thing
from studio.core.recipe import Recipe
from studio.registry.status import CardState, CardStatus
from studio.sessions.store import Store, open_store
from studio.writing.ask import ASKS, ContinueAsk, PlotAsk, RewriteAsk, WriteAsk
from studio.writing.plot.plot import PLOT_TYPE, Beat, Person, Plot
from studio.writing.room.changing import Changing
from studio.writing.room.looking import Looking
from studio.writing.room.offers import Offers
from studio.writing.room.room import Room

ME, OTHER = "me", "other"
TITLES = {"writer-mini": "Writer mini"}
PLOT = Plot(
    title="The Tide Gauge", logline="A gauge lies.", setting="A harbour in winter",
    people=(Person(name="Mara Voss", role="hero", who="a gauge reader", want="to be believed", need="to ask", flaw="counts twice"),),
    beats=(Beat(name="Opening", text="Mara reads the gauge."), Beat(name="Climax", text="The gauge reads Mara.")),
)  # fmt: skip


class Desk:
    """One session with one manuscript, as a page has it."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(f"sqlite:///{folder}/t.db", str(folder / "blobs"), folder)
        self.folder = folder
        self.session = self.store.create_session(ME, "S").id
        self.again()
        self.state: dict[str, Any] = self.room.create(ME, self.session)

    def again(self) -> None:
        """A fresh room, as after a start: nothing is remembered but what was stored."""
        self.room = Room(self.store)
        self.offers, self.looking = Offers(self.room, TITLES), Looking(self.room, TITLES)
        self.changing = Changing(self.room, self.looking)

    @property
    def working(self) -> str:
        return str(self.state["working"])

    @property
    def version(self) -> int:
        return self.store.copy(ME, self.working).version

    def edit(self, *edits: dict[str, Any], version: int | None = None) -> dict[str, Any]:
        return self.room.edit(ME, self.working, version or self.version, list(edits))

    def type(self, text: str, at: int = 0, scene: str = "s1", **more: Any) -> dict[str, Any]:
        return self.edit({"scene": scene, "at": at, "text": text, **more})

    def open(self) -> dict[str, Any]:
        return self.room.open(ME, self.state["piece"], self.working)

    def scene(self, id: str = "s1") -> dict[str, Any]:
        return next(
            scene for chapter in self.open()["manuscript"]["chapters"] for scene in chapter["scenes"] if scene["id"] == id
        )

    def made(self, scene: str = "s1") -> list[tuple[str, str]]:
        """Text and maker of each span."""
        found, at, out = self.scene(scene), 0, []
        for length, maker, _ in found["spans"]:
            out.append((found["text"][at : at + length], maker))
            at += length
        assert at == len(found["text"])
        return out

    def offered(self, *texts: str, ask: WriteAsk | None = None, owner: str = ME, piece: str | None = "") -> list[str]:
        ask = ask or ContinueAsk(n=len(texts), seed=7)
        things = [Thing(name="body", media_type="text/plain", body=text.encode()) for text in texts]
        return self._recorded(ask, things, owner, self.state["piece"] if piece == "" else piece)

    def plotted(self, plot: Plot = PLOT, piece: str | None = None) -> str:
        thing = Thing(name="body", media_type=PLOT_TYPE, body=plot.dumps())
        return self._recorded(PlotAsk(n=1, seed=7), [thing], ME, piece)[0]

    def _recorded(self, ask: Any, things: Sequence[Thing], owner: str, piece: str | None) -> list[str]:
        session = self.session if owner == ME else self.store.create_session(owner, "S").id
        job = self.store.start_job(owner, session, piece if owner == ME else None, "writer-mini", ask)
        ids = []
        for i, thing in enumerate(things):
            offer = Offer(index=i, seed=ask.seed_of(i), things=(thing,), summary="an offer", facts={"words": 3})
            recipe = Recipe(
                model="writer-mini", revision="1", runtime="gguf", weights="w", ask=ask.model_dump(mode="json"), index=i, seed=offer.seed
            )  # fmt: skip
            ids.append(self.store.record_offer(owner, job.id, offer, recipe).id)
        return ids

    def take(self, offer: str, text: str, at: int, gone: int = 0, scene: str = "s1") -> dict[str, Any]:
        place = {"scene": scene, "at": at, "gone": gone, "text": text}
        return self.offers.take(ME, offer, self.working, self.version, place)


def rewrite(passage: str) -> RewriteAsk:
    return RewriteAsk(passage=passage, n=1, seed=7)


def card(
    id: str, tasks: Sequence[str] = tuple(ASKS), state: CardState = "embedded", kind: str = "embedded", **more: Any
) -> CardStatus:
    title = id.replace("-", " ").capitalize()
    where = "http://127.0.0.1:9/v1" if kind == "server" else id
    source = Source.model_validate({"kind": kind, "where": where})
    made = Card(
        id=id, title=title, medium="text", tasks=tuple(tasks), runtime="gguf", source=source, licence="x", size=1, memory=1, **more
    )  # fmt: skip
    return CardStatus(card=made, state=state)
