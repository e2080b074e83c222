"""Where a text may be cut: at the start of a paragraph, else of a sentence, else of a word. Knows letters only, no models.

Only the stretch that is asked about is looked at, so that a long manuscript costs no more than a short one. A short form
("Mr. Hale") may be taken for the end of a sentence; a cut there does no harm.
"""

import re

SENTENCE = re.compile(r"(?:[.!?…]+[”’\"')\]]*(?=\s|$)|[。！？]+[”’」』）]*|\n(?=\n*\S))")
_PARAGRAPH = re.compile(r"\n\s*(?=\S)")
_SENTENCE_START = re.compile(r"(?:[.!?…]+[”’\"')\]]*\s+|[。！？]+[”’」』）]*\s*)(?=\S)")
_WORD = re.compile(r"\s+(?=\S)")


def next_border(text: str, at: int, reach: int) -> int:
    """The first good place to begin at or after `at`, at most `reach` further on; `at` itself where there is none."""
    if at <= 0:
        return 0
    end = min(len(text), at + reach)
    for rule in (_PARAGRAPH, _SENTENCE_START, _WORD):
        # One letter back, so that a border which ends just here is seen.
        if found := rule.search(text, at - 1, end):
            return found.end()
    return at


def sentence_ends(text: str) -> list[int]:
    """Where a text may end: after each of its sentences or lines. The last is the end of the text."""
    ends = [found.end() for found in SENTENCE.finditer(text)]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def word_ends(text: str) -> list[int]:
    return [found.end() for found in re.finditer(r"\S+", text)]


def paragraph_start(text: str, back: int) -> int:
    """Where the paragraph begins that has `back - 1` paragraphs after it; 0 when there are not so many."""
    start = len(text.rstrip())
    for _ in range(back):
        start = text.rfind("\n", 0, len(text[:start].rstrip())) + 1
        if start == 0:
            return 0
    return start + len(text[start:]) - len(text[start:].lstrip())
