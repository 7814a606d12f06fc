"""Trying a parameter set: running the cases of a calibration with it, and how far they miss their records."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.experiments.buildable import what_is_wrong
from siege_sim.loading.keys import TIMES, Parameter, parameter_of, with_values
from siege_sim.loading.scenario import load_scenario
from siege_sim.runner.run import Job, run_job
from siege_sim.runner.scoring import record_for
from siege_sim.schema.messages import PlacedError
from siege_sim.validation.measures import measured
from siege_sim.validation.record import Record
from siege_sim.validation.scores import LARGEST_DISTANCE, LEAST_WIDTH

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.runner.calibration_file import CalibrationCase, Range
    from siege_sim.schema.block import KeyPath
    from siege_sim.validation.record import RecordEntry

Values = Mapping[str, float | int]
"""Values of parameters by their key in the scenario."""


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
class LoadedCase:
    """A case whose files have been read and checked.

    Attributes:
        case: what the calibration says of it.
        scenario: its scenario.
        record: its record.
    """

    case: CalibrationCase
    scenario: Scenario = field(repr=False)
    record: Record = field(repr=False)

    def known(self, values: Values) -> dict[str, float | int]:
        """Return the values of those parameters that its scenario has."""
        return {key: value for key, value in values.items() if parameter_of(self.scenario, key) is not None}


def load_case(case: CalibrationCase, place: KeyPath = ()) -> LoadedCase:
    """Load what a case names.

    Args:
        case: the case.
        place: where it stands in the calibration's file.

    Raises:
        PlacedError: a scenario or record that cannot be used, or a weight of a pattern that the record does not have.
    """
    try:
        scenario = load_scenario(case.scenario, case.settings)
    except ScenarioError as error:
        raise PlacedError((*place, "scenario"), str(error)) from None
    try:
        record = record_for(scenario, case.record)
    except ScenarioError as error:
        raise PlacedError((*place, "record") if case.record else (*place, "scenario"), str(error)) from None
    for name in case.weights:
        if name not in record.patterns:
            words = f"the record has no pattern '{name}'{did_you_mean(name, record.patterns)}"
            raise PlacedError((*place, "weights", name), words)
    return LoadedCase(case, scenario, record)


def priors_of(parameters: Mapping[str, Range], scenarios: Sequence[Scenario]) -> tuple[Prior, ...]:
    """Return the prior of every parameter that is fitted.

    Args:
        parameters: where each is looked for, by its key.
        scenarios: of the cases; a parameter that none of them has cannot be fitted.

    Raises:
        PlacedError: a key that no scenario has, that is no number, or that has no range.
    """
    return tuple(_prior(key, given, scenarios) for key, given in parameters.items())


def _prior(key: str, given: Range, scenarios: Sequence[Scenario]) -> Prior:
    found: list[Parameter] = list(filter(None, (parameter_of(scenario, key) for scenario in scenarios)))
    if any(parameter.is_series for parameter in found):
        which = "this scenario" if len(scenarios) == 1 else "a case's scenario"
        raise PlacedError(
            ("parameters", key),
            f"'{key}' is a series by date in {which}; fit a factor on all of its values: write '{key}{TIMES}' with "
            "low and high",
        )
    known = found[0] if found else None
    if known is None or not known.is_number:
        which = "this scenario" if len(scenarios) == 1 else "any case's scenario"
        words = f"'{key}' is no number of {which}; `siege-sim show --resolved` lists all"
        raise PlacedError(("parameters", key), words)
    low = given.low if given.low is not None else known.low
    high = given.high if given.high is not None else known.high
    if low is None or high is None or not low < high:
        raise PlacedError(
            ("parameters", key), f"'{key}' needs low and high, low below high; it has no range of its own"
        )
    return Prior(key, float(low), float(high), known.is_whole, known.unit)


MOST_ENDS = 400
"""How many ends of ranges are tried before a fit begins, which takes a second or two."""


def refuse_ends(priors: Sequence[Prior], cases: Sequence[LoadedCase]) -> None:
    """Refuse a range that leaves what a case's scenario takes; a fit would find out after hours.

    Raises:
        PlacedError: names the parameter, the end and what is wrong with it.
    """
    ends = [(prior, shown, loaded) for prior in priors for shown in (0.0, 1.0) for loaded in cases]
    plain = {id(loaded): loaded.scenario.model_dump(mode="json", by_alias=True) for loaded in cases}
    for prior, drawn, loaded in ends[:MOST_ENDS]:
        known = loaded.known({prior.key: prior.value(drawn)})
        wrong = what_is_wrong(plain[id(loaded)], known) if known else ""
        if wrong:
            end = "low" if drawn == 0.0 else "high"
            raise PlacedError(("parameters", prior.key, end), wrong)


@dataclass(frozen=True)
class CaseTrial:
    """A case as it travels to a worker: plain data.

    Attributes:
        name: of the case; empty where there is only one, whose patterns need no other name.
        scenario: its scenario.
        has: the keys of those fitted parameters that it has.
        record: its record.
        weights: of its patterns.
        weight: of its misfit.
        days: of its runs.
    """

    name: str
    scenario: Mapping[str, Any] = field(repr=False)
    has: frozenset[str]
    record: Record = field(repr=False)
    weights: Mapping[str, float]
    weight: float
    days: int

    def misses(self, values: Values, seeds: Iterable[int]) -> tuple[float, dict[str, float]]:
        """Return the case's misfit for a parameter set, and the miss on every pattern."""
        data = with_values(self.scenario, {key: value for key, value in values.items() if key in self.has})
        runs = [run_job(Job(data, seed, self.days)) for seed in seeds]
        misses = {
            name: float(np.mean([miss(entry, measured(entry.measure, run)) for run in runs]))
            for name, entry in self.record.patterns.items()
            if entry.measure is not None
        }
        total = sum(self.weights.get(name, 1.0) * value for name, value in misses.items())
        return total / max(sum(self.weights.get(name, 1.0) for name in misses), 1e-9), misses


