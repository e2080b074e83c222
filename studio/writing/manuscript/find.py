"""Find and replace over all scenes. What comes in is the person's, by the same splices as typing, so that it can be undone.

Patterns run with a time limit, and those that would be unfolded to a huge size are refused before they are read: a slip of
the keys cannot hold up the studio.
"""

import re
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from studio.core.errors import Refused
from studio.core.word import Word
from studio.writing.manuscript.desk import Splice
from studio.writing.manuscript.manuscript import MOST_LETTERS, Manuscript

LONGEST = 500  # letters of what is looked for
MOST = 20_000  # places
SECONDS = 1.0  # over all scenes
UNFOLDED = 1000  # how often counted repeats may repeat together
AROUND = 40  # letters told on each side


class Query(Word):
    text: str
    whole_words: bool = False
    case: bool = False  # capitals matter
    regex: bool = False


class Found(NamedTuple):
    scene: str
    start: int
    end: int
    text: str
    before: str
    after: str
    to: str = ""  # what it would become


def find(manuscript: Manuscript, query: Query, scenes: Sequence[str] = (), to: str = "") -> list[Found]:
    """All places in the order of the story; `scenes`: only in these. `to`: what each is to become, with groups in a regex."""
    rule = _rule(query)
    out: list[Found] = []
    stop = time.monotonic() + SECONDS
    for scene in manuscript.scenes:
        if scenes and scene.id not in scenes:
            continue
        for match in _matches(rule, scene.text, stop - time.monotonic()):
            if len(out) >= MOST:
                raise Refused(f"There are more than {MOST} places. Look for something longer.")
            start, end = match.span()
            text = scene.text
            around = text[max(0, start - AROUND) : start], text[end : end + AROUND]
            out.append(Found(scene.id, start, end, match.group(), *around, _filled(match, to, query)))
    return out


def replace(manuscript: Manuscript, found: Sequence[Found]) -> list[Splice]:
    """The splices that replace these places by what each is to become. Those whose text has changed since are left alone."""
    texts = {scene.id: scene.text for scene in manuscript.scenes}
    room = MOST_LETTERS - sum(map(len, texts.values())) - sum(len(one.to) - len(one.text) for one in found)
    if room < 0:
        raise Refused("The manuscript would be longer than two million words. Replace by something shorter.")
    true = [one for one in found if one.to != one.text and texts.get(one.scene, "")[one.start : one.end] == one.text]
    # From the end, so that no splice moves the place of another.
    ordered = sorted(true, key=lambda one: (one.scene, one.start), reverse=True)
    return [Splice(scene=one.scene, at=one.start, gone=one.end - one.start, text=one.to) for one in ordered]


def _rule(query: Query) -> Any:
    import regex  # type: ignore[import-untyped]

    if not query.text:
        raise Refused("Write what to look for first.")
    if len(query.text) > LONGEST:
        raise Refused(f"This is longer than {LONGEST} letters. Look for a shorter piece of it.")
    said = query.text if query.regex else regex.escape(query.text, special_only=True)
    if query.regex:
        _small(said)
    if query.whole_words:
        said = rf"(?<!\w)(?:{said})(?!\w)"
    try:
        return regex.compile(said, regex.MULTILINE | (0 if query.case else regex.IGNORECASE))
    except (regex.error, RecursionError, OverflowError) as error:
        raise Refused(f"This pattern cannot be read: {error}. Correct it, or switch patterns off.") from None


def _small(pattern: str) -> None:
    """Counted repeats are unfolded when a pattern is read; nested ones multiply."""
    size = 1
    for low, high in re.findall(r"\{\s*(\d*)\s*,?\s*(\d*)\s*\}", pattern):
        size *= max(int(low or 1), int(high or 1), 1)
    if size > UNFOLDED:
        raise Refused("This pattern repeats too often to be run. Use smaller numbers, or + and *.")


def _matches(rule: Any, text: str, seconds: float) -> Iterator[Any]:
    """Without empty ones: there is nothing to show or to replace."""
    try:
        for match in rule.finditer(text, timeout=max(seconds, 0.01)):
            if match.end() > match.start():
                yield match
    except TimeoutError:
        raise Refused("This pattern takes too long on this text. Make it simpler.") from None


def _filled(match: Any, to: str, query: Query) -> str:
    if not query.regex or "\\" not in to:
        return to
    import regex

    try:
        return str(match.expand(to))
    except (regex.error, IndexError) as error:
        raise Refused(f"The new text cannot be read: {error}. Write \\\\ for a backslash.") from None
