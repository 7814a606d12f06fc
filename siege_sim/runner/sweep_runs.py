"""The runs of a sweep as checks read them: by points that a file of claims has names for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from siege_sim.analysis.claims.played import ALL_RUNS, PlayedRuns
from siege_sim.errors import did_you_mean
from siege_sim.experiments.design import Sampled
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.outcome import Outcome
from siege_sim.model.run_outcomes import RunOutcome
from siege_sim.results.endings import ENDING, HOLDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siege_sim.experiments.plan import Plan
    from siege_sim.results.sweep import Factor, Sweep

    Values = NDArray[Any]

NamedPoints = Mapping[str, Mapping[str, Any]]
"""Values of some factors, by a name for the points that have them."""


@dataclass(frozen=True)
class SweepRuns:
    """Runs of a sweep that has been played: the first so many of each point."""

    plan: Plan
    sweep: Sweep
    runs_of_each: int


def number_of_draws(plan: Plan) -> tuple[str, int]:
    """Return of what the draws are that a plan consists of, and how many there are: points of a sample, or seeds."""
    if isinstance(plan.experiment.design, Sampled) and plan.points.sample is not None:
        crossed = [factor.name for factor in plan.factors if factor.name not in plan.points.sample.columns]
        copies = len(plan.points.table[crossed].drop_duplicates()) if crossed else 1
        return "points", len(plan.points) // copies
    return "seeds", plan.experiment.replications


def runs_of_sweep(played: SweepRuns, points: NamedPoints, names: set[str]) -> dict[str, PlayedRuns]:
    """Return the runs of a sweep: all, and those of the points that have a name.

    Args:
        played: the runs.
        points: the points with a name.
        names: the outcomes and factors that are read.
    """
    plan = played.plan
    table = played.sweep.runs
    table = table[table["replication"] < played.runs_of_each].reset_index(drop=True)
    daily = _daily(played.sweep.series, table, plan, names)
    whole: dict[str, Values] = {ENDING: table[ENDING].to_numpy(dtype=object)}
    for name in names - {ENDING}:
        if name in table:
            whole[name] = _numbers(table[name], plan.known[name])
        elif name in daily:
            whole[name] = np.array([row[~np.isnan(row)][-1:].sum() for row in daily[name]])
    return _by_name(plan, table, whole, daily, points)


def no_runs(
    plan: Plan, points: NamedPoints, names: set[str], mark: Callable[..., str]
) -> tuple[dict[str, PlayedRuns], list[str]]:
    """Return runs of every point in which every outcome is zero, and what is wrong with the points that have names."""
    problems = [line for name, values in points.items() for line in _problems(plan, name, values, mark)]
    if problems:
        return {}, problems
    count = min(plan.experiment.replications, 2)
    rows = pd.DataFrame({
        "point": np.tile(np.arange(len(plan.points)), count),
        "replication": np.repeat(np.arange(count), len(plan.points)),
    })  # fmt: skip
    rows["seed"] = rows["replication"] + plan.experiment.first_seed
    zeros = np.zeros(len(rows))
    whole = {name: zeros for name in names if name in plan.kept or name in plan.kept_daily}
    whole[ENDING] = np.full(len(rows), HOLDING, dtype=object)
    daily = {name: np.zeros((len(rows), _last_day(plan) + 1)) for name in names if name in plan.kept_daily}
    return _by_name(plan, rows, whole, daily, points), []


def _problems(plan: Plan, name: str, values: Mapping[str, Any], mark: Callable[..., str]) -> list[str]:
    factors = {factor.name: factor for factor in plan.factors}
    unknown = [one for one in values if one not in factors]
    if unknown:
        return [f"{mark(name, one)}: the experiment has no factor '{one}'{did_you_mean(one, factors)}"
                for one in unknown]  # fmt: skip
    if _at(plan, values).any():
        return []
    said = ", ".join(f"{one}: {_word(value)}" for one, value in values.items())
    first = factors[next(iter(values))]
    where = f"where {first.name} > ..." if first.values is None else f"one of {', '.join(map(_word, first.values))}"
    hint = f"ask for a range in the check, as in median(... {where})" if first.values is None else f"it is {where}"
    return [f"{mark(name)}: no point of the experiment has {said}; {hint}"]


def _by_name(
    plan: Plan, table: pd.DataFrame, whole: Mapping[str, Values], daily: Mapping[str, Values], points: NamedPoints
) -> dict[str, PlayedRuns]:
    """Return runs by the names of their points, each with what it has in common with its partners."""
    at = table["point"].to_numpy()
    factors = {factor.name: _values(plan, factor)[at] for factor in plan.factors}
    what, count = number_of_draws(plan)
    runs = PlayedRuns(
        start=scenario_of(next(iter(plan.bases.values()))).clock.start,
        last_day=_last_day(plan),
        seeds=tuple(table["seed"].tolist()),
        whole={**factors, **whole},
        daily=daily,
        points=tuple(at.tolist()),
        factors={factor.name: _words(factor) for factor in plan.factors},
        partners=tuple(zip(at.tolist(), table["replication"].tolist(), strict=True)),
        clusters=at % count if what == "points" else table["replication"].to_numpy(),
        every_days=plan.experiment.series.every_days if plan.experiment.series else 1,
    )
    named = {name: _named(plan, runs, table, values) for name, values in points.items()}
    return {ALL_RUNS: runs, **named}


def _named(plan: Plan, runs: PlayedRuns, table: pd.DataFrame, values: Mapping[str, Any]) -> PlayedRuns:
    """Return the runs of the points that have some values, in the order of what else tells them apart."""
    others = [factor.name for factor in plan.factors if factor.name not in values]
    rows = np.flatnonzero(_at(plan, values)[table["point"].to_numpy()])
    replications = table["replication"].tolist()
    partner = {
        row: (*(str(runs.whole[name][row]) for name in others), replications[row])
        for row in rows.tolist()
    }  # fmt: skip
    ordered = sorted(partner, key=lambda row: partner[row])
    chosen = runs.only(np.array(ordered, dtype=int))
    return replace(chosen, partners=tuple(partner[row] for row in ordered))


def _at(plan: Plan, values: Mapping[str, Any]) -> Values:
    """Return for every point whether it has some values."""
    found = np.full(len(plan.points), True)
    for factor in plan.factors:
        if factor.name in values:
            there, wanted = _values(plan, factor), values[factor.name]
            if _words(factor) or isinstance(wanted, str | bool) or not isinstance(wanted, int | float):
                found &= there.astype(str) == _word(wanted)
            else:
                found &= np.isclose(there, float(wanted), rtol=1e-9, atol=0.0)
    return found


def _values(plan: Plan, factor: Factor) -> Values:
    """Return a factor's value at every point: numbers, or words."""
    column = plan.points.table[factor.name]
    if _words(factor):
        return np.array([_word(value) for value in column.tolist()], dtype=object)
    return column.to_numpy(dtype=float)


