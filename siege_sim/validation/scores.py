"""How good a forecast is, when the record gives a range: scores that reward an honest spread.

**The distance.** A value inside the record's range has distance 0; outside, it is measured in widths of the range, and
cut off at ``LARGEST_DISTANCE`` on either side, so that one hopeless pattern does not drown the others. What never
happened in a run is as far off as can be.

**The score** is the continuous ranked probability score (CRPS) of these distances, in its energy form: the mean
distance between the forecast and 0, less half the mean distance between two draws of the forecast. To score distances
in the place of values is a threshold-weighted CRPS (Allen, Ginsbourger and Ziegel 2023), which is proper: nothing is
gained by forecasting what one does not believe. A single number has as score its distance. Smaller is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.numbers import is_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.validation.record import RecordEntry

    FloatArray = NDArray[np.float64]

LARGEST_DISTANCE = 3.0
"""Where a value's distance from the record's range is cut off, in widths."""

WIDTH_OF_NOTHING = {True: 0.05, False: 1.0}
"""The width that stands for that of a range from 0 to 0: of shares (a twentieth), and of counts (one)."""

LEAST_WIDTH = 0.25
"""A range counts as at least this share of its larger bound wide: a single number is not known without error."""


def width_of(entry: RecordEntry) -> float:
    """Return the width of a pattern's range, in the pattern's unit: what a distance is measured in."""
    bounds = [bound for bound in (entry.low, entry.high) if bound is not None]
    width = max(max(bounds) - min(bounds), LEAST_WIDTH * max(abs(bound) for bound in bounds))
    return width or WIDTH_OF_NOTHING[is_share(entry.unit)]


def distances(entry: RecordEntry, values: Sequence[float]) -> FloatArray:
    """Return by how many widths values lie below (negative) or above a pattern's range; 0 inside it."""
    given = np.array([math.inf if math.isnan(value) else value for value in values], dtype=float)
    low = -math.inf if entry.low is None else entry.low
    high = math.inf if entry.high is None else entry.high
    outside = np.zeros(given.size)
    outside[given < low] = given[given < low] - low
    outside[given > high] = given[given > high] - high
    clipped: FloatArray = np.clip(outside / width_of(entry), -LARGEST_DISTANCE, LARGEST_DISTANCE)
    return clipped


def crps(forecast: FloatArray, observed: float = 0.0, weights: FloatArray | None = None) -> float:
    """Return the continuous ranked probability score of an ensemble (energy form; Gneiting and Raftery 2007).

    Args:
        forecast: its members.
        observed: what came about.
        weights: of the members; equal without them.
    """
    shares = np.full(forecast.size, 1.0 / forecast.size) if weights is None else weights / weights.sum()
    order = np.argsort(forecast, kind="stable")
    values, shares = forecast[order], shares[order]
    below = np.cumsum(shares) - shares / 2.0  # half of E|X - X'| is the sum of w x (2 F - 1) over the sorted members
    return float(shares @ np.abs(values - observed) - shares @ (values * (2.0 * below - 1.0)))


def weighted_quantiles(values: FloatArray, weights: FloatArray | None, shares: Sequence[float]) -> list[float]:
    """Return quantiles of values, weighted or not.

    Args:
        values: at least one.
        weights: of the values; with none, quantiles lie between values as NumPy's do.
        shares: which quantiles, from 0 to 1.
    """
    if weights is None:
        found: list[float] = np.percentile(values, [100.0 * share for share in shares]).tolist()
        return found
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return [float(values[order][np.searchsorted(reached, share * reached[-1])]) for share in shares]


def effective_size(weights: FloatArray) -> float:
    """Return the effective sample size of weights: how many equal ones carry as much information (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())
