"""Curves of many runs: percentiles of each day."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim.results.curves import daily_percentiles


def test_percentiles_are_of_the_runs_that_have_a_value_on_the_day():
    curves = np.array([[1.0, 1.0, np.nan], [3.0, np.nan, np.nan], [5.0, 5.0, np.inf]])
    low, middle, high = daily_percentiles(curves, (0, 50, 100))
    assert low[:2].tolist() == [1.0, 1.0]
    assert middle[:2].tolist() == [3.0, 3.0]
    assert high[:2].tolist() == [5.0, 5.0]
    assert np.isnan([low[2], middle[2], high[2]]).all()


@pytest.mark.parametrize("runs", [1, 2, 30])
def test_percentiles_are_those_of_numpy_where_every_run_has_a_value(runs):
    curves = np.random.default_rng(runs).normal(size=(runs, 7))
    assert np.array_equal(daily_percentiles(curves, (10, 50, 90)), np.percentile(curves, (10, 50, 90), axis=0))
