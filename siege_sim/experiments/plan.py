"""The plan of an experiment: every point, every run, and the digest that tells one plan from another."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from siege_sim.errors import ScenarioError, SiegeError, did_you_mean
from siege_sim.experiments.buildable import MOST_BUILT, points_to_build, what_is_wrong
from siege_sim.experiments.design import DesignFactor, FactorValue, Morris, Points, Sobol, TableDesign, table_points
from siege_sim.experiments.experiment import ALWAYS_KEPT, Experiment, FactorSpec, shipped_experiments
from siege_sim.loading.keys import Parameter, keys_in, parameter_of, with_values
from siege_sim.loading.scenario import load_scenario, scenario_of
from siege_sim.model.outcome import Outcome
from siege_sim.model.run_outcomes import RunOutcome, run_outcomes_of
from siege_sim.results.changed import change_sentences
from siege_sim.results.sweep import Factor
from siege_sim.schema.block import Block
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.values import as_written
from siege_sim.schema.yaml_file import Document

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario

AnyOutcome = Outcome | RunOutcome


@dataclass(frozen=True)
class Plan:
    """An experiment that is ready to run: every factor, every point, every scenario behind them.

    Attributes:
        experiment: the file.
        factors: what differs between the points.
        points: the design.
        policy_factor: the factor that chooses among whole scenarios, if there is one.
        bases: the plain data of the scenario of each policy; under ``""`` when there is no such factor.
        known: the outcomes of a run as a whole and of its days that any of these scenarios has, by name.
        changed: what was changed in the base scenario, in sentences.
    """

    experiment: Experiment
    factors: tuple[Factor, ...]
    points: Points = field(repr=False)
    policy_factor: str | None
    bases: Mapping[str, Mapping[str, Any]] = field(repr=False)
    known: Mapping[str, AnyOutcome] = field(repr=False)
    changed: tuple[str, ...] = ()

    @property
    def kept(self) -> dict[str, AnyOutcome]:
        """The outcomes that are kept of each run, by name, in a fixed order."""
        wanted = set(self.experiment.outcomes or self.known) | set(ALWAYS_KEPT)
        return {name: outcome for name, outcome in self.known.items() if name in wanted}

    @property
    def kept_daily(self) -> tuple[str, ...]:
        """The outcomes that are kept of each day, in a fixed order."""
        series = self.experiment.series
        wanted = () if series is None else set(series.outcomes or self.known)
        return tuple(name for name in self.known if name in wanted and isinstance(self.known[name], Outcome))

    @property
    def runs(self) -> int:
        """How many runs the whole design has."""
        return len(self.points) * self.experiment.replications

    @cached_property
    def _columns(self) -> dict[str, list[FactorValue]]:
        return {name: column.tolist() for name, column in self.points.table.items() if name != "point"}  # type: ignore[misc]

    def values_of(self, point: int) -> tuple[str, dict[str, FactorValue]]:
        """Return the policy of a point and the values of its scenario's keys."""
        chosen = {factor: column[point] for factor, column in self._columns.items()}
        policy = str(chosen[self.policy_factor]) if self.policy_factor else ""
        return policy, {key: chosen[factor.name] for factor in self.factors for key in factor.keys}

    def place_of(self, index: int) -> tuple[int, int]:
        """Return point and replication of a run; all points are run once before any is repeated."""
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


