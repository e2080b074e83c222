"""The figures of the writing room: loss, what 500 offers share with the books, banned phrases, spread; and those of its parts.

Offers come from the embedded writer through the registry, as on the page. Loss was recorded when the model was made, because
the books are not part of the studio; TANDEM_FICTION=<folder> takes it anew (half an hour) and looks every run of the offers up
in the books themselves. TANDEM_OFFERS=<number> takes fewer offers, for a first look.
"""

import atexit
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from studio.core.event import Offer
from studio.writing.ask import ContinueAsk, Part
from studio.writing.likeness.nearness import SURE, near_books
from studio.writing.likeness.runs import RUN, Index, hashes_of, tokens_of, words_of
from tests.bench import continuity, manuscript, manuscript_files, plots, text_speed, write_page, write_room
from tests.bench.figure import Figure, Measured
from tests.bench.passages import PASSAGES

ROOT = Path(__file__).resolve().parents[2]
WRITER = ROOT / "assets" / "models" / "writer-mini"
OFFERS = int(os.environ.get("TANDEM_OFFERS", "500"))
EACH = 4
BANNED = 40  # phrases, the commonest of what the model wrote when nothing was banned


class Made(NamedTuple):
    ask: ContinueAsk
    text: str
    facts: dict[str, Any]


@lru_cache(maxsize=1)
def registry() -> Any:
    from studio.main import registry_of
    from studio.settings import Settings

    folder = tempfile.TemporaryDirectory()
    opened = registry_of(Settings(data_dir=Path(folder.name), offline=True))
    atexit.register(lambda: (opened.close(), folder.cleanup()))
    return opened


