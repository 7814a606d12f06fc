"""What many runs of one scenario say: how it ends and when, who dies of what, where people are, what ground is lost.

Shares of runs have 95 % intervals (Wilson); numbers have their median and the range of 80 % of the runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.intervals import share_of
from siege_sim.results.calendar import Calendar
from siege_sim.results.curves import FAN_PERCENTILES, daily_percentiles, values_to
from siege_sim.results.endings import ENDINGS, HOLDING
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

    from siege_sim.analysis.intervals import Estimate
    from siege_sim.results.ensemble import RunSet

    FloatArray = NDArray[np.float64]

PARTS_OF_THE_TIME = 4
"""Into how many parts the days are divided for the map of lost ground, where no dates are given."""


@dataclass(frozen=True)
class MiddleRange:
    """The median of some runs, and between which values 80 % of them lie: each the value of a run.

    Not a number where there are none.
    """

    median: float
    low: float
    high: float
    runs: int


def middle_range(values: ArrayLike) -> MiddleRange:
    """Return median, 10th and 90th percentile of the values that are known."""
    array = np.asarray(values, dtype=float).ravel()
    known = array[np.isfinite(array)]
    if not known.size:
        return MiddleRange(np.nan, np.nan, np.nan, 0)
    low, median, high = np.percentile(known, FAN_PERCENTILES, method="nearest").tolist()
    return MiddleRange(median, low, high, known.size)


@dataclass(frozen=True)
class Chance:
    """Something that may happen in a run.

    Attributes:
        name: of it.
        share: in which share of the runs it did.
        days: on which day, in those.
    """

    name: str
    share: Estimate
    days: MiddleRange


@dataclass(frozen=True)
class Amount:
    """A number at the end of the runs.

    Attributes:
        name: of the outcome.
        label: in words.
        unit: of the values.
        values: of the runs.
    """

    name: str
    label: str
    unit: str
    values: MiddleRange


@dataclass(frozen=True)
class QuarterChance:
    """A quarter besieged on day 0.

    Attributes:
        name: of it.
        sector: in which it lies.
        people: on day 0, at the median.
        lost: in which share of the runs all of it was lost, and on which day.
        killed: civilians who were killed by violence in it.
    """

    name: str
    sector: str
    people: float
    lost: Chance
    killed: MiddleRange


@dataclass(frozen=True)
class DayCurves:
    """An outcome of a day in all runs.

    Attributes:
        name: of the outcome.
        label: in words.
        unit: of the values.
        curves: shape ``(runs, days + 1)``; a run that has ended keeps its last value, one that was stopped has none.
        bands: the 10th, 50th and 90th percentile of every day.
    """

    name: str
    label: str
    unit: str
    curves: FloatArray = field(repr=False)
    bands: FloatArray = field(repr=False)


@dataclass(frozen=True)
class LostByDay:
    """The share of the runs in which each cell of the garrison's ground is lost by the end of a day.

    Attributes:
        day: which day.
        share: shape ``(rows, columns)``; not a number on ground that the garrison did not hold on day 0.
        runs: how many runs say something of that day: all but those that were stopped before it.
        held: the share of the ground of day 0 that is held.
    """

    day: int
    share: FloatArray = field(repr=False)
    runs: int
    held: MiddleRange


@dataclass(frozen=True)
class EnsembleFindings:
    """What many runs of one scenario say.

    Attributes:
        runs: the runs themselves.
        days: their dates, to the last day of the longest.
        besieged: civilians on day 0.
        endings: every ending that was seen, the most frequent first.
        end: in which share of the runs the siege ended, and when.
        deaths: civilians who died: all, then by cause.
        fates: where those who lived are at the end, and how many ways there are to be so.
        ground: what became of the ground: half of it lost, the pocket cut apart.
        quarters: the quarters besieged on day 0, those that are lost most often and earliest first.
        curves: outcomes by day, the ground first.
        lost: the cells that are lost, by some days.
    """

    runs: RunSet
    days: Calendar
    besieged: float
    endings: tuple[Chance, ...]
    end: Chance
    deaths: tuple[Amount, ...]
    fates: tuple[Amount, ...]
    ground: tuple[Chance, ...]
    quarters: tuple[QuarterChance, ...]
    curves: tuple[DayCurves, ...] = field(repr=False)
    lost: tuple[LostByDay, ...] = field(repr=False)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.runs.runs)


def ensemble_findings(runs: RunSet, by: Iterable[date] = ()) -> EnsembleFindings:
    """Find out what many runs of one scenario say.

    Args:
        runs: the runs.
        by: dates by which ground is lost or not; quarters of the time when there are none.
    """
    days = Calendar(runs.start, runs.last_day)
    first = runs.runs[0].series
    return EnsembleFindings(
        runs=runs,
        days=days,
        besieged=float(first["civilians_in_pocket"].iloc[0]),
        endings=_endings(runs),
        end=_chance("ended", [None if run.ending == HOLDING else len(run.series) - 1 for run in runs.runs]),
        deaths=_amounts(runs, _deaths(runs)),
        fates=_amounts(runs, _fates(runs)),
        ground=tuple(
            _chance(name, [run.summary.get(name) for run in runs.runs]) for name in ("days_to_half", "day_pocket_split")
        ),
        quarters=_quarters(runs),
        curves=tuple(_curves(runs, name) for name in runs.outcomes),
        lost=tuple(_lost_by(runs, day) for day in chosen_days(days, by)),
    )


def chosen_days(days: Calendar, by: Iterable[date] = ()) -> tuple[int, ...]:
    """Return the days by which ground is lost or not: those of dates within the runs, else quarters of the time."""
    given = sorted({day for when in by if 0 <= (day := (when - days.start).days) <= days.last})
    parts = {round(days.last * part / PARTS_OF_THE_TIME) for part in range(1, PARTS_OF_THE_TIME + 1)}
    return tuple(given or sorted(parts))


def _endings(runs: RunSet) -> tuple[Chance, ...]:
    seen = list(dict.fromkeys((*ENDINGS, *(run.ending for run in runs.runs))))
    found = [_chance(name, [len(run.series) - 1 if run.ending == name else None for run in runs.runs]) for name in seen]
    return tuple(sorted((one for one in found if one.days.runs), key=lambda one: -one.days.runs))


def _chance(name: str, days: Sequence[float | None]) -> Chance:
    known = np.array([np.nan if day is None else float(day) for day in days])
    return Chance(name, share_of(np.isfinite(known)), middle_range(known))


def _deaths(runs: RunSet) -> list[str]:
    causes = [name for name, about in runs.outcomes.items() if about.get("death")]
    return ["excess_deaths", "civilians_killed", *causes]


def _fates(runs: RunSet) -> list[str]:
    return ["civilians_in_pocket", *(name for name, about in runs.outcomes.items() if about.get("departure"))]


def _amounts(runs: RunSet, names: Sequence[str]) -> tuple[Amount, ...]:
    return tuple(_amount(runs, name) for name in names)


def _amount(runs: RunSet, name: str) -> Amount:
    about = runs.outcomes.get(name, {"label": "Civilians who died, of all causes", "unit": "persons"})
    return Amount(name, about["label"], about["unit"], middle_range([run.summary[name] for run in runs.runs]))


def _quarters(runs: RunSet) -> tuple[QuarterChance, ...]:
    tables = [run.quarters.set_index("quarter") for run in runs.runs]
    first = tables[0][tables[0]["garrison_cells_on_day_0"] > 0]
    found = [
        QuarterChance(
            str(name), str(first.at[name, "sector"]),
            float(np.median([_float(table, name, "civilians_on_day_0") for table in tables])),
            _chance(str(name), [_float(table, name, "day_captured") for table in tables]),
            middle_range([_float(table, name, "civilians_killed") for table in tables]),
        )
        for name in first.index
    ]  # fmt: skip
    never = float("inf")
    return tuple(
        sorted(found, key=lambda one: (-one.lost.days.runs, one.lost.days.median if one.lost.days.runs else never))
    )


def _float(table: pd.DataFrame, row: Any, column: str) -> float:
    """Return a number of a table; not a number where there is none."""
    value: Any = table.at[row, column]
    return float("nan") if pd.isna(value) else float(value)


def _curves(runs: RunSet, name: str) -> DayCurves:
    about = runs.outcomes[name]
    curves = np.stack([values_to(run, [name], runs.last_day) for run in runs.runs])
    return DayCurves(name, about["label"], about["unit"], curves, daily_percentiles(curves, FAN_PERCENTILES))


def _lost_by(runs: RunSet, day: int) -> LostByDay:
    """Return which cells are lost by a day; after its end a siege stays as it is, after a stop nobody knows."""
    known = [run for run in runs.runs if run.ending != HOLDING or len(run.series) > day]
    held_first = (runs.town.holder == GARRISON).ravel()
    lost = np.mean([(run.day_lost >= 0) & (run.day_lost <= day) for run in known], axis=0)
    share = np.where(held_first, lost, np.nan).reshape(runs.town.holder.shape)
    held = [values_to(run, ["garrison_area_share"], day)[day] for run in known]
    return LostByDay(day, share, len(known), middle_range(held))