def load_plan(name_or_path: str | Path, settings: Sequence[str] = ()) -> Plan:
    """Load an experiment and lay out everything that it will run.

    Args:
        name_or_path: the name of a shipped experiment, or the path of a YAML file.
        settings: further settings, ``KEY=VALUE``, in every run.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    file = find_file(name_or_path, shipped_experiments(), "experiment")
    experiment, document = read_block(Experiment, file, "an experiment")
    if settings:
        experiment = experiment.model_copy(update={"settings": (*experiment.settings, *settings)})
    return _Planner(experiment, document, file.parent).plan()


@dataclass
class _Planner:
    """Turns a valid experiment file into a plan, and reports with file and line what does not fit the scenario."""

    experiment: Experiment
    document: Document
    folder: Path
    left_to_build: int = MOST_BUILT
    loaded: dict[str, Scenario] = field(default_factory=dict)

    def plan(self) -> Plan:
        base = self.scenario(self.experiment.base, ("base",))
        self.check_days(base)
        policy_factor = self.policy_factor()
        bases = self.bases(base, policy_factor)
        design_factors = [self.design_factor(base, name, part, spec) for name, part, spec in self.experiment.factors()]
        factors = tuple(self.factor(base, design_factor) for design_factor in design_factors)
        for design_factor in design_factors:
            self.check_values(design_factor, bases)
        known = known_to(bases)
        self.check_outcomes(known)
        changed = tuple(change_sentences(base.lineage))
        plan = Plan(self.experiment, factors, self.points(design_factors), policy_factor, bases, known, changed)
        self.check_points(plan)
        return plan

    def check_points(self, plan: Plan) -> None:
        """Check that a scenario can be made of every point, as far as `buildable` looks at them."""
        found = []
        for point in points_to_build(plan.points.table):
            policy, values = plan.values_of(point)
            wrong = what_is_wrong(plan.bases[policy], values)
            if wrong:
                found.append(f"{self.document.mark(('design',))}: design: {_place_of(plan, point)}: {wrong}")
        if found:
            raise ScenarioError(found)

    def check_outcomes(self, known: Mapping[str, AnyOutcome]) -> None:
        """Check that every outcome that is named is one of a scenario's."""
        for number, name in enumerate(self.experiment.outcomes):
            if name not in known:
                raise self.fail(("outcomes", number), f"no outcome is called '{name}'{did_you_mean(name, known)}")
        daily = [name for name, outcome in known.items() if isinstance(outcome, Outcome)]
        for number, name in enumerate(self.experiment.series.outcomes if self.experiment.series else ()):
            if name not in daily:
                where = ("series", "outcomes", number)
                raise self.fail(where, f"no outcome of a day is called '{name}'{did_you_mean(name, daily)}")

    def fail(self, path: tuple[str | int, ...], message: str) -> ScenarioError:
        shown = ".".join(str(key) for key in path)
        return ScenarioError([f"{self.document.mark(path)}: {shown}: {message}"])

    def scenario(self, name: str, path: tuple[str | int, ...]) -> Scenario:
        """Load a scenario that the file names, once; files are looked for beside it first."""
        if name in self.loaded:
            return self.loaded[name]
        try:
            beside = self.folder / name
            given = beside if name.endswith((".yaml", ".yml")) and beside.is_file() else name
            self.loaded[name] = load_scenario(given, self.experiment.settings)
            return self.loaded[name]
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

    def design_factor(self, base: Scenario, name: str, part: str, spec: FactorSpec) -> DesignFactor:
        """Return how a factor's values are chosen."""
        lever = part == "levers"
        if spec.policies is not None:
            names = tuple(spec.policies)
            return DesignFactor(name, names[0], values=names, crossed=lever)
        key = spec.keys_for(name)[0]
        known = parameter_of(base, key)
        if known is None:
            data = base.model_dump(mode="json", by_alias=True)
            near = get_close_matches(key, keys_in(data), n=1, cutoff=0.8)
            hint = f"did you mean '{near[0]}'? " if near else _without_block(data, key)
            raise self.fail(
                (part, name), f"the scenario has no key '{key}'; {hint}`siege-sim show --resolved` lists all"
            )
        self.refuse_blocks(name, part, known)
        if spec.values is not None:
            self.refuse_series(name, part, known)
            values, base_value = _alike(spec.values, known), _as_json(known.value)
            return DesignFactor(name, base_value, values=values, crossed=lever, whole=known.is_whole)
        return self.ranged(name, part, spec, known)

    def refuse_blocks(self, name: str, part: str, known: Parameter) -> None:
        """Refuse to put single values in the place of a block of keys, or of a list."""
        if isinstance(known.value, Mapping | Block | tuple | list):
            what = "a list" if isinstance(known.value, tuple | list) else "a block of keys"
            raise self.fail(
                (part, name), f"'{known.key}' is {what}, not one value; name a key within it, or set it with policies"
            )

    def refuse_series(self, name: str, part: str, known: Parameter) -> None:
        """Refuse to put single numbers or words in the place of a series."""
        if known.is_series:
            raise self.fail(
                (part, name),
                f"'{known.key}' is a series by date in this scenario; multiply a series of numbers with scale: "
                "[0.5, 2], or set a series whole with policies",
            )

    def ranged(self, name: str, part: str, spec: FactorSpec, known: Parameter) -> DesignFactor:
        self.refuse_series(name, part, known)
        if not known.is_number:
            raise self.fail((part, name), f"'{known.key}' is not a number in this scenario; give a list of values")
        low = spec.range[0] if spec.range[0] is not None else known.low
        high = spec.range[1] if spec.range[1] is not None else known.high
        if low is None or high is None:
            raise self.fail((part, name), f"'{known.key}' has no plausible range; give low and high, or values")
        if not low < high:
            raise self.fail((part, name), f"low, {low:g}, is not below high, {high:g}; give both")
        if known.is_whole and not (float(low).is_integer() and float(high).is_integer()):
            raise self.fail((part, name), f"{low:g} to {high:g}: '{known.key}' is a whole number; so must its ends be")
        distribution = spec.distribution
        for path, wrong in () if distribution is None else distribution.problems_within(low, high):
            raise self.fail((part, name, "distribution", *path), wrong)
        return DesignFactor(
            name,
            known.value,
            float(low),
            float(high),
            whole=known.is_whole,
            distribution=distribution,
            steps=spec.steps,
        )

    def factor(self, base: Scenario, design_factor: DesignFactor) -> Factor:
        """Return a factor as results describe it."""
        part, spec = next((p, s) for name, p, s in self.experiment.factors() if name == design_factor.name)
        keys = spec.keys_for(design_factor.name)
        known = parameter_of(base, keys[0]) if keys else None
        role: Literal["uncertainty", "lever"] = "lever" if part == "levers" else "uncertainty"
        return Factor(
            design_factor.name,
            role,
            keys,
            known.unit if known else "",
            design_factor.low,
            design_factor.high,
            design_factor.values,
        )

    def check_values(self, design_factor: DesignFactor, bases: Mapping[str, Mapping[str, Any]]) -> None:
        """Check that every policy's scenario takes the factor's values: those of a list, or the ends of a range."""
        part, spec = next((p, s) for name, p, s in self.experiment.factors() if name == design_factor.name)
        keys = spec.keys_for(design_factor.name)
        for policy, data in bases.items():
            for value in design_factor.ends() if keys else ():
                if self.left_to_build <= 0:
                    return
                self.left_to_build -= 1
                try:
                    scenario_of(with_values(data, dict.fromkeys(keys, value)))
                except ScenarioError as error:
                    raise self.fail(
                        (part, design_factor.name), f"{as_written(value)}: {_without_place(error)}"
                    ) from None
                except SiegeError as error:
                    under = f" of policy '{policy}'" if policy else ""
                    raise self.fail(
                        (part, design_factor.name), f"{error}{under}; leave the factor or the policy out"
                    ) from None

    def points(self, design_factors: list[DesignFactor]) -> Points:
        design = self.experiment.design
        try:
            if isinstance(design, TableDesign):
                return self.read_points(design_factors, design.file)
            if isinstance(design, Sobol | Morris) and not _salib_is_there():
                raise SiegeError("needs the library SALib: pip install 'siege_sim[experiments]'")
            return design.points(design_factors)
        except ScenarioError:
            raise
        except SiegeError as error:
            raise self.fail(("design",), str(error).removeprefix("design: ")) from None

    def read_points(self, design_factors: list[DesignFactor], name: str) -> Points:
        file = (self.folder / name).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            raise SiegeError(f"there is no file '{name}' in the experiment's folder or below")
        try:
            text = file.read_text("utf-8-sig").rstrip()
            # blank lines count, or the lines that messages name would be others
            given = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "it is empty"
            raise SiegeError(f"{name}: not a CSV file in UTF-8: {reason}") from None
        return table_points(design_factors, given, name)


