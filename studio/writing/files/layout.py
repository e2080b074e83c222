"""A manuscript as it is set: what every form of file writes, in the same order, decided once.

Scenes without text and title are passed over. A chapter without a title is headed by its number, unless it is the only one.
"""

from typing import Literal, NamedTuple

from pydantic import Field

from studio.core.word import Word
from studio.writing.files.text import one_line, paragraphs
from studio.writing.manuscript.manuscript import Chapter, Manuscript

DISCLOSURE = "How this text was made"  # the title of the page; a file read again leaves it out


class Layout(Word):
    """What is to be in the file besides the story."""

    disclosure: str = Field(default="", max_length=20_000)  # the words of the page; none, no page
    disclosed: Literal["end", "beginning"] = "end"
    scene_titles: bool = False  # they are working names as a rule
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
    made: str = Field(default="2000-01-01T00:00:00Z", pattern=r"^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ$")
    identifier: str = Field(default="", max_length=200)  # of the book, as an ISBN or a UUID; made of the text when empty
    cover: bytes = Field(default=b"", max_length=10_000_000)  # a PNG or JPEG, for epub


class Block(NamedTuple):
    kind: Literal["paragraph", "break", "scene"]
    text: str = ""


class Part(NamedTuple):
    title: str  # "" for none
    blocks: tuple[Block, ...]
    disclosure: bool = False


def parts(manuscript: Manuscript, layout: Layout) -> list[Part]:
    bodies = [(one_line(chapter.title), _blocks(chapter, layout.scene_titles)) for chapter in manuscript.chapters]
    bodies = [(title, blocks) for title, blocks in bodies if title or blocks]
    page = _told(layout.disclosure)
    bare = len(bodies) == 1 and not (page and layout.disclosed == "beginning")
    out = [Part(title or ("" if bare else str(i)), blocks) for i, (title, blocks) in enumerate(bodies, 1)]
    if not page:
        return out
    made = Part(DISCLOSURE, page, disclosure=True)
    return [made, *out] if layout.disclosed == "beginning" else [*out, made]


def _blocks(chapter: Chapter, titles: bool) -> tuple[Block, ...]:
    out: list[Block] = []
    for scene in chapter.scenes:
        title = one_line(scene.title) if titles else ""
        body = [Block("paragraph", one) if one is not None else Block("break") for one in paragraphs(scene.text)]
        if title:
            out.append(Block("scene", title))
        elif body and out:
            out.append(Block("break"))
        out += body
    return tuple(out)


def _told(text: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", one) for one in paragraphs(text) if one is not None)
