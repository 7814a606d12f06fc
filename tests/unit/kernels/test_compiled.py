"""Loops become machine code when they are called, and not before."""

from __future__ import annotations

import numpy as np
import pytest

from siege_sim.kernels.compiled import COMPILED, Loop, compiled


@compiled
def doubled(values: np.ndarray, times: int = 2) -> np.ndarray:
    """Return the values twice, or so many times."""
    return values * times


@compiled
def four_times(values: np.ndarray) -> np.ndarray:
    """Return what another loop makes of what it makes of them."""
    return doubled(doubled(values))


def test_a_loop_becomes_machine_code_with_the_first_call_and_keeps_it():
    assert isinstance(doubled, Loop)
    assert "machine_code" not in vars(doubled)
    assert doubled(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    made = doubled.machine_code
    assert doubled(np.array([3.0]), times=3).tolist() == [9.0]
    assert doubled.machine_code is made


def test_a_loop_calls_another_whether_that_was_called_before_or_not():
    assert four_times(np.array([1.0])).tolist() == [4.0]
    assert four_times(np.array([1, 2])).tolist() == [4, 8]


def test_every_loop_keeps_its_name_and_its_documentation():
    assert doubled.__name__ == "doubled"
    assert (four_times.__doc__ or "").startswith("Return what another loop makes")
    assert {doubled, four_times} <= set(COMPILED)


def test_a_loop_that_fails_says_what_the_function_says():
    @compiled
    def third(values: np.ndarray) -> float:
        """Return the third value."""
        if values.size < 3:
            raise ValueError("too few")
        return values[2]

    with pytest.raises(ValueError, match="too few"):
        third(np.zeros(2))
    assert third(np.arange(3.0)) == 2.0
