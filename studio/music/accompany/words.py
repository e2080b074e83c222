"""What can be said of a part that was made: its manner, and what was counted in it."""

from bisect import bisect_right

from studio.music.accompany.frame import frames
from studio.music.ask import Part
from studio.music.theory import pitch_name
from studio.music.tune import Tune, Voice

MANNERS: dict[Part, dict[str, str]] = {
    "bass": {
        "roots": "Long roots, one a chord",
        "root-fifth": "Root and fifth in turn",
        "waltz": "One low note a bar, root and fifth in turn",
        "walking": "A note a beat, on the way to the next root",
        "pedal": "The tonic under everything, as a drone",
        "arpeggio": "Broken chords, beginning again with each chord",
    },
    "chords": {
        "held": "Chords held until the next one",
        "strum": "Full chords on the strong beats, the high notes on the others",
        "oom-pah": "The bass note on the strong beats, the chord after it",
        "arpeggio": "Broken chords",
    },
    "drums": {
        "rock": "Kick and backbeat under a steady hi-hat",
        "pop": "A kick on the beats with claps or snare on the backbeat",
        "jig": "A frame drum in threes",
        "reel": "A frame drum in twos",
        "folk": "A frame drum that follows the bar",
        "waltz": "One and two light ones",
        "march": "Kick on one and a snare in short rolls",
        "shuffle": "A backbeat over long and short eighths",
        "swing": "The ride cymbal in long and short, the hi-hat on the offbeats",
        "brush": "Brushes that sweep the snare",
        "pulse": "The beats of the bar, low and high",
    },
}


def tell(tune: Tune, part: Part, style: str, voice: Voice) -> tuple[str, ...]:
    """One or two sentences; `tune` has the chords the part was made from."""
    first = f"{MANNERS[part][style]}."
    if not voice.notes:
        return (first,)
    if part == "drums":
        ends = [frame for frame in frames(tune) if frame.closes and not frame.last]
        bars = ", ".join(str(frame.number + 1) for frame in ends[:6]) + (" and on" if len(ends) > 6 else "")
        return (first, f"Fills lead on from bar {bars}.") if ends else (first,)
    low, high = (pitch_name(f(n.pitch for n in voice.notes), tune.key) for f in (min, max))
    if style != "walking":
        return (first, f"It lies between {low} and {high}." if low != high else f"It stays on {low}.")
    steps, changes = _stepwise(tune, voice)
    return (first, f"From {low} to {high}; {steps} of {changes} chord changes are reached by a step or a repeated note.")


def _stepwise(tune: Tune, voice: Voice) -> tuple[int, int]:
    """How many of the notes that begin a new chord are at most two semitones from the note before."""
    starts = [n.start for n in voice.notes]
    moves = []
    for chord in tune.chords[1:]:
        k = bisect_right(starts, chord.start) - 1
        if k > 0 and starts[k] == chord.start:
            moves.append(abs(voice.notes[k].pitch - voice.notes[k - 1].pitch))
    return sum(move <= 2 for move in moves), len(moves)
