"""Sharing what there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siege_sim.kernels import allocation

amounts = arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1000))


def test_a_shortage_is_shared_in_proportion():
    demand = np.array([20.0, 80.0])
    met = allocation.share_met(np.full(2, 50.0), np.full(2, demand.sum()))
    assert (demand * met).tolist() == [10.0, 40.0]


def test_nobody_gets_more_than_was_asked_for():
    assert allocation.share_met(np.array([500.0, 5.0]), np.array([100.0, 0.0])).tolist() == [1.0, 0.0]


@given(amounts, amounts)
def test_what_is_handed_out_is_the_smaller_of_supply_and_demand(supply, demand):
    size = min(supply.size, demand.size)
    supply, demand = supply[:size], demand[:size]
    np.testing.assert_allclose(allocation.share_met(supply, demand) * demand, np.minimum(supply, demand), atol=1e-9)


def test_whole_shares_use_largest_remainders():
    assert allocation.whole_shares(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert allocation.whole_shares(7, np.array([6.0, 0.0, 1.0])).tolist() == [6, 0, 1]


@given(st.integers(0, 10_000), amounts.filter(lambda w: w.sum() > 0))
def test_whole_shares_add_up_and_stay_within_one_of_the_exact_share(total, weights):
    shares = allocation.whole_shares(total, weights)
    assert shares.sum() == total
    assert (np.abs(shares - total * weights / weights.sum()) <= 1 + 1e-9).all()


def test_whole_shares_refuse_to_share_over_nothing():
    with pytest.raises(ValueError, match="no weight"):
        allocation.whole_shares(3, np.zeros(2))


def test_a_share_of_both_is_of_a_part_and_its_rest_and_nothing_where_there_is_neither():
    shares = allocation.share_of_both(np.array([1.0, 0.0, 0.0]), np.array([3.0, 2.0, 0.0]))
    assert shares.tolist() == [0.25, 0.0, 0.0]
