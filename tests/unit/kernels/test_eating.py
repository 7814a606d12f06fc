"""Eating takes from a store what there is, never more and never less than nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import rows

shares = st.one_of(st.just(0.0), st.floats(0.0, 2.0))


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=6), shares, shares, st.floats(0.1, 3650.0))
def test_a_meal_is_never_less_than_nothing_nor_more_than_there_is(stores, bare, stocked, good_store_days):
    food, eaten = np.array(stores), np.zeros(len(stores))
    total = rows.eat(food, eaten, np.full(len(stores), 5.0), 2100.0, bare, stocked, good_store_days)
    assert total >= 0.0
    assert (eaten >= 0.0).all()
    assert (food >= 0.0).all()
    assert (food <= np.array(stores)).all()


def test_a_store_at_which_nothing_is_wanted_by_rounding_books_nothing():
    need = 5.0 * 2100.0
    food = np.array([need * 14.0, need * 15.0, need * 14.000001])
    assert rows.eat(food, np.zeros(3), np.full(3, 5.0), 2100.0, 0.3, 0.0, 14.0) >= 0.0
