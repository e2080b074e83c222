"""Manuscript: chapters of scenes, who wrote each span of them, and all that belongs to the story. One piece, one working copy.

Text is counted in characters (code points); a new line is "\\n". The spans of a scene's ledger tile its text exactly.
"""

from typing import Self

from pydantic import Field, model_validator

from studio.core.ledger import Ledger, Span
from studio.core.word import Word
from studio.core.work import WRITTEN
from studio.writing.context.bible import Bible
from studio.writing.plot.plot import Plot

MANUSCRIPT_TYPE = WRITTEN["manuscript"]
MOST_LETTERS = 12_000_000  # of a whole manuscript: about two million words


class Scene(Word):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    title: str = Field(default="", max_length=300)
    summary: str = Field(default="", max_length=20_000)
    beat: str = Field(default="", max_length=4000)  # what shall happen in it
    goal: int = Field(default=0, ge=0, le=1_000_000)  # words
    cast: tuple[str, ...] = Field(default=(), max_length=200)  # entries of the bible that are in it
    text: str = ""
    ledger: Ledger = Ledger()

    @model_validator(mode="after")
    def _tiled(self) -> Self:
        if len(self.ledger) != len(self.text):
            raise ValueError("The spans do not cover the text exactly.")
        return self


class Chapter(Word):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    title: str = Field(default="", max_length=300)
    scenes: tuple[Scene, ...] = Field(default=(), max_length=2000)


class Manuscript(Word):
    title: str = Field(default="", max_length=300)
    author: str = Field(default="", max_length=300)
    goal: int = Field(default=0, ge=0, le=10_000_000)
    chapters: tuple[Chapter, ...] = Field(default=(), max_length=2000)
    bible: Bible = Bible()
    plot: Plot | None = None  # the outline it is written from
    bans: tuple[str, ...] = Field(default=(), max_length=5000)
    settled: tuple[str, ...] = Field(default=(), max_length=5000)  # contradictions the writer called intended

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        ids = [scene.id for scene in self.scenes] + [chapter.id for chapter in self.chapters]
        if len(set(ids)) < len(ids):
            raise ValueError("Two chapters or scenes have the same id.")
        if sum(len(scene.text) for scene in self.scenes) > MOST_LETTERS:
            raise ValueError("The manuscript is longer than two million words. Split it into several pieces.")
        return self

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """In the order of the story."""
        return tuple(scene for chapter in self.chapters for scene in chapter.scenes)


def by_hand(text: str) -> Ledger:
    """The ledger of a text a person typed."""
    return Ledger(spans=(Span(length=len(text), maker="human"),)) if text else Ledger()
