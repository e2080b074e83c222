"""The embedded model plays every ask, and what it hands over is what was asked."""

import threading
from fractions import Fraction as F
from typing import Any

import pytest

from studio.core.errors import LoadFailed, Refused
from studio.core.event import Offer
from studio.music.ask import AnswerAsk, BlendAsk, ContinueAsk, FillAsk, MelodyAsk, RedoAsk, SketchAsk, VaryAsk
from studio.music.check import bar_notes
from studio.music.engines import melody as runtime
from studio.music.theory import Key, Meter
from studio.music.tune import Tune
from tests.bench.melody import card, engine
from tests.tunes import jig, waltz

DORIAN = Key(tonic="D", mode="dorian")


def offers(ask: MelodyAsk) -> list[Offer]:
    return [event for event in engine().run(ask, threading.Event()) if isinstance(event, Offer)]


def made(ask: MelodyAsk) -> list[Tune]:
    return [Tune.loads(offer.things[0].body) for offer in offers(ask)]


@pytest.fixture(scope="module")
def tune() -> Tune:
    return made(SketchAsk(key=DORIAN, meter=Meter(count=6, unit=8), bars=16, form="AABB", n=1, seed=4))[0]


def broken(offer: Offer) -> list[Any]:
    return [line for line in offer.facts["report"] if not line["kept"]]


def test_a_sketch_is_what_was_asked_and_says_why_it_is_so() -> None:
    for offer in offers(SketchAsk(key=DORIAN, meter=Meter(count=6, unit=8), bars=16, form="AABA", pickup=F(1, 8), n=4, seed=9)):
        assert not broken(offer)
        assert offer.facts["reasons"]
        assert 0 <= offer.facts["near"]["share"] <= 1


def test_takes_are_different_tunes() -> None:
    assert len({tune.dumps() for tune in made(SketchAsk(n=8, seed=1))}) == 8


def test_continuing_leaves_what_was_there(tune: Tune) -> None:
    for longer in made(ContinueAsk(tune=tune, bars=8, n=2, seed=2)):
        assert len(longer.bars) == 24
        assert all(bar_notes(longer, i) == bar_notes(tune, i) for i in range(15))
        assert longer.key.degree(longer.melody.notes[-1].pitch) == 0


def test_bars_written_anew_differ_and_all_others_are_identical(tune: Tune) -> None:
    for new in made(RedoAsk(tune=tune, bars=(2, 3, 9), n=4, seed=3)):
        differing = [i for i in range(16) if bar_notes(new, i) != bar_notes(tune, i)]
        assert differing == [2, 3, 9]


def test_a_stronger_variation_touches_more_bars(tune: Tune) -> None:
    def touched(strength: float) -> float:
        takes = made(VaryAsk(tune=tune, strength=strength, n=3, seed=5))
        return sum(bar_notes(take, i) != bar_notes(tune, i) for take in takes for i in range(16)) / len(takes)

    assert 0 < touched(0.2) < touched(0.5) < touched(1.0) <= 16


def test_bars_are_filled_in_between(tune: Tune) -> None:
    new = made(FillAsk(tune=tune, after=7, bars=2, n=1))[0]
    assert len(new.bars) == 18
    assert [bar_notes(new, i) for i in range(8)] == [bar_notes(tune, i) for i in range(8)]
    assert [bar_notes(new, i + 2) for i in range(8, 16)] == [bar_notes(tune, i) for i in range(8, 16)]


def test_an_answer_is_as_long_as_its_call_and_comes_home() -> None:
    call = made(SketchAsk(key=DORIAN, bars=2, form="A", n=1, cadences=False))[0]
    for rhythm in (False, True):
        both = made(AnswerAsk(tune=call, rhythm=rhythm, n=1, seed=8))[0]
        assert len(both.bars) == 4
        assert [bar_notes(both, i) for i in (0, 1)] == [bar_notes(call, i) for i in (0, 1)]
        assert both.key.degree(both.melody.notes[-1].pitch) == 0
        if rhythm:
            assert [span[:2] for span in bar_notes(both, 2)] == [span[:2] for span in bar_notes(call, 0)]