def _words(factor: Factor) -> tuple[str, ...]:
    """Return the words that a factor can be; none when it is a number."""
    values = factor.values or ()
    are_words = any(isinstance(value, str | bool) for value in values)
    return tuple(map(_word, values)) if are_words else ()


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _numbers(column: pd.Series[Any], outcome: Outcome | RunOutcome) -> Values:
    """Return an outcome of every run; a day that never came is later than any other."""
    values = column.to_numpy(dtype=float)
    never = isinstance(outcome, RunOutcome) and outcome.unit == "days"
    return np.where(np.isnan(values), np.inf, values) if never else values


def _daily(series: pd.DataFrame, table: pd.DataFrame, plan: Plan, names: set[str]) -> dict[str, Values]:
    """Return outcomes by run and day: after a siege's end what held last, on days that are kept."""
    kept = [name for name in plan.kept_daily if name in names]
    if not kept or series.empty:
        return {}
    places = {(point, replication): row for row, (point, replication) in
              enumerate(zip(table["point"], table["replication"], strict=True))}  # fmt: skip
    rows = np.array([places.get(pair, -1) for pair in zip(series["point"], series["replication"], strict=True)])
    there, last = rows >= 0, _last_day(plan)
    rows, days = rows[there], series["day"].to_numpy()[there]
    every = plan.experiment.series.every_days if plan.experiment.series else 1
    on_grid = np.arange(last + 1) % every == 0
    final = np.zeros(len(table), dtype=int)
    np.maximum.at(final, rows, days)
    over = (table[ENDING] != HOLDING).to_numpy()[:, None] & (np.arange(last + 1) > final[:, None]) & on_grid
    found = {}
    for name in kept:
        values = np.full((len(table), last + 1), np.nan)
        values[rows, days] = series[name].to_numpy(dtype=float)[there]
        found[name] = np.where(over, values[np.arange(len(table)), final][:, None], values)
    return found


def _last_day(plan: Plan) -> int:
    return int(plan.experiment.days or max(int(data["days"]) for data in plan.bases.values()))
