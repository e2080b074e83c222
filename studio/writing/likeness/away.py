"""What new offers keep away from: words that earlier ones brought into the story. Pure.

Asking again, or more boldly, hardly leads elsewhere: the same scene calls for the same things. Without the words that were
new in the offers before, it must. Names and what stands near the cursor are no news, and stay allowed. Only words are seen:
a thought that comes back in other words is not.
"""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest

from studio.writing.common import COMMON
from studio.writing.likeness.runs import words_of

MOST = 60  # words, of all offers together
NEAR = 2000  # letters of the text around in which words are no news
_CAPITALS = re.compile(r"\b[^\W\d_a-z]\w{2,}")


def brought(offers: Sequence[str], around: str, names: str = "") -> tuple[str, ...]:
    """The longest words first, by turns of each offer. `around` ends at the cursor, or with the passage."""
    known = {*words_of(around[-NEAR:]), *words_of(names), *words_of(" ".join(_CAPITALS.findall(around)))}
    told = [_telling(text, known) for text in offers]
    turns = chain.from_iterable(zip_longest(*told))
    return tuple(dict.fromkeys(word for word in turns if word))[:MOST]


def _telling(text: str, known: set[str]) -> list[str]:
    found = {word for word in words_of(text) if len(word) > 3 and word not in COMMON and word not in known}
    return sorted(found, key=lambda word: (-len(word), word))


def asked_without(words: Sequence[str]) -> str:
    """For a model elsewhere, to which each banned phrase that comes after all means another request."""
    return f"Let it go another way this time, without these words: {', '.join(words)}." if words else ""
