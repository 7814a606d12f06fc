"""Calibration: which values of chosen parameters agree with the record, by approximate Bayesian computation.

Sequential Monte Carlo (ABC-SMC, Toni et al. 2009) with the library pyABC: a population of parameter sets, drawn from
even priors over plausible ranges, moves generation by generation to sets whose runs miss the record by less. It asks
for no likelihood, keeps the spread of what agrees, uses every worker, and continues from its last generation when it
was stopped. A parameter set is run a few times, with seeds that follow from its values; with one run each, the sets
that are kept are lucky rather than right. For the same reason the fitted values are those of the set that misses least
when the best of the last generation are run again with fresh seeds.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import Field

from siege_sim.errors import ResultError, SiegeError, did_you_mean
from siege_sim.loading.keys import TIMES, parameter_of, with_values
from siege_sim.loading.scenario import load_scenario
from siege_sim.runner.pool import process_pool
from siege_sim.runner.run import Job, run_job
from siege_sim.schema.block import Block, param
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import CALIBRATION_PREFIX, find_file, shipped_experiments_folder, shipped_files
from siege_sim.validation.measures import measured
from siege_sim.validation.record import Record, load_record

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.validation.record import RecordEntry

LARGEST_MISS = 3.0
"""Where a pattern's miss is cut off, so that one hopeless pattern does not drown the others."""

KERNEL_VARIANCE = 2.0
"""How many times the variance of Silverman's rule new sets are spread with; wider kernels keep more sets in play."""

FIRST_SEED_OF_FINALISTS = 1001
"""The seeds of finalists: others than people use when they look at the fitted scenario."""

HISTORY = "history.db"
SPEC = "calibration.json"


class Range(Block):
    """Where a parameter is looked for; without bounds, in its plausible range."""

    low: float | None = None
    """The lowest value."""
    high: float | None = None
    """The highest value."""


class CalibrationSpec(Block):
    """What is fitted to what."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    scenario: str
    """The scenario, by name or path."""
    record: str | None = None
    """The record; by default the scenario's namesake."""
    settings: tuple[str, ...] = ()
    """Further settings, ``KEY=VALUE``, that hold in every run."""
    days: int = param(unit="days", ge=1, le=3650)
    """How many days each run has."""
    parameters: dict[str, Range] = Field(min_length=1)
    """Parameters by their key in the scenario."""
    weights: dict[str, float] = Field(default_factory=dict)
    """Weights of patterns; 1 for those that are not named, 0 to leave one out."""
    replications: int = param(3, unit="runs", ge=1, le=1000)
    """Runs of each parameter set; its miss is their mean."""
    particles: int = param(60, unit="parameter sets", ge=4, le=100_000)
    """Parameter sets in a generation."""
    generations: int = param(6, unit="generations", ge=1, le=100)
    """Generations at the most."""
    finalists: int = param(12, unit="parameter sets", ge=1, le=1000)
    """Sets of the last generation that are run again; the one that then misses least is the fitted one."""
    runs_of_a_finalist: int = param(16, unit="runs", ge=1, le=10_000)
    """Runs of each finalist, with seeds of their own that all finalists share."""


@dataclass(frozen=True)
class Prior:
    """A parameter's even prior.

    Attributes:
        key: its key in the scenario.
        low: lower bound.
        high: upper bound.
        whole: whether it takes whole numbers only.
        unit: its unit.
    """

    key: str
    low: float
    high: float
    whole: bool
    unit: str

    def value(self, drawn: float) -> float | int:
        """Return the value of the parameter for a number drawn from 0 to 1."""
        low, high = self.span
        value = low + drawn * (high - low)
        return round(min(max(value, self.low), self.high)) if self.whole else float(value)

    @property
    def span(self) -> tuple[float, float]:
        """Where values are drawn from: half a step wider for whole numbers, so that the ends get their share."""
        return (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)


