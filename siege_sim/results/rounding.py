"""Rounding of what is stored: to as many digits as the tables for people have.

Processors differ in the last bit of a logarithm or a power, and so would the bytes of files that store every bit. What
is stored is therefore rounded to ten significant digits, by additions and multiplications alone, which are alike
everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DIGITS = 10

_TENS = np.array([float(f"1e{power}") for power in range(-290, 300)])
"""Powers of ten, exact as far as they can be: a library's power function is not alike everywhere."""

_FIRST = -290


def rounded(values: NDArray[Any]) -> NDArray[Any]:
    """Return numbers rounded to ten significant digits; whole numbers, texts and truth values as they are.

    Args:
        values: of any shape; what is not finite or smaller than 1e-270 stays as it is.
    """
    if values.dtype != np.float64:
        return values
    sizes = np.abs(values)
    usual = np.isfinite(values) & (sizes > 1e-270) & (sizes < 1e270)
    digits_before = np.searchsorted(_TENS, sizes[usual], side="right") - 1 + _FIRST
    shift = DIGITS - 1 - digits_before
    up, down = _TENS[np.maximum(shift, 0) - _FIRST], _TENS[np.maximum(-shift, 0) - _FIRST]
    found = values.copy()
    found[usual] = np.rint(values[usual] * up / down) / up * down
    return found


def rounded_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of numbers are rounded."""
    columns = {str(name): rounded(table[name].to_numpy()) for name in table if table[name].dtype == np.float64}
    return table.assign(**columns) if columns else table


def rounded_numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return named values of which the floating-point numbers are rounded."""
    inexact = {name: value for name, value in values.items() if isinstance(value, float)}
    return {**values, **dict(zip(inexact, rounded(np.array([*inexact.values()])).tolist(), strict=True))}
