"""Makes a manuscript of the lines that a file was read into: which are titles, chapters and scenes, and who wrote it.

Where a file has headings they are believed; in one that has none, lines like "Chapter 3" are. Ids are `c1`, `s1` and so on, the
same for the same file: give new ones to what is added to another manuscript.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from studio.core.errors import Refused
from studio.core.ledger import Ledger, Span
from studio.writing.files.layout import DISCLOSURE
from studio.writing.files.text import is_break, one_line, paragraphs
from studio.writing.manuscript.manuscript import MOST_LETTERS, Chapter, Manuscript, Scene

Maker = Literal["human", "pasted"]
_MOST = 2000  # chapters, and scenes in one
_MOST_TITLE = 300
MOST_LINES = 150_000
LONG = "This file is longer than two million words. Split it into several files."
MANY = f"This file has more than {_MOST} chapters, or scenes in a chapter. Split it into several files."
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_NUMBER = rf"(?:\d{{1,4}}|[IVXLC]{{1,9}}|(?:{_TENS})(?:[- ](?:{_ONES}))?|{_TEENS}|{_ONES})"
_AFTER = r"(?:\s*[:.–—-]\s*\S.{0,80}|[:.])?"
_CHAPTERS = r"chapter|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk"
_ALONE = r"prologue|epilogue|prolog|epilog|interlude|foreword|afterword"
_PART = re.compile(rf"(?:part|book|teil|partie|parte)\s+{_NUMBER}{_AFTER}", re.IGNORECASE)
_CHAPTER = re.compile(rf"(?:{_CHAPTERS})\s+{_NUMBER}{_AFTER}|(?:{_ALONE})", re.IGNORECASE)
GAPS = "Empty lines between paragraphs were taken for the beginnings of scenes."
_SHORT = 150  # letters of a line that may head a chapter


class Line(NamedTuple):
    """`text` may hold line breaks; `level` is that of a heading, 1 the highest."""

    kind: Literal["title", "author", "heading", "text", "gap", "break"]
    text: str = ""
    level: int = 0


class Lines(NamedTuple):
    """A file as it was read; `sure` when chapters need no guessing, `named` for title and author told outside the text."""

    lines: list[Line]
    notices: list[str]
    sure: bool = False
    named: tuple[str, str] = ("", "")


class Read(NamedTuple):
    manuscript: Manuscript
    notices: tuple[str, ...]  # sentences: what was left out or guessed


def assembled(read: Lines, maker: Maker, name: str) -> Read:
    """Raises Refused for a file without text."""
    notices = list(read.notices)
    if len(read.lines) > MOST_LINES:
        raise Refused(LONG)
    title, author, lines = _named(read.lines)
    lines = _gaps(_headings(lines, read.sure), notices)
    guessed, lines = _title(lines, read.sure)
    chapters = [chapter for chapter in _chapters(_parted(lines, read.sure)) if chapter.title or chapter.scenes]
    if sum(chapter.title == DISCLOSURE for chapter in chapters):
        chapters = [chapter for chapter in chapters if chapter.title != DISCLOSURE]
        notices.append(f"The page “{DISCLOSURE}” was left out: it is written anew for each file.")
    if not any(chapter.title or chapter.scenes for chapter in chapters):
        raise Refused("There is no text in this file. Choose one with a manuscript in it: docx, odt, epub, html, md or txt.")
    if len(chapters) > _MOST or any(len(chapter.scenes) > _MOST for chapter in chapters):
        raise Refused(MANY)
    if sum(len(text) for chapter in chapters for _, text in chapter.scenes) > MOST_LETTERS:
        raise Refused(LONG)
    title = title or guessed or read.named[0] or ("" if read.sure else name)
    title, author = _short(title), _short(author or read.named[1])
    made = Manuscript(title=title, author=author, chapters=_made(chapters, maker))
    return Read(made, tuple(notices))


def _short(text: str) -> str:
    return one_line(text)[:_MOST_TITLE].strip()


def _named(lines: list[Line]) -> tuple[str, str, list[Line]]:
    """Title, author and the rest. What is styled as a title more than once heads chapters."""
    titles = [line.text for line in lines if line.kind == "title" and line.text]
    author = ", ".join(line.text for line in lines if line.kind == "author" and line.text)
    rest = [line for line in lines if line.kind not in ("title", "author")]
    if len(titles) < 2:
        return "".join(titles), author, rest
    own = [line._replace(level=line.level + 1) if line.kind == "heading" else line for line in lines if line.kind != "author"]
    return "", author, [Line("heading", line.text, 1) if line.kind == "title" else line for line in own]


def _headings(lines: list[Line], sure: bool) -> list[Line]:
    """With lines such as "Chapter 3" as headings where there are no others; headings as long as a paragraph are text."""
    guess = not sure and not any(line.kind == "heading" for line in lines)
    out: list[Line] = []
    for line in lines:
        if line.kind == "heading" and not 0 < len(one_line(line.text)) <= _MOST_TITLE:
            line = Line("text", line.text)
        elif line.kind == "heading":
            line = line._replace(text=one_line(line.text))
        elif guess and line.kind == "text" and len(line.text) < _SHORT:
            text = one_line(line.text)
            level = 2 if _CHAPTER.fullmatch(text) else 1 if _PART.fullmatch(text) else 0
            line = Line("heading", text, level) if level else line
        if line.text or line.kind == "break" or (line.kind == "gap" and out and out[-1].kind != "gap"):
            out.append(line)
    return out


def _gaps(lines: list[Line], notices: list[str]) -> list[Line]:
    """Empty paragraphs that are rare begin scenes; where they stand between all paragraphs they mean nothing."""
    kinds = [line.kind for line in lines]
    between = [i for i in range(1, len(kinds) - 1) if kinds[i - 1 : i + 2] == ["text", "gap", "text"]]
    if not between or len(between) * 4 >= kinds.count("text"):
        return [line for line in lines if line.kind != "gap"]
    notices.append(GAPS)
    breaks = set(between)
    return [Line("break") if i in breaks else line for i, line in enumerate(lines) if line.kind != "gap" or i in breaks]


def _title(lines: list[Line], sure: bool) -> tuple[str, list[Line]]:
    """A single highest heading at the top, with others below it, is the title of it all."""
    levels = [line.level for line in lines if line.kind == "heading"]
    if sure or len(levels) < 3 or lines[0].kind != "heading" or levels[0] != min(levels) or levels.count(levels[0]) > 1:
        return "", lines
    return lines[0].text, lines[1:]


def _parted(lines: list[Line], sure: bool) -> list[Line]:
    """Headings as of chapters (1) and scenes (2). Where the highest are those of parts, the next are the chapters."""
    heads = [(i, line.level) for i, line in enumerate(lines) if line.kind == "heading"]
    top = 1 if sure else min((level for _, level in heads), default=1)
    below = min((level for _, level in heads if level > top), default=0)
    highest = [i for i, level in heads if level == top]
    is_parts = (
        below
        and not sure
        and all(i + 1 < len(lines) and lines[i + 1].kind == "heading" and lines[i + 1].level == below for i in highest)
    )
    if not is_parts:
        return [line._replace(level=1 if line.level <= top else 2) if line.kind == "heading" else line for line in lines]
    out, part = [], ""
    for line in lines:
        if line.kind == "heading" and line.level == top:
            part = line.text + ": "
            continue
        if line.kind == "heading":
            own = part + line.text if line.level <= below else line.text
            line, part = Line("heading", own[:_MOST_TITLE], 1 if line.level <= below else 2), part if line.level > below else ""
        out.append(line)
    return out


class _Chapter(NamedTuple):
    title: str
    scenes: list[tuple[str, str]]  # title and text


def _chapters(lines: Iterable[Line]) -> list[_Chapter]:
    chapters, scene, body = [_Chapter("", [])], "", list[str]()

    def close() -> None:
        text = "\n\n".join(one for one in body if one)
        if scene or text:
            chapters[-1].scenes.append((scene, text))
        body.clear()

    for line in lines:
        if line.kind == "text":
            body.append(line.text)
            continue
        close()
        scene = line.text if line.kind == "heading" and line.level > 1 else ""
        if line.kind == "heading" and line.level == 1:
            chapters.append(_Chapter(line.text, []))
    close()
    return chapters


def _made(chapters: list[_Chapter], maker: Maker) -> tuple[Chapter, ...]:
    out, count = [], 0
    for i, chapter in enumerate(chapters, 1):
        scenes = []
        for title, text in chapter.scenes or [("", "")]:
            count += 1
            ledger = Ledger(spans=(Span(length=len(text), maker=maker),)) if text else Ledger()
            scenes.append(Scene(id=f"s{count}", title=title, text=text, ledger=ledger))
        # A bare number is how chapters without a title are set; one alone has none.
        bare = chapter.title == str(i) and len(chapters) > 1 and any(text for _, text in chapter.scenes)
        title = "" if bare else chapter.title
        out.append(Chapter(id=f"c{i}", title=title, scenes=tuple(scenes)))
    return tuple(out)


def of_paragraphs(text: str, notices: list[str], marks: bool = True) -> list[Line]:
    """Lines of plain text; `marks` says whether * * * and the like begin a scene."""
    out = []
    for one in paragraphs(text):
        if one is None and GAPS not in notices:
            notices.append(GAPS)
        out.append(Line("break") if one is None or (marks and is_break(one)) else Line("text", one))
    return out
