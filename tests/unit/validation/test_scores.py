"""Scores of forecasts against textbook values, naive forecasts, and runs weighted by what is known so far."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siege_sim.errors import SiegeError
from siege_sim.validation.known_so_far import conditioned, kernel_weights
from siege_sim.validation.naive import resampled_history
from siege_sim.validation.scores import crps, distances, effective_size, weighted_quantiles
from tests.unit.validation.test_scorecard import course, day, killed_on, record

NUMBERS = st.floats(-3, 3)


def entry(low: float | None, high: float | None, unit: str = "u"):
    pattern = {"low": low, "high": high, "unit": unit, "measure": killed_on(4, 0, 1)["measure"]}
    return record(pattern).patterns["p0"]


def test_the_score_of_a_normal_forecast_is_the_textbook_value():
    """Gneiting and Raftery 2007, equation 21: (sqrt 2 - 1) / sqrt pi for a standard normal forecast of its mean."""
    quantiles = np.sort(np.random.default_rng(1).normal(size=100_000))
    assert crps(quantiles) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), abs=0.005)


def test_the_score_of_a_single_number_is_its_error():
    assert crps(np.array([2.5]), observed=1.0) == 1.5


@given(arrays(float, 6, elements=NUMBERS), arrays(float, 6, elements=st.floats(0.1, 1)), NUMBERS)
def test_the_score_is_the_mean_error_less_half_the_mean_difference(values, weights, observed):
    shares = weights / weights.sum()
    differences = np.abs(values[:, None] - values[None]) * shares[:, None] * shares[None]
    expected = shares @ np.abs(values - observed) - differences.sum() / 2
    assert crps(values, observed, weights) == pytest.approx(expected, abs=1e-9)


def test_who_believes_in_a_spread_gains_nothing_by_hiding_it():
    truth = np.linspace(-2, 2, 81)
    honest = np.mean([crps(truth, seen) for seen in truth])
    for told in (truth * 0.2, truth * 3, truth + 0.5, np.array([0.0])):
        assert np.mean([crps(told, seen) for seen in truth]) > honest


def test_a_distance_is_in_widths_of_the_range_and_cut_off():
    assert distances(entry(10, 20), [15, 25, 5, 1000, -1000, math.nan]).tolist() == [0, 0.5, -0.5, 3, -3, 3]
    assert distances(entry(None, 20), [-1000, 25]).tolist() == [0, 1]
    assert distances(entry(7, 7), [8]).tolist() == [pytest.approx(1 / 1.75)]
    assert distances(entry(0, 0), [2]).tolist() == [2]
    assert distances(entry(0, 0, "%"), [0.05]).tolist() == [1]


def test_the_effective_sample_size_counts_equal_weights():
    assert effective_size(np.ones(7)) == pytest.approx(7)
    assert effective_size(np.array([1.0, 0, 0])) == 1
    assert weighted_quantiles(np.array([1.0, 5, 9]), np.array([1.0, 1, 8]), [0.1, 0.5]) == [1, 9]


def test_the_past_that_repeats_itself_is_a_spread_of_earlier_paces():
    known = record(killed_on(4, 8, 8), killed_on(6, 20, 20), killed_on(8, 0, 99), background=(killed_on(2, 4, 4),))
    first, _, last = known.patterns.values()
    assert resampled_history(known, first) == [], "one value has no pace"
    assert set(resampled_history(known, last)) == {24.0, 32.0}
    assert set(resampled_history(known, last, day(4))) == {16.0}, "what came after the day is not known"


def test_an_earlier_rate_may_come_again_anywhere_in_its_range():
    def rate(after: int, until: int, low: float, high: float) -> dict:
        measure = {"kind": "increase_per_day", "outcomes": ("killed",), "after": day(after), "until": day(until)}
        return {"low": low, "high": high, "measure": measure}

    known = record(rate(0, 2, 0.0, 10.0), rate(2, 4, 3.0, 3.0), rate(4, 6, 9.0, 9.0))
    assert resampled_history(known, known.patterns["p2"]) == pytest.approx([1, 3, 5, 7, 9, 3, 3, 3, 3, 3])


def runs_of(numbers: int):
    """Sieges of which the k-th has k killed on day 2, and ten times as many at the end."""
    return [course(killed=[0, 0, k, k, k, k, 10 * k, 10 * k, 10 * k]) for k in range(numbers)]


def test_runs_near_the_record_so_far_count_more():
    known = record(killed_on(2, 30, 34), killed_on(6, 300, 340))
    found = conditioned(known, runs_of(60), day(2))
    (plain,), (line,) = found.plain, found.lines
    assert (plain.name, line.name) == ("p1", "p1")
    assert (plain.median, round(line.median, -1)) == (295, 320)
    assert line.ninetieth - line.tenth < plain.ninetieth - plain.tenth
    assert line.crps < plain.crps
    assert sum(found.weights) == pytest.approx(1)
    assert found.effective_runs == pytest.approx(effective_size(np.array(found.weights)))
    assert found.effective_runs >= 20


def test_what_is_not_known_yet_changes_nothing():
    background = (killed_on(2, 30, 34),)
    one = conditioned(record(killed_on(6, 300, 340), background=background), runs_of(60), day(2))
    two = conditioned(record(killed_on(6, 0, 1), background=background), runs_of(60), day(2))
    assert one.weights == two.weights
    assert one.lines[0].median == two.lines[0].median


@pytest.mark.parametrize(
    ("until", "said"), [(day(1), "nothing that can be measured before"), (day(7), "no pattern after")]
)
def test_a_day_before_or_after_everything_is_refused(until, said):
    with pytest.raises(SiegeError, match=said):
        conditioned(record(killed_on(2, 1, 2), killed_on(6, 1, 2)), runs_of(4), until)


@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 40)))
def test_the_kernel_is_widened_until_enough_runs_count(squares):
    weights, width = kernel_weights(squares)
    assert weights.sum() == pytest.approx(1)
    assert width >= 1
    assert effective_size(weights) >= min(20, squares.size / 2) - 1e-9


def test_a_record_that_no_run_comes_near_leaves_all_runs():
    weights, _ = kernel_weights(np.full(30, 9.0))
    assert effective_size(weights) == pytest.approx(30)
