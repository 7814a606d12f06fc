"""Laying two things side by side: scenarios, runs, or results of many runs; playing scenarios where that is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from siege_sim.analysis.run_difference import RunDifference, run_difference
from siege_sim.analysis.table_difference import TableDifference, table_difference
from siege_sim.errors import ResultError, ScenarioError
from siege_sim.loading.scenario import load_scenario, scenario_of
from siege_sim.loading.scenario_difference import DifferingValue, differing_values
from siege_sim.model.run_outcomes import run_outcomes_of
from siege_sim.model.scenario import Scenario
from siege_sim.results.files import json_text
from siege_sim.results.run import RunResult, read_run
from siege_sim.results.run_table import RunTable, read_run_table
from siege_sim.results.store import MANIFEST
from siege_sim.results.target import holds_run
from siege_sim.runner.run import run

Compared = Scenario | RunResult | RunTable
"""What can be laid beside something else."""


@dataclass(frozen=True)
class SideBySide:
    """What differs between two things.

    Attributes:
        names: what they are called.
        values: what differs between their scenarios; by the name of the policy in sweeps, else under an empty name.
        runs: what differs between two runs, where there are two.
        tables: what differs between many runs, where there are many.
        played: the seed that scenarios were played with; None where nothing was played.
        can_be_played: whether scenarios were given that were not played.
    """

    names: tuple[str, str]
    values: Mapping[str, tuple[DifferingValue, ...]]
    runs: RunDifference | None = None
    tables: TableDifference | None = None
    played: int | None = None
    can_be_played: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing was found to differ."""
        runs = self.runs is None or (self.runs.parted is None and not self.runs.numbers)
        tables = self.tables is None or not (self.tables.differing or self.tables.facts)
        return runs and tables and not any(self.values.values())

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "names": list(self.names),
            "same": self.same,
            "values": {name: [one.data() for one in values] for name, values in self.values.items()},
            "runs": None if self.runs is None else self.runs.data(),
            "tables": None if self.tables is None else self.tables.data(),
            "played_with_seed": self.played,
        }


def side_by_side(
    first: str,
    second: str,
    seed: int | None = None,
    days: int | None = None,
    play: Callable[[Scenario, int, int | None], RunResult] = run,
) -> SideBySide:
    """Say what differs between two things.

    Args:
        first: name or file of a scenario; folder of a run, of many runs of one scenario, or of a sweep.
        second: likewise. A scenario and a run can be laid side by side; many runs only beside others of their kind.
        seed: play scenarios with this seed, and say when the runs part.
        days: play them for so many days at the most.
        play: plays a scenario with a seed for so many days.

    Raises:
        SiegeError: one of them is nothing of that kind, or the two do not go together.
    """
    one, other = _found(first), _found(second)
    names = _names((first, second), (one, other))
    if isinstance(one, RunTable) and isinstance(other, RunTable) and one.holds == other.holds:
        return SideBySide(names, dict(_policies(one, other)), tables=table_difference(one, other, names))
    if isinstance(one, RunTable) or isinstance(other, RunTable):
        raise ResultError(f"{first} is {_kind(one)} and {second} {_kind(other)}; give two of the same kind")
    values = {"": differing_values(_scenario_of(one), _scenario_of(other))}
    scenarios = isinstance(one, Scenario) or isinstance(other, Scenario)
    if seed is not None and not scenarios:
        raise ResultError("--seed plays scenarios, and both of these are runs already; leave it out")
    if scenarios and seed is None:
        return SideBySide(names, values, can_be_played=True)
    runs = [one if isinstance(one, RunResult) else play(one, seed or 0, days) for one in (one, other)]
    return SideBySide(names, values, run_difference(runs[0], runs[1], names), played=seed)


def _policies(one: RunTable, other: RunTable) -> Iterator[tuple[str, tuple[DifferingValue, ...]]]:
    """Yield what differs between the scenarios that two sets of runs have by the same name."""
    for name, scenario in one.scenarios.items():
        if name in other.scenarios:
            yield name, differing_values(scenario, other.scenarios[name])


def _kind(one: Compared) -> str:
    return _KINDS[one.holds] if isinstance(one, RunTable) else "a scenario or one run"


def _found(target: str) -> Compared:
    """Return the scenario, run or runs that a name, file, folder or URL stands for."""
    folder = Path(target)
    if not folder.is_dir() and "://" not in target:
        if "/" in target and not folder.suffix:
            raise ResultError(f"{target}: there is no such folder; give a scenario or what `run` or `sweep` wrote")
        return load_scenario(target)
    if "://" not in target and not (folder / MANIFEST).is_file():
        raise ResultError(f"{target}: holds no run and no sweep; give a scenario or what `run` or `sweep` wrote")
    try:
        alone = holds_run(target)
    except ResultError:
        alone = False
    return read_run(folder) if alone else _labelled(read_run_table(target))


def _labelled(table: RunTable) -> RunTable:
    """Return many runs with labels and units of all outcomes, as far as this version knows their scenario."""
    about: dict[str, Mapping[str, str]] = {}
    for data in table.scenarios.values():
        with suppress(ScenarioError):
            scenario = scenario_of(data)
            about |= {one.name: one.about() for one in run_outcomes_of(scenario.sides)}
            about |= {one.name: one.about() for one in scenario.outcomes}
    return replace(table, about={**about, **table.about})


def _scenario_of(one: Scenario | RunResult) -> Mapping[str, Any]:
    if isinstance(one, Scenario):
        return one.model_dump(mode="json", by_alias=True)
    scenario: Mapping[str, Any] = json.loads(json_text(one.manifest["scenario"]))
    return scenario


def _names(targets: tuple[str, str], sides: tuple[Compared, Compared]) -> tuple[str, str]:
    """Return short names that tell two things apart; as they were given where nothing shorter does."""
    short = [_name(target, one) for target, one in zip(targets, sides, strict=True)]
    if short[0] != short[1]:
        return short[0], short[1]
    return targets if targets[0] != targets[1] else (f"{short[0]} (first)", f"{short[1]} (second)")


def _name(target: str, one: Compared) -> str:
    return one.name if isinstance(one, Scenario) else Path(target.rstrip("/")).name


_KINDS = {"ensemble": "many runs of one scenario", "sweep": "a sweep"}
