"""Pace and price of an assault, by a kilometre of front."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import pace

shares = st.floats(0.0, 1.0)
strengths = st.floats(0.0, 5000.0)


def test_an_assault_covers_open_ground_in_full_and_an_old_town_in_tens_of_metres():
    metres = pace.ground_pace(np.array([0.0, 0.5, 0.95]), open_m_per_day=1600.0, fabric_slows=2.5)
    assert metres == pytest.approx([1600.0, 458.4, 148.8], rel=1e-3)


def test_half_of_the_pace_is_left_at_the_odds_that_say_so():
    assert pace.held_up(np.array([2.4]), even=2.4, steepness=2.75) == pytest.approx([0.5])
    # Twice those odds, steepness 2: 4 / (1 + 4).
    assert pace.held_up(np.array([4.8]), even=2.4, steepness=2.0) == pytest.approx([0.8])


def test_losses_follow_the_root_of_both_strengths():
    # Helmbold: sqrt(400 x 100) = 200 a kilometre, at a rate of 0.01 two killed.
    assert pace.helmbold(np.array([400.0]), np.array([100.0]), 0.01) == pytest.approx([2.0])


@given(shares, shares)
def test_the_pace_falls_with_the_share_built_on(one, other):
    low, high = sorted((one, other))
    slower, faster = pace.ground_pace(np.array([high, low]), 1600.0, 2.5)
    assert 0.0 < slower <= faster <= 1600.0


@given(strengths, strengths)
def test_the_pace_rises_with_the_odds_and_never_beyond_what_the_ground_allows(one, other):
    low, high = sorted((one, other))
    slower, faster = pace.held_up(np.array([low, high]), 2.4, 2.75)
    assert 0.0 <= slower <= faster <= 1.0


@given(strengths, strengths, st.floats(1.0, 10.0))
def test_losses_grow_less_than_in_proportion_to_either_side(attackers, defenders, factor):
    once = pace.helmbold(np.array([attackers]), np.array([defenders]), 0.01)
    more = pace.helmbold(np.array([factor * attackers]), np.array([defenders]), 0.01)
    assert np.all(once <= more + 1e-9)
    assert np.all(more <= factor * once + 1e-9)


def test_days_add_up_along_a_way_that_lies_partly_in_works():
    # 400 m of a kilometre in works at 100 m a day, 600 m behind them at 300 m a day: four days and two.
    days = pace.days_a_kilometre(np.array([100.0]), np.array([300.0]), np.array([0.4]))
    assert days == pytest.approx([6.0])


def test_an_assault_that_hardly_moves_takes_very_long_but_not_for_ever():
    assert np.isfinite(pace.days_a_kilometre(np.array([0.0]), np.array([0.0]), np.array([0.5]))).all()


@given(shares, st.floats(1.0, 500.0), st.floats(1.0, 5.0))
def test_works_cost_days_in_proportion_to_their_depth(share, through, factor):
    none, part, full = (
        float(pace.days_a_kilometre(np.array([through]), np.array([factor * through]), np.array([depth]))[0])
        for depth in (0.0, share, 1.0)
    )
    assert part == pytest.approx(none + share * (full - none))
    assert none <= full
