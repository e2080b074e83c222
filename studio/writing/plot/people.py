"""Who plays in a plot: names that are at home where and when it plays, and easy to tell apart."""

import random
from collections.abc import Collection, Mapping, Sequence

from studio.writing.plot.deck import Entry, read_deck
from studio.writing.plot.draw import HANDS
from studio.writing.plot.premise import gender_of

NAME_ERAS = {
    "past": ("medieval", "early-modern"), "present": ("modern",), "future": ("future", "modern"),
    "timeless": ("ancient", "medieval"),
}  # fmt: skip
LABELS = {"hero": "hero", "rival": "rival", "ally": "ally", "other": "someone who matters", "extra": "also in it"}


class Namer:
    """Names for one plot; the same seed and role give the same name, whoever else is in it as long as none clashes."""

    def __init__(
        self, seed: int, salt: str, era: str, period: str, cultures: Sequence[str], taken: Collection[str], young: bool
    ) -> None:
        self.seed, self.salt, self.young = seed, salt, young
        self.eras = (period,) if period else NAME_ERAS.get(era, ("modern",))
        self.taken = list(taken)
        names = read_deck().kinds["name"]
        fitting = [n for n in names if n.era in self.eras] or list(names)
        known = sorted({n.culture for n in fitting})
        home = [culture for culture in cultures if culture in known]
        chance = random.Random(f"{seed}/{salt}/culture")
        self.home = chance.choice(home or known) if known else ""
        self.fitting = fitting

    def name(self, role: str, gender: str = "") -> tuple[str, str]:
        """A full name and its gender: mostly from where the story plays, with another first letter than the others'."""
        chance = random.Random(f"{self.seed}/{self.salt}/name/{role}")
        mixed = self.eras[0] in ("modern", "future") and chance.random() < 0.25
        pool = [
            n for n in self.fitting if (mixed or n.culture == self.home) and (not gender or n.gender == gender)
        ] or self.fitting
        initials = {name[:1].casefold() for name in self.taken}
        words = {word.casefold() for name in self.taken for word in name.split()}
        free = [n for n in pool if n.given[:1].casefold() not in initials and n.family.casefold() not in words]
        free = free or [n for n in self.fitting if n.given[:1].casefold() not in initials] or self.fitting
        dealt = [n for k, n in enumerate(free) if k % HANDS == self.seed % HANDS] or free
        found = chance.choice(dealt)
        full = found.given if self.young or not found.family else f"{found.given} {found.family}"
        self.taken.append(full)
        return full, found.gender or "n"


def cast_names(
    cast: Sequence[str], given: Mapping[str, str], genders: Mapping[str, str], namer: Namer, kept: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Role -> name and gender: those that stay, those the person gave, and drawn ones for the others."""
    out: dict[str, tuple[str, str]] = {}
    for role in cast:
        if role in kept:
            out[role] = kept[role]
        elif role in given:
            gender = gender_of(given[role]) or genders.get(role, "")
            out[role] = (given[role], gender or "n")
        else:
            out[role] = namer.name(role, genders.get(role, ""))
    return out


def period_of(entry: Entry | None) -> str:
    return entry.period if entry else ""