def asks(count: int, bans: tuple[str, ...] = ()) -> list[ContinueAsk]:
    """Every passage in turn, with other seeds, from careful to daring."""
    chance = random.Random(11)
    return [
        ContinueAsk(
            parts=(Part(kind="before", text=PASSAGES[i % len(PASSAGES)]),), n=EACH, words=60, seed=5000 + 10 * i,
            boldness=chance.choice((0.3, 0.5, 0.8)), bans=bans,
        )
        for i in range(-(-count // EACH))
    ]  # fmt: skip


def offers(wanted: Iterable[ContinueAsk]) -> Iterator[Made]:
    from studio.hosts.stop import StopFlag

    with registry().lease("continue", "bench", "writer-mini") as lease:
        for ask in wanted:
            made = [event for event in lease.run(ask, StopFlag()) if isinstance(event, Offer)]
            yield from (Made(ask, offer.things[0].body.decode(), offer.facts) for offer in sorted(made, key=lambda o: o.index))


@lru_cache(maxsize=1)
def free() -> list[Made]:
    return list(offers(asks(OFFERS)))


# ---------------------------------------------------------------------------------------------------------- nearness


def learned() -> Measured:
    made = free()
    return nearness([one.text for one in made], [one.facts.get("near", {}) for one in made])


def nearness(texts: list[str], shown: list[dict[str, Any]] | None = None) -> Measured:
    """What some texts share with the books, and whether what is `shown` with them says so; any texts can be measured."""
    from studio.writing.likeness.nearness import FOLDER

    index = Index.open(FOLDER)
    shown = shown if shown is not None else [near_books(text, index) for text in texts]
    some, of = (sum(both) for both in zip(*(index.share(text) for text in texts), strict=True))
    flagged = [bool(near.get("spans")) for near in shown]
    # Asked another way than `near_books` does: the runs that winnowing keeps of the text itself.
    silent = sum(bool(index.hits(text)) and not flag for text, flag in zip(texts, flagged, strict=True))
    seen = sorted((near.get("longest", 0) for near in shown), reverse=True)
    said = f"about {some / max(of, 1):.2%} of the runs of {RUN} words ({some} of {of} looked up without bias) of {len(texts)} offers; "
    said += f"{sum(flagged)} offers flagged, the longest stretch seen {seen[0]} words; unflagged though found: {silent}"
    details: dict[str, Any] = {
        "longest": seen[:20],
        "sentences": [n["sentence"] for n in shown if n.get("longest", 0) >= SURE][:10],
    }
    if folder := os.environ.get("TANDEM_FICTION"):
        exact = in_the_books(texts, Path(folder))
        missed = sum(run >= SURE and not flag for run, flag in zip(exact["longest"], flagged, strict=True))
        copied = sum(run >= SURE for run in exact["longest"])
        said += f"; in the books themselves {exact['share']:.2%} of all runs, {copied} offers copy {SURE} words or more, {missed} of them unflagged"
        details |= {"exact": sorted(exact["longest"], reverse=True)[:20], "copied": copied}
        silent += missed
    return Measured(said, silent == 0, details)


def in_the_books(texts: list[str], folder: Path) -> dict[str, Any]:
    """Every run of the texts looked for in all books, without the index; a stretch is as long as runs follow each other there."""
    import numpy as np

    from studio.training.passages import chosen_books

    rows = [hashes_of(words_of(text)) for text in texts]
    wanted = np.unique(np.concatenate(rows))
    following: dict[int, set[int]] = {}  # which run follows which in a book
    known: set[int] = set()
    for _, parts in chosen_books(folder / "books.jsonl.xz"):
        for part in parts:
            hashes = hashes_of(words_of("\n\n".join(part.paragraphs)))
            places = np.isin(hashes, wanted).nonzero()[0].tolist()
            for place in places:
                known.add(int(hashes[place]))
                if place + 1 < len(hashes):
                    following.setdefault(int(hashes[place]), set()).add(int(hashes[place + 1]))
    longest = []
    for row in rows:
        best = run = 0
        before = -1
        for value in row.tolist():
            run = 0 if value not in known else run + 1 if run and value in following.get(before, ()) else RUN
            best, before = max(best, run), value
        longest.append(best)
    total = sum(len(row) for row in rows)
    return {"share": sum(value in known for row in rows for value in row.tolist()) / max(total, 1), "longest": longest}


# ------------------------------------------------------------------------------------------------------------ bans


def grams(text: str, size: int) -> set[str]:
    """Runs of so many words with nothing but white space between them."""
    tokens = tokens_of(text)
    runs = (tokens[i : i + size] for i in range(len(tokens) - size + 1))
    bare = (run for run in runs if not any(text[a.end : b.start].strip() for a, b in pairwise(run)))
    return {" ".join(token.word for token in run) for run in bare}


def common_phrases(texts: list[str], count: int) -> tuple[str, ...]:
    """What the model likes best to say, and so is most likely to say again. Not the ten commonest pairs: without `of the` it
    could hardly write."""
    twos, threes = (Counter(gram for text in texts for gram in sorted(grams(text, size))) for size in (2, 3))
    found = [*threes.most_common(count // 2), *twos.most_common(10 + count - count // 2)[10:]]
    return tuple(gram for gram, _ in found)


def holds_any(text: str, phrases: tuple[str, ...]) -> bool:
    """Found without the code that bans."""
    return not set(phrases).isdisjoint(grams(text, 2) | grams(text, 3))


def banned() -> Measured:
    phrases = common_phrases([one.text for one in free()], BANNED)
    without = sum(holds_any(one.text, phrases) for one in free())
    began = time.perf_counter()
    made = list(offers(asks(OFFERS, phrases)))
    took = (time.perf_counter() - began) / max(len(made), 1)
    broken = [one.text for one in made if holds_any(one.text, phrases)]
    words = [statistics.fmean(len(one.text.split()) for one in some) for some in (free(), made)]
    said = f"{len(broken)} of {len(made)} offers hold one of {len(phrases)} banned phrases; {without} of {len(free())} did when nothing was banned"
    said += f"; {words[1]:.0f} words an offer instead of {words[0]:.0f}, {took:.2f} s each"
    return Measured(said, not broken and len(made) >= 0.98 * len(free()), {"phrases": phrases, "broken": broken[:5]})


# ------------------------------------------------------------------------------------------------------ loss, spread


def loss() -> Measured:
    where = "recorded when the model was made"
    if folder := os.environ.get("TANDEM_FICTION"):
        from studio.training.writer import prepare
        from studio.training.writer_folder import measured

        run = Path(os.environ.get("TANDEM_CACHE", "out/writer"))
        run.mkdir(parents=True, exist_ok=True)
        found, where = measured(run, WRITER, *prepare(Path(folder), run)), "taken now"
    else:
        found = json.loads((WRITER / "metrics.json").read_text("utf-8"))["bits per character"]
    ours = found["writer-mini"]
    others = {name: value for name, value in found.items() if not name.startswith("writer-mini") and "after" not in name}
    said = f"{ours:.3f}; " + ", ".join(f"{name} {value:.3f}" for name, value in found.items() if name != "writer-mini")
    return Measured(f"{said}; {where}", ours < min(others.values()), found)


def apart() -> Measured:
    """The offers of one ask beside each other."""
    from studio.writing.likeness.spread import SAME, spread

    groups: dict[int, list[str]] = {}
    for one in free():
        groups.setdefault(one.ask.seed, []).append(one.text)
    found = [spread(texts) for texts in groups.values() if len(texts) > 1]
    pairs = [value for one in found for i, row in enumerate(one.matrix) for value in row[:i]]
    same = sum(value < SAME for value in pairs)
    said = (
        f"{statistics.fmean(pairs):.3f} on average between offers of one ask ({len(pairs)} pairs), {same} pairs nearly the same"
    )
    return Measured(said, same <= 0.01 * len(pairs), {"lowest": sorted(pairs)[:10]})


FIGURES = (
    Figure("loss", "bits per character of held-out books below a 5-gram Kneser-Ney word model and below xz and PPM", loss),
    Figure("nearness", f"share stated; no offer with {SURE} words or more of the books shown unflagged", learned),
    Figure("bans", "0 banned phrases", banned),
    Figure("spread", "stated; at most 1 % of pairs of offers of one ask nearly the same", apart),
    *text_speed.FIGURES,
    *plots.FIGURES,
    *manuscript.FIGURES,
    *write_room.FIGURES,
    *write_page.FIGURES,
    *continuity.FIGURES,
    *manuscript_files.FIGURES,
)
