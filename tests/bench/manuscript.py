"""The figures of the manuscript's core: who wrote what through random edits, and what an edit of a long book costs."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from studio.core.ledger import Ledger
from studio.writing.diff import hunks
from studio.writing.manuscript.counts import counts, overused, readings
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import applied
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene
from studio.writing.manuscript.merging import merge
from studio.writing.manuscript.phrases import repeated
from studio.writing.manuscript.reading import Reads
from studio.writing.manuscript.shares import MAKERS
from studio.writing.manuscript.spans import joined, of
from tests.bench.figure import Figure, Measured
from tests.makings import Making

SEQUENCES, STEPS = 10_000, 20
ONE, BATCH, DIFF, COUNTED = 5, 20, 1000, 700  # milliseconds
WORDS = 120_000


def ledger() -> Measured:
    """After every step of every sequence; `tests/makings.py` says what is checked."""
    wrong: list[str] = []
    done: dict[str, int] = {}
    started = time.perf_counter()
    for seed in range(SEQUENCES):
        making = Making(seed)
        try:
            for _ in range(STEPS):
                making.step()
        except Exception as error:
            wrong.append(f"{seed} after {making.did[-1:]}: {error!r}"[:200])
        for name in making.did:
            done[name] = done.get(name, 0) + 1
    steps = sum(done.values())
    said = f"{SEQUENCES - len(wrong):,} of {SEQUENCES:,} sequences, {steps:,} steps, {time.perf_counter() - started:.0f} s"
    return Measured(said, not wrong, {"wrong": wrong[:20], "steps": done})


def long_book(scenes: int, spans: int, seed: int = 1) -> Manuscript:
    """120,000 words; `spans` in each scene."""
    chance = random.Random(seed)
    out = []
    for i in range(scenes):
        count = WORDS // scenes
        words = [
            chance.choice(("the", "old", "door", "creaked", "again", "she", "went", "in", "slowly", "night"))
            for _ in range(count)
        ]
        text = "".join(word + (".\n\n" if k % 90 == 89 else ". " if k % 13 == 12 else " ") for k, word in enumerate(words))
        cuts = sorted(chance.sample(range(1, len(text)), spans - 1))
        lengths = [b - a for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        makers = [chance.choice(MAKERS) for _ in lengths]
        row = [
            of(n, maker, None if maker in ("human", "pasted") else f"o{k % 7}")
            for k, (n, maker) in enumerate(zip(lengths, makers, strict=True))
        ]
        out.append(Scene(id=f"s{i}", text=text, ledger=Ledger(spans=tuple(joined(row)))))
    return Manuscript(chapters=tuple(Chapter(id=f"c{i}", scenes=tuple(out[i::12])) for i in range(min(12, scenes))))


def _edits(book: Manuscript, chance: random.Random, count: int) -> list[Splice]:
    """As an autosave brings them: somewhere a few words, letters deleted, now and then something pasted."""
    out = []
    for _ in range(count):
        scene = chance.choice(book.scenes)
        at = chance.randint(0, len(scene.text) - 400)
        kind = chance.random()
        if kind < 0.7:
            out.append(Splice(scene=scene.id, at=at, text="and then "))
        elif kind < 0.9:
            out.append(Splice(scene=scene.id, at=at, gone=chance.randint(1, 9)))
        else:
            out.append(Splice(scene=scene.id, at=at, text="What nobody ever wrote in this book.", how="pasted"))
    return out


def _took(act: Callable[[], Any], times: int) -> list[float]:
    out = []
    for _ in range(times):
        started = time.process_time()  # what else runs on the machine does not count
        act()
        out.append((time.process_time() - started) * 1000)
    return out


def _speed(count: int, limit: float) -> Measured:
    chance = random.Random(2)
    said, holds, details = [], True, {}
    for name, book in (("60 scenes", long_book(60, 60)), ("one scene", long_book(1, 3600))):
        rows = [_edits(book, chance, count) for _ in range(60)]
        left = iter(rows)
        took = _took(lambda book=book, left=left: applied(book, next(left)), len(rows))  # type: ignore[misc]
        median, slow = statistics.median(took), sorted(took)[int(0.95 * len(took))]
        said.append(f"{name}: {median:.1f} ms, 95 of 100 within {slow:.1f} ms")
        details[name] = [round(one, 2) for one in took]
        holds = holds and slow < limit
    return Measured("; ".join(said), holds, details)


def splice() -> Measured:
    return _speed(1, ONE)


def autosave() -> Measured:
    return _speed(20, BATCH)


def diff() -> Measured:
    old = long_book(1, 2).scenes[0].text[:110_000]
    chance = random.Random(3)
    words = old.split(" ")
    texts: dict[str, Sequence[str]] = {
        "one word": [*words[:9000], "changed", *words[9001:]],
        "a word in ten": [chance.choice(("new", word + " and", "")) if chance.random() < 0.1 else word for word in words],
        "all moved": [*words[10_000:], *words[:10_000]],
        "another text": long_book(1, 2, 9).scenes[0].text[:110_000].split(" "),
    }
    took = {name: statistics.median(_took(lambda new=new: hunks(old, " ".join(new)), 3)) for name, new in texts.items()}  # type: ignore[misc]
    said = ", ".join(f"{name} {ms:.0f} ms" for name, ms in took.items())
    return Measured(f"{len(words):,} words: {said}", max(took.values()) < DIFF, took)


def merging() -> Measured:
    book = long_book(60, 60)
    chance = random.Random(4)
    mine, theirs = (applied(book, _edits(book, chance, 100)).manuscript for _ in range(2))
    took = statistics.median(_took(lambda: merge(book, mine, theirs), 3))
    return Measured(f"{took:.0f} ms for 100 edits on each side of {WORDS:,} words", took < DIFF * 2, {"ms": took})


def counting() -> Measured:
    """All that the page's counts show: of a book seen for the first time, and again after one scene changed."""
    book, reads = long_book(60, 60), Reads()
    overused(book.scenes[:1])  # what is usual is read from disk once

    def all_of(scenes: Sequence[Scene]) -> None:
        counts([scene.text for scene in scenes], reads)
        readings(scenes, reads)
        overused(scenes, reader=reads)
        repeated(scenes, reader=reads)

    (first,) = _took(lambda: all_of(book.scenes), 1)
    changed = [book.scenes[0].changed(text="Suddenly.", ledger=Ledger(spans=(of(9, "human"),))), *book.scenes[1:]]
    (again,) = _took(lambda: all_of(changed), 1)
    said = f"{first:.0f} ms for {WORDS:,} words, {again:.0f} ms after one scene changed"
    return Measured(said, first < COUNTED, {"first": first, "again": again})


FIGURES = (
    Figure(
        "ledger",
        f"{SEQUENCES:,} random edit sequences: spans tile the text, shares are 100 %, AI words stay AI, verbatim is verbatim",
        ledger,
    ),
    Figure("splice", f"one edit of {WORDS:,} words in under {ONE} ms", splice),
    Figure("autosave", f"20 edits of {WORDS:,} words in under {BATCH} ms", autosave),
    Figure("diff", f"20,000 words compared in under {DIFF} ms", diff),
    Figure("counts", f"words, sentences, overused words and repeated phrases of {WORDS:,} words in under {COUNTED} ms", counting),
    Figure("merge", f"two drafts of {WORDS:,} words merged in under {2 * DIFF} ms", merging),
)
