"""Chance by inverted uniforms, against the distributions it claims to follow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import hazard

GRID = (np.arange(20_000) + 0.5) / 20_000
"""Evenly spaced uniforms: inverting them gives a distribution's exact frequencies."""


def test_probability_is_the_exponential_distribution_function():
    assert hazard.probability(0.0) == 0.0
    assert hazard.probability(math.log(2)) == pytest.approx(0.5)
    assert hazard.probability(0.1, days=10) == pytest.approx(1 - math.exp(-1))


def test_probability_of_two_half_days_is_that_of_one():
    once = hazard.probability(0.3)
    twice = 1 - (1 - hazard.probability(0.3, days=0.5)) ** 2
    assert once == pytest.approx(twice)


def test_binomial_has_the_textbook_frequencies():
    counts = np.bincount(hazard.binomial(GRID, 5, 0.3), minlength=6) / GRID.size
    expected = [math.comb(5, k) * 0.3**k * 0.7 ** (5 - k) for k in range(6)]
    assert counts == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(("trials", "chance"), [(1, 0.9), (40, 0.02), (40, 0.97), (3000, 0.4), (100_000, 0.999)])
def test_binomial_keeps_mean_and_variance(trials, chance):
    counts = hazard.binomial(GRID, trials, chance)
    assert counts.mean() == pytest.approx(trials * chance, rel=1e-3, abs=1e-2)
    assert counts.var() == pytest.approx(trials * chance * (1 - chance), rel=0.02, abs=1e-2)


@given(st.floats(0, 0.999999), st.integers(0, 500), st.floats(0, 1))
def test_binomial_stays_within_its_trials(luck, trials, chance):
    assert 0 <= hazard.binomial(luck, trials, chance) <= trials


@given(st.integers(0, 60), st.floats(0, 1), st.floats(0, 0.99), st.floats(0, 0.99))
def test_more_luck_never_means_fewer_successes(trials, chance, a, b):
    low, high = sorted((a, b))
    assert hazard.binomial(low, trials, chance) <= hazard.binomial(high, trials, chance)


@pytest.mark.parametrize("men", [30, 5000])
def test_two_fates_are_two_binomials_one_after_the_other(men):
    luck, rows, trials = np.random.default_rng(1).random((2, 40)), np.arange(5, 30), np.full(40, men)
    first, second = np.linspace(0.0, 1.0, 25), np.linspace(0.6, 0.4, 25)
    one, other = hazard.two_fates(luck, rows, trials, first, second)
    assert one.tolist() == hazard.binomial(luck[0, rows], trials[rows], first).tolist()
    assert other.tolist() == hazard.binomial(luck[1, rows], men - one, second).tolist()


@given(st.lists(st.floats(0, 0.999999), max_size=20), st.lists(st.sampled_from([0.0, 0.1, 3.0]), max_size=8))
def test_scattering_counts_the_choices_that_are_made_one_by_one(luck, weights):
    counts, expected = np.zeros(len(weights), dtype=np.int64), np.zeros(len(weights), dtype=np.int64)
    hazard.scatter(counts, np.array(luck), np.array(weights))
    if sum(weights) > 0.0:
        np.add.at(expected, hazard.categorical(luck, weights), 1)
    assert counts.tolist() == expected.tolist()


def test_binomial_at_certainty_and_impossibility():
    assert hazard.binomial([0.0, 0.5, 0.999], 7, 1.0).tolist() == [7, 7, 7]
    assert hazard.binomial([0.0, 0.5, 0.999], 7, 0.0).tolist() == [0, 0, 0]
    assert hazard.binomial([0.5, 0.5], 7, [1.5, -0.5]).tolist() == [7, 0], "what is beyond both counts as they do"
    assert hazard.binomial([0.0, 0.999], 0, 0.5).tolist() == [0, 0]