@dataclass(frozen=True)
class Trial:
    """Runs one parameter set and measures it. Small enough to travel to a worker with each call.

    Sets are drawn from 0 to 1 in every parameter: kernels are covariances, and where one parameter's numbers are a
    million times another's, such a matrix counts as singular and the weights of sets come out wrong.
    """

    scenario: Mapping[str, Any]
    priors: tuple[Prior, ...]
    record: Record
    weights: Mapping[str, float]
    days: int
    replications: int

    def __call__(self, drawn: Mapping[str, float]) -> dict[str, float]:
        """Return the misfit of a drawn parameter set, and its miss on every pattern."""
        values = {prior.key: prior.value(drawn[prior.key]) for prior in self.priors}
        first = _seed_of(values)
        return self.with_seeds(values, range(first, first + self.replications))

    def with_seeds(self, values: Mapping[str, float | int], seeds: Iterable[int]) -> dict[str, float]:
        """Return the same for the parameters' values and given seeds."""
        data = with_values(self.scenario, values)
        runs = [run_job(Job(data, seed, self.days)) for seed in seeds]
        misses = {
            name: float(np.mean([miss(entry, measured(entry.measure, run)) for run in runs]))
            for name, entry in self.record.patterns.items()
            if entry.measure is not None
        }
        total = sum(self.weights.get(name, 1.0) * value for name, value in misses.items())
        return {"misfit": total / max(sum(self.weights.get(name, 1.0) for name in misses), 1e-9), **misses}


def shipped_calibrations() -> dict[str, Path]:
    """Return the calibration files that come with the program, by name."""
    found = shipped_files(shipped_experiments_folder())
    return {name: file for name, file in found.items() if name.startswith(CALIBRATION_PREFIX)}


