"""Why each chord stands where it stands, in the words musicians use. Read off the chords after the fact."""

from collections.abc import Sequence

from studio.music.ask import Reading
from studio.music.harmony.scores import minor
from studio.music.harmony.slots import Slot
from studio.music.harmony.vocabulary import Sign, place_of, tones
from studio.music.theory import MODES, Key, fifths_of, name_at
from studio.music.tune import Chord, simple_name

COLOURS = {"dorian": (9, "raised 6th"), "mixolydian": (10, "flat 7th"), "phrygian": (1, "flat 2nd"), "lydian": (6, "sharp 4th")}
# What a chord is in its key, by its root: in tunes with a major 3rd, and in those with a minor one.
FUNCTIONS = (
    {0: "home", 2: "the second step", 4: "the third step", 5: "the subdominant", 7: "the dominant", 9: "the relative minor",
     10: "the flat 7th step"},
    {0: "home", 2: "the second step", 3: "the relative major", 5: "the subdominant", 7: "the dominant", 8: "the flat 6th step",
     10: "the flat 7th step"},
)  # fmt: skip
# How far above its root, on the line of fifths, each chord tone and tension is written, by semitones.
WRITTEN = {0: 0, 1: -5, 2: 2, 3: -3, 4: 4, 5: -1, 6: -6, 7: 1, 8: -4, 9: 3, 10: -2, 11: 5}
AT_ONCE = 2  # slots from which a chord must reach the end of a phrase to make its cadence


def reasons(
    key: Key,
    reading: Reading,
    slots: Sequence[Slot],
    starts: Sequence[int],
    signs: Sequence[Sign],
    chords: Sequence[Chord],
    kept: set[int],
) -> tuple[str, ...]:
    """One line a chord. `starts` are the slots in which chords begin, `kept` the chords that the person has set."""
    out = []
    for k in range(len(chords)):
        until = starts[k + 1] if k + 1 < len(starts) else len(slots)
        spell = slots[starts[k] : until]
        follows = (signs[k + 1], chords[k + 1]) if k + 1 < len(chords) else None
        before = (signs[k - 1], chords[k - 1]) if k else None
        own = (signs[k], chords[k])
        why = "kept as you set it" if k in kept else _why(key, reading, spell, before, own, follows)
        out.append(why)
    return tuple(out)


Heard = tuple[Sign, Chord]


def _why(key: Key, reading: Reading, spell: Sequence[Slot], before: Heard | None, own: Heard, follows: Heard | None) -> str:
    """The strongest thing that can be said; what the melody does in the chord comes with it where there is room."""
    closes = next((slot for slot in spell[:AT_ONCE] if slot.closes), None)
    said = _close(key, closes, before, own) if closes else None
    said = said or _leads(key, own, follows) or _colour(key, own, before)
    if not said and before is None and own[0][0] == 0:
        said = f"{own[1].name}, home, opens the tune"
    if not said and own[0][0] == 0 and spell[-1].closes == "end":
        said = f"{own[1].name}, home, holds to the end"
    sits = _sits(key, spell[0], own, full=not said)
    if said:
        return said if sits is None or len(said) > 52 else f"{said}; {sits}"
    return sits or f"{own[1].name} holds under the rest"


def _close(key: Key, slot: Slot, before: Heard | None, own: Heard) -> str | None:
    """Cadences, at the end of a phrase, a section or the tune."""
    root, name = own[0][0], own[1].name
    at_end = slot.closes == "end"
    what = "the tune" if at_end else f"section {slot.closes}" if len(slot.closes) == 1 else "the phrase"
    if root == 7 and not at_end and (7 + 4) % 12 in tones(own[0]):
        return f"half cadence: bar {slot.number} rests on the dominant {name}"
    if root != 0:
        return f"{name} leaves the end of {what} open"
    if before is None or before[0][0] == 0:
        return f"{name}, the tonic, closes {what}"
    came, last = before[0], before[1].name
    if came[0] == 7 and 11 in tones(came):
        return f"full cadence: {last} leads home to {name}"
    if came == (1, "7"):
        return f"{last} slips down a semitone home to {name}, in place of the dominant"
    if came[0] == 5:
        return f"plagal close: {last} sinks to {name}"
    if came[0] in (10, 1):
        return f"modal close: {last} steps {'up' if came[0] == 10 else 'down'} to {name}"
    return f"{last} settles on {name}, the tonic, to close {what}"


