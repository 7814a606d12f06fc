"""Laws of attrition against their textbook answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.kernels import attrition

one = np.ones(1)
rates = st.floats(0.001, 0.2)
strengths = st.floats(1, 2000)


def test_square_law_leaves_the_root_of_the_difference_of_squares():
    left_a, left_d = attrition.lanchester_square(5.0 * one, 3.0 * one, 0.1, 0.1, days=1000)
    assert left_d == pytest.approx(0.0)
    assert left_a == pytest.approx(4.0)


@given(strengths, strengths, rates, rates)
def test_square_law_conserves_its_quantity_while_both_fight(a, d, kill_a, kill_d):
    left_a, left_d = attrition.lanchester_square(a * one, d * one, kill_a, kill_d, days=0.1)
    before, after = kill_a * a**2 - kill_d * d**2, kill_a * left_a**2 - kill_d * left_d**2
    assert after == pytest.approx(before, rel=1e-6, abs=1e-6 * (kill_a * a**2 + kill_d * d**2))


def test_square_law_with_one_sided_fire_is_linear():
    left_a, left_d = attrition.lanchester_square(100.0 * one, 50.0 * one, 0.02, 0.0, days=3)
    assert left_a == pytest.approx(100.0)
    assert left_d == pytest.approx(50.0 - 0.02 * 100.0 * 3)


@given(strengths, strengths, st.floats(1e-6, 1e-3), st.floats(1e-6, 1e-3))
def test_linear_law_conserves_its_quantity(a, d, kill_a, kill_d):
    left_a, left_d = attrition.lanchester_linear(a * one, d * one, kill_a, kill_d, days=2)
    scale = kill_a * a + kill_d * d
    assert kill_a * left_a - kill_d * left_d == pytest.approx(kill_a * a - kill_d * d, rel=1e-6, abs=1e-7 * scale)


def test_linear_law_between_equals_is_a_hyperbola():
    left_a, left_d = attrition.lanchester_linear(100.0 * one, 100.0 * one, 0.001, 0.001, days=5)
    assert left_a == pytest.approx(100.0 / (1 + 0.001 * 100.0 * 5))
    assert left_d == pytest.approx(left_a)


@given(st.floats(50, 500), st.floats(10, 200))
def test_deitchman_conserves_its_quantity(a, d):
    kill_a, kill_d = 0.0003, 0.05
    left_a, left_d = attrition.deitchman(a * one, d * one, kill_a, kill_d)
    before, after = kill_a * a**2 / 2 - kill_d * d, kill_a * left_a**2 / 2 - kill_d * left_d
    assert after == pytest.approx(before, rel=5e-3, abs=5e-3 * (kill_a * a**2 / 2 + kill_d * d))


@pytest.mark.parametrize("law", [attrition.lanchester_square, attrition.lanchester_linear, attrition.deitchman])
@given(a=strengths, d=strengths, kill_a=rates, kill_d=rates, days=st.floats(0, 50))
def test_no_law_makes_fighters_or_goes_below_zero(law, a, d, kill_a, kill_d, days):
    left_a, left_d = law(a * one, d * one, kill_a, kill_d, days=days)
    assert 0 <= left_a <= a * (1 + 1e-9)
    assert 0 <= left_d <= d * (1 + 1e-9)


@pytest.mark.parametrize("law", [attrition.lanchester_square, attrition.lanchester_linear, attrition.deitchman])
def test_no_fire_no_losses(law):
    left_a, left_d = law(100.0 * one, 40.0 * one, 0.0, 0.0)
    assert (left_a, left_d) == (pytest.approx(100.0), pytest.approx(40.0))