def load_spec(name_or_path: str | Path, known: Mapping[str, Path]) -> CalibrationSpec:
    """Load a calibration file.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return read_block(CalibrationSpec, find_file(name_or_path, known, "calibration"), "a calibration")[0]


def miss(entry: RecordEntry, value: float | None) -> float:
    """Return by how many widths of its range a value misses a pattern: 0 inside, ``LARGEST_MISS`` at the most."""
    if value is None:
        return 0.0
    if math.isnan(value):
        return LARGEST_MISS
    if entry.holds(value):
        return 0.0
    bounds = [bound for bound in (entry.low, entry.high) if bound is not None]
    width = max(max(bounds) - min(bounds), 0.25 * max(abs(bound) for bound in bounds), 1e-9)
    return min(min(abs(value - bound) for bound in bounds) / width, LARGEST_MISS)


def priors_of(spec: CalibrationSpec, scenario: Scenario) -> tuple[Prior, ...]:
    """Return the prior of every parameter of a specification.

    Raises:
        SiegeError: a key that the scenario has not, that is no number, or that has no range.
    """
    return tuple(_prior(key, given, scenario) for key, given in spec.parameters.items())


def _prior(key: str, given: Range, scenario: Scenario) -> Prior:
    known = parameter_of(scenario, key)
    if known is not None and known.is_series:
        raise SiegeError(
            f"parameters: '{key}' is a series by date in this scenario; fit a factor on all of its values: write "
            f"'{key}{TIMES}' with low and high"
        )
    if known is None or not known.is_number:
        raise SiegeError(f"parameters: '{key}' is no number of this scenario; `siege-sim show --resolved` lists all")
    low = given.low if given.low is not None else known.low
    high = given.high if given.high is not None else known.high
    if low is None or high is None or not low < high:
        raise SiegeError(f"parameters: '{key}' needs low and high, low below high; it has no range of its own")
    return Prior(key, float(low), float(high), known.is_whole, known.unit)


def _seed_of(values: Mapping[str, float | int]) -> int:
    text = json.dumps({key: float(value) for key, value in sorted(values.items())})
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")


@dataclass(frozen=True)
class Subject:
    """What a calibration is about: the scenario that is fitted, what is fitted of it, and to which record."""

    scenario: Scenario
    priors: tuple[Prior, ...]
    record: Record


def subject_of(spec: CalibrationSpec) -> Subject:
    """Load what a calibration names.

    Raises:
        SiegeError: a scenario or record that cannot be used, a parameter that cannot be fitted, or an unknown pattern.
    """
    scenario = load_scenario(spec.scenario, spec.settings)
    quarters = scenario.city_map.quarter_names
    record = load_record(spec.record or scenario.name, [outcome.name for outcome in scenario.outcomes], quarters)
    for name in spec.weights:
        if name not in record.patterns:
            raise SiegeError(f"weights: the record has no pattern '{name}'{did_you_mean(name, record.patterns)}")
    return Subject(scenario, priors_of(spec, scenario), record)


def calibrate(
    spec: CalibrationSpec, folder: Path, workers: int, quiet: bool = True
) -> tuple[pd.DataFrame, tuple[Prior, ...]]:
    """Fit, or continue a fit that was stopped, and return the last generation and the priors.

    Args:
        spec: what is fitted to what.
        folder: where the history is kept, generation by generation.
        workers: how many processes.
        quiet: whether pyABC's lines about each generation are left out.

    Returns:
        A row a parameter set: its values, ``weight`` (they sum to 1), ``misfit``, and ``misfit_again`` with the seeds
        of the finalists (not a number for other sets); and the priors.

    Raises:
        ResultError: the folder holds another calibration.
        SiegeError: pyABC is not installed, or a parameter cannot be fitted.
    """
    pyabc = _library()
    logging.getLogger("ABC").setLevel(logging.ERROR if quiet else logging.INFO)
    subject = subject_of(spec)
    scenario, priors = subject.scenario, subject.priors
    _claim(folder, spec, scenario)
    data = scenario.model_dump(mode="json", by_alias=True)
    trial = Trial(data, priors, subject.record, spec.weights, spec.days, spec.replications)
    even = {p.key: pyabc.RV("uniform", 0.0, 1.0) for p in priors}
    with process_pool(workers) as pool:
        sampler = pyabc.sampler.ConcurrentFutureSampler(pool, client_max_jobs=2 * workers)
        kernel = pyabc.MultivariateNormalTransition(scaling=KERNEL_VARIANCE)
        prior = pyabc.Distribution(**even)
        fit = pyabc.ABCSMC(trial, prior, _misfit, spec.particles, transitions=kernel, sampler=sampler)
        database = f"sqlite:///{(folder / HISTORY).resolve()}"
        done = _begin_or_go_on(fit, database, folder / HISTORY)
        if done < spec.generations:
            fit.run(max_nr_populations=spec.generations - done)
        history = pyabc.History(database, create=False)
        history.id = 1
        generation = _last_generation(history, priors)
        generation["misfit_again"] = _played_again(trial, generation, spec, pool)
    return generation, priors


def _library() -> Any:
    try:
        import pyabc
    except ImportError:
        raise SiegeError("calibrating needs the library pyABC: pip install 'siege_sim[calibrate]'") from None
    return pyabc


def _misfit(simulated: Mapping[str, float], observed: Mapping[str, float]) -> float:
    return simulated["misfit"]


def _claim(folder: Path, spec: CalibrationSpec, scenario: Scenario) -> None:
    """Take a folder for this calibration, or make sure that it is this one's already."""
    file = folder / SPEC
    fitted = spec.model_dump(exclude={"generations", "finalists", "runs_of_a_finalist"})
    mine = {"program": "siege_sim", "drawn_from": [0, 1], "scenario_digest": scenario.digest, "spec": fitted}
    text = json.dumps(mine, indent=2)
    if file.is_file():
        if file.read_text("utf-8") != text:
            raise ResultError(f"{folder}: holds a calibration of something else; choose another --out")
        return
    if folder.exists() and any(folder.iterdir()):
        raise ResultError(f"{folder}: is there already and holds no calibration; choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _begin_or_go_on(fit: Any, database: str, file: Path) -> int:
    """Open the history; return how many generations it holds."""
    if not file.is_file():
        fit.new(database, {"misfit": 0.0})
        return 0
    history = fit.load(database, 1)
    return int(history.max_t) + 1


def _played_again(trial: Trial, generation: pd.DataFrame, spec: CalibrationSpec, pool: Executor) -> pd.Series:
    """Run the sets that miss least again: the best of many with few runs each owe much to luck."""
    finalists = generation.nsmallest(spec.finalists, "misfit")
    sets = finalists[[prior.key for prior in trial.priors]].to_dict("records")
    seeds = range(FIRST_SEED_OF_FINALISTS, FIRST_SEED_OF_FINALISTS + spec.runs_of_a_finalist)
    measured_again = pool.map(trial.with_seeds, sets, [seeds] * len(sets))
    return pd.Series([misses["misfit"] for misses in measured_again], index=finalists.index)


def _last_generation(history: Any, priors: Sequence[Prior]) -> pd.DataFrame:
    sets, weights = history.get_distribution(m=0)
    table = pd.DataFrame({p.key: [p.value(drawn) for drawn in sets[p.key]] for p in priors})
    table["weight"] = weights / weights.sum()
    distances = history.get_weighted_distances()
    table["misfit"] = distances["distance"].to_numpy()
    return table
