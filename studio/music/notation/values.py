"""Values in the elements of a MusicXML file: numbers, tempos, meters, names of notes. All are checked before use."""

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from studio.core.errors import Refused
from studio.music.notation.engraving import read_decimal
from studio.music.theory import ALTER, NATURAL, SIGNS, Meter


def number(text: str) -> Fraction:
    if text.isdecimal() and len(text) < 10:
        return Fraction(int(text))
    if not re.fullmatch(r"\s*[+-]?\d{1,9}(\.\d{1,9})?\s*", text):
        raise Refused(f"This MusicXML file has `{text.strip()[:20]}` where a number belongs. Export it again.")
    return Fraction(text.strip())


def tempo_of(text: str) -> Fraction | None:
    """What is no number (`c. 120`) is no tempo."""
    try:
        found = read_decimal(text)
    except ValueError:
        return None
    return found if found > 0 else None


def velocity_of(element: Element) -> int:
    """A note's loudness is in hundredths of forte, which is 90."""
    loud = element.get("dynamics")
    return min(max(round(number(loud) * 9 / 10), 1), 127) if loud else 80


def meter_of(time: Element) -> Meter | None:
    counts, unit = time.findtext("beats", ""), time.findtext("beat-type", "")
    if not re.fullmatch(r"\s*\d{1,2}(\s*\+\s*\d{1,2}){0,9}\s*", counts) or not re.fullmatch(r"\s*\d{1,2}\s*", unit):
        return None
    try:
        return Meter(count=sum(int(count) for count in counts.split("+")), unit=int(unit))
    except ValueError:
        return None


def note_name(element: Element, name: str) -> str | None:
    step, alter = element.findtext(f"{name}/{name}-step", ""), element.findtext(f"{name}/{name}-alter", "0")
    note = step.strip() + SIGNS.get(round(number(alter)), "?")
    return note if note[:1] in NATURAL and note[1:] in ALTER and len(note) < 3 else None
