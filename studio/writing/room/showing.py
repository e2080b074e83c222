"""What the page is told of manuscripts, offers and models, as plain JSON. Pure; the words of the page's contract are here."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from studio.core.work import OfferRecord, Piece, Working
from studio.registry.status import CardStatus
from studio.writing.ask import ASKS
from studio.writing.manuscript.manuscript import Chapter, Scene
from studio.writing.manuscript.shares import by_maker, percent
from studio.writing.plot.plot import PLOT_TYPE, Plot
from studio.writing.room.table import Opened
from studio.writing.weigh import WEIGHED_TYPE

JSON = dict[str, Any]
DOES = {
    "plot": "make plots", "continue": "go on writing", "fill": "fill a gap", "spark": "give next lines", "describe": "describe",
    "dialogue": "write dialogue", "rewrite": "rewrite a passage", "expand": "expand a passage", "summarise": "sum up",
    "weigh": "say how likely each word is",
}  # fmt: skip
USABLE = ("loaded", "loading", "embedded", "installed")


def spans_of(scene: Scene) -> list[list[Any]]:
    return [[span.length, span.maker, span.offer] for span in scene.ledger.spans]


def table_shown(table: Opened, title: str, texts: bool = True) -> JSON:
    """The manuscript and its sums; without `texts` all but what people read. It is called as its piece is."""
    manuscript = table.manuscript
    shown = manuscript.model_dump(mode="json", exclude={"chapters"})
    shown["title"] = title
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
        **table_shown(table, piece.title, texts),
    }


def offer_shown(record: OfferRecord, body: bytes, chosen: str | None, titles: Mapping[str, str]) -> JSON:
    return {
        "id": record.id, "index": record.index, "seed": record.seed, "task": record.recipe.ask["task"], "done": True,
        "partial": record.partial, "summary": record.summary, "facts": record.facts, "model": record.recipe.model,
        "model_title": titles.get(record.recipe.model, record.recipe.model), "chosen": chosen,
        **body_shown(record.parts[0].media_type, body, record.facts),
    }  # fmt: skip


def body_shown(media_type: str, body: bytes, facts: Mapping[str, Any] = MappingProxyType({})) -> JSON:
    """`text`, `plot` or, of a passage whose words were weighed, `weighed`."""
    if media_type == PLOT_TYPE:
        return {"plot": Plot.loads(body).model_dump(mode="json")}
    if media_type == WEIGHED_TYPE:
        return {"weighed": {"pieces": json.loads(body)["pieces"], "mean": facts.get("mean", 0.0)}}
    return {"text": body.decode("utf-8", "replace")}


def spread_of(offers: Iterable[JSON]) -> str:
    """How far apart finished offers of one ask are, in a sentence; empty where there are no two texts."""
    texts = [one["text"] for one in offers if one.get("done") and one.get("text")]
    if len(texts) < 2:
        return ""
    from studio.writing.likeness.spread import spread

    return spread(texts).sentence


def where_asked(ask: Mapping[str, Any]) -> JSON | None:
    """The place an ask was about, as far as it tells: behind the last part of the text before."""
    before = [part for part in ask.get("parts", ()) if part["kind"] == "before"]
    if not before:
        return None
    last, passage = before[-1]["id"], str(ask.get("passage", ""))
    start = sum(len(part["text"]) for part in before if part["id"] == last)
    return {"scene": last.removeprefix("text:"), "start": start, "end": start + len(passage), "passage": passage}


def models_shown(cards: Iterable[CardStatus]) -> list[JSON]:
    """Models for words: what each can do, and why it cannot do, or cannot be used for, the rest."""
    out = []
    texts = [status for status in cards if status.card.medium == "text"]
    for status in texts:
        card, reason = status.card, why_not(status)
        tasks = [task for task in card.tasks if task in ASKS]
        if not tasks:
            continue
        why = {
            task: reason if task in tasks else cannot(status, task, texts) for task in ASKS if reason or task not in tasks
        }  # fmt: skip
        server = card.source.where if card.source.kind == "server" else ""
        out.append(
            {
                "id": card.id, "title": card.title, "tasks": tasks, "state": status.state, "why": why, "reason": reason,
                "server": server,
            }
        )  # fmt: skip
    return out


def cannot(status: CardStatus, task: str, texts: Iterable[CardStatus]) -> str:
    """That a model cannot do something, and which could."""
    does = DOES.get(task, "do this")
    return f"{status.card.title} cannot {does}. {could([one for one in texts if task in one.card.tasks])}"


def could(able: Iterable[CardStatus]) -> str:
    """Which models could, the ready ones first."""
    able = list(able)
    here = [status.card.title for status in able if not why_not(status)]
    away = [status.card.title for status in able if status.state == "available"]
    if here:
        return f"{_listed(here)} can."
    return f"{_listed(away)} could: get one in the Models tab." if away else "The Models tab shows which could be added."


def _listed(names: list[str]) -> str:
    shown = names[:3]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def why_not(status: CardStatus) -> str:
    """A sentence; empty when it can be used."""
    if status.progress is not None:
        return "It is being downloaded."
    if status.state in USABLE:
        return ""
    if status.state == "available":
        return status.reason or "It is not downloaded yet. Get it in the Models tab."
    return status.reason or "It cannot be used here. The Models tab says why."
