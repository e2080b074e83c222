"""Choosing the next piece: what each setting leaves over, checked against plain definitions, and how often what is chosen."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.writing.model import REPEAT_WITHIN, Samplers
from studio.writing.sampling import Repetition, _candidates, _without_top, chance, choose
from studio.writing.stops import cut

OFF = Samplers(temperature=1.0, min_p=0.0)
scores_of = st.lists(st.integers(-800, 800).map(lambda n: n / 100), min_size=1, max_size=60).map(
    lambda s: np.array(s, np.float32)
)


def kept(scores: np.ndarray, **told: float) -> set[int]:
    return {int(i) for i in _candidates(scores, OFF.changed(**told))}


def chances(scores: np.ndarray) -> np.ndarray:
    wide = np.exp(scores.astype(np.float64) - scores.max())
    return wide / wide.sum()


@given(scores_of, st.floats(0.01, 1.0))
def test_min_p_keeps_what_is_likely_enough_beside_the_best(scores: np.ndarray, least: float) -> None:
    all_of_it = chances(scores)
    clear = np.abs(all_of_it / all_of_it.max() - least) > 1e-6
    found = kept(scores, min_p=least)
    for i in np.flatnonzero(clear):
        assert (int(i) in found) == (all_of_it[i] >= least * all_of_it.max())


@given(scores_of, st.floats(0.05, 0.99))
def test_top_p_keeps_the_fewest_that_hold_the_mass(scores: np.ndarray, mass: float) -> None:
    all_of_it, found = chances(scores), kept(scores, top_p=mass)
    held = sum(all_of_it[i] for i in found)
    least = min(all_of_it[i] for i in found)
    assert held >= mass - 1e-6
    assert held - least < mass + 1e-6, "one fewer would have done"
    assert all(all_of_it[i] <= least + 1e-9 for i in range(len(scores)) if i not in found)


@given(scores_of, st.floats(0.1, 4.0))
def test_top_n_sigma_keeps_what_is_near_the_best_score(scores: np.ndarray, n: float) -> None:
    edge = float(scores.max()) - n * float(scores.std(dtype=np.float64))
    found = kept(scores, top_n_sigma=n)
    for i, score in enumerate(scores):
        if abs(float(score) - edge) > 1e-4:
            assert (i in found) == (score > edge)
    assert kept(scores, top_n_sigma=0.0) == kept(scores, top_n_sigma=-1.0) == set(range(len(scores)))


@given(scores_of, st.floats(0.02, 0.5))
def test_xtc_leaves_only_the_least_likely_of_the_likely(scores: np.ndarray, threshold: float) -> None:
    everything = np.arange(len(scores))
    all_of_it = chances(scores)
    left = _without_top(scores, everything, threshold)
    likely = np.flatnonzero(all_of_it >= threshold)
    gone = set(range(len(scores))) - set(left.tolist())
    if len(likely) < 2:
        assert not gone
    else:
        assert gone < set(likely.tolist())
        assert len(gone) == len(likely) - 1
        (stayed,) = set(likely.tolist()) - gone
        assert all_of_it[stayed] == all_of_it[likely].min()


def test_a_large_vocabulary_is_cut_the_same_as_when_all_is_sorted() -> None:
    scores = np.random.default_rng(3).normal(0, 1.5, 30_000).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    for mass in (0.02, 0.3, 0.9, 0.999):
        count = int(np.searchsorted(np.cumsum(chances(scores)[order]), mass)) + 1
        assert len(kept(scores, top_p=mass)) == pytest.approx(count, abs=1)


def test_pieces_are_chosen_as_often_as_they_are_likely() -> None:
    scores = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
    rolls = chance(5)
    often = np.bincount([choose(scores, OFF, rolls) for _ in range(10_000)], minlength=4) / 10_000
    assert often == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.02)
    flat = np.bincount([choose(scores, OFF.changed(temperature=1e6), rolls) for _ in range(8000)], minlength=4) / 8000
    assert flat == pytest.approx([0.25] * 4, abs=0.02)


def test_xtc_comes_as_often_as_it_is_told() -> None:
    scores = np.log(np.array([0.6, 0.4], np.float32))
    rolls, told = chance(1), OFF.changed(xtc_probability=0.3, xtc_threshold=0.1)
    first = sum(choose(scores, told, rolls) == 0 for _ in range(10_000)) / 10_000
    assert first == pytest.approx(0.7 * 0.6, abs=0.02)
    assert choose(scores, told.changed(xtc_probability=1.0, xtc_threshold=0.6), chance(3)) in (0, 1)


@given(scores_of, st.integers(0, 2**63 - 1), st.floats(0.0, 3.0), st.floats(0, 1), st.floats(0.01, 1), st.floats(0, 1))
@settings(max_examples=100)
def test_what_is_never_to_come_never_comes(
    scores: np.ndarray, seed: int, heat: float, min_p: float, top_p: float, xtc: float
) -> None:
    barred = scores.copy()
    barred[len(scores) // 2 :] = -math.inf
    if len(scores) > 1:
        told = Samplers(temperature=heat, min_p=min_p, top_p=top_p, xtc_probability=xtc, top_n_sigma=1.0)
        assert choose(barred, told, chance(seed)) < len(scores) // 2 or len(scores) == 1
        assert choose(barred, told, chance(seed)) == choose(barred, told, chance(seed))


def test_every_step_takes_two_numbers_whatever_is_set() -> None:
    scores = np.zeros(8, np.float32)
    one, other = chance(9), chance(9)
    choose(scores, OFF, one)
    choose(scores, OFF.changed(temperature=0.0, xtc_probability=1.0, top_p=0.5), other)
    assert one.random() == other.random()


def penalties(said: list[int], breaks: set[int], allowed: int) -> dict[int, int]:
    """By the definition: for every piece that may come, the longest run before it that is also at the end."""
    out: dict[int, int] = {}
    for at in range(1, len(said)):
        length = 0
        while length < at and said[at - 1 - length] == said[-1 - length] and said[-1 - length] not in breaks:
            length += 1
        if length >= allowed:
            out[said[at]] = max(out.get(said[at], 0), length)
    return out


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=40),
    st.integers(0, 40),
    st.sets(st.integers(0, 4), max_size=2),
    st.integers(1, 4),
)
@settings(max_examples=150)
def test_dry_weakens_what_would_go_on_with_a_repetition(said: list[int], told: int, breaks: set[int], allowed: int) -> None:
    set_to = OFF.changed(dry_multiplier=0.5, dry_base=1.5, dry_allowed=allowed)
    dry = Repetition(set_to, said[:told], len(said), breaks.__contains__)
    for piece in said[told:]:
        dry.add(piece)
    scores = np.zeros(5, np.float32)
    dry.weaken(scores)
    expected = np.zeros(5)
    for piece, length in penalties(said, breaks, allowed).items():
        expected[piece] = -0.5 * 1.5 ** (length - allowed)
    assert scores == pytest.approx(expected, rel=1e-4)


@given(st.text("abc", max_size=12), st.lists(st.text("abc", max_size=3), max_size=3))
def test_a_growing_text_never_shows_a_stop_nor_takes_anything_back(text: str, stops: list[str]) -> None:
    real = [stop for stop in stops if stop]
    first = min((text.find(stop) for stop in real if stop in text), default=None)
    shown = ""
    for end in range(len(text) + 1):
        now, ended = cut(text[:end], stops)
        assert now.startswith(shown)
        assert not any(stop in now for stop in real)
        shown = now
        if ended:
            break
    if first is None:
        assert not ended
        assert text.startswith(shown)
        assert not real or len(text) - len(shown) < max(map(len, real))
    elif all(len(stop) == len(real[0]) for stop in real):
        assert shown == text[:first]


def test_a_piece_that_came_up_not_long_ago_is_weakened_whatever_its_sign() -> None:
    scores = np.array([4.0, -4.0, 4.0, -4.0], np.float32)
    dry = Repetition(Samplers(repeat_penalty=2.0), [0, 1], 4, lambda piece: False)
    dry.weaken(scores)
    assert scores.tolist() == [2.0, -8.0, 4.0, -4.0]
    dry.add(2)
    dry.weaken(scores)
    assert scores.tolist() == [1.0, -16.0, 2.0, -4.0]


def test_what_was_said_long_ago_is_forgotten() -> None:
    scores = np.array([4.0, 4.0], np.float32)
    Repetition(Samplers(repeat_penalty=2.0), [0, *[1] * REPEAT_WITHIN], 4, lambda piece: False).weaken(scores)
    assert scores.tolist() == [4.0, 2.0]
