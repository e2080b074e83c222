"""Straight quotation marks made curly for a model that only knows curly ones, and back for a writer who types straight ones."""

import re

_OPENING = re.compile(r"(?:(?<=^)|(?<=[\s(\[{—–-]))\"", re.M)
_OPENING_ONE = re.compile(r"(?:(?<=^)|(?<=[\s(\[{—–“-]))'(?=\w)", re.M)
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def straight(text: str) -> str:
    return text.translate(_STRAIGHT)


def curly(text: str) -> str:
    text = _OPENING_ONE.sub("‘", _OPENING.sub("“", text))
    return text.replace('"', "”").replace("'", "’")


def types_straight(text: str) -> bool:
    """Whether the writer of this text uses straight marks; one who has used none yet gets curly ones."""
    plain, curled = sum(map(text.count, "\"'")), sum(map(text.count, "“”‘’"))
    return plain > curled
