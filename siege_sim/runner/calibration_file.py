"""Calibration files: what is fitted to which records, of one siege or of several, at once or stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import Field

from siege_sim.errors import did_you_mean
from siege_sim.schema.block import AnyNumber, Block, NumberOfWeight, Problem, param
from siege_sim.schema.messages import PlacedError, read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.shipped import shipped_calibrations as shipped_calibrations
from siege_sim.schema.yaml_file import Document

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]*$"


class Range(Block):
    """Where a parameter is looked for; without bounds, in its plausible range."""

    low: AnyNumber | None = None
    """The lowest value."""
    high: AnyNumber | None = None
    """The highest value."""


class CalibrationCase(Block):
    """A siege that is fitted, with its record."""

    scenario: str
    """The scenario, by name or path."""
    record: str | None = None
    """The record; by default the scenario's namesake."""
    settings: tuple[str, ...] = Field((), max_length=200)
    """Further settings, `KEY=VALUE`, that hold in its runs."""
    days: int = param(unit="days", ge=1, le=3650)
    """How many days each run has."""
    weights: dict[str, NumberOfWeight] = Field(default_factory=dict)
    """Weights of its patterns; 1 for those that are not named, 0 to leave one out."""
    weight: float = param(1.0, unit="weight", le=1e6, ge=1e-6)
    """Weight of its misfit beside that of the other cases."""

    @property
    def name(self) -> str:
        """What it is called: the scenario's name, that of the file without its ending."""
        return Path(self.scenario).stem


