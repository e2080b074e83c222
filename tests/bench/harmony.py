"""The figures of harmony and accompaniment. Agreement with hymns and fit under held-out tunes were recorded when the model
was made, because the corpus is not part of the studio; TANDEM_CORPUS=<folder> takes them anew (about a minute).
"""

import json
import os
import statistics
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.core.engine import Place
from studio.core.event import Offer
from studio.music.accompany import accompany, styles_for
from studio.music.ask import HarmoniseAsk
from studio.music.engines import harmony as runtime
from studio.music.harmony.complete import with_chords
from studio.music.harmony.scores import FOLDER, load
from studio.music.tune import Tune, plain_bars
from studio.registry.catalog import SHIPPED, read_catalog
from tests.bench.figure import Figure, Measured
from tests.folk import A_DORIAN, A_MINOR, A_MIXOLYDIAN, D_JIG
from tests.tunes import seeded

FOLK = (D_JIG, A_DORIAN, A_MIXOLYDIAN, A_MINOR)
FASTEST = 1.0  # seconds for three readings of 32 bars: before a person looks up


@lru_cache(maxsize=1)
def recorded() -> tuple[dict[str, Any], str]:
    """The metrics, and where they come from."""
    corpus = os.environ.get("TANDEM_CORPUS")
    if not corpus:
        return json.loads((FOLDER / "metrics.json").read_text("utf-8")), "recorded at training"
    from studio.training.harmony_figures import chord_fit, gain, measure
    from studio.training.hymns import read_hymns
    from studio.training.tunes import lessons

    hymns = read_hymns(Path(corpus) / "chorales-heldout.jsonl.xz")
    tunes = [lesson.tune for lesson in lessons(Path(corpus) / "heldout.jsonl.xz")[0]]
    found = {
        "held_out": measure(hymns, load()),
        "network_over_counted": gain(hymns, load()),
        "first_beats": chord_fit(tunes, hymns),
        "hymns_held_out": len(hymns),
    }
    return found, "measured now"


def agreement() -> Measured:
    got, whence = recorded()
    network, counted = (got["held_out"][m]["triad"] for m in ("network", "counted"))
    better = got["network_over_counted"]
    said = f"network {network:.1%}, counting {counted:.1%} of {got['held_out']['network']['slots']} half bars in {got['hymns_held_out']} hymns"
    said += f": {better['points']} points (95 of 100 redraws: {better['low']} to {better['high']}); {whence}"
    return Measured(said, network > counted, {**got["held_out"], "gain": better})


def fit() -> Measured:
    got, whence = recorded()
    beats = got["first_beats"]
    own = beats["hymns' own"]
    said = ", ".join(f"{name} {row['tones']:.1%} chord tones, {row['fit']:.1%} with tensions" for name, row in beats.items())
    holds = beats["plain"]["tones"] >= own["tones"] - 0.02 and all(row["fit"] >= own["fit"] - 0.02 for row in beats.values())
    return Measured(f"{said}; {whence}", holds, beats)


def folk() -> Measured:
    """Measured every time: four tunes in twelve keys, through the engine."""
    from studio.music.tune import moved

    good = count = home = 0
    for tune in FOLK:
        for step in range(12):
            there = moved(tune, step)
            for offer in _offers(HarmoniseAsk(tune=there)):
                good, count = good + offer.facts["fit"][0], count + offer.facts["fit"][1]
                home += offer.facts["reasons"][-1][1].startswith(there.key.tonic)
    asked = len(FOLK) * 12 * 3
    said = f"{good / count:.1%} of {count} first beats fit, {home} of {asked} end on the tonic chord"
    return Measured(said, good / count >= 0.95 and home == asked, {"good": good, "count": count, "home": home})


def speed() -> Measured:
    tune = _long()
    took = []
    for seed in range(8):
        started = time.perf_counter()
        assert len(_offers(HarmoniseAsk(tune=tune, seed=seed))) == 3
        took.append(time.perf_counter() - started)
    said = f"{statistics.median(took[1:]):.2f} s (median of 7), slowest {max(took[1:]):.2f} s"
    return Measured(said, max(took[1:]) < FASTEST, {"seconds": [round(t, 3) for t in took]})


def parts() -> Measured:
    """Bass, drums and chords in every style for 100 tunes of ten meters, upbeats, short bars and triplets among them."""
    wrong, made = [], 0
    for seed in range(100):
        tune = with_chords(seeded(seed, wild=seed % 2 == 1))
        for part, styles in styles_for(tune.meter).items():
            for style in styles:
                voice = accompany(tune, part, style, seed)
                made += 1
                inside = all(_in_one_bar(tune, note.start, note.end) for note in voice.notes)
                low = part != "bass" or all(28 <= note.pitch <= 52 for note in voice.notes)
                if not inside or not low or accompany(tune, part, style, seed) != voice:
                    wrong.append(f"{seed} {part} {style}")
    return Measured(f"{made - len(wrong)} of {made} parts", not wrong, {"wrong": wrong})


def _in_one_bar(tune: Tune, start: Any, end: Any) -> bool:
    bar = max(i for i, at in enumerate(tune.starts[:-1]) if at <= start)
    return bool(end <= tune.starts[bar + 1])


def _long() -> Tune:
    """32 bars: the eight bars in A minor four times."""
    notes = tuple(note.changed(start=note.start + 8 * k) for k in range(4) for note in A_MINOR.melody.notes)
    return A_MINOR.changed(bars=plain_bars(A_MINOR.meter, 32)).with_melody(notes)


@lru_cache(maxsize=1)
def _engine() -> runtime.HarmonyEngine:
    card = next(card for card in read_catalog(SHIPPED)[0] if card.id == "harmony-mini")
    return runtime.load(card, FOLDER, Place(device="cpu", threads=1, memory=1 << 30))


def _offers(ask: HarmoniseAsk) -> list[Offer]:
    return [event for event in _engine().run(ask, threading.Event()) if isinstance(event, Offer)]


FIGURES = (
    Figure("harmony", "the shipped harmoniser agrees with held-out hymns more often than counting does", agreement),
    Figure("harmony-fit", "first beats of held-out tunes: within 2 points of hymns under their own chords", fit),
    Figure("harmony-folk", "folk tunes in all keys: 95 % of first beats fit, all end on the tonic chord", folk),
    Figure("harmony-speed", f"three readings of 32 bars in under {FASTEST:g} s", speed),
    Figure("parts", "every part inside its bars and its range, the same from the same seed", parts),
)
