"""From what the page asks to the ask of an engine. All text comes from the stored manuscript, never from the page."""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.registry.status import CardStatus
from studio.writing.ask import ASKS, ContinueAsk, DialogueAsk, FillAsk, Part, PlotAsk, RewriteAsk, SummariseAsk, WriteAsk
from studio.writing.context import gather as context
from studio.writing.likeness import away
from studio.writing.manuscript.manuscript import Manuscript, Scene
from studio.writing.plot.plot import Plot
from studio.writing.plot.slots import check
from studio.writing.room.putting import sentence
from studio.writing.room.showing import DOES, USABLE, cannot, could, why_not

SEEDS = 2**31
LONGEST = 20_000  # letters of a passage
AWAY = 24  # offers that others are to be different from
WORDS_ASKED = frozenset(
    {"n", "seed", "words", "boldness", "sampling", "levers", "manner", "senses", "subject", "speakers", "about", "start", "genre",
     "tense", "view", "instruction", "others", "context"}
)  # fmt: skip
PLOT_ASKED = frozenset(
    {"n", "seed", "premise", "names", "genre", "structure", "tone", "view", "boldness", "slots", "locks", "near"}
)
# Letters of text before the cursor that are looked through and kept with the ask: what a model of the kind can hold at most.
REACH = {"embedded": 16_000, "server": 200_000}
USUAL_REACH = 60_000


class Where(NamedTuple):
    """The cursor, or a selection."""

    scene: str
    start: int
    end: int


def where_of(data: Mapping[str, Any], manuscript: Manuscript) -> Where:
    """Of a page that says nothing: the end of the story."""
    scenes = {scene.id: scene for scene in manuscript.scenes}
    if not scenes:
        raise Refused("There is no scene to write in yet. Add one first.")
    id = data.get("scene") or list(scenes)[-1]
    if id not in scenes:
        raise Refused("This scene is no longer in the manuscript. Reload the page.")
    length = len(scenes[id].text)
    start, end = (_whole(data.get(name), length) for name in ("start", "end"))
    start = min(max(start, 0), length)
    return Where(id, start, min(max(end, start), length) if data.get("end") is not None else start)


