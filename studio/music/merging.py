"""An offer and the table it comes back to: what of it is new, and what of it is laid down when the table has moved on."""

from typing import Any

from studio.core.ids import new_id
from studio.core.work import OfferRecord
from studio.music.ask import ASKS, TuneAsk
from studio.music.check import bar_notes
from studio.music.sheet import comped, new_sheet
from studio.music.tune import Tune


def asked_tune(record: OfferRecord) -> Tune | None:
    """The tune an offer began from; None for a new one."""
    kind = ASKS.get(record.recipe.ask["task"])
    body = record.recipe.ask.get("tune")
    if body is None or (kind is not None and not issubclass(kind, TuneAsk)):
        return None
    return Tune.model_validate(body)


def unchanged(before: Tune, after: Tune) -> dict[str, Any]:
    """How many bars of the old melody are in the new one as they were, note for note."""
    same = [i for i in range(min(len(before.bars), len(after.bars))) if bar_notes(before, i) == bar_notes(after, i)]
    return {"same": len(same), "of": len(before.bars), "changed": [i for i in range(len(after.bars)) if i not in same]}


def merged(now: Tune | None, asked: Tune | None, offered: Tune, task: str) -> Tune:
    """An offer may be older than the table: then only what it is about is taken from it."""
    if now is None or asked is None or now == asked:
        return offered
    if task == "harmonise" and now.length == offered.length:
        return now.changed(chords=offered.chords)
    if task == "accompany" and now.length == offered.length:
        names = {voice.name for voice in asked.voices if voice in offered.voices}
        for voice in offered.voices:
            now = now if voice.name in names else now.with_voice(voice)
        return now
    if task in ("redo", "vary") and now.bars == offered.bars:
        different = unchanged(asked, offered)["changed"]
        offer = new_id()
        return comped(new_sheet(now, "human"), {offer: offered}, dict.fromkeys(different, offer)).tune
    return offered
