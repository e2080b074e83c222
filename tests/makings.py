"""Random makings of a manuscript, with what must hold after every step told by words that carry their maker in their letters.

A word of an offer looks like `ai0003word07`, and nobody types such words: wherever one stands, a model wrote it.
"""

import random
import re
from collections.abc import Sequence
from itertools import accumulate

from studio.core.ledger import Span
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.edits import Applied, Edit, applied
from studio.writing.manuscript.manuscript import Chapter, Manuscript, Scene
from studio.writing.manuscript.merging import merge
from studio.writing.manuscript.shares import by_maker, letters, percent
from studio.writing.manuscript.sources import Piece, verbatim
from studio.writing.manuscript.spans import part
from studio.writing.manuscript.structure import Change

AI_WORD = re.compile(r"ai\d{4}word\d\d")
PERSONS = ("the", "old", "door", "rain", "never", "Mara", "said", "“no”", "und", "я", "😀", "e\u0301t\u00e9", "見た")
ENDS = (" ", " ", " ", ", ", ". ", ".\n", "?” ", "\n\n", "… ")


class Making:
    """A person at work: every `step` does one thing and checks everything."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.offers: dict[str, str] = {}
        self.cuts: tuple[Piece, ...] = ()
        self.manuscript = Manuscript(chapters=(Chapter(id="c0", scenes=(Scene(id="s0"), Scene(id="s1"))),))
        self.undo: list[tuple[Manuscript, tuple[Edit, ...]]] = []
        self.branch: tuple[Manuscript, Manuscript] | None = None  # where it began, and the other draft
        self.ids = 1
        self.did: list[str] = []

    # ---- what can be done

    def step(self) -> None:
        name = self.chance.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        self.did.append(name)
        getattr(self, name)()
        self.check()

    def typed(self) -> None:
        scene, at, gone = self._place((0, 0, 0, 1, 3, 15))
        self._do(Splice(scene=scene.id, at=at, gone=gone, text=self._words(1, 4)))

    def deleted(self) -> None:
        scene, at, gone = self._place((1, 2, 5, 20, 60))
        self._do(Splice(scene=scene.id, at=at, gone=gone))

    def pasted(self) -> None:
        """From outside."""
        scene, at, gone = self._place((0, 0, 4))
        self._do(Splice(scene=scene.id, at=at, gone=gone, text=self._words(3, 9), how="pasted"))

    def copied(self) -> None:
        source, start, size = self._place((12, 30, 80))
        scene, at, gone = self._place((0, 0, 0, 5))
        self._do(Splice(scene=scene.id, at=at, gone=gone, text=source.text[start : start + size], how="pasted"))

    def cut_and_pasted(self) -> None:
        scene, at, gone = self._place((5, 13, 40, 90))
        text = scene.text[at : at + gone]
        self._do(Splice(scene=scene.id, at=at, gone=gone))
        there, to, _ = self._place((0,))
        self._do(Splice(scene=there.id, at=to, text=text, how="pasted"))

    def moved(self) -> None:
        scene, at, gone = self._place((5, 13, 40, 90))
        text, spans = scene.text[at : at + gone], tuple(part(scene.ledger.spans, at, at + gone))
        to = self.chance.randint(0, len(scene.text) - gone)
        away = Splice(scene=scene.id, at=at, gone=gone, how="moved")
        self._do(away, Splice(scene=scene.id, at=to, text=text, how="moved", spans=spans))

    def accepted(self) -> None:
        id, body = self._offer(self.chance.randint(3, 12))
        text = body
        if self.chance.random() < 0.4:  # a part of it
            low = self.chance.randint(0, len(body) // 2)
            text = body[low : self.chance.randint(low, len(body))]
        elif self.chance.random() < 0.5:  # changed before
            at = self.chance.randint(0, len(body))
            text = body[:at] + self._words(1, 2) + body[at + self.chance.choice((0, 0, 6, 25)) :]
        scene, at, gone = self._place((0, 0, 0, 8))
        self._do(Splice(scene=scene.id, at=at, gone=gone, text=text, how="accepted", offer=id))

    def rewritten(self) -> None:
        scene, at, gone = self._place((10, 40, 90))
        old = scene.text[at : at + gone]
        id, fresh = self._offer(4)
        word = fresh[: len("ai0000word00")]
        self.offers[id] = re.sub(r"\S+", lambda found: self.chance.choice((found.group(), found.group(), word, "")), old)
        self._do(Splice(scene=scene.id, at=at, gone=gone, text=self.offers[id], how="rewritten", offer=id))

    def undone(self) -> None:
        if self.undo:
            before, edits = self.undo.pop()
            self._apply(edits)
            assert self.manuscript == before, "undoing brings back exactly what was there"

    def branched(self) -> None:
        """Goes on in one of two drafts; the other stays as it is until they are merged."""
        if self.branch is None:
            self.branch = self.manuscript, self.manuscript
        elif self.chance.random() < 0.5:
            base, other = self.branch
            self.branch, self.manuscript = (base, self.manuscript), other
            self.undo.clear()

    def merged(self) -> None:
        if self.branch:
            base, other = self.branch
            anew = (ai_words(self.manuscript) | ai_words(other)) - ai_words(base)
            self.manuscript = merge(base, self.manuscript, other).manuscript
            assert anew <= ai_words(self.manuscript), "what either draft has anew is in the merged one"
            self.branch = None
            self.undo.clear()

    def rearranged(self) -> None:
        scenes, chapters = self.manuscript.scenes, self.manuscript.chapters
        scene, chapter = self.chance.choice(scenes), self.chance.choice(chapters)
        self.ids += 1
        place = self.chance.randint(-1, 3)
        changes = [
            Change(what="add-scene", id=f"s{self.ids}", to=chapter.id, at=place),
            Change(what="move-scene", id=scene.id, to=chapter.id, at=place),
            Change(what="split-scene", id=scene.id, at=self.chance.randint(0, len(scene.text)), new=f"s{self.ids}"),
            Change(what="rename", id=chapter.id, title=self._words(1, 2)),
            Change(what="split-chapter", id=scene.id, new=f"c{self.ids}"),
            Change(what="move-chapter", id=chapter.id, at=place),
        ]
        if scene != scenes[-1]:
            changes.append(Change(what="join-scenes", id=scene.id))
        if chapter != chapters[-1]:
            changes.append(Change(what="join-chapters", id=chapter.id))
        if len(scenes) > 3:
            changes.append(Change(what="delete", id=scene.id))
        self._do(self.chance.choice(changes))

    def kept(self) -> None:
        """A trip through the store."""
        self.manuscript = Manuscript.loads(self.manuscript.dumps())

    # ---- what must hold

    def check(self) -> None:
        for scene in self.manuscript.scenes:
            spans, text = scene.ledger.spans, scene.text
            ends = list(accumulate(span.length for span in spans))
            assert (ends[-1] if ends else 0) == len(text), "the spans tile the text"
            assert all(span.length > 0 for span in spans)
            self._verbatim(text, spans)
            for found in AI_WORD.finditer(text):
                own = part(spans, found.start(), found.end())
                by_person = sum(span.length for span in own if span.maker in ("human", "pasted"))
                assert by_person * 2 < len(found.group()), f"{found.group()} is a model's word: {own}"
        counts = by_maker(letters(self.manuscript.scenes))
        assert sum(counts.values()) == sum(len(scene.text) for scene in self.manuscript.scenes)
        assert sum(percent(counts).values()) == (100 if sum(counts.values()) else 0)

    def _verbatim(self, text: str, spans: Sequence[Span]) -> None:
        at = 0
        for span in spans:
            if span.maker == "model":
                assert verbatim(text[at : at + span.length], self.offers[span.offer or ""])
            at += span.length

    # ---- the hands

    def _do(self, *edits: Edit) -> None:
        before = self.manuscript
        self.undo.append((before, self._apply(edits).undo))

    def _apply(self, edits: Sequence[Edit]) -> Applied:
        done = applied(self.manuscript, edits, self.offers, self.cuts)
        self.manuscript, self.cuts = done.manuscript, done.cuts
        return done

    def _place(self, sizes: tuple[int, ...]) -> tuple[Scene, int, int]:
        scene = self.chance.choice(self.manuscript.scenes)
        size = min(self.chance.choice(sizes), len(scene.text))
        return scene, self.chance.randint(0, len(scene.text) - size), size

    def _words(self, low: int, high: int) -> str:
        count = self.chance.randint(low, high)
        return "".join(self.chance.choice(PERSONS) + self.chance.choice(ENDS) for _ in range(count))

    def _offer(self, count: int) -> tuple[str, str]:
        number = len(self.offers)
        id = f"o{number}"
        self.offers[id] = "".join(f"ai{number:04}word{i:02}" + self.chance.choice(ENDS) for i in range(count))
        return id, self.offers[id]


WEIGHTS = {
    "typed": 5, "deleted": 3, "pasted": 2, "copied": 3, "cut_and_pasted": 2, "moved": 3, "accepted": 5, "rewritten": 3,
    "undone": 3, "branched": 2, "merged": 2, "rearranged": 3, "kept": 1,
}  # fmt: skip


def ai_words(manuscript: Manuscript) -> set[str]:
    return {word for scene in manuscript.scenes for word in AI_WORD.findall(scene.text)}


def made(seed: int, steps: int) -> Making:
    making = Making(seed)
    for _ in range(steps):
        making.step()
    return making