def _without_block(data: Mapping[str, Any], key: str) -> str:
    """Return what is missing where a scenario lacks the block around a key: a mechanism that is off."""
    within: Any = data
    parts = key.split(".")
    for place, part in enumerate(parts[:-1], start=1):
        within = within.get(part) if isinstance(within, Mapping) else None
        if within is None:
            return f"it has no '{'.'.join(parts[:place])}' at all; "
    return ""


def _place_of(plan: Plan, point: int) -> str:
    """Return where a point comes from: the line of a table, or its values as files write them."""
    design = plan.experiment.design
    if isinstance(design, TableDesign):
        return f"{design.file}:{point + 2}"
    row = plan.points.table.iloc[point].to_dict()
    return f"point {point} ({', '.join(f'{name} {as_written(row[name])}' for name in row if name != 'point')})"


def known_to(bases: Mapping[str, Mapping[str, Any]]) -> dict[str, AnyOutcome]:
    """Return by name the outcomes that any of some scenarios, given as plain data, has."""
    known: dict[str, AnyOutcome] = {}
    for scenario in map(scenario_of, bases.values()):
        every: list[AnyOutcome] = [*run_outcomes_of(scenario.sides), *scenario.outcomes]
        known |= {outcome.name: outcome for outcome in every if outcome.name not in known}
    return known


def _salib_is_there() -> bool:
    from importlib.util import find_spec

    return find_spec("SALib") is not None


def _alike(values: tuple[Any, ...], known: Parameter) -> tuple[FactorValue, ...]:
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
