"""Sharing what there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siege_sim.kernels import allocation

amounts = arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1000))


def test_proportional_shares_a_shortage_evenly():
    assert allocation.proportional(50.0, np.array([20.0, 80.0])).tolist() == [10.0, 40.0]


def test_proportional_gives_no_more_than_was_asked_for():
    assert allocation.proportional(500.0, np.array([20.0, 80.0])).tolist() == [20.0, 80.0]


def test_equal_shares_fill_small_needs_first():
    assert allocation.equal_up_to_need(30.0, np.array([5.0, 50.0, 50.0])).tolist() == [5.0, 12.5, 12.5]


@given(st.floats(0, 5000), amounts)
def test_equal_shares_hand_out_all_there_is_or_all_that_is_needed(supply, need):
    got = allocation.equal_up_to_need(supply, need)
    assert got.sum() == pytest.approx(min(supply, need.sum()), rel=1e-9, abs=1e-6)
    assert (got <= need + 1e-9).all()
    assert (got >= 0).all()


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