def test_a_blend_goes_from_one_to_the_other(tune: Tune) -> None:
    other = made(SketchAsk(key=Key(tonic="G"), meter=Meter(count=6, unit=8), bars=16, form="AB", n=1, seed=77))[0]
    found = offers(BlendAsk(tune=tune, other=other, steps=3, n=3, seed=1))
    assert [offer.facts["share"] for offer in found] == [0.25, 0.5, 0.75]
    assert all(Tune.loads(offer.things[0].body).key == tune.key for offer in found)


def test_other_voices_and_chords_stay_as_they_are() -> None:
    before = waltz()
    after = made(RedoAsk(tune=before, bars=(1,), n=1, low=55, high=79))[0]
    assert after.voices[1:] == before.voices[1:]
    with_chords = made(RedoAsk(tune=jig(), bars=(2,), n=1, low=55, high=79))[0]
    assert with_chords.chords == jig().chords


def test_chords_and_loudness_of_kept_bars_stay(tune: Tune) -> None:
    """A melody with second notes and accents, as people draw and import them."""
    drawn = [n.changed(velocity=60 + i % 50) for i, n in enumerate(tune.melody.notes)]
    drawn += [n.changed(pitch=n.pitch - 4) for n in drawn[::3]]
    before = tune.with_melody(sorted(drawn, key=lambda n: (n.start, n.pitch)))
    for offer in offers(RedoAsk(tune=before, bars=(2, 9), n=2, seed=3)):
        after = Tune.loads(offer.things[0].body)
        assert not broken(offer)
        start, end = before.starts[3], before.starts[9]
        inside = [n for n in before.melody.notes if start <= n.start and n.end <= end]
        assert [n for n in after.melody.notes if start <= n.start and n.end <= end] == inside
    assert offers(ContinueAsk(tune=before, bars=4, n=1))
    assert offers(VaryAsk(tune=before, n=1))


def test_what_is_asked_in_vain_is_refused_with_a_sentence(tune: Tune) -> None:
    silent = tune.with_melody(())
    rest = tune.with_melody(note for note in tune.melody.notes if note.end <= tune.starts[1] or note.start >= tune.starts[2])
    for ask, said in (
        (RedoAsk(tune=tune, bars=(99,)), "There is no bar 100"),
        (RedoAsk(tune=rest, bars=(1,), locks=({"bar": 1, "what": "rhythm"},)), "nothing in it to lock"),  # type: ignore[arg-type]
        (VaryAsk(tune=silent), "no notes yet"),
        (FillAsk(tune=tune, after=15), "has no bar after it"),
        (BlendAsk(tune=tune, other=waltz()), "Blend tunes of the same meter"),
    ):
        with pytest.raises(Refused, match=said):
            offers(ask)


def test_a_stopped_sketch_keeps_whole_bars_only() -> None:
    stop = threading.Event()
    found = []
    for event in engine().run(SketchAsk(bars=32, form="AB", n=2, seed=6), stop):
        if event.kind == "preview":
            stop.set()
        if isinstance(event, Offer):
            found.append(event)
    assert found
    assert all(offer.partial for offer in found)


def test_a_model_with_other_symbols_is_not_loaded(tmp_path: Any) -> None:
    from studio.core.engine import Place

    (tmp_path / "symbols.json").write_text('["pad"]')
    with pytest.raises(LoadFailed, match="trained on other symbols"):
        runtime.load(card(), tmp_path, Place(device="cpu", threads=1, memory=1 << 30))
    with pytest.raises(LoadFailed, match="no readable symbols"):
        runtime.load(card(), tmp_path / "nowhere", Place(device="cpu", threads=1, memory=1 << 30))
