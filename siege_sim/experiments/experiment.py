"""Experiment files: a base scenario, what differs between runs, a design, and what is kept of each run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from siege_sim.analysis.figures import FIGURE_NAMES
from siege_sim.errors import did_you_mean
from siege_sim.experiments.design import Design, Distribution
from siege_sim.loading.keys import TIMES
from siege_sim.model.outcomes import known_outcomes
from siege_sim.model.run_outcomes import OF_THE_RUN
from siege_sim.schema.block import AnyNumber, Block, Problem, param
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.shipped import shipped_experiments as shipped_experiments
from siege_sim.schema.sides import Sides

if TYPE_CHECKING:
    pass

NAME = r"^[a-z0-9][a-z0-9_-]*$"

Scalar = AnyNumber | int | str | bool | date
"""A value that a list may hold: a finite number, a text, true or false, or a date."""

MOST_FACTORS = 100
MOST_CHOICES = 100

ALWAYS_KEPT = ("ending", "end_day")

RESERVED_NAMES = (
    "point",
    "replication",
    "seed",
    "status",
    "error",
    "seconds",
    "day",
    "key",
    "traceback",
    "attempt",
    "values",
)
"""Names of columns that a factor cannot have."""


def outcome_names() -> list[str]:
    """Return the names of all outcomes that a siege without third parties can have, of the run and of a day."""
    return [*(outcome.name for outcome in OF_THE_RUN), *(outcome.name for outcome in known_outcomes(Sides()))]


class FactorSpec(Block):
    """What one uncertainty or lever does: without anything, its key's own plausible range."""

    key: str | None = None
    """The scenario's key, where it is not the factor's name."""
    keys: tuple[str, ...] = ()
    """Several keys that get the same value."""
    low: AnyNumber | None = None
    """The least value; by default the least plausible one."""
    high: AnyNumber | None = None
    """The greatest value; by default the greatest plausible one."""
    steps: int = param(5, unit="levels", ge=2, le=1000)
    """Into how many levels a grid divides the range."""
    distribution: Distribution | None = None
    """How probability is spread over the range; evenly without it."""
    scale: tuple[AnyNumber, AnyNumber] | None = None
    """Factors, from the first to the second, by which the key's number, or every value of its series, is multiplied."""
    values: tuple[Scalar, ...] | None = Field(None, min_length=1)
    """A list in place of a range: all numbers, all texts, or true and false."""
    policies: dict[str, str | dict[str, Any] | None] | None = Field(None, min_length=1, max_length=MOST_CHOICES)
    """A choice by name: a whole scenario (its name or file), or keys with their values on top of the base."""

    def problems(self) -> Iterator[Problem]:
        """Yield what contradicts itself."""
        kinds = [name for name in ("values", "policies") if getattr(self, name) is not None]
        ranged = [name for name in ("low", "high", "distribution") if getattr(self, name) is not None]
        if self.scale is not None:
            yield from self._problems_of_scale()
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

    def _problems_of_scale(self) -> Iterator[Problem]:
        """Yield what does not go with factors, or is no range of them."""
        others = [name for name in ("low", "high", "values", "policies") if getattr(self, name) is not None]
        if others:
            yield ("scale",), f"give either scale or {' and '.join(others)}"
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            yield ("scale",), f"the second factor, {self.scale[1]:g}, is not above the first, {self.scale[0]:g}"

    @property
    def range(self) -> tuple[float | None, float | None]:
        """The least and the greatest value, as far as they are given."""
        return self.scale or (self.low, self.high)

    def keys_for(self, name: str) -> tuple[str, ...]:
        """Return the scenario's keys that the factor of that name sets."""
        if self.policies is not None:
            return ()
        keys = self.keys or (self.key or name,)
        return keys if self.scale is None else tuple(key.removesuffix(TIMES) + TIMES for key in keys)


def _problems_of_list(values: tuple[Scalar, ...]) -> Iterator[Problem]:
    kinds = {bool if isinstance(v, bool) else float if isinstance(v, int | float) else type(v) for v in values}
    if len(kinds) > 1:
        words = "a list holds only numbers, only texts, only dates, or only true and false; for blocks use 'policies'"
        yield ("values",), words
    elif len(set(values)) < len(values):
        yield ("values",), "a value is in the list twice"


class SeriesSpec(Block):
    """Which days of each run are kept."""

    every_days: int = param(7, unit="days", ge=1, le=3650)
    """Day 0, then every so many days; the last day is always kept."""
    outcomes: tuple[str, ...] = ()
    """Which outcomes of the day; all when none is named."""


class Experiment(Block):
    """What is run: base, factors, design, replications, and what is kept."""

    name: str = Field(pattern=NAME, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings: the question."""
    summary: str = ""
    """A paragraph: what is asked, and what is assumed."""
    base: str
    """The scenario that everything starts from, by name or file."""
    settings: tuple[str, ...] = Field((), max_length=200)
    """Settings, ``KEY=VALUE``, that hold in every run, whatever the policy."""
    days: int | None = param(None, unit="days", ge=1, le=3650)
    """Stop each run after so many days."""
    uncertainties: dict[str, FactorSpec | None] = Field(default_factory=dict, max_length=MOST_FACTORS)
    """What is not known or not decided by anybody, by name: by default the scenario's key."""
    levers: dict[str, FactorSpec | None] = Field(default_factory=dict, max_length=MOST_FACTORS)
    """What somebody could decide, by name likewise."""
    design: Design
    """Which points are run."""
    replications: int = param(1, unit="runs", ge=1, le=1_000_000)
    """Runs of each point. Replication 0 has the same seed at every point, and so on: runs are paired."""
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
        """Yield factors and figures that are not known or not unique; the plan checks outcomes."""
        if not self.uncertainties and not self.levers:
            yield ("levers",), "nothing differs between runs; name a lever or an uncertainty"
        for name in set(self.uncertainties) & set(self.levers):
            yield ("levers", name), f"'{name}' is an uncertainty already; give it another name"
        known = outcome_names()
        for name, part, _ in self.factors():
            if name in known or name in RESERVED_NAMES:
                yield (part, name), f"'{name}' is the name of a column of results; give the factor another"
        for i, name in enumerate(self.figures):
            if name not in FIGURE_NAMES:
                yield ("figures", i), f"there is no figure '{name}'{did_you_mean(name, FIGURE_NAMES)}"


def load_experiment(name_or_path: str | Path) -> Experiment:
    """Load an experiment file alone; the scenarios that it names are not looked at.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return read_block(Experiment, find_file(name_or_path, shipped_experiments(), "experiment"), "an experiment")[0]
