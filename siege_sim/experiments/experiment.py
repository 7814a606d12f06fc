"""Experiment files: a base scenario, what differs between runs, a design, and what is kept of each run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import Field

from siege_sim.analysis.figures import FIGURE_NAMES
from siege_sim.errors import ScenarioError, SiegeError, did_you_mean
from siege_sim.experiments.design import Axis, Design, Points, Sampled, Scalar, Shape, Table, table_points
from siege_sim.loading.keys import Parameter, keys_in, parameter_of, with_values
from siege_sim.loading.scenario import load_scenario, scenario_of
from siege_sim.model.outcomes import DAILY
from siege_sim.results.sweep import Factor
from siege_sim.schema.block import Block, Problem, param
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import CALIBRATION_PREFIX, find_file, shipped_experiments_folder, shipped_files
from siege_sim.schema.yaml_file import Document

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario

NAME = r"^[a-z0-9][a-z0-9_-]*$"

OF_WHOLE_RUNS: dict[str, tuple[str, str]] = {
    "outcome": ("", "How the siege ended"),
    "end_day": ("day", "Day of the siege's end"),
    "day_pocket_split": ("day", "Day on which the pocket was cut in two"),
    "days_to_half": ("days", "Days until half of the ground was lost"),
    "excess_deaths": ("persons", "Civilians who died of violence or hunger"),
    "person_days_of_hunger": ("person-days", "Days of hunger, over all persons"),
    "government_fighters_free": ("fighters", "Government-side fighters set free by the end"),
    "rebels_free": ("fighters", "Rebels evacuated to fight elsewhere"),
    "sorties_a_day_free": ("sorties/day", "Sorties set free by the end"),
}
"""Outcomes of a run as a whole, with unit and label; those of its last day come after them."""

ALWAYS_KEPT = ("outcome", "end_day")

TAKEN = ("point", "replication", "seed", "status", "error", "seconds", "day", "key", "traceback", "attempt", "values")
"""Names of columns that a factor cannot have."""


def run_outcomes() -> dict[str, tuple[str, str]]:
    """Return every outcome that can be kept of a run, with unit and label."""
    return {**OF_WHOLE_RUNS, **{outcome.name: (outcome.unit, outcome.label) for outcome in DAILY}}


class FactorSpec(Block):
    """What one uncertainty or lever does: without anything, its key's own plausible range."""

    key: str | None = None
    """The scenario's key, where it is not the factor's name."""
    keys: tuple[str, ...] = ()
    """Several keys that get the same value."""
    low: float | None = None
    """The least value; by default the least plausible one."""
    high: float | None = None
    """The greatest value; by default the greatest plausible one."""
    steps: int = param(5, unit="levels", ge=2, le=1000)
    """Into how many levels a grid divides the range."""
    distribution: Shape | None = None
    """How probability is spread over the range; evenly without it."""
    values: tuple[Any, ...] | None = Field(None, min_length=1)
    """A list in place of a range: all numbers, all texts, or true and false."""
    policies: dict[str, str | dict[str, Any] | None] | None = Field(None, min_length=1)
    """A choice by name: a whole scenario (its name or file), or keys with their values on top of the base."""

    def problems(self) -> Iterator[Problem]:
        """Yield what contradicts itself."""
        kinds = [name for name in ("values", "policies") if getattr(self, name) is not None]
        ranged = [name for name in ("low", "high", "distribution") if getattr(self, name) is not None]
        if len(kinds) > 1 or (kinds and ranged):
            yield (kinds[0],), f"give either a range, a list of values or policies, not {' and '.join(kinds + ranged)}"
        if self.key is not None and self.keys:
            yield ("keys",), "give either 'key' or 'keys'"
        if self.policies is not None and (self.key is not None or self.keys):
            yield ("policies",), "policies are whole scenarios or name their keys themselves; leave 'key' out"
        if self.low is not None and self.high is not None and not self.low < self.high:
            yield ("high",), f"{self.high:g} is not above low, {self.low:g}"
        if self.values is not None:
            yield from _problems_of_list(self.values)

    def keys_for(self, name: str) -> tuple[str, ...]:
        """Return the scenario's keys that the factor of that name sets."""
        if self.policies is not None:
            return ()
        return self.keys or (self.key or name,)


def _problems_of_list(values: tuple[Any, ...]) -> Iterator[Problem]:
    kinds = {bool if isinstance(v, bool) else float if isinstance(v, int | float) else type(v) for v in values}
    if len(kinds) > 1 or not kinds <= {bool, float, str, date}:
        words = "a list holds only numbers, only texts, only dates, or only true and false; for blocks use 'policies'"
        yield ("values",), words
    elif len(set(values)) < len(values):
        yield ("values",), "a value stands there twice"


