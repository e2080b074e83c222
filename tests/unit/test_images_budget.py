"""The time budget: what was seen becomes a prediction, seconds become steps, and a spoilt file is measured anew."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.images.budget import KEPT, Seen, Timing, Timings, duration, plan

times = st.floats(1e-4, 5)


def facts(step: float, batch: int = 1, size: tuple[int, int] = (128, 128), words: float = 0.1, decode: float = 0.2) -> dict[str, object]:
    return {"size": list(size), "steps": 4, "seconds": {"words": words, "step": step, "decode": decode, "batch": batch}}


def timing(*seen: tuple[float, int]) -> Timing:
    return Timing(seen=tuple(Seen(words=0.1, step=step, decode=0.2, batch=batch) for step, batch in seen))


def test_what_was_measured_is_what_is_predicted() -> None:
    known = timing((0.5, 1), (1.1, 4), (0.5, 1), (99.0, 1))  # one run while the machine did something else
    assert known.step(1) == 0.5
    assert known.step(4) == 1.1
    assert known.seconds(4, 10) == pytest.approx(0.1 + 10 * 1.1 + 0.2, abs=0.06)
    assert known.seconds(6, 10) == pytest.approx(0.1 + 10 * (1.1 + 0.7) + 0.2 + known.decode(2), abs=0.06)  # 4 and then 2


@given(st.lists(st.tuples(times, st.integers(1, 8)), min_size=1, max_size=20), st.integers(1, 16), st.integers(1, 50))
def test_more_takes_longer_and_nothing_takes_no_time(seen: list[tuple[float, int]], n: int, steps: int) -> None:
    known = timing(*seen)
    assert known.seconds(n, steps + 1) > known.seconds(n, steps) > 0
    assert 1 <= known.batch <= 8


@given(st.lists(st.tuples(times, st.integers(1, 4)), min_size=1, max_size=6), st.floats(0.1, 60), st.integers(1, 16), st.integers(1, 4), st.integers(0, 40))
def test_a_plan_keeps_its_bounds(seen: list[tuple[float, int]], seconds: float, n: int, least: int, more: int) -> None:
    made = plan(timing(*seen), seconds, n, least, least + more)
    assert least <= made.steps <= least + more
    assert made.fits == (made.seconds <= seconds + 1e-3) or abs(made.seconds - seconds) < 2e-3
    if made.fits and made.steps < least + more:  # one more would not have gone in
        assert timing(*seen).seconds(n, made.steps + 1) > seconds
    if not made.fits:
        assert made.steps == least


def test_what_will_come_is_said_beforehand() -> None:
    known = timing((0.1, 1), (0.2, 2))
    assert plan(known, 5, 6, 2, 8).sentence == "6 pictures in about 5 s."
    assert plan(known, 9, 1, 2, 8).sentence == "1 picture in about 1.1 s."
    assert plan(known, 1, 6, 4, 8).sentence == "6 pictures will take about 3 s, more than the 1.0 s given; in 1.0 s there is time for 1."
    assert plan(Timing(), 1, 6, 4, 8).sentence == "How long this model takes on this machine is not known yet."
    assert [duration(s) for s in (0.01, 1.949, 3.6, 99, 130)] == ["0.1 s", "1.9 s", "4 s", "99 s", "2 min"]


def test_it_is_kept_by_model_device_and_size(tmp_path: Path) -> None:
    file = tmp_path / "new" / "timings.json"
    timings = Timings(file)
    assert timings.of("painter-mini", "cpu", (128, 128)) == Timing()
    for k in range(KEPT + 5):
        timings.learn("painter-mini", "cpu", facts(0.1 + k / 1000))
    timings.learn("painter-mini", "cuda", facts(0.01))
    again = Timings(file)
    assert len(again.of("painter-mini", "cpu", (128, 128)).seen) == KEPT
    assert again.of("painter-mini", "cpu", (128, 128)).step(1) == pytest.approx(0.1105)  # the middle of the newest
    assert again.of("painter-mini", "cuda", (128, 128)).step(1) == 0.01
    assert again.of("painter-mini", "cpu", (256, 256)).step(1) == pytest.approx(4 * 0.1105)  # four times the pixels
    timings.learn("painter-mini", "cpu", facts(7.0, size=(256, 256)))
    assert again.of("painter-mini", "cpu", (256, 256)).step(1) == 7.0
    assert again.of("painter-mini", "cpu", (0, 0)).step(1) == 7.0  # the model's own size: as it was seen last


def test_what_cannot_be_used_is_not_learned_and_a_spoilt_file_is_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "timings.json"
    timings = Timings(file)
    for wrong in ({}, {"seconds": {"step": -1}}, {"seconds": 3, "size": [1, 1]}, {**facts(0.1), "size": "128x128"}, {**facts(float("nan"))}):
        timings.learn("painter-mini", "cpu", wrong)
    assert not file.exists()
    for spoilt in (b"", b"[1]", b'{"a": 3}', b"\xff\xfe", b'{"painter-mini cpu 8x8": {"seen": [{"step": "x"}]}}'):
        file.write_bytes(spoilt)
        assert timings.of("painter-mini", "cpu", (8, 8)) == Timing()
        timings.learn("painter-mini", "cpu", facts(0.2))
        assert timings.of("painter-mini", "cpu", (128, 128)).step(1) == 0.2


def test_predictions_hold_on_a_machine_that_is_not_steady() -> None:
    """Fifty runs of an engine whose steps vary by a fifth and are now and then twice as slow."""
    chance, known, right = random.Random(1), timing((0.05, 1)), 0

    def took(batch: int, base: float) -> float:
        slow = 2.0 if chance.random() < 0.08 else 1.0
        return base * (0.35 + 0.65 * batch) * chance.uniform(0.8, 1.2) * slow

    for _ in range(50):
        n, steps = chance.randint(1, 6), chance.randint(2, 8)
        predicted, real, seen = known.seconds(n, steps), 0.05, None
        for at in range(0, n, 4):
            size = min(4, n - at)
            one = Seen(words=0.05, step=took(size, 0.05), decode=took(size, 0.1), batch=size)
            real, seen = real + one.words * (at == 0) + steps * one.step + one.decode, seen or one
        known = known.with_(seen)
        right += abs(predicted - real) <= 0.3 * real
    assert right >= 40
