"""Curves of many runs, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def daily_percentiles(curves: NDArray[np.float64], percentiles: Sequence[float]) -> NDArray[np.float64]:
    """Return percentiles over the runs that have a value on a day.

    Args:
        curves: shape ``(runs, days)``; what is not finite is no value.
        percentiles: from 0 to 100.

    Returns:
        Shape ``(percentiles, days)``; not a number on days on which no run has a value.
    """
    result = np.full((len(percentiles), curves.shape[1]), np.nan)
    values = np.where(np.isfinite(curves), curves, np.nan)
    known = ~np.isnan(values).all(axis=0)
    result[:, known] = np.nanpercentile(values[:, known], percentiles, axis=0)
    return result
