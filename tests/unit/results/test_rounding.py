"""What is stored has ten significant digits, whatever the last bit was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.results.rounding import rounded, rounded_numbers, rounded_table

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBERS))
def test_a_number_becomes_what_a_table_says_of_it(values):
    found = rounded(np.array(values, float))
    usual = [value for value in values if 1e-12 < abs(value) < 1e20]
    kept = [one for value, one in zip(values, found.tolist(), strict=True) if 1e-12 < abs(value) < 1e20]
    for value, one in zip(usual, kept, strict=True):
        assert one == float(f"{one:.10g}")
        assert abs(one - value) <= 0.5000001 * float(f"1e{int(f'{value:.9e}'.partition('e')[2]) - 9}")
    assert rounded(found).tolist() == found.tolist()


@given(st.integers(1, 10**9 - 1), st.integers(-12, 12))
def test_the_last_bit_makes_no_difference(digits, power):
    value = digits * 10.0**power
    neighbours = np.array([np.nextafter(value, 0.0), value, np.nextafter(value, np.inf)])
    assert len(set(rounded(neighbours).tolist())) == 1


def test_what_is_no_number_of_that_kind_stays():
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, 1.7e308])
    assert rounded(odd).tobytes() == odd.tobytes()
    for others in (np.array([2**60 + 1]), np.array([True]), np.array(["a"]), np.array([1 / 3], np.float32)):
        assert rounded(others) is others
    assert rounded_numbers({"a": 1 / 3, "b": 7, "c": None, "d": "x"}) == {
        "a": 0.3333333333,
        "b": 7,
        "c": None,
        "d": "x",
    }


def test_a_table_keeps_its_kinds_of_columns():
    table = pd.DataFrame({"day": [1, 2], "x": [1 / 3, np.nan], "where": ["a", None]}).astype({"where": "string"})
    found = rounded_table(table)
    assert found.dtypes.equals(table.dtypes)
    assert found["x"].tolist()[0] == pytest.approx(0.3333333333, abs=0.0)
