"""How long the pocket held: Kaplan-Meier curves, with runs that still held at their end counted as censored."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from siege_sim.analysis.design import is_numeric, levels, moving, name_text, value_text, value_with_unit
from siege_sim.analysis.intervals import LEVEL
from siege_sim.analysis.quantities import finished_runs
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.results.endings import HOLDING
from siege_sim.results.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from siege_sim.results.sweep import Factor, Sweep

MOST_GROUPS = 6


@dataclass(frozen=True)
class Curve:
    """The share of a group's runs in which the pocket still held, day by day.

    Attributes:
        label: which group.
        days: days on which the share falls, from day 0 on.
        share: the share from that day on.
        low: lower end of its 95 % interval.
        high: upper end.
        runs: how many runs.
        censored: how many of them still held when they ended.
        median_day: the first day on which half or fewer still held; None when more did to the end.
        last_day: how far the runs went.
    """

    label: str
    days: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    runs: int
    censored: int
    median_day: float | None
    last_day: float


@dataclass(frozen=True)
class Survival:
    """Curves by group.

    Attributes:
        by: by what the groups differ; empty when there is one only.
        curves: the first group, then the others; at most `MOST_GROUPS`, those whose mean end differs most.
        left_out: how many groups there are beside them.
        without_runs: groups of which no run is finished.
    """

    by: str
    curves: tuple[Curve, ...]
    left_out: int = 0
    without_runs: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """When half of the runs had ended, in words."""
        halves = "; ".join(f"{curve.label}: {_when(curve.median_day)}" for curve in self.curves[:4])
        held = sum(curve.censored for curve in self.curves)
        censored = (
            f"In {held:,} runs the pocket still held at the end."
            if held
            else "No run ended with the pocket still held."
        )
        absent = f" No run is finished of: {', '.join(self.without_runs)}." if self.without_runs else ""
        shown, groups = len(self.curves), self.left_out + len(self.curves)
        more = f" Of {groups} groups {shown} are shown." if self.left_out else ""
        named = not self.by or any(curve.label.startswith(self.by) for curve in self.curves)
        by = "" if named else f", by {self.by}"
        return f"Half of the sieges had ended{by}: {halves}. {censored}{more}{absent}"


def _when(median_day: float | None) -> str:
    return "after the last day" if median_day is None else f"on day {number(median_day)}"


def has_survival(sweep: Sweep) -> str | None:
    """Return why there are no survival curves, or None when there can be."""
    missing = [name for name in ("end_day", "ending") if name not in sweep.runs.columns]
    return f"the sweep did not keep {' and '.join(missing)}" if missing else None


def curve_of(runs: pd.DataFrame, label: str) -> Curve:
    """Return the Kaplan-Meier curve of some runs (Kaplan and Meier 1958; intervals by Greenwood, log-log)."""
    days = runs["end_day"].to_numpy(dtype=float)
    ended = runs["ending"].astype(str).to_numpy() != HOLDING
    last = float(days.max())
    if not ended.any():
        flat = np.array([0.0]), np.array([1.0])
        least = np.array([_least_share(len(days))])
        return Curve(label, *flat, least, np.array([1.0]), len(days), len(days), None, last)
    found = stats.ecdf(stats.CensoredData(uncensored=days[ended], right=days[~ended])).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():  # where all have ended the formula has no value
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = found.confidence_interval(LEVEL, method="log-log")
    share = found.probabilities
    low, high = (_filled(np.asarray(end.probabilities), share) for end in (interval.low, interval.high))
    half = np.flatnonzero(share <= 0.5)
    return Curve(
        label, np.r_[0.0, found.quantiles], np.r_[1.0, share], np.r_[1.0, low], np.r_[1.0, high], len(days),
        int((~ended).sum()), float(found.quantiles[half[0]]) if half.size else None, last,
    )  # fmt: skip


def _least_share(runs: int) -> float:
    """Return the lower end of the interval of a share when it is all of the runs (Clopper-Pearson)."""
    return float(stats.binomtest(runs, runs).proportion_ci(LEVEL).low)


def _filled(bound: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(bound), bound, share)


def survival(sweep: Sweep, by: str | None = None) -> Survival:
    """Return survival curves by group.

    Args:
        sweep: of which.
        by: the factor that makes the groups; by default a list of policies, or the factor that parts the curves most.

    Raises:
        ResultError: no such factor has several values.
    """
    runs = finished_runs(sweep)
    factor = _grouping(sweep) if by is None else _factor_named(sweep, by)
    if factor is None:
        return Survival("", (curve_of(runs, "all runs"),))
    groups = _groups(sweep, factor)
    there = {label: runs[runs["point"].isin(points)] for label, points in groups.items()}
    without_runs = tuple(label for label, of_group in there.items() if not len(of_group))
    there = {label: of_group for label, of_group in there.items() if len(of_group)}
    first, *others = there
    usual = there[first]["end_day"].mean()
    others = sorted(others, key=lambda label: -abs(there[label]["end_day"].mean() - usual))[: MOST_GROUPS - 1]
    shown = [label for label in there if label == first or label in others]
    curves = tuple(curve_of(there[label], label) for label in shown)
    return Survival(name_text(factor), curves, len(there) - len(shown), without_runs)


def _factor_named(sweep: Sweep, name: str) -> Factor:
    known = {factor.name: factor for factor in moving(sweep)}
    if name not in known:
        raise ResultError(f"--by: no factor '{name}' has several values here{did_you_mean(name, known)}")
    return known[name]


def _grouping(sweep: Sweep) -> Factor | None:
    candidates = moving(sweep)
    choices = [f for f in candidates if not is_numeric(sweep, f) and f.role == "lever"]
    return choices[0] if choices else max(candidates, key=lambda f: _spread(sweep, f), default=None)


def _spread(sweep: Sweep, factor: Factor) -> float:
    """Return how far apart the mean days of the end lie between the groups of a factor."""
    runs = finished_runs(sweep)
    means = [runs.loc[runs["point"].isin(points), "end_day"].mean() for points in _groups(sweep, factor).values()]
    known = [mean for mean in means if np.isfinite(mean)]
    return max(known) - min(known) if known else 0.0


def _groups(sweep: Sweep, factor: Factor) -> dict[str, list[int]]:
    """Return the points of each group: one for each value, or thirds of a range."""
    column, points = sweep.design[factor.name], sweep.design["point"]
    if not is_numeric(sweep, factor) or len(levels(sweep, factor)) <= MOST_GROUPS:
        return {
            value_with_unit(factor, value): list(points[(column == value).to_numpy()])
            for value in levels(sweep, factor)
        }
    values = column.to_numpy(dtype=float)
    low, cut1, cut2, high = np.nanquantile(values, (0.0, 1 / 3, 2 / 3, 1.0))
    parts = {
        f"{value_text(low)} to {value_with_unit(factor, cut1)}": values <= cut1,
        f"{value_text(cut1)} to {value_with_unit(factor, cut2)}": (values > cut1) & (values <= cut2),
        f"{value_text(cut2)} to {value_with_unit(factor, high)}": values > cut2,
    }
    return {label: list(points[mask]) for label, mask in parts.items()}