def test_poisson_has_the_textbook_frequencies():
    counts = np.array([hazard.poisson(u, 3.0) for u in GRID])
    expected = [math.exp(-3) * 3**k / math.factorial(k) for k in range(8)]
    assert np.bincount(counts)[:8] / GRID.size == pytest.approx(expected, abs=2e-4)


def test_negative_binomial_is_overdispersed_as_told():
    counts = np.array([hazard.negative_binomial(u, 20.0, 0.5) for u in GRID])
    assert counts.mean() == pytest.approx(20.0, rel=5e-3)
    assert counts.var() == pytest.approx(20.0 + 0.5 * 400.0, rel=0.03)


@pytest.mark.parametrize("dispersion", [0.0, 0.02])
def test_large_means_follow_the_normal_curve(dispersion):
    counts = np.array([hazard.negative_binomial(u, 2000.0, dispersion) for u in GRID])
    assert counts.mean() == pytest.approx(2000.0, rel=1e-3)
    assert counts.var() == pytest.approx(2000.0 + dispersion * 2000.0**2, rel=0.01)


def test_split_leaves_a_fresh_uniform_on_both_sides():
    happens, rest = hazard.split(GRID, 0.3)
    assert happens.mean() == pytest.approx(0.3)
    for side in (happens, ~happens):
        assert np.histogram(rest[side], bins=10, range=(0, 1))[0] == pytest.approx(side.sum() / 10, abs=2)


def test_unfolded_uniforms_are_even_and_uncorrelated():
    luck = np.random.default_rng(1).random(40_000)
    parts = np.array(hazard.unfold(luck, 3))
    assert parts.mean(axis=1) == pytest.approx([0.5] * 3, abs=0.01)
    assert np.abs(np.corrcoef(parts) - np.eye(3)).max() < 0.02


def test_unfolded_uniforms_are_even_where_the_number_itself_is_not():
    luck = 0.999 + 0.001 * np.random.default_rng(2).random(40_000)
    for part in hazard.unfold(luck, 4):
        assert np.histogram(part, bins=10, range=(0, 1))[0] == pytest.approx(np.full(10, 4000), rel=0.06)


def test_categorical_follows_the_weights_and_skips_zero():
    chosen = hazard.categorical(GRID, [1.0, 0.0, 3.0])
    assert np.bincount(chosen, minlength=3) / GRID.size == pytest.approx([0.25, 0.0, 0.75], abs=1e-4)
    assert hazard.categorical([0.9999999999999999], [1.0, 0.0]).tolist() == [0]


def test_categorical_refuses_nothing_to_choose_from():
    with pytest.raises(ValueError, match="no weight"):
        hazard.categorical([0.5], [0.0, 0.0])


def test_whole_keeps_the_mean():
    assert hazard.whole(GRID, np.full(GRID.size, 2.3)).mean() == pytest.approx(2.3, abs=1e-4)


@pytest.mark.parametrize(("mean", "dispersion"), [(3.0, 1.0), (40.0, 0.5), (300.0, 1.0), (300.0, 0.0), (2000.0, 1.0)])
def test_bursts_have_the_mean_and_spread_they_are_told(mean, dispersion):
    luck = np.random.default_rng(3).random(40_000)
    counts = np.array([hazard.bursts(u, mean, dispersion) for u in luck])
    assert counts.min() >= 0
    assert counts.mean() == pytest.approx(mean, rel=0.03)
    assert counts.var() == pytest.approx(mean + dispersion * mean**2, rel=0.25)


def test_bursts_have_days_of_ten_times_the_mean_where_a_negative_binomial_has_none():
    luck = np.random.default_rng(4).random(5_000)
    bursts = np.array([hazard.bursts(u, 300.0, 1.5) for u in luck])
    negative_binomial = np.array([hazard.negative_binomial(u, 300.0, 1.5) for u in luck])
    assert (bursts > 3000).sum() > (negative_binomial > 3000).sum()
    assert hazard.bursts(0.5, 0.0, 1.0) == 0
