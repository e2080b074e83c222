"""From one lesson to one training sample: with gaps in the heading, with bars taken out, with sections played again."""

import random
from collections.abc import Sequence
from fractions import Fraction

from studio.music.melody import symbols as s
from studio.training.tunes import Lesson

LONGEST = 512
SHARE = {
    "art song": 0.55,
    "hymn": 1.5,
    "slip jig": 1.5,
    "polka": 2.0,
    "carolan": 1.5,
    "march": 2.5,
    "slide": 2.0,
    "strathspey": 2.0,
}


def share_of(lesson: Lesson) -> float:
    """How often a tune is seen in one round: long songs less, rare dances more."""
    return SHARE.get(lesson.kind or "", 1.0)


def full_heading(lesson: Lesson, keep: float = 1.0, chance: random.Random | None = None) -> list[int]:
    """The heading of a tune; each part that a person might leave open is kept with this chance."""
    chance = chance or random.Random(0)
    tune = lesson.tune
    pitches = [symbol for bar in lesson.bars for symbol in bar if symbol >= s.FIRST_PITCH] or [s.ID["pitch 0"]]
    length = sum((bar.length for bar in tune.bars), Fraction(0))

    def some(value: object) -> bool:
        return value is not None and chance.random() < keep

    return s.heading(
        tune.meter,
        mode=tune.key.mode if some(1) else None,
        kind=lesson.kind if some(1) else None,
        tempo=s.tempo_symbol(lesson.tempo) if lesson.tempo and some(1) else None,
        density=s.density_symbol(len(pitches), length) if some(1) else None,
        span=(min(pitches), max(pitches)) if some(1) else None,
        pickup=tune.pickup,
    )


def body(lesson: Lesson, holes: Sequence[int] = ()) -> tuple[list[int], list[int]]:
    """Sections and bars, with holes where bars were taken out; and those bars, as they are filled in at the end."""
    out: list[int] = []
    fill: list[int] = []
    at = 0
    sections = lesson.tune.sections
    pickup = bool(lesson.tune.pickup)
    if pickup:
        out += lesson.bars[0]
    for k, (section, like) in enumerate(zip(sections, lesson.likes, strict=True)):
        first = at + (1 if pickup and k == 0 else 0)
        at += section.bars
        if first < at:
            out += s.section_symbols(section.label, like, len(sections) - k)
        for i in range(first, at):
            if i and lesson.tune.bars[i].meter != lesson.tune.bars[i - 1].meter:
                out.append(s.meter_symbol(lesson.tune.bars[i].meter))
            mark = s.bar_symbol(at - i)
            out += [mark, s.HOLE] if i in holes else [mark, *lesson.bars[i]]
            if i in holes:
                fill += [mark, *lesson.bars[i]]
    return out, fill


def sample(lesson: Lesson, chance: random.Random) -> tuple[list[int], int]:
    """One sample, and where what is to be learned begins."""
    lesson = cut(again(lesson, chance), chance)
    head = full_heading(lesson, 0.8, chance)
    count = len(lesson.bars)
    holes: list[int] = []
    if chance.random() < 0.5 and count > 3:
        size = chance.choice((1, 1, 2, 2, 3, 4, 4, 6, 8))
        size = min(size, count // 2)
        start = chance.randrange(1, count - size + 1)
        holes = list(range(start, start + size)) if chance.random() < 0.75 else chance.sample(range(1, count), size)
    text, fill = body(lesson, holes)
    if fill:
        return (head + text + [s.FILL] + fill + [s.END])[: LONGEST * 2], len(head)
    return head + text + [s.END], len(head)


def again(lesson: Lesson, chance: random.Random) -> Lesson:
    """Now and then every section is played twice, as it is in a session."""
    tune = lesson.tune
    if chance.random() > 0.12 or sum(map(len, lesson.bars)) > 220 or tune.pickup:
        return lesson
    bars, shape, sections, likes = [], [], [], []
    at = 0
    for section, like in zip(tune.sections, lesson.likes, strict=True):
        span = slice(at, at + section.bars)
        bars += lesson.bars[span] * 2
        shape += list(tune.bars[span]) * 2
        sections += [section, section]
        likes += [like, 1.0]
        at += section.bars
    changed = tune.model_copy(update={"bars": tuple(shape), "sections": tuple(sections)})
    return Lesson(lesson.id, lesson.source, lesson.title, lesson.kind, lesson.tempo, changed, lesson.home, bars, likes)


def cut(lesson: Lesson, chance: random.Random) -> Lesson:
    """Long songs: some sections in a row, as many as fit."""
    tune = lesson.tune
    sizes, at = [], 0
    for section in tune.sections:
        sizes.append(sum(len(b) + 1 for b in lesson.bars[at : at + section.bars]) + 3)
        at += section.bars
    if sum(sizes) <= LONGEST - 20:
        return lesson
    first = chance.randrange(len(sizes)) if chance.random() < 0.6 else 0
    last, room = first, LONGEST - 20
    while last < len(sizes) and (sizes[last] <= room or last == first):
        room -= sizes[last]
        last += 1
    start = sum(section.bars for section in tune.sections[:first])
    end = start + sum(section.bars for section in tune.sections[first:last])
    sections = tune.sections[first:last]
    changed = tune.model_copy(update={"bars": tune.bars[start:end], "sections": sections})
    return Lesson(
        lesson.id, lesson.source, lesson.title, lesson.kind, lesson.tempo, changed, lesson.home, lesson.bars[start:end],
        lesson.likes[first:last],
    )  # fmt: skip
