"""Estimates with 95 % intervals: means, shares, and differences of pairs."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.numbers import NOTHING, number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95
"""How often intervals made like these hold the true value."""

RESAMPLING_SEED = 1
"""The seed of every resampling, so that the same sweep gives the same report."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: the estimate; not a number when nothing was measured.
        low: lower end of the 95 % interval; not a number when one run alone gives none.
        high: upper end.
        runs: how many values it rests on.
    """

    value: float
    low: float
    high: float
    runs: int

    def text(self, unit: str = "") -> str:
        """Return the estimate with half the width of its interval, where it has one: ``1,200 ± 90``."""
        value, half_width = number(self.value, unit), number(self.half_width, unit)
        return value if NOTHING in (value, half_width) else f"{value} ± {half_width}"

    @property
    def half_width(self) -> float:
        """Half the interval's width."""
        return (self.high - self.low) / 2.0

    @property
    def clear_of_zero(self) -> bool:
        """Whether the interval leaves zero out."""
        return bool(self.low > 0.0 or self.high < 0.0)


def mean_of(values: ArrayLike) -> Estimate:
    """Return the mean of the values that are known, with Student's interval; with one value, no interval."""
    known = _known(values)
    if known.size < 2:
        return Estimate(float(known[0]) if known.size else np.nan, np.nan, np.nan, known.size)
    middle = float(known.mean())
    from scipy import stats

    reach = float(stats.t.ppf(0.5 + LEVEL / 2, known.size - 1) * known.std(ddof=1) / np.sqrt(known.size))
    return Estimate(middle, middle - reach, middle + reach, known.size)


def share_of(values: ArrayLike) -> Estimate:
    """Return the share of ones among zeros and ones, with Wilson's interval, which is right near 0 and 1 too."""
    known = _known(values)
    if not known.size:
        return Estimate(np.nan, np.nan, np.nan, 0)
    count = round(float(known.sum()))
    from scipy import stats

    interval = stats.binomtest(count, known.size).proportion_ci(LEVEL, method="wilson")
    return Estimate(count / known.size, float(interval.low), float(interval.high), known.size)


def paired_difference(values: ArrayLike, reference: ArrayLike) -> Estimate:
    """Return the mean difference of values that share a seed, from the seeds for which both are known."""
    return mean_of(np.asarray(values, dtype=float) - np.asarray(reference, dtype=float))


def bootstrap(table: NDArray[np.float64], draws: int = 2000, seed: int = RESAMPLING_SEED) -> NDArray[np.float64]:
    """Return column means of a table whose rows are drawn again and again, shape ``(draws, columns)``."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(table), size=(draws, len(table)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value stays without one
        return np.stack([np.nanmean(table[rows], axis=0) for rows in chosen])


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=float).ravel()
    return array[np.isfinite(array)]
