"""Ways in which claims are checked again, on which they should not depend."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from siege_sim.analysis.claims.checked_claims import AS_WRITTEN
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.scenario import Scenario
from siege_sim.runner.pool import counted_on

if TYPE_CHECKING:
    from siege_sim.analysis.claims.played import PlayedRuns

    NamedRuns = Mapping[str, PlayedRuns]
    Progress = Callable[[int], None] | None

Prepared = TypeVar("Prepared")

ROWS = "population.persons_per_household"
"""The key that says how many people a row stands for."""


@dataclass(frozen=True)
class Way:
    """A way in which claims are checked.

    Attributes:
        name: what it is called.
        other_seeds: whether the runs have other seeds, so that every stream of random numbers is another.
        alter: changes a scenario's plain data.
        key: the scenario's key that it changes; empty where it is none.
    """

    name: str
    other_seeds: bool = False
    alter: Callable[[dict[str, Any]], object] | None = None
    key: str = ""

    def change(self, scenario: Scenario) -> Scenario:
        """Return a scenario as it is played in this way.

        Raises:
            ScenarioError: it cannot be.
        """
        if self.alter is None:
            return scenario
        return scenario_of(self.changed(scenario.model_dump(mode="json", by_alias=True)))

    def changed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return a scenario's plain data as it is played in this way."""
        altered = copy.deepcopy(dict(data))
        if self.alter is not None:
            self.alter(altered)
        return altered


def _rows(factor: float, data: dict[str, Any]) -> None:
    """Let a row of the population stand for more people, or fewer."""
    data["population"]["persons_per_household"] *= factor


def _other_order(data: dict[str, Any]) -> None:
    """Turn round the order in which armed groups, air wings and places are made, and so in which they act."""
    for side in ("garrison", "besieger"):
        data["forces"][side] = dict(reversed(data["forces"][side].items()))
    data["air_wings"] = dict(reversed(data["air_wings"].items()))
    for kind, places in data["map"].get("facilities", {}).items():
        data["map"]["facilities"][kind] = places[::-1]


AUDIT = (
    Way("other seeds", other_seeds=True),
    Way("rows of half as many people", alter=partial(_rows, 0.5), key=ROWS),
    Way("rows of twice as many people", alter=partial(_rows, 2.0), key=ROWS),
    Way("groups and places in reverse order", alter=_other_order),
)
"""What an audit tries. The time step is not among them: the model has one, a day."""


def ways_of(audit: bool) -> tuple[Way, ...]:
    """Return the ways in which claims are checked: as they are written, and those of an audit if it is asked for."""
    return (Way(AS_WRITTEN), *(AUDIT if audit else ()))


class AskedInWays:
    """Claims that are asked for as they are written, or in the ways of an audit too.

    Attributes:
        audit: whether the claims are also checked in other ways.
    """

    audit: bool

    @property
    def runs_of_a_way(self) -> int:
        """How many runs a way takes at the most."""
        raise NotImplementedError

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways in which they are checked."""
        return ways_of(self.audit)

    @property
    def total_runs(self) -> int:
        """How many runs it takes at the most."""
        return self.runs_of_a_way * len(self.ways)


def played_in_ways(
    asked: AskedInWays,
    prepare: Callable[[Way], Prepared],
    play: Callable[[Way, Prepared, Progress], NamedRuns],
    on_progress: Progress,
) -> tuple[dict[str, NamedRuns | None], dict[str, str]]:
    """Return the runs of each way, by its name, and why a way could not be tried.

    Args:
        asked: the claims.
        prepare: makes what is to be played in a way; raises ScenarioError where there is none.
        play: plays it.
        on_progress: called with the number of runs that are done, over all ways.
    """
    runs: dict[str, NamedRuns | None] = {}
    untried: dict[str, str] = {}
    done = 0
    for way in asked.ways:
        try:
            prepared = prepare(way)
        except ScenarioError as error:
            runs[way.name], untried[way.name] = None, error.problems[0].removeprefix("manifest: ")
            continue
        runs[way.name] = play(way, prepared, counted_on(on_progress, done))
        done += asked.runs_of_a_way
    return runs, untried