class CalibrationStage(Block):
    """Parameters that are fitted together to some of the cases; what earlier stages found holds."""

    name: str = Field(pattern=NAME_PATTERN, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    parameters: tuple[str, ...] = Field(min_length=1)
    """Their keys, as under `parameters` of the calibration."""
    cases: tuple[str, ...] = ()
    """Cases by the name of their scenario; all of them when none is named."""


class CalibrationSpec(Block):
    """What is fitted to what."""

    name: str = Field(pattern=NAME_PATTERN, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    scenario: str | None = None
    """The scenario, by name or path, when there is one case only."""
    record: str | None = None
    """The record; by default the scenario's namesake."""
    settings: tuple[str, ...] = Field((), max_length=200)
    """Further settings, ``KEY=VALUE``, that hold in every run."""
    days: int | None = param(None, unit="days", ge=1, le=3650)
    """How many days each run has; needed with `scenario`."""
    cases: tuple[CalibrationCase, ...] = Field((), max_length=50)
    """Several sieges that are fitted at once, in the place of `scenario`, `record`, `days` and `weights`."""
    parameters: dict[str, Range] = Field(min_length=1, max_length=200)
    """Parameters by their key in the scenario. Of several cases, one at least must have it."""
    stages: tuple[CalibrationStage, ...] = Field((), max_length=50)
    """Stages in their order; without them, all parameters are fitted at once to all cases."""
    weights: dict[str, NumberOfWeight] = Field(default_factory=dict)
    """Weights of patterns; 1 for those that are not named, 0 to leave one out."""
    method: Literal["populations", "rejection"] = "populations"
    """Populations of sets that move (ABC-SMC), or rejection: many sets at once, of which the best are kept."""
    samples: int = param(200, unit="parameter sets", ge=4, le=1_000_000)
    """With rejection: sets that are tried, a Latin hypercube over all ranges."""
    kept: float = param(0.15, unit="share", gt=0.0, le=1.0)
    """With rejection: the share of them that is kept."""
    replications: int = param(3, unit="runs", ge=1, le=1000)
    """Runs of each parameter set; its miss is their mean."""
    particles: int = param(60, unit="parameter sets", ge=4, le=100_000)
    """With populations: parameter sets in a generation."""
    generations: int = param(6, unit="generations", ge=1, le=100)
    """With populations: generations at the most."""
    finalists: int = param(12, unit="parameter sets", ge=1, le=1000)
    """The best sets, which are run again; the one that then misses least is the fitted one."""
    runs_of_a_finalist: int = param(16, unit="runs", ge=1, le=10_000)
    """Runs of each finalist, with seeds of their own that all finalists share."""

    def problems(self) -> Iterator[Problem]:
        """Yield what is missing or does not go together among scenario, cases and stages."""
        if (self.scenario is None) == (not self.cases):
            yield (), "give either scenario and days, for one siege, or cases, for several"
        elif self.scenario is not None and self.days is None:
            yield (), "the key 'days' is missing; add it"
        if self.stages and self.method == "rejection":
            yield ("stages",), "belong to the method 'populations'; take them out, or choose it"
        yield from self._of_cases()
        yield from self._of_stages()

    def _of_cases(self) -> Iterator[Problem]:
        names = [case.name for case in self.cases]
        for place, name in enumerate(names):
            if name in names[:place]:
                yield ("cases", place, "scenario"), f"'{name}' is the name of two cases; take one out"
        for key in ("record", "days", "weights"):
            if self.cases and getattr(self, key):
                yield (key,), "belongs to each case; write it under cases"

    def _of_stages(self) -> Iterator[Problem]:
        cases, fitted = [case.name for case in self.all_cases], set[str]()
        for place, stage in enumerate(self.stages):
            if stage.name in [earlier.name for earlier in self.stages[:place]]:
                yield ("stages", place, "name"), f"'{stage.name}' is the name of two stages; rename one"
            for number, key in enumerate(stage.parameters):
                where = ("stages", place, "parameters", number)
                if key not in self.parameters:
                    yield where, f"'{key}' is not among parameters{did_you_mean(key, self.parameters)}"
                elif key in fitted:
                    yield where, f"'{key}' is fitted twice; name it in one stage"
                fitted.add(key)
            for number, name in enumerate(stage.cases):
                if name not in cases:
                    yield ("stages", place, "cases", number), f"no case is called '{name}'{did_you_mean(name, cases)}"
        left = [key for key in self.parameters if key not in fitted]
        if self.stages and left:
            yield ("stages",), f"no stage fits '{left[0]}'; name it in one, or take it out of parameters"

    @property
    def all_cases(self) -> tuple[CalibrationCase, ...]:
        """The cases; the one of `scenario` where there is only one."""
        if self.cases:
            shared = self.settings
            return tuple(case.model_copy(update={"settings": (*shared, *case.settings)}) for case in self.cases)
        if self.scenario is None or self.days is None:
            return ()
        return (
            CalibrationCase(
                scenario=self.scenario, record=self.record, settings=self.settings, days=self.days, weights=self.weights
            ),
        )

    def without(self, name: str) -> CalibrationSpec:
        """Return the calibration without a case; a stage that fits to nothing then is left out with its parameters."""
        stages = [
            stage.model_copy(update={"cases": tuple(case for case in stage.cases if case != name)})
            for stage in self.stages
            if not stage.cases or set(stage.cases) != {name}
        ]
        fitted = {key for stage in stages for key in stage.parameters}
        kept = {key: given for key, given in self.parameters.items() if key in fitted or not self.stages}
        cases = tuple(case for case in self.cases if case.name != name)
        return self.model_copy(update={"cases": cases, "stages": tuple(stages), "parameters": kept})


def load_spec(name_or_path: str | Path, known: Mapping[str, Path]) -> CalibrationSpec:
    """Load a calibration file.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return _read(name_or_path, known)[0]


@contextmanager
def lines_named(name_or_path: str | Path, known: Mapping[str, Path]) -> Iterator[CalibrationSpec]:
    """Give a calibration, and add file and line to what is found wrong with it meanwhile.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    spec, document = _read(name_or_path, known)
    try:
        yield spec
    except PlacedError as error:
        raise error.at(document) from None


def _read(name_or_path: str | Path, known: Mapping[str, Path]) -> tuple[CalibrationSpec, Document]:
    return read_block(CalibrationSpec, find_file(name_or_path, known, "calibration"), "a calibration")
