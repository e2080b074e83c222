"""Stop texts: a growing text ends before any of them, and never shows the beginning of one that may still come."""

from collections.abc import Sequence


def cut(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """What may be shown of a text that still grows, and whether a stop has been reached."""
    found = [at for stop in stops if stop and (at := text.find(stop)) >= 0]
    if found:
        return text[: min(found)], True
    return text[: len(text) - max((_begun(text, stop) for stop in stops if stop), default=0)], False


def _begun(text: str, stop: str) -> int:
    """How many of the last characters are the beginning of `stop`."""
    for length in range(min(len(stop) - 1, len(text)), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
