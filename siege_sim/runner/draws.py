"""Parameters that are uncertain, drawn: of a calibration's posterior, or evenly of all plausible ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from siege_sim.errors import ResultError, ScenarioError, SiegeError, did_you_mean
from siege_sim.loading.keys import TIMES, keys_in, parameter_of, with_values
from siege_sim.loading.scenario import scenario_of
from siege_sim.runner.fit import POSTERIOR
from siege_sim.runner.run import Job
from siege_sim.runner.trial import Prior, Values
from siege_sim.schema.shipped import shipped_experiments_folder

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.scenario import Scenario

NOT_PARAMETERS = ("weight", "misfit", "misfit_again")
"""Columns of a posterior that are no parameters."""

FIRST_DRAW = 1
"""The seed of the draws; it has nothing to do with the seeds of the runs."""

MOST_TRIES = 200
"""How often a set of values is drawn anew that gives no scenario."""


@dataclass(frozen=True)
class Draws:
    """Sets of parameters, one for each pair of runs.

    Attributes:
        said: in words, what they were drawn from.
        sets: values by key.
    """

    said: str
    sets: tuple[Values, ...] = field(repr=False)

    def table(self) -> pd.DataFrame:
        """Return a row a pair of runs: its seed, and the values."""
        return pd.DataFrame([{"seed": seed, **one} for seed, one in enumerate(self.sets, start=1)])


def draws_for(scenarios: Sequence[Scenario], count: int, calibration: Path | None = None) -> Draws:
    """Draw sets of parameters for pairs of runs.

    Args:
        scenarios: the baseline, then the what-ifs.
        count: how many sets.
        calibration: the folder of a calibration or the name of a shipped fit, whose last generation is drawn from by
            its weights; without it, each parameter of the mechanisms is drawn by itself from its plausible range.

    Raises:
        SiegeError: the folder holds no posterior, or one of another scenario, or sets give no scenario.
    """
    rng = np.random.default_rng(FIRST_DRAW)
    if calibration is not None:
        sets, keys, others = _from_posterior(_fit_folder(calibration), scenarios[0], count, rng)
        said = f"{len(keys)} parameters are drawn from what the fit '{calibration}' leaves of them"
        said += f" ({others} more of the fit are not in this scenario)" if others else ""
        return Draws(said, tuple(sets))
    priors = ranges_of(scenarios[0])
    if not priors:
        raise SiegeError(f"--uncertain: no parameter of '{scenarios[0].name}' has a plausible range")
    said = f"{len(priors)} parameters are drawn, each evenly from its plausible range and independent of the others"
    return Draws(said, tuple(_from_ranges(priors, scenarios, count, rng)))


def ranges_of(scenario: Scenario) -> list[Prior]:
    """Return the plausible range of every number of the mechanisms that has one."""
    data = scenario.model_dump(mode="json", by_alias=True)["processes"]
    found = [parameter_of(scenario, key) for key in keys_in(data, "processes.")]
    return [
        Prior(one.key, float(one.low), float(one.high), one.is_whole, one.unit)
        for one in found
        if one is not None and one.is_number and one.low is not None and one.high is not None and one.low < one.high
    ]


def _from_ranges(
    priors: Sequence[Prior], scenarios: Sequence[Scenario], count: int, rng: Generator
) -> Iterator[Values]:
    """Yield sets spread evenly over the ranges (a Latin hypercube); one that gives no scenario is drawn anew."""
    from scipy.stats import qmc

    plans = [one.model_dump(mode="json", by_alias=True) for one in scenarios]
    for row in qmc.LatinHypercube(len(priors), rng=rng).random(count):
        shares = row
        for _ in range(MOST_TRIES):
            drawn = {prior.key: prior.value(float(share)) for prior, share in zip(priors, shares, strict=True)}
            if _fits(drawn, scenarios, plans):
                break
            shares = rng.random(len(priors))
        else:
            raise SiegeError("--uncertain: values from all plausible ranges give no scenario; draw from a calibration")
        yield drawn


def _fits(drawn: Values, scenarios: Sequence[Scenario], plans: Sequence[Mapping[str, object]]) -> bool:
    try:
        for one, plan in zip(scenarios, plans, strict=True):
            scenario_of(with_values(plan, own_values(drawn, scenarios[0], one)))
    except ScenarioError:
        return False
    return True


def _fit_folder(name: Path) -> Path:
    """Return the folder of a fit: the one that is named, or the shipped one of that name."""
    shipped = {folder.name: folder for folder in (shipped_experiments_folder() / "fits").glob("*") if folder.is_dir()}
    if name.is_dir() or len(name.parts) > 1:
        return name
    if str(name) not in shipped:
        hint = did_you_mean(str(name), shipped)
        raise ResultError(f"--draws-from: there is no folder and no shipped fit '{name}'{hint}")
    return shipped[str(name)]


def _from_posterior(
    folder: Path, scenario: Scenario, count: int, rng: Generator
) -> tuple[list[dict[str, float | int]], list[str], int]:
    """Return sets of the posterior by their weights, those of each stage by themselves, their keys, and how many more.

    Keys that the scenario does not have are left out: a fit of several cases has parameters that one of them lacks.
    """
    files = [folder / POSTERIOR] if (folder / POSTERIOR).is_file() else sorted(folder.glob(f"*/{POSTERIOR}"))
    if not files:
        raise ResultError(f"{folder}: no {POSTERIOR} in it; give the folder that `siege-sim calibrate` has written")
    sets: list[dict[str, float | int]] = [{} for _ in range(count)]
    keys: list[str] = []
    others = 0
    for file in files:
        table = _posterior(file, scenario)
        fitted = [str(name) for name in table if name not in NOT_PARAMETERS]
        mine = [name for name in fitted if parameter_of(scenario, name) is not None]
        keys, others = [*keys, *mine], others + len(fitted) - len(mine)
        for one, row in zip(sets, _chosen_rows(table["weight"].to_numpy(float), count, rng), strict=True):
            one |= {key: table[key].iloc[row].item() for key in mine}
    return sets, keys, others


def _posterior(file: Path, scenario: Scenario) -> pd.DataFrame:
    try:
        table = pd.read_csv(file, encoding="utf-8-sig")
    except (ValueError, OSError) as error:
        raise ResultError(f"{file}: cannot be read: {error}") from None
    if "weight" not in table or not (table["weight"].to_numpy() > 0).any():
        raise ResultError(f"{file}: no column 'weight' with weights above 0; write it anew with `siege-sim calibrate`")
    fitted = [str(key) for key in table if key not in NOT_PARAMETERS]
    if not any(parameter_of(scenario, key) is not None for key in fitted):
        raise ResultError(f"{file}: '{scenario.name}' has none of its parameters; it is a fit of another scenario")
    return table


def _chosen_rows(weights: np.ndarray, count: int, rng: Generator) -> np.ndarray:
    """Return rows, each about as often as its weight says, in random order."""
    ends = np.cumsum(weights) / weights.sum()
    places = (np.arange(count) + rng.random()) / count
    rows = np.minimum(np.searchsorted(ends, places, side="right"), len(weights) - 1)
    return rng.permutation(rows)


def own_values(drawn: Values, base: Scenario, one: Scenario) -> dict[str, float | int]:
    """Return the drawn values that hold in a scenario: not of what it sets otherwise than the baseline."""
    return {
        key: value
        for key, value in drawn.items()
        if (mine := parameter_of(one, key)) is not None
        and (key.endswith(TIMES) or (theirs := parameter_of(base, key)) is None or mine.value == theirs.value)
    }


def drawn_jobs(
    scenarios: Sequence[Scenario], draws: Draws, days: int | None, seeds: Sequence[int] | None = None
) -> list[Job]:
    """Return the runs of all scenarios with each set, seed by seed; without ``seeds`` these are 1, 2, ..."""
    plans = [one.model_dump(mode="json", by_alias=True) for one in scenarios]
    return [
        Job(with_values(plan, own_values(drawn, scenarios[0], one)), seed, days)
        for seed, drawn in zip(seeds or range(1, len(draws.sets) + 1), draws.sets, strict=True)
        for one, plan in zip(scenarios, plans, strict=True)
    ]
