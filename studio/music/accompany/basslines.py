"""A bass line from the chords, by rule: roots, root and fifth, walking, pedal, broken chords, waltz.

One voice between the low E of a bass guitar and the E two octaves above it, moving by the nearest way. The last chord is a
long root. Chance, from the seed alone, decides between ways that are equally good.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from studio.music.accompany.frame import Frame, Span, frames, halves, known, note
from studio.music.harmony.complete import with_chords
from studio.music.theory import Key, Meter, pitch_class
from studio.music.tune import Chord, Note, Tune, Voice

LOW, HIGH, CENTRE = 28, 52, 38  # E1, E3, D2


@dataclass
class Player:
    """The hand that plays: where it is, and what it likes today."""

    key: Key
    chance: Random
    at: int = CENTRE - 2
    since: int = 0  # bars for which the chord has not changed
    chord: str = ""
    lean: int = 0  # one of three ways that a style may have

    def near(self, pitch: int) -> int:
        """The place of a pitch class that is nearest to the hand, rather low than high."""
        places = range(LOW + (pitch - LOW) % 12, HIGH + 1, 12)
        return min(places, key=lambda p: (abs(p - self.at) + 0.4 * abs(p - CENTRE), p))

    def play(self, span: Span, pitch: int, velocity: int) -> Note:
        self.at = pitch
        return note(span.start, span.end, pitch, velocity + self.chance.randint(-4, 4))


def bass(tune: Tune, style: str = "roots", seed: int = 0) -> Voice:
    known(style, "bass", tune.meter, styles(tune.meter))
    tune = with_chords(tune)
    chance = Random(seed)
    player = Player(tune.key, chance, lean=chance.randrange(3))
    played = frames(tune)
    notes: list[Note] = []
    for k, frame in enumerate(played):
        after = _first_chord(played[k + 1 :])
        notes += _ending(player, frame) if frame.last else STYLES[style](player, frame, after)
    return Voice(name="Bass", role="bass", instrument="bass", notes=tuple(notes))


def styles(meter: Meter) -> tuple[str, ...]:
    """The styles that suit a meter, the most usual first."""
    beats = len(meter.beats)
    if beats == 3 and not meter.compound:
        return ("waltz", "roots", "walking", "arpeggio", "pedal", "root-fifth")
    return ("root-fifth", "roots", "walking", "arpeggio", "pedal") if beats > 1 else ("roots", "arpeggio", "pedal")


def _first_chord(later: Sequence[Frame]) -> Chord | None:
    return next((span.chord for frame in later[:1] for span in frame.chords), None)


def _ground(chord: Chord) -> int:
    return pitch_class(chord.bass or chord.root)


def _fifth(player: Player, chord: Chord) -> int:
    """The fifth of the chord, diminished where it is: below the root if there is room, else above."""
    step = chord.classes[2]
    root = player.at if player.at % 12 == pitch_class(chord.root) else player.near(pitch_class(chord.root))
    below = root - (pitch_class(chord.root) - step) % 12
    return below if below >= LOW else below + 12


def _ending(player: Player, frame: Frame) -> list[Note]:
    return [player.play(span, player.near(_ground(span.chord)), 90) for span in frame.chords if span.chord]


def _roots(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """One long root a chord; now and then struck again on a strong beat."""
    out: list[Note] = []
    for span in frame.chords:
        again = [b for b in frame.beats if b.strong and span.start < b.start < span.end and player.chance.random() < 0.35]
        points = [span.start, *(b.start for b in again[:1]), span.end]
        assert span.chord is not None
        for a, b in zip(points, points[1:], strict=False):
            out.append(player.play(Span(a, b), player.near(_ground(span.chord)), 90 if a == frame.start else 80))
    return out


def _hits(frame: Frame) -> list[Span]:
    """The beats a two-beat bass plays: both of two, first and third of three or four, first and fourth of five or six."""
    count = len(frame.beats)
    step = {2: 1, 3: 2, 4: 2, 5: 3, 6: 3}.get(count, 2)
    starts = sorted({frame.beats[k].start for k in range(0, count, step)} | {span.start for span in frame.chords})
    ends = [*starts[1:], frame.end]
    found = [
        Span(a, b, next((s.chord for s in frame.chords if s.start <= a < s.end), None)) for a, b in zip(starts, ends, strict=True)
    ]
    return [span for span in found if span.chord]


def _two_beat(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """Root and fifth in turn; at times a step into the next root on the last beat."""
    out: list[Note] = []
    turn = 0
    hits = _hits(frame)
    for k, span in enumerate(hits):
        assert span.chord is not None
        turn = 0 if span.chord.name != player.chord or k == 0 else turn + 1
        player.chord = span.chord.name
        pitch = player.near(_ground(span.chord)) if turn % 2 == 0 else _fifth(player, span.chord)
        last = frame.beats[-1]
        if k + 1 == len(hits) and _moves(span.chord, after) and span.start < last.start and player.chance.random() < 0.4:
            out.append(player.play(Span(span.start, last.start), pitch, 88))
            out.append(player.play(last, _approach(player, span.chord, after), 78))
        else:
            out.append(player.play(span, pitch, 88 if turn % 2 == 0 else 80))
    return out


def _moves(chord: Chord | None, after: Chord | None) -> bool:
    return chord is not None and after is not None and _ground(chord) != _ground(after)


def _approach(player: Player, chord: Chord, after: Chord | None) -> int:
    """A note a step away from where the next root will be: of the chord if there is one, else of the scale or just below."""
    assert after is not None
    goal = player.near(_ground(after))
    inside = [p for p in (goal - 2, goal - 1, goal + 1, goal + 2) if p % 12 in player.key.scale]
    ways = [p for p in (*inside, goal - 1) if LOW <= p <= HIGH and p != player.at and abs(p - player.at) <= 9]
    ways = [p for p in ways if p % 12 in chord.classes] or ways
    return player.chance.choice(ways) if ways else max(LOW, goal - 1)


def _waltz(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """One note on the first beat: the root, and in the next bar of the same chord the fifth. Sometimes a step onwards."""
    out: list[Note] = []
    for k, span in enumerate(frame.chords):
        assert span.chord is not None
        player.since = player.since + 1 if span.chord.name == player.chord and k == 0 else 0
        player.chord = span.chord.name
        pitch = player.near(_ground(span.chord)) if player.since % 2 == 0 else _fifth(player, span.chord)
        last = frame.beats[-1]
        step = span is frame.chords[-1] and _moves(span.chord, after) and player.chance.random() < 0.45
        if step and span.start < last.start:
            out.append(player.play(Span(span.start, last.start), pitch, 88))
            out.append(player.play(last, _approach(player, span.chord, after), 76))
        else:
            out.append(player.play(span, pitch, 88))
    return out


def _walking(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """A note a beat: the root where a chord begins, a step into the next root before it changes, and a path between."""
    beats = [half for beat in frame.beats for half in (halves(beat) if beat.length == 2 * QUARTER else (beat,))]
    beats = [_with_chord(frame, beat) for beat in beats]
    beats = [beat for beat in beats if beat.chord]
    out: list[Note] = []
    for k, beat in enumerate(beats):
        chord, then = beat.chord, beats[k + 1].chord if k + 1 < len(beats) else after
        assert chord is not None
        if chord.name != player.chord:
            pitch = player.near(_ground(chord))
        elif _moves(chord, then):
            pitch = _approach(player, chord, then)
        else:
            pitch = _on_the_way(player, chord, strong=beat.strong)
        player.chord = chord.name
        out.append(player.play(beat, pitch, 88 if beat.strong else 80))
    return out


def _with_chord(frame: Frame, beat: Span) -> Span:
    """The chord that begins inside a beat counts for the whole of it."""
    own = [span.chord for span in frame.chords if span.start < beat.end and span.end > beat.start]
    return Span(beat.start, beat.end, own[-1] if own else None, beat.strong)


def _on_the_way(player: Player, chord: Chord, *, strong: bool) -> int:
    """Within a fourth of the hand, never the same note: chord tones above all on strong beats, else notes of the scale."""
    ways = [p for p in range(max(LOW, player.at - 5), min(HIGH, player.at + 5) + 1) if p != player.at]
    ways = [p for p in ways if p % 12 in chord.classes or (not strong and p % 12 in player.key.scale)]
    weights = [
        (3.0 if p % 12 in chord.classes else 1.0) * (1.5 if abs(p - CENTRE) < abs(player.at - CENTRE) else 1.0) for p in ways
    ]
    return player.chance.choices(ways, weights)[0] if ways else player.near(_ground(chord))


def _pedal(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """The tonic under everything: held, on the strong beats, or on every beat."""
    home = LOW + (player.key.pitch_class - LOW) % 12
    beats = [b for b in frame.beats if b.strong or player.lean == 2] if player.lean else list(frame.beats[:1])
    ends = [*(b.start for b in beats[1:]), frame.end]
    return [player.play(Span(b.start, e), home, 84 if b.strong else 72) for b, e in zip(beats, ends, strict=True)]


def _broken(player: Player, frame: Frame, after: Chord | None) -> list[Note]:
    """Root, fifth, octave and the like on the parts of each beat, beginning again with each chord."""
    out: list[Note] = []
    for span in frame.chords:
        assert span.chord is not None
        root = player.near(_ground(span.chord))
        third, fifth = (_above(root, c) for c in span.chord.classes[1:3])
        if root + 12 <= HIGH:
            way = ((root, fifth, root + 12, fifth), (root, third, fifth, third), (root, fifth, root + 12))[player.lean]
        else:  # no room for the octave: the fifth below
            low = fifth - 12 if fifth > root else fifth
            way = ((root, low, root, low), (root, third, root, low), (root, low, root))[player.lean]
        parts = [p for beat in frame.beats for p in halves(beat)]
        starts = sorted({p.start for p in parts if span.start <= p.start < span.end} | {span.start})
        ends = [*starts[1:], span.end]
        for k, (a, b) in enumerate(zip(starts, ends, strict=True)):
            out.append(player.play(Span(a, b), way[k % len(way)], 86 if k == 0 else 74))
    return out


def _above(root: int, pitch: int) -> int:
    found = root + (pitch - root) % 12
    return found if found <= HIGH else found - 12


Style = Callable[[Player, Frame, Chord | None], list[Note]]
QUARTER = Meter(count=1, unit=4).length
STYLES: dict[str, Style] = {
    "roots": _roots, "root-fifth": _two_beat, "waltz": _waltz, "walking": _walking, "pedal": _pedal, "arpeggio": _broken,
}  # fmt: skip
