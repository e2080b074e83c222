"""Captions: many wordings and lengths for what a picture shows, from a closed vocabulary.

All wording stands in the tables below; `VOCABULARY` is made of them, so no caption can hold another word. Nouns are
noted where things are drawn (`plan.add`) and must be listed in `nouns.txt`.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.training.scenes.colours import Array, names_of, to_lab
from studio.training.scenes.nouns import plural
from studio.training.scenes.objects import names
from studio.training.scenes.plan import Plan, Thing

STYLE_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # before: "a watercolour of", after: ", watercolour"
    "digital painting": (("a digital painting of", "a soft painting of"),
    ("digital painting", "soft digital painting")),
    "flat": (("a flat poster of", "a flat illustration of"), ("flat poster", "flat illustration", "flat colours")),
    "watercolour": (("a watercolour of", "a watercolour painting of"),
    ("watercolour", "watercolour painting", "painted in watercolour")),
    "ink": (("an ink drawing of", "a pen and ink drawing of"), ("ink drawing", "pen and ink", "drawn in ink")),
    "pastel": (("a pastel of", "a pastel drawing of"), ("pastel", "soft pastel", "drawn in pastel")),
    "oil": (("an oil painting of",), ("oil painting", "painted in oil", "thick brush strokes")),
    "woodcut": (("a woodcut of", "a woodblock print of"), ("woodcut", "woodblock print")),
    "pixel": (("pixel art of", "a pixel picture of"), ("pixel art", "pixels")),
    "stained glass": (("a stained glass window of", "stained glass of"), ("stained glass", "stained glass window")),
    "neon": (("a neon picture of", "neon lights of"), ("neon", "night neon", "glowing neon")),
    "paper cut": (("a paper cut of", "layered paper of"), ("paper cut", "cut paper", "layered paper")),
    "pencil": (("a pencil drawing of", "a crayon drawing of"), ("coloured pencil", "pencil drawing")),
    "mosaic": (("a mosaic of",), ("mosaic", "tile mosaic")),
    "cartoon": (("a cartoon of",), ("cartoon",)),
    "rounded cartoon": (("a cartoon of", "a rounded cartoon of"), ("cartoon", "rounded cartoon")),
    "sticker": (("a sticker of",), ("sticker", "flat sticker")),
    "3d": (("a 3d picture of", "a 3d render of"), ("3d", "3d render")),
    "gradient": (("a smooth illustration of",), ("smooth illustration", "smooth shades")),
    "icon": (("an icon of",), ("icon", "simple icon")),
    "low poly": (("a low poly picture of",), ("low poly", "low poly 3d")),
    "doodle": (("a doodle of",), ("doodle",)),
    "silhouette": (("a silhouette of",), ("silhouette",)),
}  # fmt: skip
LIGHT_WORDS: dict[str, tuple[str, ...]] = {
    "dawn": ("at dawn", "at daybreak", "in early light"), "morning": ("in the morning", "in morning light"),
    "noon": ("by day", "in daylight", "on a clear day"),
    "evening": ("in golden light", "in the evening", "in warm evening light"),
    "sunset": ("at sunset", "at sundown", "in the light of sunset"), "dusk": ("at dusk", "at twilight", "after sunset"),
    "night": ("at night", "by night", "in the dark of night"), "overcast": ("on a grey day", "under an overcast sky"),
    "storm": ("before a storm", "in a storm"),
}  # fmt: skip
WEATHER_WORDS = {
    "fog": ("in fog", "in the mist", "on a misty day", "in mist"),
    "rain": ("in the rain", "on a rainy day"),
    "snow": ("in the snow", "on a snowy day"),
}
SEASON_WORDS = {
    "spring": ("in spring", "on a spring day"),
    "summer": ("in summer", "on a summer day"),
    "autumn": ("in autumn", "on an autumn day"),
    "winter": ("in winter", "on a winter day"),
}
MOODS = {"light": ("pale colours", "light colours"), "dark": ("dark colours", "deep colours"),
    "muted": ("muted colours", "quiet colours"),
         "vivid": ("vivid colours", "bright colours"), "warm": ("warm colours",), "cool": ("cool colours",)}  # fmt: skip
JOINS = ("with", "and", "beside", "near")
GLUE = ("in", "and", "mostly", "the", "a", "an", "of", "on", "under", "with", "pattern")
COLOURS = ("red", "orange", "yellow", "green", "turquoise", "blue", "violet", "pink", "brown", "cream", "white", "grey", "black")
WORD = re.compile(r"[a-z0-9'-]+")


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every word a caption can hold."""
    tables = [*JOINS, *GLUE, *COLOURS, "two", "three", "pale", "dark", "bright"]
    for before, after in STYLE_WORDS.values():
        tables += [*before, *after]
    for table in (LIGHT_WORDS, WEATHER_WORDS, SEASON_WORDS, MOODS):
        tables += [phrase for phrases in table.values() for phrase in phrases]
    nouns = (Path(__file__).parent / "nouns.txt").read_text(encoding="utf-8").splitlines()
    tables += nouns + [plural(noun.split(" ", 1)[1]) for noun in nouns if noun.startswith(("a ", "an "))]
    tables += [name for name, _ in names().values()] + [plural(name) for name, _ in names().values()]
    return frozenset(word for phrase in tables for word in WORD.findall(phrase.lower()))


