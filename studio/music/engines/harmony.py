"""Runtime `harmony`: chords under a tune in three readings, and bass, drums and chord parts by rule. In numpy, no torch.

A card's folder holds config.json and model.safetensors. Nothing of an ask stays behind after its run; an offer is made
whole in well under a tenth of a second, so there is nothing partial to keep when it is stopped.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.core.ask import Ask
from studio.core.card import Card
from studio.core.engine import Place, Stop
from studio.core.errors import LoadFailed, Refused
from studio.core.event import Event, Offer, Progress, Thing
from studio.music.ask import AccompanyAsk, HarmoniseAsk
from studio.music.tune import Tune

PACKAGES: tuple[str, ...] = ("numpy", "safetensors")
TUNE_TYPE = "application/vnd.tandem.tune+json"


def versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"numpy": version("numpy")}


def load(card: Card, folder: Path, place: Place) -> "HarmonyEngine":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products this small are slower on two threads
    from studio.music.harmony import scores
    from studio.music.harmony.harmonise import default_method

    try:
        weights, method = scores.load(folder), default_method(folder)
    except (OSError, ValueError, KeyError) as error:
        raise LoadFailed(f"{card.title} is not complete. Get the model again.") from error
    needed = {"counted.transition", f"pull.{method}", "network.0.gru.weight_ih_l0"}
    if not needed <= set(weights):
        raise LoadFailed(f"{card.title} is not a harmoniser this studio can play. Get the one that goes with it.")
    return HarmonyEngine(folder)


class HarmonyEngine:
    slots = 2

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ask_types: dict[str, type[Ask]] = {"harmonise": HarmoniseAsk, "accompany": AccompanyAsk}

    def close(self) -> None:
        """The tables are shared by content and small."""

    def run(self, ask: Ask, stop: Stop) -> Iterator[Event]:
        if not isinstance(ask, HarmoniseAsk | AccompanyAsk):
            raise Refused("This model puts chords, bass and drums to a tune. Choose another one for this.")
        yield Progress(fraction=0.0)
        _check(ask)
        for i in range(ask.n):
            if stop.is_set():
                return
            yield self._harmonised(ask, i) if isinstance(ask, HarmoniseAsk) else self._accompanied(ask, i)
            yield Progress(fraction=(i + 1) / ask.n)

    def _harmonised(self, ask: HarmoniseAsk, i: int) -> Offer:
        from studio.music.harmony.harmonise import fits, harmonise

        turn, place = divmod(i, len(ask.readings))  # each round through the readings has a chance of its own
        keep = {chord.start: chord for chord in ask.keep}
        seed = ask.seed_of(turn)
        harmony = harmonise(ask.tune, ask.readings[place], seed=seed, keep=keep, folder=self._folder)
        why = [[str(c.start), c.name, reason] for c, reason in zip(harmony.chords, harmony.reasons, strict=True)]
        facts = {"reading": harmony.reading, "reasons": why, "fit": list(fits(ask.tune, harmony))}
        names = " ".join(chord.name for chord in harmony.chords[:8])
        return _offer(ask, i, ask.tune.changed(chords=harmony.chords), f"{harmony.reading}: {names}", facts)

    def _accompanied(self, ask: AccompanyAsk, i: int) -> Offer:
        from studio.music.accompany import accompany, styles_for, with_voice
        from studio.music.accompany.words import tell
        from studio.music.harmony.complete import with_chords

        styles = styles_for(ask.tune.meter)[ask.part]
        style = ask.style or styles[i % len(styles)]
        tune = ask.tune if ask.part == "drums" else with_chords(ask.tune, self._folder)
        voice = accompany(tune, ask.part, style, ask.seed_of(i))
        facts = {"style": style, "reasons": list(tell(tune, ask.part, style, voice))}
        return _offer(ask, i, with_voice(tune, voice), f"{ask.part}: {style}, {len(voice.notes)} notes", facts)


def _check(ask: HarmoniseAsk | AccompanyAsk) -> None:
    if isinstance(ask, HarmoniseAsk):
        late = [chord.name for chord in ask.keep if chord.start >= ask.tune.length]
        if late:
            raise Refused(f"The chord {late[0]} stands after the last bar. Keep only chords inside the tune.")
    if not ask.tune.melody.notes and not (isinstance(ask, AccompanyAsk) and (ask.tune.chords or ask.part == "drums")):
        raise Refused("This tune has no melody to put chords under. Write or sketch one first.")


def _offer(ask: HarmoniseAsk | AccompanyAsk, i: int, tune: Tune, summary: str, facts: dict[str, Any]) -> Offer:
    thing = Thing(name="body", media_type=TUNE_TYPE, body=tune.dumps())
    return Offer(index=i, seed=ask.seed_of(i), things=(thing,), summary=summary, facts=facts)
