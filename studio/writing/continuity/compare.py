"""Which claims cannot both hold: by fixed rules for each kind of fact, in the order of the story, with what may explain a change."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

from studio.writing.continuity.facts import Quote
from studio.writing.continuity.words import INVERSE, RANKS

MOST_ACTS = 5  # in more scenes nobody acts by mistake after a death: it is the death that was misread


class Stand(NamedTuple):
    """A claim at its place in the story. What the bible says holds from scene `here` to before scene `until`."""

    about: str
    who: str
    value: str
    shown: str
    here: int  # place of the scene in the story; -1 for what the bible says of all of it
    at: int
    place: Quote
    other: str = ""
    event: bool = False
    until: int | None = None

    @property
    def bible(self) -> bool:
        return not self.place.scene


class Scenery(NamedTuple):
    """What the rules ask of the story around two claims."""

    explained: Callable[[str, Stand, Stand], bool]  # kind of event, first, second
    back: Sequence[bool]  # scenes that look back
    years: Sequence[int | None]
    is_entry: Callable[[str], bool]


class Clash(NamedTuple):
    one: Stand
    other: Stand
    sentence: str  # with {name} for who it is about
    key: str


Rule = Callable[[Sequence[Stand], Scenery], Iterator[Clash]]


def key_of(about: str, who: str, *values: str) -> str:
    return f"{about}-{blake2b('|'.join((who, *sorted(values))).encode(), digest_size=8).hexdigest()}"


def _clash(one: Stand, two: Stand, sentence: str, *values: str) -> Clash:
    return Clash(one, two, sentence, key_of(one.about, one.who, *(values or (one.value, two.value))))


def together(one: Stand, two: Stand) -> bool:
    """Do the times overlap in which both are said to hold? What the text says holds from its place on."""
    early, late = (one, two) if one.here <= two.here else (two, one)
    if early.until is not None and early.until <= late.here:
        return False
    return not (late.bible and not early.bible)  # what the bible says from a later scene on is a change, if it is one


def pairs(stands: Sequence[Stand]) -> Iterator[tuple[Stand, Stand]]:
    """Each claim with those before it, the nearest first."""
    for j, late in enumerate(stands):
        for early in reversed(stands[:j]):
            if together(early, late) and not any(_turned(one, early, late) for one in stands):
                yield early, late


def _turned(lore: Stand, early: Stand, late: Stand) -> bool:
    """Does the bible say that what the later claim says begins between the two?"""
    return lore.bible and early.here < lore.here <= late.here and lore.value == late.value


def _fixed(kind: str, agree: Callable[[str, str], bool]) -> Rule:
    def rule(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
        for one, two in pairs(stands):
            if not agree(one.value, two.value) and not scenery.explained(kind, one, two):
                yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")

    return rule


def _share(one: str, two: str) -> bool:
    return bool(set(one.split()) & set(two.split()))


def _hair(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        greyer = "grey" in two.value.split() and not one.bible  # people go grey
        if not _share(one.value, two.value) and not greyer and not scenery.explained("hair", one, two):
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


def _side(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        (what, left), (same, right) = one.value.split(": "), two.value.split(": ")
        if what == same and left != right and not scenery.explained("side", one, two):
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


def _age(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    present = [one for one in stands if one.here < 0 or not scenery.back[one.here]]
    for one, two in pairs(present):
        if one.about != "age" or two.about != "age":
            continue
        first, second = int(one.value), int(two.value)
        then, now = (scenery.years[x.here] if x.here >= 0 else None for x in (one, two))
        if then is not None and now is not None:
            wrong = abs(second - first - (now - then)) > 1
        elif (then is None) != (now is None) and not one.bible:
            wrong = False  # one of the two stands under a year, the other we cannot place
        else:
            wrong = second < first or (second > first + 1 and not scenery.explained("years", one, two))
        if wrong:
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} later.")
            break  # all that follows would say the same


def _born(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    born = [one for one in stands if one.about == "born"]
    for one, two in pairs(born):
        if one.value != two.value:
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")
    for age in stands:
        year = scenery.years[age.here] if age.here >= 0 else None
        if age.about == "age" and year and born and abs(year - int(born[0].value) - int(age.value)) > 1:
            yield _clash(born[0], age, f"{{name}}: {born[0].shown}, but {age.shown} in {year}.")


def _alive(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """`stands` are deaths and deeds."""
    deaths = [
        one for one in stands if one.about == "alive" and one.value != "acts" and (one.here < 0 or not scenery.back[one.here])
    ]
    deeds = [one for one in stands if one.value == "acts"]
    for death in deaths:
        after = [deed for deed in deeds if deed.here + death.bible > death.here and not scenery.back[deed.here]]
        early = (
            [deed for deed in deeds if 0 <= deed.here < death.here and not scenery.back[deed.here]]
            if death.value == "long dead"
            else []
        )
        if early and not scenery.explained("years", early[-1], death):
            yield _clash(early[-1], death, "{name} acts here, and has been dead for a long time there.", "dead")
        after = [deed for deed in after if not _earlier(death, deed, scenery) and death.until is None]
        if after and len(after) <= MOST_ACTS and not scenery.explained("alive", death, after[0]):
            yield _clash(death, after[0], "{name} is dead here and acts later.", "dead")
            break


def _earlier(death: Stand, deed: Stand, scenery: Scenery) -> bool:
    then, now = (scenery.years[x.here] if x.here >= 0 else None for x in (death, deed))
    return then is not None and now is not None and now < then


def _has(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for i, lost in enumerate(stands):
        for used in stands[i + 1 :]:
            (did, like), (does, now) = lost.value.split(":"), used.value.split(":")
            same = like.strip() == now.strip() or (does == "has" and not (like.strip() and now.strip()))
            if did == "lost" and does.startswith("has") and same and (does == "has" or like.strip()):
                if (
                    used.here > lost.here
                    and not scenery.back[used.here]
                    and not scenery.explained(f"has {used.other}", lost, used)
                ):
                    yield _clash(lost, used, f"{{name}}: {lost.shown} here, and has it later.", lost.other)
                break


def _knows(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for i, known in enumerate(stands):
        for later in stands[i + 1 :]:
            (did, what), (does, same) = known.value.split(": ", 1), later.value.split(": ", 1)
            if not alike(what, same):
                continue
            if known.bible and not later.bible:
                continue
            if later.bible and not known.bible and did == does == "yes" and later.here > known.here >= 0:
                yield _clash(
                    known, later, "{name} knows this here, before the scene in which the bible lets them learn it.", same
                )
            elif (did, does) == ("yes", "no") and not later.bible and later.here > known.here and not scenery.back[later.here]:
                if not scenery.explained("knows", known, later):
                    yield _clash(known, later, "{name} knows this here and does not know it later.", what)


def alike(one: str, two: str) -> bool:
    first, second = set(one.split()), set(two.split())
    shared = len(first & second)
    return shared >= 2 and shared >= 0.75 * max(len(first), len(second))


def _met(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for i, met in enumerate(stands):
        for never in stands[i + 1 :]:
            if (
                (met.value, never.value) == ("yes", "no")
                and never.here > met.here
                and not scenery.back[never.here]
                and not scenery.back[met.here]
            ):
                if not scenery.explained("met", met, never):
                    yield _clash(met, never, "{name}: they meet here and have never met there.", met.other)
                return


def _family(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """All relations of all people."""
    kin = [one for one in stands if one.other]
    groups: dict[tuple[str, str], list[tuple[Stand, str, str]]] = {}
    for one in kin:
        row, _, sex = one.value.partition(" ")
        turned = one.who > one.other
        pair = (one.other, one.who) if turned else (one.who, one.other)
        groups.setdefault(pair, []).append((one, INVERSE.get(row, row) if turned else row, f"{one.who} {sex}" if sex else ""))
    for group in groups.values():
        for (one, row, sex), (two, same, sex2) in combinations(group, 2):
            other_sex = bool(sex and sex2 and sex != sex2 and sex.rpartition(" ")[0] == sex2.rpartition(" ")[0])
            if (row != same and {row, same} != {"cousin", "spouse"}) or other_sex:
                if together(one, two) and not scenery.explained("family", one, two):
                    yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.", one.other, row, same)
    yield from _only_one(kin, scenery)
    yield from _unmarried(stands, scenery)


def _only_one(kin: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """Two mothers, two fathers; two wives or husbands with no wedding between."""
    for one, two in combinations(kin, 2):
        unlike = (
            one.who != two.who and not set(one.who.split()) & set(two.who.split()) and len(_named(one)) == len(_named(two)) == 1
        )
        if one.other == two.other and one.value == two.value and unlike and together(one, two):
            row = one.value.split()[0]
            if row in ("parent", "spouse") and " " in one.value:
                kind = "family" if row == "parent" else "marriage"
                if not scenery.explained(kind, one, two) and not scenery.explained(
                    "years" if row == "spouse" else kind, one, two
                ):
                    yield _clash(
                        one,
                        two,
                        f"{one.shown[:1].upper()}{one.shown[1:]}: two different people are called so.",
                        one.other,
                        two.who,
                    )


def _named(one: Stand) -> list[str]:
    return one.who.split(" ")


def _unmarried(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    single = [one for one in stands if one.value == "unmarried"]
    for one in single:
        for two in stands:
            if two.value.startswith("spouse") and one.who in (two.who, two.other):
                first, second = (one, two) if (one.here, one.at) < (two.here, two.at) else (two, one)
                if not (first is one and scenery.explained("marriage", first, second)):
                    yield _clash(one, two, "{name}: married here, never married there.", "unmarried")


def _siblings(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """`stands` with the siblings named in the text among them."""
    counted = [one for one in stands if ":" in one.value]
    for one, two in pairs(counted):
        (which, few), (same, many) = one.value.split(": "), two.value.split(": ")
        if which == same and few != many and not scenery.explained("birth", one, two):
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")
    for none in (one for one in stands if one.value.startswith("none")):
        for kin in (one for one in stands if one.value.startswith("sibling")):
            sex, own = none.value[5:], kin.value[8:] if none.who == kin.other else ""
            if (not sex or sex == own) and not scenery.explained(
                "birth", *sorted((none, kin), key=lambda one: (one.here, one.at))
            ):
                yield _clash(none, kin, f"{{name}}: {none.shown} here, {kin.shown} there.", "none")


def _title(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        if one.value != two.value and RANKS[one.value] == RANKS[two.value] and (scenery.is_entry(one.who) or " " in one.who):
            if not scenery.explained("title", one, two) and not scenery.explained("years", one, two):
                yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


def _lies(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    across = {"north": "south", "south": "north", "east": "west", "west": "east"}
    for one, two in combinations(stands, 2):
        side = two.value if two.who == one.who else across[two.value]
        if across[one.value] == side:
            yield _clash(one, two, f"{{name}}: {one.shown} here, {two.shown} there.", one.other)


RULES: dict[str, Rule] = {
    "eyes": _fixed("eyes", _share), "hair": _hair, "hand": _fixed("hand", lambda one, two: one == two), "side": _side,
    "height": _fixed("height", lambda one, two: one == two), "age": _age, "born": _born, "alive": _alive, "has": _has,
    "knows": _knows, "met": _met, "family": _family, "siblings": _siblings, "title": _title, "lies": _lies,
}  # fmt: skip


def clashes(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """All, in no order; the same key may come more than once."""
    from studio.writing.continuity.hours import timed

    groups: dict[tuple[str, ...], list[Stand]] = {}
    for one in sorted(stands, key=lambda one: (one.here, one.at)):
        for group in _groups(one):
            groups.setdefault(group, []).append(one)
    for group, members in groups.items():
        if len(members) > 1 or group[0] == "family":
            yield from RULES[group[0]](members, scenery)
    yield from timed([one for one in stands if one.about in ("day", "date", "hour")], scenery)


def _groups(one: Stand) -> list[tuple[str, ...]]:
    if one.about == "family":
        sibling = one.value.startswith("sibling")
        return [("family",), *((("siblings", one.who), ("siblings", one.other)) if sibling else ())]
    if one.about == "age":
        return [("age", one.who), ("born", one.who)]
    if one.about == "has":
        return [("has", one.who, one.other)]
    if one.about in ("met", "lies"):
        return [(one.about, *sorted((one.who, one.other)))]
    return [(one.about, one.who)] if one.about in RULES else []
