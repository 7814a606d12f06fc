"""Checking the files that users write, of whatever kind: scenarios, maps, records, experiments and more.

The kind of a file follows from its keys, so that files of all kinds can be named together, whatever their folders.
Each kind imports its readers when they are asked for: whoever checks a scenario waits for no other kind's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.schema.shipped import (
    find_file,
    is_path,
    shipped_calibrations,
    shipped_claims,
    shipped_experiments,
    shipped_records,
    shipped_scenarios,
)
from siege_sim.schema.yaml_file import read_yaml

if TYPE_CHECKING:
    from siege_sim.loading.json_schema import Schema
    from siege_sim.schema.block import Block
    from siege_sim.validation.record import Record


@dataclass(frozen=True)
class FileKind:
    """A kind of file.

    Attributes:
        name: what it is called.
        find_block: returns what its keys make up.
        check: looks at a file as hard as can be done without a run; returns what it could not look at, if anything.
        shipped: returns the files of this kind that can be given by name.
        further_keys: keys that are read before the block is made.
        schema_of_files: makes the schema, where files may hold more than the block.
    """

    name: str
    find_block: Callable[[], type[Block]]
    check: Callable[[Path], str | None]
    shipped: Callable[[], dict[str, Path]] = dict
    further_keys: tuple[str, ...] = ()
    schema_of_files: Callable[[], Schema] | None = None

    @cached_property
    def block(self) -> type[Block]:
        """What its keys make up."""
        return self.find_block()

    def schema(self) -> Schema:
        """Return the schema of such files, for editors."""
        from siege_sim.loading.json_schema import block_schema, versioned

        return self.schema_of_files() if self.schema_of_files else versioned(block_schema(self.block), self.name)

    def shared_keys(self, keys: set[str]) -> int:
        """Return how many of some keys are known to files of this kind."""
        fields = self.block.model_fields.items()
        return len(keys & {*self.further_keys, *(field.alias or name for name, field in fields)})


def check_file(name_or_path: str) -> list[str]:
    """Check a file, or all shipped files of a name, and return a line about each.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return [f"{name_or_path}: ok ({_checked(kind, file)})" for kind, file in _found(name_or_path)]


def _checked(kind: FileKind, file: Path) -> str:
    unseen = kind.check(file)
    return f"{kind.name}; {unseen}" if unseen else kind.name


def _found(name_or_path: str) -> Iterator[tuple[FileKind, Path]]:
    """Yield every file that a name or path stands for, with its kind."""
    if is_path(name_or_path):
        file = find_file(name_or_path, {})
        yield file_kind(file), file
        return
    known = [(kind, kind.shipped()) for kind in FILE_KINDS]
    found = [(kind, files[name_or_path]) for kind, files in known if name_or_path in files]
    if not found and Path(name_or_path).is_dir():
        raise ScenarioError([f"{name_or_path}: is a folder; name files, for example {name_or_path}/*.yaml"])
    if not found:
        names = {name for _, files in known for name in files}
        raise ScenarioError([f"nothing is called '{name_or_path}'{did_you_mean(name_or_path, names)}"])
    yield from found


def file_kind(file: Path) -> FileKind:
    """Return the kind that knows most of a file's keys; a scenario in case of doubt."""
    data = read_yaml(file).data
    keys = set(data) if isinstance(data, dict) else set()
    best = FILE_KINDS[0]
    for kind in FILE_KINDS:
        if kind.shared_keys(keys) > best.shared_keys(keys):
            best = kind
        if best.shared_keys(keys) == len(keys):
            break
    return best


def _scenario_block() -> type[Block]:
    from siege_sim.model.scenario import Scenario

    return Scenario


def _check_scenario(file: Path) -> None:
    from siege_sim.loading.scenario import load_scenario

    load_scenario(file)


def _scenario_schema() -> Schema:
    from siege_sim.loading.file_schemas import scenario_schema

    return scenario_schema()


def _experiment_block() -> type[Block]:
    from siege_sim.experiments.experiment import Experiment

    return Experiment


def _check_experiment(file: Path) -> str | None:
    """Check an experiment, and make scenarios of its points; of a large design, of some of them."""
    from siege_sim.experiments.buildable import points_to_build
    from siege_sim.experiments.plan import load_plan

    table = load_plan(file).points.table
    built = len(points_to_build(table))
    return None if built == len(table) else f"{built:,} of its {len(table):,} points were made into scenarios"


def _record_block() -> type[Block]:
    from siege_sim.validation.record import Record

    return Record


def _check_record(file: Path) -> str | None:
    """Check a record with the outcomes and quarters of the scenario of its name, when there is one."""
    from siege_sim.loading.scenario import find, load_scenario
    from siege_sim.model.outcomes import known_outcomes
    from siege_sim.validation.record import load_record

    name = load_record(file).name
    try:
        scenario_file = find(name, beside=file.resolve().parent.parent)
    except ScenarioError:
        names = [outcome.name for outcome in known_outcomes()]
        load_record(file, outcomes=[*names, *_to_third_parties(load_record(file))])
        return f"no scenario is called '{name}', so its quarters cannot be checked"
    siege = load_scenario(scenario_file)
    quarters = siege.city_map.quarter_names
    load_record(file, [outcome.name for outcome in siege.outcomes], quarters)
    return None


def _to_third_parties(record: Record) -> list[str]:
    """Return the outcomes of a record that count people who left to somebody: nobody knows yet who is there."""
    from siege_sim.model.ledger import left_to

    measures = [entry.measure for entry in record.patterns.values() if entry.measure is not None]
    return [name for measure in measures for name in measure.outcomes_used if name.startswith(left_to(""))]


def _calibration_block() -> type[Block]:
    from siege_sim.runner.calibration_file import CalibrationSpec

    return CalibrationSpec


def _check_calibration(file: Path) -> None:
    from siege_sim.runner.calibrate import subject_of
    from siege_sim.runner.calibration_file import lines_named

    with lines_named(file, {}) as spec:
        subject_of(spec)


def _claims_block() -> type[Block]:
    from siege_sim.runner.claims_file import ClaimsFile

    return ClaimsFile


def _check_claims(file: Path) -> None:
    from siege_sim.runner.check_claims import claims_request

    claims_request(file)


def _lesson_block() -> type[Block]:
    from siege_sim.dashboard.lessons.lesson_file import Lesson

    return Lesson


def _check_lesson(file: Path) -> None:
    from siege_sim.dashboard.lessons.check_lesson import checked_lesson

    checked_lesson(file)


def _shipped_lessons() -> dict[str, Path]:
    from siege_sim.dashboard.lessons.lesson_file import shipped_lesson_files

    return shipped_lesson_files()


def _map_block() -> type[Block]:
    from siege_sim.model.scenario import DrawnMap

    return DrawnMap


def _check_map(file: Path) -> None:
    from siege_sim.model.scenario import DrawnMap
    from siege_sim.schema.messages import read_block

    read_block(DrawnMap, file, "a map")


FILE_KINDS = (
    FileKind("scenario", _scenario_block, _check_scenario, shipped_scenarios, ("extends",), _scenario_schema),
    FileKind("experiment", _experiment_block, _check_experiment, shipped_experiments),
    FileKind("record", _record_block, _check_record, shipped_records),
    FileKind("calibration", _calibration_block, _check_calibration, shipped_calibrations),
    FileKind("claims", _claims_block, _check_claims, shipped_claims),
    FileKind("lesson", _lesson_block, _check_lesson, _shipped_lessons),
    FileKind("map", _map_block, _check_map),
)
"""All kinds; the first of those that fit a file equally well is taken."""
