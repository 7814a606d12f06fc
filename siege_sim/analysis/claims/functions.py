"""The functions of checks: statistics over runs, and what reads the days of each run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.analysis.intervals import mean_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[Any]


def _of_known(function: Callable[[Values], Any]) -> Callable[[Values], Values]:
    """Return a function of the values that there are; not a number where there are none."""

    def of_known(values: Values) -> Values:
        known = values[~np.isnan(values)]
        return np.asarray(function(known) if known.size else np.nan, dtype=float)

    return of_known


def _percentile(values: Values, rank: Values) -> Values:
    rank = np.clip(rank, 0.0, 100.0)
    return _of_known(lambda known: np.percentile(known, float(rank), method="nearest"))(values)


def _rank_correlation(first: Values, second: Values) -> Values:
    """Return Spearman's rank correlation over the runs that have both; not a number where one of them never differs."""
    known = ~(np.isnan(first) | np.isnan(second))
    if known.sum() < 2:
        return np.asarray(np.nan)
    ranks = np.stack([_ranks(first[known]), _ranks(second[known])])
    return np.asarray(np.corrcoef(ranks)[0, 1] if ranks.std(axis=1).all() else np.nan)


def _ranks(values: Values) -> Values:
    """Return the rank of every value, the mean rank where several are the same."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((2 * ends - counts + 1) / 2)[places]


def _is_clear(values: Values) -> Values:
    return np.asarray(mean_of(values).clear_of_zero)


OF_RUNS: dict[str, Callable[..., Values]] = {
    "mean": _of_known(np.mean),
    "median": _of_known(np.median),
    "min": _of_known(np.min),
    "max": _of_known(np.max),
    "deviation": _of_known(lambda known: np.std(known, ddof=1) if known.size > 1 else 0.0),
    "percentile": _percentile,
    "correlation": _rank_correlation,
    "share": lambda truths: np.asarray(truths.mean() if truths.size else np.nan),
    "every": lambda truths: np.asarray(truths.all() and truths.size > 0),
    "clear": _is_clear,
}
"""Statistics over the runs. ``correlation`` is of ranks; ``clear``: whether a mean's 95 % interval leaves out zero."""

OF_TWO = ("correlation",)
"""Those that are of two things of every run."""


def _first_day(truths: Values) -> Values:
    return np.where(truths.any(axis=1), truths.argmax(axis=1), np.inf)


def _over_days(function: Callable[..., Values]) -> Callable[[Values], Values]:
    def over_days(values: Values) -> Values:
        known = ~np.isnan(values)
        rows = known.any(axis=1)
        found = np.full(len(values), np.nan)
        found[rows] = function(values[rows], axis=1)
        return found

    return over_days


OF_DAYS: dict[str, Callable[..., Values]] = {
    "first_day": _first_day,
    "days_with": lambda truths: truths.sum(axis=1).astype(float),
    "mean_of_days": _over_days(np.nanmean),
    "max_of_days": _over_days(np.nanmax),
    "min_of_days": _over_days(np.nanmin),
}
"""What reads the days of each run and gives one number for it."""

ANYWHERE: dict[str, Callable[[Values], Values]] = {"abs": np.abs}

TRUTHS = {
    "share": "share(ending == evacuated)",
    "every": "every(died_of_hunger == 0)",
    "first_day": "median(first_day(garrison_area_share < 0.5))",
    "days_with": "mean(days_with(kcal_eaten_per_person < 1000))",
}
"""Functions of what is true or false, each with an example."""
