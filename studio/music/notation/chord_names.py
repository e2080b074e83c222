"""Chord symbols as people write them, `F#m7/C#` or `Bbsus`, to the chords that a Tune knows.

Ninths and the like become the seventh below them; what is no chord (a word over the line) is None.
"""

import re

from studio.music.theory import QUALITIES, Quality
from studio.music.tune import ZERO, Chord

_CHORD = re.compile(r"([A-G])([#b]?)([^/]*)(?:/([A-G])([#b]?))?")
_QUALITY: dict[str, Quality] = {
    "maj": "", "M": "", "min": "m", "-": "m", "mi": "m", "dom7": "7", "9": "7", "13": "7", "11": "7", "min7": "m7", "-7": "m7",
    "M7": "maj7", "o": "dim", "°": "dim", "+": "aug", "sus": "sus4", "7sus4": "sus4", "o7": "dim7", "min6": "m6", "m9": "m7",
    "maj9": "maj7", "add9": "", "5": "", "sus2": "sus4",
}  # fmt: skip


def read_chord(text: str) -> Chord | None:
    """A chord symbol such as `F#m7/C#`; None for other words above the line."""
    found = _CHORD.fullmatch(text.strip())
    if not found:
        return None
    rest = found[3].strip().replace("♯", "#")
    quality = rest if rest in QUALITIES else _QUALITY.get(rest)
    if quality is None:
        quality = "m" if rest.startswith("m") and not rest.startswith("maj") else "" if rest[:1].isdigit() else None
    if quality is None:
        return None
    bass = found[4] + found[5] if found[4] else None
    return Chord(start=ZERO, root=found[1] + found[2], quality=quality, bass=bass)
