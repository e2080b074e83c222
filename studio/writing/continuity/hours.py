"""Days and hours that do not go together: inside one scene with no time passing, and from a scene to "the next day"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from studio.writing.continuity.clock import DAYS, HOURS
from studio.writing.continuity.stands import Clash, Scenery, Stand, key_of

FAR = 3000  # letters: over a longer stretch time may pass unsaid


def timed(stands: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    rows: dict[str, list[Stand]] = {"day": [], "date": [], "hour": []}
    for one in sorted(stands, key=lambda one: (one.here, one.at)):
        rows[one.about].append(one)
    kind = {"day": "day", "date": "day", "hour": "hour"}
    for about, row in rows.items():
        for one, two in pairwise(row):
            near = one.here == two.here and not two.event and two.at - one.at < FAR
            if near and _apart(about, one.value, two.value) and not scenery.explained(kind[about], one, two):
                said = f"It is {one.shown} here and {two.shown} there, in the same scene."
                yield Clash(one, two, said, key_of(about, one.place.scene, one.value, two.value))
    yield from _next_days(rows["day"], scenery)


def _apart(about: str, one: str, two: str) -> bool:
    if about == "hour":
        (begin, end), (start, stop) = HOURS[one], HOURS[two]
        return all(end + by <= start or stop <= begin + by for by in (-24, 0, 24))
    return one != two and "+" not in one + two


def _next_days(days: Sequence[Stand], scenery: Scenery) -> Iterator[Clash]:
    """The last day that a scene names, "the next day" at the beginning of the one after it, and the day named there."""
    for (one, step), two in zip(pairwise(days), days[2:], strict=False):
        if not step.value.startswith("+") or "+" in one.value + two.value or not one.here + 1 == step.here == two.here:
            continue
        if (int(one.value) + int(step.value)) % 7 == int(two.value) or scenery.explained(
            "day", step._replace(at=step.at + 25), two
        ):
            continue
        should = DAYS[(int(one.value) + int(step.value)) % 7].capitalize()
        said = f"It is {one.shown} in the scene before, so {step.shown} should be {should}, not {two.shown}."
        yield Clash(one, two, said, key_of("day", one.place.scene, one.value, step.value, two.value))
