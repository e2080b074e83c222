"""The figures of continuity: planted contradictions found, alarms where nothing is wrong, what a long book costs.

Alarms in novels were counted once, because the novels are not part of the studio: TANDEM_FICTION=<folder> counts them anew in its
`heldout.jsonl.xz` (half a minute). Nothing was tuned on those twelve.
"""

import json
import lzma
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from studio.writing.continuity.check import check
from studio.writing.continuity.claims import Reading
from tests.bench.figure import Figure, Measured
from tests.continuities import CLEAN, FRESH, PLANTED, Case, manuscript

HELD = Path(__file__).resolve().parents[2] / "assets" / "models" / "writer-mini" / "held.txt"
NOVELS = {"words": 861_399, "alarms": 0, "novels": 12, "facts": {}}
WORDS, FASTEST, AGAIN = 120_000, 1.5, 0.15
FOUND, FRESH_FOUND, CLEAR, PER = 0.9, 0.6, 0.98, 1.0  # share found, share of alarms that are right, alarms in 100,000 words


def planted() -> Measured:
    got = _tried((*PLANTED, *CLEAN))
    return Measured(got.said, got.recall >= FOUND and got.precision >= CLEAR, {"missed": got.missed})


def fresh() -> Measured:
    got = _tried(FRESH)
    return Measured(got.said, got.recall >= FRESH_FOUND and got.precision >= CLEAR, {"missed": got.missed})


class Tried(NamedTuple):
    said: str
    recall: float
    precision: float
    missed: list[str]


def _tried(cases: Sequence[Case]) -> Tried:
    found = alarms = wrong = 0
    missed: list[str] = []
    for case in cases:
        about = [one.about for one in check(manuscript(case.scenes, case.entries, case.titles)).contradictions]
        found += bool(case.about) and case.about in about
        alarms += len(about)
        wrong += sum(one != case.about for one in about)
        missed += [" / ".join(case.scenes)] if case.about and case.about not in about else []
    wanted = sum(bool(case.about) for case in cases)
    recall, precision = found / wanted, 1 - wrong / max(alarms, 1)
    said = f"{found} of {wanted} found ({recall:.0%}), {wrong} of {alarms} alarms wrong (precision {precision:.1%}), {len(cases) - wanted} clean stories"
    return Tried(said, recall, precision, missed)


def buried() -> Measured:
    """The planted pairs again, far apart in a book of 120,000 words in which much else happens."""
    chance = random.Random(5)
    pairs = [case for case in PLANTED if len(case.scenes) == 2 and case.about != "day"]
    filler, kept = _pages(WORDS), dict[str, Reading]()
    found = wrong = 0
    for case in pairs:
        scenes = list(filler)
        first = chance.randrange(0, len(scenes) // 3)
        second = chance.randrange(len(scenes) // 2, len(scenes))
        scenes.insert(second, case.scenes[1])
        scenes.insert(first, case.scenes[0])
        titles = tuple(
            ("", *case.titles)[1 + (i == second + 1)] if case.titles and i in (first, second + 1) else ""
            for i in range(len(scenes))
        )
        about = [one.about for one in check(manuscript(tuple(scenes), case.entries, titles), kept).contradictions]
        found += case.about in about
        wrong += sum(one != case.about for one in about)
    return Measured(f"{found} of {len(pairs)} found, {wrong} other alarms", found >= FOUND * len(pairs) * 0.9 and wrong <= 1, {})


def _pages(words: int) -> list[str]:
    """Scenes of about 2,000 words, no two alike: stretches of held-out novels in a new order each time."""
    paragraphs = HELD.read_text("utf-8").split("\n\n")
    chance = random.Random(9)
    out: list[str] = []
    while sum(len(one.split()) for one in out) < words:
        chance.shuffle(paragraphs)
        out.append("\n\n".join(paragraphs[:40]))
    return out


def novels() -> Measured:
    folder = os.environ.get("TANDEM_FICTION")
    got, whence = NOVELS, "counted when this was made"
    if folder:
        got, whence = _counted(Path(folder) / "heldout.jsonl.xz"), "counted now"
    rate = got["alarms"] / got["words"] * 100_000
    return Measured(f"{got['alarms']} in {got['words']:,} words of {got['novels']} novels, {whence}", rate <= PER, got)


def _counted(path: Path) -> dict:
    words = alarms = count = 0
    facts: Counter[str] = Counter()
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            book = json.loads(line)
            report = check(manuscript(tuple(_scenes(book["text"]))))
            words, alarms, count = words + book["words"], alarms + len(report.contradictions), count + 1
            facts.update(fact.about for row in report.facts.values() for fact in row)
    return {"words": words, "alarms": alarms, "novels": count, "facts": dict(facts)}


def _scenes(text: str) -> list[str]:
    out, now = [], ""
    for paragraph in text.split("\n\n"):
        if now and (paragraph.startswith("## ") or len(now) > 9000):
            out.append(now)
            now = ""
        now += paragraph + "\n\n"
    return [*out, now]


def speed() -> Measured:
    pages = _pages(WORDS)
    piece = manuscript(tuple(pages))
    kept: dict[str, Reading] = {}
    took = _took(piece, kept)
    pages[30] += " Then Mara came in."
    again = _took(manuscript(tuple(pages)), kept)
    said = f"{took:.2f} s for {WORDS:,} words in {len(pages)} scenes, {again:.3f} s after an edit of one"
    return Measured(said, took < FASTEST and again < AGAIN, {"first": took, "again": again})


def _took(piece: object, kept: dict[str, Reading]) -> float:
    started = time.process_time()  # what else runs on the machine does not count
    check(piece, kept)  # type: ignore[arg-type]
    return time.process_time() - started


FIGURES = (
    Figure("continuity", f"planted contradictions: {FOUND:.0%} found, {CLEAR:.0%} of alarms right", planted),
    Figure("continuity-fresh", f"stories written after the rules: {FRESH_FOUND:.0%} found, {CLEAR:.0%} of alarms right", fresh),
    Figure(
        "continuity-long",
        f"the same pairs far apart in {WORDS:,} words: {FOUND * 0.9:.0%} found, at most one other alarm",
        buried,
    ),
    Figure("continuity-novels", f"at most {PER:g} alarm in 100,000 words of novels", novels),
    Figure("continuity-speed", f"{WORDS:,} words checked in {FASTEST} s, in {AGAIN} s after one scene changed", speed),
)
