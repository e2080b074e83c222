"""What the page is told of manuscripts, offers and models, as plain JSON. Pure; the words of the page's contract are here."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from studio.core.work import OfferRecord, Piece, Working
from studio.registry.status import CardStatus
from studio.writing.ask import ASKS
from studio.writing.manuscript.manuscript import Chapter, Scene
from studio.writing.manuscript.shares import by_maker, percent
from studio.writing.plot.plot import PLOT_TYPE, Plot
from studio.writing.table import Opened
from studio.writing.weigh import WEIGHED_TYPE

JSON = dict[str, Any]
USABLE = ("loaded", "loading", "embedded", "installed")


def spans_of(scene: Scene) -> list[list[Any]]:
    return [[span.length, span.maker, span.offer] for span in scene.ledger.spans]


def table_shown(table: Opened, texts: bool = True) -> JSON:
    """The manuscript and its sums; without `texts` all but what people read."""
    manuscript = table.manuscript
    shown = manuscript.model_dump(mode="json", exclude={"chapters"})
    shown["chapters"] = [_chapter(chapter, table, texts) for chapter in manuscript.chapters]
    return {"manuscript": shown, "words": table.words, "shares": shares_of(table), "empty": table.empty}


def _chapter(chapter: Chapter, table: Opened, texts: bool) -> JSON:
    return {
        "id": chapter.id,
        "title": chapter.title,
        "scenes": [_scene(scene, table, texts) for scene in chapter.scenes],
    }


def _scene(scene: Scene, table: Opened, texts: bool) -> JSON:
    shown: JSON = {
        "id": scene.id, "title": scene.title, "summary": scene.summary, "beat": scene.beat, "goal": scene.goal,
        "cast": list(scene.cast), "words": table.facts[scene.id].words,
    }  # fmt: skip
    return {**shown, "text": scene.text, "spans": spans_of(scene)} if texts else shown


def shares_of(table: Opened) -> JSON:
    """What the share bar shows."""
    counts = by_maker(table.letters)
    return {"letters": counts, "percent": percent(counts)}


def state_of(piece: Piece, copy: Working, copies: Iterable[Working], table: Opened, texts: bool = True) -> JSON:
    return {
        "piece": piece.id,
        "session": piece.session,
        "title": piece.title,
        "working": copy.id,
        "version": copy.version,
        "base": copy.base,
        "updated": copy.updated.isoformat(),
        "branched": False,
        "copies": [{"id": c.id, "title": c.title or "the first copy", "updated": c.updated.isoformat()} for c in copies],
        **table_shown(table, texts),
    }


def offer_shown(record: OfferRecord, body: bytes, chosen: str | None, titles: Mapping[str, str]) -> JSON:
    return {
        "id": record.id, "index": record.index, "seed": record.seed, "task": record.recipe.ask["task"], "done": True,
        "partial": record.partial, "summary": record.summary, "facts": record.facts, "model": record.recipe.model,
        "model_title": titles.get(record.recipe.model, record.recipe.model), "chosen": chosen,
        **body_shown(record.parts[0].media_type, body),
    }  # fmt: skip


def body_shown(media_type: str, body: bytes) -> JSON:
    """`text`, `plot` or, of a weighed passage, `pieces`."""
    if media_type == PLOT_TYPE:
        return {"plot": Plot.loads(body).model_dump(mode="json")}
    if media_type == WEIGHED_TYPE:
        return {"pieces": json.loads(body)["pieces"]}
    return {"text": body.decode("utf-8", "replace")}


def models_shown(cards: Iterable[CardStatus]) -> list[JSON]:
    """Models for words: what each can do, and why it cannot be used just now."""
    out = []
    for status in cards:
        card = status.card
        tasks = [task for task in card.tasks if task in ASKS]
        if card.medium == "text" and tasks:
            server = card.source.where if card.source.kind == "server" else ""
            out.append(
                {
                    "id": card.id,
                    "title": card.title,
                    "tasks": tasks,
                    "state": status.state,
                    "why": why_not(status),
                    "server": server,
                }
            )
    return out


def why_not(status: CardStatus) -> str:
    """A sentence; empty when it can be used."""
    if status.progress is not None:
        return "It is being downloaded."
    if status.state in USABLE:
        return ""
    if status.state == "available":
        return status.reason or "It is not downloaded yet. Get it in the Models tab."
    return status.reason or "It cannot be used here. The Models tab says why."
