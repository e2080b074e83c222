"""Which claims cannot both hold: by fixed rules for each kind of fact, in the order of the story, with what explains a change."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from studio.writing.continuity.hours import timed
from studio.writing.continuity.kin import family, siblings
from studio.writing.continuity.stands import Clash, Rule, Scenery, Stand, clash_of, pairs
from studio.writing.continuity.words import RANKS

MOST_ACTS = 5  # in more scenes nobody acts by mistake after a death: it is the death that was misread


def _fixed(kind: str, agree: Callable[[str, str], bool]) -> Rule:
    def rule(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
        for one, two in pairs(stands):
            if not agree(one.value, two.value) and not scenery.explained(kind, one, two):
                yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")

    return rule


def _share(one: str, two: str) -> bool:
    return bool(set(one.split()) & set(two.split()))


def _hair(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        greyer = "grey" in two.value.split() and not one.bible  # people go grey
        if not _share(one.value, two.value) and not greyer and not scenery.explained("hair", one, two):
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


def _side(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        (what, left), (same, right) = one.value.split(": "), two.value.split(": ")
        if what == same and left != right and not scenery.explained("side", one, two):
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


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
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} later.")
            break  # all that follows would say the same


def _born(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    born = [one for one in stands if one.about == "born"]
    for one, two in pairs(born):
        if one.value != two.value:
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")
    for age in stands:
        year = scenery.years[age.here] if age.here >= 0 else None
        if age.about == "age" and year and born and abs(year - int(born[0].value) - int(age.value)) > 1:
            yield clash_of(born[0], age, f"{{name}}: {born[0].shown}, but {age.shown} in {year}.")


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
            yield clash_of(early[-1], death, "{name} acts here, and has been dead for a long time there.", "dead")
        after = [deed for deed in after if not _earlier(death, deed, scenery) and death.until is None]
        if after and len(after) <= MOST_ACTS and not scenery.explained("alive", death, after[0]):
            yield clash_of(death, after[0], "{name} is dead here and acts later.", "dead")
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
                    yield clash_of(lost, used, f"{{name}}: {lost.shown} here, and has it later.", lost.other)
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
                yield clash_of(
                    known, later, "{name} knows this here, before the scene in which the bible lets them learn it.", same
                )
            elif (did, does) == ("yes", "no") and not later.bible and _forgotten(known, later, scenery):
                yield clash_of(known, later, "{name} knows this here and does not know it later.", what)


def _forgotten(known: Stand, later: Stand, scenery: Scenery) -> bool:
    return later.here > known.here and not scenery.back[later.here] and not scenery.explained("knows", known, later)


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
                    yield clash_of(met, never, "{name}: they meet here and have never met there.", met.other)
                return


def _title(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    for one, two in pairs(stands):
        known = scenery.is_entry(one.who) or " " in one.who  # a surname alone may be two people's
        unlike = one.value != two.value and RANKS[one.value] == RANKS[two.value]
        if known and unlike and not scenery.explained("title", one, two) and not scenery.explained("years", one, two):
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")


def _lies(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    across = {"north": "south", "south": "north", "east": "west", "west": "east"}
    for one, two in combinations(stands, 2):
        side = two.value if two.who == one.who else across[two.value]
        if across[one.value] == side:
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.", one.other)


RULES: dict[str, Rule] = {
    "eyes": _fixed("eyes", _share), "hair": _hair, "hand": _fixed("hand", lambda one, two: one == two), "side": _side,
    "height": _fixed("height", lambda one, two: one == two), "age": _age, "born": _born, "alive": _alive, "has": _has,
    "knows": _knows, "met": _met, "family": family, "siblings": siblings, "title": _title, "lies": _lies,
}  # fmt: skip


def clashes(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """All, in no order; the same key may come more than once."""
    groups: dict[tuple[str, ...], list[Stand]] = {}
    for one in sorted(stands, key=lambda one: (one.here, not one.bible, one.at)):
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
