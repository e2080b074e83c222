"""From what the page asks to the ask of an engine. The tune itself always comes from the store, never from the page."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from studio.core.ask import Ask
from studio.core.errors import Refused
from studio.music.ask import ASKS, AccompanyAsk, BlendAsk, HarmoniseAsk, RedoAsk, SketchAsk, TuneAsk, VaryAsk
from studio.music.originality import Near, steer_away
from studio.music.sheet import Sheet
from studio.music.tune import Tune

ALL: dict[str, type[Ask]] = {**ASKS, "harmonise": HarmoniseAsk, "accompany": AccompanyAsk}
OURS = ("tune", "other", "avoid", "keep", "locks", "medium", "task")  # said by the studio, not by the page
SEEDS = 2**31


def ask_of(
    data: Mapping[str, Any], sheet: Sheet | None, tune_of: Callable[[str], Tune], near_of: Callable[[Tune], Near]
) -> Ask:
    """`tune_of` gives the tune of another piece of the person's; `near_of` what a tune is near to."""
    task = data.get("task")
    kind = ALL.get(task) if isinstance(task, str) else None
    given = data.get("fields") or {}
    if kind is None or not isinstance(given, Mapping):
        raise Refused("There is nothing here that does this. Reload the page and try again.")
    fields = {name: value for name, value in given.items() if name not in OURS and name != "steer"}
    fields["seed"] = _seed(fields.get("seed"))
    if kind is not SketchAsk:
        if sheet is None or not sheet.tune.voices[0].notes and not sheet.tune.melody.notes and kind is not AccompanyAsk:
            raise Refused("There is no tune here yet. Sketch one, draw some notes, or hum one first.")
        fields["tune"] = sheet.tune
    if sheet is not None:
        fields |= _locked(kind, fields, sheet)
    if issubclass(kind, BlendAsk):
        other = given.get("other")
        if not isinstance(other, str) or not other:
            raise Refused("Choose the tune to blend with first.")
        fields["other"] = tune_of(other)
    if given.get("steer") and sheet is not None and issubclass(kind, SketchAsk | TuneAsk):
        fields["avoid"] = steer_away(sheet.tune, near_of(sheet.tune))
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise Refused(sentence(error)) from None


def _seed(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return random.SystemRandom().randrange(SEEDS)


def _locked(kind: type[Ask], fields: Mapping[str, Any], sheet: Sheet) -> dict[str, Any]:
    """What the locks on the table mean for this ask."""
    whole = {lock.bar for lock in sheet.locks if lock.what == "all"}
    sides = [lock.model_dump() for lock in sheet.locks if lock.what != "all" and lock.bar not in whole]
    if issubclass(kind, RedoAsk):
        bars = [bar for bar in _numbers(fields.get("bars")) if bar not in whole]
        if not bars:
            raise Refused("These bars are locked. Unlock one, or choose others.")
        return {"bars": tuple(bars), "locks": tuple(lock for lock in sides if lock["bar"] in bars)}
    if issubclass(kind, VaryAsk):
        return {"keep": tuple(sorted(whole)), "locks": tuple(sides)}
    return {}


def _numbers(value: object) -> list[int]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise Refused("Choose one or more bars of this tune first.")
    return [bar for bar in value if isinstance(bar, int) and not isinstance(bar, bool)]


WORDS = {
    "bars": "Bars", "form": "The form", "tempo": "The tempo", "low": "The lowest note", "high": "The highest note",
    "key": "The key", "meter": "The meter", "n": "The number of takes", "strength": "The strength", "pickup": "The upbeat",
}  # fmt: skip


def sentence(error: ValidationError) -> str:
    """What is wrong with one field, for a person."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "string_pattern_mismatch" and name == "form":
        return "Write the form with the letters A to F, such as AABA or ABA'; a letter with a dash has another ending."
    said, what = str(first["msg"])[:160], WORDS.get(name, name.capitalize() or "This")
    if said.startswith("Input should"):
        return f"{what} {said.removeprefix('Input ')}. Change it and try again."
    return f"{what}: {said.removeprefix('Value error, ')}. Change it and try again."