@dataclass(frozen=True)
class Trial:
    """Runs one parameter set and measures it. Small enough to travel to a worker with each call.

    Sets are drawn from 0 to 1 in every parameter: kernels are covariances, and where one parameter's numbers are a
    million times another's, such a matrix counts as singular and the weights of sets come out wrong.

    Attributes:
        cases: what is run.
        priors: of the parameters that are drawn.
        fixed: values of parameters that an earlier stage has found.
        replications: runs of each case.
    """

    cases: tuple[CaseTrial, ...]
    priors: tuple[Prior, ...]
    fixed: Values
    replications: int

    def __call__(self, drawn: Mapping[str, float]) -> dict[str, float]:
        """Return the misfit of a drawn parameter set, that of each of several cases, and its miss on every pattern."""
        values = {prior.key: prior.value(drawn[prior.key]) for prior in self.priors}
        first = _seed_of(values)
        return self.with_seeds(values, range(first, first + self.replications))

    def with_seeds(self, values: Values, seeds: Iterable[int]) -> dict[str, float]:
        """Return the same for the parameters' values and given seeds."""
        found: dict[str, float] = {}
        total, every = 0.0, list(seeds)
        for case in self.cases:
            misfit, misses = case.misses({**self.fixed, **values}, every)
            total += case.weight * misfit
            if case.name:
                found[f"misfit.{case.name}"] = misfit
            found |= {f"{case.name}.{name}" if case.name else name: value for name, value in misses.items()}
        return {"misfit": total / sum(case.weight for case in self.cases), **found}


def trial_of(cases: Sequence[LoadedCase], priors: tuple[Prior, ...], fixed: Values, replications: int) -> Trial:
    """Return the trial of some cases."""
    keys = {*(prior.key for prior in priors), *fixed}
    parts = [
        CaseTrial(
            loaded.case.name if len(cases) > 1 else "",
            loaded.scenario.model_dump(mode="json", by_alias=True),
            frozenset(loaded.known(dict.fromkeys(keys, 0))),
            loaded.record,
            loaded.case.weights,
            loaded.case.weight,
            loaded.case.days,
        )
        for loaded in cases
    ]
    return Trial(tuple(parts), priors, fixed, replications)


def miss(entry: RecordEntry, value: float | None) -> float:
    """Return by how many widths of its range a value misses a pattern: 0 inside, ``LARGEST_DISTANCE`` at the most."""
    if value is None:
        return 0.0
    if math.isnan(value):
        return LARGEST_DISTANCE
    if entry.holds(value):
        return 0.0
    bounds = [bound for bound in (entry.low, entry.high) if bound is not None]
    width = max(max(bounds) - min(bounds), LEAST_WIDTH * max(abs(bound) for bound in bounds), 1e-9)
    return min(min(abs(value - bound) for bound in bounds) / width, LARGEST_DISTANCE)


def _seed_of(values: Values) -> int:
    text = json.dumps({key: float(value) for key, value in sorted(values.items())})
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little")