class SeriesSpec(Block):
    """Which days of each run are kept."""

    every_days: int = param(7, unit="days", ge=1, le=3650)
    """Day 0, then every so many days; the last day is always kept."""
    outcomes: tuple[str, ...] = ()
    """Which outcomes of the day; all when none is named."""


class Experiment(Block):
    """What is played: base, factors, design, replications, and what is kept."""

    name: str = Field(pattern=NAME, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings: the question."""
    summary: str = ""
    """A paragraph: what is asked, and what is assumed."""
    base: str
    """The scenario that everything starts from, by name or file."""
    settings: tuple[str, ...] = ()
    """Settings, ``KEY=VALUE``, that hold in every run, whatever the policy."""
    days: int | None = param(None, unit="days", ge=1, le=3650)
    """Stop each run after so many days."""
    uncertainties: dict[str, FactorSpec | None] = {}
    """What nobody knows or decides, by name: by default the scenario's key."""
    levers: dict[str, FactorSpec | None] = {}
    """What somebody could do, by name likewise."""
    design: Design
    """Which points are played."""
    replications: int = param(1, unit="runs", ge=1, le=1_000_000)
    """Runs of each point. Replication 0 has the same seed at every point, and so on: luck is paired."""
    first_seed: int = param(1, unit="", ge=0, le=2**62)
    """The seed of replication 0; the next has the next seed."""
    outcomes: tuple[str, ...] = ()
    """What is kept of each run; everything when nothing is named."""
    series: SeriesSpec | None = None
    """Days that are kept of each run; none without this block."""
    quarters: bool = False
    """Whether a table of quarters is kept of each run."""
    figures: tuple[str, ...] = ()
    """Figures of the report; those that suit the design when none is named."""

    def factors(self) -> Iterator[tuple[str, Literal["uncertainties", "levers"], FactorSpec]]:
        """Yield name, part of the file, and specification of every factor."""
        for part in ("uncertainties", "levers"):
            for name, spec in getattr(self, part).items():
                yield name, part, spec or FactorSpec()

    def problems(self) -> Iterator[Problem]:
        """Yield factors and outcomes that are not known or not unique."""
        if not self.uncertainties and not self.levers:
            yield ("levers",), "nothing differs between runs; name a lever or an uncertainty"
        for name in set(self.uncertainties) & set(self.levers):
            yield ("levers", name), f"'{name}' is an uncertainty already; give it another name"
        known = run_outcomes()
        for name, part, _ in self.factors():
            if name in known or name in TAKEN:
                yield (part, name), f"'{name}' is the name of a column of results; give the factor another"
        for i, name in enumerate(self.outcomes):
            if name not in known:
                yield ("outcomes", i), f"no outcome is called '{name}'{did_you_mean(name, known)}"
        for i, name in enumerate(self.figures):
            if name not in FIGURE_NAMES:
                yield ("figures", i), f"there is no figure '{name}'{did_you_mean(name, FIGURE_NAMES)}"
        daily = {outcome.name for outcome in DAILY}
        for i, name in enumerate(self.series.outcomes if self.series else ()):
            if name not in daily:
                where = ("series", "outcomes", i)
                yield where, f"no outcome of a day is called '{name}'{did_you_mean(name, daily)}"

    @property
    def kept(self) -> tuple[str, ...]:
        """The outcomes that are kept of each run, in a fixed order."""
        wanted = set(self.outcomes or run_outcomes()) | set(ALWAYS_KEPT)
        return tuple(name for name in run_outcomes() if name in wanted)

    @property
    def kept_daily(self) -> tuple[str, ...]:
        """The outcomes that are kept of each day, in a fixed order."""
        if self.series is None:
            return ()
        wanted = set(self.series.outcomes or (outcome.name for outcome in DAILY))
        return tuple(outcome.name for outcome in DAILY if outcome.name in wanted)


@dataclass(frozen=True)
class Plan:
    """An experiment that is ready to be played: every factor, every point, every scenario behind them.

    Attributes:
        experiment: the file.
        factors: what differs between the points.
        points: the design.
        policy_factor: the factor that chooses among whole scenarios, if there is one.
        bases: the plain data of the scenario of each policy; under ``""`` when there is no such factor.
    """

    experiment: Experiment
    factors: tuple[Factor, ...]
    points: Points = field(repr=False)
    policy_factor: str | None
    bases: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def runs(self) -> int:
        """How many runs the whole design has."""
        return len(self.points) * self.experiment.replications

    @cached_property
    def _columns(self) -> dict[str, list[Scalar]]:
        return {name: column.tolist() for name, column in self.points.table.items() if name != "point"}  # type: ignore[misc]

    def values_of(self, point: int) -> tuple[str, dict[str, Scalar]]:
        """Return the policy of a point and the values of its scenario's keys."""
        chosen = {factor: column[point] for factor, column in self._columns.items()}
        policy = str(chosen[self.policy_factor]) if self.policy_factor else ""
        return policy, {key: chosen[factor.name] for factor in self.factors for key in factor.keys}

    def place_of(self, index: int) -> tuple[int, int]:
        """Return point and replication of a run; all points are played once before any is played again."""
        replication, point = divmod(index, len(self.points))
        return point, replication

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """Hashes of what decides on the runs: of each part of the experiment, of the points, of the scenarios."""
        parts = self.experiment.model_dump(mode="json", exclude={"title", "summary", "figures"})
        table = self.points.table
        return {
            **{name: _digest(part) for name, part in parts.items()},
            "points": _digest([list(table.columns), pd.util.hash_pandas_object(table, index=False).tolist()]),
            "scenarios": _digest({name: scenario_of(data).digest for name, data in self.bases.items()}),
        }


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shipped_experiments() -> dict[str, Path]:
    """Return the experiment files that come with the program, by name."""
    found = shipped_files(shipped_experiments_folder())
    return {name: file for name, file in found.items() if not name.startswith(CALIBRATION_PREFIX)}


def load_experiment(name_or_path: str | Path) -> Experiment:
    """Load an experiment file alone; what it says of scenarios is not looked at.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return read_block(Experiment, find_file(name_or_path, shipped_experiments(), "experiment"), "an experiment")[0]


def load_plan(name_or_path: str | Path) -> Plan:
    """Load an experiment and lay out everything that it will play.

    Args:
        name_or_path: the name of a shipped experiment, or the path of a YAML file.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    file = find_file(name_or_path, shipped_experiments(), "experiment")
    experiment, document = read_block(Experiment, file, "an experiment")
    return _Planner(experiment, document, file.parent).plan()


@dataclass(frozen=True)
class _Planner:
    """Turns a valid experiment file into a plan, and says with file and line what does not fit the scenario."""

    experiment: Experiment
    document: Document
    folder: Path

    def plan(self) -> Plan:
        base = self.scenario(self.experiment.base, ("base",))
        self.check_days(base)
        policy_factor = self.policy_factor()
        bases = self.bases(base, policy_factor)
        axes = [self.axis(base, name, part, spec) for name, part, spec in self.experiment.factors()]
        factors = tuple(self.factor(base, axis) for axis in axes)
        for axis in axes:
            self.try_out(axis, bases)
        return Plan(self.experiment, factors, self.points(axes), policy_factor, bases)

    def fail(self, path: tuple[str | int, ...], message: str) -> ScenarioError:
        shown = ".".join(str(key) for key in path)
        return ScenarioError([f"{self.document.mark(path)}: {shown}: {message}"])

    def scenario(self, name: str, path: tuple[str | int, ...]) -> Scenario:
        """Load a scenario that the file names; files are looked for beside it first."""
        try:
            beside = self.folder / name
            given = beside if name.endswith((".yaml", ".yml")) and beside.is_file() else name
            return load_scenario(given, self.experiment.settings)
        except ScenarioError as error:
            mark = self.document.mark(path)
            shown = ".".join(path if all(isinstance(key, str) for key in path) else ())  # type: ignore[arg-type]
            raise ScenarioError([f"{mark}: {shown}: {problem}" for problem in error.problems]) from None

    def check_days(self, base: Scenario) -> None:
        if self.experiment.days is not None and self.experiment.days > base.days:
            raise self.fail(("days",), f"{self.experiment.days} is more than the scenario's {base.days}; lower it")

    def policy_factor(self) -> str | None:
        found = [(part, name) for name, part, spec in self.experiment.factors() if spec.policies is not None]
        if len(found) > 1:
            raise self.fail(found[1], "only one factor can choose among policies; put all of them into one")
        return found[0][1] if found else None

    def bases(self, base: Scenario, policy_factor: str | None) -> dict[str, Mapping[str, Any]]:
        data = base.model_dump(mode="json", by_alias=True)
        if policy_factor is None:
            return {"": data}
        (part, policies), *_ = (
            (part, spec.policies) for name, part, spec in self.experiment.factors() if name == policy_factor
        )
        return {
            name: self.policy(data, given, (part, policy_factor, "policies", name))
            for name, given in (policies or {}).items()
        }

    def policy(
        self, base: Mapping[str, Any], given: str | Mapping[str, Any] | None, path: tuple[str | int, ...]
    ) -> Mapping[str, Any]:
        """Return the plain data of one policy's scenario."""
        if isinstance(given, str):
            return self.scenario(given, path).model_dump(mode="json", by_alias=True)
        try:
            changed = with_values(base, _as_json(given or {}))
            return scenario_of(changed).model_dump(mode="json", by_alias=True)
        except ScenarioError as error:
            raise self.fail(path, _without_place(error)) from None
        except SiegeError as error:
            raise self.fail(path, str(error)) from None

    def axis(self, base: Scenario, name: str, part: str, spec: FactorSpec) -> Axis:
        """Return how a factor's values are chosen."""
        lever = part == "levers"
        if spec.policies is not None:
            names = tuple(spec.policies)
            return Axis(name, names[0], values=names, crossed=lever)
        key = spec.keys_for(name)[0]
        known = parameter_of(base, key)
        if known is None:
            near = get_close_matches(key, keys_in(base.model_dump(mode="json", by_alias=True)), n=1, cutoff=0.8)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise self.fail(
                (part, name), f"the scenario has no key '{key}'; {hint}`siege-sim show --resolved` lists all"
            )
        if spec.values is not None:
            values, base_value = _alike(spec.values, known), _as_json(known.value)
            return Axis(name, base_value, values=values, crossed=lever, whole=known.is_whole)
        return self.ranged(name, part, spec, known)

    def ranged(self, name: str, part: str, spec: FactorSpec, known: Parameter) -> Axis:
        if not known.is_number:
            raise self.fail((part, name), f"'{known.key}' is no number in this scenario; give a list of values")
        low = spec.low if spec.low is not None else known.low
        high = spec.high if spec.high is not None else known.high
        if low is None or high is None:
            raise self.fail((part, name), f"'{known.key}' has no range of its own; give low and high, or values")
        if not low < high:
            raise self.fail((part, name), f"low, {low:g}, is not below high, {high:g}; give both")
        shape = spec.distribution
        if shape is not None and shape.kind in ("log_uniform", "log_normal") and low <= 0.0:
            raise self.fail((part, name, "distribution"), "a logarithmic distribution needs low above 0")
        if shape is not None and shape.mode is not None and not low <= shape.mode <= high:
            raise self.fail((part, name, "distribution", "mode"), f"{shape.mode:g} is not between {low:g} and {high:g}")
        return Axis(name, known.value, float(low), float(high), whole=known.is_whole, shape=shape, steps=spec.steps)

    def factor(self, base: Scenario, axis: Axis) -> Factor:
        """Return what results will say of a factor."""
        part, spec = next((p, s) for name, p, s in self.experiment.factors() if name == axis.name)
        keys = spec.keys_for(axis.name)
        known = parameter_of(base, keys[0]) if keys else None
        role: Literal["uncertainty", "lever"] = "lever" if part == "levers" else "uncertainty"
        return Factor(axis.name, role, keys, known.unit if known else "", axis.low, axis.high, axis.values)

    def try_out(self, axis: Axis, bases: Mapping[str, Mapping[str, Any]]) -> None:
        """Check that every policy's scenario takes the factor's values: those of a list, or the ends of a range."""
        part, spec = next((p, s) for name, p, s in self.experiment.factors() if name == axis.name)
        for policy, data in bases.items():
            for value in axis.ends():
                try:
                    scenario_of(with_values(data, dict.fromkeys(spec.keys_for(axis.name), value)))
                except ScenarioError as error:
                    raise self.fail((part, axis.name), f"{value!r}: {_without_place(error)}") from None
                except SiegeError as error:
                    under = f" of policy '{policy}'" if policy else ""
                    raise self.fail((part, axis.name), f"{error}{under}; leave the factor or the policy out") from None

    def points(self, axes: list[Axis]) -> Points:
        design = self.experiment.design
        try:
            if isinstance(design, Table):
                return self.read_points(axes, design.file)
            if isinstance(design, Sampled) and not _salib_is_there():
                raise SiegeError("needs the library SALib: pip install 'siege_sim[experiments]'")
            return design.points(axes)
        except ScenarioError:
            raise
        except SiegeError as error:
            raise self.fail(("design",), str(error).removeprefix("design: ")) from None

    def read_points(self, axes: list[Axis], name: str) -> Points:
        file = (self.folder / name).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            raise SiegeError(f"there is no file '{name}' beside the experiment or below")
        try:
            given = pd.read_csv(file, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            raise SiegeError(f"{name}: not a CSV file: {error}") from None
        return table_points(axes, given, name)


def _salib_is_there() -> bool:
    from importlib.util import find_spec

    return find_spec("SALib") is not None


def _alike(values: tuple[Any, ...], known: Parameter) -> tuple[Scalar, ...]:
    """Return numbers of a list as the kind that the scenario wants and dates as text: a column has one type."""
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return tuple(_as_json(values))
    if known.is_number and not known.is_whole:
        return tuple(float(value) for value in values)
    return tuple(int(value) if value == int(value) else value for value in values)


def _as_json(given: Any) -> Any:
    """Return YAML's values as JSON has them: dates as text, tuples as lists."""
    return json.loads(json.dumps(given, default=lambda value: value.isoformat()))


def _without_place(error: ScenarioError) -> str:
    return "; ".join(problem.removeprefix("manifest: ") for problem in error.problems)
