"""Curves of many runs, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.endings import HOLDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.results.run import CompactRun

FAN_PERCENTILES = (10, 50, 90)
"""Percentiles of a fan: its lower edge, its middle, its upper edge."""


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


def values_of(run: CompactRun, outcomes: Sequence[str]) -> NDArray[np.float64]:
    """Return the sum of outcomes on every day."""
    total: NDArray[np.float64] = run.series[list(outcomes)].to_numpy(dtype=float).sum(axis=1)
    return total


def values_to(run: CompactRun, outcomes: Sequence[str], last: int) -> NDArray[np.float64]:
    """Return the sum of outcomes on the days to ``last``: the last value once the siege is over, nothing if stopped."""
    values = values_of(run, outcomes)
    beyond = np.nan if run.ending == HOLDING else values[-1]
    return np.concatenate([values, np.full(max(last + 1 - values.size, 0), beyond)])[: last + 1]