BEFORE_COLOUR = frozenset(
    [
        "the",
        "two",
        "three",
        "many",
        "big",
        "small",
        "little",
        "wide",
        "high",
        "old",
        "tall",
        "low",
        "quiet",
        "calm",
        "deep",
        "clear",
        "round",
        "narrow",
        "winding",
        "soft",
        "large",
    ]
)


def coloured(thing: Thing) -> str:
    """ "a big boat" and "red" to "a big red boat"."""
    if not thing.colour or thing.colour in thing.noun:
        return thing.noun
    words = thing.noun.removeprefix("an ").removeprefix("a ").split()
    at = next((index for index, word in enumerate(words) if word not in BEFORE_COLOUR), 0)
    words.insert(min(at, len(words) - 1), thing.colour)
    if not thing.noun.startswith(("a ", "an ")):
        return " ".join(words)
    return f"{'an' if words[0][0] in 'aeiou' else 'a'} {' '.join(words)}"


class Words:
    """Writes the caption of one plan. A generator of its own, so that wording never moves a brush."""

    def __init__(self, rng: np.random.Generator, plan: Plan, picture: Array) -> None:
        self.rng, self.plan = rng, plan
        self.hues, self.mood = measured(picture)
        shown = plan.season_seen and not plan.palette.pull and not plan.light.dark and plan.style not in NO_HOUR
        self.season = plan.season if shown else ""
        self.style = plan.look if plan.look and plan.style == "digital painting" else plan.style

    def one(self, choices: tuple[str, ...]) -> str:
        return choices[int(self.rng.integers(0, len(choices)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def caption(self) -> str:
        """Tags, a short phrase or a full sentence."""
        form = self.rng.choice(["tags", "short", "full", "full", "full"])
        return " ".join(getattr(self, str(form))().split())

    def tell(self, thing: Thing, place: float = 0.5, colour: float = 0.6) -> str:
        said = coloured(thing) if thing.noun in ONLY_BY_COLOUR or self.chance(colour) else thing.noun
        return f"{said} {thing.place}" if thing.place and self.chance(place) else said

    def ranked(self) -> list[Thing]:
        """Worth telling, the most important first; grounds and skies only by their colour."""
        told = [thing for thing in self.plan.things if thing.colour or thing.noun not in ONLY_BY_COLOUR]
        return sorted(told or self.plan.things, key=lambda thing: -thing.weight - 0.15 * float(self.rng.random()))

    def tags(self) -> str:
        things = [
            self.tell(thing, 0.15).removeprefix("a ").removeprefix("an ").removeprefix("the ")
            for thing in self.ranked()[: self.rng.integers(1, 5)]
        ]
        more = [
            phrase
            for phrase in (self.when(), self.colours(), self.one(STYLE_WORDS[self.style][1]))
            if phrase and self.chance(0.7)
        ]
        words = things + more
        if self.chance(0.4):
            self.rng.shuffle(words)
        return ", ".join(words)

    def short(self) -> str:
        subject = self.tell(self.ranked()[0], 0.2).removeprefix("a ")
        style = self.one(STYLE_WORDS[self.style][1])
        return f"{subject}, {style}" if self.chance(0.75) else subject

    def when(self) -> str:
        """Hour, weather or season."""
        choices = [LIGHT_WORDS[self.plan.light.name]] if self.plan.kind not in NO_LIGHT and self.style not in NO_HOUR else []
        if self.plan.weather in WEATHER_WORDS and self.plan.kind not in NO_LIGHT:
            choices.append(WEATHER_WORDS[self.plan.weather])
        if self.season and self.plan.kind not in NO_LIGHT:
            choices.append(SEASON_WORDS[self.season])
        return self.one(choices[int(self.rng.integers(0, len(choices)))]) if choices else ""

    def colours(self) -> str:
        """The colours of the whole, as measured."""
        if len(self.hues) > 1 and self.chance(0.55):
            return f"in {self.hues[0]} and {self.hues[1]}"
        if self.hues and self.chance(0.4):
            return f"mostly {self.hues[0]}"
        return self.one(MOODS[self.mood]) if self.mood else ""

    def full(self) -> str:
        things = self.ranked()
        main, others = things[0], [thing for thing in things[1:] if self.chance(0.35 + 0.5 * thing.weight)][:3]
        others.sort(key=lambda thing: JOIN_ORDER.get(thing.join, 1))
        said, before_it = self.tell(main), main
        if self.plan.kind == "pattern" and main.noun.endswith("s") and self.chance(0.5):
            said = f"a pattern of {said}"
        for index, thing in enumerate(others):
            belongs = "vase" not in thing.noun and "bowl" not in thing.noun or follows(self.plan, before_it, thing)
            join = thing.join if thing.join and belongs else "with" if index == 0 else "and"
            said, before_it = f"{said} {join} {self.tell(thing)}", thing
        if (when := self.when()) and self.chance(0.75):
            said = f"{said} {when}" if self.chance(0.75) else f"{when}, {said}"
        before, after = STYLE_WORDS[self.style]
        if self.chance(0.85):
            said = (
                f"{self.one(before)} {said}"
                if self.chance(0.5) and not said.startswith(("in ", "at ", "on ", "by ", "under ", "before ", "after "))
                else f"{said}, {self.one(after)}"
            )
        if (colours := self.colours()) and self.chance(0.4):
            said += f", {colours}"
        return said


JOIN_ORDER = {"in": 0, "": 1, "with": 1, "and": 1, "on": 2, "under": 3}
ONLY_BY_COLOUR = frozenset({"a background", "a wall", "a floor", "a wooden floor", "a sky", "a roof", "roofs", "sails",
    "a table", "a cloth"})  # fmt: skip


def follows(plan: Plan, first: Thing, second: Thing) -> bool:
    """Noted one right after the other: flowers, then the vase they stand in."""
    return first in plan.things and second in plan.things and plan.things.index(second) == plan.things.index(first) + 1


NO_HOUR = frozenset({"ink", "neon"})  # their colours are their own
NO_LIGHT = frozenset({"pattern", "objects", "still life", "space", "under water", "flowers"})


def measured(picture: Array) -> tuple[list[str], str]:
    """The colour words that take up most of the picture (each at least a ninth), and the mood of its colours."""
    spots = picture[3::7, 3::7].reshape(-1, 3).astype(np.float32) / 255
    found = Counter(word for word in names_of(spots) if word)
    hues = [word for word, often in found.most_common() if often > len(spots) / 9]
    lab = to_lab(spots)
    light, chroma = float(lab[:, 0].mean()), float(np.hypot(lab[:, 1], lab[:, 2]).mean())
    warm = float(lab[:, 2].mean())
    mood = (
        "dark" if light < 0.36 else "light" if light > 0.84 else "muted" if chroma < 0.035 else "vivid" if chroma > 0.12 else ""
    )
    return hues, mood or ("warm" if warm > 0.05 else "cool" if warm < -0.04 else "")
