"""Checking a manuscript: what each scene and the bible claim, set side by side in the order of the story.

Scenes that have not changed are not read again when the caller keeps their readings. Pure code, no model; what a model filled
in (`slots.py`) can be given too. Precision before recall: what is not stated plainly is not compared.
"""

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from hashlib import blake2b

from studio.writing.continuity.changes import happens
from studio.writing.continuity.claims import RULES, Claim, Reading, looks_back, read, year_of
from studio.writing.continuity.compare import clashes
from studio.writing.continuity.facts import Contradiction, Fact, Quote, Report
from studio.writing.continuity.lore import lore
from studio.writing.continuity.people import People
from studio.writing.continuity.stands import Clash, Scenery, Stand
from studio.writing.continuity.told import surface
from studio.writing.manuscript.manuscript import Manuscript

AROUND = 1500  # letters after the second place that may still explain it
MOST = 500  # contradictions shown


def hash_of(text: str) -> str:
    """Under which a scene's reading is kept; another when the rules change."""
    return blake2b(f"{RULES}|{text}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def check(manuscript: Manuscript, kept: MutableMapping[str, Reading] | None = None, filled: Iterable[Fact] = ()) -> Report:
    """`kept` maps hashes of scenes to readings and is filled here; `filled` are facts a model found, checked against the text."""
    return Checking(manuscript, {} if kept is None else kept, filled).report()


class Checking:
    """One check: the readings, whom the names mean, and what stands between two places."""

    def __init__(self, manuscript: Manuscript, kept: MutableMapping[str, Reading], filled: Iterable[Fact]) -> None:
        self.manuscript = manuscript
        self.scenes = manuscript.scenes
        self.order = {scene.id: place for place, scene in enumerate(self.scenes)}
        self.readings = [_read(scene.text, kept) for scene in self.scenes]
        self.people = People(manuscript.bible, self.order, self.readings)
        self.filled = [fact for fact in filled if self._stands(fact)]
        headings = [f"{chapter.title}\n{scene.title}" for chapter in manuscript.chapters for scene in chapter.scenes]
        self.back = [one.flashback or looks_back(heading) for one, heading in zip(self.readings, headings, strict=True)]
        self.years = [one.year or year_of(heading) for one, heading in zip(self.readings, headings, strict=True)]
        self._explained: dict[tuple[str, str, int, int, int, int], bool] = {}

    def report(self) -> Report:
        told = [*self._told(), *self._filled()]
        stands = [*told, *self._deeds(), *lore(self.manuscript.bible, self.order, self.people)]
        scenery = Scenery(self._explains, self.back, self.years, self.people.is_entry)
        found = list(self._shown(clashes(stands, scenery)))[:MOST]
        settled = frozenset(self.manuscript.settled)
        return Report(
            facts=self._facts(told),
            contradictions=tuple(one for one in found if one.key not in settled),
            settled=tuple(one for one in found if one.key in settled),
        )

    def _told(self) -> Iterator[Stand]:
        for here, reading in enumerate(self.readings):
            for claim in reading.claims:
                yield from self._stand(claim, here)

    def _stand(self, claim: Claim, here: int) -> Iterator[Stand]:
        turned = claim.about == "family" and bool(claim.other)  # the pronoun stands for the other
        who = self._who(claim.who, "" if turned else claim.sex, here)
        other = claim.other
        if claim.about in ("family", "met", "lies") and other:
            other = self._who(other, claim.sex if turned else "", here)
            if not other or other == who:
                return
        if not who and claim.about not in ("day", "date", "hour"):
            return
        yield Stand(claim.about, who, claim.value, claim.shown, here, claim.at, self._quote(here, claim.at), other, claim.event)

    def _who(self, name: str, sex: str, here: int) -> str:
        if sex:
            return self.people.pick(name.split("|"), sex, here)
        return name if name.startswith("the ") else self.people.id_of(name, here) if name else ""

    def _deeds(self, recalled: bool = False) -> Iterator[Stand]:
        for here, reading in enumerate(self.readings):
            done: set[str] = set()
            for name, at in sorted((reading.there if recalled else reading.acts).items(), key=lambda one: one[1]):
                who = self.people.id_of(name, here)
                if who and who not in done:
                    done.add(who)
                    yield Stand("alive", who, "acts", "acts", here, at, self._quote(here, at))

    def _quote(self, here: int, at: int) -> Quote:
        start, end = self.readings[here].quotes[at]
        scene = self.scenes[here]
        return Quote(scene=scene.id, at=start, quote=scene.text[start:end])

    def _stands(self, fact: Fact) -> bool:
        """A fact from a model counts as long as its quote still stands where it stood."""
        here = self.order.get(fact.place.scene)
        return here is not None and bool(fact.place.quote) and self.scenes[here].text.startswith(fact.place.quote, fact.place.at)

    def _filled(self) -> Iterator[Stand]:
        for fact in self.filled:
            here = self.order[fact.place.scene]
            other = (
                self.people.id_of(surface(fact.other)[0], here) if fact.other and fact.about in ("family", "met") else fact.other
            )
            yield Stand(fact.about, fact.who, fact.value, fact.shown, here, fact.place.at, fact.place, other)

    def _explains(self, kind: str, one: Stand, two: Stand) -> bool:
        """Does anything between two places, or around the second, let the fact change?"""
        key = (kind, one.who, one.here, one.at, two.here, two.at)
        if key not in self._explained:
            self._explained[key] = self._searched(kind, one, two)
        return self._explained[key]

    def _searched(self, kind: str, one: Stand, two: Stand) -> bool:
        others = (one.other, two.other, two.who) if one.about == "family" else ()
        calls = None if kind in ("years", "hour", "day", "met", "side") else self.people.calls(one.who, *others)
        last = len(self.scenes) - 1 if two.bible and two.here < 0 else two.here
        for here in range(max(one.here, 0), min(last, len(self.scenes) - 1) + 1):
            text = self.scenes[here].text
            start = one.at if here == one.here and not one.bible else 0
            end = len(text) if here < last else two.at + AROUND
            if kind in ("hour", "day"):
                end = two.at
            if kind in ("met", "side") and here != two.here:
                continue
            if kind in ("met", "side"):
                start, end = max(0, two.at - 150), two.at + 150
            if happens(kind, text, start, end, calls):
                return True
        return False

    def _shown(self, found: Iterable[Clash]) -> Iterator[Contradiction]:
        """One for each key: the pair of places that come first, and how many there are."""
        rows: dict[str, list[Clash]] = {}
        for clash in found:
            rows.setdefault(clash.key, []).append(clash)
        first = [(min(row, key=lambda one: (max(one.one.here, one.other.here), one.other.at)), len(row)) for row in rows.values()]
        for clash, times in sorted(first, key=lambda one: (max(one[0].one.here, one[0].other.here), one[0].other.at)):
            one, two = sorted((clash.one, clash.other), key=lambda one: (one.here, one.at))
            name = self.people.name_of(clash.one.who) if clash.one.who else ""
            said = clash.sentence.replace("{name}", name[:1].upper() + name[1:])
            yield Contradiction(
                key=clash.key,
                about=clash.one.about,
                who=clash.one.who,
                sentence=said,
                one=one.place,
                other=two.place,
                times=times,
            )

    def _facts(self, told: Sequence[Stand]) -> dict[str, tuple[Fact, ...]]:
        rows: dict[str, list[Fact]] = {scene.id: [] for scene in self.scenes}
        there = [one._replace(about="there", value="yes", shown="is there") for one in self._deeds(recalled=True)]
        for one in sorted((*there, *told), key=lambda one: (one.here, one.at)):
            rows[one.place.scene].append(
                Fact(
                    who=one.who,
                    name=self.people.name_of(one.who) if one.who else "",
                    about=one.about,
                    value=one.value,
                    shown=one.shown,
                    other=one.other,
                    place=one.place,
                )
            )
        return {id_: tuple(row) for id_, row in rows.items()}


def _read(text: str, kept: MutableMapping[str, Reading]) -> Reading:
    key = hash_of(text)
    if key not in kept:
        kept[key] = read(text)
    return kept[key]
