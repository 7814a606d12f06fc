"""Paired differences: against SciPy, against published numbers, and by simulation where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from siege_sim.analysis.comparison.paired import (
    FIRST_LOOK,
    half_widths,
    interval_of_mean,
    interval_of_shares,
    mean_difference,
    next_look,
    share_difference,
    unpaired_runs,
)

EXPERIMENTS = 3000


def correlated(
    rng: np.random.Generator, pairs: int, correlation: float, effect: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers with variance 1 without and with an effect; the pairs share some of their luck."""
    luck, one, other = rng.normal(size=(3, pairs))
    shared, own = np.sqrt(correlation), np.sqrt(1.0 - correlation)
    return shared * luck + own * one, shared * luck + own * other + effect


@given(arrays(float, st.integers(2, 40), elements=st.integers(-1000, 1000)), st.integers(0, 2**32 - 1))
def test_the_interval_of_a_mean_is_that_of_the_paired_t_test(before, seed):
    after = before + np.random.default_rng(seed).normal(size=before.size)
    expected = stats.ttest_rel(after, before).confidence_interval(0.95)
    found = mean_difference(before, after)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6, abs=1e-9)


def test_pairs_in_which_a_run_has_no_number_are_left_out():
    before, after = np.array([1.0, 2.0, np.nan, 4.0, np.nan]), np.array([2.0, np.nan, 3.0, 7.0, np.nan])
    found = mean_difference(before, after)
    assert (found.pairs, found.before, found.after, found.middle) == (2, 2.5, 4.5, 2.0)
    assert mean_difference(before, np.full(5, np.nan)).pairs == 0


def test_one_pair_has_a_difference_and_no_interval():
    found = mean_difference(np.array([3.0]), np.array([5.0]))
    assert (found.middle, found.low, found.unpaired, found.clear) == (2.0, None, None, False)
    assert found.width == np.inf


def test_runs_that_are_all_the_same_differ_by_nothing_for_sure():
    found = mean_difference(np.arange(9.0), np.arange(9.0))
    assert (found.low, found.high, found.lower, found.higher, found.unpaired) == (0.0, 0.0, 0.0, 0.0, None)
    assert not found.clear


def test_columns_have_the_interval_of_what_is_known_in_them():
    gaps = np.random.default_rng(3).normal(size=(12, 5))
    gaps[:4, 1] = gaps[:11, 2] = gaps[:, 3] = np.nan
    widths = half_widths(gaps)
    for column in (0, 1, 4):
        known = gaps[np.isfinite(gaps[:, column]), column]
        low, high = interval_of_mean(known)
        assert widths[column] == pytest.approx((high - low) / 2)
    assert np.isnan(widths[[2, 3]]).all()


def test_the_interval_of_two_shares_is_the_published_one():
    """Airway hyper-responsiveness before and after a transplantation, 21 children (Fagerland and others 2014)."""
    before = np.array([True] * 1 + [True] * 1 + [False] * 7 + [False] * 12)
    after = np.array([True] * 1 + [False] * 1 + [True] * 7 + [False] * 12)
    found = share_difference(after, before)
    assert (found.low, found.high) == pytest.approx((-0.508, -0.013), abs=0.0006)
    assert (found.lower, found.higher) == pytest.approx((7 / 21, 1 / 21))


def test_shares_that_never_differed_may_still_differ_a_little():
    found = share_difference(np.zeros(40, bool), np.zeros(40, bool))
    assert found.middle == 0.0
    assert -0.1 < found.low < 0.0 < found.high < 0.1


@pytest.mark.parametrize("pairs", [5, 20, 100])
def test_nineteen_of_twenty_intervals_hold_the_mean(pairs):
    rng = np.random.default_rng(pairs)
    held = 0
    for _ in range(EXPERIMENTS):
        found = mean_difference(*correlated(rng, pairs, correlation=0.7, effect=0.3))
        held += found.low <= 0.3 <= found.high
    assert held / EXPERIMENTS == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("gained", "lost"), [(0.2, 0.1), (0.05, 0.0), (0.01, 0.01), (0.9, 0.05)])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say_or_more(gained, lost):
    rng = np.random.default_rng(7)
    draws = rng.choice([1.0, -1.0, 0.0], size=(EXPERIMENTS, 40), p=[gained, lost, 1.0 - gained - lost])
    intervals = np.array([interval_of_shares(gaps) for gaps in draws])
    held = (intervals[:, 0] <= gained - lost) & (gained - lost <= intervals[:, 1])
    assert held.mean() > 0.935


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_unpaired_runs_follow_from_how_alike_the_pairs_are(correlation):
    before, after = correlated(np.random.default_rng(1), 50_000, correlation, effect=5.0)
    assert unpaired_runs(before, after) / 50_000 == pytest.approx(1.0 / (1.0 - correlation), rel=0.03)


def test_so_many_unpaired_runs_are_as_precise_as_the_pairs():
    rng = np.random.default_rng(2)
    unpaired = round(unpaired_runs(*correlated(rng, 20_000, 0.8, 0.0)) / 20_000 * 10)
    paired_means = [np.subtract(*correlated(rng, 10, 0.8, 0.0)).mean() for _ in range(4000)]
    apart_means = [rng.normal(size=unpaired).mean() - rng.normal(size=unpaired).mean() for _ in range(4000)]
    assert np.std(apart_means) == pytest.approx(np.std(paired_means), rel=0.06)


@given(st.integers(2, 10_000), st.floats(1.0001, 1e6), st.integers(1, 20_000))
def test_the_next_look_is_later_but_not_far_and_never_beyond_what_is_allowed(pairs, width, further):
    following = next_look(pairs, width, 1.0, pairs + further)
    assert pairs < following <= min(2 * pairs, pairs + further)


def added_until(rng: np.random.Generator, wanted: float) -> tuple[int, float, float]:
    """Add pairs as the command does; the truth is 0. Return pairs and ends of the interval."""
    gaps, pairs = rng.normal(size=2000), FIRST_LOOK
    while True:
        low, high = interval_of_mean(gaps[:pairs])
        if high - low <= wanted:
            return pairs, low, high
        pairs = next_look(pairs, high - low, wanted, gaps.size)


@pytest.mark.parametrize("needed", [25, 60, 200])
def test_adding_until_an_interval_is_narrow_costs_little_of_its_honesty(needed):
    rng, wanted = np.random.default_rng(needed), 2 * 1.96 / np.sqrt(needed)
    found = np.array([added_until(rng, wanted) for _ in range(EXPERIMENTS)])
    assert ((found[:, 1] <= 0.0) & (found[:, 2] >= 0.0)).mean() > 0.935
    assert needed <= found[:, 0].mean() < 1.3 * needed + 10
