"""What is wanted of a plot, what a plan of one holds, and which tones and times go with which genre."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from studio.writing.plot.deck import TONES, Entry
from studio.writing.plot.plot import Structure
from studio.writing.plot.premise import Premise
from studio.writing.plot.structures import Step

TONES_OF = {
    "adventure": ("tense", "light", "wry"), "children": ("light", "tender", "strange"), "comedy": ("wry", "light"),
    "fantasy": ("strange", "tender", "tense"), "historical": ("tender", "tense", "wry"), "horror": ("dark", "strange"),
    "literary": ("tender", "wry", "dark"), "mystery": ("tense", "wry", "dark"), "romance": ("tender", "wry", "light"),
    "science-fiction": ("strange", "tense", "dark"), "thriller": ("tense", "dark"),
}  # fmt: skip
ERAS_OF = {
    "historical": ("past",), "science-fiction": ("future", "future", "present"), "fantasy": ("timeless", "past", "timeless"),
    "adventure": ("past", "present"), "horror": ("present", "past"),
}  # fmt: skip
TONE_WORDS = {
    "funny": "light", "humorous": "light", "comic": "light", "cheerful": "light", "happy": "light",
    "warm": "tender", "sad": "tender", "gentle": "tender", "melancholy": "tender", "romantic": "tender",
    "scary": "dark", "bleak": "dark", "grim": "dark", "noir": "dark",
    "ironic": "wry", "dry": "wry", "satirical": "wry", "suspenseful": "tense", "gripping": "tense", "weird": "strange",
    "eerie": "strange", "dreamy": "strange", "surreal": "strange",
}  # fmt: skip
PLAIN = (
    "mystery",
    "literary",
    "comedy",
    "adventure",
    "romance",
    "thriller",
    "historical",
    "horror",
    "fantasy",
)  # for any premise
SHAPES = ("won", "won", "bittersweet", "changed", "open", "lost")
CHOOSERS = ("hero", "hero", "ally", "rival", "other", "all")
FULL = 1.0  # weight of what the premise or the situation makes true
THREAD = 1.3
LATER = 0.6
SCENE = 0.2


@dataclass
class Plan:
    """Slot -> entry, and what was decided beside it."""

    structure: Structure
    steps: tuple[Step, ...]
    genre: str
    tone: str = ""
    era: str = ""
    picks: dict[str, Entry] = field(default_factory=dict)
    levers: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)  # fact -> the slot that made it true
    cast: tuple[str, ...] = ("hero",)
    score: float = 0.0


@dataclass(frozen=True)
class Wish:
    """What a plan must keep to."""

    premise: Premise
    seed: int
    salt: str = ""
    genre: str = ""
    tone: str = ""
    structure: Structure = "three acts"
    steps: tuple[Step, ...] = ()
    boldness: float = 0.5
    allowed: Callable[[str], bool] = lambda text: True
    tired: Collection[str] = ()
    liked: Collection[str] = ()
    cast: tuple[str, ...] = ()  # the roles of the people who are there already
    closed: bool = False  # nobody else may come in
    levers: Mapping[str, str] = field(default_factory=dict)  # "place", "thing": what they are called
    fixed: Mapping[str, Entry | None] = field(default_factory=dict)  # slot -> the entry it stays with; None: a text of its own
    texts: Mapping[str, str] = field(default_factory=dict)  # the texts of those slots


def tone_of(told_tone: str) -> str:
    """One of the deck's six tones for what a person calls it; empty for anything else."""
    for word in told_tone.lower().replace(",", " ").split():
        if word in TONES:
            return word
        if word in TONE_WORDS:
            return TONE_WORDS[word]
    return ""
