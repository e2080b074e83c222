"""Rules for kin: one relation for two people, one mother and one father, brothers and sisters counted, marriage."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from studio.writing.continuity.stands import Clash, Scenery, Stand, clash_of, pairs, together
from studio.writing.continuity.words import INVERSE


def family(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
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
            unlike = (row != same and {row, same} != {"cousin", "spouse"}) or other_sex
            if unlike and together(one, two) and not scenery.explained("family", one, two):
                yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.", one.other, row, same)
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
                    yield clash_of(
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
                    yield clash_of(one, two, "{name}: married here, never married there.", "unmarried")


def siblings(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """`stands` with the siblings named in the text among them."""
    counted = [one for one in stands if ":" in one.value]
    for one, two in pairs(counted):
        (which, few), (same, many) = one.value.split(": "), two.value.split(": ")
        if which == same and few != many and not scenery.explained("birth", one, two):
            yield clash_of(one, two, f"{{name}}: {one.shown} here, {two.shown} there.")
    for none in (one for one in stands if one.value.startswith("none")):
        for kin in (one for one in stands if one.value.startswith("sibling")):
            sex, own = none.value[5:], kin.value[8:] if none.who == kin.other else ""
            if (not sex or sex == own) and not scenery.explained(
                "birth", *sorted((none, kin), key=lambda one: (one.here, one.at))
            ):
                yield clash_of(none, kin, f"{{name}}: {none.shown} here, {kin.shown} there.", "none")