def _whole(value: object, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else usual


def ask_of(
    data: Mapping[str, Any],
    manuscript: Manuscript | None,
    plot_of: Callable[[str], Plot],
    text_of: Callable[[str], str],
    cards: Iterable[CardStatus],
) -> tuple[Ask, str]:
    """The ask and the model that is to do it. `plot_of` and `text_of` give what one of the person's offers holds."""
    task, given = data.get("task"), data.get("fields") or {}
    kind = ASKS.get(task) if isinstance(task, str) else None
    if kind is None or not isinstance(given, Mapping):
        raise Refused("There is nothing here that does this. Reload the page and try again.")
    card = chosen(str(task), data.get("model"), cards).card
    try:
        if kind is PlotAsk:
            return plot_ask(given, manuscript, plot_of), card.id
        if manuscript is None:
            raise Refused("There is no manuscript open. Open one, or start a new one.")
        reach = REACH.get(card.source.kind, USUAL_REACH)
        assert issubclass(kind, WriteAsk)
        made = words_ask(kind, given, manuscript, where_of(data, manuscript), without_of(data), reach)
        return elsewhere(made, [text_of(id) for id in away_of(given)], manuscript, card.source.kind == "server"), card.id
    except ValidationError as error:
        raise Refused(sentence(error)) from None


def without_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of parts that are left out this time."""
    found = data.get("without") or ()
    return tuple(str(one) for one in found)[:2000] if isinstance(found, list | tuple) else ()


def words_ask(
    kind: type[WriteAsk], given: Mapping[str, Any], manuscript: Manuscript, where: Where, without: tuple[str, ...], reach: int
) -> WriteAsk:
    fields = {name: value for name, value in given.items() if name in WORDS_ASKED and name in kind.model_fields}
    fields["seed"] = _seed(fields.get("seed"))
    if "passage" in kind.model_fields:
        where, fields["passage"] = _passage(kind, manuscript, where)
    elif kind is DialogueAsk and isinstance(fields.get("speakers"), list):
        fields["speakers"] = tuple(fields["speakers"])
    instruction = "" if kind is RewriteAsk else str(given.get("instruction") or "")[:2000]
    beat = given.get("beat")
    parts = parts_of(kind, manuscript, where, beat if isinstance(beat, str) else None, instruction, without, reach)
    return kind.model_validate({**fields, "parts": parts, "bans": manuscript.bans})


def away_of(given: Mapping[str, Any]) -> list[str]:
    """Ids of the offers to be different from."""
    found = given.get("away") or []
    if not isinstance(found, list) or len(found) > AWAY:
        raise Refused(f"Choose at most {AWAY} offers to be different from.")
    return [str(one)[:80] for one in found]


def elsewhere(ask: WriteAsk, offers: list[str], manuscript: Manuscript, server: bool) -> WriteAsk:
    """The ask without the words that earlier offers brought."""
    around = "".join(part.text for part in ask.parts if part.kind == "before") + str(getattr(ask, "passage", ""))
    names = " ".join(name for entry in manuscript.bible.entries for name in (entry.name, *(one.name for one in entry.aliases)))
    words = away.brought(offers, around, f"{names} {ask.start}")
    if not words:
        return ask
    if not server:
        return ask.changed(bans=(*ask.bans, *words))
    said = away.asked_without(words)
    if isinstance(ask, RewriteAsk):
        return ask.changed(instruction=f"{ask.instruction} {said}".strip()[:2000])
    return ask.changed(parts=(*ask.parts, Part(kind="instruction", id=":away", text=said, why="you asked for others")))


def parts_of(
    kind: type[WriteAsk],
    manuscript: Manuscript,
    where: Where,
    beat: str | None,
    instruction: str,
    without: tuple[str, ...],
    reach: int,
) -> tuple[Part, ...]:
    """What a model might be told there. The beat of the scene goes along where new text of the story is asked for."""
    here = _scene(manuscript, where.scene)
    if beat is None:
        beat = here.beat if issubclass(kind, ContinueAsk | FillAsk | DialogueAsk) else ""
    inside = kind is FillAsk or "passage" in kind.model_fields
    start = where.start if inside else where.end  # others go on behind what is selected
    scenes = [context.Scene(one.id, one.title, one.summary, one.text, one.cast) for one in manuscript.scenes]
    place = context.Place(where.scene, start, where.end)
    parts = context.gather(scenes, place, manuscript.bible, beat[:4000], instruction, without, reach)
    return tuple(_cut(part, reach) for part in parts)


def _cut(part: Part, reach: int) -> Part:
    """A scene may be longer than what is looked through: its end counts."""
    if part.kind != "before" or len(part.text) <= reach:
        return part
    return part.changed(text=part.text[-reach:])


def _scene(manuscript: Manuscript, id: str) -> Scene:
    return next(scene for scene in manuscript.scenes if scene.id == id)


def _passage(kind: type[WriteAsk], manuscript: Manuscript, where: Where) -> tuple[Where, str]:
    text = _scene(manuscript, where.scene).text
    if where.end <= where.start and kind is SummariseAsk:
        where = where._replace(start=0, end=len(text))
    passage = text[where.start : where.end]
    if not passage.strip():
        raise Refused("Select a passage of the text first.")
    if len(passage) > LONGEST:
        raise Refused(f"This passage is longer than {LONGEST:,} letters. Select a shorter one.")
    return where, passage


def plot_ask(given: Mapping[str, Any], manuscript: Manuscript | None, plot_of: Callable[[str], Plot]) -> PlotAsk:
    """`plot`, `other` and `away` name offers of the person's; `plot` may also be the outline of the manuscript."""

    def named(value: object) -> Plot:
        if value == "outline":
            if manuscript is None or manuscript.plot is None:
                raise Refused("This manuscript has no outline yet. Keep a plot first.")
            return manuscript.plot
        return plot_of(str(value)[:80])

    fields = {name: value for name, value in given.items() if name in PLOT_ASKED}
    fields["seed"] = _seed(fields.get("seed"))
    fields |= {name: named(given[name]) for name in ("plot", "other") if given.get(name)}
    others = tuple(map(named, away_of(given)))
    ask = PlotAsk.model_validate({**fields, "away": others, "bans": manuscript.bans if manuscript else ()})
    check(ask)
    return ask


def _seed(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return random.SystemRandom().randrange(SEEDS)


def chosen(task: str, model: object, cards: Iterable[CardStatus]) -> CardStatus:
    """The model that was named, or the readiest that can; one on a server only where nothing here can. Says who could."""
    texts = [status for status in cards if status.card.medium == "text"]
    able = [status for status in texts if task in status.card.tasks]
    does = DOES.get(task, "do this")
    if model:
        found = next((status for status in texts if status.card.id == model), None)
        if found is None:
            raise Refused("This model is not there any more. Choose another one.")
        if found not in able:
            raise Refused(cannot(found, task, texts))
        if why_not(found):
            raise Refused(f"{found.card.title}: {why_not(found)}")
        return found
    usable = [status for status in able if not why_not(status)]
    if not usable:
        raise Refused(f"No model that is here can {does}. {could(able)}")
    return min(usable, key=lambda status: (status.card.source.kind == "server", USABLE.index(status.state)))