def _leads(key: Key, own: Heard, follows: Heard | None) -> str | None:
    """What a chord prepares."""
    if follows is None:
        return None
    (root, quality), name, (goal, kind), target = own[0], own[1].name, follows[0], follows[1].name
    falls = (root - goal) % 12
    outside = not tones(own[0]) <= set(MODES[key.mode])
    if quality in ("m7", "m7b5") and kind == "7" and falls == 7:
        return f"{name} and {target} are a ii-V, the jazz way to lead on"
    if quality == "7" and falls == 1:
        return f"{name} stands in for {simple_name(key, key.pitch_class + goal + 7)}7, a tritone away, and slides into {target}"
    if root == 7 and goal == 0 and 11 in tones(own[0]):
        return f"{name} leads home to {target}"
    if root == 7 and 11 in tones(own[0]) and kind in ("m", "m7", "") and goal in (9, 8):
        return f"{name} promises home; {target} comes instead (deceptive)"
    if 4 in {(t - root) % 12 for t in tones(own[0])} and falls == 7 and outside:
        return f"{name} is the dominant of {target}, borrowed for one step"
    if quality == "dim7" and (goal - root) % 12 == 1:
        return f"{name} pulls up a semitone into {target}"
    if quality == "7" and falls == 7:
        return f"{name} falls a fifth to {target}"
    return None


def _colour(key: Key, own: Heard, before: Heard | None) -> str | None:
    """What a chord brings from outside, or from the mode."""
    name = own[1].name
    inside = tones(own[0])
    mode = COLOURS.get(key.mode)
    if mode and mode[0] in inside and own[0][0] != 0:
        return f"{name} has the {mode[1]} that makes the tune {key.mode}"
    if inside <= set(MODES[key.mode]):
        return None
    if not minor(key):
        if own[0] == (10, ""):
            return f"{name}, a tone below home, is the mixolydian way round the dominant"
        if inside <= set(MODES["minor"]) | {11} and 4 not in inside:
            return f"{name} is borrowed from the parallel minor"
    elif own[0] == (0, ""):
        return f"{name} is the parallel major, a bright close"
    elif 11 in inside and inside <= set(MODES["minor"]) | set(MODES[key.mode]) | {11}:
        return f"{name} raises the 7th, as minor tunes do before home"
    strange = [degree for degree in sorted(inside) if degree not in MODES[key.mode]]
    return f"{name} brings {simple_name(key, key.pitch_class + strange[0])} from outside the mode"


def _written(key: Key, note: int, own: Heard) -> str:
    """A melody note as the chord spells it: the 3rd of A7 is C sharp, whatever the key calls that pitch elsewhere."""
    step = (key.degree(note) - own[0][0]) % 12
    raised = {"7": (3, 6), "aug": (8,), "maj7": (6,)}.get(own[0][1], ())  # sharp 9th, sharp 11th, sharp 5th
    fifths = fifths_of(own[1].root) + (
        WRITTEN[step] + 12 if step in raised else -9 if (step, own[0][1]) == (9, "dim7") else WRITTEN[step]
    )
    name = name_at(fifths) if -15 < fifths + 1 < 21 else "###"
    return name if len(name) < 3 else simple_name(key, note)


def _sits(key: Key, slot: Slot, own: Heard, *, full: bool) -> str | None:
    """What the melody's note is in the chord; `full`: and what the chord is in the key."""
    note = slot.strong if slot.strong is not None else slot.main
    if note is None:
        return None
    step, name = FUNCTIONS[minor(key)].get(own[0][0], ""), own[1].name
    what = f"{name}, {step}" if full and step else name
    place = place_of(key.degree(note), own[0])
    if place is not None:
        return f"{_written(key, note, own)} is the {place} of {what}"
    main = place_of(key.degree(slot.main), own[0]) if slot.main is not None else None
    if slot.main is not None and main is not None:
        return f"{simple_name(key, note)} leans on {what}; {_written(key, slot.main, own)}, which lasts longer, is its {main}"
    return f"{simple_name(key, note)} rubs against {what}"
