"""Facts of a scene filled in by a larger model: what it is asked, and what of its answer counts.

The model writes a value and copies the words that say so; a line whose words do not stand in the scene letter by letter, are
spoken or supposed, or do not hold the value is dropped. So a model can add what patterns miss, but it cannot invent.
"""

import re

from studio.writing.context.bible import Entry
from studio.writing.continuity.claims import stated
from studio.writing.continuity.facts import About, Fact, Quote
from studio.writing.continuity.lives import content
from studio.writing.continuity.told import NAME, Told
from studio.writing.continuity.traits import families
from studio.writing.continuity.words import EYES, HAIR, KIN, KINDRED, NUMBER, RANKS, THINGS, number
from studio.writing.manuscript.manuscript import Scene
from studio.writing.model import Prompt
from studio.writing.prompts.parts import clean

SLOTS: dict[str, str] = {
    "place": "where they are", "has": "one thing they have with them", "knows": "one thing they know or learn",
    "alive": "yes or dead", "age": "in years", "eyes": "colour", "hair": "colour", "hand": "left or right",
    "family": "such as: sister of Tom", "title": "rank, such as Captain", "birth": "year of birth",
}  # fmt: skip
MOST = 24_000  # letters of a scene in one prompt
STOPS = ("\n\n", "\n## ")
_ROLE = "You read a scene of a novel and note facts about one person. You only copy what the scene says. You never guess."
_LINE = re.compile(r"^\W*(?P<slot>[A-Za-z]+)\W*?: *(?P<value>[^|\n]{1,200}?) *\| *(?P<quote>[^\n]{3,500}?) *$", re.M)
_DEATH = re.compile(r"\b(?:dead|died|dies|killed|murdered|drowned|hanged|buried|perished|executed|shot)\b", re.I)


def slots_prompt(scene: Scene, entry: Entry) -> tuple[Prompt, tuple[str, ...]]:
    """For a model that converses; greedy sampling suits it best."""
    text = clean(scene.text)[:MOST]
    names = ", ".join(dict.fromkeys((entry.name, *(alias.name for alias in entry.aliases if not alias.since))))
    lines = "\n".join(f"{slot} ({what}): value | the exact words of the scene" for slot, what in SLOTS.items())
    order = (
        f"## The scene\n{text}\n\n## Now\nWhat does the scene say about {clean(names)}? Fill in these lines. "
        "After the | copy the words of the scene that say it, letter by letter, never what somebody says aloud. "
        "Leave out every line about which the scene says nothing.\n"
        f"{lines}"
    )
    return Prompt(turns=(("system", _ROLE), ("user", order))), STOPS


def read_slots(answer: str, scene: Scene, entry: Entry) -> tuple[Fact, ...]:
    """What of the answer holds; at most one fact for a line."""
    told = Told(scene.text)
    out: dict[tuple[str, str, str], Fact] = {}
    for found in _LINE.finditer(answer):
        quote = found.group("quote").strip().strip('“”"').strip()
        at = scene.text.find(quote) if len(quote) > 2 else -1
        if at < 0 or not _narrated(told, at, at + len(quote)):
            continue
        normal = _normal(found.group("slot").casefold(), found.group("value").strip(' ."“”'), quote)
        if normal:
            about, value, shown, other = normal
            place = Quote(scene=scene.id, at=at, quote=quote)
            fact = Fact(
                who=entry.id, name=entry.name, about=about, value=value, shown=shown, other=other, source="model", place=place
            )
            out.setdefault((about, value, other), fact)
    return tuple(out.values())


def _narrated(told: Told, start: int, end: int) -> bool:
    """Not spoken or dreamt, not supposed or denied."""
    bare = told.narration[start:end]
    return len(bare.split()) > 0.8 * len(told.text[start:end].split()) and stated(told, start, end)


Normal = tuple[About, str, str, str]  # about, value, shown, other


def _normal(slot: str, value: str, quote: str) -> Normal | None:
    """The value as the rules compare it, if the quote holds it."""
    low, said = value.casefold(), quote.casefold()
    if slot in ("eyes", "hair"):
        known = EYES if slot == "eyes" else HAIR
        shade = next((word for word in re.findall(r"[\w-]+", low) if word in known and word in said), "")
        held = slot.removesuffix("s") in said
        return (_about(slot), families(shade, slot), f"{shade} {slot}", "") if shade and held else None
    if slot in ("age", "birth"):
        return _years(slot, low, said)
    if slot == "hand":
        side = next((side for side in ("left", "right") if side in low and f"{side}-handed" in said), "")
        return ("hand", side, f"{side}-handed", "") if side else None
    if slot == "alive":
        return ("alive", "dead", "dead", "") if "dead" in low and _DEATH.search(quote) else None
    if slot == "title":
        rank = next((word for word in re.findall(r"\w+", low) if word in RANKS and word in said), "")
        return ("title", rank, rank.capitalize(), "") if rank else None
    return _loose(slot, value, said)


def _about(slot: str) -> About:
    return "eyes" if slot == "eyes" else "hair"


def _years(slot: str, low: str, said: str) -> Normal | None:
    if slot == "birth":
        year = re.search(r"\b(?:1\d|20)\d\d\b", low)
        return ("born", year.group(), f"born in {year.group()}", "") if year and year.group() in said and "born" in said else None
    found = re.search(rf"\b{NUMBER}\b", low)
    years = number(found.group()) if found else None
    held = {number(one) for one in re.findall(rf"\b{NUMBER}\b", said)}
    return ("age", str(years), f"{years} years old", "") if years is not None and years < 120 and years in held else None


def _loose(slot: str, value: str, said: str) -> Normal | None:
    """Values in free words: at least half of the words that tell something stand in the quote."""
    words = content(value).split()
    if not words or sum(word in said for word in words) * 2 < len(words):
        return None
    if slot == "place":
        return "where", value.casefold(), value, ""
    if slot == "knows":
        return "knows", "yes: " + content(value), value, ""
    if slot == "has":
        thing = re.search(rf"\b(?:{THINGS})\b", value.casefold())
        return "has", "has: ", f"has {value}", thing.group() if thing else value.casefold()
    kin = re.search(rf"(?P<rel>{KINDRED})(?:,? | of | to |: )+(?P<other>{NAME})", value)
    if slot == "family" and kin and kin.group("rel") in said:
        row, sex = KIN[kin.group("rel")]
        return "family", f"{row} {sex}".strip(), value, kin.group("other")
    return None
