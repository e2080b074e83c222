"""Who a name means at a point of the story: an entry of the bible by one of its names, or the name itself where it recurs.

A surname with a form of address ("Mrs Reed") is nobody's but its own unless the bible says so: families share their names.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from studio.writing.context.bible import Bible
from studio.writing.context.names import parts_of_names
from studio.writing.continuity.claims import Reading
from studio.writing.continuity.told import surface
from studio.writing.continuity.words import HONORIFICS, TITLED

NAMED = "name:"  # before a name that is no entry's: no id of an entry holds a colon
PLACE = 20  # what is named so often and never a he or a she is no person
SURE = 0.75  # share of paragraphs that must agree on a he or a she


class People:
    def __init__(self, bible: Bible, order: Mapping[str, int], readings: Sequence[Reading]) -> None:
        self._bible, self._order = bible, order
        self._known: dict[int, tuple[dict[str, str], dict[str, frozenset[str]]]] = {}
        self._points = sorted({0, *(order[point] for point in _points(bible) if point in order)})
        counts: Counter[str] = Counter()
        for reading in readings:
            counts.update(reading.names)
        self._lowers = frozenset().union(*(reading.lowers for reading in readings))
        self._counts = counts
        self._fulls = _first_names(counts)
        self._names = {entry.id: entry.name for entry in bible.entries}
        self._sexes: dict[str, Counter[str]] = {}
        for here, reading in enumerate(readings):
            for (name, sex), times in reading.sexes.items():
                who = self.id_of(name, here)
                if who:
                    self._sexes.setdefault(who, Counter())[sex] += times

    def id_of(self, name: str, here: int) -> str:
        """Empty when it is no name that can be told."""
        exact, parts = self._table(here)
        words = name.split(" ")
        if name in exact:
            return exact[name]
        plain = [word for word in words if word not in TITLED]
        addressed = any(word in HONORIFICS for word in words) and len(plain) < 2
        if plain and not addressed:
            bare = " ".join(plain)
            if bare in exact:
                return exact[bare]
            within = [id_ for id_, whole in parts.items() if len(plain) > 1 and set(plain) <= whole]
            if len(within) == 1:
                return within[0]
        if len(words) > 1 and words[0] in self._lowers and words[0] not in TITLED:  # "Yesterday Mara"
            return self.id_of(" ".join(words[1:]), here)
        if name in self._lowers or (self._counts[name] < 2 and len(words) < 2):
            return ""
        return NAMED + self._fulls.get(name, name)

    def name_of(self, who: str) -> str:
        return self._names.get(who) or " ".join(word[:1].upper() + word[1:] for word in who.removeprefix(NAMED).split(" "))

    def is_entry(self, who: str) -> bool:
        return who in self._names

    def calls(self, *who: str) -> re.Pattern[str]:
        """Finds any of the names of somebody."""
        names = [self.name_of(one) for one in who if one]
        names += [alias.name for entry in self._bible.entries if entry.id in who for alias in entry.aliases]
        words = {word for name in names for word in re.findall(r"\w{2,}", name) if word.casefold() not in TITLED}
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words or set(names))))})\b")

    def pick(self, names: Sequence[str], sex: str, here: int) -> str:
        """The only one of these that a he or a she can mean; empty when there are several, or nobody knows."""
        may = {self.id_of(name, here): name for name in names}
        fit = [who for who in may if who and self._is(who, sex)]
        unknown = [who for who in may if who and who not in self._sexes and self._counts[may[who]] < PLACE]
        return fit[0] if len(fit) == 1 and not unknown else ""

    def _is(self, who: str, sex: str) -> bool:
        seen = self._sexes.get(who)
        return seen is not None and seen[sex] >= SURE * seen.total()

    def _table(self, here: int) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
        """Which names are known at a scene; it only changes at the few scenes that entries and aliases name."""
        point = max((one for one in self._points if one <= here), default=0)
        if point not in self._known:
            begun = [entry for entry in self._bible.entries if entry.begun(self._order, point)]
            full = {entry.id: entry.name for entry in begun if entry.kind == "person"}
            exact = {word.casefold(): id_ for id_, words in parts_of_names(full).items() for word in words}
            for entry in begun:
                for name in entry.names(self._order, point):
                    for form in (_folded(name), surface(name)[0]):
                        if form:
                            exact[form] = entry.id
            parts = {id_: frozenset(_folded(name).split(" ")) for id_, name in full.items()}
            self._known[point] = exact, parts
        return self._known[point]


def _folded(name: str) -> str:
    return " ".join(name.replace(".", "").casefold().split())


def _points(bible: Bible) -> Iterable[str]:
    for entry in bible.entries:
        yield entry.since
        yield from (alias.since for alias in entry.aliases)


def _first_names(counts: Mapping[str, int]) -> dict[str, str]:
    """ "Mara" is Mara Quill where no other full name begins so."""
    fulls: dict[str, set[str]] = {}
    for name in counts:
        first, _, rest = name.partition(" ")
        if rest and first not in TITLED:
            fulls.setdefault(first, set()).add(name)
    return {first: next(iter(names)) for first, names in fulls.items() if len(names) == 1}
